"""Taking another group's practice into one's own plan: its words come along, and where they come from."""

from django.utils import timezone

from portal import addresses, languages
from portal.models import Vocabulary
from portal.stale import StaleObject

from . import mails
from .models import ActionPlan, Adoption, Measure, MeasureTerm, PracticeTerm, SharedPractice


def places(user, practice):
    """[(words, [(value, words)])]: plans of the other groups this person coordinates, with their objectives.

    Groups that took it up already are left out.
    """
    plans = ActionPlan.objects.editable_by(user).taking_measures()
    plans = plans.exclude(strategy__group=practice.group_id).exclude(strategy__group__adoptions__practice=practice)
    rows = plans.select_related("strategy__group").prefetch_related("strategy__objectives")
    found = []
    for plan in rows.order_by("strategy__group", "-starts_on", "pk"):
        objectives = [(f"{plan.pk}-{o.pk}", f"{o.number}. {o}") for o in plan.strategy.objectives.all()]
        if objectives:
            found.append((f"{plan.strategy.group}: {plan.strategy}, {plan}", objectives))
    return found


def taken_up(user, practice):
    """The adoptions of the practice by groups this person coordinates."""
    mine = ActionPlan.objects.editable_by(user)
    return practice.adoptions.filter(measure__plan__in=mine).select_related("measure", "group")


def adopt(practice, place, by):
    """The measure that stands for the practice in the plan of `place` ("plan-objective"): the one that does
    already, else a new proposed one. → (measure, is it new)

    Words come along in every language that has them, and the terms; who did it, when and for how much do not. What
    came of it there, and how sure that is, stands in the adoption, as theirs. Those who told it hear of it. Within a
    transaction. Raises StaleObject when the practice was withdrawn meanwhile.
    """
    held = SharedPractice.objects.select_for_update().get(pk=practice.pk)
    if not held.is_published:
        raise StaleObject(practice)
    plan_number, _dash, objective_number = place.partition("-")
    plan = ActionPlan.objects.select_related("strategy").get(pk=plan_number)
    if known := Adoption.objects.filter(practice=held, group=plan.strategy.group_id).first():
        return known.measure, False
    texts = {name: getattr(held, name) for name in languages.columns("title", "rationale")}
    for code in languages.CODES:
        parts = (getattr(held, f"description_{code}"), getattr(held, f"for_whom_{code}"))
        texts[f"description_{code}"] = "\n\n".join(part for part in parts if part)
    measure = Measure(plan=plan, objective_id=objective_number, approach=held.approach, **texts)
    addresses.save_new(measure, str(held))
    about = PracticeTerm.objects.filter(practice=held, term__vocabulary__in=MeasureTerm.VOCABULARIES)
    numbers = about.values_list("term_id", flat=True)  # how good it was there does not come along
    MeasureTerm.objects.bulk_create(MeasureTerm(measure=measure, term_id=number) for number in numbers)
    there = {name: getattr(held, name) for name in languages.columns("outcome")}
    level = PracticeTerm.objects.filter(practice=held, term__vocabulary=Vocabulary.EVIDENCE_LEVEL).first()
    taken = Adoption.objects.create(
        practice=held, group_id=plan.strategy.group_id, measure=measure, adopted_by=by, adopted_on=timezone.localdate(),
        evidence_id=level.term_id if level else None, **there,
    )  # fmt: skip
    mails.practice_copied(taken, by)
    return measure, True
