"""What an organisation is to see to: who hears of it, whose it is where nobody answers, and what it reports."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actionplans import agenda, mails, my_work, waiting
from actionplans.models import AgendaItem, Answer, Barrier, Commitment, Round
from partners.models import Seat
from portal.models import Outbox, TranslationState, Vocabulary

from .records import make_decision, make_group, make_meeting, make_organisation, make_term, make_user, signed_in
from .test_plan import make_measure
from .test_work import ask, english, leading, make_round, make_task, url

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def organisation(group):
    return make_organisation(group, name_en="Lime club", name_sl="Lipa")


@pytest.fixture
def representative(organisation):
    return make_user("representative", organisation, language="de")


@pytest.fixture
def coordinator(group):
    return make_user("coordinator", make_organisation(group), language="sl")


def told(kind):
    return sorted(Outbox.objects.filter(kind=kind).values_list("to", flat=True))


def make_barrier(group, owner=None, **fields):
    kind = make_term(Vocabulary.BARRIER_TYPE, "transport")
    return Barrier.objects.create(group=group, kind=kind, slug="bus", title_sl="Ni avtobusa", owner=owner, **fields)


def owed_by(user):
    return [(item.what, item.about) for item in my_work.owes(user, TODAY)]


class TestABarrierFindsItsOwner:
    def saved(self, client, barrier, **changes):
        form = client.get(url("barrier-edit", barrier.pk)).context["form"]
        data = {"base": form.initial["base"], "title_sl": "Ni avtobusa", "kind": barrier.kind_id,
                "owner": barrier.owner_id or "", "reported_on": barrier.reported_on}  # fmt: skip
        assert client.post(url("barrier-edit", barrier.pk), {**data, **changes}).status_code == 302
        barrier.refresh_from_db()

    def test_who_answers_for_the_new_owner_gets_one_mail(self, group, organisation, representative, coordinator):
        barrier, client = make_barrier(group), signed_in(coordinator)
        self.saved(client, barrier, owner=organisation.pk)
        assert told("barrier-given") == [representative.email]
        mail = Outbox.objects.get()
        assert (mail.language, mail.is_urgent, f"#barrier-{barrier.pk}" in mail.text) == ("de", False, True)
        self.saved(client, barrier, title_sl="Ni avtobusa zvečer")
        assert len(told("barrier-given")) == 1

    def test_who_takes_it_themselves_is_told_nothing_and_a_new_one_tells_its_owner(
        self, group, organisation, representative, coordinator
    ):
        data = {"group": group.slug, "title_sl": "Stopnice", "kind": make_term(Vocabulary.BARRIER_TYPE, "steps").pk,
                "owner": organisation.pk, "reported_on": TODAY}  # fmt: skip
        assert signed_in(representative).post(url("barrier-add"), data).status_code == 302
        assert told("barrier-given") == []
        assert signed_in(coordinator).post(url("barrier-add"), {**data, "title_sl": "Prag"}).status_code == 302
        assert told("barrier-given") == [representative.email]


class TestNobodyAnswersForIt:
    def test_its_task_decision_question_and_barrier_are_the_coordinators(self, group, organisation, coordinator):
        make_user("editor", organisation)
        outsider = make_user("coordinator", make_organisation(make_group()))
        make_task(group=group, organisation=organisation)
        make_decision(group, responsible=organisation, text_sl="Klopi")
        make_barrier(group, organisation)
        ask(group, organisation, role="partner")
        found = owed_by(coordinator)
        assert len([about for _what, about in found if "Lipa" in about]) == 3
        assert len([what for what, _about in found if "Lipa" in what]) == 1
        assert owed_by(outsider) == []

    def test_they_hear_of_it_by_mail(self, group, organisation, coordinator):
        task = make_task(group=group, organisation=organisation, due_on=TODAY)
        make_decision(group, responsible=organisation, due_on=TODAY)
        mails.task_given(task, make_user())
        mails.tasks_due(TODAY)
        mails.decisions_due(TODAY)
        kinds = [told(kind) for kind in ("task-given", "tasks-due", "decision-due")]
        assert kinds == [[coordinator.email]] * 3

    def test_the_pages_say_so(self, group, organisation, coordinator):
        task = make_task(group=group, organisation=organisation)
        decision = make_decision(group, responsible=organisation)
        asked = ask(group, organisation)
        client = signed_in(coordinator)
        tasks = client.get(english("tasks", group=group.slug))
        assert tasks.context["unheard"] == {task.pk}
        assert "nobody speaks for it" in tasks.content.decode()
        assert "nobody speaks for it" in client.get(english("decision", decision.pk)).content.decode()
        page = client.get(english("commitment-answer", asked.pk)).content.decode()
        assert "Nobody speaks for Lime club in the group" in page

    @pytest.mark.parametrize("role", ["representative", "deputy"])
    def test_with_somebody_who_answers_it_is_theirs_alone(self, group, organisation, coordinator, role):
        person = make_user(role, organisation)
        task = make_task(group=group, organisation=organisation)
        make_decision(group, responsible=organisation)
        ask(group, organisation)
        assert (len(owed_by(person)), owed_by(coordinator)) == (3, [])
        mails.task_given(task, coordinator)
        assert told("task-given") == [person.email]
        Seat.objects.filter(user=person).update(ends_on=TODAY - DAY)
        assert len(owed_by(coordinator)) == 3


class TestARoundIsClosedEarly:
    @pytest.fixture
    def opened(self, group, organisation, representative):
        self.measure = leading(group, organisation)
        return make_round(group)

    def test_it_asks_first_and_names_who_is_missing(self, opened, coordinator, organisation):
        client = signed_in(coordinator)
        answer = client.post(english("round-close", opened.pk), {"note": "  "})
        html = answer.content.decode()
        assert (answer.status_code, "1 organisation has not answered everything" in html) == (422, True)
        assert "say why you are closing it now" in html
        opened.refresh_from_db()
        assert opened.is_open

    def test_with_a_word_on_why_it_is_closed_and_the_next_agenda_names_who_was_missing(
        self, group, opened, coordinator, organisation
    ):
        make_meeting(group, language="sl")
        client = signed_in(coordinator)
        assert client.post(url("round-close", opened.pk), {"note": "Seja je jutri."}).status_code == 302
        item = AgendaItem.objects.get()
        assert (item.round, "Lipa" in item.note, "Seja je jutri." in item.note) == (opened, True, True)
        assert "Seja je jutri." in client.get(english("round", opened.pk)).content.decode()

    def test_one_taken_up_by_a_later_meeting_says_so_too(self, group, opened):
        opened.close("Poletje.")
        make_meeting(group, language="sl")
        agenda.take_up_rounds(group.pk)
        assert "Lipa" in AgendaItem.objects.get().note

    def test_when_all_have_answered_one_press_closes_it(self, opened, organisation, coordinator):
        Answer.objects.create(round=opened, organisation=organisation, measure=self.measure, kind="no_change")
        assert signed_in(coordinator).post(url("round-close", opened.pk)).status_code == 302
        assert Round.objects.get().closing_note == ""

    def test_one_button_reminds_them_at_most_once_a_day(self, opened, representative, coordinator):
        client = signed_in(coordinator)
        for _press in range(2):
            assert client.post(url("round-remind", opened.pk)).status_code == 302
        assert told("round-opened") == [representative.email]
        mails.rounds_due(opened.due_on)  # the reminder of the last days comes all the same
        assert len(told("round-opened")) == 2

    def test_members_and_other_groups_do_not_remind(self, opened, representative):
        stranger = make_user("coordinator", make_organisation(make_group()))
        for user in (representative, stranger):
            assert signed_in(user).post(url("round-remind", opened.pk)).status_code == 404


class TestAPartnerReportsOnADecision:
    @pytest.fixture
    def decision(self, group, organisation, representative):
        return make_decision(group, responsible=organisation)

    def reported(self, user, decision, text="Klopi stojijo.", seen="", language="sl"):
        path = english("decision-report", decision.pk) if language == "en" else url("decision-report", decision.pk)
        return signed_in(user).post(path, {"text": text, "seen": seen}).status_code

    def test_what_it_writes_is_taken_into_the_decision_with_one_press(self, decision, representative, coordinator):
        assert self.reported(representative, decision) == 302
        decision.refresh_from_db()
        assert (decision.result_sl or "", decision.reported, decision.version) == ("", "Klopi stojijo.", 1)
        assert [item.link for item in waiting.waiting_for(coordinator, TODAY) if str(decision) == item.about] == [
            decision.get_absolute_url()
        ]
        client = signed_in(coordinator)
        assert "Klopi stojijo." in client.get(english("decision", decision.pk)).content.decode()
        assert client.post(url("decision-take", decision.pk), {"seen": "Klopi stojijo."}).status_code == 302
        decision.refresh_from_db()
        assert (decision.result_sl, decision.reported, decision.version) == ("Klopi stojijo.", "", 2)
        assert client.post(url("decision-take", decision.pk), {"seen": "Klopi stojijo."}).status_code == 409

    def test_it_stands_after_what_is_there_in_the_language_it_was_written_in(
        self, decision, representative, coordinator
    ):
        type(decision).objects.filter(pk=decision.pk).update(result_en="Two benches.", result_sl="Dve klopi.")
        assert self.reported(representative, decision, "A third\r\nbench.", language="en") == 302
        decision.refresh_from_db()
        decision.take_report("A third\nbench.")
        assert (decision.result_en, decision.result_sl) == ("Two benches.\n\nA third\nbench.", "Dve klopi.")
        assert TranslationState.objects.filter(number=decision.pk, field="result").exists()

    def test_of_two_reports_the_second_is_told_and_loses_nothing(self, decision, representative):
        assert self.reported(representative, decision) == 302
        answer = signed_in(representative).post(url("decision-report", decision.pk), {"text": "Drugače.", "seen": ""})
        assert (answer.status_code, "Drugače.</textarea>" in answer.content.decode()) == (409, True)
        assert self.reported(representative, decision, "Drugače.", seen="Klopi stojijo.") == 302
        assert self.reported(representative, decision, "  ", seen="Drugače.") == 422

    def test_others_neither_report_nor_take(self, group, decision, representative, coordinator):
        member = make_user("representative", make_organisation(group))
        stranger = make_user("representative", make_organisation(make_group()))
        assert [self.reported(user, decision) for user in (member, stranger)] == [404, 404]
        self.reported(representative, decision)
        for user in (member, stranger, representative):
            path = url("decision-take", decision.pk)
            assert signed_in(user).post(path, {"seen": "Klopi stojijo."}).status_code == 404
        assert "Klopi stojijo." not in signed_in(member).get(url("decision", decision.pk)).content.decode()

    def test_the_coordinators_hear_of_it_once(self, decision, representative, coordinator):
        for _press in range(2):
            self.reported(representative, decision)
        assert told("decision-reported") == [coordinator.email]
        assert "Klopi stojijo." in Outbox.objects.get(kind="decision-reported").text

    def test_it_is_dismissed_with_a_reason_that_its_partner_reads_and_answers(
        self, group, decision, representative, coordinator
    ):
        self.reported(representative, decision)
        client, path = signed_in(coordinator), url("decision-dismiss", decision.pk)
        assert signed_in(representative).post(path, {"seen": "Klopi stojijo.", "reason": "x"}).status_code == 404
        assert client.post(path, {"seen": "Klopi stojijo.", "reason": " "}).status_code == 422
        data = {"seen": "Klopi stojijo.", "reason": "Napišite, koliko."}
        answers = [client.post(path, data).status_code for _press in range(2)]
        taken = client.post(url("decision-take", decision.pk), {"seen": "Klopi stojijo."}).status_code
        assert (*answers, taken) == (302, 409, 409)
        assert told("decision-dismissed") == [representative.email]
        assert [i for i in waiting.waiting_for(coordinator, TODAY) if str(decision) == i.about] == []
        page = signed_in(representative).get(url("decision", decision.pk)).content.decode()
        assert ("Napišite, koliko." in page, "Klopi stojijo.</textarea>" in page) == (True, True)
        member = make_user("representative", make_organisation(group))
        assert "Napišite, koliko." not in signed_in(member).get(url("decision", decision.pk)).content.decode()
        assert self.reported(representative, decision, "Tri klopi.", seen="Klopi stojijo.") == 302
        decision.refresh_from_db()
        assert (decision.reported, decision.dismissed) == ("Tri klopi.", "")

    def test_a_proposal_takes_no_report(self, group, organisation, representative):
        proposed = make_decision(group, state="proposed", responsible=organisation)
        assert self.reported(representative, proposed) == 404


def test_a_measure_without_a_lead_keeps_its_rule(group, coordinator, organisation):
    """What nobody was given still goes to who leads, else to the coordinators."""
    measure = make_measure(leading(group, organisation).plan.strategy, slug="other")
    Commitment.objects.filter(measure=measure).delete()
    make_task(measure=measure)
    assert len(owed_by(coordinator)) == 1
