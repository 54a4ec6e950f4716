"""The yearly assessment of programmes, results against resources, and a programme because of a need."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from actionplans import agenda, waiting
from actionplans import assessments as deed
from actionplans.models import Assessment, BudgetLine, Meeting, NeedProgramme, StatusReport, Task
from actionplans.models.assessments import year_of
from actionplans.results import Results
from portal.models import Outbox, Vocabulary
from programmes.models import ProblemReport, Programme

from .records import (
    make_group,
    make_location,
    make_meeting,
    make_organisation,
    make_programme,
    make_schedule,
    make_settlement,
    make_term,
    make_user,
    signed_in,
    url,
)
from .test_plan import make_indicator, make_measure, make_need, make_strategy
from .workshop import typed

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR = year_of(TODAY)
DAY = timedelta(days=1)


@pytest.fixture
def provider(group):
    return make_organisation(group)


@pytest.fixture
def programme(provider):
    return make_programme(provider, title_sl="Hoja", title_en="Walks")


@pytest.fixture
def editor(provider):
    return make_user("editor", provider)


@pytest.fixture
def representative(provider):
    return make_user("representative", provider)


def assess(programme, group, verdict="keep", **fields):
    until = {} if verdict == "keep" else {"until": TODAY + 30 * DAY}
    defaults = {"year": YEAR, "reason_sl": "Tako je", **until}
    return Assessment.objects.create(group=group, programme=programme, verdict=verdict, **{**defaults, **fields})


def shown(user, **query):
    return [row.programme for row in signed_in(user).get(url("assessments"), query).context["rows"]]


def decide(user, programme, **data):
    return signed_in(user).post(url("assessment", programme.pk), {"reason_sl": "Pomaga", **data})


# ---- the list -----------------------------------------------------------------------------------------
class TestList:
    def test_it_holds_what_is_offered_and_what_is_hidden_but_no_draft_and_nothing_that_ended(
        self, group, provider, coordinator
    ):
        public, paused = make_programme(provider), make_programme(provider, status="paused")
        hidden = make_programme(provider, checked_on=TODAY - 400 * DAY)
        make_programme(provider, status="draft", checked_on=None)
        make_programme(provider, status="archived")
        make_programme(make_organisation())
        assert set(shown(coordinator)) == {public, paused, hidden}

    def test_what_is_not_assessed_stands_first_and_of_that_what_was_confirmed_longest_ago(
        self, group, provider, coordinator
    ):
        done = make_programme(provider, checked_on=TODAY - 100 * DAY)
        fresh, old = make_programme(provider, checked_on=TODAY), make_programme(provider, checked_on=TODAY - 9 * DAY)
        proposed = make_programme(provider, checked_on=TODAY)
        assess(done, group)
        assess(proposed, group, is_proposal=True)
        assert shown(coordinator) == [proposed, old, fresh, done]

    def test_the_counts_are_those_of_the_chips_and_each_chip_shows_them(self, group, provider, coordinator):
        kept, stopped, changed = (make_programme(provider) for _number in range(3))
        make_programme(provider)
        assess(kept, group)
        assess(kept, group, year=YEAR - 1)
        assess(stopped, group, "stop")
        assess(changed, group, "adapt")
        assess(changed, group, year=YEAR - 1)
        context = signed_in(coordinator).get(url("assessments")).context
        counts = {key: count for key, _label, count, _address in context["kinds"]}
        assert counts == {"open": 1, "keep": 1, "adapt": 1, "stop": 1, "changed": 1, "ending": 1}
        assert (context["done"], context["total"]) == (3, 4)
        assert {key: len(shown(coordinator, show=key)) for key in counts} == counts

    def test_the_year_before_stands_beside_it(self, group, programme, coordinator):
        assess(programme, group, "adapt", year=YEAR - 1)
        assess(programme, group)
        context = signed_in(coordinator).get(url("assessments")).context
        assert [(then, now) for _label, then, now in context["compared"]] == [(0, 1), (1, 0), (0, 0)]
        assert context["rows"][0].is_changed

    def test_a_past_year_lists_what_was_assessed_then_and_nobody_changes_it(self, group, programme, coordinator):
        make_programme(programme.organisation)
        assess(programme, group, year=YEAR - 1)
        assert shown(coordinator, year=YEAR - 1) == [programme]
        address = f"{url('assessment', programme.pk)}?year={YEAR - 1}"
        assert signed_in(coordinator).get(address).context["form"] is None
        answer = signed_in(coordinator).post(address, {"verdict": "stop", "reason_sl": "Ne"})
        assert (answer.status_code, Assessment.objects.get().verdict) == (200, "keep")

    @pytest.mark.parametrize("year", ["0", "99999", "x", str(YEAR + 1), "²²²²"])
    def test_what_is_no_year_is_not_found(self, coordinator, year):
        assert signed_in(coordinator).get(url("assessments"), {"year": year}).status_code == 404

    def test_the_facts_are_known_or_said_to_be_unknown(self, group, provider, programme, coordinator):
        assess(programme, group, year=YEAR - 2, participants=40, cost_eur=800)
        assess(programme, group, year=YEAR - 1)
        for state in ("new", "done"):
            ProblemReport(
                organisation=provider, programme=programme, kind="times", text="x", language="sl", state=state
            ).store()
        row = signed_in(coordinator).get(url("assessments")).context["rows"][0]
        assert row.known == (YEAR - 2, 40, 800, 20.0)
        assert row.open_reports == 1
        other = make_programme(provider)
        row = next(r for r in signed_in(coordinator).get(url("assessments")).context["rows"] if r.programme == other)
        assert (row.known, row.open_reports, row.reports) == (None, 0, 0)

    def test_nobody_in_the_programme_makes_no_cost_per_person(self, group, programme):
        given = assess(programme, group, participants=0, cost_eur=800)
        assert deed.known([given]).per_person is None

    def test_the_only_one_of_a_cell_and_one_of_many_in_a_settlement_are_told_apart(self, group, provider, coordinator):
        topic, rare = make_term(slug="food"), make_term(slug="sleep")
        phase = make_term(Vocabulary.LIFE_PHASE, "adults")
        place = make_location(provider, settlement=make_settlement())
        many = [make_programme(provider, terms=[topic, phase]) for _number in range(3)]
        for one in many:
            make_schedule(one, location=place)
        alone = make_programme(provider, terms=[rare, phase])
        rows = {r.programme: r.standing for r in signed_in(coordinator).get(url("assessments")).context["rows"]}
        assert [(p.row.value, p.programmes, p.nearby) for p in rows[many[0]].crowded] == [("food", 3, 2)]
        assert [(p.row.value, p.column.value) for p in rows[alone].alone] == [("sleep", "adults")]

    def test_the_table_as_a_file_has_every_row_and_no_formula(self, group, provider, coordinator):
        programme = make_programme(provider, title_sl="=1+1")
        assess(programme, group, reason_sl="Pomaga", participants=12)
        text = signed_in(coordinator).get(url("assessments-csv")).content.decode()
        assert (text.count("\r\n"), "'=1+1" in text, "Pomaga" in text) == (2, True, True)

    def test_it_asks_the_same_number_of_questions_whatever_the_size(
        self, group, provider, coordinator, django_assert_max_num_queries
    ):
        terms = [make_term(), make_term(Vocabulary.LIFE_PHASE)]
        for _number in range(30):
            assess(make_programme(provider, terms=terms), group, participants=3)
        client = signed_in(coordinator)
        client.get(url("assessments"))
        client.get(url("results"))
        with django_assert_max_num_queries(30):
            assert client.get(url("assessments")).status_code == 200
        with django_assert_max_num_queries(24):
            assert client.get(url("results")).status_code == 200


# ---- who may what -------------------------------------------------------------------------------------
class TestRights:
    def test_members_read_what_was_decided_and_a_proposal_only_its_provider_and_the_coordinator(
        self, group, programme, coordinator, editor
    ):
        decided = assess(programme, group)
        proposed = assess(programme, group, is_proposal=True)
        neighbour, stranger = make_user("editor", make_organisation(group)), make_user("coordinator")

        def sees(user):
            return set(Assessment.objects.visible_to(user))

        assert sees(coordinator) == sees(editor) == {decided, proposed}
        assert (sees(neighbour), sees(stranger)) == ({decided}, set())

    def test_another_group_and_visitors_reach_nothing(self, group, programme):
        assess(programme, group)
        stranger = signed_in(make_user("coordinator"))
        pages = [url("assessment", programme.pk), f"{url('assessments')}?group={group.slug}"]
        pages += [f"{url(name)}?group={group.slug}" for name in ("assessments-csv", "results", "results-csv")]
        assert {stranger.get(page).status_code for page in pages} == {404}
        assert stranger.post(url("assessment", programme.pk), {"verdict": "stop"}).status_code == 404
        assert stranger.post(url("assessment-end", programme.pk)).status_code == 404
        assert {Client().get(page).status_code for page in pages} == {302}

    def test_a_programme_of_two_groups_is_judged_by_each_for_itself(self, group, programme, coordinator):
        other = make_group()
        programme.organisation.memberships.create(group=other, joined_on=date(2020, 1, 1))
        assess(programme, other, "stop")
        assert signed_in(coordinator).get(url("assessments")).context["open"] == 1

    def test_a_neighbour_reads_and_changes_nothing(self, group, programme):
        neighbour = signed_in(make_user("representative", make_organisation(group)))
        assert neighbour.get(url("assessment", programme.pk)).context["form"] is None
        assert neighbour.post(url("assessment", programme.pk), {"verdict": "stop"}).status_code == 404
        assert not Assessment.objects.exists()

    def test_instead_offers_only_what_the_group_offers(self, group, programme, coordinator):
        ours, theirs = make_programme(programme.organisation), make_programme()
        form = signed_in(coordinator).get(url("assessment", programme.pk)).context["form"]
        offered = {str(value) for value, _label in form.fields["instead"].choices}
        assert (str(ours.pk) in offered, str(theirs.pk) in offered, str(programme.pk) in offered) == (
            True,
            False,
            False,
        )


# ---- deciding and proposing ---------------------------------------------------------------------------
class TestDeciding:
    def test_the_coordinator_decides_and_it_says_who_and_when(self, group, programme, coordinator):
        assert decide(coordinator, programme, verdict="keep", participants="12").status_code == 302
        made = Assessment.objects.get()
        assert (made.year, made.is_proposal, made.given_by, made.given_on) == (YEAR, False, coordinator, TODAY)
        assert made.participants == 12

    def test_the_provider_proposes_until_the_group_has_decided(self, group, programme, coordinator, editor):
        decide(editor, programme, verdict="adapt")
        assert Assessment.objects.get().is_proposal
        form = signed_in(coordinator).get(url("assessment", programme.pk)).context["form"]
        assert (form["verdict"].value(), form["reason_sl"].value()) == ("adapt", "Pomaga")
        decide(coordinator, programme, verdict="keep")
        assert decide(editor, programme, verdict="stop").status_code == 404
        assert Assessment.objects.proposals().get().verdict == "adapt"

    def test_what_is_adapted_or_stopped_needs_a_day_and_nothing_typed_is_lost(self, programme, coordinator):
        answer = decide(coordinator, programme, verdict="stop")
        assert (answer.status_code, "until" in answer.context["form"].errors) == (422, True)
        assert "Pomaga" in answer.content.decode()

    @pytest.mark.parametrize("until", ["1999-01-01", "2190-01-01", "x"])
    def test_a_day_that_cannot_be_is_refused(self, programme, coordinator, until):
        assert decide(coordinator, programme, verdict="stop", until=until).status_code == 422

    def test_what_is_kept_has_no_day_and_nothing_instead(self, programme, coordinator):
        other = make_programme(programme.organisation)
        decide(coordinator, programme, verdict="keep", until=f"{TODAY}", instead=other.pk)
        made = Assessment.objects.get()
        assert (made.until, made.instead) == (None, None)

    def test_the_second_of_two_who_assess_it_first_is_told_and_loses_nothing(self, programme, coordinator):
        second = signed_in(make_user("coordinator", coordinator.seats.get().membership.organisation))
        form = second.get(url("assessment", programme.pk)).context["form"]
        decide(coordinator, programme, verdict="keep")
        answer = second.post(url("assessment", programme.pk), typed(form, verdict="keep", reason_sl="Drugače"))
        assert (answer.status_code, "Drugače" in answer.content.decode()) == (409, True)
        assert Assessment.objects.get().reason_sl == "Pomaga"

    def test_once_a_year_holds_in_the_database_too(self, group, programme):
        assess(programme, group)
        with pytest.raises(IntegrityError), transaction.atomic():
            assess(programme, group)

    def test_what_is_to_be_adapted_becomes_a_task_of_the_provider_who_is_told(
        self, group, programme, coordinator, representative
    ):
        decide(coordinator, programme, verdict="adapt", until=f"{TODAY + 20 * DAY}")
        task = Task.objects.get()
        assert (task.organisation, task.due_on) == (programme.organisation, TODAY + 20 * DAY)
        assert (task.title_en, task.description_sl) == ("Adapt the programme: Walks", "Pomaga")
        assert Outbox.objects.filter(kind="task-given").count() == 1

    def test_the_task_follows_the_decision_and_there_is_only_one(self, group, programme, coordinator):
        client, address = signed_in(coordinator), url("assessment", programme.pk)
        decide(coordinator, programme, verdict="adapt", until=f"{TODAY + 20 * DAY}")
        later = f"{TODAY + 40 * DAY}"
        client.post(address, typed(client.get(address).context["form"], until=later))
        assert [f"{task.due_on}" for task in Task.objects.all()] == [later]
        client.post(address, typed(client.get(address).context["form"], verdict="keep"))
        task = Task.objects.get()
        assert (task.state, task.reason != "") == ("cancelled", True)

    def test_a_proposal_makes_no_task(self, programme, editor):
        decide(editor, programme, verdict="adapt", until=f"{TODAY + 20 * DAY}")
        assert not Task.objects.exists()

    def test_what_is_stopped_is_ended_by_one_press_and_its_page_names_what_comes_instead(
        self, group, programme, coordinator
    ):
        instead = make_programme(programme.organisation, title_sl="Ples")
        assess(programme, group, "stop", instead=instead)
        client = signed_in(coordinator)
        assert client.get(url("assessment", programme.pk)).context["may_end"]
        assert client.post(url("assessment-end", programme.pk)).status_code == 302
        programme.refresh_from_db()
        assert programme.status == "archived"
        page = Client().get(programme.get_absolute_url())
        assert (page.status_code, "Ples" in page.content.decode()) == (410, True)

    def test_nothing_is_ended_that_the_group_did_not_stop(self, group, programme, coordinator, editor):
        assess(programme, group, "adapt")
        assess(programme, group, "stop", is_proposal=True)
        assert signed_in(coordinator).post(url("assessment-end", programme.pk)).status_code == 404
        assert Programme.objects.get(pk=programme.pk).status == "published"

    def test_an_ended_programme_stays_in_the_list_of_its_year(self, group, programme, coordinator):
        assess(programme, group, "stop")
        Programme.objects.filter(pk=programme.pk).update(status="archived")
        assert shown(coordinator) == [programme]

    def test_it_leads_to_the_next_that_is_open(self, group, programme, coordinator):
        following = make_programme(programme.organisation)
        decide(coordinator, programme, verdict="keep")
        assert signed_in(coordinator).get(url("assessment", programme.pk)).context["next"][0] == following


# ---- where it comes up --------------------------------------------------------------------------------
class TestComesUp:
    def test_a_programme_to_be_ended_waits_for_the_coordinator_and_its_provider(
        self, group, programme, coordinator, editor
    ):
        assess(programme, group, "stop", until=TODAY - DAY)
        link = f"{url('assessment', programme.pk)}?group={group.slug}&year={YEAR}"
        waiting = signed_in(coordinator).get(url("work")).context["waiting"]
        assert [(item.is_late) for item in waiting if item.link == link] == [True]
        assert [item.link for item in signed_in(editor).get(url("work")).context["late"]] == [link]

    def test_from_october_on_the_coordinator_is_asked_until_all_are_assessed(self, group, programme, coordinator):
        def asked(today):
            return [item.due_on for item in waiting._to_assess(coordinator, [group], today)]

        autumn = date(2026, 10, 1)
        assert (asked(autumn - DAY), asked(autumn)) == ([], [date(2026, 12, 31)])
        assert asked(date(2027, 3, 31)) == [date(2026, 12, 31)]  # it may still be done
        assess(programme, group, year=2026)
        assert asked(autumn) == []

    def test_the_next_agenda_has_what_was_decided_since_the_meeting_before_once(self, group, programme, coordinator):
        assess(programme, group, "stop")
        meeting = make_meeting(group)
        points = agenda.propose(agenda.gather(meeting), TODAY)
        assert [point.key for point in points] == ["free-0"]
        agenda.add(meeting, ["free-0"])
        meeting = Meeting.objects.get(pk=meeting.pk)
        assert agenda.propose(agenda.gather(meeting), TODAY) == []


# ---- results against resources ------------------------------------------------------------------------
class TestResults:
    @pytest.fixture
    def measure(self, group):
        return make_measure(make_strategy(group), phase="in_progress")

    def of(self, group, user):
        return Results(group, user).measures()[0]

    def test_what_nobody_gave_is_unknown_and_nothing_is_computed_from_it(self, group, measure, coordinator):
        row = self.of(group, coordinator)
        assert (row.reached, row.planned, row.spent, row.per_person) == (None,) * 4

    def test_the_cost_of_a_person_needs_all_that_was_spent_and_whom_it_reached(self, group, measure, coordinator):
        for number, amount in enumerate((300, 100)):
            BudgetLine.objects.create(measure=measure, label_sl=f"{number}", amount_eur=amount, spent_eur=50)
        StatusReport.objects.create(measure=measure, text_sl="x", reached=10, written_on=TODAY - 9 * DAY)
        StatusReport.objects.create(measure=measure, text_sl="x", reached=20, written_on=TODAY - 5 * DAY)
        StatusReport.objects.create(measure=measure, text_sl="x", written_on=TODAY)
        row = self.of(group, coordinator)
        assert (row.reached, row.reached_on, row.planned, row.spent, row.per_person) == (
            20,
            TODAY - 5 * DAY,
            400,
            100,
            5,
        )

    def test_what_is_spent_in_part_is_told_as_at_least(self, group, measure, coordinator):
        BudgetLine.objects.create(measure=measure, label_sl="a", amount_eur=300, spent_eur=50)
        BudgetLine.objects.create(measure=measure, label_sl="b", amount_eur=100)
        StatusReport.objects.create(measure=measure, text_sl="x", reached=10)
        row = self.of(group, coordinator)
        assert (row.spent, row.spent_partly, row.per_person) == (None, 50, None)
        with translation.override("en"):
            page = url("results")
        assert "at least 50 €" in signed_in(coordinator).get(page).content.decode()

    def test_only_figures_of_outcomes_say_what_has_changed(self, group, measure, coordinator):
        outcome = make_indicator(group, slug="sleep", kind="outcome")
        for one in (outcome, make_indicator(group, slug="talks", kind="process")):
            measure.indicators.add(one)
        assert self.of(group, coordinator).outcomes == [outcome]

    @pytest.mark.parametrize("query", ["sort=person&order=overlap", "sort=x&order=[]", "sort=lead&order=places"])
    def test_every_order_is_an_address(self, group, measure, programme, coordinator, query):
        answer = signed_in(coordinator).get(f"{url('results')}?{query}")
        assert (answer.status_code, len(answer.context["programmes"]["page"])) == (200, 1)

    def test_a_long_table_comes_in_parts_and_whole_when_asked(self, group, provider, coordinator, monkeypatch):
        monkeypatch.setattr("actionplans.views.results.PER_PAGE", 2)
        made = [make_programme(provider, title_sl=f"{n}") for n in range(3)]
        client = signed_in(coordinator)

        def shown(query):
            return [row.programme for row in client.get(f"{url('results')}?{query}").context["programmes"]["page"]]

        assert (shown("order=title"), shown("order=title&offers=2"), shown("all=1")) == (made[:2], made[2:], made)
        assert shown("offers=nonsense") == made[:2]

    def test_programmes_come_by_people_the_unknown_last(self, group, provider, coordinator):
        unknown, few, many = (make_programme(provider, title_sl=f"{n}") for n in range(3))
        assess(few, group, participants=3)
        assess(many, group, participants=30)
        rows = Results(group, coordinator).programmes("reach")
        assert [row.programme for row in rows] == [many, few, unknown]

    def test_both_tables_are_one_file(self, group, measure, programme, coordinator):
        text = signed_in(coordinator).get(url("results-csv")).content.decode()
        lengths = {line.count(";") for line in text.strip().splitlines()}
        assert (text.count("\r\n"), lengths) == (3, {15})

    def test_what_is_spent_is_said_for_each_part(self, group, measure, coordinator):
        line = BudgetLine.objects.create(measure=measure, label_sl="Dvorana", amount_eur=300)
        client, address = signed_in(coordinator), url("budget-spent", measure.pk, line.pk)
        assert client.post(address, {"spent_eur": "-5"}).status_code == 422
        assert client.post(address, {"spent_eur": "120"}).status_code == 302
        line.refresh_from_db()
        assert line.spent_eur == 120
        stranger = signed_in(make_user("coordinator"))
        assert stranger.post(address, {"spent_eur": "1"}).status_code == 404


# ---- a programme because of a need --------------------------------------------------------------------
class TestNeedProgramme:
    def test_a_partner_begins_a_draft_with_the_words_of_the_need_and_it_is_tied_to_it(self, group, provider, editor):
        topic = make_term()
        need = make_need(group, status="confirmed")
        need.terms.add(topic)
        client = signed_in(editor)
        assert client.get(need.get_absolute_url()).context["may_propose"]
        answer = client.post(
            url("need-programme-add", need.pk), {"organisation": provider.pk, "title": "Nočni pogovor"}
        )
        made = Programme.objects.get()
        assert answer.url == reverse("programmes:programme-edit", args=[made.pk])
        assert (made.status, list(made.terms.all()), list(need.programmes.all())) == ("draft", [topic], [made])

    def test_the_draft_shows_on_the_need_to_its_provider_and_once_published_to_everybody(self, group, provider, editor):
        need = make_need(group, status="confirmed")
        draft = make_programme(provider, status="draft", checked_on=None, title_sl="Nočni pogovor")
        NeedProgramme.objects.create(need=need, programme=draft)
        page = need.get_absolute_url()
        assert "Nočni pogovor" in signed_in(editor).get(page).content.decode()
        assert "Nočni pogovor" not in Client().get(page).content.decode()
        Programme.objects.filter(pk=draft.pk).update(status="published", checked_on=TODAY)
        assert "Nočni pogovor" in Client().get(page).content.decode()

    def test_nobody_proposes_for_a_need_that_is_closed_or_of_another_group(self, group, provider, editor):
        closed, theirs = make_need(group, slug="closed", status="resolved"), make_need(make_group(), slug="theirs")
        client = signed_in(editor)
        assert {client.get(url("need-programme-add", need.pk)).status_code for need in (closed, theirs)} == {404}
        adviser = signed_in(make_user("adviser", make_organisation(group)))
        assert adviser.get(url("need-programme-add", make_need(group, slug="x").pk)).status_code == 404

    def test_an_organisation_of_others_is_refused(self, group, editor):
        need = make_need(group, status="confirmed")
        theirs = make_organisation(group)
        answer = signed_in(editor).post(url("need-programme-add", need.pk), {"organisation": theirs.pk, "title": "x"})
        assert (answer.status_code, Programme.objects.count()) == (422, 0)
