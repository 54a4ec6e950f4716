"""Facets with thousands of values, of which each programme has few: providers and places.

A bit set for every value would cost more memory than all else; so each programme points to its
combination of values, and combinations to numbers of choices. All of it stands in arrays: what is counted is
looked up where it lies close together, and no object is touched that a worker shares with the others.
"""

from array import array
from collections import Counter, defaultdict
from itertools import chain, compress
from operator import itemgetter

from .bits import Bits


class Combinations:
    """Which values each programme has. `group` turns a value into the choice it counts for (a place → settlement)."""

    def __init__(self, group=lambda value: value):
        self._group = group
        self._of = array("I", [0])  # programme number → combination; 0 is none
        self._number = {(): 0}
        self.values = [()]  # combination → its values
        self.members = [array("I")]  # combination → programme numbers
        self.regroup()

    def put(self, values, numbers):
        """These programmes have exactly these values (a tuple in a fixed order)."""
        if (combination := self._number.get(values)) is None:
            combination = self._number[values] = len(self.values)
            self.values.append(values)
            self.members.append(array("I"))
            self._choices.put({self._group(value) for value in values} - {None})
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
        """After the group of a value has changed. Who counts meanwhile sees the groups as they were."""
        choices = _Choices()
        for values in self.values:
            choices.put({self._group(value) for value in values} - {None})
        self._choices = choices

    def of(self, numbers):
        """The combinations of these programmes (a list, ascending), one by one."""
        if numbers:
            self._make_room(numbers[-1])
        return _picked(self._of, numbers)

    def counts(self, numbers):
        """Counts of the choices that the programmes (a list, ascending) have."""
        choices, combinations, found = self._choices, self.of(numbers), Counter()
        for layer in choices.layers:
            found.update(numbers := _picked(layer, combinations))
            combinations = list(compress(combinations, numbers))  # hardly any has many
        found.pop(0, None)
        return Counts(choices, found)

    def having(self, choices):
        """Bits of the programmes with any of the choices."""
        combinations = {c for choice in choices for c in self._choices.having(choice)}
        return Bits.of(chain.from_iterable(self.members[c] for c in combinations))

    def known(self, choice):
        return choice in self._choices.numbers


class _Choices:
    """The choices that combinations count for, by number; 0 is none."""

    def __init__(self):
        self.names, self.numbers = [None], {}  # number → choice, and back
        self.layers = [array("I")]  # one after the other: combination → number of its next choice
        self._having = defaultdict(lambda: array("I"))  # number → combinations

    def put(self, choices):
        """The next combination counts for these (a set)."""
        combination = len(self.layers[0])
        while len(self.layers) < len(choices):
            self.layers.append(array("I", bytes(4 * combination)))
        numbers = map(self.number, choices)
        for layer in self.layers:
            layer.append(number := next(numbers, 0))
            if number:
                self._having[number].append(combination)

    def number(self, choice):
        if (number := self.numbers.get(choice)) is None:
            number = self.numbers[choice] = len(self.names)
            self.names.append(choice)
        return number

    def having(self, choice):
        """[combination] that count for it."""
        return self._having.get(self.numbers.get(choice), ())


class Counts:
    """How many programmes have each choice; 0 of any other. To add or to take away makes a new one."""

    def __init__(self, choices, found):
        self._choices, self._found = choices, found  # number of a choice → programmes

    def __getitem__(self, choice):
        return self._found.get(self._choices.numbers.get(choice), 0)

    def __len__(self):
        return len(self._found)

    def __eq__(self, other):
        return dict(self.items()) == dict(other.items())

    def items(self):
        return ((self._choices.names[number], count) for number, count in self._found.items())

    def most(self, wanted):
        """[choice] of those that most programmes have, `wanted` at most."""
        found = self._found
        if len(found) > wanted:
            least = sorted(found.values(), reverse=True)[wanted - 1]
            more = [number for number, count in found.items() if count > least]
            found = more + [number for number, count in found.items() if count == least][: wanted - len(more)]
        return [self._choices.names[number] for number in found]

    def __add__(self, other):
        return self._with(other, 1)

    def __sub__(self, other):
        return self._with(other, -1)

    def _with(self, other, sign):
        found, changes = self._found.copy(), other._found
        if other._choices is not self._choices:  # places were grouped anew meanwhile
            changes = {self._choices.number(choice): count for choice, count in other.items()}
        for number, count in changes.items():
            if left := found.get(number, 0) + sign * count:
                found[number] = left
            else:
                found.pop(number, None)
        return Counts(self._choices, found)


def _picked(values, places):
    """`values` at these places (a list or a tuple). Asked all at once it is a third quicker; of one it is no tuple."""
    return itemgetter(*places)(values) if len(places) > 1 else [values[place] for place in places]
