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
    """Terms whose label, everyday words or synonyms begin like the words: those by label first, then those that more
    phrases speak of.

    What a phrase says further on counts only where no phrase begins so: pills for sleeping are not about sleep.
    """
    table = synonyms.of(language, synonyms.version())
    said = {term: told for term, lines in table.folded.items()
            if term.startswith(TERMS) and (told := _told(found, lines))}  # fmt: skip
    most = max(1, min((place for place, _number in said.values()), default=1))
    terms = sorted((term for term, (place, _number) in said.items() if place <= most), key=said.__getitem__)
    labels = (table.labels.get(term) or table.typed[term].partition("\n")[0] for term in terms)
    return [Suggestion("term", label, None, term[1:]) for term, label in zip(terms, labels, strict=True)]


def _told(found, lines):
    """(where, minus how often) these lines, a label and then phrases, have words that begin like all the words: 0 in
    the label, 1 in phrases whose first word is among them, 2 in others; None nowhere.
    """
    wanted = tuple(f" {word}" for word in found)
    if not all(word in lines for word in wanted):
        return None
    label, *phrases = lines.split("\n")
    matching = [line for line in phrases if all(word in line for word in wanted)]
    begun = sum(line.startswith(wanted) for line in matching)
    if all(word in label for word in wanted):
        return 0, -begun
    return (1, -begun) if begun else (2, -len(matching)) if matching else None


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
