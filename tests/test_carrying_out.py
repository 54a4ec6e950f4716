"""What was resolved and planned is carried out: who has it, what stops it, how a round hears of it, whom to ask."""

from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from actionplans import mails, news
from actionplans.models import Answer, Barrier, Commitment, Decision, IndicatorValue, StatusReport, Task
from portal import dates
from portal.models import Outbox, Vocabulary

from .records import (
    make_decision,
    make_group,
    make_item,
    make_meeting,
    make_organisation,
    make_term,
    make_user,
    signed_in,
    url,
)
from .test_plan import make_indicator, make_measure, make_strategy
from .test_work import leading, make_round, make_task, posted

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def organisation(group):
    return make_organisation(group)


@pytest.fixture
def representative(organisation):
    return make_user("representative", organisation)


def owed(user):
    """[(link, about)] of My work."""
    context = signed_in(user).get(url("work")).context
    return [(item.link, item.about) for item in [*context["late"], *context["items"]]]


def tasks_of(user):
    context = signed_in(user).get(url("work")).context
    return [item.task for item in [*context["late"], *context["items"]] if item.task]


def told(kind):
    return sorted(Outbox.objects.filter(kind=kind).values_list("to", flat=True))


# ---- tasks that nobody was given --------------------------------------------------------------------
class TestATaskOfNobody:
    def test_of_a_measure_is_with_who_leads_it(self, group, organisation, representative, coordinator):
        partner = make_user("representative", make_organisation(group))
        task = make_task(measure=leading(group, organisation), due_on=timezone.localdate())
        assert [tasks_of(user) for user in (representative, coordinator, partner)] == [[task], [], []]
        mails.tasks_due()
        assert told("tasks-due") == [representative.email]

    def test_of_a_measure_without_a_lead_is_with_the_coordinators(self, group, representative, coordinator):
        stranger = make_user("coordinator", make_organisation(make_group()))
        task = make_task(measure=make_measure(make_strategy(group)), due_on=timezone.localdate())
        assert [tasks_of(user) for user in (coordinator, representative, stranger)] == [[task], [], []]
        mails.tasks_due()
        assert told("tasks-due") == [coordinator.email]

    def test_of_the_group_is_with_the_coordinators(self, group, representative, coordinator):
        task = make_task(group=group, due_on=timezone.localdate() - DAY)
        assert [tasks_of(user) for user in (coordinator, representative)] == [[task], []]
        mails.tasks_due()
        assert told("tasks-due") == [coordinator.email]

    def test_who_has_one_by_name_has_it_alone(self, group, organisation, representative, coordinator):
        other = make_organisation(group)
        theirs = make_user("representative", other)
        task = make_task(measure=leading(group, organisation), organisation=other, due_on=timezone.localdate())
        assert [tasks_of(user) for user in (theirs, representative, coordinator)] == [[task], [], []]


# ---- what stops a task ------------------------------------------------------------------------------
class TestWhatStopsATask:
    def test_its_row_asks_for_the_reason_and_says_it(self, group, organisation, representative):
        task = make_task(group=group, organisation=organisation)
        client = signed_in(representative)
        page = client.get(url("work")).content.decode()
        assert 'name="reason"' in page
        assert 'value="blocked"' in page
        assert 'value="cancelled"' in page
        posted(client, url("task-move", task.pk), state="blocked", reason="Dvorana je zaprta")
        page = client.get(url("work")).content.decode()
        assert "Dvorana je zaprta" in page
        assert 'value="blocked"' not in page

    def test_one_that_is_over_is_not_stopped(self, group, organisation, representative):
        make_task(group=group, organisation=organisation, state="done", done_on=timezone.localdate())
        page = signed_in(representative).get(url("tasks"), {"state": "all"}).content.decode()
        assert 'name="reason"' not in page

    def test_others_hear_that_it_is_blocked_and_why(self, group, organisation, representative, coordinator):
        before = timezone.now() - DAY
        task = make_task(group=group, organisation=organisation)
        posted(signed_in(representative), url("task-move", task.pk), state="blocked", reason="Ni prostora")
        words = [one.words for one in news.since(coordinator, before)]
        assert any(task.title_sl in said and "Ni prostora" in said for said in words)

    def test_the_reason_is_not_for_everybody(self, client, group, organisation, representative):
        measure = leading(group, organisation)
        make_task(measure=measure, state="blocked", reason="Ana je bolna")
        address = measure.get_absolute_url()
        assert "Ana je bolna" in signed_in(representative).get(address).content.decode()
        assert "Ana je bolna" not in client.get(address).content.decode()


# ---- decisions and barriers -------------------------------------------------------------------------
class TestWhatAnOrganisationSeesTo:
    def test_a_decision_stands_in_its_work_until_it_is_closed(self, group, organisation, representative, coordinator):
        decision = make_decision(group, responsible=organisation, due_on=timezone.localdate() - DAY)
        client = signed_in(representative)
        assert [item.link for item in client.get(url("work")).context["late"]] == [decision.get_absolute_url()]
        assert owed(coordinator) == []
        assert client.get(decision.get_absolute_url()).context["may_report"]
        decision.move_to(Decision.State.IMPLEMENTED)
        assert owed(representative) == []

    def test_once_a_task_follows_from_it_the_task_stands_there(self, group, organisation, representative):
        decision = make_decision(group, responsible=organisation)
        decision.make_task()
        assert tasks_of(representative) == [Task.objects.get()]
        assert len(owed(representative)) == 1

    def test_its_day_is_said_once_before_and_once_after(self, group, organisation, representative, coordinator):
        today = timezone.localdate()
        decision = make_decision(group, responsible=organisation, due_on=today + 5 * DAY)
        make_decision(group, responsible=organisation, due_on=today + 30 * DAY)
        for day in (today, today, today + 6 * DAY, today + 7 * DAY):
            mails.decisions_due(day)
        assert told("decision-due") == [representative.email] * 2
        assert decision.code in Outbox.objects.filter(kind="decision-due").first().text

    def test_a_decision_with_a_task_is_said_by_the_mail_about_tasks(self, group, organisation, representative):
        decision = make_decision(group, responsible=organisation, due_on=timezone.localdate())
        decision.make_task()
        mails.decisions_due()
        mails.tasks_due()
        assert (told("decision-due"), told("tasks-due")) == ([], [representative.email])

    def test_a_barrier_stands_there_until_it_is_solved(self, group, organisation, representative, coordinator):
        kind = make_term(Vocabulary.BARRIER_TYPE)
        barrier = Barrier.objects.create(group=group, kind=kind, slug="bus", title_sl="Ni avtobusa", owner=organisation)
        address = f"{url('barriers')}?group={group.slug}"
        assert owed(representative) == [(f"{address}#barrier-{barrier.pk}", "Ni avtobusa")]
        assert owed(coordinator) == []
        assert f'id="barrier-{barrier.pk}"' in signed_in(representative).get(address).content.decode()
        barrier.move_to("solved")
        assert owed(representative) == []

    def test_what_another_group_asks_of_the_same_organisation_stays_there(self, group, organisation):
        other = make_group()
        make_decision(other, responsible=organisation)
        kind = make_term(Vocabulary.BARRIER_TYPE)
        Barrier.objects.create(group=other, kind=kind, slug="bus", title_sl="Ni avtobusa", owner=organisation)
        assert owed(make_user("representative", organisation)) == []


# ---- a reporting round ------------------------------------------------------------------------------
class TestTheRoundsPage:
    def test_says_at_its_top_what_is_wrong_and_leads_there(self, group, organisation, representative):
        measure, indicator = leading(group, organisation), make_indicator(group, owner=organisation)
        opened = make_round(group)
        answer = {f"measure-{measure.pk}-kind": "hand_over", f"indicator-{indicator.pk}-kind": "need_help"}
        response = signed_in(representative).post(url("round-answer", opened.pk, organisation.pk), answer)
        page = response.content.decode()
        summary = page[page.index('class="errors"') : page.index("<form", page.index('class="errors"'))]
        assert response.status_code == 422
        for key in (f"measure-{measure.pk}", f"indicator-{indicator.pk}"):
            assert f'href="#id_{key}-text"' in summary
            assert f'id="id_{key}-text"' in page
        assert Answer.objects.count() == 0

    def test_without_a_mistake_says_nothing_of_one(self, group, organisation, representative):
        leading(group, organisation)
        page = signed_in(representative).get(url("round-answer", make_round(group).pk, organisation.pk))
        assert 'class="errors"' not in page.content.decode()

    def test_what_was_answered_is_not_asked_for_on_another_day(self, group, organisation, representative):
        measure, indicator = leading(group, organisation), make_indicator(group, owner=organisation)
        opened, day = make_round(group), timezone.localdate() - 20 * DAY
        client, page = signed_in(representative), url("round-answer", opened.pk, organisation.pk)
        figure = {"kind": "update", "value": "12", "measured_on": day.isoformat()}
        client.post(page, {f"indicator-{indicator.pk}-{name}": value for name, value in figure.items()})
        again = {key: form.initial for key, _record, form in client.get(page).context["forms"]}
        known = again["indicator", indicator.pk]
        assert (known["value"], known["measured_on"]) == (12, day.isoformat())
        bare = {f"indicator-{indicator.pk}-kind": "update", f"indicator-{indicator.pk}-measured_on": day.isoformat()}
        rest = {f"measure-{measure.pk}-kind": "no_change"}
        assert client.post(page, {**bare, **rest}).status_code == 302
        assert (Answer.objects.count(), IndicatorValue.objects.get().value) == (2, 12)

    def test_says_what_was_told_last(self, group, organisation, representative, django_assert_max_num_queries):
        strategy, member = make_strategy(group), organisation.memberships.get()
        for number in range(4):
            measure = make_measure(strategy, slug=f"m{number}")
            Commitment.objects.create(measure=measure, membership=member, role="lead", status="accepted")
            StatusReport.objects.create(measure=measure, text_sl=f"Zadnje poročilo {number}")
            indicator = make_indicator(group, slug=f"i{number}", owner=organisation)
            facts = {"measured_on": date(2026, 3, number + 1), "value": 470 + number, "state": "approved"}
            IndicatorValue.objects.create(indicator=indicator, **facts)
        client, address = signed_in(representative), url("round-answer", make_round(group).pk, organisation.pk)
        client.get(address)
        with django_assert_max_num_queries(26):
            page = client.get(address).content.decode()
        assert [f"Zadnje poročilo {n}" in page and f"{470 + n}" in page for n in range(4)] == [True] * 4
        assert measure.get_absolute_url() in page

    def test_who_wants_to_hand_over_is_named_with_the_way_to_another(self, group, organisation, coordinator):
        measure, opened = leading(group, organisation), make_round(group)
        Answer.objects.create(
            round=opened, organisation=organisation, measure=measure, kind="hand_over", text="Ne moremo več"
        )
        way = url("commitment-ask", measure.pk)
        assert f'href="{way}"' in signed_in(coordinator).get(url("round", opened.pk)).content.decode()
        member = make_user("editor", make_organisation(group))
        page = signed_in(member).get(url("round", opened.pk)).content.decode()
        assert ("Ne moremo več" in page, f'href="{way}"' in page) == (True, False)

    def test_a_day_in_a_closed_period_holds_up_its_figure_and_nothing_else(self, group, organisation, representative):
        measure, indicator = leading(group, organisation), make_indicator(group, owner=organisation)
        make_round(group).close()
        address, client = url("round-answer", make_round(group).pk, organisation.pk), signed_in(representative)
        told = {f"measure-{measure.pk}-kind": "no_change"}
        told[f"indicator-{indicator.pk}-measured_on"] = timezone.localdate().isoformat()
        assert client.post(address, told).status_code == 302
        figure = {f"indicator-{indicator.pk}-kind": "update", f"indicator-{indicator.pk}-value": "5"}
        assert client.post(address, {**told, **figure}).status_code == 422
        assert (Answer.objects.get().measure, IndicatorValue.objects.count()) == (measure, 0)

    def test_a_figure_that_was_never_given_is_asked_for(self, group, organisation, representative):
        indicator = make_indicator(group, owner=organisation)
        page = url("round-answer", make_round(group).pk, organisation.pk)
        answer = {f"indicator-{indicator.pk}-kind": "update"}
        assert signed_in(representative).post(page, answer).status_code == 422


# ---- whom to ask ------------------------------------------------------------------------------------
class TestWhomToAskAboutAMeasure:
    def test_everybody_finds_the_telephone_of_who_leads_it(self, client, group):
        organisation = make_organisation(group, phone="01 000 01 77", email="dom@example.org")
        measure = leading(group, organisation)
        page = client.get(measure.get_absolute_url()).content.decode()
        assert 'href="tel:010000177"' in page
        assert 'href="mailto:dom@example.org"' in page
        document = client.get(url("plan-document", measure.plan.strategy.slug))
        assert "01 000 01 77" in document.content.decode()

    def test_while_nobody_can_be_reached_there_it_is_the_group(self, client):
        group = make_group(phone="01 000 02 88")
        measure = leading(group, make_organisation(group))
        assert measure.contact == group
        assert 'href="tel:010000288"' in client.get(measure.get_absolute_url()).content.decode()
        Commitment.objects.all().delete()
        assert 'href="tel:010000288"' in client.get(measure.get_absolute_url()).content.decode()

    def test_members_find_the_person_and_nobody_else_does(self, client, group, organisation, coordinator):
        measure = leading(group, organisation)
        make_user("representative", organisation, full_name="Vida Kos", phone="040 000 111")
        make_user("deputy", organisation, full_name="Jan Hrast", phone="040 000 222", is_listed=False)
        page = signed_in(coordinator).get(measure.get_absolute_url()).content.decode()
        assert "Vida Kos" in page
        assert "040 000 111" in page
        assert "Jan Hrast" in page
        assert "040 000 222" not in page
        for other in (client, signed_in(make_user("coordinator", make_organisation(make_group())))):
            page = other.get(measure.get_absolute_url()).content.decode()
            assert "Vida Kos" not in page
            assert "Jan Hrast" not in page


# ---- minutes ----------------------------------------------------------------------------------------
def write(client, item, **typed):
    """Posts the page of minutes with what is typed at an item as its decision."""
    page = url("minutes", item.meeting_id)
    row = client.get(page).context["page"].rows[0]
    return client.post(
        page,
        {f"item{item.pk}-base": row.form["base"].value(), **{f"decision{item.pk}-{n}": v for n, v in typed.items()}},
    )


class TestADecisionInTheMinutes:
    def test_becomes_a_task_at_once_where_that_is_ticked(self, group, organisation, representative, coordinator):
        item = make_item(make_meeting(group, begins_in=-DAY, status="held"))
        due, client = timezone.localdate() + 9 * DAY, signed_in(coordinator)
        typed = {"text": "Poiščemo voznike", "responsible": organisation.pk, "due_on": due, "makes_task": "on"}
        assert write(client, item, **typed).status_code == 302
        task = Task.objects.get()
        assert (task.decision, task.organisation, task.due_on) == (Decision.objects.get(), organisation, due)
        assert told("task-given") == [representative.email]
        write(client, item, **typed)
        assert (Decision.objects.count(), Task.objects.count()) == (1, 1)  # pressed twice

    def test_and_only_there(self, group, organisation, coordinator):
        item = make_item(make_meeting(group, begins_in=-DAY, status="held"))
        client = signed_in(coordinator)
        assert write(client, item, text="Poiščemo voznike").status_code == 302
        assert (Decision.objects.count(), Task.objects.count()) == (1, 0)
        assert write(client, item, makes_task="on").status_code == 422

    def test_with_a_day_and_nobody_responsible_reads_well(self, group, coordinator):
        item = make_item(make_meeting(group, begins_in=-DAY, status="held"))
        make_decision(group, meeting=item.meeting, item=item, due_on=timezone.localdate())
        page = signed_in(coordinator).get(item.meeting.get_absolute_url()).content.decode()
        assert '<span class="soft">, ' not in page


# ---- a decision that changes the plan ---------------------------------------------------------------
class TestADecisionThatChangesThePlan:
    def test_becomes_a_measure_that_says_so_on_both_pages(self, client, group, organisation, coordinator):
        plan = make_measure(make_strategy(group), slug="old").plan
        decision = make_decision(group, text_sl="Uredimo pešpot")
        keeper = signed_in(coordinator)
        address = f"{url('measure-add', plan.pk)}?decision={decision.pk}"
        assert f'href="{address}"' in keeper.get(decision.get_absolute_url()).content.decode()
        assert 'value="Uredimo pešpot"' in keeper.get(address).content.decode()
        objective = plan.strategy.objectives.get().pk
        data = {"objective": objective, "title_sl": "Pešpot", "approach": "universal", "is_public": "on"}
        assert posted(keeper, address, **data).status_code == 302
        measure = decision.measures.get()
        assert measure.get_absolute_url() in keeper.get(decision.get_absolute_url()).content.decode()
        assert decision.get_absolute_url() in keeper.get(measure.get_absolute_url()).content.decode()
        assert decision.get_absolute_url() not in client.get(measure.get_absolute_url()).content.decode()

    def test_but_no_decision_of_another_group_does(self, group, coordinator):
        plan = make_measure(make_strategy(group)).plan
        other = make_decision(make_group(), text_sl="Tuji sklep")
        keeper = signed_in(coordinator)
        for number in (other.pk, 0, "x", "9" * 30):
            page = keeper.get(f"{url('measure-add', plan.pk)}?decision={number}")
            assert (page.status_code, "Tuji sklep" in page.content.decode()) == (200, False)
        objective = plan.strategy.objectives.get().pk
        data = {"objective": objective, "title_sl": "Pešpot", "approach": "universal"}
        posted(keeper, f"{url('measure-add', plan.pk)}?decision={other.pk}", **data)
        assert other.measures.count() == 0

    def test_members_do_not_plan_it(self, group, representative):
        make_measure(make_strategy(group))
        page = signed_in(representative).get(make_decision(group).get_absolute_url()).content.decode()
        assert "?decision=" not in page


# ---- how a measure goes -----------------------------------------------------------------------------
class TestTheCoordinatorsJudgement:
    def test_says_until_when_it_holds_and_afterwards_that_it_held(self, client, group, organisation, coordinator):
        measure, today = leading(group, organisation), timezone.localdate()
        make_task(measure=measure, due_on=today - 3 * DAY)
        judged = {"judged_state": "on_track", "judged_reason": "Dvorana je spet odprta."}
        rows, keeper = type(measure).objects.filter(pk=measure.pk), signed_in(coordinator)
        with translation.override("sl"):
            last, passed = (dates.date_in_sentence(day, "sl") for day in (today, today - DAY))
        rows.update(**judged, judged_until=today)
        health = rows.get().health
        assert (health.state, last in health.reasons[0]) == ("on_track", True)
        assert last in client.get(measure.get_absolute_url()).content.decode()
        assert url("measure-unjudge", measure.pk) in keeper.get(measure.get_absolute_url()).content.decode()
        rows.update(judged_until=today - DAY)
        assert rows.get().health.state == "at_risk"
        page = keeper.get(measure.get_absolute_url()).content.decode()
        assert passed in page
        assert url("measure-unjudge", measure.pk) not in page
        assert "Dvorana je spet odprta." not in client.get(measure.get_absolute_url()).content.decode()
