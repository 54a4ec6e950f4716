"""Deeds with seats that more than one rule must hold for: they lock what they count."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.stale import StaleObject

from .models import Group, Membership, Seat, coordinated_by, inviting, roles_to_give


def seats_to_keep(user):
    """Seats the person may change: all of a group they coordinate; a representative's own, and those one may give."""
    if not user.is_authenticated:
        return Seat.objects.none()
    seats = Seat.objects.filter(membership__in=inviting(user))
    coordinated = seats.filter(membership__group__in=coordinated_by(user)).values("pk")
    own = seats.filter(role__in=[Seat.Role.DEPUTY, Seat.Role.EDITOR]).values("pk")
    represents = Seat.objects.current().filter(user=user, role=Seat.Role.REPRESENTATIVE).values("pk")
    return Seat.objects.filter(Q(pk__in=coordinated) | Q(pk__in=own) | Q(pk__in=represents))


@transaction.atomic
def change_seat(seat, by, role=None, starts_on=None, ends_on=None, still=None):
    """Saves role and term of a seat; with `still`, only if that says of the seat now that it is as it was seen.

    Raises StaleObject when it is not; ValidationError when the last coordinator of a group would be gone, when a
    second representative would appear, or when `by` may not give that role. The group is locked meanwhile, so two
    coordinators who leave at the same moment cannot both be the last but one.
    """
    membership = Membership.objects.select_related("group").get(pk=seat.membership_id)
    Group.objects.select_for_update().get(pk=membership.group_id)
    before = Seat.objects.get(pk=seat.pk)
    if still and not still(before):
        raise StaleObject(before)
    role = role or before.role
    if role != before.role and role not in roles_to_give(by, membership):
        raise ValidationError(_("You may not give this role in this organisation."))
    refuse_last_to_leave(before, role, starts_on, ends_on)
    seat.role, seat.ends_on = role, ends_on
    seat.starts_on = starts_on or before.starts_on
    seat.validate_constraints()
    seat.save()
    return seat


@transaction.atomic
def change_membership(membership, values, still):
    """Saves when an organisation joined and left, and its mandate; only if `still` says it is as it was seen.

    Raises StaleObject when it is not; ValidationError when the group would be left without a coordinator.
    """
    Group.objects.select_for_update().get(pk=membership.group_id)
    before = Membership.objects.get(pk=membership.pk)
    if not still(before):
        raise StaleObject(before)
    for name, value in values.items():
        setattr(membership, name, value)
    membership.validate_constraints()
    membership.save(update_fields=list(values))
    coordinators = Seat.objects.current().filter(role=Seat.Role.COORDINATOR, membership__group=membership.group_id)
    if not coordinators.filter(user__is_active=True).exists():
        raise ValidationError(_("A group needs a coordinator: give that role to somebody else first."))


def refuse_last_to_leave(before, role=None, starts_on=None, ends_on=None):
    """Raises ValidationError when a seat (as it was `before`) that changes to this, or is taken away (no role), would
    leave its group without a coordinator. Whoever asks holds the group.
    """
    today = timezone.localdate()
    is_away = (ends_on and ends_on <= today) or (starts_on and starts_on > today)
    is_here = before.starts_on <= today and (before.ends_on is None or before.ends_on >= today)
    leaves = before.role == Seat.Role.COORDINATOR and is_here and (role != before.role or is_away)
    if leaves and not _other_coordinators(before.membership.group_id, before, today):
        raise ValidationError(_("A group needs a coordinator: give that role to somebody else first."))


def _other_coordinators(group, seat, today):
    others = Seat.objects.current(today).filter(role=Seat.Role.COORDINATOR, membership__group=group)
    return others.filter(user__is_active=True).exclude(pk=seat.pk).exclude(ends_on=today).exists()


@transaction.atomic
def hand_over(seat, to, by):
    """The representative's seat goes to another person of the same organisation: one ends, the other begins."""
    Group.objects.select_for_update().get(pk=seat.membership.group_id)
    now = Seat.objects.filter(pk=seat.pk, role=Seat.Role.REPRESENTATIVE, ends_on=None).first()
    if now is None or to.membership_id != now.membership_id or to.user_id == now.user_id:
        raise ValidationError(_("Choose somebody of the same organisation."))
    own = Seat.objects.filter(membership=now.membership, user=now.user, role=Seat.Role.DEPUTY, ends_on=None)
    if own.exists():
        now.delete()
    else:
        Seat.objects.filter(pk=now.pk).update(role=Seat.Role.DEPUTY)
    if to.role in (Seat.Role.DEPUTY, Seat.Role.EDITOR):
        Seat.objects.filter(pk=to.pk).update(
            role=Seat.Role.REPRESENTATIVE, starts_on=timezone.localdate(), ends_on=None
        )
        return to
    # A coordinator or adviser goes on being one, and represents besides.
    return Seat.objects.create(membership=now.membership, user=to.user, role=Seat.Role.REPRESENTATIVE)
