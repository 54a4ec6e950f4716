from .groups import GroupForm, StandingForm
from .joining import AcceptForm, DeclineForm, JoinForm
from .leaving import LeavingForm
from .people import AccountForm, InvitationForm, MailsForm, NewPersonForm, SeatForm

__all__ = [
    "AcceptForm",
    "AccountForm",
    "DeclineForm",
    "GroupForm",
    "InvitationForm",
    "JoinForm",
    "LeavingForm",
    "MailsForm",
    "NewPersonForm",
    "SeatForm",
    "StandingForm",
]
