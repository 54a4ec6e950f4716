"""Finding: numbers of records of one kind, in groups, the best first."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import log
from sys import byteorder
from typing import NamedTuple

from django.db import connection

from .. import languages
from . import index, query, synonyms

FEW = 24  # hits in the reader's own language; with fewer, the other languages are searched as well
FINE = 500  # up to so many hits the order within a tier is worked out
REPAIRED = 100  # records that one search brings up to date, when others have left them


class Hits(NamedTuple):
    """`tiers`: groups of numbers, best first; `foreign`: by language, what only its texts hold; `words` for marks."""

    tiers: list[Sequence[int]]
    foreign: dict[str, Sequence[int]]
    words: "Words"

    @property
    def numbers(self):
        """All numbers, best first, own language before the others."""
        return [number for tier in (*self.tiers, *self.foreign.values()) for number in tier]


class Words(NamedTuple):
    """What was looked for: the keys in each language that something was found in."""

    keys: dict[str, frozenset[str]]


NOTHING = Hits([], {}, Words({}))


def find(kind, typed, language):
    """Hits of one kind of record, those not public included: the caller knows what a reader may see."""
    typed = typed[: query.LONGEST].replace("\0", " ")
    if not query.parse(typed).groups:
        return NOTHING
    now, is_due = synonyms.version()
    if is_due:
        index.repair(REPAIRED)
    compiled = _compiled(typed, language, now)
    if compiled is None:
        return NOTHING
    found = _numbers(kind, [(language, one) for one in _apart(compiled.tiers)])
    tiers = _refined(kind, language, found, compiled)
    keys = {language: compiled.keys}
    foreign = {}
    if sum(map(len, tiers)) < FEW:
        foreign, theirs = _foreign(kind, typed, language, now, {number for tier in tiers for number in tier})
        keys |= theirs
    if not tiers and not foreign:
        if less := query.without_offers(typed, language):
            return find(kind, less, language)
        tiers = _most_of(kind, language, compiled.slots)
    return Hits(tiers, foreign, Words(keys))


@lru_cache(500)
def _compiled(typed, language, now, is_strict=False):
    """The query in one language, remembered: the next page and the next facet ask the same."""
    return query.compile(query.parse(typed), language, synonyms.of(language, now), is_strict)


def best(kind, typed, language, limit=10):
    """Numbers of records of one kind that the public may see, best first, at most `limit`."""
    numbers = find(kind, typed, language).numbers
    visible = set(index.KINDS[kind].visible(numbers).values_list("pk", flat=True))
    return [number for number in numbers if number in visible][:limit]


# ---- questions to the database ----------------------------------------------------------------------
def _apart(tiers):
    """Each reading without what the stricter one before it finds."""
    return [tiers[0], *(f"{wider} & !{tier}" for tier, wider in pairwise(tiers))]


def _numbers(kind, questions):
    """[array of numbers] for [(language, tsquery text)], in one round trip and four bytes a number."""
    one = (
        "(SELECT string_agg(int4send(number), '' ORDER BY number) FROM portal_searchentry "
        "WHERE language = %s AND kind = %s AND vector @@ %s::tsquery)"
    )
    parameters = [part for language, tsquery in questions for part in (language, kind, tsquery)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join([one] * len(questions)), parameters)
        return [_unpacked(packed) for packed in cursor.fetchone()]


def _unpacked(packed):
    numbers = array("I")
    if packed:
        numbers.frombytes(bytes(packed))
        if byteorder == "little":
            numbers.byteswap()
    return numbers


def _refined(kind, language, tiers, compiled):
    """The tiers, each split by rank while there are few hits. Titles stay first, compounds and beginnings last."""
    tiers = [tier for tier in tiers if tier]
    numbers = [number for tier in tiers for number in tier]
    if not 1 < len(numbers) <= FINE:
        return tiers
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, round(ts_rank('{0.05,0.15,0.5,1}', vector, %s::tsquery)::numeric, 2) "
            "FROM portal_searchentry WHERE kind = %s AND language = %s AND number = ANY(%s::int[])",
            [compiled.rank, kind, language, numbers],
        )
        rank = dict(cursor.fetchall())
    return [group for tier in tiers for group in _by_score(tier, rank)]


def _by_score(numbers, score):
    groups = defaultdict(list)
    for number in numbers:
        groups[score.get(number, 0)].append(number)
    return [groups[one] for one in sorted(groups, reverse=True)]


# ---- when the reader's language does not have it ----------------------------------------------------
def _foreign(kind, typed, language, now, known):
    """({language: numbers}, {language: keys}): the same words, taken for words of each other language.

    Only whole words count here, or a beginning in one language would be noise in four.
    """
    compiled = {
        code: one
        for code in languages.CODES
        if code != language and (one := _compiled(typed, code, now, is_strict=True))
    }
    if not compiled:
        return {}, {}
    found = _numbers(kind, [(code, one.tiers[-1]) for code, one in compiled.items()])
    numbers, keys, known = {}, {}, set(known)
    for code, hits in sorted(zip(compiled, found, strict=True), key=lambda pair: -len(pair[1])):
        if new := [number for number in hits if number not in known]:
            numbers[code], keys[code] = new, compiled[code].keys
            known.update(new)
    return numbers, keys


def _most_of(kind, language, slots):
    """Nothing has all the words: what has at least half of them, rare words before common ones.

    One of two is little, so there it must stand in the title or name a term.
    """
    if len(slots) < 2:
        return []
    found = _numbers(kind, [(language, named if len(slots) == 2 else anywhere) for named, anywhere in slots])
    held, score = defaultdict(int), defaultdict(float)
    for numbers in found:
        for number in numbers:
            held[number] += 1
            score[number] += 1 / log(2 + len(numbers))
    enough = [number for number, count in held.items() if count * 2 >= len(slots)]
    return _by_score(sorted(enough), {number: round(score[number], 2) for number in enough})
