"""What may be meant while somebody is typing: terms first, then programmes and all else that is found, by name."""

from typing import NamedTuple

from .. import languages
from . import engine, index, synonyms, text

TERMS = ("#topic/", "#target_group/", "#life_phase/")
FROM = 2  # letters


class Suggestion(NamedTuple):
    kind: str  # "term", or one of index.KINDS
    label: str
    language: str | None  # of the label, where it is not the reader's
    value: int | str  # the record's number, or "vocabulary/slug"


def complete(typed, language, limit=8):
    """[Suggestion] for what was typed so far, at most `limit`, public records only."""
    found = [text.fold(word) for word in text.words(typed[:100])]
    if not found or len(found[-1]) < FROM:
        return []
    terms = _terms(found, language)[: max(2, limit // 3)]
    records = engine.records(tuple(index.KINDS), typed.rstrip(), language, limit * 3)
    rows = [_by_name(kind, records[kind.name], typed, language)[:limit] for kind in index.KINDS.values()]
    # One of each kind in turn, so that a common word does not push a place off the list.
    mixed = [row[place] for place in range(limit) for row in rows if place < len(row)]
    order = list(index.KINDS)
    chosen = sorted(mixed[: limit - len(terms)], key=lambda one: -order.index(one.kind))
    return terms + chosen


def _terms(found, language):
    """Terms whose label, everyday words or synonyms begin like the words; those by label first."""
    table = synonyms.of(language, synonyms.version())
    places = {term: _line(found, lines) for term, lines in table.folded.items() if term.startswith(TERMS)}
    terms = sorted((term for term, place in places.items() if place is not None), key=lambda term: places[term] > 0)
    labels = (table.labels.get(term) or table.typed[term].partition("\n")[0] for term in terms)
    return [Suggestion("term", label, None, term[1:]) for term, label in zip(terms, labels, strict=True)]


def _line(found, lines):
    """Number of the first of these lines in which some word begins like each of the words; None without one."""
    wanted = [f" {word}" for word in found]
    if not all(word in lines for word in wanted):
        return None
    matching = (at for at, line in enumerate(lines.split("\n")) if all(word in line for word in wanted))
    return next(matching, None)


def _begins(found, phrase):
    words = [text.fold(word) for word in text.words(phrase)]
    return all(any(word.startswith(typed) for word in words) for typed in found)


def _by_name(kind, records, typed, language):
    """Those first in whose name the words stand."""
    words = [text.fold(word) for word in text.words(typed)]
    suggestions = []
    for number, record in records.items():
        label, code = languages.resolve(record, kind.label, language)
        suggestions.append(Suggestion(kind.name, label, None if code == language else code, number))
    return sorted(suggestions, key=lambda one: not _begins(words, one.label))
