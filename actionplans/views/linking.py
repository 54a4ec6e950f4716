"""A programme's place in the plan: to which measures it belongs, and what its provider suggests."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal import addresses
from portal.stale import StaleObject
from programmes.models import Programme

from .. import linking
from ..forms import LinkForm
from ..models import Measure, MeasureSuggestion, Need


@never_cache
@login_required
def programme_plan(request, pk):
    """The measures of a programme, through them the needs it answers; and the form that links or suggests one."""
    programme = _own(request, pk)
    measures = list(linking.measures_for(programme, request.user))
    worked_on = Measure.objects.worked_on_by(request.user).filter(pk__in=[one.pk for one in measures])
    own = set(worked_on.values_list("pk", flat=True))
    form = LinkForm(request.POST or None, measures=measures, at_once=own)
    if form.is_valid():
        return _sent(request, programme, form)
    if request.POST and _stands_there(programme, request.POST.get("measure", "")):
        messages.info(request, _("That stands here already."))
        return redirect("actionplans:programme-plan", pk)
    context = {"programme": programme, "form": form if measures else None, **_linked(programme, request.user)}
    return render(request, "actionplans/programme_plan.html", context, status=422 if form.errors else 200)


def _own(request, pk):
    programmes = Programme.objects.editable_by(request.user).exclude(status=Programme.Status.ARCHIVED)
    return get_object_or_404(programmes.select_related("organisation"), pk=pk)


def _sent(request, programme, form):
    measure, at_once = form.chosen()
    try:
        if at_once:
            linking.link(programme, measure, request.user)
            messages.success(request, _("The programme belongs to the measure now."))
        else:
            linking.suggest(programme, measure, form.cleaned_data["why"], request.user)
            messages.success(request, _("Whoever answers for the measure decides. You see here what comes of it."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("actionplans:programme-plan", programme.pk)


def _stands_there(programme, number):
    """Whether that measure has it, or was asked: the second of two presses."""
    if not (number.isascii() and number.isdecimal() and len(number) < 15):
        return False
    asked = MeasureSuggestion.objects.open().filter(programme=programme, measure=number)
    return programme.measures.filter(pk=number).exists() or asked.exists()


def _linked(programme, user):
    needs = Prefetch("objective__needs", Need.objects.visible_to(user), to_attr="reasons")
    seen = Measure.objects.visible_to(user).select_related("objective").prefetch_related(needs)
    suggestions = MeasureSuggestion.objects.filter(programme=programme, measure__in=seen.order_by().values("pk"))
    suggestions = suggestions.select_related("measure__objective")
    return {
        "measures": seen.filter(programmes=programme),
        "removable": set(Measure.objects.worked_on_by(user).filter(programmes=programme).values_list("pk", flat=True)),
        "suggested": suggestions.open(),
        "declined": suggestions.declined(),
    }


@require_POST
@login_required
def programme_unlink(request, pk, number):
    """Takes a programme of one's own out of a measure in which one takes part."""
    programme = _own(request, pk)
    measure = get_object_or_404(Measure.objects.worked_on_by(request.user).filter(programmes=programme), pk=number)
    try:
        linking.unlink(programme, measure)
    except StaleObject:
        messages.info(request, _("Somebody else took it out meanwhile."))
    else:
        messages.success(request, _("Taken away. The history still has it."))
    return redirect("actionplans:programme-plan", pk)


@require_POST
@login_required
def suggestion_withdraw(request, pk, number):
    """The provider takes back what it suggested, or puts away what was declined."""
    programme = _own(request, pk)
    MeasureSuggestion.objects.filter(programme=programme, pk=number).delete()
    messages.success(request, _("Taken away. The history still has it."))
    return redirect("actionplans:programme-plan", pk)


@require_POST
@login_required
def suggestion_take(request, pk):
    """Who answers for the measure takes the programme into it: a button on its page and in My work."""
    words = _("The programme belongs to the measure now.")
    return _decide(request, pk, lambda row: linking.take(row, request.user), words)


@require_POST
@login_required
def suggestion_decline(request, pk):
    """Not this one, with the reason, which the provider reads."""
    reason = request.POST.get("reason", "")[:300]
    words = _("The provider reads your reason.")
    return _decide(request, pk, lambda row: linking.decline(row, reason, request.user), words)


def _decide(request, pk, deed, words):
    rows = MeasureSuggestion.objects.editable_by(request.user).select_related("measure", "programme")
    row = get_object_or_404(rows, pk=pk)
    try:
        deed(row)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except StaleObject:
        messages.error(request, _("Somebody else decided it meanwhile. Look again."))
    else:
        messages.success(request, words)
    return redirect(addresses.back(request, row.measure))
