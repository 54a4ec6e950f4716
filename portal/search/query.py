"""From what somebody typed to tsquery texts: "a phrase", -not, OR; the last word may be a beginning.

Every lexeme is quoted anew, so nothing typed is ever syntax to the database. A query has several readings, from strict
to loose, and each holds the one before it: the search tells them apart without reading a single vector.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from . import compounds, text
from .index import PART, TITLE
from .stop_words import OFFERS
from .synonyms import reduced

MOST_WORDS = 12
LONGEST = 200  # characters
SHORTEST_BEGINNING = 3  # letters
_TOKEN = re.compile(r'(-?)"([^"]*)"?|(-?)([^\s"]+)')


class Item(NamedTuple):
    words: tuple[str, ...]
    is_phrase: bool = False
    is_refused: bool = False


class Parsed(NamedTuple):
    groups: list[list[Item]]  # joined by OR; inside, all must occur
    refused: list[Item]
    may_go_on: bool  # the last word may be the beginning of a longer one

    @property
    def words(self):
        return [word for group in self.groups for item in group for word in item.words]


class Slot(NamedTuple):
    """One word, or a phrase of the synonyms, as tsquery texts; each but the second holds the one before."""

    title: str
    term: str  # "" where the words name no term
    strict: str
    loose: str
    rank: str  # what raises a hit within its tier, without making one


class Compiled(NamedTuple):
    title: str  # tsquery texts: all words in the title
    named: str  # each in the title, or both in the text and the name of a term
    term: str  # each in the title or the name of a term
    strict: str  # each in some text
    mixed: str  # each in some text or the name of a term
    loose: str  # also compounds that hold a word, and beginnings; holds all the others
    slots: list[tuple[str, str]]  # a word each, (title or term, strict or term): for "most of the words"
    rank: str  # what counts within a tier
    has_many: bool  # several words: some may stand in the text and others name a term
    keys: frozenset[str]


def parse(typed):
    groups, refused, left = [[]], [], MOST_WORDS
    typed = typed[:LONGEST]
    for match in _TOKEN.finditer(typed):
        minus, quoted, dash, bare = match.groups()
        if bare == "OR":
            groups.append([])
            continue
        words = tuple(text.words(bare if quoted is None else quoted))[:left]
        if not words:
            continue
        left -= len(words)
        item = Item(words, is_phrase=quoted is not None or len(words) > 1, is_refused=bool(minus or dash))
        (refused if item.is_refused else groups[-1]).append(item)
    groups = [group for group in groups if group]
    last = groups[-1][-1] if groups else None
    may_go_on = bool(last and not last.is_phrase and typed.rstrip() == typed and typed[-1:].isalnum())
    return Parsed(groups, refused, may_go_on)


# ---- tsquery texts --------------------------------------------------------------------------------
def _quote(lexeme, is_beginning=False):
    lexeme = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{lexeme}'" + (":*" if is_beginning else "")


def _any(parts):
    parts = [part for part in dict.fromkeys(parts) if part]
    return "(" + " | ".join(parts) + ")" if parts else ""


def _all(parts):
    return "(" + " & ".join(parts) + ")"


@lru_cache(3000)
def word_keys(word, language):
    """The keys of a word, however it was spelt."""
    return frozenset(key for spelt in text.variants(word, language) for key in text.keys(spelt, language))


def _word_slot(word, language, table, is_beginning, is_strict):
    keys = sorted(word_keys(word, language))
    title, strict = [_quote(TITLE + key) for key in keys], [_quote(key) for key in keys]
    loose = _loose(word, language, table, keys)
    if is_beginning and not is_strict and len(word) >= SHORTEST_BEGINNING:
        loose += [_quote(text.fold(spelt), is_beginning=True) for spelt in text.variants(word, language)]
    parts = {key for spelt in text.variants(word, language) for key in compounds.part_keys(spelt, language)}
    near = [_quote(mark + key) for key in sorted(parts) for mark in ("", PART)]
    return Slot(_any(title), "", _any(strict), _any([*strict, *loose]), _any([*title, *strict, *loose, *near]))


def _loose(word, language, table, keys):
    """Compounds both ways: those that hold the word; and, of a compound that was typed, all but its head.

    The head alone (a course, a group) would find far too much, so it only raises what the rest has found.
    """
    found = [_quote(PART + key) for key in keys if key[0] != "="]
    for spelt in text.variants(word, language):
        for form in {spelt, *text.lemmas(spelt, language)}:
            for part in compounds.parts(form, language)[:-1]:
                own = text.keys(part, language)
                found += [_quote(key) for key in own if key[0] != "=" or len(part) >= compounds.SHORTEST]
                found += [_quote(PART + key) for key in own if key[0] != "="]
                found += [_quote(phrase.term) for phrase in table.at([frozenset(own)]) if phrase.term]
    return list(dict.fromkeys(found))


def _phrase(words, language, mark=""):
    """The words one after the other; stop words only hold their place."""
    said, gap = "", 1
    for word in words:
        if text.is_stop_word(word, language) and not text.is_negation(word, language):
            gap += bool(said)
            continue
        one = _any(_quote(mark + key) for key in sorted(word_keys(word, language)))
        said, gap = (f"{said} <{gap}> {one}" if said else one), 1
    return f"({said})" if said else ""


def _phrase_slot(words, language):
    strict = _phrase(words, language) or _all(_quote(key) for word in words for key in text.keys(word, language)[:1])
    return Slot(_phrase(words, language, TITLE) or strict, "", strict, strict, strict)


def _joined(slots, phrases, language):
    """Several words that say one thing, as one slot."""
    terms = _any(_quote(phrase.term) for phrase in phrases if phrase.term)
    meant = [
        _all(_any(map(_quote, sorted(text.keys(word, language)))) for word in said)
        for phrase in phrases
        if (said := text.telling(text.words(phrase.meaning), language))
    ]
    return Slot(
        _all(slot.title for slot in slots),
        terms,
        _any([_all(slot.strict for slot in slots), *meant]),
        _any([_all(slot.loose for slot in slots), *meant]),
        _any([*(slot.rank for slot in slots), terms]),
    )


def _slots(items, language, table, may_go_on, is_strict):
    """[Slot] of one group; words next to each other that make a phrase of the synonyms share one."""
    found, loose_words = [], []
    for item in items:
        if item.is_phrase:
            found += _word_slots(loose_words, language, table, False, is_strict)
            found.append(_phrase_slot(item.words, language))
            loose_words = []
        else:
            loose_words += item.words
    return found + _word_slots(loose_words, language, table, may_go_on, is_strict)


def _word_slots(words, language, table, may_go_on, is_strict):
    words = reduced(words, language)
    sets = [word_keys(word, language) for word in words]
    found, place, spare = [], 0, []
    while place < len(words):
        phrases = table.at(sets[place:])
        length = len(phrases[0].words) if phrases else 1
        slots = [
            _word_slot(word, language, table, may_go_on and place + number == len(words) - 1, is_strict)
            for number, word in enumerate(words[place : place + length])
            if length == 1 or not text.is_stop_word(word, language)
        ]
        slot = _joined(slots, phrases, language) if phrases else slots[0]
        # A word that only negates, outside what it negates, finds nothing by itself.
        is_spare = not phrases and text.is_stop_word(words[place], language)
        (spare if is_spare else found).append(slot)
        place += length
    return found or spare


def without_offers(typed, language):
    """The query without words for the kind of offer (course, group); None where none or nothing else is in it."""
    if '"' in typed:
        return None
    words = typed.split()
    kept = [word for word in words if word.lower() not in OFFERS[language]]
    is_telling = any(not text.is_stop_word(word, language) for one in kept for word in text.words(one))
    return " ".join(kept) if is_telling and len(kept) < len(words) else None


def compile(parsed, language, table, is_strict=False):
    """Compiled, or None when no word is left to look for."""
    groups = [
        _slots(items, language, table, parsed.may_go_on and items is parsed.groups[-1], is_strict)
        for items in parsed.groups
    ]
    groups = [slots for slots in groups if slots]
    if not groups:
        return None
    refused = "".join(
        f" & !{_phrase(item.words, language) or _quote(text.fold(item.words[0]))}" for item in parsed.refused
    )

    def reading(read):
        return _any(_all(map(read, slots)) for slots in groups) + refused

    slots = [slot for group in groups for slot in group]
    return Compiled(
        title=reading(lambda slot: slot.title),
        named=reading(lambda slot: _any([slot.title, slot.term and _all([slot.term, slot.strict])])),
        term=reading(lambda slot: _any([slot.title, slot.term])),
        strict=reading(lambda slot: slot.strict),
        mixed=reading(lambda slot: _any([slot.strict, slot.term])),
        loose=reading(lambda slot: _any([slot.loose, slot.term])),
        slots=[(_any([slot.title, slot.term]) + refused, _any([slot.strict, slot.term]) + refused) for slot in slots],
        rank=_any(slot.rank for slot in slots),
        has_many=len(slots) > 1,
        keys=frozenset(key for word in parsed.words for key in word_keys(word, language)),
    )
