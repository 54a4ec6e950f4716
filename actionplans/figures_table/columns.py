"""The columns of a table of figures: a row is one figure of one day, or one part of it."""

from collections import defaultdict
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy, pgettext_lazy

from portal import languages
from programmes.imports.columns import NUMBER, Column, read_only

from ..models import Indicator, IndicatorPart, IndicatorValue

By = IndicatorPart.By
TEXTS = languages.columns("comparator_name")
COMPARED = ("comparator", *TEXTS)


class Line(NamedTuple):
    """A row as it goes out: an indicator, a figure of it if there is one, and a part of that if it is one."""

    indicator: Any
    figure: Any = None
    part: Any = None


def indicators(user, groups):
    found = Indicator.objects.brought_by(user).filter(group__in=groups)
    return found.select_related("group").with_figures().order_by("group", "slug")


def by_figure(indicator):
    found = defaultdict(list)
    for part in indicator.parts.all():
        part.indicator = indicator
        found[part.figure_id].append(part)
    return found


def key_of(part):
    [value] = [v for v in (part.sex, part.term_id, part.settlement_id) if v] or [""]
    return part.by, str(value)


def plain(value):
    """As one would type it: 12.5, 40."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "" if value is None else str(value)


def _of_figure(name, show=plain):
    """What a figure says; a part of it shows only its own value."""

    def shown(line, known):
        return "" if line.figure is None or line.part is not None else show(getattr(line.figure, name))

    return shown


def _value(line, known):
    return plain((line.part or line.figure).value) if line.figure else ""


def _of_indicator(name):
    return lambda line, known: "" if line.part is not None else plain(getattr(line.indicator, name))


def _by(line, known):
    return By(line.part.by).label if line.part else ""


def _for_whom(line, known):
    if not line.part:
        return ""
    if line.part.settlement_id:
        return known.settlement_said(known.settlements[line.part.settlement_id])
    return known.term_said(line.part.term) if line.part.term_id else line.part.name[0]


class Table:
    """As `programmes.imports.sheets.Sheet` for `recognised`. `names_group`: each row says of which group it is."""

    named = "indicator"

    def __init__(self, names_group=False):
        self.names_group = names_group

    @cached_property
    def found(self):
        value: Any = IndicatorValue._meta.get_field
        compared = gettext_lazy("compared with")
        return (
            read_only(NUMBER, pgettext_lazy("of a record", "number"), lambda line, known: str(line.indicator.pk)),
            *([Column("group", gettext_lazy("group or municipality"), lambda line, known: str(line.indicator.group))]
              if self.names_group else []),
            Column("indicator", gettext_lazy("indicator"), lambda line, known: str(line.indicator)),
            Column("unit", gettext_lazy("unit"), lambda line, known: line.indicator.get_unit_display()),
            Column("measured_on", value("measured_on").verbose_name, lambda line, known: str(
                line.figure.measured_on if line.figure else "")),
            Column("value", value("value").verbose_name, _value),
            Column("numerator", value("numerator").verbose_name, _of_figure("numerator")),
            Column("denominator", value("denominator").verbose_name, _of_figure("denominator")),
            Column("by", pgettext_lazy("of a figure", "part by"), _by),
            Column("for_whom", gettext_lazy("for whom"), _for_whom),
            Column("state", gettext_lazy("state"), lambda line, known: (
                str(line.figure.get_state_display()) if line.figure else "")),
            Column("comparator", gettext_lazy("value there"), _of_indicator("comparator")),
            *(Column(name, compared, _of_indicator(name), language=name.rpartition("_")[2]) for name in TEXTS),
        )  # fmt: skip

    def columns(self):
        return self.found


TABLE, TOGETHER = Table(), Table(names_group=True)
