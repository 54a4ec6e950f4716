"""A notice: who tells it, to whom, how urgent it is."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.models import Organisation, WorkingGroup
from portal import languages
from portal.record_form import RecordForm

from ..models import Notice


class NoticeForm(RecordForm):
    TRANSLATED = ("title", "text")
    LONG = ("text",)

    class Meta:
        model = Notice
        fields = [*languages.columns("title", "text"), "organisation", "working_group", "priority", "asks_to_note"]
        widgets = {"priority": forms.RadioSelect}

    def prepare(self, user, group, may_send):
        """`may_send`: a coordinator, who alone interrupts people at once and asks them to answer."""
        ours = Organisation.objects.filter(memberships__in=group.memberships.current())
        own = ours.filter(pk__in=user.seats.current().values("membership__organisation"))
        choices = ours.filter(pk__in=own.values("pk")) if not may_send else ours
        self.fields["organisation"].queryset = choices.distinct()
        self.fields["organisation"].empty_label = None
        if not self.instance.pk:
            self.initial["organisation"] = own.order_by("pk").values_list("pk", flat=True).first()
        bodies = WorkingGroup.objects.filter(group=group)
        self.fields["working_group"].queryset = bodies
        self.fields["working_group"].label = pgettext_lazy("notice", "To")
        self.fields["working_group"].empty_label = _("everybody of the group")
        if not bodies.exists():
            del self.fields["working_group"]
        if not may_send:
            del self.fields["asks_to_note"]
            urgent = Notice.Priority.URGENT
            kept = [row for row in Notice.Priority.choices if row[0] != urgent or self.instance.priority == urgent]
            self.fields["priority"].choices = kept


class NoticeReturnForm(forms.Form):
    note = forms.CharField(
        label=_("What has to be looked at again?"), max_length=300, widget=forms.Textarea({"rows": 2})
    )
