"""A group as large as groups get: pages on the plan ask as many questions of the database as for a small one."""

from datetime import date, timedelta
from time import perf_counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actionplans import how_they_go, news
from actionplans.models import (
    ActionPlan,
    Commitment,
    Indicator,
    IndicatorTarget,
    IndicatorValue,
    Measure,
    MeasureIndicator,
    MeasureProgramme,
    Need,
    Objective,
    ObjectiveNeed,
    StatusReport,
    Strategy,
    Task,
)
from partners.models import Membership, Organisation
from portal.history.past import events_of
from portal.models import Vocabulary
from portal.pages import pages_kept
from programmes.models import Programme, ProgrammeTerm

from .records import make_group, make_organisation, make_term, make_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.server]


def make_valley(name, organisations, measures, years):
    """A group of so many organisations, with so many measures in the plans of so many years. → its people."""
    today = timezone.localdate()
    group, home = make_group(slug=name), None
    home = make_organisation(group, slug=f"{name}-home")
    Organisation.objects.bulk_create(
        Organisation(slug=f"{name}-{n}", name_sl=f"Društvo {n}", sector=home.sector) for n in range(organisations)
    )
    partners = list(Organisation.objects.filter(slug__startswith=f"{name}-"))
    Membership.objects.bulk_create(
        Membership(group=group, organisation=o, joined_on=date(2020, 1, 1)) for o in partners if o != home
    )
    members = list(Membership.objects.filter(group=group))
    terms = [make_term(Vocabulary.TOPIC, f"topic-{n}") for n in range(4)]
    terms += [make_term(Vocabulary.LIFE_PHASE, f"phase-{n}") for n in range(4)]
    programmes = Programme.objects.bulk_create(
        Programme(organisation=partners[n % len(partners)], slug=f"{name}-p{n}", title_sl=f"Program {n}",
                  status="published", checked_on=today)
        for n in range(measures)
    )  # fmt: skip
    ProgrammeTerm.objects.bulk_create(
        ProgrammeTerm(programme=p, term=terms[k]) for n, p in enumerate(programmes) for k in (n % 4, 4 + n % 3)
    )
    first = date(today.year - years + 1, 1, 1)
    span = {"starts_on": first, "ends_on": date(today.year, 12, 31)}
    strategy = Strategy.objects.create(
        group=group, slug=name, title_sl="Skupaj", status="adopted", adopted_on=first, **span
    )
    aims = Objective.objects.bulk_create(
        Objective(strategy=strategy, slug=f"{name}-o{n}", number=n, title_sl=f"Cilj {n}", level="system")
        for n in range(1, 5)
    )
    needs = Need.objects.bulk_create(
        Need(group=group, slug=f"{name}-n{n}", title_sl=f"Potreba {n}", status="confirmed", reported_on=first)
        for n in range(4)
    )
    ObjectiveNeed.objects.bulk_create(ObjectiveNeed(objective=o, need=n) for o, n in zip(aims, needs, strict=True))
    plans = [
        ActionPlan.objects.create(
            strategy=strategy, slug=f"{name}-{year}", status="adopted", starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
        )
        for year in range(first.year, today.year + 1)
    ]  # fmt: skip
    made = Measure.objects.bulk_create(
        Measure(plan=plans[n % years], objective=aims[n % 4], slug=f"{name}-m{n}", title_sl=f"Ukrep {n}",
                phase="in_progress", approach="universal", starts_on=first, ends_on=today + timedelta(days=n))
        for n in range(measures)
    )  # fmt: skip
    _work(name, group, made, members, programmes, today)
    coordinator = make_user("coordinator", home)
    representative = make_user("representative", partners[-1] if partners[-1] != home else partners[0])
    return group, coordinator, representative


def _work(name, group, made, members, programmes, today):
    """Who leads, what is to do, what was reported, and a figure for every measure."""
    Commitment.objects.bulk_create(
        Commitment(measure=m, membership=members[n % len(members)], role="lead", status="accepted")
        for n, m in enumerate(made)
    )
    Task.objects.bulk_create(
        Task(measure=m, title_sl=f"Naloga {n}", organisation_id=members[n % len(members)].organisation_id,
             due_on=today + timedelta(days=n - 3))
        for n, m in enumerate(made)
    )  # fmt: skip
    StatusReport.objects.bulk_create(StatusReport(measure=m, text_sl="Gre") for m in made)
    MeasureProgramme.objects.bulk_create(
        MeasureProgramme(measure=m, programme=p) for m, p in zip(made, programmes, strict=True)
    )
    figures = Indicator.objects.bulk_create(
        Indicator(group=group, slug=f"{name}-i{n}", name_sl=f"Kazalnik {n}", kind="reach", unit="count",
                  better="higher", baseline=1, baseline_on=date(2020, 1, 1))
        for n in range(len(made))
    )  # fmt: skip
    MeasureIndicator.objects.bulk_create(
        MeasureIndicator(measure=m, indicator=i) for m, i in zip(made, figures, strict=True)
    )
    IndicatorTarget.objects.bulk_create(IndicatorTarget(indicator=i, due_on=today, value=9) for i in figures)
    IndicatorValue.objects.bulk_create(
        IndicatorValue(indicator=i, measured_on=date(2021 + y, 5, 1), value=y) for i in figures for y in range(5)
    )


def test_many_measures_go_as_each_of_them_goes_by_itself():
    today, days = timezone.localdate(), timedelta(days=1)
    make_valley("large", 6, 24, 2)
    measures = list(Measure.objects.order_by("pk"))
    for number, (measure, facts) in enumerate(zip(measures, [
        {"phase": "planned", "starts_on": today - 3 * days},
        {"phase": "paused", "pause_reason": "Zima", "paused_until": today - days},
        {"phase": "completed"},
        {"ends_on": today - days, "starts_on": today - 9 * days},
        {"judged_state": "at_risk", "judged_reason": "Tako", "judged_until": today},
    ], strict=False)):  # fmt: skip
        Measure.objects.filter(pk=measure.pk).update(**facts)
        StatusReport.objects.filter(measure=measures[6 + number]).update(written_on=today - (100 + 60 * number) * days)
    StatusReport.objects.create(measure=measures[9], text_sl="Spet")
    StatusReport.objects.filter(measure=measures[12]).delete()
    Commitment.objects.filter(measure=measures[13]).delete()
    Commitment.objects.filter(measure=measures[14]).update(status="proposed")
    Task.objects.filter(measure=measures[15]).update(due_on=today - 20 * days)
    Task.objects.filter(measure=measures[16]).update(due_on=today - 2 * days)
    Task.objects.filter(measure=measures[17]).update(due_on=today - 2 * days, state="done", done_on=today)
    last = Indicator.objects.order_by("pk").last()
    MeasureIndicator.objects.create(measure=measures[18], indicator=last)
    IndicatorTarget.objects.filter(indicator__measures=measures[19]).delete()
    IndicatorValue.objects.filter(indicator__measures=measures[20]).update(state="draft")
    IndicatorTarget.objects.create(indicator=last, due_on=today + days, value=200)

    def told(measure):
        return measure.pk, measure.lead, measure.health

    one_by_one = [told(measure) for measure in Measure.objects.order_by("pk").with_facts()]
    assert [told(measure) for measure in how_they_go.give(list(Measure.objects.order_by("pk")))] == one_by_one
    assert len({measure[2].state for measure in one_by_one}) > 4


def test_of_many_news_the_newest_are_told():
    _group, coordinator, _representative = make_valley("large", 3, 20, 2)
    moment = timezone.now() - timedelta(minutes=5)
    reports = list(StatusReport.objects.order_by("-pk"))
    events_of(StatusReport).objects.exclude(pgh_obj_id__in=[r.pk for r in reports[:3]]).update(
        pgh_created_at=timezone.now() - timedelta(minutes=2)
    )
    found = news.since(coordinator, moment)
    assert len(found) == news.MOST
    assert [one.moment for one in found] == sorted((one.moment for one in found), reverse=True)
    assert {r.measure.get_absolute_url() for r in reports[:3]} <= {one.link for one in found}


def asked(client, address):
    """(how many questions a page asks the second time it is shown, milliseconds)"""
    client.get(address)
    pages_kept.clear()
    with CaptureQueriesContext(connection) as queries:
        began = perf_counter()
        assert client.get(address).status_code == 200
        took = 1000 * (perf_counter() - began)
    return len(queries), took


def test_my_work_plan_and_coverage_ask_as_much_for_thirty_partners_as_for_three():
    found: dict = {}
    for name, sizes in (("small", (2, 8, 2)), ("large", (30, 200, 5))):
        group, coordinator, representative = make_valley(name, *sizes)
        client, other = signed_in(coordinator), signed_in(representative)
        for page, who, address in (
            ("my work of a coordinator", client, "/en/work/"),
            ("my work of a representative", other, "/en/work/"),
            ("plan", client, f"/en/plan/?strategy={name}"),
            ("coverage", client, f"/en/plan/coverage/?of={group.slug}"),
            ("who has promised what", client, "/en/work/commitments/"),
        ):
            found.setdefault(page, {})[name] = asked(who, address)
    for page, row in found.items():  # shown with `pytest -s`
        print(f"{page}: " + ", ".join(f"{n} {c} queries {ms:.0f} ms" for n, (c, ms) in row.items()))
    differ = {page: row for page, row in found.items() if row["small"][0] != row["large"][0]}
    assert differ == {}
