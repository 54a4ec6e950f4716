"""The programmes in the reader's alphabet: sorted once by PostgreSQL, kept sorted as titles change."""

from array import array
from bisect import bisect_left
from itertools import groupby

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F

from portal import languages

from ..models import Programme

PROBES = 100  # titles read in one question to find a place among the others: two questions do for ten thousand
MANY = 100  # programmes that change their places at once, from which sorting all again is quicker


class Alphabet:
    """Programme numbers from A to Z as a reader of `language` sees the titles."""

    def __init__(self, language, published):
        self.language = language
        keyed = published.annotate(key=languages.sort_expression("title", language, can_be_held=True))
        numbers = keyed.aggregate(numbers=ArrayAgg("pk", order_by=[F("key"), F("pk")]))["numbers"] or []
        self.numbers = array("I", numbers)
        self.due = set()  # programmes that were changed: their places are looked at before anybody asks
        self._renumber()

    def _renumber(self):
        self.rank = array("d", bytes(8 * (max(self.numbers, default=0) + 1)))
        for place, number in enumerate(self.numbers):
            self.rank[number] = place

    def bring_up_to_date(self, public):
        """Puts what is due where it belongs, or takes out what is not among `public` (Bits) any more.

        A programme whose title is as before costs one question. True: so many have moved that it is better made anew.
        """
        due = sorted(self.due)
        gone = [number for number in due if not public.has(number)]
        for number in gone:
            self._remove(number)
        moved = self._misplaced([number for number in due if public.has(number)])
        self.due.clear()
        if len(moved) > MANY:
            return True
        for number in moved:
            self._remove(number)
        keys = self._keys(moved)
        for number in sorted(keys, key=lambda number: (keys[number], number)):
            self._insert(number, self._place_for(keys[number], number))
        return False

    def _place(self, number):
        """Where it stands; None when it does not."""
        if number >= len(self.rank):
            return None
        place = bisect_left(self.numbers, self.rank[number], key=self.rank.__getitem__)
        return place if place < len(self.numbers) and self.numbers[place] == number else None

    def _remove(self, number):
        if (place := self._place(number)) is not None:
            del self.numbers[place]

    def _misplaced(self, numbers):
        """Those that are new, and those that no longer stand between their neighbours; of a row of them, all."""
        places = {number: self._place(number) for number in numbers}
        standing = sorted(place for place in places.values() if place is not None)
        rows = [
            [place for _offset, place in row]
            for _key, row in groupby(enumerate(standing), key=lambda pair: pair[1] - pair[0])
        ]
        with_neighbours = [list(self.numbers[max(row[0] - 1, 0) : row[-1] + 2]) for row in rows]
        keys = self._keys({number for row in with_neighbours for number in row})
        found = [number for number, place in places.items() if place is None]
        for row, around in zip(rows, with_neighbours, strict=True):
            order = [(keys[number], number) for number in around if number in keys]
            if order != sorted(order):
                found += [self.numbers[place] for place in row]
        return found

    def _keys(self, numbers):
        """{number: what it is sorted by}, in one question; without those that are no longer there."""
        if not numbers:
            return {}
        rows = Programme.objects.filter(pk__in=numbers).values("pk", languages.HELD, *languages.columns("title"))
        return {
            row["pk"]: languages.sort_key(languages.resolve(row, "title", self.language)[0], self.language)
            for row in rows
        }

    def _place_for(self, key, number):
        """The place of the first that comes behind the key, by reading some titles at a time."""
        low, high = 0, len(self.numbers)
        while low < high:
            step = max(1, (high - low) // PROBES)
            probes = range(low + step // 2, high, step)
            keys = self._keys([self.numbers[place] for place in probes])
            for place in probes:
                if (known := keys.get(self.numbers[place])) is None:  # deleted just now: it says nothing
                    low = place + 1 if step == 1 else low
                elif (known, self.numbers[place]) < (key, number):
                    low = place + 1
                else:
                    high = place
                    break
            if not keys:
                break
        return low

    def _insert(self, number, place):
        """Takes it in, with a rank between those of its neighbours."""
        before = self.rank[self.numbers[place - 1]] if place else -1.0
        after = self.rank[self.numbers[place]] if place < len(self.numbers) else before + 2
        self.numbers.insert(place, number)
        if number >= len(self.rank):
            self.rank.frombytes(bytes(8 * (number + 1 - len(self.rank))))
        self.rank[number] = (before + after) / 2
        if not before < self.rank[number] < after:  # between two close neighbours no number is left
            self._renumber()
