"""In which groups a person has a say: what every right outside one's own organisation follows from."""

from .groups import Group
from .once import once
from .organisations import Membership, Seat
from .regions import RegionSeat


def groups_of(user):
    """The groups in which the person holds a seat today, whatever the role."""
    return _groups(("groups", user.pk), _seats(user))


def written_down_by(user):
    """{number} of the organisations for which the person may write down what they confirm: as their coordinator."""
    members = Membership.objects.current().filter(group__in=coordinated_by(user))
    return set(members.values_list("organisation", flat=True))


def coordinated_by(user):
    """The groups the person coordinates today; an administrator may all."""
    if user.is_superuser:
        return Group.objects.all()
    return _groups(("coordinated", user.pk), _seats(user).filter(role=Seat.Role.COORDINATOR))


def looked_after_by(user):
    """The groups of the regions for which the person brings figures today. They have a seat in none of them."""
    if not user.is_authenticated:
        return Group.objects.none()
    regions = RegionSeat.objects.current().filter(user=user).values("region")
    numbers = Group.objects.order_by().filter(region__in=regions).values_list("pk", flat=True)
    return Group.objects.filter(pk__in=once(("looked after", user.pk), numbers))


def _seats(user):
    return Seat.objects.current().filter(user=user) if user.is_authenticated else Seat.objects.none()


def _groups(key, seats):
    return Group.objects.filter(pk__in=once(key, seats.values_list("membership__group", flat=True)))
