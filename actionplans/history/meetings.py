"""The history of meetings and decisions: for those who keep them, to read; nothing is brought back from here.

What stands in minutes changes on the page of the minutes, and an invitation only with a mail to the members.
"""

from django.utils.translation import gettext_lazy as _

from portal.history.kinds import Kind, Part, register
from portal.history.past import events_of

from ..models import AgendaItem, Attendance, Decision, Meeting, Notice, Remark


def _of_meeting(number):
    return {"meeting_id": number}


def _of_items(number):
    return {"item_id__in": events_of(AgendaItem).objects.filter(meeting_id=number).values("pgh_obj_id")}


register(
    Kind(
        "meeting",
        Meeting,
        readable=Meeting.objects.editable_by,
        editable=lambda user: Meeting.objects.none(),
        parts=(
            Part(AgendaItem, _("agenda item"), _of_meeting, ("meeting", "order", "version")),
            Part(Attendance, _("attendance"), _of_meeting, ("meeting",)),
            Part(Remark, _("remark"), _of_items, ("item", "language")),
        ),
        hides=("version", "uid", "sequence"),
    )
)
register(
    Kind(
        "decision",
        Decision,
        readable=Decision.objects.editable_by,
        editable=lambda user: Decision.objects.none(),
    )
)
register(
    Kind(
        "notice",
        Notice,
        readable=Notice.objects.sendable_by,
        editable=lambda user: Notice.objects.none(),
    )
)
