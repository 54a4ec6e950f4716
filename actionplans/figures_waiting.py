"""Figures that wait for approval: each beside what was before, and several approved together."""

from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch

from portal.history.past import events_of
from portal.stale import StaleObject

from .breakdowns import Breakdown
from .models import IndicatorPart, IndicatorValue
from .odd_figures import oddities


class Row(NamedTuple):
    """A figure to look at. `before` is (day, number) of what it follows on, or None; `corrects` the number that was
    approved for the same day, or None; `parts` as of `_parts`; `odd` sentences."""

    value: IndicatorValue
    before: tuple | None
    corrects: Any
    parts: list
    odd: list[str]
    is_own: bool

    @property
    def change(self):
        """By how much it differs from what was before, or None."""
        return self.value.value - self.before[1] if self.before else None

    @property
    def tick(self):
        """Which figure is ticked, and as it was when it was looked at."""
        return f"{self.value.pk}-{self.value.version}"


def waiting(group):
    """Figures of a group that wait, those of one indicator together, with all that `rows` needs."""
    values = IndicatorValue.objects.submitted().filter(indicator__group=group).with_parts()
    parts = IndicatorPart.objects.select_related("term", "settlement")
    approved = IndicatorValue.objects.approved().prefetch_related(Prefetch("parts", parts))
    return (
        values.select_related("indicator", "entered_by")
        .prefetch_related(Prefetch("indicator__values", approved))
        .order_by("indicator__slug", "indicator", "measured_on")
    )


def rows(values, user):
    """[Row] of these figures, in a fixed number of queries."""
    corrected = _corrected(values)
    return [_row(value, corrected.get(value.pk), user) for value in values]


def _row(value, corrects, user):
    indicator = value.indicator
    earlier = [one for one in indicator.values.all() if one.measured_on < value.measured_on]
    last = max(earlier, key=lambda one: one.measured_on, default=None)
    before = (last.measured_on, last.value) if last else None
    if before is None and indicator.baseline is not None and indicator.baseline_on < value.measured_on:
        before = (indicator.baseline_on, indicator.baseline)
    odd = oddities(value, before, indicator.series)
    return Row(value, before, corrects, _parts(value, last), odd, value.entered_by_id == user.pk)


def _parts(value, last):
    """[(Breakdown, [(part, what it was before or None)])]"""
    known = {_who(part): part.value for part in last.parts.all()} if last else {}
    found: list[tuple[Breakdown, list]] = []
    for broken in value.breakdowns:
        found.append((broken, [(part, known.get(_who(part))) for part in broken.parts]))
    return found


def _who(part):
    return part.sex, part.term_id, part.settlement_id


def _corrected(values):
    """{number of a figure: what was last approved for its day, where that is another number}"""
    events = events_of(IndicatorValue).objects
    approved = events.filter(pgh_obj_id__in=[one.pk for one in values], state=IndicatorValue.State.APPROVED)
    last = approved.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id").values_list("pgh_obj_id", "value")
    known = dict(last)
    return {one.pk: known[one.pk] for one in values if known.get(one.pk, one.value) != one.value}


@transaction.atomic
def approve(group, ticks, by):
    """Approves those that still stand as they were looked at. → (how many, how many changed meanwhile, own ones)

    `ticks` is {number: version}; a figure of another group counts as changed.
    """
    found = IndicatorValue.objects.filter(indicator__group=group, pk__in=ticks).order_by("pk").select_for_update()
    done = own = 0
    for value in found:
        value_is_as_seen = value.version == ticks[value.pk] and value.state == IndicatorValue.State.SUBMITTED
        try:
            if value_is_as_seen:
                value.move_to(IndicatorValue.State.APPROVED, by)
                done += 1
        except PermissionDenied:
            own += 1
        except StaleObject:
            continue
    return done, len(ticks) - done - own, own
