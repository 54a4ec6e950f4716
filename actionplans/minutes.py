"""Minutes: written item by item on one page, by several people at once, until the next meeting approves them."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from portal import languages, outbox
from portal.stale import StaleObject

from . import mails
from .forms.meetings import AttendanceForm, MinutesForm, NewDecisionForm, partners_of
from .invitations import members
from .models import AgendaItem, Decision, Meeting


@dataclass
class Row:
    """An item with its forms; `decisions` are those already taken at it."""

    item: AgendaItem
    form: MinutesForm
    new: NewDecisionForm
    decisions: list


class MinutesPage:
    """All forms of one meeting. `save()` keeps what can be kept; afterwards `status` is that of the answer."""

    is_closed = False  # the minutes were approved in the very moment of saving

    def __init__(self, meeting, data=None, by=None):
        self.meeting, self.data, self.by, self.status = meeting, data, by, 200
        partners = sorted(partners_of(meeting.group), key=lambda o: languages.sort_key(str(o)))
        self.partners = [("", "–"), *((o.pk, str(o)) for o in partners)]
        self.organisations = partners_of(meeting.group)
        self.attendance = AttendanceForm(data, meeting=meeting)
        self.rows = [self._row(item, data) for item in self._items()]

    def _items(self):
        return self.meeting.items.on_agenda().prefetch_related("decisions__responsible", "remarks__organisation")

    def _row(self, item, data):
        new = NewDecisionForm(data, item=item, partners=self.organisations, language=self.meeting.language)
        new.offer(self.partners)
        form = MinutesForm(data, instance=item, language=self.meeting.language)
        return Row(item, form, new, list(item.decisions.all()))

    def is_valid(self):
        """All forms are asked, so that every error shows at once."""
        found = [form.is_valid() for row in self.rows for form in (row.form, row.new)]
        return all([self.attendance.is_valid(), *found])

    def save(self):
        """True when everything is kept. Else status 422, with what is wrong; or 409, and what somebody else changed
        meanwhile stands beside what this person typed, while all the rest is kept."""
        if not self.is_valid():
            self.status = 422
            return False
        stale, attendance = self._write()
        if not stale and attendance is None:
            return True
        self.status = 409
        fresh = MinutesPage(self.meeting)
        for row in fresh.rows:
            row.form = stale.get(row.item.pk, row.form)
        self.rows = fresh.rows
        self.attendance = attendance or fresh.attendance
        return False

    @transaction.atomic
    def _write(self):
        """({item: its merged form}, the attendance that met another or None). StaleObject when minutes are frozen."""
        if not self.meeting.lock().is_written_in:
            raise StaleObject(self.meeting)
        changed = [row for row in self.rows if row.form.changes()]  # what nobody touched here meets nothing
        stale = {row.item.pk: row.form.merged() for row in changed if not row.form.keep()}
        for row in self.rows:
            if text := row.new.cleaned_data["text"]:
                decide(row.item, self.meeting, text, row.new.cleaned_data, self.by)
        try:
            with transaction.atomic():
                self.attendance.save()
        except StaleObject:
            return stale, self.attendance.merged()
        return stale, None


def decide(item, meeting, text, facts, by=None):
    """An adopted decision with the next number. The same words at the same item are one decision, pressed twice.

    Where `facts` say so a task follows from it, of which who has it is told, but not `by`.
    """
    column = f"text_{meeting.language}"
    if item.decisions.filter(**{column: text}).exists():
        return
    decision = Decision(group=meeting.group, meeting=meeting, item=item, state=Decision.State.ADOPTED)
    setattr(decision, column, text)
    decision.responsible, decision.due_on = facts.get("responsible"), facts.get("due_on")
    for name, value in decision.take_number().items():
        setattr(decision, name, value)
    decision.save()
    if facts.get("makes_task") and by:
        mails.task_given(decision.make_task(), by)


@transaction.atomic
def finish(meeting):
    """Says that the minutes are written: members are asked to read them before the next meeting."""
    meeting.move_to(Meeting.Status.MINUTES_WRITTEN)
    for person in members(meeting):
        with override(person.language):
            context = {
                "title": languages.resolve(meeting, "title")[0],
                "day": meeting.begins,
                "link": settings.PORTAL_ADDRESS + meeting.get_absolute_url(),
            }
        outbox.send("meeting-minutes", person, context=context, key=f"meeting {meeting.pk} minutes {person.pk}")


@transaction.atomic
def correct(form, meeting):
    """A correction of approved minutes: kept by `form`, a CorrectionForm. → as RecordForm.keep."""
    if meeting.lock().status != Meeting.Status.MINUTES_APPROVED:
        raise StaleObject(meeting)
    return form.keep()
