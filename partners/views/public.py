from functools import partial
from itertools import groupby
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import addresses, languages, pagination
from programmes.cards import holidays
from programmes.cards import programmes as with_dates
from programmes.catalogue import Catalogue
from programmes.filters import printable
from programmes.models import Programme
from programmes.options import MOST_SETTLEMENTS, settlements_html

from ..holidays import exceptions
from ..listed_places import listed
from ..models import Group, Location, Membership, Organisation, Seat, Settlement, WorkingGroupMember
from ..sketch import sketch

PAGE_SIZE = 60  # places


@require_safe
def places(request):
    """All places by settlement, nearest first when the reader says from where; so many on a page."""
    catalogue = Catalogue()
    settlements = catalogue.index.settlements
    start = settlements.get(catalogue.settlement(request.GET.get("near", "")))
    here = (start.lat, start.lon) if start else None
    found = listed(request.user, here)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows, now = page.object_list, timezone.localtime()
    shared = exceptions(place.organisation_id for place in rows)
    for place in rows:
        place.state = place.opening(shared[place.organisation_id], now)
    _render_alike(rows)
    context = {
        "grouped": [(None, rows)] if here else [(s, list(p)) for s, p in groupby(rows, key=lambda p: p.settlement)],
        "settlements": settlements_html(catalogue, start.slug if start else ""),
        "start": start,
        "unknown_place": "" if start else printable(request.GET.get("near")),
        "page": page,
        "sketch": _sketch(found, page, settlements, here),
        **pagination.links(page, partial(_address, start), on_each_side=1, on_ends=1),
    }
    return render(request, "partners/places.html", context)


def _address(start, number):
    """`?…` of a page of the list."""
    return "?" + urlencode(([("near", start.slug)] if start else []) + [("page", number)])


def _sketch(found, page, settlements, here):
    """The places of this page with their numbers, and where the others are.

    Of a country's settlements only those are drawn in which they stand, and from where the reader is only what is near.
    """
    is_whole, rows = page.paginator.num_pages == 1, page.object_list
    if is_whole or (here is None and len(settlements) <= MOST_SETTLEMENTS):
        drawn = settlements.values()
    else:
        drawn = {place.settlement_id: place.settlement for place in rows if place.settlement}.values()
    return sketch(rows, drawn, here, () if is_whole else found.beside(page))


def _render_alike(places):
    """Gives each place `opening_html` and `access_html`: hundreds have the same, which is rendered once."""
    hours, access = {}, {}
    for place in places:
        if place.state not in hours:
            hours[place.state] = render_to_string("components/opening.html", {"state": place.state})
        facts = list(place.access.all())
        key = tuple(fact.pk for fact in facts)
        if key not in access:
            access[key] = render_to_string("partners/_access.html", {"facts": facts})
        place.opening_html, place.access_html = hours[place.state], access[key]


@require_safe
def place(request, pk, slug):
    shown = Location.objects.visible_to(request.user).with_hours().select_related("photo").filter(pk=pk).first()
    if shown is None:
        closed = get_object_or_404(Location.objects.once_visible_to(request.user), pk=pk)
        return render(request, "partners/place_gone.html", {"place": closed}, status=410)
    if moved := addresses.settle(request, shown, slug):
        return moved
    shared, today = exceptions([shown.organisation_id])[shown.organisation_id], timezone.localdate()
    programmes = Programme.objects.published().filter(schedules__location=shown).values_list("pk", flat=True)
    coming, state = [e for e in [*shown.exceptions.all(), *shared] if e.ends_on >= today], shown.opening(shared)
    return render(
        request,
        "partners/place.html",
        {
            "place": shown,
            "state": state,
            "week": _week(shown, state, today if any(e.starts_on <= today for e in coming) else None),
            "today": today,
            "exceptions": sorted(coming, key=lambda e: e.starts_on)[:6],
            "programmes": _a_to_z(with_dates(list(dict.fromkeys(programmes)), holidays())),
            "sketch": sketch([shown], Settlement.objects.all()),
        },
    )


def _week(place, state, exceptional):
    """[(weekday, intervals, by appointment)], with the hours of today where they are not those of every week."""
    usual = [(number, rows, number in place.appointment_days) for number, rows in enumerate(place.week())]
    if exceptional:
        usual[exceptional.weekday()] = (exceptional.weekday(), state.today, False)
    return usual


@require_safe
def partners(request):
    """All partners by sector, with what each offers."""
    organisations = Organisation.objects.members().select_related("sector", "parent")
    rows = sorted(organisations, key=lambda o: (o.sector.order, o.sector.slug, languages.sort_key(str(o))))
    by_sector = [(sector, list(rows)) for sector, rows in groupby(rows, key=lambda o: o.sector)]
    return render(request, "partners/partners.html", {"by_sector": by_sector, "count": len(rows)})


def _with_logo(organisations):
    return organisations.select_related("sector", "parent", "logo")


@require_safe
def partner(request, pk, slug):
    shown = get_object_or_404(_with_logo(Organisation.objects.visible_to(request.user)), pk=pk)
    if moved := addresses.settle(request, shown, slug):
        return moved
    published = Programme.objects.published()
    days = holidays()
    own = _a_to_z(with_dates(list(published.filter(organisation=shown).values_list("pk", flat=True)), days))
    return render(
        request,
        "partners/partner.html",
        {
            "partner": shown,
            "departments": shown.departments.filter(pk__in=Organisation.objects.members()),
            "places": shown.locations.in_use().select_related("settlement"),
            "programmes": own,
            "visits": [one for one in own if one.comes_on_request and not one.is_paused],
            "takes_part": _a_to_z(
                with_dates(list(published.filter(partners=shown).values_list("pk", flat=True)), days)
            ),
        },
    )


def _a_to_z(records):
    return sorted(records, key=lambda record: languages.sort_key(str(record)))


@require_safe
def about(request):
    """Who we are. Of people only role and organisation are public."""
    group = get_object_or_404(Group.objects.select_related("logo").order_by("pk")[:1])
    current = Membership.objects.current().filter(group=group)
    seats = (
        Seat.objects.current()
        .filter(membership__group=group, role=Seat.Role.COORDINATOR)
        .select_related("membership__organisation")
    )
    return render(
        request,
        "partners/about.html",
        {
            "group": group,
            "seats": seats,
            "municipalities": group.municipalities.all(),
            "working_groups": group.working_groups.select_related("lead").prefetch_related(
                Prefetch(
                    "members",
                    WorkingGroupMember.objects.filter(membership__in=current).select_related(
                        "membership__organisation"
                    ),
                )
            ),
            "members": _a_to_z(current.select_related("organisation__sector", "group")),
        },
    )
