"""The parts of what a programme says that are decided on their own: the texts of each language, and the facts."""

from django.conf import settings
from django.utils.translation import gettext as _
from modeltranslation.translator import translator

from portal import languages

from .models import Programme

FACTS = "facts"
ALL = (*languages.CODES, FACTS)


def part_of(column):
    """The code of the language, for a text in one; FACTS for what is the same in every language.

    Times with their notes are facts, as one list; so is a photo with its words, which are wrong beside another one.
    """
    field, _underscore, code = column.rpartition("_")
    is_text = code in languages.CODES and field in translator.get_options_for_model(Programme).all_fields
    return code if is_text and field != "photo_alt" else FACTS


def parts_of(columns):
    """[part] that these columns belong to, in the order of the languages, the facts last."""
    found = {part_of(column) for column in columns}
    return [part for part in ALL if part in found]


def name(part):
    """ "texts (Deutsch)"."""
    if part == FACTS:
        return _("facts (times, places, ages and the like)")
    return _("texts (%(language)s)") % {"language": dict(settings.LANGUAGES)[part]}


def in_words(parts):
    return ", ".join(name(part) for part in ALL if part in parts)
