from .account import account, account_data, account_erase
from .directory import directory
from .groups import group_new, group_setup, groups
from .invitations import accept, invitation_resend, invitation_withdraw, invite
from .joining import join, join_accept, join_decline, join_followed, join_request, join_requests, join_take_up
from .leaving import leaving
from .mails import account_mails, mail_stop
from .people import people, seat_edit, seat_hand_over
from .public import about, partner, partners, place, places

__all__ = [
    "about",
    "accept",
    "account",
    "account_data",
    "account_erase",
    "account_mails",
    "directory",
    "group_new",
    "group_setup",
    "groups",
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
    "partner",
    "partners",
    "people",
    "place",
    "places",
    "seat_edit",
    "seat_hand_over",
]
