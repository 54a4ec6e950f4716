from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal import addresses
from portal.qr import qr_svg

from ..cards import holidays
from ..cards import programmes as with_dates
from ..models import Programme
from ..selection import MOST, parse, read_list, write_list
from .programme import calendar_response


@require_safe
@never_cache
def my_list(request):
    """The reader's own list; with `?p=12,15` somebody's shared one; with `?add=12` the question whether to add it."""
    shared = parse(request.GET.get("p")) if "p" in request.GET else None
    own = read_list(request)
    adding = Programme.objects.published().filter(pk__in=parse(request.GET.get("add"))[:1]).first()
    days = holidays()
    programmes = with_dates(own if shared is None else shared, days)
    for programme in programmes:
        programme.dates = programme.next_dates(days, limit=3)
    numbers = ",".join(str(programme.pk) for programme in programmes)
    link = request.build_absolute_uri(f"{reverse('programmes:list')}?p={numbers}")
    return render(
        request,
        "programmes/my_list.html",
        {
            "programmes": programmes,
            "missing": len(own if shared is None else shared) - len(programmes),
            "is_shared": shared is not None,
            "adding": adding if adding and adding.pk not in own else None,
            "added": Programme.objects.published()
            .filter(pk__in=[n for n in parse(request.GET.get("added")) if n in own])
            .first(),
            "already": adding if adding and adding.pk in own else None,
            "is_full": len(own) >= MOST,
            "numbers": numbers,
            "link": link,
            "qr": qr_svg(link) if programmes else "",
            "noindex": True,
        },
    )


@require_POST
def list_add(request):
    """Adds one programme (`programme=12`) or a shared list (`programme=12,15`) to the reader's own."""
    known = set(
        Programme.objects.published().filter(pk__in=parse(request.POST.get("programme"))).values_list("pk", flat=True)
    )
    wanted = [number for number in parse(request.POST.get("programme")) if number in known]
    if not wanted:
        raise Http404
    return _kept(request, list(dict.fromkeys([*read_list(request), *wanted])), f"?added={wanted[0]}")


@require_POST
def list_remove(request):
    """Takes programmes off the list; `all=1` empties it."""
    gone = parse(request.POST.get("programme"))
    return _kept(request, [] if request.POST.get("all") else [n for n in read_list(request) if n not in gone])


def _kept(request, numbers, query=""):
    there = addresses.back(request, reverse("programmes:list") + query)
    return write_list(HttpResponseRedirect(there), numbers, request.is_secure())


@require_safe
@never_cache
def list_calendar(request):
    """All dates of the listed programmes as one iCalendar file."""
    numbers = parse(request.GET.get("p")) if "p" in request.GET else read_list(request)
    programmes = Programme.objects.published().with_card().filter(pk__in=numbers)
    return calendar_response(request, programmes, "skupaj.ics")
