from datetime import datetime, time, timedelta

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from partners.models import Location
from partners.sketch import sketch

from ..cards import cards
from ..catalogue import Catalogue
from ..filters import SORTS, VIEWS, ProgrammeFilter
from ..models import Programme

PAGE_SIZE = 24


@require_safe
def catalogue(request):
    """The list, the week or the places of what matches; every state of it is an address."""
    catalogue = Catalogue()
    found = ProgrammeFilter(request.GET, catalogue, Programme.objects.published())
    view = found.read["view"] or "list"
    context = {
        "filter": found,
        "view": view,
        "count": len(found.pks),
        "sorts": _links(found, "sort", SORTS, found.order, hidden=() if found.here else ("near",)),
        "views": _links(found, "view", VIEWS, view),
        "settlements": found.settlements.values(),
        "noindex": bool(request.GET),
    }
    if not found.pks:
        context |= _nothing(found)
    elif view == "week":
        context |= _week(found)
    elif view == "places":
        context |= _places(found)
    else:
        context |= _page(found, request.GET.get("page"))
    return render(request, "programmes/catalogue.html", context)


def _links(found, name, labels, current, hidden=()):
    """[(label, address, is it the current one)] for the sort and the view switch."""
    return [
        (label, found.address(add=[(name, value)]), value == current)
        for value, label in labels.items()
        if value not in hidden
    ]


def _cards(found, pks):
    distances = {pk: found.catalogue.distance(pk, found.here) for pk in pks} if found.here else {}
    return cards(pks, found.catalogue.holidays, distances)


def _page(found, number):
    page = Paginator(found.pks, PAGE_SIZE).get_page(number)
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "cards": _cards(found, list(page.object_list)),
        "pages": [
            (n, found.address(add=[("page", n)]) if isinstance(n, int) else None, n == page.number) for n in numbers
        ],
        "previous": found.address(add=[("page", page.number - 1)]) if page.has_previous() else None,
        "next": found.address(add=[("page", page.number + 1)]) if page.has_next() else None,
    }


def _nothing(found):
    """What to loosen, and the nearest alternatives: never an empty page."""
    ways = found.loosen
    instead = found.catalogue.pks(ways[0][2]) if ways else sorted(found.catalogue.ids, key=found._by_best)
    return {"loosen": ways[:4], "cards": _cards(found, instead[:3])}


def _week(found):
    today = timezone.localdate(found.catalogue.now)
    monday = found.monday(today)
    start, end = (timezone.make_aware(datetime.combine(d, time.min))
                  for d in (monday, monday + timedelta(days=7)))  # fmt: skip
    days = {monday + timedelta(days=n): [] for n in range(7)}
    for pk in found.pks:
        for date in found.catalogue.occurrences(pk, after=start, before=end):
            if date.start.date() in days:
                days[date.start.date()].append((date, found.catalogue.programmes[pk]))
    for rows in days.values():
        rows.sort(key=lambda row: row[0].start)
    earlier, later = (f"{d.isocalendar().year}-W{d.isocalendar().week:02}" for d in
                      (monday - timedelta(days=7), monday + timedelta(days=7)))  # fmt: skip
    return {
        "days": days.items(),
        "today": today,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "earlier": found.address(add=[("week", earlier)]) if monday > today else None,
        "later": found.address(add=[("week", later)]) if monday < today + timedelta(days=365) else None,
    }


def _places(found):
    at = {}
    for pk in found.pks:
        for schedule in found.catalogue.schedules[pk]:
            if schedule.location_id and found.catalogue.programmes[pk] not in at.setdefault(schedule.location_id, []):
                at[schedule.location_id].append(found.catalogue.programmes[pk])
    locations = Location.objects.filter(pk__in=at).select_related("settlement")
    rows = [(place, at[place.pk]) for place in sorted(locations, key=lambda p: (p.is_remote, -len(at[p.pk]), p.slug))]
    return {
        "places": rows,
        "sketch": sketch([place for place, _programmes in rows], found.settlements.values(), found.here),
    }
