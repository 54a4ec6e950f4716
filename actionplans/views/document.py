"""The whole strategy and plan as one document, for the council's table and the printer."""

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from partners.models import Group

from ..models import Indicator, Measure, Need, Strategy
from ..overview import tally


@require_safe
def document(request, slug):
    """One strategy in full: vision, needs, objectives, every public measure with figures, budget and changes."""
    strategy = get_object_or_404(Strategy.objects.visible_to(request.user), slug=slug)
    measures = (
        Measure.objects.visible_to(request.user)
        .with_facts()
        .filter(plan__strategy=strategy)
        .prefetch_related("budget_lines", "evaluations")
    )
    objectives = strategy.objectives.prefetch_related(
        Prefetch("needs", Need.objects.visible_to(request.user)),
        Prefetch("indicators", Indicator.objects.with_figures()),
        Prefetch("measures", measures, to_attr="shown_measures"),
    )
    rows = list(objectives)
    context = {
        "strategy": strategy,
        "group": Group.objects.get(pk=strategy.group_id),
        "values": strategy.values.all(),
        "objectives": rows,
        "states": tally(measure for objective in rows for measure in objective.shown_measures),
        "amendments": strategy.amendments.all(),
        "comments": strategy.comments.shown().count(),
        "today": timezone.localdate(),
        "noindex": True,
    }
    response = render(request, "actionplans/document.html", context)
    if strategy.status not in Strategy.PUBLIC:
        add_never_cache_headers(response)
    return response
