"""A measure in several plans, who answers for an objective, whom a plan is for first, and steps year by year."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from actionplans import looked_at, mails, owed, priorities, red_thread, sharing
from actionplans.carrying import objective_in
from actionplans.coverage import measures_of
from actionplans.forms import MeasureForm, NeedForm, ObjectiveForm, StrategyForm
from actionplans.forms.needs import TermedForm
from actionplans.models import (
    ActionPlan,
    Commitment,
    Measure,
    MeasureProgramme,
    MeasureTerm,
    Objective,
    ObjectiveNeed,
    PlanMeasure,
    PlanTargetGroup,
    Round,
    Strategy,
    YearlyStep,
)
from actionplans.my_work import answers_for, owes
from partners import leaving
from portal.history.past import events_of
from portal.models import Outbox, Vocabulary
from portal.stale import StaleObject

from .records import make_group, make_organisation, make_programme, make_term, make_user, signed_in
from .test_organisation import at_the_same_time
from .test_plan import make_measure, make_need, make_strategy

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def make_plan(strategy, slug="mental", **fields):
    period = {"starts_on": date(2026, 1, 1), "ends_on": date(2028, 12, 31), "status": "adopted"}
    return ActionPlan.objects.create(
        strategy=strategy, slug=f"{slug}-{strategy.pk}", **{"title_en": "Mental health", **period, **fields}
    )


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def strategy(group):
    return make_strategy(group)


@pytest.fixture
def measure(strategy):
    return make_measure(strategy, title_en="Walks")


def at(name, *args):
    return reverse(f"actionplans:{name}", args=args)


class TestPuttingIn:
    def test_a_draft_plan_takes_a_measure_without_a_reason(self, strategy, measure, coordinator):
        plan = make_plan(strategy, status="draft")
        answer = signed_in(coordinator).post(
            at("measure-place", measure.pk), {"place": f"{plan.pk}-{measure.objective_id}"}
        )
        assert answer.status_code == 302
        row = PlanMeasure.objects.get()
        assert (row.plan, row.measure, row.objective, strategy.amendments.count()) == (plan, measure, None, 0)

    @pytest.mark.parametrize("status", ["approved", "adopted"])
    def test_an_approved_plan_takes_it_with_a_reason_that_everybody_reads(self, strategy, measure, coordinator, status):
        plan = make_plan(strategy, status=status)
        client, address = signed_in(coordinator), at("measure-place", measure.pk)
        place = f"{plan.pk}-{measure.objective_id}"
        refused = client.post(address, {"place": place})
        assert (refused.status_code, PlanMeasure.objects.count()) == (422, 0)
        assert b"The plan is approved: say why, for everybody to read." in refused.content
        assert client.post(address, {"place": place, "reason": "Walks help the mind too"}).status_code == 302
        assert [str(a) for a in strategy.amendments.all()] == ["Walks help the mind too"]
        assert PlanMeasure.objects.get().plan == plan

    def test_a_closed_plan_takes_nothing_and_gives_nothing_back(self, strategy, measure, coordinator):
        plan = make_plan(strategy, status="superseded")
        row = PlanMeasure.objects.create(plan=plan, measure=measure)
        with pytest.raises(ValidationError):
            sharing.take_out(row, coordinator, "Why not")
        row.delete()
        with pytest.raises(ValidationError):
            sharing.put_in(measure, plan, None, coordinator, "Why not")
        assert list(sharing.open_plans(measure, coordinator)) == []
        assert PlanMeasure.objects.count() == 0

    def test_a_plan_of_a_replaced_strategy_is_closed_too(self, group, measure, coordinator):
        old = make_strategy(group, slug="old", status="superseded")
        make_plan(old)
        assert list(sharing.open_plans(measure, coordinator)) == []

    def test_what_is_over_is_carried_on_instead(self, strategy, measure, coordinator):
        plan = make_plan(strategy, status="draft")
        Measure.objects.filter(pk=measure.pk).update(phase="completed")
        measure.refresh_from_db()
        with pytest.raises(ValidationError):
            sharing.put_in(measure, plan, None, coordinator)
        assert sharing.may_put_in(measure, coordinator) is False

    def test_in_another_strategy_it_serves_one_of_its_objectives(self, group, measure, coordinator):
        draft = make_strategy(group, slug="next", status="draft", adopted_on=None)
        other = Objective.objects.create(strategy=draft, number=1, slug="calm", title_en="Calm", level="system")
        plan = make_plan(draft, status="draft")
        client = signed_in(coordinator)
        wrong = client.post(at("measure-place", measure.pk), {"place": f"{plan.pk}-{measure.objective_id}"})
        assert (wrong.status_code, PlanMeasure.objects.count()) == (422, 0)
        client.post(at("measure-place", measure.pk), {"place": f"{plan.pk}-{other.pk}"})
        assert PlanMeasure.objects.get().objective == other
        client.post(at("objective-remove", other.pk))
        assert Objective.objects.filter(pk=other.pk).exists()

    def test_only_coordinators_of_its_group_and_only_into_plans_of_the_group(self, group, strategy, measure):
        lead = make_organisation(group)
        Commitment.objects.create(measure=measure, membership=lead.memberships.get(), role="lead", status="accepted")
        plan = make_plan(strategy, status="draft")
        theirs = make_plan(make_strategy(make_group()), status="draft")
        stranger, editor = make_user("coordinator"), make_user("editor", lead)
        address, place = at("measure-place", measure.pk), {"place": f"{plan.pk}-{measure.objective_id}"}
        assert [signed_in(u).post(address, place).status_code for u in (stranger, editor)] == [404, 404]
        own = signed_in(make_user("coordinator", lead))
        assert f'value="{theirs.pk}-' not in own.get(address).content.decode()
        assert own.post(address, {"place": f"{theirs.pk}-{measure.objective_id}"}).status_code == 422
        row = PlanMeasure.objects.create(plan=plan, measure=measure)
        out = at("measure-take-out", measure.pk, row.pk)
        assert [signed_in(u).post(out).status_code for u in (stranger, editor)] == [404, 404]
        assert PlanMeasure.objects.count() == 1

    def test_of_two_who_put_it_in_or_take_it_out_one_is_told(self, strategy, measure, coordinator):
        plan = make_plan(strategy, status="draft")
        assert sharing.put_in(measure, plan, None, coordinator) is True
        assert sharing.put_in(measure, plan, None, coordinator) is False
        row = PlanMeasure.objects.get()
        sharing.take_out(row, coordinator)
        with pytest.raises(StaleObject):
            sharing.take_out(PlanMeasure(pk=row.pk or 1, plan=plan, measure=measure), coordinator)
        labels = events_of(PlanMeasure).objects.order_by("pgh_id").values_list("pgh_label", flat=True)
        assert list(labels) == ["insert", "delete"]

    def test_who_approves_a_plan_has_seen_what_was_put_in(self, strategy, measure, coordinator):
        plan = make_plan(strategy, status="draft")
        make_measure(strategy, slug="other")
        seen = looked_at.mark(plan)
        sharing.put_in(measure, plan, None, coordinator)
        with pytest.raises(StaleObject):
            looked_at.move(plan, seen, lambda: plan.move_to("approved", coordinator))
        assert looked_at.marks_of_plans([plan])[plan.pk] == looked_at.mark(plan)

    def test_a_plan_of_borrowed_measures_only_is_not_empty(self, strategy, measure, coordinator):
        plan = make_plan(strategy, status="draft")
        assert plan.lacks("approved") == ["It has no measure yet."]
        sharing.put_in(measure, plan, None, coordinator)
        assert plan.lacks("approved") == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_put_it_in_at_the_same_moment_it_stands_there_once():
    group = make_group()
    measure = make_measure(make_strategy(group))
    plan = make_plan(measure.plan.strategy, status="draft")
    people = [make_user("coordinator", make_organisation(group)) for _number in range(2)]
    told = at_the_same_time(*(lambda by=by: sharing.put_in(measure, plan, None, by) for by in people))
    assert sorted(map(str, told)) == ["False", "True"]
    assert PlanMeasure.objects.count() == 1


class TestTheHomePlan:
    def test_it_moves_within_a_strategy_and_stands_in_both_plans_as_before(self, strategy, measure, coordinator):
        old, plan = measure.plan, make_plan(strategy, status="draft")
        row = PlanMeasure.objects.create(plan=plan, measure=measure)
        client, address = signed_in(coordinator), at("measure-home", measure.pk, row.pk)
        assert address in client.get(measure.get_absolute_url()).content.decode()
        refused = client.post(address)
        assert (refused.status_code, Measure.objects.get().plan) == (422, old)
        assert b"The plan is approved: say why, for everybody to read." in refused.content
        assert client.post(address, {"reason": "It is about the mind"}).status_code == 302
        now = Measure.objects.get()
        assert (now.plan, now.objective, now.version) == (plan, measure.objective, measure.version + 1)
        assert [(row.plan, row.objective) for row in PlanMeasure.objects.all()] == [(old, None)]
        assert client.post(address, {"reason": "Again"}).status_code == 404

    def test_with_another_strategy_it_changes_its_objective_and_leaves_the_old_one_where_it_was(
        self, group, strategy, measure, coordinator
    ):
        old, aim = measure.plan, measure.objective
        following = make_strategy(group, slug="next", status="draft", adopted_on=None)
        calm = Objective.objects.create(strategy=following, number=1, slug="calm", title_en="Calm", level="system")
        first, second = (make_plan(following, slug, status="draft") for slug in ("first", "second"))
        third = make_plan(strategy, "third", status="draft")
        row, _beside = (PlanMeasure.objects.create(plan=p, measure=measure, objective=calm) for p in (first, second))
        PlanMeasure.objects.create(plan=third, measure=measure)
        sharing.make_home(row, coordinator, "The old strategy ends")
        now = Measure.objects.get()
        assert (now.plan, now.objective) == (first, calm)
        assert {(row.plan, row.objective) for row in PlanMeasure.objects.all()} == {
            (old, aim), (second, None), (third, aim),
        }  # fmt: skip
        assert [str(a) for a in strategy.amendments.all()] == ["The old strategy ends"]
        assert following.amendments.count() == 0
        connection.check_constraints()

    def test_out_of_a_replaced_strategy_it_moves_without_a_trace_there(self, group, strategy, measure, coordinator):
        Strategy.objects.filter(pk=strategy.pk).update(status="superseded")
        following = make_strategy(group, slug="next", status="draft", adopted_on=None)
        calm = Objective.objects.create(strategy=following, number=1, slug="calm", title_en="Calm", level="system")
        row = PlanMeasure.objects.create(plan=make_plan(following, status="draft"), measure=measure, objective=calm)
        sharing.make_home(row, coordinator)
        assert (Measure.objects.get().objective, strategy.amendments.count()) == (calm, 0)

    def test_what_is_over_or_closed_keeps_its_home(self, strategy, measure, coordinator):
        row = PlanMeasure.objects.create(plan=make_plan(strategy, status="superseded"), measure=measure)
        with pytest.raises(ValidationError):
            sharing.make_home(row, coordinator, "Why not")
        ActionPlan.objects.filter(pk=row.plan_id).update(status="draft")
        Measure.objects.update(phase="completed")
        with pytest.raises(ValidationError):
            sharing.make_home(row, coordinator, "Why not")
        assert Measure.objects.get().plan == measure.plan

    def test_only_coordinators_of_its_group_move_it(self, group, strategy, measure):
        lead = make_organisation(group)
        Commitment.objects.create(measure=measure, membership=lead.memberships.get(), role="lead", status="accepted")
        row = PlanMeasure.objects.create(plan=make_plan(strategy), measure=measure)
        address = at("measure-home", measure.pk, row.pk)
        for user in (make_user("coordinator"), make_user("editor", lead)):
            assert signed_in(user).post(address, {"reason": "Mine"}).status_code == 404
        assert Measure.objects.get().plan == measure.plan

    def test_who_puts_it_elsewhere_on_a_page_from_before_chooses_again(self, group, strategy, measure, coordinator):
        following = make_strategy(group, slug="next", status="draft", adopted_on=None)
        calm = Objective.objects.create(strategy=following, number=1, slug="calm", title_en="Calm", level="system")
        row = PlanMeasure.objects.create(plan=make_plan(following), measure=measure, objective=calm)
        later = make_plan(following, "later", status="draft")
        sharing.make_home(row, coordinator, "It belongs there")
        with pytest.raises(ValidationError):
            sharing.put_in(measure, later, calm, coordinator)
        assert sharing.put_in(measure, Measure.objects.get().plan, None, coordinator, "Again") is False
        assert sharing.put_in(measure, later, None, coordinator) is True


class TestWhatBelongsTogether:
    """Held by the database, whoever writes."""

    def refused(self):
        with pytest.raises(IntegrityError, match="a measure serves objectives"):
            connection.check_constraints()

    @pytest.fixture
    def calm(self, group):
        draft = make_strategy(group, slug="next", status="draft", adopted_on=None)
        return Objective.objects.create(strategy=draft, number=1, slug="calm", title_en="Calm", level="system")

    def test_a_measure_serves_an_objective_of_the_strategy_of_its_plan(self, measure, calm):
        with transaction.atomic():
            Measure.objects.update(objective=calm)
            self.refused()
            transaction.set_rollback(True)
        measure.objective = calm
        with pytest.raises(ValidationError):
            measure.full_clean()

    def test_in_one_more_plan_it_serves_one_of_its_strategy(self, strategy, measure, calm):
        plan, other = make_plan(calm.strategy), make_plan(strategy)
        for row in ({"plan": plan}, {"plan": plan, "objective": measure.objective}, {"plan": other, "objective": calm}):
            with transaction.atomic():
                PlanMeasure.objects.create(measure=measure, **row)
                self.refused()
                transaction.set_rollback(True)
        PlanMeasure.objects.create(measure=measure, plan=plan, objective=calm)
        PlanMeasure.objects.create(measure=measure, plan=other, objective=measure.objective)
        connection.check_constraints()

    def test_it_runs_in_plans_of_its_group_only_and_in_its_home_once(self, measure):
        theirs = make_strategy(make_group())
        aim = Objective.objects.create(strategy=theirs, number=1, slug="calm", title_en="Calm", level="system")
        for row in ({"plan": make_plan(theirs), "objective": aim}, {"plan": measure.plan}):
            with transaction.atomic():
                PlanMeasure.objects.create(measure=measure, **row)
                self.refused()
                transaction.set_rollback(True)

    def test_objectives_plans_and_strategies_do_not_leave_with_a_measure_on_them(self, group, strategy, measure, calm):
        PlanMeasure.objects.create(measure=measure, plan=make_plan(calm.strategy), objective=calm)
        moves = (
            lambda: Objective.objects.filter(pk=measure.objective_id).update(strategy=calm.strategy, number=7),
            lambda: ActionPlan.objects.filter(pk=measure.plan_id).update(strategy=calm.strategy),
            lambda: Strategy.objects.filter(pk=strategy.pk).update(group=make_group()),
        )
        for move in moves:
            with transaction.atomic():
                move()
                self.refused()
                transaction.set_rollback(True)


class TestCarryingOn:
    def test_in_another_strategy_it_serves_the_objective_that_answers_the_same_needs(self, group, measure, coordinator):
        following = make_strategy(group, slug="next", status="draft", adopted_on=None)
        plan = make_plan(following, status="draft")
        client, data = signed_in(coordinator), {"plan": plan.pk}
        client.post(at("measure-carry", measure.pk), data)
        assert Measure.objects.count() == 1
        same = Objective.objects.create(strategy=following, number=1, slug="calm", title_en="Calm", level="system")
        other = Objective.objects.create(strategy=following, number=2, slug="air", title_en="Air", level="system")
        assert objective_in(following, measure) == same
        need = make_need(group)
        for objective in (measure.objective, other):
            ObjectiveNeed.objects.create(objective=objective, need=need)
        client.post(at("measure-carry", measure.pk), data)
        assert Measure.objects.exclude(pk=measure.pk).get().objective == other


class TestWhereItStands:
    def test_the_pages_of_both_plans_show_it_and_the_strategy_counts_it_once(self, strategy, measure):
        plan = make_plan(strategy)
        make_measure(strategy, slug="alone", title_en="Alone")
        PlanMeasure.objects.create(plan=plan, measure=measure)
        client = Client()
        both = client.get("/en/plan/")
        assert both.context["measure_count"] == 2
        assert both.content.decode().count(">Walks<") == 1
        one = client.get(f"/en/plan/?strategy={strategy.slug}&plan={plan.slug}")
        assert [m.slug for o in one.context["objectives"] for m in o.shown_measures] == [measure.slug]
        assert "Part of these plans:" in one.content.decode()
        home = client.get(f"/en/plan/?strategy={strategy.slug}&plan={measure.plan.slug}")
        assert home.context["measure_count"] == 2
        assert client.get(f"/en/plan/?strategy={strategy.slug}&plan=nothing").status_code == 404

    def test_a_draft_plan_is_not_told_to_the_public(self, group, strategy, measure):
        plan = make_plan(strategy, status="draft", title_en="Secret plan")
        PlanMeasure.objects.create(plan=plan, measure=measure)
        member = signed_in(make_user("editor", make_organisation(group)))
        for address in ("/en/plan/", measure.get_absolute_url(), at("plan-document", strategy.slug), "/plan.csv"):
            address = at("measures-csv") if address == "/plan.csv" else address
            assert "Secret plan" not in Client().get(address).content.decode()
        assert Client().get(f"/en/plan/?strategy={strategy.slug}&plan={plan.slug}").status_code == 404
        assert "Secret plan" in member.get(measure.get_absolute_url()).content.decode()

    def test_it_lives_on_in_the_next_strategy_without_being_copied(self, group, strategy, measure):
        PlanMeasure.objects.filter(measure=measure).delete()
        Strategy.objects.filter(pk=strategy.pk).update(status="superseded")
        assert list(measures_of(group, NOBODY)) == []
        following = make_strategy(group, slug="next")
        aim = Objective.objects.create(strategy=following, number=1, slug="calm", title_en="Calm", level="system")
        PlanMeasure.objects.create(plan=make_plan(following), measure=measure, objective=aim)
        assert list(measures_of(group, NOBODY)) == [measure]
        page = Client().get("/en/plan/")
        assert [(o.pk, [m.pk for m in o.shown_measures]) for o in page.context["objectives"]] == [
            (aim.pk, [measure.pk])
        ]
        broken = {row.key: row.rows for row in red_thread.audit(group, make_user("coordinator"))}
        assert "objective-measure" not in broken
        assert [row[0] for row in broken["measure-lead"]] == [measure]

    def test_a_measure_of_a_draft_plan_becomes_public_through_an_adopted_one(self, strategy):
        hidden = make_plan(strategy, "draft", status="draft", title_en="Hidden")
        shown = make_plan(strategy)
        measure = make_measure(strategy)
        Measure.objects.filter(pk=measure.pk).update(plan=hidden)
        assert list(Measure.objects.public()) == []
        PlanMeasure.objects.create(plan=shown, measure=measure)
        assert list(Measure.objects.public()) == [measure]
        assert "Hidden" not in Client().get(measure.get_absolute_url()).content.decode()

    def test_it_is_owed_and_exported_once(self, group, strategy, measure):
        lead = make_organisation(group)
        Commitment.objects.create(measure=measure, membership=lead.memberships.get(), role="lead", status="accepted")
        for slug in ("one", "two"):
            PlanMeasure.objects.create(plan=make_plan(strategy, slug, title_en=slug), measure=measure)
        today = timezone.localdate()
        opened = Round.objects.create(group=group, title_sl="Jesen", starts_on=today, ends_on=today, due_on=today)
        assert [row.measures for row in owed.board(opened)] == [[measure]]
        rows = list(csv.DictReader(StringIO(Client().get(at("measures-csv")).content.decode("utf-8-sig"))))
        assert [(row["title"], row["plan"], row["also_in_plans"]) for row in rows] == [
            ("Walks", "2026–2030", "one, 2026–2028; two, 2026–2028")
        ]

    def test_the_document_of_one_plan_holds_its_measures_only(self, strategy, measure):
        plan = make_plan(strategy)
        make_measure(strategy, slug="alone", title_en="Alone")
        PlanMeasure.objects.create(plan=plan, measure=measure)
        whole = Client().get(at("plan-document", strategy.slug)).content.decode()
        one = Client().get(f"{at('plan-document', strategy.slug)}?plan={plan.slug}").content.decode()
        assert ("Alone" in whole, "Alone" in one, "Walks" in one) == (True, False, True)
        file = Client().get(f"{at('plan-docx', strategy.slug)}?plan={plan.slug}")
        assert (file.status_code, f'"{plan.slug}-en.docx"' in file["Content-Disposition"]) == (200, True)

    @pytest.mark.parametrize("size", [1, 9])
    def test_pages_ask_a_fixed_number_of_questions(self, group, strategy, size, django_assert_max_num_queries):
        plan = make_plan(strategy)
        term = make_term(Vocabulary.TARGET_GROUP, "families")
        PlanTargetGroup.objects.create(plan=plan, term=term, reason_en="First")
        for number in range(size):
            measure = make_measure(strategy, slug=f"m{number}")
            PlanMeasure.objects.create(plan=plan, measure=measure)
            YearlyStep.objects.create(measure=measure, year=2026, aim_en="More")
            MeasureTerm.objects.create(measure=measure, term=term)
        for address, most in (
            (f"/en/plan/?strategy={strategy.slug}&plan={plan.slug}", 30),
            (f"{at('plan-document', strategy.slug)}?plan={plan.slug}", 34),
            (at("measures-csv"), 14),
        ):
            with django_assert_max_num_queries(most):
                assert Client().get(address).status_code == 200


class TestWhoAnswers:
    def test_the_public_reads_the_organisation_and_members_the_person(self, group, strategy, measure, coordinator):
        ana = make_user("editor", make_organisation(group, name_en="Lime club"), full_name="Ana Novak")
        seat = ana.seats.get()
        Objective.objects.update(owner=seat.membership.organisation, owner_seat=seat)
        html = Client().get("/en/plan/").content.decode()
        assert ("Lime club" in html, "Ana Novak" in html) == (True, False)
        assert "Ana Novak" in signed_in(coordinator).get(at("strategy-work", strategy.pk)).content.decode()
        assert "Lime club" in Client().get(at("plan-document", strategy.slug)).content.decode()

    def test_the_person_else_who_speaks_for_the_organisation(self, group, measure):
        club = make_organisation(group)
        ana, bor = make_user("editor", club), make_user("representative", club)
        Objective.objects.update(owner=club)
        assert [bool(answers_for(user)) for user in (ana, bor)] == [False, True]
        Objective.objects.update(owner_seat=ana.seats.get())
        assert [len(answers_for(user)) for user in (ana, bor)] == [1, 0]
        assert answers_for(ana)[0].count == 1
        assert b"You are responsible for these objectives" in signed_in(ana).get(at("work")).content
        ana.seats.update(ends_on=timezone.localdate() - timedelta(days=1))
        assert [len(answers_for(user)) for user in (ana, bor)] == [0, 1]

    def test_an_organisation_answers_in_the_group_of_the_objective_only(self, group, measure):
        club = make_organisation(group)
        elsewhere = make_group()
        membership = elsewhere.memberships.create(organisation=club, joined_on=date(2020, 1, 1))
        cene = make_user()
        cene.seats.create(membership=membership, role="representative", starts_on=date(2020, 1, 1))
        Objective.objects.update(owner=club)
        assert answers_for(cene) == []

    def test_a_person_of_another_organisation_cannot_answer(self, group, strategy, measure, coordinator):
        Strategy.objects.update(status="draft")
        club, other = make_organisation(group), make_organisation(group)
        seat = make_user("editor", other).seats.get()
        strange = make_user("editor").seats.get()
        objective = Objective.objects.get()
        client, address = signed_in(coordinator), at("objective-edit", objective.pk)
        page = client.get(address).context["form"]
        need = page.fields["needs"].queryset.first() or group.needs.create(
            slug="n", title_en="Need", reported_on=date(2026, 1, 5), status="confirmed"
        )
        data = {"number": "1", "title_en": "Sleep well", "level": "system", "needs": need.pk,
                "base": client.get(address).context["form"]["base"].value()}  # fmt: skip
        wrong = client.post(address, {**data, "owner": club.pk, "owner_seat": seat.pk})
        assert (wrong.status_code, b"no seat for that organisation" in wrong.content) == (422, True)
        assert client.post(address, {**data, "owner_seat": strange.pk}).status_code == 422
        assert client.post(address, {**data, "owner_seat": seat.pk}).status_code == 302
        objective.refresh_from_db()
        assert (objective.owner, objective.owner_seat) == (other, seat)

    def test_who_leaves_hands_the_objective_over_within_the_organisation(self, group, measure, coordinator):
        club = make_organisation(group)
        ana, bor = make_user("editor", club), make_user("editor", club)
        Objective.objects.update(owner=club, owner_seat=ana.seats.get())
        leave = leaving.of_seat(ana.seats.get(), coordinator)
        rows = leaving.collected(leave)
        objective = Objective.objects.get()
        key = f"objective-{objective.pk}"
        assert key in [held.key for _source, held_rows in rows for held in held_rows]
        assert leaving.hand_over(leave, timezone.localdate(), {key: bor}, leaving.seen(rows))
        objective.refresh_from_db()
        assert (objective.owner, objective.owner_seat) == (club, bor.seats.get())

    def test_the_red_thread_tells_of_objectives_without_one(self, group, measure, coordinator):
        found = {row.key: [one[0] for one in row.rows] for row in red_thread.audit(group, coordinator)}
        assert found["objective-owner"] == [measure.objective]
        Objective.objects.update(owner=make_organisation(group))
        assert "objective-owner" not in {row.key for row in red_thread.audit(group, coordinator)}


class TestWhoComesFirst:
    def test_measures_reach_a_group_by_their_terms_and_their_public_programmes(self, group, strategy):
        plan = make_plan(strategy)
        young, poor = (make_term(Vocabulary.TARGET_GROUP, slug) for slug in ("young", "poor"))
        named = [
            PlanTargetGroup.objects.create(plan=plan, term=t, place=n, reason_en="First")
            for n, t in ((1, young), (2, poor))
        ]
        by_term, by_programme, stopped = (make_measure(strategy, slug=slug) for slug in ("a", "b", "c"))
        for measure in (by_term, by_programme, stopped):
            PlanMeasure.objects.create(plan=plan, measure=measure)
        MeasureTerm.objects.create(measure=by_term, term=young)
        MeasureTerm.objects.create(measure=stopped, term=young)
        Measure.objects.filter(pk=stopped.pk).update(phase="stopped")
        MeasureProgramme.objects.create(
            measure=by_programme, programme=make_programme(make_organisation(group), [young])
        )
        draft = make_programme(make_organisation(group), [poor], status="draft")
        MeasureProgramme.objects.create(measure=by_programme, programme=draft)
        assert priorities.of_plans([plan], NOBODY) == {plan.pk: [(named[0], 2), (named[1], 0)]}
        html = Client().get("/en/plan/").content.decode()
        assert ("2 measures reach this group." in html, "No measure reaches this group yet." in html) == (True, True)

    def test_three_at_most_and_each_once(self, strategy, coordinator):
        plan = make_plan(strategy, status="draft")
        client, address = signed_in(coordinator), at("target-group-add", plan.pk)
        terms = [make_term(Vocabulary.TARGET_GROUP) for _number in range(4)]
        again = {"term": terms[0].pk, "reason_en": "First"}
        assert client.post(address, again).status_code == 302
        assert client.post(address, again).status_code == 422
        assert client.post(address, {"term": terms[1].pk}).status_code == 422
        for term in terms[1:]:
            assert client.post(address, {"term": term.pk, "reason_en": "Then"}).status_code == 302
        assert list(plan.target_groups.values_list("place", "term")) == [
            (n, t.pk) for n, t in enumerate(terms[:3], start=1)
        ]
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanTargetGroup.objects.create(plan=plan, term=terms[3], place=4)

    def test_of_an_approved_plan_it_is_changed_with_a_reason_and_not_taken_away(self, strategy, coordinator):
        plan = make_plan(strategy)
        term, other = (make_term(Vocabulary.TARGET_GROUP) for _number in range(2))
        row = PlanTargetGroup.objects.create(plan=plan, term=term, reason_en="First")
        client = signed_in(coordinator)
        client.post(at("target-group-remove", row.pk))
        assert PlanTargetGroup.objects.count() == 1
        base = client.get(at("target-group-edit", row.pk)).context["form"]["base"].value()
        data = {"term": other.pk, "reason_en": "First", "base": base}
        assert client.post(at("target-group-edit", row.pk), data).status_code == 422
        assert client.post(at("target-group-edit", row.pk), {**data, "amendment": "New figures"}).status_code == 302
        row.refresh_from_db()
        assert (row.term, [str(a) for a in strategy.amendments.all()]) == (other, ["New figures"])
        ActionPlan.objects.update(status="draft")
        client.post(at("target-group-remove", row.pk))
        assert PlanTargetGroup.objects.count() == 0

    def test_measures_are_filtered_by_whom_the_plan_is_for_first(self, strategy, measure, coordinator):
        families, old = (make_term(Vocabulary.TARGET_GROUP, slug) for slug in ("families", "old"))
        by_programme, stopped = make_measure(strategy, slug="bikes"), make_measure(strategy, slug="no", phase="stopped")
        make_measure(strategy, slug="alone", title_en="Alone")
        programme = make_programme(make_organisation(strategy.group), terms=[families])
        MeasureProgramme.objects.create(measure=by_programme, programme=programme)
        for one in (measure, stopped):
            MeasureTerm.objects.create(measure=one, term=families)
        for place, term in enumerate((families, old), start=1):
            PlanTargetGroup.objects.create(plan=measure.plan, term=term, place=place, reason_en="First")
        client, plan = signed_in(coordinator), f"/en/plan/?strategy={strategy.slug}"

        def shown(page):
            return {m.slug for o in page.context["objectives"] for m in o.shown_measures}

        assert shown(Client().get(f"{plan}&for=families")) == {"walks", "bikes"}
        assert shown(Client().get(f"{plan}&for=nonsense")) == {"walks", "bikes", "alone", "no"}
        assert b"No measure reaches this group yet: " in Client().get(f"{plan}&for=old").content
        work = client.get(f"{at('strategy-work', strategy.pk)}?for=families").context["plans"][0][0]
        assert {m.slug for m, _is_placed in work.standing} == {"walks", "bikes"}
        table = Client().get(f"{at('measures-csv')}?for=families").content.decode("utf-8-sig")
        assert len(list(csv.DictReader(StringIO(table)))) == 2


class TestYearByYear:
    def test_the_lead_says_what_is_to_be_reached_and_everybody_reads_it(self, group, strategy, measure):
        lead = make_organisation(group)
        Commitment.objects.create(measure=measure, membership=lead.memberships.get(), role="lead", status="accepted")
        Measure.objects.update(starts_on=date(2026, 3, 1), ends_on=date(2028, 6, 30))
        client, address = signed_in(make_user("editor", lead)), at("step-add", measure.pk)
        assert client.post(address, {"year": "2027", "aim_en": "Five paths"}).status_code == 302
        assert client.post(address, {"year": "2027", "aim_en": "Six paths"}).status_code == 422
        outside = client.post(address, {"year": "2029", "aim_en": "Ten paths"})
        assert (outside.status_code, b"The measure runs from 2026 to 2028." in outside.content) == (422, True)
        assert signed_in(make_user("coordinator")).get(address).status_code == 404
        for page in (measure.get_absolute_url(), at("plan-document", strategy.slug)):
            assert "Five paths" in Client().get(page).content.decode()
        step = YearlyStep.objects.get()
        client.post(at("step-remove", measure.pk, step.pk))
        assert YearlyStep.objects.count() == 0

    def test_the_document_of_a_plan_has_its_years_only(self, strategy, measure):
        YearlyStep.objects.create(measure=measure, year=2027, aim_en="Five paths", is_done=True, result_en="Six")
        YearlyStep.objects.create(measure=measure, year=2030, aim_en="Ten paths")
        plan = make_plan(strategy)
        PlanMeasure.objects.create(plan=plan, measure=measure)
        html = Client().get(f"{at('plan-document', strategy.slug)}?plan={plan.slug}").content.decode()
        assert ("Five paths" in html, "Ten paths" in html) == (True, False)

    def test_an_open_one_stands_in_the_work_of_who_leads_and_else_of_coordinators(self, group, measure, coordinator):
        lead = make_organisation(group)
        commitment = Commitment.objects.create(measure=measure, membership=lead.memberships.get(), role="lead")
        step = YearlyStep.objects.create(measure=measure, year=2026, aim_en="Five paths")
        YearlyStep.objects.create(measure=measure, year=2025, aim_en="Two paths", is_done=True)
        YearlyStep.objects.create(measure=measure, year=2027, aim_en="Ten paths")
        speaks, stranger = make_user("representative", lead), make_user("coordinator")

        def work(day=date(2026, 3, 1)):
            people = (coordinator, speaks, stranger)
            return [[(i.what, i.due_on, i.is_late) for i in owes(u, day) if "paths" in i.what] for u in people]

        open_one = [("2026: Five paths", date(2026, 12, 31), False)]
        assert work() == [open_one, [], []]
        Commitment.objects.filter(pk=commitment.pk).update(status="accepted")
        assert work() == [[], open_one, []]
        assert work(date(2027, 1, 1))[1][0] == ("2026: Five paths", date(2026, 12, 31), True)
        address = at("step-edit", measure.pk, step.pk)
        assert address in [item.link for item in owes(speaks, date(2026, 3, 1))]
        Measure.objects.update(phase="paused", pause_reason="Winter")
        assert work() == [[], [], []]
        Measure.objects.update(phase="in_progress")
        YearlyStep.objects.filter(pk=step.pk).update(is_done=True)
        assert work() == [[], [], []]

    def test_its_last_month_and_its_end_are_said_once_each(self, group, measure, coordinator):
        lead = make_organisation(group)
        Commitment.objects.create(measure=measure, membership=lead.memberships.get(), role="lead", status="accepted")
        speaks = make_user("representative", lead, language="en")
        YearlyStep.objects.create(measure=measure, year=2026, aim_en="Five paths")
        said = []
        for day in (date(2026, 11, 1), date(2026, 12, 2), date(2026, 12, 31), date(2027, 1, 4), date(2027, 2, 1)):
            mails.tasks_due(day)
            said.append(Outbox.objects.filter(kind="tasks-due").count())
        assert said == [0, 1, 1, 2, 2]
        mail = Outbox.objects.earliest("pk")
        assert (mail.to, "- Walks, 2026: Five paths: " in mail.text) == (speaks.email, True)


class TestWhatItRestsOn:
    def test_a_strategy_and_a_plan_say_it_on_page_and_in_the_document(self, strategy, measure):
        rests = {"legal_basis_en": "Public Health Act, section 5", "legal_body_en": "Parliament"}
        Strategy.objects.update(**rests, legal_link="https://example.org/act")
        plan = make_plan(strategy, legal_basis_en="Resolution 12")
        for page in (f"/en/plan/?strategy={strategy.slug}&plan={plan.slug}", at("plan-document", strategy.slug)):
            html = Client().get(page).content.decode()
            found = [words in html for words in ("section 5", "Parliament", "https://example.org/act", "Resolution 12")]
            assert found == [True] * 4

    def test_an_adopted_plan_is_changed_with_a_reason(self, strategy, coordinator):
        plan = make_plan(strategy, title_en="")
        client, address = signed_in(coordinator), at("plan-edit", plan.pk)
        base = client.get(address).context["form"]["base"].value()
        data = {"starts_on": "2026-01-01", "ends_on": "2028-12-31", "legal_basis_en": "Resolution 12",
                "legal_link": "example.org/act", "base": base}  # fmt: skip
        assert client.post(address, data).status_code == 422
        assert client.post(address, {**data, "legal_link": "javascript:x", "amendment": "New"}).status_code == 422
        assert client.post(address, {**data, "amendment": "The council said so"}).status_code == 302
        plan.refresh_from_db()
        assert (plan.legal_basis_en, plan.legal_link, str(plan)) == (
            "Resolution 12", "https://example.org/act", "2026–2028",
        )  # fmt: skip
        assert [str(a) for a in strategy.amendments.all()] == ["The council said so"]

    def test_a_plan_that_was_approved_meanwhile_asks_for_a_reason(self, strategy, coordinator):
        plan = make_plan(strategy, status="draft")
        client, address = signed_in(coordinator), at("plan-edit", plan.pk)
        data = {"starts_on": "2026-01-01", "ends_on": "2028-12-31", "title_en": "Calm",
                "base": client.get(address).context["form"]["base"].value()}  # fmt: skip
        ActionPlan.objects.filter(pk=plan.pk).update(status="approved")
        assert client.post(address, data).status_code == 422
        plan.refresh_from_db()
        assert plan.title_en == "Mental health"


@pytest.mark.parametrize("form", [NeedForm, MeasureForm, StrategyForm, ObjectiveForm])
def test_every_field_of_a_form_grouped_by_question_stands_under_one_of_them(form):
    named = [name for _key, _words, names in form.QUESTIONS for name in names]
    texts = {name.rpartition("_")[0] for name in form._meta.fields} & set(form.TRANSLATED)
    plain = {name for name in form._meta.fields if name.rpartition("_")[0] not in texts}
    terms = {vocabulary.value for vocabulary in form.THROUGH.VOCABULARIES} if issubclass(form, TermedForm) else set()
    assert sorted(named) == sorted(texts | plain | terms | ({"values"} if form is StrategyForm else set()))


def test_the_page_shows_the_questions_and_keeps_what_is_about_all_of_them_for_the_end(group, strategy, coordinator):
    measure = make_measure(strategy)
    html = signed_in(coordinator).get(at("measure-edit", measure.pk)).content.decode()
    places = [
        html.index(part) for part in ('id="q-what"', 'name="title_en"', 'id="q-who"', 'id="q-cost"', 'name="minor"')
    ]
    assert places == sorted(places)
    assert html.count("<fieldset") == html.count("</fieldset>")
