"""Dates and times in words, where Django's formats do not reach: weekdays, Slovenian cases, spans of time.

Django knows Slovenian months in the nominative only (its alternative names are the same, capitalised), so a
date by itself ("21. november 2026") comes from the `date` filter and one that answers "when" from here ("21.
novembra"). Every function takes one of the five language codes; without it, the reader's language.
"""

from datetime import UTC, datetime
from functools import lru_cache

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import override

from portal.languages import active

_MONTHS_OF = {
    "sl": (
        "januarja", "februarja", "marca", "aprila", "maja", "junija",
        "julija", "avgusta", "septembra", "oktobra", "novembra", "decembra",
    ),
}  # fmt: skip
_LONG = {
    "sl": "{weekday}, {date}",
    "en": "{weekday} {date}",
    "da": "{weekday} den {date}",
    "nb": "{weekday} {date}",
    "de": "{weekday}, {date}",
}
_SHORT = {
    "sl": "{weekday}, {day}. {month}",
    "en": "{weekday} {day} {month}",
    "da": "{weekday} {day}. {month}",
    "nb": "{weekday} {day}. {month}",
    "de": "{weekday}, {day}. {month}",
}
_SHORT_WEEKDAYS = {
    "sl": ("pon.", "tor.", "sre.", "čet.", "pet.", "sob.", "ned."),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "da": ("man.", "tirs.", "ons.", "tors.", "fre.", "lør.", "søn."),
    "nb": ("man.", "tirs.", "ons.", "tors.", "fre.", "lør.", "søn."),
    "de": ("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."),
}
_SHORT_MONTHS = {
    "sl": tuple(f"{month}." for month in range(1, 13)),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "da": ("jan.", "feb.", "marts", "april", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."),
    "nb": ("jan.", "feb.", "mars", "april", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des."),
    "de": ("Jan.", "Feb.", "März", "April", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."),
}
# For the block with a day and its month, in letters in Slovenian as well.
_BLOCK_MONTHS = _SHORT_MONTHS | {
    "sl": ("jan.", "feb.", "mar.", "apr.", "maj", "jun.", "jul.", "avg.", "sep.", "okt.", "nov.", "dec."),
}
# Before and after a span, the dash in it, before and after a single time, the point in a time, and whether
# "17.00–18.00" is written "17–18".
_CLOCK = {
    "sl": ("", "", "–", "ob ", "", ".", False),
    "en": ("", "", "–", "at ", "", ":", False),
    "da": ("kl. ", "", "-", "kl. ", "", ".", True),
    "nb": ("kl. ", "", "–", "kl. ", "", ".", True),
    "de": ("", " Uhr", "–", "um ", " Uhr", ":", True),
}


def instant(day, time, zone):
    """The aware datetime at which the clock on the wall shows `time` on `day` in `zone`.

    A time that daylight saving skips is read with the offset before the gap (2:30 becomes 3:30); one that
    occurs twice is its first occurrence. Both as RFC 5545, 3.3.5.
    """
    return datetime.combine(day, time, tzinfo=zone).astimezone(UTC).astimezone(zone)


@lru_cache(maxsize=16)
def weekday_names(language):
    """The seven names, Monday first, in the nominative."""
    with override(language):
        return tuple(str(WEEKDAYS[number]) for number in range(7))


@lru_cache(maxsize=16)
def month_names(language):
    """The twelve names, January first, in the nominative."""
    with override(language):
        return tuple(str(MONTHS[number]) for number in range(1, 13))


@lru_cache(maxsize=16)
def month_names_of(language):
    """The twelve names as they stand behind the number of a day; in Slovenian the genitive."""
    return _MONTHS_OF.get(language) or month_names(language)


def day_and_month(day, month, language=None):
    """ "3. decembra", "3 December": an answer to "when", every year."""
    language = language or active()
    return f"{day}{'' if language == 'en' else '.'} {month_names_of(language)[month - 1]}"


def date_in_sentence(date, language=None):
    """ "(do) 21. novembra 2026", "(until) 21 November 2026"."""
    return f"{day_and_month(date.day, date.month, language)} {date.year}"


def long_day(date, language=None, today=None):
    """ "četrtek, 3. decembra 2026"; without the year when it is that of `today`."""
    language = language or active()
    is_this_year = today is not None and date.year == today.year
    words = day_and_month(date.day, date.month, language) if is_this_year else date_in_sentence(date, language)
    return _LONG[language].format(weekday=weekday_names(language)[date.weekday()], date=words)


def short_day(date, language=None, today=None):
    """ "čet., 3. 12."; with the year when `today` is given and in another year."""
    language = language or active()
    weekday, month = _SHORT_WEEKDAYS[language][date.weekday()], _SHORT_MONTHS[language][date.month - 1]
    words = _SHORT[language].format(weekday=weekday, day=date.day, month=month)
    return words if today is None or date.year == today.year else f"{words} {date.year}"


def block_day(date, language=None):
    """What stands in a date block: ("čet.", "3.", "dec."), ("Thu", "3", "Dec")."""
    language = language or active()
    number = f"{date.day}{'' if language == 'en' else '.'}"
    return _SHORT_WEEKDAYS[language][date.weekday()], number, _BLOCK_MONTHS[language][date.month - 1]


def span(starts_at, ends_at, language=None, bare=False):
    """ "16.30–18.00", "kl. 16.30-18.00", "16:30–18:00 Uhr"; "ob 9.00", "um 9 Uhr" when `ends_at` is None.

    Midnight at the end is 24. Full hours are "17–18" where that is the custom (da, nb, de), unless it starts
    at a broken one: "16.30–18.00". `bare` leaves out the words, for a table or behind a date, and keeps the
    minutes.
    """
    before, after, dash, at, after_at, point, is_short = _CLOCK[language or active()]
    is_short = is_short and not bare and not starts_at.minute
    text = _clock(starts_at.hour, starts_at.minute, point, is_short)
    if ends_at is None:
        return text if bare else f"{at}{text}{after_at}"
    hour = ends_at.hour if ends_at.hour or ends_at.minute else 24
    text = f"{text}{dash}{_clock(hour, ends_at.minute, point, is_short)}"
    return text if bare else f"{before}{text}{after}"


def _clock(hour, minute, point, is_short):
    return str(hour) if is_short and not minute else f"{hour}{point}{minute:02}"
