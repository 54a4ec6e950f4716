"""A sketch map: settlements and places on a plain sheet, made from their coordinates, with no map service asked."""

from math import cos, hypot, radians
from typing import NamedTuple

from django.utils.html import format_html_join

WIDTH, HEIGHT, MARGIN = 640, 480, 48
APART = 34  # pixels between the middles of two numbered marks
DOT = 6  # pixels: a place without a number
ROUNDS = 60
# Of more marks than the sheet has room for, some lie on others however long they are pushed.
ROOM, ROUNDS_WITHOUT_ROOM = WIDTH * HEIGHT // (APART * APART), 6


class Mark(NamedTuple):
    x: float
    y: float
    record: object
    number: int


class Name(NamedTuple):
    x: float
    y: float
    record: object
    name_y: float


class Sketch(NamedTuple):
    width: int
    height: int
    places: list
    settlements: list
    here: Mark | None
    others: tuple = ()  # (x, y)

    # A template with a dozen variables for each of a hundred marks takes longer than all the rest of a page.
    @property
    def named_settlements(self):
        """A disc for each settlement, and its name."""
        return format_html_join("", _SETTLEMENT, ((_1(m.x), _1(m.y), _1(m.name_y), m.record.name)
                                                  for m in self.settlements))  # fmt: skip

    @property
    def other_places(self):
        """The path whose ends are dots, one for each spot where places are that the list does not show."""
        return " ".join(f"M{x} {y}h0" for x, y in self.others)

    @property
    def numbered_places(self):
        """A disc with a number for each place; it leads there."""
        return format_html_join("", _PLACE, ((m.record.get_absolute_url(), m.number, m.record, _1(m.x), _1(m.y),
                                              _1(m.y + 5)) for m in self.places))  # fmt: skip


def _1(pixels):
    return f"{pixels:.1f}"


_SETTLEMENT = (
    '<circle class="map__settlement" cx="{0}" cy="{1}" r="22"></circle>'
    '<text class="map__name" paint-order="stroke" x="{0}" y="{2}" text-anchor="middle">{3}</text>'
)
_PLACE = (
    '<a href="{0}" aria-label="{1}: {2}"><circle class="map__dot" cx="{3}" cy="{4}" r="15"></circle>'
    '<text class="map__number" x="{3}" y="{5}" text-anchor="middle">{1}</text></a>'
)


def sketch(locations, settlements, here=None, others=()):
    """Sketch of the locations that have a position, with their `number`, else numbered in their order; None when there
    is none. `here` is the reader's (latitude, longitude) or None, `others` are those of places without a number; near
    the reader the sheet shows only those that fall on it.

    Equirectangular projection: true enough over a valley.
    """
    placed = [(getattr(place, "number", number), place) for number, place in enumerate(locations, start=1)]
    placed = [(number, place) for number, place in placed if place.position]
    if not placed:
        return None
    settlements = list(settlements)
    points = [place.position for _number, place in placed] + [(s.lat, s.lon) for s in settlements]
    project = _projection([*points, here] if here else [*points, *others])
    spots = _apart([_within(project(place.position), 16) for _number, place in placed])
    return Sketch(
        WIDTH,
        HEIGHT,
        [Mark(x, y, place, number) for (x, y), (number, place) in zip(spots, placed, strict=True)],
        [_settlement(_within(project((s.lat, s.lon)), 16), s, spots) for s in settlements],
        _here(_within(project(here), 16)) if here else None,
        _dots(map(project, others)),
    )


def _within(spot, margin):
    """The spot, moved onto the sheet where it lies outside."""
    x, y = spot
    return round(min(max(x, margin), WIDTH - margin), 1), round(min(max(y, margin), HEIGHT - margin), 1)


def _dots(spots):
    """(x, y) of the dots, in order: those on the sheet, and one for those that would lie on each other."""
    on_sheet = ((x, y) for x, y in spots if 0 < x < WIDTH and 0 < y < HEIGHT)
    return tuple(sorted({(round(x / DOT) * DOT, round(y / DOT) * DOT) for x, y in on_sheet}))


def _here(spot):
    return Mark(spot[0], spot[1], None, 0)


def _settlement(spot, settlement, spots):
    """The settlement's mark; `name_y` is where its name is free of the numbers that crowd around it."""
    x, y = spot
    crowd = [other_y for other_x, other_y in spots if abs(other_x - x) < 70 and abs(other_y - y) < 70]
    return Name(x, y, settlement, min(max([y + 16, *crowd]) + 26, HEIGHT - 6))


def _projection(points):
    """A function (lat, lon) → (x, y) in pixels that fits all these points into the sheet."""
    lats, lons = [p[0] for p in points], [p[1] for p in points]
    middle_lat, middle_lon = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
    narrower = cos(radians(middle_lat))
    high, wide = max(max(lats) - min(lats), 1e-4), max((max(lons) - min(lons)) * narrower, 1e-4)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)

    def project(point):
        x = WIDTH / 2 + (point[1] - middle_lon) * narrower * scale
        y = HEIGHT / 2 - (point[0] - middle_lat) * scale
        return x, y

    return project


# Cells of the sheet are numbered: the row counts thousands. The nine around one, itself included:
_AROUND = [right + 1000 * down for right in (-1, 0, 1) for down in (-1, 0, 1)]


def _apart(spots):
    """The same spots pushed apart until no two marks lie on each other; always the same for the same input.

    Only marks in neighbouring cells can do so: a hundred marks have five thousand pairs, and few that are near.
    """
    spots = [list(spot) for spot in spots]
    for _round in range(ROUNDS if len(spots) < ROOM else ROUNDS_WITHOUT_ROOM):
        moved, cells = False, {}
        for i, a in enumerate(spots):
            cell = int(a[0] // APART) + 1000 * int(a[1] // APART)
            for near in _AROUND:
                for j in cells.get(cell + near, ()):
                    b = spots[j]
                    dx, dy = a[0] - b[0] or (i - j) * 0.01, a[1] - b[1]
                    if dx * dx + dy * dy < APART * APART:
                        gap = hypot(dx, dy)
                        push = (APART - gap) / 2 / gap
                        a[0], a[1], b[0], b[1] = (
                            a[0] + dx * push,
                            a[1] + dy * push,
                            b[0] - dx * push,
                            b[1] - dy * push,
                        )
                        moved = True
            cells.setdefault(cell, []).append(i)
        if not moved:
            break
    return [_within(spot, 20) for spot in spots]
