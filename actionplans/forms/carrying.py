"""Which measures of earlier plans go on in a new one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .. import carrying


class CarryForm(forms.Form):
    """The measures that may go on; those that still run are ticked."""

    measures = forms.ModelMultipleChoiceField(
        queryset=None,
        label=_("Which measures go on?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Texts, programmes, figures and barriers come along; the partners are asked again."),
        error_messages={"required": _("Choose at least one measure.")},
    )

    def __init__(self, data=None, *, plan):
        super().__init__(data)
        field: forms.ModelMultipleChoiceField = self.fields["measures"]  # type: ignore[assignment]
        field.queryset = carrying.left_for(plan)
        field.label_from_instance = _said  # type: ignore[method-assign]
        field.initial = [measure.pk for measure in field.queryset if not measure.is_over]


def _said(measure):
    """ "Walks · in progress · keep it as it is · 2026" """
    verdict = next(iter(measure.evaluations.all()), None)
    words = [measure, measure.get_phase_display(), verdict and verdict.get_verdict_display(), measure.plan]
    return " · ".join(str(word) for word in words if word)
