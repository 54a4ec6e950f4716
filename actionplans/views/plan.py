from django.contrib.auth.models import AnonymousUser
from django.db.models import Max, Prefetch, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from partners.models import Group, Seat, groups_of
from portal import addresses, spreadsheets
from portal.history.past import events_of
from portal.models import Term, Vocabulary
from portal.reading import readable_by
from programmes.models import Programme

from .. import carrying, how_they_go, priorities, sharing
from ..models import (
    ActionPlan,
    Commitment,
    Indicator,
    IndicatorPart,
    Interface,
    Measure,
    Meeting,
    Need,
    PlanMeasure,
    StatusReport,
    Strategy,
)
from ..overview import tally
from .measures import coordinated


@require_safe
def plan(request):
    """What the group promised and how it goes: the strategy in force, or the one of `?strategy=`.

    `?plan=` shows one of its plans: the measures that stand in it, wherever their home is; `?for=` those that reach
    a group of people whom the plans are for first.
    """
    strategies = Strategy.objects.visible_to(request.user).select_related("group").with_successors()
    shown = _chosen(strategies, request.GET.get("strategy"), request.user)
    context = {"strategy": shown, "others": [s for s in strategies if s != shown and s.status in Strategy.PUBLIC]}
    if shown:
        context |= _contents(shown, request.user, request.GET.get("plan"), request.GET.get("for"))
    context["is_member"] = bool(shown) and groups_of(request.user).filter(pk=shown.group_id).exists()
    response = render(request, "actionplans/plan.html", context)
    if context["is_member"] or (shown and shown.status not in Strategy.PUBLIC):
        add_never_cache_headers(response)
    return response


def _chosen(strategies, slug, user):
    """The strategy of that slug; without one, that in force of the first group, else the newest."""
    if slug:
        readable = readable_by(Strategy.objects.with_successors(), user)
        return get_object_or_404(readable.select_related("group"), slug=slug)
    return strategies.in_force().order_by("group", "-starts_on").first() or strategies.first()


def plans_shown(strategy, user, slug):
    """([ActionPlan] of the strategy the user may see, the one of that slug or None). Http404 for a slug of others."""
    plans = list(ActionPlan.objects.visible_to(user).filter(strategy=strategy).order_by("starts_on", "pk"))
    chosen = next((plan for plan in plans if plan.slug == slug), None)
    if slug and chosen is None:
        raise Http404
    return plans, chosen


def _contents(strategy, user, slug, whom):
    plans, chosen = plans_shown(strategy, user, slug)
    in_view = [chosen] if chosen else plans
    objectives = strategy.objectives.select_related("owner").prefetch_related(
        Prefetch("needs", Need.objects.visible_to(user)),
        Prefetch("indicators", Indicator.objects.with_figures()),
    )
    rows = list(objectives)
    standing = sharing.placed(Measure.objects.visible_to(user), in_view, user)
    for objective in rows:
        objective.shown_measures = standing.get(objective.pk, [])
    first = priorities.of_plans(in_view, user)
    people, whom = priorities.named(first, whom)
    if whom:
        reached = priorities.reaching([m for found in standing.values() for m in found], whom)
        for objective in rows:
            objective.shown_measures = [m for m in objective.shown_measures if m.pk in reached]
    if chosen or whom:
        rows = [objective for objective in rows if objective.shown_measures]
    shown = [measure for objective in rows for measure in objective.shown_measures]
    how_they_go.give(shown)
    states = tally(shown if chosen else carrying.counted_once(shown))
    return {
        "objectives": rows,
        "measure_count": sum(count for _words, count, _tone in states),
        "states": states,
        "changed_on": _changed_on(shown),
        "values": strategy.values.all(),
        "plans": plans,
        "chosen_plan": chosen,
        "people": people,
        "chosen_people": whom,
        "priorities": _priorities(in_view, first, whom),
        "questions": strategy.evaluation_questions.prefetch_related("indicators"),
        "findings": _findings(strategy, Measure.objects.visible_to(user)),
        "later": strategy.successor,
        "before": Strategy.objects.filter(group=strategy.group_id).in_force().first() if strategy.is_to_begin else None,
        "is_over": strategy.status == Strategy.Status.ADOPTED and strategy.ends_on < timezone.localdate(),
        "amendments": strategy.amendments.all(),
        "comment_count": strategy.comments.shown().count(),
        "group": Group.objects.get(pk=strategy.group_id),
        "has_interfaces": Interface.objects.public().filter(group=strategy.group_id).exists(),
        "has_minutes": Meeting.objects.public().filter(group=strategy.group_id).exists(),
    }


def _priorities(plans, first, whom):
    """[(plan, [Priority])] of plans that name a group first; only that group where one was chosen."""
    rows = [(plan, [one for one in first.get(plan.pk, ()) if whom in (None, one.named.term)]) for plan in plans]
    return [(plan, found) for plan, found in rows if found]


def _findings(strategy, measures):
    """What was published, but nothing about a measure that the reader may not see."""
    return strategy.findings.filter(Q(measure=None) | Q(measure__in=measures.values("pk")))


def _changed_on(measures):
    """The day of the last report or change of these measures, as the history has it; None while there are none."""
    numbers = [measure.pk for measure in measures]
    changed = events_of(Measure).objects.filter(pgh_obj_id__in=numbers).aggregate(last=Max("pgh_created_at"))["last"]
    told = StatusReport.objects.filter(measure__in=numbers).aggregate(last=Max("written_on"))["last"]
    return max(filter(None, [told, changed and timezone.localdate(changed)]), default=None)


CSV_COLUMNS = ("id", "title", "group", "objective", "plan", "also_in_plans", "phase", "health", "led_by", "with",
               "starts_on", "ends_on", "budget_eur", "yearly_steps", "url", "carries_on")  # fmt: skip


@require_safe
def measures_csv(request):
    """Every public measure of strategies not replaced, one row each, however many plans it stands in.

    `carries_on` is the id of the one it carries on in a later plan: who counts measures counts such two once.
    `?for=`, the slug of a target group, leaves those that reach it.
    """
    running = Strategy.objects.not_replaced()
    measures = Measure.objects.public().of_strategies(running).with_facts().order_by("plan__strategy__group", "pk")
    also = PlanMeasure.objects.filter(plan__in=ActionPlan.objects.visible_to(AnonymousUser())).select_related("plan")
    measures = measures.select_related("plan__strategy__group", "objective").prefetch_related(
        "yearly_steps", Prefetch("also_in", also.order_by("plan__starts_on", "pk"), to_attr="shown_also_in")
    )
    rows = list(measures)
    if whom := Term.objects.of(Vocabulary.TARGET_GROUP).filter(slug=request.GET.get("for", "")).first():
        reached = priorities.reaching(rows, whom)
        rows = [measure for measure in rows if measure.pk in reached]
    return spreadsheets.csv_response("measures", [CSV_COLUMNS, *(_csv_row(request, m) for m in rows)])


def _csv_row(request, measure):
    is_told = measure.plan.status in ActionPlan.PUBLIC
    return [
        measure.pk, str(measure), str(measure.plan.strategy.group), str(measure.objective),
        str(measure.plan) if is_told else "", "; ".join(str(row.plan) for row in measure.shown_also_in),
        measure.phase, measure.health.state, str(measure.lead or ""), "; ".join(map(str, measure.helpers)),
        measure.starts_on, measure.ends_on, measure.budget_eur,
        "; ".join(map(str, measure.yearly_steps.all())), request.build_absolute_uri(measure.get_absolute_url()),
        measure.carried_from_id,
    ]  # fmt: skip


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
            "plan__strategy__group",
            "carried_from",
            "practice",
            "adoption__practice__group",
            "adoption__evidence",
        )
        .prefetch_related(
            Prefetch("indicators__parts", IndicatorPart.objects.select_related("term", "settlement")),
            "barriers__owner",
            "budget_lines",
            "yearly_steps",
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
    context = {
        "measure": shown,
        "findings": shown.findings.all(),
        "programmes": programmes,
        "carried_on": carried_on,
        "home_shown": ActionPlan.objects.visible_to(request.user).filter(pk=shown.plan_id).exists(),
        "also_in": sharing.plans_of(shown, request.user),
        **_work(shown, request.user),
    }
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
    later = later.filter(starts_on__gt=measure.plan.starts_on).exclude(measures__carried_from=measure)
    commitments = measure.commitments.all() if is_member or may_edit else ()
    answerable = Commitment.objects.answerable_by(user).filter(measure=measure)
    return {
        "may_edit": may_edit,
        "is_member": is_member,
        "said": measure.comments.with_speakers() if is_member else (),
        "may_coordinate": may_coordinate,
        "may_report": Measure.objects.worked_on_by(user).filter(pk=measure.pk).exists(),
        "steps": steps,
        "later_plans": later if may_coordinate and measure.phase != Measure.Phase.STOPPED else (),
        "may_place": may_coordinate and sharing.may_put_in(measure, user),
        "commitments": commitments,
        "answerable": set(answerable.values_list("pk", flat=True)),
        "speakers": _speakers(measure) if is_member else (),
        "follows_from": measure.decision if is_member else None,
        "suggestions": _suggestions(measure) if may_edit else (),
    }


def _suggestions(measure):
    """Programmes that their providers would like to see in it, for who decides that."""
    return measure.suggestions.open().select_related("programme__organisation")


def _speakers(measure):
    """Seats of who answers in the group for the organisation that leads a measure, for members only."""
    if measure.lead is None:
        return Seat.objects.none()
    whose = {"membership__organisation": measure.lead, "membership__group": measure.plan.strategy.group_id}
    rows = Seat.objects.current().filter(**whose, role__in=Commitment.ANSWERING, user__is_active=True)
    return rows.select_related("user").order_by("-role", "pk")  # the representative before the deputy
