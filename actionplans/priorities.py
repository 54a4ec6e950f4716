"""The groups of people whom a plan is for first, and how many of its measures reach each."""

from collections import defaultdict
from typing import NamedTuple

from programmes.models import Programme, ProgrammeTerm

from .models import Measure, MeasureProgramme, MeasureTerm, PlanMeasure, PlanTargetGroup


class Priority(NamedTuple):
    """`reach` measures reach the group: by their own terms, or by a public programme that belongs to them."""

    named: PlanTargetGroup
    reach: int


def of_plans(plans, user):
    """{plan: [Priority]} as `user` may see it; at most five questions, one where no plan names a group.

    A measure that was stopped reaches nobody; one that stands in two plans reaches its group for both.
    """
    named = list(PlanTargetGroup.objects.filter(plan__in=[plan.pk for plan in plans]).select_related("term"))
    if not named:
        return {}
    reached = _reached({row.plan_id for row in named}, {row.term_id for row in named}, user)
    found = defaultdict(list)
    for row in named:
        found[row.plan_id].append(Priority(row, len(reached[row.plan_id, row.term_id])))
    return dict(found)


def named(first, slug):
    """([Term] that plans name first, each once; the one of that slug or None); `first` as `of_plans` gives it."""
    terms = {one.named.term_id: one.named.term for rows in first.values() for one in rows}
    return list(terms.values()), next((term for term in terms.values() if term.slug == slug), None)


def reaching(measures, term):
    """The numbers of those of [Measure] that reach the people of a term, counted as in `of_plans`; two questions."""
    numbers = [measure.pk for measure in measures if measure.phase != Measure.Phase.STOPPED]
    own = MeasureTerm.objects.filter(measure__in=numbers, term=term).values_list("measure", flat=True)
    return {*own, *(measure for measure, _term in _by_programmes(numbers, [term.pk]))}


def _reached(plans, terms, user):
    """{(plan, term): {measure}}"""
    measures = Measure.objects.visible_to(user).in_plans(plans).exclude(phase=Measure.Phase.STOPPED)
    homes = dict(measures.order_by().values_list("pk", "plan"))
    also = PlanMeasure.objects.filter(plan__in=plans, measure__in=homes).values_list("plan", "measure")
    standing = [(plan, measure) for measure, plan in homes.items() if plan in plans] + list(also)
    carried = defaultdict(set)
    for measure, term in MeasureTerm.objects.filter(measure__in=homes, term__in=terms).values_list("measure", "term"):
        carried[measure].add(term)
    for measure, term in _by_programmes(homes, terms):
        carried[measure].add(term)
    reached = defaultdict(set)
    for plan, measure in standing:
        for term in carried[measure]:
            reached[plan, term].add(measure)
    return reached


def _by_programmes(measures, terms):
    """(measure, term) of public programmes that belong to measures."""
    public = Programme.objects.published()
    carrying = ProgrammeTerm.objects.filter(term__in=terms, programme__in=public.order_by().values("pk"))
    carried = defaultdict(set)
    for programme, term in carrying.values_list("programme", "term"):
        carried[programme].add(term)
    pairs = MeasureProgramme.objects.filter(measure__in=measures, programme__in=carried)
    return [(m, term) for m, programme in pairs.values_list("measure", "programme") for term in carried[programme]]
