from .account import account, account_data, account_erase, begin
from .checking import confirm_link
from .directory import directory
from .groups import group_new, group_setup, group_standing, groups
from .invitations import accept, invitation_resend, invitation_withdraw, invite
from .joining import join, join_accept, join_decline, join_followed, join_request, join_requests, join_take_up
from .leaving import hand_over_take_back, handed_over, leaving
from .mails import account_mails, mail_stop
from .organisations import (
    my_organisation,
    my_organisation_one,
    organisation_confirm,
    organisation_edit,
    organisation_on_behalf,
)
from .own_places import (
    exception_add,
    exception_edit,
    exception_remove,
    holiday_add,
    holidays,
    place_add,
    place_close,
    place_confirm,
    place_edit,
    place_hours,
    place_hours_preview,
    place_on_behalf,
    place_reopen,
)
from .people import membership_edit, people, seat_edit, seat_hand_over
from .pictures import group_logo, organisation_logo, picture_remove, place_photo
from .public import about, partner, partners, place, places

__all__ = [
    "about",
    "accept",
    "account",
    "account_data",
    "account_erase",
    "account_mails",
    "begin",
    "confirm_link",
    "directory",
    "exception_add",
    "exception_edit",
    "exception_remove",
    "group_logo",
    "group_new",
    "group_setup",
    "group_standing",
    "groups",
    "hand_over_take_back",
    "handed_over",
    "holiday_add",
    "holidays",
    "invitation_resend",
    "invitation_withdraw",
    "invite",
    "join",
    "join_accept",
    "join_decline",
    "join_followed",
    "join_request",
    "join_requests",
    "join_take_up",
    "leaving",
    "mail_stop",
    "membership_edit",
    "my_organisation",
    "my_organisation_one",
    "organisation_confirm",
    "organisation_edit",
    "organisation_logo",
    "organisation_on_behalf",
    "partner",
    "partners",
    "people",
    "picture_remove",
    "place",
    "place_add",
    "place_close",
    "place_confirm",
    "place_edit",
    "place_hours",
    "place_hours_preview",
    "place_on_behalf",
    "place_photo",
    "place_reopen",
    "places",
    "seat_edit",
    "seat_hand_over",
]
