"""Which language a reader gets, what stands in for a missing translation, and how each language sorts.

The only place that picks, falls back or sorts; templates use the `translated` tags on top of it.
"""

import re
import unicodedata
from functools import lru_cache, partial

from django.conf import settings
from django.db.models import Case, F, Func, TextField, Value, When
from django.db.models.functions import Coalesce, Collate, Lower, NullIf, Replace
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header
from modeltranslation.utils import resolution_order

from .search.text import fold

CODES = [code for code, _name in settings.LANGUAGES]
HELD = "held_languages"  # of a record that has it: codes whose texts are not for readers yet


def active():
    """Code of the reader's language, always one of the five (Django says None while deactivated)."""
    code = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return code if code in CODES else settings.LANGUAGE_CODE


def preferred(accept_language):
    """The first of the five that a browser's Accept-Language asks for, else the portal's own."""
    for wanted, _quality in parse_accept_lang_header(accept_language[:500]):
        code = {"no": "nb", "nn": "nb"}.get(wanted.split("-")[0], wanted.split("-")[0])
        if code in CODES:
            return code
    return settings.LANGUAGE_CODE


def resolve(record, field, language=None, with_held=False):
    """(text, code of the language it is really in); ("", None) when no language has it.

    `record` is a model instance with one attribute per language, or a mapping of such columns. A language that is
    held back is as if it were not written, but for who edits (`with_held`).
    """
    language = language or active()
    read = record.get if isinstance(record, dict) else partial(getattr, record)
    held = () if with_held else _held(record)
    # Nearly always: the order of the others need not be worked out.
    if language not in held and (text := read(f"{field}_{language}")):
        return text, language
    for code in resolution_order(language):
        if code not in held and (text := read(f"{field}_{code}")):
            return text, code
    return "", None


@lru_cache(5)
def nearest(language):
    """The language itself, and the two whose texts a reader of it gets first where it has none."""
    return frozenset(resolution_order(language)[:3])


def _held(record):
    return record.get(HELD, ()) if isinstance(record, dict) else getattr(record, HELD, ())


def slug_in(record, field, language):
    """The decorative part of an address, from the text a reader of the language sees; the record's slug without one.

    `record` as `resolve` takes it.
    """
    slug = slugify(fold(resolve(record, field, language)[0]))
    return slug or (record["slug"] if isinstance(record, dict) else record.slug)


def columns(*fields):
    """Names of all language columns of these fields, for `values()` and `only()`."""
    return [f"{field}_{code}" for field in fields for code in CODES]


def shown(field, language, can_be_held=False):
    """SQL for the text a reader of `language` sees in a translated field; "" when there is none.

    `can_be_held`: of a model whose languages can be held back.
    """
    texts = (_written(field, code, can_be_held) for code in resolution_order(language))
    return Coalesce(*texts, Value(""), output_field=TextField())


def _written(field, code, can_be_held):
    text = NullIf(F(f"{field}_{code}"), Value(""))
    if not can_be_held:
        return text
    return Case(When(**{f"{HELD}__contains": [code]}, then=Value(None)), default=text, output_field=TextField())


# ---- sorting ------------------------------------------------------------------------------------
# Letters that come after their base letter, or after z. \uffff sorts behind every letter that occurs.
_AFTER = {
    "sl": {"č": "c\uffff", "ć": "c\uffff\uffff", "đ": "d\uffff", "š": "s\uffff", "ž": "z\uffff"},
    "da": {"æ": "z\ufffd", "ä": "z\ufffd", "ø": "z\ufffe", "ö": "z\ufffe", "å": "z\uffff", "aa": "z\uffff"},
    "de": {"ß": "ss"},
}
_AFTER["nb"] = _AFTER["da"]
# Accents that stand beside their letter, and punctuation: an expression that Python and PostgreSQL read alike.
_LEFT_OUT = "[\u0300-\u036f!\"#$%&'()*+,./:;<=>?@\\[\\]\\\\^_`{|}~–—…„“”‚‘’«»·-]"


def sort_key(text, language=None):
    """A string whose plain order is the alphabet of the language: č behind c, æ ø å last, ä as a."""
    text = unicodedata.normalize("NFC", text.lower())
    for letter, place in _AFTER.get(language or active(), {}).items():
        text = text.replace(letter, place)
    return re.sub(_LEFT_OUT, "", unicodedata.normalize("NFKD", text))


def sort_expression(field, language, can_be_held=False):
    """The SQL twin of `sort_key`, for the text of `field` that a reader of `language` sees; as `shown` takes them."""
    text: Func = Lower(shown(field, language, can_be_held))
    for letter, place in _AFTER.get(language, {}).items():
        text = Replace(text, Value(letter), Value(place))
    plain = Func(text, function="normalize", template="%(function)s(%(expressions)s, NFKD)", output_field=TextField())
    kept = Func(plain, Value(_LEFT_OUT), Value(""), Value("g"), function="regexp_replace", output_field=TextField())
    return Collate(kept, "C")
