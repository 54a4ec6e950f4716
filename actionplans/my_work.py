"""What a person's organisations owe, what waits for a coordinator, and what changed: the rows of My work."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import Organisation, Seat, coordinated_by, groups_of

from . import owed
from .models import (
    Comment,
    Commitment,
    Evaluation,
    IndicatorValue,
    Need,
    Round,
    Signal,
    StatusReport,
    Strategy,
    Task,
)


@dataclass(frozen=True)
class Item:
    """One thing to do: what, for which record, by when, and the link on which it is done."""

    what: str
    about: str
    link: str
    due_on: date | None = None
    is_late: bool = False
    task: Any = None  # a task is moved by a button in its row


def owes(user, today):
    """[Item] of the person's own organisations, those with a day first, by day. A fixed number of queries."""
    own = Organisation.objects.editable_by(user)
    represented = Seat.objects.current().filter(user=user)
    mine = own.filter(memberships__in=represented.values("membership"))
    numbers = set(mine.values_list("pk", flat=True))
    items = [*_asked(user), *_tasks(user, numbers, today), *_rounds(user, numbers, today), *_returned(user)]
    return sorted(items, key=lambda item: (item.due_on is None, item.due_on or today))


def _asked(user):
    answering = Seat.objects.current().filter(user=user, role__in=Commitment.ANSWERING)
    rows = Commitment.objects.open().filter(membership__in=answering.values("membership"))
    for row in rows.select_related("measure"):
        words = _("Your organisation is asked: %(role)s") % {"role": row.get_role_display()}
        yield Item(words, str(row.measure), reverse("actionplans:commitment-answer", args=[row.pk]), row.asked_on)


def _tasks(user, numbers, today):
    rows = Task.objects.open().of_group(groups_of(user)).filter(Q(person=user) | Q(organisation__in=numbers))
    for row in rows.select_related("measure").distinct():
        link = row.measure.get_absolute_url() if row.measure_id else reverse("actionplans:tasks")
        about = str(row.measure) if row.measure_id else ""
        yield Item(str(row), about, link, row.due_on, row.days_overdue(today) > 0, row)


def _rounds(user, numbers, today):
    for opened in Round.objects.open().filter(group__in=groups_of(user)):
        for row in owed.board(opened):
            if row.organisation.pk in numbers and not row.is_whole:
                count = row.total - row.done
                words = ngettext("Report on %(count)s thing", "Report on %(count)s things", count) % {"count": count}
                link = reverse("actionplans:round-answer", args=[opened.pk, row.organisation.pk])
                yield Item(words, str(opened), link, opened.due_on, opened.due_on < today)


def _returned(user):
    rows = IndicatorValue.objects.filter(entered_by=user, state=IndicatorValue.State.RETURNED)
    for row in rows.select_related("indicator"):
        yield Item(
            _("A figure was returned: %(note)s") % {"note": row.note},
            str(row.indicator),
            reverse("actionplans:value-edit", args=[row.pk]),
        )


def waiting_for(user):
    """[(words, link)] of what waits for a coordinator; empty for others."""
    groups = coordinated_by(user) if not user.is_superuser else groups_of(user)
    if not groups.exists():
        return []
    counts = (
        (
            Signal.objects.open().filter(group__in=groups).count(),
            lambda n: ngettext("%(count)s signal to answer", "%(count)s signals to answer", n),
            reverse("actionplans:signals"),
        ),
        (
            Need.objects.filter(group__in=groups, status=Need.Status.REPORTED).count(),
            lambda n: ngettext("%(count)s need without a first answer", "%(count)s needs without a first answer", n),
            reverse("actionplans:needs-board"),
        ),
        (
            Comment.objects.filter(strategy__group__in=groups, status=Comment.Status.WAITING).count(),
            lambda n: ngettext("%(count)s comment to answer", "%(count)s comments to answer", n),
            reverse("actionplans:strategies"),
        ),
        (
            IndicatorValue.objects.submitted().filter(indicator__group__in=groups).exclude(entered_by=user).count(),
            lambda n: ngettext("%(count)s figure to approve", "%(count)s figures to approve", n),
            reverse("actionplans:figures"),
        ),
        (
            Commitment.objects.filter(membership__group__in=groups, status=Commitment.Status.COUNTERED).count(),
            lambda n: ngettext("%(count)s other offer to look at", "%(count)s other offers to look at", n),
            reverse("actionplans:load"),
        ),
        (
            Strategy.objects.filter(group__in=groups, status=Strategy.Status.APPROVED).count(),
            lambda n: ngettext("%(count)s strategy to be adopted", "%(count)s strategies to be adopted", n),
            reverse("actionplans:strategies"),
        ),
    )
    return [(words(count) % {"count": count}, link) for count, words, link in counts if count]


def changes_since(user, since, most=12):
    """[(moment's day, words, link)] of what happened in the person's groups since then, newest first."""
    groups = groups_of(user)
    day = since.date()
    found: list[tuple[Any, str, str]] = []
    reports = StatusReport.objects.filter(measure__plan__strategy__group__in=groups, written_on__gte=day)
    for report in reports.select_related("measure").order_by("-written_on", "-pk")[:most]:
        words = _("New report: %(measure)s") % {"measure": report.measure}
        found.append((report.written_on, words, report.measure.get_absolute_url()))
    answers = Commitment.objects.filter(membership__group__in=groups, answered_on__gte=day)
    for answer in answers.select_related("measure", "membership__organisation").order_by("-answered_on")[:most]:
        facts = {
            "organisation": answer.membership.organisation,
            "status": answer.get_status_display(),
            "measure": answer.measure,
        }
        words = _("%(organisation)s, %(status)s: %(measure)s") % facts
        found.append((answer.answered_on, words, answer.measure.get_absolute_url()))
    needs = Need.objects.filter(group__in=groups, reported_on__gte=day).order_by("-reported_on")
    for need in needs[:most]:
        found.append((need.reported_on, _("New need: %(need)s") % {"need": need}, need.get_absolute_url()))
    verdicts = Evaluation.objects.filter(measure__plan__strategy__group__in=groups, decided_on__gte=day)
    for verdict in verdicts.select_related("measure").order_by("-decided_on")[:most]:
        facts = {"verdict": verdict.get_verdict_display(), "measure": verdict.measure}
        words = _("Evaluated (%(verdict)s): %(measure)s") % facts
        found.append((verdict.decided_on, words, verdict.measure.get_absolute_url()))
    return sorted(found, key=lambda row: row[0], reverse=True)[:most]
