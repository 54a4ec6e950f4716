"""Where a group stands in its planning cycle: counted from its records, never typed in."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from actionplans.cycle import ABOUT, next_of, steps
from actionplans.models import CoverageSnapshot, Evaluation, Measure, Need, Round
from portal.models import Term, Vocabulary

from .records import make_group, make_organisation, make_term, make_user, signed_in
from .test_plan import make_measure, make_need, make_strategy

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def group():
    for order, slug in enumerate(ABOUT):
        make_term(Vocabulary.CYCLE_STEP, slug, order=order)
    return make_group()


def step(group, slug, today=TODAY):
    return next(found for found in steps(group, today) if found.term.slug == slug)


def test_the_steps_are_those_of_the_vocabulary_in_its_order(group):
    assert [found.term.slug for found in steps(group, TODAY)] == list(ABOUT)
    Term.objects.filter(slug="sharing").update(is_active=False)
    make_term(Vocabulary.CYCLE_STEP, "our-own", order=-1)
    found = steps(group, TODAY)
    assert (found[0].term.slug, found[0].state, found[0].ways) == ("our-own", "todo", [])
    assert "sharing" not in {step.term.slug for step in found}


def test_a_new_group_has_begun_nothing_and_is_told_where_to_begin(group):
    found = steps(group, TODAY)
    assert {step.state for step in found} <= {"todo", "open"}
    assert next_of(found).term.slug == "anchor"
    assert "Nobody coordinates the group." in next_of(found).missing


def test_a_need_without_an_answer_and_without_a_decision_is_missing(group):
    need = make_need(group, status="reported")
    Need.objects.filter(pk=need.pk).update(first_response_on=None)
    assert step(group, "overview").missing == ["1 need has had no answer yet."]
    assert step(group, "priorities").missing == ["1 need is waiting for a decision."]
    Need.objects.filter(pk=need.pk).update(status="prioritised", first_response_on=need.reported_on)
    assert step(group, "overview").missing == []
    assert step(group, "priorities").state == "done"


def test_a_snapshot_is_good_for_a_year(group):
    assert step(group, "mapping").state == "todo"
    CoverageSnapshot.objects.create(group=group, taken_on=TODAY - timedelta(days=364))
    assert step(group, "mapping").state == "done"
    assert step(group, "mapping", TODAY + timedelta(days=1)).state == "open"


def test_a_strategy_about_to_end_calls_for_the_next_one(group):
    strategy = make_strategy(group, status="adopted")
    assert step(group, "objectives", strategy.ends_on - timedelta(days=200)).state == "done"
    assert step(group, "objectives", strategy.ends_on - timedelta(days=100)).missing == [
        "The strategy ends within six months: start the next one."
    ]


def test_measures_of_a_strategy_in_force_are_counted_by_what_they_lack(group):
    strategy = make_strategy(group, status="adopted")
    measure = make_measure(strategy, phase="in_progress")
    today = measure.plan.starts_on
    assert step(group, "measures", today).state == "done"
    assert step(group, "implementation", today).facts[0] == "1 measure is in progress."
    none_yet = "There has been no reporting round in the last six months: open one."
    assert none_yet in step(group, "implementation", today).missing
    Round.objects.create(
        group=group, title="Spring", starts_on=today, ends_on=today, due_on=today, status="closed", closed_on=today
    )
    assert not [words for words in step(group, "implementation", today).missing if "round" in words]
    Measure.objects.filter(pk=measure.pk).update(phase="completed")
    assert step(group, "evaluation", today).state == "todo"
    assert step(group, "evaluation", today).missing == ["1 finished measure has no evaluation."]
    Evaluation.objects.create(measure=measure, verdict="keep", reason="It helped.", decided_on=today)
    assert step(group, "evaluation", today).state == "done"


def test_what_another_group_has_counts_for_nothing(group):
    before = steps(group, TODAY)
    other = make_group(slug="other")
    make_need(other, slug="theirs")
    make_measure(make_strategy(other, slug="theirs", status="adopted"), slug="theirs", phase="in_progress")
    CoverageSnapshot.objects.create(group=other, taken_on=TODAY)
    assert steps(group, TODAY) == before


def test_ten_times_as_much_asks_no_more(group, django_assert_num_queries, django_assert_max_num_queries):
    strategy = make_strategy(group, status="adopted")
    make_measure(strategy, slug="m", phase="in_progress")
    with django_assert_max_num_queries(30) as asked:
        steps(group, TODAY)
    for number in range(10):
        make_need(group, slug=f"n{number}")
        make_measure(strategy, slug=f"m{number}", phase="in_progress")
    with django_assert_num_queries(len(asked)):
        steps(group, TODAY)


def test_members_read_it_and_strangers_do_not(group):
    member = make_user("editor", make_organisation(group))
    page = signed_in(member).get(reverse("actionplans:cycle"))
    assert page.status_code == 200
    assert [found.term.slug for found in page.context["steps"]] == list(ABOUT)
    assert signed_in(make_user()).get(reverse("actionplans:cycle")).status_code == 404
    make_group(slug="other")
    assert signed_in(member).get(reverse("actionplans:cycle"), {"group": "other"}).status_code == 404


def test_an_adviser_of_several_groups_sees_how_far_each_is(group):
    other = make_group(slug="other", name_en="Other valley")
    adviser = make_user("adviser", make_organisation(group))
    seat = make_user("adviser", make_organisation(other)).seats.get()
    seat.user = adviser
    seat.save()
    make_group(slug="strange", name_en="Strange valley")
    page = signed_in(adviser).get("/en/work/cycle/", {"group": group.slug}).content.decode()
    assert "Your other groups" in page
    assert "Other valley" in page
    assert "0 of 9 steps are in place." in page
    assert "Strange valley" not in page
