"""Signals: sent without an account where the group allows it, followed by a link, and taken up by the coordinator."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.models import Group, Organisation, groups_of
from portal import errors, robots
from portal.once import once_followed, token_of
from portal.stale import StaleObject
from portal.tokens import digest

from .. import mails, voices
from ..forms import SignalForm, TriageForm
from ..models import Need, Signal
from .whose import group_of

MOST = 5  # signals from one address in an hour


@never_cache
def signal_send(request):
    """The two-minute form. Members may always send one; residents where the group takes them."""
    group = group_of(request, _open_groups(request.user))
    form = SignalForm(request.POST or None, group=group)
    if form.is_valid():
        if form.is_from_a_robot:
            return errors.bad_request(request)
        if not request.user.is_authenticated and robots.is_too_often(request, "signals", MOST):
            return _form_page(request, form, group, 429)
        return redirect("actionplans:signal-followed", token=_store(request, form, group))
    return _form_page(request, form, group, 422 if form.errors else 200)


def _form_page(request, form, group, status):
    context = {"form": form, "group": group, "noindex": True, "is_too_often": status == 429}
    response = render(request, "actionplans/signal_form.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(robots.HOUR)
    return response


def _open_groups(user):
    return Group.objects.filter(Q(accepts_signals=True) | Q(pk__in=groups_of(user)))


def _store(request, form, group):
    signal = form.instance
    signal.group, signal.language = group, request.LANGUAGE_CODE
    if request.user.is_authenticated:
        own = Organisation.objects.editable_by(request.user).filter(memberships__group=group)
        signal.organisation = own.first()

    def make(token):
        signal.store(token)
        mails.signal_new(signal, request.user)
        return signal

    return once_followed(token_of(request), make)


@require_safe
@never_cache
def signal_followed(request, token):
    """What became of a signal, for whoever has the link."""
    signal = get_object_or_404(Signal.objects.select_related("need"), token_digest=digest(token))
    head = signal.head
    need = Need.objects.public().filter(pk=head.need_id).first()
    context = {"signal": signal, "head": head, "need": need, "noindex": True}
    return render(request, "actionplans/signal_followed.html", context)


@require_safe
@never_cache
@login_required
def signals(request):
    """What came in and waits, oldest first; and what became of the others."""
    group = group_of(request, groups_of(request.user))
    rows = Signal.objects.visible_to(request.user).filter(group=group)
    rows = rows.select_related("settlement", "organisation", "need", "merged_into")
    spoken = list(rows.values_list("voice", flat=True))
    spoke = voices.counted(spoken)
    voice = voices.chosen(request.GET.get("voice"), spoke)
    shown = rows.filter(voice=voice) if voice else rows
    context = {
        "group": group,
        "all": len(spoken),
        "voices": spoke,
        "voice": voice,
        "open": shown.open(),
        "over": shown.exclude(status=Signal.Status.NEW).order_by("-answered_at")[:100],
        "may_answer": Signal.objects.editable_by(request.user).filter(group=group).exists(),
    }
    return render(request, "actionplans/signals.html", context)


@never_cache
@login_required
def signal_triage(request, pk):
    """One signal, and what can become of it."""
    signal = get_object_or_404(Signal.objects.editable_by(request.user).select_related("settlement"), pk=pk)
    form = TriageForm(request.POST or None, signal=signal, user=request.user)
    status = 200
    if form.is_valid():
        try:
            _triage(signal, request.POST.get("status", ""), request.user, form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
            status = 422
        except StaleObject:
            signal.refresh_from_db()
            status = 409
        else:
            messages.success(request, _("Saved. Whoever sent it sees it on their page."))
            return redirect("actionplans:signals")
    context = {"signal": signal, "form": form, "is_stale": status == 409}
    return render(request, "actionplans/signal_triage.html", context, status=status)


@transaction.atomic
def _triage(signal, status, by, given):
    if status not in Signal.Status.values:
        raise ValidationError(_("Choose what becomes of it."))
    signal.move_to(status, by, given["answer"], given["need"], given["into"])
    if status != Signal.Status.NEW:
        mails.signal_answered(signal)
