"""What may become what, and who may do it: the states of the model written out and compared with what really moves.

Every pair of states is tried, with all that a step asks for: what is not written is refused.
"""

from copy import copy
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from actionplans import models
from actionplans.models import (
    ActionPlan,
    Barrier,
    Comment,
    Commitment,
    Decision,
    Evaluation,
    IndicatorValue,
    Interface,
    Measure,
    Meeting,
    Need,
    Notice,
    ObjectiveNeed,
    Round,
    Score,
    SharedPractice,
    Signal,
    Strategy,
    Task,
)
from portal.stale import StaleObject

from .records import make_decision, make_meeting, make_organisation, make_user, signed_in
from .test_rights import ROLES, written

pytestmark = [pytest.mark.django_db, pytest.mark.server]
SOON = timezone.localdate() + timedelta(days=30)

TRANSITIONS = """
need reported           assessing not_pursued
need assessing          confirmed not_pursued
need confirmed          prioritised not_pursued
need prioritised        responded not_pursued
need responded          resolved not_pursued
need resolved           assessing
need not_pursued        assessing
strategy draft          consultation approved
strategy consultation   draft approved
strategy approved       draft adopted
strategy adopted        superseded
strategy superseded
plan draft              approved
plan approved           draft adopted
plan adopted            superseded
plan superseded
measure proposed        planned stopped
measure planned         proposed in_progress stopped
measure in_progress     paused completed embedded stopped
measure paused          in_progress stopped
measure completed       embedded in_progress
measure embedded
measure stopped         proposed
commitment proposed     accepted countered declined withdrawn
commitment countered    proposed accepted withdrawn
commitment accepted     withdrawn
commitment declined     proposed
commitment withdrawn    proposed
task to_do              doing blocked done cancelled
task doing              to_do blocked done cancelled
task blocked            to_do doing cancelled
task done               to_do
task cancelled          to_do
decision proposed       adopted overtaken
decision adopted        in_progress implemented overtaken revoked
decision in_progress    implemented overtaken revoked
decision implemented
decision overtaken
decision revoked
meeting planned         invited held cancelled
meeting invited         held cancelled
meeting held            minutes_written
meeting minutes_written minutes_approved
meeting minutes_approved
meeting cancelled
round open              closed
round closed
signal new              linked merged answered dismissed
signal linked           new
signal merged           new
signal answered         new
signal dismissed        new
figure draft            submitted
figure submitted        draft returned approved
figure returned         submitted
figure approved         returned
barrier proposed        in_progress solved
barrier in_progress     proposed solved
barrier solved          in_progress
interface wanted        in_talks agreed ended
interface in_talks      agreed wanted ended
interface agreed        in_talks ended
interface ended         wanted
notice proposed         sent returned
notice returned         proposed sent
notice sent             withdrawn
notice withdrawn
practice draft          published
practice published      withdrawn
practice withdrawn      published
comment waiting         shown hidden
comment shown           shown hidden
comment hidden          shown
"""
STATE = {
    Measure: "phase",
    Task: "state",
    Decision: "state",
    IndicatorValue: "state",
    Interface: "state",
    Notice: "state",
    SharedPractice: "state",
}  # others: status


@pytest.fixture
def w(shared, db):
    """A workshop in which nothing is missing before any step."""
    w = copy(shared)
    Need.objects.filter(pk=w.need.pk).update(decision_sl="Zdaj")
    seat = w.representative.seats.get()
    Score.objects.create(need=w.need, seat=seat, size=1, severity=1, inequality=1, changeability=1)
    Measure.objects.filter(pk=w.measure.pk).update(starts_on=w.today, ends_on=SOON, no_indicator_reason_sl="Ni česa")
    ObjectiveNeed.objects.create(objective=w.measure.objective, need=w.need)
    Evaluation.objects.create(measure=w.measure, verdict="keep", reason_sl="Pomaga")
    w.other = make_user("coordinator", make_organisation(w.group))
    w.plan_of_force = ActionPlan.objects.create(
        strategy=w.measure.plan.strategy, slug="next", starts_on=w.today, ends_on=SOON
    )
    Measure.objects.create(
        plan=w.plan_of_force, objective=w.measure.objective, slug="next-one", title_sl="Nov", approach="universal"
    )
    told = {"description_sl": "Hodimo", "for_whom_sl": "Za vse", "outcome_sl": "Bolje spimo", "people_sl": "Dva"}
    SharedPractice.objects.filter(pk=w.practice.pk).update(contact_email="urad@example.org", **told)
    w.same = Signal(group=w.group, text="Isto", basis="data", language="sl")
    w.same.store()
    w.comment = Comment.objects.create(strategy=w.strategy, text="Kdaj?", language="sl")
    Comment.objects.filter(pk=w.comment.pk).update(status="hidden", answer="Jeseni")
    w.revoker = make_decision(w.group)
    Interface.objects.filter(pk=w.interface.pk).update(agreement_sl="Pred vsakim načrtom")
    w.later = make_meeting(w.group, begins_in=-timedelta(days=1), status="held")
    return w


def moves(w):
    """{noun: (record, deed(record, state))} with what each step needs."""
    body = {"adopted_on": w.today, "adopted_by": {"adopted_by_sl": "Svet"}}
    return {
        "need": (w.need, lambda r, to: r.move_to(to)),
        "strategy": (w.strategy, lambda r, to: r.move_to(to, w.other, **(body if to == "adopted" else {}))),
        "plan": (w.plan_of_force, lambda r, to: r.move_to(to, w.other)),
        "measure": (w.measure, lambda r, to: r.move_to(to, "Poletje")),
        "commitment": (w.commitment, lambda r, to: r.move_to(to, w.representative, "Razlog")),
        "task": (w.task, lambda r, to: r.move_to(to, "Razlog")),
        "decision": (w.decision, lambda r, to: r.move_to(to, w.revoker if to == "revoked" else None)),
        "meeting": (w.held, lambda r, to: r.approve(w.later) if to == "minutes_approved" else r.move_to(to)),
        "round": (w.round, _close),
        "signal": (w.signal, lambda r, to: r.move_to(
            to, w.other, "Hvala", w.need if to == "linked" else None, w.same if to == "merged" else None)),
        "figure": (w.value, lambda r, to: r.move_to(to, w.other, "Preveri")),
        "interface": (w.interface, lambda r, to: r.move_to(to)),
        "notice": (w.notice, lambda r, to: r.move_to(to, "Preveri")),
        "barrier": (w.barrier, lambda r, to: r.move_to(to)),
        "practice": (w.practice, lambda r, to: r.move_to(to)),
        "comment": (w.comment, lambda r, to: r.move_to(to, "Drugače")),
    }  # fmt: skip


def _close(shown, to):
    if to != "closed":
        raise StaleObject(shown)
    shown.close()


# What a record in a state has besides, so that the database lets it stand there.
WITH = {
    ("commitment", "declined"): {"reason": "Ne"}, ("commitment", "withdrawn"): {"reason": "Ne"},
    ("task", "done"): {"done_on": SOON}, ("task", "blocked"): {"reason": "Ne"}, ("task", "cancelled"): {"reason": "Ne"},
    ("measure", "paused"): {"pause_reason": "Poletje"},
    ("signal", "answered"): {"answer": "Hvala"}, ("signal", "dismissed"): {"answer": "Ne"},
    ("strategy", "adopted"): {"adopted_on": SOON, "group_id": None}, ("comment", "waiting"): {"answer": ""},
    ("notice", "sent"): {"sent_at": timezone.now()}, ("notice", "withdrawn"): {"sent_at": timezone.now()},
    ("notice", "proposed"): {"sent_at": None}, ("notice", "returned"): {"sent_at": None},
    ("decision", "implemented"): {"closed_on": SOON}, ("decision", "overtaken"): {"closed_on": SOON},
    ("practice", "published"): {"published_on": SOON},
    ("decision", "proposed"): {"number": None, "year": None, "adopted_on": None},
}  # fmt: skip


def placed(w, noun, record, state):
    """The record as it stands in a state, read afresh."""
    fields = dict(WITH.get((noun, state), {}))
    if (noun, state) == ("decision", "revoked"):
        fields = {"closed_on": SOON, "revoked_by": w.revoker}
    if (noun, state) == ("meeting", "minutes_approved"):
        fields = {"approved_on": SOON, "approved_at": w.later}
    if (noun, state) == ("signal", "linked"):
        fields = {"need": w.need}
    if (noun, state) == ("strategy", "adopted"):  # there is one in force at a time
        Strategy.objects.filter(group=w.group, status="adopted").update(status="superseded")
        fields.pop("group_id")
    model = type(record)
    model.objects.filter(pk=record.pk).update(**{STATE.get(model, "status"): state}, **fields)
    return model.objects.get(pk=record.pk)


def states(model):
    return [value for value, _label in model._meta.get_field(STATE.get(model, "status")).choices]


def test_what_is_written_moves_and_no_other_pair_of_states(w):
    reached = {}
    for noun, (record, deed) in moves(w).items():
        for state in states(type(record)):
            reached[f"{noun} {state}"] = {
                to for to in states(type(record)) if _is_moved(w, noun, record, deed, state, to)
            }
    expected = {" ".join(line.split()[:2]): set(line.split()[2:]) for line in TRANSITIONS.strip().splitlines()}
    assert reached == expected


def _is_moved(w, noun, record, deed, state, to):
    with transaction.atomic():
        shown = placed(w, noun, record, state)
        try:
            is_moved = deed(shown, to) is not False
            field = STATE.get(type(record), "status")
            assert getattr(type(record).objects.get(pk=record.pk), field) == to
        except (StaleObject, ValidationError, PermissionDenied):
            is_moved = False
        transaction.set_rollback(True)
    return is_moved


def test_every_noun_with_a_table_of_moves_is_written():
    with_table = {m for m in vars(models).values() if isinstance(m, type) and hasattr(m, "NEXT")}
    known = {Need, Strategy, ActionPlan, Measure, Commitment, Task, Decision, Meeting, Round, Signal, IndicatorValue}
    assert with_table == known | {Barrier, Comment, Interface, Notice, SharedPractice}


# ---- who --------------------------------------------------------------------------------------------------
# y: the move is made; -: refused, 404 or the page to sign in.
WHO = """
                        visitor editor deputy represent neighbour adviser steward coordinat stranger str_co admin region
need assessing          -       -      -      -         -         -       -       y         -        -      y     -
strategy consultation   -       -      -      -         -         -       -       y         -        -      y     -
plan approved           -       -      -      -         -         -       -       y         -        -      y     -
measure paused          -       y      y      y         -         -       -       y         -        -      y     -
commitment accepted     -       -      y      y         -         -       -       y         -        -      y     -
task done               -       y      y      y         -         -       -       y         -        -      y     -
decision implemented    -       -      -      -         -         -       -       y         -        -      -     -
meeting invited         -       -      -      -         -         -       -       y         -        -      -     -
round closed            -       -      -      -         -         -       -       y         -        -      y     -
signal answered         -       -      -      -         -         -       -       y         -        -      y     -
figure returned         -       -      -      -         -         -       -       y         -        -      y     -
barrier solved          -       -      -      -         -         -       -       y         -        -      y     -
barrier own             -       y      y      y         -         -       -       y         -        -      y     -
comment shown           -       -      -      -         -         -       -       y         -        -      y     -
"""


def presses(w):
    """{row of WHO: (record, address, what is sent, the state it then has)}"""
    own = Barrier.objects.create(
        group=w.group, kind=w.barrier.kind, slug="own", title_sl="Ni vrat", owner=w.organisation
    )
    Need.objects.filter(pk=w.need.pk).update(status="reported")
    Comment.objects.filter(pk=w.comment.pk).update(status="waiting", answer="")
    return {
        "need assessing": (w.need, "need-move", {"status": "assessing"}),
        "strategy consultation": (w.strategy, "strategy-move", {"status": "consultation"}),
        "plan approved": (w.plan_of_force, "plan-move", {"status": "approved"}),
        "measure paused": (w.measure, "measure-move", {"phase": "paused", "reason": "Poletje"}),
        "commitment accepted": (w.commitment, "commitment-answer", {"status": "accepted"}),
        "task done": (w.task, "task-move", {"state": "done"}),
        "decision implemented": (w.decision, "decision-move", {"to": "implemented"}),
        "meeting invited": (w.meeting, "meeting-move", {"to": "invited", "version": w.meeting.version}),
        "round closed": (w.round, "round-close", {"note": "Poletje"}),
        "signal answered": (w.signal, "signal-triage", {"status": "answered", "answer": "Hvala"}),
        "figure returned": (w.value, "value-move", {"note": "Preveri"}),
        "barrier solved": (w.barrier, "barrier-move", {"status": "solved"}),
        "barrier own": (own, "barrier-move", {"status": "solved"}),
        "comment shown": (w.comment, "comment-answer", {"status": "shown", "answer": "Jeseni"}),
    }


def people(w):
    neighbours, elsewhere = make_organisation(w.group), make_organisation()
    return {
        "regional": w.region_seat.user,
        "visitor": None, "editor": w.editor, "deputy": make_user("deputy", w.organisation),
        "representative": w.representative, "neighbour": make_user("representative", neighbours),
        "adviser": make_user("adviser", neighbours), "steward": make_user("data_steward", neighbours),
        "coordinator": w.coordinator, "stranger": make_user("representative", elsewhere),
        "stranger_coordinator": make_user("coordinator", elsewhere),
        "administrator": make_user(is_superuser=True, is_staff=True),
    }  # fmt: skip


def test_who_makes_a_move_and_all_others_are_refused(w, client):
    cast = people(w)
    clients = {role: signed_in(user) if user else client for role, user in cast.items()}
    held: dict = {}
    for row, (record, name, data) in presses(w).items():
        address = reverse(f"actionplans:{name}", args=[record.pk])
        held[row] = [_pressed(clients[role], address, data, record, row) for role in ROLES]
    assert held == written(WHO)


def _pressed(client, address, data, record, row):
    before = type(record).objects.get(pk=record.pk).version
    with transaction.atomic():
        answer = client.post(address, data)
        moved = type(record).objects.get(pk=record.pk).version != before
        assert moved or answer.status_code == 404 or "/login/" in answer.get("Location", ""), (row, answer.status_code)
        transaction.set_rollback(True)
    return "y" if moved else "-"
