"""A measure in other plans than its own, and what it wants to reach year by year."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal.stale import StaleObject

from .. import sharing
from ..forms import PlaceForm, ReasonForm, YearlyStepForm
from ..models import Measure, PlanMeasure, YearlyStep
from .measures import coordinated


@never_cache
@login_required
def measure_place(request, pk):
    """Puts it into one more plan of the group; it stays one measure."""
    measure = get_object_or_404(coordinated(request.user).select_related("plan__strategy", "objective"), pk=pk)
    form = PlaceForm(request.POST or None, measure=measure, plans=sharing.open_plans(measure, request.user))
    if form.is_valid():
        plan, objective = form.chosen()
        try:
            is_new = sharing.put_in(measure, plan, objective, request.user, form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            words = _("It runs in that plan too now.") if is_new else _("It runs in that plan already.")
            messages.success(request, words)
            return redirect(measure)
    elif request.POST and _stands_there(measure, request.POST.get("place", "")):
        messages.info(request, _("It runs in that plan already."))
        return redirect(measure)
    return _plain(request, form, measure, _("Also in another plan"), _("Put it into that plan"))


def _stands_there(measure, place):
    number = place.partition("-")[0]
    return number.isdecimal() and len(number) < 15 and measure.also_in.filter(plan=int(number)).exists()


@never_cache
@login_required
def measure_take_out(request, pk, number):
    """Takes it out of a plan in which it runs besides its own."""
    measure, row = _placed(request.user, pk, number)
    heading = _("Take it out of the plan %(plan)s") % {"plan": row.plan}
    form = _reason(request, row.plan)
    done = _done(request, form, row, sharing.take_out, _("Taken away. The history still has it."))
    return done or _plain(request, form, measure, heading, _("Take it out"))


@never_cache
@login_required
def measure_home(request, pk, number):
    """A plan in which it runs besides becomes its home plan; it runs on in the one that was."""
    measure, row = _placed(request.user, pk, number)
    heading = _("Make the plan %(plan)s its home") % {"plan": row.plan}
    form = _reason(request, row.plan, measure.plan)
    done = _done(request, form, row, sharing.make_home, _("That plan is its home now."))
    words = {"measure": measure, "plan": measure.plan}
    lead = _("%(measure)s runs on in the plan %(plan)s too, and is reported and counted once.") % words
    return done or _plain(request, form, measure, heading, _("Make it its home plan"), lead)


def _placed(user, pk, number):
    """(measure, its row in one more plan) of a coordinator. Http404 else."""
    measure = get_object_or_404(coordinated(user).select_related("plan__strategy"), pk=pk)
    rows = PlanMeasure.objects.editable_by(user).select_related("plan__strategy", "measure")
    return measure, get_object_or_404(rows, measure=measure, pk=number)


def _reason(request, *plans):
    is_due = any(plan.is_frozen for plan in plans if sharing.is_open(plan))
    return ReasonForm(request.POST if request.method == "POST" else None, is_due=is_due)


def _done(request, form, row, deed, words):
    """Does it, or somebody else was first: where to go; None while something is to be mended in the form."""
    if not form.is_valid():
        return None
    try:
        deed(row, request.user, form.cleaned_data["reason"])
    except ValidationError as error:
        form.add_error(None, error)
        return None
    except StaleObject:
        messages.error(request, _("Somebody else took it out meanwhile."))
    else:
        messages.success(request, words)
    return redirect(row.measure)


def _plain(request, form, measure, heading, save, lead=""):
    context = {"form": form, "heading": heading, "lead": lead or str(measure), "save": save,
               "back": measure.get_absolute_url(), "back_name": str(measure)}  # fmt: skip
    return render(request, "actionplans/plain_form.html", context, status=422 if form.errors else 200)


# ---- year by year -----------------------------------------------------------------------------------
@never_cache
@login_required
@transaction.atomic
def step_add(request, pk):
    """What the measure wants to reach in one of its years."""
    measure = _held(request, pk)
    form = YearlyStepForm(request.POST or None, instance=YearlyStep(measure=measure, year=_next_year(measure)))
    return _step(request, form, measure, _("New yearly step"))


@never_cache
@login_required
@transaction.atomic
def step_edit(request, pk, number):
    """Also says whether it was reached, and what became of it."""
    measure = _held(request, pk)
    step = get_object_or_404(measure.yearly_steps, pk=number)
    form = YearlyStepForm(request.POST or None, instance=step)
    return _step(request, form, measure, _("Yearly step"))


def _held(request, pk):
    """The measure; whoever writes holds it, so that a year gets one step only."""
    measure = get_object_or_404(Measure.objects.editable_by(request.user), pk=pk)
    if request.method == "POST":
        Measure.objects.select_for_update(no_key=True).get(pk=pk)
    return measure


def _next_year(measure):
    """The first of its years from this one on that has no step yet."""
    taken = set(measure.yearly_steps.values_list("year", flat=True))
    first = max(timezone.localdate().year, measure.starts_on.year if measure.starts_on else 0)
    last = measure.ends_on.year if measure.ends_on else first + len(taken)
    return next((year for year in range(first, last + 1) if year not in taken), first)


def _step(request, form, measure, heading):
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return redirect(f"{measure.get_absolute_url()}#h-years")
    form, status = form.answer()
    context = {"form": form, "heading": heading, "lead": str(measure), "back": measure.get_absolute_url(),
               "back_name": str(measure)}  # fmt: skip
    return render(request, "actionplans/record_form.html", context, status=status)


@require_POST
@login_required
def step_remove(request, pk, number):
    measure = get_object_or_404(Measure.objects.editable_by(request.user), pk=pk)
    measure.yearly_steps.filter(pk=number).delete()
    messages.success(request, _("Taken away. The history still has it."))
    return redirect(measure)
