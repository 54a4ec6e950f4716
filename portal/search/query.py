"""From what somebody typed to tsquery texts: "a phrase", -not, OR; the last word may be a beginning.

Every lexeme is quoted anew, so nothing typed is ever syntax to the database. A query has several readings, from strict
to loose, and each holds the one before it: the search tells them apart without reading a single vector.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from .. import languages
from . import compounds, text
from .entries import IN, PART, TITLE
from .stop_words import OFFERS, RELATIVES
from .synonyms import Phrase, reduced

MOST_WORDS = 12
LONGEST = 200  # characters
SHORTEST_BEGINNING = 3  # letters
LONG, SHORTEST_PART = 8, 3  # letters of two words run together, and of each
# Terms that say where, with what help and at whose cost an offer is held: who has no car does not look for all that
# fetch people, and who speaks of employers not for all that they pay.
ASIDE = ("'#accessibility/", "'#setting/", "'#cost/")
PEOPLE = ("#target_group/", "#life_phase/")  # terms that say whom an offer is for
_LEXEME = re.compile(r"'(?:[^']|'')*'")
_TOKEN = re.compile(r'(-?)"([^"]*)"?|(-?)([^\s"]+)')


class Item(NamedTuple):
    words: tuple[str, ...]
    is_phrase: bool = False
    is_refused: bool = False
    is_hyphened: bool = False  # e-recept: may be known as one word


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
    own: str  # the words themselves, which raise it more
    words: tuple["Slot", ...] = ()  # of a phrase
    meant: str = ""  # what somebody has said that it means
    is_meant: bool = False
    known: "Slot | None" = None  # a word of a phrase, with what it means by itself
    more: str = ""  # what `loose` has beyond the strict reading, or all of `loose`
    is_word: bool = False  # one that the dictionary knows: where no record has it, nobody offers it


class Slots(NamedTuple):
    """A slot for itself: tsquery texts, "" where there is none."""

    title: str  # in the title
    said: str  # in some text
    term: str  # the name of a term
    words: tuple["Slots", ...]  # of a phrase
    is_meant: bool
    is_word: bool

    @property
    def parts(self):
        return self.title, self.said, self.term


class Compiled(NamedTuple):
    title: str  # tsquery texts: all words in the title
    named: str  # each in the title, or both in the text and the name of a term
    term: str  # each in the title or the name of a term
    strict: str  # each in some text
    mixed: str  # each in some text or the name of a term
    loose: str  # also compounds that hold a word, and beginnings; holds all the others
    slots: list["Slots"]  # a word or phrase each: for "most of the words"
    rank: str  # what counts within a tier
    own: str  # what counts twice
    keys: frozenset[str]
    is_single: bool  # one word or phrase: then `named` and `term` follow from title, strict and single_term
    single_term: str  # the name of a term, of a single one
    more: str  # what `loose` finds beyond strict and term; it may find these again
    is_aside: bool  # a single one whose terms say how an offer is held: see ASIDE


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
        is_hyphened = quoted is None and len(words) > 1
        item = Item(words, quoted is not None or is_hyphened, bool(minus or dash), is_hyphened)
        (refused if item.is_refused else groups[-1]).append(item)
    groups = [group for group in groups if group]
    last = groups[-1][-1] if groups else None
    may_go_on = bool(last and not last.is_phrase and typed.rstrip() == typed and typed[-1:].isalnum())
    return Parsed(groups, refused, may_go_on)


def exact(parsed, language):
    """[words of each phrase in quotes that holds small words], which no index knows; none where there is an OR."""
    items = parsed.groups[0] if len(parsed.groups) == 1 else ()
    quoted = [item.words for item in items if item.is_phrase and not item.is_hyphened]
    return [words for words in quoted if len(words) > 1 and len(text.telling(words, language)) < len(words)]


# ---- tsquery texts --------------------------------------------------------------------------------
def _quote(lexeme, is_beginning=False, weights=""):
    """`weights`: where it must stand, "AB" in title, summary or a name."""
    lexeme = lexeme.replace("\\", "\\\\").replace("'", "''")
    ending = ("*" if is_beginning else "") + weights
    return f"'{lexeme}'" + (f":{ending}" if ending else "")


def high_up(asked):
    """A tsquery text of plain lexemes for title, summary and names alone; the mark of a language stays what it is."""
    return _LEXEME.sub(lambda one: one[0] if one[0].startswith(f"'{IN}") else f"{one[0]}:AB", asked)


def among_few(terms):
    """A tsquery text of terms; of topics only where a record has three at most: one among many says less about it."""
    return _LEXEME.sub(lambda one: f"{one[0]}:AB" if one[0].startswith("'#topic/") else one[0], terms)


def _any(parts):
    parts = [part for part in dict.fromkeys(parts) if part]
    return "(" + " | ".join(parts) + ")" if parts else ""


def _all(parts):
    return "(" + " & ".join(parts) + ")"


@lru_cache(3000)
def word_keys(word, language):
    """The keys of a word, however it was spelt."""
    return frozenset(key for spelt in compounds.variants(word, language) for key in text.keys(spelt, language))


def _word_slot(word, language, table, is_beginning, is_strict):
    keys = sorted(word_keys(word, language))
    if is_strict and not text.is_known(word, language):  # a name, perhaps; its stem is that of some other word
        keys = [key for key in keys if key[0] != "="]
    strict, title = [_quote(key) for key in keys], [_quote(TITLE + key) for key in keys]
    title += [_quote(TITLE + PART + key) for key in keys if key[0] != "="]
    loose = _loose(word, language, table, keys)
    if is_beginning and not is_strict and len(word) >= SHORTEST_BEGINNING:
        loose += [_quote(text.fold(spelt), is_beginning=True) for spelt in compounds.variants(word, language)]
    parts = {key for spelt in compounds.variants(word, language) for key in compounds.part_keys(spelt, language)}
    near = [_quote(mark + key) for key in sorted(parts) for mark in ("", PART)]
    rank = _any([*title, *strict, *loose, *near])
    texts = (_any(title), "", _any(strict), _any([*strict, *loose]), rank, rank)
    return Slot(*texts, more=_any(loose), is_word=text.is_known(word, language))


def _known_slot(word, language, table, is_beginning, is_strict):
    """A word of a phrase, with what it means by itself."""
    slot = _word_slot(word, language, table, is_beginning, is_strict)
    phrases = table.at([word_keys(word, language)])
    return slot._replace(known=_joined([slot], phrases, language, table)) if phrases else slot


def _loose(word, language, table, keys):
    """Compounds both ways: those that hold the word; and, of a compound that was typed, all but its head.

    The head alone (a course, a group) would find far too much, so it only raises what the rest has found.
    """
    found = [_quote(PART + key) for key in keys if key[0] != "="]
    for spelt in compounds.variants(word, language):
        for form in {spelt, *text.lemmas(spelt, language)}:
            parts = compounds.parts(form, language)
            # An allergy that nobody knows is not about what it is against.
            is_known = bool(parts) and _is_known_head(parts[-1], table)
            for part in parts[:-1]:
                own = text.keys(part, language)
                found += [_quote(key, weights="AB") for key in own if key[0] != "=" or len(part) >= compounds.SHORTEST]
                found += [_quote(PART + key, weights="AB") for key in own if key[0] != "="]
                # The dictionary knows every part, and a stem may be that of another word: bil (car), billig (cheap).
                lemmas = frozenset(key for key in own if key[0] != "=") if len(part) >= compounds.SHORTEST else ()
                found += [_quote(phrase.term) for phrase in table.at([lemmas]) if phrase.term and is_known]
    return list(dict.fromkeys(found))


def _is_known_head(word, table):
    """True for a kind of offer (course, group), and where a phrase of the synonyms begins with it."""
    return word in OFFERS[table.language] or any(map(table.begins, text.keys(word, table.language)))


def _phrase(words, language, mark="", is_foreign=False):
    """The words one after the other; stop words only hold their place.

    To readers of another language only dictionary forms count: a stem is too often another word of theirs.
    """
    said, gap = "", 1
    for word in words:
        if text.is_stop_word(word, language) and not text.is_negation(word, language):
            gap += bool(said)
            continue
        keys = sorted(key for key in word_keys(word, language) if not is_foreign or key[0] != "=")
        one = _any(_quote(mark + key) for key in keys)
        said, gap = (f"{said} <{gap}> {one}" if said else one), 1
    return f"({said})" if said else ""


def _phrase_slot(words, language):
    strict = _phrase(words, language) or _all(_quote(key) for word in words for key in text.keys(word, language)[:1])
    return Slot(_phrase(words, language, TITLE) or strict, "", strict, strict, strict, strict)


def _joined(slots, phrases, language, table, is_negated=False):
    """Several words that say one thing, as one slot. `is_negated`: a title with the words says the contrary."""
    terms = _any(_quote(phrase.term) for phrase in phrases if phrase.term)
    telling = "" if all(map(_is_aside, _LEXEME.findall(terms))) else terms
    meant = [
        _all(_any(map(_quote, sorted(text.keys(word, language)))) for word in said)
        for phrase in phrases
        if (said := text.telling(text.words(phrase.meaning), language))
    ]
    same = sorted({one for phrase in phrases for one in table.concepts.get(phrase.concept, ())})
    single = [_meant(words, code, language) for code, words in same if len(words.split()) == 1]
    ours = [*meant, *single]
    # Who reads a text in another language, for theirs is not there, gets what says it best first all the same.
    near = languages.nearest(language)
    ours += _by_language([one for one in same if one[0] in near], language)
    meant += _by_language(same, language)
    title = [*([] if is_negated else [_all(slot.title for slot in slots)]), *_by_language(same, language, TITLE)]
    return Slot(
        _any(title) or telling or _any(meant) or terms,
        terms,
        _any([_all(slot.strict for slot in slots), *meant]),
        _any([_all(slot.loose for slot in slots), *meant]),
        _any([*(slot.rank for slot in slots), *ours, telling]),
        _any(slot.rank for slot in slots),
        tuple(slot.known or slot for slot in slots) if len(slots) > 1 or slots[0].known else (),
        _any(meant),
        is_meant=True,
        more=slots[0].more if len(slots) == 1 else _any([_all(slot.loose for slot in slots), *meant]),
    )


def _by_language(same, language, mark=""):
    """Phrases of concepts, [(language, words)], as tsquery texts; those of another language only where a reader of
    `language` is shown a text in it: English "fall" is a German word too, and no fall.
    """
    found = {code: _any(_meant(words, code, language, mark) for one, words in same if one == code) for code, _ in same}
    return [some if code == language else _all([_quote(IN + code), some]) for code, some in found.items() if some]


@lru_cache(4000)
def _meant(words, code, language, mark=""):
    """A phrase of a concept (see `Synonym.concept`) for a reader of `language`; compounds of a single word too."""
    words = text.words(words)
    said = _phrase(words, code, mark, is_foreign=code != language)
    if code != language or len(words) > 1 or code not in compounds.LANGUAGES or not mark:
        return said
    return _any([said, *(_quote(mark + PART + key) for key in sorted(word_keys(words[0], code)) if key[0] != "=")])


def _slots(items, language, table, may_go_on, is_strict):
    """[Slot] of one group; words next to each other that make a phrase of the synonyms share one."""
    found, loose_words = [], []
    for item in items:
        if item.is_hyphened and table.at([word_keys("".join(item.words), language)]):
            loose_words.append("".join(item.words))
        elif item.is_phrase:
            found += _word_slots(loose_words, language, table, False, is_strict)
            found.append(_phrase_slot(item.words, language))
            loose_words = []
        else:
            loose_words += item.words
    return found + _word_slots(loose_words, language, table, may_go_on, is_strict)


def _word_slots(words, language, table, may_go_on, is_strict):
    """[Slot] of words without quotes; what makes a phrase of the synonyms, its small words included, shares one."""
    words = [part for word in words for part in _apart(word, table)]
    sets = [word_keys(word, language) for word in words]
    telling = set(reduced(words, language))
    spans = _spans([place for place, word in enumerate(words) if word in telling], words, sets, table)
    whose = _relatives(words, language)
    found, spare, place, singles = [], [], 0, {}
    while place < len(words):
        last, phrases = spans.get(place) or _whole(place, sets, spans, table)
        said = [word for word in words[place : last + 1] if word in telling]
        if len(phrases) and last > place:
            kept = [word for word in said if not text.is_negation(word, language)] or said or words[place : last + 1]
            slots = [_known_slot(word, language, table, False, is_strict) for word in kept]
            found.append(_joined(slots, phrases, language, table, is_negated=len(kept) < len(said)))
        elif said:
            slot = _word_slot(said[0], language, table, may_go_on and last == len(words) - 1, is_strict)
            phrases = table.at(sets[place : place + 1])
            # A word that only negates, outside what it negates, finds nothing by itself.
            is_spare = place in whose or (not phrases and text.is_stop_word(said[0], language))
            if not is_spare:
                singles[place] = len(found)
            (spare if is_spare else found).append(_joined([slot], phrases, language, table) if phrases else slot)
        place = last + 1
    if language in compounds.LANGUAGES and not is_strict:
        _run_together(found, singles, words, language)
    return found or spare


def _run_together(slots, singles, words, language):
    """Makes each of two words side by side stand for the two as one: "følge voksne" is written følgevoksne.

    `singles`: {place of a word: that of its slot}.
    """
    for place, first in singles.items():
        if (second := singles.get(place + 1)) is None:
            continue
        joined = words[place] + words[place + 1]
        one = _any(_quote(key) for key in sorted(word_keys(joined, language)) if key[0] != "=")
        for at in (first, second):
            slot = slots[at]
            both = {name: _any([getattr(slot, name), one]) for name in ("strict", "loose", "rank")}
            slots[at] = slot._replace(meant=slot.meant and _any([slot.meant, one]), **both)


def _relatives(words, language):
    """{places} of a husband or a wife: "mein Mann vergisst alles" is about nothing for men."""
    whose, who = RELATIVES[language]
    pairs = ((place, {*words[max(place - 1, 0) : place], *words[place + 1 : place + 2]}) for place in range(len(words)))
    return {place for place, beside in pairs if words[place] in who and not beside.isdisjoint(whose)}


def _spans(places, words, sets, table):
    """{first place: (last place, phrases)} of the phrases of several words that stand at these places."""
    spans = {}
    while places:
        phrases = table.at([sets[place] for place in places])
        length = len(phrases[0].words) if phrases else 1
        if length == 1 and (compound := _compound(words[places[0] : places[0] + 2], table)):
            phrases, length = compound, 2
        if length > 1:
            spans[places[0]] = (places[:length][-1], phrases)
        places = places[length:]
    return spans


def phrases(words, table):
    """{first place: (last place, [phrases])} of the phrases of several words in these words."""
    sets = [word_keys(word, table.language) for word in words]
    telling = set(reduced(words, table.language))
    spans = _spans([place for place, word in enumerate(words) if word in telling], words, sets, table)
    whole = {place: found for place in range(len(words)) if (found := _whole(place, sets, spans, table))[1]}
    return whole | spans


def _compound(words, table):
    """[phrases] of two words that are one by the rules of the language: blod sukker."""
    language, joined = table.language, "".join(words)
    if (
        language not in compounds.LANGUAGES
        or len(words) < 2
        or any(text.is_stop_word(word, language) for word in words)
    ):
        return []
    phrases = table.at([word_keys(joined, language)])
    is_word = phrases or (text.is_known(joined, language) and compounds.parts(joined, language))
    known = phrases or ([Phrase((), None, "")] if is_word else [])
    return [phrase._replace(meaning=phrase.meaning or joined) for phrase in known]


def _apart(word, table):
    """A word that nobody knows, as the two of a phrase that somebody has run together: screentime."""
    language = table.language
    if language in compounds.LANGUAGES or len(word) < LONG or text.is_known(word, language):
        return [word]
    cuts = [cut for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1) if table.begins(text.fold(word[:cut]))]
    if not cuts or table.at([word_keys(word, language)]):
        return [word]
    for cut in cuts:
        parts = [word[:cut], word[cut:]]
        sets = [word_keys(part, language) for part in parts]
        phrases = table.at(sets)
        # Small words are left out of phrases: screen time may be known as screen.
        is_phrase = phrases and (len(phrases[0].words) > 1 or text.is_stop_word(parts[1], language))
        if is_phrase or table.at(sets, is_whole=True):
            return parts
    return [word]


def _whole(place, sets, spans, table):
    """(last place, phrases) of a phrase that begins here and needs its small words, unless it takes words of a span."""
    phrases = table.at(sets[place:], is_whole=True)
    last = place + len(phrases[0].words) - 1 if phrases else place
    return (place, ()) if any(other in spans for other in range(place, last + 1)) else (last, phrases)


def _is_aside(lexeme):
    return lexeme.startswith(ASIDE)


def is_about_people(terms):
    """True for a tsquery text of terms that all say whom an offer is for."""
    found = _LEXEME.findall(terms)
    return bool(found) and all(one[1:].startswith(PEOPLE) for one in found)


def without_offers(typed, language):
    """The query without words for the kind of offer (course, group); None where none or nothing else is in it."""
    if '"' in typed:
        return None
    words = typed.split()
    kept = [word for word in words if word.lower() not in OFFERS[language]]
    is_telling = any(not text.is_stop_word(word, language) for one in kept for word in text.words(one))
    return " ".join(kept) if is_telling and len(kept) < len(words) else None


def _refused_people(words, table):
    """Lexemes: who leaves out a group of people leaves out what is marked for them, said or not."""
    phrases = table.at([word_keys(word, table.language) for word in words])
    named = {one.term for one in phrases if (one.term or "").startswith(PEOPLE) and len(one.words) == len(words)}
    return map(_quote, sorted(named))


def compile(parsed, language, table, is_strict=False, readers=None):
    """Compiled, or None when no word is left to look for. `readers`: the table of the reader's language."""
    readers = readers or table
    groups = [
        _slots(items, language, table, parsed.may_go_on and items is parsed.groups[-1], is_strict)
        for items in parsed.groups
    ]
    groups = [slots for slots in groups if slots]
    if not groups:
        return None
    refused = ""
    for item in parsed.refused:
        said = _phrase(item.words, language) or _quote(text.fold(item.words[0]))
        refused += f" & !{_any([said, *_refused_people(item.words, readers)])}"

    def reading(read):
        return _any(_all(map(read, slots)) for slots in groups) + refused

    def counted(slot):
        said = slot.meant if slot.words else slot.strict  # the words of a phrase are counted one by one
        title, said, term = (part and part + refused for part in (slot.title, said, slot.term))
        return Slots(title, said, term, tuple(map(counted, slot.words)), slot.is_meant, slot.is_word)

    slots = [slot for group in groups for slot in group]
    is_single = len(slots) == 1
    loose = reading(lambda slot: _any([slot.loose, slot.term]))
    return Compiled(
        title=reading(lambda slot: slot.title),
        named=reading(lambda slot: _any([slot.title, slot.term and _all([slot.term, slot.strict])])),
        term=reading(lambda slot: _any([slot.title, slot.term])),
        strict=reading(lambda slot: slot.strict),
        mixed=reading(lambda slot: _any([slot.strict, slot.term])),
        loose=loose,
        slots=list(map(counted, slots)),
        rank=_any(slot.rank for slot in slots),
        own=_any(slot.own for slot in slots),
        keys=frozenset(key for word in parsed.words for key in word_keys(word, language)),
        is_single=is_single,
        single_term=slots[0].term and slots[0].term + refused,
        more=(slots[0].more and slots[0].more + refused) if is_single else loose,
        is_aside=is_single and bool(slots[0].term) and all(map(_is_aside, _LEXEME.findall(slots[0].term))),
    )
