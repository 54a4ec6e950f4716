"""The groups of a region beside each other: what each has in force, and the figures that several of them share.

Only figures that are public anyway; a share or a count of fewer than five people is not told.
"""

from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import languages

from . import figures
from .breakdowns import SMALLEST
from .models import Indicator, IndicatorValue, Strategy


class Cell(NamedTuple):
    """What is known of one indicator in one group: its last approved figure. `is_small`: there is one, and it is not
    told; both are None or False where nothing is known.
    """

    group: Any
    indicator: Any
    value: Any
    is_small: bool

    @property
    def is_told(self):
        return self.value is not None and not self.is_small


class Shared(NamedTuple):
    """One indicator in all groups: `indicator` is the first one, which gives the name; a Cell for each group."""

    indicator: Any
    cells: list

    @property
    def told(self):
        return [cell for cell in self.cells if cell.is_told]

    @property
    def unknown(self):
        return sum(cell.value is None for cell in self.cells)


def groups_of_region(region):
    """[Group] that take part, by name, each with `in_force`: its strategies."""
    in_force = Prefetch("strategies", Strategy.objects.in_force(), to_attr="in_force")
    rows = region.groups.taking_part().prefetch_related("municipalities", in_force)
    return sorted(rows, key=lambda group: (languages.sort_key(str(group)), group.pk))


def shared(groups):
    """[Shared] of the public indicators with a code, by name. The same code means the same only with the same unit
    and direction; in a fixed number of queries.
    """
    rows = figures.public().filter(group__in=groups).exclude(shared_code="").order_by("group", "pk")
    found: dict[tuple, dict] = defaultdict(dict)
    for indicator in rows:
        found[indicator.shared_code, indicator.unit, indicator.better][indicator.group_id] = indicator
    columns = [
        Shared(next(iter(of.values())), [_cell(group, of.get(group.pk)) for group in groups]) for of in found.values()
    ]
    return sorted(columns, key=lambda one: languages.sort_key(str(one.indicator)))


def _cell(group, indicator):
    approved = [v for v in indicator.values.all() if v.state == IndicatorValue.State.APPROVED] if indicator else []
    value = max(approved, key=lambda one: one.measured_on, default=None)
    return Cell(group, indicator, value, value is not None and _is_small(indicator, value))


def _is_small(indicator, value):
    people = value.value if indicator.unit == Indicator.Unit.COUNT else value.numerator
    return people is not None and people < SMALLEST


def sentence(one, said):
    """What the figures of a Shared say, in words; `said(indicator, value)` writes a figure with its unit."""
    told = sorted(one.told, key=lambda cell: cell.value.value)
    if not told:
        return _("No group has a figure that can be told.")
    low, high = told[0], told[-1]
    words = [_spread(low, high, said, len(told))]
    if one.unknown:
        missing = ngettext("Of one group it is not known.", "Of %(count)s groups it is not known.", one.unknown)
        words.append(missing % {"count": one.unknown})
    return " ".join(words)


def _spread(low, high, said, count):
    facts = {"low": low.group, "least": said(low.indicator, low.value.value), "high": high.group,
             "most": said(high.indicator, high.value.value)}  # fmt: skip
    if count == 1:
        return _("Known of one group: %(low)s, %(least)s.") % facts
    if low.value.value == high.value.value:
        return _("The same everywhere: %(least)s.") % facts
    return _("From %(least)s (%(low)s) to %(most)s (%(high)s).") % facts
