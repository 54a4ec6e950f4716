"""Results against resources: whom measures and programmes reach, what has changed, and what it costs.

What nobody gave is unknown, and nothing is computed from it. The cost of a person is only said where both figures
stand for the same: of a measure all that was spent so far and the people of its latest report, of a programme both
figures of one year.
"""

from typing import NamedTuple

from django.db.models import Prefetch
from django.utils.functional import cached_property

from partners.models import Membership
from portal import languages
from programmes.models import Programme

from .assessments import Known, known
from .how_they_go import give_leads
from .models import Assessment, Indicator, Measure, StatusReport, Strategy
from .overlaps import Overlaps, Standing

OUTCOMES = (Indicator.Kind.OUTCOME, Indicator.Kind.EQUITY)


class MeasureResult(NamedTuple):
    measure: Measure
    reached: int | None
    reached_on: object
    outcomes: list[Indicator]
    planned: int | None
    spent: int | None  # None as long as it is unknown of one part
    spent_partly: int | None  # of the parts of which it is known, where it is not known of all

    @property
    def per_person(self):
        return self.spent / self.reached if self.spent is not None and self.reached else None

    @property
    def lead_key(self):
        return languages.sort_key(str(self.measure.lead or "\uffff"))


class ProgrammeResult(NamedTuple):
    programme: Programme
    known: Known | None
    verdict: Assessment | None  # the newest that was decided
    standing: Standing


MEASURE_SORTS = {
    "title": lambda row: languages.sort_key(str(row.measure)),
    "lead": lambda row: row.lead_key,
    "reach": lambda row: _most_first(row.reached),
    "planned": lambda row: _most_first(row.planned),
    "spent": lambda row: _most_first(row.spent),
    "person": lambda row: _most_first(row.per_person),
}
PROGRAMME_SORTS = {
    "title": lambda row: languages.sort_key(str(row.programme)),
    "lead": lambda row: languages.sort_key(str(row.programme.organisation)),
    "reach": lambda row: _most_first(row.known and row.known.participants),
    "spent": lambda row: _most_first(row.known and row.known.cost_eur),
    "person": lambda row: _most_first(row.known and row.known.per_person),
    "places": lambda row: _most_first(row.programme.capacity),
    "overlap": lambda row: (-row.standing.most_nearby, not row.standing.crowded),
}


def _most_first(value):
    """The largest first; what is unknown comes last."""
    return value is None, -(value or 0)


class Results:
    """Of a group, as `user` may see them: `measures(sort)` and `programmes(sort)`, in a fixed number of queries."""

    def __init__(self, group, user, names_group=False):
        self.group, self.user, self.names_group = group, user, names_group

    def measures(self, sort=""):
        """[MeasureResult] of what is more than proposed, of strategies that were not replaced."""
        return sorted(self._measures, key=MEASURE_SORTS.get(sort, MEASURE_SORTS["title"]))

    def programmes(self, sort=""):
        """[ProgrammeResult] of what members of the group offer to the public today."""
        return sorted(self._programmes, key=PROGRAMME_SORTS.get(sort, PROGRAMME_SORTS["title"]))

    @cached_property
    def _measures(self):
        running = Strategy.objects.not_replaced()
        shown = Measure.objects.visible_to(self.user).filter(plan__strategy__group=self.group)
        shown = shown.of_strategies(running).exclude(phase=Measure.Phase.PROPOSED).once()
        told = StatusReport.objects.filter(reached__isnull=False)
        outcomes = Indicator.objects.filter(kind__in=OUTCOMES).prefetch_related("values", "targets")
        rows = shown.prefetch_related(
            "budget_lines", Prefetch("reports", told, "told"), Prefetch("indicators", outcomes, "outcomes")
        )
        return list(map(_of_measure, give_leads(list(rows))))

    @cached_property
    def _programmes(self):
        members = Membership.objects.current().filter(group=self.group).values("organisation")
        found = list(Programme.objects.published().filter(organisation__in=members).select_related("organisation"))
        given: dict[int, list[Assessment]] = {programme.pk: [] for programme in found}
        rows = Assessment.objects.visible_to(self.user).filter(group=self.group, programme__in=given)
        for one in rows.order_by("-year", "pk"):
            given[one.programme_id].append(one)
        overlaps = Overlaps(self.group, list(given), self.names_group)
        return [_of_programme(programme, given[programme.pk], overlaps) for programme in found]


def _of_measure(measure):
    report = max(measure.told, key=lambda one: (one.written_on, one.pk), default=None)
    lines = list(measure.budget_lines.all())
    amounts = [line.spent_eur for line in lines if line.spent_eur is not None]
    return MeasureResult(
        measure=measure,
        reached=report and report.reached,
        reached_on=report and report.written_on,
        outcomes=measure.outcomes,
        planned=sum(line.amount_eur for line in lines) if lines else measure.budget_eur,
        spent=sum(amounts) if lines and len(amounts) == len(lines) else None,
        spent_partly=sum(amounts) if amounts and len(amounts) < len(lines) else None,
    )


def _of_programme(programme, given, overlaps):
    verdict = next((one for one in given if not one.is_proposal), None)
    return ProgrammeResult(programme, known(given), verdict, overlaps.of(programme.pk))
