"""The yearly assessment of programmes: which ones, what is known of each, and what follows from a decision."""

from collections import Counter, defaultdict
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Membership
from portal import languages
from programmes import content
from programmes.models import ProblemReport, Programme
from programmes.models.programmes import HIDE_AFTER, REMIND_AFTER

from . import mails
from .agenda import in_all
from .models import Assessment, Task
from .models.assessments import year_of
from .overlaps import Overlaps, Standing

Verdict = Assessment.Verdict
FROM_MONTH = 10  # in which people are asked to assess what is not assessed yet
KINDS: dict[str, tuple[Any, Q]] = {
    "open": (gettext_lazy("not assessed yet"), Q(verdict=None)),
    "proposed": (gettext_lazy("proposed by the provider"), Q(verdict=None, is_proposed=True)),
    **{verdict.value: (verdict.label, Q(verdict=verdict)) for verdict in Verdict},
    "changed": (
        gettext_lazy("otherwise than the year before"),
        Q(verdict__isnull=False, before__isnull=False) & ~Q(verdict=F("before")),
    ),
    "ending": (gettext_lazy("still to be ended"), Q(verdict=Verdict.STOP, status__in=Programme.PUBLIC)),
}
"""{key of the address: (label, which of the programmes `with_words`)}"""


class Known(NamedTuple):
    """The newest figures that somebody gave, and of which year they are."""

    year: int
    participants: int | None
    cost_eur: int | None
    per_person: float | None


class Row(NamedTuple):
    """A programme with all that one looks at before one decides."""

    programme: Programme
    decided: Assessment | None
    proposed: Assessment | None  # as the reader may see it
    before: Assessment | None  # what was decided for the year before
    known: Known | None
    standing: Standing
    open_reports: int
    reports: int  # within the year

    @property
    def is_hidden(self):
        return self._was_checked_before(timezone.localdate() - HIDE_AFTER)

    @property
    def is_due(self):
        return self._was_checked_before(timezone.localdate() - REMIND_AFTER)

    def _was_checked_before(self, day):
        checked = self.programme.checked_on
        return checked is not None and checked <= day

    @property
    def has_ended(self):
        return self.programme.status == Programme.Status.ARCHIVED

    @property
    def is_changed(self):
        return bool(self.decided and self.before and self.decided.verdict != self.before.verdict)


# ---- which programmes -----------------------------------------------------------------------------
def programmes(group, year, today=None):
    """What stands in the list of a year: what was assessed; in the year that is open, all that is offered too.

    Offered is what is published or paused, hidden ones that nobody confirmed included, of members of the group.
    """
    today = today or timezone.localdate()
    found = Q(pk__in=_decided(group, year).values("programme"))
    if year == year_of(today):
        members = Membership.objects.current(today).filter(group=group).values("organisation")
        found |= Q(status__in=Programme.PUBLIC, organisation__in=members)
    return Programme.objects.filter(found)


def _decided(group, year):
    return Assessment.objects.decided().filter(group=group, year=year)


def with_words(rows, group, year, user):
    """Each with `verdict`, that of the year `before`, and whether something `is_proposed` that the reader may see."""
    this = Assessment.objects.filter(programme=OuterRef("pk"), group=group)
    seen = this.filter(pk__in=Assessment.objects.visible_to(user).proposals().values("pk"), year=year)
    return rows.annotate(
        verdict=Subquery(this.decided().filter(year=year).values("verdict")[:1]),
        before=Subquery(this.decided().filter(year=year - 1).values("verdict")[:1]),
        is_proposed=Exists(seen),
    )


def counts(rows):
    """{key of KINDS: how many}, and "all"; of rows `with_words`, in one query."""
    return rows.order_by().aggregate(
        all=Count("pk"), **{name: Count("pk", filter=test) for name, (_label, test) in KINDS.items()}
    )


def in_order(rows):
    """What is not assessed first, of these what the provider has proposed; then what was confirmed longest ago."""
    return rows.order_by(
        F("verdict").asc(nulls_first=True), "-is_proposed", F("checked_on").asc(nulls_first=True), "pk"
    )


def next_open(group, year, user, after):
    """The programme that is to be assessed next, another than `after`; None when all are."""
    rows = with_words(programmes(group, year), group, year, user).filter(verdict=None).exclude(pk=after.pk)
    return in_order(rows).first()


def years(group, today):
    """Years that have a list, the newest first."""
    found = set(Assessment.objects.decided().filter(group=group).values_list("year", flat=True).distinct())
    return sorted(found | {year_of(today)}, reverse=True)


def compared(group, year):
    """[(label, how many the year before, how many in the year)] of the verdicts."""
    found = Counter()
    rows = Assessment.objects.decided().filter(group=group, year__in=(year - 1, year)).order_by()
    for of_year, verdict, count in rows.values_list("year", "verdict").annotate(count=Count("pk")):
        found[of_year, verdict] = count
    return [(verdict.label, found[year - 1, verdict], found[year, verdict]) for verdict in Verdict]


# ---- what is known of them ------------------------------------------------------------------------
def rows_of(found, group, year, user, names_group=False):
    """[Row] of these programmes; a fixed number of queries, whatever their number."""
    found = list(found)
    numbers = [programme.pk for programme in found]
    given = _given(numbers, group, user)
    reports = _reports(numbers, year)
    overlaps = Overlaps(group, numbers, names_group)
    return [_row(programme, year, given[programme.pk], reports[programme.pk], overlaps) for programme in found]


def _row(programme, year, given, reports, overlaps):
    def of(year, is_proposal):
        return next((one for one in given if (one.year, one.is_proposal) == (year, is_proposal)), None)

    return Row(
        programme=programme,
        decided=of(year, False),
        proposed=of(year, True),
        before=of(year - 1, False),
        known=known([one for one in given if one.year <= year]),
        standing=overlaps.of(programme.pk),
        open_reports=reports[0],
        reports=reports[1],
    )


def known(given):
    """The Known of the newest of these assessments that has a figure; None without any."""
    for one in sorted(given, key=lambda one: (-one.year, one.is_proposal)):
        if one.participants is not None or one.cost_eur is not None:
            return Known(one.year, one.participants, one.cost_eur, one.cost_per_person)
    return None


def _given(numbers, group, user):
    """{programme: [Assessment] of all years that the reader may see}"""
    found = defaultdict(list)
    rows = Assessment.objects.visible_to(user).filter(group=group, programme__in=numbers)
    for one in rows.select_related("given_by", "instead", "evidence", "programme"):
        found[one.programme_id].append(one)
    return found


def _reports(numbers, year):
    """{programme: (reports that nobody answered, all of the year)}"""
    rows = ProblemReport.objects.filter(programme__in=numbers).order_by().values_list("programme")
    waiting = Q(state__in=(ProblemReport.State.NEW, ProblemReport.State.IN_PROGRESS))
    counted = rows.annotate(open=Count("pk", filter=waiting), year=Count("pk", filter=Q(created_at__year=year)))
    return defaultdict(lambda: (0, 0), {number: (waits, all_) for number, waits, all_ in counted})


# ---- what follows ---------------------------------------------------------------------------------
def follow(assessment, by):
    """What the group decided to adapt becomes a task of the provider; decided otherwise, the task is not needed."""
    if assessment.is_proposal:
        return
    tasks = assessment.tasks.exclude(state=Task.State.CANCELLED)
    if assessment.verdict != Verdict.ADAPT:
        for task in tasks.open():
            task.move_to(Task.State.CANCELLED, _("The group decided otherwise."))
    elif not tasks.exists():
        mails.task_given(_task(assessment), by)
    else:
        moved = tasks.open().exclude(due_on=assessment.until)
        moved.update(due_on=assessment.until, version=F("version") + 1)


def _task(assessment):
    return Task.objects.create(assessment=assessment, **task_texts(assessment))


def task_texts(assessment):
    """{column: value} of the task that follows from what is to be adapted, in all languages."""
    titles = in_all(lambda: (_("Adapt the programme: %(title)s") % {"title": assessment.programme})[:200])
    reasons = {code: getattr(assessment, f"reason_{code}") for code in languages.CODES}
    return {
        "group": assessment.group,
        "organisation": assessment.programme.organisation,
        "due_on": assessment.until,
        **{f"title_{code}": title for code, title in titles.items()},
        **{f"description_{code}": reason for code, reason in reasons.items() if reason},
    }


@transaction.atomic
def end(assessment, by):
    """Archives a programme that is to be stopped; its page then names first what comes instead.

    Raises ValidationError or StaleObject, as Programme.move_to.
    """
    programme = assessment.programme
    if assessment.instead_id:
        after = content.content(programme)["continues_with"]
        wanted = [assessment.instead_id, *(number for number in after if number != assessment.instead_id)]
        if wanted != after:
            content.put(programme, {"continues_with": wanted})
    programme.move_to(Programme.Status.ARCHIVED, by)
