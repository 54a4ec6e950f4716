"""Visits: the form by which an institution asks for one, what became of it, and who answers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.models import Organisation
from portal import errors, robots
from portal.once import once_followed, token_of
from portal.stale import StaleObject
from portal.tokens import digest

from .. import visits as deeds
from ..forms.visits import VisitAnswerForm, VisitForm
from ..models import VisitRequest


@never_cache
def visit_ask(request, pk):
    """ "We would like this at our place", for a programme that comes when it is asked."""
    programme = get_object_or_404(deeds.on_request().select_related("organisation"), pk=pk)
    form = VisitForm(request.POST or None)
    form.instance.programme = programme
    return _ask(request, form, programme.organisation, programme)


@never_cache
def visit_ask_partner(request, pk):
    """The same of an organisation: which of its programmes is chosen in the form."""
    coming = deeds.on_request().filter(organisation=pk)
    organisation = get_object_or_404(Organisation.objects.filter(pk__in=coming.values("organisation")), pk=pk)
    return _ask(request, VisitForm(request.POST or None, programmes=coming), organisation)


def _ask(request, form, organisation, programme=None):
    status = 422 if form.errors else 200
    if form.is_valid():
        if form.is_from_a_robot:
            return errors.bad_request(request)
        if not robots.is_too_often(request, "visit"):
            return redirect("programmes:visit-followed", token=_store(request, form))
        status, minutes = 429, robots.HOUR // 60
        words = ngettext("Please wait a minute, then try again.", "Please wait %(count)s minutes, then try again.", 60)
        form.add_error(None, words % {"count": minutes})
    context = {"form": form, "organisation": organisation, "programme": programme, "noindex": True}
    response = render(request, "programmes/visit_ask.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(robots.HOUR)
    return response


def _store(request, form):
    asked = form.save(commit=False)
    asked.language = request.LANGUAGE_CODE
    return once_followed(token_of(request), lambda token: deeds.ask(asked, token))


def _with_all(requests):
    return requests.select_related("programme__organisation", "settlement", "answered_by")


@require_safe
@never_cache
def visit_followed(request, token):
    """What became of a request, for whoever holds its link."""
    asked = get_object_or_404(_with_all(VisitRequest.objects.all()), token_digest=digest(token))
    return render(request, "programmes/visit_followed.html", {"asked": asked, "noindex": True})


@require_safe
@never_cache
@login_required
def visit_requests(request):
    """What waits for this person, oldest first; and what was answered lately."""
    mine = _with_all(VisitRequest.objects.editable_by(request.user))
    context = {
        "open": mine.open().order_by("created_at"),
        "answered": mine.exclude(pk__in=mine.open().values("pk")).order_by("-answered_at")[:50],
    }
    return render(request, "programmes/visit_requests.html", context)


@never_cache
@login_required
def visit_answer(request, pk):
    """One request: takes it up, says yes, or says no with a way out."""
    asked = get_object_or_404(_with_all(VisitRequest.objects.editable_by(request.user)), pk=pk)
    form = VisitAnswerForm(request.POST or None)
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            _answer(asked, request.POST.get("to", ""), request.user, form.cleaned_data["answer"])
        except ValidationError as error:
            form.add_error("answer", error)
            status = 422
        except StaleObject:
            asked.refresh_from_db()
            status = 409
        else:
            messages.success(request, _("Saved. Whoever asked sees it on their page."))
            return redirect("programmes:visit-requests")
    context = {"asked": asked, "form": form, "is_stale": status == 409}
    return render(request, "programmes/visit_answer.html", context, status=status)


def _answer(asked, state, by, text):
    if state not in VisitRequest.State.values:
        raise ValidationError(_("Choose what became of it."))
    deeds.answer(asked, state, by, text)
