"""Who: people, groups, organisations and their places. The root of every permission."""

from portal.models import feed, follows_merges

from .calendar_links import CalendarLink
from .checked_reminders import CheckReminder
from .groups import ExpectedSector, Group, GroupMunicipality, Municipality, Settlement
from .invitations import Invitation, UsedUp, inviting, roles_to_give
from .joining import JoinRequest
from .leaving import HandOver, SeatNotice
from .locations import Location, LocationAccess, OpeningException, OpeningHours
from .once import looked_up_once
from .organisations import Membership, Organisation, Seat
from .people import User
from .pictures import Picture
from .refusals import RefusedSignIn
from .regions import Region, RegionSeat
from .rights import coordinated_by, groups_of, looked_after_by
from .working_groups import WorkingGroup, WorkingGroupMember

__all__ = [
    "CalendarLink",
    "CheckReminder",
    "ExpectedSector",
    "Group",
    "GroupMunicipality",
    "HandOver",
    "Invitation",
    "JoinRequest",
    "Location",
    "LocationAccess",
    "Membership",
    "Municipality",
    "OpeningException",
    "OpeningHours",
    "Organisation",
    "Picture",
    "RefusedSignIn",
    "Region",
    "RegionSeat",
    "Seat",
    "SeatNotice",
    "Settlement",
    "UsedUp",
    "User",
    "WorkingGroup",
    "WorkingGroupMember",
    "coordinated_by",
    "groups_of",
    "inviting",
    "looked_after_by",
    "looked_up_once",
    "roles_to_give",
]

# What stands on public pages, and whose page. A seat shows role and organisation on the group's page. A place
# in the gazetteer has no page of its own, so no number: whoever keeps anything of the group reads it again.
feed(Organisation, "partner", "{row}.id")
feed(Membership, "partner", "{row}.organisation_id")
feed(Location, "place", "{row}.id")
feed(LocationAccess, "place", "{row}.location_id")
feed(OpeningHours, "place", "{row}.location_id")
feed(
    OpeningException,
    "group",
    "coalesce({row}.location_id, {row}.group_id)",
    kind_sql="CASE WHEN {row}.location_id IS NULL THEN 'group' ELSE 'place' END",
)
feed(
    Picture,
    "place",
    "coalesce({row}.location_id, {row}.organisation_id, {row}.group_id)",
    kind_sql=(
        "CASE WHEN {row}.location_id IS NOT NULL THEN 'place' "
        "WHEN {row}.organisation_id IS NOT NULL THEN 'partner' ELSE 'group' END"
    ),
)
feed(Group, "group", "{row}.id")
feed(GroupMunicipality, "group", "{row}.group_id")
feed(WorkingGroup, "group", "{row}.group_id")
feed(
    WorkingGroupMember,
    "group",
    "(SELECT w.group_id FROM partners_workinggroup w WHERE w.id = {row}.working_group_id)",
)
feed(Seat, "group", "(SELECT m.group_id FROM partners_membership m WHERE m.id = {row}.membership_id)")
feed(Municipality, "group", "NULL::bigint")
feed(Region, "group", "NULL::bigint")
feed(Settlement, "group", "NULL::bigint")

follows_merges(ExpectedSector, "sector_id")
follows_merges(Organisation, "sector_id")
follows_merges(LocationAccess, "term_id")
