"""Why and how: needs, the strategy that answers them, measures with owners, the indicators they move, and meetings."""

from portal.models import feed, follows_merges

from .assessments import Assessment
from .barriers import Barrier, BarrierSettlement, BarrierTerm
from .belonging import belongs
from .comments import Comment
from .commitments import Commitment
from .coverage import CoverageJudgement, CoverageSnapshot, MatrixName, Transition
from .decisions import Decision, DecisionCounter
from .documents import Document
from .indicators import Indicator, IndicatorPart, IndicatorTarget, IndicatorValue
from .interfaces import Interface, InterfaceTopic
from .looking import EvaluationQuestion, EvaluationQuestionIndicator, Finding
from .measures import BudgetLine, Measure, MeasureBarrier, MeasureIndicator, MeasureProgramme, MeasureTerm
from .meetings import AgendaItem, Attendance, Meeting, Remark
from .needs import Evidence, Need, NeedIndicator, NeedProgramme, NeedSettlement, NeedTerm, Score
from .notices import Noted, Notice
from .placed import PlanMeasure, YearlyStep
from .plans import ActionPlan, PlanTargetGroup
from .practices import Adoption, PracticeTerm, SharedPractice
from .reports import Evaluation, StatusReport
from .rounds import Answer, Round, WorkVisit
from .signals import Signal
from .strategies import Amendment, Objective, ObjectiveIndicator, ObjectiveNeed, Strategy, StrategyValue
from .suggestions import MeasureSuggestion
from .tasks import Task, TaskNotice

__all__ = [
    "ActionPlan",
    "Adoption",
    "AgendaItem",
    "Amendment",
    "Answer",
    "Assessment",
    "Attendance",
    "Barrier",
    "BarrierSettlement",
    "BarrierTerm",
    "BudgetLine",
    "Comment",
    "Commitment",
    "CoverageJudgement",
    "CoverageSnapshot",
    "Decision",
    "DecisionCounter",
    "Document",
    "Evaluation",
    "EvaluationQuestion",
    "EvaluationQuestionIndicator",
    "Evidence",
    "Finding",
    "Indicator",
    "IndicatorPart",
    "IndicatorTarget",
    "IndicatorValue",
    "Interface",
    "InterfaceTopic",
    "MatrixName",
    "Measure",
    "MeasureBarrier",
    "MeasureIndicator",
    "MeasureProgramme",
    "MeasureSuggestion",
    "MeasureTerm",
    "Meeting",
    "Need",
    "NeedIndicator",
    "NeedProgramme",
    "NeedSettlement",
    "NeedTerm",
    "Noted",
    "Notice",
    "Objective",
    "ObjectiveIndicator",
    "ObjectiveNeed",
    "PlanMeasure",
    "PlanTargetGroup",
    "PracticeTerm",
    "Remark",
    "Round",
    "Score",
    "SharedPractice",
    "Signal",
    "StatusReport",
    "Strategy",
    "StrategyValue",
    "Task",
    "TaskNotice",
    "Transition",
    "WorkVisit",
    "YearlyStep",
]

# The public pages of a plan show most of it at once, so whatever changes, the plan has changed.
for _model in (
    ActionPlan,
    Adoption,
    Amendment,
    Barrier,
    BarrierSettlement,
    BarrierTerm,
    BudgetLine,
    Comment,
    Commitment,
    CoverageJudgement,
    CoverageSnapshot,
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
    MeasureTerm,
    Meeting,
    Need,
    NeedIndicator,
    NeedProgramme,
    NeedSettlement,
    NeedTerm,
    Objective,
    ObjectiveIndicator,
    ObjectiveNeed,
    PlanMeasure,
    PlanTargetGroup,
    PracticeTerm,
    Score,
    SharedPractice,
    StatusReport,
    Strategy,
    StrategyValue,
    Task,
    Transition,
    YearlyStep,
):
    feed(_model, "plan", "NULL::bigint")

follows_merges(Adoption, "evidence_id")
follows_merges(Assessment, "evidence_id")
follows_merges(Barrier, "kind_id")
follows_merges(BarrierTerm, "term_id")
follows_merges(CoverageJudgement, "row_id", "column_id")
follows_merges(Evaluation, "evidence_id")
follows_merges(IndicatorPart, "term_id")
follows_merges(InterfaceTopic, "term_id")
follows_merges(Measure, "cooperation_level_id", "prevention_level_id")
follows_merges(MeasureTerm, "term_id")
follows_merges(NeedTerm, "term_id")
follows_merges(PlanTargetGroup, "term_id")
follows_merges(PracticeTerm, "term_id")
follows_merges(Transition, "from_phase_id", "to_phase_id")

belongs(Measure, "m.id = NEW.id", "plan", "objective")
belongs(PlanMeasure, "m.id = NEW.measure_id", "plan", "measure", "objective")
belongs(Objective, "m.objective_id = NEW.id OR also.objective_id = NEW.id", "strategy", made=False)
belongs(ActionPlan, "m.plan_id = NEW.id OR also.plan_id = NEW.id", "strategy", made=False)
belongs(Strategy, "home.strategy_id = NEW.id OR there.strategy_id = NEW.id", "group", made=False)
