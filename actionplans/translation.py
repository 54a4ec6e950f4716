"""Which texts about plans stand in five languages, and the history of every change."""

from modeltranslation.translator import TranslationOptions, register

from portal.translation import track

from .models import (
    ActionPlan,
    Adoption,
    AgendaItem,
    Amendment,
    Answer,
    Assessment,
    Attendance,
    Barrier,
    BarrierSettlement,
    BarrierTerm,
    BudgetLine,
    Comment,
    Commitment,
    CoverageJudgement,
    CoverageSnapshot,
    Decision,
    Document,
    Evaluation,
    EvaluationQuestion,
    EvaluationQuestionIndicator,
    Evidence,
    Finding,
    Indicator,
    IndicatorPart,
    IndicatorTarget,
    IndicatorValue,
    Interface,
    InterfaceTopic,
    Measure,
    MeasureBarrier,
    MeasureIndicator,
    MeasureProgramme,
    MeasureSuggestion,
    MeasureTerm,
    Meeting,
    Need,
    NeedIndicator,
    NeedProgramme,
    NeedSettlement,
    NeedTerm,
    Noted,
    Notice,
    Objective,
    ObjectiveIndicator,
    ObjectiveNeed,
    PlanMeasure,
    PlanTargetGroup,
    PracticeTerm,
    Remark,
    Round,
    Score,
    SharedPractice,
    Signal,
    StatusReport,
    Strategy,
    StrategyValue,
    Task,
    Transition,
    YearlyStep,
)
from .models.practices import TEXTS


@register(Need)
class NeedTranslation(TranslationOptions):
    fields = ("title", "description", "decision", "causes", "steps")


@register(Strategy)
class StrategyTranslation(TranslationOptions):
    fields = ("title", "vision", "adopted_by", "legal_basis", "legal_body")


@register(ActionPlan)
class ActionPlanTranslation(TranslationOptions):
    fields = ("title", "legal_basis", "legal_body")


@register(PlanTargetGroup)
class PlanTargetGroupTranslation(TranslationOptions):
    fields = ("reason",)


@register(YearlyStep)
class YearlyStepTranslation(TranslationOptions):
    fields = ("aim", "result")


@register(StrategyValue)
class StrategyValueTranslation(TranslationOptions):
    fields = ("words",)


@register(Objective)
class ObjectiveTranslation(TranslationOptions):
    fields = ("title", "description")


@register(Measure)
class MeasureTranslation(TranslationOptions):
    fields = ("title", "description", "rationale", "no_indicator_reason")


@register(SharedPractice)
class SharedPracticeTranslation(TranslationOptions):
    fields = TEXTS


@register(Adoption)
class AdoptionTranslation(TranslationOptions):
    fields = ("outcome",)


@register(Task)
class TaskTranslation(TranslationOptions):
    fields = ("title", "description")


@register(StatusReport)
class StatusReportTranslation(TranslationOptions):
    fields = ("text", "obstacles")


@register(Evaluation)
class EvaluationTranslation(TranslationOptions):
    fields = ("reason", "changed", "learnt")


@register(Assessment)
class AssessmentTranslation(TranslationOptions):
    fields = ("reason",)


@register(Evidence)
class EvidenceTranslation(TranslationOptions):
    fields = ("text", "comparator_name")


@register(Amendment)
class AmendmentTranslation(TranslationOptions):
    fields = ("reason",)


@register(BudgetLine)
class BudgetLineTranslation(TranslationOptions):
    fields = ("label",)


@register(Round)
class RoundTranslation(TranslationOptions):
    fields = ("title",)


@register(Barrier)
class BarrierTranslation(TranslationOptions):
    fields = ("title", "solution")


@register(Indicator)
class IndicatorTranslation(TranslationOptions):
    fields = ("name", "explanation", "source", "comparator_name")


@register(IndicatorPart)
class IndicatorPartTranslation(TranslationOptions):
    fields = ("label",)


track(Need, translated=NeedTranslation.fields)
track(Strategy, translated=StrategyTranslation.fields)
track(ActionPlan, translated=ActionPlanTranslation.fields)
track(PlanTargetGroup, translated=PlanTargetGroupTranslation.fields)
track(YearlyStep, translated=YearlyStepTranslation.fields)
track(StrategyValue, translated=StrategyValueTranslation.fields)
track(Objective, translated=ObjectiveTranslation.fields)
track(Measure, translated=MeasureTranslation.fields)
track(SharedPractice, translated=SharedPracticeTranslation.fields)
track(Adoption, translated=AdoptionTranslation.fields)
track(Task, translated=TaskTranslation.fields)
track(StatusReport, translated=StatusReportTranslation.fields)
track(Barrier, translated=BarrierTranslation.fields)
track(Indicator, translated=IndicatorTranslation.fields)
track(Evaluation, translated=EvaluationTranslation.fields)
track(Assessment, translated=AssessmentTranslation.fields)
track(Evidence, translated=EvidenceTranslation.fields)
track(Amendment, translated=AmendmentTranslation.fields)
track(BudgetLine, translated=BudgetLineTranslation.fields)
track(Round, translated=RoundTranslation.fields)
track(Signal, exclude=["email", "token_digest"])
track(Comment, exclude=["email"])
track(IndicatorPart, translated=IndicatorPartTranslation.fields)
for _model in (
    Answer,
    BarrierSettlement,
    BarrierTerm,
    Commitment,
    IndicatorTarget,
    IndicatorValue,
    MeasureBarrier,
    MeasureIndicator,
    MeasureProgramme,
    MeasureSuggestion,
    MeasureTerm,
    NeedIndicator,
    NeedProgramme,
    NeedSettlement,
    NeedTerm,
    ObjectiveIndicator,
    ObjectiveNeed,
    PlanMeasure,
    PracticeTerm,
    Score,
):
    track(_model)


# ---- meetings and decisions ------------------------------------------------------------------------
@register(Meeting)
class MeetingTranslation(TranslationOptions):
    fields = ("title",)


@register(AgendaItem)
class AgendaItemTranslation(TranslationOptions):
    fields = ("title",)


@register(Decision)
class DecisionTranslation(TranslationOptions):
    fields = ("text", "result")


track(Meeting, translated=MeetingTranslation.fields)
track(AgendaItem, translated=AgendaItemTranslation.fields)
track(Decision, translated=DecisionTranslation.fields)
track(Attendance)
track(Remark)


# Coverage and chain
@register(CoverageJudgement)
class CoverageJudgementTranslation(TranslationOptions):
    fields = ("reason",)


@register(Transition)
class TransitionTranslation(TranslationOptions):
    fields = ("title", "description")


track(CoverageJudgement, translated=CoverageJudgementTranslation.fields)
track(CoverageSnapshot)
track(Transition, translated=TransitionTranslation.fields)


# Notices
@register(Notice)
class NoticeTranslation(TranslationOptions):
    fields = ("title", "text")


track(Notice, translated=NoticeTranslation.fields)
track(Noted)


# Interfaces
@register(Interface)
class InterfaceTranslation(TranslationOptions):
    fields = ("task", "touches", "unit", "other_unit", "agreement", "contact_role")


track(Interface, translated=InterfaceTranslation.fields)
track(InterfaceTopic)

# Documents: whose they are and where they lead
track(Document)


# The plan of evaluation, and what was published
@register(EvaluationQuestion)
class EvaluationQuestionTranslation(TranslationOptions):
    fields = ("question", "looked_at_by")


@register(Finding)
class FindingTranslation(TranslationOptions):
    fields = ("title", "says")


track(EvaluationQuestion, translated=EvaluationQuestionTranslation.fields)
track(EvaluationQuestionIndicator)
track(Finding, translated=FindingTranslation.fields)
