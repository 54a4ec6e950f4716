"""Opening hours as a visitor asks for them: open now, until when, when next. No models, no queries.

`weekly` holds (weekday 0–6, opens, closes), Monday is 0; `exceptions` holds (first_date, last_date, opens,
closes, reason), both dates included and `opens` None meaning closed. Times are those of the clock on the
wall, `closes` is the first minute at which the door is shut, and no opening runs past midnight.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from portal.dates import instant

SEARCH_DAYS = 366
"""How many days ahead the next opening is looked for."""

Interval = tuple[time, time]
Weekly = Iterable[tuple[int, time, time]]
Exceptions = Iterable[tuple[date, date, time | None, time | None, str]]


@dataclass(frozen=True)
class OpeningState:
    """What to say at the door.

    `kind` is "open" (`until`), "opens-later" (`opens_at`, today), "closed-for-today" (it was open;
    `opens_at`), "by-appointment" (no hours today, but one may arrange a visit; `opens_at`), "closed-today"
    (`reason` when an exception says so; `opens_at`) or "unknown": no hours are known at all. `until` and
    `opens_at` are aware; `opens_at` is None where no opening follows within SEARCH_DAYS.
    """

    kind: str
    until: datetime | None = None
    opens_at: datetime | None = None
    reason: str = ""
    today: tuple[Interval, ...] = ()


def intervals_on(day: date, weekly: Weekly, exceptions: Exceptions) -> tuple[list[Interval], str]:
    """([(opens, closes)] in order, reason or ""): the hours of an exception, else those of the week.

    Of several exceptions the one with the fewest days wins, then the one given first; others of the very same
    days add their hours to it, unless it closes. Intervals that touch or overlap become one.
    """
    covering = [row for row in exceptions if row[0] <= day <= row[1]]
    if not covering:
        return _merged((opens, closes) for weekday, opens, closes in weekly if weekday == day.weekday()), ""
    first, last, opens, _closes, reason = min(covering, key=lambda row: row[1] - row[0])
    if opens is None:
        return [], reason
    same_days = [row for row in covering if row[:2] == (first, last) and row[2] is not None]
    return _merged((opens, closes) for _first, _last, opens, closes, _reason in same_days), reason


def state_at(
    moment: datetime, weekly: Weekly, exceptions: Exceptions, zone=None, appointments: Iterable[int] = ()
) -> OpeningState:
    """The OpeningState at the aware `moment`, read in `zone`, else in the current time zone.

    `appointments` are the weekdays on which one may come by appointment.

    ValueError when `moment` is naive. Hours that daylight saving skips or repeats: see portal.dates.instant.
    """
    moment, weekly, exceptions = timezone.localtime(moment, zone), list(weekly), list(exceptions)
    intervals, reason = intervals_on(moment.date(), weekly, exceptions)
    spans = _spans(moment.date(), intervals, moment.tzinfo)
    state = OpeningState("unknown", reason=reason, today=tuple(intervals))
    for opens, closes in spans:
        if opens.timestamp() <= moment.timestamp() < closes.timestamp():
            return replace(state, kind="open", until=closes)
        if moment.timestamp() < opens.timestamp():
            return replace(state, kind="opens-later", opens_at=opens)
    is_exception = any(row[0] <= moment.date() <= row[1] for row in exceptions)
    if moment.weekday() in appointments and not intervals and not is_exception:
        return replace(state, kind="by-appointment", opens_at=_next_opening(moment, weekly, exceptions))
    if not _is_known(moment.date(), weekly, exceptions):
        return state
    kind = "closed-for-today" if intervals else "closed-today"
    return replace(state, kind=kind, opens_at=_next_opening(moment, weekly, exceptions))


def week(weekly: Weekly) -> list[list[Interval]]:
    """Seven lists of (opens, closes) in order, Monday first."""
    rows = list(weekly)
    return [_merged((opens, closes) for weekday, opens, closes in rows if weekday == number) for number in range(7)]


def _is_known(day, weekly, exceptions):
    """True when some hours are known, or at least that the door is shut on `day`."""
    return bool(weekly) or any(row[2] is not None or row[0] <= day <= row[1] for row in exceptions)


def _next_opening(moment, weekly, exceptions):
    """Start of the first interval after the day of `moment`, or None."""
    for days in range(1, SEARCH_DAYS + 1):
        day = moment.date() + timedelta(days=days)
        intervals, _reason = intervals_on(day, weekly, exceptions)
        if intervals:
            return instant(day, intervals[0][0], moment.tzinfo)
    return None


def _spans(day, intervals, zone):
    """The intervals as aware datetimes."""
    return [(instant(day, opens, zone), instant(day, closes, zone)) for opens, closes in intervals]


def _merged(intervals):
    """In order, with those that touch or overlap made one."""
    merged = []
    for opens, closes in sorted(intervals):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        else:
            merged.append((opens, closes))
    return merged
