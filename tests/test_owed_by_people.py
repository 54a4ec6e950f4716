"""Every column that names a person or a seat: what is owed through it goes to a successor, else it says why not."""

from datetime import date

import pytest
from django.apps import apps
from django.utils import timezone

from actionplans.models import IndicatorValue, SharedPractice
from partners import leaving, taking_back
from partners.models import Invitation, Seat, User, WorkingGroup
from programmes.models import ProblemReport

from . import test_interfaces, test_joining, test_notices, test_self_help, test_visits
from .records import make_organisation, make_programme, make_user
from .test_plan import make_indicator, make_need, make_strategy
from .test_work import make_task

pytestmark = pytest.mark.django_db
APPS = ("portal", "partners", "programmes", "actionplans")
PAST = "it says who did something; that stays true when they leave"
OWN = "it is the person's own and ends with them"
TOLD = "it only remembers that the person was told"

STAYS = {
    "actionplans.ActionPlan.approved_by": PAST,
    "actionplans.ActionPlan.asked_by": "others approve it; when it is returned, its authors hear of it too",
    "actionplans.Adoption.adopted_by": PAST,
    "actionplans.Amendment.made_by": PAST,
    "actionplans.Answer.answered_by": PAST,
    "actionplans.Assessment.given_by": PAST,
    "actionplans.Comment.by": PAST,
    "actionplans.Comment.seat": PAST,
    "actionplans.Commitment.answered_by": PAST,
    "actionplans.CoverageJudgement.seat": PAST,
    "actionplans.Decision.reported_by": "the coordinator takes it into the decision, whoever reported it",
    "actionplans.Document.added_by": PAST,
    "actionplans.Evaluation.decided_by": PAST,
    "actionplans.IndicatorValue.approved_by": PAST,
    "actionplans.MeasureSuggestion.suggested_by": "who answers for the organisation gets the answer instead",
    "actionplans.Noted.user": PAST,
    "actionplans.Round.opened_by": PAST,
    "actionplans.Score.seat": PAST,
    "actionplans.Signal.answered_by": PAST,
    "actionplans.StatusReport.written_by": PAST,
    "actionplans.Strategy.approved_by": PAST,
    "actionplans.Strategy.asked_by": "others approve it; when it is returned, its authors hear of it too",
    "actionplans.TaskNotice.user": TOLD,
    "actionplans.WorkVisit.user": OWN,
    "partners.CalendarLink.user": OWN,
    "partners.CheckReminder.user": TOLD,
    "partners.HandOver.by": PAST,
    "partners.HandOver.person": PAST,
    "partners.Location.checked_by": "everybody who keeps the place is reminded of it",
    "partners.Organisation.checked_by": "everybody who keeps the organisation is reminded of it",
    "partners.Picture.added_by": PAST,
    "partners.RegionSeat.user": "an administrator says who brings the figures of a region from then on",
    "partners.SeatNotice.seat": TOLD,
    "partners.SeatNotice.user": TOLD,
    "portal.Look.user": PAST,
    "portal.MailRhythm.user": OWN,
    "portal.Outbox.to_user": TOLD,
    "portal.SwitchedOff.user": OWN,
    "programmes.Following.user": OWN,
    "programmes.Import.by": "a table is kept for a day, and whoever brings it again sees the same",
    "programmes.Proposal.by": "one that came back stands in My work of everybody who edits the programme",
    "programmes.Publication.by": PAST,
    "programmes.Reminder.user": TOLD,
    "programmes.ReviewNote.by": PAST,
}


def membership(person):
    return person.seats.order_by("pk")[0].membership


def seat_of(person):
    return person.seats.order_by("pk")[0]


def a_report(person):
    report = ProblemReport(kind="times", text="x", language="en", state="in_progress", answered_by=person)
    report.organisation = membership(person).organisation
    report.store()
    return report


def an_invitation(person):
    facts = {"role": "editor", "email": "new@example.org", "language": "en", "token_digest": "x"}
    return Invitation.objects.create(membership=membership(person), invited_by=person, **facts)


def a_place_in_a_working_group(person):
    body = WorkingGroup.objects.create(group=membership(person).group, slug="old", name_sl="Starejši")
    return body.members.create(membership=membership(person), user=person)


def a_visit(person):
    programme = make_programme(membership(person).organisation)
    return test_visits.make_request(programme, state="in_progress", answered_by=person)


def a_message(person):
    programme = make_programme(membership(person).organisation)
    group = membership(person).group
    return test_self_help.make_request(group, programme=programme, state="in_progress", answered_by=person)


def a_figure(person):
    indicator = make_indicator(membership(person).group)
    facts = {"measured_on": date(2026, 1, 1), "value": 3, "state": "returned", "note": "Why so few?"}
    return IndicatorValue.objects.create(indicator=indicator, entered_by=person, **facts)


def an_objective(person):
    strategy = make_strategy(membership(person).group)
    facts = {"title_en": "Sleep well", "level": "system", "owner": membership(person).organisation}
    return strategy.objectives.create(number=1, slug="one", owner_seat=seat_of(person), **facts)


def a_notice(person):
    return test_notices.make_notice(membership(person).group, membership(person).organisation, author=person)


def an_interface(person):
    return test_interfaces.make_interface(membership(person).group, contact_person=person)


def a_task(person):
    return make_task(group=membership(person).group, organisation=membership(person).organisation, person=person)


OWED = {
    "actionplans.IndicatorValue.entered_by": a_figure,
    "actionplans.Interface.contact_person": an_interface,
    "actionplans.Need.owner": lambda person: make_need(membership(person).group, owner=seat_of(person)),
    "actionplans.Notice.author": a_notice,
    "actionplans.Objective.owner_seat": an_objective,
    "actionplans.Task.person": a_task,
    "partners.Invitation.invited_by": an_invitation,
    "partners.JoinRequest.answered_by": lambda person: test_joining.make_request(
        membership(person).group, state="in_progress", answered_by=person
    ),
    "partners.Seat.user": seat_of,
    "partners.WorkingGroupMember.user": a_place_in_a_working_group,
    "programmes.ProblemReport.answered_by": a_report,
    "programmes.Programme.checked_by": lambda person: make_programme(
        membership(person).organisation, checked_by=person
    ),
    "programmes.SelfHelpRequest.answered_by": a_message,
    "programmes.VisitRequest.answered_by": a_visit,
}
# Here the record stays with who leaves: another row, or another confirmation, is the successor's.
ANEW = {"partners.Seat.user", "partners.WorkingGroupMember.user", "programmes.Programme.checked_by"}


def columns():
    """ "app.Model.column" of all that name a person or a seat; the tables of the history repeat what others say."""
    own = [model for app in APPS for model in apps.get_app_config(app).get_models() if not hasattr(model, "pgh_obj")]
    return {
        f"{model._meta.label}.{field.name}"
        for model in own
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.related_model in (User, Seat)
    }


def test_no_column_that_names_a_person_is_forgotten():
    assert columns() == {*OWED, *STAYS}
    assert not OWED.keys() & STAYS.keys()


@pytest.fixture
def people():
    """(who leaves, who takes over, who sees to it), two of one organisation and a coordinator."""
    here = make_organisation()
    ana, bor = make_user("representative", here, full_name="Ana"), make_user("deputy", here, full_name="Bor")
    return ana, bor, make_user("coordinator", here)


@pytest.mark.parametrize("column", sorted(OWED))
def test_what_is_owed_is_listed_goes_to_the_successor_and_comes_back(people, column):
    ana, bor, coordinator = people
    record = OWED[column](ana)
    leave = leaving.of_seat(seat_of(ana), coordinator)
    rows = leaving.collected(leave)
    [held] = [one for _source, held in rows for one in held if one.record == record]
    done = leaving.hand_over(leave, timezone.localdate(), {held.key: bor}, leaving.seen(rows))
    assert named(record, column) == bor or column in ANEW
    moved = taking_back.things(done)
    _back, stay = taking_back.take_back(done, coordinator, taking_back.seen(moved))
    assert (stay, named(record, column), seat_of(ana).ends_on) == ([], ana, None)


def named(record, column):
    """The person whom the record names now; None where it is not there any more."""
    row = type(record).objects.filter(pk=record.pk).first()
    found = row and getattr(row, column.rpartition(".")[2])
    return found.user if isinstance(found, Seat) else found


@pytest.mark.parametrize("column", sorted(OWED.keys() - {"partners.Seat.user"}))
def test_what_another_person_owes_is_not_given_away(people, column):
    ana, bor, coordinator = people
    record = OWED[column](bor)
    rows = leaving.collected(leaving.of_seat(seat_of(ana), coordinator))
    assert [one for _source, held in rows for one in held if one.record == record] == []


def test_who_sees_to_the_leaving_learns_that_a_message_waits_and_not_what_it_says(people):
    ana, _bor, coordinator = people
    asked = a_message(ana)
    rows = leaving.collected(leaving.of_seat(seat_of(ana), coordinator))
    [said] = [held.say() for source, all_of in rows for held in all_of if source.name == "self-help"]
    assert str(asked.programme) in said
    assert asked.theme not in said
    assert asked.email not in said


def test_a_representative_does_not_give_away_a_request_to_start_a_group(people):
    ana, bor, coordinator = people
    Seat.objects.create(membership=membership(ana), user=bor, role="coordinator")
    test_self_help.make_request(membership(ana).group, state="in_progress", answered_by=bor)
    names = [
        [source.name for source, _held in leaving.collected(leaving.of_seat(bor.seats.get(role="deputy"), by))]
        for by in (ana, coordinator)
    ]
    assert [("self-help" in found) for found in names] == [False, True]


def test_what_is_over_is_not_handed_over(people):
    ana, _bor, coordinator = people
    done = {"answer": "Yes", "answered_at": timezone.now(), "answered_by": ana}
    programme = make_programme(membership(ana).organisation)
    test_visits.make_request(programme, state="agreed", **done)
    make_need(membership(ana).group, owner=seat_of(ana), status="resolved")
    test_interfaces.make_interface(membership(ana).group, contact_person=ana, state="ended")
    rows = leaving.collected(leaving.of_seat(seat_of(ana), coordinator))
    assert [source.name for source, _held in rows] == ["seat"]


def test_a_practice_names_the_successor_and_keeps_a_number_that_was_not_the_persons_own(people):
    ana, bor, coordinator = people
    told = SharedPractice.objects.create(
        group=membership(ana).group, slug="walks", title_sl="Hodimo", approach="universal", contact_name="Ana",
        contact_email=ana.email.upper(), contact_phone="01 000 00 01",
    )  # fmt: skip
    leave = leaving.of_seat(seat_of(ana), coordinator)
    rows = leaving.collected(leave)
    leaving.hand_over(leave, timezone.localdate(), {f"practice-{told.pk}": bor}, leaving.seen(rows))
    told.refresh_from_db()
    assert (told.contact_name, told.contact_email, told.contact_phone) == ("Bor", bor.email, "01 000 00 01")
    assert told.version == 2
