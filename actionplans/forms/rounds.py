"""A reporting round, and what an organisation answers to one of its rows."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import languages
from portal.days import DayField
from portal.record_form import RecordForm

from ..models import Answer, Indicator, Round
from .indicators import day_of_figure


class RoundForm(RecordForm):
    TRANSLATED = ("title",)

    class Meta:
        model = Round
        fields = [*languages.columns("title"), "starts_on", "ends_on", "due_on"]

    def clean_due_on(self):
        day = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Give them a day that has not passed."))
        return day


class AnswerForm(forms.Form):
    """One row: a measure or an indicator. Empty as long as nothing is chosen, so that a page can be saved in parts."""

    kind = forms.ChoiceField(
        label=_("answer"), required=False, choices=[("", _("not yet")), *Answer.Kind.choices],
    )  # fmt: skip
    text = forms.CharField(
        label=_("in a sentence"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )
    reached = forms.IntegerField(label=_("people reached"), required=False, min_value=0, max_value=10_000_000)

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        if kind and kind != Answer.Kind.NO_CHANGE and not cleaned.get("text"):
            self.add_error("text", _("Write a sentence."))
        if not kind and cleaned.get("text"):
            self.add_error("kind", _("Choose what your sentence means."))
        return cleaned


class FigureForm(forms.Form):
    """One row: an indicator's figure of the round."""

    kind = forms.ChoiceField(
        label=_("answer"), required=False,
        choices=[("", _("not yet")), *((k.value, k.label) for k in Answer.Kind if k != Answer.Kind.HAND_OVER)],
    )  # fmt: skip
    value = forms.DecimalField(label=_("figure"), required=False, max_digits=12, decimal_places=2)
    measured_on = DayField(label=_("measured on"), required=False)
    text = forms.CharField(
        label=_("in a sentence"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args, indicator, answered=None, **kwargs):
        """`answered` is the Answer the round has already: its figure is not asked for again."""
        super().__init__(*args, **kwargs)
        self._indicator = indicator
        self._has_figure = answered is not None and answered.kind == Answer.Kind.UPDATE

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        self._check_day(cleaned)
        self._check_parts(cleaned)
        if cleaned.get("kind") == Answer.Kind.UPDATE:
            if cleaned.get("value") is None and "value" not in self.errors and not self._has_figure:
                self.add_error("value", _("Write the figure."))
            if not cleaned.get("measured_on") and "measured_on" not in self.errors:
                self.add_error("measured_on", _("Say on which day it was measured."))
        if cleaned.get("kind") == Answer.Kind.NEED_HELP and not cleaned.get("text"):
            self.add_error("text", _("Write a sentence."))
        if cleaned.get("value") is not None and not cleaned.get("kind"):
            self.add_error("kind", _("Choose what your figure means."))
        return cleaned

    def _check_day(self, cleaned):
        """The day counts with its figure only: one that was filled in before anybody typed holds no other row up."""
        if cleaned.get("value") is None or not cleaned.get("measured_on"):
            return
        try:
            day_of_figure(cleaned["measured_on"], self._indicator.group_id)
        except forms.ValidationError as error:
            self.add_error("measured_on", error)

    def _check_parts(self, cleaned):
        """A count is no less than its parts, which stand on the figure's own page."""
        value, day = cleaned.get("value"), cleaned.get("measured_on")
        known = next((v for v in self._indicator.values.all() if v.measured_on == day), None)
        if value is not None and known and self._indicator.unit == Indicator.Unit.COUNT and known.least > value:
            self.add_error("value", _("Its parts are more than that. Change them first, under Figures."))
