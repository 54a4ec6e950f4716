from .account import account, account_data, account_erase
from .invitations import accept, invitation_resend, invitation_withdraw, invite
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
    "invitation_resend",
    "invitation_withdraw",
    "invite",
    "mail_stop",
    "partner",
    "partners",
    "people",
    "place",
    "places",
    "seat_edit",
    "seat_hand_over",
]
