"""One person takes the place of another in all groups at once, by an administrator: seats, and what hangs on them.

What that is, the sources of `leaving` say; here nobody chooses thing by thing.
"""

from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from .leaving import SOURCES, Held, Leave, collected, seat_in_words, tell
from .models import Group, Membership, Seat, WorkingGroupMember

_SEATS = next(source for source in SOURCES if source.name == "seat")


def seats_of(person):
    """Those the person holds, or will hold."""
    return Seat.objects.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate()), user=person)


def things_of(person, by):
    """[(Leave, source, [Held])] of all else that would move along, each thing once."""
    named = WorkingGroupMember.objects.filter(user=person).values("membership__group")
    groups = Group.objects.filter(Q(pk__in=seats_of(person).values("membership__group")) | Q(pk__in=named))
    found, seen = [], set()
    for group in groups.order_by("pk"):
        leave = Leave(person, group, by, Membership.objects.current().filter(group=group))
        for source, rows in collected(leave):
            held = [one for one in rows if one.key not in seen] if source is not _SEATS else []
            seen.update(one.key for one in held)
            if held:
                found.append((leave, source, held))
    return found


@transaction.atomic
def move_seats(person, to, by):
    """All seats that `person` holds, or will hold, and what hangs on them go to `to`, who is written to; → how many
    seats. Those of the past stay in the past.

    A seat that the other holds already ends for the first. Raises ValidationError when `to` may not sign in or is
    the same person. Groups are locked meanwhile, as everywhere where coordinators change.
    """
    if person.pk == to.pk or not to.is_active:
        raise ValidationError(_("Choose another person who may sign in."))
    held = seats_of(person)
    groups = held.values("membership__group")
    list(Group.objects.select_for_update().filter(pk__in=groups).order_by("pk").values_list("pk"))
    things = things_of(person, by)  # before the seats go: some are found by them
    seats = list(held.select_for_update(of=("self",)).order_by("pk"))
    for seat in seats:
        if Seat.objects.filter(membership=seat.membership_id, role=seat.role, user=to, ends_on=None).exists():
            seat.delete()
        else:
            Seat.objects.filter(pk=seat.pk).update(user=to)
    _give(things, seats, to, by)
    return len(seats)


def _give(things, seats, to, by):
    today, taken = timezone.localdate(), {}
    with override(to.language):
        people = reverse("partners:people")
    for seat in seats:
        group = seat.membership.group
        leave = Leave(seat.user, group, by, Membership.objects.current().filter(group=group))
        _leave, rows = taken.setdefault(group.pk, (leave, []))
        rows.append((_SEATS, Held(f"seat-{seat.pk}", seat, partial(seat_in_words, seat)), people))
    for leave, source, held in things:
        _leave, rows = taken.setdefault(leave.group.pk, (leave, []))
        rows += [(source, one, source.give(leave, one, to, today)) for one in held]
    for leave, rows in taken.values():
        tell(leave, today, to, rows)
