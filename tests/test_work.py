"""Working on needs, strategies, measures and figures: the rules of each step, who may take it, and two at once."""

import re
from datetime import date, timedelta

import pytest
from django.core import mail, signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from actionplans.mails import tasks_due
from actionplans.models import (
    ActionPlan,
    Answer,
    Barrier,
    Comment,
    Commitment,
    Evaluation,
    Evidence,
    Indicator,
    IndicatorValue,
    Measure,
    Need,
    Objective,
    ObjectiveNeed,
    Round,
    Score,
    Signal,
    StatusReport,
    Strategy,
    Task,
)
from actionplans.personal import looks_like_a_person
from partners.models import Seat
from portal.models import Outbox
from portal.robots import SALT
from portal.stale import StaleObject

from .records import make_group, make_organisation, make_programme, make_term, make_user, signed_in
from .test_plan import make_indicator, make_measure, make_need, make_strategy

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return make_group(accepts_signals=True)


@pytest.fixture
def organisation(group):
    return make_organisation(group)


@pytest.fixture
def coordinator(group):
    return make_user("coordinator", make_organisation(group))


@pytest.fixture
def representative(organisation):
    return make_user("representative", organisation)


def url(name, *args, **query):
    address = reverse(f"actionplans:{name}", args=args)
    return f"{address}?{'&'.join(f'{k}={v}' for k, v in query.items())}" if query else address


def english(name, *args, **query):
    with override("en"):
        return url(name, *args, **query)


def posted(client, address, **data):
    return client.post(address, data)


# ---- signals --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "Pokličite 041 123 456",
        "ana.novak@example.org mi je rekla",
        "Gospa Novakova nima kam",
        "EMŠO 0101006500006",
        "Frau Müller wartet schon lange",
        "CPR 010190-1234",
    ],
)
def test_what_looks_like_a_person_is_refused(text):
    assert looks_like_a_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "V Podgaju 31 % ljudi nad 75 let živi samih.",
        "Leta 2025 je bilo 214 odgovorov, 8 mesecev čakalne dobe.",
        "Ni avtobusa ob 16.30 v Javorje",
        "g je premalo",
    ],
)
def test_what_is_missing_may_hold_figures(text):
    assert not looks_like_a_person(text)


def send(client, group, **data):
    opened = signing.dumps(timezone.now().timestamp() - 60, salt=SALT)
    answers = {"text": "Ni vadbe za starejše moške", "basis": "residents", "group": group.slug, "opened": opened}
    return client.post(url("signal-send"), {**answers, **data})


def test_a_resident_sends_a_signal_and_follows_it_and_the_coordinator_hears_of_it(client, group, coordinator):
    make_user("editor", make_organisation(group))
    response = send(client, group)
    mail = Outbox.objects.get(kind="signal-new")
    assert (mail.to, "Ni vadbe za starejše moške" in mail.text) == (coordinator.email, True)
    signal = Signal.objects.get()
    assert response.status_code == 302
    assert (signal.group, signal.status, signal.organisation) == (group, "new", None)
    assert "Ni vadbe za starejše moške" in client.get(response["Location"]).content.decode()


def test_a_signal_with_a_telephone_number_is_kept_in_the_form(client, group):
    response = send(client, group, text="Pokličite gospo na 041 123 456")
    assert response.status_code == 422
    assert Signal.objects.count() == 0
    assert "041 123 456" in response.content.decode()


def test_residents_send_none_where_the_group_takes_none(client):
    closed = make_group()
    assert send(client, closed).status_code == 404
    assert Signal.objects.count() == 0


def test_the_sixth_signal_within_the_hour_waits_and_loses_nothing(client, group):
    for _number in range(5):
        assert send(client, group).status_code == 302
    response = send(client, group, text="Šesti signal")
    assert response.status_code == 429
    assert "Šesti signal" in response.content.decode()


def make_signal(group, **fields):
    signal = Signal(group=group, text="Ni vadbe", basis="residents", language="sl", **fields)
    signal.store()
    return signal


def test_triage_answers_the_sender_by_mail_once(group, coordinator):
    signal = make_signal(group, email="ana@example.org")
    client = signed_in(coordinator)
    assert posted(client, url("signal-triage", signal.pk), status="answered").status_code == 422
    assert posted(client, url("signal-triage", signal.pk), status="answered", answer="Hvala").status_code == 302
    assert posted(client, url("signal-triage", signal.pk), status="answered", answer="Še enkrat").status_code == 409
    assert [m.to for m in Outbox.objects.filter(kind="signal-answered")] == ["ana@example.org"]


def test_a_signal_becomes_a_need(group, coordinator):
    signal = make_signal(group)
    client = signed_in(coordinator)
    page = client.get(url("need-add", signal=signal.pk)).content.decode()
    assert "Ni vadbe" in page
    data = {"group": group.slug, "signal": signal.pk, "title_sl": "Premalo vadbe", "reported_on": "2026-11-01"}
    client.post(url("need-add"), data)
    signal.refresh_from_db()
    assert (signal.status, signal.need) == ("linked", Need.objects.get())


def test_addresses_of_signals_are_erased_thirty_days_after_the_answer(group, coordinator):
    signal = make_signal(group, email="ana@example.org")
    signal.move_to("answered", coordinator, "Hvala")
    now = timezone.now()
    assert Signal.objects.prune(now + timedelta(days=29)) == 0
    assert Signal.objects.prune(now + timedelta(days=31)) == 1


# ---- needs ----------------------------------------------------------------------------------------
def test_the_table_of_moves_names_every_status():
    for model in (Need, Strategy, ActionPlan, Commitment, Task, Signal, Comment, IndicatorValue, Round):
        field = "state" if model in (Task, IndicatorValue) else "status"
        states = {value for value, _label in model._meta.get_field(field).choices}
        assert set(model.NEXT) == states, model
        assert {to for after in model.NEXT.values() for to in after} <= states, model
    assert set(Measure.NEXT) == set(Measure.Phase.values)


def test_a_need_is_confirmed_with_evidence_and_a_score(group, coordinator, representative):
    need = make_need(group, status="assessing")
    with pytest.raises(ValidationError) as told:
        need.move_to("confirmed")
    assert len(told.value.messages) == 2
    Evidence.objects.create(need=need, text_en="Seen at school")
    client = signed_in(representative)
    score = dict.fromkeys(Score.CRITERIA, "4")
    assert client.post(url("need-score", need.pk), score).status_code == 302
    need.move_to("confirmed")
    assert need.status == "confirmed"


def test_a_score_counts_once_a_seat(group, representative):
    need = make_need(group)
    client = signed_in(representative)
    for points in ("2", "5"):
        client.post(url("need-score", need.pk), dict.fromkeys(Score.CRITERIA, points))
    assert list(Score.objects.values_list("size", flat=True)) == [5]


def test_the_first_move_is_the_first_answer(group):
    need = make_need(group, status="reported", reported_on=timezone.localdate() - timedelta(days=3))
    need.move_to("assessing")
    assert need.days_to_response == 3


def test_a_need_is_not_given_up_without_a_reason(group):
    need = make_need(group)
    with pytest.raises(ValidationError):
        need.move_to("not_pursued")
    need.decision_en = "Belongs to the county."
    need.save()
    need.move_to("not_pursued")
    assert need.status == "not_pursued"


def test_two_who_edit_a_need_get_both_changes(group, coordinator):
    need = make_need(group, title_sl="Tihe noči")
    client = signed_in(coordinator)
    opened = client.get(url("need-edit", need.pk)).context["form"]
    base = opened.initial["base"]
    data = {
        name: value or ""
        for name, value in opened.initial.items()
        if not isinstance(value, (list, bool)) and name != "base"
    }
    data["reported_on"] = need.reported_on.isoformat()
    first = client.post(url("need-edit", need.pk), {**data, "base": base, "title_sl": "Tihe in dolge noči"})
    assert first.status_code == 302
    second = client.post(url("need-edit", need.pk), {**data, "base": base, "description_sl": "Od doma."})
    assert second.status_code == 409
    form = second.context["form"]
    assert (form.initial["title_sl"], form.initial["description_sl"], form.met) == (
        "Tihe in dolge noči",
        "Od doma.",
        (),
    )
    need.refresh_from_db()
    assert need.description_sl in ("", None)


def test_the_same_field_shows_theirs_mine_and_before(group, coordinator):
    need = make_need(group, title_sl="Tihe noči")
    client = signed_in(coordinator)
    base = client.get(url("need-edit", need.pk)).context["form"].initial["base"]
    data = {"base": base, "title_en": need.title_en, "reported_on": need.reported_on.isoformat()}
    client.post(url("need-edit", need.pk), {**data, "title_sl": "Njihov"})
    told = client.post(url("need-edit", need.pk), {**data, "title_sl": "Moj"})
    assert [(m.before, m.theirs, m.mine) for m in told.context["form"].met] == [("Tihe noči", "Njihov", "Moj")]


def test_a_form_sent_twice_makes_one_need(group, coordinator):
    client = signed_in(coordinator)
    data = {"group": group.slug, "title_sl": "Premalo vadbe", "reported_on": "2026-11-01", "once": "abc"}
    answers = [client.post(url("need-add"), data) for _click in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Need.objects.count() == 1


# ---- strategy and plan ----------------------------------------------------------------------------
def make_draft(group, **fields):
    strategy = make_strategy(group, status="draft", slug=f"draft-{group.pk}", adopted_on=None, **fields)
    objective = Objective.objects.create(
        strategy=strategy, number=1, slug=f"draft-{group.pk}-1", title_en="Sleep", level="system"
    )
    ObjectiveNeed.objects.create(objective=objective, need=make_need(group, slug=f"draft-need-{group.pk}"))
    return strategy


def test_its_only_author_does_not_approve_a_strategy(group, coordinator):
    client = signed_in(coordinator)
    data = {"group": group.slug, "title_sl": "Skupaj", "starts_on": "2027-01-01", "ends_on": "2029-12-31", "values": ""}
    client.post(url("strategy-add"), data)
    strategy = Strategy.objects.get()
    need = make_need(group)
    objective = {"number": 1, "title_sl": "Mirno spanje", "level": "system", "needs": need.pk}
    assert client.post(url("objective-add", strategy.pk), objective).status_code == 302
    assert strategy.authors() == {coordinator.pk}
    with pytest.raises(ValidationError, match=r"only author|edini"):
        strategy.move_to("approved", coordinator)
    other = make_user("coordinator", make_organisation(group))
    strategy.move_to("approved", other)
    assert (strategy.status, strategy.approved_by) == ("approved", other)


def test_an_objective_without_a_need_holds_a_strategy_back(group, coordinator):
    strategy = make_draft(group)
    Objective.objects.create(strategy=strategy, number=2, slug="bare", title_en="Bare", level="system")
    with pytest.raises(ValidationError, match="Bare"):
        strategy.move_to("approved", coordinator)


def test_adopting_a_strategy_replaces_the_one_in_force(group, coordinator):
    former = make_strategy(group)
    strategy = make_draft(group)
    strategy.move_to("approved", coordinator)
    strategy.move_to("adopted", coordinator, {"adopted_by_sl": "Občinski svet"}, date(2026, 11, 20))
    former.refresh_from_db()
    assert (strategy.status, strategy.supersedes, former.status) == ("adopted", former, "superseded")


def test_before_a_strategy_replaces_the_one_in_force_the_page_says_so(group, coordinator):
    former, new = make_strategy(group), make_draft(group)
    Strategy.objects.filter(pk=new.pk).update(status="approved")
    words = f"“{former}” is in force until 31 December 2030. It is replaced as soon as"
    client = signed_in(coordinator)
    assert words in client.get(english("strategy-work", new.pk)).content.decode()
    former.delete()
    assert "It is replaced as soon as" not in client.get(english("strategy-work", new.pk)).content.decode()


def test_a_change_after_approval_needs_its_reason_and_leaves_a_trace(group, coordinator):
    strategy = make_strategy(group)
    client = signed_in(coordinator)
    form = client.get(url("strategy-edit", strategy.pk)).context["form"]
    data = {
        "base": form.initial["base"],
        "title_en": "Together further",
        "starts_on": "2026-01-01",
        "ends_on": "2030-12-31",
        "values": "",
    }
    assert client.post(url("strategy-edit", strategy.pk), data).status_code == 422
    assert client.post(url("strategy-edit", strategy.pk), {**data, "amendment": "Lepši naslov"}).status_code == 302
    assert [str(a) for a in strategy.amendments.all()] == ["Lepši naslov"]
    assert "Lepši naslov" in client.get(url("plan-document", strategy.slug)).content.decode()


def test_comments_show_only_with_what_was_done(client, group, coordinator):
    strategy = make_draft(group)
    strategy.move_to("consultation", coordinator, consultation_until=timezone.localdate())
    opened = signing.dumps(timezone.now().timestamp() - 60, salt=SALT)
    data = {"text": "Premalo avtobusov", "email": "ana@example.org", "opened": opened}
    for _click in range(2):
        assert client.post(url("consultation", strategy.slug), data).status_code == 302
    comment = Comment.objects.get()
    assert "Premalo avtobusov" not in client.get(url("consultation", strategy.slug)).content.decode()
    own = signed_in(coordinator)
    own.post(url("comment-answer", comment.pk), {"status": "shown", "answer": ""})
    assert Comment.objects.get().status == "waiting"
    own.post(url("comment-answer", comment.pk), {"status": "shown", "answer": "Dodali smo prevoz."})
    page = client.get(url("consultation", strategy.slug)).content.decode()
    assert "Premalo avtobusov" in page
    assert "Dodali smo prevoz." in page
    assert [m.to for m in Outbox.objects.filter(kind="comment-answered")] == ["ana@example.org"]


def test_an_adviser_comments_on_a_draft_and_the_coordinator_answers(client, group, coordinator):
    strategy, adviser = make_draft(group), make_user("adviser", make_organisation(group), full_name="Ada Nasvet")
    own, theirs = signed_in(coordinator), signed_in(adviser)
    page = url("strategy-work", strategy.pk)
    assert 'name="text"' in theirs.get(page).content.decode()
    empty = theirs.post(url("comment-add", strategy.pk), {"text": " "})
    assert (empty.status_code, 'class="field field--error"' in empty.content.decode()) == (422, True)
    assert theirs.post(url("comment-add", strategy.pk), {"text": "Manjka kazalnik.", "once": "x"}).status_code == 302
    comment = Comment.objects.get()
    assert (comment.by, comment.is_internal) == (adviser, True)
    mail = Outbox.objects.get(kind="comment-new")
    assert (mail.to, "Manjka kazalnik." in mail.text) == (coordinator.email, True)
    assert "Ada Nasvet" in own.get(page).content.decode()
    assert page in own.get(url("work")).content.decode()
    own.post(url("comment-answer", comment.pk), {"status": "shown", "answer": "Dodali smo ga."})
    assert "Dodali smo ga." in theirs.get(page).content.decode()
    assert [m.to for m in Outbox.objects.filter(kind="comment-answered")] == [adviser.email]
    strategy.refresh_from_db()
    strategy.move_to("consultation", coordinator, consultation_until=timezone.localdate())
    assert "Manjka kazalnik." not in client.get(url("consultation", strategy.slug)).content.decode()


def test_on_a_draft_of_another_group_or_an_approved_strategy_nobody_comments(group, coordinator):
    strategy = make_draft(group)
    path, data = url("comment-add", strategy.pk), {"text": "Kdaj?"}
    assert signed_in(make_user("adviser")).post(path, data).status_code == 404
    Strategy.objects.filter(pk=strategy.pk).update(status="approved")
    assert signed_in(coordinator).post(path, data).status_code == 404
    assert not Comment.objects.exists()


def test_an_open_comment_holds_the_approval_back(group, coordinator):
    strategy = make_draft(group)
    Comment.objects.create(strategy=strategy, text="Kdaj?", language="sl")
    with pytest.raises(ValidationError):
        strategy.move_to("approved", coordinator)


def test_after_its_last_day_nobody_comments(client, group, coordinator):
    strategy = make_draft(group)
    strategy.move_to("consultation", coordinator, consultation_until=timezone.localdate() - timedelta(days=1))
    assert client.get(url("consultation", strategy.slug)).context["form"] is None
    client.post(url("consultation", strategy.slug), {"text": "Prepozno"})
    assert Comment.objects.count() == 0


def test_between_approval_and_adoption_whoever_commented_still_reads_the_answer(client, group, coordinator):
    strategy = make_draft(group)
    page = url("consultation", strategy.slug)
    Strategy.objects.filter(pk=strategy.pk).update(status="approved")
    assert client.get(page).status_code == 404
    comment = Comment.objects.create(
        strategy=strategy, text="Premalo klopi", language="sl", status="shown", answer="Ena bo."
    )
    answer = client.get(page)
    assert (answer.status_code, answer.context["form"]) == (200, None)
    assert "Premalo klopi" in answer.content.decode()
    assert strategy.get_absolute_url() not in answer.content.decode()  # its page is not public yet
    for status, seen in (("draft", 404), ("adopted", 200)):
        Strategy.objects.filter(pk=strategy.pk).update(status=status, adopted_on=date(2026, 2, 1))
        assert client.get(page).status_code == seen
    comment.delete()


def test_everybody_reads_on_the_plan_what_was_changed_later_and_what_was_said_before(client, group):
    strategy = make_strategy(group)
    plan, said = english("plan"), english("consultation", strategy.slug)
    assert said not in client.get(plan).content.decode()
    strategy.amendments.create(reason_en="The council asked for a clearer title.")
    Comment.objects.create(strategy=strategy, text="Kdaj?", language="sl", status="shown", answer="Jeseni.")
    Comment.objects.create(strategy=strategy, text="Skrito", language="sl", status="hidden", answer="Oglas.")
    html = client.get(plan).content.decode()
    assert "The council asked for a clearer title." in html
    assert f'href="{said}"' in html
    assert "What was said about the draft (one comment)" in html


def test_an_older_strategy_says_which_one_replaced_it(client, group, coordinator):
    former = make_strategy(group)
    later = make_strategy(group, slug="later", title_en="Later", status="approved", supersedes=former)
    Strategy.objects.filter(pk=former.pk).update(status="superseded")
    page = english("plan", strategy=former.slug)
    assert "This strategy is no longer in force." in client.get(page).content.decode()
    Strategy.objects.filter(pk=later.pk).update(status="adopted")
    html = client.get(page).content.decode()
    with override("en"):
        link = later.get_absolute_url()
    assert f'A later strategy has replaced this one: <a href="{link}">Later</a>' in html
    assert "has replaced this one" not in client.get(english("plan")).content.decode()


def test_who_approves_reads_what_the_strategy_wants_and_until_when_people_comment(group, coordinator):
    strategy = make_draft(group, vision_en="Everybody finds what does them good.")
    strategy.values.create(words_en="Open to all")
    strategy.move_to("consultation", coordinator, consultation_until=date(2030, 5, 2))
    html = signed_in(coordinator).get(english("strategy-work", strategy.pk)).content.decode()
    assert "Everybody finds what does them good." in html
    assert "Open to all" in html
    assert "open for comments until 2 May 2030" in html


def test_a_draft_in_consultation_asks_for_comments_at_its_head(client, group, coordinator):
    strategy = make_draft(group)
    strategy.move_to("consultation", coordinator)
    head = client.get(url("plan", strategy=strategy.slug)).content.decode().split('id="h-today"')[0]
    assert f'href="{url("consultation", strategy.slug)}"' in head


def test_a_person_with_two_seats_is_told_apart_by_role(group, organisation):
    user = make_user("coordinator", organisation)
    Seat.objects.create(membership=organisation.memberships.get(), user=user, role="representative")
    page = signed_in(user).get(url("objective-add", make_draft(group).pk))
    names = [label for _value, label in page.context["form"].fields["owner_seat"].choices]
    assert len(names) == len(set(names)) == 3


# ---- measures, commitments, tasks -----------------------------------------------------------------
def make_proposed(group, **fields):
    strategy = Strategy.objects.filter(group=group).first() or make_strategy(group)
    measure = make_measure(strategy, phase="proposed", **fields)
    return measure


def test_a_measure_is_planned_with_need_lead_dates_and_indicator(group, organisation):
    measure = make_proposed(group)
    with pytest.raises(ValidationError) as told:
        measure.move_to("planned")
    assert len(told.value.messages) == 4
    ObjectiveNeed.objects.create(objective=measure.objective, need=make_need(group))
    Commitment.objects.create(
        measure=measure, membership=organisation.memberships.get(), role="lead", status="accepted"
    )
    Measure.objects.filter(pk=measure.pk).update(
        starts_on=date(2027, 1, 1), ends_on=date(2027, 6, 1), no_indicator_reason_en="Cannot be counted."
    )
    measure.refresh_from_db()
    measure.move_to("planned")
    assert measure.phase == "planned"


def test_a_measure_ends_with_an_evaluation(group, coordinator):
    measure = make_measure(make_strategy(group))
    with pytest.raises(ValidationError):
        measure.move_to("completed")
    client = signed_in(coordinator)
    client.post(url("evaluation-add", measure.pk), {"verdict": "keep", "reason": "Pomaga.", "once": "x"})
    client.post(url("evaluation-add", measure.pk), {"verdict": "keep", "reason": "Pomaga.", "once": "x"})
    assert Evaluation.objects.count() == 1
    measure.move_to("completed")
    assert measure.phase == "completed"


def test_a_pause_says_why(group):
    measure = make_measure(make_strategy(group))
    with pytest.raises(ValidationError):
        measure.move_to("paused")
    measure.move_to("paused", "Poleti ni ljudi", date(2027, 9, 1))
    assert (measure.pause_reason, measure.health.state) == ("Poleti ni ljudi", "paused")


def test_a_judgement_holds_until_its_day_and_then_the_facts_speak(group, coordinator):
    measure = make_measure(make_strategy(group), ends_on=timezone.localdate() - timedelta(days=9))
    assert measure.health.state == "attention"
    tomorrow = timezone.localdate() + timedelta(days=1)
    client = signed_in(coordinator)
    data = {"judged_state": "on_track", "judged_reason": "Samo še poročilo", "judged_until": tomorrow.isoformat()}
    data["base"] = client.get(url("measure-judge", measure.pk)).context["form"].initial["base"]
    assert client.post(url("measure-judge", measure.pk), data).status_code == 302
    measure = Measure.objects.get()
    assert (measure.health.state, "Samo še poročilo" in measure.health.reasons[0]) == ("on_track", True)
    Measure.objects.update(judged_until=timezone.localdate() - timedelta(days=1))
    assert Measure.objects.get().health.state == "attention"


def ask(group, organisation, role="lead", slug="walks"):
    measure = Measure.objects.filter(slug=slug).first() or make_proposed(group, slug=slug)
    return Commitment.objects.create(measure=measure, membership=organisation.memberships.get(), role=role)


def test_the_representative_answers_and_nobody_else_of_the_organisation(group, organisation, representative):
    asked = ask(group, organisation)
    editor = make_user("editor", organisation)
    assert posted(signed_in(editor), url("commitment-answer", asked.pk), status="accepted").status_code == 404
    assert posted(signed_in(representative), url("commitment-answer", asked.pk), status="accepted").status_code == 302
    asked.refresh_from_db()
    assert (asked.status, asked.answered_by, asked.is_on_paper) == ("accepted", representative, False)


def test_a_coordinator_records_paper_and_it_says_so(group, organisation, coordinator):
    asked = ask(group, organisation)
    posted(signed_in(coordinator), url("commitment-answer", asked.pk), status="accepted")
    asked.refresh_from_db()
    assert (asked.status, asked.is_on_paper) == ("accepted", True)


def test_no_needs_a_reason(group, organisation, representative):
    asked = ask(group, organisation)
    client = signed_in(representative)
    assert posted(client, url("commitment-answer", asked.pk), status="declined").status_code == 422
    assert posted(client, url("commitment-answer", asked.pk), status="declined", reason="Ni ljudi").status_code == 302


def test_a_second_lead_is_told_that_there_is_one(group, organisation, representative):
    ask(group, make_organisation(group)).move_to("accepted", representative)
    asked = ask(group, organisation)
    response = posted(signed_in(representative), url("commitment-answer", asked.pk), status="accepted")
    assert response.status_code == 422
    asked.refresh_from_db()
    assert asked.status == "proposed"


def test_asking_tells_the_representative_and_answering_the_coordinator(
    group, organisation, representative, coordinator
):
    measure = make_proposed(group)
    membership = organisation.memberships.get()
    data = {"membership": membership.pk, "role": "partner", "contribution": "Dvorana"}
    client = signed_in(coordinator)
    assert client.post(url("commitment-ask", measure.pk), data).status_code == 302
    assert client.post(url("commitment-ask", measure.pk), data).status_code == 422
    asked = Commitment.objects.get()
    posted(signed_in(representative), url("commitment-answer", asked.pk), status="accepted")
    told = sorted(Outbox.objects.values_list("kind", "to"))
    assert told == [("commitment-answered", coordinator.email), ("commitment-asked", representative.email)]
    assert mail.outbox == []


def test_only_members_of_the_group_are_asked(group, coordinator):
    measure = make_proposed(group)
    foreign = make_organisation().memberships.get()
    form = signed_in(coordinator).get(url("commitment-ask", measure.pk)).context["form"]
    assert foreign not in form.fields["membership"].queryset
    response = signed_in(coordinator).post(
        url("commitment-ask", measure.pk), {"membership": foreign.pk, "role": "lead"}
    )
    assert response.status_code == 422


def make_task(**fields):
    return Task.objects.create(title_sl="Poklicati šolo", **fields)


def test_a_task_moves_and_done_has_its_day(group, organisation):
    task = make_task(group=group, organisation=organisation)
    task.move_to("done")
    assert (task.state, task.done_on) == ("done", timezone.localdate())
    task.move_to("to_do")
    assert task.done_on is None
    with pytest.raises(ValidationError):
        task.move_to("blocked")


def test_who_moves_a_task(group, organisation, coordinator, representative):
    task = make_task(group=group, organisation=organisation)
    stranger = make_user("representative", make_organisation(group))
    assert posted(signed_in(stranger), url("task-move", task.pk), state="done").status_code == 404
    assert posted(signed_in(representative), url("task-move", task.pk), state="doing").status_code == 302
    assert posted(signed_in(coordinator), url("task-move", task.pk), state="done").status_code == 302
    assert Task.objects.get().state == "done"


def test_a_task_that_is_done_is_named_with_the_way_back(group, organisation, representative):
    task = make_task(group=group, organisation=organisation)
    Task.objects.update(title_sl="Pokličite <župana>")
    back = f'<a href="{url("tasks")}?state=all&amp;group={group.slug}">'
    client = signed_in(representative)
    posted(client, url("task-move", task.pk), state="doing")
    assert back not in client.get(url("tasks")).content.decode()
    posted(client, url("task-move", task.pk), state="done")
    html = client.get(url("tasks")).content.decode()
    assert back in html
    assert "Pokličite &lt;župana&gt;" in html.partition(back)[0]


def test_next_leads_to_pages_of_this_site_only(group, organisation, representative):
    task = make_task(group=group, organisation=organisation)
    client = signed_in(representative)
    away = posted(client, url("task-move", task.pk), state="doing", next="https://evil.example/")
    assert away["Location"] == url("tasks")


def test_tasks_due_and_overdue_are_said_once_each(group, organisation, representative):
    today = timezone.localdate()
    make_task(group=group, organisation=organisation, due_on=today + timedelta(days=5))
    for _tick in range(2):
        tasks_due(today)
    assert Outbox.objects.filter(kind="tasks-due").count() == 1
    for _tick in range(2):
        tasks_due(today + timedelta(days=20))
    assert Outbox.objects.filter(kind="tasks-due").count() == 2


def test_a_measure_is_carried_on_once_with_partners_asked_again(group, organisation, coordinator, representative):
    strategy = make_strategy(group)
    measure = make_measure(strategy)
    ask(group, organisation, slug=measure.slug).move_to("accepted", representative)
    later = ActionPlan.objects.create(
        strategy=strategy, slug="later", starts_on=date(2031, 1, 1), ends_on=date(2031, 12, 31)
    )
    client = signed_in(coordinator)
    for _click in range(2):
        assert client.post(url("measure-carry", measure.pk), {"plan": later.pk}).status_code == 302
    with override("en"):
        html = client.post(url("measure-carry", measure.pk), {"plan": later.pk}, follow=True).content.decode()
        assert "It stands in that plan already; nobody was asked again." in html
        assert f'<option value="{later.pk}">' not in client.get(measure.get_absolute_url()).content.decode()
    copy = later.measures.get()
    assert (copy.phase, copy.carried_from, copy.starts_on) == ("proposed", measure, date(2031, 1, 1))
    assert [(c.membership.organisation, c.status) for c in copy.commitments.all()] == [(organisation, "proposed")]


def make_later(strategy, **fields):
    period = {"starts_on": date(2031, 1, 1), "ends_on": date(2031, 12, 31)}
    return ActionPlan.objects.create(strategy=strategy, **{"slug": "later", **period, **fields})


def test_a_plan_begins_with_the_measures_of_the_last_one(group, coordinator):
    strategy = make_strategy(group)
    phases = {"walks": "in_progress", "baths": "completed", "runs": "stopped", "swims": "in_progress"}
    walks, _baths, _runs, swims = [make_measure(strategy, slug=slug, phase=phase) for slug, phase in phases.items()]
    Measure.objects.filter(pk=walks.pk).update(title_en="Walks")
    Evaluation.objects.create(measure=walks, verdict="adapt", reason_en="Too few", decided_on=date(2026, 5, 1))
    later, client = make_later(strategy), signed_in(coordinator)
    page = client.get(english("plan-carry", later.pk))
    form = page.context["form"]
    assert [one.slug for one in form.fields["measures"].queryset] == ["walks", "baths", "swims"]  # not what was stopped
    assert form.fields["measures"].initial == [walks.pk, swims.pk]
    assert "Walks · in progress · adapt it · 2026–2030" in page.content.decode()
    assert client.post(english("plan-carry", later.pk), {"once": ""}).status_code == 422
    answer = client.post(english("plan-carry", later.pk), {"measures": [walks.pk, swims.pk]}, follow=True)
    assert "2 measures are now in the plan as “proposed”." in answer.content.decode()
    assert {(m.carried_from, m.phase) for m in later.measures.all()} == {(walks, "proposed"), (swims, "proposed")}
    left = client.get(english("plan-carry", later.pk)).context["form"].fields["measures"].queryset
    assert [one.slug for one in left] == ["baths"]


def test_what_was_stopped_or_carried_on_meanwhile_is_named_and_the_rest_stays_ticked(group, coordinator):
    strategy = make_strategy(group)
    walks, swims, runs = [make_measure(strategy, slug=word, phase="in_progress") for word in ("walks", "swims", "runs")]
    Measure.objects.filter(pk=walks.pk).update(title_en="Walks")
    later, client = make_later(strategy), signed_in(coordinator)
    ticked = {"measures": [walks.pk, swims.pk, runs.pk]}
    Measure.objects.filter(pk=walks.pk).update(phase="stopped")
    html = client.post(english("plan-carry", later.pk), ticked).content.decode()
    assert "“Walks” was stopped meanwhile and does not go on. What is still ticked" in html
    assert len(re.findall(r"name=\"measures\"[^>]* checked", html)) == 2
    assert client.post(english("plan-carry", later.pk), {"measures": [swims.pk]}).status_code == 302
    html = client.post(english("plan-carry", later.pk), ticked).content.decode()
    assert "does not go on. Others stand in the plan already. What is still ticked" in html
    assert later.measures.get().carried_from == swims


def test_a_measure_that_was_stopped_is_not_carried_on_by_itself_either(group, coordinator):
    strategy = make_strategy(group)
    runs = make_measure(strategy, slug="runs", phase="stopped")
    later, client = make_later(strategy), signed_in(coordinator)
    answer = client.post(english("measure-carry", runs.pk), {"plan": later.pk}, follow=True)
    assert "was stopped" in answer.content.decode()
    assert later.measures.count() == 0


def test_only_into_a_draft_of_their_own_group_measures_are_carried_together(group, coordinator):
    strategy, other = make_strategy(group), make_group()
    mine = make_measure(strategy)
    theirs = make_measure(make_strategy(other), slug="theirs")
    later, client = make_later(strategy), signed_in(coordinator)
    assert client.post(url("plan-carry", later.pk), {"measures": [mine.pk, theirs.pk]}).status_code == 422
    ActionPlan.objects.filter(pk=later.pk).update(status="approved")
    assert client.post(url("plan-carry", later.pk), {"measures": [mine.pk]}).status_code == 302
    assert later.measures.count() == 0
    assert client.get(url("plan-carry", theirs.plan_id)).status_code == 404


def test_a_plan_without_earlier_measures_or_objectives_says_so(group, coordinator):
    strategy = make_strategy(group)
    later, client = make_later(strategy), signed_in(coordinator)
    answer = client.get(english("plan-carry", later.pk), follow=True)
    assert "There are no measures of earlier plans left to continue." in answer.content.decode()
    measure = make_measure(strategy)
    next_one = make_strategy(group, slug="next", status="draft", adopted_on=None)
    empty = make_later(next_one, slug="empty")
    answer = client.post(english("plan-carry", empty.pk), {"measures": [measure.pk]})
    assert answer.status_code == 422
    assert "has no objective yet" in answer.content.decode()


def test_a_new_plan_follows_the_last_one_and_not_one_beside_it(group, coordinator):
    strategy = make_strategy(group)
    make_later(strategy, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    make_later(strategy, slug="beside", title_en="Mental health", ends_on=date(2033, 12, 31))
    form = signed_in(coordinator).get(url("plan-add", strategy.pk)).context["form"]
    assert form.initial["starts_on"] == "2027-01-01"


def test_a_report_is_a_row_of_its_history(group, organisation, representative):
    measure = make_measure(make_strategy(group))
    Commitment.objects.create(
        measure=measure, membership=organisation.memberships.get(), role="partner", status="accepted"
    )
    client = signed_in(representative)
    for text in ("Začeli smo", "Osem skupin"):
        client.post(url("report-add", measure.pk), {"text": text, "once": text})
    assert [str(r.text_sl) for r in StatusReport.objects.order_by("pk")] == ["Začeli smo", "Osem skupin"]
    assert StatusReport.objects.first().organisation == organisation


# ---- figures and rounds ---------------------------------------------------------------------------
def test_a_percentage_is_computed_and_approved_by_somebody_else(group, organisation, representative, coordinator):
    indicator = make_indicator(group, unit="percent", owner=organisation)
    client = signed_in(representative)
    data = {"measured_on": "2026-11-01", "numerator": 1, "denominator": 3}
    assert client.post(url("value-add", indicator.pk), data).status_code == 302
    value = IndicatorValue.objects.get()
    assert (str(value.value), value.state, value.entered_by) == ("33.33", "submitted", representative)
    assert Indicator.objects.get().latest is None
    with pytest.raises(PermissionDenied):
        value.move_to("approved", representative)
    posted(signed_in(coordinator), url("figures-approve"), tick=f"{value.pk}-{value.version}")
    assert str(Indicator.objects.get().latest[1]) == "33.33"


def test_a_figure_is_returned_with_a_note(group, organisation, representative, coordinator):
    indicator = make_indicator(group, owner=organisation)
    value = IndicatorValue.objects.create(
        indicator=indicator, measured_on=date(2026, 11, 1), value=5, state="submitted", entered_by=representative
    )
    client = signed_in(coordinator)
    posted(client, url("value-move", value.pk))
    assert IndicatorValue.objects.get().state == "submitted"
    posted(client, url("value-move", value.pk), note="Preveri vir")
    assert IndicatorValue.objects.get().note == "Preveri vir"
    assert [m.to for m in Outbox.objects.filter(kind="value-returned")] == [representative.email]


@pytest.mark.parametrize(
    "data",
    [
        {"measured_on": "2026-11-01"},
        {"measured_on": "2999-01-01", "value": 5},
        {"measured_on": "2026-11-01", "numerator": 5, "denominator": 3},
        {"measured_on": "2026-11-01", "numerator": 5},
        {"measured_on": "2026-11-01", "numerator": 5, "denominator": 0},
    ],
)
def test_nonsense_figures_are_said_and_not_saved(group, organisation, representative, data):
    indicator = make_indicator(group, unit="percent", owner=organisation)
    assert signed_in(representative).post(url("value-add", indicator.pk), data).status_code == 422
    assert IndicatorValue.objects.count() == 0


def make_round(group, **fields):
    today = timezone.localdate()
    period = {"starts_on": today - timedelta(days=90), "ends_on": today, "due_on": today + timedelta(days=7)}
    return Round.objects.create(group=group, title_sl="Jesen", **{**period, **fields})


def leading(group, organisation):
    measure = make_measure(make_strategy(group))
    Commitment.objects.create(
        measure=measure, membership=organisation.memberships.get(), role="lead", status="accepted"
    )
    return measure


def test_a_round_asks_who_owes_and_a_page_may_be_saved_in_parts(group, organisation, representative, coordinator):
    measure = leading(group, organisation)
    indicator = make_indicator(group, owner=organisation)
    today = timezone.localdate().isoformat()
    opened = {"group": group.slug, "title_sl": "Jesen", "starts_on": "2026-09-01", "ends_on": today, "due_on": today}
    assert signed_in(coordinator).post(url("round-open"), opened).status_code == 302
    assert [m.to for m in Outbox.objects.filter(kind="round-opened")] == [representative.email]
    asked = Round.objects.get()
    client = signed_in(representative)
    page = url("round-answer", asked.pk, organisation.pk)
    key = f"measure-{measure.pk}"
    assert client.post(page, {f"{key}-kind": "update"}).status_code == 422
    assert client.post(page, {f"{key}-kind": "update", f"{key}-text": "Gre dobro"}).status_code == 302
    assert StatusReport.objects.get().text_sl == "Gre dobro"
    other = f"indicator-{indicator.pk}"
    figure = {f"{other}-kind": "update", f"{other}-value": "7", f"{other}-measured_on": today}
    client.post(page, {f"{key}-kind": "update", f"{key}-text": "Gre dobro", **figure})
    assert (StatusReport.objects.count(), Answer.objects.count()) == (1, 2)
    assert IndicatorValue.objects.get().state == "submitted"


def test_a_closed_round_takes_nothing_and_locks_its_figures(group, organisation, representative):
    measure = leading(group, organisation)
    indicator = make_indicator(group, owner=organisation)
    closed = make_round(group)
    closed.close()
    client = signed_in(representative)
    key = f"measure-{measure.pk}"
    answer = {f"{key}-kind": "update", f"{key}-text": "Prepozno"}
    response = client.post(url("round-answer", closed.pk, organisation.pk), answer)
    assert response.status_code == 409
    assert "Prepozno" in response.content.decode()
    figure = {"measured_on": (timezone.localdate() - timedelta(days=10)).isoformat(), "value": 3}
    assert client.post(url("value-add", indicator.pk), figure).status_code == 422


def test_one_round_is_open_at_a_time(group, coordinator):
    make_round(group)
    today = timezone.localdate().isoformat()
    opened = {"group": group.slug, "title_sl": "Zima", "starts_on": today, "ends_on": today, "due_on": today}
    assert signed_in(coordinator).post(url("round-open"), opened).status_code == 422


def test_closing_twice_is_told(group):
    opened = make_round(group)
    again = Round.objects.get()
    opened.close()
    with pytest.raises(StaleObject):
        again.close()


# ---- who reaches what -----------------------------------------------------------------------------
def test_another_group_reaches_nothing(group, organisation):
    need, measure = make_need(group, status="reported"), leading(group, organisation)
    indicator, opened = make_indicator(group, owner=organisation), make_round(group)
    signal, task = make_signal(group), make_task(group=group, organisation=organisation)
    asked = ask(group, organisation, role="partner", slug=measure.slug)
    strategy = measure.plan.strategy
    stranger = signed_in(make_user("coordinator"))
    for name, args in (
        ("need-edit", [need.pk]),
        ("need-score", [need.pk]),
        ("evidence-add", [need.pk]),
        ("signal-triage", [signal.pk]),
        ("strategy-work", [strategy.pk]),
        ("strategy-edit", [strategy.pk]),
        ("objective-add", [strategy.pk]),
        ("measure-add", [measure.plan_id]),
        ("measure-edit", [measure.pk]),
        ("report-add", [measure.pk]),
        ("evaluation-add", [measure.pk]),
        ("commitment-ask", [measure.pk]),
        ("commitment-answer", [asked.pk]),
        ("task-edit", [task.pk]),
        ("indicator-edit", [indicator.pk]),
        ("value-add", [indicator.pk]),
        ("round", [opened.pk]),
        ("round-answer", [opened.pk, organisation.pk]),
    ):
        assert stranger.get(url(name, *args)).status_code == 404, name
        assert stranger.post(url(name, *args), {}).status_code in (404, 405), name
    for name in ("signals", "needs-board", "strategies", "load", "tasks", "barriers", "figures", "rounds"):
        assert stranger.get(url(name, group=group.slug)).status_code == 404, name


def test_forms_offer_what_is_of_the_group_only(group, coordinator):
    foreign = make_group()
    make_indicator(foreign, slug="foreign")
    make_need(foreign, slug="foreign-need")
    strategy = make_strategy(group)
    client = signed_in(coordinator)
    objective = client.get(url("objective-add", strategy.pk)).context["form"]
    assert list(objective.fields["needs"].queryset) == []
    need = client.get(url("need-add")).context["form"]
    assert list(need.fields["indicators"].queryset) == []


# ---- my work --------------------------------------------------------------------------------------
def test_my_work_says_what_my_organisation_owes(group, organisation, representative, coordinator):
    yesterday = timezone.localdate() - timedelta(days=1)
    make_task(group=group, organisation=organisation, due_on=yesterday)
    leading(group, organisation)
    make_round(group)
    ask(group, organisation, role="partner", slug="walks")
    context = signed_in(representative).get(url("work")).context
    assert [item.what for item in context["late"]] == ["Poklicati šolo"]
    assert len(context["items"]) == 2
    signal = make_signal(group)
    waits = signed_in(coordinator).get(url("work")).context["waiting"]
    begins = reverse("partners:group-setup", args=[group.pk])
    assert [item.link for item in waits] == [url("signal-triage", signal.pk), begins]


def test_a_coordinators_work_is_their_own_organisations(group, organisation, representative, coordinator):
    make_task(group=group, organisation=organisation)
    assert signed_in(coordinator).get(url("work")).context["items"] == []


def test_a_coordinator_is_led_to_the_check_list_until_the_first_programme_is_public(group, organisation, coordinator):
    client, about = signed_in(coordinator), "Your group is starting: see what it still needs"
    with override("en"):
        work, check_list = url("work"), reverse("partners:group-setup", args=[group.pk])
    html = client.get(work).content.decode()
    assert about in html
    assert check_list in html
    assert "Nothing to do." not in html
    make_programme(organisation, status="draft")
    assert about in client.get(work).content.decode()
    make_programme(organisation)
    assert about not in client.get(work).content.decode()


def test_the_bar_marks_the_section_that_a_page_belongs_to(coordinator):
    page = signed_in(coordinator).get(url("tasks")).content.decode()
    assert f'href="{url("needs-board")}" aria-current="true"' in page
    assert f'href="{url("work")}" aria-current' not in page


def test_a_second_look_within_the_hour_loses_no_news(representative):
    client = signed_in(representative)
    first = client.get(url("work")).context["since"]
    assert client.get(url("work")).context["since"] == first


@pytest.mark.parametrize("size", [1, 12])
def test_the_workshop_asks_a_fixed_number_of_questions(group, coordinator, size, django_assert_max_num_queries):
    strategy = make_strategy(group)
    for number in range(size):
        partner = make_organisation(group)
        measure = make_measure(strategy, slug=f"m{number}")
        Commitment.objects.create(measure=measure, membership=partner.memberships.get(), role="lead", status="accepted")
        make_task(measure=measure, organisation=partner, due_on=timezone.localdate())
        make_indicator(group, slug=f"i{number}", owner=partner)
        make_need(group, slug=f"n{number}")
    opened = make_round(group)
    client = signed_in(coordinator)
    for address, most in (
        (url("work"), 40),
        (url("load"), 20),
        (url("needs-board"), 20),
        (url("tasks"), 22),
        (url("figures"), 22),
        (url("strategy-work", strategy.pk), 41),
        (url("round", opened.pk), 24),
    ):
        client.get(address)
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200


def test_seats_that_ended_answer_no_more(group, organisation, representative):
    asked = ask(group, organisation)
    Seat.objects.filter(user=representative).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert signed_in(representative).get(url("commitment-answer", asked.pk)).status_code == 404


def test_who_does_what_names_programmes_and_barriers_and_those_nobody_answers_for(group, coordinator, representative):
    organisation = representative.seats.get().membership.organisation
    make_programme(organisation, title_en="Walking together")
    kind = make_term("barrier_type", "transport")
    for slug, owner in (("bus", organisation), ("stairs", None)):
        Barrier.objects.create(group=group, slug=slug, kind=kind, owner=owner, title_en=f"The {slug}")
    Barrier.objects.create(group=group, slug="old", kind=kind, status="solved", title_en="The solved one")
    page = signed_in(coordinator).get("/en/work/commitments/").content.decode()
    assert "Walking together" in page
    assert "js/print" in page
    assert '<div class="load__item">The bus</div>' in page
    assert "Nobody is responsible for:" in page
    assert "The stairs" in page
    assert "The solved one" not in page


@pytest.mark.parametrize(
    ("days_ago", "lasts", "said"), [(400, 1000, (2, 3)), (10, 1000, (1, 3)), (10, 200, None), (-5, 1000, None)]
)
def test_a_measure_says_in_which_of_its_years_it_is(group, days_ago, lasts, said):
    first = timezone.localdate() - timedelta(days=days_ago)
    measure = make_measure(make_strategy(group), starts_on=first, ends_on=first + timedelta(days=lasts))
    assert measure.year_now == said
    with override("en"):
        page = measure.get_absolute_url()
    assert ("Project year" in Client().get(page, follow=True).content.decode()) == bool(said)
