"""How hard a text is to read, in plain words: a hint for who writes and who reviews, never a reason to refuse it.

The measure is LIX (C.-H. Björnsson, Läsbarhet, 1968): words per sentence plus the percentage of long words. A long
word has more letters in German, where words are put together, and in Slovenian, whose endings make them longer, so
that texts that say the same in five languages come out alike (tests/test_reading_level.py holds the demo to it).
It needs no dictionary and no question to the database, and looks at the first three thousand words only, and at no
more than thirty thousand letters.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from django.utils.text import Truncator
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

LONG = {"sl": 7, "en": 6, "da": 6, "nb": 6, "de": 7}  # letters; a word with more of them counts as long
HUGE = {"sl": 15, "en": 14, "da": 19, "nb": 19, "de": 21}  # one with more is named
EASY, HARD = 38, 50  # LIX: up to EASY easy, from HARD on hard
SENTENCE, PARAGRAPH = 25, 90  # words
FEWEST = 20  # words, below which the figure says nothing
MOST, MOST_LETTERS = 3000, 30_000  # that are looked at
NAMED = 3  # very long words

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_END = re.compile(r"(?<=[.!?…])[\"“”»«)]*\s+(?=[\"„“«»(]*[^\W\d_a-zčšžćđæøåäöü])")
# None of these looks at a letter more often than a few times: a text of one word, or of blank lines, is no trap.
_MARK = re.compile(r"^[^\S\n]*(?:[-+*•]|\d{1,3}[.)])[^\S\n]+", re.MULTILINE)
_LINK = re.compile(r"\]\([^)\s]{0,500}\)|https?://\S+|(?<!\S)\S+@\S+|[*_\[\]]")
_LONGEST_SHORT = 20  # letters of an abbreviation, and what stands before it
_NO_END = re.compile(
    r"(?:^|\W)(?:\d+|\w|npr|oz|itd|dr|mag|sv|ul|tel|ca|bl|f\.eks|osv|nr|z\.B|bzw|Dr|Str|e\.g|i\.e|St)\.$"
)


class Reading(NamedTuple):
    """`level` is "easy", "middling" or "hard"; `hints` are sentences in the language of who asks."""

    level: str
    lix: int
    hints: tuple[str, ...]

    @property
    def words(self):
        return {"easy": _("Easy to read"), "middling": _("Middling to read"), "hard": _("Hard to read")}[self.level]


def reading(text, language):
    """The Reading of a text in this language; None of one that is too short to be hard."""
    return _read(text[:MOST_LETTERS], language, get_language()) if text else None


@lru_cache(maxsize=200)
def _read(text, language, _asked_in):
    paragraphs = _paragraphs(text)
    sentences = [sentence for paragraph in paragraphs for sentence in paragraph]
    words = [word for sentence in sentences for word in _WORD.findall(sentence)][:MOST]
    hints = tuple(_hints(paragraphs, sentences, words, language))
    if len(words) < FEWEST:
        return Reading("middling", 0, hints) if hints else None
    lix = round(len(words) / len(sentences) + 100 * sum(len(w) > LONG[language] for w in words) / len(words))
    level = "hard" if lix >= HARD else "middling" if lix > EASY or hints else "easy"
    return Reading(level, lix, hints)


def _paragraphs(text):
    """[[sentence]]: paragraphs stand apart by a line break, and so do the items of a list."""
    plain = _LINK.sub(" ", _MARK.sub("", text))
    found = [_sentences(line) for line in plain.splitlines()]
    return [paragraph for paragraph in found if paragraph]


def _sentences(line):
    """A full stop after a number, a single letter or an abbreviation ends no sentence."""
    found: list[list[str]] = []
    for part in _END.split(line):
        if found and _NO_END.search(found[-1][-1][-_LONGEST_SHORT:]):
            found[-1].append(part)
        else:
            found.append([part.strip()])
    return [sentence for sentence in map(" ".join, found) if _WORD.search(sentence)]


def _hints(paragraphs, sentences, words, language):
    if long := [s for s in sentences if len(_WORD.findall(s)) > SENTENCE]:
        yield ngettext(
            "One sentence has more than %(most)s words: “%(example)s”",
            "%(count)s sentences have more than %(most)s words, the first: “%(example)s”",
            len(long),
        ) % {"count": len(long), "most": SENTENCE, "example": Truncator(long[0]).words(8)}
    if walls := sum(sum(len(_WORD.findall(s)) for s in paragraph) > PARAGRAPH for paragraph in paragraphs):
        yield ngettext(
            "One paragraph has more than %(most)s words: divide it, or make a list of it.",
            "%(count)s paragraphs have more than %(most)s words: divide them, or make lists of them.",
            walls,
        ) % {"count": walls, "most": PARAGRAPH}
    if huge := list(dict.fromkeys(w for w in words if len(w) > HUGE[language] and w.isalpha())):
        yield ngettext(
            "One very long word: %(words)s", "%(count)s very long words, for example: %(words)s", len(huge)
        ) % {"count": len(huge), "words": ", ".join(huge[:NAMED])}
