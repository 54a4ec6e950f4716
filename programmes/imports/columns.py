"""The columns of a table: what each shows of a record, and how a cell is read."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext_lazy

from portal import languages

from ..content import plain
from .known import key

NUMBER = "number"
_YES = {"1", "x", "yes", "true", "da", "ja", "y"}
_NO = {"", "0", "no", "false", "ne", "nej", "nei", "nein", "n"}


@dataclass(frozen=True)
class Column:
    """`name` is the English one that every file may use. `show(record, known)` → text of a cell.

    `read(text, known, record, row)` → {what it changes: value}, or a ValidationError; None where a table only shows.
    `row` is what the row has said so far. `value(record)` gives what `read` would for the record as it is.
    """

    name: str
    label: Any
    show: Callable
    read: Callable | None = None
    language: str | None = None

    @property
    def heading(self):
        """As people read it: "Title (sl)"."""
        label = capfirst(str(self.label))
        return f"{label} ({self.language})" if self.language else label

    def headings(self):
        """All that stands for this column in a file, as it is compared."""
        found = {key(self.name)}
        for code in languages.CODES:
            with override(code):
                found.add(key(self.heading))
        return found


def of_field(model, name, **more):
    """The column of a plain field, or of one language of a text."""
    field = model._meta.get_field(name)
    code = name.rpartition("_")[2]
    translated = getattr(field, "translated_field", None)
    label = translated.verbose_name if translated is not None else field.verbose_name
    language = code if translated is not None else None

    def show(record, known):
        return _said(getattr(record, name))

    def read(text, known, record, row):
        return {name: plain(field, _value(field, text))}

    return Column(name, more.pop("label", label), show, read, language, **more)


def _said(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def yes_or_no(text):
    """True or False. Raises ValidationError on another word."""
    word = key(text)
    if word in _YES or word in _NO:
        return word in _YES
    raise ValidationError(_("Write yes or no."))


def _value(field, text):
    """What a cell means for a field. Raises ValidationError as the form would."""
    if isinstance(field, models.BooleanField):
        return yes_or_no(text)
    if text == "" and not isinstance(field, models.CharField | models.TextField):
        if not field.null:
            raise ValidationError(field.error_messages["null"])
        return None
    if isinstance(field, models.FloatField):
        text = text.replace(",", ".")
        if not re.fullmatch(r"-?\d+(\.\d+)?", text) or not math.isfinite(float(text)):
            raise ValidationError(_("Write a number, for example 46.05."))
    if isinstance(field, models.IntegerField) and not re.fullmatch(r"\d{1,9}", text):
        raise ValidationError(_("Write a whole number."))
    return field.clean(text, None)


def number():
    """The number by which a row is known; a new row has none."""
    return read_only(NUMBER, pgettext_lazy("of a record", "number"), lambda record, known: str(record.pk))


def read_only(name, label, show):
    return Column(name, label, show)
