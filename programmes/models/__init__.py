"""What is on offer: programmes, their terms, partners, schedules and what may come after them."""

from portal.models import feed, follows_merges

from .following import Following
from .imports import Import
from .links import Continuation, ProgrammePartner, ProgrammeTerm
from .pathways import Pathway, PathwayStep, PathwayTerm, StepProgramme
from .programmes import Programme
from .proposals import Proposal, Publication, ReviewNote
from .reminders import Reminder
from .reports import ProblemReport
from .schedules import Schedule, ScheduleLanguage
from .self_help import SelfHelpRequest
from .slips import SlipCount
from .visits import VisitRequest

__all__ = [
    "Continuation",
    "Following",
    "Import",
    "Pathway",
    "PathwayStep",
    "PathwayTerm",
    "ProblemReport",
    "Programme",
    "ProgrammePartner",
    "ProgrammeTerm",
    "Proposal",
    "Publication",
    "Reminder",
    "ReviewNote",
    "Schedule",
    "ScheduleLanguage",
    "SelfHelpRequest",
    "SlipCount",
    "StepProgramme",
    "VisitRequest",
]

# What stands on public pages, and on whose.
feed(Programme, "programme", "{row}.id")
feed(Schedule, "programme", "{row}.programme_id")
feed(
    ScheduleLanguage,
    "programme",
    "(SELECT s.programme_id FROM programmes_schedule s WHERE s.id = {row}.schedule_id)",
)
feed(ProgrammeTerm, "programme", "{row}.programme_id")
feed(ProgrammePartner, "programme", "{row}.programme_id")
feed(Continuation, "programme", "{row}.programme_id")
feed(Pathway, "pathway", "{row}.id")
feed(PathwayTerm, "pathway", "{row}.pathway_id")
feed(PathwayStep, "pathway", "{row}.pathway_id")
feed(
    StepProgramme,
    "pathway",
    "(SELECT s.pathway_id FROM programmes_pathwaystep s WHERE s.id = {row}.step_id)",
)

follows_merges(ProgrammeTerm, "term_id")
follows_merges(ScheduleLanguage, "term_id")
follows_merges(SelfHelpRequest, "topic_id")
follows_merges(PathwayTerm, "term_id")
follows_merges(PathwayStep, "level_id")
