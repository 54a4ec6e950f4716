"""The places of one's own organisation: added, changed, closed down and opened again; hours, exceptions, holidays."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programmes.models import Programme, Schedule

from .. import hours
from ..holidays import exceptions
from ..hours_form import HoursForm
from ..models import Location, OpeningException, Organisation, coordinated_by
from ..organisation_forms import ExceptionForm, LocationForm
from .organisations import confirmed, on_behalf

SHOWN_AFTER = timedelta(days=31)


def _own(request, pk):
    return get_object_or_404(Location.objects.editable_by(request.user).with_hours(), pk=pk)


def _version(request):
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _moved(request, record, back):
    """409: somebody changed it while the page was open; nothing was done."""
    return render(request, "partners/moved_meanwhile.html", {"record": record, "back": back}, status=409)


# ---- a place --------------------------------------------------------------------------------------
@never_cache
@login_required
def place_add(request, pk):
    organisation = get_object_or_404(Organisation.objects.editable_by(request.user), pk=pk)
    form = LocationForm(request.POST or None, instance=Location(organisation=organisation))
    if form.is_valid() and form.keep():
        messages.success(request, _("The place is saved. Now say when it is open."))
        return redirect("partners:place-hours", form.instance.pk)
    form, status = form.answer()
    return render(request, "partners/place_form.html", {"form": form, "organisation": organisation}, status=status)


@never_cache
@login_required
def place_edit(request, pk):
    place = _own(request, pk)
    form = LocationForm(request.POST or None, instance=place)
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return redirect("partners:my-one", place.organisation_id)
    form, status = form.answer()
    context = {"form": form, "place": _own(request, pk), "organisation": place.organisation}
    return render(request, "partners/place_form.html", context, status=status)


@never_cache
@login_required
def place_close(request, pk):
    """Asks, then closes the place down; refused while programmes still take place there."""
    place = _own(request, pk)
    if request.method != "POST":
        return render(request, "partners/place_close.html", {"place": place, "programmes": _there(place)})
    with transaction.atomic():
        locked = Location.objects.select_for_update().get(pk=pk)  # no schedule is given this place meanwhile
        if locked.version != _version(request) or locked.closed_down_on:
            return _moved(request, locked, place.organisation_id)
        if programmes := _there(locked):
            context = {"place": place, "programmes": programmes}
            return render(request, "partners/place_close.html", context, status=422)
        Location.objects.filter(pk=pk).update(closed_down_on=timezone.localdate(), version=F("version") + 1)
    messages.success(request, _("The place is closed down. If that was a mistake, open it again below."))
    return redirect("partners:my-one", place.organisation_id)


def _there(place):
    """Programmes, not archived, that still take place there."""
    schedules = Schedule.objects.current().filter(location=place).values("programme")
    return list(Programme.objects.filter(pk__in=schedules).exclude(status=Programme.Status.ARCHIVED))


@never_cache
@login_required
@require_POST
def place_reopen(request, pk):
    place = _own(request, pk)
    closed = Location.objects.filter(pk=pk, version=_version(request), closed_down_on__isnull=False)
    if not closed.update(closed_down_on=None, version=F("version") + 1):
        return _moved(request, place, place.organisation_id)
    messages.success(request, _("The place is open again."))
    return redirect("partners:my-one", place.organisation_id)


# ---- its week -------------------------------------------------------------------------------------
@require_POST
@login_required
def place_confirm(request, pk):
    """ "Still correct": address, opening hours, access."""
    return confirmed(request, _own(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def place_on_behalf(request, pk):
    place = _own(request, pk)
    return on_behalf(request, place, place.organisation_id)


@never_cache
@login_required
def place_hours(request, pk):
    place = _own(request, pk)
    form = HoursForm(request.POST or None, instance=place)
    if form.is_valid() and form.keep():
        messages.success(request, _("The opening hours are saved."))
        return redirect("partners:place-hours", pk)
    form, status = form.answer()
    return _hours_page(request, form, _own(request, pk), status)


@never_cache
@login_required
@require_POST
def place_hours_preview(request, pk):
    """The week as residents would read it with what stands in the form; nothing is saved."""
    place = _own(request, pk)
    form = HoursForm(request.POST, instance=place)
    return _hours_page(request, form, place, 200 if form.is_valid() else 422, is_preview=True)


def _hours_page(request, form, place, status, **more):
    weekly, appointments = form.as_typed()
    rows = place.exception_rows(exceptions([place.organisation_id])[place.organisation_id])
    today = timezone.localdate()
    context = {
        "form": form,
        "place": place,
        "state": hours.state_at(timezone.localtime(), weekly, rows, appointments=appointments),
        "week": [(n, intervals, n in appointments) for n, intervals in enumerate(hours.week(weekly))],
        "today": today,
        "exceptions": _lately(place.exceptions.all()),
        "coming": [e for e in place.exceptions.all() if e.ends_on >= today],
        **more,
    }
    return render(request, "partners/place_hours.html", context, status=status)


# ---- exceptions, and public holidays of a group ---------------------------------------------------
@never_cache
@login_required
def exception_add(request, pk):
    return _exception(request, OpeningException(location=_own(request, pk)))


@never_cache
@login_required
def holiday_add(request, pk):
    return _exception(request, OpeningException(group=get_object_or_404(coordinated_by(request.user), pk=pk)))


@never_cache
@login_required
def exception_edit(request, pk):
    own = OpeningException.objects.editable_by(request.user).select_related("location__organisation", "group")
    return _exception(request, get_object_or_404(own, pk=pk))


def _exception(request, exception):
    form = ExceptionForm(request.POST or None, instance=exception)
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return _back(exception)
    form, status = form.answer()
    return render(request, "partners/exception_form.html", {"form": form, "exception": form.instance}, status=status)


def _back(exception):
    if exception.location_id:
        return redirect("partners:place-hours", exception.location_id)
    return redirect("partners:holidays")


@never_cache
@login_required
@require_POST
def exception_remove(request, pk):
    exception = get_object_or_404(OpeningException.objects.editable_by(request.user), pk=pk)
    gone, _rows = OpeningException.objects.filter(pk=pk, version=_version(request)).delete()
    if gone:
        messages.success(request, _("The exception is removed. The history keeps it."))
    else:
        messages.error(request, _("Somebody changed this exception meanwhile. It was not removed; look at it again."))
    return _back(exception)


@require_safe
@never_cache
@login_required
def holidays(request):
    """Public holidays of the groups one coordinates; they hold for every place."""
    groups = coordinated_by(request.user).prefetch_related("holidays")
    if not groups:
        raise Http404
    rows = [(group, _lately(group.holidays.all())) for group in groups]
    return render(request, "partners/holidays.html", {"groups": rows})


def _lately(exceptions):
    """Those to come and of the last weeks; what is long over stands in the history."""
    since = timezone.localdate() - SHOWN_AFTER
    return [exception for exception in exceptions if exception.ends_on >= since]
