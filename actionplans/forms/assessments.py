"""Whether a programme is kept, adapted or stopped; and a new programme because of a need."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from partners.models import Membership, Organisation
from portal import languages
from portal.models import Term, Vocabulary
from portal.record_form import RecordForm
from programmes.models import Programme

from .. import assessments
from ..models import Assessment, BudgetLine

YEARS_AHEAD = 3  # in which what is decided is to be done


class AssessmentForm(RecordForm):
    """A decision of the group or a proposal of the provider, as the instance says; `by` is who writes."""

    TRANSLATED = ("reason",)
    LONG = ("reason",)
    link = forms.URLField(label=_("The evaluation itself"), required=False, max_length=200, assume_scheme="https")

    class Meta:
        model = Assessment
        fields = [
            "verdict",
            *languages.columns("reason"),
            "until",
            "instead",
            "participants",
            "cost_eur",
            "evidence",
            "link",
        ]
        widgets = {"verdict": forms.RadioSelect}

    def prepare(self, by):
        self.by = by
        own: Any = self.instance
        self.fields["verdict"].choices = Assessment.Verdict.choices
        members = Membership.objects.current().filter(group=own.group_id).values("organisation")
        offered = Programme.objects.published().filter(organisation__in=members).exclude(pk=own.programme_id)
        instead = self.fields["instead"]
        instead.queryset = offered | Programme.objects.filter(pk=own.instead_id)
        titled = instead.queryset.only("slug", languages.HELD, *languages.columns("title"))
        choices = sorted(titled, key=lambda one: languages.sort_key(str(one)))
        instead.choices = [("", instead.empty_label), *((one.pk, str(one)) for one in choices)]
        levels = Term.objects.of(Vocabulary.EVIDENCE_LEVEL).filter(Q(is_active=True) | Q(pk=own.evidence_id))
        self.fields["evidence"].queryset = levels.order_by("order", "slug")

    def clean(self):
        """What is kept needs no day, and only what is stopped has something instead: these are then left empty."""
        cleaned = super().clean()
        verdict, until = cleaned.get("verdict"), cleaned.get("until")
        if verdict == Assessment.Verdict.KEEP:
            cleaned["until"] = None
        elif verdict and not until and "until" not in self.errors and not self.instance.is_proposal:
            self.add_error("until", _("Say by which day."))
        elif until and not self._first <= until <= date(self.instance.year + YEARS_AHEAD, 12, 31):
            words = ngettext_lazy(
                "Choose a day from the year on that is assessed, at most %(count)s year later.",
                "Choose a day from the year on that is assessed, at most %(count)s years later.",
                YEARS_AHEAD,
            )
            self.add_error("until", words % {"count": YEARS_AHEAD})
        if verdict and verdict != Assessment.Verdict.STOP:
            cleaned["instead"] = None
        return cleaned

    @property
    def _first(self):
        return date(self.instance.year, 1, 1)

    def saved(self, record):
        """Whoever changes it has said it anew; what was decided is followed up."""
        if self.opened_on() == (0, {}) or self.changes():
            now = {"given_by": self.by, "given_on": timezone.localdate()}
            Assessment.objects.filter(pk=record.pk).update(**now)
        assessments.follow(
            Assessment.objects.select_related("programme__organisation", "group").get(pk=record.pk), self.by
        )


class SpentForm(forms.ModelForm):
    """How much of a part of a measure's budget is spent."""

    class Meta:
        model = BudgetLine
        fields = ["spent_eur"]


class NeedProgrammeForm(forms.Form):
    """A new programme because of a need: who offers it and what it is called, in the language of who writes."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Who offers it?"))
    title = forms.CharField(
        label=_("What is it called?"), max_length=160,
        help_text=_("It becomes a draft with the topics and groups of the need. The rest is written in its own form."),
    )  # fmt: skip

    def __init__(self, data=None, *, organisations):
        super().__init__(data)
        field: Any = self.fields["organisation"]
        field.queryset = organisations
        choices = sorted(organisations, key=lambda one: languages.sort_key(str(one)))
        field.choices = [("", field.empty_label), *((one.pk, str(one)) for one in choices)]
        if len(choices) == 1:
            field.initial = choices[0].pk

    def values(self, need):
        """What the draft says, as programmes.content writes it."""
        terms = sorted(need.terms.filter(is_active=True).values_list("pk", flat=True))
        return {f"title_{languages.active()}": self.cleaned_data["title"], "terms": terms}
