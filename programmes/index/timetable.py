"""When each programme takes place next, kept right as the clock goes on.

Thousands of schedules say the same ("Tuesdays, 10 to 11"): those are one group, computed once.
"""

import heapq
from array import array
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from .. import recurrence
from .bits import BLOCK, SHIFT, Bits

NEVER = 0xFFFFFFFF  # seconds since 1970; by arrangement, over, or paused without an end
WEEK = 7 * 24 * 3600


class Rule(NamedTuple):
    """What decides the dates of a schedule."""

    rule: str
    starts_at: time
    ends_at: time
    valid_from: date
    valid_to: date | None
    skip: tuple
    closures: tuple
    groups: tuple  # whose public holidays count
    resumes_on: date | None


WIDTH = len(Rule._fields)


class Timetable:
    """Groups are numbers; what is known of them stands in arrays, for a country has half a million of them."""

    def __init__(self, now, days_off=None):
        self.now = int(now.timestamp())
        self.days_off = days_off or {}  # group of partners → its public holidays
        self._known = {}  # what stands in `_rules` for a group, as bytes → group; only of those that came last
        self._parts, self._part = [], {}  # number → part of a rule, and back: few are different
        self._rules = array("I")  # numbers of its parts, for each group
        self.starts = array("I")  # group → start of its next date
        self._numbers, self._begins = array("I"), array("I", [0])  # programmes, and where those of a group begin
        self._more = {}  # group → programmes that came later
        self._due, self._due_at = [], {}  # heap of seconds in which something changes, and of which groups
        self._later: array | None = array("I")  # group → that second, until all is there
        self._first = array("I", [0])  # programme → its newest link
        self._links = array("I", [0, 0])  # pairs (group, next link)
        self.next_start = array("I", [NEVER])
        self._dated, self._this_week = Bits(), Bits()
        self._changed = set()  # blocks of numbers whose next date has moved since
        self._starting = {}  # start → groups; an array is replaced, for somebody may be reading it
        self._order = None

    # ---- filling ------------------------------------------------------------------------------
    def put(self, rule, numbers):
        """These programmes also take place by `rule`."""
        parts = array("I", map(self._number_of, rule))
        if (group := self._known.get(key := parts.tobytes())) is None:
            group = self._known[key] = len(self.starts)
            self._rules.extend(parts)
            self.starts.append(NEVER)
            if self._later is not None:
                self._later.append(NEVER)
            self._numbers.extend(numbers)
            self._begins.append(len(self._numbers))
            self._settle(group)
        else:
            self._more.setdefault(group, array("I")).extend(numbers)
        self._make_room(max(numbers))
        for number in numbers:
            self._links.extend((group, self._first[number]))
            self._first[number] = len(self._links) // 2 - 1
            self._place(number)

    def _number_of(self, part):
        if (number := self._part.get(part)) is None:
            number = self._part[part] = len(self._parts)
            self._parts.append(part)
        return number

    def filled(self):
        """All is there: a rule that comes later makes a group of its own, for to know them all costs as much again.

        What has the same start or end is put together only now: made while half a million groups come and go,
        these arrays would lie all over the memory, and none of it could be given back.
        """
        self._known = {}
        self._starting, self._due_at = _groups_by(self.starts), _groups_by(self._later)
        self._due, self._later, self._order = sorted(self._due_at), None, None

    def members(self, group):
        """Numbers of its programmes; 0 in the place of one that was taken out."""
        numbers = self._numbers[self._begins[group] : self._begins[group + 1]]
        return numbers + self._more[group] if group in self._more else numbers

    def remove(self, number):
        if number < len(self._first):
            for group in self._groups(number):
                self._remove_from(group, number)
            self._first[number] = 0
            self._place(number)

    def _remove_from(self, group, number):
        try:
            self._numbers[self._numbers.index(number, self._begins[group], self._begins[group + 1])] = 0
        except ValueError:
            self._more[group].remove(number)

    def _make_room(self, number):
        if number >= len(self._first):
            more = number + 1 - len(self._first)
            self._first.frombytes(bytes(4 * more))
            self.next_start.frombytes(b"\xff" * (4 * more))

    def _groups(self, number):
        link = self._first[number]
        while link:
            yield self._links[2 * link]
            link = self._links[2 * link + 1]

    # ---- the clock ----------------------------------------------------------------------------
    def advance(self, now):
        """Brings the dates up to `now`; costs nothing while none has ended."""
        self.now = int(now.timestamp())
        while self._due and self._due[0] <= self.now:
            for group in self._due_at.pop(heapq.heappop(self._due)):
                self._settle(group)
                for number in self.members(group):
                    self._place(number)

    @property
    def next_change(self):
        """When a date is over or comes within seven days next; None without dates."""
        return datetime.fromtimestamp(self._due[0], UTC) if self._due else None

    def recompute(self, days_off):
        """After the public holidays have changed."""
        self.days_off, self._later = days_off, array("I", [NEVER]) * len(self.starts)
        for group in range(len(self.starts)):
            self._settle(group)
            for number in self.members(group):
                self._place(number)
        self.filled()

    def _settle(self, group):
        """The next date of a group, and when to look again: at its end, or when it comes within seven days."""
        rule = Rule(*map(self._parts.__getitem__, self._rules[group * WIDTH : (group + 1) * WIDTH]))
        after = datetime.fromtimestamp(self.now, UTC)
        if rule.resumes_on:
            after = max(after, timezone.make_aware(datetime.combine(rule.resumes_on, time.min)))
        dates = recurrence.occurrences(
            rule.rule, rule.valid_from, rule.valid_to, rule.starts_at, rule.ends_at, ZoneInfo(settings.TIME_ZONE),
            after=after, limit=1, skip=frozenset(rule.skip),
            closed=(*rule.closures, *(day for group in rule.groups for day in self.days_off.get(group, ()))),
        )  # fmt: skip
        self._start(group, int(dates[0][0].timestamp()) if dates else NEVER)
        if dates:
            soon = self.starts[group] - WEEK
            self._look_again(soon if soon > self.now else int(dates[0][1].timestamp()), group)

    def _start(self, group, start):
        before, starting = self.starts[group], self._starting
        if start == before:
            return
        self.starts[group] = start
        if self._later is not None:
            return
        if before != NEVER:
            rest = starting.pop(before)[:]
            rest.remove(group)
            if rest:
                starting[before] = rest
        if start != NEVER:
            starting[start] = starting.get(start, array("I")) + array("I", [group])
        self._order = None

    def _look_again(self, second, group):
        if self._later is not None:
            self._later[group] = second
            return
        if second not in self._due_at:
            heapq.heappush(self._due, second)
            self._due_at[second] = array("I")
        self._due_at[second].append(group)

    def _place(self, number):
        self.next_start[number] = min((self.starts[group] for group in self._groups(number)), default=NEVER)
        self._changed.add(number >> SHIFT)

    # ---- reading ------------------------------------------------------------------------------
    @property
    def dated(self):
        """Bits of the programmes that have a next date."""
        self._bring_up_to_date()
        return self._dated

    @property
    def this_week(self):
        """Bits of those whose next date starts within seven days."""
        self._bring_up_to_date()
        return self._this_week

    def _bring_up_to_date(self):
        while self._changed:
            block = self._changed.pop()
            starts = self.next_start[block << SHIFT : (block + 1) << SHIFT]
            self._dated = self._with_block(self._dated, block, starts, NEVER - 1)
            self._this_week = self._with_block(self._this_week, block, starts, self.now + WEEK)

    @staticmethod
    def _with_block(bits, block, starts, latest):
        value = int(bytes([48 + (start <= latest) for start in starts])[::-1] or b"0", 2)
        kept = Bits(bits)
        kept[block] = value
        return kept if value else kept - Bits({block: (1 << BLOCK) - 1})

    def in_order(self):
        """(start, [group]) of all groups with dates, soonest first."""
        if (order := self._order) is None:
            order = self._order = sorted(self._starting.items())
        return order


def _groups_by(seconds):
    """{second: array of the groups for which it is that}."""
    found = {}
    for group, second in enumerate(seconds):
        if second != NEVER:
            found.setdefault(second, array("I")).append(group)
    return found
