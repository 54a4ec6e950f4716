"""Figures as a table: out as a file, and back as if they had been typed, so that somebody else approves them.

A row is one figure of one day, or one part of it. What is approved, and what a closed round locked, stays as it is.
"""

import calendar
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from partners.models import coordinated_by
from portal import languages, translation_states
from portal.spreadsheets import tidy
from portal.stale import StaleObject
from programmes.imports.columns import NUMBER, Column, read_only
from programmes.imports.kinds import Kind, register
from programmes.imports.known import Known, key, names
from programmes.imports.preview import CHANGED, NEW, SAME, STATES, WRONG, Preview, recognised
from programmes.models import Import

from . import mails
from .figure_rules import check_day, closed_rounds, too_much, worked_out
from .forms.indicators import cells
from .models import Indicator, IndicatorPart, IndicatorValue
from .models.indicators import groups_with_figures

By = IndicatorPart.By
TEXTS = languages.columns("comparator_name")
COMPARED = ("comparator", *TEXTS)
_VALUE: Any = forms.DecimalField(max_digits=12, decimal_places=2)
_WHOLE: Any = forms.IntegerField(min_value=0, max_value=2_147_483_647)
_PERIOD = re.compile(r"(\d{4})(?:-(\d{2}))?")


class Line(NamedTuple):
    """A row as it goes out: an indicator, a figure of it if there is one, and a part of that if it is one."""

    indicator: Any
    figure: Any = None
    part: Any = None


# ---- columns --------------------------------------------------------------------------------------
def _plain(value):
    """As one would type it: 12.5, 40."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "" if value is None else str(value)


def _of_figure(name, show=_plain):
    """What a figure says; a part of it shows only its own value."""

    def shown(line, known):
        return "" if line.figure is None or line.part is not None else show(getattr(line.figure, name))

    return shown


def _value(line, known):
    return _plain((line.part or line.figure).value) if line.figure else ""


def _of_indicator(name):
    return lambda line, known: "" if line.part is not None else _plain(getattr(line.indicator, name))


def _by(line, known):
    return By(line.part.by).label if line.part else ""


def _for_whom(line, known):
    if not line.part:
        return ""
    if line.part.settlement_id:
        return known.settlement_said(known.settlements[line.part.settlement_id])
    return known.term_said(line.part.term) if line.part.term_id else line.part.name[0]


class Table:
    """As `programmes.imports.sheets.Sheet` for `recognised`."""

    named = "indicator"

    @cached_property
    def found(self):
        value, compared = IndicatorValue._meta.get_field, gettext_lazy("compared with")
        return (
            read_only(NUMBER, pgettext_lazy("of a record", "number"), lambda line, known: str(line.indicator.pk)),
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


TABLE = Table()


# ---- out ------------------------------------------------------------------------------------------
def _indicators(user, group):
    return Indicator.objects.brought_by(user).filter(group=group).with_figures().order_by("slug")


def rows(user, group):
    """[[text]]: headings, then every figure of the group with its parts below it, oldest first."""
    return _written(line for indicator in _indicators(user, group) for line in _lines(indicator))


def template(user, group):
    """[[text]]: headings, and a row for each indicator to write a figure into."""
    return _written(Line(indicator) for indicator in _indicators(user, group))


def _lines(indicator):
    parts = _by_figure(indicator)
    for figure in sorted(indicator.values.all(), key=lambda value: value.measured_on):
        yield Line(indicator, figure)
        for part in parts[figure.pk]:
            yield Line(indicator, figure, part)


def _by_figure(indicator):
    found = defaultdict(list)
    for part in indicator.parts.all():
        part.indicator = indicator
        found[part.figure_id].append(part)
    return found


def _written(lines):
    known = Known(None)
    columns = TABLE.columns()
    cells_of = ([column.show(line, known) for column in columns] for line in lines)
    return [[column.heading for column in columns], *cells_of]


# ---- what a table would change --------------------------------------------------------------------
def preview(user, group, head, table):
    """The Preview of a table of figures; a fixed number of queries, whatever its size. Raises Refused."""
    return _Reader(user, group, head).preview(table)


class _Reader:
    def __init__(self, user, group, head):
        self.columns, self.unknown = recognised(TABLE, head)
        self.known = Known(user)
        self.may_compare = coordinated_by(user).filter(pk=group.pk).exists()
        self.indicators = {indicator.pk: indicator for indicator in _indicators(user, group)}
        self.figures = {(i.pk, f.measured_on): f for i in self.indicators.values() for f in i.values.all()}
        self.parts = {
            figure: {_key_of(part): part for part in parts}
            for i in self.indicators.values()
            for figure, parts in _by_figure(i).items()
        }
        self.by_name = defaultdict(set)
        for indicator in self.indicators.values():
            for name in {*names(indicator, "name"), key(indicator.slug)}:
                self.by_name[name].add(indicator.pk)
        self.closed = closed_rounds(group)
        used = {part.term_id for parts in self.parts.values() for part in parts.values() if part.term_id}
        self.cells = {(cell.by, str(cell.value)): cell for cell in cells(group, used)}
        self.ways = _ways()
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
        if indicator := self._indicator(row, given):
            row["name"] = str(indicator)
            self._read(row, indicator, given)
        return row

    # ---- which one --------------------------------------------------------------------------------
    def _indicator(self, row, given):
        text, name = given.get(NUMBER, ""), given.get("indicator", "")
        if text:
            found = self.indicators.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 18 else None
            if found is None:
                sentence = _("There is none with the number %(number)s that you may edit.")
                self._wrong(row, NUMBER, sentence % {"number": text[:20]})
            return found
        numbers = self.by_name.get(key(name), ()) if name else ()
        if len(numbers) == 1:
            return self.indicators[next(iter(numbers))]
        sentence = (
            _("Several indicators are called “%(name)s”; write the number of the one you mean.") if numbers
            else _("There is no indicator “%(name)s” among those of this group.")
        )  # fmt: skip
        self._wrong(row, "indicator", sentence % {"name": name[:100]} if name else _("This must be given."))
        return None

    def _part(self, row, given):
        """(by, key) of the part a row is about; None where it is the whole figure, or where it cannot be told."""
        by, whom = given.get("by", ""), given.get("for_whom", "")
        if not by and not whom:
            return None
        kind = self.ways.get(key(by))
        if kind is None:
            self._wrong(row, "by", _("Write what it is a part by: %(ways)s.") % {
                "ways": ", ".join(str(way.label) for way in By)})  # fmt: skip
            return None
        try:
            found = self._whom(kind, whom)
        except ValidationError as error:
            self._wrong(row, "for_whom", " ".join(error.messages))
            return None
        return found

    def _whom(self, kind, text):
        if not text:
            raise ValidationError(_("This must be given."))
        if kind == By.SEX:
            value = _sexes().get(key(text))
        elif kind == By.SETTLEMENT:
            places = [cell.value for cell in self.cells.values() if cell.by == kind and key(cell.words) == key(text)]
            value = places[0] if len(places) == 1 else self.known.read_settlement(text)
        else:
            vocabulary = IndicatorPart.VOCABULARIES[kind]
            used = [value for by, value in self.cells if by == kind]
            numbers = self.known.read_terms(vocabulary, text, [int(number_) for number_ in used])
            value = numbers[0] if len(numbers) == 1 else None
        if value is None or (kind, str(value)) not in self.cells:
            raise ValidationError(_("The figures of this group have no part “%(name)s”.") % {"name": text[:100]})
        return kind, str(value)

    # ---- what it says -----------------------------------------------------------------------------
    def _read(self, row, indicator, given):
        part = self._part(row, given)
        self._compare(row, indicator, given, part)
        texts = {name: given.get(name, "") for name in ("value", "numerator", "denominator")}
        if row["errors"] or not (part or given.get("measured_on") or any(texts.values())):
            return
        day = self._day(row, given.get("measured_on", ""))
        if day is None:
            return
        about = (indicator.pk, day, part)
        before = self.once.setdefault(about, row["n"])
        if before != row["n"]:
            self._wrong(row, "measured_on", _("Row %(row)s is the same record.") % {"row": before})
            return
        figure = self.figures.get((indicator.pk, day))
        row["about"] = about
        if figure is not None:
            row |= {"pk": figure.pk, "version": figure.version}
        if part is None:
            self._read_figure(row, indicator, figure, given)
        else:
            self._read_part(row, indicator, figure, given, texts)
        if row["errors"] or not _changes_figure(row):
            return
        row["values"] |= {"indicator": indicator.pk, "measured_on": day.isoformat()}
        self._may_change(row, figure, day)

    def _may_change(self, row, figure, day):
        try:
            check_day(day, self.closed)
        except ValidationError as error:
            self._wrong(row, "measured_on", " ".join(error.messages))
        if figure is not None and figure.state == IndicatorValue.State.APPROVED:
            self._wrong(row, "value", _("This figure is approved, so it stays. The coordinator can return it."))

    def _day(self, row, text):
        if not text:
            self._wrong(row, "measured_on", _("This must be given."))
            return None
        try:
            if match := _PERIOD.fullmatch(text):
                year, month = int(match[1]), int(match[2] or 12)
                return date(year, month, calendar.monthrange(year, month)[1])
            day: Any = forms.DateField()
            return day.clean(text)
        except (ValidationError, ValueError, calendar.IllegalMonthError):
            self._wrong(row, "measured_on", _("Write a day, for example 2025-12-31, a month or a year."))
        return None

    def _number(self, row, field, name, text):
        try:
            return None if text == "" else field.clean(text.replace(",", "."))
        except ValidationError:
            words = _("Write a whole number.") if field is _WHOLE else _(
                "Write a number with at most two decimals, for example 12.5.")  # fmt: skip
            self._wrong(row, name, words)
            return None

    def _read_figure(self, row, indicator, figure, given):
        line = Line(indicator, figure)
        come = {}
        for name, field in (("value", _VALUE), ("numerator", _WHOLE), ("denominator", _WHOLE)):
            now = getattr(figure, name) if figure is not None else None
            come[name] = self._number(row, field, name, given[name]) if name in given else now
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
                self._differs(row, name, self._shown(name, line) if figure is not None else "", _plain(value))

    def _read_part(self, row, indicator, figure, given, texts):
        if texts["numerator"] or texts["denominator"]:
            self._wrong(row, "numerator", _("A part has one value only."))
        if "value" not in given:
            self._wrong(row, "value", _("This must be given."))
        value = self._number(row, _VALUE, "value", texts["value"])
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
            self._differs(row, "value", _plain(part.value) if part else "", _plain(value))

    def _compare(self, row, indicator, given, part):
        """What the indicator is compared with; an empty cell says nothing, and only the coordinator may change it."""
        line = Line(indicator)
        for name in COMPARED:
            text, now = given.get(name, ""), tidy(self._shown(name, line))
            if not text or text == now:
                continue
            value = self._number(row, _VALUE, name, text) if name == "comparator" else text
            if value is None or value == getattr(indicator, name):
                continue
            said = self.compared.setdefault((indicator.pk, name), str(value))
            if part is not None or said != str(value):
                self._wrong(row, name, _("Another row says something else of this indicator, or it is only a part."))
            elif not self.may_compare:
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
        return next(column for column in TABLE.columns() if column.name == name)

    def _shown(self, name, line):
        return self._column(name).show(line, self.known)

    def _wrong(self, row, name, text):
        row["errors"].append({"column": self._column(name).heading, "text": text})

    def _differs(self, row, name, before, after):
        column = self._column(name)
        row["differences"].append({"label": str(column.label), "language": column.language, "is_text": False,
                                   "language_name": column.language, "before": before, "after": after})  # fmt: skip


def _changes_figure(row):
    return bool({"value", "numerator", "denominator"} & set(row["values"]))


def _fits(value):
    return abs(value) < Decimal(10) ** 10


def _key_of(part):
    [value] = [v for v in (part.sex, part.term_id, part.settlement_id) if v] or [""]
    return part.by, str(value)


def _ways():
    """{word as it is compared: By}, in all languages, and the name in the code."""
    found = {key(way.value): way for way in By}
    for code in languages.CODES:
        with override(code):
            found |= {key(str(way.label)): way for way in By}
    return found


def _sexes():
    found = {key(sex.value): sex.value for sex in IndicatorPart.Sex}
    for code in languages.CODES:
        with override(code):
            found |= {key(str(sex.label)): sex.value for sex in IndicatorPart.Sex}
    return found


# ---- saving ---------------------------------------------------------------------------------------
def save(found, record):
    """Writes all rows in a fixed number of queries; the figures wait for approval, entered by who brought them.

    Raises StaleObject where a figure or an indicator is no longer as the preview saw it.
    """
    try:
        with transaction.atomic():
            touched = _save_figures([row for row in found if "measured_on" in row["values"]], record.by)
            _save_compared([row for row in found if "of" in row["values"]])
    except IntegrityError as error:
        raise StaleObject(IndicatorValue) from error
    if touched:
        mails.values_submitted(record.group, record.by, len(touched), record.pk)
    return ["created" if row["state"] == NEW else "changed" for row in found]


def _save_figures(found, by):
    """→ numbers of the figures that changed."""
    figures = _held(found)
    new = []
    for row in found:
        values = row["values"]
        about = values["indicator"], values["measured_on"]
        if "by" not in values and row["pk"] is None:
            figure = IndicatorValue(indicator_id=about[0], measured_on=about[1])
            figures[about] = figure
            new.append(figure)
        if "by" not in values:
            for name in ("value", "numerator", "denominator"):
                if name in values:
                    setattr(figures[about], name, values[name])
    changed = [figure for figure in figures.values() if figure.pk]
    for figure in figures.values():
        figure.state, figure.entered_by, figure.note = IndicatorValue.State.SUBMITTED, by, ""
    for figure in changed:
        figure.version += 1
    IndicatorValue.objects.bulk_update(
        changed, ["value", "numerator", "denominator", "state", "entered_by", "note", "version"]
    )
    IndicatorValue.objects.bulk_create(new)
    _save_parts([row["values"] for row in found if "by" in row["values"]], figures)
    return [figure.pk for figure in figures.values()]


def _held(found):
    """{(indicator, day): figure} of those that are there, held to the end of the transaction."""
    wanted = {row["pk"]: row["version"] for row in found if row["pk"] is not None}
    rows_ = IndicatorValue.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    held = {figure.pk: figure for figure in rows_}
    for pk, version in wanted.items():
        if pk not in held or held[pk].version != version or held[pk].state == IndicatorValue.State.APPROVED:
            raise StaleObject(IndicatorValue, pk)
    return {(figure.indicator_id, figure.measured_on.isoformat()): figure for figure in held.values()}


_PLACE = {By.SEX: "sex", By.AGE: "term_id", By.GROUP: "term_id", By.SETTLEMENT: "settlement_id"}
_ORDER = list(By)


def _save_parts(found, figures):
    of = [figure.pk for figure in figures.values()]
    there = {(part.figure_id, *_key_of(part)): part
             for part in IndicatorPart.objects.filter(figure__in=of).select_related("term")}  # fmt: skip
    gone, changed, new = [], [], []
    for values in found:
        figure = figures[values["indicator"], values["measured_on"]]
        part = there.get((figure.pk, values["by"], values["key"]))
        if values["value"] is None:
            gone += [part.pk] if part else []
        elif part:
            part.value = values["value"]
            changed.append(part)
        else:
            place = {_PLACE[By(values["by"])]: values["key"]}
            facts = {"indicator_id": values["indicator"], "figure": figure, "value": values["value"]}
            new.append(IndicatorPart(**facts, **place, order=_ORDER.index(By(values["by"])) * 1000 + len(new) % 1000))
    IndicatorPart.objects.filter(pk__in=gone).delete()
    IndicatorPart.objects.bulk_update(changed, ["value"])
    IndicatorPart.objects.bulk_create(new)


def _save_compared(found):
    wanted = {row["values"]["of"]: row["values"]["of_version"] for row in found}
    rows_ = Indicator.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    held = {indicator.pk: indicator for indicator in rows_}
    before = {pk: translation_states.texts_of(indicator, ["comparator_name"]) for pk, indicator in held.items()}
    for pk, version in wanted.items():
        if pk not in held or held[pk].version != version:
            raise StaleObject(Indicator, pk)
        held[pk].version += 1
    for row in found:
        for name in COMPARED:
            if name in row["values"]:
                setattr(held[row["values"]["of"]], name, row["values"][name])
    Indicator.objects.bulk_update(held.values(), [*COMPARED, "version"])
    after = [(i, before[i.pk], translation_states.texts_of(i, ["comparator_name"])) for i in held.values()]
    translation_states.note_all(after)


register(Import.Kind.FIGURES, Kind(groups_with_figures, preview, rows, template, save, of_group=True))
