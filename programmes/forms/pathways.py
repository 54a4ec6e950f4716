"""A pathway and its steps: texts in five languages, for whom, who does it, whom to call."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Location, Membership, Organisation
from portal import languages
from portal.models import Term, Vocabulary
from portal.record_form import RecordForm

from ..models import Pathway, PathwayStep, PathwayTerm, Programme, StepProgramme
from ..models.pathways import STEP_TEXTS, TEXTS


class TermsField(forms.ModelMultipleChoiceField):
    """The terms of one vocabulary; a retired one only where it is used already."""

    def __init__(self, vocabulary, used=()):
        terms = Term.objects.of(vocabulary).filter(Q(is_active=True) | Q(pk__in=used)).order_by("order", "slug")
        super().__init__(terms, required=False, label=Vocabulary(vocabulary).label, widget=forms.CheckboxSelectMultiple)


def _written(rows, column, wanted, **owner):
    """Makes the rows of a table between two others those that are wanted: numbers."""
    rows.exclude(**{f"{column}__in": wanted}).delete()
    for number in sorted(wanted - set(rows.values_list(column, flat=True))):
        rows.model._default_manager.create(**owner, **{f"{column}_id": number})


class PathwayForm(RecordForm):
    TRANSLATED = TEXTS
    LONG = ("summary",)

    class Meta:
        model = Pathway
        fields = languages.columns(*TEXTS)

    def prepare(self, *_args: Any, **about: Any):
        used = list(self.instance.terms.all()) if self.instance.pk else []
        for vocabulary in PathwayTerm.VOCABULARIES:
            self.fields[vocabulary.value] = TermsField(vocabulary, [term.pk for term in used])
            own = [term.pk for term in used if term.vocabulary == vocabulary]
            self.initial.setdefault(vocabulary.value, own)

    def clean(self):
        """What everybody reads goes on saying who it is for."""
        given = super().clean()
        if self.instance.is_published and not any(map(given.get, languages.columns("for_whom"))):
            self.add_error(f"for_whom_{languages.active()}", gettext("Say who it is for."))
        return given

    def saved(self, record):
        wanted = {term.pk for v in PathwayTerm.VOCABULARIES for term in self.cleaned_data.get(v.value, ())}
        _written(PathwayTerm.objects.filter(pathway=record), "term", wanted, pathway=record)


class StepForm(RecordForm):
    TRANSLATED = STEP_TEXTS
    LONG = ("text",)
    programmes = forms.ModelMultipleChoiceField(
        Programme.objects.none(),
        label=_("programmes that belong to it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = PathwayStep
        fields = [*languages.columns("title", "text"), "organisation", *languages.columns("role"), "place",
                  "within_days", "level"]  # fmt: skip
        widgets = {"within_days": forms.NumberInput({"min": 0, "max": 730})}

    field_order = [*languages.columns("title", "text"), "organisation", *languages.columns("role"), "place",
                   "within_days", "programmes", "level"]  # fmt: skip

    def prepare(self, is_own=False):
        """`is_own`: the form of the organisation whose step it is; who does it and the level are the group's."""
        fields: dict[str, Any] = self.fields
        members = Membership.objects.current().filter(group=self.instance.pathway.group_id).values("organisation")
        self._offer("organisation", Organisation.objects.filter(Q(pk__in=members) | self._kept("organisation")))
        places = Location.objects.in_use().filter(organisation__in=members)
        own = Q(organisation=self.instance.organisation_id) if is_own else Q()
        self._offer("place", Location.objects.filter(Q(pk__in=places.filter(own)) | self._kept("place")))
        levels = Term.objects.of(Vocabulary.COOPERATION_LEVEL).filter(Q(is_active=True) | self._kept("level"))
        fields["level"].queryset, fields["level"].empty_label = levels.order_by("order", "slug"), "–"
        chosen = list(self.instance.programmes.values_list("pk", flat=True)) if self.instance.pk else []
        offered = Programme.objects.published().filter(Q(organisation__in=members) | Q(partners__in=members))
        self._offer("programmes", Programme.objects.filter(Q(pk__in=offered.values("pk")) | Q(pk__in=chosen)), False)
        self.initial["programmes"] = chosen
        if is_own:
            del fields["organisation"], fields["level"]

    def _kept(self, name):
        return Q(pk=getattr(self.instance, f"{name}_id") or 0)

    def _offer(self, name, rows, has_none=True):
        """The rows A–Z as choices; a field that may stay empty begins with a dash."""
        field: Any = self.fields[name]
        field.queryset = rows
        by_name = sorted(rows, key=lambda one: (languages.sort_key(str(one)), one.pk))
        field.choices = [*([("", "–")] if has_none else []), *((one.pk, str(one)) for one in by_name)]

    def clean(self):
        given = super().clean()
        organisation = given.get("organisation") if "organisation" in self.fields else self.instance.organisation
        has_role = any(map(given.get, languages.columns("role")))
        if not organisation and not has_role and "organisation" not in self.errors:
            words = gettext("Choose the organisation, or write in which role somebody does it.")
            self.add_error("organisation" if "organisation" in self.fields else None, words)
        if self.instance.pathway.is_published and not any(map(given.get, languages.columns("text"))):
            self.add_error(f"text_{languages.active()}", gettext("Everybody reads this step: say what is done."))
        return given

    def clean_within_days(self):
        days = self.cleaned_data["within_days"]
        if days is not None and days > 730:
            raise ValidationError(_("Two years at most: 730 days."))
        return days

    def saved(self, record):
        wanted = {programme.pk for programme in self.cleaned_data["programmes"]}
        _written(StepProgramme.objects.filter(step=record), "programme", wanted, step=record)
