"""The rule of a schedule where it stands as it is kept: RFC 5545, or a sentence that says the same."""

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..sentences import read
from ..sentences.reading import LONGEST

BESIDE = ("starts_at", "ends_at", "valid_from", "valid_to")


class RuleForm(forms.ModelForm):
    """A sentence fills in the rule, and the times and days that it names, whatever stands in their fields."""

    rule = forms.CharField(
        label=capfirst(_("rule")),
        max_length=LONGEST,
        required=False,
        widget=AdminTextInputWidget,
        help_text=_(
            "In one sentence: every second Thursday 16:30–18:00 until June. Or as RFC 5545: FREQ=WEEKLY;BYDAY=TU,TH."
            " Empty: by arrangement."
        ),
    )
    _reading = None

    def clean_rule(self):
        """Raises ValidationError with the words that were not understood."""
        text = self.cleaned_data["rule"]
        if not text or "=" in text:
            return text  # the model says whether it is a rule
        found = read(text)
        if found.unread:
            raise ValidationError(gettext("Not understood: %(words)s.") % {"words": ", ".join(found.unread)})
        if not found.is_understood:
            raise ValidationError(gettext("How often it takes place was not understood."))
        self._reading = found
        return found.rule

    def clean(self):
        given = super().clean() or self.cleaned_data
        if found := self._reading:
            given |= {name: getattr(found, name) for name in BESIDE if getattr(found, name)}
            given["exceptions"] = sorted({*(given.get("exceptions") or ()), *found.exceptions})
            given["runs_on_holidays"] = found.runs_on_holidays or given.get("runs_on_holidays", False)
        return given
