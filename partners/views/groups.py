from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.stale import StaleObject

from .. import founding
from ..forms import GroupForm, StandingForm
from ..models import Group, coordinated_by


@require_safe
@never_cache
@login_required
def groups(request):
    """The groups one coordinates, each with its check-list; administrators set up new ones."""
    mine = coordinated_by(request.user).prefetch_related("municipalities")
    if not request.user.is_superuser and not mine:
        raise Http404
    return render(request, "partners/groups.html", {"groups": mine})


@never_cache
@login_required
def group_new(request):
    """Sets up a group in one go, and invites who is to coordinate it."""
    if not request.user.is_superuser:
        raise Http404
    form = GroupForm(request.POST or None, user=request.user)
    if form.is_valid() and form.keep():
        messages.success(request, _("The group is set up, and the invitations are on their way."))
        return redirect("partners:group-setup", pk=form.instance.pk)
    form, status = form.answer()
    return render(request, "partners/group_form.html", {"form": form}, status=status)


@require_safe
@never_cache
@login_required
def group_setup(request, pk):
    """What the group still lacks, in words, each with the way to it."""
    group = get_object_or_404(coordinated_by(request.user), pk=pk)
    return _setup(request, group)


def _setup(request, group, form=None, status=200):
    """`form`: where the group stands in the network, which is for administrators only."""
    points = founding.points(group, request.user)
    if request.user.is_superuser:
        form = form or StandingForm(group=group)
    context = {
        "group": group,
        "form": form,
        "is_stale": status == 409,
        "missing": [point for point in points if not point.is_done],
        "done": [point for point in points if point.is_done],
    }
    return render(request, "partners/group_setup.html", context, status=status)


@require_POST
@login_required
def group_standing(request, pk):
    """Administrators say where a group stands in the network, and since when."""
    if not request.user.is_superuser:
        raise Http404
    group = get_object_or_404(Group, pk=pk)
    if request.POST.get("was") != StandingForm.seen(group):
        return _setup(request, group, status=409)
    form = StandingForm(request.POST, group=group)
    if not form.is_valid():
        return _setup(request, group, form, status=422)
    try:
        group.set_standing(form.cleaned_data["standing"], form.cleaned_data["since"])
    except StaleObject:
        group.refresh_from_db()
        return _setup(request, group, status=409)
    messages.success(request, _("Saved. The page of the network says so."))
    return redirect("partners:group-setup", pk=pk)
