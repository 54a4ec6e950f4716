"""Which texts about partners stand in five languages, and the history of every change."""

from modeltranslation.translator import TranslationOptions, register

from portal.translation import track

from .models import (
    CalendarLink,
    ExpectedSector,
    Group,
    Invitation,
    JoinRequest,
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


@register(User)
class UserTranslation(TranslationOptions):
    fields = ("expertise",)


@register(Municipality)
class MunicipalityTranslation(TranslationOptions):
    fields = ("name",)


@register(Group)
class GroupTranslation(TranslationOptions):
    fields = ("name", "purpose", "about", "meeting_rhythm")


@register(Region)
class RegionTranslation(TranslationOptions):
    fields = ("name", "about")


@register(WorkingGroup)
class WorkingGroupTranslation(TranslationOptions):
    fields = ("name", "purpose")


@register(Organisation)
class OrganisationTranslation(TranslationOptions):
    fields = ("name", "about", "offer", "lends")


@register(Seat)
class SeatTranslation(TranslationOptions):
    fields = ("title",)


@register(Location)
class LocationTranslation(TranslationOptions):
    fields = ("name", "how_to_get_there")


@register(OpeningException)
class OpeningExceptionTranslation(TranslationOptions):
    fields = ("reason",)


@register(Picture)
class PictureTranslation(TranslationOptions):
    fields = ("alt",)


# A password hash has no business in a history, and a sign-in is not a change of the person.
track(User, translated=UserTranslation.fields, exclude=["password", "last_login"])
track(Municipality, translated=MunicipalityTranslation.fields)
track(Settlement)
track(Group, translated=GroupTranslation.fields)
track(Region, translated=RegionTranslation.fields)
track(RegionSeat)
track(ExpectedSector)
track(WorkingGroup, translated=WorkingGroupTranslation.fields)
track(WorkingGroupMember)
track(Organisation, translated=OrganisationTranslation.fields)
track(Membership)
track(CalendarLink, exclude=["token_digest"])
track(Invitation, exclude=["token_digest"])
track(JoinRequest, exclude=["email", "token_digest"])
track(Seat, translated=SeatTranslation.fields)
track(Location, translated=LocationTranslation.fields)
track(LocationAccess)
track(OpeningHours)
track(OpeningException, translated=OpeningExceptionTranslation.fields)
track(Picture, translated=PictureTranslation.fields)
