from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal.stale import StaleObject

from ..forms import LeavingForm
from ..leaving import hand_over, of_seat, seen
from ..models import Seat
from ..people import seats_to_keep


@never_cache
@login_required
def leaving(request, pk):
    """All that the person of a seat holds in the group, and who takes it over; one press does it all."""
    seats = seats_to_keep(request.user).filter(pk__in=Seat.objects.current().values("pk"))
    seat = get_object_or_404(seats.select_related("user", "membership__group", "membership__organisation"), pk=pk)
    leave = of_seat(seat, request.user)
    initial = {"ends_on": seat.ends_on or timezone.localdate()}
    form = LeavingForm(request.POST or None, leave=leave, initial=initial)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            is_new = hand_over(leave, form.cleaned_data["ends_on"], form.wanted(), form.cleaned_data["seen"])
        except ValidationError as error:
            form.add_error(None, error)
        except StaleObject:
            status = 409
        else:
            _say(request, leave, is_new)
            return redirect("partners:people")
    if form.is_bound and status == 200:
        # What was chosen may be gone because it was handed over meanwhile, by the first of two presses or by others.
        status = 409 if form.data.get("seen") != seen(form.rows) else 422
    if status == 409:
        kept = {name: form.data.get(name) for name in form.fields if name in form.data and name != "seen"}
        form = LeavingForm(leave=leave, initial=kept)
    context = {"form": form, "seat": seat, "leave": leave, "is_stale": status == 409}
    return render(request, "partners/leaving.html", context, status=status)


def _say(request, leave, is_new):
    if is_new:
        messages.success(request, _("%(name)s has handed everything over.") % {"name": leave.person})
    else:
        messages.info(request, _("This was confirmed before; nothing was changed a second time."))
