from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal import languages, looks

from ..forms import MembershipForm, SeatForm
from ..models import HandOver, Invitation, Membership, Seat, coordinated_by, groups_of, inviting
from ..people import hand_over, seats_to_keep


@require_safe
@never_cache
@login_required
def people(request):
    """Who works with the group: by organisation, with role, term and what one may ask them about."""
    groups = groups_of(request.user)
    if not groups.exists() and not request.user.is_superuser:
        raise Http404
    seats = (
        Seat.objects.current()
        .filter(membership__group__in=groups)
        .select_related("membership__organisation", "membership__group", "user")
    )
    rows = sorted(seats, key=lambda s: (languages.sort_key(str(s.membership.organisation)), s.membership_id, s.pk))
    looks.note(request, "people")
    words = request.GET.get("q", "").strip().casefold()
    if words:
        rows = [seat for seat in rows if words in _said_of(seat)]
    kept = set(seats_to_keep(request.user).values_list("pk", flat=True))
    for seat in rows:
        seat.is_mine_to_keep = seat.pk in kept
        seat.shows_contact = seat.user.is_listed or seat.is_mine_to_keep or seat.user == request.user
    by_membership = [(m, list(s)) for m, s in groupby(rows, key=lambda seat: seat.membership)]
    context = {
        "by_membership": by_membership,
        "count": len(rows),
        "words": request.GET.get("q", "").strip(),
        "invitations": Invitation.objects.editable_by(request.user)
        .pending()
        .select_related("membership__organisation"),
        "handed_over": HandOver.objects.editable_by(request.user).recent().select_related("person", "by"),
        "may_invite": inviting(request.user).exists(),
        "coordinated": set(coordinated_by(request.user).values_list("pk", flat=True)),
    }
    return render(request, "partners/people.html", context)


def _said_of(seat):
    """All that a search may find of a seat, in small letters."""
    user = seat.user
    expertise = (getattr(user, column) or "" for column in languages.columns("expertise"))
    return " ".join([user.full_name, str(seat.membership.organisation), str(seat), *expertise]).casefold()


def _is_kept(request, form):
    """Saves the form and says so; False where something is in the way, which the form then says."""
    if not form.is_valid():
        return False
    try:
        is_kept = form.keep()
    except ValidationError as error:
        form.add_error(None, error)
        return False
    if is_kept:
        messages.success(request, _("Your changes are saved."))
    return is_kept


@never_cache
@login_required
def seat_edit(request, pk):
    """Role and term of a seat; ending it is giving it a last day."""
    seat = get_object_or_404(seats_to_keep(request.user).select_related("user", "membership__organisation"), pk=pk)
    form = SeatForm(request.POST or None, instance=seat, user=request.user)
    if _is_kept(request, form):
        return redirect("partners:people")
    form, status = form.answer()
    others = Seat.objects.current().filter(membership=seat.membership).exclude(user=seat.user).select_related("user")
    return render(request, "partners/seat_form.html", {"form": form, "seat": seat, "others": others}, status=status)


@never_cache
@login_required
def membership_edit(request, pk):
    """Since when an organisation belongs to the group and by which mandate; with a last day it leaves."""
    rows = Membership.objects.filter(group__in=coordinated_by(request.user)).select_related("organisation", "group")
    membership = get_object_or_404(rows, pk=pk)
    form = MembershipForm(request.POST or None, instance=membership)
    if _is_kept(request, form):
        return redirect("partners:people")
    form, status = form.answer()
    return render(request, "partners/membership_form.html", {"form": form, "membership": membership}, status=status)


@require_POST
@login_required
def seat_hand_over(request, pk):
    """The representative's seat goes to `to`, another seat of the same organisation."""
    seat = get_object_or_404(seats_to_keep(request.user).filter(role=Seat.Role.REPRESENTATIVE), pk=pk)
    number = request.POST.get("to", "")
    others = Seat.objects.current().filter(membership=seat.membership)
    to = get_object_or_404(others, pk=int(number) if number.isdecimal() and len(number) < 15 else 0)
    try:
        hand_over(seat, to, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("partners:seat-edit", pk=pk)
    messages.success(request, _("%(name)s now represents the organisation.") % {"name": to.user})
    return redirect("partners:people")
