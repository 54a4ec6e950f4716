"""Decisions: what was resolved, who sees to it, and what came of it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import groups_of
from portal import languages
from portal.record_form import RecordForm

from ..models import Decision
from .meetings import partners_of

FROZEN = _("These words stand in minutes that were approved.")


class DecisionForm(RecordForm):
    """For coordinators. The words of a decision in approved minutes are only shown."""

    TRANSLATED = ("text", "result")
    LONG = ("text", "result")

    class Meta:
        model = Decision
        fields = [*languages.columns("text"), "responsible", "due_on", *languages.columns("result")]

    def __init__(self, data=None, files=None, *, instance=None):
        super().__init__(data, files, instance=instance)
        partners = partners_of(self.instance.group, kept=self.instance.responsible_id)
        self.fields["responsible"].queryset = partners
        if self.instance.is_text_frozen:
            for column in languages.columns("text"):
                self.fields[column].disabled, self.fields[column].help_text = True, FROZEN


class ProposalForm(RecordForm):
    """A decision that a member proposes; it comes up at the next meeting."""

    TRANSLATED = ("text",)
    LONG = ("text",)

    class Meta:
        model = Decision
        fields = ["group", *languages.columns("text"), "responsible", "due_on"]

    def __init__(self, data=None, files=None, *, instance=None, user, initial=None):
        super().__init__(data, files, instance=instance, initial=initial)
        self._about = {"user": user}
        groups = groups_of(user)
        self.fields["group"].queryset = groups
        self.fields["group"].empty_label = None
        if len(groups) == 1:
            self.fields["group"].widget = forms.HiddenInput()
        self.fields["responsible"].queryset = partners_of(*groups)

    def clean(self):
        cleaned = super().clean()
        group, responsible = cleaned.get("group"), cleaned.get("responsible")
        if group and responsible and not partners_of(group).filter(pk=responsible.pk).exists():
            self.add_error("responsible", _("This organisation is not a member of the group."))
        return cleaned


class MoveForm(forms.Form):
    to = forms.ChoiceField(choices=Decision.State.choices)
    revoked_by = forms.ModelChoiceField(Decision.objects.none(), required=False, label=_("revoked by"))

    def __init__(self, data=None, *, decision):
        super().__init__(data)
        others = Decision.objects.filter(group=decision.group, number__isnull=False).exclude(pk=decision.pk)
        self.fields["revoked_by"].queryset = others  # type: ignore[attr-defined]
