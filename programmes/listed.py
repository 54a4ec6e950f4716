"""Programmes as lines of a long list, in a week or by places: each made once per language, and kept as cards are."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Prefetch
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from portal import languages
from portal.kept import Store
from portal.templatetags.portal import named

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


def sessions(numbers, holidays, monday: date) -> list[tuple[Session, ...]]:
    """The dates of each programme, those without any left out, in the week that begins on that Monday."""
    start, end = (timezone.make_aware(datetime.combine(monday + timedelta(days=n), time.min)) for n in (0, 7))

    def made(programme):
        dates = programme.next_dates(holidays, limit=None, now=start, before=end)
        return tuple(
            Session(date.start, _html("programmes/_session.html", {"date": date, "programme": programme}))
            for date in dates
            if monday <= date.start.date() < end.date()
        )

    return [found for found in _each(numbers, ("week", monday), made, _weight) if found]


def ways(numbers) -> list[Way]:
    """Each programme with its places, in the order of the numbers."""

    def made(programme):
        html = _html("programmes/_way.html", {"programme": programme})
        return Way(html, tuple(_place(place) for place in programme.places))

    return _each(numbers, ("places",), made, lambda way: _weight([way]) + 3 * OVERHEAD * len(way.places))


def _place(place):
    settlement = place.settlement and place.settlement.slug
    return Place(place.pk, place.slug, place.address, place.get_absolute_url(), named(place), str(place),
                 place.is_remote, place.position, settlement)  # fmt: skip


def _weight(lines):
    return sum(OVERHEAD + len(line.html) for line in lines)


def _html(template, context):
    return SafeString(render_to_string(template, context).strip())


def _each(numbers, kind, made, weight):
    """[`made(programme)`] in the order of the numbers, from memory where it is; `weight(it)` in bytes."""
    language, now = languages.active(), timezone.now()
    found = {number: _kept.get((number, language, *kind), now) for number in numbers}
    missing = [number for number, one in found.items() if one is None]
    for number, programme in _read(missing).items() if missing else ():
        one = found[number] = made(programme)
        _kept.put((number, language, *kind), one, OVERHEAD + weight(one), until((), now))
    return [one for one in found.values() if one is not None]


def _read(numbers):
    """{number: Programme} with schedules and places, in a fixed number of queries."""
    columns = ("pk", "slug", "status", "is_full", "resumes_on", *languages.columns("title"))
    schedules = Schedule.objects.current().select_related("location__settlement")
    schedules = Prefetch("schedules", schedules.prefetch_related("location__exceptions"))
    return Programme.objects.filter(pk__in=numbers).only(*columns).prefetch_related(schedules).in_bulk()
