"""Needs, strategy and measures: who sees which, what the public pages say, and what they cost."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone, translation

from actionplans.charts import chart
from actionplans.models import (
    ActionPlan,
    Commitment,
    Indicator,
    IndicatorPart,
    IndicatorTarget,
    IndicatorValue,
    Measure,
    MeasureProgramme,
    Need,
    NeedIndicator,
    Objective,
    ObjectiveNeed,
    Strategy,
    Task,
)
from actionplans.red_thread import breaks
from portal.dates import date_in_sentence

from .records import make_organisation, make_programme, make_user, signed_in

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def make_need(group, slug="quiet-nights", **fields):
    return Need.objects.create(
        group=group,
        slug=slug,
        **{"title_en": f"Need {slug}", "reported_on": date(2026, 1, 5), "status": "confirmed", **fields},
    )


def make_strategy(group, **fields):
    fields = {"slug": f"strategy-{group.pk}", "title_en": "Together", "status": "adopted", **fields}
    period = {"starts_on": date(2026, 1, 1), "ends_on": date(2030, 12, 31), "adopted_on": date(2026, 2, 1)}
    return Strategy.objects.create(group=group, **{**period, **fields})


def make_measure(strategy, slug="walks", **fields):
    plan, _ = ActionPlan.objects.get_or_create(
        strategy=strategy,
        slug=f"{strategy.slug}-plan",
        defaults={"starts_on": strategy.starts_on, "ends_on": strategy.ends_on, "status": "adopted"},
    )
    objective, _ = Objective.objects.get_or_create(
        strategy=strategy, number=1, slug=f"{strategy.slug}-one", defaults={"title_en": "Sleep well", "level": "system"}
    )
    fields = {"title_en": f"Measure {slug}", "phase": "in_progress", "approach": "universal", **fields}
    return Measure.objects.create(plan=plan, objective=objective, slug=slug, **fields)


def make_indicator(group, slug="walkers", **fields):
    fields = {"name_en": f"Figure {slug}", "kind": "reach", "unit": "count", "better": "higher", **fields}
    return Indicator.objects.create(group=group, slug=slug, **fields)


@pytest.mark.parametrize("status", Need.Status.values)
def test_a_need_is_public_once_it_is_confirmed(group, status):
    need = make_need(group, status=status)
    member = make_user("editor", make_organisation(group))
    stranger = make_user("coordinator")
    administrator = make_user(is_superuser=True)
    public = status not in ("reported", "assessing")
    seen = [need in Need.objects.visible_to(user) for user in (NOBODY, stranger, administrator, member)]
    assert seen == [public, public, public, True]


@pytest.mark.parametrize("status", Strategy.Status.values)
def test_a_draft_strategy_stays_in_its_group(group, status):
    strategy = make_strategy(group, status=status)
    member, stranger = make_user("adviser", make_organisation(group)), make_user("coordinator")
    public = status in ("consultation", "adopted", "superseded")
    seen = [strategy in Strategy.objects.visible_to(user) for user in (NOBODY, stranger, member)]
    assert seen == [public, public, True]


def test_a_measure_for_the_group_only_is_not_found_by_others(group):
    measure = make_measure(make_strategy(group), is_public=False, title_en="Secret walks")
    path = f"/en/plan/measures/{measure.pk}-secret-walks/"
    member = signed_in(make_user("editor", make_organisation(group)))
    assert [Client().get(path).status_code, signed_in(make_user("coordinator")).get(path).status_code] == [404, 404]
    assert b"Secret walks" not in Client().get("/en/plan/").content
    answer = member.get(path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_coordinators_edit_all_measures_of_their_group_and_leads_their_own(group):
    lead, partner = make_organisation(group), make_organisation(group)
    measure = make_measure(make_strategy(group))
    for organisation, role in ((lead, "lead"), (partner, "partner")):
        Commitment.objects.create(
            measure=measure, membership=organisation.memberships.get(), role=role, status="accepted"
        )
    users = [
        make_user("coordinator", partner),
        make_user("editor", lead),
        make_user("editor", partner),
        make_user("adviser", lead),
        make_user("coordinator"),
        NOBODY,
    ]
    assert [measure in Measure.objects.editable_by(user) for user in users] == [True, True, False, False, False, False]


def test_only_one_organisation_leads_a_measure(group):
    measure = make_measure(make_strategy(group))
    first, second = (make_organisation(group).memberships.get() for _ in range(2))
    Commitment.objects.create(measure=measure, membership=first, role="lead", status="accepted")
    Commitment.objects.create(measure=measure, membership=second, role="lead")  # asked as well: allowed
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.update(status="accepted")


@pytest.mark.parametrize(("state", "done_on"), [("done", None), ("to_do", date(2026, 3, 1))])
def test_a_task_is_done_on_a_day_or_not_at_all(group, state, done_on):
    measure = make_measure(make_strategy(group))
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.create(measure=measure, title_en="x", state=state, done_on=done_on)


def test_a_group_has_one_strategy_in_force(group):
    make_strategy(group)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_strategy(group, slug="another")


def test_the_thread_names_the_first_link_that_is_missing(group):
    need = make_need(group)
    need.answers = []
    with translation.override("en"):
        assert breaks(need) == ["No objective responds to this need yet."]


def test_the_page_of_a_need_leads_to_the_programme_that_answers_it(group):
    need, measure = make_need(group), make_measure(make_strategy(group))
    ObjectiveNeed.objects.create(objective=measure.objective, need=need)
    programme, draft = make_programme(title_en="Night walks"), make_programme(status="draft", title_en="Hidden draft")
    for offer in (programme, draft):
        MeasureProgramme.objects.create(measure=measure, programme=offer)
    html = Client().get(f"/en/plan/needs/{need.pk}-need-quiet-nights/").content.decode()
    assert "Night walks" in html
    assert "Hidden draft" not in html
    assert "No indicator shows yet whether anything is changing." in html
    assert "No programme in the catalogue belongs to a measure yet." not in html


def test_how_fast_needs_are_answered_is_the_mean_of_those_answered(group):
    make_need(group, "a", first_response_on=date(2026, 1, 9))
    make_need(group, "b", first_response_on=date(2026, 1, 15))
    make_need(group, "c")
    assert "On average we answered after 7 days." in Client().get("/en/plan/needs/").content.decode()


def test_counts_of_few_people_are_not_shown(group):
    indicator = make_indicator(group)
    IndicatorValue.objects.create(indicator=indicator, measured_on=date(2026, 5, 1), value=40)
    for order, value in enumerate((4, 5, 31)):
        IndicatorPart.objects.create(indicator=indicator, label_en=f"part {order}", value=value, order=order)
    NeedIndicator.objects.create(need=make_need(group), indicator=indicator)
    html = Client().get("/en/plan/indicators/").content.decode()
    assert [f'<td class="table__number">{n}</td>' in html for n in ("4", "5", "31")] == [False, False, True]
    assert html.count('<td class="table__number">not shown</td>') == 2


def test_figures_of_what_is_not_public_stay_inside(group):
    indicator = make_indicator(group, "secret")
    IndicatorValue.objects.create(indicator=indicator, measured_on=date(2026, 5, 1), value=40)
    NeedIndicator.objects.create(need=make_need(group, status="assessing"), indicator=indicator)
    for path in ("/en/plan/indicators/", "/en/plan/indicators.csv"):
        assert "secret" not in Client().get(path).content.decode()


def test_the_table_of_figures_holds_every_value_and_no_formula(group):
    indicator = make_indicator(group, name_en="=1+1")
    NeedIndicator.objects.create(need=make_need(group), indicator=indicator)
    for month in (1, 2):
        IndicatorValue.objects.create(indicator=indicator, measured_on=date(2026, month, 1), value=month)
    rows = Client().get("/en/plan/indicators.csv").content.decode().splitlines()
    assert rows[1:] == [
        "'=1+1,reach,count,higher,2026-01-01,1.00,,,,,,,,,,",
        "'=1+1,reach,count,higher,2026-02-01,2.00,,,,,,,,,,",
    ]


def test_the_plan_says_when_it_last_changed(group):
    make_measure(make_strategy(group))
    html = Client().get("/en/plan/").content.decode()
    assert f"last change on {date_in_sentence(timezone.localdate(), 'en')}" in html


def test_a_figure_says_what_it_means_and_where_it_comes_from(group):
    indicator = make_indicator(group, explanation_en="Of ten children four walk.", source_de="Umfrage der Schule")
    NeedIndicator.objects.create(need=make_need(group), indicator=indicator)
    IndicatorValue.objects.create(indicator=indicator, measured_on=date(2026, 1, 1), value=1)
    page = Client().get("/en/plan/indicators/").content.decode()
    assert "Of ten children four walk." in page
    assert '<span lang="de">Umfrage der Schule</span>' in page
    row = Client().get("/en/plan/indicators.csv").content.decode().splitlines()[1]
    assert row.endswith(",Umfrage der Schule,Of ten children four walk.")


def test_the_drawing_runs_from_the_first_value_to_the_target(group):
    indicator = make_indicator(group, unit="percent")
    for month, value in ((1, 10), (7, 20)):
        IndicatorValue.objects.create(indicator=indicator, measured_on=date(2026, month, 1), value=Decimal(value))
    IndicatorTarget.objects.create(indicator=indicator, due_on=date(2026, 12, 29), value=30)
    drawn = chart(indicator)
    assert (drawn.points, drawn.target) == ([(10.0, 110.0), (160.0, 60.0)], (310.0, 10.0))


def test_one_figure_alone_is_not_drawn(group):
    indicator = make_indicator(group)
    IndicatorValue.objects.create(indicator=indicator, measured_on=date(2026, 1, 1), value=3)
    assert chart(indicator) is None


@pytest.mark.parametrize("path", ["/en/plan/", "/en/plan/needs/", "/en/plan/indicators/"])
def test_plan_pages_ask_the_same_number_of_questions_whatever_the_size(group, path, django_assert_max_num_queries):
    strategy = make_strategy(group)
    member = make_organisation(group).memberships.get()
    for number in range(12):
        measure = make_measure(strategy, f"measure-{number}")
        Commitment.objects.create(measure=measure, membership=member, role="lead", status="accepted")
        need, indicator = make_need(group, f"need-{number}"), make_indicator(group, f"figure-{number}")
        ObjectiveNeed.objects.create(objective=measure.objective, need=need)
        NeedIndicator.objects.create(need=need, indicator=indicator)
        IndicatorValue.objects.create(indicator=indicator, measured_on=date(2026, 1, 1), value=number)
    with django_assert_max_num_queries(26):
        assert Client().get(path).status_code == 200


def test_without_a_strategy_the_page_says_where_to_look():
    html = Client().get("/en/plan/").content.decode()
    assert "There is no public strategy yet." in html
