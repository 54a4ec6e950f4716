from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.models import coordinated_by, groups_of

from ..cycle import next_of, steps
from .whose import group_of


@require_safe
@never_cache
@login_required
def cycle(request):
    """Where the group stands in its planning cycle, for its members; of several groups, `?group=` chooses."""
    groups = groups_of(request.user)
    group = group_of(request, groups)
    found = steps(group)
    context = {"group": group, "steps": found, "next": next_of(found), "groups": groups.exclude(pk=group.pk)}
    context["may_begin"] = coordinated_by(request.user).filter(pk=group.pk).exists()
    return render(request, "actionplans/cycle.html", context)
