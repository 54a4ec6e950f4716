"""What each organisation owes in a reporting round, and what it has answered."""

from dataclasses import dataclass, field
from typing import Any

from partners.models import Membership
from portal import languages

from .models import Answer, Commitment, Indicator, Measure, Task


@dataclass
class Owed:
    """Of one organisation in one round: measures it leads, indicators it owns, its open tasks; and its answers."""

    membership: Any
    measures: list = field(default_factory=list)
    indicators: list = field(default_factory=list)
    tasks: list = field(default_factory=list)
    answers: dict = field(default_factory=dict)

    @property
    def organisation(self):
        return self.membership.organisation

    @property
    def total(self):
        return len(self.measures) + len(self.indicators)

    @property
    def done(self):
        keys = [("measure", m.pk) for m in self.measures] + [("indicator", i.pk) for i in self.indicators]
        return sum(key in self.answers for key in keys)

    @property
    def is_whole(self):
        return self.done == self.total

    @property
    def cries(self):
        """Answers that ask for help or want to hand over."""
        asking = (Answer.Kind.NEED_HELP, Answer.Kind.HAND_OVER)
        return [answer for answer in self.answers.values() if answer.kind in asking]


def board(opened):
    """[Owed] of all organisations of the group that owe something, in a fixed number of queries."""
    members = Membership.objects.current().filter(group=opened.group_id).select_related("organisation")
    rows = {membership.organisation_id: Owed(membership) for membership in members}
    leads = Commitment.objects.accepted().filter(
        role=Commitment.Role.LEAD, membership__group=opened.group_id, measure__in=_running(opened)
    )
    for commitment in leads.select_related("membership", "measure__objective"):
        if owed := rows.get(commitment.membership.organisation_id):
            owed.measures.append(commitment.measure)
    for indicator in Indicator.objects.filter(group=opened.group_id, owner__in=rows).prefetch_related("values"):
        rows[indicator.owner_id].indicators.append(indicator)
    for task in Task.objects.of_group([opened.group_id]).open().filter(organisation__in=rows):
        rows[task.organisation_id].tasks.append(task)
    for answer in opened.answers.select_related("measure", "indicator"):
        key = ("measure", answer.measure_id) if answer.measure_id else ("indicator", answer.indicator_id)
        if owed := rows.get(answer.organisation_id):
            owed.answers[key] = answer
    return [owed for owed in rows.values() if owed.total]


def _running(opened):
    phases = (Measure.Phase.PLANNED, Measure.Phase.IN_PROGRESS, Measure.Phase.PAUSED)
    return Measure.objects.filter(plan__strategy__group=opened.group_id, phase__in=phases).values("pk")


def waiting(opened):
    """[Membership] of those that have not answered everything."""
    return [owed.membership for owed in board(opened) if not owed.is_whole]


def names(memberships):
    """Their organisations in one line, in the language that is active."""
    return ", ".join(sorted((str(one.organisation) for one in memberships), key=languages.sort_key))
