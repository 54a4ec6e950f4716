"""My work: what my organisations owe, by date, one action each; what waits for me; what changed since I was here."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.models import groups_of

from ..models import WorkVisit
from ..my_work import changes_since, owes, waiting_for


@require_safe
@never_cache
@login_required
def work(request):
    groups = list(groups_of(request.user))
    if not groups:
        raise Http404
    now = timezone.now()
    visit = WorkVisit.objects.filter(user=request.user).first()
    since = visit.seen_at if visit else now - timedelta(days=14)
    items = owes(request.user, timezone.localdate())
    context = {
        "late": [item for item in items if item.is_late],
        "items": [item for item in items if not item.is_late],
        "waiting": waiting_for(request.user),
        "since": since,
        "news": changes_since(request.user, since),
    }
    response = render(request, "actionplans/work.html", context)
    # What is new stays new for the rest of an hour: looking twice, or going back, does not lose it.
    if visit is None or now - visit.seen_at > timedelta(hours=1):
        WorkVisit.objects.update_or_create(user=request.user, defaults={"seen_at": now})
    return response
