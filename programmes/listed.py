"""Programmes as lines of a long list, in a week or by places: each made once per language, and kept as cards are."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from portal import languages
from portal.kept import Store
from portal.templatetags.portal import icon, named, when

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
        address, name = programme.get_absolute_url(), named(programme)
        return tuple(
            Session(date.start, _session(date, address, name))
            for date in dates
            if monday <= date.start.date() < end.date()
        )

    return [found for found in _each(numbers, ("week", monday), made, _weight) if found]


def ways(numbers) -> list[Way]:
    """Each programme with its places, in the order of the numbers."""
    places: dict[int, Place] = {}

    def made(programme):
        found = (places.get(place.pk) or places.setdefault(place.pk, _place(place)) for place in programme.places)
        return Way(_way(programme), tuple(found))

    return _each(numbers, ("places",), made, lambda way: _weight([way]) + OVERHEAD * len(way.places))


# A template for each of three hundred lines would take longer than all the rest of the page.
def _session(date, address, name):
    place = (
        format_html(' <span class="session__place">{}</span>', named(place))
        if (place := date.schedule.location)
        else ""
    )
    return format_html(
        '<li class="session"><span class="session__time">{}</span> <a class="session__link" href="{}">{}</a>{}</li>',
        when(date), address, name, place,
    )  # fmt: skip


def _way(programme):
    """As programmes/_way.html has it."""
    full = format_html(' <span class="soft">({})</span>', gettext("full")) if programme.is_full else ""
    return format_html(
        '<li><a class="way" href="{}"><span>{}{}</span><span class="way__end">{}</span></a></li>',
        programme.get_absolute_url(), named(programme), full, icon("arrow-right"),
    )  # fmt: skip


def _place(place):
    settlement = place.settlement and place.settlement.slug
    return Place(place.pk, place.slug, place.address, place.get_absolute_url(), named(place), str(place),
                 place.is_remote, place.position, settlement)  # fmt: skip


def _weight(lines):
    return sum(OVERHEAD + len(line.html) for line in lines)


def _each(numbers, kind, made, weight):
    """[`made(programme)`] in the order of the numbers, from memory where it is; `weight(it)` in bytes."""
    language, now = languages.active(), timezone.now()
    found = {number: _kept.get((number, language, *kind), now) for number in numbers}
    missing = [number for number, one in found.items() if one is None]
    for number, programme in _read(missing, kind[0] == "week").items() if missing else ():
        one = found[number] = made(programme)
        _kept.put((number, language, *kind), one, OVERHEAD + weight(one), until((), now))
    return [one for one in found.values() if one is not None]


def _read(numbers, with_closures):
    """{number: Programme} with schedules and places, in a fixed number of queries."""
    columns = ("pk", "slug", "status", "is_full", "resumes_on", *languages.columns("title"))
    schedules = Schedule.objects.current().select_related("location__settlement")
    if with_closures:
        schedules = schedules.prefetch_related("location__exceptions")
    schedules = Prefetch("schedules", schedules)
    return Programme.objects.filter(pk__in=numbers).only(*columns).prefetch_related(schedules).in_bulk()
