"""Opening hours as lines: "every Monday and Tuesday, 8:00–12:00", said and read as schedules are."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from partners.models import OpeningHours
from portal import languages

from ..recurrence import in_words
from ..sentences import read as read_sentence
from ..sentences import rule_of

MOST = 60  # lines


def rows(place):
    """[[weekday, opens, closes]] in order; times as "08:00"."""
    return sorted([row.weekday, f"{row.opens:%H:%M}", f"{row.closes:%H:%M}"] for row in place.hours.all())


def said(found):
    """A line for each pair of times, with its weekdays."""
    spans = {}
    for weekday, opens, closes in found:
        spans.setdefault((opens, closes), []).append(weekday)
    return "\n".join(_line(weekdays, *span) for span, weekdays in sorted(spans.items(), key=lambda s: (s[1], s[0])))


def _line(weekdays, opens, closes):
    clock = [OpeningHours._meta.get_field("opens").to_python(text) for text in (opens, closes)]
    return in_words(rule_of("weekly", weekdays=weekdays), *clock)


def read(text):
    """[[weekday, opens, closes]] of the lines. Raises ValidationError with the line that was not understood."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    found = {(day, *span) for line in lines[:MOST] for day, *span in _read_line(line)}
    if len({(day, opens) for day, opens, _closes in found}) < len(found):
        raise ValidationError(_("On this day the place already has hours that begin at that time."))
    return sorted(map(list, found))


def _read_line(line):
    for code in (languages.active(), *languages.CODES):
        reading = read_sentence(line, code)
        choices = reading.choices
        is_weekly = choices.get("frequency") in ("weekly", "daily") and choices["interval"] == 1
        dates = reading.valid_from or reading.valid_to or reading.exceptions
        if is_weekly and not reading.unread and not dates and reading.starts_at and reading.ends_at:
            days = choices["weekdays"] or (range(7) if choices["frequency"] == "daily" else ())
            if days and reading.starts_at >= reading.ends_at:
                raise ValidationError(_("Closing time must be after opening time."))
            if days:
                return [[day, f"{reading.starts_at:%H:%M}", f"{reading.ends_at:%H:%M}"] for day in days]
    sentence = _("“%(line)s” is not understood; write for example: every Monday 8:00–12:00.")
    raise ValidationError(sentence % {"line": line})
