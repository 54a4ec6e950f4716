from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal import errors, robots
from portal.once import once_followed, token_of
from portal.stale import StaleObject
from portal.tokens import digest

from .. import joining
from ..forms import AcceptForm, DeclineForm, JoinForm
from ..models import Group, JoinRequest, coordinated_by


@never_cache
def join(request):
    """ "We would like to take part": for organisations, businesses and single people, without an account."""
    if not Group.objects.taking_part().exists():
        raise Http404
    form = JoinForm(request.POST or None)
    status = 200
    if form.is_valid():
        if form.is_from_a_robot:
            return errors.bad_request(request)
        if not robots.is_too_often(request, "join"):
            asked = form.save(commit=False)
            token = once_followed(token_of(request), lambda token: joining.ask(asked, token))
            return redirect("partners:join-followed", token=token)
        status = 429
        minutes = robots.HOUR // 60
        words = ngettext("Please wait a minute, then try again.", "Please wait %(count)s minutes, then try again.", 60)
        form.add_error(None, words % {"count": minutes})
    elif form.errors:
        status = 422
    response = render(request, "partners/join.html", {"form": form}, status=status)
    if status == 429:
        response["Retry-After"] = str(robots.HOUR)
    return response


@require_safe
@never_cache
def join_followed(request, token):
    """What became of a request, for whoever holds its link."""
    asked = get_object_or_404(JoinRequest.objects.select_related("group"), token_digest=digest(token))
    return render(request, "partners/join_followed.html", {"asked": asked, "noindex": True})


@require_safe
@never_cache
@login_required
def join_requests(request):
    """Requests to the groups one coordinates: the open ones, oldest first, and what was answered lately."""
    if not coordinated_by(request.user).exists():
        raise Http404
    mine = JoinRequest.objects.editable_by(request.user).select_related("group", "organisation", "answered_by")
    context = {
        "open": mine.open().order_by("created_at"),
        "answered": mine.exclude(pk__in=mine.open().values("pk")).order_by("-answered_at")[:50],
    }
    return render(request, "partners/join_requests.html", context)


@require_safe
@never_cache
@login_required
def join_request(request, pk):
    """One request, with the organisations of a like name before a new one is made."""
    asked = _asked(request, pk)
    return _page(request, asked)


def _asked(request, pk):
    requests = JoinRequest.objects.editable_by(request.user).select_related("group", "organisation", "answered_by")
    return get_object_or_404(requests, pk=pk)


def _page(request, asked, accepting=None, declining=None, status=200):
    """`accepting` or `declining`: the form that could not be taken; what was typed in it stays on the page."""
    typed = accepting or declining
    if accepting is None:
        accepting = AcceptForm(asked=asked, alike=joining.similar(asked.name, request.user) if asked.is_open else [])
    context = {
        "asked": asked,
        "accepting": accepting,
        "declining": declining or DeclineForm(),
        "is_stale": status == 409,
        "typed": typed["answer"].value() if typed else "",
    }
    return render(request, "partners/join_request.html", context, status=status)


@require_POST
@login_required
def join_accept(request, pk):
    """Makes the membership, and goes on to the invitation of the person who asked."""
    asked = _asked(request, pk)
    form = AcceptForm(request.POST, asked=asked, alike=joining.similar(asked.name, request.user))
    if not asked.is_open:
        return _page(request, asked, accepting=form, status=409)
    if not form.is_valid():
        return _page(request, asked, accepting=form, status=422)
    try:
        membership = joining.accept(asked, request.user, **form.chosen())
    except StaleObject:
        return _page(request, _asked(request, pk), accepting=form, status=409)
    words = _("%(name)s takes part from today on. Now invite the person who asked.")
    messages.success(request, words % {"name": membership.organisation})
    return redirect(f"{reverse('partners:invite')}?asked={asked.pk}")


@require_POST
@login_required
def join_decline(request, pk):
    asked = _asked(request, pk)
    form = DeclineForm(request.POST)
    if not asked.is_open:
        return _page(request, asked, declining=form, status=409)
    if not form.is_valid():
        return _page(request, asked, declining=form, status=422)
    try:
        joining.decline(asked, request.user, form.cleaned_data["answer"])
    except StaleObject:
        return _page(request, _asked(request, pk), declining=form, status=409)
    messages.success(request, _("Your answer is on its way."))
    return redirect("partners:join-requests")


@require_POST
@login_required
def join_take_up(request, pk):
    """Says to the others, and to whoever asked, that somebody is looking at it."""
    asked = _asked(request, pk)
    try:
        asked.move_to(JoinRequest.State.IN_PROGRESS, request.user)
    except StaleObject:
        return _page(request, _asked(request, pk), status=409)
    messages.success(request, _("It is yours now; whoever asked reads that somebody is looking at it."))
    return redirect("partners:join-request", pk=pk)
