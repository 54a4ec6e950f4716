"""Invitations to meetings: a mail to every member in their language, with an entry for their calendar.

iCalendar by RFC 5545 and, for what mail programs do with it, RFC 5546: REQUEST to invite and to change, CANCEL to
call it off. The number of a meeting never changes, and each change raises its SEQUENCE, so a calendar moves the
entry it has instead of adding another.
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from partners.models import Seat, User
from portal import languages, outbox

from .models import Meeting

Status = Meeting.Status
YEAR = timedelta(days=366)


def members(meeting):
    """Who gets the mails: who works in its working group today; without one, everybody with a seat in the group."""
    if meeting.working_group:
        return meeting.working_group.people()
    seats = Seat.objects.current().filter(membership__group=meeting.group)
    return User.objects.filter(pk__in=seats.values("user"), is_active=True).order_by("pk")


@transaction.atomic
def invite(meeting):
    """Invites everybody. Raises as Meeting.move_to, ValidationError where there is nobody. → how many mails."""
    if meeting.working_group and not members(meeting).exists():
        raise ValidationError(_("Nobody works in this working group yet. Add its members first."))
    meeting.move_to(Status.INVITED)
    return _write(meeting, "meeting-invitation")


@transaction.atomic
def changed(meeting):
    """Says that an invitation changed; nothing to a meeting nobody was invited to. → how many mails."""
    if meeting.lock().status != Status.INVITED:
        return 0
    Meeting.objects.filter(pk=meeting.pk).update(sequence=F("sequence") + 1, version=F("version") + 1)
    meeting.refresh_from_db()
    return _write(meeting, "meeting-changed")


@transaction.atomic
def cancel(meeting):
    """Calls a meeting off; those who were invited are told. → how many mails."""
    was_invited = meeting.status == Status.INVITED
    meeting.move_to(Status.CANCELLED, sequence=F("sequence") + 1)
    return _write(meeting, "meeting-cancelled") if was_invited else 0


def _write(meeting, kind):
    people = list(members(meeting))
    method = "CANCEL" if kind == "meeting-cancelled" else "REQUEST"
    for person in people:
        with override(person.language):
            context = {
                "meeting": meeting,
                "title": languages.resolve(meeting, "title")[0],
                "day": meeting.begins,
                "items": [languages.resolve(item, "title")[0] for item in meeting.items.on_agenda()],
                "link": settings.PORTAL_ADDRESS + meeting.get_absolute_url(),
            }
            file = calendar(meeting, method, person.email).decode()
        key = f"meeting {meeting.pk} {kind} {meeting.sequence} {person.pk}"
        outbox.send(kind, person, context=context, key=key, calendar=file)
    return len(people)


def calendar(meeting, method="PUBLISH", attendee=None):
    """Bytes of an .ics file in the language that is active. A mail to one person names no other one."""
    from icalendar import Calendar  # three megabytes that few processes ever need, as below

    file = Calendar()
    file.add("prodid", f"-//{settings.PORTAL_NAME}//meetings//{languages.active().upper()}")
    file.add("version", "2.0")
    file.add("method", method)
    file.add_component(_event(meeting, method, attendee))
    day = meeting.day
    file.add_missing_timezones(day - YEAR, day + YEAR)  # else every change of the clock since 1970
    return file.to_ical()


def _event(meeting, method, attendee):
    from icalendar import Event, vCalAddress, vText

    event, zone = Event(), timezone.get_default_timezone()
    event.add("uid", f"{meeting.uid}@{settings.PORTAL_ADDRESS.rpartition('/')[2].partition(':')[0]}")
    event.add("dtstamp", datetime.now(UTC))
    event.add("sequence", meeting.sequence)
    event.add("dtstart", meeting.starts_at.astimezone(zone))
    event.add("dtend", meeting.ends_at.astimezone(zone))
    event.add("status", "CANCELLED" if meeting.status == Status.CANCELLED else "CONFIRMED")
    event.add("summary", f"{languages.resolve(meeting, 'title')[0]} ({meeting.body})")
    event.add("description", _description(meeting))
    event.add("url", settings.PORTAL_ADDRESS + meeting.get_absolute_url())
    if where := meeting.where or meeting.online_link:
        event.add("location", where)
    if meeting.location and meeting.location.position:
        event.add("geo", meeting.location.position)
    if method != "PUBLISH":
        organiser = vCalAddress(f"mailto:{meeting.group.email or settings.DEFAULT_FROM_EMAIL}")
        organiser.params["CN"] = vText(str(meeting.group))
        event["organizer"] = organiser
        invited = vCalAddress(f"mailto:{attendee}")
        invited.params["RSVP"] = vText("FALSE")  # answers are not read by anybody
        event.add("attendee", invited, encode=False)
    return event


def _description(meeting):
    items = [f"{n}. {languages.resolve(i, 'title')[0]}" for n, i in enumerate(meeting.items.on_agenda(), start=1)]
    return "\n".join([*([meeting.online_link] if meeting.online_link else []), *items])
