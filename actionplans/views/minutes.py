"""Minutes: written on one page, corrected with a trace, and as a document on paper."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.stale import StaleObject

from .. import minutes as deed
from .. import minutes_document
from ..forms.meetings import CorrectionForm
from ..models import AgendaItem, Meeting
from .meetings import page


@never_cache
@login_required
def minutes(request, pk):
    """Every item, who was there and what was decided, on one page with one button."""
    meeting = get_object_or_404(
        Meeting.objects.editable_by(request.user).select_related("group", "working_group", "location"), pk=pk
    )
    closed = _("The minutes are not open for writing now.")
    if not meeting.is_written_in:
        return page(request, meeting, 409, closed)
    form = deed.MinutesPage(meeting, request.POST or None, request.user)
    if request.method == "POST":
        try:
            if form.save():
                messages.success(request, _("Your changes are saved."))
                return redirect("actionplans:minutes", pk)
        except StaleObject:  # approved in this very moment: what was typed stays on the page
            form.status, form.is_closed = 409, True
    context = {"meeting": meeting, "page": form}
    return render(request, "actionplans/meeting_minutes.html", context, status=form.status)


@never_cache
@login_required
def item_correct(request, pk):
    """Corrects approved minutes, with a reason that everybody sees."""
    rows = AgendaItem.objects.editable_by(request.user).filter(meeting__status=Meeting.Status.MINUTES_APPROVED)
    item = get_object_or_404(rows.select_related("meeting__group"), pk=pk)
    form = CorrectionForm(request.POST or None, instance=item, language=item.meeting.language)
    if form.is_valid() and deed.correct(form, item.meeting):
        messages.success(request, _("The correction is marked in the minutes."))
        return redirect(item.meeting)
    form, status = form.answer()
    context = {"form": form, "item": item, "meeting": item.meeting}
    return render(request, "actionplans/meeting_correction.html", context, status=status)


def _whole(request, pk):
    rows = Meeting.objects.visible_to(request.user).select_related("group", "working_group", "location", "approved_at")
    return get_object_or_404(rows, pk=pk)


@require_safe
@never_cache
@login_required
def document(request, pk):
    """Agenda or minutes as a page to print."""
    meeting = _whole(request, pk)
    context = {"meeting": meeting, "content": minutes_document.content(meeting)}
    return render(request, "actionplans/meeting_document.html", context)


@require_safe
@never_cache
@login_required
def document_docx(request, pk):
    """The same as a file for a word processor."""
    meeting = _whole(request, pk)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    headers = {"Content-Disposition": f'attachment; filename="minutes-{meeting.day}.docx"'}
    return HttpResponse(minutes_document.docx(meeting), content_type=kind, headers=headers)


@require_safe
@never_cache
def published(request):
    """Minutes that everybody may read, newest first, with what was decided."""
    rows = Meeting.objects.public().select_related("group", "location").prefetch_related("decisions__responsible")
    return render(request, "actionplans/minutes_published.html", {"meetings": rows[:100]})


@require_safe
@never_cache
def published_one(request, pk):
    """One of them: organisations and roles stand in it, neither persons' names nor the link to take part."""
    meeting = get_object_or_404(Meeting.objects.public().select_related("group", "location", "approved_at"), pk=pk)
    content = minutes_document.content(meeting)._replace(online_link="")
    return render(request, "actionplans/minutes_public.html", {"meeting": meeting, "content": content})
