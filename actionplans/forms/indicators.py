"""An indicator, and a figure of it."""

from decimal import ROUND_HALF_UP, Decimal

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Membership, Organisation
from portal import languages
from portal.record_form import RecordForm

from ..models import Indicator, IndicatorTarget, IndicatorValue, Round

CENT = Decimal("0.01")


class IndicatorForm(RecordForm):
    """With up to three targets, each a day and a value."""

    TRANSLATED = ("name", "explanation", "source", "comparator_name")
    TARGETS = 3

    class Meta:
        model = Indicator
        fields = [
            *languages.columns("name", "explanation"),
            "kind",
            "unit",
            "better",
            *languages.columns("source"),
            "owner",
            "baseline_on",
            "baseline",
            *languages.columns("comparator_name"),
            "comparator",
        ]

    def prepare(self, group):
        members = Membership.objects.current().filter(group=group)
        self.fields["owner"].queryset = Organisation.objects.filter(pk__in=members.values("organisation"))
        targets = list(self.instance.targets.order_by("due_on")) if self.instance.pk else []
        for number in range(max(self.TARGETS, len(targets))):
            target = targets[number] if number < len(targets) else None
            self.fields[f"target_on_{number}"] = forms.DateField(
                label=_("Target %(number)s: by which day?") % {"number": number + 1}, required=False,
                initial=target and target.due_on,
            )  # fmt: skip
            self.fields[f"target_{number}"] = forms.DecimalField(
                label=_("Target %(number)s: which value?") % {"number": number + 1}, required=False, max_digits=12,
                decimal_places=2, initial=target and target.value,
            )  # fmt: skip

    def _targets(self):
        """{day: value} of what stands in the form."""
        found = {}
        for name in [n for n in self.fields if n.startswith("target_on_")]:
            day, value = self.cleaned_data.get(name), self.cleaned_data.get(name.replace("_on_", "_"))
            if day and value is not None:
                found[day] = value
        return found

    def clean(self):
        cleaned = super().clean()
        for name in [n for n in self.fields if n.startswith("target_on_")]:
            other = name.replace("_on_", "_")
            is_readable = other not in self.errors and name not in self.errors
            if is_readable and (cleaned.get(name) is None) != (cleaned.get(other) is None):
                self.add_error(other, _("A target needs its day and its value."))
        return cleaned

    def saved(self, record):
        wanted = self._targets()
        record.targets.exclude(due_on__in=wanted).delete()
        for day, value in wanted.items():
            IndicatorTarget.objects.update_or_create(indicator=record, due_on=day, defaults={"value": value})


class ValueForm(RecordForm):
    """A figure: a number, or how many out of how many, whose percentage is computed."""

    class Meta:
        model = IndicatorValue
        fields = ["measured_on", "value", "numerator", "denominator"]

    def prepare(self, indicator):
        self._indicator = indicator
        self.instance.indicator = indicator
        self.fields["value"].required = False
        if indicator.unit != Indicator.Unit.PERCENT:
            del self.fields["numerator"], self.fields["denominator"]
            self.fields["value"].required = True
        else:
            self.fields["value"].help_text = _("Only if you do not know the two numbers below.")

    def clean_measured_on(self):
        day = self.cleaned_data["measured_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        locked = Round.objects.filter(
            group=self._indicator.group_id, status=Round.Status.CLOSED, starts_on__lte=day, ends_on__gte=day
        )
        if locked.exists():
            raise forms.ValidationError(
                _("The figures of that time are locked: its reporting round is closed. Ask the coordinator.")
            )
        return day

    def clean(self):
        cleaned = super().clean()
        part, whole = cleaned.get("numerator"), cleaned.get("denominator")
        if part is not None and whole:
            cleaned["value"] = (Decimal(100 * part) / whole).quantize(CENT, ROUND_HALF_UP)
            if part > whole:
                self.add_error("numerator", _("This cannot be more than all of them."))
        elif (part is None) != (not whole):
            self.add_error("denominator", _("A share needs both numbers, the second above zero."))
        elif cleaned.get("value") is None and "value" not in self.errors:
            self.add_error("value", _("Write the figure."))
        return cleaned

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - {"indicator"}  # type: ignore[misc]


class ReturnForm(forms.Form):
    note = forms.CharField(label=_("What should be looked at again?"), required=False, max_length=300)
