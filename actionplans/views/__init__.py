from .chain import chain, transition_add, transition_edit, transition_remove
from .coverage import (
    coverage,
    coverage_cell,
    coverage_changes,
    coverage_csv,
    coverage_judge,
    coverage_judgement_end,
    coverage_snapshot,
)
from .indicators import indicators, indicators_csv
from .lens import lens, thread
from .needs import need, needs
from .plan import measure, plan

__all__ = [
    "chain",
    "coverage",
    "coverage_cell",
    "coverage_changes",
    "coverage_csv",
    "coverage_judge",
    "coverage_judgement_end",
    "coverage_snapshot",
    "indicators",
    "indicators_csv",
    "lens",
    "measure",
    "need",
    "needs",
    "plan",
    "thread",
    "transition_add",
    "transition_edit",
    "transition_remove",
]
