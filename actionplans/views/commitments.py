"""Commitments: an organisation is asked, and its own representative answers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.models import Membership, Seat, groups_of
from portal.stale import StaleObject
from programmes.models import Programme

from .. import mails
from ..forms import AskForm, CommitmentAnswerForm
from ..models import Barrier, Commitment
from .measures import coordinated
from .whose import group_of


@never_cache
@login_required
def commitment_ask(request, pk):
    """Asks an organisation to lead a measure, take part in it or pay for it; its representatives get a mail."""
    measure = get_object_or_404(coordinated(request.user).select_related("plan__strategy"), pk=pk)
    form = AskForm(request.POST or None, measure=measure)
    if form.is_valid():
        try:
            with transaction.atomic():
                mails.commitment_asked(form.save())
        except IntegrityError:
            form.add_error(None, _("This organisation was already asked for that."))
        else:
            messages.success(request, _("They are asked. You hear from them."))
            return redirect(measure)
    context = {
        "form": form,
        "heading": _("Ask an organisation"),
        "lead": str(measure),
        "back": measure.get_absolute_url(),
        "back_name": str(measure),
        "save": _("Ask"),
    }
    return render(request, "actionplans/plain_form.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def commitment_answer(request, pk):
    """What was asked, and the answer: yes, another offer, or no with a reason."""
    rows = Commitment.objects.answerable_by(request.user)
    commitment = get_object_or_404(rows.select_related("measure__plan", "membership__organisation"), pk=pk)
    is_own = (
        Seat.objects.current()
        .filter(user=request.user, role__in=Commitment.ANSWERING, membership=commitment.membership_id)
        .exists()
    )
    form = CommitmentAnswerForm(request.POST or None)
    status = 200
    if form.is_valid():
        try:
            with transaction.atomic():
                _answer(commitment, request, form.cleaned_data, is_own)
        except ValidationError as error:
            form.add_error(None, error.messages)
            status = 422
        except StaleObject:
            commitment.refresh_from_db()
            status = 409
        else:
            messages.success(request, _("Saved. The coordinator hears of it."))
            return redirect(commitment.measure)
    elif form.errors:
        status = 422
    context = {
        "commitment": commitment,
        "is_unheard": Commitment.objects.open().unheard().filter(pk=pk).exists(),
        "form": form,
        "is_own": is_own,
        "is_stale": status == 409,
        "load": commitment.membership.commitments.accepted().select_related("measure"),
    }
    return render(request, "actionplans/commitment.html", context, status=status)


def _answer(commitment, request, given, is_own):
    wanted = request.POST.get("status", "")
    if wanted == Commitment.Status.PROPOSED and is_own:
        raise ValidationError(_("Only the coordinator asks again."))
    # A coordinator who is nobody's representative records what stands on paper; asking and taking back is theirs.
    on_paper = not is_own and wanted not in (Commitment.Status.PROPOSED, Commitment.Status.WITHDRAWN)
    commitment.move_to(wanted, request.user, given["reason"], given["hours"], on_paper)
    if wanted == Commitment.Status.PROPOSED:
        mails.commitment_asked(commitment)
    else:
        mails.commitment_answered(commitment, request.user)


@require_safe
@never_cache
@login_required
def load(request):
    """Who answers for what: each organisation with its measures, what it is asked, programmes, barriers and tasks."""
    group = group_of(request, groups_of(request.user))
    members = Membership.objects.current().filter(group=group).select_related("organisation")
    rows = members.prefetch_related(
        "commitments__measure",
        "organisation__tasks",
        Prefetch("organisation__programmes", Programme.objects.published(), to_attr="offered"),
    )
    barriers = Barrier.objects.filter(group=group).exclude(status=Barrier.Status.SOLVED)
    context = {
        "group": group,
        "rows": sorted(rows, key=lambda m: -_weight(m)),
        "nobody": [barrier for barrier in barriers if barrier.owner_id is None],
    }
    for membership in context["rows"]:
        membership.barriers = [b for b in barriers if b.owner_id == membership.organisation_id]
        membership.leads = [
            c for c in membership.commitments.all() if _is_running(c) and c.role == Commitment.Role.LEAD
        ]
        membership.helps = [
            c for c in membership.commitments.all() if _is_running(c) and c.role != Commitment.Role.LEAD
        ]
        membership.asked = [c for c in membership.commitments.all() if c.status == Commitment.Status.PROPOSED]
        membership.hours = sum(c.hours or 0 for c in membership.leads + membership.helps)
        membership.open_tasks = [t for t in membership.organisation.tasks.all() if t.state in t.OPEN]
    return render(request, "actionplans/load.html", context)


def _is_running(commitment):
    return commitment.status == Commitment.Status.ACCEPTED and commitment.measure.phase not in commitment.measure.OVER


def _weight(membership):
    """Leading weighs three times as much as taking part."""
    return sum(3 if c.role == Commitment.Role.LEAD else 1 for c in membership.commitments.all() if _is_running(c))
