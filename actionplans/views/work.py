"""My work: what my organisations owe, by date, one action each; what waits for me; what changed since I was here."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.models import groups_of, looked_up_once

from .. import news
from ..models import WorkVisit
from ..my_work import answers_for, owes
from ..waiting import waiting_for

VISIT = timedelta(hours=1)
FIRST = timedelta(days=14)  # what is new to somebody who has never been here


@require_safe
@never_cache
@login_required
@looked_up_once()
def work(request):
    groups = list(groups_of(request.user))
    if not groups:
        raise Http404
    now, today = timezone.now(), timezone.localdate()
    since = _visit(request.user, now)
    items = owes(request.user, today)
    context = {
        "late": [item for item in items if item.is_late],
        "items": [item for item in items if not item.is_late],
        "waiting": waiting_for(request.user, today),
        "objectives": answers_for(request.user),
        "since": since,
        "news": news.since(request.user, since),
    }
    return render(request, "actionplans/work.html", context)


def _visit(user, now):
    """Notes the visit; → since when things are new. Looking again within the hour loses nothing of what is new."""
    visit = WorkVisit.objects.filter(user=user).first()
    if visit is None:
        since = now - FIRST
    else:
        since = visit.seen_at if now - visit.seen_at > VISIT else visit.since_at or visit.seen_at
    WorkVisit.objects.bulk_create(
        [WorkVisit(user=user, seen_at=now, since_at=since)],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["seen_at", "since_at"],
    )
    return since
