"""A practice told for others, and the place in one's own plan that it is copied to."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from partners.models import Membership, Organisation
from portal import languages

from ..models import PracticeTerm, SharedPractice
from ..models.practices import TEXTS
from .needs import TermedForm


class PracticeForm(TermedForm):
    TRANSLATED = TEXTS
    LONG = TEXTS[1:]
    THROUGH = PracticeTerm
    OWNER = "practice"

    class Meta:
        model = SharedPractice
        fields = [
            *languages.columns("title", "problem", "description", "rationale", "for_whom"),
            "approach",
            *languages.columns("people", "costs"),
            "cost_eur",
            *languages.columns("materials", "outcome"),
            "organisation",
            "contact_name",
            "contact_email",
            "contact_phone",
        ]

    def prepare(self, group):
        super().prepare()
        members = Membership.objects.current().filter(group=group).values("organisation")
        used = [self.instance.organisation_id] if self.instance.organisation_id else []
        organisations = Organisation.objects.filter(pk__in=members) | Organisation.objects.filter(pk__in=used)
        self.fields["organisation"].queryset = organisations.distinct()

    def clean(self):
        cleaned = super().clean()
        is_address = URLValidator(schemes=["http", "https"])
        for name in languages.columns("materials"):
            for line in (cleaned.get(name) or "").splitlines():
                address = line.strip().partition(" ")[0]
                try:
                    if address:
                        is_address(address)
                except ValidationError:
                    self.add_error(name, _("Begin each line with an address, for example https://example.org/leaflet."))
                    break
        return cleaned


def told_of(measure):
    """What the form begins with: what the measure and its last evaluation say already."""
    found: dict[str, Any] = {}
    evaluation = measure.evaluations.first()
    for code in languages.CODES:
        for name in ("title", "description", "rationale"):
            found[f"{name}_{code}"] = getattr(measure, f"{name}_{code}")
        if evaluation:
            found[f"outcome_{code}"] = getattr(evaluation, f"changed_{code}")
    for term in measure.terms.all():
        found.setdefault(term.vocabulary, []).append(term.pk)
    lead = measure.lead
    found |= {"approach": measure.approach, "cost_eur": measure.budget_eur, "organisation": lead}
    if lead:
        found |= {"contact_email": lead.email, "contact_phone": lead.phone}
    return found


class AdoptForm(forms.Form):
    place = forms.ChoiceField(label=_("For which objective of which plan?"))

    def __init__(self, data=None, *, places):
        super().__init__(data)
        self.fields["place"].choices = places  # type: ignore[attr-defined]
