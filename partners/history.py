"""The history of partners, places, groups and seats: what belongs to each, and who reads it."""

from django.utils.translation import gettext_lazy as _

from portal.history.kinds import Kind, Part, nobody, only_administrators, register

from .models import (
    ExpectedSector,
    Group,
    Location,
    LocationAccess,
    Membership,
    Municipality,
    OpeningException,
    OpeningHours,
    Organisation,
    Picture,
    Region,
    RegionSeat,
    Seat,
    Settlement,
    User,
    WorkingGroup,
    WorkingGroupMember,
)  # fmt: skip

# Its files may be gone: a picture is added again, not restored.
PICTURE_HIDES = ("organisation", "location", "group", "file_key", "wide_width", "wide_height", "square_side", "version")


def _coordinated(user):
    """Groups this person coordinates; an administrator reads them all."""
    if user.is_superuser:
        return Group.objects.all()
    seats = Seat.objects.current().filter(user=user, role=Seat.Role.COORDINATOR)
    return Group.objects.filter(pk__in=seats.values("membership__group"))


def _owned(column):
    return lambda number: {column: number}


register(
    Kind(
        "organisation",
        Organisation,
        readable=Organisation.objects.editable_by,
        editable=Organisation.objects.editable_by,
        parts=(
            Part(Membership, _("membership"), _owned("organisation_id"), ("organisation",)),
            Part(Picture, _("logo"), _owned("organisation_id"), PICTURE_HIDES),
        ),
        fixed=("slug", "sector", "parent"),
    )
)
register(
    Kind(
        "location",
        Location,
        readable=Location.objects.editable_by,
        editable=Location.objects.editable_by,
        parts=(
            Part(OpeningHours, _("opening hours"), _owned("location_id"), ("location",), True),
            Part(
                OpeningException,
                _("exception to opening hours"),
                _owned("location_id"),
                ("location", "group", "version"),
                True,
            ),
            Part(Picture, _("picture"), _owned("location_id"), PICTURE_HIDES),
            Part(LocationAccess, _("access"), _owned("location_id"), ("location",), True),
        ),
        fixed=("slug", "organisation", "is_centre"),
    )
)
register(
    Kind(
        "group",
        Group,
        readable=_coordinated,
        editable=only_administrators(Group),
        parts=(
            Part(WorkingGroup, _("working group"), _owned("group_id"), ("group", "slug", "version")),
            Part(Picture, _("logo"), _owned("group_id"), PICTURE_HIDES),
            Part(ExpectedSector, _("expected sector"), _owned("group_id"), ("group",)),
            Part(Membership, _("membership"), _owned("group_id"), ("group",)),
            Part(
                Seat,
                _("seat"),
                lambda number: {"membership_id__in": Membership.objects.filter(group=number).values("pk")},
            ),
            Part(OpeningException, _("public holiday"), _owned("group_id"), ("location", "group", "version")),
        ),
        fixed=("slug", "standing", "standing_since"),
    )
)
register(
    Kind(
        "working-group",
        WorkingGroup,
        readable=WorkingGroup.objects.editable_by,
        editable=WorkingGroup.objects.editable_by,
        parts=(
            Part(
                WorkingGroupMember,
                _("member of a working group"),
                _owned("working_group_id"),
                ("working_group",),
            ),
        ),
        fixed=("slug", "group", "lead"),
    )
)
register(
    Kind(
        "seat",
        Seat,
        readable=lambda user: Seat.objects.filter(membership__group__in=_coordinated(user)),
        editable=only_administrators(Seat),
    )
)
# What only the administration has pages for is read by administrators, and put right there.
register(
    Kind(
        "membership",
        Membership,
        readable=only_administrators(Membership),
        editable=nobody(Membership),
        parts=(Part(Seat, _("seat"), _owned("membership_id"), ("membership",)),),
    )
)
register(
    Kind(
        "person",
        User,
        readable=only_administrators(User),
        editable=nobody(User),
        parts=(
            Part(Seat, _("seat"), _owned("user_id"), ("user",)),
            Part(RegionSeat, _("data steward of a region"), _owned("user_id"), ("user",)),
        ),
    )
)
register(
    Kind(
        "region",
        Region,
        readable=only_administrators(Region),
        editable=nobody(Region),
        parts=(Part(RegionSeat, _("data steward of a region"), _owned("region_id"), ("region",)),),
    )
)
register(
    Kind(
        "municipality",
        Municipality,
        readable=only_administrators(Municipality),
        editable=nobody(Municipality),
        parts=(Part(Settlement, _("settlement"), _owned("municipality_id"), ("municipality",)),),
    )
)
register(Kind("settlement", Settlement, readable=only_administrators(Settlement), editable=nobody(Settlement)))
