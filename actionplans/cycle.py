"""Where a group stands in its planning cycle: nine steps, each with what is there and what is still missing.

Nothing of it is typed in. The steps are the terms of the vocabulary `cycle_step`; what a step means is computed here
from the group's records and today. A step that an installation adds has a name and no facts.
"""

from datetime import timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from partners.models import Seat
from portal.models import Term, Vocabulary

from . import assessments, how_they_go
from .models import (
    ActionPlan,
    Assessment,
    Comment,
    CoverageJudgement,
    CoverageSnapshot,
    Evaluation,
    Indicator,
    IndicatorValue,
    Measure,
    Need,
    Round,
    Signal,
    Strategy,
)
from .models.assessments import year_of

A_YEAR = timedelta(days=365)
A_ROUND = timedelta(days=183)  # as health.REPORT_AFTER: two of the quarterly rounds
STATES = {
    "todo": gettext_lazy("not begun"),
    "open": gettext_lazy("something is missing"),
    "done": gettext_lazy("in place"),
}


class Step(NamedTuple):
    """A term, what is there (sentences), what is missing (sentences), and where one goes on (address, words)."""

    term: Term
    facts: list
    missing: list
    ways: list

    @property
    def state(self):
        """A key of STATES. Without facts nothing was begun."""
        if not self.facts:
            return "todo"
        return "open" if self.missing else "done"

    @property
    def words(self):
        return STATES[self.state]


def steps(group, today=None):
    """[Step] in the order of the vocabulary; a fixed number of queries, whatever the group has."""
    today = today or timezone.localdate()
    found = []
    for term in Term.objects.of(Vocabulary.CYCLE_STEP).filter(is_active=True):
        facts, missing, ways = ABOUT[term.slug](group, today) if term.slug in ABOUT else ([], [], [])
        found.append(Step(term, facts, missing, [(reverse(view), words) for view, words in ways]))
    return found


def next_of(found):
    """The step to go on with: the first that lacks something; None when the whole cycle is in place."""
    return next((step for step in found if step.state != "done"), None)


def where(found):
    """(how many steps are in place, of how many, the one to go on with or None) of a group."""
    return sum(step.state == "done" for step in found), len(found), next_of(found)


def _some(count, sentence):
    """[the sentence with the count], or nothing when there is none. `sentence`: an ngettext_lazy of "count"."""
    return [sentence % {"count": count}] if count else []


# ---- the steps: (facts, missing, [(view, words)]) -------------------------------------------------------
def _anchor(group, today):
    speaks = Seat.objects.current(today).filter(
        membership=OuterRef("pk"), role__in=(Seat.Role.REPRESENTATIVE, Seat.Role.COORDINATOR)
    )
    members = group.memberships.current(today).annotate(speaks=Exists(speaks))
    count = members.aggregate(all=Count("pk"), silent=Count("pk", filter=Q(speaks=False)))
    coordinated = Seat.objects.current(today).filter(membership__group=group, role=Seat.Role.COORDINATOR).exists()
    missing = [] if coordinated else [_("Nobody coordinates the group.")]
    missing += _some(
        count["silent"],
        ngettext_lazy(
            "%(count)s organisation has no representative yet.",
            "%(count)s organisations have no representative yet.",
            "count",
        ),
    )
    facts = _some(
        count["all"], ngettext_lazy("%(count)s organisation takes part.", "%(count)s organisations take part.", "count")
    )
    return facts, missing, [("partners:people", _("People"))]


def _overview(group, today):
    recent = IndicatorValue.objects.filter(
        indicator=OuterRef("pk"), state=IndicatorValue.State.APPROVED, measured_on__gt=today - A_YEAR
    )
    watched = Indicator.objects.filter(group=group).annotate(is_new=Exists(recent))
    figures = watched.aggregate(all=Count("pk"), old=Count("pk", filter=Q(is_new=False)))
    needs = Need.objects.filter(group=group)
    count = needs.aggregate(all=Count("pk"), waiting=Count("pk", filter=Q(first_response_on__isnull=True)))
    signals = Signal.objects.filter(group=group, status=Signal.Status.NEW).count()
    facts = _some(
        count["all"], ngettext_lazy("%(count)s need is written down.", "%(count)s needs are written down.", "count")
    )
    facts += _some(
        figures["all"], ngettext_lazy("%(count)s figure is watched.", "%(count)s figures are watched.", "count")
    )
    missing = _some(
        signals,
        ngettext_lazy("%(count)s signal waits to be looked at.", "%(count)s signals wait to be looked at.", "count"),
    )
    missing += _some(
        count["waiting"],
        ngettext_lazy("%(count)s need has had no answer yet.", "%(count)s needs have had no answer yet.", "count"),
    )
    missing += _some(
        figures["old"],
        ngettext_lazy(
            "%(count)s figure has no value of the last twelve months.",
            "%(count)s figures have no value of the last twelve months.",
            "count",
        ),
    )
    ways = [("actionplans:needs-board", _("Needs")), ("actionplans:signals", _("Signals"))]
    return facts, missing, [*ways, ("actionplans:figures", _("Figures"))]


def _mapping(group, today):
    newest = CoverageSnapshot.objects.filter(group=group).order_by("-taken_on").first()
    judged = CoverageJudgement.objects.filter(group=group).count()
    facts, missing = [], []
    if newest:
        facts.append(_("The last snapshot of gaps and overlaps is of %(day)s.") % {"day": _day(newest.taken_on)})
    if newest is None or newest.taken_on <= today - A_YEAR:
        missing.append(_("Take a snapshot of gaps and overlaps, so that next year shows what changed."))
    facts += _some(
        judged,
        ngettext_lazy(
            "For %(count)s gap it is written down why nothing is needed there.",
            "For %(count)s gaps it is written down why nothing is needed there.",
            "count",
        ),
    )
    return (
        facts,
        missing,
        [("actionplans:coverage", _("Gaps and overlaps")), ("actionplans:chain", _("Along the phases of life"))],
    )


def _priorities(group, today):
    before = (Need.Status.REPORTED, Need.Status.ASSESSING, Need.Status.CONFIRMED)
    count = Need.objects.filter(group=group).aggregate(
        decided=Count("pk", filter=~Q(status__in=before)), open=Count("pk", filter=Q(status__in=before))
    )
    facts = _some(
        count["decided"], ngettext_lazy("%(count)s need is decided on.", "%(count)s needs are decided on.", "count")
    )
    missing = _some(
        count["open"],
        ngettext_lazy("%(count)s need waits for a decision.", "%(count)s needs wait for a decision.", "count"),
    )
    return facts, missing, [("actionplans:needs-board", _("Needs"))]


def _objectives(group, today):
    written = list(Strategy.objects.filter(group=group).not_replaced(today).with_successors())
    adopted = [strategy for strategy in written if strategy.status == Strategy.Status.ADOPTED]
    in_force = Strategy.objects.filter(group=group).in_force(today).first()
    facts, missing = [], []
    for strategy in written:
        if strategy == in_force:
            facts.append(
                _("“%(strategy)s” is in force until %(day)s.") % {"strategy": strategy, "day": _day(strategy.last_day)}
            )
        else:
            facts.append(_("“%(strategy)s”: %(status)s.") % {"strategy": strategy, "status": strategy.standing})
    if not in_force:
        missing.append(_("No strategy is in force."))
    elif max(strategy.ends_on for strategy in adopted) < today + A_ROUND:
        missing.append(_("The strategy ends within half a year: begin the next one."))
    comments = Comment.objects.filter(strategy__group=group).waiting().count()
    missing += _some(
        comments,
        ngettext_lazy("%(count)s comment waits for an answer.", "%(count)s comments wait for an answer.", "count"),
    )
    return facts, missing, [("actionplans:strategies", _("Strategies and plans"))]


def _measures(group, today):
    plans = ActionPlan.objects.filter(strategy__group=group, starts_on__lte=today, ends_on__gte=today)
    plans = plans.filter(strategy__in=Strategy.objects.in_force())
    adopted = [plan for plan in plans if plan.status == ActionPlan.Status.ADOPTED]
    count = Measure.objects.in_plans(plans).aggregate(
        all=Count("pk"), proposed=Count("pk", filter=Q(phase=Measure.Phase.PROPOSED))
    )
    facts = [_("The action plan %(plan)s is adopted.") % {"plan": plan} for plan in adopted]
    of_one = ngettext_lazy("It has %(count)s measure.", "It has %(count)s measures.", "count")
    of_all = ngettext_lazy("Together they have %(count)s measure.", "Together they have %(count)s measures.", "count")
    facts += _some(count["all"], of_all if len(adopted) > 1 else of_one) if adopted else []
    missing = [] if adopted else [_("No action plan is adopted for today.")]
    missing += _some(
        count["proposed"],
        ngettext_lazy(
            "%(count)s measure is proposed and not planned yet.",
            "%(count)s measures are proposed and not planned yet.",
            "count",
        ),
    )
    return (
        facts,
        missing,
        [("actionplans:strategies", _("Strategies and plans")), ("actionplans:load", _("Who does what"))],
    )


def _implementation(group, today):
    running = Measure.objects.filter(plan__strategy__group=group, phase=Measure.Phase.IN_PROGRESS)
    running = running.of_strategies(Strategy.objects.in_force())
    states = [measure.health.state for measure in how_they_go.give(list(running))]
    last = Round.objects.filter(group=group, closed_on__isnull=False).order_by("-closed_on").first()
    facts = _some(
        len(states), ngettext_lazy("%(count)s measure is in progress.", "%(count)s measures are in progress.", "count")
    )
    if last:
        facts.append(_("The last reporting round was closed on %(day)s.") % {"day": _day(last.closed_on)})
    missing = _some(
        sum(state in ("late", "attention") for state in states),
        ngettext_lazy(
            "%(count)s measure is late or needs attention.", "%(count)s measures are late or need attention.", "count"
        ),
    )
    if (last is None or last.closed_on <= today - A_ROUND) and not Round.objects.open().filter(group=group).exists():
        missing.append(_("No reporting round within the last half year: open one."))
    return facts, missing, [("actionplans:rounds", _("Reporting rounds")), ("actionplans:tasks", _("Tasks"))]


def _evaluation(group, today):
    judged = Evaluation.objects.filter(measure=OuterRef("pk"))
    count = (
        Measure.objects.filter(plan__strategy__group=group)
        .annotate(is_judged=Exists(judged))
        .aggregate(
            judged=Count("pk", filter=Q(is_judged=True)),
            open=Count("pk", filter=Q(is_judged=False, phase__in=Measure.OVER)),
        )
    )
    facts = _some(
        count["judged"], ngettext_lazy("%(count)s measure is evaluated.", "%(count)s measures are evaluated.", "count")
    )
    missing = _some(
        count["open"],
        ngettext_lazy(
            "%(count)s finished measure has no evaluation.", "%(count)s finished measures have no evaluation.", "count"
        ),
    )
    year = year_of(today)
    rows = assessments.programmes(group, year, today)
    assessed = Assessment.objects.decided().filter(group=group, year=year, programme__in=rows).count()
    facts += _some(
        assessed,
        ngettext_lazy("%(count)s programme is assessed.", "%(count)s programmes are assessed.", "count"),
    )
    if today.year > year or today.month >= assessments.FROM_MONTH:
        missing += _some(
            rows.count() - assessed,
            ngettext_lazy(
                "%(count)s programme of the year is not assessed.",
                "%(count)s programmes of the year are not assessed.",
                "count",
            ),
        )
    ways = [("actionplans:plan", _("Our plan")), ("actionplans:assessments", _("Programmes of the year"))]
    return facts, missing, [*ways, ("actionplans:thread", _("Broken threads"))]


def _sharing(group, today):
    shown = Measure.objects.public().filter(plan__strategy__group=group)
    judged = Evaluation.objects.filter(measure=OuterRef("pk"))
    count = shown.annotate(is_judged=Exists(judged)).aggregate(
        all=Count("pk"), judged=Count("pk", filter=Q(is_judged=True))
    )
    facts = _some(
        count["all"],
        ngettext_lazy("Everybody can read %(count)s measure.", "Everybody can read %(count)s measures.", "count"),
    )
    facts += _some(
        count["judged"],
        ngettext_lazy(
            "For %(count)s of them it stands there what was learnt.",
            "For %(count)s of them it stands there what was learnt.",
            "count",
        ),
    )
    missing = [] if count["judged"] or not count["all"] else [_("Nothing that was learnt is public yet.")]
    return facts, missing, [("actionplans:plan", _("Our plan")), ("open-data", _("Open data"))]


ABOUT = {
    "anchor": _anchor,
    "overview": _overview,
    "mapping": _mapping,
    "priorities": _priorities,
    "objectives": _objectives,
    "measures": _measures,
    "implementation": _implementation,
    "evaluation": _evaluation,
    "sharing": _sharing,
}


def _day(day):
    return date_format(day)
