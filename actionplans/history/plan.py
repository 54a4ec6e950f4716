"""The history of needs, strategies, measures and figures: what belongs to each, and who reads it."""

from django.utils.translation import gettext_lazy as _

from portal.history.kinds import Kind, Part, register
from portal.history.past import events_of

from ..models import (
    ActionPlan,
    Adoption,
    Amendment,
    Assessment,
    Barrier,
    BarrierSettlement,
    BarrierTerm,
    BudgetLine,
    Comment,
    Commitment,
    Evaluation,
    EvaluationQuestion,
    Evidence,
    Finding,
    Indicator,
    IndicatorPart,
    IndicatorTarget,
    IndicatorValue,
    Measure,
    MeasureIndicator,
    MeasureProgramme,
    MeasureSuggestion,
    MeasureTerm,
    Need,
    NeedIndicator,
    NeedProgramme,
    NeedSettlement,
    NeedTerm,
    Objective,
    PlanMeasure,
    PlanTargetGroup,
    PracticeTerm,
    Score,
    SharedPractice,
    StatusReport,
    Strategy,
    StrategyValue,
    Task,
    YearlyStep,
)


def _owned(column):
    return lambda number: {f"{column}_id": number}


# That somebody said something, the history tells who may edit the record; the words are for members, on its page.
UNSAID = {f.name for f in Comment._meta.concrete_fields} - {"by", "status"}


def _said_of(column):
    return Part(Comment, _("comment"), _owned(column), tuple(UNSAID))


def _of_plans(number):
    """Rows that hang on a plan of the strategy, also on one that is gone by now."""
    return {"plan_id__in": events_of(ActionPlan).objects.filter(strategy_id=number).values("pgh_obj_id")}


register(
    Kind(
        "need",
        Need,
        readable=Need.objects.editable_by,
        editable=Need.objects.editable_by,
        parts=(
            Part(Evidence, _("evidence"), _owned("need"), ("need", "version")),
            Part(Score, _("score"), _owned("need"), ("need",)),
            Part(NeedTerm, _("term"), _owned("need"), ("need",)),
            Part(NeedSettlement, _("settlement"), _owned("need"), ("need",)),
            Part(NeedIndicator, _("indicator"), _owned("need"), ("need",)),
            Part(NeedProgramme, _("programme"), _owned("need"), ("need",)),
            _said_of("need"),
        ),
        fixed=("slug", "status", "group", "first_response_on", "moved_on"),
    )
)
register(
    Kind(
        "strategy",
        Strategy,
        readable=Strategy.objects.editable_by,
        editable=lambda user: Strategy.objects.editable_by(user).exclude(status__in=Strategy.FROZEN),
        parts=(
            Part(StrategyValue, _("value of a strategy"), _owned("strategy"), ("strategy", "order")),
            Part(Objective, _("objective"), _owned("strategy"), ("strategy", "slug", "version")),
            Part(ActionPlan, _("action plan"), _owned("strategy"), ("strategy", "slug", "version")),
            Part(PlanTargetGroup, _("priority target group of a plan"), _of_plans, ("plan", "version")),
            Part(PlanMeasure, _("measure that also runs in a plan"), _of_plans, ("plan",)),
            Part(Amendment, _("amendment"), _owned("strategy"), ("strategy",)),
            Part(EvaluationQuestion, _("question of the evaluation"), _owned("strategy"), ("strategy", "version")),
            Part(Finding, _("report or article"), _owned("strategy"), ("strategy", "version")),
        ),
        fixed=("slug", "status", "group", "adopted_on", "approved_by", "approved_on", "supersedes"),
    )
)
register(
    Kind(
        "measure",
        Measure,
        readable=Measure.objects.editable_by,
        editable=Measure.objects.editable_by,
        parts=(
            Part(Commitment, _("commitment"), _owned("measure"), ("measure", "version")),
            Part(Task, _("task"), _owned("measure"), ("measure", "group", "version")),
            Part(StatusReport, _("status report"), _owned("measure"), ("measure",)),
            Part(Evaluation, _("evaluation"), _owned("measure"), ("measure",)),
            Part(BudgetLine, _("budget line"), _owned("measure"), ("measure",)),
            Part(YearlyStep, _("yearly step"), _owned("measure"), ("measure", "version")),
            Part(PlanMeasure, _("measure that also runs in a plan"), _owned("measure"), ("measure",)),
            Part(MeasureTerm, _("term"), _owned("measure"), ("measure",)),
            Part(MeasureProgramme, _("programme"), _owned("measure"), ("measure",)),
            Part(MeasureSuggestion, _("suggested programme"), _owned("measure"), ("measure",)),
            Part(MeasureIndicator, _("indicator"), _owned("measure"), ("measure",)),
            Part(Adoption, _("adoption of a practice"), _owned("measure"), ("measure", "group")),
            _said_of("measure"),
        ),
        fixed=("slug", "phase", "plan", "objective", "carried_from"),
    )
)
register(
    Kind(
        "indicator",
        Indicator,
        readable=Indicator.objects.editable_by,
        editable=Indicator.objects.editable_by,
        parts=(
            Part(IndicatorValue, _("value of an indicator"), _owned("indicator"), ("indicator", "version")),
            Part(IndicatorTarget, _("target of an indicator"), _owned("indicator"), ("indicator",)),
            Part(IndicatorPart, _("breakdown of an indicator"), _owned("indicator"), ("indicator", "figure", "order")),
        ),
        fixed=("slug", "group"),
    )
)
register(
    Kind(
        "barrier",
        Barrier,
        readable=Barrier.objects.editable_by,
        editable=Barrier.objects.editable_by,
        parts=(
            Part(BarrierTerm, _("target group of a barrier"), _owned("barrier"), ("barrier",)),
            Part(BarrierSettlement, _("settlement"), _owned("barrier"), ("barrier",)),
        ),
        fixed=("slug", "status", "group"),
    )
)
register(
    Kind(
        "task",
        Task,
        readable=Task.objects.editable_by,
        editable=Task.objects.editable_by,
        fixed=("state", "measure", "group", "done_on"),
    )
)
register(
    Kind(
        "practice",
        SharedPractice,
        readable=SharedPractice.objects.editable_by,
        editable=SharedPractice.objects.editable_by,
        parts=(Part(PracticeTerm, _("term"), _owned("practice"), ("practice",)),),
        fixed=("slug", "state", "group", "measure", "published_on"),
    )
)
register(
    Kind(
        "assessment",
        Assessment,
        readable=Assessment.objects.editable_by,
        editable=Assessment.objects.editable_by,
        # What follows from a verdict is done by its form; texts and figures come back.
        fixed=(
            *("group", "programme", "year", "is_proposal", "given_on", "given_by"),
            *("verdict", "until", "instead"),
        ),
    )
)
