"""Who leads each of many measures and how it goes: the same as `Measure.lead` and `Measure.health`, read as plain rows.

A strategy has hundreds of measures with a thousand tasks, reports and figures. As records that hang on each other these
take most of the time of a page that shows of them no more than a state and its reasons.
"""

from collections import defaultdict

from django.db.models import Max
from django.utils import timezone

from partners.models import Organisation

from . import health
from .models import (
    Commitment,
    Indicator,
    IndicatorTarget,
    IndicatorValue,
    MeasureIndicator,
    StatusReport,
    Task,
)


def give(measures):
    """Lets each of these records know its `lead` and `health`, in eight questions whatever their number. → them"""
    today, numbers = timezone.localdate(), [measure.pk for measure in measures]
    leads, overdue, reported, behind = _leads(numbers), _overdue(numbers, today), _reported(numbers), _behind(numbers)
    for measure in measures:
        measure.known_lead = leads.get(measure.pk)
        measure.health = measure.health_with(
            today,
            has_lead=measure.lead is not None,
            overdue=overdue[measure.pk],
            reported_on=reported.get(measure.pk),
            behind=behind[measure.pk],
        )
    return measures


def give_leads(measures):
    """Lets each of these records know its `lead`, in two questions. → them"""
    leads = _leads([measure.pk for measure in measures])
    for measure in measures:
        measure.known_lead = leads.get(measure.pk)
    return measures


def _leads(numbers):
    """{measure: Organisation that has accepted to lead it}"""
    led = Commitment.objects.accepted().filter(measure__in=numbers, role=Commitment.Role.LEAD).order_by("-pk")
    leads = dict(led.values_list("measure", "membership__organisation"))
    organisations = Organisation.objects.in_bulk(set(leads.values()))
    return {measure: organisations[number] for measure, number in leads.items()}


def _overdue(numbers, today):
    """{measure: [days past due of each open task]}"""
    found = defaultdict(list)
    for task in Task.objects.filter(measure__in=numbers, due_on__lt=today).only("measure", "due_on", "state"):
        if days := task.days_overdue(today):
            found[task.measure_id].append(days)
    return found


def _reported(numbers):
    """{measure: day of its newest report}"""
    reports = StatusReport.objects.filter(measure__in=numbers).order_by()
    return dict(reports.values("measure").annotate(newest=Max("written_on")).values_list("measure", "newest"))


def _behind(numbers):
    """{measure: [name of an indicator that is behind its target]}"""
    moved = MeasureIndicator.objects.filter(measure__in=numbers).order_by("indicator__slug")
    pairs = list(moved.values_list("measure", "indicator"))
    indicators = Indicator.objects.in_bulk({indicator for _measure, indicator in pairs})
    series, targets = defaultdict(list), defaultdict(list)
    approved = IndicatorValue.objects.approved().filter(indicator__in=indicators).order_by()
    for indicator, day, value in approved.values_list("indicator", "measured_on", "value"):
        series[indicator].append((day, value))
    for target in IndicatorTarget.objects.filter(indicator__in=indicators).only("indicator", "due_on", "value"):
        targets[target.indicator_id].append(target)
    names = {}
    for number, indicator in indicators.items():
        indicator.series = sorted(series[number])
        if health.is_behind(indicator, targets[number]):
            names[number] = str(indicator)
    found = defaultdict(list)
    for measure, indicator in pairs:
        if indicator in names:
            found[measure].append(names[indicator])
    return found
