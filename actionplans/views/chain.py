from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import coordinated_by
from portal.models import Term, Vocabulary

from ..chain import chain as links_of
from ..forms.coverage import TransitionForm
from ..models import Transition
from .coverage import answer, chosen_group, shell


@require_safe
def chain(request):
    """What there is in each phase of life, who hands over to whom between them, and where nobody does."""
    group = chosen_group(request)
    links = links_of(group, request.user)
    context = {**shell(request, group), "links": links, "broken": sum(link.is_broken for link in links)}
    return answer(request, "chain", context)


@never_cache
@login_required
def transition_add(request):
    """A new transition of the group; `from` and `to` are numbers of life phases to begin with."""
    group = get_object_or_404(coordinated_by(request.user), pk=chosen_group(request).pk)
    return _form(request, Transition(group=group), _phases(request))


def _phases(request):
    """{field: number} of the life phases the address names; what is none is left aside."""
    known = {str(pk): pk for pk in Term.objects.filter(vocabulary=Vocabulary.LIFE_PHASE).values_list("pk", flat=True)}
    wanted = {"from_phase": request.GET.get("from"), "to_phase": request.GET.get("to")}
    return {field: known[number] for field, number in wanted.items() if number in known}


@never_cache
@login_required
def transition_edit(request, pk):
    transition = get_object_or_404(Transition.objects.editable_by(request.user).select_related("group"), pk=pk)
    return _form(request, transition)


def _form(request, transition, initial=None):
    form = TransitionForm(request.POST or None, instance=transition, initial=initial)
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return redirect(_address(transition))
    form, status = form.answer()
    context = {**shell(request, transition.group), "form": form, "transition": transition, "back": _address(transition)}
    return render(request, "actionplans/chain_form.html", context, status=status)


def _address(transition):
    return f"{reverse('actionplans:chain')}?{urlencode({'of': transition.group.slug})}"


@require_POST
@login_required
def transition_remove(request, pk):
    """Takes a transition out of the chain; not if somebody has changed it since the page was opened."""
    transition = get_object_or_404(Transition.objects.editable_by(request.user).select_related("group"), pk=pk)
    version = request.POST.get("version", "")
    if Transition.objects.filter(pk=pk, version=int(version) if version.isdecimal() else 0).delete()[0]:
        messages.success(request, _("The transition is removed."))
        return redirect(_address(transition))
    messages.error(request, _("Somebody changed the transition meanwhile. Look at it before you remove it."))
    return redirect("actionplans:transition-edit", pk=pk)
