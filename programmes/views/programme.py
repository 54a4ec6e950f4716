from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from portal import addresses
from portal.qr import qr_svg

from ..calendars import calendar
from ..cards import cards, holidays
from ..cards import programmes as with_dates
from ..linked_data import programme_data
from ..models import Programme
from ..similar import similar


@require_safe
def programme(request, pk, slug):
    """One programme. What ended or was not confirmed for a year says so (410) and names what there is instead."""
    shown = Programme.objects.visible_to(request.user).with_card().filter(pk=pk).first()
    if shown is None:
        return _gone(request, pk)
    if moved := addresses.settle(request, shown, slug):
        return moved
    days = holidays()
    following = list(shown.continuations.values_list("next_id", flat=True))
    alike = similar(shown, exclude=following)
    ready = {p.pk: p for p in with_dates([*following, *alike], days)}
    context = {
        "programme": shown,
        "dates": shown.next_dates(days),
        "partners": shown.programmepartner_set.select_related("organisation"),
        "following": [ready[pk] for pk in following if pk in ready],
        "similar": [ready[pk] for pk in alike if pk in ready],
        "schedules": shown.schedules.all(),
        "slug": shown.slug_in(request.LANGUAGE_CODE),
        "qr": qr_svg(request.build_absolute_uri(request.path)),
        "noindex": not shown.is_public or bool(request.GET),
    }
    context["linked_data"] = programme_data(request, shown, context["dates"])
    response = render(request, "programmes/programme.html", context)
    if not shown.is_public:
        add_never_cache_headers(response)
    return response


def _gone(request, pk):
    programme = get_object_or_404(Programme.objects.once_public().with_card(), pk=pk)
    request.slug_in = programme.slug_in
    context = {"programme": programme, "similar": cards(similar(programme), holidays()), "noindex": True}
    return render(request, "programmes/programme_gone.html", context, status=410)


@require_safe
def programme_calendar(request, pk, slug):
    """The programme's schedules as an iCalendar file, with its time zone and stable identifiers."""
    shown = get_object_or_404(Programme.objects.visible_to(request.user).with_card(), pk=pk)
    return calendar_response(request, [shown], f"{shown.slug}.ics")


def calendar_response(request, programmes, name):
    response = HttpResponse(calendar(request, programmes, holidays()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
