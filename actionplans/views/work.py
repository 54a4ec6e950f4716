"""My work: what my organisations owe, by date, one action each; what waits for me; what changed since I was here."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
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
    since = _since(request, now)
    items = owes(request.user, timezone.localdate())
    context = {
        "late": [item for item in items if item.is_late],
        "items": [item for item in items if not item.is_late],
        "waiting": waiting_for(request.user),
        "since": since,
        "news": changes_since(request.user, since),
    }
    return render(request, "actionplans/work.html", context)


def _since(request, now):
    """When the person was here before. For an hour the answer stays: looking twice, or going back, loses no news."""
    visit = WorkVisit.objects.filter(user=request.user).first()
    before = visit.seen_at if visit else now - timedelta(days=14)
    if visit and now - visit.seen_at <= timedelta(hours=1):
        return parse_datetime(request.session.get("work_since", "")) or before
    WorkVisit.objects.update_or_create(user=request.user, defaults={"seen_at": now})
    request.session["work_since"] = before.isoformat()
    return before
