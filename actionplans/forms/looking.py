"""The plan of evaluation of a strategy, and what was published about it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import languages
from portal.record_form import RecordForm

from ..models import EvaluationQuestion, Finding, Indicator, Measure


class EvaluationQuestionForm(RecordForm):
    TRANSLATED = ("question", "looked_at_by")

    class Meta:
        model = EvaluationQuestion
        fields = [*languages.columns("question", "looked_at_by"), "due_on", "indicators", "done_on"]
        widgets = {"indicators": forms.CheckboxSelectMultiple}

    def prepare(self, strategy):
        self.fields["indicators"].queryset = Indicator.objects.filter(group=strategy.group_id)
        self.fields["indicators"].required = False

    def clean(self):
        """Who looks at it is said in one language at least, as the question is."""
        cleaned = super().clean()
        if not any(cleaned.get(name) for name in languages.columns("looked_at_by")):
            first = f"looked_at_by_{languages.active()}"
            if first not in self.errors:
                self.add_error(first, self.fields[first].default_error_messages["required"])
        return cleaned


class FindingForm(RecordForm):
    TRANSLATED = ("title", "says")
    url = forms.URLField(label=_("link"), required=False, max_length=300, assume_scheme="https")

    class Meta:
        model = Finding
        fields = [*languages.columns("title", "says"), "by", "year", "url", "measure"]

    def prepare(self, strategy):
        self.fields["measure"].queryset = Measure.objects.filter(plan__strategy=strategy)

    def clean(self):
        cleaned = super().clean()
        if not any(cleaned.get(name) for name in languages.columns("says")):
            first = f"says_{languages.active()}"
            if first not in self.errors:
                self.add_error(first, self.fields[first].default_error_messages["required"])
        return cleaned
