"""What a person who leaves holds of plans: tasks that are to be done by them, and objectives they answer for."""

from functools import partial

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from partners.leaving import Held, Source, register
from partners.models import Seat

from .models import Objective, Strategy, Task


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


def _held_objectives(leave):
    """Those of strategies not replaced that name a seat of the person."""
    rows = Objective.objects.filter(strategy__group=leave.group, owner_seat__user=leave.person)
    rows = rows.filter(owner_seat__membership__in=leave.memberships)
    rows = rows.exclude(strategy__status=Strategy.Status.SUPERSEDED)
    rows = rows.annotate(works_for=F("owner_seat__membership__organisation")).order_by("pk")
    return [Held(f"objective-{o.pk}", o, partial(str, o), o.works_for, is_theirs=True) for o in rows]


def _give_objective(leave, held, to, ends_on):
    """To a seat the successor holds for the organisation that answers for it; the organisation stays."""
    seats = Seat.objects.current().filter(user=to, membership__group=leave.group)
    seat = seats.filter(membership__organisation=held.organisation).order_by("pk").first()
    mine = Objective.objects.filter(pk=held.record.pk, owner_seat__user=leave.person)
    mine.update(owner_seat=seat, version=F("version") + 1)
    with override(to.language):
        return reverse("actionplans:work")


register(Source("objective", _("Objectives"), _held_objectives, _give_objective))
