from .account import account, account_data, account_erase
from .invitations import accept, invitation_resend, invitation_withdraw, invite
from .people import people, seat_edit, seat_hand_over
from .public import about, partner, partners, place, places

__all__ = [
    "about",
    "accept",
    "account",
    "account_data",
    "account_erase",
    "invitation_resend",
    "invitation_withdraw",
    "invite",
    "partner",
    "partners",
    "people",
    "place",
    "places",
    "seat_edit",
    "seat_hand_over",
]
