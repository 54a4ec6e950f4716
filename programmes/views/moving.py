"""What happens to a programme as a whole: its status, and that it is still correct."""

import contextlib

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from partners.forms.on_behalf import OnBehalfForm
from partners.models.rights import written_down_by
from portal import addresses
from portal.stale import StaleObject

from .. import confirming, review
from ..completeness import facts, gaps, in_words, without
from ..forms import ResumeForm
from ..models import Programme

Status = Programme.Status
WORDS = {
    (Status.DRAFT, Status.IN_REVIEW): gettext_lazy("Submit for review"),
    (Status.DRAFT, Status.PUBLISHED): pgettext_lazy("button", "Publish"),
    (Status.IN_REVIEW, Status.PUBLISHED): pgettext_lazy("button", "Publish"),
    (Status.IN_REVIEW, Status.DRAFT): gettext_lazy("Back to draft"),
    (Status.PUBLISHED, Status.PAUSED): pgettext_lazy("button", "Pause"),
    (Status.PUBLISHED, Status.ARCHIVED): pgettext_lazy("button", "Archive"),
    (Status.PAUSED, Status.PUBLISHED): pgettext_lazy("button", "Resume"),
    (Status.PAUSED, Status.ARCHIVED): pgettext_lazy("button", "Archive"),
}
DONE = {
    Status.DRAFT: gettext_lazy("It is a draft again."),
    Status.IN_REVIEW: gettext_lazy("It is with the coordinator now."),
    Status.PUBLISHED: gettext_lazy("It is published."),
    Status.PAUSED: gettext_lazy("It is paused. Residents see that, and when it starts again."),
    Status.ARCHIVED: gettext_lazy("It is archived. Residents do not find it any more."),
}


def moves(programme, user):
    """[(status, words of the button)] this person may do; what Programme.NEXT has and publishing allows."""
    now = Status(programme.status)
    allowed = list(Programme.NEXT[now])
    if Status.PUBLISHED in allowed and now != Status.PAUSED and not programme.may_publish(user):
        allowed.remove(Status.PUBLISHED)
    elif now == Status.DRAFT:
        allowed.remove(Status.IN_REVIEW)  # who may publish need not ask
    return [(status, WORDS[now, Status(status)]) for status in allowed]


@login_required
@never_cache
@require_POST
def programme_move(request, pk):
    programme = get_object_or_404(Programme.objects.editable_by(request.user), pk=pk)
    target, was = request.POST.get("to", ""), request.POST.get("from", "")
    if target not in Status.values or was not in Status.values:
        return HttpResponseBadRequest(_("That is no status of a programme."), content_type="text/plain; charset=utf-8")
    if was != programme.status:
        return _moved_meanwhile(request, programme)
    if target in (Status.IN_REVIEW, Status.PUBLISHED) and was != Status.PAUSED and (found := _in_the_way(programme)):
        context = {"programme": programme, "gaps": found}
        return render(request, "programmes/not_yet.html", context, status=422)
    resume = ResumeForm(request.POST)
    try:
        resumes_on = resume.cleaned_data["resumes_on"] if resume.is_valid() and target == Status.PAUSED else None
        _move(programme, target, request.user, resumes_on)
    except StaleObject:
        programme.refresh_from_db()
        return _moved_meanwhile(request, programme)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("programmes:programme-edit", pk)
    request.session["last_move"] = {"programme": programme.pk, "from": was, "to": programme.status}
    messages.success(request, DONE[Status(programme.status)])
    return redirect("programmes:programme-edit", pk)


def _in_the_way(programme):
    texts, *others = facts(programme)
    return [gap for gap in gaps(without(texts, programme.held_languages), *others) if gap.blocks]


def _move(programme, target, by, resumes_on):
    if target == Status.IN_REVIEW:
        return review.submit(programme, by)
    if (programme.status, target) == (Status.IN_REVIEW, Status.PUBLISHED):
        try:
            return review.publish(programme, by, programme.version)
        except PermissionDenied:
            pass  # no coordinator: the table and the group's setting decide
    return programme.move_to(target, by, resumes_on)


def _moved_meanwhile(request, programme):
    return render(request, "programmes/moved_meanwhile.html", {"programme": programme}, status=409)


@login_required
@never_cache
@require_POST
def programme_confirm(request, pk):
    programme = get_object_or_404(Programme.objects.editable_by(request.user), pk=pk)
    with contextlib.suppress(StaleObject):  # somebody else said so in the same moment: it is confirmed
        confirming.confirm(programme, request.user)
    messages.success(request, _("Noted: “%(title)s” is still correct.") % {"title": programme})
    return redirect(addresses.back(request, reverse("programmes:mine")))


@login_required
@never_cache
def programme_on_behalf(request, pk):
    """Confirmed by telephone, in person or on paper: the coordinator writes it down."""
    programme = get_object_or_404(Programme.objects.editable_by(request.user).exclude(checked_on=None), pk=pk)
    if programme.status == Status.ARCHIVED or programme.organisation_id not in written_down_by(request.user):
        raise Http404
    form = OnBehalfForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        with contextlib.suppress(StaleObject):
            confirming.confirm(programme, request.user, told=given["way"], role=given["role"])
        messages.success(request, _("Noted: “%(title)s” is still correct.") % {"title": programme})
        return redirect("programmes:programme-edit", pk)
    context = {"form": form, "record": programme, "back": reverse("programmes:programme-edit", args=[pk])}
    return render(request, "partners/on_behalf.html", context, status=422 if form.errors else 200)


@never_cache
def confirm_link(request, token):
    """The page behind the link in a reminder. GET shows, POST confirms; who follows it need not sign in."""
    try:
        asked = confirming.asked(token)
    except confirming.LinkDead:
        return render(request, "programmes/confirm_link.html", {"is_dead": True, "noindex": True}, status=410)
    if request.method == "POST" and not asked.is_used:
        try:
            confirming.confirm(asked.programme, asked.user, way="link")
        except StaleObject:
            asked.programme.refresh_from_db()
        return _link_page(request, asked, is_done=True)
    return _link_page(request, asked, status=410 if asked.is_used else 200)


def _link_page(request, asked, status=200, **more):
    programme = Programme.objects.with_card().get(pk=asked.programme.pk)
    context = {
        "programme": programme,
        "person": asked.user,
        "is_used": asked.is_used,
        "missing": in_words(gaps(*facts(programme))),
        "noindex": True,
        **more,
    }
    return render(request, "programmes/confirm_link.html", context, status=status)
