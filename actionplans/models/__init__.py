"""Why and how: needs, the strategy that answers them, measures with owners, and the indicators they move."""

from portal.models import feed

from .barriers import Barrier, BarrierTerm
from .commitments import Commitment
from .indicators import Indicator, IndicatorPart, IndicatorTarget, IndicatorValue
from .measures import (
    ActionPlan,
    BudgetLine,
    Measure,
    MeasureBarrier,
    MeasureIndicator,
    MeasureProgramme,
    MeasureTerm,
)
from .needs import Evidence, Need, NeedIndicator, NeedTerm, Score
from .reports import Evaluation, StatusReport
from .rounds import Answer, Round, WorkVisit
from .signals import Signal
from .strategies import (
    Amendment,
    Comment,
    Objective,
    ObjectiveIndicator,
    ObjectiveNeed,
    Strategy,
    StrategyValue,
)
from .tasks import Task, TaskNotice

__all__ = [
    "ActionPlan",
    "Amendment",
    "Answer",
    "Barrier",
    "BarrierTerm",
    "BudgetLine",
    "Comment",
    "Commitment",
    "Evaluation",
    "Evidence",
    "Indicator",
    "IndicatorPart",
    "IndicatorTarget",
    "IndicatorValue",
    "Measure",
    "MeasureBarrier",
    "MeasureIndicator",
    "MeasureProgramme",
    "MeasureTerm",
    "Need",
    "NeedIndicator",
    "NeedTerm",
    "Objective",
    "ObjectiveIndicator",
    "ObjectiveNeed",
    "Round",
    "Score",
    "Signal",
    "StatusReport",
    "Strategy",
    "StrategyValue",
    "Task",
    "TaskNotice",
    "WorkVisit",
]

# The public pages of a plan show most of it at once, so whatever changes, the plan has changed.
for _model in (
    ActionPlan,
    Amendment,
    Barrier,
    BarrierTerm,
    BudgetLine,
    Comment,
    Commitment,
    Evaluation,
    Evidence,
    Indicator,
    IndicatorPart,
    IndicatorTarget,
    IndicatorValue,
    Measure,
    MeasureBarrier,
    MeasureIndicator,
    MeasureProgramme,
    MeasureTerm,
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
):
    feed(_model, "plan", "NULL::bigint")
