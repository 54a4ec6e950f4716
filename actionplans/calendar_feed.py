"""The calendar of a person's groups as an .ics file, which their own calendar program reads again and again."""

from collections import defaultdict
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
        rows = shared_calendar.read(group, user, today - BEFORE, today + AHEAD).rows
        for key, dates in _series(rows).items():
            if key not in seen:  # an organisation may be in two groups
                seen.add(key)
                file.add_component(_event(key, dates))
    file.add_missing_timezones()
    return file.to_ical()


def _series(rows):
    """{(kind, number, place, hours): [Activity]}: one entry of a calendar for each, with all its dates."""
    found = defaultdict(list)
    for one in rows:
        hours = (one.start.time(), one.end - one.start)
        found[*one.key, one.place and one.place.pk, *hours].append(one)
    return found


def _event(key, dates):
    from icalendar import Event

    event, first = Event(), dates[0]
    host = settings.PORTAL_ADDRESS.rpartition("/")[2].partition(":")[0]
    kind, number, place, start, _length = key
    event.add("uid", f"{kind}-{number}-{place or 0}-{start:%H%M}@{host}")
    event.add("dtstamp", datetime.now(UTC))
    event.add("summary", _title(first))
    event.add("url", settings.PORTAL_ADDRESS + shared_calendar.address(first))
    if first.names:
        event.add("description", ", ".join(map(str, first.names)))
    if first.is_whole_day:
        event.add("dtstart", first.day)
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", first.start)
        event.add("dtend", first.end)
        if len(dates) > 1:
            event.add("rdate", [one.start for one in dates[1:]])
    if first.place:
        event.add("location", ", ".join(filter(None, [str(first.place), first.place.address])))
    return event


def _title(one):
    words = {
        "task": _("Task due: %(title)s"),
        "decision": _("Decision due: %(title)s"),
        "round": _("Reports due: %(title)s"),
        "measure": _("Measure ends: %(title)s"),
    }
    return words[one.kind] % {"title": one.record} if one.kind in words else str(one.record)
