"""Writing the plan of evaluation of a strategy, and the list of what was published."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ..forms.looking import EvaluationQuestionForm, FindingForm
from ..models import EvaluationQuestion, Finding, Strategy


def _strategy(request, pk):
    return get_object_or_404(Strategy.objects.editable_by(request.user), pk=pk)


@never_cache
@login_required
def question_add(request, pk):
    strategy = _strategy(request, pk)
    form = EvaluationQuestionForm(
        request.POST or None, instance=EvaluationQuestion(strategy=strategy), strategy=strategy
    )
    return _page(request, form, strategy, _("What shall be looked at?"))


@never_cache
@login_required
def question_edit(request, pk, number):
    strategy = _strategy(request, pk)
    question = get_object_or_404(strategy.evaluation_questions, pk=number)
    form = EvaluationQuestionForm(request.POST or None, instance=question, strategy=strategy)
    return _page(request, form, strategy, _("What shall be looked at?"))


@require_POST
@login_required
def question_remove(request, pk, number):
    strategy = _strategy(request, pk)
    strategy.evaluation_questions.filter(pk=number).delete()
    return _gone(request, strategy)


@never_cache
@login_required
def finding_add(request, pk):
    strategy = _strategy(request, pk)
    new = Finding(strategy=strategy)
    initial = {"year": timezone.localdate().year}
    form = FindingForm(request.POST or None, instance=new, initial=initial, strategy=strategy)
    return _page(request, form, strategy, _("What was published?"))


@never_cache
@login_required
def finding_edit(request, pk, number):
    strategy = _strategy(request, pk)
    finding = get_object_or_404(strategy.findings, pk=number)
    form = FindingForm(request.POST or None, instance=finding, strategy=strategy)
    return _page(request, form, strategy, _("What was published?"))


@require_POST
@login_required
def finding_remove(request, pk, number):
    strategy = _strategy(request, pk)
    strategy.findings.filter(pk=number).delete()
    return _gone(request, strategy)


def _gone(request, strategy):
    messages.success(request, _("Taken away. The history still has it."))
    return redirect("actionplans:strategy-work", strategy.pk)


def _page(request, form, strategy, heading):
    back = reverse("actionplans:strategy-work", args=[strategy.pk])
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return redirect(back)
    form, status = form.answer()
    context = {"form": form, "heading": heading, "back": back, "back_name": str(strategy)}
    return render(request, "actionplans/record_form.html", context, status=status)
