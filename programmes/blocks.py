"""What keeps a programme from being published: placeholders in its texts, and what a resident could not do without."""

from django.utils.translation import gettext as _

from portal import placeholders
from portal.languages import CODES
from portal.models import Term, Vocabulary

from .content import LISTS, columns


def blocks(content):
    """[sentence] for a programme that says this (programmes.content); empty when nothing is in the way."""
    return [*_placeholders(content), *_missing(content)]


def _placeholders(content):
    names = {name: str(field.verbose_name) for name, field in columns().items()}
    for name, value in content.items():
        if name not in LISTS and isinstance(value, str):
            for found in dict.fromkeys(placeholders.find(value)):
                yield _("“%(found)s” still stands in the field “%(field)s”.") % {"found": found, "field": names[name]}


def _missing(content):
    if not any(content[f"title_{code}"] for code in CODES):
        yield _("The title is missing.")
    if not any(content[f"summary_{code}"] for code in CODES):
        yield _("The summary is missing.")
    if not content["schedules"]:
        yield _("It does not say when and where it takes place.")
    if not (content["contact_phone"] or content["contact_email"]):
        yield _("A telephone number or an e-mail address is missing.")
    if not Term.objects.of(Vocabulary.REFERRAL_ROUTE).filter(pk__in=content["terms"]).exists():
        yield _("It does not say how one joins.")
