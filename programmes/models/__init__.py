"""What is on offer: programmes, their terms, partners, schedules and what may come after them."""

from .programmes import Continuation, Programme, ProgrammePartner, ProgrammeTerm
from .schedules import Schedule, ScheduleLanguage
from .slips import SlipCount

__all__ = [
    "Continuation",
    "Programme",
    "ProgrammePartner",
    "ProgrammeTerm",
    "Schedule",
    "ScheduleLanguage",
    "SlipCount",
]
