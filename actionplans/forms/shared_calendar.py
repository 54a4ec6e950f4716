"""What the address of the shared calendar says: which month or week, and what it is narrowed to."""

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation, Settlement
from portal import languages
from portal.models import Term

NAMES = ("organisation", "topic", "whom", "settlement")


class Named(forms.ModelChoiceField):
    """Records by their name in the reader's language, A–Z; what is not among them is left aside."""

    def fill(self, queryset):
        self.queryset = queryset
        rows = sorted(queryset, key=lambda one: (languages.sort_key(str(one)), one.pk))
        self.known = {str(one.pk): one for one in rows}
        self.choices = [("", self.empty_label), *((one.pk, str(one)) for one in rows)]

    def clean(self, value):
        return self.known.get(str(value or ""))


class CalendarForm(forms.Form):
    """Always valid: nonsense in an address is as if it did not stand there."""

    organisation = Named(Organisation.objects.none(), label=_("organisation"), empty_label=_("all"), required=False)
    topic = Named(Term.objects.none(), label=_("topic"), empty_label=_("all"), required=False)
    whom = Named(Term.objects.none(), label=_("target group"), empty_label=_("all"), required=False)
    settlement = Named(Settlement.objects.none(), label=_("settlement"), empty_label=_("all"), required=False)

    def __init__(self, data, *, choices):
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        for name, queryset in choices.items():
            fields[name].fill(queryset)
        self.is_valid()

    @property
    def chosen(self):
        """{name: record} of what the calendar is narrowed to."""
        return {name: self.cleaned_data[name] for name in NAMES if self.cleaned_data.get(name)}


def week_of(text):
    """`2026-W48` → its Monday; anything else → None."""
    match = re.fullmatch(r"(20\d\d)-W(\d\d)", text or "", re.ASCII)
    try:
        return date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        return None


def month_of(text):
    """`2026-11` → its first day; anything else → None."""
    match = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text or "", re.ASCII)
    return date(int(match[1]), int(match[2]), 1) if match else None


def week_name(day):
    year, week, _day = day.isocalendar()
    return f"{year}-W{week:02}"


def month_name(day):
    return f"{day:%Y-%m}"


def month_end(first):
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
