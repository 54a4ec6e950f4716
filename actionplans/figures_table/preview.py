"""What a table of figures would change: each row new, changed, the same, or with errors; nothing is written."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from partners.models import coordinated_by
from portal.spreadsheets import tidy
from programmes.imports.preview import CHANGED, NEW, SAME, STATES, WRONG, Preview, in_steps, recognised, unheard

from ..figure_rules import check_day, closed_rounds, too_much, worked_out
from ..models import Indicator, IndicatorValue
from .columns import COMPARED, TABLE, By, Line, by_figure, indicators, key_of, plain
from .reading import VALUE, WHOLE, Reading, Wrong


def preview(user, groups, head, table, note=unheard, sheet=TABLE):
    """The Preview of a table of figures of these groups, a queryset; of one group, unless the rows of `sheet` name it.

    A fixed number of queries, whatever its size. Raises Refused.
    """
    return _Reader(user, list(groups.prefetch_related("municipalities")), head, sheet).preview(in_steps(table, note))


class _Reader:
    def __init__(self, user, groups, head, sheet):
        self.sheet, self.groups = sheet, groups
        self.columns, self.unknown = recognised(sheet, head)
        compared = coordinated_by(user).filter(pk__in=[group.pk for group in groups])
        self.may_compare = set(compared.values_list("pk", flat=True))
        self.indicators = {indicator.pk: indicator for indicator in indicators(user, groups)}
        self.figures = {(i.pk, f.measured_on): f for i in self.indicators.values() for f in i.values.all()}
        self.parts = {
            figure: {key_of(part): part for part in parts}
            for i in self.indicators.values()
            for figure, parts in by_figure(i).items()
        }
        self.closed = closed_rounds(*groups)
        used = {part.term_id for parts in self.parts.values() for part in parts.values() if part.term_id}
        self.reading = Reading(user, groups, self.indicators, used)
        self.once: dict[tuple, int] = {}  # what a row is about → its row
        self.compared: dict[tuple, str] = {}  # (indicator, column) → what a row before says

    def preview(self, table):
        found = [self._row(number_, given) for number_, given in table]
        self._check_figures(found)
        for row in found:
            row["state"] = self._state(row)
            if row["state"] == SAME:
                row["differences"] = []
            del row["is_new"], row["about"]
        counts = {state: sum(row["state"] == state for row in found) for state in STATES}
        return Preview(found, counts, self.unknown)

    def _state(self, row):
        if row["errors"]:
            return WRONG
        return SAME if not row["values"] else NEW if row["is_new"] else CHANGED

    def _row(self, number_, texts):
        given = {column.name: texts[place] for place, column in self.columns.items()}
        row: dict[str, Any] = {"n": number_, "pk": None, "version": None, "name": given.get("indicator", ""),
                               "values": {}, "differences": [], "errors": [], "notes": [], "is_new": False,
                               "about": None}  # fmt: skip
        group = self._said(row, self.reading.group, given) if self.sheet.names_group else self.groups[0].pk
        if group and (indicator := self._said(row, self.reading.indicator, given, group)):
            row["name"] = f"{indicator.group}: {indicator}" if self.sheet.names_group else str(indicator)
            self._read(row, indicator, given)
        return row

    def _said(self, row, read, *texts):
        """What `read` reads; None, with an error in the row, where it cannot be meant."""
        try:
            return read(*texts)
        except Wrong as error:
            self._wrong(row, error.column, error.words)
        return None

    # ---- what it says -----------------------------------------------------------------------------
    def _read(self, row, indicator, given):
        part = self._said(row, self.reading.part, given, indicator.group_id)
        self._compare(row, indicator, given, part)
        texts = {name: given.get(name, "") for name in ("value", "numerator", "denominator")}
        if row["errors"] or not (part or given.get("measured_on") or any(texts.values())):
            return
        day = self._said(row, self.reading.day, given.get("measured_on", ""))
        if day is None:
            return
        about = (indicator.pk, day, part)
        before = self.once.setdefault(about, row["n"])
        if before != row["n"]:
            self._wrong(row, "measured_on", _("Row %(row)s is the same record.") % {"row": before})
            return
        figure = self.figures.get((indicator.pk, day))
        row["about"] = about
        row["name"] = f"{row['name']}, {date_format(day, 'SHORT_DATE_FORMAT')}"
        if figure is not None:
            row |= {"pk": figure.pk, "version": figure.version}
        if part is None:
            self._read_figure(row, indicator, figure, given)
        else:
            self._read_part(row, indicator, figure, given, texts)
        if row["errors"] or not _changes_figure(row):
            return
        row["values"] |= {"indicator": indicator.pk, "measured_on": day.isoformat()}
        self._may_change(row, figure, day, self.closed[indicator.group_id])

    def _may_change(self, row, figure, day, closed):
        try:
            check_day(day, closed)
        except ValidationError as error:
            self._wrong(row, "measured_on", " ".join(error.messages))
        if figure is not None and figure.state == IndicatorValue.State.APPROVED:
            self._wrong(row, "value", _("This figure is approved, so it stays. The coordinator can return it."))

    def _read_figure(self, row, indicator, figure, given):
        come = {}
        for name, field in (("value", VALUE), ("numerator", WHOLE), ("denominator", WHOLE)):
            now = getattr(figure, name) if figure is not None else None
            come[name] = self._said(row, self.reading.number, field, name, given[name]) if name in given else now
        if indicator.unit != Indicator.Unit.PERCENT and (come["numerator"], come["denominator"]) != (None, None):
            self._wrong(row, "numerator", _("Only a share has how many out of how many; this one is a number."))
        if row["errors"]:
            return
        come["value"], wrong = worked_out(come["value"], come["numerator"], come["denominator"])
        for name, words in wrong.items():
            self._wrong(row, name, words)
        if row["errors"]:
            return
        if not _fits(come["value"]):
            self._wrong(row, "value", _("Write a number with at most two decimals, for example 12.5."))
        row["is_new"] = figure is None
        for name, value in come.items():
            now = getattr(figure, name) if figure is not None else None
            if value != now:
                row["values"][name] = None if value is None else str(value)
                self._differs(row, name, _number(now), _number(value))

    def _read_part(self, row, indicator, figure, given, texts):
        if texts["numerator"] or texts["denominator"]:
            self._wrong(row, "numerator", _("A part has one value only."))
        if "value" not in given:
            self._wrong(row, "value", _("This must be given."))
        value = self._said(row, self.reading.number, VALUE, "value", texts["value"])
        if row["errors"]:
            return
        if value is not None and value < 0 and indicator.unit == Indicator.Unit.COUNT:
            self._wrong(row, "value", _("Write a whole number."))
            return
        by, cell = row["about"][2]
        part = self.parts.get(figure.pk, {}).get((by, cell)) if figure is not None else None
        row["is_new"] = part is None
        row["name"] = f"{row['name']}: {By(by).label}, {given.get('for_whom', '')}"
        if value != (part.value if part else None):
            row["values"] |= {"by": by, "key": cell, "value": None if value is None else str(value)}
            self._differs(row, "value", _number(part.value) if part else "", _number(value))

    def _compare(self, row, indicator, given, part):
        """What the indicator is compared with; an empty cell says nothing, and only the coordinator may change it."""
        line = Line(indicator)
        for name in COMPARED:
            text, now = given.get(name, ""), tidy(self._shown(name, line))
            if not text or text == now:
                continue
            value = self._said(row, self.reading.number, VALUE, name, text) if name == "comparator" else text
            if value is None or value == getattr(indicator, name):
                continue
            said = self.compared.setdefault((indicator.pk, name), str(value))
            if part is not None or said != str(value):
                self._wrong(row, name, _("Another row says something else of this indicator, or it is only a part."))
            elif indicator.group_id not in self.may_compare:
                self._wrong(row, name, _("Only the coordinator can change what it is compared with."))
            elif len(text) > 160:
                self._wrong(row, name, _("This is longer than 160 characters."))
            else:
                row["values"][name] = str(value)
                row["values"]["of"], row["values"]["of_version"] = indicator.pk, indicator.version
                self._differs(row, name, now, text)

    # ---- figures as a whole -----------------------------------------------------------------------
    def _check_figures(self, found):
        """Every part has its figure, and the parts of a count are no more than it."""
        together = defaultdict(list)
        for row in found:
            if row["about"]:
                together[row["about"][:2]].append(row)
        for (indicator, day), rows_ in together.items():
            figure = self.figures.get((indicator, day))
            total = figure.value if figure is not None else None
            for row in rows_:
                if row["about"][2] is None and row["values"].get("value") is not None:
                    total = Decimal(row["values"]["value"])
            if total is None:
                for row in rows_:
                    if row["about"][2] and not row["errors"]:
                        self._wrong(row, "for_whom", _("The whole figure of that day is missing: write it in a row."))
            elif self.indicators[indicator].unit == Indicator.Unit.COUNT:
                self._check_sums(rows_, figure, total)

    def _check_sums(self, rows_, figure, total):
        if not any(map(_changes_figure, rows_)):
            return
        parts = {k: part.value for k, part in self.parts.get(figure.pk, {}).items()} if figure is not None else {}
        where = {}
        for row in rows_:
            if (about := row["about"][2]) and "value" in row["values"]:
                parts[about] = Decimal(row["values"]["value"] or 0)
                where[about] = row
        for by in By:
            some = {about: value for about, value in parts.items() if about[0] == by and value}
            for about, words in too_much(by, some, total):
                row = where.get(about) or next((r for k, r in where.items() if k[0] == by), rows_[0])
                if not row["errors"]:
                    self._wrong(row, "value", words)

    # ---- words ------------------------------------------------------------------------------------
    def _column(self, name):
        return next(column for column in self.sheet.columns() if column.name == name)

    def _shown(self, name, line):
        return self._column(name).show(line, self.reading.known)

    def _wrong(self, row, name, text):
        row["errors"].append({"column": self._column(name).heading, "text": text})

    def _differs(self, row, name, before, after):
        column = self._column(name)
        row["differences"].append({"label": str(column.label), "language": column.language, "is_text": False,
                                   "language_name": column.language, "before": before, "after": after})  # fmt: skip


def _changes_figure(row):
    return bool({"value", "numerator", "denominator"} & set(row["values"]))


def _number(value):
    """As the reader writes it: 12,5; no zeros at its end."""
    if value is None:
        return ""
    return number_format(value, len(plain(Decimal(value)).partition(".")[2]))


def _fits(value):
    return abs(value) < Decimal(10) ** 10
