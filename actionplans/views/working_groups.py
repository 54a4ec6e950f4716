"""Working groups: what each does, who leads it and takes part, its tasks and its meetings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners.models import Membership, Seat, WorkingGroup, WorkingGroupMember, coordinated_by, groups_of
from portal import languages
from portal.addresses import free_slug

from ..forms.working_groups import WorkingGroupForm
from ..models import Meeting, Task
from . import documents
from .whose import group_of


def _whole():
    seats = Seat.objects.current().filter(user=OuterRef("user"), membership=OuterRef("membership"))
    members = WorkingGroupMember.objects.filter(
        Q(user=None) | Exists(seats), membership__in=Membership.objects.current()
    )
    shown = Prefetch("members", members.select_related("membership__organisation", "user"))
    return WorkingGroup.objects.select_related("lead", "group").prefetch_related(shown)


@require_safe
@never_cache
@login_required
def working_groups(request):
    """Those of one's groups; the ones a person works in are marked."""
    groups = groups_of(request.user)
    if not groups.exists():
        raise Http404
    tasks = Count("tasks", filter=Q(tasks__state__in=Task.OPEN))
    rows = _whole().filter(group__in=groups).annotate(open_tasks=tasks)
    context = {
        "rows": sorted(rows, key=lambda row: (row.group_id, languages.sort_key(str(row)))),
        "mine": set(WorkingGroup.objects.of_person(request.user).values_list("pk", flat=True)),
        "may_add": coordinated_by(request.user).filter(pk__in=groups.values("pk")).exists(),
        "names_groups": groups.count() > 1,
    }
    return render(request, "actionplans/working_groups.html", context)


@require_safe
@never_cache
@login_required
def working_group(request, pk):
    """One of them, with what is to be done and when it meets."""
    shown = get_object_or_404(_whole().filter(pk__in=WorkingGroup.objects.visible_to(request.user)), pk=pk)
    tasks = shown.tasks.open().select_related("organisation", "person")
    context = {
        "working_group": shown,
        "tasks": tasks,
        "own": set(Task.objects.editable_by(request.user).filter(working_group=shown).values_list("pk", flat=True)),
        "meetings": Meeting.objects.visible_to(request.user).filter(working_group=shown)[:12],
        "may_edit": WorkingGroup.objects.editable_by(request.user).filter(pk=pk).exists(),
        "is_mine": WorkingGroup.objects.of_person(request.user).filter(pk=pk).exists(),
        **documents.shown_on(shown, request.user),
        "may_add_task": coordinated_by(request.user).filter(pk=shown.group_id).exists(),
    }
    return render(request, "actionplans/working_group.html", context)


@never_cache
@login_required
def working_group_add(request):
    group = group_of(request, coordinated_by(request.user))
    form = WorkingGroupForm(request.POST or None, instance=WorkingGroup(group=group), group=group, may_lead=True)
    if form.is_valid():
        form.instance.slug = free_slug(WorkingGroup, form.instance, "name")
        form.keep()
        messages.success(request, _("The working group is there."))
        return redirect(form.instance)
    back = reverse("actionplans:working-groups")
    return _page(request, form, _("New working group"), back, _("Working groups"), group=group.slug)


@never_cache
@login_required
def working_group_edit(request, pk):
    rows = WorkingGroup.objects.filter(pk__in=WorkingGroup.objects.editable_by(request.user))
    shown = get_object_or_404(rows.select_related("group"), pk=pk)
    may_lead = coordinated_by(request.user).filter(pk=shown.group_id).exists()
    form = WorkingGroupForm(request.POST or None, instance=shown, group=shown.group, may_lead=may_lead)
    if form.is_valid() and form.keep():
        messages.success(request, _("Your changes are saved."))
        return redirect("actionplans:working-group", pk)
    return _page(request, form, str(shown), reverse("actionplans:working-group", args=[pk]), str(shown))


def _page(request, form, heading, back, back_name, **carried):
    form, status = form.answer()
    context = {"form": form, "heading": heading, "back": back, "back_name": back_name, "carried": carried}
    return render(request, "actionplans/record_form.html", context, status=status)
