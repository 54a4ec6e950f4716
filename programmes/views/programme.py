from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from partners.models import Organisation
from portal import addresses
from portal.pages import fresh_until
from portal.reading import readable_by

from ..calendars import calendar
from ..cards import cards, holidays
from ..models import Following, Programme
from ..programme_page import programme_page
from ..similar import similar


@require_safe
def programme(request, pk, slug):
    """One programme. What ended or was not confirmed for a year says so (410) and names what there is instead."""
    page = programme_page(request, pk)
    if page is None:
        return _gone(request, pk)
    if moved := addresses.settle(request, page, slug):
        return moved
    member = _member(request)
    edit = member and Programme.objects.editable_by(member).filter(pk=pk).first()
    context = {
        "page": page,
        "noindex": not page.is_public or bool(request.GET),
        "edit": edit,
        "may_copy": member and not edit and Organisation.objects.editable_by(member).exists(),
        "may_follow": member and page.is_public,
        "follows": member and Following.objects.visible_to(member).filter(programme=pk).exists(),
        "number": pk,
    }
    response = render(request, "programmes/programme.html", context)
    if not page.is_public or member:
        add_never_cache_headers(response)
    return fresh_until(response, page.until)


def _member(request):
    """Who is signed in, else None. Without a session nothing is asked: the answer is for everybody."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    return request.user


def _gone(request, pk):
    programme = get_object_or_404(Programme.objects.once_public().with_card(), pk=pk)
    request.slug_in = programme.slug_in
    after = Programme.objects.published().filter(preceding__programme=programme).order_by("preceding__order")
    chosen = list(after.values_list("pk", flat=True))  # what the provider or the group named comes first
    numbers = [*chosen, *similar(programme, exclude=chosen)]
    context = {"programme": programme, "similar": cards(numbers, holidays()), "noindex": True}
    return render(request, "programmes/programme_gone.html", context, status=410)


@require_safe
def programme_calendar(request, pk, slug):
    """The programme's schedules as an iCalendar file, with its time zone and stable identifiers."""
    shown = get_object_or_404(readable_by(Programme.objects, request.user).with_card(), pk=pk)
    return calendar_response(request, [shown], f"{shown.slug}.ics")


def calendar_response(request, programmes, name):
    response = HttpResponse(calendar(request, programmes, holidays()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
