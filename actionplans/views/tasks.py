"""Tasks: of a measure or of the group; each with its own version, so that two people change two at once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import Group, coordinated_by, groups_of
from portal import addresses
from portal.stale import StaleObject

from .. import mails
from ..forms import TaskForm
from ..models import Measure, Task
from .whose import group_of


@require_safe
@never_cache
@login_required
def tasks(request):
    """All tasks of the group by date; `?state=all` shows those that are over as well."""
    group = group_of(request, groups_of(request.user))
    rows = Task.objects.of_group([group.pk]).select_related(
        "measure", "organisation", "person", "working_group", "decision"
    )
    shows_all = request.GET.get("state") == "all"
    context = {
        "group": group,
        "tasks": rows if shows_all else rows.open(),
        "shows_all": shows_all,
        "unheard": set(rows.open().unheard().values_list("pk", flat=True)),
        "mine": set(Task.objects.editable_by(request.user).filter(pk__in=rows).values_list("pk", flat=True)),
        "may_add": coordinated_by(request.user).filter(pk=group.pk).exists(),
    }
    return render(request, "actionplans/tasks.html", context)


@never_cache
@login_required
def task_add(request):
    """A task of the group."""
    group = group_of(request, coordinated_by(request.user))
    body = request.GET.get("working_group", "")
    initial = {"working_group": int(body)} if body.isascii() and body.isdecimal() and len(body) < 15 else {}
    form = TaskForm(request.POST or None, instance=Task(group=group), initial=initial, group=group)
    return _page(request, form, None, _("New task"), reverse("actionplans:tasks"), _("Tasks"), group=group.slug)


@never_cache
@login_required
def measure_task_add(request, pk):
    measure = get_object_or_404(Measure.objects.editable_by(request.user).select_related("plan__strategy"), pk=pk)
    form = TaskForm(request.POST or None, instance=Task(measure=measure), group=measure.plan.strategy.group_id)
    return _page(request, form, None, _("New task"), measure.get_absolute_url(), str(measure))


@never_cache
@login_required
def task_edit(request, pk):
    task = get_object_or_404(Task.objects.editable_by(request.user), pk=pk)
    form = TaskForm(request.POST or None, instance=task, group=task.of_group)
    return _page(request, form, task, str(task), _home(task), str(task.measure or _("Tasks")))


def _home(task):
    return task.measure.get_absolute_url() if task.measure_id else reverse("actionplans:tasks")


def _whose(task):
    return task.organisation_id, task.person_id, task.working_group_id


def _page(request, form, task, heading, back, back_name, **carried):
    before = task and _whose(task)
    if form.is_valid() and form.keep():
        task = form.instance
        if before != _whose(task):
            mails.task_given(task, request.user)
        messages.success(request, _("The task is saved."))
        return redirect(back)
    form, status = form.answer()
    context = {"form": form, "heading": heading, "back": back, "back_name": back_name, "carried": carried}
    return render(request, "actionplans/record_form.html", context, status=status)


def _moved(task):
    """What it is now; of one that left the list, where it can be opened again."""
    words = _("“%(title)s” is now: %(status)s.") % {"title": task, "status": task.get_state_display()}
    if task.state in task.OPEN:
        return words
    address = f"{reverse('actionplans:tasks')}?state=all&group={Group.objects.get(pk=task.of_group).slug}"
    return format_html('{} <a href="{}">{}</a>', words, address, _("If that was a mistake, open it again."))


@require_POST
@login_required
def task_move(request, pk):
    """Begins, ends, blocks or cancels it; goes back to the page of this site one came from."""
    task = get_object_or_404(Task.objects.editable_by(request.user), pk=pk)
    try:
        task.move_to(request.POST.get("state", ""), request.POST.get("reason", "")[:300])
    except ValidationError as error:
        for words in error.messages:
            messages.error(request, words)
    except StaleObject:
        messages.error(request, _("Somebody else moved it meanwhile. Look again."))
    else:
        messages.success(request, _moved(task))
    return redirect(addresses.back(request, _home(task)))
