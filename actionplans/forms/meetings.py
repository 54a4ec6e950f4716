"""Meetings, their agenda, and what is written down at them."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Location, Membership, Organisation, Seat, WorkingGroup
from portal import dates, languages
from portal.days import DayField
from portal.record_form import RecordForm
from portal.stale import StaleObject

from ..models import AgendaItem, Attendance, Meeting
from ..models.meetings import kept_by

TIMES = ("day", "begins", "ends")


def partners_of(*groups, kept=None):
    """Organisations that may be made responsible: members today, and the one that is (`kept`, a number)."""
    members = Membership.objects.current().filter(group__in=groups).values("organisation")
    return Organisation.objects.filter(pk__in=members) | Organisation.objects.filter(pk=kept or 0)


class MeetingForm(RecordForm):
    TRANSLATED = ("title",)
    day = DayField(label=_("day"))
    begins = forms.TimeField(label=_("begins"))
    ends = forms.TimeField(label=_("ends"))
    online_link = forms.URLField(
        label=_("link to take part online"), required=False, max_length=400, assume_scheme="https"
    )

    class Meta:
        model = Meeting
        fields = ["group", "working_group", *languages.columns("title")]
        fields += ["location", "place", "online_link", "language"]

    field_order = ["group", "working_group", *languages.columns("title"), *TIMES]

    def __init__(self, data=None, files=None, *, instance=None, user, initial=None):
        times = {}
        if instance is not None and instance.pk:
            times = {"day": instance.day, "begins": instance.begins.time(), "ends": instance.ends.time()}
        super().__init__(data, files, instance=instance, initial={**(initial or {}), **times})
        self._about = {"user": user}
        groups = kept_by(user)
        if self.instance.pk:
            del self.fields["group"]
            groups = Group.objects.filter(pk=self.instance.group_id)
        else:
            self.fields["group"].queryset = groups
            self.fields["group"].empty_label = None
        bodies = WorkingGroup.objects.filter(group__in=groups)
        if (self.instance.pk and self.instance.status != Meeting.Status.PLANNED) or not bodies.exists():
            del self.fields["working_group"]  # whoever was invited stays invited
        else:
            self.fields["working_group"].queryset = bodies
            self.fields["working_group"].empty_label = _("all of the group")
        members = Membership.objects.current().filter(group__in=groups).values("organisation")
        places = Location.objects.filter(organisation__in=members) | Location.objects.filter(
            pk=self.instance.location_id or 0
        )
        self.fields["location"].queryset = places

    def clean(self):
        cleaned = super().clean()
        body, group = cleaned.get("working_group"), cleaned.get("group")
        if body and body.group_id != (group.pk if group else self.instance.group_id):
            self.add_error("working_group", gettext("This working group belongs to another group."))
        day, begins, ends = (cleaned.get(name) for name in TIMES)
        if begins and ends and ends <= begins:
            self.add_error("ends", gettext("A meeting must end after it begins."))
        elif day and begins and ends:
            zone = timezone.get_default_timezone()
            self.instance.starts_at = dates.instant(day, begins, zone)
            self.instance.ends_at = dates.instant(day, ends, zone)
        is_invited = self.instance.status == Meeting.Status.INVITED
        if is_invited and not any(cleaned.get(name) for name in ("location", "place", "online_link")):
            self.add_error("place", gettext("Say first where the meeting is: a place, or a link."))
        return cleaned

    def saved(self, record):
        if set(TIMES) & set(self.changes()):
            record.save(update_fields=["starts_at", "ends_at"])

    @property
    def concerns_invitations(self):
        """Whether this save changed what stands in the invitations."""
        said = {*TIMES, "location", "place", "online_link", *languages.columns("title")}
        return bool(said & set(self.changes()))


class ItemForm(RecordForm):
    """What stands on the agenda, in five languages."""

    TRANSLATED = ("title",)

    class Meta:
        model = AgendaItem
        fields = [*languages.columns("title"), "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}


class NewItemForm(forms.Form):
    """One more item, in the language the person reads the page in."""

    title = forms.CharField(label=_("What should the group talk about?"), max_length=300)
    note = forms.CharField(
        label=_("what it is about"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class RemarkForm(forms.Form):
    text = forms.CharField(label=_("your remark"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class MinutesForm(RecordForm):
    """What was said at one item. Each has a version of its own, so two people write two items at once."""

    class Meta:
        model = AgendaItem
        fields = ["minutes", "outcome"]
        widgets = {"minutes": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, data=None, files=None, *, instance=None, language="", **more):
        super().__init__(data, files, instance=instance, prefix=f"item{instance.pk}")
        self._about = {"language": language}
        self.fields["minutes"].widget.attrs["lang"] = language


class CorrectionForm(MinutesForm):
    """Approved minutes stay as they were approved; what is corrected is marked, with a reason."""

    class Meta(MinutesForm.Meta):
        fields = ["minutes", "outcome"]

    reason = forms.CharField(label=_("why it is corrected"), max_length=300)

    def saved(self, record):
        record.correction, record.corrected_on = self.cleaned_data["reason"], timezone.localdate()
        record.save(update_fields=["correction", "corrected_on"])


class NewDecisionForm(forms.Form):
    """A decision taken at an item; left empty, there was none."""

    text = forms.CharField(
        label=_("decision"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    responsible = forms.ModelChoiceField(Organisation.objects.none(), label=_("responsible"), required=False)
    due_on = DayField(label=_("due on"), required=False)
    makes_task = forms.BooleanField(label=_("Make a task out of it at once"), required=False)

    def __init__(self, data=None, *, item, partners, language):
        super().__init__(data, prefix=f"decision{item.pk}")
        self.fields["responsible"].queryset = partners  # type: ignore[attr-defined]
        self.fields["text"].widget.attrs["lang"] = language

    def offer(self, choices):
        """The choices of who is responsible, read once for all items."""
        self.fields["responsible"].widget.choices = choices

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("text") and any(cleaned.get(name) for name in ("responsible", "due_on", "makes_task")):
            self.add_error("text", gettext("Write what was decided."))
        return cleaned


class AttendanceForm(forms.Form):
    """Who was there. A row is written when this person changed it, and nobody else changed it to something else."""

    is_stale = False

    def __init__(self, data=None, *, meeting):
        self.meeting = meeting
        self.known = {row.membership_id: row for row in meeting.attendances.select_related("membership__organisation")}
        members = Membership.objects.current(meeting.day).filter(group=meeting.group).select_related("organisation")
        if body := meeting.working_group:
            takes_part = Q(pk__in=body.members.values("membership")) | Q(organisation=body.lead_id or 0)
            members = members.filter(takes_part)
        everybody = {m.pk: m for m in members} | {pk: row.membership for pk, row in self.known.items()}
        self.members = sorted(everybody.values(), key=lambda m: languages.sort_key(str(m.organisation)))
        super().__init__(data, prefix="attendance")
        for member in self.members:
            row, name = self.known.get(member.pk), str(member.organisation)
            state, role = (row.state, row.role) if row else ("", "")
            self.fields[f"state{member.pk}"] = forms.ChoiceField(
                choices=[("", "–"), *Attendance.State.choices], required=False, initial=state, label=name
            )
            self.fields[f"role{member.pk}"] = forms.ChoiceField(
                choices=[("", "–"), *Seat.Role.choices], required=False, initial=role, label=_("represented by")
            )
            self.fields[f"was{member.pk}"] = forms.CharField(
                required=False, initial=f"{state}:{role}", widget=forms.HiddenInput, max_length=40
            )

    def rows(self):
        """[(membership, its fields)] by name."""
        return [(m, self[f"state{m.pk}"], self[f"role{m.pk}"], self[f"was{m.pk}"]) for m in self.members]

    def save(self):
        """Within a transaction that holds the meeting. Raises StaleObject when somebody wrote another answer."""
        for member in self.members:
            state, role, was = (self.cleaned_data[f"{name}{member.pk}"] for name in ("state", "role", "was"))
            role = role if state == Attendance.State.PRESENT else ""
            if was == f"{state}:{role}":
                continue
            row = Attendance.objects.filter(meeting=self.meeting, membership=member).first()
            now = f"{row.state}:{row.role}" if row else ":"
            if now not in (was, f"{state}:{role}"):
                raise StaleObject(row)
            self._write(member, state, role)

    def merged(self):
        """The form on what is saved now, with what this person changed in it; unbound."""
        again = type(self)(meeting=self.meeting)
        again.is_stale = True
        for member in self.members:
            state, role, was = (self.cleaned_data[f"{name}{member.pk}"] for name in ("state", "role", "was"))
            if was != f"{state}:{role}":
                again.initial.update({f"state{member.pk}": state, f"role{member.pk}": role})
        return again

    def _write(self, member, state, role):
        lookup = {"meeting": self.meeting, "membership": member}
        if state:
            Attendance.objects.update_or_create(**lookup, defaults={"state": state, "role": role})
        else:
            Attendance.objects.filter(**lookup).delete()
