"""The calendar of a person's groups as an .ics file, which their own calendar program reads again and again."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import groups_of
from portal import languages

from . import shared_calendar

BEFORE, AHEAD = timedelta(days=7), timedelta(days=92)


def feed(user):
    """Bytes of the file, in the language that is active: a week back, three months ahead."""
    from icalendar import Calendar  # three megabytes that few processes ever need, as below

    today = timezone.localdate()
    file = Calendar()
    file.add("prodid", f"-//{settings.PORTAL_NAME}//calendar//{languages.active().upper()}")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", settings.PORTAL_NAME)
    file.add("refresh-interval;value=duration", "PT6H", encode=False)
    seen = set()
    for group in groups_of(user).order_by("pk"):
        for one in shared_calendar.read(group, user, today - BEFORE, today + AHEAD).rows:
            event = _event(one)
            if event["uid"] not in seen:  # an organisation may be in two groups
                seen.add(event["uid"])
                file.add_component(event)
    file.add_missing_timezones(today - timedelta(days=366), today + timedelta(days=366))
    return file.to_ical()


def _event(one):
    """One date is one entry: Outlook passes over an entry that is repeated by a list of dates (RDATE)."""
    from icalendar import Event

    event = Event()
    host = settings.PORTAL_ADDRESS.rpartition("/")[2].partition(":")[0]
    kind, number = one.key
    event.add("uid", f"{kind}-{number}-{one.place.pk if one.place else 0}-{one.start:%Y%m%d%H%M}@{host}")
    event.add("dtstamp", datetime.now(UTC))
    event.add("summary", _title(one))
    event.add("url", settings.PORTAL_ADDRESS + shared_calendar.address(one))
    if one.names:
        event.add("description", ", ".join(map(str, one.names)))
    if one.is_whole_day:
        event.add("dtstart", one.day)
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", one.start)
        event.add("dtend", one.end)
    if one.place:
        event.add("location", ", ".join(filter(None, [str(one.place), one.place.address])))
    return event


def _title(one):
    words = {
        "task": _("Task due: %(title)s"),
        "decision": _("Decision due: %(title)s"),
        "round": _("Reports due: %(title)s"),
        "measure": _("Measure ends: %(title)s"),
    }
    return words[one.kind] % {"title": one.record} if one.kind in words else str(one.record)
