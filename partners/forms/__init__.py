from .groups import GroupForm, StandingForm
from .joining import AcceptForm, DeclineForm, JoinForm
from .leaving import LeavingForm
from .people import AccountForm, InvitationForm, MailsForm, MembershipForm, NewPersonForm, SeatForm

__all__ = [
    "AcceptForm",
    "AccountForm",
    "DeclineForm",
    "GroupForm",
    "InvitationForm",
    "JoinForm",
    "LeavingForm",
    "MailsForm",
    "MembershipForm",
    "NewPersonForm",
    "SeatForm",
    "StandingForm",
]
