"""Who: people, groups, organisations and their places. The root of every permission."""

from .groups import Group, Municipality, Settlement, WorkingGroup
from .locations import Location, LocationAccess, OpeningException, OpeningHours
from .organisations import Membership, Organisation, Seat
from .people import User

__all__ = [
    "Group",
    "Location",
    "LocationAccess",
    "Membership",
    "Municipality",
    "OpeningException",
    "OpeningHours",
    "Organisation",
    "Seat",
    "Settlement",
    "User",
    "WorkingGroup",
]
