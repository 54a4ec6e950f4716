from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.stale import StaleObject

from .. import taking_back
from ..forms import LeavingForm
from ..leaving import hand_over, left_alone, of_seat, seen
from ..models import HandOver, Seat
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
            done = hand_over(leave, form.cleaned_data["ends_on"], form.wanted(), form.cleaned_data["seen"])
        except ValidationError as error:
            form.add_error(None, error)
        except StaleObject:
            status = 409
        else:
            _say(request, leave, form, done)
            return redirect("partners:handed-over", done.pk) if done else redirect("partners:people")
    if form.is_bound and status == 200:
        # What was chosen may be gone because it was handed over meanwhile, by the first of two presses or by others.
        status = 409 if form.data.get("seen") != seen(form.rows) else 422
    if status == 409:
        kept = {name: form.data.get(name) for name in form.fields if name in form.data and name != "seen"}
        form = LeavingForm(leave=leave, initial=kept)
    context = {"form": form, "seat": seat, "leave": leave, "is_stale": status == 409, "alone": left_alone(leave)}
    return render(request, "partners/leaving.html", context, status=status)


def _say(request, leave, form, done):
    """What was done, and what nobody has now."""
    if done is None:
        messages.info(request, _("This was confirmed before; nothing was changed a second time."))
    elif left := form.left():
        words = ngettext(
            "%(name)s is leaving. One thing has nobody now: %(things)s.",
            "%(name)s is leaving. %(count)s things have nobody now: %(things)s.",
            len(left),
        )
        messages.warning(request, words % {"name": leave.person, "count": len(left), "things": "; ".join(left)})
    else:
        messages.success(request, _("%(name)s has handed everything over.") % {"name": leave.person})


@never_cache
@require_safe
@login_required
def handed_over(request, pk):
    """Who got what of a person who leaves; for some days it can be taken back from here."""
    return _handed_over(request, _hand_over(request, pk))


@never_cache
@require_POST
@login_required
def hand_over_take_back(request, pk):
    """All of it in one press, but for what somebody changed since; the page says first what that is."""
    done = _hand_over(request, pk)
    try:
        found = taking_back.take_back(done, request.user, request.POST.get("seen", ""))
    except StaleObject:
        return _handed_over(request, done, status=409)
    except ValidationError as error:
        return _handed_over(request, done, status=422, problems=error.messages)
    if found is None:
        messages.info(request, _("This was taken back before; nothing was changed a second time."))
    else:
        _say_back(request, done.person, *found)
    return redirect("partners:people")


def _say_back(request, person, back, stay):
    if back:
        messages.success(request, _("%(name)s has everything back that could be given back.") % {"name": person}
                         if stay else _("%(name)s has everything back.") % {"name": person})  # fmt: skip
    if stay:
        words = ngettext(
            "One thing stays as it is, for somebody changed it since: %(things)s.",
            "%(count)s things stay as they are, for somebody changed them since: %(things)s.",
            len(stay),
        )
        things = "; ".join(thing.words for thing in stay)
        messages.warning(request, words % {"count": len(stay), "things": things})


def _hand_over(request, pk):
    rows = HandOver.objects.editable_by(request.user).select_related("person", "by", "group")
    return get_object_or_404(rows, pk=pk)


def _handed_over(request, done, status=200, problems=()):
    rows = taking_back.things(done)
    by_person: dict = {}
    for thing in rows:
        by_person.setdefault(thing.to, []).append(thing)
    stays = sum(thing.stays for thing in rows)
    context = {
        "hand_over": done,
        "by_person": by_person.items(),
        "stays": stays,
        "returns": len(rows) > stays and HandOver.objects.recent().filter(pk=done.pk).exists(),
        "seen": taking_back.seen(rows),
        "is_stale": status == 409,
        "problems": problems,
    }
    return render(request, "partners/handed_over.html", context, status=status)
