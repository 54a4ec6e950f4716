"""The history of judgements on coverage and of transitions: the coordinator reads it, and takes back what is wrong."""

from portal.history.kinds import Kind, register

from ..models import CoverageJudgement, Transition

register(
    Kind(
        "judgement",
        CoverageJudgement,
        readable=CoverageJudgement.objects.editable_by,
        editable=CoverageJudgement.objects.editable_by,
        fixed=("group", "matrix", "row", "column", "seat", "judged_on"),
    )
)
register(
    Kind(
        "transition",
        Transition,
        readable=Transition.objects.editable_by,
        editable=Transition.objects.editable_by,
        fixed=("group",),
    )
)
