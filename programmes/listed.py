"""Programmes as lines of a long list, in a week or by places: each made once per language, and kept as cards are.

Three hundred may be new at once, so they are read as plain rows: records that hang on each other take ten times as
long.
"""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from html import escape
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from partners.models import Location, OpeningException
from portal import addresses, among, dates, languages  # noqa: F401 – among: the lookup of that name
from portal.kept import Store
from portal.templatetags.portal import icon

from . import recurrence
from .cards import until
from .models import Programme, Schedule

MOST_BYTES = 1_500_000  # per process: some four thousand programmes
OVERHEAD = 300  # bytes of a line beside its text

_kept = Store(MOST_BYTES)


class Session(NamedTuple):
    """One date of a programme, as an item of the list of its day."""

    start: datetime
    html: SafeString


class Place(NamedTuple):
    """What the list by places, and the sketch above it, show of a place."""

    pk: int
    slug: str
    address: str
    url: str
    name: str  # HTML when marked as such
    text: str
    is_remote: bool
    position: tuple[float, float] | None
    settlement_slug: str | None

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return self.url


class Way(NamedTuple):
    """A programme as an item of the list of each of its places."""

    html: SafeString
    places: tuple[Place, ...]


def sessions(numbers, holidays, first: date) -> list[tuple[Session, ...]]:
    """The dates of each programme, those without any left out, in the seven days from the first."""
    start, end = (timezone.make_aware(datetime.combine(first + timedelta(days=n), time.min)) for n in (0, 7))

    def made(row, schedules, places, language):
        address, name = _address(row, language), _shown(row, "title", language)
        found = []
        for schedule in schedules:
            place = places.get(schedule["location"])
            name_there = place["session"] if place else ""
            for begins, ends in _dates(row, schedule, place, holidays, start, end):
                if first <= begins.date() < end.date():
                    found.append((begins, ends, name_there))
        found.sort(key=lambda one: one[:2])
        return tuple(
            Session(begins, _session(_hours(begins.time(), ends.time(), language), address, name, there))
            for begins, ends, there in found
        )

    return [found for found in _each(numbers, ("week", first), made, _weight) if found]


def ways(numbers) -> list[Way]:
    """Each programme with its places, in the order of the numbers."""

    def made(row, schedules, places, language):
        there = dict.fromkeys(schedule["location"] for schedule in schedules if schedule["location"])
        return Way(_way(row, language), tuple(places[number]["place"] for number in there if number in places))

    return _each(numbers, ("places",), made, lambda way: _weight([way]) + OVERHEAD * len(way.places))


def joined(lines):
    """Lines of HTML as one text: a template that goes through hundreds of them takes its time."""
    return SafeString("".join(lines))


def _dates(row, schedule, place, holidays, start, end):
    """[(start, end)] of a schedule between two moments; as Programme.next_dates and Schedule.occurrences have them."""
    after = start
    if row["status"] == Programme.Status.PAUSED:
        if row["resumes_on"] is None:
            return ()
        after = max(start, timezone.make_aware(datetime.combine(row["resumes_on"], time.min)))
    closed = place["closures"] if place else ()
    if not schedule["runs_on_holidays"]:
        closed += holidays.of(row["organisation"], place and place["organisation"])
    return _occurrences(
        *(schedule[name] for name in ("rule", "valid_from", "valid_to", "starts_at", "ends_at")),
        after, end, tuple(schedule["exceptions"]), closed,
    )  # fmt: skip


@lru_cache(500)
def _occurrences(rule, first, last, starts_at, ends_at, after, before, skip, closed):
    """Many schedules say the same: Tuesdays, from 10 to 11."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return recurrence.occurrences(
        rule, first, last, starts_at, ends_at, zone, after=after, before=before, skip=frozenset(skip), closed=closed
    )


@lru_cache(500)
def _hours(starts_at, ends_at, language):
    return dates.span(starts_at, ends_at, language, bare=True)


# A template for each of three hundred lines would take longer than all the rest of the page.
def _session(hours, address, name, there):
    return SafeString(
        f'<li class="session"><span class="session__time">{hours}</span> '
        f'<a class="session__link" href="{address}">{_escaped(name)}</a>{_escaped(there)}</li>'
    )


def _way(row, language):
    """As programmes/_way.html has it."""
    full = format_html(' <span class="soft">({})</span>', gettext("full")) if row["is_full"] else ""
    return SafeString(
        f'<li><a class="way" href="{_address(row, language)}"><span>{_escaped(_shown(row, "title", language))}{full}'
        f'</span><span class="way__end">{icon("arrow-right")}</span></a></li>'
    )


def _escaped(text):
    """As conditional_escape; for what is no lazy text that is five times as quick."""
    return text if isinstance(text, SafeString) else escape(text)


def _address(row, language):
    slug = languages.slug_in(row, "title", language)
    return addresses.numbered("programmes:programme", row["pk"], slug, language)


def _shown(row, field, language):
    """As the tag `translated`, for a language that is known already."""
    text, code = languages.resolve(row, field, language)
    return text if code in (None, language) else format_html('<span lang="{}">{}</span>', code, text)


def _place(row, language):
    """The Place of a row."""
    text = languages.resolve(row, "name", language)[0] or row["slug"]
    slug = languages.slug_in(row, "name", language)
    position = None if row["lat"] is None else (row["lat"], row["lon"])
    return Place(
        row["pk"], row["slug"], row["address"], addresses.numbered("partners:place", row["pk"], slug, language),
        _shown(row, "name", language), text, row["is_remote"], position, row["settlement__slug"],
    )  # fmt: skip


def _weight(lines):
    return sum(OVERHEAD + len(line.html) for line in lines)


def _each(numbers, kind, made, weight):
    """[`made(row, schedules, places, language)`] in the order of the numbers, from memory where it is.

    `weight(it)` in bytes.
    """
    language, now = languages.active(), timezone.now()
    found = {number: _kept.get((number, language, *kind), now) for number in numbers}
    missing = [number for number, one in found.items() if one is None]
    if missing:
        rows, schedules = _read(missing)
        midnight = until((), now)
        numbers = {one["location"] for some in schedules.values() for one in some}
        places = _read_places(numbers, language, kind[0] == "week")
        for row in rows:
            number = row["pk"]
            one = found[number] = made(row, schedules.get(number, ()), places, language)
            _kept.put((number, language, *kind), one, OVERHEAD + weight(one), midnight)
    return [one for one in found.values() if one is not None]


def _read(numbers):
    """([programme as a row], {number: [schedule as a row]}), in two queries."""
    titles = (languages.HELD, *languages.columns("title"))
    columns = ("pk", "slug", "status", "is_full", "resumes_on", "organisation", *titles)
    schedules = defaultdict(list)
    for schedule in Schedule.objects.current().filter(programme__pk__among=numbers).order_by("pk").values(*_SCHEDULE):
        schedules[schedule["programme"]].append(schedule)
    return list(Programme.objects.filter(pk__among=numbers).values(*columns)), schedules


_SCHEDULE = ("programme", "location", "rule", "valid_from", "valid_to", "starts_at", "ends_at", "exceptions",
             "runs_on_holidays")  # fmt: skip
_LOCATION = ("pk", "slug", "address", "is_remote", "lat", "lon", "organisation", "settlement__slug")


def _read_places(numbers, language, with_closures):
    """{number: row of a place}, each with what a line needs of it ready, in one query; in two with its closures."""
    rows = Location.objects.filter(pk__among=numbers - {None}).order_by()
    places = {row["pk"]: row for row in rows.values(*_LOCATION, *languages.columns("name"))}
    for row in places.values():
        if with_closures:
            row["closures"] = ()
            row["session"] = format_html(' <span class="session__place">{}</span>', _shown(row, "name", language))
        else:
            row["place"] = _place(row, language)
    if with_closures:
        closed = OpeningException.objects.filter(location__pk__among=places, opens__isnull=True)
        for number, first, last in closed.values_list("location", "starts_on", "ends_on"):
            places[number]["closures"] += ((first, last),)
    return places
