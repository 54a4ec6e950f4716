"""One measure in several plans: putting it into another plan of its group, taking it out, moving its home, and what
stands where.

It has one home plan and stays one measure: one report, one lead, one count. A draft plan takes it freely; of an
approved or adopted one everybody reads why (`Amendment`); a closed one takes nothing more, and gives nothing back.
"""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Group
from portal import languages
from portal.stale import StaleObject

from .models import ActionPlan, Amendment, Measure, PlanMeasure

WHY_FROZEN = gettext_lazy("The plan is approved: say why, for everybody to read.")


def open_plans(measure, user):
    """Plans of its group into which the user may put it: not closed, and it does not run in them yet."""
    there = PlanMeasure.objects.filter(measure=measure).values("plan")
    rows = ActionPlan.objects.editable_by(user).taking_measures()
    rows = rows.filter(strategy__group=measure.plan.strategy.group_id).exclude(pk=measure.plan_id)
    return rows.exclude(pk__in=there).select_related("strategy").order_by("starts_on", "pk")


def may_put_in(measure, user):
    """True while it is not over and there is a plan to put it into."""
    return measure.phase not in Measure.OVER and open_plans(measure, user).exists()


@transaction.atomic
def put_in(measure, plan, objective, by, reason=""):
    """True when it runs in the plan from now on, False when it did already.

    `objective` is one of the plan's strategy, or None where that is the measure's own. Raises ValidationError when
    the measure or the plan is over, or without a reason for a plan that is approved by now.
    """
    plan = _held(plan, reason)
    now = _running(measure.pk)
    if now.plan_id == plan.pk:
        return False
    is_own = plan.strategy_id == now.plan.strategy_id
    if bool(objective) == is_own:  # its home moved since the form was opened
        raise ValidationError(_("Its home plan has changed meanwhile: choose again."))
    _row, is_new = PlanMeasure.objects.get_or_create(plan=plan, measure=measure, defaults={"objective": objective})
    if is_new:
        _amend(plan, by, reason)
    return is_new


@transaction.atomic
def take_out(row, by, reason=""):
    """Takes it out of that plan. Raises StaleObject when somebody did before, ValidationError as `put_in`."""
    plan = _held(row.plan, reason)
    deleted, _models = PlanMeasure.objects.filter(pk=row.pk).delete()
    if not deleted:
        raise StaleObject(row)
    _amend(plan, by, reason)


@transaction.atomic
def make_home(row, by, reason=""):
    """The plan of `row` is the measure's home from now on; in the plan that was, it runs on as in one more.

    It serves then the objective it serves there. Where the strategy that was its own is another one, it keeps its
    objective in all plans of that strategy. Raises as `take_out`; a plan that is closed may still cease to be home.
    """
    new = _held(row.plan, reason)
    measure = _running(row.measure_id)
    also = list(PlanMeasure.objects.filter(measure=measure).select_related("plan", "objective"))
    chosen = next((one for one in also if one.pk == row.pk), None)
    if chosen is None:
        raise StaleObject(row)
    old, aim = measure.plan, measure.objective
    if is_open(old) and old.is_frozen and not reason.strip():
        raise ValidationError({"reason": WHY_FROZEN})
    changes = {"plan": new, "objective": chosen.objective or aim}
    Measure.objects.filter(pk=measure.pk).update(**changes, version=F("version") + 1)
    chosen.delete()
    for one in [PlanMeasure(plan=old, measure=measure), *(one for one in also if one != chosen)]:
        one.objective = _served(one, new, aim)
        one.save()
    _amend(new, by, reason)
    if is_open(old) and old.strategy_id != new.strategy_id:
        _amend(old, by, reason)


def _served(row, home, aim):
    """The objective of a row once `home` is the home plan and `aim` was the objective before."""
    return None if row.plan.strategy_id == home.strategy_id else row.objective or aim


def _running(number):
    """The measure as it is now, held. Raises ValidationError when it is over."""
    rows = Measure.objects.select_related("plan__strategy", "objective")
    measure = rows.select_for_update(of=("self",), no_key=True).get(pk=number)
    if measure.phase in Measure.OVER:
        raise ValidationError(_("It is over: carry it on instead, as a new measure."))
    return measure


def is_open(plan):
    """As `taking_measures` says of many: neither it nor its strategy was replaced."""
    return plan.status != ActionPlan.Status.SUPERSEDED and not plan.strategy.is_replaced


def _held(plan, reason):
    """The plan as it is now. Its group is held, as when a plan is approved: nobody approves it meanwhile."""
    Group.objects.select_for_update(no_key=True).get(pk=plan.strategy.group_id)
    now = ActionPlan.objects.taking_measures().select_related("strategy").filter(pk=plan.pk).first()
    if now is None:
        raise ValidationError(_("This plan was replaced by a later one; it stays as it is."))
    if now.is_frozen and not reason.strip():
        raise ValidationError({"reason": WHY_FROZEN})
    return now


def _amend(plan, by, reason):
    if plan.is_frozen:
        text = {f"reason_{languages.active()}": reason.strip()}
        Amendment.objects.create(strategy=plan.strategy, made_by=by, **text)


# ---- what stands where ----------------------------------------------------------------------------
def placed(measures, plans, user):
    """{objective: [Measure]} of what stands in these plans of one strategy, each measure once, in three questions.

    Each knows its `plans`: all those it stands in that the user may see, its home first.
    """
    numbers = {plan.pk for plan in plans}
    found = list(measures.in_plans(numbers))
    rows = defaultdict(list)
    for row in PlanMeasure.objects.filter(measure__in=[measure.pk for measure in found]).order_by("plan__starts_on"):
        rows[row.measure_id].append(row)
    seen = _seen(found, rows, user)
    by_objective = defaultdict(list)
    for measure in found:
        at = [measure.plan_id, *(row.plan_id for row in rows[measure.pk])]
        measure.plans = [seen[number] for number in at if number in seen]
        other = [row.objective_id for row in rows[measure.pk] if row.plan_id in numbers and row.objective_id]
        is_home = measure.plan_id in numbers or not other
        by_objective[measure.objective_id if is_home else other[0]].append(measure)
    return by_objective


def _seen(found, rows, user):
    """{number: ActionPlan} of those the user may see; no question while every measure stands in one plan."""
    numbers = {row.plan_id for of_one in rows.values() for row in of_one}
    homes = {measure.plan_id for measure in found if rows.get(measure.pk)}
    return ActionPlan.objects.visible_to(user).in_bulk(numbers | homes) if numbers else {}


def plans_of(measure, user):
    """[PlanMeasure] of a measure that the user may see, by their beginning."""
    rows = PlanMeasure.objects.visible_to(user).filter(measure=measure)
    return list(rows.select_related("plan__strategy", "objective").order_by("plan__starts_on", "pk"))
