from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.models import coordinated_by, groups_of

from ..cycle import next_of, steps, where
from .whose import group_of

MOST_BESIDE = 12  # other groups of a person whose way is told on the page of one


@require_safe
@never_cache
@login_required
def cycle(request):
    """Where a group stands in its planning cycle, for its members; `?group=` chooses. An adviser sees all theirs."""
    groups = groups_of(request.user)
    group = group_of(request, groups)
    found = steps(group)
    others = list(groups.exclude(pk=group.pk)[:MOST_BESIDE])
    context = {
        "group": group,
        "steps": found,
        "next": next_of(found),
        "others": [(other, *where(steps(other))) for other in others],
    }
    context["may_begin"] = coordinated_by(request.user).filter(pk=group.pk).exists()
    return render(request, "actionplans/cycle.html", context)
