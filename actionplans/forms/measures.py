"""A measure and all that is done with it: asking partners, tasks, reports, barriers, evaluation."""

from datetime import timedelta

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Membership, Organisation, Seat, WorkingGroup
from portal import languages
from portal.days import DayField
from portal.models import Term, Vocabulary
from portal.record_form import RecordForm
from programmes.models import Programme

from .. import health
from ..models import (
    ActionPlan,
    Barrier,
    BudgetLine,
    Commitment,
    Evaluation,
    Indicator,
    Measure,
    MeasureTerm,
    Objective,
    StatusReport,
    Task,
)
from .needs import TermedForm, settlements_of
from .strategies import refuse_placeholders


class MeasureForm(TermedForm):
    TRANSLATED = ("title", "description", "rationale", "no_indicator_reason")
    LONG = ("description", "rationale", "no_indicator_reason")
    THROUGH = MeasureTerm
    OWNER = "measure"
    QUESTIONS = (
        ("what", _("What is done, and why?"), ("objective", "title", "description", "rationale")),
        ("who", _("For whom?"), ("approach", "target_group", "life_phase", "topic", "setting")),
        ("when", _("From when until when?"), ("starts_on", "ends_on")),
        ("how", _("How, and with which programmes?"), ("prevention_level", "cooperation_level", "programmes")),
        ("trouble", _("What stands in the way?"), ("barriers",)),
        ("seen", _("How do we see whether it helps?"), ("indicators", "no_indicator_reason")),
        ("cost", _("What does it cost, and who reads it?"), ("budget_eur", "is_public")),
    )

    class Meta:
        model = Measure
        fields = [
            "objective",
            *languages.columns("title", "description", "rationale"),
            "starts_on",
            "ends_on",
            "approach",
            "prevention_level",
            "cooperation_level",
            "programmes",
            "indicators",
            *languages.columns("no_indicator_reason"),
            "barriers",
            "budget_eur",
            "is_public",
        ]
        widgets = dict.fromkeys(("programmes", "indicators", "barriers"), forms.CheckboxSelectMultiple)

    def prepare(self, plan, user):
        super().prepare()
        group = plan.strategy.group_id
        self.fields["objective"].queryset = Objective.objects.filter(strategy=plan.strategy_id)
        members = Membership.objects.current().filter(group=group).values("organisation")
        known = self.instance.programmes.values("pk") if self.instance.pk else []
        programmes = Programme.objects.published().filter(organisation__in=members)
        self.fields["programmes"].queryset = programmes | Programme.objects.filter(pk__in=known)
        self.fields["indicators"].queryset = Indicator.objects.filter(group=group)
        self.fields["barriers"].queryset = Barrier.objects.filter(group=group)
        for name in ("programmes", "indicators", "barriers"):
            self.fields[name].required = False
        for name, vocabulary in (
            ("prevention_level", Vocabulary.PREVENTION_LEVEL),
            ("cooperation_level", Vocabulary.COOPERATION_LEVEL),
        ):
            offered = Q(is_active=True) | Q(pk=getattr(self.instance, f"{name}_id"))
            self.fields[name].queryset = Term.objects.of(vocabulary).filter(offered).order_by("order", "slug")
        self._is_read = plan.status in ActionPlan.PUBLIC

    def clean(self):
        """While a placeholder stands in it, nobody but the group reads a measure."""
        cleaned = super().clean()
        if self._is_read and cleaned.get("is_public"):
            refuse_placeholders(self, ("title", "description", "rationale"))
        return cleaned


class BudgetForm(forms.ModelForm):
    """A new budget line, in the language of who writes it."""

    label = forms.CharField(label=_("for what"), max_length=160)

    class Meta:
        model = BudgetLine
        fields = ["label", "amount_eur", "payer"]

    def write(self, measure):
        line = BudgetLine(measure=measure, amount_eur=self.cleaned_data["amount_eur"], payer=self.cleaned_data["payer"])
        setattr(line, f"label_{languages.active()}", self.cleaned_data["label"])
        line.save()
        return line


def _organisation_of(obj):
    return str(obj.organisation)


class AskForm(forms.ModelForm):
    """Whom to ask for what: only members of the group, and nobody twice."""

    class Meta:
        model = Commitment
        fields = ["membership", "role", "contribution", "hours"]

    def __init__(self, data=None, *, measure):
        super().__init__(data)
        self.instance.measure = measure
        members = Membership.objects.current().filter(group=measure.plan.strategy.group_id)
        field = forms.ModelChoiceField(members.select_related("organisation"), label=_("Which organisation?"))
        field.label_from_instance = _organisation_of  # type: ignore[method-assign]
        self.fields["membership"] = field
        self.fields["role"].choices = [("", "—"), *Commitment.Role.choices]  # type: ignore[attr-defined]

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - {"measure"}  # type: ignore[misc]


class CommitmentAnswerForm(forms.Form):
    """One of the moves of a commitment, with what goes with it."""

    reason = forms.CharField(
        label=_("In a sentence"), required=False, max_length=300, widget=forms.Textarea({"rows": 2}),
        help_text=_("Needed when you decline or offer something else."),
    )  # fmt: skip
    hours = forms.IntegerField(label=_("hours a month"), required=False, min_value=0, max_value=2000)


class TaskForm(RecordForm):
    TRANSLATED = ("title", "description")
    LONG = ("description",)

    class Meta:
        model = Task
        fields = [*languages.columns("title", "description"), "working_group", "organisation", "person", "due_on"]

    def prepare(self, group):
        bodies = WorkingGroup.objects.filter(group=group)
        if self.instance.measure_id or not bodies.exists():
            del self.fields["working_group"]
        else:
            self.fields["working_group"].queryset = bodies
            self.fields["working_group"].help_text = _("Where nobody else is responsible, all of its members have it.")
        members = Membership.objects.current().filter(group=group)
        self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=members.values("organisation"))
        seats = Seat.objects.current().filter(membership__group=group)
        self.fields["person"].queryset = get_user_model().objects.filter(pk__in=seats.values("user"), is_active=True)

    def clean(self):
        cleaned = super().clean()
        person, organisation = cleaned.get("person"), cleaned.get("organisation")
        if person and organisation:
            seats = Seat.objects.current().filter(user=person, membership__organisation=organisation)
            if not seats.exists():
                self.add_error("person", _("This person has no seat for that organisation."))
        return cleaned


class ReportForm(forms.ModelForm):
    """How it goes, in the language of who writes it."""

    text = forms.CharField(
        label=_("How does it go?"), max_length=2000, widget=forms.Textarea({"rows": 3}),
        help_text=_("A sentence is enough. It stands on the public page."),
    )  # fmt: skip
    obstacles = forms.CharField(
        label=_("What stands in the way?"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )

    class Meta:
        model = StatusReport
        fields = ["text", "reached", "obstacles", "needs_help"]

    def write(self, measure, by, organisation=None):
        own = languages.active()
        report = StatusReport(measure=measure, written_by=by, organisation=organisation)
        report.reached, report.needs_help = self.cleaned_data["reached"], self.cleaned_data["needs_help"]
        setattr(report, f"text_{own}", self.cleaned_data["text"])
        setattr(report, f"obstacles_{own}", self.cleaned_data["obstacles"])
        report.save()
        return report


class EvaluationForm(forms.ModelForm):
    """What has changed, what was learnt, and whether to go on; in the language of who writes it."""

    WORDS = ("changed", "learnt", "reason")
    changed = forms.CharField(
        label=_("What has changed?"), max_length=3000, widget=forms.Textarea({"rows": 4}), required=False,
        help_text=_("For whom, and how do you know? Figures show beside it by themselves."),
    )  # fmt: skip
    learnt = forms.CharField(
        label=_("What have we learnt?"), max_length=3000, widget=forms.Textarea({"rows": 4}), required=False,
        help_text=_("What worked, what did not, and what you would tell others."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why?"), max_length=3000, widget=forms.Textarea({"rows": 4}))
    link = forms.URLField(label=_("The evaluation itself"), required=False, assume_scheme="https")

    class Meta:
        model = Evaluation
        fields = ["changed", "learnt", "verdict", "reason", "evidence", "evaluator", "link"]
        widgets = {"verdict": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["verdict"].choices = Evaluation.Verdict.choices  # type: ignore[attr-defined]
        levels = Term.objects.of(Vocabulary.EVIDENCE_LEVEL).filter(is_active=True)
        self.fields["evidence"].queryset = levels.order_by("order", "slug")  # type: ignore[attr-defined]

    def write(self, measure, by):
        given = self.cleaned_data
        evaluation = Evaluation(measure=measure, decided_by=by, verdict=given["verdict"])
        evaluation.evidence, evaluation.link = given["evidence"], given["link"]
        evaluation.evaluator = given["evaluator"]
        for name in self.WORDS:
            setattr(evaluation, f"{name}_{languages.active()}", given[name])
        evaluation.save()
        return evaluation


class PauseForm(forms.Form):
    """What a move of a phase may need besides."""

    reason = forms.CharField(label=_("Why does it pause?"), required=False, max_length=300)
    until = DayField(label=_("Until when, if that is known?"), required=False)


class JudgeForm(RecordForm):
    """The coordinator's own judgement of a measure's health: with a reason, and only for a time."""

    judged_state = forms.ChoiceField(label=_("How does it really go?"), choices=health.JUDGED)
    judged_reason = forms.CharField(label=_("Why?"), max_length=300, widget=forms.Textarea({"rows": 2}))
    judged_until = DayField(
        label=_("Until when does this hold?"), help_text=_("At most half a year; then the facts speak.")
    )

    class Meta:
        model = Measure
        fields = ["judged_state", "judged_reason", "judged_until"]

    def clean_judged_until(self):
        day, today = self.cleaned_data["judged_until"], timezone.localdate()
        if not today <= day <= today + timedelta(days=health.REPORT_AFTER):
            raise forms.ValidationError(_("Choose a day within the next half year."))
        return day


class BarrierForm(RecordForm):
    TRANSLATED = ("title", "solution")
    LONG = ("solution",)

    class Meta:
        model = Barrier
        fields = [
            *languages.columns("title"),
            "kind",
            "owner",
            "reported_on",
            *languages.columns("solution"),
            "affects",
            "settlements",
        ]
        widgets = dict.fromkeys(("affects", "settlements"), forms.CheckboxSelectMultiple)

    def prepare(self, group):
        members = Membership.objects.current().filter(group=group)
        self.fields["owner"].queryset = Organisation.objects.filter(pk__in=members.values("organisation"))
        used = self.instance.affects.values("pk") if self.instance.pk else []
        kinds = Term.objects.of(Vocabulary.BARRIER_TYPE).order_by("order", "slug")
        self.fields["kind"].queryset = kinds
        affected = Term.objects.of(Vocabulary.TARGET_GROUP)
        self.fields["affects"].queryset = affected.filter(is_active=True) | affected.filter(pk__in=used)
        self.fields["settlements"].queryset = settlements_of(group, self.instance)
        for name in ("affects", "settlements"):
            self.fields[name].required = False
