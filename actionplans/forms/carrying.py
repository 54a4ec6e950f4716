"""Which measures of earlier plans go on in a new one."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import carrying
from ..models import Measure


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
        if data and (words := _gone(plan, data.getlist("measures"))):
            field.error_messages["invalid_choice"] = words.replace("%", "%%")


def _gone(plan, numbers):
    """What became meanwhile of measures that were ticked and can no longer be; "" where nothing did."""
    chosen = [int(number) for number in numbers if number.isdecimal() and len(number) < 15]
    of_group = Measure.objects.filter(plan__strategy__group=plan.strategy.group_id, pk__in=chosen).order_by("pk")
    stopped = [measure for measure in of_group if measure.phase == Measure.Phase.STOPPED]
    if not stopped and not of_group.filter(carried_on__plan=plan).exists():
        return ""
    words = [gettext("“%(measure)s” was stopped meanwhile and does not go on.") % {"measure": one} for one in stopped]
    if of_group.filter(carried_on__plan=plan).exists():
        words.append(gettext("Others stand in the plan already."))
    return " ".join([*words, gettext("What is still ticked goes on when you press once more.")])


def _said(measure):
    """ "Walks · in progress · keep it as it is · 2026" """
    verdict = next(iter(measure.evaluations.all()), None)
    words = [measure, measure.get_phase_display(), verdict and verdict.get_verdict_display(), measure.plan]
    return " · ".join(str(word) for word in words if word)
