"""Combinations of places from near to far, from anywhere: the map in cells, of which the nearest are looked into first.

Nothing is worked out for the whole country, and nothing is kept for a reader's position.
"""

from array import array
from collections import defaultdict
from heapq import heappop, heappush
from math import cos, dist, floor, inf, radians, sin

from portal.distance import EARTH_RADIUS_KM, kilometres, kilometres_from

CELL = 0.1  # degrees: some eleven kilometres from south to north
UNSEEN = 0.06  # kilometres by which what rounds to the same tenth may be further away


class Nearby:
    """`values`: combination → its places; `positions`: place → (latitude, longitude)."""

    def __init__(self, values, positions):
        self._values, self._positions = values, positions
        self._known = 0
        self._cells = defaultdict(lambda: array("I"))  # (row, column) → combinations with a place in it
        self._middles = {}  # (row, column) → (its middle as a point of the unit sphere, kilometres to its corners)
        self.bring_up_to_date()

    def bring_up_to_date(self):
        """Takes in the combinations that have come since."""
        for combination in range(self._known, len(self._values)):
            for cell in {_cell(self._positions[place]) for place in self._values[combination] if self._has(place)}:
                self._cells[cell].append(combination)
        self._known = len(self._values)
        for row, column in self._cells.keys() - self._middles.keys():
            corners = [((row + up) * CELL, (column + right) * CELL) for up in (0, 1) for right in (0, 1)]
            middle = ((row + 0.5) * CELL, (column + 0.5) * CELL)
            self._middles[row, column] = _point(middle), max(kilometres(middle, corner) for corner in corners)

    def _has(self, place):
        return place in self._positions

    def groups(self, here, wanted):
        """(kilometres to one decimal, [combination]), nearest first, of those that are `wanted` (a container)."""
        seen, ways, waiting = set(), {}, defaultdict(list)
        way = kilometres_from(here)
        distances: list = []  # heap of the keys of `waiting`
        for least, cell in [*self._from(here), (inf, None)]:
            while distances and distances[0] + UNSEEN < least:
                far = heappop(distances)
                yield far, waiting.pop(far)
            for combination in self._cells[cell] if cell else ():
                if combination in wanted and combination not in seen:
                    seen.add(combination)
                    far = round(self._distance(combination, way, ways), 1)
                    if far not in waiting:
                        heappush(distances, far)
                    waiting[far].append(combination)

    def _from(self, here):
        """[(kilometres that all in the cell are away at least, cell)], nearest first."""
        point, cells = _point(here), list(self._middles.items())  # another thread may add to them
        return sorted((dist(point, middle) * EARTH_RADIUS_KM - reach, cell) for cell, (middle, reach) in cells)

    def _distance(self, combination, way, ways):
        """Kilometres to the nearest of its places; `way` says how far a position is, `ways` are those known already."""
        nearest = inf
        for place in self._values[combination]:
            if (far := ways.get(place)) is None:
                spot = self._positions.get(place)
                far = ways[place] = way(spot) if spot else inf
            nearest = min(nearest, far)
        return nearest


def _cell(position):
    return floor(position[0] / CELL), floor(position[1] / CELL)


def _point(position):
    """On the unit sphere, where a straight line is never longer than the way round."""
    lat, lon = map(radians, position)
    return cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)
