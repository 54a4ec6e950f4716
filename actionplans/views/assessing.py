"""Assessing a need: written down, its evidence, scores, and the decision with its reason."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import Settlement, coordinated_by, groups_of
from portal import languages
from portal.addresses import free_slug
from portal.once import once, token_of
from portal.stale import StaleObject
from programmes import editing

from .. import mails
from ..coverage_links import terms_asked
from ..forms import EvidenceForm, NeedForm, ScoreForm
from ..forms.assessments import NeedProgrammeForm
from ..models import Evidence, Need, NeedProgramme, Score, Signal
from ..models.indicators import groups_of_figures
from .needs import offering, scoring_seats
from .whose import group_of, number_of


@require_safe
@never_cache
@login_required
def needs_board(request):
    """Every need of the group by its status, those that wait longest first, and what came in."""
    group = group_of(request, groups_of_figures(request.user))
    needs = Need.objects.filter(group=group).select_related("reported_by").annotate(signal_count=Count("signals"))
    rows = sorted(needs.prefetch_related("scores", "objectives", "settlements"), key=lambda n: -n.waits)
    by_status = [(status, [n for n in rows if n.status == status]) for status in Need.Status]
    context = {
        "group": group,
        "is_member": groups_of(request.user).filter(pk=group.pk).exists(),
        "by_status": [(status.label, found) for status, found in by_status if found],
        "signals": Signal.objects.visible_to(request.user).filter(group=group).open().count(),
        "may_add": Need.objects.editable_by(request.user).filter(group=group).exists()
        or coordinated_by(request.user).filter(pk=group.pk).exists(),
    }
    return render(request, "actionplans/needs_board.html", context)


@never_cache
@login_required
def need_add(request):
    """A new need; from a signal (`?signal=`) or a gap (`?term=` numbers, `?place=`) with what is known of it."""
    group = group_of(request, coordinated_by(request.user))
    signal = _signal(request, group)
    form = NeedForm(request.POST or None, instance=Need(group=group), group=group, initial=_known(request, signal))
    if form.is_valid():
        try:
            _write_down(form, signal, request.user)
        except StaleObject:
            form.instance.pk = None
            form.add_error(None, _("Somebody else answered this signal meanwhile. What you typed still stands below."))
        else:
            messages.success(request, _("The need is written down. Now say what it rests on."))
            return redirect(form.instance)
    form, status = form.answer()
    context = {
        "form": form,
        "heading": _("New need"),
        "lead": signal and signal.text,
        "back": reverse("actionplans:needs-board"),
        "back_name": _("Needs"),
        "carried": {"group": group.slug, "signal": signal.pk if signal else ""},
    }
    return render(request, "actionplans/record_form.html", context, status=status)


@transaction.atomic
def _write_down(form, signal, by):
    """A new need, with the signal it was made of. Raises StaleObject when somebody else took that up first."""
    form.instance.slug = free_slug(Need, form.instance)
    form.keep()
    if signal is not None:
        signal.move_to(Signal.Status.LINKED, by, need=form.instance)
        mails.signal_answered(signal)


def _signal(request, group):
    number = request.POST.get("signal") or request.GET.get("signal", "")
    if not number.isdecimal() or len(number) > 15:
        return None
    return Signal.objects.editable_by(request.user).open().filter(group=group, pk=int(number)).first()


def _known(request, signal):
    known: dict[str, Any] = {"reported_on": timezone.localdate()}
    if signal is not None:
        known |= {
            f"description_{signal.language}": signal.text,
            "reported_by": signal.organisation_id,
            "reported_on": signal.sent_at.date(),
            f"is_from_{signal.basis}": True,
            "settlements": [signal.settlement_id] if signal.settlement_id else [],
        }
    elif slugs := request.GET.getlist("place")[:20]:
        known["settlements"] = list(Settlement.objects.filter(slug__in=slugs).values_list("pk", flat=True))
    return known | terms_asked(request.GET)


@never_cache
@login_required
def need_edit(request, pk):
    need = get_object_or_404(Need.objects.editable_by(request.user), pk=pk)
    form = NeedForm(request.POST or None, instance=need, group=need.group)
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return redirect(need)
    return _page(request, form, need, _("Edit"), str(need))


def _page(request, form, need, heading, lead=""):
    form, status = form.answer()
    context = {
        "form": form,
        "heading": heading,
        "lead": lead,
        "back": need.get_absolute_url(),
        "back_name": languages.resolve(need, "title")[0],
    }
    return render(request, "actionplans/record_form.html", context, status=status)


@require_POST
@login_required
def need_move(request, pk):
    """One step of its status; what is missing is said."""
    need = get_object_or_404(Need.objects.editable_by(request.user), pk=pk)
    try:
        need.move_to(request.POST.get("status", ""))
    except ValidationError as error:
        for words in error.messages:
            messages.error(request, words)
    except StaleObject:
        messages.error(request, _("Somebody else moved it meanwhile. Look again."))
    else:
        messages.success(request, _("It is now: %(status)s.") % {"status": need.get_status_display()})
    return redirect(need)


@never_cache
@login_required
def evidence_add(request, pk):
    need = get_object_or_404(Need.objects.evidenced_by(request.user), pk=pk)
    form = EvidenceForm(request.POST or None, instance=Evidence(need=need), group=need.group)
    if form.is_valid() and form.keep():
        messages.success(request, _("The evidence is written down."))
        return redirect(need)
    return _page(request, form, need, _("What does it rest on?"), _("A figure with its source, or what was observed."))


@never_cache
@login_required
def evidence_edit(request, pk, number):
    need = get_object_or_404(Need.objects.evidenced_by(request.user), pk=pk)
    evidence = get_object_or_404(need.evidence_rows, pk=number)
    form = EvidenceForm(request.POST or None, instance=evidence, group=need.group)
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return redirect(need)
    return _page(request, form, need, _("What does it rest on?"))


@require_POST
@login_required
def evidence_remove(request, pk, number):
    need = get_object_or_404(Need.objects.evidenced_by(request.user), pk=pk)
    need.evidence_rows.filter(pk=number).delete()
    messages.success(request, _("Taken away. The history still has it."))
    return redirect(need)


@never_cache
@login_required
def need_score(request, pk):
    """How one's seat sees the need; a second time, it changes one's own score."""
    need = get_object_or_404(Need.objects.visible_to(request.user), pk=pk)
    seats = scoring_seats(request.user).filter(membership__group=need.group_id).select_related("membership")
    seat = get_object_or_404(seats.filter(pk=number_of(request, "seat")) if "seat" in request.POST else seats[:1])
    own = Score.objects.filter(need=need, seat=seat).first()
    form = ScoreForm(request.POST or None, instance=own or Score(need=need, seat=seat))
    if form.is_valid():
        Score.objects.update_or_create(need=need, seat=seat, defaults=form.cleaned_data)
        messages.success(request, _("Thank you. Your score counts."))
        return redirect(need)
    context = {
        "form": form,
        "heading": _("How do you see it?"),
        "lead": str(need),
        "back": need.get_absolute_url(),
        "back_name": str(need),
        "save": _("Save"),
        "carried": {"seat": seat.pk},
    }
    return render(request, "actionplans/plain_form.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def need_programme_add(request, pk):
    """A partner proposes a programme because of a need: a draft that goes the way of all programmes."""
    need = get_object_or_404(Need.objects.visible_to(request.user).exclude(status__in=Need.CLOSED), pk=pk)
    organisations = offering(request.user, need)
    get_object_or_404(organisations[:1])
    form = NeedProgrammeForm(request.POST or None, organisations=organisations)
    if form.is_valid():
        number, _is_new = once(token_of(request), lambda: _draft_for(need, form))
        messages.success(request, _("The draft is saved. Now say when and where it takes place."))
        return redirect("programmes:programme-edit", number)
    context = {
        "form": form,
        "heading": _("Propose a programme"),
        "lead": str(need),
        "back": need.get_absolute_url(),
        "back_name": str(need),
        "save": _("Begin the draft"),
    }
    return render(request, "actionplans/plain_form.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _draft_for(need, form):
    programme = editing.create(form.cleaned_data["organisation"], form.values(need))
    NeedProgramme.objects.create(need=need, programme=programme)
    return programme
