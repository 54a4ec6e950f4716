"""A hand-over is taken back: each thing returns to the person who had it, but for what somebody changed since."""

import hashlib
from collections import defaultdict
from datetime import timedelta
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal import outbox
from portal.models import Outbox
from portal.stale import StaleObject

from .leaving import SOURCES, is_coordinated, mail_key
from .models import Group, HandOver, User
from .moved_rows import put_back, stand


class Thing(NamedTuple):
    """One of HandOver.moved; `number` is its place there. `stays` when somebody changed it since."""

    number: int
    title: Any
    words: str
    to: User | None
    changes: list
    stays: bool


def things(hand_over):
    """[Thing] of what changed hands, in the order in which it did; a fixed number of questions a kind of record."""
    flat = [(number, change) for number, one in enumerate(hand_over.moved) for change in one["changes"]]
    still = stand([change for _number, change in flat])
    stays = {number for place, (number, _change) in enumerate(flat) if place not in still}
    people = User.objects.in_bulk([one["to"] for one in hand_over.moved if one["to"]])
    titles = {source.name: source.title for source in SOURCES}
    return [
        Thing(n, titles[one["source"]], hand_over.said(one), people.get(one["to"]), one["changes"], n in stays)
        for n, one in enumerate(hand_over.moved)
        if one["changes"]
    ]


def seen(rows):
    """A word for what would stay: another word means that more was changed in the meantime."""
    stays = " ".join(str(thing.number) for thing in rows if thing.stays)
    return hashlib.sha256(stays.encode()).hexdigest()[:24]


@transaction.atomic
def take_back(hand_over, by, was_seen):
    """Gives back what nobody changed since; → ([Thing] that came back, [Thing] that stay); None when it was before.

    Raises StaleObject when something else would stay than `by` has seen, or the time is over; ValidationError when the
    group would be left without a coordinator. The group is locked meanwhile, as in handing over.
    """
    Group.objects.select_for_update().get(pk=hand_over.group_id)
    locked = HandOver.objects.select_for_update().get(pk=hand_over.pk)
    if locked.taken_back_at:
        return None
    rows = things(locked)
    if seen(rows) != was_seen or not HandOver.objects.recent().filter(pk=locked.pk).exists():
        raise StaleObject(locked)
    today = timezone.localdate()
    days = [day for day in (today, today + timedelta(days=1)) if is_coordinated(locked.group, day)]
    back, stay = [], [thing for thing in rows if thing.stays]
    for thing in reversed(rows):  # what hangs on a seat before the seat
        if not thing.stays:
            (back if _comes_back(locked, thing, by) else stay).append(thing)
    if not all(is_coordinated(locked.group, day) for day in days):
        raise ValidationError(_("A group needs a coordinator: give that role to somebody else first."))
    HandOver.objects.filter(pk=locked.pk).update(taken_back_at=timezone.now())
    _tell(locked, back)
    return sorted(back), sorted(stay)


def _comes_back(hand_over, thing, by):
    source = next(source for source in SOURCES if source.name == hand_over.moved[thing.number]["source"])
    try:
        with transaction.atomic():
            if source.take_back:
                source.take_back(thing.changes, by)
            else:
                for change in thing.changes:
                    put_back(change)
            connection.check_constraints()
    except (IntegrityError, models.ProtectedError, ValidationError, StaleObject, PermissionDenied):
        return False  # what it named is gone, or another has the place by now
    return True


def _tell(hand_over, back):
    """Writes to who had taken over; where that mail has not gone out yet it is taken out of the post instead."""
    had = defaultdict(list)
    for thing in sorted(back):
        if thing.to:
            had[thing.to].append(thing)
    for to, rows in had.items():
        waits = Outbox.objects.filter(key=mail_key(hand_over, to), state=Outbox.State.WAITING)
        all_of_it = sum(bool(one["changes"]) for one in hand_over.moved if one["to"] == to.pk)
        if len(rows) == all_of_it and waits.delete()[0]:
            continue
        with override(to.language):
            said = [(str(thing.title), hand_over.said(hand_over.moved[thing.number])) for thing in rows]
        context = {"name": str(hand_over.person), "group": hand_over.group, "rows": said}
        outbox.send("given-back", to, context=context)
