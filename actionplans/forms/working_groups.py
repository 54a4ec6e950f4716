"""A working group: what it is called and does, who leads it, and who takes part."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Membership, Organisation, Seat, WorkingGroup, WorkingGroupMember
from portal import languages
from portal.record_form import RecordForm


class OrganisationsField(forms.ModelMultipleChoiceField):
    """Memberships, by the name of the organisation."""

    def label_from_instance(self, membership):
        return str(membership.organisation)


class PeopleField(forms.MultipleChoiceField):
    """People for an organisation; the value is "<membership>-<user>"."""

    def said(self, value):
        names: dict = dict(self.choices)  # type: ignore[arg-type]  # a list by then: see _people
        return ", ".join(str(names.get(one, one)) for one in value)


class WorkingGroupForm(RecordForm):
    TRANSLATED = ("name", "purpose")
    LONG = ("purpose",)
    organisations = OrganisationsField(
        label=_("Organisations that take part"),
        help_text=_("Whoever represents them comes. The organisation that leads takes part anyway."),
        queryset=Membership.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    people = PeopleField(
        label=_("People who take part"),
        help_text=_("For organisations that send somebody in particular."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = WorkingGroup
        fields = [*languages.columns("name", "purpose"), "lead"]

    def prepare(self, group, may_lead):
        """`may_lead`: whether this person decides who leads it."""
        members = Membership.objects.current().filter(group=group).select_related("organisation")
        if may_lead:
            self.fields["lead"].queryset = Organisation.objects.filter(pk__in=members.values("organisation"))
        else:
            del self.fields["lead"]
        by_name = sorted(members, key=lambda m: languages.sort_key(str(m.organisation)))
        self.fields["organisations"].queryset = members
        self.fields["organisations"].choices = [(m.pk, str(m.organisation)) for m in by_name]
        self.fields["people"].choices = _people(group)
        known = self.instance.members.all() if self.instance.pk else ()
        self.initial["organisations"] = [row.membership_id for row in known if row.user_id is None]
        self.initial["people"] = [f"{row.membership_id}-{row.user_id}" for row in known if row.user_id]

    def saved(self, record):
        wanted: set[tuple[int, int | None]] = {(m.pk, None) for m in self.cleaned_data["organisations"]}
        for one in self.cleaned_data["people"]:
            membership, _dash, user = one.partition("-")
            wanted.add((int(membership), int(user)))
        known = {(row.membership_id, row.user_id): row for row in record.members.all()}
        for key in known.keys() - wanted:
            known[key].delete()
        for key in sorted(wanted - known.keys(), key=str):
            WorkingGroupMember.objects.create(working_group=record, membership_id=key[0], user_id=key[1])


def _people(group):
    """[("<membership>-<user>", "Ana Novak, Društvo Korak")] of all who hold a seat in the group today, A–Z."""
    seats = Seat.objects.current().filter(membership__group=group, user__is_active=True)
    found = {
        f"{seat.membership_id}-{seat.user_id}": f"{seat.user}, {seat.membership.organisation}"
        for seat in seats.select_related("user", "membership__organisation")
    }
    return sorted(found.items(), key=lambda row: languages.sort_key(row[1]))
