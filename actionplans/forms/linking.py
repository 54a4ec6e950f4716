"""For which measure of the plan a programme is."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import languages


class LinkForm(forms.Form):
    """A measure: of those in `at_once` (numbers) the programme is part as soon as this is sent, others are asked."""

    measure = forms.ChoiceField(label=_("To which measure does it belong?"))
    why = forms.CharField(
        label=_("Why does it belong there?"), required=False, max_length=300,
        widget=forms.Textarea({"rows": 2}), help_text=_("For those who answer for the measure. It may stay empty."),
    )  # fmt: skip

    def __init__(self, data=None, *, measures, at_once):
        super().__init__(data)
        rows = sorted(measures, key=lambda one: languages.sort_key(str(one)))
        self._measures = {str(one.pk): one for one in rows}
        self._at_once = at_once
        now = [_choice(one) for one in rows if one.pk in at_once]
        asked = [_choice(one) for one in rows if one.pk not in at_once]
        choices: list[Any] = [("", "—")]
        choices += [(_("Linked at once: you work on these measures"), now)] if now else []
        choices += [(_("Suggested: whoever answers for these measures decides"), asked)] if asked else []
        self.fields["measure"].choices = choices  # type: ignore[attr-defined]

    def chosen(self):
        """(measure, True when it is linked at once)"""
        measure = self._measures[self.cleaned_data["measure"]]
        return measure, measure.pk in self._at_once


def _choice(measure):
    words = {"measure": measure, "objective": measure.objective}
    return measure.pk, gettext("%(measure)s (for: %(objective)s)") % words
