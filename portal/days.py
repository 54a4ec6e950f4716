"""A day that somebody types: with a year that can be meant."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

YEARS = range(1900, 2200)


def refuse_odd_year(day):
    """Validator. A browser's field for dates makes the year 26 of "26", and takes 9999 for "always"."""
    if day.year not in YEARS:
        raise ValidationError(_("Write the year with four digits, for example 2026."))


class DayField(forms.DateField):
    """A field for a date as the browser offers it."""

    default_validators = [refuse_odd_year]

    def __init__(self, **kwargs):
        super().__init__(**{"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")} | kwargs)


def read(text):
    """The day of "2026-11-29"; None for anything else."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and day.year in YEARS else None
