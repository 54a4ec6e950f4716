"""A typed sentence about times, read into the fields of a schedule. Says what it did not understand; guesses nothing.

Meaning by meaning, each takes its words out of the text: holidays, days off, times, first and last day, months; what is
left is the pattern (weekdays, ordinals, periods), read word by word. Words that remain are `unread`.
"""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache

from django.utils import timezone

from portal.languages import active

from .rules import rule_of
from .words import WORDS

LONGEST = 300
_CLOCK = re.compile(r"(\d{1,2})(?:[.:](\d\d))?(?:\.? ?(am|pm)\b)?")
_FOLD = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "–": "-", "—": "-", "’": "'"})


@dataclass
class Reading:
    """What a sentence says. `unread`: its words that say nothing known; `is_two_ways`: "every third Thursday" may
    count weeks, as it is read here, or name the third Thursday of the month."""

    choices: dict = field(default_factory=dict)
    starts_at: time | None = None
    ends_at: time | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    exceptions: list = field(default_factory=list)
    runs_on_holidays: bool = False
    unread: list = field(default_factory=list)
    is_two_ways: bool = False

    @property
    def is_understood(self):
        return bool(self.choices)

    @property
    def rule(self):
        return rule_of(**self.choices)


def read(text, language=None, today=None):
    """The Reading of `text` (at most LONGEST characters count) in one of the five languages, else the reader's."""
    return _Reader(text[:LONGEST], language or active(), today or timezone.localdate()).reading()


def fold(text):
    text = unicodedata.normalize("NFKD", text.lower().translate(_FOLD))
    return "".join(letter for letter in text if not unicodedata.combining(letter))


@lru_cache
def _expressions(language):
    """The expressions of a language; {name: pattern}."""
    words = WORDS[language]
    month = "|".join(f"(?:{name})" for name in words.months).replace("(", "(?:").replace("(?:?:", "(?:")
    day_of = (
        rf"(?<!\d)(?:\d{{1,2}}(?:st|nd|rd|th|\.)?(?: of)? ?(?:{month})\b\.?|\d{{1,2}}\. ?\d{{1,2}}\.)(?:,? ?\d{{4}})?"
    )
    named = rf"(?:{day_of}|\d{{4}}-\d\d-\d\d|(?:{month})\b(?: \d{{4}})?)"
    clock = r"\d{1,2}(?:[.:]\d\d)?\.?(?: ?[ap]m\b)?"
    return {
        "date": named,
        "full_date": rf"(?:{day_of}|\d{{4}}-\d\d-\d\d)",
        "month": month,
        "months": rf"\b(?:{words.since})\.? ({month}) (?:{words.to}|{words.until}) ({month})\b(?! \d{{4}})",
        "in_months": rf"\b(?:{words.on_months}) ((?:{month})(?:(?:, | (?:and|in|og|und) )(?:{month}))*)\b(?! \d{{4}})",
        "since": rf"\b(?:{words.since}) ({named})",
        "until": rf"(?<![\d])\b(?:{words.until}) ({named})",
        "beside": rf"\b(?:{words.beside}) ((?:{named})(?:(?:, | (?:and|in|og|und) )(?:{named}))*)",
        "span": rf"(?:\b(?P<at>{words.at})\.? )?(?<![\d.])\b{clock} ?(?:-|\b(?:{words.to}|til)\b) ?{clock}"
        rf"(?: ?(?P<after>{words.clock})\b)?",
        "clock": rf"(?:\b(?P<at>{words.at})\.? )?\b{clock}(?: ?(?P<after>{words.clock})\b)?",
    }


class _Reader:
    def __init__(self, text, language, today):
        self.words, self.expressions, self.today = WORDS[language], _expressions(language), today
        self.found = Reading()
        self.text = re.sub(r"\s+", " ", f" {fold(text)} ")
        for two, one in self.words.pairs:
            self.text = self.text.replace(two, one)
        self.months: list[int] = []
        self.count = None

    def reading(self):
        if self._take(self.words.arrangement):
            self.found.choices = _choices("arrangement")
        self._holidays()
        self._days_off()
        self._months()  # "from September to June" before "until June"
        self._times()
        self._first_and_last()
        self._count()
        if not self.found.choices:
            _Pattern(self).read()
        self.found.unread = re.findall(r"[^\W_]+", self._without_quiet(self.text))
        return self.found

    def _take(self, expression):
        """The match, whose words then are read; None when there is none."""
        match = re.search(expression, self.text)
        if match:
            self._cut(match)
        return match

    def _cut(self, match):
        self.text = f"{self.text[: match.start()]} , {self.text[match.end() :]}"

    def _without_quiet(self, text):
        return re.sub(rf"\b(?:{self.words.quiet})\b", " ", text)

    def _holidays(self):
        if self._take(rf"\b(?:{self.words.holidays_too})\b"):
            self.found.runs_on_holidays = True
        else:
            self._take(rf"\b(?:{self.words.not_holidays})\b")

    def _days_off(self):
        while match := self._take(self.expressions["beside"]):
            days = (self._date(text) for text in re.findall(self.expressions["full_date"], match[1]))
            self.found.exceptions += [day for day in days if day]

    def _months(self):
        if match := self._take(self.expressions["months"]):
            first, last = self._month(match[1]), self._month(match[2])
            self.months = _circle(first, last, 12, start=1)
        elif match := self._take(self.expressions["in_months"]):
            self.months = [self._month(name) for name in re.findall(r"[a-z]+", match[1]) if self._month(name)]

    def _times(self):
        for match in re.finditer(self.expressions["span"], self.text):
            start, end = _CLOCK.findall(match[0])[-2:]
            is_told = match["at"] or match["after"] or any(start[1:]) or any(end[1:])
            begins, ends = _time(start, end[2]), _time(end)
            if is_told and begins is not None and ends is not None:
                self.found.starts_at, self.found.ends_at = begins, ends
                self._cut(match)
                return
        for match in re.finditer(self.expressions["clock"], self.text):
            numbers = _CLOCK.findall(match[0])[-1]
            if (match["at"] or match["after"] or numbers[2]) and _time(numbers) is not None:
                self.found.starts_at = _time(numbers)
                self._cut(match)
                return

    def _first_and_last(self):
        if match := self._take(self.expressions["since"]):
            self.found.valid_from = self._date(match[1])
        if match := self._take(self.expressions["until"]):
            self.found.valid_to = self._date(match[1], after=self.found.valid_from, is_last=True)

    def _count(self):
        if match := self._take(rf"\b{self.words.times}\b"):
            self.count = min(max(int(match[1][:4]), 1), 1000)

    def _month(self, word):
        """1–12; None for another word."""
        names = enumerate(self.words.months, 1)
        return next((number for number, name in names if re.fullmatch(name, word.strip(" ."))), None)

    def _date(self, text, after=None, is_last=False):
        """The date; without a year the next such one. A month alone is its first day, or its last."""
        try:
            return self._read_date(text, after or self.today, is_last)
        except ValueError:
            self.found.unread.append(text)
            return None

    def _read_date(self, text, after, is_last):
        if iso := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text):
            return date(*map(int, iso.groups()))
        year = re.search(r"\b(\d{4})\b", text)
        rest = text[: year.start()] if year else text
        numbers = [int(number) for number in re.findall(r"\d+", rest)]
        name = next((self._month(word) for word in re.findall(r"[a-z]+", rest) if self._month(word)), None)
        month = name or numbers[1]
        number = numbers[0] if numbers else None

        def in_year(chosen):
            return date(chosen, month, number or (monthrange(chosen, month)[1] if is_last else 1))

        if year:
            return in_year(int(year[1]))
        return in_year(after.year) if in_year(after.year) >= after else in_year(after.year + 1)


class _Pattern:
    """What remains: weekdays, ordinals and periods, read from left to right."""

    def __init__(self, reader):
        self.reader, self.words = reader, reader.words
        self.waiting: list[int] = []  # ordinals whose noun has not come yet
        self.is_every = False
        self.weekdays: list[tuple[int, tuple]] = []  # (weekday, its ordinals)
        self.days: list[int] = []
        self.every_nth = None  # "every third Thursday"
        self.interval, self.unit = None, None
        self.is_of_month = False

    def read(self):
        self._once()
        left = re.sub(r"([a-z])\.", r"\1", self.reader.text)
        tokens = re.findall(r"\d+(?:st|nd|rd|th|\.)?|[^\W\d_]+|-", left)
        rest = []
        position = 0
        while position < len(tokens):
            taken = self._range(tokens[position:]) or self._word(tokens[position])
            if not taken:
                rest.append(tokens[position])
            position += taken or 1
        self.days += [number for number in self.waiting if number]
        self.reader.text = " ".join(rest)
        self.reader.found.choices = self.reader.found.choices or self._choices()

    def _once(self):
        """A day and nothing else: it takes place once."""
        reader = self.reader
        has_pattern = re.search(rf"\b(?:{self.words.every})\b", reader.text) or self._any_weekday(reader.text)
        if not has_pattern and not reader.found.valid_from and (match := reader._take(reader.expressions["full_date"])):
            reader.found.valid_from = reader._date(match[0])
            reader.found.choices = _choices("once") if reader.found.valid_from else {}
            reader._take(r"\b(?:enkrat|once|en gang|einmal)\b")
        elif reader.found.choices.get("frequency") is None and reader._take(r"\b(?:enkrat|once|en gang|einmal)\b"):
            reader.found.choices = _choices("once")

    def _any_weekday(self, text):
        return any(self._weekday(word) is not None for word in re.findall(r"[a-z]+", text))

    def _weekday(self, word):
        names = enumerate(self.words.weekdays)
        return next((number for number, name in names if re.fullmatch(name, word)), None)

    def _range(self, tokens):
        """Monday to Friday: how many words that takes, 0 when it is none."""
        if len(tokens) < 3 or not re.fullmatch(rf"{self.words.to}|-", tokens[1]):
            return 0
        first, last = self._weekday(tokens[0]), self._weekday(tokens[2])
        if first is None or last is None:
            return 0
        self.weekdays += [(day, ()) for day in _circle(first, last, 7)]
        return 3

    def _word(self, word):
        ordinal = self._ordinal(word)
        if (weekday := self._weekday(word)) is not None:
            self._on_weekday(weekday)
        elif re.fullmatch(self.words.every, word):
            self.days += self.waiting
            self.waiting, self.is_every = [], True
        elif ordinal is not None:
            self.waiting.append(ordinal)
        elif unit := next((unit for unit, name in self.words.units.items() if re.fullmatch(name, word)), None):
            self._on_unit(unit, word)
        elif re.fullmatch(self.words.working_days, word):
            self.weekdays += [(day, ()) for day in range(5)]
        else:
            return 1 if re.fullmatch(self.words.quiet, word) or word == "-" else 0
        return 1

    def _ordinal(self, word):
        if number := re.fullmatch(r"(\d{1,2})(st|nd|rd|th|\.)?", word):
            return int(number[1])
        return next((n for name, n in self.words.ordinals.items() if re.fullmatch(name, word)), None)

    def _on_weekday(self, weekday):
        if self.is_every and len(self.waiting) == 1 and self.waiting[0] > 1:
            self.every_nth = self.waiting[0]
            self.weekdays.append((weekday, ()))
        else:
            self.weekdays.append((weekday, tuple(self.waiting)))
        self.waiting, self.is_every = [], False

    def _on_unit(self, unit, word):
        if self.is_every or self._is_adverb(word):
            self.interval, self.unit = self.waiting[0] if self.waiting else 1, unit
            self.waiting, self.is_every = [], False
        elif unit == "day":  # the last day of the month
            self.days += self.waiting
            self.waiting = []
        elif unit == "month":
            self.is_of_month = True
            self.days += self.waiting
            self.waiting = []

    def _is_adverb(self, word):
        """Weekly, daily: says "every" in the same word."""
        return word in {
            "daily", "weekly", "monthly", "yearly", "dnevno", "tedensko", "mesecno", "dagligt", "ugentligt", "daglig",
            "ukentlig", "taglich", "wochentlich", "monatlich", "jahrlich",
        }  # fmt: skip

    def _choices(self):
        more = {"months": self.reader.months, "count": self.reader.count}
        numbered = [(day, ordinals) for day, ordinals in self.weekdays if ordinals]
        if self.weekdays and self.every_nth and self.is_of_month:
            return _choices("monthly", 1, [d for d, _o in self.weekdays], [self.every_nth], **more)
        if numbered:
            ordinals = sorted({o for _day, several in numbered for o in several}, key=lambda n: (n < 0, abs(n)))
            interval = self.interval if self.unit == "month" and self.interval else 1
            if any(sorted(several) != sorted(ordinals) for _day, several in self.weekdays):
                ordinals = self._shared_ordinals(ordinals)
            return (
                _choices("monthly", interval, [day for day, _o in self.weekdays], ordinals, **more) if ordinals else {}
            )
        if self.weekdays:
            self.reader.found.is_two_ways = self.every_nth is not None
            interval = self.every_nth or (self.interval if self.unit == "week" else None) or 1
            return _choices("weekly", interval, sorted({day for day, _o in self.weekdays}), **more)
        return self._without_weekdays(more)

    def _shared_ordinals(self, ordinals):
        """ "first Monday and Thursday": one set of ordinals said once; [] where each day has its own."""
        sets = {several for _day, several in self.weekdays if several}
        return ordinals if len(sets) == 1 else []

    def _without_weekdays(self, more):
        if self.days and (self.is_of_month or self.unit in ("month", "year") or more["months"]):
            return _choices("dates", self.interval if self.unit == "month" else 1, days=self.days, **more)
        if self.unit == "day":
            return _choices("daily", self.interval, **more)
        if self.unit == "week":
            return _choices("weekly", self.interval, **more)
        return {}


def _choices(frequency, interval=1, weekdays=(), ordinals=(), days=(), months=(), count=None):
    return {
        "frequency": frequency,
        "interval": min(interval or 1, 99),
        "weekdays": sorted(set(weekdays)),
        "ordinals": [ordinal for ordinal in ordinals if -5 <= ordinal <= 5 and ordinal],
        "days": [day for day in days if 1 <= day <= 31 or day == -1],
        "months": list(months),
        "count": count,
    }


def _circle(first, last, length, start=0):
    """From the first to the last, over the end of the week or year where need be."""
    return [(first - start + step) % length + start for step in range((last - first) % length + 1)]


def _time(numbers, meridiem=""):
    """(hour, minute, am or pm) → time; None when no clock shows it. 24 is midnight."""
    hour, minute, own = int(numbers[0]), int(numbers[1] or 0), numbers[2] or meridiem
    if own == "pm" and hour < 12:
        hour += 12
    if hour == 24 and not minute:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None
