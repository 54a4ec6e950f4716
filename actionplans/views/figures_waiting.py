"""All figures that wait for approval, approved together or given back; and all of one indicator, old ones too."""

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import coordinated_by, groups_of
from portal import pagination

from .. import figures_waiting as deeds
from ..models import Indicator
from .whose import group_of

PER_PAGE = 50
_TICK = re.compile(r"(\d{1,15})-(\d{1,9})", re.ASCII)


@require_safe
@never_cache
@login_required
def figures_waiting(request):
    """Each with what was before and what looks odd; `?tick=plain` ticks those in which nothing does."""
    group = group_of(request, coordinated_by(request.user))
    page = Paginator(deeds.waiting(group), PER_PAGE).get_page(request.GET.get("page"))
    rows = deeds.rows(list(page), request.user)
    context = {
        "group": group,
        "rows": rows,
        "odd": sum(bool(row.odd) for row in rows),
        "may_approve": any(not row.is_own for row in rows),
        "ticks_plain": request.GET.get("tick") == "plain",
        "page": page,
        **pagination.links(page, lambda number: f"?group={group.slug}&page={number}"),
    }
    return render(request, "actionplans/figures_waiting.html", context)


@require_POST
@login_required
def figures_approve(request):
    """Approves the ticked ones; what changed since it was looked at stays, and is said."""
    group = group_of(request, coordinated_by(request.user))
    ticks = {int(m[1]): int(m[2]) for text in request.POST.getlist("tick")[:PER_PAGE] if (m := _TICK.fullmatch(text))}
    done, changed, own = deeds.approve(group, ticks, request.user)
    if not ticks:
        messages.error(request, _("Tick the figures you want to approve."))
    if done:
        words = ngettext("%(count)s figure is approved.", "%(count)s figures are approved.", done)
        messages.success(request, words % {"count": done})
    if changed:
        words = ngettext(
            "%(count)s figure changed since you looked at it, or is approved already. Look again.",
            "%(count)s figures changed since you looked at them, or are approved already. Look again.",
            changed,
        )
        messages.error(request, words % {"count": changed})
    if own:
        messages.error(request, _("Somebody else has to approve what you entered."))
    return redirect(f"{reverse('actionplans:figures-waiting')}?group={group.slug}")


@require_safe
@never_cache
@login_required
def indicator_values(request, pk):
    """Every figure of an indicator with its state; from here the coordinator returns one that was approved."""
    indicator = get_object_or_404(Indicator.objects.visible_to(request.user).select_related("group"), pk=pk)
    context = {
        "group": indicator.group,
        "is_member": groups_of(request.user).filter(pk=indicator.group_id).exists(),
        "indicator": indicator,
        "values": indicator.values.order_by("-measured_on"),
        "may_enter": Indicator.objects.fed_by(request.user).filter(pk=pk).exists(),
        "may_edit": Indicator.objects.editable_by(request.user).filter(pk=pk).exists(),
    }
    return render(request, "actionplans/indicator_values.html", context)
