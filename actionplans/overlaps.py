"""Which programmes of a group stand in the same cell of the coverage table, and in the same settlement as well.

Of the table of topics and life phases, whose cells are computed from the catalogue in memory: one query for where the
programmes take place, whatever their number.
"""

from collections import defaultdict
from typing import NamedTuple

from programmes.catalogue import Catalogue, Choice
from programmes.models import Schedule

from .coverage import DENSE, MATRICES, programmes_of
from .coverage_links import cell_address

NEARBY = 2  # others in the same cell and settlement from which it may be one too many
MOST_ALONE, MOST_CROWDED = 2, 1  # cells that are named


class Place(NamedTuple):
    """A cell in which a programme stands: how many there are with it, and how many of the others are nearby."""

    row: Choice
    column: Choice
    programmes: int
    nearby: int
    address: str

    @property
    def is_alone(self):
        return self.programmes == 1

    @property
    def is_crowded(self):
        return self.programmes >= DENSE or self.nearby >= NEARBY


class Standing(NamedTuple):
    """Where a programme is the only one, and where it may be one of too many; the first few of each."""

    alone: list[Place]
    crowded: list[Place]
    cells: int  # 0: it is hidden, or carries no topic or no life phase

    @property
    def most_nearby(self):
        return max((place.nearby for place in self.crowded), default=0)


class Overlaps:
    """`of(number)` for each of these programmes of the group."""

    matrix = MATRICES["phases"]

    def __init__(self, group, numbers, names_group=False):
        self.catalogue = Catalogue()
        self.index = self.catalogue.index
        self.bits = programmes_of(self.index, group)
        self.query = f"?of={group.slug}" if names_group else ""
        self.settlements = defaultdict(set)
        placed = Schedule.objects.current().filter(programme__in=numbers, location__settlement__isnull=False)
        for programme, slug in placed.order_by().values_list("programme", "location__settlement__slug"):
            self.settlements[programme].add(slug)
        self._cells: dict[tuple[str, str], object] = {}

    def of(self, number):
        """The Standing of a programme."""
        if not self.bits.has(number):
            return Standing([], [], 0)
        rows, columns = (self._terms(facet, number) for facet in (self.matrix.rows, self.matrix.columns))
        places = [self._place(number, row, column) for row in rows for column in columns]
        crowded = sorted((p for p in places if p.is_crowded), key=lambda p: (-p.nearby, -p.programmes))
        return Standing([p for p in places if p.is_alone][:MOST_ALONE], crowded[:MOST_CROWDED], len(places))

    def _terms(self, facet, number):
        sets = self.index.bits[facet]
        return [
            choice for slug, choice in self.catalogue.labels[facet].items() if slug in sets and sets[slug].has(number)
        ]

    def _place(self, number, row, column):
        bits = self._cell(row.value, column.value)
        near = self.index.having("place", sorted(self.settlements[number])) if self.settlements[number] else None
        nearby = bits.without(number).count_with(near) if near else 0
        address = cell_address(self.matrix, row.value, column.value) + self.query
        return Place(row, column, bits.count(), nearby, address)

    def _cell(self, row, column):
        if (row, column) not in self._cells:
            sets = self.index.bits
            self._cells[row, column] = self.bits & sets[self.matrix.rows][row] & sets[self.matrix.columns][column]
        return self._cells[row, column]
