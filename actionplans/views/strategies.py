"""Writing a strategy: its text, objectives and plans, and who approves and adopts it."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import coordinated_by, groups_of
from portal import days, languages
from portal.addresses import free_slug
from portal.stale import StaleObject

from .. import approving, assessments, looked_at, priorities, voices
from ..forms import AdoptForm, MemberCommentForm, ObjectiveForm, PlanForm, PlanTargetGroupForm, StrategyForm
from ..models import ActionPlan, Comment, Objective, PlanMeasure, PlanTargetGroup, Strategy
from ..models.assessments import year_of
from .whose import group_of


@require_safe
@never_cache
@login_required
def strategies(request):
    """The group's strategies in all their versions, and what can be done with each."""
    group = group_of(request, groups_of(request.user))
    rows = Strategy.objects.filter(group=group).with_successors()
    rows = rows.prefetch_related("objectives__needs", "plans", "comments")
    may_edit = coordinated_by(request.user).filter(pk=group.pk).exists()
    context = {"group": group, "strategies": rows, "may_edit": may_edit}
    return render(request, "actionplans/strategies.html", context)


@require_safe
@never_cache
@login_required
def strategy_work(request, pk):
    """One strategy as its authors see it: what is missing before the next step, objectives, plans, comments."""
    strategy = get_object_or_404(Strategy.objects.filter(group__in=groups_of(request.user)), pk=pk)
    return work_page(request, strategy)


def work_page(request, strategy, status=200, **changed):
    may_edit = Strategy.objects.editable_by(request.user).filter(pk=strategy.pk).exists()
    placed = PlanMeasure.objects.select_related("measure").prefetch_related("measure__evaluations")
    rows = strategy.plans.select_related("asked_by")
    said = Prefetch("comments", Comment.objects.with_speakers(), to_attr="said")
    plans = list(rows.prefetch_related("measures__evaluations", Prefetch("placed", placed), said))
    first = priorities.of_plans(plans, request.user)
    people, whom = priorities.named(first, request.GET.get("for"))
    for plan in plans:
        plan.priorities, plan.said_at = first.get(plan.pk, []), f"h-said-{plan.pk}"
        plan.standing = [
            *((m, False) for m in plan.measures.all()),
            *((row.measure, True) for row in plan.placed.all()),
        ]
    if whom:
        _reaching_only(plans, whom)
    marks = looked_at.marks_of_plans(plans)
    comments = list(strategy.comments.select_related("objective", "by"))
    spoke = voices.counted(comment.voice for comment in comments)
    voice = voices.chosen(request.GET.get("voice"), spoke)
    context = {
        "strategy": strategy,
        "mark": looked_at.mark(strategy),
        "may_edit": may_edit,
        "objectives": strategy.objectives.select_related("owner", "owner_seat__user").prefetch_related(
            "needs", "indicators", "measures", "placed"
        ),
        "plans": [(plan, marks[plan.pk], may_edit and approving.may_ask(plan)) for plan in plans],
        "people": people,
        "chosen_people": whom,
        "may_ask": may_edit and approving.may_ask(strategy),
        "steps": [(status, Strategy.Status(status).label, strategy.lacks(status, request.user))
                  for status in sorted(Strategy.NEXT[strategy.status], key=lambda to: to == Strategy.Status.DRAFT)
                  if status != Strategy.Status.SUPERSEDED],  # on comes before back
        "adopt_form": AdoptForm(),
        **(_takes_place(strategy) if strategy.status == Strategy.Status.APPROVED else {}),
        "comment_form": _comment_form(request, strategy),
        "comments": [comment for comment in comments if voice in ("", comment.voice)],
        "all": len(comments),
        "voices": spoke,
        "voice": voice,
        "amendments": strategy.amendments.all(),
        "values": strategy.values.all(),
        "questions": strategy.evaluation_questions.prefetch_related("indicators"),
        "findings": strategy.findings.all(),
        "year": year_of(timezone.localdate()),
        "assessed": assessments.compared(strategy.group_id, year_of(timezone.localdate())),
        **changed,
    }  # fmt: skip
    return render(request, "actionplans/strategy_work.html", context, status=status)


def _comment_form(request, strategy):
    if strategy.is_frozen or not Strategy.objects.commented_by(request.user).filter(pk=strategy.pk).exists():
        return None
    return MemberCommentForm(strategy=strategy)


def _takes_place(strategy):
    """What is said before it is adopted: which one is in force until then, and which one after it."""
    former, today = strategy.preceding, timezone.localdate()
    if former and min(former.ends_on, strategy.ends_on) < today:  # one of the two is over: nothing is replaced
        former = None
    day_before = strategy.starts_on - timedelta(days=1)
    return {"former": former, "following": strategy.following, "today": today, "day_before": day_before}


def _reaching_only(plans, term):
    """Of what stands in the plans leaves the measures that reach the people of a term."""
    reached = priorities.reaching([measure for plan in plans for measure, _is_placed in plan.standing], term)
    for plan in plans:
        plan.standing = [(m, is_placed) for m, is_placed in plan.standing if m.pk in reached]


@never_cache
@login_required
def strategy_add(request):
    group = group_of(request, coordinated_by(request.user))
    form = StrategyForm(request.POST or None, instance=Strategy(group=group), strategy=None, user=request.user)
    if form.is_valid():
        form.instance.slug = free_slug(Strategy, form.instance)
        form.keep()
        messages.success(request, _("The draft is saved. Now add its objectives."))
        return redirect("actionplans:strategy-work", form.instance.pk)
    return _page(request, form, _("New strategy"), reverse("actionplans:strategies"), _("Strategies"), group=group.slug)


@never_cache
@login_required
def strategy_edit(request, pk):
    strategy = get_object_or_404(Strategy.objects.editable_by(request.user), pk=pk)
    form = StrategyForm(request.POST or None, instance=strategy, strategy=strategy, user=request.user)
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return redirect("actionplans:strategy-work", pk)
    return _page(request, form, _("Edit the text"), reverse("actionplans:strategy-work", args=[pk]), str(strategy))


def _page(request, form, heading, back, back_name, **carried):
    form, status = form.answer()
    context = {"form": form, "heading": heading, "back": back, "back_name": back_name, "carried": carried}
    return render(request, "actionplans/record_form.html", context, status=status)


@require_POST
@login_required
def strategy_move(request, pk):
    """The next step of a strategy: into consultation, approved (not by its only author), adopted by a body."""
    strategy = get_object_or_404(Strategy.objects.editable_by(request.user), pk=pk)
    status, more = request.POST.get("status", ""), {}
    if status == Strategy.Status.ADOPTED:
        form = AdoptForm(request.POST)
        if not form.is_valid():
            for words in [str(w) for found in form.errors.values() for w in found]:
                messages.error(request, words)
            return redirect("actionplans:strategy-work", pk)
        body = {f"adopted_by_{languages.active()}": form.cleaned_data["adopted_by"]}
        more = {"adopted_on": form.cleaned_data["adopted_on"], "adopted_by": body}
    if status == Strategy.Status.CONSULTATION:
        more = {"consultation_until": days.read(request.POST.get("until", ""))}
    if status == Strategy.Status.DRAFT:
        return _moved(request, lambda: approving.back_to_draft(strategy, request.user, _note(request)), strategy)
    return _moved(request, lambda: strategy.move_to(status, request.user, **more), strategy)


@require_POST
@login_required
def strategy_ask(request, pk):
    """Asks the other coordinators for approval."""
    strategy = get_object_or_404(Strategy.objects.editable_by(request.user), pk=pk)
    words = _("The other coordinators are asked to approve it.")
    return _done(request, lambda: approving.ask(strategy, request.user), strategy, words)


@require_POST
@login_required
def strategy_return(request, pk):
    """Gives a strategy back with a note instead of approving it."""
    strategy = get_object_or_404(Strategy.objects.editable_by(request.user), pk=pk)
    words = _("Given back with your note.")
    return _done(request, lambda: approving.give_back(strategy, request.user, _note(request)), strategy, words)


def _note(request):
    return request.POST.get("note", "")[:500]


def _moved(request, move, record):
    """Moves, and says what came of it."""
    return _done(request, move, record, lambda: _("It is now: %(status)s.") % {"status": record.get_status_display()})


def _done(request, deed, record, words):
    """Does it on what the page showed, nothing later, and says what came of it; 409 with what changed since."""
    strategy, seen = record if isinstance(record, Strategy) else record.strategy, request.POST.get("seen", "")
    try:
        if request.POST.get("version", str(record.version)) != str(record.version):
            raise StaleObject(record)
        looked_at.move(record, seen, deed)
    except ValidationError as error:
        for words in error.messages:
            messages.error(request, words)
    except StaleObject:
        strategy.refresh_from_db()
        changed = {"changed": record, "changes": looked_at.since(record, seen), "typed": request.POST}
        if "adopted_by" in request.POST:
            changed["adopt_form"] = AdoptForm(request.POST)
        return work_page(request, strategy, 409, **changed)
    else:
        messages.success(request, words() if callable(words) else words)
    return redirect("actionplans:strategy-work", strategy.pk)


# ---- objectives and plans -------------------------------------------------------------------------
@never_cache
@login_required
def objective_add(request, pk):
    strategy = get_object_or_404(Strategy.objects.editable_by(request.user), pk=pk)
    last = strategy.objectives.order_by("-number").values_list("number", flat=True).first() or 0
    new = Objective(strategy=strategy, number=last + 1)
    initial = {"needs": [int(n) for n in request.GET.getlist("need")[:5] if n.isdecimal() and len(n) < 15]}
    form = ObjectiveForm(request.POST or None, instance=new, initial=initial, strategy=strategy, user=request.user)
    return _objective(request, form, strategy, _("New objective"))


@never_cache
@login_required
def objective_edit(request, pk):
    objective = get_object_or_404(Objective.objects.editable_by(request.user), pk=pk)
    strategy = objective.strategy
    form = ObjectiveForm(request.POST or None, instance=objective, strategy=strategy, user=request.user)
    return _objective(request, form, strategy, str(objective))


def _objective(request, form, strategy, heading):
    back = reverse("actionplans:strategy-work", args=[strategy.pk])
    if form.is_valid():
        if not form.instance.slug:
            form.instance.slug = free_slug(Objective, form.instance)
        taken = strategy.objectives.filter(number=form.instance.number).exclude(pk=form.instance.pk)
        if taken.exists():
            form.add_error("number", _("There is already an objective of that number."))
        elif form.keep():
            messages.success(request, _("Your changes are saved."))
            return redirect(back)
    return _page(request, form, heading, back, str(strategy))


@require_POST
@login_required
def objective_remove(request, pk):
    """Only of a draft, and only without measures."""
    objective = get_object_or_404(Objective.objects.editable_by(request.user).select_related("strategy"), pk=pk)
    strategy = objective.strategy
    with transaction.atomic():
        stays = strategy.hold().is_frozen or objective.measures.exists() or objective.placed.exists()
        if not stays:
            objective.delete()
    if stays:
        messages.error(request, _("It has measures, or the strategy is approved: it can no longer be taken away."))
    else:
        messages.success(request, _("Taken away. The history still has it."))
    return redirect("actionplans:strategy-work", strategy.pk)


@never_cache
@login_required
def plan_add(request, pk):
    """A new plan: the measures of one or more years."""
    strategy = get_object_or_404(Strategy.objects.editable_by(request.user), pk=pk)
    plans = list(strategy.plans.order_by("-ends_on"))
    last = next((plan for plan in plans if str(plan) == plan.years), plans[0] if plans else None)  # not one beside it
    year = (last.ends_on.year + 1) if last else strategy.starts_on.year
    initial = {"starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31"}
    new = ActionPlan(strategy=strategy)
    form = PlanForm(request.POST or None, instance=new, initial=initial, strategy=strategy, user=request.user)
    if form.is_valid():
        form.instance.slug = free_slug(ActionPlan, strategy)
        form.keep()
        messages.success(request, _("The plan is there. Now add or carry over measures."))
        return redirect("actionplans:strategy-work", pk)
    back = reverse("actionplans:strategy-work", args=[pk])
    return _page(request, form, _("New action plan"), back, str(strategy))


@never_cache
@login_required
def plan_edit(request, pk):
    """Its name, its years and what it rests on."""
    plan = get_object_or_404(ActionPlan.objects.editable_by(request.user).select_related("strategy"), pk=pk)
    form = PlanForm(request.POST or None, instance=plan, strategy=plan.strategy, user=request.user)
    return _of_plan(request, form, plan, _("Edit the plan"))


def _of_plan(request, form, plan, heading):
    back = reverse("actionplans:strategy-work", args=[plan.strategy_id])
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return redirect(back)
    return _page(request, form, heading, back, str(plan.strategy))


@never_cache
@login_required
@transaction.atomic
def target_group_add(request, pk):
    """A group of people whom the plan is for first, and why: three at most."""
    plan = get_object_or_404(ActionPlan.objects.editable_by(request.user).select_related("strategy"), pk=pk)
    if request.method == "POST":
        plan.strategy.hold()
    taken = set(plan.target_groups.values_list("place", flat=True))
    free = [place for place in range(1, PlanTargetGroup.MOST + 1) if place not in taken]
    if not free:
        messages.info(request, _("A plan names three groups at most."))
        return redirect("actionplans:strategy-work", plan.strategy_id)
    new = PlanTargetGroup(plan=plan, place=free[0])
    form = PlanTargetGroupForm(request.POST or None, instance=new, strategy=plan.strategy, user=request.user)
    return _of_plan(request, form, plan, _("Who comes first in this plan?"))


@never_cache
@login_required
@transaction.atomic
def target_group_edit(request, pk):
    rows = PlanTargetGroup.objects.editable_by(request.user).select_related("plan__strategy", "term")
    row = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        row.plan.strategy.hold()
    form = PlanTargetGroupForm(request.POST or None, instance=row, strategy=row.plan.strategy, user=request.user)
    return _of_plan(request, form, row.plan, str(row))


@require_POST
@login_required
def target_group_remove(request, pk):
    """Only from a draft; of an approved plan one says with a reason which other group comes first."""
    rows = PlanTargetGroup.objects.editable_by(request.user).select_related("plan__strategy")
    row = get_object_or_404(rows, pk=pk)
    with transaction.atomic():
        row.plan.strategy.hold()
        stays = ActionPlan.objects.filter(pk=row.plan_id, status__in=ActionPlan.FROZEN).exists()
        if not stays:
            row.delete()
    if stays:
        messages.error(request, _("The plan is approved: the group can be changed with a reason, not taken away."))
    else:
        messages.success(request, _("Taken away. The history still has it."))
    return redirect("actionplans:strategy-work", row.plan.strategy_id)


@require_POST
@login_required
def plan_move(request, pk):
    plan = get_object_or_404(ActionPlan.objects.editable_by(request.user).select_related("strategy"), pk=pk)
    status = request.POST.get("status", "")
    if status == ActionPlan.Status.DRAFT:
        return _moved(request, lambda: approving.back_to_draft(plan, request.user, _note(request)), plan)
    return _moved(request, lambda: plan.move_to(status, request.user), plan)


@require_POST
@login_required
def plan_ask(request, pk):
    """Asks the other coordinators for approval of the plan."""
    plan = get_object_or_404(ActionPlan.objects.editable_by(request.user).select_related("strategy"), pk=pk)
    words = _("The other coordinators are asked to approve it.")
    return _done(request, lambda: approving.ask(plan, request.user), plan, words)


@require_POST
@login_required
def plan_return(request, pk):
    plan = get_object_or_404(ActionPlan.objects.editable_by(request.user).select_related("strategy"), pk=pk)
    words = _("Given back with your note.")
    return _done(request, lambda: approving.give_back(plan, request.user, _note(request)), plan, words)
