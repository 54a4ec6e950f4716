"""Reporting rounds: opened by the coordinator, answered on one page an organisation, then closed and locked."""

from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import Organisation, coordinated_by, groups_of
from portal.reading import readable_by
from portal.stale import StaleObject

from .. import agenda, mails, owed
from ..answering import keep_answers
from ..forms import AnswerForm, FigureForm, RoundForm
from ..models import Answer, Round
from .whose import group_of


@require_safe
@never_cache
@login_required
def rounds(request):
    group = group_of(request, groups_of(request.user))
    context = {
        "group": group,
        "rounds": Round.objects.filter(group=group),
        "may_open": coordinated_by(request.user).filter(pk=group.pk).exists(),
        "is_open": Round.objects.filter(group=group).open().exists(),
    }
    return render(request, "actionplans/rounds.html", context)


@never_cache
@login_required
def round_open(request):
    """Opens a round; every organisation that owes something hears of it at once."""
    group = group_of(request, coordinated_by(request.user))
    form = RoundForm(request.POST or None, instance=Round(group=group, opened_by=request.user))
    if form.is_valid():
        try:
            with transaction.atomic():
                form.keep()
                mails.round_opened(form.instance, owed.waiting(form.instance))
        except IntegrityError:
            form.add_error(None, _("A round is open already: close it first."))
        else:
            messages.success(request, _("The round is open, and everybody who owes an answer has been told."))
            return redirect("actionplans:round", form.instance.pk)
    form, status = form.answer()
    context = {
        "form": form,
        "heading": _("Open a reporting round"),
        "lead": _("Every organisation gets one page with all it owes."),
        "back": reverse("actionplans:rounds"),
        "back_name": _("Reporting rounds"),
        "carried": {"group": group.slug},
        "save": _("Open the round"),
    }
    return render(request, "actionplans/record_form.html", context, status=status)


@require_safe
@never_cache
@login_required
def round_board(request, pk):
    """Who has answered what."""
    return _board(request, get_object_or_404(readable_by(Round.objects, request.user), pk=pk))


def _board(request, shown, status=200, problem=""):
    rows = owed.board(shown)
    context = {
        "round": shown,
        "rows": rows,
        "missing": [row.organisation for row in rows if not row.is_whole],
        "problem": problem,
        "own": set(Organisation.objects.editable_by(request.user).values_list("pk", flat=True)),
        "may_close": Round.objects.editable_by(request.user).filter(pk=shown.pk).exists(),
        "done": sum(row.done for row in rows),
        "total": sum(row.total for row in rows),
        "cries": [cry for row in rows for cry in row.cries],
    }
    return render(request, "actionplans/round.html", context, status=status)


@never_cache
@login_required
def round_answer(request, pk, number):
    """One page with all an organisation owes; it may be saved in parts."""
    shown = get_object_or_404(readable_by(Round.objects, request.user), pk=pk)
    organisation = get_object_or_404(Organisation.objects.editable_by(request.user), pk=number)
    row = next((r for r in owed.board(shown) if r.organisation.pk == organisation.pk), None)
    if row:
        prefetch_related_objects(row.measures, "reports")
    forms = _forms(request, shown, row) if row else []
    status = 200
    if request.method == "POST" and not shown.is_open:
        messages.error(request, _("This round is closed. What you wrote was not saved; the coordinator can help."))
        status = 409
    elif request.method == "POST":
        if all([form.is_valid() for _key, _record, form in forms]):  # noqa: C419 – every row says what is wrong with it
            try:
                count = keep_answers(shown, organisation, forms, request.user)
            except StaleObject:
                messages.error(request, _("This round was closed meanwhile. What you wrote was not saved."))
                status = 409
            else:
                words = ngettext("%(count)s answer is saved.", "%(count)s answers are saved.", count)
                messages.success(request, words % {"count": count})
                return redirect("actionplans:round-answer", pk, number)
        else:
            status = 422
    context = {
        "round": shown,
        "organisation": organisation,
        "row": row,
        "forms": forms,
        "has_errors": any(form.errors for _key, _record, form in forms),
    }
    return render(request, "actionplans/round_answer.html", context, status=status)


def _forms(request, shown, row):
    """[(key, record, form)], each prefilled with what was answered or is known."""
    found = []
    for kind, records, form in (("measure", row.measures, AnswerForm), ("indicator", row.indicators, FigureForm)):
        for record in records:
            answer = row.answers.get((kind, record.pk))
            initial = {"kind": answer.kind, "text": answer.text, "reached": answer.reached} if answer else {}
            if kind == "indicator":
                initial |= _known(record, answer, shown)
            key = f"{kind}-{record.pk}"
            about = {"indicator": record, "answered": answer} if kind == "indicator" else {}
            found.append(((kind, record.pk), record, form(request.POST or None, prefix=key, initial=initial, **about)))
    return found


def _known(indicator, answer, shown):
    """Day and figure as they were answered, else today's: a page saved on another day asks for nothing twice."""
    today = timezone.localdate()
    days = [today]
    if answer and answer.kind == Answer.Kind.UPDATE:
        days += [v.measured_on for v in indicator.values.all() if shown.starts_on <= v.measured_on < today]
    value = max((v for v in indicator.values.all() if v.measured_on in days), key=lambda v: v.measured_on, default=None)
    day = value.measured_on if value else today
    return {"measured_on": day.isoformat(), "value": Decimal(value.value) if value else None}


@require_POST
@login_required
def round_close(request, pk):
    """Locks the answers and the figures of its period; while answers are missing, only with a word on why."""
    shown = get_object_or_404(Round.objects.editable_by(request.user), pk=pk)
    is_missed = shown.is_open and bool(owed.waiting(shown))
    note = request.POST.get("note", "").strip()[:500] if is_missed else ""
    if is_missed and not note:
        return _board(request, shown, 422, _("Not everybody has answered. Remind them, or say why you close it now."))
    try:
        with transaction.atomic():
            shown.close(note)
            is_taken_up = agenda.take_up_rounds(shown.group_id)
    except StaleObject:
        messages.error(request, _("Somebody else moved it meanwhile. Look again."))
    else:
        if is_taken_up:
            messages.success(request, _("The round is closed. It stands on the next agenda."))
        else:
            messages.success(request, _("The round is closed. It comes onto the agenda of the next meeting you plan."))
    return redirect("actionplans:round", pk)


@require_POST
@login_required
def round_remind(request, pk):
    """A mail to everybody who has not answered all; at most one a day."""
    shown = get_object_or_404(Round.objects.editable_by(request.user), pk=pk)
    if not shown.is_open:
        messages.error(request, _("This round is closed."))
    elif count := mails.round_reminded(shown, timezone.localdate().isoformat()):
        words = ngettext("%(count)s person is reminded.", "%(count)s people are reminded.", count)
        messages.success(request, words % {"count": count})
    else:
        messages.info(request, _("Nobody is left to be reminded today."))
    return redirect("actionplans:round", pk)
