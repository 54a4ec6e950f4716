"""Where else a measure runs, and what it wants to reach in a year."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import languages
from portal.record_form import RecordForm

from .. import sharing
from ..models import YearlyStep

REASON = _("Needed where the plan is approved already: the sentence stands on its page, with today’s date.")


class PlaceForm(forms.Form):
    """Another plan, and the objective it serves there; within one strategy that is its own."""

    place = forms.ChoiceField(label=_("In which plan, and for which objective?"))
    reason = forms.CharField(
        label=_("Which measure, and why?"), required=False, max_length=500, help_text=REASON,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip

    def __init__(self, data=None, *, measure, plans):
        super().__init__(data)
        self._plans, own, choices = {}, measure.objective, []
        for plan in plans:
            is_own = plan.strategy_id == own.strategy_id
            objectives = [own] if is_own else list(plan.strategy.objectives.all())
            rows = [(f"{plan.pk}-{objective.pk}", f"{objective.number}. {objective}") for objective in objectives]
            self._plans |= {
                value: (plan, None if is_own else objective)
                for (value, _label), objective in zip(rows, objectives, strict=True)
            }
            choices.append((_of_plan(plan), rows))
        self.fields["place"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]

    def chosen(self):
        """(plan, objective or None where it is the measure's own)"""
        return self._plans[self.cleaned_data["place"]]


def _of_plan(plan):
    """ "Together for health: 2027 (draft)" """
    words = {"strategy": plan.strategy, "plan": plan, "status": plan.get_status_display()}
    return gettext("%(strategy)s: %(plan)s (%(status)s)") % words


class ReasonForm(forms.Form):
    """Why something changes; `is_due`: a plan it concerns is approved, so it cannot be left out."""

    reason = forms.CharField(
        label=_("Which measure, and why?"), required=False, max_length=500, help_text=REASON,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip

    def __init__(self, data=None, *, is_due):
        super().__init__(data)
        self.fields["reason"].required = is_due
        self.fields["reason"].error_messages["required"] = sharing.WHY_FROZEN


class YearlyStepForm(RecordForm):
    TRANSLATED = ("aim", "result")

    class Meta:
        model = YearlyStep
        fields = ["year", *languages.columns("aim"), "is_done", *languages.columns("result")]

    def clean_year(self):
        """Within the years of the measure, where it has a first and a last day."""
        year, measure = self.cleaned_data["year"], self.instance.measure
        first, last = measure.starts_on, measure.ends_on
        if (first and year < first.year) or (last and year > last.year):
            words = {"first": first.year if first else "…", "last": last.year if last else "…"}
            raise forms.ValidationError(_("The measure runs from %(first)s to %(last)s.") % words)
        return year

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - {"measure"}  # type: ignore[misc]
