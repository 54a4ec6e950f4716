"""What is missing in the profile of an organisation or in a place, in words. Reads what was prefetched."""

from django.conf import settings
from django.utils.translation import gettext as _

from portal import languages

NAMES = dict(settings.LANGUAGES)


def of_organisation(organisation):
    """["what it offers", "German"]: for one line."""
    found = []
    if not languages.resolve(organisation, "offer")[0]:
        found.append(_("what it offers"))
    if not organisation.phone and not organisation.email:
        found.append(_("a telephone number or an e-mail address"))
    if not hasattr(organisation, "logo"):
        found.append(_("a logo"))
    return [*found, *_languages(organisation, "name", "offer")]


def of_place(place):
    found = []
    if not place.is_remote and place.settlement_id is None:
        found.append(_("the settlement, for the map and the distance"))
    if not place.weekly and not place.appointment_days:
        found.append(_("opening hours"))
    if not place.is_remote and not place.access.all():
        found.append(_("how one gets in"))
    if not place.is_remote and not languages.resolve(place, "how_to_get_there")[0]:
        found.append(_("how to get there"))
    return [*found, *_languages(place, "name")]


def _languages(record, *fields):
    """The languages in which a text is missing that another language has."""
    written = [field for field in fields if languages.resolve(record, field)[0]]
    return [NAMES[c] for c in languages.CODES if any(not getattr(record, f"{field}_{c}") for field in written)]
