"""Marks what was looked for, in a fragment of HTML that is escaped already."""

import re
from functools import lru_cache

from django.utils.safestring import SafeString

from . import text
from .compounds import part_keys
from .query import word_keys

_PIECE = re.compile(r"(<[^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|\w+);)")


def mark(html, words, language=None):
    """The fragment with <mark> around words that share a key with `words` (of engine.Hits), and around compounds.

    `language` is that of the text, where it is known; else the words are tried in each language that was searched.
    Tags and entities stay as they are, and nothing is added but <mark>, so what was safe stays safe.
    """
    keys = words.keys if language is None else {language: words.keys.get(language, frozenset())}
    keys = tuple((code, wanted) for code, wanted in keys.items() if wanted)
    if not keys:
        return html
    pieces = _PIECE.split(str(html))
    # Every second piece is a tag or an entity.
    pieces[::2] = [text.WORD.sub(lambda match: _marked(match[0], keys), piece) for piece in pieces[::2]]
    return SafeString("".join(pieces))  # the fragment was safe, and <mark> is all that was added


def _marked(word, keys):
    return f"<mark>{word}</mark>" if _is_wanted(word.lower()[: text.LONGEST_WORD], keys) else word


@lru_cache(3000)
def _is_wanted(word, keys):
    """`keys`: ((language, keys looked for), …). The cards of a page say the same words over and over."""
    return any(
        not text.is_stop_word(word, language)
        and not (wanted.isdisjoint(word_keys(word, language)) and wanted.isdisjoint(part_keys(word, language)))
        for language, wanted in keys
    )
