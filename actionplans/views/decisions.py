"""What a group resolved: the list, each decision with what came of it, and proposals of members."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import groups_of
from portal import languages, spreadsheets
from portal.once import once, token_of
from portal.stale import StaleObject

from .. import agenda, mails
from ..coverage_links import measure_address
from ..filters import DecisionFilter
from ..forms.decisions import DecisionForm, MoveForm, ProposalForm
from ..models import Decision, Measure, Task


def _visible(request):
    return Decision.objects.visible_to(request.user).select_related("group", "responsible", "meeting", "revoked_by")


@require_safe
@never_cache
@login_required
def decisions(request):
    """By year, newest first; what is overdue stands out."""
    chosen = DecisionFilter(request.GET, queryset=_visible(request))
    context = {
        "decisions": chosen.qs[:500],
        "form": chosen.form,
        "is_filtered": any(request.GET.get(name) for name in chosen.form.fields),
        "is_member": groups_of(request.user).exists(),
        "names_groups": groups_of(request.user).count() > 1,
        "query": request.GET.urlencode(),
    }
    return render(request, "actionplans/decisions.html", context)


@require_safe
@never_cache
@login_required
def decisions_csv(request):
    """The same rows as a table for a spreadsheet."""
    rows = DecisionFilter(request.GET, queryset=_visible(request)).qs
    head = [_("Number"), _("Group"), _("Decision"), _("Responsible"), _("Due"), _("State"), _("overdue"),
            _("Adopted"), _("Closed"), _("What came of it")]  # fmt: skip
    return spreadsheets.csv_response("decisions", [head, *map(_row, rows)])


def _row(decision):
    return [
        decision.code,
        str(decision.group),
        languages.resolve(decision, "text")[0],
        str(decision.responsible or ""),
        decision.due_on or "",
        decision.get_state_display(),
        _("yes") if decision.is_overdue else "",
        decision.adopted_on or "",
        decision.closed_on or "",
        languages.resolve(decision, "result")[0],
    ]


@require_safe
@never_cache
@login_required
def decision(request, pk):
    """One decision: who, until when, and what came of it."""
    return page(request, get_object_or_404(_visible(request), pk=pk))


def page(request, shown, status=200, problem="", typed=None, reason=""):
    """`typed` is what a partner wanted to report, `reason` why the coordinator wanted to dismiss it; not kept yet."""
    may_edit = Decision.objects.editable_by(request.user).filter(pk=shown.pk).exists()
    is_carried = may_edit and shown.is_open and bool(shown.number)
    context = {
        "decision": shown,
        "may_edit": may_edit,
        "moves": _moves(shown) if may_edit else [],
        "move_form": MoveForm(decision=shown) if may_edit else None,
        "tasks": shown.tasks.select_related("organisation"),
        "may_report": not may_edit and shown.takes_report_of(request.user),
        "typed": shown.reported if typed is None else typed,
        "reason": reason,
        "is_unheard": shown.is_open and Decision.objects.unheard().filter(pk=shown.pk).exists(),
        "makes_tasks": is_carried,
        "measures": Measure.objects.visible_to(request.user).filter(decision=shown),
        "measure_address": measure_address(shown.group, request.user) if is_carried else "",
        "came_up": shown.agenda_items.select_related("meeting").order_by("meeting__starts_at"),
        "revokes": shown.revokes.all(),
        "problem": problem,
    }
    return render(request, "actionplans/decision.html", context, status=status)


def _moves(shown):
    """[(state, words)] but to be revoked, which has a form of its own."""
    names = {
        "adopted": pgettext("deed", "Adopt it"),
        "in_progress": pgettext("deed", "It is being carried out"),
        "implemented": pgettext("deed", "It is carried out"),
        "overtaken": pgettext("deed", "Overtaken by events"),
    }
    return [(str(to), names[to]) for to in shown.NEXT[shown.state] if to in names]


@never_cache
@login_required
def decision_add(request):
    """A member proposes a decision; it comes up on the next agenda."""
    groups = groups_of(request.user)
    if not groups.exists():
        raise Http404
    form = ProposalForm(request.POST or None, user=request.user, initial={"group": groups[0]})
    if form.is_valid():
        form.instance.proposed_by = agenda.speaks_for(request.user, form.cleaned_data["group"])
        if form.keep():
            messages.success(request, _("Thank you. It is proposed for the next agenda."))
            return redirect(form.instance)
    form, status = form.answer()
    return render(request, "actionplans/decision_form.html", {"form": form}, status=status)


@never_cache
@login_required
def decision_edit(request, pk):
    rows = Decision.objects.editable_by(request.user).select_related("group", "meeting")
    shown = get_object_or_404(rows, pk=pk)
    form = DecisionForm(request.POST or None, instance=shown)
    if form.is_valid() and _keep(form, shown):
        messages.success(request, _("Your changes are saved."))
        return redirect(shown)
    form, status = form.answer()
    return render(request, "actionplans/decision_form.html", {"form": form, "decision": shown}, status=status)


@transaction.atomic
def _keep(form, shown):
    """As RecordForm.keep; False too when the minutes with its words were approved since the form was made."""
    if shown.meeting:
        shown.meeting.lock()
    form.is_stale = shown.is_text_frozen and bool({*languages.columns("text")} & {*form.changes()})
    return not form.is_stale and form.keep()


@login_required
@never_cache
@require_POST
def decision_move(request, pk):
    """Takes a decision on to the state `to`; `revoked_by` is the number of the decision that revokes it."""
    shown = get_object_or_404(_visible(request) & Decision.objects.editable_by(request.user), pk=pk)
    form = MoveForm(request.POST, decision=shown)
    if not form.is_valid():
        return page(request, shown, 422, _("Choose what became of the decision."))
    try:
        shown.move_to(form.cleaned_data["to"], form.cleaned_data["revoked_by"])
    except ValidationError as error:
        return page(request, _visible(request).get(pk=pk), 422, " ".join(error.messages))
    except StaleObject:
        text = _("Somebody changed this in the meantime. Nothing was done; this is how it stands now.")
        return page(request, _visible(request).get(pk=pk), 409, text)
    messages.success(request, _("Your changes are saved."))
    if shown.state in (Decision.State.REVOKED, Decision.State.OVERTAKEN):
        _ask_about_tasks(request, shown)
    return redirect(shown)


def _ask_about_tasks(request, shown):
    """A decision that no longer counts leaves its tasks open: whether they are still needed only people know."""
    if count := shown.tasks.open().count():
        words = ngettext(
            "One task that follows from it is still open. Is it still needed?",
            "%(count)s tasks that follow from it are still open. Are they still needed?",
            count,
        )
        messages.warning(request, words % {"count": count})


@login_required
@never_cache
@require_POST
def decision_task(request, pk):
    """Makes a task out of a decision."""
    shown = get_object_or_404(_visible(request) & Decision.objects.editable_by(request.user), pk=pk)
    if not shown.is_open or not shown.number:
        return page(request, shown, 409, _("No task can be made out of this decision."))
    number, is_new = once(token_of(request), shown.make_task)
    if is_new:
        mails.task_given(Task.objects.get(pk=number), request.user)
    messages.success(request, _("The task is made."))
    return redirect(shown)


@login_required
@never_cache
@require_POST
def decision_report(request, pk):
    """The partner that sees to a decision reports what came of it; the coordinator takes it up."""
    shown = get_object_or_404(_visible(request), pk=pk)
    if not shown.takes_report_of(request.user):
        raise Http404
    text, seen = (_posted(request, name) for name in ("text", "seen"))
    try:
        with transaction.atomic():
            shown.report(text, languages.active(), request.user, seen)
            mails.decision_reported(shown)
    except ValidationError as error:
        return page(request, shown, 422, " ".join(error.messages), text)
    except StaleObject:
        problem = _("Somebody else reported meanwhile: it stands above. What you typed still stands below.")
        return page(request, _visible(request).get(pk=pk), 409, problem, text)
    messages.success(request, _("Thank you. The coordinator takes it into the decision."))
    return redirect(shown)


@login_required
@never_cache
@require_POST
def decision_take(request, pk):
    """The coordinator takes what was reported into the decision."""
    shown = get_object_or_404(_visible(request) & Decision.objects.editable_by(request.user), pk=pk)
    try:
        shown.take_report(_posted(request, "seen"))
    except ValidationError as error:
        return page(request, shown, 422, " ".join(error.messages))
    except StaleObject:
        text = _("Somebody changed this in the meantime. Nothing was done; this is how it stands now.")
        return page(request, _visible(request).get(pk=pk), 409, text)
    messages.success(request, _("It stands in the decision now."))
    return redirect(shown)


@login_required
@never_cache
@require_POST
def decision_dismiss(request, pk):
    """The coordinator does not take in what was reported; the partner reads why, and may report anew."""
    shown = get_object_or_404(_visible(request) & Decision.objects.editable_by(request.user), pk=pk)
    reason = _posted(request, "reason")[:300]
    try:
        with transaction.atomic():
            shown.dismiss_report(_posted(request, "seen"), reason)
            mails.report_dismissed(shown)
    except ValidationError as error:
        return page(request, shown, 422, " ".join(error.messages))
    except StaleObject:
        problem = _("Somebody changed this in the meantime. Nothing was done; this is how it stands now.")
        return page(request, _visible(request).get(pk=pk), 409, problem, reason=reason)
    messages.success(request, _("The partner reads your reason, and can report anew."))
    return redirect(shown)


def _posted(request, name):
    """A text as it is kept: a browser sends its lines with another ending."""
    return request.POST.get(name, "").replace("\r\n", "\n").strip()[:2000]
