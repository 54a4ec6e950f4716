"""What to offer where the words find nothing, or only some of them do."""

from itertools import islice
from typing import NamedTuple
from urllib.parse import urlencode

from portal.search import did_you_mean, text

from .index.bits import Bits, union

MOST_WORDS = 6  # are looked up one by one


class Meant(NamedTuple):
    words: str
    address: str
    tiers: list[Bits]  # of the programmes that the words find, whatever else is chosen, best first

    @property
    def bits(self):
        return union(self.tiers)


def meant(found):
    """What the reader of a ProgrammeFilter may have meant to type, as Meant; None where there is nothing to offer."""
    typed = found.read["q"]
    words = did_you_mean.suggest(typed, found.catalogue.language) if typed else None
    if words is None or _all_find_something(found, set(text.words(typed)) - set(text.words(words))):
        return None
    tiers = found.catalogue.search(words).groups
    if not any(tiers):
        return None
    # An offer that led to the next empty list would be none: then the words alone.
    fits = union(tiers) & found.catalogue.matching(found.chosen)
    address = found.address(drop=["q"], add=[("q", words)]) if fits else f"?{urlencode({'q': words})}"
    return Meant(words, address, tiers)


def _all_find_something(found, words):
    return found.text and all(_found(found, word) for word in sorted(words)[:MOST_WORDS])


def _found(found, words):
    return union(found.catalogue.search(words).groups)


def nearest(found, meant, most):
    """([programme number], are they near to what was looked for?) for an empty list: of the first that has any.

    With the words that were meant, when those typed find nothing; with one choice less, the words rather kept than
    left out; all. What fits the words best comes first.
    """
    tiers, near = found.hits.groups if found.hits else [], []
    if meant and not found.text:
        tiers, near = meant.tiers, [meant.bits & found.catalogue.matching(found.chosen), meant.bits]
    ways = [bits for _count, _way, bits in found.loosen]
    near += [*(bits & found.text for bits in ways), *ways]
    bits = next(filter(None, near), None)
    numbers = bits or found.catalogue.index.all
    return list(islice(found.fitting([*tiers, numbers - union(tiers)], numbers), most)), bits is not None
