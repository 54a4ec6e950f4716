""" "Did you mean": the nearest words that our own texts hold, for words they do not hold. Offered, never forced."""

from threading import Lock
from typing import NamedTuple

from django.db import connection
from rapidfuzz import process
from rapidfuzz.distance import OSA

from .. import help_now
from ..models import SearchWord
from . import query, synonyms, text

SHORTEST = 4  # letters; shorter words have too many neighbours
TERM_COUNTS = 5  # a word of a label or synonym counts like one that stands in so many entries


class Known(NamedTuple):
    keys: frozenset[str]  # folded lemmas and stems
    surfaces: dict[str, tuple[str, int]]  # folded form → (form as written, entries)


_known: dict[str, tuple[tuple[object, int], Known]] = {}
_lock = Lock()


def suggest(typed, language):
    """The query with its unknown words replaced by the nearest known ones, or None when there is nothing to offer."""
    typed = typed[: query.LONGEST]
    if _are_all_known(typed, language):
        return None
    known, table = _of(language), synonyms.of(language, synonyms.version())
    words = [match[0].lower()[: text.LONGEST_WORD] for match in text.WORD.finditer(typed)]
    better = {}
    for place, word in enumerate(words):
        if word not in better and not _is_known(word, language, known):
            better[word] = _best(words, place, known, table)
    offered = text.WORD.sub(lambda match: better.get(match[0].lower()[: text.LONGEST_WORD]) or match[0], typed)
    if not any(better.values()):
        return None
    if help_now.asks(typed, language) and not help_now.asks(offered, language):
        return None  # who typed "sucide" is not asked about a side
    return offered


def _best(words, place, known, table):
    """What a word was meant to be, as it is written; None where nothing is near.

    First what makes a phrase with the words around it: "slabo spin" is not about a son. A word that the dictionary
    knows was hardly misspelt, but for a single letter further on: schlaff.
    """
    word, near = words[place], _nearest(words[place], known)
    for one in near:
        changed = [*words[:place], one, *words[place + 1 :]]
        if any(start <= place <= last for start, (last, _some) in query.phrases(changed, table).items()):
            return _written(one, table.language)
    if not near or (text.is_known(word, table.language) and not _is_slip(word, near[0])):
        return None
    return _written(near[0], table.language)


def _is_slip(word, other):
    """True where a long enough word differs by one letter after the first."""
    typed, meant = text.fold(word), text.fold(other)
    return len(typed) > SHORTEST and typed[0] == meant[0] and OSA.distance(typed, meant) == 1


def _written(word, language):
    """With a capital where it is a German noun and nothing else."""
    noun, known = word.capitalize(), text.dictionary(language) if language == "de" else ()
    return noun if noun in known and word not in known else word


def forget():
    _known.clear()


def _are_all_known(typed, language):
    """True when this process has met all the words in our texts before: then there is no need to look again."""
    if not (kept := _known.get(language)) or kept[0][1] != synonyms.version():
        return False
    return all(
        _is_known(match[0].lower()[: text.LONGEST_WORD], language, kept[1]) for match in text.WORD.finditer(typed)
    )


def _is_known(word, language, known):
    if len(word) < SHORTEST or any(sign.isdigit() for sign in word) or text.is_stop_word(word, language):
        return True
    folded = text.fold(word)
    if folded in known.surfaces:
        return True
    keys = query.word_keys(word, language)
    if not text.is_known(word, language):
        keys -= {f"={folded}"}  # a word that ends where its stem ends has lost its ending: bolezn
    return not known.keys.isdisjoint(keys)


def _nearest(word, known):
    """[words] one, two or three letters off, by length: the nearest first, then those with the same first letter, then
    the most frequent.
    """
    folded = text.fold(word)
    cutoff = 1 if len(folded) < 6 else 2 if len(folded) < 12 else 3
    near = process.extract(folded, known.surfaces.keys(), scorer=OSA.distance, score_cutoff=cutoff, limit=12)
    # Hardly anybody gets the first letter wrong and another one too.
    near = [one for one in near if one[1] == 1 or one[0][0] == folded[0]]
    near.sort(key=lambda one: (one[1], one[0][0] != folded[0], -known.surfaces[one[0]][1], one[0]))
    return [known.surfaces[one][0] for one, _distance, _place in near]


def _of(language):
    """What is known in a language, as of the last change of words, terms and synonyms."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM portal_searchword")
        now = (cursor.fetchone(), synonyms.version())
    kept = _known.get(language)
    if not kept or kept[0] != now:
        with _lock:
            kept = _known[language] = (now, _read(language, now[1]))
    return kept[1]


def _read(language, version):
    keys, surfaces = set(), {}
    table = synonyms.of(language, version)
    rows = list(SearchWord.objects.filter(language=language).values_list("surface", "key", "entries"))
    for label in [*table.labels.values(), *table.typed.values()]:
        for word in text.words(label):
            rows.append((word, text.fold(text.lemmas(word, language)[0]), TERM_COUNTS))
    for surface, key, entries in rows:
        if len(surface) < SHORTEST - 1:
            continue
        keys.update((key, f"={text.stem(surface, language)}"))
        folded = text.fold(surface)
        written, number = surfaces.get(folded, (surface, 0))
        written = surface if entries > number else written
        surfaces[folded] = (folded if written == folded else written, number + entries)  # one string where it can be
    return Known(frozenset(keys), surfaces)
