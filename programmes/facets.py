"""The groups of choices by which the catalogue is narrowed."""

from django.utils.translation import gettext_lazy as _

from portal.models import Vocabulary

PARTS_OF_DAY = {"morning": _("Morning"), "afternoon": _("Afternoon"), "evening": _("Evening")}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# name in the address → (heading, vocabulary whose terms are the choices, or None)
FACETS = {
    "phase": (_("Life phase"), Vocabulary.LIFE_PHASE),
    "topic": (_("Topic"), Vocabulary.TOPIC),
    "group": (_("For whom"), Vocabulary.TARGET_GROUP),
    "place": (_("Place"), None),
    "day": (_("Weekday"), Vocabulary.WEEKDAY),
    "time": (_("Time of day"), None),
    "cost": (_("Cost"), Vocabulary.COST),
    "route": (_("How to join"), Vocabulary.REFERRAL_ROUTE),
    "format": (_("Kind of programme"), Vocabulary.FORMAT),
    "support": (_("Kinds of support"), Vocabulary.SUPPORT_KIND),
    "spoken": (_("Spoken language"), Vocabulary.LANGUAGE),
    "access": (_("Accessibility"), Vocabulary.ACCESSIBILITY),
    "setting": (_("Setting"), Vocabulary.SETTING),
    "year": (_("School year"), None),
    "provider": (_("Provider"), None),
}
FACET_OF: dict[str, str] = {vocabulary: name for name, (_heading, vocabulary) in FACETS.items() if vocabulary}
# Those of which a country has thousands; the others have a choice per term.
MANY = ("place", "provider")
SWITCHES = ("no_referral", "referral", "this_week")
# Ways to join that need no referral, and through which professionals send people all the same.
BY_PROFESSIONALS = ("professional-recommendation", "brief-advice")
