"""Words that stand where a text is still missing: they are never published."""

import re

from django.utils.translation import gettext

from portal import languages

_PLACEHOLDER = re.compile(r"lorem ipsum\b|\?{3,}|\bTODO\b|\bTBD\b|\bXXX+\b", re.IGNORECASE)


def find(text):
    """[placeholder as it stands in the text], in their order."""
    return [match[0] for match in _PLACEHOLDER.finditer(text or "")]


def left_in(record, *fields):
    """[sentence] on what still stands in these texts of a record, in any language."""
    texts = [getattr(record, name) for name in languages.columns(*fields)]
    found = dict.fromkeys(words for text in texts for words in find(text))
    sentence = gettext("In “%(title)s” a real text is missing instead of “%(words)s”.")
    return [sentence % {"title": record, "words": words} for words in found]
