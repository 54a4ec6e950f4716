from datetime import timedelta
from functools import partial
from itertools import islice
from math import inf
from typing import Any

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import conditional_escape
from django.views.decorators.http import require_safe

from partners.sketch import sketch
from portal import help_now, pagination
from portal.distance import kilometres_from
from portal.models import EmptySearch
from portal.pages import fresh_until
from portal.search.marks import mark
from portal.templatetags.portal import translated

from ..beside import beside
from ..cards import cards
from ..catalogue import Catalogue
from ..filters import SORTS, VIEWS, ProgrammeFilter
from ..instead import centre, meant, nearest, weekday
from ..listed import joined, sessions, ways
from ..options import MOST_SETTLEMENTS, settlements_html
from ..pathways import of_topics

PAGE_SIZE = 24
MOST_LISTED = 300  # programmes in a week or by places; of more the reader is told to narrow
MOST_PLACES = 100


@require_safe
def catalogue(request):
    """The list, the week or the places of what matches; every state of it is an address."""
    found = ProgrammeFilter(request.GET, Catalogue())
    situation = help_now.asks(found.read["q"], found.catalogue.language)
    view = found.read["view"] or "list"
    context = {
        "filter": found,
        "view": view,
        "count": found.count,
        "today": timezone.localdate(found.catalogue.now),
        "sorts": _links(found, "sort", SORTS, found.order, hidden=() if found.here else ("near",)),
        "views": _links(found, "view", VIEWS, view),
        "settlements": settlements_html(found.catalogue, found.read["near"]),
        "meant": meant(found),
        "weekday": weekday(found),
        "pathways": of_topics(tuple(found.read["topic"])),
        "help_now": help_now.first_lines(situation) if situation else [],
    }
    if not found.count:
        context |= _nothing(found, context["meant"])
    elif view == "week":
        context |= _week(found)
    elif view == "places":
        context |= _places(found)
    else:
        context |= _page(found, request.GET.get("page"))
    response = render(request, "programmes/catalogue.html", context)
    if found.hits and not found.text and not context.get("beside"):
        _count_empty(request, response, found)
    return fresh_until(response, found.catalogue.index.holds_until)


def _count_empty(request, response, found):
    """Counts words that find nothing at all: when a person asks, and once, not again with each filter they try."""
    response["Cache-Control"] = "private, no-cache"  # a page kept for the next reader would not be counted
    ahead = "prefetch" in request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    if request.method == "GET" and not ahead and set(request.GET) == {"q"}:
        EmptySearch.objects.count_up(found.read["q"], found.catalogue.language)


def _links(found, name, labels, current, hidden=()):
    """[(label, address, is it the current one)] for the sort and the view switch."""
    return [
        (label, found.address(add=[(name, value)]), value == current)
        for value, label in labels.items()
        if value not in hidden
    ]


def _cards(found, numbers, level="h3", here=None):
    """Rendered cards; with the distance from `here` or where the reader said, and the words they typed marked."""
    catalogue, here = found.catalogue, here or found.here
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
    own = [n for n in page.object_list if found.order != "best" or not found.found_in(n)]
    by_name, plan = _beside(found) if page.number == 1 and found.order == "best" else ([], [])
    return {
        "page": page,
        "cards": _cards(found, own),
        "foreign": _cards(found, page.object_list[len(own) :], "h4"),
        "beside": by_name,
        "is_named": any(one.is_named for one, _name in by_name),
        "plan": plan,
        **pagination.links(page, lambda number: found.address(add=[("page", number)]), on_each_side=1, on_ends=1),
    }


def _beside(found):
    """Places and partners, and pages of the plan: [(programmes.beside.Beside, its name with the words marked)] each."""
    if not found.hits:
        return [], []
    rows = beside(found.read["q"], found.catalogue.language)
    named = [(row, mark(conditional_escape(translated(row.record, row.label)), found.hits.words)) for row in rows]
    return [one for one in named if not one[0].is_plan], [one for one in named if one[0].is_plan]


def _nothing(found, meant):
    """What to loosen, and the nearest alternatives: never an empty page."""
    instead = nearest(found, meant, 3)
    by_name, plan = _beside(found)
    return {
        "loosen": found.loosen[:4],
        "instead": instead,
        "centre": centre(instead.here or found.here),
        "cards": _cards(found, instead.numbers, level="h4", here=instead.here),
        "beside": by_name,
        "plan": plan,
    }


def _week(found):
    """Seven days with what takes place; of a great many programmes those that come first.

    They begin today, not last Monday: on a Sunday a week would be six days that are over. Others are ISO weeks.
    """
    today = timezone.localdate(found.catalogue.now)
    first = found.read["week"] or today
    days = {first + timedelta(days=n): [] for n in range(7)}
    taking_place = sessions(_listed(found, "next"), found.catalogue.index.holidays, first)
    for dates in taking_place:
        for date in dates:
            days[date.start.date()].append(date)
    for day, rows in days.items():
        rows.sort(key=lambda session: session.start)
        days[day] = joined(session.html for session in rows)
    before, after = first - timedelta(days=7), first + timedelta(days=7 - first.weekday())
    earlier = found.address(drop=["week"], add=_week_of(before) if before > today else ())
    return {
        "days": days.items(),
        "today": today,
        "first": first,
        "last": first + timedelta(days=6),
        "earlier": earlier if first > today else None,
        "later": found.address(add=_week_of(after)) if first < today + timedelta(days=365) else None,
        "taking_place": len(taking_place),
        "listed": MOST_LISTED if found.count > MOST_LISTED else None,
    }


def _week_of(day):
    year, week, _day = day.isocalendar()
    return [("week", f"{year}-W{week:02}")]


def _listed(found, order):
    """[programme number] in order: no more than a page can hold."""
    return list(islice(found.catalogue.ordered(order, found.bits, found.here), MOST_LISTED))


def _places(found):
    at = {}
    for way in ways(_listed(found, found.order)):
        for place in way.places:
            at.setdefault(place.pk, (place, []))[1].append(way.html)
    away = kilometres_from(found.here) if found.here else None
    far = {place.pk: away(place.position) if away and place.position else None for place, _lines in at.values()}

    def order(row):
        """The nearest first where the reader said from where, else where there is most."""
        place, lines = row
        return place.is_remote, inf if far[place.pk] is None else far[place.pk], -len(lines), place.slug

    rows = sorted(at.values(), key=order)[:MOST_PLACES]
    return {
        "places": [(place, joined(lines), None if place.is_remote else far[place.pk]) for place, lines in rows],
        "sketch": sketch([place for place, _lines in rows], _drawn(found, rows), found.here),
        "listed": MOST_LISTED if found.count > MOST_LISTED else None,
    }


def _drawn(found, rows):
    """The settlements of the sketch: all of a valley's; of a country's those that the places stand in."""
    if len(found.settlements) <= MOST_SETTLEMENTS:
        return found.settlements.values()
    slugs = dict.fromkeys(place.settlement_slug for place, _lines in rows)
    return [found.settlements[slug] for slug in slugs if slug in found.settlements]
