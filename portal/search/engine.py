"""Finding: numbers of records of one kind, in groups, the best first."""

import re
from array import array
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, islice
from math import log
from sys import byteorder
from threading import Lock
from typing import NamedTuple

from django.db import connection

from .. import changes, languages
from . import index, query, synonyms, text, tsquery

FEW = 24  # hits in the reader's own language; with fewer, the other languages are searched as well
MANY = 2000  # hits; with so many, nobody needs compounds and beginnings
LARGE = 20_000  # hits of one question; where there are so many, what is asked is taken apart
FINE = 500  # up to so many hits the order within a tier is worked out
TOO_FEW = 10  # hits for all words; with fewer, what has most of them follows
MEANT, SAID = 0.9, 0.5  # what a word in the text counts beside one in the title: a known one, any other
# What is in the title counts 1; said and the name of a term; said high up, said in passing; only the term; neither.
NAMED, CLOSE, PASSING, BROAD, FAR = 0.9, 0.65, 0.3, 0.4, 0.3
ENOUGH = 0.3  # of what all words weigh
HIGH_UP = 0.2  # of what all words weigh, at most
UNCONFIRMED = 0.2  # of its weight loses a word in a title that the terms of the record do not bear out
FINELY = 0.025  # more or less counts what is said and named by a term: said high up or not, by few topics or many
TRUSTED = 2.5  # times as much weighs what somebody has said the meaning of
WHOM = 0.7  # of its weight has who an offer is for beside what it is about: help with drinking, not for relatives
UNKNOWN = 0.65  # weigh words that nothing has, all together; one that a single record has weighs 0.9
NEAR_BEST = 0.5  # of the best score
VERIFIED = 48  # hits whose texts are read for the small words of a phrase
REPAIRED = 100  # records that one search brings up to date, when others have left them


_LEXEME = re.compile(r"'(?:[^']|'')*'")
REMEMBERED = 800_000  # bytes of answers kept, for the next page and the next filter ask the same
NEWEST = 20  # answers that are kept however much they weigh: half a megabyte each among a million programmes
COST = 2000  # bytes that an answer costs beside its numbers
_remembered: dict[tuple, "Hits"] = {}
_sizes: dict[tuple, int] = {}  # of each of them, the oldest first
_lock = Lock()


class Hits(NamedTuple):
    """`tiers`: groups of numbers, best first; `foreign`: the same by language, of what only its texts hold; `words`
    for marks.
    """

    tiers: list[Sequence[int]]
    foreign: dict[str, list[Sequence[int]]]
    words: "Words"
    is_partial: bool = False  # nothing in the reader's language has all words; `tiers` have some of them

    @property
    def groups(self):
        """All groups, best first, own language before the others."""
        return [*self.tiers, *chain.from_iterable(self.foreign.values())]

    @property
    def numbers(self):
        """All numbers, in the order of their groups."""
        return list(chain.from_iterable(self.groups))

    def each(self, change):
        """The same with every group changed."""
        foreign = {code: list(map(change, groups)) for code, groups in self.foreign.items()}
        return self._replace(tiers=list(map(change, self.tiers)), foreign=foreign)


class Words(NamedTuple):
    """What was looked for: the keys in each language that something was found in."""

    keys: dict[str, frozenset[str]]


NOTHING = Hits([], {}, Words({}))


def find(kind, typed, language, pack=None):
    """Hits of one kind of record, those not public included: the caller knows what a reader may see.

    `pack(numbers)` makes of a tier what is to be kept: something smaller with `weight`, its bytes, or the numbers.
    """
    typed = _cut(typed)
    if not query.parse(typed).groups:
        return NOTHING
    if connection.in_atomic_block:  # what this transaction writes, the feed tells only later
        return _find(kind, typed, language)[0]
    key = (kind, typed, language, pack, changes.generation())
    if (hits := _remembered.get(key)) is None:
        hits, is_whole = _find(kind, typed, language)
        if pack:
            hits = hits.each(pack)
        if is_whole:
            _remember(key, hits)
    return hits


def _cut(typed):
    return typed[: query.LONGEST].replace("\0", " ")


def _remember(key, hits):
    """Keeps the newest answers, as many as fit into so many bytes, and at least a few."""
    size = COST + sum(map(_weight, hits.groups))
    with _lock:
        _remembered[key] = hits
        _sizes[key] = size
        while sum(_sizes.values()) > REMEMBERED and len(_sizes) > NEWEST:
            oldest = next(iter(_sizes))
            del _sizes[oldest]
            _remembered.pop(oldest, None)


def _weight(tier):
    return tier.weight if hasattr(tier, "weight") else 4 * len(tier)


def _find(kind, typed, language):
    """(Hits, whether the index was up to date)"""
    now = synonyms.version()
    compiled = _compiled(typed, language, now)
    if compiled is None:
        return NOTHING, True
    tiers, is_due = _own(kind, language, compiled)
    keys = {language: compiled.keys}
    tiers = [tier for tier in tiers if tier]
    count = sum(map(len, tiers))
    is_by_words = count < TOO_FEW and _have_words(compiled.slots)
    if not is_by_words:
        tiers = _refined(kind, language, tiers, compiled)
    foreign = {}
    known = {number for tier in tiers for number in tier} if count < FEW else None
    if known is not None:
        foreign, theirs = _foreign(kind, typed, language, now, known)
        keys |= theirs
    if not tiers and not foreign and (less := query.without_offers(typed, language)):
        return _find(kind, less, language)
    has_all = bool(tiers) or not is_by_words
    if is_by_words and (tiers or not foreign):
        tiers = _by_words(kind, language, compiled, tiers)
        known = {number for tier in tiers for number in tier}
        rest = {code: [[n for n in group if n not in known] for group in groups] for code, groups in foreign.items()}
        foreign = {code: left for code, groups in rest.items() if (left := [group for group in groups if group])}
    hits = Hits(tiers, foreign, Words(keys), is_partial=bool(tiers) and not has_all)
    if phrases := query.exact(query.parse(typed), language):
        hits = _exactly(kind, language, hits, phrases)
    return hits, not is_due


def _exactly(kind, language, hits, phrases):
    """Of the best hits only those that say each phrase in so many words, before what nobody has read; all of them
    where none does.
    """
    best = list(islice(chain.from_iterable(hits.groups), VERIFIED))
    entries = index.KINDS[kind].read(best)
    said = {entry.number for entry in entries if all(_says(entry, language, words) for words in phrases)}
    if not said:
        return hits._replace(is_partial=bool(hits.tiers))
    others = set(best) - said
    hits = hits.each(lambda group: array("I", [number for number in group if number not in others]))
    foreign = {code: groups for code, some in hits.foreign.items() if (groups := list(filter(None, some)))}
    return hits._replace(tiers=list(filter(None, hits.tiers)), foreign=foreign)


def _says(entry, language, words):
    texts = (text.words(item.read(language)[0]) for item in entry.texts)
    return any(_line(words) in _line(found) for found in texts)


def _line(words):
    return f" {' '.join(map(text.fold, words))} "


@lru_cache(500)
def _compiled(typed, language, now, reader=None):
    """The query in one language, remembered: the next page and the next facet ask the same.

    `reader`: the language of who asks, where the words are taken for those of another one.
    """
    parsed, table = query.parse(typed), synonyms.of(language, now)
    return query.compile(parsed, language, table, bool(reader), reader and synonyms.of(reader, now))


def briefly(kinds, typed, language, whole=(), few=0):
    """{kind: numbers, best first} of the kinds that have hits, those not public included.

    All words, in the reader's own language, in no fine order: for names and while somebody types. Among names nearly
    all words find nothing, and what holds all other readings says so at once, for all kinds in one question.
    `whole`: kinds that must say the words, in some form or other words for them; no compounds and beginnings.
    `few`: so many are in no order.
    """
    typed = _cut(typed)
    compiled = _compiled(typed, language, synonyms.version()) if query.parse(typed).groups else None
    if compiled is None:
        return {}
    questions = [(some, asked) for some, asked in (
        ([kind for kind in kinds if kind not in whole], compiled.loose), (list(whole), compiled.strict)
    ) if some]  # fmt: skip
    found, is_due = _of_kinds(language, questions)
    if is_due:
        index.repair(REPAIRED)
        found, _is_due = _of_kinds(language, questions)
    return {
        kind: numbers if len(numbers) <= few else list(chain.from_iterable(_own(kind, language, compiled, numbers)[0]))
        for kind, numbers in found.items()
    }


def best(kind, typed, language, limit=10):
    """Numbers of records of one kind that the public may see, best first, at most `limit`."""
    return list(records((kind,), typed, language, limit)[kind])


def records(kinds, typed, language, limit=10, narrow=None, **options):
    """{kind: {number: record}} of what the public may see, best first, at most `limit` of each kind.

    `narrow`: {kind: function of the rows that says what of them is read}; options as of `briefly`.
    """
    numbers = briefly(kinds, typed, language, **options)
    return {kind: _public(kind, numbers.get(kind, ()), limit, (narrow or {}).get(kind)) for kind in kinds}


def _public(kind, numbers, limit, narrow):
    numbers = numbers[: limit * 5]
    if not numbers:
        return {}
    rows = index.KINDS[kind].visible(numbers)
    found = (narrow(rows) if narrow else rows).in_bulk()
    return dict(islice(((number, found[number]) for number in numbers if number in found), limit))


# ---- questions to the database ----------------------------------------------------------------------
def _own(kind, language, one, loose=None):
    """(tiers in the reader's own language, whether entries still wait).

    `loose`: what the loosest reading has found, where it was asked before.
    """
    [read], is_due = _readings([(kind, language, one)])
    if is_due:
        index.repair(REPAIRED)
        [read], is_due = _readings([(kind, language, one)])
    tiers = _tiers(*read, is_aside=one.is_aside)
    if one.more and sum(map(len, tiers)) < MANY:
        if loose is None:
            [loose], _is_due = _numbers([(kind, language, one.more)])
        tiers.append(_without(loose, read.term, read.strict))
    return tiers, is_due


class Readings(NamedTuple):
    """Arrays of numbers, for each reading of a query: see query.Compiled."""

    title: array
    strict: array
    named: array
    term: array
    unconfirmed: array  # of a single word that names terms: those with the title that carry none of them


def _readings(asked):
    """([Readings] for each (kind, language, compiled), whether entries wait), in one round trip.

    Of a single word the database looks up each lexeme once, and the readings are put together here: every lexeme
    of a list costs it a way down the index.
    """
    wanted = [_asked(one) for _kind, _language, one in asked]
    questions = [(*row[:2], text) for row, texts in zip(asked, wanted, strict=True) for text in texts]
    found, is_due = _numbers(questions)
    answers, readings = iter(found), []
    for texts in wanted:
        title, strict, *others = islice(answers, len(texts))
        if len(others) < 2:
            others = _of_single(title, strict, *others)
        readings.append(Readings(title, strict, *others[:2], *others[2:] or (array("I"),)))
    return readings, is_due


def _asked(one):
    """The tsquery texts that are asked for a compiled query: for title, strict and, where there are terms, these."""
    if one.is_single:
        return (one.title, one.strict, one.single_term) if one.single_term else (one.title, one.strict)
    return (one.title, one.strict) if one.term == one.title else (one.title, one.strict, one.named, one.term)


def _of_single(title, strict, term=()):
    """(named, term, unconfirmed) of a single word, from what has it in the title, says it, and carries its term."""
    if not term:
        return title, title, array("I")
    said = set(strict)
    both = array("I", [number for number in term if number in said])
    return title + _without(both, title), title + _without(term, title), _without(title, term)


def _tiers(title, strict, named, term, unconfirmed, *, is_aside=False):
    """What carries the term and what says the word: the rarer comes first.

    Without the title: a part of it says the word, and yet not in full. `unconfirmed`: titles that may mean something
    else by the word, a bus on foot, and no care of feet; they follow what is named. `is_aside`: the term says how an
    offer is held, not what it is about; it names nothing, and what says the word comes first.
    """
    only_term = _without(term, strict, title) if term is not title else array("I")
    if is_aside:
        return [title, _without(strict, title), only_term]
    sure = _without(title, unconfirmed)
    return [sure, _without(named, title), unconfirmed, *sorted((_without(strict, named), only_term), key=len)]


def _without(numbers, *others):
    """An array of the numbers that are in none of the others, in their order."""
    known = set().union(*others) if numbers else ()
    return array("I", [number for number in numbers if number not in known]) if known else numbers


def _numbers(questions, most=None):
    """([array of numbers for each (kind, language, tsquery text)], whether entries wait), in one round trip.

    `most` limits each array, whichever numbers are met first. Differences are made here, not asked for: "& !" doubles
    what the index has to look up. An empty text finds nothing.
    """
    plans = [_apart(asked) if asked else [] for _kind, _language, asked in questions]
    ones = [_ONE % " OR ".join(["vector @@ %s::tsquery"] * len(some)) for plan in plans for some in plan]
    parameters = [
        part
        for (kind, language, _asked), plan in zip(questions, plans, strict=True)
        for some in plan
        for part in (language, kind, *some, most)
    ]
    with connection.cursor() as cursor:
        # The statement is fixed text, only its length varies. The planner does not know that a vector is long and
        # stands out of line, so it would rather read every row than ask the index for many lexemes; a row is made
        # dear for this one transaction.
        statement = f"SELECT {''.join(ones)} EXISTS (SELECT 1 FROM portal_searchdue)"  # noqa: S608
        cursor.execute(f"SELECT set_config('cpu_tuple_cost', '10', true); {statement}", parameters)
        while cursor.nextset():  # the last result is the answer; another wrapper may stand on it already
            pass
        *packed, is_due = cursor.fetchone()
    found = map(_unpacked, packed)
    return [_together(list(islice(found, len(plan))), most) for plan in plans], is_due


# Numbers of the hits, packed; `%%s` is left for the parameters.
_ONE = (
    "(SELECT string_agg(int4send(number), '') FROM (SELECT number FROM portal_searchentry "
    "WHERE language = %%s AND kind = %%s AND (%s) LIMIT %%s) AS hit), "
)
_largest = 0  # hits that a question has had so far


def _apart(asked):
    """[tsquery texts, any of which]: a text as one question, or as two of alternatives where that pays."""
    if _largest < LARGE:
        return [(asked,)]
    known, read = tsquery.parts(asked)
    return [some for some in (known, (read,) if read else ()) if some]


def _together(found, most):
    """The numbers that the questions of one plan have found."""
    global _largest
    numbers = array("I")
    for some in found:
        _largest = max(_largest, len(some))
        numbers = numbers + _without(some, numbers) if numbers else some
    return numbers[:most]


def _of_kinds(language, questions):
    """({kind: array of numbers} of the kinds that have some, whether entries wait) of [(kinds, tsquery text)]."""
    one = (
        "SELECT kind, string_agg(int4send(number), '') FROM portal_searchentry "
        "WHERE language = %s AND kind = ANY(%s) AND vector @@ %s::tsquery"
    )
    # Said in words, so that the planner sees: the index of what is no programme will do.
    no_programme = " AND kind <> 'programme'"
    parts = [f"{one}{'' if 'programme' in kinds else no_programme} GROUP BY kind" for kinds, _tsquery in questions]
    parts.append("SELECT '', NULL WHERE EXISTS (SELECT 1 FROM portal_searchdue)")
    parameters = [part for kinds, tsquery in questions for part in (language, list(kinds), tsquery)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT set_config('cpu_tuple_cost', '10', true); {' UNION ALL '.join(parts)}", parameters)
        while cursor.nextset():
            pass
        found = dict(cursor.fetchall())
    return {kind: _unpacked(packed) for kind, packed in found.items() if kind}, "" in found


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
    rank = {number: one for number, (one,) in _ranks(kind, language, numbers, compiled).items()}
    return [group for tier in tiers for group in _by_score(tier, rank)]


def _ranks(kind, language, numbers, compiled, high=()):
    """{number: (how much of what was looked for it holds, and how high up; for each text of `high` whether it matches)}

    PostgreSQL divides by the number of lexemes asked for; with a hundred synonyms nothing would be left. A vector is
    long and stands out of line: joined to an empty one it is fetched once, and not again for each question about it.
    """
    sizes = [len(set(_LEXEME.findall(one))) for one in (compiled.rank, compiled.own)]
    asked = [one for one in high if one]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, round((%s * ts_rank('{0.05,0.15,0.5,1}', held, %s::tsquery) "  # noqa: S608 – fixed text
            "+ %s * ts_rank('{0.05,0.15,0.5,1}', held, %s::tsquery))::numeric, 1)"
            f"{', held @@ %s::tsquery' * len(asked)} "
            "FROM (SELECT number, vector || ''::tsvector AS held FROM portal_searchentry "
            "WHERE kind = %s AND language = %s AND number = ANY(%s::int[]) OFFSET 0) AS entry",
            [sizes[0], compiled.rank, sizes[1], compiled.own, *asked, kind, language, numbers],
        )
        rows = cursor.fetchall()
    standing = {}
    for number, rank, *found in rows:
        answers = iter(found)
        standing[number] = (rank, *(bool(one) and next(answers) for one in high))
    return standing


def _by_score(numbers, score):
    groups = defaultdict(list)
    for number in numbers:
        groups[score.get(number, 0)].append(number)
    return [groups[one] for one in sorted(groups, reverse=True)]


# ---- when the reader's language does not have it ----------------------------------------------------
def _foreign(kind, typed, language, now, known):
    """({language: groups of numbers}, {language: keys}): the same words, taken for words of each other language.

    Only whole words count here, or a beginning in one language would be noise in four.
    """
    compiled = {
        code: one for code in languages.CODES if code != language and (one := _compiled(typed, code, now, language))
    }
    if not compiled:
        return {}, {}
    theirs = _mixed(kind, compiled)
    words = [word for word in query.parse(typed).words if not word.isdigit()]
    spoken = {code: sum(text.is_known(word, code) for word in words) for code in compiled}
    if not known and not any(map(any, theirs.values())):
        # Where the dictionary has none of the words, their parts would be guesses.
        parts = {code: (one.named, one.loose if spoken[code] else "") for code, one in compiled.items()}
        questions = [(kind, code, part) for code, pair in parts.items() for part in pair]
        found, _is_due = _numbers(questions)
        theirs = {code: found[2 * place : 2 * place + 2] for place, code in enumerate(compiled)}
    numbers, keys, known = {}, {}, set(known)
    most = max(spoken.values())  # which language it is: the one whose dictionary knows most of the words
    for code in sorted((c for c in theirs if spoken[c] == most), key=lambda code: -sum(map(len, theirs[code]))):
        tiers = [[number for number in tier if number not in known] for tier in theirs[code]]
        new = _refined(kind, code, tiers, compiled[code])
        if any(new):
            numbers[code], keys[code] = new, compiled[code].keys
            known.update(chain.from_iterable(new))
    return numbers, keys


def _have_words(slots):
    """True for several words, or one phrase made of several."""
    return len(slots) > 1 or bool(slots[0].words)


def _mixed(kind, compiled):
    """{language: (numbers of what is named so, of what else says the words or carries their terms)}"""
    if all(one.is_single for one in compiled.values()):
        rows, _is_due = _readings([(kind, code, one) for code, one in compiled.items()])
        return {
            code: (row.named, _without(row.strict + _without(row.term, row.strict), row.named))
            for code, row in zip(compiled, rows, strict=True)
        }
    found, _is_due = _numbers([(kind, code, part) for code, one in compiled.items() for part in (one.named, one.mixed)])
    pairs = zip(found[::2], found[1::2], strict=True)
    return {code: (named, _without(mixed, named)) for code, (named, mixed) in zip(compiled, pairs, strict=True)}


def _by_words(kind, language, compiled, tiers):
    """The tiers in the order of what each word counts, and among them what has most of the words.

    Asked where too little has all words: what says the one word that matters in its title stands before what has all
    of them, but one only by a broad term or in passing. The rarer a word, the more it weighs; how high up in the
    texts, a little.
    """
    units = _counted(kind, language, compiled.slots)
    if _is_by_the_way(units):
        return tiers
    weights = sum(unit.weight for unit in units)
    if not all(any(unit.parts) for unit in units):
        weights += UNKNOWN  # names, slips of the hand, what nobody offers
    place_of = {number: place for place, tier in enumerate(tiers) for number in tier}
    covered = defaultdict(float)
    for unit in units:
        for number in unit.anywhere - place_of.keys():
            is_named = number in unit.title or (number in unit.said and number in unit.term)
            covered[number] += unit.weight * (1 if is_named else MEANT if unit.is_meant else SAID)
    enough = {number: one for number, one in covered.items() if one >= ENOUGH * weights}
    least = NEAR_BEST * max(enough.values(), default=0)
    kept = sorted({*place_of, *(number for number, one in enough.items() if one >= least)})
    high = [one for unit in units for one in (unit.high, unit.main)]
    standing = _ranks(kind, language, kept, compiled, high) if 1 < len(kept) <= FINE else {}
    most = max((rank for rank, *_high in standing.values()), default=0) or 1
    score = {}
    for number in kept:
        rank, *told = standing.get(number, (0, *(True for _one in high)))
        levels = (
            _level(unit, number, is_high, is_main, number in place_of)
            for unit, is_high, is_main in zip(units, told[::2], told[1::2], strict=True)
        )
        score[number] = sum(levels) + HIGH_UP * weights * float(rank / most)
    return _by_score(kept, {n: (round(score[n], 2), -place_of.get(n, len(tiers))) for n in kept})


def _is_by_the_way(units):
    """True where all that is found is one word of several, said of no title and no term, and another is a word that
    everybody knows and no record has: who looks for a new roof is not helped by whoever repairs bicycles.
    """
    found = [unit for unit in units if any(unit.parts)]
    return (
        len(found) == 1
        and not found[0].title
        and not found[0].term
        and any(unit.is_word and not any(unit.parts) for unit in units)
    )


class Unit(NamedTuple):
    """A word or phrase that counts, and the numbers that have it in the title, in some text, by the name of a term."""

    title: set[int]
    said: set[int]
    term: set[int]
    anywhere: set[int]
    weight: float
    is_meant: bool
    is_word: bool  # see query.Slot
    high: str  # tsquery text: in title, summary or a name; "" where no text can say it
    main: str  # tsquery text: a term, no topic among many; "" where it has none

    @property
    def parts(self):
        return self.title, self.said, self.term


def _counted(kind, language, slots):
    """[Unit]: of a phrase that nothing has, its words."""
    asked = [one for slot in slots for one in (slot, *slot.words)]
    parts = list(dict.fromkeys(part for one in asked for part in one.parts if part))
    found, _is_due = _numbers([(kind, language, part) for part in parts], MANY)
    numbers_of = dict(zip(parts, map(set, found), strict=True))
    held = {one: tuple(numbers_of.get(part, set()) for part in one.parts) for one in asked}
    units, has_topic = [], any("'#topic/" in one.term for one in slots)
    for one in (one for slot in slots for one in (slot.words if slot.words and not any(held[slot]) else (slot,))):
        title, said, term = held[one]
        anywhere = title | said | term
        weight = (TRUSTED if one.is_meant else 1) / log(2 + len(anywhere)) if anywhere else 0.0
        weight *= WHOM if has_topic and term and query.is_about_people(one.term) else 1
        high, main = query.high_up(one.said), query.among_few(one.term)
        units.append(Unit(title, said, term, anywhere, weight, one.is_meant, one.is_word, high, main))
    return units


def _level(unit, number, is_high, is_main, has_all):
    """What a unit adds to the score of a record. `has_all`: it has all words, those not here in some other form."""
    if number not in unit.anywhere:
        return FAR * (unit.weight or UNKNOWN) if has_all else 0.0
    if number in unit.title:
        return unit.weight * (1 - UNCONFIRMED if unit.term and number not in unit.term else 1)
    if number in unit.said and number in unit.term:
        return (NAMED + (FINELY if is_high else -FINELY) + (FINELY if is_main else -FINELY)) * unit.weight
    if number in unit.said:
        return (CLOSE if is_high else PASSING) * unit.weight
    return BROAD * unit.weight
