"""What a person who leaves holds of plans: tasks that are to be done by them."""

from functools import partial

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from partners.leaving import Held, Source, register

from .models import Task


def _held_tasks(leave):
    """Open tasks that name the person."""
    here = Task.objects.of_group([leave.group.pk]).open()
    mine = here.filter(pk__in=Task.objects.editable_by(leave.by).values("pk"), person=leave.person)
    return [
        Held(f"task-{t.pk}", t, partial(str, t), t.organisation_id, is_theirs=t.organisation_id is not None)
        for t in mine.order_by("pk")
    ]


def _give_task(leave, held, to, ends_on):
    mine = Task.objects.filter(pk=held.record.pk, person=leave.person)
    mine.update(person=to, version=F("version") + 1)
    with override(to.language):
        return reverse("actionplans:work")


register(Source("task", _("Tasks"), _held_tasks, _give_task))
