from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .. import founding
from ..forms import GroupForm
from ..models import coordinated_by


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
    points = founding.points(group, request.user)
    context = {
        "group": group,
        "missing": [point for point in points if not point.is_done],
        "done": [point for point in points if point.is_done],
    }
    return render(request, "partners/group_setup.html", context)
