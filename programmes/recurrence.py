"""When a schedule takes place: the part of RFC 5545 rules that a programme needs. No models, no queries.

A rule is the text behind "RRULE:". The empty rule means "by arrangement" and has no dates.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from math import inf

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.dates import instant, span

from . import recurrence_words

__all__ = ["HORIZON", "Rule", "in_words", "occurrences", "parts_of_day", "span", "validate_rule", "weekdays"]

HORIZON = timedelta(days=731)
"""How far ahead dates are looked for: two years, so that a rule without dates ends too."""

MAX_LENGTH, MAX_COUNT, MAX_INTERVAL = 200, 1000, 99
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ORDINAL_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_DAY = timedelta(days=1)
_CYCLE = (date(2000, 1, 1), date(2028, 1, 1))  # after 28 years dates fall on the same weekdays again


@dataclass(frozen=True)
class Rule:
    """A parsed rule; `byday` holds (ordinal, weekday): ordinal 0 is every such day, -1 the last."""

    freq: str
    interval: int = 1
    byday: tuple[tuple[int, int], ...] = ()
    bymonthday: tuple[int, ...] = ()
    bymonth: tuple[int, ...] = ()
    count: int | None = None
    until: date | None = None
    wkst: int = 0

    @classmethod
    def parse(cls, text: str) -> "Rule":
        """The rule that `text` spells out; ValidationError when it is not one that schedules use."""
        return _parse(text)

    def anchored(self, first: date) -> "Rule":
        """The same rule with what it takes from its first day written out (RFC 5545, 3.3.10)."""
        if self.byday or self.bymonthday or self.freq == "DAILY":
            return self
        if self.freq == "WEEKLY":
            return replace(self, byday=((0, first.weekday()),))
        if self.freq == "MONTHLY":
            return replace(self, bymonthday=(first.day,))
        return replace(self, bymonth=self.bymonth or (first.month,), bymonthday=(first.day,))

    def matches(self, day: date) -> bool:
        """True when month, day of the month and weekday of `day` are right; the interval is not looked at."""
        if self.bymonth and day.month not in self.bymonth:
            return False
        if self.bymonthday and not {day.day, day.day - 1 - _month_length(day)}.intersection(self.bymonthday):
            return False
        return not self.byday or self._has_weekday(day)

    def _has_weekday(self, day: date) -> bool:
        weekday = day.weekday()
        for ordinal, wanted in self.byday:
            if wanted == weekday and (ordinal == 0 or ordinal in self._ordinals(day)):
                return True
        return False

    def _ordinals(self, day: date) -> tuple[int, int]:
        """Which such weekday `day` is in its month, or year, counted from the start and from the end."""
        if self.freq == "YEARLY" and not self.bymonth:
            number, length = day.timetuple().tm_yday, (date(day.year, 12, 31) - date(day.year, 1, 1)).days + 1
        else:
            number, length = day.day, _month_length(day)
        return (number - 1) // 7 + 1, -((length - number) // 7 + 1)

    def is_in_step(self, day: date, first: date) -> bool:
        """True when `day` lies in a period that the interval, counted from `first`, does not leap over."""
        return self.interval == 1 or (self._period(day) - self._period(first)) % self.interval == 0

    def _period(self, day: date) -> int:
        if self.freq == "DAILY":
            return day.toordinal()
        if self.freq == "WEEKLY":
            return (day.toordinal() - 1 - self.wkst) // 7  # 1 January of the year 1 was a Monday
        return day.year * 12 + day.month if self.freq == "MONTHLY" else day.year


def validate_rule(text: str) -> None:
    """ValidationError, for the reader, unless `text` is empty or a rule that schedules use and has dates.

    Of RFC 5545 that is FREQ from DAILY to YEARLY with INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, WKST and either
    COUNT or UNTIL (a date). BYSETPOS is left out: what schedules say with it, BYDAY=1TH says too.
    """
    if not text:
        return
    rule = _parse(text)
    if not any(rule.matches(day) for day in _days(*_CYCLE)):
        raise ValidationError(_("This rule never falls on any day."), code="never")


def occurrences(
    rule: str,
    first: date,
    last: date | None,
    starts_at: time | None,
    ends_at: time | None,
    zone,
    after: datetime,
    before: datetime | None = None,
    limit: int | None = None,
    skip: frozenset[date] = frozenset(),
    closed=(),
) -> list[tuple[datetime, datetime]]:
    """[(start, end)], aware and in `zone`, soonest first: what ends after `after` and starts before `before`.

    `first` anchors the rule (DTSTART) and is a date of it only when the rule falls on it; `last` is
    inclusive. `skip` and the inclusive (first, last) pairs of `closed` take out days by the date of the
    start; COUNT counts them all the same, as with EXDATE. An end not later than the start lies on the next
    day. No `starts_at`, no dates. `after` and `before` are aware. Never looks further than HORIZON past
    `after`, and knows the years 1900 to 9000 only. See portal.dates.instant for times that daylight saving
    skips or repeats.
    """
    if not rule or starts_at is None or not 1900 <= after.year <= 9000:
        return []
    since = after.astimezone(zone).date()
    until = (min(before, after + HORIZON) if before else after + HORIZON).astimezone(zone).date()
    days = (
        day
        for day in _dates(_parse(rule), first, min(until, last) if last else until, since - 2 * _DAY)
        if day not in skip and not any(start <= day <= end for start, end in closed)
    )
    earliest, latest = after.timestamp(), before.timestamp() if before else inf
    found = (_times(day, starts_at, ends_at, zone) for day in days)
    wanted = (pair for pair in found if pair[1].timestamp() > earliest and pair[0].timestamp() < latest)
    return list(islice(wanted, limit))


def weekdays(rule: str, first: date) -> frozenset[int]:
    """The weekdays, 0 is Monday, that the rule can fall on."""
    if not rule:
        return frozenset()
    anchored = _parse(rule).anchored(first)
    if anchored.freq == "WEEKLY" or anchored.byday:
        return frozenset(weekday for _ordinal, weekday in anchored.byday)
    return frozenset(range(7))


def parts_of_day(starts_at: time | None, ends_at: time | None) -> set[str]:
    """Which of "morning" (before 12), "afternoon" (12–17), "evening" (from 17) the time [start, end) touches.

    An end not later than the start lies on the next day; without an end the start alone counts.
    """
    if starts_at is None:
        return set()
    start = _minutes(starts_at)
    end = start + 1 if ends_at is None else _minutes(ends_at) + (1440 if ends_at <= starts_at else 0)
    parts = {"morning": (0, 720), "afternoon": (720, 1020), "evening": (1020, 1440)}
    return {
        part
        for part, (opens, closes) in parts.items()
        if (start < closes and end > opens) or end > opens + 1440
    }  # fmt: skip


def in_words(
    rule: str,
    starts_at: time | None,
    ends_at: time | None,
    language: str | None = None,
    first: date | None = None,
) -> str:
    """ "vsak drugi četrtek, 16.30–18.00": the rule and its times in `language`, else in the reader's.

    With `first`, a rule that takes its weekday or day of the month from its first day names it.
    """
    parsed = _parse(rule) if rule else None
    if parsed and first:
        parsed = parsed.anchored(first)
    return recurrence_words.phrase(parsed, starts_at, ends_at, language)


# ---- reading a rule -----------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _parse(text: str) -> Rule:
    if len(text) > MAX_LENGTH:
        raise _invalid(_("A rule has at most %(limit)s characters."), limit=MAX_LENGTH)
    read: dict = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or name not in _READERS or name.lower() in read:
            raise _invalid(
                _("“%(part)s” is not a part of a rule that a schedule can use, or stands there twice."), part
            )
        read[name.lower()] = _READERS[name](value, part)
    if "freq" not in read:
        raise _invalid(_("A rule says how often: FREQ=DAILY, WEEKLY, MONTHLY or YEARLY."))
    rule = Rule(**read)
    _check_together(rule)
    return rule


def _check_together(rule: Rule) -> None:
    """What RFC 5545, 3.3.10, does not let stand side by side."""
    if rule.count and rule.until:
        raise _invalid(_("Give either COUNT or UNTIL, not both."))
    if rule.bymonthday and rule.freq == "WEEKLY":
        raise _invalid(_("BYMONTHDAY does not go with FREQ=WEEKLY."))
    most = {"MONTHLY": 5, "YEARLY": 5 if rule.bymonth else 53}.get(rule.freq, 0)
    if any(abs(ordinal) > most for ordinal, _weekday in rule.byday):
        raise _invalid(_("Numbered weekdays such as 1TH need FREQ=MONTHLY or FREQ=YEARLY, and the number must occur."))


def _invalid(message, part: str = "", **params) -> ValidationError:
    return ValidationError(message, code="invalid_rule", params={"part": part.replace("\0", "?")[:40], **params})


def _number(text: str, part: str, most: int, *, signed: bool = False) -> int:
    number = int(text) if re.fullmatch(r"[+-]?[0-9]{1,4}" if signed else r"[0-9]{1,4}", text) else 0
    if not 1 <= abs(number) <= most:
        raise _invalid(_("“%(part)s” needs a number from 1 to %(most)s."), part, most=most)
    return number


def _numbers(text: str, part: str, most: int, *, signed: bool = False) -> tuple[int, ...]:
    return tuple(sorted({_number(item, part, most, signed=signed) for item in text.split(",")}))


def _freq(text: str, part: str) -> str:
    if text not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}:
        raise _invalid(_("A rule says how often: FREQ=DAILY, WEEKLY, MONTHLY or YEARLY."))
    return text


def _byday(text: str, part: str) -> tuple[tuple[int, int], ...]:
    days = {_ordinal_day(item, part) for item in text.split(",")}
    return tuple(sorted(days, key=lambda day: (day[0] < 0, abs(day[0]), day[1])))


def _ordinal_day(text: str, part: str) -> tuple[int, int]:
    found = _ORDINAL_DAY.fullmatch(text)
    if found is None or (found[1] and not int(found[1])):
        raise _invalid(_("“%(part)s” needs weekdays such as MO, 1TH or -1WE."), part)
    return int(found[1] or 0), WEEKDAYS.index(found[2])


def _weekday(text: str, part: str) -> int:
    if text not in WEEKDAYS:
        raise _invalid(_("“%(part)s” needs one weekday such as MO."), part)
    return WEEKDAYS.index(text)


def _date(text: str, part: str) -> date:
    try:
        return datetime.strptime(text if re.fullmatch(r"[0-9]{8}", text) else "", "%Y%m%d").date()
    except ValueError:
        raise _invalid(_("“%(part)s” needs a date such as 20270624."), part) from None


_READERS = {
    "FREQ": _freq,
    "INTERVAL": lambda text, part: _number(text, part, MAX_INTERVAL),
    "BYDAY": _byday,
    "BYMONTHDAY": lambda text, part: _numbers(text, part, 31, signed=True),
    "BYMONTH": lambda text, part: _numbers(text, part, 12),
    "COUNT": lambda text, part: _number(text, part, MAX_COUNT),
    "UNTIL": _date,
    "WKST": _weekday,
}


# ---- its days -----------------------------------------------------------------------------------


def _dates(rule: Rule, first: date, last: date, since: date) -> Iterator[date]:
    """The rule's days from `since` to `last`; only COUNT needs those before, from `first` on."""
    rule = rule.anchored(first)
    start = first if rule.count else max(first, since)
    last = min(last, rule.until) if rule.until else last
    weekdays = {weekday for _ordinal, weekday in rule.byday} or set(range(7))
    days = (
        day
        for day in _days(start, last, weekdays)
        if rule.matches(day) and rule.is_in_step(day, first)
    )  # fmt: skip
    return (day for day in islice(days, rule.count) if day >= since)


def _days(first: date, last: date, weekdays=frozenset(range(7))) -> Iterator[date]:
    """Every day from `first` to `last`, both included, that is one of the `weekdays`."""
    numbers = range(first.toordinal(), last.toordinal() + 1)
    return (date.fromordinal(number) for number in numbers if (number - 1) % 7 in weekdays)


def _month_length(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _times(day: date, starts_at: time, ends_at: time | None, zone) -> tuple[datetime, datetime]:
    """Start and end on `day`; without an end both are the same, and no end comes before its start."""
    start = instant(day, starts_at, zone)
    if ends_at is None:
        return start, start
    end_day = day + _DAY if ends_at <= starts_at else day
    end = instant(end_day, ends_at, zone)
    if end.timestamp() <= start.timestamp():  # the start lay in the hour that daylight saving skips
        length = datetime.combine(end_day, ends_at) - datetime.combine(day, starts_at)
        end = datetime.fromtimestamp(start.timestamp() + length.total_seconds(), zone)
    return start, end


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
