from .programmes import CopyForm, ProgrammeForm, ResumeForm
from .schedules import ScheduleForm, SentenceForm

__all__ = ["CopyForm", "ProgrammeForm", "ResumeForm", "ScheduleForm", "SentenceForm"]
