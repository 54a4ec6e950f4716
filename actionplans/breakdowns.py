"""Figures by sex, by age and so on: what belongs together, and what must not be told outside the group.

Knows the parts only by what they say of themselves, so that the models can ask it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

SMALLEST = 5  # people; smaller counts are not shown outside the group


class By(models.TextChoices):
    """What a figure is broken down by; `group` overlaps: one person may belong to several."""

    SEX = "sex", _("By sex")
    AGE = "age", _("By age")
    SETTLEMENT = "settlement", _("By settlement")
    GROUP = "group", _("By target group")


class Breakdown:
    """A figure by sex, by age and so on: all parts, and those that must not be told outside the group.

    `measured_on` is the day of the figure and `total` the figure; None where nobody knows. A plain class: mypy
    does not come to an end with a NamedTuple among models.
    """

    def __init__(self, by, parts, hidden, measured_on, total):
        self.by, self.parts, self.hidden, self.measured_on, self.total = by, parts, hidden, measured_on, total

    @property
    def heading(self):
        return By(self.by).label if self.by else ""

    @property
    def rows(self):
        """[(part, is it told to everybody)]"""
        return [(part, part.pk not in self.hidden) for part in self.parts]

    @property
    def is_of_whole(self):
        """Do its parts together make no more than the whole, so that each is a share of it?"""
        return self.total is not None and sum(part.value for part in self.parts) <= self.total


def breakdowns(parts, day, total):
    """[Breakdown] of the parts of one figure, in the order of `By`; `total` is the figure, None when unknown."""
    kinds = [*By.values, ""]
    found = {kind: [part for part in parts if part.by == kind] for kind in kinds}
    return [Breakdown(kind, rows, hidden(rows, total), day, total) for kind, rows in found.items() if rows]


def hidden(parts, total):
    """{number} of the parts that must not be told outside the group.

    Counts below `SMALLEST`, and as many of the next smallest as it takes so that subtracting what is told from the
    total gives none of them: at least two, together no fewer than `SMALLEST` people. A rest that no part names is
    one of them when it is as small.
    """
    rows = sorted(parts, key=lambda part: (part.value, part.pk))
    if not rows or not rows[0].counts_people:
        return set()
    small = [part for part in rows if part.is_small]
    rest = (total or 0) - sum(part.value for part in rows)
    untold = [rest] if 0 < rest < SMALLEST else []
    if not small and not untold:
        return set()
    untold += [part.value for part in small]
    more = iter(rows[len(small) :])
    while len(untold) < 2 or sum(untold) < SMALLEST:
        if (part := next(more, None)) is None:
            break
        small.append(part)
        untold.append(part.value)
    return {part.pk for part in small}
