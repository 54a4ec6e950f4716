from statistics import mean

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from partners.models import Membership, Organisation, Seat, groups_of
from portal import addresses
from portal.reading import readable_by
from programmes.models import Programme

from .. import how_they_go
from ..models import Evidence, Indicator, Measure, Need, Objective, Signal, Strategy
from ..red_thread import breaks, outcomes, trail


@require_safe
def needs(request):
    """You said, we did: every need that was assessed, and what became of it."""
    rows = list(_with_answers(Need.objects.visible_to(request.user), request.user).order_by("-reported_on"))
    how_they_go.give([step for need in rows for objective in need.answers for step in objective.steps])
    days = [need.days_to_response for need in rows if need.days_to_response is not None]
    context = {"needs": rows, "days": round(mean(days)) if days else None}
    response = render(request, "actionplans/needs.html", context)
    return _private_if(response, any(need.status not in Need.PUBLIC for need in rows))


@require_safe
def need(request, pk, slug):
    """The red thread of one need: from what was seen to what changed, with every break marked."""
    rows = _with_thread(readable_by(Need.objects, request.user), request.user)
    evidence = Prefetch("evidence_rows", Evidence.objects.select_related("settlement"))
    shown = get_object_or_404(rows.prefetch_related("terms", "scores", evidence), pk=pk)
    if moved := addresses.settle(request, shown, slug):
        return moved
    for objective in shown.answers:
        objective.outcomes = outcomes(objective)
    context = {
        "need": shown,
        "breaks": breaks(shown),
        "trail": trail(shown),
        "signal_count": shown.signals.count(),
        "proposed": Programme.objects.visible_to(request.user).filter(needs=shown).select_related("organisation"),
        **_work(shown, request.user),
    }
    response = render(request, "actionplans/need.html", context)
    return _private_if(response, shown.status not in Need.PUBLIC or request.user.is_authenticated)


def _work(need, user):
    """What a member may do on the page of a need."""
    if not user.is_authenticated:
        return {}
    may_edit = Need.objects.editable_by(user).filter(pk=need.pk).exists()
    is_member = groups_of(user).filter(pk=need.group_id).exists()
    drafts = Strategy.objects.filter(group=need.group_id).not_replaced()
    return {
        "may_edit": may_edit,
        "is_member": is_member,
        "said": need.comments.with_speakers() if is_member else (),
        "may_evidence": may_edit or Need.objects.evidenced_by(user).filter(pk=need.pk).exists(),
        "steps": [(status, Need.Status(status).label, need.lacks(status)) for status in Need.NEXT[need.status]]
        if may_edit
        else [],
        "open_strategies": drafts if may_edit else [],
        "signals": Signal.objects.visible_to(user).filter(need=need).select_related("settlement"),
        "may_score": scoring_seats(user).filter(membership__group=need.group_id).exists(),
        "may_propose": need.status not in Need.CLOSED and offering(user, need).exists(),
    }


def offering(user, need):
    """The person's organisations that are members of the need's group: those that may offer something for it."""
    members = Membership.objects.current().filter(group=need.group_id).values("organisation")
    return Organisation.objects.editable_by(user).filter(pk__in=members)


def scoring_seats(user):
    """The seats of a person that score needs: those of representatives, deputies and coordinators."""
    roles = (Seat.Role.REPRESENTATIVE, Seat.Role.DEPUTY, Seat.Role.COORDINATOR)
    return Seat.objects.current().filter(user=user, role__in=roles)


def _with_answers(needs, user):
    """Each need with its objectives (`answers`) and their measures (`steps`), and no more than the list shows."""
    measures = Measure.objects.visible_to(user).prefetch_related("evaluations")
    objectives = Objective.objects.visible_to(user).prefetch_related(Prefetch("measures", measures, to_attr="steps"))
    return needs.prefetch_related("settlements", Prefetch("objectives", objectives, to_attr="answers"))


def _with_thread(needs, user):
    """Each need with its objectives (`answers`), their measures (`steps`) and the measures' programmes (`offers`)."""
    programmes = Programme.objects.published().select_related("organisation")
    measures = (
        Measure.objects.visible_to(user)
        .with_facts()
        .prefetch_related(Prefetch("programmes", programmes, to_attr="offers"), "evaluations")
    )
    figures = Indicator.objects.with_figures()
    objectives = (
        Objective.objects.visible_to(user)
        .select_related("strategy")
        .prefetch_related(
            Prefetch("measures", measures, to_attr="steps"), Prefetch("indicators", figures, to_attr="figures")
        )
    )
    return needs.select_related("reported_by", "group").prefetch_related(
        "settlements",
        Prefetch("indicators", figures, to_attr="evidence"),
        Prefetch("objectives", objectives, to_attr="answers"),
    )


def _private_if(response, is_private):
    if is_private:
        add_never_cache_headers(response)
    return response
