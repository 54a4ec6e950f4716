"""Meetings of a group: those to come, those that were, and one of them with its agenda."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import WorkingGroup, groups_of
from portal import languages
from portal.stale import StaleObject

from .. import agenda, invitations, minutes, shared_calendar, starting_texts
from ..forms.meetings import MeetingForm, NewItemForm
from ..minutes_document import in_language
from ..models import Attendance, Decision, Meeting
from ..models.meetings import kept_by
from . import documents

Status = Meeting.Status
BUTTONS = {
    Status.INVITED: gettext_lazy("Send the invitations"),
    Status.HELD: gettext_lazy("It has taken place"),
    Status.MINUTES_WRITTEN: gettext_lazy("The minutes are written"),
}


@require_safe
@never_cache
@login_required
def meetings(request):
    """What is coming, and what was, newest first."""
    rows = Meeting.objects.visible_to(request.user).select_related("location", "group", "working_group")
    coming = rows.coming()
    decisions = Decision.objects.visible_to(request.user)
    context = {
        "coming": coming.order_by("starts_at"),
        "past": rows.exclude(pk__in=coming.values("pk"))[:100],
        "may_add": kept_by(request.user).exists(),
        "is_member": groups_of(request.user).exists(),
        "open_decisions": decisions.open().count(),
        "overdue_decisions": decisions.overdue().count(),
        "names_groups": groups_of(request.user).count() > 1,
    }
    return render(request, "actionplans/meetings.html", context)


@never_cache
@login_required
def meeting_add(request):
    groups = kept_by(request.user)
    if not groups.exists():
        raise Http404
    first = {"group": groups[0], "language": languages.active()}
    template = starting_texts.named("meetings", request.GET.get("template", ""))
    if template:
        first |= starting_texts.columns("title", template["title"])
    number = request.GET.get("working_group", "")
    if number.isdecimal() and (body := WorkingGroup.objects.filter(group__in=groups, pk=number[:15]).first()):
        first |= {"group": body.group_id, "working_group": body.pk}
    form = MeetingForm(request.POST or None, user=request.user, initial=first)
    if form.is_valid() and form.keep():
        for words in template["items"] if template else ():
            agenda.add_one(form.instance, **starting_texts.columns("title", words))
        agenda.take_up_rounds(form.instance.group_id)
        messages.success(request, _("The meeting is planned. Put its agenda together now."))
        return redirect(form.instance)
    return _form(request, form)


@never_cache
@login_required
def meeting_edit(request, pk):
    """When, where and what it is called; those who are invited hear of a change."""
    shown = get_object_or_404(Meeting.objects.editable_by(request.user).select_related("group", "working_group"), pk=pk)
    if shown.is_frozen:
        return page(request, shown, 409, _("This meeting is closed; nothing about it changes any more."))
    form = MeetingForm(request.POST or None, instance=shown, user=request.user)
    if form.is_valid() and (told := _keep(form)) is not None:
        messages.success(request, _saved(told))
        return redirect(shown)
    return _form(request, form, shown)


@login_required
@never_cache
@require_POST
def meeting_day(request, pk=None):
    """What else is on the day that stands in the form; nothing is saved."""
    if pk is None:
        if not kept_by(request.user).exists():
            raise Http404
        shown, first = None, {"language": languages.active()}
    else:
        rows = Meeting.objects.editable_by(request.user).select_related("group", "working_group")
        shown, first = get_object_or_404(rows, pk=pk), None
    form = MeetingForm(request.POST, instance=shown, user=request.user, initial=first)
    form.is_valid()
    return _form(request, form, shown, looks=True)


def _form(request, form, shown=None, looks=False):
    """The form; of a meeting that has a day with what else is on it, unless something has to be mended first."""
    typed = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else {}
    day = typed.get("day") or (shown.day if shown else None)
    group = typed.get("group") or (shown.group if shown else kept_by(request.user)[0])
    form, status = form.answer()
    context = {"form": form, "meeting": shown, "looks": looks}
    if day and abs((day - timezone.localdate()).days) < 3660:
        found = shared_calendar.read(group, request.user, day, day)
        context |= {
            "day": day,
            "holiday": found.holidays.get(day),
            "beside": [(one, shared_calendar.address(one)) for one in found.rows if not _is(one, shown)],
        }
    return render(request, "actionplans/meeting_form.html", context, status=200 if looks else status)


def _is(activity, meeting):
    return meeting is not None and activity.key == ("meeting", meeting.pk)


@transaction.atomic
def _keep(form):
    """How many members are told of the change; None when somebody else saved meanwhile."""
    if not form.keep():
        return None
    if not form.concerns_invitations:
        return 0
    return invitations.changed(
        Meeting.objects.select_related("group", "working_group", "location").get(pk=form.instance.pk)
    )


def _saved(told):
    if not told:
        return _("Your changes are saved.")
    words = ngettext("Saved. %(count)s member is told.", "Saved. %(count)s members are told.", told)
    return words % {"count": told}


@require_safe
@never_cache
@login_required
def meeting(request, pk):
    """One meeting for its members: agenda, who was there, what was said and decided."""
    shown = Meeting.objects.visible_to(request.user).select_related("group", "working_group", "location", "approved_at")
    return page(request, get_object_or_404(shown, pk=pk))


def page(request, shown, status=200, problem="", new_item=None):
    """The page of a meeting, also as the answer to a deed that could not be done."""
    rows = shown.items.select_related("proposed_by", "task", "measure", "need", "decision", "earlier", "round")
    items = list(rows.prefetch_related("decisions__responsible", "remarks__organisation"))
    may_edit = kept_by(request.user).filter(pk=shown.group_id).exists()
    is_open = shown.status in (Status.PLANNED, Status.INVITED, Status.HELD)
    context = {
        "meeting": shown,
        "items": [item for item in items if item.is_on_agenda],
        "in_language": in_language(shown) if any(item.minutes or item.note for item in items) else "",
        "proposals": [item for item in items if not item.is_on_agenda],
        "attendances": _attendances(shown),
        "may_edit": may_edit,
        "may_propose": is_open,
        "may_remark": shown.is_written_in,
        "points": agenda.propose(agenda.gather(shown), timezone.localdate()) if may_edit and is_open else [],
        "buttons": _buttons(shown) if may_edit else [],
        "approvers": _approvers(shown) if may_edit and shown.status == Status.MINUTES_WRITTEN else None,
        "new_item": new_item or NewItemForm(),
        "problem": problem,
        **documents.shown_on(shown, request.user),
    }
    return render(request, "actionplans/meeting.html", context, status=status)


def _attendances(shown):
    rows = shown.attendances.select_related("membership__organisation")
    by_state = {state: [row for row in rows if row.state == state] for state in Attendance.State.values}
    key = lambda row: languages.sort_key(str(row.membership.organisation))
    return [(Attendance.State(state).label, sorted(found, key=key)) for state, found in by_state.items() if found]


def _buttons(shown):
    """[(what it moves to, words)] of the table NEXT that are due now."""
    due = [to for to in shown.NEXT[shown.status] if to in BUTTONS and (to != Status.HELD or shown.has_begun)]
    if shown.has_begun:
        due = [to for to in due if to != Status.INVITED]
    return [(to.value if hasattr(to, "value") else to, BUTTONS[to]) for to in due]


def _approvers(shown):
    """Later meetings that have begun: at one of them the minutes were approved. Those of a working group also by the
    whole group, but never the other way round."""
    later = agenda.of_body(shown) | Meeting.objects.filter(group=shown.group_id, working_group=None)
    later = later.filter(starts_at__gt=shown.starts_at, starts_at__lte=timezone.now())
    return later.exclude(status=Status.CANCELLED).order_by("starts_at")


STALE = gettext_lazy("Somebody changed this in the meantime. Nothing was done; this is how it stands now.")
DONE = {
    "invited": gettext_lazy("The invitations are on their way."),
    "held": gettext_lazy("Noted. Now write the minutes."),
    "minutes_written": gettext_lazy("The members are asked to read the minutes."),
    "minutes_approved": gettext_lazy("The minutes are approved. What is corrected from now on is marked."),
    "cancelled": gettext_lazy("The meeting is cancelled; whoever was invited hears of it."),
}


@login_required
@never_cache
@require_POST
def meeting_move(request, pk):
    """Takes a meeting on to `to`; `at` is the meeting that approved its minutes. `version` is what the person saw:
    a button that is pressed twice writes to the members once."""
    shown = get_object_or_404(
        Meeting.objects.editable_by(request.user).select_related("group", "working_group", "location"), pk=pk
    )
    to = request.POST.get("to", "")
    if request.POST.get("version") != str(shown.version):
        return page(request, shown, 409, STALE)
    if to not in DONE:
        return page(request, shown, 400, _("Choose what happened to the meeting."))
    try:
        _move(request, shown, to)
    except ValidationError as error:
        return page(request, _fresh(request, pk), 422, " ".join(error.messages))
    except StaleObject:
        return page(request, _fresh(request, pk), 409, STALE)
    messages.success(request, DONE[to])
    return redirect(shown)


def _fresh(request, pk):
    return (
        Meeting.objects.visible_to(request.user)
        .select_related("group", "working_group", "location", "approved_at")
        .get(pk=pk)
    )


def _move(request, shown, to):
    if to == Status.INVITED:
        again = shown.status == Status.INVITED
        (invitations.changed if again else invitations.invite)(shown)
    elif to == Status.CANCELLED:
        invitations.cancel(shown)
        agenda.take_up_rounds(shown.group_id)
    elif to == Status.MINUTES_WRITTEN:
        minutes.finish(shown)
    elif to == Status.MINUTES_APPROVED:
        number = request.POST.get("at", "")
        at = _approvers(shown).filter(pk=int(number) if number.isdecimal() and len(number) < 15 else 0).first()
        if at is None:
            raise ValidationError(_("Choose the meeting at which the minutes were approved."))
        shown.approve(at)
    else:
        shown.move_to(to)


@require_safe
@never_cache
@login_required
def calendar(request, pk):
    """The meeting as a file for one's calendar."""
    rows = Meeting.objects.visible_to(request.user).select_related("group", "working_group", "location")
    shown = get_object_or_404(rows, pk=pk)
    method = "CANCEL" if shown.status == Status.CANCELLED else "PUBLISH"
    file = invitations.calendar(shown, method, request.user.email)
    headers = {"Content-Disposition": f'attachment; filename="meeting-{shown.pk}.ics"'}
    return HttpResponse(file, content_type="text/calendar; charset=utf-8", headers=headers)


@login_required
@never_cache
@require_POST
def meeting_publish(request, pk):
    """Shows the approved minutes to everybody, or to members only again."""
    shown = get_object_or_404(Meeting.objects.editable_by(request.user).select_related("group", "location"), pk=pk)
    is_public = request.POST.get("public") == "1"
    try:
        if request.POST.get("version") != str(shown.version):
            raise StaleObject(shown)
        shown.publish(is_public)
    except StaleObject:
        return page(request, _fresh(request, pk), 409, STALE)
    messages.success(request, _("Everybody can read the minutes now.") if is_public else _("Only members see them."))
    return redirect(shown)
