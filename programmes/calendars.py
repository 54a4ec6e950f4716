"""Schedules as iCalendar (RFC 5545): one VEVENT per schedule, with its rule, days off and time zone."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from portal import languages

HORIZON = timedelta(days=366)


def calendar(request, programmes, holidays):
    """Bytes of an .ics file with every schedule that has dates; identifiers stay the same from file to file."""
    from icalendar import Calendar  # three megabytes that few processes ever need, as below

    file = Calendar()
    file.add("prodid", f"-//{settings.PORTAL_NAME}//programmes//{languages.active().upper()}")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", settings.PORTAL_NAME)
    for programme in programmes:
        for schedule in programme.schedules.all():
            if event := _event(request, programme, schedule, holidays):
                file.add_component(event)
    today = timezone.localdate()
    file.add_missing_timezones(today - HORIZON, today + 2 * HORIZON)  # else every change of the clock since 1970
    return file.to_ical()


def _event(request, programme, schedule, holidays):
    """The VEVENT of one schedule from its next date on; None when nothing is coming."""
    after = programme.runs_again()
    coming = schedule.occurrences(after=after, before=after + HORIZON, holidays=holidays) if after else []
    if not coming:
        return None
    from icalendar import Event, vRecur

    event = Event()
    event.add("uid", f"schedule-{schedule.pk}@{request.get_host().split(':')[0]}")
    event.add("dtstamp", datetime.now(UTC))
    event.add("sequence", programme.version)
    event.add("dtstart", coming[0].start)
    event.add("dtend", coming[0].end)
    event.add("summary", str(programme))
    event.add("description", _description(programme))
    event.add("url", request.build_absolute_uri(programme.get_absolute_url()))
    if schedule.location:
        event.add("location", ", ".join(filter(None, [str(schedule.location), schedule.location.address])))
        if schedule.location.position:
            event.add("geo", schedule.location.position)
    # The rule less the days off, not the dates (RDATE): Outlook passes over an event with dates and no rule.
    if len(coming) > 1:
        first, last = coming[0].start, coming[-1].start
        rule = {key: value for key, value in vRecur.from_ical(schedule.rule).items() if key not in ("COUNT", "UNTIL")}
        event.add("rrule", vRecur(rule, until=last.astimezone(UTC)))
        off = {start for start in schedule.starts_by_rule(after, last) if start >= first} - {o.start for o in coming}
        for start in sorted(off):
            event.add("exdate", start)
    return event


def _description(programme):
    parts = [languages.resolve(programme, "summary")[0], programme.contact_name, programme.contact_phone]
    return "\n".join(part for part in parts if part)
