"""What members say among themselves of a need, a plan or a measure: nobody else ever reads it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from partners.models import Seat
from portal.once import once, token_of

from .. import mails
from ..forms import SaidForm
from ..models import ActionPlan, Comment, Measure, Need

ABOUT: dict[str, Any] = {"need": Need, "plan": ActionPlan, "measure": Measure}


@never_cache
@login_required
def said_add(request, pk, about):
    """A member, an adviser too, says something; who answers for it and who spoke there before hear of it."""
    record = get_object_or_404(ABOUT[about].objects.commented_by(request.user), pk=pk)
    said = Comment(**{about: record}, by=request.user, is_internal=True, language=request.LANGUAGE_CODE)
    form = SaidForm(request.POST or None, instance=said)
    if form.is_valid():
        once(token_of(request), lambda: _keep(said))
        messages.success(request, _("Thank you. It stands here, for the members of the group only."))
        return redirect(said.stands_at)
    name = mails.in_words(record) if about == "plan" else str(record)
    context = {
        "form": form,
        "heading": _("Say something among members"),
        "lead": name,
        "back": said.stands_at,
        "back_name": name,
        "save": _("Send the comment"),
    }
    return render(request, "actionplans/plain_form.html", context, status=422 if form.errors else 200)


def _keep(said):
    seats = Seat.objects.current().filter(user=said.by, membership__group=said.group_id)
    said.seat = seats.order_by("pk").first()
    said.save()
    mails.comment_made(said)
    return said


@require_POST
@login_required
@transaction.atomic
def said_take_back(request, pk):
    """One's own, as long as nobody answered it; a mail about it that has not gone yet stays here."""
    rows = Comment.objects.removable_by(request.user).select_for_update(of=("self",))
    said = get_object_or_404(rows, pk=pk)
    mails.comment_taken_back(said)
    said.delete()
    messages.success(request, _("You have taken it back."))
    return redirect(said.stands_at)
