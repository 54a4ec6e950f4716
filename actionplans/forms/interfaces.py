"""An interface: where a task touches health, between whom, what was agreed, and whom to ask."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Membership, Organisation, Seat, User
from portal import languages
from portal.models import Term, Vocabulary
from portal.record_form import RecordForm

from ..models import Interface, InterfaceTopic

SIDES = ("organisation", "other", "contact")


class InterfaceForm(RecordForm):
    TRANSLATED = ("task", "touches", "unit", "other_unit", "agreement", "contact_role")
    LONG = ("touches", "agreement")
    agreement_link = forms.URLField(
        label=_("link to the agreement"), required=False, max_length=400, assume_scheme="https"
    )  # fmt: skip
    topics = forms.ModelMultipleChoiceField(
        Term.objects.none(), label=_("topics"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Interface
        fields = [
            *languages.columns("task", "touches"), "organisation", *languages.columns("unit"), "other",
            *languages.columns("other_unit", "agreement"), "agreement_link", "contact",
            *languages.columns("contact_role"), "contact_person", "is_public",
        ]  # fmt: skip

    field_order = [
        *languages.columns("task", "touches"), "topics", "organisation", *languages.columns("unit"), "other",
        *languages.columns("other_unit", "agreement"), "agreement_link", "contact",
        *languages.columns("contact_role"), "contact_person", "is_public",
    ]  # fmt: skip

    def prepare(self, group, own=None):
        """`own`: organisations of which one must be a side, for whoever does not coordinate; None for who does."""
        self.own = own
        fields: dict[str, Any] = self.fields
        members = Membership.objects.current().filter(group=group).values("organisation")
        for name in SIDES:
            kept = Q(pk=getattr(self.instance, f"{name}_id") or 0)
            fields[name].queryset = Organisation.objects.filter(Q(pk__in=members) | kept)
            rows = sorted(fields[name].queryset, key=lambda one: (languages.sort_key(str(one)), one.pk))
            fields[name].choices = [("", "–"), *((one.pk, str(one)) for one in rows)]
        seats = Seat.objects.current().filter(membership__group=group).values("user")
        people = User.objects.filter(Q(pk__in=seats, is_active=True) | Q(pk=self.instance.contact_person_id or 0))
        fields["contact_person"].queryset = people
        fields["contact_person"].empty_label = "–"
        chosen = [term.pk for term in self.instance.topics.all()] if self.instance.pk else []
        topics = Term.objects.filter(Q(is_active=True) | Q(pk__in=chosen), vocabulary=Vocabulary.TOPIC)
        fields["topics"].queryset = topics.order_by("order", "slug")
        self.initial["topics"] = chosen
        if own is not None:
            del fields["is_public"]  # the group decides what everybody reads

    def clean(self):
        given = super().clean()
        self._judge_sides(given)
        is_agreed = self.instance.state == Interface.State.AGREED
        if is_agreed and not given.get("agreement_link") and not any(map(given.get, languages.columns("agreement"))):
            self.add_error(
                f"agreement_{languages.active()}",
                gettext("Write down what was agreed, or give the link to it: it is called agreed."),
            )
        return given

    def _judge_sides(self, given):
        """Each side is somebody, and they are not the same one."""
        mine, theirs = given.get("organisation"), given.get("other")
        units = [tuple(given.get(column) or "" for column in languages.columns(n)) for n in ("unit", "other_unit")]
        for name, organisation, unit in (("organisation", mine, units[0]), ("other", theirs, units[1])):
            if not organisation and not any(unit) and name not in self.errors:
                self.add_error(name, gettext("Choose the organisation, or write which unit it is."))
        if mine and mine == theirs and units[0] == units[1]:
            self.add_error("other", gettext("Both sides are the same. Name the units, or another organisation."))
        if self.own is not None and not {mine, theirs} & set(self.own) and not self.errors:
            self.add_error("organisation", gettext("Your own organisation is one of the two sides."))

    def saved(self, record):
        wanted = {term.pk for term in self.cleaned_data["topics"]}
        rows = InterfaceTopic.objects.filter(interface=record)
        rows.exclude(term__in=wanted).delete()
        known = set(rows.values_list("term", flat=True))
        for number in sorted(wanted - known):
            InterfaceTopic.objects.create(interface=record, term_id=number)
