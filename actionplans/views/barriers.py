"""Barriers: what keeps people from taking part, by kind and by whom it concerns."""

from collections import defaultdict
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import Organisation, groups_of
from portal import languages
from portal.addresses import free_slug
from portal.stale import StaleObject

from .. import mails
from ..forms import BarrierForm
from ..models import Barrier
from .whose import group_of


@require_safe
@never_cache
@login_required
def barriers(request):
    """By kind, or by place with `?by=place`; open ones first, solved ones keep their place."""
    group = group_of(request, groups_of(request.user))
    rows = Barrier.objects.filter(group=group).select_related("kind", "owner")
    rows = rows.prefetch_related("affects", "measures", "settlements")
    ordered = sorted(rows, key=lambda b: (b.kind.order, b.kind_id, b.status == Barrier.Status.SOLVED, b.reported_on))
    is_by_place = request.GET.get("by") == "place"
    context = {
        "group": group,
        "is_by_place": is_by_place,
        "sections": _by_place(ordered) if is_by_place else _by_kind(ordered),
        "open_count": sum(b.status != Barrier.Status.SOLVED for b in ordered),
        "mine": set(Barrier.objects.editable_by(request.user).filter(group=group).values_list("pk", flat=True)),
        "may_add": _may_add(request.user, group),
    }
    return render(request, "actionplans/barriers.html", context)


def _by_kind(ordered):
    return [(kind, list(found)) for kind, found in groupby(ordered, key=lambda b: b.kind)]


def _by_place(ordered):
    """[(settlement, [barrier])] A–Z; a barrier stands in each of its places, and last those felt everywhere: None."""
    found = defaultdict(list)
    for barrier in ordered:
        for place in barrier.settlements.all() or [None]:
            found[place].append(barrier)
    return sorted(found.items(), key=lambda row: (row[0] is None, row[0] and languages.sort_key(row[0].name)))


def _may_add(user, group):
    return Organisation.objects.editable_by(user).filter(memberships__group=group).exists()


@never_cache
@login_required
def barrier_add(request):
    """Any partner notes what keeps people away."""
    group = group_of(request, groups_of(request.user))
    own = Organisation.objects.editable_by(request.user).filter(memberships__group=group)
    get_object_or_404(own[:1])
    form = BarrierForm(request.POST or None, instance=Barrier(group=group), group=group)
    if form.is_valid():
        form.instance.slug = free_slug(Barrier, form.instance)
        form.keep()
        mails.barrier_given(form.instance, request.user)
        messages.success(request, _("The barrier is noted."))
        return redirect("actionplans:barriers")
    return _page(request, form, _("What keeps people away?"), group=group.slug)


@never_cache
@login_required
def barrier_edit(request, pk):
    barrier = get_object_or_404(Barrier.objects.editable_by(request.user), pk=pk)
    before = barrier.owner_id
    form = BarrierForm(request.POST or None, instance=barrier, group=barrier.group)
    if form.is_valid() and form.keep():
        if before != Barrier.objects.get(pk=pk).owner_id:
            mails.barrier_given(Barrier.objects.get(pk=pk), request.user)
        messages.success(request, _("Your changes are saved."))
        return redirect("actionplans:barriers")
    return _page(request, form, str(barrier))


def _page(request, form, heading, **carried):
    form, status = form.answer()
    back = reverse("actionplans:barriers")
    context = {"form": form, "heading": heading, "back": back, "back_name": _("Barriers"), "carried": carried}
    return render(request, "actionplans/record_form.html", context, status=status)


@require_POST
@login_required
def barrier_move(request, pk):
    barrier = get_object_or_404(Barrier.objects.editable_by(request.user), pk=pk)
    try:
        barrier.move_to(request.POST.get("status", ""))
    except (StaleObject, KeyError):
        messages.error(request, _("Somebody else moved it meanwhile. Look again."))
    else:
        words = _("“%(title)s” is now: %(status)s.")
        messages.success(request, words % {"title": barrier, "status": barrier.get_status_display()})
    return redirect("actionplans:barriers")
