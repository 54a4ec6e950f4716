"""What to offer where the words find nothing, or only some of them do."""

from typing import NamedTuple
from urllib.parse import urlencode

from portal.search import did_you_mean, text

from .index.bits import NOTHING, Bits, union

MOST_WORDS = 6  # are looked up one by one


class Meant(NamedTuple):
    words: str
    address: str
    bits: Bits  # of the programmes that the words find, whatever else is chosen


def meant(found):
    """What the reader of a ProgrammeFilter may have meant to type, as Meant; None where there is nothing to offer."""
    typed = found.read["q"]
    words = did_you_mean.suggest(typed, found.catalogue.language) if typed else None
    if words is None or _all_find_something(found, set(text.words(typed)) - set(text.words(words))):
        return None
    bits = _found(found, words)
    if not bits:
        return None
    # An offer that led to the next empty list would be none: then the words alone.
    fits = bits & found.catalogue.matching(found.chosen)
    address = found.address(drop=["q"], add=[("q", words)]) if fits else f"?{urlencode({'q': words})}"
    return Meant(words, address, bits)


def _all_find_something(found, words):
    return found.text and all(_found(found, word) for word in sorted(words)[:MOST_WORDS])


def _found(found, words):
    return union(found.catalogue.search(words).groups)


def nearest(found, meant):
    """(Bits, are they near to what was looked for?) for an empty list: the first of these that is not empty.

    With the words that were meant, when those typed find nothing; with one choice less; all.
    """
    catalogue = found.catalogue
    chosen = catalogue.matching(found.chosen)
    near = []
    if not found.text:
        words = meant.bits if meant else NOTHING
        near = [words & chosen, words]
    near += [bits for _count, _way, bits in found.loosen[:1]]
    return next(((bits, True) for bits in near if bits), (catalogue.index.all, False))
