"""A sketch map: settlements and places on a plain sheet, made from their coordinates, with no map service asked."""

from math import cos, hypot, radians
from typing import NamedTuple

WIDTH, HEIGHT, MARGIN = 640, 480, 48
APART = 34  # pixels between the middles of two numbered marks
ROUNDS = 60


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


def sketch(locations, settlements, here=None):
    """Sketch of the locations that have a position, numbered in their order; None when there is none.

    `here` is the reader's (latitude, longitude) or None. Equirectangular projection: true enough over a valley.
    """
    placed = [(number, place) for number, place in enumerate(locations, start=1) if place.position]
    if not placed:
        return None
    settlements = list(settlements)
    points = [place.position for _number, place in placed] + [(s.lat, s.lon) for s in settlements]
    project = _projection([*points, here] if here else points)
    spots = _apart([project(place.position) for _number, place in placed])
    return Sketch(
        WIDTH,
        HEIGHT,
        [Mark(x, y, place, number) for (x, y), (number, place) in zip(spots, placed, strict=True)],
        [_settlement(project((s.lat, s.lon)), s, spots) for s in settlements],
        _here(project(here)) if here else None,
    )


def _here(spot):
    return Mark(spot[0], spot[1], None, 0)


def _settlement(spot, settlement, spots):
    """The settlement's mark; `name_y` is where its name is free of the numbers that crowd around it."""
    x, y = spot
    crowd = [other_y for other_x, other_y in spots if abs(other_x - x) < 70 and abs(other_y - y) < 70]
    return Name(x, y, settlement, min(max([y + 16, *crowd]) + 26, HEIGHT - 6))


def _projection(points):
    """A function (lat, lon) → (x, y) in pixels that fits all points into the sheet."""
    lats, lons = [p[0] for p in points], [p[1] for p in points]
    middle_lat, middle_lon = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
    narrower = cos(radians(middle_lat))
    high, wide = max(max(lats) - min(lats), 1e-4), max((max(lons) - min(lons)) * narrower, 1e-4)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)

    def project(point):
        x = WIDTH / 2 + (point[1] - middle_lon) * narrower * scale
        y = HEIGHT / 2 - (point[0] - middle_lat) * scale
        return round(min(max(x, 16), WIDTH - 16), 1), round(min(max(y, 16), HEIGHT - 16), 1)

    return project


def _around(column, row):
    return [(column + right, row + down) for right in (-1, 0, 1) for down in (-1, 0, 1)]


def _apart(spots):
    """The same spots pushed apart until no two marks lie on each other; always the same for the same input.

    Only marks in neighbouring cells can do so: a hundred marks have five thousand pairs, and few that are near.
    """
    spots = [list(spot) for spot in spots]
    for _round in range(ROUNDS):
        moved, cells = False, {}
        for i, a in enumerate(spots):
            column, row = int(a[0] // APART), int(a[1] // APART)
            for j in [j for cell in _around(column, row) for j in cells.get(cell, ())]:
                b = spots[j]
                dx, dy = a[0] - b[0] or (i - j) * 0.01, a[1] - b[1]
                gap = hypot(dx, dy)
                if gap < APART:
                    push = (APART - gap) / 2 / gap
                    a[0], a[1], b[0], b[1] = (
                        a[0] + dx * push,
                        a[1] + dy * push,
                        b[0] - dx * push,
                        b[1] - dy * push,
                    )
                    moved = True
            cells.setdefault((column, row), []).append(i)
        if not moved:
            break
    return [(round(min(max(x, 20), WIDTH - 20), 1), round(min(max(y, 20), HEIGHT - 20), 1)) for x, y in spots]
