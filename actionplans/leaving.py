"""What a person who leaves holds of plans: tasks that are to be done by them, objectives they answer for, needs they
follow, figures and notices that came back to them, and being the person to ask."""

from functools import partial

from django.db.models import F
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from partners.leaving import Held, Source, page_for, register
from partners.models import Seat

from .models import IndicatorValue, Interface, Need, Notice, Objective, SharedPractice, Strategy, Task


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
    return page_for(to, "actionplans:work")


register(Source("task", _("Tasks"), _held_tasks, _give_task))


def _held_objectives(leave):
    """Those of strategies not replaced that name a seat of the person."""
    rows = Objective.objects.filter(strategy__group=leave.group, owner_seat__user=leave.person)
    rows = rows.filter(owner_seat__membership__in=leave.memberships)
    rows = rows.filter(strategy__in=Strategy.objects.not_replaced())
    rows = rows.annotate(works_for=F("owner_seat__membership__organisation")).order_by("pk")
    return [Held(f"objective-{o.pk}", o, partial(str, o), o.works_for, is_theirs=True) for o in rows]


def _give_objective(leave, held, to, ends_on):
    """To a seat the successor holds for the organisation that answers for it; the organisation stays."""
    seat = _seats(leave, to).filter(membership__organisation=held.organisation).first()
    mine = Objective.objects.filter(pk=held.record.pk, owner_seat__user=leave.person)
    mine.update(owner_seat=seat, version=F("version") + 1)
    return page_for(to, "actionplans:work")


def _seats(leave, to):
    return Seat.objects.current().filter(user=to, membership__group=leave.group).order_by("pk")


register(Source("objective", _("Objectives"), _held_objectives, _give_objective))


def _held_needs(leave):
    """Open needs that name a seat of the person as who follows them."""
    rows = Need.objects.editable_by(leave.by).filter(group=leave.group, owner__user=leave.person)
    rows = rows.filter(owner__membership__in=leave.memberships).exclude(status__in=Need.CLOSED)
    rows = rows.annotate(works_for=F("owner__membership__organisation")).order_by("pk")
    return [Held(f"need-{n.pk}", n, partial(str, n), n.works_for) for n in rows]


def _give_need(leave, held, to, ends_on):
    """To a seat of the successor, for the same organisation where they have one there."""
    seats = _seats(leave, to)
    seat = seats.filter(membership__organisation=held.organisation).first() or seats.first()
    mine = Need.objects.filter(pk=held.record.pk, owner__user=leave.person)
    mine.update(owner=seat, version=F("version") + 1)
    with override(to.language):
        return held.record.get_absolute_url()


register(Source("need", _("Needs they follow"), _held_needs, _give_need))


def _held_figures(leave):
    """Figures that came back to the person with a note: nobody else is told of them."""
    rows = IndicatorValue.objects.editable_by(leave.by).filter(
        indicator__group=leave.group, entered_by=leave.person, state=IndicatorValue.State.RETURNED
    )
    return [Held(f"figure-{v.pk}", v, partial(_figure_in_words, v)) for v in rows.select_related("indicator")]


def _figure_in_words(value):
    return f"{value.indicator}, {formats.date_format(value.measured_on)}"


def _give_figure(leave, held, to, ends_on):
    mine = IndicatorValue.objects.filter(pk=held.record.pk, state=IndicatorValue.State.RETURNED)
    mine.update(entered_by=to, version=F("version") + 1)
    return page_for(to, "actionplans:value-edit", held.record.pk)


register(Source("figure", _("Figures that came back to them"), _held_figures, _give_figure))


def _held_notices(leave):
    """Notices that wait to be sent, or came back: what becomes of one is told to who wrote it."""
    rows = Notice.objects.editable_by(leave.by).filter(group=leave.group, author=leave.person)
    rows = rows.filter(organisation__memberships__in=leave.memberships).order_by("pk")
    return [Held(f"notice-{n.pk}", n, partial(str, n), n.organisation_id, is_theirs=True) for n in rows]


def _give_notice(leave, held, to, ends_on):
    mine = Notice.objects.filter(pk=held.record.pk, author=leave.person).exclude(state__in=Notice.READ)
    mine.update(author=to, version=F("version") + 1)
    with override(to.language):
        return held.record.get_absolute_url()


register(Source("notice", _("Notices not sent yet"), _held_notices, _give_notice))


def _held_interfaces(leave):
    """Rows of the register that name the person as whom to ask."""
    rows = Interface.objects.editable_by(leave.by).filter(group=leave.group, contact_person=leave.person)
    rows = rows.exclude(state=Interface.State.ENDED).order_by("pk")
    return [Held(f"interface-{i.pk}", i, partial(str, i), i.contact_id) for i in rows]


def _give_interface(leave, held, to, ends_on):
    mine = Interface.objects.filter(pk=held.record.pk, contact_person=leave.person)
    mine.update(contact_person=to, version=F("version") + 1)
    return page_for(to, "actionplans:interfaces")


register(Source("interface", _("Person to ask in the register of interfaces"), _held_interfaces, _give_interface))


def _held_practices(leave):
    """Practices told for others that name the person by address."""
    rows = SharedPractice.objects.editable_by(leave.by).filter(
        group=leave.group, contact_email__iexact=leave.person.email
    )
    return [Held(f"practice-{p.pk}", p, partial(str, p), p.organisation_id) for p in rows.order_by("pk")]


def _give_practice(leave, held, to, ends_on):
    """Name and address, and the number where it was the person's own."""
    practice, person = held.record, leave.person
    changes = {"contact_name": to.full_name, "contact_email": to.email}
    if person.phone and practice.contact_phone == person.phone:
        changes["contact_phone"] = to.phone
    mine = SharedPractice.objects.filter(pk=practice.pk, contact_email__iexact=person.email)
    mine.update(**changes, version=F("version") + 1)
    with override(to.language):
        return practice.get_absolute_url()


register(Source("practice", _("Person to ask about practices"), _held_practices, _give_practice))
