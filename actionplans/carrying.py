"""Carrying a measure on into a later plan: what was learnt stays with the old one, the partners are asked anew."""

from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.utils.translation import gettext

from portal.addresses import free_slug

from .models import Commitment, Measure, MeasureBarrier, MeasureIndicator, MeasureProgramme, MeasureTerm


def carry_on(measure, plan, today):
    """The measure that carries `measure` on in `plan`: the one that does already, else a new proposed one.

    Texts, terms, programmes, indicators and barriers come along; tasks, reports and evaluations do not. Dates are
    those of the plan. Of two who carry it on at once, the second gets the first one's. Raises ValidationError where
    it was stopped, or the plan's strategy has no objective yet.
    """
    locked = Measure.objects.select_for_update().get(pk=measure.pk)
    if known := Measure.objects.filter(carried_from=measure, plan=plan).first():
        return known
    if locked.phase == Measure.Phase.STOPPED:
        raise ValidationError(gettext("“%(measure)s” was stopped and does not go on.") % {"measure": measure})
    fields = {
        field.attname: getattr(measure, field.attname)
        for field in Measure._meta.concrete_fields
        if field.name not in _OWN
    }
    new = Measure(**fields, plan=plan, objective=objective_in(plan.strategy, measure), carried_from=measure)
    new.starts_on, new.ends_on, new.slug = max(plan.starts_on, today), plan.ends_on, free_slug(Measure, measure)
    new.save()
    links: tuple[tuple[Any, str], ...] = (
        (MeasureTerm, "term_id"),
        (MeasureProgramme, "programme_id"),
        (MeasureIndicator, "indicator_id"),
        (MeasureBarrier, "barrier_id"),
    )
    for link, column in links:
        numbers = link.objects.filter(measure=measure).values_list(column, flat=True)
        link.objects.bulk_create([link(measure=new, **{column: number}) for number in numbers])
    asked = measure.commitments.accepted().filter(membership__left_on=None)
    Commitment.objects.bulk_create(
        Commitment(measure=new, membership_id=c.membership_id, role=c.role, contribution=c.contribution, hours=c.hours)
        for c in asked
    )
    return new


def say_when(measures, user, today):
    """Gives each of [Measure] `from_year`, of a plan that has not begun, and `goes_on`: [who carries it on later]."""
    rows = Measure.objects.visible_to(user).filter(carried_from__in=measures).exclude(phase=Measure.Phase.STOPPED)
    later = defaultdict(list)
    for row in rows.select_related("plan").order_by("plan__starts_on", "pk"):
        later[row.carried_from_id].append(row)
    for measure in measures:
        measure.goes_on = later[measure.pk]
        measure.from_year = measure.plan.starts_on.year if measure.plan.starts_on > today else None
    return measures


def counted_once(measures):
    """Those of [Measure] that count on their own, as `once` says; one question, none where nothing is carried on."""
    if not any(measure.carried_from_id for measure in measures):
        return measures
    numbers = Measure.objects.filter(pk__in=[measure.pk for measure in measures]).once().order_by()
    counted = set(numbers.values_list("pk", flat=True))
    return [measure for measure in measures if measure.pk in counted]


def left_for(plan):
    """Measures of the group's plans that began before `plan` and are not carried on yet, nor stand in it already.

    What was stopped stays where it is.
    """
    earlier = Measure.objects.filter(
        plan__strategy__group=plan.strategy.group_id, plan__starts_on__lt=plan.starts_on, carried_on=None
    )
    earlier = earlier.exclude(phase=Measure.Phase.STOPPED).exclude(also_in__plan=plan)
    return earlier.select_related("plan").prefetch_related("evaluations").order_by("-plan__starts_on", "plan", "pk")


def objective_in(strategy, measure):
    """Its own objective; in another strategy the one that answers most of the same needs, else that of its number.

    Raises ValidationError where the strategy has none.
    """
    if strategy.pk == measure.objective.strategy_id:
        return measure.objective
    shared = Count("needs", filter=Q(needs__in=measure.objective.needs.values("pk")))
    found = list(strategy.objectives.annotate(shared=shared))
    if not found:
        raise ValidationError(gettext("The strategy of that plan has no objective yet: write one first."))
    return min(found, key=lambda one: (-one.shared, one.number != measure.objective.number, one.number))


_OWN = ("id", "plan", "objective", "slug", "phase", "starts_on", "ends_on", "pause_reason", "paused_until",
        "judged_state", "judged_reason", "judged_until", "carried_from", "version")  # fmt: skip
