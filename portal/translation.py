"""Which texts of the vocabulary stand in five languages, and the history of every change.

History is tracked here, after the languages are known: registered on the class, the triggers would
see the untranslated columns only.
"""

import pghistory
from modeltranslation.translator import TranslationOptions, register

from .languages import CODES
from .models import Synonym, Term


def track(model, *, translated=(), exclude=()):
    """Writes every insert, update and delete of `model` to `<Model>Event`, by trigger, bulk and SQL changes included.

    `translated` are the original columns of translated fields: modeltranslation writes the last active
    language into them, so they mean nothing and are left out.
    """
    events = (
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
    )  # they remember their model
    pghistory.track(*events, exclude=[*translated, *exclude])(model)


@register(Term)
class TermTranslation(TranslationOptions):
    fields = ("label", "description", "everyday_words")
    required_languages = dict.fromkeys(CODES, ("label",))


track(Term, translated=TermTranslation.fields)
track(Synonym)
