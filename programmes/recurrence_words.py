"""A recurrence rule as a phrase in one of the five languages, with the right cases and genders.

Grammar, not interface strings: which form a word takes depends on its neighbours, so each language is one
table here instead of many half-sentences in the translation files. "Every second" and more are numerals
("vsak 3. teden"), which need no declension.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from portal.dates import date_in_sentence, day_and_month, month_names, span, weekday_names
from portal.languages import active


class Weekday(NamedTuple):
    """The forms a weekday takes; only Slovenian tells them apart."""

    name: str
    after_every: str  # accusative
    from_to: str  # genitive
    gender: str = "m"


class Every(NamedTuple):
    """A period at the interval 1, 2 and more; {nth} is the numeral."""

    one: str
    two: str
    more: str


@dataclass(frozen=True)
class Words:
    """One language. Keys "m" and "f" are the gender of the weekday that follows."""

    conjunction: str
    every_weekday: dict[str, str]
    every_other_weekday: dict[str, str]
    weekday_range: str
    weekdays_at_interval: str  # {days} and an Every
    ordinals: dict[str, dict[int, str]]
    day: Every
    week: Every
    month: Every
    year: str
    of_month: Every  # behind a numbered weekday
    of_month_after_day: Every
    on_days: str  # {days} of the month
    last_day: str
    month_range: str
    in_months: str
    yearly_date: str
    once: str
    times: str
    until: str
    by_arrangement: str
    various: str
    before_span: str = ", "
    weekdays: tuple[Weekday, ...] = ()  # from here on: filled in by _words where no grammar is needed
    months_from: tuple[str, ...] = ()
    months_in: tuple[str, ...] = ()
    language: str = ""


_SL = Words(
    conjunction="in",
    every_weekday={"m": "vsak {}", "f": "vsako {}"},
    every_other_weekday={"m": "vsak drugi {}", "f": "vsako drugo {}"},
    weekday_range="od {} do {}",
    weekdays_at_interval="{days}, {every}",
    ordinals={
        "m": {1: "prvi", 2: "drugi", 3: "tretji", 4: "četrti", 5: "peti", -1: "zadnji", -2: "predzadnji"},
        "f": {1: "prva", 2: "druga", 3: "tretja", 4: "četrta", 5: "peta", -1: "zadnja", -2: "predzadnja"},
    },
    day=Every("vsak dan", "vsak drugi dan", "vsak {nth} dan"),
    week=Every("vsak teden", "vsak drugi teden", "vsak {nth} teden"),
    month=Every("vsak mesec", "vsak drugi mesec", "vsak {nth} mesec"),
    year="vsako leto",
    of_month=Every("v mesecu", "vsakega drugega meseca", "vsakega {nth} meseca"),
    of_month_after_day=Every("v mesecu", "vsakega drugega meseca", "vsakega {nth} meseca"),
    on_days="{days} dan",
    last_day="zadnji dan",
    month_range="od {} do {}",
    in_months="v {}",
    yearly_date="vsako leto {}",
    once="enkrat",
    times="{}-krat",
    until="do {}",
    by_arrangement="po dogovoru",
    various="v različnih terminih",
    weekdays=(
        Weekday("ponedeljek", "ponedeljek", "ponedeljka"),
        Weekday("torek", "torek", "torka"),
        Weekday("sreda", "sredo", "srede", "f"),
        Weekday("četrtek", "četrtek", "četrtka"),
        Weekday("petek", "petek", "petka"),
        Weekday("sobota", "soboto", "sobote", "f"),
        Weekday("nedelja", "nedeljo", "nedelje", "f"),
    ),
    months_from=(
        "januarja", "februarja", "marca", "aprila", "maja", "junija",
        "julija", "avgusta", "septembra", "oktobra", "novembra", "decembra",
    ),
    months_in=(
        "januarju", "februarju", "marcu", "aprilu", "maju", "juniju",
        "juliju", "avgustu", "septembru", "oktobru", "novembru", "decembru",
    ),
)  # fmt: skip

_EN = Words(
    conjunction="and",
    every_weekday={"m": "every {}"},
    every_other_weekday={"m": "every other {}"},
    weekday_range="{} to {}",
    weekdays_at_interval="{days} {every}",
    ordinals={
        "m": {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "second to last"}
    },
    day=Every("every day", "every other day", "every {nth} day"),
    week=Every("every week", "every other week", "every {nth} week"),
    month=Every("every month", "every other month", "every {nth} month"),
    year="every year",
    of_month=Every("of the month", "of every other month", "of every {nth} month"),
    of_month_after_day=Every("of the month", "of every other month", "of every {nth} month"),
    on_days="on the {days}",
    last_day="last day",
    month_range="from {} to {}",
    in_months="in {}",
    yearly_date="every year on {}",
    once="once",
    times="{} times",
    until="until {}",
    by_arrangement="by arrangement",
    various="on various dates",
)  # fmt: skip

_DA = Words(
    conjunction="og",
    every_weekday={"m": "hver {}"},
    every_other_weekday={"m": "hver anden {}"},
    weekday_range="{} til {}",
    weekdays_at_interval="{days} {every}",
    ordinals={"m": {1: "første", 2: "anden", 3: "tredje", 4: "fjerde", 5: "femte", -1: "sidste", -2: "næstsidste"}},
    day=Every("hver dag", "hver anden dag", "hver {nth} dag"),
    week=Every("hver uge", "hver anden uge", "hver {nth} uge"),
    month=Every("hver måned", "hver anden måned", "hver {nth} måned"),
    year="hvert år",
    of_month=Every("i måneden", "hver anden måned", "hver {nth} måned"),
    of_month_after_day=Every("i måneden", "hver anden måned", "hver {nth} måned"),
    on_days="den {days}",
    last_day="sidste dag",
    month_range="fra {} til {}",
    in_months="i {}",
    yearly_date="hvert år den {}",
    once="én gang",
    times="{} gange",
    until="til {}",
    by_arrangement="efter aftale",
    various="på forskellige datoer",
    before_span=" ",
)

_NB = replace(
    _DA,
    every_other_weekday={"m": "annenhver {}"},
    ordinals={"m": {1: "første", 2: "andre", 3: "tredje", 4: "fjerde", 5: "femte", -1: "siste", -2: "nest siste"}},
    day=Every("hver dag", "annenhver dag", "hver {nth} dag"),
    week=Every("hver uke", "annenhver uke", "hver {nth} uke"),
    month=Every("hver måned", "annenhver måned", "hver {nth} måned"),
    of_month=Every("i måneden", "annenhver måned", "hver {nth} måned"),
    of_month_after_day=Every("i måneden", "annenhver måned", "hver {nth} måned"),
    last_day="siste dag",
    times="{} ganger",
    by_arrangement="etter avtale",
    various="på ulike datoer",
)

_DE = Words(
    conjunction="und",
    every_weekday={"m": "jeden {}"},
    every_other_weekday={"m": "jeden zweiten {}"},
    weekday_range="{} bis {}",
    weekdays_at_interval="{days}, {every}",
    ordinals={
        "m": {
            1: "erster", 2: "zweiter", 3: "dritter", 4: "vierter", 5: "fünfter",
            -1: "letzter", -2: "vorletzter",
        },
    },
    day=Every("jeden Tag", "jeden zweiten Tag", "jeden {nth} Tag"),
    week=Every("jede Woche", "jede zweite Woche", "jede {nth} Woche"),
    month=Every("jeden Monat", "jeden zweiten Monat", "jeden {nth} Monat"),
    year="jedes Jahr",
    of_month=Every("im Monat", "jedes zweiten Monats", "jedes {nth} Monats"),
    of_month_after_day=Every("des Monats", "jedes zweiten Monats", "jedes {nth} Monats"),
    on_days="am {days}",
    last_day="letzter Tag",
    month_range="von {} bis {}",
    in_months="im {}",
    yearly_date="jedes Jahr am {}",
    once="einmal",
    times="{}-mal",
    until="bis {}",
    by_arrangement="nach Absprache",
    various="an verschiedenen Terminen",
)  # fmt: skip

_WORDS = {"sl": _SL, "en": _EN, "da": _DA, "nb": _NB, "de": _DE}


def phrase(rule, starts_at, ends_at, language=None):
    """The parsed `rule` (None: by arrangement) and its times; a rule too odd for words is "various dates"."""
    words = _words(language or active())
    text = words.by_arrangement if rule is None else _pattern(_plain(rule), words) or words.various
    if starts_at is not None:
        text += (" " if ends_at is None else words.before_span) + span(starts_at, ends_at, words.language)
    if rule and rule.count and rule.count > 1:
        text += ", " + words.times.format(rule.count)
    if rule and rule.until:
        text += ", " + words.until.format(date_in_sentence(rule.until, words.language))
    return text


@lru_cache
def _words(language):
    """The table with the names that need no grammar filled in."""
    words, months = _WORDS[language], month_names(language)
    return replace(
        words,
        language=language,
        weekdays=words.weekdays or tuple(Weekday(name, name, name) for name in weekday_names(language)),
        months_from=words.months_from or months,
        months_in=words.months_in or months,
    )


def _plain(rule):
    """The most frequent rule that says the same: every month's Mondays are every Monday."""
    if len(rule.bymonth) == 12:
        rule = replace(rule, bymonth=())
    if rule.interval > 1:
        return rule
    numbered = any(ordinal for ordinal, _weekday in rule.byday)
    if rule.freq == "YEARLY" and (rule.bymonthday or (rule.byday and (rule.bymonth or not numbered))):
        rule = replace(rule, freq="MONTHLY")
    if rule.freq == "DAILY" and rule.bymonthday:
        rule = replace(rule, freq="MONTHLY")
    if rule.freq in {"DAILY", "MONTHLY"} and rule.byday and not rule.bymonthday and not numbered:
        rule = replace(rule, freq="WEEKLY")
    if rule.freq == "WEEKLY" and len(rule.byday) == 7:
        rule = replace(rule, freq="DAILY", byday=())
    return rule


def _pattern(rule, words):
    """The phrase without times; "" for a rule too odd for words."""
    if rule.count == 1:
        return words.once
    if rule.freq == "MONTHLY":
        return _monthly(rule, words)
    text = {"DAILY": _daily, "WEEKLY": _weekly, "YEARLY": _yearly}[rule.freq](rule, words)
    return _join(text, _months(rule, words)) if text else ""


def _daily(rule, words):
    return "" if rule.byday or rule.bymonthday else _every(words.day, rule, words)


def _weekly(rule, words):
    days = [words.weekdays[weekday] for _ordinal, weekday in rule.byday]
    if not days:
        return _every(words.week, rule, words)
    if len(days) == 1 and rule.interval <= 2:
        patterns = words.every_weekday if rule.interval == 1 else words.every_other_weekday
        return patterns[days[0].gender].format(days[0].after_every)
    if len(days) >= 3 and _is_run([weekday for _ordinal, weekday in rule.byday]):
        names = words.weekday_range.format(days[0].from_to, days[-1].from_to)
    else:
        names = _list([day.name for day in days], words)
    if rule.interval == 1:
        return names
    return words.weekdays_at_interval.format(days=names, every=_every(words.week, rule, words))


def _monthly(rule, words):
    if (rule.byday and rule.bymonthday) or (rule.bymonth and rule.interval > 1):
        return ""
    if rule.byday:
        return _numbered_weekdays(rule, words)
    if not rule.bymonthday:
        return _join(_every(words.month, rule, words), _months(rule, words))
    if rule.bymonthday != (-1,) and rule.bymonthday[0] < 0:
        return ""
    return _month_days(rule, words)


def _month_days(rule, words):
    """ "on the 1st and 15th of the month", "last day of the month"; "every year on 21 November"."""
    if len(rule.bymonth) == len(rule.bymonthday) == 1 and rule.bymonthday != (-1,):
        return words.yearly_date.format(day_and_month(rule.bymonthday[0], rule.bymonth[0], words.language))
    if rule.bymonthday == (-1,):
        days = words.last_day
    else:
        days = words.on_days.format(days=_list([_nth(day, words) for day in rule.bymonthday], words))
    return _join(days, _every(words.of_month_after_day, rule, words), _months(rule, words))


def _numbered_weekdays(rule, words):
    """ "first and third Thursday of the month"; "first Thursday in January and July"."""
    known = words.ordinals["m"]
    if any(ordinal not in known for ordinal, _weekday in rule.byday):
        return ""
    days = [(ordinal, words.weekdays[weekday]) for ordinal, weekday in rule.byday]
    if len({day.name for _ordinal, day in days}) == 1:
        name, gender = days[0][1].name, days[0][1].gender
        text = f"{_list([words.ordinals[gender][ordinal] for ordinal, _day in days], words)} {name}"
    else:
        text = _list([f"{words.ordinals[day.gender][ordinal]} {day.name}" for ordinal, day in days], words)
    months = _months(rule, words)
    if months and not _is_long_run(rule.bymonth):
        return f"{text} {months}"
    return _join(text, _every(words.of_month, rule, words), months)


def _yearly(rule, words):
    is_odd = rule.interval > 1 or rule.byday or rule.bymonthday
    return "" if is_odd else words.year


def _months(rule, words):
    """ "from September to June", "in April and October", "" for all the year."""
    months = _in_season_order(rule.bymonth)
    if not months:
        return ""
    if _is_long_run(months):
        return words.month_range.format(words.months_from[months[0] - 1], words.months_from[months[-1] - 1])
    return words.in_months.format(_list([words.months_in[month - 1] for month in months], words))


def _in_season_order(months):
    """The months from the first after a gap on, so that a school year starts in September."""
    starts = [month for month in months if (month - 2) % 12 + 1 not in months]
    if len(starts) != 1:
        return list(months)
    return sorted(months, key=lambda month: (month - starts[0]) % 12)


def _is_long_run(months):
    months = _in_season_order(months)
    return len(months) >= 3 and all((right - left) % 12 == 1 for left, right in pairwise(months))


def _is_run(numbers):
    return list(numbers) == list(range(numbers[0], numbers[0] + len(numbers)))


def _every(every, rule, words):
    """The period at the rule's interval."""
    if rule.interval <= 2:
        return every.one if rule.interval == 1 else every.two
    return every.more.format(nth=_nth(rule.interval, words))


def _nth(number, words):
    """ "3rd" in English, "3." elsewhere."""
    if words.language != "en":
        return f"{number}."
    suffix = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def _join(*texts):
    return " ".join(filter(None, texts))


def _list(texts, words):
    """ "a", "a and b", "a, b and c"."""
    return f" {words.conjunction} ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))
