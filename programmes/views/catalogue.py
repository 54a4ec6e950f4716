from datetime import datetime, time, timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from partners.sketch import sketch
from portal import languages
from portal.pages import fresh_until
from portal.search.marks import mark

from ..cards import cards
from ..catalogue import Catalogue
from ..filters import SORTS, VIEWS, ProgrammeFilter
from ..models import Programme, Schedule
from ..options import settlements_html

PAGE_SIZE = 24
MOST_LISTED = 300  # programmes in a week or by places; of more the reader is told to narrow
MOST_PLACES = 100


@require_safe
def catalogue(request):
    """The list, the week or the places of what matches; every state of it is an address."""
    found = ProgrammeFilter(request.GET, Catalogue())
    view = found.read["view"] or "list"
    context = {
        "filter": found,
        "view": view,
        "count": found.count,
        "sorts": _links(found, "sort", SORTS, found.order, hidden=() if found.here else ("near",)),
        "views": _links(found, "view", VIEWS, view),
        "settlements": settlements_html(found.catalogue, found.read["near"]),
        "noindex": bool(request.GET),
    }
    if not found.count:
        context |= _nothing(found)
    elif view == "week":
        context |= _week(found)
    elif view == "places":
        context |= _places(found)
    else:
        context |= _page(found, request.GET.get("page"))
    response = render(request, "programmes/catalogue.html", context)
    return fresh_until(response, found.catalogue.index.holds_until)


def _links(found, name, labels, current, hidden=()):
    """[(label, address, is it the current one)] for the sort and the view switch."""
    return [
        (label, found.address(add=[(name, value)]), value == current)
        for value, label in labels.items()
        if value not in hidden
    ]


def _cards(found, numbers, level="h3"):
    """Rendered cards; with the distance where the reader said from where, and the words they typed marked."""
    catalogue, here = found.catalogue, found.here
    return cards(
        numbers,
        catalogue.index.holidays,
        level,
        distance=(lambda number: catalogue.distance(number, here)) if here else (lambda number: None),
        mark=partial(mark, words=found.hits.words) if found.hits else None,
        found_in=found.found_in,
    )


class _Numbers:
    """The matching programmes as the paginator wants them: counted at once, put in order only where looked at."""

    def __init__(self, found):
        self.found = found

    def count(self):
        return self.found.count

    def __len__(self):
        return self.found.count

    def __getitem__(self, window):
        return self.found.numbers(window.start, window.stop)


def _page(found, number):
    matching: Any = _Numbers(found)
    page = Paginator(matching, PAGE_SIZE).get_page(number)
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "cards": _cards(found, page.object_list),
        "pages": [
            (n, found.address(add=[("page", n)]) if isinstance(n, int) else None, n == page.number) for n in numbers
        ],
        "previous": found.address(add=[("page", page.number - 1)]) if page.has_previous() else None,
        "next": found.address(add=[("page", page.number + 1)]) if page.has_next() else None,
    }


def _nothing(found):
    """What to loosen, and the nearest alternatives: never an empty page."""
    ways = found.loosen
    instead = found.catalogue.ordered("best", ways[0][2] if ways else found.catalogue.index.all)
    return {"loosen": ways[:4], "cards": _cards(found, list(islice(instead, 3)), level="h4")}


def _week(found):
    """Seven days with what takes place; of a great many programmes those that come first."""
    today = timezone.localdate(found.catalogue.now)
    monday = found.monday(today)
    start, end = (timezone.make_aware(datetime.combine(d, time.min))
                  for d in (monday, monday + timedelta(days=7)))  # fmt: skip
    days = {monday + timedelta(days=n): [] for n in range(7)}
    for programme in _listed(found, "next"):
        for date in programme.next_dates(found.catalogue.index.holidays, limit=None, now=start, before=end):
            if date.start.date() in days:
                days[date.start.date()].append((date, programme))
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
        "listed": MOST_LISTED if found.count > MOST_LISTED else None,
    }


def _listed(found, order):
    """[Programme] with schedules and places, in order: no more than a page can hold."""
    numbers = list(islice(found.catalogue.ordered(order, found.bits, found.here), MOST_LISTED))
    columns = ("pk", "slug", "status", "is_full", "resumes_on", *languages.columns("title"))
    schedules = Schedule.objects.current().select_related("location__settlement")
    schedules = Prefetch("schedules", schedules.prefetch_related("location__exceptions"))
    programmes = Programme.objects.filter(pk__in=numbers).only(*columns).prefetch_related(schedules).in_bulk()
    return [programmes[number] for number in numbers if number in programmes]


def _places(found):
    at = {}
    for programme in _listed(found, found.order):
        for place in programme.places:
            at.setdefault(place, []).append(programme)
    rows = sorted(at.items(), key=lambda row: (row[0].is_remote, -len(row[1]), row[0].slug))[:MOST_PLACES]
    return {
        "places": rows,
        "sketch": sketch([place for place, _programmes in rows], list(found.settlements.values()), found.here),
        "listed": MOST_LISTED if found.count > MOST_LISTED else None,
    }
