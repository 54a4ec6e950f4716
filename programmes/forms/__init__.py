from .photos import PhotoForm
from .programmes import CopyForm, ProgrammeForm, ResumeForm
from .schedules import ScheduleForm, SentenceForm

__all__ = ["CopyForm", "PhotoForm", "ProgrammeForm", "ResumeForm", "ScheduleForm", "SentenceForm"]
