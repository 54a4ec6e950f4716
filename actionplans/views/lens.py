from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.models import groups_of

from ..inequality import Lens
from ..red_thread import audit
from .coverage import answer, chosen_group, shell


@require_safe
def lens(request):
    """For whom things are done, who is not reached, and how far apart the parts of a figure are."""
    group = chosen_group(request)
    shown = Lens(group, request.user)
    context = {
        **shell(request, group),
        "lens": shown,
        "shares": shown.shares(),
        "reached": shown.reached(),
        "spreads": shown.spreads(),
        "participants": shown.participants(),
        "unknown": shown.not_taken_apart(),
    }
    return answer(request, "lens", context)


@never_cache
@login_required
@require_safe
def thread(request):
    """Every link that is missing between needs, objectives, measures, programmes and figures; for members."""
    groups = groups_of(request.user).order_by("pk")
    group = get_object_or_404(groups, slug=request.GET["of"]) if request.GET.get("of") else groups.first()
    if group is None:
        raise Http404
    found = audit(group, request.user)
    context = {
        **shell(request, group),
        "found": found,
        "count": sum(len(broken.rows) for broken in found),
        "has_thread": bool(found) or group.needs.exists() or group.strategies.exists(),
    }
    return render(request, "actionplans/thread_audit.html", context)
