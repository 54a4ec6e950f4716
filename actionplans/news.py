"""What changed in a person's groups since a moment, by somebody else: read from the history, so nothing is guessed."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from itertools import takewhile
from operator import itemgetter
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, IntegerField, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from partners.models import Membership, groups_of
from portal.history.past import events_of
from programmes.models import Programme

from .mails import in_words
from .models import Adoption, Comment, Commitment, Decision, Evaluation, Meeting, Need, StatusReport, Strategy, Task

MOST = 15  # are told
LOOKED_AT = 400  # newest events of a kind; who was away for years reads what is left of them


class News(NamedTuple):
    moment: datetime
    words: str
    link: str


class Kind(NamedTuple):
    """What is told of the records of a model: that others made them, or moved them `to` one of these states."""

    tell: Callable  # (user, groups, {number: when}) → News
    model: Any
    field: str = ""  # in which the state stands; "" where it is told that they were made
    to: tuple = ()


def since(user, moment):
    """[News], newest first. A fixed number of queries: two for what happened, and one for each kind that did."""
    groups, happened = list(groups_of(user)), _happened(user, moment)
    found = [news for kind in KINDS for news in (kind.tell(user, groups, happened[kind]) if happened.get(kind) else ())]
    return sorted(found, key=lambda news: news.moment, reverse=True)[:MOST]


def _newest(rows, found):
    """Those of the rows that are among {number: when}, the newest only: of hundreds no more are shown."""
    order = sorted(found, key=lambda number: (found[number], number), reverse=True)
    numbers = Value(order, ArrayField(BigIntegerField()))
    place = Func(numbers, Cast("pk", BigIntegerField()), function="array_position", output_field=IntegerField())
    return rows.filter(pk__in=order).order_by(place)[:MOST]


# ---- the history ----------------------------------------------------------------------------------
def _happened(user, moment):
    """{Kind: {number: when}} of what others did since."""
    events = defaultdict(list)  # {kind: [(number, state, when, context)], newest first}
    for _event, place, *event in sorted(_united(_events, KINDS, moment), reverse=True, key=itemgetter(0)):
        events[KINDS[place]].append(event)
    moved = [kind for kind in events if kind.field]
    was = {(kind, number): state for kind, number, state in _before(moved, events, moment)}
    return {kind: _moved(kind, rows, was, user) if kind.field else _made(rows, user) for kind, rows in events.items()}


def _united(rows_of, kinds, *arguments):
    """The rows of all kinds in one question."""
    first, *others = [rows_of(kind, *arguments) for kind in kinds]
    return first.union(*others, all=True)


def _events(kind, moment):
    """(event, place of the kind, number, state, when, context) of the newest events."""
    events = events_of(kind.model).objects.filter(pgh_created_at__gt=moment)
    events = events.exclude(pgh_label="delete") if kind.field else events.filter(pgh_label="insert")
    state = Cast(kind.field or Value(""), TextField())
    columns = ("pgh_id", "kind_number", "pgh_obj_id", "state_then", "pgh_created_at", "pgh_context__metadata")
    rows = events.annotate(kind_number=Value(KINDS.index(kind)), state_then=state)
    return rows.order_by("-pgh_id").values_list(*columns)[:LOOKED_AT]


def _before(kinds, events, moment):
    """(kind, number, state) of the moved records before the moment."""
    if not kinds:
        return
    for place, number, state in _united(_states, kinds, events, moment):
        yield KINDS[place], number, state


def _states(kind, events, moment):
    numbers = {number for number, *_event in events[kind]}
    before = events_of(kind.model).objects.filter(pgh_obj_id__in=numbers, pgh_created_at__lte=moment)
    rows = before.annotate(kind_number=Value(KINDS.index(kind)), state_then=Cast(kind.field, TextField()))
    rows = rows.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
    return rows.values_list("kind_number", "pgh_obj_id", "state_then")


def _made(events, user):
    """{number: when} of records that others made."""
    return {number: at for number, _state, at, context in events if not _is_by(context, user)}


def _moved(kind, events, was, user):
    """{number: when} of records that others moved to one of the kind's states, and that are in it now."""
    moves = defaultdict(list)  # {number: [(state, when, context)], newest first}
    for number, *event in events:
        moves[number].append(event)
    found = {}
    for number, steps in moves.items():
        now = steps[0][0]
        if now in kind.to and now != was.get((kind, number)):
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
def _reports(user, groups, found):
    rows = StatusReport.objects.filter(measure__plan__strategy__group__in=groups)
    for row in _newest(rows, found).select_related("measure"):
        words = _("New report: %(measure)s") % {"measure": row.measure}
        yield News(found[row.pk], words, row.measure.get_absolute_url())


def _answers(user, groups, found):
    rows = Commitment.objects.filter(membership__group__in=groups)
    for row in _newest(rows, found).select_related("measure", "membership__organisation"):
        facts = {
            "organisation": row.membership.organisation,
            "status": row.get_status_display(),
            "measure": row.measure,
        }
        words = _("%(organisation)s, %(status)s: %(measure)s") % facts
        yield News(found[row.pk], words, row.measure.get_absolute_url())


def _needs(user, groups, found):
    for row in _newest(Need.objects.filter(group__in=groups), found):
        yield News(found[row.pk], _("New need: %(need)s") % {"need": row}, row.get_absolute_url())


def _verdicts(user, groups, found):
    rows = Evaluation.objects.filter(measure__plan__strategy__group__in=groups)
    for row in _newest(rows, found).select_related("measure"):
        facts = {"verdict": row.get_verdict_display(), "measure": row.measure}
        words = _("Evaluated (%(verdict)s): %(measure)s") % facts
        yield News(found[row.pk], words, row.measure.get_absolute_url())


def _strategies(user, groups, found):
    for row in _newest(Strategy.objects.filter(group__in=groups).with_successors(), found):
        facts = {"strategy": row, "status": row.standing}
        words = _("Strategy “%(strategy)s”: %(status)s") % facts
        yield News(found[row.pk], words, reverse("actionplans:strategy-work", args=[row.pk]))


def _decisions(user, groups, found):
    for row in _newest(Decision.objects.visible_to(user).filter(group__in=groups), found):
        facts = {"decision": row, "state": row.get_state_display()}
        yield News(found[row.pk], _("Decision, %(state)s: %(decision)s") % facts, row.get_absolute_url())


def _meetings(user, groups, found):
    for row in _newest(Meeting.objects.visible_to(user).filter(group__in=groups), found):
        facts = {"meeting": row, "status": row.get_status_display()}
        yield News(found[row.pk], _("Meeting, %(status)s: %(meeting)s") % facts, row.get_absolute_url())


def _tasks(user, groups, found):
    for row in _newest(Task.objects.visible_to(user), found).select_related("measure"):
        link = row.measure.get_absolute_url() if row.measure else reverse("actionplans:tasks")
        if row.state == Task.State.BLOCKED:
            words = _("Task blocked: %(task)s – %(reason)s") % {"task": row, "reason": row.reason}
        else:
            words = _("Task done: %(task)s") % {"task": row}
        yield News(found[row.pk], words, link)


def _said(user, groups, found):
    rows = Comment.objects.of_groups(groups).filter(is_internal=True)
    for row in _newest(rows, found).select_related("strategy", "need", "plan__strategy", "measure"):
        words = _("Said among members: %(about)s") % {"about": in_words(row.plan) if row.plan else row.about}
        yield News(found[row.pk], words, row.stands_at)


def _programmes(user, groups, found):
    ours = Membership.objects.filter(group__in=groups).values("organisation")
    for row in _newest(Programme.objects.published().filter(organisation__in=ours), found):
        words = _("New in the catalogue: %(programme)s") % {"programme": row}
        yield News(found[row.pk], words, row.get_absolute_url())


def _copies(user, groups, found):
    rows = Adoption.objects.filter(practice__group__in=groups)
    for row in _newest(rows, found).select_related("practice", "group"):
        facts = {"group": row.group, "practice": row.practice}
        words = _("%(group)s took up your practice: %(practice)s") % facts
        yield News(found[row.pk], words, row.practice.get_absolute_url())


KINDS = (
    Kind(_reports, StatusReport),
    Kind(
        _answers,
        Commitment,
        "status",
        (Commitment.Status.ACCEPTED, Commitment.Status.COUNTERED, Commitment.Status.DECLINED),
    ),
    Kind(_needs, Need),
    Kind(_verdicts, Evaluation),
    Kind(_strategies, Strategy, "status", tuple(Strategy.Status.values)),
    Kind(_decisions, Decision, "state", (Decision.State.ADOPTED, Decision.State.IMPLEMENTED)),
    Kind(
        _meetings,
        Meeting,
        "status",
        (
            Meeting.Status.INVITED,
            Meeting.Status.MINUTES_WRITTEN,
            Meeting.Status.MINUTES_APPROVED,
            Meeting.Status.CANCELLED,
        ),
    ),
    Kind(_tasks, Task, "state", (Task.State.DONE, Task.State.BLOCKED)),
    Kind(_copies, Adoption),
    Kind(_said, Comment),
    Kind(_programmes, Programme, "status", (Programme.Status.PUBLISHED,)),
)
