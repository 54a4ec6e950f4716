"""The programmes in the reader's alphabet: sorted once by PostgreSQL, kept sorted as titles change."""

from array import array
from bisect import bisect_left

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F

from portal import languages

from ..models import Programme


class Alphabet:
    """Programme numbers from A to Z as a reader of `language` sees the titles."""

    def __init__(self, language, published):
        self.language = language
        keyed = published.annotate(key=languages.sort_expression("title", language))
        numbers = keyed.aggregate(numbers=ArrayAgg("pk", order_by=[F("key"), F("pk")]))["numbers"] or []
        self.numbers = array("I", numbers)
        self._renumber()

    def _renumber(self):
        self.rank = array("d", bytes(8 * (max(self.numbers, default=0) + 1)))
        for place, number in enumerate(self.numbers):
            self.rank[number] = place

    def put(self, number):
        """Takes in a programme, whose rank then lies between those of its neighbours."""
        place = bisect_left(self.numbers, self._key(number), key=self._key)
        before = self.rank[self.numbers[place - 1]] if place else -1.0
        after = self.rank[self.numbers[place]] if place < len(self.numbers) else before + 2
        self.numbers.insert(place, number)
        if number >= len(self.rank):
            self.rank.frombytes(bytes(8 * (number + 1 - len(self.rank))))
        self.rank[number] = (before + after) / 2
        if not before < self.rank[number] < after:  # between two close neighbours no number is left
            self._renumber()

    def remove(self, number):
        if number in self.numbers:
            self.numbers.remove(number)

    def _key(self, number):
        titles = Programme.objects.filter(pk=number).values(*languages.columns("title")).first()
        text = languages.resolve(titles, "title", self.language)[0] if titles else ""
        return languages.sort_key(text, self.language), number
