"""Approval of a strategy or an action plan: who wrote it asks, another coordinator approves, or gives it back.

Both have the same columns: `asked_by` and `asked_on` while an approval is asked for, and the `note` with which it
was given back last. Neither deed makes anybody an author: the context of the history says so.
"""

import pghistory
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import Seat, User
from portal.stale import StaleObject

from . import mails
from .models import Strategy


def group_of(record):
    """The number of the group."""
    return record.group_id if isinstance(record, Strategy) else record.strategy.group_id


def approvers(record, by):
    """The coordinators of the group but the one who asks."""
    return mails.coordinating(group_of(record)).exclude(pk=by.pk)


def may_ask(record):
    """True when approval is the next step, nothing is missing for it, and nobody asked yet."""
    status = type(record).Status.APPROVED
    return status in record.NEXT[record.status] and record.asked_on is None and not record.lacks(status)


@transaction.atomic
def ask(record, by):
    """Asks for approval; those who may approve are written to.

    Raises ValidationError with what is missing or when there is nobody else, StaleObject when it changed meanwhile.
    """
    status = type(record).Status.APPROVED
    if status not in record.NEXT[record.status] or record.asked_on:
        raise StaleObject(record)
    if lacks := record.lacks(status):
        raise ValidationError(lacks)
    people = list(approvers(record, by))
    if not people:
        raise ValidationError(_("The group has no other coordinator who could approve it. Invite one first."))
    _write(record, asked_by=by, asked_on=timezone.localdate(), note="")
    mails.approval_asked(record, by, people)


@transaction.atomic
def give_back(record, by, note):
    """Back to who wrote it. Raises ValidationError without a note, StaleObject when nobody asks (any more)."""
    if not note.strip():
        raise ValidationError(_("Say what has to be looked at again."))
    if record.asked_on is None:
        raise StaleObject(record)
    people = concerned(record, by)
    _write(record, asked_by=None, asked_on=None, note=note.strip())
    mails.approval_returned(record, by, people)


@transaction.atomic
def back_to_draft(record, by, note=""):
    """An approved one, or one in consultation, becomes a draft again; its authors are told. Raises as move_to does."""
    people = concerned(record, by)
    record.move_to(type(record).Status.DRAFT, by, note=note.strip())
    mails.approval_returned(record, by, people)


def concerned(record, by):
    """[User] who asked for approval or wrote it, still work in the group, and are not `by`."""
    numbers = {*record.authors(), record.asked_by_id or 0}
    seats = Seat.objects.current().filter(membership__group=group_of(record), user__in=numbers).exclude(user=by)
    return list(User.objects.filter(pk__in=seats.values("user"), is_active=True).order_by("pk"))


def _write(record, **changes):
    rows = type(record)._default_manager.filter(pk=record.pk, status=record.status, version=record.version)
    with pghistory.context(approval="asked" if changes["asked_on"] else "returned"):
        if not rows.update(**changes, version=F("version") + 1):
            raise StaleObject(record)
    record.refresh_from_db()
