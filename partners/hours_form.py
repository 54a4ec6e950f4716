"""The form of a place's week: each day some intervals, "by appointment", or both. It works without script."""

from datetime import time
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import dates, languages
from portal.record_form import RecordForm
from portal.stale import StaleObject

from .models import Location, OpeningHours
from .models.locations import Weekday

MOST = 6  # intervals of one day
AT_LEAST = 2  # rows that are shown
APPOINTMENT = (None, None)  # an interval without times: one comes by appointment


class DayWidget(forms.Widget):
    """Rows of two times and a tick. What was typed comes as [[opens, closes]], the tick as two empty ones."""

    template_name = "partners/day_widget.html"
    use_fieldset = True

    def value_from_datadict(self, data, files, name):
        rows = [[data.get(f"{name}_{n}_{end}", "").strip() for end in ("opens", "closes")] for n in range(MOST)]
        return [row for row in rows if any(row)] + ([["", ""]] if data.get(f"{name}_appointment") else [])

    def value_omitted_from_data(self, data, files, name):
        return False

    def id_for_label(self, id_, index=None):
        return f"{id_}_0_opens"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        rows = [[_typed(end) for end in row] for row in value or () if any(row)]
        room = min(MOST, max(AT_LEAST, len(rows) + 1))
        context["widget"] |= {
            "rows": rows + [["", ""]] * (room - len(rows)),
            "appointment": any(not any(row) for row in value or ()),
        }
        return context


def _typed(value):
    return value if isinstance(value, str) else value.strftime("%H:%M")


class DayField(forms.Field):
    """→ [(opens, closes)] in order, APPOINTMENT last."""

    widget = DayWidget

    def __init__(self, label):
        super().__init__(label=label, required=False)

    def to_python(self, value):
        rows = [self._interval(*row) for row in value or () if any(row)]
        rows.sort()
        for first, second in pairwise(rows):
            if second[0] < first[1]:
                raise ValidationError(
                    gettext("%(first)s and %(second)s overlap. Make them one, or change a time."),
                    params={"first": _span(*first), "second": _span(*second)},
                )
        return [*rows, *([APPOINTMENT] if any(not any(row) for row in value or ()) else [])]

    def _interval(self, opens, closes):
        if not opens or not closes:
            raise ValidationError(gettext("Give both times, or leave both empty."))
        field = forms.TimeField(error_messages={"invalid": gettext("Write times like 8:30 or 16:00.")})
        opens, closes = field.clean(opens), field.clean(closes)
        if closes <= opens:
            raise ValidationError(
                gettext("It cannot close at %(closes)s when it opens at %(opens)s."),
                params={"opens": _span(opens), "closes": _span(closes)},
            )
        return opens.replace(second=0, microsecond=0), closes.replace(second=0, microsecond=0)

    def said(self, value):
        """ "8.00–12.00, by appointment"."""
        rows = [[time.fromisoformat(end) if isinstance(end, str) and end else end for end in row] for row in value]
        return ", ".join(_span(*row) if any(row) else gettext("by appointment") for row in rows)


def _span(opens, closes=None):
    return dates.span(opens, closes, languages.active(), bare=True)


class HoursForm(RecordForm):
    """The week of a place. Only the days that this person changed are written, while they are what they were."""

    day_0 = DayField(Weekday.MONDAY.label)
    day_1 = DayField(Weekday.TUESDAY.label)
    day_2 = DayField(Weekday.WEDNESDAY.label)
    day_3 = DayField(Weekday.THURSDAY.label)
    day_4 = DayField(Weekday.FRIDAY.label)
    day_5 = DayField(Weekday.SATURDAY.label)
    day_6 = DayField(Weekday.SUNDAY.label)
    like_monday = forms.BooleanField(
        label=_("Tuesday to Friday as on Monday"), required=False,
        help_text=_("What stands there for these days is replaced when you save."),
    )  # fmt: skip

    class Meta:
        model = Location
        fields: list[str] = []

    def __init__(self, data=None, files=None, *, instance, **more):
        super().__init__(data, files, instance=instance, **more)
        self.order_fields(["day_0", "like_monday"])

    @property
    def is_draft(self):
        """No day is called optional: an empty one says that the place is closed."""
        return True

    def get_initial_for_field(self, field, field_name):
        if field_name.startswith("day_") and field_name not in self.initial:
            return _saved(self.instance, int(field_name[4:]))
        return super().get_initial_for_field(field, field_name)

    def clean(self):
        given = super().clean()
        if given.get("like_monday") and "day_0" in given:
            for number in range(1, 5):
                given[f"day_{number}"] = given["day_0"]
                self.errors.pop(f"day_{number}", None)
        return given

    def days(self):
        """{weekday: [(opens, closes)]} as typed where that is valid, else as saved."""
        typed: Any = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else {}
        return {n: typed.get(f"day_{n}", _saved(self.instance, n)) for n in Weekday.values}

    def as_typed(self):
        """(weekly, days by appointment): what partners.hours reads."""
        rows = [(n, *row) for n, day in self.days().items() for row in day]
        return [row for row in rows if row[1]], [n for n, opens, _closes in rows if opens is None]

    def saved(self, record):
        fresh = Location.objects.with_hours().get(pk=record.pk)
        appointments = set(fresh.appointment_days)
        for name in self.changes():
            if not name.startswith("day_"):
                continue
            number = int(name[4:])
            if not self.is_as_opened(name, _saved(fresh, number)):
                raise StaleObject(record)  # somebody wrote the hours without telling the place
            self._put(record, number, [row for row in self.cleaned_data[name] if any(row)])
            is_by_appointment = APPOINTMENT in self.cleaned_data[name]
            appointments = appointments | {number} if is_by_appointment else appointments - {number}
        if sorted(appointments) != fresh.appointment_days:
            Location.objects.filter(pk=record.pk).update(appointment_days=sorted(appointments))

    def _put(self, record, number, rows):
        """Makes the day's rows these; a row that stands already is left alone, so the history says what changed."""
        now = OpeningHours.objects.filter(location=record, weekday=number)
        there = {(row.opens, row.closes): row.pk for row in now}
        now.filter(pk__in=[pk for interval, pk in there.items() if interval not in rows]).delete()
        for opens, closes in rows:
            if (opens, closes) not in there:
                OpeningHours.objects.create(location=record, weekday=number, opens=opens, closes=closes)


def _saved(place, number):
    rows = [(row.opens, row.closes) for row in place.hours.all() if row.weekday == number]
    return [*rows, *([APPOINTMENT] if number in place.appointment_days else [])]
