"""A measure that is carried on into a later plan stands in both, and is counted once: where it runs today."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from actionplans import overview, red_thread, snapshots
from actionplans.coverage import measures_of
from actionplans.inequality import Lens
from actionplans.models import ActionPlan, Measure, MeasureTerm
from portal.models import Vocabulary

from .records import make_group, make_organisation, make_term, make_user, signed_in
from .test_plan import make_measure, make_strategy
from .test_work import english

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
NOBODY = AnonymousUser()


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def strategy(group):
    first = date(TODAY.year, 1, 1)
    return make_strategy(group, starts_on=first, adopted_on=first, ends_on=date(TODAY.year + 4, 12, 31))


@pytest.fixture
def pair(strategy):
    """One measure of this year's plan, and the one that carries it on in next year's."""
    measure = make_measure(strategy, is_public=True)
    first = date(TODAY.year + 1, 1, 1)
    plan = ActionPlan.objects.create(
        strategy=strategy, slug="next-plan", starts_on=first, ends_on=date(first.year, 12, 31), status="adopted"
    )
    later = Measure.objects.create(
        plan=plan, objective=measure.objective, slug="later", title_en="Walks go on", approach="universal",
        phase="planned", is_public=True, carried_from=measure,
    )  # fmt: skip
    for number, vocabulary in enumerate((Vocabulary.TOPIC, Vocabulary.LIFE_PHASE)):
        term = make_term(vocabulary, f"term-{number}")
        MeasureTerm.objects.create(measure=measure, term=term)
        MeasureTerm.objects.create(measure=later, term=term)
    return measure, later


def test_until_the_later_plan_begins_the_earlier_one_counts_and_then_the_later_one(group, pair):
    measure, later = pair
    rows = Measure.objects.public()
    assert list(rows.once()) == [measure]
    assert list(rows.once(later.plan.starts_on)) == [later]
    assert list(measures_of(group, NOBODY)) == [measure]


def test_while_the_later_plan_is_not_adopted_the_earlier_one_counts(pair):
    measure, later = pair
    ActionPlan.objects.filter(pk=later.plan_id).update(status="draft")
    assert list(Measure.objects.once(later.plan.starts_on)) == [measure]


def test_what_carries_on_a_measure_that_is_not_shown_counts_itself(group, pair):
    measure, later = pair
    Measure.objects.filter(pk=measure.pk).update(phase="completed")
    assert list(measures_of(group, NOBODY)) == [later]


def test_coverage_lens_snapshot_and_the_home_page_count_it_once(group, pair):
    assert Lens(group, NOBODY).measures == ["universal"]
    cells = snapshots.picture(group)["phases"]["cells"]
    assert cells["term-0 term-1"] == ["thin", 0, 1]
    assert [count for _words, count, _tone in overview.in_numbers()[1]] == [1]
    assert Client().get(english("plan")).context["measure_count"] == 1
    page = Client().get(english("coverage-cell", "phases", "term-0", "term-1"))
    assert page.context["measures"] == [pair[0]]
    html = page.content.decode()
    assert f"From {TODAY.year + 1} on:" in html
    assert "Walks go on" in html


def test_the_red_thread_names_what_it_lacks_once(group, pair):
    user = make_user("coordinator", make_organisation(group))
    broken = {row.key: [found[0] for found in row.rows] for row in red_thread.audit(group, user)}
    assert broken["measure-lead"] == [pair[0]]


def test_the_table_of_measures_says_which_one_it_carries_on(pair):
    table = Client().get(english("measures-csv")).content.decode("utf-8-sig")
    rows = {row["id"]: row["carries_on"] for row in csv.DictReader(StringIO(table))}
    assert rows == {str(pair[0].pk): "", str(pair[1].pk): str(pair[0].pk)}


def test_what_only_begins_next_year_says_so(group, pair):
    measure, later = pair
    Measure.objects.filter(pk=later.pk).update(carried_from=None)
    client = signed_in(make_user("editor", make_organisation(group)))
    page = client.get(english("coverage-cell", "phases", "term-0", "term-1"))
    assert set(page.context["measures"]) == {measure, later}
    assert f"from {TODAY.year + 1}</span>" in page.content.decode()
