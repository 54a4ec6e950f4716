"""Which texts about plans stand in five languages, and the history of every change."""

from modeltranslation.translator import TranslationOptions, register

from portal.translation import track

from .models import (
    ActionPlan,
    Barrier,
    BarrierTerm,
    Commitment,
    CoverageJudgement,
    CoverageSnapshot,
    Indicator,
    IndicatorPart,
    IndicatorTarget,
    IndicatorValue,
    Measure,
    MeasureBarrier,
    MeasureIndicator,
    MeasureProgramme,
    Need,
    NeedIndicator,
    NeedTerm,
    Objective,
    ObjectiveIndicator,
    ObjectiveNeed,
    Score,
    StatusReport,
    Strategy,
    StrategyValue,
    Task,
    Transition,
)


@register(Need)
class NeedTranslation(TranslationOptions):
    fields = ("title", "description", "decision")


@register(Strategy)
class StrategyTranslation(TranslationOptions):
    fields = ("title", "vision", "adopted_by")


@register(StrategyValue)
class StrategyValueTranslation(TranslationOptions):
    fields = ("words",)


@register(Objective)
class ObjectiveTranslation(TranslationOptions):
    fields = ("title", "description")


@register(Measure)
class MeasureTranslation(TranslationOptions):
    fields = ("title", "description")


@register(Task)
class TaskTranslation(TranslationOptions):
    fields = ("title",)


@register(StatusReport)
class StatusReportTranslation(TranslationOptions):
    fields = ("text",)


@register(Barrier)
class BarrierTranslation(TranslationOptions):
    fields = ("title", "solution")


@register(Indicator)
class IndicatorTranslation(TranslationOptions):
    fields = ("name", "source", "comparator_name")


@register(IndicatorPart)
class IndicatorPartTranslation(TranslationOptions):
    fields = ("label",)


track(Need, translated=NeedTranslation.fields)
track(Strategy, translated=StrategyTranslation.fields)
track(StrategyValue, translated=StrategyValueTranslation.fields)
track(Objective, translated=ObjectiveTranslation.fields)
track(Measure, translated=MeasureTranslation.fields)
track(Task, translated=TaskTranslation.fields)
track(StatusReport, translated=StatusReportTranslation.fields)
track(Barrier, translated=BarrierTranslation.fields)
track(Indicator, translated=IndicatorTranslation.fields)
track(IndicatorPart, translated=IndicatorPartTranslation.fields)
for _model in (
    ActionPlan,
    BarrierTerm,
    Commitment,
    IndicatorTarget,
    IndicatorValue,
    MeasureBarrier,
    MeasureIndicator,
    MeasureProgramme,
    NeedIndicator,
    NeedTerm,
    ObjectiveIndicator,
    ObjectiveNeed,
    Score,
):
    track(_model)


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
