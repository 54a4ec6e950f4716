"""How a measure goes: never typed in, always computed from facts and today, with its reasons in words.

Rules (docs/words.md): no accepted lead needs attention; past its end, or with a task overdue for more than a
week, it is late; a task overdue for less, or an indicator behind the straight line from baseline to target,
puts it at risk; without a report for half a year (two of the group's quarterly rounds) nobody knows.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal import dates, languages

TASK_LATE = 7  # days a task may be overdue before the measure is late
REPORT_AFTER = 183  # days without a report after which a measure is stale
TOLERANCE = Decimal("0.1")  # of the whole way from baseline to target an indicator may lag behind the line

STATES = {
    "attention": gettext_lazy("needs attention"),
    "late": gettext_lazy("late"),
    "at_risk": gettext_lazy("at risk"),
    "stale": gettext_lazy("no recent report"),
    "not_started": gettext_lazy("not started yet"),
    "paused": gettext_lazy("paused"),
    "on_track": gettext_lazy("on track"),
    "over": gettext_lazy("finished"),
    "stopped": gettext_lazy("stopped early"),  # who was promised it reads that it was given up, not that it is done
}
JUDGED = [(key, STATES[key]) for key in ("on_track", "at_risk", "late", "attention")]
TONES = {"attention": "bad", "late": "bad", "at_risk": "wait", "stale": "wait", "on_track": "good", "over": "good"}


@dataclass(frozen=True)
class Facts:
    """What is known of a measure. `overdue`: days past due of each open task; `behind`: names of indicators."""

    phase: str
    starts_on: date | None = None
    ends_on: date | None = None
    has_lead: bool = True
    overdue: list[int] = field(default_factory=list)
    reported_on: date | None = None
    behind: list[str] = field(default_factory=list)
    judged: tuple[str, str, date] | None = None  # by the coordinator: state, reason, last day it holds
    paused_until: date | None = None


@dataclass(frozen=True)
class Health:
    """A key of STATES, and why, as whole phrases in the reader's language; on track has no reason."""

    state: str
    reasons: tuple[str, ...] = ()

    @property
    def label(self):
        return STATES[self.state]

    @property
    def tone(self):
        """good, wait, bad, or "" where there is nothing to judge."""
        return TONES.get(self.state, "")


def of(facts, today):
    """The Health of a measure on a day: the gravest state, with the reasons of all that hold."""
    if facts.phase in ("completed", "embedded"):
        return Health("over")
    if facts.phase == "stopped":
        return Health("stopped")
    if facts.phase == "paused":
        return _paused(facts, today)
    if facts.judged and facts.judged[2] >= today:
        state, reason, until = facts.judged
        words = _("the coordinator’s judgement, until %(day)s: %(reason)s")
        return Health(state, (words % {"day": dates.date_in_sentence(until, languages.active()), "reason": reason},))
    found = list(_findings(facts, today))
    if found:
        gravest = min(found, key=lambda finding: list(STATES).index(finding[0]))[0]
        return Health(gravest, tuple(reason for _state, reason in found))
    if facts.phase in ("proposed", "planned"):
        return Health("not_started")
    return Health("on_track")


def _paused(facts, today):
    if facts.paused_until and facts.paused_until < today:
        days = (today - facts.paused_until).days
        words = ngettext("the pause ended %(count)s day ago", "the pause ended %(count)s days ago", days)
        return Health("at_risk", (words % {"count": days},))
    return Health("paused")


def _findings(facts, today):
    if not facts.has_lead:
        yield "attention", _("nobody leads it yet")
    if facts.ends_on and facts.ends_on < today:
        days = (today - facts.ends_on).days
        yield (
            "late",
            ngettext("its end passed %(count)s day ago", "its end passed %(count)s days ago", days) % {"count": days},
        )
    if facts.phase == "planned" and facts.starts_on and facts.starts_on < today:
        days = (today - facts.starts_on).days
        words = ngettext("it should have begun %(count)s day ago", "it should have begun %(count)s days ago", days)
        yield "late", words % {"count": days}
    if facts.overdue:
        count = len(facts.overdue)
        words = ngettext("%(count)s task is overdue", "%(count)s tasks are overdue", count) % {"count": count}
        yield ("late" if max(facts.overdue) > TASK_LATE else "at_risk"), words
    for name in facts.behind:
        yield "at_risk", _("“%(indicator)s” is behind its target") % {"indicator": name}
    if facts.phase == "in_progress":
        yield from _silence(facts, today)


def _silence(facts, today):
    since = facts.reported_on or facts.starts_on
    days = (today - since).days if since else 0
    if days <= REPORT_AFTER:
        return
    if facts.reported_on:
        words = ngettext("the last report is %(count)s day old", "the last report is %(count)s days old", days)
        yield "stale", words % {"count": days}
    else:
        yield "stale", _("there is no report yet")


def is_behind(indicator, targets=None):
    """True when the latest value lags more than a tenth of the way behind the straight line to its next target.

    `targets` are all of its targets, where somebody has read them already.
    """
    target = indicator.next_target if targets is None else indicator.target_among(targets)
    latest = indicator.latest
    if target is None or latest is None or indicator.baseline is None:
        return False
    whole = (target.due_on - indicator.baseline_on).days
    gone = min((latest[0] - indicator.baseline_on).days, whole)
    way = target.value - indicator.baseline
    if whole <= 0 or gone <= 0 or not way:
        return False
    expected = Decimal(gone) / Decimal(whole)
    reached = (latest[1] - indicator.baseline) / way
    return reached < expected - TOLERANCE
