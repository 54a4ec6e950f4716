"""Needs from the first signal to what was learnt: where they are felt, how they move on, and who hears of it."""

import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from actionplans import mails
from actionplans.coverage import MATRICES, Coverage
from actionplans.models import (
    Barrier,
    BarrierSettlement,
    Commitment,
    Evaluation,
    Evidence,
    Measure,
    MeasureBarrier,
    Need,
    NeedSettlement,
    NeedTerm,
    ObjectiveNeed,
    Score,
    Signal,
)
from actionplans.red_thread import trail
from partners.models import Municipality
from portal.history.past import events_of
from portal.models import Outbox, Vocabulary

from .records import make_group, make_organisation, make_settlement, make_term, make_user, signed_in
from .test_plan import make_measure, make_need, make_strategy
from .test_work import make_signal, posted
from .test_work import url as _url

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


@pytest.fixture
def village():
    return make_settlement(name="Javorje")


@pytest.fixture
def town():
    return make_settlement(name="Mesto")


@pytest.fixture
def group(village, town):
    group = make_group(accepts_signals=True)
    group.municipalities.add(village.municipality)
    return group


@pytest.fixture
def coordinator(group):
    return make_user("coordinator", make_organisation(group), language="en")


def url(name, *args, **query):
    with override("en"):
        return _url(name, *args, **query)


def address(record):
    with override("en"):
        return record.get_absolute_url()


def read(client, record):
    return client.get(address(record), follow=True).content.decode()


# ---- where ----------------------------------------------------------------------------------------
def test_a_need_names_its_settlements_and_every_page_says_so(group, coordinator, village, town):
    client = signed_in(coordinator)
    data = {
        "group": group.slug,
        "title_en": "No bus",
        "reported_on": "2026-11-01",
        "settlements": [village.pk, town.pk],
    }
    assert client.post(url("need-add"), data).status_code == 302
    need = Need.objects.get()
    assert [place.name for place in need.settlements.all()] == ["Javorje", "Mesto"]
    assert "Javorje, Mesto" in client.get(url("needs-board")).content.decode()
    Need.objects.update(status="confirmed")
    for page in (read(Client(), need), Client().get("/en/plan/needs/").content.decode()):
        assert "Javorje, Mesto" in page
    assert events_of(NeedSettlement).objects.filter(need_id=need.pk).count() == 2


def test_only_settlements_of_the_group_are_offered_and_taken(group, coordinator):
    elsewhere = make_settlement(name="Drugje")
    elsewhere.municipality = Municipality.objects.create(code="other", name_sl="Druga")
    elsewhere.save()
    client = signed_in(coordinator)
    assert "Drugje" not in client.get(url("need-add")).content.decode()
    data = {"group": group.slug, "title_en": "No bus", "reported_on": "2026-11-01", "settlements": [elsewhere.pk]}
    assert client.post(url("need-add"), data).status_code == 422
    need = make_need(group)
    evidence = {"text_en": "Seen", "settlement": elsewhere.pk}
    assert client.post(url("evidence-add", need.pk), evidence).status_code == 422
    assert (NeedSettlement.objects.count(), Evidence.objects.count()) == (0, 0)


def test_a_piece_of_evidence_says_where_it_was_seen(group, coordinator, village):
    need = make_need(group)
    signed_in(coordinator).post(
        url("evidence-add", need.pk), {"text_en": "The last bus goes at three", "settlement": village.pk}
    )
    assert '<span class="soft">– Javorje</span>' in read(Client(), need)


def test_a_figure_and_what_it_is_compared_with_stand_in_the_same_unit(group, coordinator):
    need = make_need(group)
    data = {
        "text_en": "No bench",
        "value": "62.5",
        "unit": "%",
        "year": "2025",
        "source": "Count",
        "comparator": "1400",
    }
    assert signed_in(coordinator).post(url("evidence-add", need.pk), data).status_code == 302
    page = read(Client(), need)
    assert "<strong>62.5 %</strong>" in page
    assert "compared with 1,400 %" in page


def test_what_partners_agree_on_is_one_number_and_no_range(group, coordinator):
    need = make_need(group)
    data = {"size": "4", "severity": "4", "inequality": "4", "changeability": "4"}
    assert signed_in(coordinator).post(url("need-score", need.pk), data).status_code == 302
    page = read(signed_in(coordinator), need)
    assert '<td class="table__number">4</td>' in page
    assert "4–4" not in page


def test_a_new_need_is_reported_today_unless_somebody_says_otherwise(group, coordinator):
    page = signed_in(coordinator).get(url("need-add")).content.decode()
    assert f'value="{timezone.localdate().isoformat()}"' in page


def test_in_the_coverage_of_a_place_stand_its_needs_and_those_of_everywhere(group, village, town):
    topic, phase = make_term(Vocabulary.TOPIC, "food"), make_term(Vocabulary.LIFE_PHASE, "school")
    for slug, places in (("here", [village]), ("both", [village, town]), ("there", [town]), ("everywhere", [])):
        need = make_need(group, slug)
        for place in places:
            NeedSettlement.objects.create(need=need, settlement=place)
        for term in (topic, phase):
            NeedTerm.objects.create(need=need, term=term)
    shown = Coverage(group, MATRICES["phases"], NOBODY, {"place": ["javorje"]})
    assert sorted(row.need.slug for row in shown.need_rows) == ["both", "everywhere", "here"]
    assert shown.cell("food", "school").needs == 3
    html = Client().get(f"/en/plan/coverage/?of={group.slug}&place=javorje").content.decode()
    assert "Need here" in html
    assert "Need there" not in html


def test_a_place_where_nothing_is_on_offer_can_be_chosen_when_a_need_names_it(group, village):
    NeedSettlement.objects.create(need=make_need(group), settlement=village)
    html = Client().get(f"/en/plan/coverage/?of={group.slug}").content.decode()
    assert '<option value="javorje">Javorje (0)</option>' in html


def test_a_place_that_only_an_unconfirmed_need_names_is_not_told(group, village):
    NeedSettlement.objects.create(need=make_need(group, status="reported"), settlement=village)
    assert "Javorje" not in Client().get(f"/en/plan/coverage/?of={group.slug}").content.decode()


def test_a_signal_brings_its_place_along(group, coordinator, village):
    signal = make_signal(group, settlement=village)
    html = signed_in(coordinator).get(url("need-add", signal=signal.pk)).content.decode()
    assert f'name="settlements" value="{village.pk}" id="id_settlements_0" checked' in html


def test_a_gap_of_a_place_brings_its_place_along(group, coordinator, village):
    make_term(Vocabulary.TOPIC, "food"), make_term(Vocabulary.LIFE_PHASE, "school")
    client = signed_in(coordinator)
    html = client.get(f"{url('coverage-cell', 'phases', 'food', 'school')}?place=javorje").content.decode()
    assert f"group={group.slug}&amp;place=javorje" in html
    html = client.get(url("need-add", group=group.slug, place="javorje")).content.decode()
    assert f'name="settlements" value="{village.pk}" id="id_settlements_0" checked' in html


def test_a_barrier_names_where_it_is_felt(group, coordinator, village):
    kind = make_term(Vocabulary.BARRIER_TYPE, "transport")
    client = signed_in(coordinator)
    data = {"group": group.slug, "title_en": "No bus", "kind": kind.pk, "reported_on": "2026-11-01",
            "settlements": [village.pk]}  # fmt: skip
    assert client.post(url("barrier-add"), data).status_code == 302
    assert [row.settlement for row in BarrierSettlement.objects.all()] == [village]
    assert "Javorje" in client.get(url("barriers")).content.decode()


def test_barriers_are_read_by_kind_or_by_place(group, coordinator, village):
    kind = make_term(Vocabulary.BARRIER_TYPE, "transport")
    for title, places in (("No bus", [village]), ("No leaflet", [])):
        barrier = Barrier.objects.create(group=group, kind=kind, slug=title[3:], title_en=title)
        barrier.settlements.set(places)
    client = signed_in(coordinator)
    heads = [re.findall(r"<h2>(.+?) <span", client.get(url("barriers", **query)).content.decode())
             for query in ({}, {"by": "place"})]  # fmt: skip
    assert heads == [[str(kind)], ["Javorje", "Everywhere"]]


# ---- signals --------------------------------------------------------------------------------------
def test_whoever_noticed_the_same_gets_the_answer_too(group, coordinator):
    first, same = (
        make_signal(group, email="ana@example.org"),
        Signal(group=group, text="Tudi", basis="data", language="en"),
    )
    token = same.store()
    Signal.objects.filter(pk=same.pk).update(email="bo@example.org")
    client = signed_in(coordinator)
    posted(client, url("signal-triage", same.pk), status="merged", into=first.pk)
    page = f"/en/signal/{token}/"
    assert "You will all get one answer, here." in Client().get(page).content.decode()
    posted(client, url("signal-triage", first.pk), status="answered", answer="We talk to the school")
    assert "We talk to the school" in Client().get(page).content.decode()
    answered = Outbox.objects.filter(kind="signal-answered").order_by("pk")
    assert [(m.to, "We talk to the school" in m.text) for m in answered] == [
        ("bo@example.org", False),
        ("ana@example.org", True),
        ("bo@example.org", True),
    ]


def test_the_mail_to_the_sender_says_what_the_answer_is_and_leads_to_a_need_that_everybody_reads(group, coordinator):
    need = make_need(group, title_en="Night bus")
    signal = make_signal(group, email="ana@example.org")
    signal.language = "en"
    signal.save()
    signal.move_to("linked", coordinator, need=need, answer="We talk to the town.")
    mails.signal_answered(signal)
    text = Outbox.objects.get(kind="signal-answered").text
    with override("en"):
        assert f"Night bus\n{settings.PORTAL_ADDRESS}{need.get_absolute_url()}\n" in text
    assert "Our answer:\nWe talk to the town." in text


def test_the_sender_hears_when_a_signal_becomes_a_new_need(group, coordinator):
    signal = make_signal(group, email="ana@example.org")
    data = {"group": group.slug, "signal": signal.pk, "title_en": "No bus", "reported_on": "2026-11-01"}
    signed_in(coordinator).post(url("need-add"), data)
    assert [m.to for m in Outbox.objects.filter(kind="signal-answered")] == ["ana@example.org"]
    assert "No bus" not in Outbox.objects.get().text  # nobody has checked it yet


def test_the_page_of_a_need_counts_its_signals_and_shows_them_to_members_only(group, coordinator):
    need = make_need(group)
    signal = make_signal(group)
    signal.move_to("linked", coordinator, need=need)
    assert "1 signal belongs to it." in read(Client(), need)
    assert "Ni vadbe" not in read(Client(), need)
    assert "Ni vadbe" in read(signed_in(coordinator), need)


# ---- how it moves on ------------------------------------------------------------------------------
def test_the_page_of_a_need_says_how_it_went_on(group):
    need = make_need(group, status="reported", reported_on=date(2026, 1, 5))
    need.move_to("assessing")
    today = timezone.localdate()
    assert trail(need) == [(date(2026, 1, 5), "reported"), (today, "assessing")]
    assert need.moved_on == today


def test_of_a_need_that_came_in_later_the_unknown_days_stay_unknown(group):
    need = make_need(group, status="confirmed", reported_on=date(2026, 1, 5))
    assert trail(need) == [(date(2026, 1, 5), "reported"), (None, "confirmed")]


def test_the_board_shows_first_what_waits_longest_and_marks_what_waits_too_long(group, coordinator):
    today = timezone.localdate()
    for slug, days in (("new", 3), ("old", 20)):
        make_need(group, slug, status="reported", reported_on=today - timedelta(days=days))
    html = signed_in(coordinator).get(url("needs-board")).content.decode()
    assert html.index("Need old") < html.index("Need new")
    assert html.count("status--bad") == 1
    assert "for 20 days" in html


def test_a_coordinators_work_names_needs_without_a_first_answer(group, coordinator):
    make_need(group, status="reported")
    assert "Answer a need for the first time" in signed_in(coordinator).get(url("work")).content.decode()


def test_where_partners_disagree_the_page_says_on_which_question(group):
    need = make_need(group)
    for size in (1, 4):
        seat = make_user("representative", make_organisation(group)).seats.get()
        Score.objects.create(need=need, seat=seat, size=size, severity=3, inequality=3, changeability=2)
    assert Need.objects.get().disputed == ["size"]
    assert read(Client(), need).count("partners disagree") == 1


# ---- what was learnt ------------------------------------------------------------------------------
def test_an_evaluation_says_what_changed_and_what_was_learnt(group, coordinator):
    measure, need = make_measure(make_strategy(group)), make_need(group)
    ObjectiveNeed.objects.create(objective=measure.objective, need=need)
    client = signed_in(coordinator)
    data = {
        "verdict": "adapt",
        "changed": "Twice as many walk",
        "learnt": "Mornings suit them better",
        "reason": "Start at nine",
        "evaluator": "University of Example",
    }
    assert client.post(url("evaluation-add", measure.pk), data).status_code == 302
    for record in (measure, need):
        html = read(Client(), record)
        for words in ("Twice as many walk", "Mornings suit them better", "Start at nine", "University of Example"):
            assert words in html
    assert "Evaluated: adapt it" in Client().get("/en/plan/needs/").content.decode()
    assert "Evaluated: adapt it" in client.get(url("strategy-work", measure.plan.strategy_id)).content.decode()
    assert "Start at nine" in Client().get(url("plan-document", measure.plan.strategy.slug)).content.decode()


def test_an_evaluation_of_a_measure_for_the_group_only_does_not_show_with_the_need(group):
    measure, need = make_measure(make_strategy(group), is_public=False), make_need(group)
    ObjectiveNeed.objects.create(objective=measure.objective, need=need)
    Evaluation.objects.create(measure=measure, verdict="stop", reason_en="Nobody came")
    assert "Nobody came" not in read(Client(), need)


def test_what_is_carried_on_shows_what_was_decided_and_leads_both_ways(group, coordinator):
    old = make_measure(make_strategy(group))
    Evaluation.objects.create(measure=old, verdict="scale", reason_en="It helps")
    new = make_measure(old.plan.strategy, "walks-again", carried_from=old)
    assert "decided then: do more of it" in read(Client(), new)
    assert f'href="{address(new)}"' in read(Client(), old)


def test_barriers_come_along_into_a_later_plan(group, coordinator):
    measure = make_measure(make_strategy(group))
    later = measure.plan.strategy.plans.create(
        slug="later", starts_on=date(2031, 1, 1), ends_on=date(2031, 12, 31), status="draft"
    )
    barrier = Barrier.objects.create(group=group, slug="bus", kind=make_term(Vocabulary.BARRIER_TYPE, "transport"))
    MeasureBarrier.objects.create(measure=measure, barrier=barrier)
    signed_in(coordinator).post(url("measure-carry", measure.pk), {"plan": later.pk})
    assert list(Measure.objects.get(carried_from=measure).barriers.all()) == [barrier]
    assert not Commitment.objects.exists()


# ---- what it costs --------------------------------------------------------------------------------
@pytest.mark.parametrize("size", [2, 12])
def test_boards_ask_a_fixed_number_of_questions(group, coordinator, village, size, django_assert_max_num_queries):
    for number in range(size):
        need = make_need(group, f"need-{number}")
        NeedSettlement.objects.create(need=need, settlement=village)
        make_signal(group).move_to("linked", coordinator, need=need)
    client = signed_in(coordinator)
    with django_assert_max_num_queries(30):
        client.get(url("needs-board"))
    with django_assert_max_num_queries(22):
        Client().get("/en/plan/needs/")


@pytest.mark.parametrize("page", ["/en/", "/en/plan/needs/", "/en/plan/"])
def test_residents_find_the_form_for_what_they_notice_where_the_group_takes_it(group, page):
    make_strategy(group)
    link = f'href="{url("signal-send")}"'
    assert link in Client().get(page).content.decode()
    group.accepts_signals = False
    group.save()
    assert link not in Client().get(page).content.decode()


# ---- who looks after figures ----------------------------------------------------------------------
def test_a_data_steward_writes_down_what_a_need_rests_on_and_decides_nothing(group):
    steward = signed_in(make_user("data_steward", make_organisation(group), language="en"))
    need = make_need(group)
    data = {"text_en": "Fewer walk", "value": "12", "unit": "%", "year": "2025", "source": "Institute"}
    assert url("evidence-add", need.pk) in read(steward, need)
    assert steward.post(url("evidence-add", need.pk), data).status_code == 302
    row = Evidence.objects.get()
    page = read(steward, need)
    assert url("evidence-edit", need.pk, row.pk) in page
    assert f'href="{url("need-edit", need.pk)}"' not in page
    assert steward.get(url("evidence-edit", need.pk, row.pk)).status_code == 200
    for name, answer in (("need-edit", 404), ("need-move", 404), ("need-score", 404)):
        assert steward.post(url(name, need.pk), {"status": "resolved"}).status_code == answer, name


def test_a_data_steward_of_another_group_writes_down_nothing(group):
    stranger = signed_in(make_user("data_steward", make_organisation(make_group(slug="other"))))
    need = make_need(group)
    assert stranger.post(url("evidence-add", need.pk), {"text_en": "Fewer walk"}).status_code == 404
    assert not Evidence.objects.exists()
