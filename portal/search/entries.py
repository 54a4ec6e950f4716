"""Entries: what there is to find of a record, in the words of each reader's language, and how it is written down."""

from collections import defaultdict
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from .. import languages, markdown
from . import compounds, text
from .stop_words import WITHOUT

MOST_WORDS = 3000  # of one text; nobody reads further either
GAP = 10  # positions between two texts, so that no phrase spans them
LAST_PLACE = 16_000  # a tsvector has room for hardly more
MOST_BYTES = 1_000_000  # of one, of the 1,048,575 that PostgreSQL takes; what refuses it would stop everybody's search
TITLE, PART = "^", "+"  # mark a lexeme of the title, and of a part of a compound
IN = "@"  # marks the code of a language that readers of another one are shown a text in


class Text(NamedTuple):
    """A text of an entry: the field of a record in five languages, or a plain string such as a name."""

    source: Any
    field: str | None
    weight: str  # A title, B summary and names, C and D the rest

    def read(self, language):
        """(text, code of the language it is in) for a reader of `language`."""
        if self.field is None:
            return self.source or "", languages.CODES[0]
        found, code = languages.resolve(self.source, self.field, language)
        return markdown.plain(found), code or language


class Entry(NamedTuple):
    number: int
    texts: list[Text]
    marks: list[tuple[str, str]]  # (lexeme that no text holds, such as "#topic/sleep", weight)


# ---- from a record to its vector ------------------------------------------------------------------
def _quoted(lexeme):
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


@lru_cache(text.REMEMBERED)
def _lexemes(word, language, is_foreign):
    """(lexemes, those for a title) of a word, quoted; none of a stop word.

    Readers of another language find a word at least as it is written: names, above all.
    """
    if text.is_stop_word(word, language) and not text.is_negation(word, language):
        return (), ()
    keys = text.keys(word, language)
    if is_foreign and text.fold(word) not in keys:
        keys = (*keys, text.fold(word))
    keys = (*keys, *(PART + key for key in sorted(compounds.part_keys(word, language))))
    return tuple(map(_quoted, keys)), tuple(_quoted(TITLE + key) for key in keys)


@lru_cache(1000)
def _words(found):
    """The words of a text, and after them those with a hyphen as one (self-help, selfhelp).

    The same text is read for several languages, and names of partners by many entries.
    """
    return (*text.words(found)[:MOST_WORDS], *text.joined(found)[:MOST_WORDS])


def vector(texts, marks=()):
    """The text of a tsvector. `texts`: [(text, its language, weight, whether it is foreign to the reader)]."""
    places = defaultdict(list)
    position = 1
    for found, language, weight, is_foreign in texts:
        without, before = WITHOUT[language], ""
        for word in _words(found):
            plain, title = _lexemes(word, language, is_foreign)
            # What somebody does without is named, and not what this is about; a title is known by its words.
            place = f"{position}{'D' if before == without and weight != 'A' else weight}"
            before = word
            for lexeme in (*plain, *title) if weight == "A" else plain:
                places[lexeme].append(place)
            position += position < LAST_PLACE
        position = min(position + GAP, LAST_PLACE)
    # Of names, with weight B, nobody knows what language they are in.
    others = sorted({language for _found, language, weight, is_foreign in texts if is_foreign and weight != "B"})
    marked = defaultdict(list)
    for lexeme, weight in [*marks, *((IN + language, "D") for language in others)]:
        marked[_quoted(lexeme)].append(f"{position}{weight}")
    return " ".join(_fitting([*marked.items(), *places.items()]))


def _fitting(lexemes):
    """As many of [(lexeme, its places)], in this order, as a tsvector holds: letters, and two bytes a place."""
    left = MOST_BYTES
    for lexeme, places in lexemes:
        left -= len(lexeme.encode()) + 8 + 2 * len(places)
        if left < 0:
            return
        yield f"{lexeme}:{','.join(places)}"


def rows_of(entry, codes):
    """([(number, language, vector)], {language: words}) of an entry; the same texts are analysed once."""
    rows, done, words = [], {}, defaultdict(set)
    for code in codes:
        texts = [(*item.read(code), item.weight) for item in entry.texts]
        key = tuple((found, language, weight, language != code) for found, language, weight in texts if found)
        if key not in done:
            done[key] = vector(key, entry.marks)
            for found, language, _weight, _foreign in key:
                words[language].update(_words(found))
        rows.append((entry.number, code, done[key]))
    return rows, words


def write(kind, rows):
    """Writes [(number, language, vector)] over what is there."""
    if not rows:
        return
    numbers, codes, vectors = map(list, zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO portal_searchentry AS entry (kind, number, language, vector, padding) "
            "SELECT %s, row.number, row.language, row.vector::tsvector, repeat(' ', 2100) "
            "FROM unnest(%s::int[], %s::text[], %s::text[]) AS row (number, language, vector) "
            "ON CONFLICT (number, kind, language) DO UPDATE SET vector = excluded.vector, padding = excluded.padding "
            "WHERE entry.vector IS DISTINCT FROM excluded.vector",
            [kind, numbers, codes, vectors],
        )
