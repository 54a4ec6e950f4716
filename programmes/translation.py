"""Which texts about programmes stand in five languages, and the history of every change."""

from modeltranslation.translator import TranslationOptions, register

from portal.translation import track

from .models import (
    Continuation,
    Pathway,
    PathwayStep,
    PathwayTerm,
    ProblemReport,
    Programme,
    ProgrammePartner,
    ProgrammeTerm,
    Proposal,
    Publication,
    ReviewNote,
    Schedule,
    ScheduleLanguage,
    SelfHelpRequest,
    StepProgramme,
    VisitRequest,
)


@register(Programme)
class ProgrammeTranslation(TranslationOptions):
    fields = (
        "title",
        "summary",
        "description",
        "what_happens",
        "first_visit",
        "bring",
        "easy_read",
        "not_for",
        "requirements",
        "brief_advice",
        "contact_role",
        "photo_alt",
    )


@register(Schedule)
class ScheduleTranslation(TranslationOptions):
    fields = ("note",)


@register(Pathway)
class PathwayTranslation(TranslationOptions):
    fields = ("title", "summary", "for_whom")


@register(PathwayStep)
class PathwayStepTranslation(TranslationOptions):
    fields = ("title", "text", "role")


track(ProblemReport, exclude=["email", "token_digest"])
# What could tell who asked is in no history: it is erased.
track(SelfHelpRequest, exclude=["email", "theme", "words", "answer", "token_digest"])
track(VisitRequest, exclude=["email", "phone", "words", "answer", "token_digest"])
track(Programme, translated=ProgrammeTranslation.fields)
track(Schedule, translated=ScheduleTranslation.fields)
track(ProgrammePartner)
track(ProgrammeTerm)
track(ScheduleLanguage)
track(Continuation)
track(Proposal)
track(Publication)
track(ReviewNote)
track(Pathway, translated=PathwayTranslation.fields)
track(PathwayStep, translated=PathwayStepTranslation.fields)
track(PathwayTerm)
track(StepProgramme)
