"""All places in the order of their list, known as plain rows: only those of one page are read as records."""

from itertools import chain, count, islice
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser

from portal import languages
from portal.distance import kilometres
from portal.kept import until_news

from .models import Location


class Spot(NamedTuple):
    """What the order of the list, and the map of its other pages, need of a place."""

    pk: int
    position: tuple[float, float] | None
    name: str  # as it sorts


class Places:
    """Places in their order, as a paginator wants them: `in_order` is [(Spot, kilometres or None)]."""

    def __init__(self, in_order):
        self.in_order = in_order

    def __len__(self):
        return len(self.in_order)

    def __getitem__(self, window):
        """[Location] of a window, each with its `number` in the list and its `distance`; four queries."""
        wanted = self.in_order[window]
        records = Location.objects.with_hours().in_bulk([spot.pk for spot, _distance in wanted])
        found = []
        for number, (spot, distance) in zip(count(window.start + 1), wanted, strict=False):
            if place := records.get(spot.pk):
                place.number, place.distance = number, distance
                found.append(place)
        return found

    def beside(self, page):
        """[(latitude, longitude)] of the places on the other pages."""
        others = chain(islice(self.in_order, page.start_index() - 1), islice(self.in_order, page.end_index(), None))
        return [spot.position for spot, _distance in others if spot.position]


def listed(user, here=None):
    """The Places that `user` may see: by settlement, or nearest first from `here` (latitude, longitude)."""
    language = languages.active()
    spots = _read(user, language) if user.is_authenticated else _public(language)
    if here is None:
        return Places([(spot, None) for spot in spots])
    away = [(spot, kilometres(here, spot.position) if spot.position else None) for spot in spots]
    return Places(sorted(away, key=lambda row: (row[1] is None, row[1], row[0].name)))


@until_news(len(languages.CODES))
def _public(language):
    return _read(AnonymousUser(), language)


def _read(user, language):
    """[Spot] by settlement; one question.

    Settlements A–Z, what is online or by telephone last; in a settlement the centres first.
    """
    columns = ("pk", "slug", "settlement", "settlement__name", "lat", "lon", "is_centre", *languages.columns("name"))
    found = []
    for row in Location.objects.visible_to(user).order_by().values(*columns):
        name = languages.sort_key(languages.resolve(row, "name", language)[0] or row["slug"], language)
        town = row["settlement__name"]
        order = (town is None, languages.sort_key(town or "", language), row["settlement"], not row["is_centre"], name)
        position = None if row["lat"] is None else (row["lat"], row["lon"])
        found.append((*order, row["pk"], Spot(row["pk"], position, name)))
    return [spot for *_order, spot in sorted(found)]
