"""The catalogue as a reader of one language meets it: what can be chosen, what matches, in which order."""

from collections import defaultdict
from functools import cached_property
from itertools import chain, compress
from math import inf
from typing import NamedTuple

from django.utils.text import slugify

from partners.models import Organisation
from portal import languages
from portal.distance import kilometres
from portal.search.text import fold

from .facets import FACET_OF, FACETS, MANY, PARTS_OF_DAY, SWITCHES
from .index import current
from .index.bits import NOTHING, Bits
from .index.timetable import NEVER
from .search import find

# Up to so many programmes are simply sorted; of more only as many as are looked at are put in order.
FEW = 1500
HANDFUL = 12  # are looked at one by one
# A choice that a country has by the thousand is offered by number of programmes, the first hundred.
MOST_CHOICES = 100
SHORTEST_NAME = 3  # letters that begin the name of a settlement


class Choice(NamedTuple):
    value: str
    label: str
    language: str | None


class Catalogue:
    """All published programmes for a reader of `language`."""

    def __init__(self, language=None, now=None):
        self.language = language or languages.active()
        self.index = current(now)
        self.now = self.index.now
        self._listed = (NOTHING, [])

    def numbers(self, bits):
        """[programme number], ascending, not to be changed; the last ones are kept, for a page needs them twice."""
        if self._listed[0] is not bits:
            self._listed = (bits, bits.numbers())
        return self._listed[1]

    # ---- choices ------------------------------------------------------------------------------
    @cached_property
    def labels(self):
        """{facet: {value: Choice}} of the facets with a choice per term, in the order of their vocabulary."""
        key = ("labels", self.language)
        if key not in self.index.texts:
            found = {name: {} for name in FACETS}
            for term in sorted(self.index.terms.values(), key=lambda term: (term.order, term.slug)):
                if facet := FACET_OF.get(term.vocabulary):
                    label, code = languages.resolve(term, "label", self.language)
                    found[facet][term.slug] = Choice(term.slug, label, self._foreign(code))
            found["time"] = {value: Choice(value, str(label), None) for value, label in PARTS_OF_DAY.items()}
            years = sorted(self.index.bits["year"].items())  # an index that learns a new one reads all labels again
            found["year"] = {value: Choice(value, value.replace("-", "/"), None) for value, _bits in years}
            self.index.texts[key] = found
        return self.index.texts[key]

    def knows(self, facet, value):
        """Whether `value` is a choice of the facet: of the others nobody is told anything."""
        if facet in SWITCHES:
            return value == "1"
        if facet == "place":
            return value in self.index.settlements
        if facet == "year":
            return bool(self.index.bits[facet].get(value))
        if facet == "provider":
            return self.index.providers.known(value)
        return value in self.labels[facet]

    def settlement(self, typed):
        """Slug of the settlement that is called as was typed, or the only one whose name begins so; "" without one."""
        slug = slugify(fold(typed[:100]))
        if slug in self.index.settlements or len(slug) < SHORTEST_NAME:
            return slug if slug in self.index.settlements else ""
        begun = [known for known in self.index.settlements if known.startswith(f"{slug}-")]
        return begun[0] if len(begun) == 1 else ""

    def named(self, facet, values):
        """[Choice] of some places or providers, A–Z."""
        known = self.index.texts.setdefault((facet, self.language), {})  # value → (what it is sorted by, Choice)
        new = [value for value in values if value not in known]
        for choice in (self._settlements(new) if facet == "place" else self._providers(new)) if new else ():
            known[choice.value] = (languages.sort_key(choice.label, self.language), choice)
        return [choice for _key, choice in sorted(known[value] for value in values if value in known)]

    def _settlements(self, values):
        return (Choice(slug, self.index.settlements[slug].name, None) for slug in values)

    def _providers(self, values):
        for row in Organisation.objects.filter(pk__in=values).values(*_NAMES):
            name, code = languages.resolve(row, "name", self.language)
            yield Choice(str(row["pk"]), name, self._foreign(code))

    def _foreign(self, code):
        return None if code == self.language else code

    def counted(self, facet, bits, chosen, of=None):
        """([(Choice, how many of `bits` have it)], how many more): those with any, and the chosen ones.

        `of`: (facet, choice) when `bits` are all that have this one choice, () when they are all there are.
        """
        if facet not in MANY:
            counts = self.index.sizes(facet, bits, of)
            rows = ((choice, counts.get(value, 0)) for value, choice in self.labels[facet].items())
            return [(choice, count) for choice, count in rows if count or choice.value in chosen], 0
        counts, more = self.index.most(facet, bits, self.numbers, MOST_CHOICES, of)
        counts = counts | {
            value: self.index.having(facet, [value]).count_with(bits) for value in chosen if value not in counts
        }
        return [(choice, counts[choice.value]) for choice in self.named(facet, counts)], more

    # ---- matching -----------------------------------------------------------------------------
    def matching(self, chosen, without=None):
        """Bits of what matches {facet or switch: [values]}: AND between groups, OR inside one; `without` one group."""
        found = self.index.all
        for name, values in chosen.items():
            if values and name != without:
                found &= self.index.having(name, values)
        return found

    def search(self, text):
        """What a text search finds, as programmes.search.Hits with tiers of Bits of public programmes."""
        hits, key = find(text, self.language, Bits.packed), ("hits", text, self.language)
        known = self.index.derived.get(key)
        if known is None or known[0] is not hits:
            known = (hits, hits.each(self._public))
            self.index.keep(key, known)
        return known[1]

    def _public(self, found):
        return (found if isinstance(found, Bits) else Bits.of(found)) & self.index.all

    # ---- order --------------------------------------------------------------------------------
    @cached_property
    def rank(self):
        return self.index.alphabet(self.language).rank

    def ordered(self, order, bits, here=None):
        """Programme numbers one by one: best first, next date first, nearest first, or A–Z."""
        return self._by_near(bits, here) if order == "near" else getattr(self, f"_by_{order}")(bits)

    def _by_best(self, bits):
        """Level by level (see Index.levels), the next date first."""
        if bits.count() <= HANDFUL:
            yield from self._few_by_best(bits.numbers())
            return
        for level in self.index.levels:
            yield from self._by_next(bits & level)

    def _by_next(self, bits):
        starts, rank = self.index.timetable.next_start, self.rank
        if bits.count() <= FEW:
            late = len(starts)
            yield from sorted(bits.numbers(), key=lambda n: (starts[n] if n < late else NEVER, rank[n]))
            return
        timetable, flags = self.index.timetable, bits.flags(len(starts))
        for start, groups in timetable.in_order():
            members = set(chain.from_iterable(map(timetable.members, groups)))
            same = [n for n in compress(members, map(flags.__getitem__, members)) if starts[n] == start]
            yield from sorted(same, key=rank.__getitem__)
        yield from self._by_az(bits - timetable.dated)

    def _by_az(self, bits):
        if bits.count() <= FEW:
            return iter(sorted(bits.numbers(), key=self.rank.__getitem__))
        numbers, flags = self.index.alphabet(self.language).numbers, bits.flags(len(self.rank))
        return compress(numbers, map(flags.__getitem__, numbers))

    def _by_near(self, bits, here):
        """By hundreds of metres; what is equally far as `_by_best` has it; last what has no position."""
        if bits.count() <= HANDFUL:
            far = lambda number: inf if (away := self.distance(number, here)) is None else round(away, 1)
            yield from sorted(self._few_by_best(bits.numbers()), key=far)
            return
        members, is_here, left = self._members(bits), {}, bits
        for _far, combinations in self.index.nearby.groups(here, members):
            numbers = [number for combination in combinations for number in members[combination]]
            yield from numbers if len(numbers) < 2 else self._by_best(Bits.of(numbers))
            is_here.update(dict.fromkeys(numbers))
        yield from self._by_best(left - Bits.of(is_here))

    def _members(self, bits):
        """{combination of places: [programme number]} of the programmes among `bits`."""
        places = self.index.places
        if bits.count() > FEW:
            return _Members(places.members, bits.flags(places.size))
        numbers, found = self.numbers(bits), defaultdict(list)
        for number, combination in zip(numbers, places.of(numbers), strict=True):
            found[combination].append(number)
        return found

    def _few_by_best(self, numbers):
        """As `_by_best`, of a handful."""
        levels, starts, rank = self.index.levels, self.index.timetable.next_start, self.rank
        late = len(starts)

        def key(number):
            level = next((place for place, bits in enumerate(levels) if bits.has(number)), len(levels))
            return level, starts[number] if number < late else NEVER, rank[number]

        return sorted(numbers, key=key)

    def distance(self, number, here):
        """Kilometres from `here` to its nearest place, or None when none has a position."""
        return self._distance(self.index.places[number], here)

    def _distance(self, combination, here):
        spots = (self.index.positions.get(place) for place in self.index.places.values[combination])
        return min((kilometres(here, spot) for spot in spots if spot), default=None)


class _Members:
    """The same of a great many programmes: a combination is looked into only when it is asked for."""

    def __init__(self, members, flags):
        self._members, self._is_in = members, flags.__getitem__

    def __contains__(self, combination):
        return any(map(self._is_in, self._members[combination]))

    def __getitem__(self, combination):
        return list(compress(self._members[combination], map(self._is_in, self._members[combination])))


_NAMES = ("pk", *languages.columns("name"))
