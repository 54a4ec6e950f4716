"""Mails of the plan: to whom each goes, in whose language, and once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actionplans import mails
from actionplans.models import Answer, Commitment
from portal.models import Outbox

from .records import make_decision, make_organisation, make_user, signed_in, url
from .test_plan import make_measure
from .test_work import ask, leading, make_round, make_task

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def organisation(group):
    return make_organisation(group)


@pytest.fixture
def representative(organisation):
    return make_user("representative", organisation, language="de")


@pytest.fixture
def coordinator(group):
    return make_user("coordinator", make_organisation(group), language="sl")


def told(kind):
    return sorted(Outbox.objects.filter(kind=kind).values_list("to", "language"))


def test_a_commitment_is_asked_for_and_answered_in_the_language_of_who_reads(
    group, organisation, representative, coordinator
):
    asked = ask(group, organisation)
    asked.measure.title_de, asked.measure.title_sl = "Gehen", "Hoja"
    asked.measure.save()
    mails.commitment_asked(asked)
    mails.commitment_answered(asked, representative)
    assert [told(f"commitment-{what}") for what in ("asked", "answered")] == [
        [(representative.email, "de")], [(coordinator.email, "sl")]
    ]  # fmt: skip
    texts = [Outbox.objects.get(kind=f"commitment-{what}").text for what in ("asked", "answered")]
    assert ["Gehen" in texts[0], "Hoja" in texts[1]] == [True, True]


def test_an_organisation_without_a_representative_is_asked_through_the_coordinators(group, organisation, coordinator):
    make_user("editor", organisation)
    mails.commitment_asked(ask(group, organisation))
    assert told("commitment-asked") == [(coordinator.email, "sl")]


def test_a_task_is_told_to_who_gets_it_and_not_to_who_gives_it(group, organisation, representative, coordinator):
    data = {"group": group.slug, "title_sl": "Poklicati šolo", "organisation": organisation.pk}
    assert signed_in(coordinator).post(url("task-add"), data).status_code == 302
    assert told("task-given") == [(representative.email, "de")]
    own = make_task(group=group, person=coordinator)
    mails.task_given(own, coordinator)
    assert len(told("task-given")) == 1


def test_a_task_made_out_of_a_decision_reaches_who_is_responsible(group, organisation, representative, coordinator):
    decision = make_decision(group, responsible=organisation)
    signed_in(coordinator).post(url("decision-task", decision.pk))
    assert told("task-given") == [(representative.email, "de")]


def test_three_days_before_a_round_ends_who_has_not_answered_is_reminded_once(group, organisation, representative):
    today = timezone.localdate()
    measure = leading(group, organisation)
    done = make_organisation(group)
    make_user("representative", done)
    other = make_measure(measure.plan.strategy, slug="done")
    Commitment.objects.create(measure=other, membership=done.memberships.get(), role="lead", status="accepted")
    opened = make_round(group, due_on=today + 7 * DAY)
    Answer.objects.create(round=opened, organisation=done, measure=other, kind="no_change")
    for days in (0, 3, 5, 5, 6, 8):  # the fourth day was missed
        mails.rounds_due(today + days * DAY)
    assert told("round-opened") == [(representative.email, "de")]


def test_who_was_told_of_a_tasks_day_hears_of_another_day_anew(group, organisation, representative):
    today = timezone.localdate()
    task = make_task(group=group, organisation=organisation, due_on=today + 2 * DAY)
    mails.tasks_due(today)
    mails.tasks_due(today)
    type(task).objects.update(due_on=today + 5 * DAY)
    mails.tasks_due(today)
    assert told("tasks-due") == [(representative.email, "de")] * 2
