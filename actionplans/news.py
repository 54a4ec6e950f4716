"""What changed in a person's groups since a moment, by somebody else: read from the history, so nothing is guessed."""

from collections import defaultdict
from datetime import datetime
from heapq import nlargest
from itertools import takewhile
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from partners.models import groups_of
from portal.history.past import events_of
from programmes.models import Programme

from .models import Commitment, Decision, Evaluation, Meeting, Need, StatusReport, Strategy, Task

MOST = 15  # are told
LOOKED_AT = 400  # newest events of a kind; who was away for years reads what is left of them


class News(NamedTuple):
    moment: datetime
    words: str
    link: str


def since(user, moment):
    """[News], newest first. A fixed number of queries."""
    found = [news for kind in KINDS for news in kind(user, groups_of(user), moment)]
    return sorted(found, key=lambda news: news.moment, reverse=True)[:MOST]


def _newest(rows, found):
    """Those of the rows that are among {number: when}, the newest only: of hundreds no more are shown."""
    numbers = rows.filter(pk__in=found).order_by().values_list("pk", flat=True)
    return rows.filter(pk__in=nlargest(MOST, set(numbers), key=lambda number: (found[number], number)))


# ---- the history ----------------------------------------------------------------------------------
def _made(model, user, moment):
    """{number: when} of records that others made since."""
    events = events_of(model).objects.filter(pgh_created_at__gt=moment, pgh_label="insert").order_by("-pgh_id")
    rows = events.values_list("pgh_obj_id", "pgh_created_at", "pgh_context__metadata")[:LOOKED_AT]
    return {number: at for number, at, context in rows if not _is_by(context, user)}


def _moved(model, field, user, moment, *to):
    """{number: when} of records that others moved since to one of these states, and that are in it now."""
    events = events_of(model).objects
    rows = events.filter(pgh_created_at__gt=moment).exclude(pgh_label="delete").order_by("-pgh_id")
    values = rows.values_list("pgh_obj_id", field, "pgh_created_at", "pgh_context__metadata")
    moves = defaultdict(list)  # {number: [(state, when, context)], newest first}
    for number, *event in values[:LOOKED_AT]:
        moves[number].append(event)
    before = events.filter(pgh_obj_id__in=moves, pgh_created_at__lte=moment).order_by("pgh_obj_id", "-pgh_id")
    was = dict(before.distinct("pgh_obj_id").values_list("pgh_obj_id", field))
    found = {}
    for number, steps in moves.items():
        now = steps[0][0]
        if now in to and now != was.get(number):
            _state, at, context = _led_there(steps)
            if not _is_by(context, user):
                found[number] = at
    return found


def _led_there(steps):
    """The oldest of the newest steps that have one state: the one that moved it there."""
    return list(takewhile(lambda step: step[0] == steps[0][0], steps))[-1]


def _is_by(context, user):
    return bool(context) and str(context.get("user")) == str(user.pk)


# ---- the kinds --------------------------------------------------------------------------------------
def _reports(user, groups, moment):
    found = _made(StatusReport, user, moment)
    rows = StatusReport.objects.filter(measure__plan__strategy__group__in=groups)
    for row in _newest(rows, found).select_related("measure"):
        words = _("New report: %(measure)s") % {"measure": row.measure}
        yield News(found[row.pk], words, row.measure.get_absolute_url())


def _answers(user, groups, moment):
    states = (Commitment.Status.ACCEPTED, Commitment.Status.COUNTERED, Commitment.Status.DECLINED)
    found = _moved(Commitment, "status", user, moment, *states)
    rows = Commitment.objects.filter(membership__group__in=groups)
    for row in _newest(rows, found).select_related("measure", "membership__organisation"):
        facts = {
            "organisation": row.membership.organisation,
            "status": row.get_status_display(),
            "measure": row.measure,
        }
        words = _("%(organisation)s, %(status)s: %(measure)s") % facts
        yield News(found[row.pk], words, row.measure.get_absolute_url())


def _needs(user, groups, moment):
    found = _made(Need, user, moment)
    for row in _newest(Need.objects.filter(group__in=groups), found):
        yield News(found[row.pk], _("New need: %(need)s") % {"need": row}, row.get_absolute_url())


def _verdicts(user, groups, moment):
    found = _made(Evaluation, user, moment)
    rows = Evaluation.objects.filter(measure__plan__strategy__group__in=groups)
    for row in _newest(rows, found).select_related("measure"):
        facts = {"verdict": row.get_verdict_display(), "measure": row.measure}
        words = _("Evaluated (%(verdict)s): %(measure)s") % facts
        yield News(found[row.pk], words, row.measure.get_absolute_url())


def _strategies(user, groups, moment):
    found = _moved(Strategy, "status", user, moment, *Strategy.Status.values)
    for row in _newest(Strategy.objects.filter(group__in=groups), found):
        facts = {"strategy": row, "status": row.get_status_display()}
        words = _("Strategy “%(strategy)s”: %(status)s") % facts
        yield News(found[row.pk], words, reverse("actionplans:strategy-work", args=[row.pk]))


def _decisions(user, groups, moment):
    found = _moved(Decision, "state", user, moment, Decision.State.ADOPTED, Decision.State.IMPLEMENTED)
    for row in _newest(Decision.objects.visible_to(user).filter(group__in=groups), found):
        facts = {"decision": row, "state": row.get_state_display()}
        yield News(found[row.pk], _("Decision, %(state)s: %(decision)s") % facts, row.get_absolute_url())


def _meetings(user, groups, moment):
    Status = Meeting.Status
    states = (Status.INVITED, Status.MINUTES_WRITTEN, Status.MINUTES_APPROVED, Status.CANCELLED)
    found = _moved(Meeting, "status", user, moment, *states)
    for row in _newest(Meeting.objects.visible_to(user).filter(group__in=groups), found):
        facts = {"meeting": row, "status": row.get_status_display()}
        yield News(found[row.pk], _("Meeting, %(status)s: %(meeting)s") % facts, row.get_absolute_url())


def _tasks(user, groups, moment):
    found = _moved(Task, "state", user, moment, Task.State.DONE)
    for row in _newest(Task.objects.visible_to(user), found).select_related("measure"):
        link = row.measure.get_absolute_url() if row.measure else reverse("actionplans:tasks")
        yield News(found[row.pk], _("Task done: %(task)s") % {"task": row}, link)


def _programmes(user, groups, moment):
    found = _moved(Programme, "status", user, moment, Programme.Status.PUBLISHED)
    rows = Programme.objects.published().filter(organisation__memberships__group__in=groups)
    for row in _newest(rows, found).distinct():
        words = _("New in the catalogue: %(programme)s") % {"programme": row}
        yield News(found[row.pk], words, row.get_absolute_url())


KINDS = (_reports, _answers, _needs, _verdicts, _strategies, _decisions, _meetings, _tasks, _programmes)
