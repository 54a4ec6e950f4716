"""A schedule as choices that read as a sentence, and the sentence typed instead of them."""

import re
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from partners.models import Location
from partners.models.locations import OpeningHours
from portal import languages
from portal.dates import month_names
from portal.days import DayField
from portal.models import Term, Vocabulary
from portal.record_form import plain

from ..models import Schedule
from ..recurrence import validate_rule
from ..sentences import rule_of, spelled
from ..sentences.reading import LONGEST

SALT = "programmes.schedule-form"
ORDINALS = [
    (1, pgettext_lazy("weekday of the month", "first")),
    (2, pgettext_lazy("weekday of the month", "second")),
    (3, pgettext_lazy("weekday of the month", "third")),
    (4, pgettext_lazy("weekday of the month", "fourth")),
    (5, pgettext_lazy("weekday of the month", "fifth")),
    (-1, pgettext_lazy("weekday of the month", "last")),
]
FREQUENCIES = [
    ("weekly", _("on weekdays")),
    ("monthly", _("on certain weekdays of the month")),
    ("dates", _("on certain days of the month")),
    ("daily", _("daily")),
    ("once", _("once, on the first day")),
    ("arrangement", _("by arrangement")),
]
AS_IT_IS = ("as_it_is", _("as it is now"))
MOST_DAYS_OFF = 60
OFF = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})")


class SentenceForm(forms.Form):
    sentence = forms.CharField(
        label=_("In one sentence"),
        max_length=LONGEST,
        help_text=_("For example: every second Thursday 16:30–18:00 until June, not on holidays."),
    )


class DaysField(forms.CharField):
    """Days separated by commas or lines, "2026-12-24" or "24. 12. 2026" → [date]."""

    def to_python(self, value):
        text = super().to_python(value) or ""
        rest = re.sub(r"[\s,;]", "", OFF.sub("", text))
        if rest:
            raise ValidationError(gettext("Write the days like this: 24. 12. 2026, 31. 12. 2026."))
        days = {self._day(match) for match in OFF.finditer(text)}
        if len(days) > MOST_DAYS_OFF:
            raise ValidationError(gettext("Those are too many days; at most 60."))
        return sorted(days)

    def _day(self, match):
        year, month, day, d, m, y = match.groups()
        try:
            return date(int(year or y), int(month or m), int(day or d))
        except ValueError as error:
            raise ValidationError(gettext("“%(day)s” is not a day.") % {"day": match[0]}) from error

    def prepare_value(self, value):
        return ", ".join(f"{d.day}. {d.month}. {d.year}" for d in value) if isinstance(value, list) else value


class NumbersField(forms.CharField):
    """Days of the month: "1, 15" → [1, 15]; "-1" is the last."""

    def to_python(self, value):
        text = super().to_python(value) or ""
        numbers = [int(n) for n in re.findall(r"-?\d{1,2}", text)]
        if any(not (1 <= n <= 31 or n == -1) for n in numbers) or re.sub(r"[-\d\s,.]", "", text):
            raise ValidationError(gettext("Write days of the month, for example 1, 15."))
        return numbers

    def prepare_value(self, value):
        return ", ".join(map(str, value)) if isinstance(value, list) else value


def said_now(value):
    """A value as JSON keeps it; nothing is nothing, in whatever way a field says so."""
    return plain(value) or ""


def _time_input():
    return forms.TimeInput({"type": "time"}, format="%H:%M")


class ScheduleForm(forms.ModelForm):
    """One schedule of a programme; `version` is the programme's, for a schedule is a part of what it says.

    `base` carries, signed, what stood in it when it was opened.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    frequency = forms.ChoiceField(
        label=_("How often?"), choices=FREQUENCIES, widget=forms.RadioSelect, initial="weekly"
    )
    interval = forms.IntegerField(
        label=_("Every how many weeks, months or days?"), min_value=1, max_value=12, initial=1, required=False
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which weekdays?"), choices=OpeningHours.Weekday, coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    ordinals = forms.TypedMultipleChoiceField(
        label=_("Which ones of the month?"), choices=ORDINALS, coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    days = NumbersField(
        label=_("On which days of the month?"),
        required=False,
        max_length=100,
        help_text=_("For example 1, 15. The last day is -1."),
    )
    months = forms.TypedMultipleChoiceField(
        label=_("Only in these months"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all year."),
    )  # fmt: skip
    count = forms.IntegerField(label=_("How many times?"), min_value=2, max_value=1000, required=False)
    exceptions = DaysField(
        label=_("Days off"), required=False, max_length=1500, help_text=_("For example 24. 12. 2026, 31. 12. 2026.")
    )
    languages = forms.ModelMultipleChoiceField(
        Term.objects.none(), label=_("Spoken languages"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Schedule
        fields = [
            "starts_at", "ends_at", "valid_from", "valid_to", "runs_on_holidays", "location", "has_interpreter",
            *languages.columns("note"),
        ]  # fmt: skip
        widgets = {"starts_at": _time_input(), "ends_at": _time_input()}
        field_classes = {"valid_from": DayField, "valid_to": DayField}
        labels = {"runs_on_holidays": _("also on public holidays")}

    def __init__(self, data=None, *, instance=None, programme, user, initial=None):
        super().__init__(data, instance=instance, initial={"version": programme.version, **(initial or {})})
        fields: dict[str, Any] = self.fields
        fields["months"].choices = [(n, name) for n, name in enumerate(month_names(languages.active()), 1)]
        used = [instance.location_id] if instance else []
        ours = Location.objects.visible_to(user).values("organisation")
        places = Location.objects.filter(Q(organisation__in=ours, closed_down_on=None) | Q(pk__in=used))
        fields["location"].queryset = places.order_by("organisation_id", "slug")
        fields["location"].empty_label = _("No place, or by arrangement")
        spoken = [term.pk for term in instance.languages.all()] if instance and instance.pk else []
        terms = Term.objects.of(Vocabulary.LANGUAGE).filter(Q(is_active=True) | Q(pk__in=spoken))
        fields["languages"].queryset = terms.order_by("order", "slug")
        for code, name in settings.LANGUAGES:
            fields[f"note_{code}"].label = gettext("In words (%(language)s)") % {"language": name}
            fields[f"note_{code}"].widget.attrs["lang"] = code
        if instance and instance.pk:
            self._from(instance, spoken, initial or {})

    def _from(self, schedule, spoken, initial):
        choices = spelled(schedule.rule)
        if choices is None:
            choices = {"frequency": "as_it_is"}
            frequency: Any = self.fields["frequency"]
            frequency.choices = [AS_IT_IS, *FREQUENCIES]
        given = {**choices, "languages": spoken, "exceptions": list(schedule.exceptions)}
        self.initial.update({name: value for name, value in given.items() if name not in initial})
        self.initial["base"] = signing.dumps({name: said_now(self[name].initial) for name in self._names()}, salt=SALT)

    def _names(self):
        return [name for name in self.fields if name not in ("version", "base")]

    def untouched(self):
        """Names of the fields of a valid form that stand as they were opened; none when that cannot be told."""
        try:
            base = signing.loads(self.data.get("base", ""), salt=SALT)
        except signing.BadSignature:
            return []
        return [name for name in self._names() if base.get(name) == said_now(self.cleaned_data[name])]

    def as_sent(self, names):
        """{name: [text]} of these fields, as a browser would send them of a form as it opens."""
        found = {}
        for name in names:
            value = self[name].value()
            shown = value if isinstance(value, (list, tuple)) else self.fields[name].widget.format_value(value)
            if isinstance(self.fields[name], forms.BooleanField):
                shown = ["on"] if value else []
            several = shown if isinstance(shown, (list, tuple)) else [shown]
            found[name] = [str(one) for one in several if one not in (None, "")]
        return found

    def clean(self):
        given = super().clean() or self.cleaned_data
        frequency = given.get("frequency", "")
        needed = {"weekly": ["weekdays"], "monthly": ["weekdays", "ordinals"], "dates": ["days"]}.get(frequency, [])
        for name in needed:
            if not given.get(name) and name not in self.errors:
                self.add_error(name, gettext("Choose at least one."))
        if frequency not in ("arrangement", ""):
            for name in ("starts_at", "ends_at"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Give the time."))
        if frequency == "arrangement" and not any(given.get(f"note_{code}") for code in languages.CODES):
            self.add_error(f"note_{languages.active()}", gettext("Say in words when it takes place."))
        if frequency == "monthly" and (given.get("interval") or 1) > 1 and given.get("months"):
            self.add_error("months", gettext("Every second month or certain months: choose one of the two."))
        if not self.errors:
            self._set_rule(given)
        return given

    def _set_rule(self, given):
        names = ("frequency", "interval", "weekdays", "ordinals", "days", "months", "count")
        choices = {name: given.get(name) for name in names}
        choices["interval"] = choices["interval"] or 1
        if choices["frequency"] != "as_it_is":
            self.instance.rule = rule_of(**choices)
        self.instance.exceptions = given.get("exceptions") or []
        try:
            validate_rule(self.instance.rule)
        except ValidationError as error:
            self.add_error("frequency", error)
