"""Why and how: needs, the strategy that answers them, measures with owners, and the indicators they move."""

from portal.models import feed

from .decisions import Decision, DecisionCounter
from .indicators import Indicator, IndicatorPart, IndicatorTarget, IndicatorValue
from .measures import (
    ActionPlan,
    Barrier,
    BarrierTerm,
    Commitment,
    Measure,
    MeasureBarrier,
    MeasureIndicator,
    MeasureProgramme,
    StatusReport,
    Task,
)
from .meetings import AgendaItem, Attendance, Meeting, Remark
from .needs import Need, NeedIndicator, NeedTerm, Score
from .strategies import Objective, ObjectiveIndicator, ObjectiveNeed, Strategy, StrategyValue

__all__ = [
    "ActionPlan",
    "AgendaItem",
    "Attendance",
    "Barrier",
    "BarrierTerm",
    "Commitment",
    "Decision",
    "DecisionCounter",
    "Indicator",
    "IndicatorPart",
    "IndicatorTarget",
    "IndicatorValue",
    "Measure",
    "MeasureBarrier",
    "MeasureIndicator",
    "MeasureProgramme",
    "Meeting",
    "Need",
    "NeedIndicator",
    "NeedTerm",
    "Objective",
    "ObjectiveIndicator",
    "ObjectiveNeed",
    "Remark",
    "Score",
    "StatusReport",
    "Strategy",
    "StrategyValue",
    "Task",
]

# The public pages of a plan show most of it at once, so whatever changes, the plan has changed.
for _model in (
    ActionPlan,
    Barrier,
    BarrierTerm,
    Commitment,
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
):
    feed(_model, "plan", "NULL::bigint")
