from .indicators import IndicatorForm, ReturnForm, ValueForm
from .linking import LinkForm
from .measures import (
    AskForm,
    BarrierForm,
    BudgetForm,
    CommitmentAnswerForm,
    EvaluationForm,
    JudgeForm,
    MeasureForm,
    PauseForm,
    ReportForm,
    TaskForm,
)
from .needs import EvidenceForm, NeedForm, ScoreForm
from .placed import PlaceForm, ReasonForm, YearlyStepForm
from .rounds import AnswerForm, FigureForm, RoundForm
from .signals import SignalForm, TriageForm
from .strategies import (
    AdoptForm,
    CommentAnswerForm,
    CommentForm,
    MemberCommentForm,
    ObjectiveForm,
    PlanForm,
    PlanTargetGroupForm,
    SaidForm,
    StrategyForm,
)

__all__ = [
    "AdoptForm",
    "AnswerForm",
    "AskForm",
    "BarrierForm",
    "BudgetForm",
    "CommentAnswerForm",
    "CommentForm",
    "CommitmentAnswerForm",
    "EvaluationForm",
    "EvidenceForm",
    "FigureForm",
    "IndicatorForm",
    "JudgeForm",
    "LinkForm",
    "MeasureForm",
    "MemberCommentForm",
    "NeedForm",
    "ObjectiveForm",
    "PauseForm",
    "PlaceForm",
    "PlanForm",
    "PlanTargetGroupForm",
    "ReasonForm",
    "ReportForm",
    "ReturnForm",
    "RoundForm",
    "SaidForm",
    "ScoreForm",
    "SignalForm",
    "StrategyForm",
    "TaskForm",
    "TriageForm",
    "ValueForm",
    "YearlyStepForm",
]
