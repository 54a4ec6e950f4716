"""What is missing in a programme, in words: the one list for its form, the list of one's own programmes, the review
and the administration. What `blocks` keeps it from being published; the rest is advice.
"""

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal import placeholders
from portal.languages import CODES
from portal.models import Term, Vocabulary


class Gap(NamedTuple):
    """`field` of the form it is mended at; `text` names it in the middle of a list; `language` it is missing in."""

    field: str
    text: str
    blocks: bool
    language: str = ""


SUMMARY_IN = {
    "sl": gettext_noop("Slovenian summary"),
    "en": gettext_noop("English summary"),
    "da": gettext_noop("Danish summary"),
    "nb": gettext_noop("Norwegian summary"),
    "de": gettext_noop("German summary"),
}
TITLE_IN = {
    "sl": gettext_noop("Slovenian title"),
    "en": gettext_noop("English title"),
    "da": gettext_noop("Danish title"),
    "nb": gettext_noop("Norwegian title"),
    "de": gettext_noop("German title"),
}


def facts(programme):
    """(texts by column, vocabularies used, has a schedule) of a programme; reads prefetched terms and schedules."""
    from_columns = {name: getattr(programme, name) for name in _TEXTS}
    vocabularies = {term.vocabulary for term in programme.terms.all()}
    return from_columns, vocabularies, bool(programme.schedules.all())


def of_content(content, held=()):
    """[Gap] of a programme that says this (programmes.content); one query. As `without` leaves languages out."""
    texts = without({name: value for name, value in content.items() if isinstance(value, str)}, held)
    vocabularies = set(Term.objects.filter(pk__in=content["terms"]).values_list("vocabulary", flat=True))
    return gaps(texts, vocabularies, bool(content["schedules"]))


def gaps(texts, vocabularies, has_schedule):
    """[Gap], those that keep the programme from being published first.

    `texts` is {column: text}; `vocabularies` the set of those it has a term of.
    """
    return [*_blocking(texts, vocabularies, has_schedule), *_advised(texts, vocabularies, has_schedule)]


def without(texts, held):
    """The texts by column but for the languages that are held back: they may be drafts."""
    return {name: text for name, text in texts.items() if name.rpartition("_")[2] not in held}


def in_words(found):
    """ "the first visit, German summary": for one line."""
    return ", ".join(gap.text for gap in found)


def _blocking(texts, vocabularies, has_schedule):
    for name in texts:
        for placeholder in dict.fromkeys(placeholders.find(str(texts[name] or ""))):
            yield Gap(name, _("a real text instead of “%(placeholder)s”") % {"placeholder": placeholder}, True)
    main = settings.LANGUAGE_CODE
    if not texts.get(f"title_{main}"):
        yield Gap(f"title_{main}", _(TITLE_IN[main]), True, main)
    if not texts.get(f"summary_{main}"):
        yield Gap(f"summary_{main}", _(SUMMARY_IN[main]), True, main)
    if not has_schedule and not texts.get("contact_phone") and not texts.get("contact_email"):
        yield Gap("contact_phone", _("a date, a telephone number or an e-mail address"), True)
    if Vocabulary.COST not in vocabularies:
        yield Gap("cost", _("what it costs"), True)
    if Vocabulary.REFERRAL_ROUTE not in vocabularies:
        yield Gap("referral_route", _("how one joins"), True)


def _advised(texts, vocabularies, has_schedule):
    if not has_schedule and (texts.get("contact_phone") or texts.get("contact_email")):
        yield Gap("schedules", _("when and where"), False)
    if Vocabulary.TOPIC not in vocabularies:
        yield Gap("topic", _("the topic"), False)
    if Vocabulary.LIFE_PHASE not in vocabularies:
        yield Gap("life_phase", _("the life phase"), False)
    if not _in_any(texts, "what_happens"):
        yield Gap(f"what_happens_{settings.LANGUAGE_CODE}", _("what happens"), False)
    if not _in_any(texts, "first_visit"):
        yield Gap(f"first_visit_{settings.LANGUAGE_CODE}", _("the first visit"), False)
    if not _in_any(texts, "easy_read"):
        yield Gap(f"easy_read_{settings.LANGUAGE_CODE}", _("a text in easy language"), False)
    for code in CODES:
        if code != settings.LANGUAGE_CODE and not texts.get(f"title_{code}"):
            yield Gap(f"title_{code}", _(TITLE_IN[code]), False, code)
        if code != settings.LANGUAGE_CODE and not texts.get(f"summary_{code}"):
            yield Gap(f"summary_{code}", _(SUMMARY_IN[code]), False, code)


def _in_any(texts, field):
    return any(texts.get(f"{field}_{code}") for code in CODES)


TRANSLATED = (
    "title", "summary", "description", "what_happens", "first_visit", "bring", "easy_read", "not_for",
    "requirements", "brief_advice", "contact_role",
)  # fmt: skip
_TEXTS = (
    *(f"{field}_{code}" for field in TRANSLATED for code in CODES),
    "contact_name",
    "contact_phone",
    "contact_email",
)
