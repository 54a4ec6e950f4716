"""Two people, two real connections, one moment: of two moves one wins and the other is told, and nothing is lost."""

import threading

import pytest
from django.utils import translation

from actionplans import answering
from actionplans.forms import AnswerForm, MeasureForm, ObjectiveForm, StrategyForm, TaskForm
from actionplans.models import (
    Answer,
    Measure,
    Need,
    Objective,
    Round,
    Strategy,
    Task,
)
from actionplans.views.signals import _triage
from partners.models import Seat
from partners.people import hand_over
from portal.models import Outbox
from portal.stale import StaleObject

from . import workshop
from .records import make_user
from .test_organisation import at_the_same_time
from .workshop import typed

pytestmark = [pytest.mark.django_db, pytest.mark.server]


def copies(record, count=2):
    """As two people read it before either of them does anything."""
    return [type(record)._default_manager.get(pk=record.pk) for _person in range(count)]


def won(told):
    """The number of the deed that was done, when all others were told that they came late."""
    done = [number for number, answer in enumerate(told) if answer in (None, True)]
    late = [answer for answer in told if answer not in (None, True)]
    assert (len(done), set(late) <= {"StaleObject", "ValidationError", False}) == (1, True), told
    return done[0]


# ---- one record is moved by two -------------------------------------------------------------------------
def commitment_accepted_and_declined(w):
    one, two = copies(w.commitment)
    told = at_the_same_time(
        lambda: one.move_to("accepted", w.representative), lambda: two.move_to("declined", w.representative, "Ni ljudi")
    )
    w.commitment.refresh_from_db()
    assert w.commitment.status == ("accepted", "declined")[won(told)]


def strategy_approved_by_two(w):
    one, two = copies(w.strategy)
    told = at_the_same_time(lambda: one.move_to("approved", w.coordinator), lambda: two.move_to("approved", w.second))
    w.strategy.refresh_from_db()
    assert w.strategy.approved_by == (w.coordinator, w.second)[won(told)]


def plan_approved_by_two(w):
    one, two = copies(w.plan)
    told = at_the_same_time(lambda: one.move_to("approved", w.coordinator), lambda: two.move_to("approved", w.second))
    w.plan.refresh_from_db()
    assert w.plan.approved_by == (w.coordinator, w.second)[won(told)]


def round_closed_by_two(w):
    one, two = copies(w.round)
    won(at_the_same_time(one.close, two.close))
    w.round.refresh_from_db()
    assert (w.round.status, w.round.version) == ("closed", 2)


def need_moved_by_two(w):
    Need.objects.filter(pk=w.need.pk).update(status="reported", decision_sl="Drugje")
    one, two = copies(w.need)
    told = at_the_same_time(lambda: one.move_to("assessing"), lambda: two.move_to("not_pursued"))
    w.need.refresh_from_db()
    assert w.need.status == ("assessing", "not_pursued")[won(told)]


def signal_answered_by_two(w):
    one, two = copies(w.signal)
    given = {"need": None, "into": None}
    told = at_the_same_time(
        lambda: _triage(one, "answered", w.coordinator, {**given, "answer": "Hvala"}),
        lambda: _triage(two, "dismissed", w.second, {**given, "answer": "Ne"}),
    )
    w.signal.refresh_from_db()
    assert w.signal.answer == ("Hvala", "Ne")[won(told)]
    assert [mail.to for mail in Outbox.objects.filter(kind="signal-answered")] == ["ana@example.org"]


def figure_approved_and_returned(w):
    one, two = copies(w.value)
    told = at_the_same_time(
        lambda: one.move_to("approved", w.coordinator), lambda: two.move_to("returned", w.second, "Preveri")
    )
    w.value.refresh_from_db()
    assert w.value.state == ("approved", "returned")[won(told)]


def seat_handed_over_to_two(w):
    seat = w.representative.seats.get()
    others = [w.seat, make_user("deputy", w.organisation).seats.get()]
    told = at_the_same_time(*(lambda to=to: hand_over(seat, to, w.coordinator) and None for to in others))
    represents = Seat.objects.current().get(membership=w.membership, role="representative")
    assert represents.user == others[won(told)].user


# ---- one record is edited by two ------------------------------------------------------------------------
def form_of(kind, record, changes, **about):
    opened = kind(instance=type(record)._default_manager.get(pk=record.pk), **about)
    data = typed(opened, **changes)
    form = kind(data, instance=type(record)._default_manager.get(pk=record.pk), **about)
    assert form.is_valid(), form.errors
    return form


def measure_edited_by_two_in_one_field(w):
    about = {"plan": w.measure.plan, "user": w.coordinator}
    forms = [form_of(MeasureForm, w.measure, {"title_sl": text}, **about) for text in ("Ana", "Bor")]
    told = at_the_same_time(*(form.keep for form in forms))
    w.measure.refresh_from_db()
    assert w.measure.title_sl == ("Ana", "Bor")[won(told)]
    late, status = forms[1 - won(told)].answer()
    assert status == 409
    assert [(m.theirs, m.mine) for m in late.met] == [("Ana", "Bor") if won(told) == 0 else ("Bor", "Ana")]


def measure_edited_by_two_in_two_fields(w):
    about = {"plan": w.measure.plan, "user": w.coordinator}
    forms = [
        form_of(MeasureForm, w.measure, change, **about) for change in ({"title_sl": "Ana"}, {"rationale_sl": "Bor"})
    ]
    told = at_the_same_time(*(form.keep for form in forms))
    late, status = forms[1 - won(told)].answer()
    assert (status, late.met) == (409, ())
    yes = MeasureForm(typed(late), instance=Measure.objects.get(pk=w.measure.pk), **about)
    assert (yes.is_valid(), yes.keep()) == (True, True)
    w.measure.refresh_from_db()
    assert (w.measure.title_sl, w.measure.rationale_sl) == ("Ana", "Bor")


def two_tasks_of_one_measure_edited(w):
    other = Task.objects.create(measure=w.measure, title_sl="Druga", organisation=w.organisation)
    forms = [form_of(TaskForm, task, {"title_sl": "Novo"}, group=w.group.pk) for task in (w.task, other)]
    assert at_the_same_time(*(form.keep for form in forms)) == [True, True]
    assert list(w.measure.tasks.values_list("title_sl", flat=True)) == ["Novo", "Novo"]


def strategy_approved_while_its_author_edits(w):
    form = form_of(StrategyForm, w.strategy, {"title_sl": "Skupaj naprej"}, strategy=w.strategy, user=w.coordinator)
    read = Strategy.objects.get(pk=w.strategy.pk)
    told = at_the_same_time(form.keep, lambda: read.move_to("approved", w.second))
    w.strategy.refresh_from_db()
    assert (w.strategy.title_sl, w.strategy.status) == (("Skupaj naprej", "draft"), ("Skupaj", "approved"))[won(told)]


RACES = [
    commitment_accepted_and_declined, strategy_approved_by_two, plan_approved_by_two, round_closed_by_two,
    need_moved_by_two, signal_answered_by_two, figure_approved_and_returned, seat_handed_over_to_two,
    measure_edited_by_two_in_one_field, measure_edited_by_two_in_two_fields, two_tasks_of_one_measure_edited,
    strategy_approved_while_its_author_edits,
]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_wins_and_the_other_is_told():
    """All races in one database that is emptied once; each begins with a group of its own."""
    failed = {}
    for race in RACES:
        Outbox.objects.all().delete()
        try:
            with translation.override("sl"):
                race(workshop.build())
        except AssertionError as error:
            failed[race.__name__] = str(error)
    assert failed == {}


# ---- a lock that the other waits for ----------------------------------------------------------------------
def answers_of(w):
    data = {"m-kind": "update", "m-text": "Gre"}
    form = AnswerForm(data, prefix="m")
    assert form.is_valid()
    return [(("measure", w.measure.pk), w.measure, form)]


@pytest.mark.django_db(transaction=True)
def test_what_others_do_waits_until_a_page_is_saved_and_a_text_is_whole(monkeypatch):
    """A round is closed while an organisation saves its page; a strategy approved while an objective is written."""
    w = workshop.build()
    closing = Round.objects.get(pk=w.round.pk)
    finished = meanwhile(monkeypatch, answering, "_report", closing.close)
    assert answering.keep_answers(w.round, w.organisation, answers_of(w), w.representative) == 1
    assert finished() == (False, None)  # it waited, and then was done
    assert (Answer.objects.filter(round=w.round).count(), Round.objects.get(pk=w.round.pk).status) == (1, "closed")
    with pytest.raises(StaleObject):
        answering.keep_answers(w.round, w.organisation, answers_of(w), w.representative)

    form = form_of(ObjectiveForm, w.objective, {"title_sl": "Spanec"}, strategy=w.strategy, user=w.coordinator)
    late = form_of(ObjectiveForm, w.objective, {"title_sl": "Prepozno"}, strategy=w.strategy, user=w.coordinator)
    read = Strategy.objects.get(pk=w.strategy.pk)
    finished = meanwhile(monkeypatch, Strategy, "hold", lambda: read.move_to("approved", w.second), after=True)
    assert form.keep() is True
    assert finished() == (False, None)
    assert (Objective.objects.get(pk=w.objective.pk).title_sl, read.status) == ("Spanec", "approved")
    monkeypatch.undo()
    unseen = form_of(ObjectiveForm, w.objective, {"title_sl": "Brez razloga"}, strategy=w.strategy, user=w.coordinator)
    assert (unseen.keep(), late.keep()) == (False, False)
    assert Objective.objects.get(pk=w.objective.pk).title_sl == "Spanec"


def meanwhile(monkeypatch, room, name, deed, after=False):
    """Begins `deed` on another connection in the middle of `room.name`. → what it had come to a moment later (was it
    done already?), and what it returned in the end."""
    thing, seen, threads = getattr(room, name), [], []

    def in_between(*args, **kwargs):
        result = thing(*args, **kwargs)
        if threads:
            return result
        answers: list = []
        threads.append(threading.Thread(target=lambda: answers.extend(at_the_same_time(deed))))
        threads[0].start()
        threads[0].join(0.4)
        seen.append((bool(answers), answers))
        return result

    monkeypatch.setattr(room, name, in_between)

    def finished():
        threads[0].join(10)
        was_done, answers = seen[0]
        return was_done, answers[0]

    return finished
