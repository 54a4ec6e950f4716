"""Programmes made ready to be shown as cards: with their next date and distance, in a fixed number of queries."""

from partners.models import OpeningException

from .models import Programme


def holidays():
    """(first, last) dates on which nothing takes place anywhere in the installation's groups."""
    days = OpeningException.objects.filter(group__isnull=False, opens__isnull=True)
    return tuple(days.values_list("starts_on", "ends_on"))


def cards(pks, holidays, distances=None):
    """[Programme] in the order of `pks`, each with `dates` (its next one) and `distance` in km or None."""
    found = Programme.objects.published().with_card().in_bulk(pks)
    shown = [found[pk] for pk in pks if pk in found]
    for programme in shown:
        programme.dates = programme.next_dates(holidays, limit=1)
        programme.distance = (distances or {}).get(programme.pk)
    return shown
