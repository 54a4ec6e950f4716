"""Facets with thousands of values, of which each programme has few: providers and places.

A bit set for every value would cost more memory than all else; so each programme points to its
combination of values, and what is counted are combinations.
"""

from array import array
from collections import Counter, defaultdict
from itertools import chain
from operator import itemgetter

from .bits import Bits

MANY = 3  # programmes for each combination there is: from then on combinations are counted first


class Combinations:
    """Which values each programme has. `group` turns a value into the choice it counts for (a place → settlement)."""

    def __init__(self, group=lambda value: value):
        self._group = group
        self._of = array("I", [0])  # programme number → combination; 0 is none
        self._number = {(): 0}
        self.values = [()]  # combination → its values
        self.choices = [()]  # combination → the choices they count for
        self.members = [array("I")]  # combination → programme numbers
        self._with = defaultdict(list)  # choice → combinations

    def put(self, values, numbers):
        """These programmes have exactly these values (a tuple in a fixed order)."""
        if (combination := self._number.get(values)) is None:
            combination = self._number[values] = len(self.values)
            self.values.append(values)
            self.members.append(array("I"))
            self.choices.append(())
            self._set_choices(combination)
        self.members[combination].extend(numbers)
        self._make_room(max(numbers, default=0))
        for number in numbers:
            self._of[number] = combination

    def _make_room(self, number):
        if number >= len(self._of):
            self._of.frombytes(bytes(self._of.itemsize * (number + 1 - len(self._of))))

    @property
    def size(self):
        """More than the highest programme number."""
        return len(self._of)

    def remove(self, number):
        if combination := self[number]:
            self.members[combination].remove(number)
            self._of[number] = 0

    def __getitem__(self, number):
        """The combination of a programme; 0 without values."""
        return self._of[number] if number < len(self._of) else 0

    def regroup(self):
        """After the group of a value has changed."""
        self._with.clear()
        for combination in range(1, len(self.values)):
            self._set_choices(combination)

    def _set_choices(self, combination):
        choices = {self._group(value) for value in self.values[combination]} - {None}
        self.choices[combination] = tuple(choices)
        for choice in choices:
            self._with[choice].append(combination)

    def of(self, numbers):
        """The combinations of these programmes (a list, ascending), one by one."""
        if numbers:
            self._make_room(numbers[-1])
        # Asked all at once that is a third quicker; of a single one it would be no tuple.
        return itemgetter(*numbers)(self._of) if len(numbers) > 1 else map(self._of.__getitem__, numbers)

    def counts(self, numbers):
        """Counter {choice: how many of the programmes (a list, ascending) have it}."""
        if len(numbers) < MANY * len(self.values):  # nearly as many combinations as programmes
            return Counter(chain.from_iterable(map(self.choices.__getitem__, self.of(numbers))))
        counts, choices = defaultdict(int), self.choices  # a Counter would be slower to add to
        for combination, count in Counter(self.of(numbers)).items():
            for choice in choices[combination]:
                counts[choice] += count
        return Counter(counts)

    def having(self, choices):
        """Bits of the programmes with any of the choices."""
        combinations = {c for choice in choices for c in self._with.get(choice, ())}
        return Bits.of(chain.from_iterable(self.members[c] for c in combinations))

    def known(self, choice):
        return choice in self._with
