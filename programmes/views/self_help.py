"""Self-help: what there is and how one begins, two forms without an account, and who answers them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.models import Group
from portal import errors, robots
from portal.once import once_followed, token_of
from portal.stale import StaleObject
from portal.tokens import digest

from .. import self_help as deeds
from ..cards import cards, holidays
from ..forms.self_help import SelfHelpAnswerForm, StartForm, WriteForm
from ..models import Programme, SelfHelpRequest

MOST = 12  # groups shown as cards; the catalogue has all


@require_safe
def self_help(request):
    """Which self-help groups there are, and how one starts another, in plain words."""
    numbers = list(deeds.groups().values_list("pk", flat=True))
    context = {"cards": cards(numbers[:MOST], holidays()), "count": len(numbers), "format": Programme.SELF_HELP_GROUP}
    return render(request, "programmes/self_help.html", context)


@never_cache
def self_help_start(request):
    """ "I would like to start a self-help group"."""
    if not Group.objects.exists():
        raise Http404
    return _open_form(request, StartForm(request.POST or None), "programmes/self_help_start.html")


@never_cache
def self_help_write(request, pk):
    """A message to a self-help group, so that nobody there has to publish a telephone number."""
    programme = get_object_or_404(deeds.groups().select_related("organisation"), pk=pk)
    form = WriteForm(request.POST or None)
    form.instance.programme = programme
    return _open_form(request, form, "programmes/self_help_write.html", programme=programme)


def _open_form(request, form, template, **more):
    """Stores what is valid and leads to the page on which its sender follows it; else the form as it was typed."""
    status = 422 if form.errors else 200
    if form.is_valid():
        if form.is_from_a_robot:
            return errors.bad_request(request)
        if not robots.is_too_often(request, "self-help"):
            return redirect("programmes:self-help-followed", token=_store(request, form))
        status, minutes = 429, robots.HOUR // 60
        words = ngettext("Please wait a minute, then try again.", "Please wait %(count)s minutes, then try again.", 60)
        form.add_error(None, words % {"count": minutes})
    response = render(request, template, {"form": form, "noindex": True, **more}, status=status)
    if status == 429:
        response["Retry-After"] = str(robots.HOUR)
    return response


def _store(request, form):
    asked = form.save(commit=False)
    asked.language = request.LANGUAGE_CODE
    return once_followed(token_of(request), lambda token: deeds.ask(asked, token))


def _with_all(requests):
    return requests.select_related("programme", "topic", "settlement", "group", "answered_by")


@require_safe
@never_cache
def self_help_followed(request, token):
    """What became of a request, for whoever holds its link."""
    asked = get_object_or_404(_with_all(SelfHelpRequest.objects.all()), token_digest=digest(token))
    return render(request, "programmes/self_help_followed.html", {"asked": asked, "noindex": True})


@require_safe
@never_cache
@login_required
def self_help_requests(request):
    """What waits for this person, oldest first; and what was answered lately."""
    mine = _with_all(SelfHelpRequest.objects.editable_by(request.user))
    context = {
        "open": mine.open().order_by("created_at"),
        "answered": mine.exclude(pk__in=mine.open().values("pk")).order_by("-answered_at")[:50],
    }
    return render(request, "programmes/self_help_requests.html", context)


@never_cache
@login_required
def self_help_answer(request, pk):
    """One request: takes it up, or ends it with an answer."""
    asked = get_object_or_404(_with_all(SelfHelpRequest.objects.editable_by(request.user)), pk=pk)
    form = SelfHelpAnswerForm(request.POST or None)
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
            return redirect("programmes:self-help-requests")
    context = {"asked": asked, "form": form, "is_stale": status == 409}
    return render(request, "programmes/self_help_answer.html", context, status=status)


def _answer(asked, state, by, text):
    if state not in SelfHelpRequest.State.values:
        raise ValidationError(_("Choose what became of it."))
    deeds.answer(asked, state, by, text)
