from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from portal import languages
from portal.dates import date_in_sentence
from portal.stale import StaleObject

from ..forms import LeavingForm
from ..leaving import hand_over, left_alone, of_seat, seen
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
            _say(request, leave, form, is_new)
            return redirect("partners:people")
    if form.is_bound and status == 200:
        # What was chosen may be gone because it was handed over meanwhile, by the first of two presses or by others.
        status = 409 if form.data.get("seen") != seen(form.rows) else 422
    if status == 409:
        kept = {name: form.data.get(name) for name in form.fields if name in form.data and name != "seen"}
        form = LeavingForm(leave=leave, initial=kept)
    context = {"form": form, "seat": seat, "leave": leave, "is_stale": status == 409, "alone": left_alone(leave)}
    return render(request, "partners/leaving.html", context, status=status)


def _say(request, leave, form, is_new):
    """What was done, what nobody has now, and how to go back."""
    if not is_new:
        messages.info(request, _("This was confirmed before; nothing was changed a second time."))
        return
    if left := form.left():
        words = ngettext(
            "%(name)s is leaving. One thing has nobody now: %(things)s.",
            "%(name)s is leaving. %(count)s things have nobody now: %(things)s.",
            len(left),
        )
        messages.warning(request, words % {"name": leave.person, "count": len(left), "things": "; ".join(left)})
    else:
        messages.success(request, _("%(name)s has handed everything over.") % {"name": leave.person})
    words = _(
        "By mistake? Until %(day)s the last day can be changed (“Change or end the seat”). "
        "Each thing is given back on its own page; its history says whose it was."
    )
    messages.info(request, words % {"day": date_in_sentence(form.cleaned_data["ends_on"], languages.active())})
