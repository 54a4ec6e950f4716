from django.db.models import Max, Prefetch
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from partners.models import Group, groups_of
from portal import addresses
from portal.history.past import events_of
from portal.reading import readable_by
from programmes.models import Programme

from .. import how_they_go
from ..models import (
    ActionPlan,
    Commitment,
    Indicator,
    IndicatorPart,
    Interface,
    Measure,
    Meeting,
    Need,
    StatusReport,
    Strategy,
)
from ..overview import tally
from .measures import coordinated, reporting


@require_safe
def plan(request):
    """What the group promised and how it goes: the strategy in force, or the one of `?strategy=`."""
    strategies = Strategy.objects.visible_to(request.user).select_related("group").prefetch_related("group")
    shown = _chosen(strategies, request.GET.get("strategy"), request.user)
    context = {"strategy": shown, "others": [s for s in strategies if s != shown and s.status in Strategy.PUBLIC]}
    if shown:
        context |= _contents(shown, request.user)
    context["is_member"] = bool(shown) and groups_of(request.user).filter(pk=shown.group_id).exists()
    response = render(request, "actionplans/plan.html", context)
    if context["is_member"] or (shown and shown.status not in Strategy.PUBLIC):
        add_never_cache_headers(response)
    return response


def _chosen(strategies, slug, user):
    """The strategy of that slug; without one, that in force of the first group, else the newest."""
    if slug:
        return get_object_or_404(readable_by(Strategy.objects, user).select_related("group"), slug=slug)
    return strategies.in_force().order_by("group", "-starts_on").first() or strategies.first()


def _contents(strategy, user):
    measures = Measure.objects.visible_to(user).filter(plan__strategy=strategy)
    objectives = strategy.objectives.prefetch_related(
        Prefetch("needs", Need.objects.visible_to(user)),
        Prefetch("indicators", Indicator.objects.with_figures()),
        Prefetch("measures", measures, to_attr="shown_measures"),
    )
    rows = list(objectives)
    shown = [measure for objective in rows for measure in objective.shown_measures]
    states = tally(how_they_go.give(shown))
    return {
        "objectives": rows,
        "measure_count": sum(count for _words, count, _tone in states),
        "states": states,
        "changed_on": _changed_on(shown),
        "values": strategy.values.all(),
        "plans": strategy.plans.all(),
        "group": Group.objects.get(pk=strategy.group_id),
        "has_interfaces": Interface.objects.public().filter(group=strategy.group_id).exists(),
        "has_minutes": Meeting.objects.public().filter(group=strategy.group_id).exists(),
    }


def _changed_on(measures):
    """The day of the last report or change of these measures, as the history has it; None while there are none."""
    numbers = [measure.pk for measure in measures]
    changed = events_of(Measure).objects.filter(pgh_obj_id__in=numbers).aggregate(last=Max("pgh_created_at"))["last"]
    told = StatusReport.objects.filter(measure__in=numbers).aggregate(last=Max("written_on"))["last"]
    return max(filter(None, [told, changed and timezone.localdate(changed)]), default=None)


@require_safe
def measure(request, pk, slug):
    """One measure: why, who, until when, how it goes and what was reported."""
    shown = get_object_or_404(
        readable_by(Measure.objects, request.user)
        .with_facts()
        .select_related(
            "objective__strategy",
            "cooperation_level",
            "prevention_level",
            "plan__strategy",
            "carried_from",
            "practice",
            "adoption__practice__group",
        )
        .prefetch_related(
            Prefetch("indicators__parts", IndicatorPart.objects.select_related("term", "settlement")),
            "barriers__owner",
            "budget_lines",
            "evaluations__evidence",
            "carried_from__evaluations",
            "terms",
            Prefetch("objective__needs", Need.objects.visible_to(request.user)),
        ),
        pk=pk,
    )
    if moved := addresses.settle(request, shown, slug):
        return moved
    programmes = Programme.objects.published().filter(measures=shown).select_related("organisation")
    carried_on = Measure.objects.visible_to(request.user).filter(carried_from=shown).select_related("plan")
    context = {"measure": shown, "programmes": programmes, "carried_on": carried_on, **_work(shown, request.user)}
    response = render(request, "actionplans/measure.html", context)
    if request.user.is_authenticated or not Measure.objects.public().filter(pk=shown.pk).exists():
        add_never_cache_headers(response)
    return response


def _work(measure, user):
    """What a member may do on the page of a measure."""
    if not user.is_authenticated:
        return {}
    may_edit = Measure.objects.editable_by(user).filter(pk=measure.pk).exists()
    may_coordinate = coordinated(user).filter(pk=measure.pk).exists()
    is_member = groups_of(user).filter(pk=measure.plan.strategy.group_id).exists()
    steps = [(p, Measure.Phase(p).label, measure.lacks(p)) for p in Measure.NEXT[measure.phase]] if may_edit else []
    later = ActionPlan.objects.filter(strategy__group=measure.plan.strategy.group_id)
    later = later.filter(starts_on__gt=measure.plan.starts_on)
    commitments = measure.commitments.all() if is_member or may_edit else ()
    answerable = Commitment.objects.answerable_by(user).filter(measure=measure)
    return {
        "may_edit": may_edit,
        "may_coordinate": may_coordinate,
        "may_report": reporting(user).filter(pk=measure.pk).exists(),
        "steps": steps,
        "later_plans": later if may_coordinate else (),
        "commitments": commitments,
        "answerable": set(answerable.values_list("pk", flat=True)),
    }
