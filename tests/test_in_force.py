"""Which strategy of a group is in force on a day, and what everybody reads of those before and after it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from actionplans import cycle, overview
from actionplans.coverage import measures_of
from actionplans.models import ActionPlan, Measure, Objective, ObjectiveNeed, Strategy
from portal.dates import date_in_sentence
from portal.history.past import events_of

from .records import make_group, make_organisation, make_user, signed_in
from .test_organisation import at_the_same_time
from .test_plan import make_measure, make_need, make_strategy
from .test_work import english, url

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
NEXT = date(TODAY.year + 2, 1, 1)  # the first day of what is adopted beforehand
BODY = {"adopted_by_en": "Council"}


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def coordinator(group):
    return make_user("coordinator", make_organisation(group))


@pytest.fixture
def running(group):
    """In force since last year, until the end of the next one."""
    return make_strategy(
        group,
        starts_on=date(TODAY.year - 1, 1, 1),
        adopted_on=date(TODAY.year - 1, 1, 1),
        ends_on=date(TODAY.year + 1, 12, 31),
    )


def make_next(group, slug="next", starts_on=NEXT, status="approved", **fields):
    """Approved, with an objective that answers a need."""
    period = {"starts_on": starts_on, "ends_on": date(starts_on.year + 3, 12, 31), "adopted_on": None}
    strategy = make_strategy(group, slug=slug, status=status, title_en=slug, **{**period, **fields})
    aim = Objective.objects.create(strategy=strategy, number=1, slug=f"{slug}-1", title_en="Calm", level="system")
    ObjectiveNeed.objects.create(objective=aim, need=make_need(group, f"{slug}-need"))
    return strategy


def adopt(strategy, coordinator, day=TODAY):
    strategy.move_to("adopted", coordinator, BODY, day)


def in_force(group, day=None):
    return Strategy.objects.filter(group=group).in_force(day).get()


class TestAdoptedBeforehand:
    @pytest.fixture
    def following(self, group, coordinator, running):
        following = make_next(group)
        adopt(following, coordinator)
        return following

    def test_the_running_one_stays_in_force_until_the_day_before_and_is_replaced_without_anybody(
        self, group, running, following
    ):
        running.refresh_from_db()
        assert (running.status, following.status, following.supersedes) == ("adopted", "adopted", running)
        assert in_force(group) == running
        assert in_force(group, NEXT - timedelta(days=1)) == running
        assert in_force(group, NEXT) == following
        assert list(Strategy.objects.not_replaced(NEXT)) == [following]
        assert set(Strategy.objects.not_replaced()) == {running, following}
        assert not events_of(Strategy).objects.filter(pgh_obj_id=running.pk, status="superseded").exists()

    def test_one_that_begins_before_the_other_ends_ends_it_the_day_before(self, group, coordinator, running):
        early = make_next(group, "early", date(TODAY.year + 1, 7, 1))
        page = signed_in(coordinator).get(english("strategy-work", early.pk)).content.decode()
        assert f"“{running}” then stays in force until 30 June {TODAY.year + 1} only" in page
        adopt(early, coordinator)
        running = Strategy.objects.get(pk=running.pk)
        assert running.last_day == date(TODAY.year + 1, 6, 30)
        assert in_force(group, running.last_day) == running
        assert in_force(group, date(TODAY.year + 1, 7, 1)) == early

    def test_between_two_periods_none_is_in_force(self, group, coordinator, running):
        later = make_next(group, "later", date(TODAY.year + 3, 1, 1))
        page = signed_in(coordinator).get(english("strategy-work", later.pk)).content.decode()
        assert f"“{running}” stays in force until 31 December {TODAY.year + 1}" in page
        adopt(later, coordinator)
        gap = Strategy.objects.in_force(date(TODAY.year + 2, 5, 5))
        assert not gap.exists()
        assert in_force(group, date(TODAY.year + 3, 1, 1)) == later

    def test_one_put_in_between_leaves_the_later_one_its_day(self, group, coordinator, running, following):
        between = make_next(group, "between", date(TODAY.year + 1, 3, 1))
        page = signed_in(coordinator).get(english("strategy-work", between.pk)).content.decode()
        assert f"“{following}” is adopted from 1 January {NEXT.year} on" in page
        adopt(between, coordinator)
        days = [TODAY, date(TODAY.year + 1, 3, 1), NEXT]
        assert [in_force(group, day) for day in days] == [running, between, following]

    def test_another_for_the_same_day_takes_its_place_and_the_running_one_stays(
        self, group, coordinator, running, following
    ):
        better = make_next(group, "better")
        adopt(better, coordinator)
        following.refresh_from_db()
        assert (following.status, in_force(group), in_force(group, NEXT)) == ("superseded", running, better)

    def test_everybody_reads_from_when_it_is_in_force(self, group, running, following):
        words = date_in_sentence(NEXT, "en")
        pages = {s.pk: Client().get(english("plan", strategy=s.slug)).content.decode() for s in (running, following)}
        assert f"From {words} on, this one is in force:" in pages[running.pk]
        assert f"It is in force from {words}." in pages[following.pk]
        assert "Until then this one is in force:" in pages[following.pk]
        assert f"adopted, in force from {words}" in pages[running.pk]  # among the other strategies
        assert Client().get(english("plan")).context["strategy"] == running
        whole = Client().get(english("plan-document", running.slug)).content.decode()
        assert f"in force until {date_in_sentence(NEXT - timedelta(days=1), 'en')}" in whole

    def test_figures_check_list_and_coverage_mean_the_same_one(self, group, coordinator, running, following):
        measure = make_measure(running)
        assert list(measures_of(group, coordinator)) == [measure]
        with override("en"):
            assert overview.in_numbers()[0] == running
            facts, missing, _links = cycle._objectives(group, TODAY)
            last = cycle._day(NEXT - timedelta(days=1))
        assert [fact for fact in facts if str(running) in fact and last in fact and str(following) not in fact]
        assert [words for words in missing if "No strategy" in words or "half a year" in words] == []
        assert list(measures_of(group, coordinator)) == [measure]

    def test_the_plan_of_the_one_that_has_begun_takes_measures_and_the_older_one_is_closed(self, group):
        days = [date(TODAY.year - 4, 1, 1), date(TODAY.year - 2, 1, 1)]
        old, new = (
            make_strategy(group, slug=f"s{day.year}", starts_on=day, adopted_on=day, ends_on=NEXT) for day in days
        )
        measures = [make_measure(old, "then"), make_measure(new, "now")]
        assert [plan.strategy for plan in ActionPlan.objects.taking_measures()] == [new]
        assert list(Measure.objects.of_strategies(Strategy.objects.not_replaced())) == measures[1:]
        assert (old.is_replaced, old.successor, new.is_replaced) == (True, new, False)


class TestAdoptedForToday:
    def test_what_has_begun_gives_way_at_once(self, group, coordinator, running):
        now = make_next(group, "now", TODAY - timedelta(days=40))
        adopt(now, coordinator)
        running.refresh_from_db()
        assert (running.status, now.supersedes, in_force(group)) == ("superseded", running, now)

    def test_one_of_former_years_replaces_nothing(self, group, coordinator, running):
        old = make_next(group, "old", date(2011, 1, 1), ends_on=date(2014, 12, 31))
        adopt(old, coordinator, date(2011, 3, 1))
        running.refresh_from_db()
        assert (running.status, in_force(group)) == ("adopted", running)
        assert Strategy.objects.get(pk=old.pk).is_replaced

    def test_one_adopted_after_its_period_is_refused(self, group, coordinator, running):
        old = make_next(group, "old", date(2011, 1, 1), ends_on=date(2014, 12, 31))
        with pytest.raises(ValidationError):
            adopt(old, coordinator)


class TestTwoOnOneDay:
    def test_the_database_takes_no_two_that_begin_on_one_day(self, group):
        for name, facts in (("a", {"starts_on": NEXT}), ("b", {"starts_on": date(2026, 3, 1)})):
            day = facts["starts_on"]
            facts |= {"ends_on": date(NEXT.year + 5, 1, 1), "adopted_on": day}
            make_strategy(group, slug=name, **facts)
            with pytest.raises(IntegrityError), transaction.atomic():
                make_strategy(group, slug=f"{name}-2", **facts)
        make_strategy(make_group(), slug="elsewhere", **facts)  # of another group it does

    def test_moved_to_the_day_of_another_the_form_says_so(self, group, coordinator, running):
        make_next(group, status="adopted", adopted_on=TODAY)
        client = signed_in(coordinator)
        form = client.get(url("strategy-edit", running.pk)).context["form"]
        data = {"base": form.initial["base"], "title_en": "Together", "values": "", "amendment": "Later",
                "starts_on": NEXT, "ends_on": date(NEXT.year, 12, 31)}  # fmt: skip
        answer = client.post(url("strategy-edit", running.pk), data)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["starts_on"])
        data["starts_on"] = NEXT + timedelta(days=1)
        assert client.post(url("strategy-edit", running.pk), data).status_code == 302

    @pytest.mark.django_db(transaction=True)
    def test_of_two_adopted_at_the_same_moment_one_is_in_force(self, group, coordinator, running):
        pair = [make_next(group, "left"), make_next(group, "right")]

        def adopting(strategy):
            return lambda: adopt(Strategy.objects.get(pk=strategy.pk), coordinator)

        at_the_same_time(*map(adopting, pair))
        for strategy in pair:
            strategy.refresh_from_db()
        assert sorted(s.status for s in pair) == ["adopted", "superseded"]
        assert (in_force(group), in_force(group, NEXT).status) == (running, "adopted")
