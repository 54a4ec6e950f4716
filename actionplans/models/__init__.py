"""Why and how: needs, the strategy that answers them, measures with owners, and the indicators they move."""

from portal.models import feed, follows_merges

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
from .needs import Need, NeedIndicator, NeedTerm, Score
from .strategies import Objective, ObjectiveIndicator, ObjectiveNeed, Strategy, StrategyValue

__all__ = [
    "ActionPlan",
    "Barrier",
    "BarrierTerm",
    "Commitment",
    "Indicator",
    "IndicatorPart",
    "IndicatorTarget",
    "IndicatorValue",
    "Measure",
    "MeasureBarrier",
    "MeasureIndicator",
    "MeasureProgramme",
    "Need",
    "NeedIndicator",
    "NeedTerm",
    "Objective",
    "ObjectiveIndicator",
    "ObjectiveNeed",
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

follows_merges(Barrier, "kind_id")
follows_merges(BarrierTerm, "term_id")
follows_merges(Measure, "cooperation_level_id")
follows_merges(NeedTerm, "term_id")
