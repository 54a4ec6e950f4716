"""Notices: what partners tell each other, who has read what is important, and sending what was proposed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import Organisation, coordinated_by, groups_of
from portal import languages
from portal.stale import StaleObject

from .. import notices as deeds
from ..forms.notices import NoticeForm, NoticeReturnForm
from ..models import Notice
from .whose import group_of

AT_ONCE = 20  # notices on a page


def _shown(user):
    return Notice.objects.visible_to(user).select_related("group", "organisation", "working_group", "author")


def _may_write(user):
    return groups_of(user).exists() and Organisation.objects.editable_by(user).exists()


@require_safe
@never_cache
@login_required
def notices(request):
    """Those of one's groups, newest first; what waits to be sent stands before them."""
    if not groups_of(request.user).exists():
        raise Http404
    rows = _shown(request.user)
    page = Paginator(rows.filter(state=Notice.State.SENT), AT_ONCE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "waiting": rows.exclude(state__in=Notice.READ),
        "unnoted": set(Notice.objects.unnoted_by(request.user).values_list("pk", flat=True)),
        "may_write": _may_write(request.user),
        "names_groups": groups_of(request.user).count() > 1,
    }
    return render(request, "actionplans/notices.html", context)


@require_safe
@never_cache
@login_required
def notice(request, pk):
    return _page(request, _again(request, pk))


def _page(request, shown, return_form=None, status=200):
    may_send = Notice.objects.sendable_by(request.user).filter(pk=shown.pk).exists()
    reaches = shown.people().count()
    silent = _by_name(shown.silent()) if may_send and shown.asks_to_note else []
    context = {
        "notice": shown,
        "may_send": may_send,
        "may_edit": Notice.objects.editable_by(request.user).filter(pk=shown.pk).exists(),
        "return_form": return_form or NoticeReturnForm(),
        "reaches": reaches,
        "has_noted": shown.noted.filter(user=request.user).exists(),
        "is_asked": Notice.objects.unnoted_by(request.user).filter(pk=shown.pk).exists(),
        "silent": silent,
        "read_by": reaches - len(silent),
    }
    return render(request, "actionplans/notice.html", context, status=status)


def _by_name(people):
    return sorted(people, key=lambda person: languages.sort_key(str(person)))


@never_cache
@login_required
def notice_add(request):
    group = group_of(request, groups_of(request.user))
    if not _may_write(request.user):
        raise Http404
    blank = Notice(group=group, author=request.user)
    return _form(request, blank, _("New notice"), reverse("actionplans:notices"), _("Notices"), group=group.slug)


@never_cache
@login_required
def notice_edit(request, pk):
    shown = get_object_or_404(Notice.objects.editable_by(request.user).select_related("group"), pk=pk)
    return _form(request, shown, str(shown), shown.get_absolute_url(), str(shown))


def _form(request, written, heading, back, back_name, **carried):
    may_send = coordinated_by(request.user).filter(pk=written.group_id).exists()
    is_new = written.pk is None
    form = NoticeForm(request.POST or None, instance=written, user=request.user, group=written.group, may_send=may_send)
    if form.is_valid() and form.keep():
        if is_new:
            deeds.propose(form.instance, request.user)
        sent_by_others = _("The notice is saved. The coordinator sends it.")
        messages.success(request, _("This is how it looks. Send it below.") if may_send else sent_by_others)
        return redirect(form.instance)
    form, status = form.answer()
    context = {"form": form, "heading": heading, "back": back, "back_name": back_name, "carried": carried}
    return render(request, "actionplans/record_form.html", context, status=status)


@require_POST
@login_required
def notice_move(request, pk):
    """Sends it, gives it back with a note, proposes it again, or withdraws it; `version` is the one that was read."""
    to = request.POST.get("state", "")
    again = to == Notice.State.PROPOSED
    rows = Notice.objects.editable_by(request.user) if again else Notice.objects.sendable_by(request.user)
    shown = get_object_or_404(rows.select_related("group", "organisation", "working_group", "author"), pk=pk)
    form = NoticeReturnForm(request.POST)
    if to == Notice.State.RETURNED and not form.is_valid():
        return _page(request, _again(request, pk), form, 422)
    try:
        if request.POST.get("version", "") != str(shown.version):
            raise StaleObject(shown)
        words = _do(shown, to, request.user, request.POST.get("note", ""))
    except StaleObject:
        messages.error(request, _("Somebody else moved or changed it meanwhile. Look again."))
        return _page(request, _again(request, pk), form, 409)
    messages.success(request, words)
    return redirect("actionplans:notice", pk)


def _again(request, pk):
    return get_object_or_404(_shown(request.user), pk=pk)


def _do(shown, to, user, note):
    if to == Notice.State.SENT:
        count = deeds.send(shown)
        return ngettext("Sent to %(count)s person.", "Sent to %(count)s people.", count) % {"count": count}
    if to == Notice.State.RETURNED:
        deeds.give_back(shown, note)
        return _("It went back with your note.")
    shown.move_to(to)
    if to == Notice.State.PROPOSED:
        deeds.propose(shown, user)
        return _("The coordinator sees it again.")
    return _("It is withdrawn. Who opens it sees that.")


@require_POST
@login_required
def notice_note(request, pk):
    """ "I have read it." """
    shown = get_object_or_404(Notice.objects.visible_to(request.user).filter(state__in=Notice.READ), pk=pk)
    deeds.note(shown, request.user)
    messages.success(request, _("Thank you. The coordinator sees that you have read it."))
    return redirect("actionplans:notice", pk)
