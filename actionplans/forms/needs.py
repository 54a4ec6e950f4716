"""A need, what it rests on, and how a partner scores it."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation, Seat, Settlement
from portal import languages
from portal.models import Term, Vocabulary
from portal.record_form import RecordForm

from ..models import Evidence, Indicator, Need, NeedTerm, Score


class TermsField(forms.ModelMultipleChoiceField):
    """The terms of one vocabulary; a retired one only where it is used already."""

    def __init__(self, vocabulary, used=()):
        terms = Term.objects.of(vocabulary).filter(Q(is_active=True) | Q(pk__in=used)).order_by("order", "slug")
        super().__init__(terms, required=False, label=Vocabulary(vocabulary).label, widget=forms.CheckboxSelectMultiple)


class TermedForm(RecordForm):
    """A record whose terms stand in a table of their own, `THROUGH`: a field for each of its vocabularies."""

    THROUGH: type = NeedTerm
    OWNER = "need"

    def _links(self):
        return self.THROUGH._default_manager.filter(**{self.OWNER: self.instance})  # type: ignore[attr-defined]

    def prepare(self, *_: Any, **about: Any):
        used = set(self._links().values_list("term", flat=True)) if self.instance.pk else set()
        known = dict(Term.objects.filter(pk__in=used).values_list("pk", "vocabulary"))
        for vocabulary in self.THROUGH.VOCABULARIES:  # type: ignore[attr-defined]
            self.fields[vocabulary.value] = TermsField(vocabulary, used)
            own = [number for number, of in known.items() if of == vocabulary]
            self.initial.setdefault(vocabulary.value, own)

    def saved(self, record):
        super().saved(record)
        vocabularies = [v.value for v in self.THROUGH.VOCABULARIES]  # type: ignore[attr-defined]
        wanted = {term.pk for name in vocabularies for term in self.cleaned_data.get(name, ())}
        rows = self._links()
        rows.exclude(term__in=wanted).delete()
        new = sorted(wanted - set(rows.values_list("term", flat=True)))
        self.THROUGH._default_manager.bulk_create(  # type: ignore[attr-defined]
            [self.THROUGH(**{self.OWNER: record, "term_id": number}) for number in new]
        )


def settlements_of(group, record=None):
    """The settlements of a group's municipalities, and those the record names already."""
    used = record.settlements.values("pk") if record and record.pk else []
    places = Settlement.objects.filter(Q(municipality__in=group.municipalities.values("pk")) | Q(pk__in=used))
    return places.order_by("name")


class NeedForm(TermedForm):
    TRANSLATED = ("title", "description", "causes", "steps", "decision")
    LONG = ("description", "causes", "steps", "decision")
    QUESTIONS = (
        ("what", _("What is missing?"), ("title", "description")),
        ("who", _("For whom, and where?"), ("target_group", "life_phase", "topic", "setting", "settlements")),
        (
            "basis",
            _("Who noticed it, and what does it rest on?"),
            ("reported_by", "reported_on", "is_from_residents", "is_from_professionals", "is_from_data", "indicators"),
        ),
        ("why", _("Why is it so, and what could be done?"), ("causes", "steps")),
        ("decision", _("What did the group decide?"), ("owner", "decision")),
    )

    class Meta:
        model = Need
        fields = [
            *languages.columns("title", "description"),
            "reported_by",
            "reported_on",
            "is_from_residents",
            "is_from_professionals",
            "is_from_data",
            "settlements",
            "indicators",
            *languages.columns("causes", "steps"),
            "owner",
            *languages.columns("decision"),
        ]
        widgets = dict.fromkeys(("settlements", "indicators"), forms.CheckboxSelectMultiple)

    def prepare(self, group):
        super().prepare()
        self.fields["reported_by"].queryset = Organisation.objects.filter(memberships__group=group).distinct()
        self.fields["indicators"].queryset = Indicator.objects.filter(group=group)
        self.fields["settlements"].queryset = settlements_of(group, self.instance)
        for name in ("indicators", "settlements"):
            self.fields[name].required = False
        seats = Seat.objects.current().filter(membership__group=group)
        self.fields["owner"].queryset = seats.select_related("user", "membership")


class EvidenceForm(RecordForm):
    TRANSLATED = ("text", "comparator_name")
    LONG = ("text",)

    class Meta:
        model = Evidence
        fields = [
            *languages.columns("text"),
            "value",
            "unit",
            "year",
            "source",
            "settlement",
            "comparator",
            *languages.columns("comparator_name"),
        ]

    def prepare(self, group):
        used = [self.instance.settlement_id] if self.instance.settlement_id else []
        self.fields["settlement"].queryset = settlements_of(group) | Settlement.objects.filter(pk__in=used)
        self.fields["settlement"].empty_label = _("everywhere")


class ScoreForm(forms.ModelForm):
    """Four questions, each from 1 (little) to 5 (very much)."""

    class Meta:
        model = Score
        fields = list(Score.CRITERIA)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labels = {1: _("1 – little"), 5: _("5 – very much")}
        for name in Score.CRITERIA:
            self.fields[name] = forms.TypedChoiceField(
                label=self.fields[name].label,
                choices=[(n, labels.get(n, n)) for n in range(1, 6)],
                coerce=int,
                widget=forms.RadioSelect,
            )
