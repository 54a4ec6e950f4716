"""Working on a measure: its text, who is asked, its phase, reports, money, judgement and evaluation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from partners.models import Organisation
from portal import days, languages
from portal.addresses import free_slug
from portal.once import once, token_of
from portal.stale import StaleObject

from .. import starting_texts
from ..carrying import carry_on, left_for
from ..coverage_links import terms_asked
from ..forms import BudgetForm, EvaluationForm, JudgeForm, MeasureForm, ReportForm
from ..forms.assessments import SpentForm
from ..forms.carrying import CarryForm
from ..models import ActionPlan, Decision, Measure


def coordinated(user):
    """Measures whose whole the person may change: those of groups they coordinate."""
    return Measure.objects.filter(plan__in=ActionPlan.objects.editable_by(user))


@never_cache
@login_required
def measure_add(request, pk):
    """A new measure of a plan; `?objective=` says which objective it is for, `?term=` what it is about, `?decision=`
    from which decision of the group it follows."""
    plan = get_object_or_404(ActionPlan.objects.editable_by(request.user).select_related("strategy"), pk=pk)
    decision = _decision(request, plan)
    new = Measure(plan=plan, phase=Measure.Phase.PROPOSED, decision=decision)
    number = request.GET.get("objective", "")
    initial = {"objective": number} if number.isdecimal() and len(number) < 15 else {}
    initial |= (
        _titles(decision) | terms_asked(request.GET) | starting_texts.for_measure(request.GET.get("template", ""))
    )
    form = MeasureForm(request.POST or None, instance=new, initial=initial, plan=plan, user=request.user)
    if form.is_valid():
        form.instance.slug = free_slug(Measure, form.instance)
        form.keep()
        messages.success(request, _("The measure is proposed. Now ask who leads it."))
        return redirect(form.instance)
    back = reverse("actionplans:strategy-work", args=[plan.strategy_id])
    return _page(request, form, _("New measure"), back, str(plan.strategy))


def _decision(request, plan):
    """The decision of `?decision=`, of the plan's group; None where there is none that counts."""
    number = request.GET.get("decision", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 15):
        return None
    adopted = Decision.objects.editable_by(request.user).filter(group=plan.strategy.group_id, number__isnull=False)
    return adopted.filter(pk=number).first()


def _titles(decision):
    """What the measure may be called at first: the words of the decision, as far as they fit."""
    if decision is None:
        return {}
    texts = {code: getattr(decision, f"text_{code}") for code in languages.CODES}
    return {f"title_{code}": text[:200] for code, text in texts.items() if text}


@never_cache
@login_required
def measure_edit(request, pk):
    measure = get_object_or_404(Measure.objects.editable_by(request.user).select_related("plan__strategy"), pk=pk)
    form = MeasureForm(request.POST or None, instance=measure, plan=measure.plan, user=request.user)
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return redirect(measure)
    return _page(request, form, _("Edit"), measure.get_absolute_url(), str(measure), str(measure))


def _page(request, form, heading, back, back_name, lead=""):
    form, status = form.answer()
    context = {"form": form, "heading": heading, "lead": lead, "back": back, "back_name": back_name}
    return render(request, "actionplans/record_form.html", context, status=status)


def _plain(request, form, measure, heading, save):
    context = {
        "form": form,
        "heading": heading,
        "lead": str(measure),
        "back": measure.get_absolute_url(),
        "back_name": str(measure),
        "save": save,
    }
    return render(request, "actionplans/plain_form.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def measure_move(request, pk):
    """The next phase; what is missing before it is said."""
    measure = get_object_or_404(Measure.objects.editable_by(request.user), pk=pk)
    until = days.read(request.POST.get("until", ""))
    try:
        measure.move_to(request.POST.get("phase", ""), request.POST.get("reason", "")[:300], until)
    except ValidationError as error:
        for words in error.messages:
            messages.error(request, words)
    except StaleObject:
        messages.error(request, _("Somebody else moved it meanwhile. Look again."))
    else:
        messages.success(request, _("It is now: %(status)s.") % {"status": measure.get_phase_display()})
    return redirect(measure)


@never_cache
@login_required
def report_add(request, pk):
    """How it goes, in a sentence: a row of its history."""
    measure = get_object_or_404(Measure.objects.worked_on_by(request.user), pk=pk)
    form = ReportForm(request.POST or None)
    if form.is_valid():
        own = Organisation.objects.editable_by(request.user).filter(memberships__commitments__measure=measure).first()
        once(token_of(request), lambda: form.write(measure, request.user, own))
        messages.success(request, _("Thank you. Everybody sees how it goes."))
        return redirect(measure)
    return _plain(request, form, measure, _("How does it go?"), _("Send the report"))


@never_cache
@login_required
def evaluation_add(request, pk):
    """What the group decides about a measure, and why."""
    measure = get_object_or_404(coordinated(request.user), pk=pk)
    form = EvaluationForm(request.POST or None)
    if form.is_valid():
        once(token_of(request), lambda: form.write(measure, request.user))
        messages.success(request, _("The evaluation is written down. Now the measure can be ended."))
        return redirect(measure)
    return _plain(request, form, measure, _("What does the group decide?"), _("Save"))


@never_cache
@login_required
def measure_judge(request, pk):
    """The coordinator's own judgement of its health, for a time; without one the facts speak again."""
    measure = get_object_or_404(coordinated(request.user), pk=pk)
    form = JudgeForm(request.POST or None, instance=measure)
    if form.is_valid() and form.keep():
        messages.success(request, _("Your judgement stands, with its reason, until that day."))
        return redirect(measure)
    return _page(request, form, _("Judge it yourself"), measure.get_absolute_url(), str(measure), str(measure))


@require_POST
@login_required
def measure_unjudge(request, pk):
    measure = get_object_or_404(coordinated(request.user), pk=pk)
    facts_speak = {"judged_state": "", "judged_reason": "", "judged_until": None}
    Measure.objects.filter(pk=pk).update(**facts_speak, version=F("version") + 1)
    messages.success(request, _("From now on the facts speak again."))
    return redirect(measure)


@never_cache
@login_required
def budget_add(request, pk):
    measure = get_object_or_404(Measure.objects.editable_by(request.user), pk=pk)
    form = BudgetForm(request.POST or None)
    if form.is_valid():
        once(token_of(request), lambda: form.write(measure))
        messages.success(request, _("Your changes are saved."))
        return redirect(measure)
    return _plain(request, form, measure, _("What does it cost?"), _("Add"))


@require_POST
@login_required
def budget_remove(request, pk, number):
    measure = get_object_or_404(Measure.objects.editable_by(request.user), pk=pk)
    measure.budget_lines.filter(pk=number).delete()
    messages.success(request, _("Taken away. The history still has it."))
    return redirect(measure)


@never_cache
@login_required
def budget_spent(request, pk, number):
    """How much of one part of the budget is spent by now; of two who say so, the later one counts."""
    measure = get_object_or_404(Measure.objects.editable_by(request.user), pk=pk)
    line = get_object_or_404(measure.budget_lines, pk=number)
    form = SpentForm(request.POST or None, instance=line)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your changes are saved."))
        return redirect(measure)
    return _plain(request, form, measure, _("How much of “%(part)s” is spent?") % {"part": _part(line)}, _("Save"))


def _part(line):
    return languages.resolve(line, "label")[0]


@require_POST
@login_required
def measure_carry(request, pk):
    """The same measure in a later plan: proposed anew, with its partners asked again."""
    measure = get_object_or_404(coordinated(request.user).select_related("plan", "objective"), pk=pk)
    number = request.POST.get("plan", "")
    plans = ActionPlan.objects.editable_by(request.user).filter(strategy__group=measure.plan.strategy.group_id)
    plan = get_object_or_404(plans, pk=int(number) if number.isdecimal() and len(number) < 15 else 0)
    is_there = measure.carried_on.filter(plan=plan).exists()
    try:
        with transaction.atomic():
            copy = carry_on(measure, plan, timezone.localdate())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(measure)
    if is_there:
        messages.info(request, _("It stands in that plan already; nobody was asked again."))
    else:
        messages.success(request, _("It stands in the plan as proposed. Its partners are asked again."))
    return redirect(copy)


@never_cache
@login_required
def plan_carry(request, pk):
    """A draft of a plan begun from earlier ones: the measures that are ticked stand in it as proposed."""
    plan = get_object_or_404(ActionPlan.objects.editable_by(request.user).select_related("strategy"), pk=pk)
    back = reverse("actionplans:strategy-work", args=[plan.strategy_id])
    if plan.is_frozen:
        messages.info(request, _("The plan is approved: measures are carried on into it one by one."))
        return redirect(back)
    if not request.POST and not left_for(plan).exists():
        messages.info(request, _("No measure of an earlier plan is left to carry on."))
        return redirect(back)
    form = CarryForm(request.POST or None, plan=plan)
    if form.is_valid():
        chosen = list(form.cleaned_data["measures"])
        try:
            with transaction.atomic():
                for measure in sorted(chosen, key=lambda one: one.pk):  # all hold the rows in one order
                    carry_on(measure, plan, timezone.localdate())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            words = ngettext(
                "One measure stands in the plan as proposed. Its partners are asked again.",
                "%(count)s measures stand in the plan as proposed. Their partners are asked again.",
                len(chosen),
            )
            messages.success(request, words % {"count": len(chosen)})
            return redirect(back)
    elif request.POST and _all_stand_in(plan, request.POST.getlist("measures")):
        messages.info(request, _("They stand in the plan already."))
        return redirect(back)
    heading = _("Carry measures on into the plan %(plan)s") % {"plan": plan}
    context = {"form": form, "heading": heading, "back": back, "back_name": str(plan.strategy), "save": _("Carry on")}
    return render(request, "actionplans/plain_form.html", context, status=422 if form.errors else 200)


def _all_stand_in(plan, numbers):
    """Whether each of these measures, numbers as text, is carried on in the plan already: the second of two presses."""
    known = {str(number) for number in plan.measures.values_list("carried_from", flat=True)}
    return bool(numbers) and known.issuperset(numbers)
