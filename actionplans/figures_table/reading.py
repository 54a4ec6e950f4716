"""What the cells of a table of figures mean: which indicator, which part of a figure, which day, which number."""

import calendar
import re
from collections import defaultdict
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal import languages
from portal.days import DayField
from programmes.imports.columns import NUMBER
from programmes.imports.known import Known, key, names

from ..forms.indicators import cells
from ..models import IndicatorPart
from .columns import By

VALUE: Any = forms.DecimalField(max_digits=12, decimal_places=2)
WHOLE: Any = forms.IntegerField(min_value=0, max_value=2_147_483_647)
_DAY: Any = DayField()
_PERIOD = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)


class Wrong(Exception):
    """What a cell says cannot be meant: the name of its `column`, and `words` for who wrote it."""

    def __init__(self, column, words):
        super().__init__(words)
        self.column, self.words = column, words


class Reading:
    """`groups` are [Group], `indicators` {number: Indicator} of theirs that may be meant, and `used` the numbers of
    terms their parts have already.

    Every method raises Wrong.
    """

    def __init__(self, user, groups, indicators, used):
        self.known, self.indicators = Known(user), indicators
        self.by_name = defaultdict(set)
        for indicator in indicators.values():
            for name in {*names(indicator, "name"), key(indicator.slug), key(indicator.shared_code)} - {""}:
                self.by_name[indicator.group_id, name].add(indicator.pk)
        self.cells = {
            group.pk: {(cell.by, str(cell.value)): cell for cell in found}
            for group, found in cells(groups, used).items()
        }
        self.ways = _ways()
        self.groups = defaultdict(set)
        for group in groups:
            places = group.municipalities.all()
            called = [names(group, "name"), *(names(place, "name") for place in places)]
            for name in {key(group.slug), *(key(place.code) for place in places)}.union(*called):
                self.groups[name].add(group.pk)

    def group(self, given):
        """The number of the group a row of several groups' figures is about: by its name, or a municipality of it."""
        name = given.get("group", "")
        numbers = self.groups.get(key(name), ()) if name else ()
        if len(numbers) == 1:
            return next(iter(numbers))
        if not name and given.get(NUMBER, ""):
            return self._numbered(given[NUMBER]).group_id
        sentence = (
            _("Several groups are called “%(name)s”, or work there; write the name of the one you mean.") if numbers
            else _("There is no group “%(name)s” among those of your region, and none that works there.")
        )  # fmt: skip
        raise Wrong("group", sentence % {"name": name[:100]} if name else _("This must be given."))

    def indicator(self, given, group):
        """`group`: the number of the one whose indicator is meant."""
        text, name = given.get(NUMBER, ""), given.get("indicator", "")
        if text:
            found = self._numbered(text)
            if found.group_id != group:
                raise Wrong("group", _("The indicator with this number is of another group."))
            return found
        numbers = self.by_name.get((group, key(name)), ()) if name else ()
        if len(numbers) == 1:
            return self.indicators[next(iter(numbers))]
        sentence = (
            _("Several indicators are called “%(name)s”; write the number of the one you mean.") if numbers
            else _("There is no indicator “%(name)s” among those of this group.")
        )  # fmt: skip
        raise Wrong("indicator", sentence % {"name": name[:100]} if name else _("This must be given."))

    def _numbered(self, text):
        found = self.indicators.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 18 else None
        if found is None:
            sentence = _("There is none with the number %(number)s that you may edit.")
            raise Wrong(NUMBER, sentence % {"number": text[:20]})
        return found

    def part(self, given, group):
        """(by, key) of the part a row of the group is about; None where it is the whole figure."""
        by, whom = given.get("by", ""), given.get("for_whom", "")
        if not by and not whom:
            return None
        kind = self.ways.get(key(by))
        if kind is None:
            ways = ", ".join(str(way.label) for way in By)
            raise Wrong("by", _("Write what it is a part by: %(ways)s.") % {"ways": ways})
        try:
            return self._whom(kind, whom, self.cells[group])
        except ValidationError as error:
            raise Wrong("for_whom", " ".join(error.messages)) from error

    def _whom(self, kind, text, cells_):
        if not text:
            raise ValidationError(_("This must be given."))
        if kind == By.SEX:
            value = _sexes().get(key(text))
        elif kind == By.SETTLEMENT:
            places = [cell.value for cell in cells_.values() if cell.by == kind and key(cell.words) == key(text)]
            value = places[0] if len(places) == 1 else self.known.read_settlement(text)
        else:
            vocabulary = IndicatorPart.VOCABULARIES[kind]
            used = [value for by, value in cells_ if by == kind]
            numbers = self.known.read_terms(vocabulary, text, [int(number_) for number_ in used])
            value = numbers[0] if len(numbers) == 1 else None
        if value is None or (kind, str(value)) not in cells_:
            raise ValidationError(_("The figures of this group have no part “%(name)s”.") % {"name": text[:100]})
        return kind, str(value)

    def day(self, text):
        """Of a month or a year its last day."""
        if not text:
            raise Wrong("measured_on", _("This must be given."))
        try:
            if match := _PERIOD.fullmatch(text):
                year, month = int(match[1]), int(match[2] or 12)
                return date(year, month, calendar.monthrange(year, month)[1])
            return _DAY.clean(text)
        except (ValidationError, ValueError, calendar.IllegalMonthError) as error:
            words = _("Write a day, for example 2025-12-31, a month or a year.")
            raise Wrong("measured_on", words) from error

    def number(self, field, column, text):
        """As `field` reads it, VALUE or WHOLE; None of an empty cell."""
        try:
            return None if text == "" else field.clean(text.replace(",", "."))
        except ValidationError as error:
            words = _("Write a whole number.") if field is WHOLE else _(
                "Write a number with at most two decimals, for example 12.5.")  # fmt: skip
            raise Wrong(column, words) from error


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
