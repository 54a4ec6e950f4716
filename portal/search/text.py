"""Plain full-text search on what the reader sees: the text of their language, else its fallback.

Both sides are folded (č=c, ø=o, å=a, ß=ss) and stemmed by PostgreSQL's own dictionary of the language;
Slovenian has none, so its words are cut to a stem here and found as beginnings.
"""

import re
import unicodedata

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Coalesce, Lower, NullIf, Replace
from modeltranslation.utils import resolution_order

CONFIG = {"sl": "simple", "en": "english", "da": "danish", "nb": "norwegian", "de": "german"}
_SINGLE = str.maketrans("čćšžđøåäöüéèêáàóòúùíìñ", "ccszdoaaoueeeaaoouuiin")
_DOUBLE = {"æ": "ae", "ß": "ss"}
_SLOVENE_ENDING = re.compile(r"(?<=\w{4})(?:ega|emu|imi|ami|ih|im|om|em|ah|ev|ov|[aeiou])$")
# Where PostgreSQL has no dictionary, ours: words that stand in every sentence and find nothing by themselves.
_STOP_WORDS_SL = {
    "a", "ali", "bi", "da", "do", "in", "iz", "je", "k", "kaj", "kako", "ker", "ki", "kje", "me", "mi", "moj",
    "na", "naj", "ne", "ni", "o", "ob", "od", "pa", "po", "pri", "s", "se", "sem", "si", "smo", "so", "ste",
    "te", "to", "tudi", "v", "ve", "vse", "z", "za", "ze", "zelo",
}  # fmt: skip
MOST_WORDS = 12


def fold(text):
    """Lower case without diacritics; the same mapping that `folded` does in the database."""
    text = unicodedata.normalize("NFC", text).lower()
    for letter, letters in _DOUBLE.items():
        text = text.replace(letter, letters)
    return text.translate(_SINGLE)


def folded(expression):
    """The SQL twin of `fold`."""
    expression = Lower(expression)
    for letter, letters in _DOUBLE.items():
        expression = Replace(expression, Value(letter), Value(letters))
    source, target = zip(*((chr(a), chr(b) if isinstance(b, int) else b) for a, b in _SINGLE.items()), strict=True)
    return Func(
        expression,
        Value("".join(source)),
        Value("".join(target)),
        function="translate",
        output_field=TextField(),
    )


def shown(field, language):
    """SQL for the text a reader of `language` sees in a translated field; "" when there is none."""
    return Coalesce(
        *(NullIf(F(f"{field}_{code}"), Value("")) for code in resolution_order(language)),
        Value(""),
        output_field=TextField(),
    )


def vector(expression, weight, language):
    return SearchVector(folded(expression), weight=weight, config=CONFIG[language])


def words(text):
    """The words of a query, folded, at most twelve; punctuation and control characters separate them."""
    return re.findall(r"\w+", fold(text).replace("_", " "))[:MOST_WORDS]


def query(text, language, every=True):
    """SearchQuery for all (or any) of the words, each also as the beginning of a longer one; None without words."""
    found = words(text)
    if not found:
        return None
    if language == "sl":
        found = [word for word in found if word not in _STOP_WORDS_SL] or found
        found = [_SLOVENE_ENDING.sub("", word) for word in found]
    return SearchQuery(
        (" & " if every else " | ").join(f"{word}:*" for word in found),
        config=CONFIG[language],
        search_type="raw",
    )
