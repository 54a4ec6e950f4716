from statistics import mean

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from portal import addresses
from programmes.models import Programme

from ..models import Indicator, Measure, Need, Objective, Strategy
from ..red_thread import breaks


@require_safe
def needs(request):
    """You said, we did: every need that was assessed, and what became of it."""
    rows = list(_with_thread(Need.objects.visible_to(request.user), request.user).order_by("-reported_on"))
    days = [need.days_to_response for need in rows if need.days_to_response is not None]
    context = {"needs": rows, "days": round(mean(days)) if days else None}
    response = render(request, "actionplans/needs.html", context)
    return _private_if(response, any(need.status not in Need.PUBLIC for need in rows))


@require_safe
def need(request, pk, slug):
    """The red thread of one need: from what was seen to what changed, with every break marked."""
    rows = _with_thread(Need.objects.visible_to(request.user), request.user)
    shown = get_object_or_404(rows.prefetch_related("terms", "scores"), pk=pk)
    if moved := addresses.settle(request, shown, slug):
        return moved
    response = render(request, "actionplans/need.html", {"need": shown, "breaks": breaks(shown)})
    return _private_if(response, shown.status not in Need.PUBLIC)


def _with_thread(needs, user):
    """Each need with its objectives (`answers`), their measures (`steps`) and the measures' programmes (`offers`)."""
    programmes = Programme.objects.published().select_related("organisation")
    measures = (
        Measure.objects.visible_to(user)
        .with_facts()
        .prefetch_related(Prefetch("programmes", programmes, to_attr="offers"))
    )
    figures = Indicator.objects.prefetch_related("values", "targets", "parts")
    objectives = Objective.objects.filter(strategy__in=Strategy.objects.visible_to(user)).prefetch_related(
        Prefetch("measures", measures, to_attr="steps"), Prefetch("indicators", figures, to_attr="figures")
    )
    return needs.select_related("reported_by", "group").prefetch_related(
        Prefetch("indicators", figures, to_attr="evidence"),
        Prefetch("objectives", objectives, to_attr="answers"),
    )


def _private_if(response, is_private):
    if is_private:
        add_never_cache_headers(response)
    return response
