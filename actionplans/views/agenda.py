"""The agenda of a meeting: what the portal and the members propose, taken up, ordered and taken off again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal import languages
from portal.once import once, token_of
from portal.stale import StaleObject

from .. import agenda
from ..forms.meetings import ItemForm, NewItemForm, RemarkForm
from ..models import AgendaItem, Meeting, Remark
from ..models.meetings import kept_by
from .meetings import page


def _meeting(rows, pk):
    return get_object_or_404(rows.select_related("group", "location", "approved_at"), pk=pk)


def _item(request, pk):
    """An item of a meeting the person keeps."""
    return get_object_or_404(AgendaItem.objects.editable_by(request.user).select_related("meeting__group"), pk=pk)


def _stale(request, meeting):
    fresh = _meeting(Meeting.objects.visible_to(request.user), meeting.pk)
    text = _("Somebody changed this in the meantime. Nothing was done; this is how it stands now.")
    return page(request, fresh, 409, text)


@login_required
@never_cache
@require_POST
def agenda_add(request, pk):
    """Puts what was ticked of the portal's proposals on the agenda."""
    meeting = _meeting(Meeting.objects.editable_by(request.user), pk)
    keys = set(request.POST.getlist("point")[:200])
    if not keys:
        return page(request, meeting, 422, _("Tick what belongs on the agenda."))
    try:
        agenda.add(meeting, keys)
    except StaleObject:
        return _stale(request, meeting)
    messages.success(request, _("It is on the agenda."))
    return redirect(meeting)


@login_required
@never_cache
@require_POST
def item_add(request, pk):
    """A subject: from who keeps the meeting it is on the agenda at once, from other members it is a proposal."""
    meeting = _meeting(Meeting.objects.visible_to(request.user), pk)
    form = NewItemForm(request.POST)
    if not form.is_valid():
        return page(request, meeting, 422, _("Say in a few words what the group should talk about."), new_item=form)
    keeps = kept_by(request.user).filter(pk=meeting.group_id).exists()
    fields = {f"title_{languages.active()}": form.cleaned_data["title"], "note": form.cleaned_data["note"]}
    if not keeps:
        fields |= {"is_on_agenda": False, "proposed_by": agenda.speaks_for(request.user, meeting.group)}
    try:
        once(token_of(request), lambda: agenda.add_one(meeting, **fields))
    except StaleObject:
        return _stale(request, meeting)
    messages.success(
        request, _("It is on the agenda.") if keeps else _("Thank you. The coordinator sees your proposal.")
    )
    return redirect(meeting)


@never_cache
@login_required
def item_edit(request, pk):
    """The words of an item in five languages."""
    item = _item(request, pk)
    if item.meeting.is_frozen:
        return _stale(request, item.meeting)
    form = ItemForm(request.POST or None, instance=item)
    if form.is_valid() and _keep(form, item.meeting):
        messages.success(request, _("Your changes are saved."))
        return redirect(item.meeting)
    form, status = form.answer()
    context = {"form": form, "item": item, "meeting": item.meeting}
    return render(request, "actionplans/meeting_item_form.html", context, status=status)


@transaction.atomic
def _keep(form, meeting):
    form.is_stale = meeting.lock().is_frozen
    return not form.is_stale and form.keep()


@login_required
@never_cache
@require_POST
def item_shift(request, pk):
    """Moves an item one place: `by` is -1 for up, 1 for down; `seen` is the place it was seen at."""
    item = _item(request, pk)
    seen = request.POST.get("seen", "")
    if request.POST.get("by") not in ("-1", "1") or not (seen.isdecimal() and len(seen) < 6):
        return page(request, item.meeting, 400, _("Say where the item should go."))
    try:
        place = agenda.shift(item, int(request.POST["by"]), int(seen))
    except StaleObject:
        return _stale(request, item.meeting)
    messages.success(request, _("“%(item)s” is now number %(place)s.") % {"item": item, "place": place})
    return redirect(f"{item.meeting.get_absolute_url()}#item{item.pk}")


@login_required
@never_cache
@require_POST
def item_take_up(request, pk):
    item = _item(request, pk)
    try:
        agenda.take_up(item)
    except StaleObject:
        return _stale(request, item.meeting)
    messages.success(request, _("It is on the agenda."))
    return redirect(item.meeting)


@login_required
@never_cache
@require_POST
def item_remove(request, pk):
    item = _item(request, pk)
    try:
        agenda.remove(item)
    except StaleObject:
        text = _("Something was written or decided at this item already, so it stays.")
        return page(request, _meeting(Meeting.objects.visible_to(request.user), item.meeting_id), 409, text)
    messages.success(request, _("It is off the agenda."))
    return redirect(item.meeting)


def _saved(record):
    record.save()
    return record


@login_required
@never_cache
@require_POST
def remark_add(request, pk):
    """What a member says to an item, until the minutes are approved."""
    rows = AgendaItem.objects.visible_to(request.user).on_agenda().select_related("meeting__group")
    item = get_object_or_404(rows, pk=pk)
    meeting, form = item.meeting, RemarkForm(request.POST)
    if not form.is_valid():
        return page(request, meeting, 422, _("Write your remark first; it may have up to 2000 characters."))
    remark = Remark(item=item, text=form.cleaned_data["text"], language=languages.active())
    remark.organisation = agenda.speaks_for(request.user, meeting.group)
    with transaction.atomic():
        if not meeting.lock().is_written_in:
            return _stale(request, meeting)
        once(token_of(request), lambda: _saved(remark))
    messages.success(request, _("Thank you. Your remark stands beside the item."))
    return redirect(f"{meeting.get_absolute_url()}#item{item.pk}")
