"""Meetings: agenda, invitation, minutes that several people write, approval, and who sees any of it."""

import threading
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from docx import Document
from docx.oxml.ns import qn
from icalendar import Calendar

from actionplans import agenda, invitations
from actionplans.agenda import Fact, Facts, propose
from actionplans.models import AgendaItem, Attendance, Decision, Meeting, Need, Remark, Round
from portal import outbox
from portal.models import Outbox
from portal.stale import StaleObject

from .records import (
    make_decision,
    make_group,
    make_item,
    make_location,
    make_meeting,
    make_organisation,
    make_user,
    signed_in,
)
from .test_organisation import at_the_same_time

TODAY = date(2026, 11, 30)
DAY = timedelta(days=1)


@pytest.fixture
def here(db):
    """A group with a coordinator, who is signed in."""
    organisation = make_organisation(name_sl="Zdravstveni dom")
    return Here(organisation)


class Here:
    def __init__(self, organisation):
        self.organisation = organisation
        self.group = organisation.memberships.get().group
        self.coordinator = make_user("coordinator", organisation, language="en")
        self.client = signed_in(self.coordinator)

    def member(self, role="editor", organisation=None):
        return signed_in(make_user(role, organisation or self.organisation))

    def post(self, meeting, path, client=None, **data):
        if path == "move":
            data = {"version": Meeting.objects.get(pk=meeting.pk).version, **data}
        return (client or self.client).post(f"/en/meetings/{meeting.pk}/{path}/", data)


# ---- the agenda proposed by the portal --------------------------------------------------------------
def fact(pk, days=None, **more):
    return Fact(pk, {"en": f"No. {pk}"}, None if days is None else TODAY + days * DAY, **more)


class TestWhatThePortalProposes:
    def test_minutes_first_then_decisions_tasks_measures_needs(self):
        facts = Facts(
            needs=[fact(5, -3)],
            measures=[fact(4, state="late")],
            tasks=[fact(3, -1)],
            decisions=[fact(2, -1)],
            minutes=[fact(1, -60)],
            silent=2,
        )
        kinds = [point.kind for point in propose(facts, TODAY)]
        assert kinds == ["minutes", "decision", "task", "measure", "need", "reporting"]

    def test_what_is_longest_overdue_comes_first_and_what_has_no_day_last(self):
        facts = Facts(decisions=[fact(1), fact(2, 5), fact(3, -5)])
        assert [point.pk for point in propose(facts, TODAY)] == [3, 2, 1]

    def test_a_task_whose_day_has_not_passed_is_not_on_the_agenda(self):
        assert [p.pk for p in propose(Facts(tasks=[fact(1, 0), fact(2, -1), fact(3)]), TODAY)] == [2]

    def test_measures_come_by_how_grave_their_health_is_and_healthy_ones_not_at_all(self):
        measures = [
            fact(1, state="at_risk"),
            fact(2, state="on_track"),
            fact(3, state="attention"),
            fact(4, state="late"),
        ]
        assert [point.pk for point in propose(Facts(measures=measures), TODAY)] == [3, 4, 1]

    def test_reasons_are_whole_phrases_with_their_number(self):
        with override("en"):
            reasons = [point.reason for point in propose(Facts(decisions=[fact(1, -1), fact(2, -2), fact(3)]), TODAY)]
        assert reasons == ["2 days overdue", "1 day overdue", "no due date"]

    def test_nothing_to_say_proposes_nothing(self):
        assert propose(Facts(), TODAY) == []

    def test_the_facts_of_a_group_are_its_own_and_not_what_stands_there_already(self, here):
        other = make_group()
        meeting = make_meeting(here.group)
        before = make_meeting(here.group, -30 * DAY, status="held")
        make_meeting(other, -30 * DAY, status="held")
        mine = make_decision(here.group, due_on=timezone.localdate() - DAY)
        make_decision(other)
        need = Need.objects.create(group=here.group, slug="n1", title_sl="Potreba", reported_on=timezone.localdate())
        Need.objects.create(group=other, slug="n2", title_sl="Tuja", reported_on=timezone.localdate())
        points = propose(agenda.gather(meeting), timezone.localdate())
        assert [(p.kind, p.pk) for p in points] == [("minutes", before.pk), ("decision", mine.pk), ("need", need.pk)]
        make_item(meeting, kind="need", need=need)
        assert ("need", need.pk) not in [(p.kind, p.pk) for p in propose(agenda.gather(meeting), timezone.localdate())]

    def test_a_subject_that_was_postponed_comes_back_once(self, here):
        before = make_meeting(here.group, -30 * DAY, status="minutes_written")
        make_item(before, title_sl="Prevozi", outcome="postponed")
        make_item(before, title_sl="Drugo", outcome="noted")
        meeting = make_meeting(here.group)
        keys = {p.key for p in propose(agenda.gather(meeting), timezone.localdate()) if p.kind == "postponed"}
        assert agenda.add(meeting, keys) == 1
        assert [i.title_sl for i in meeting.items.all()] == ["Prevozi"]
        meeting = Meeting.objects.get(pk=meeting.pk)
        assert [p for p in propose(agenda.gather(meeting), timezone.localdate()) if p.kind == "postponed"] == []


# ---- the agenda the coordinator makes ---------------------------------------------------------------
class TestAgenda:
    def test_what_is_ticked_is_put_there_in_all_its_languages(self, here):
        meeting = make_meeting(here.group)
        decision = make_decision(here.group, text_de="Beschluss")
        answer = here.post(meeting, "agenda", point=[f"decision-{decision.pk}", "need-99999", "rubbish"])
        assert answer.status_code == 302
        item = meeting.items.get()
        assert (item.kind, item.decision, item.title_sl, item.title_de) == (
            "decision", decision, decision.text_sl, "Beschluss",
        )  # fmt: skip

    def test_nothing_ticked_is_said(self, here):
        assert here.post(make_meeting(here.group), "agenda").status_code == 422

    def test_buttons_move_an_item_and_the_numbers_stay_whole(self, here):
        meeting = make_meeting(here.group)
        items = [make_item(meeting) for _ in range(3)]
        here.client.post(f"/en/meetings/items/{items[2].pk}/shift/", {"by": "-1", "seen": "3"})
        assert list(meeting.items.values_list("pk", "order")) == [(items[0].pk, 1), (items[2].pk, 2), (items[1].pk, 3)]
        here.client.post(f"/en/meetings/items/{items[0].pk}/shift/", {"by": "-1", "seen": "1"})
        assert meeting.items.first().pk == items[0].pk

    def test_a_move_of_an_item_that_stands_elsewhere_by_now_is_refused(self, here):
        meeting = make_meeting(here.group)
        items = [make_item(meeting) for _ in range(2)]
        path = f"/en/meetings/items/{items[1].pk}/shift/"
        assert here.client.post(path, {"by": "-1", "seen": "2"}).status_code == 302
        assert here.client.post(path, {"by": "-1", "seen": "2"}).status_code == 409
        for rubbish in ({"by": "7", "seen": "1"}, {"by": "1", "seen": "x"}, {"by": "1", "seen": "9" * 30}, {}):
            assert here.client.post(path, rubbish).status_code == 400

    def test_a_members_subject_is_a_proposal_until_it_is_taken_up(self, here):
        meeting = make_meeting(here.group)
        first = make_item(meeting)
        here.post(meeting, "items/new", client=here.member(), title="Transport", note="The bus")
        item = meeting.items.exclude(pk=first.pk).get()
        assert (item.is_on_agenda, item.proposed_by, item.title_en) == (False, here.organisation, "Transport")
        assert here.client.post(f"/en/meetings/items/{item.pk}/take-up/").status_code == 302
        assert list(meeting.items.on_agenda()) == [first, item]
        assert here.client.post(f"/en/meetings/items/{item.pk}/take-up/").status_code == 409

    def test_an_empty_subject_is_said_and_a_long_one_is_not_lost(self, here):
        meeting = make_meeting(here.group)
        assert here.post(meeting, "items/new", title=" ").status_code == 422
        answer = here.post(meeting, "items/new", title="x" * 301, note="kept words")
        assert (answer.status_code, "kept words" in answer.content.decode()) == (422, True)

    def test_an_item_with_something_written_stays(self, here):
        meeting = make_meeting(here.group)
        item, empty = make_item(meeting, minutes="Beseda"), make_item(meeting)
        assert here.client.post(f"/en/meetings/items/{item.pk}/remove/").status_code == 409
        assert here.client.post(f"/en/meetings/items/{empty.pk}/remove/").status_code == 302
        assert list(meeting.items.all()) == [item]

    def test_an_approved_meeting_takes_no_more_items(self, here):
        meeting = approved(here)
        assert here.post(meeting, "items/new", title="Late").status_code == 409
        assert (
            here.client.post(
                f"/en/meetings/items/{meeting.items.get().pk}/shift/", {"by": "1", "seen": "1"}
            ).status_code
            == 409
        )

    def test_two_edit_one_item_and_the_second_sees_both(self, here):
        item = make_item(make_meeting(here.group), title_en="Old")
        page = here.client.get(f"/en/meetings/items/{item.pk}/edit/")
        form = page.context["form"]
        data = {name: form[name].value() or "" for name in form.fields}
        assert here.client.post(page.request["PATH_INFO"], {**data, "title_en": "First"}).status_code == 302
        answer = here.client.post(page.request["PATH_INFO"], {**data, "title_en": "Second"})
        assert (answer.status_code, "First" in answer.content.decode()) == (409, True)


# ---- planning and inviting --------------------------------------------------------------------------
def filled(**more):
    return {
        "title_en": "Autumn meeting", "title_sl": "Jesenska seja", "day": "2031-03-30", "begins": "16:00",
        "ends": "18:00", "place": "Town hall", "language": "sl", **more,
    }  # fmt: skip


class TestPlanning:
    def test_a_coordinator_plans_a_meeting_at_the_clock_of_the_place(self, here):
        answer = here.client.post("/en/meetings/new/", filled(group=here.group.pk))
        meeting = Meeting.objects.get()
        assert (answer.status_code, answer["Location"]) == (302, f"/en/meetings/{meeting.pk}/")
        assert meeting.begins.isoformat() == "2031-03-30T16:00:00+02:00"  # summer time began that morning

    @pytest.mark.parametrize(
        "wrong", [{"ends": "15:00"}, {"day": "soon"}, {"begins": ""}, {"online_link": "not a link"}]
    )
    def test_what_makes_no_sense_is_said_at_its_field_and_nothing_is_lost(self, here, wrong):
        answer = here.client.post("/en/meetings/new/", filled(group=here.group.pk, **wrong))
        assert (answer.status_code, Meeting.objects.count()) == (422, 0)
        assert list(answer.context["form"].errors) == list(wrong)
        assert "Autumn meeting" in answer.content.decode()

    def test_no_group_and_no_place_of_another_group_is_offered_or_taken(self, here):
        other = make_organisation()
        place = make_location(other, name_sl="Tuja dvorana")
        html = here.client.get("/en/meetings/new/").content.decode()
        assert "Tuja dvorana" not in html
        assert str(other.memberships.get().group) not in html
        answers = [
            here.client.post("/en/meetings/new/", filled(group=other.memberships.get().group.pk)),
            here.client.post("/en/meetings/new/", filled(group=here.group.pk, location=place.pk)),
        ]
        assert ([a.status_code for a in answers], Meeting.objects.count()) == ([422, 422], 0)

    def test_who_keeps_no_group_plans_nothing(self, here):
        for role in ("editor", "representative", "adviser"):
            assert here.member(role).get("/en/meetings/new/").status_code == 404

    @pytest.mark.parametrize(
        "broken",
        [
            {"ends_at": timezone.now() - 99 * DAY},
            {"status": "invited", "place": ""},
            {"status": "minutes_approved"},
            {"approved_on": TODAY},
        ],
    )
    @pytest.mark.server
    def test_the_database_refuses_what_may_never_be(self, db, broken):
        group = make_group()
        with pytest.raises(IntegrityError), transaction.atomic():
            make_meeting(group, **broken)


class TestInvitations:
    def test_every_member_gets_a_mail_in_their_language_with_an_entry_for_the_calendar(self, here):
        meeting = make_meeting(here.group, title_sl="Jesenska seja", title_en="Autumn meeting")
        make_item(meeting, title_sl="Prevozi")
        make_user("editor", here.organisation, email="ana@example.org", language="sl")
        make_user("editor", here.organisation, email="gone@example.org", is_active=False)
        make_user("editor", email="other@example.org")
        assert here.post(meeting, "move", to="invited").status_code == 302
        assert set(Outbox.objects.values_list("to", flat=True)) == {"ana@example.org", here.coordinator.email}
        mail = Outbox.objects.get(to="ana@example.org")
        assert "Jesenska seja" in mail.subject
        assert "1. Prevozi" in mail.text
        with override("sl"):
            assert meeting.get_absolute_url() in mail.text
        event = Calendar.from_ical(mail.calendar).walk("VEVENT")[0]
        assert (Calendar.from_ical(mail.calendar)["METHOD"], event["SEQUENCE"]) == ("REQUEST", 0)
        assert event["ATTENDEE"] == "mailto:ana@example.org"
        assert here.coordinator.email not in mail.calendar
        assert event.decoded("dtstart") == meeting.starts_at

    def test_a_change_raises_the_sequence_and_keeps_the_number(self, here):
        meeting = make_meeting(here.group)
        here.post(meeting, "move", to="invited")
        page = here.client.get(f"/en/meetings/{meeting.pk}/edit/")
        form = page.context["form"]
        data = {name: form[name].value() or "" for name in form.fields}
        assert here.client.post(page.request["PATH_INFO"], {**data, "place": "Elsewhere"}).status_code == 302
        here.post(meeting, "move", to="cancelled")
        files = [Calendar.from_ical(mail.calendar) for mail in Outbox.objects.order_by("pk")]
        assert [(f["METHOD"], f.walk("VEVENT")[0]["SEQUENCE"]) for f in files] == [
            ("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2),
        ]  # fmt: skip
        assert len({f.walk("VEVENT")[0]["UID"] for f in files}) == 1
        assert files[2].walk("VEVENT")[0]["STATUS"] == "CANCELLED"

    def test_a_change_of_the_language_of_the_minutes_writes_to_nobody(self, here):
        meeting = make_meeting(here.group)
        here.post(meeting, "move", to="invited")
        page = here.client.get(f"/en/meetings/{meeting.pk}/edit/")
        form = page.context["form"]
        data = {name: form[name].value() or "" for name in form.fields}
        here.client.post(page.request["PATH_INFO"], {**data, "language": "de"})
        assert Meeting.objects.get().language == "de"
        assert Outbox.objects.count() == 1

    def test_a_button_pressed_twice_writes_once_and_the_agenda_goes_out_again_when_asked(self, here):
        meeting = make_meeting(here.group)
        assert here.post(meeting, "move", to="invited", version=1).status_code == 302
        assert here.post(meeting, "move", to="invited", version=1).status_code == 409
        assert Outbox.objects.count() == 1
        assert here.post(meeting, "move", to="invited", version=2).status_code == 302
        assert here.post(meeting, "move", to="invited", version=2).status_code == 409
        assert list(Outbox.objects.order_by("pk").values_list("kind", flat=True)) == [
            "meeting-invitation", "meeting-changed",
        ]  # fmt: skip

    def test_nobody_hears_of_a_meeting_that_was_only_planned(self, here):
        meeting = make_meeting(here.group)
        here.post(meeting, "move", to="cancelled")
        assert (Meeting.objects.get().status, Outbox.objects.count()) == ("cancelled", 0)

    def test_nobody_is_invited_to_nowhere(self, here):
        meeting = make_meeting(here.group, place="")
        assert here.post(meeting, "move", to="invited").status_code == 422
        assert (Meeting.objects.get().status, Outbox.objects.count()) == ("planned", 0)

    def test_lines_are_folded_at_75_octets_and_times_have_their_zone(self, here):
        meeting = make_meeting(here.group, title_sl="Šestinšestdeseta žalostna čebelarska seja " * 4)
        make_item(meeting, title_sl="Čmrlji, žuželke in šoštanjski štrudelj " * 6)
        file = invitations.calendar(meeting, "REQUEST", "ana@example.org")
        assert max(len(line) for line in file.split(b"\r\n")) <= 75
        assert "Čmrlji" in str(Calendar.from_ical(file).walk("VEVENT")[0]["DESCRIPTION"])
        assert b"BEGIN:VTIMEZONE" in file
        assert b"DTSTART;TZID=Europe/Ljubljana:" in file

    def test_the_mail_says_in_its_type_that_it_is_a_request(self, here, settings, tmp_path):
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        here.post(make_meeting(here.group), "move", to="invited")
        message = outbox._message([Outbox.objects.get()], get_connection()).message()
        parts = [(p.get_content_type(), p.get_param("method")) for p in message.walk() if not p.is_multipart()]
        assert parts == [("text/plain", None), ("text/calendar", "REQUEST")]

    def test_members_download_the_entry_and_strangers_do_not(self, here):
        meeting = make_meeting(here.group)
        answer = here.member("adviser").get(f"/en/meetings/{meeting.pk}/meeting.ics")
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert Calendar.from_ical(answer.content)["METHOD"] == "PUBLISH"
        assert signed_in(make_user("coordinator")).get(f"/en/meetings/{meeting.pk}/meeting.ics").status_code == 404


# ---- minutes ----------------------------------------------------------------------------------------
def opened(client, meeting):
    """What the page of the minutes would send back unchanged."""
    page = client.get(f"/en/meetings/{meeting.pk}/minutes/").context["page"]
    forms = [page.attendance, *(form for row in page.rows for form in (row.form, row.new))]
    return {form[name].html_name: form[name].value() or "" for form in forms for name in form.fields}


def held(here, items=2):
    meeting = make_meeting(here.group, -DAY, status="held")
    for _ in range(items):
        make_item(meeting)
    return meeting


def approved(here):
    meeting = held(here, 1)
    later = make_meeting(here.group, -timedelta(hours=1), status="invited")
    meeting.move_to("minutes_written")
    meeting.approve(later)
    return meeting


class TestMinutes:
    def test_words_outcome_attendance_and_decision_are_kept_with_one_button(self, here):
        meeting = held(here)
        item, membership = meeting.items.first(), here.organisation.memberships.get()
        data = opened(here.client, meeting) | {
            f"item{item.pk}-minutes": "Dogovorili smo se.",
            f"item{item.pk}-outcome": "decided",
            f"decision{item.pk}-text": "Avtobus vozi ob petih.",
            f"decision{item.pk}-responsible": here.organisation.pk,
            f"decision{item.pk}-due_on": "2031-01-31",
            f"attendance-state{membership.pk}": "present",
            f"attendance-role{membership.pk}": "deputy",
        }
        assert here.post(meeting, "minutes", **data).status_code == 302
        item.refresh_from_db()
        decision = Decision.objects.get()
        assert (item.minutes, item.outcome, item.version) == ("Dogovorili smo se.", "decided", 2)
        assert (decision.code, decision.text_sl, decision.responsible, decision.due_on, decision.item) == (
            f"1/{meeting.day.year}", "Avtobus vozi ob petih.", here.organisation, date(2031, 1, 31), item,
        )  # fmt: skip
        assert list(Attendance.objects.values_list("membership", "state", "role")) == [
            (membership.pk, "present", "deputy")
        ]
        assert here.post(meeting, "minutes", **data).status_code == 409  # the same page, sent once more
        assert Decision.objects.count() == 1

    def test_two_write_two_items_at_once(self, here):
        meeting = held(here)
        first, second = meeting.items.all()
        data = opened(here.client, meeting)
        assert here.post(meeting, "minutes", **data, **{}).status_code == 302
        assert here.post(meeting, "minutes", **{**data, f"item{first.pk}-minutes": "One"}).status_code == 302
        assert here.post(meeting, "minutes", **{**data, f"item{second.pk}-minutes": "Two"}).status_code == 302
        assert list(meeting.items.values_list("minutes", flat=True)) == ["One", "Two"]

    def test_two_write_the_same_item_and_the_second_sees_both_while_the_rest_is_kept(self, here):
        meeting = held(here)
        first, second = meeting.items.all()
        data = opened(here.client, meeting)
        here.post(meeting, "minutes", **{**data, f"item{first.pk}-minutes": "Theirs words"})
        mine = {
            f"item{first.pk}-minutes": "My words",
            f"item{second.pk}-minutes": "Kept",
            f"decision{second.pk}-text": "D",
        }
        answer = here.post(meeting, "minutes", **{**data, **mine})
        html = answer.content.decode()
        assert (answer.status_code, "Theirs words" in html, "My words" in html) == (409, True, True)
        assert list(meeting.items.values_list("minutes", flat=True)) == ["Theirs words", "Kept"]
        form = answer.context["page"]
        again = {f[n].html_name: f[n].value() or "" for r in form.rows for f in (r.form, r.new) for n in f.fields}
        again |= {form.attendance[n].html_name: form.attendance[n].value() or "" for n in form.attendance.fields}
        assert here.post(meeting, "minutes", **again).status_code == 302
        assert list(meeting.items.values_list("minutes", flat=True)) == ["My words", "Kept"]
        assert Decision.objects.count() == 1

    def test_two_note_the_same_attendance_and_the_second_is_told(self, here):
        meeting, membership = held(here), here.organisation.memberships.get()
        data, state = opened(here.client, meeting), f"attendance-state{membership.pk}"
        assert here.post(meeting, "minutes", **{**data, state: "excused"}).status_code == 302
        assert here.post(meeting, "minutes", **{**data, state: "excused"}).status_code == 302
        answer = here.post(meeting, "minutes", **{**data, state: "absent"})
        assert (answer.status_code, Attendance.objects.get().state) == (409, "excused")
        assert answer.context["page"].attendance[f"state{membership.pk}"].value() == "absent"

    @pytest.mark.parametrize(("field", "value"), [("outcome", "nonsense"), ("minutes", "x" * 20_001)])
    def test_what_cannot_be_kept_is_said_and_nothing_is_lost(self, here, field, value):
        meeting = held(here)
        first, second = meeting.items.all()
        data = opened(here.client, meeting)
        answer = here.post(
            meeting, "minutes", **{**data, f"item{first.pk}-{field}": value, f"item{second.pk}-minutes": "Typed"}
        )
        assert (answer.status_code, "Typed" in answer.content.decode()) == (422, True)
        assert list(meeting.items.values_list("minutes", flat=True)) == ["", ""]

    def test_a_decision_without_words_or_for_a_stranger_is_refused(self, here):
        meeting, stranger = held(here, 1), make_organisation()
        item, data = meeting.items.get(), opened(here.client, meeting)
        for wrong in (
            {f"decision{item.pk}-due_on": "2031-01-31"},
            {f"decision{item.pk}-text": "X", f"decision{item.pk}-responsible": stranger.pk},
        ):
            assert here.post(meeting, "minutes", **{**data, **wrong}).status_code == 422
        assert not Decision.objects.exists()
        assert str(stranger) not in here.client.get(f"/en/meetings/{meeting.pk}/minutes/").content.decode()

    def test_members_read_and_remark_but_do_not_write(self, here):
        meeting = held(here, 1)
        item = meeting.items.get()
        member = here.member("adviser")
        assert member.get(f"/en/meetings/{meeting.pk}/minutes/").status_code == 404
        assert here.post(meeting, "minutes", client=member).status_code == 404
        answer = member.post(f"/en/meetings/items/{item.pk}/remark/", {"text": "We said Friday."})
        assert answer.status_code == 302
        remark = Remark.objects.get()
        assert (remark.organisation, remark.language) == (here.organisation, "en")
        assert "We said Friday." in here.client.get(f"/en/meetings/{meeting.pk}/minutes/").content.decode()
        assert member.post(f"/en/meetings/items/{item.pk}/remark/", {"text": ""}).status_code == 422

    def test_when_they_are_written_the_members_are_asked_to_read_them(self, here):
        meeting = held(here)
        here.post(meeting, "move", to="minutes_written")
        assert list(Outbox.objects.values_list("kind", "to")) == [("meeting-minutes", here.coordinator.email)]
        data = opened(here.client, meeting)
        item = meeting.items.first()
        here.post(meeting, "minutes", **{**data, f"item{item.pk}-outcome": "noted"})
        item.refresh_from_db()
        assert item.outcome == "noted"  # open until they are approved


class TestApproval:
    def test_a_later_meeting_that_has_begun_approves_them(self, here):
        meeting = held(here)
        meeting.move_to("minutes_written")
        future = make_meeting(here.group, DAY)
        elsewhere = make_meeting(make_group(), -timedelta(hours=1))
        for wrong in (future.pk, elsewhere.pk, meeting.pk, "x", ""):
            assert here.post(meeting, "move", to="minutes_approved", at=wrong).status_code == 422
        later = make_meeting(here.group, -timedelta(hours=1))
        assert here.post(meeting, "move", to="minutes_approved", at=later.pk).status_code == 302
        meeting.refresh_from_db()
        assert (meeting.status, meeting.approved_at, meeting.approved_on) == ("minutes_approved", later, later.day)

    @pytest.mark.server
    def test_approved_minutes_are_frozen(self, here):
        meeting = held(here, 1)
        data, item = opened(here.client, meeting), meeting.items.get()
        later = make_meeting(here.group, -timedelta(hours=1))
        meeting.move_to("minutes_written")
        meeting.approve(later)
        assert here.post(meeting, "minutes", **{**data, f"item{item.pk}-minutes": "Sneaked in"}).status_code == 409
        assert here.client.get(f"/en/meetings/items/{item.pk}/edit/").status_code == 409
        assert here.client.get(f"/en/meetings/{meeting.pk}/edit/").status_code == 409
        assert here.member().post(f"/en/meetings/items/{item.pk}/remark/", {"text": "Late"}).status_code == 409
        item.refresh_from_db()
        assert (item.minutes, Remark.objects.count()) == ("", 0)

    @pytest.mark.server
    def test_a_correction_names_its_reason_and_leaves_a_trace(self, here):
        meeting = approved(here)
        item = meeting.items.get()
        path = f"/en/meetings/items/{item.pk}/correct/"
        form = here.client.get(path).context["form"]
        data = {form[name].html_name: form[name].value() or "" for name in form.fields} | {
            f"item{item.pk}-minutes": "Right"
        }
        assert here.client.post(path, data).status_code == 422
        assert here.client.post(path, {**data, f"item{item.pk}-reason": "A wrong day"}).status_code == 302
        assert "A wrong day" in here.member().get(f"/en/meetings/{meeting.pk}/").content.decode()
        assert "Right" in here.client.get(f"/en/history/meeting/{meeting.pk}/").content.decode()
        assert here.client.post(path, {**data, f"item{item.pk}-reason": "Again"}).status_code == 409

    def test_what_is_not_approved_is_not_corrected(self, here):
        meeting = held(here, 1)
        assert here.client.get(f"/en/meetings/items/{meeting.items.get().pk}/correct/").status_code == 404

    @pytest.mark.parametrize("status", Meeting.Status.values)
    def test_only_the_moves_of_the_table_are_made(self, here, status):
        later = make_meeting(here.group, -timedelta(hours=1))
        facts = {"approved_on": TODAY, "approved_at": later} if status == "minutes_approved" else {}
        meeting = make_meeting(here.group, -DAY, status=status, **facts)
        for to in Meeting.Status.values:
            if to not in Meeting.NEXT[status]:
                with pytest.raises(StaleObject):
                    Meeting.objects.get(pk=meeting.pk).move_to(to)

    def test_a_meeting_that_has_not_begun_was_not_held(self, here):
        with pytest.raises(ValidationError):
            make_meeting(here.group).move_to("held")


# ---- the document -----------------------------------------------------------------------------------
class TestDocument:
    def test_the_file_holds_what_the_page_holds_and_no_persons_name(self, here):
        meeting = held(here, 1)
        item = meeting.items.get()
        AgendaItem.objects.filter(pk=item.pk).update(minutes="Govorili smo.\nDolgo.", outcome="decided")
        make_decision(here.group, meeting=meeting, item=item, text_sl="Sklenili smo.", responsible=here.organisation)
        make_user("representative", here.organisation, full_name="Ana Skrivna")
        Attendance.objects.create(
            meeting=meeting, membership=here.organisation.memberships.get(), state="present", role="representative"
        )
        answer = here.client.get(f"/en/meetings/{meeting.pk}/minutes.docx")
        file = Document(BytesIO(answer.content))
        text = "\n".join(paragraph.text for paragraph in file.paragraphs)
        html = here.client.get(f"/en/meetings/{meeting.pk}/document/").content.decode()
        for words in (str(meeting), str(item), "Govorili smo.", "Dolgo.", "Sklenili smo.", "Zdravstveni dom"):
            assert (words, words in text, words in html) == (words, True, True)
        assert "Ana Skrivna" not in text + html
        assert [p.style.name for p in file.paragraphs if p.text.startswith("1. ")] == ["Heading 1"]
        assert file.core_properties.language == "en"

    def test_minutes_are_a_draft_until_they_are_approved_and_say_in_which_language_they_are(self, here):
        meeting = held(here, 1)
        draft, language = "Draft: these minutes are not approved yet.", "Minutes and notes are in: Slovenščina."
        for address in ("minutes.docx", "document/"):
            said = self.said(here, meeting, address)
            assert (draft in said, language in said) == (True, True), address
        meeting = approved(here)
        Meeting.objects.filter(pk=meeting.pk).update(language="en")
        for address in ("minutes.docx", "document/"):
            said = self.said(here, meeting, address)
            assert (draft in said, language in said) == (False, False), address

    def test_its_sheets_are_numbered(self, here):
        answer = here.client.get(f"/en/meetings/{held(here, 1).pk}/minutes.docx")
        footer = Document(BytesIO(answer.content)).sections[0].footer.paragraphs[0]
        assert [field.get(qn("w:instr")) for field in footer._p.iter(qn("w:fldSimple"))] == ["PAGE"]

    @staticmethod
    def said(here, meeting, address):
        content = here.client.get(f"/en/meetings/{meeting.pk}/{address}").content
        if address == "document/":
            return content.decode()
        return "\n".join(paragraph.text for paragraph in Document(BytesIO(content)).paragraphs)

    def test_odd_letters_and_control_characters_do_not_break_it(self, here):
        meeting = held(here, 1)
        meeting.items.update(minutes="\u0001<b>&\u202e\U0001f600")
        answer = here.client.get(f"/en/meetings/{meeting.pk}/minutes.docx")
        assert answer.status_code == 200
        assert "<b>&" in "\n".join(p.text for p in Document(BytesIO(answer.content)).paragraphs)


# ---- who sees it ------------------------------------------------------------------------------------
PATHS = ("", "edit/", "minutes/", "document/", "minutes.docx", "meeting.ics")


class TestRights:
    def test_group_b_reaches_nothing_of_group_a(self, here):
        meeting = held(here, 1)
        item = meeting.items.get()
        stranger = signed_in(make_user("coordinator"))
        for path in PATHS:
            assert (path, stranger.get(f"/en/meetings/{meeting.pk}/{path}").status_code) == (path, 404)
        for path in ("move/", "agenda/", "items/new/", "minutes/"):
            assert (path, stranger.post(f"/en/meetings/{meeting.pk}/{path}").status_code) == (path, 404)
        for path in ("edit/", "shift/", "take-up/", "remove/", "remark/", "correct/"):
            assert (path, stranger.post(f"/en/meetings/items/{item.pk}/{path}").status_code) == (path, 404)
        assert str(meeting) not in stranger.get("/en/meetings/").content.decode()
        assert stranger.get(f"/en/history/meeting/{meeting.pk}/").status_code == 404

    def test_visitors_and_administrators_without_a_seat_see_none(self, here):
        meeting = held(here, 1)
        admin = signed_in(make_user(is_superuser=True, is_staff=True))
        assert str(meeting) not in admin.get("/en/meetings/").content.decode()
        assert admin.get(f"/en/meetings/{meeting.pk}/").status_code == 404
        assert Client().get(f"/en/meetings/{meeting.pk}/").status_code == 302

    @pytest.mark.parametrize("role", ["editor", "representative", "deputy", "adviser", "data_steward"])
    def test_members_read_all_and_write_nothing(self, here, role):
        meeting, member = held(here, 1), here.member(role)
        item = meeting.items.get()
        assert [member.get(f"/en/meetings/{meeting.pk}/{path}").status_code for path in PATHS] == [
            200, 404, 404, 200, 200, 200,
        ]  # fmt: skip
        assert (
            member.post(f"/en/meetings/{meeting.pk}/move/", {"to": "minutes_written", "version": 1}).status_code == 404
        )
        assert member.post(f"/en/meetings/items/{item.pk}/remove/").status_code == 404
        html = member.get(f"/en/meetings/{meeting.pk}/").content.decode()
        assert "/shift/" not in html

    def test_members_see_what_is_coming_and_what_was(self, here):
        coming, past = make_meeting(here.group), make_meeting(here.group, -9 * DAY, status="held")
        context = here.member().get("/en/meetings/").context
        assert (list(context["coming"]), list(context["past"])) == ([coming], [past])

    def test_who_left_the_group_sees_nothing_more(self, here):
        meeting, member = make_meeting(here.group), make_user("editor", here.organisation)
        member.seats.update(ends_on=timezone.localdate() - DAY)
        assert signed_in(member).get(f"/en/meetings/{meeting.pk}/").status_code == 404


# ---- size -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("items", [2, 30])
def test_the_pages_take_a_fixed_number_of_queries(here, items, django_assert_max_num_queries):
    meeting = held(here, items)
    for number, item in enumerate(meeting.items.all()):
        make_decision(here.group, meeting=meeting, item=item, responsible=here.organisation)
        Remark.objects.create(item=item, organisation=here.organisation, text="x", language="sl")
        Need.objects.create(group=here.group, slug=f"n{number}", title_sl="N", reported_on=TODAY)
    for path, most in (("", 38), ("minutes/", 26), ("document/", 18), ("minutes.docx", 18)):
        with django_assert_max_num_queries(most):
            here.client.get(f"/en/meetings/{meeting.pk}/{path}")


# ---- two at once ------------------------------------------------------------------------------------
def at_once(*deeds):
    """What each deed answered or raised, each on a connection of its own, all begun together."""
    outcomes, start = [None] * len(deeds), threading.Barrier(len(deeds))

    def run(number, deed):
        start.wait()
        try:
            outcomes[number] = deed()
        except Exception as error:
            outcomes[number] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return outcomes


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_two_coordinators_who_move_items_leave_an_order_without_holes(self):
        meeting = make_meeting()
        items = [make_item(meeting) for _ in range(4)]

        def shift(number, by):
            return lambda: agenda.shift(AgendaItem.objects.get(pk=items[number].pk), by, number + 1)

        at_once(shift(1, 1), shift(2, -1), shift(3, -1), shift(0, 1))
        assert sorted(meeting.items.values_list("order", flat=True)) == [1, 2, 3, 4]

    def test_one_item_is_moved_once_by_two(self):
        meeting = make_meeting()
        items = [make_item(meeting) for _ in range(3)]
        deed = lambda: agenda.shift(AgendaItem.objects.get(pk=items[2].pk), -1, 3)
        assert sorted(map(str, at_once(deed, deed))) == ["2", "StaleObject"]  # its new place
        assert list(meeting.items.values_list("pk", flat=True)) == [items[0].pk, items[2].pk, items[1].pk]

    def test_the_same_point_is_added_once(self):
        group = make_group()
        meeting, decision = make_meeting(group), make_decision(group)

        def add():
            return agenda.add(Meeting.objects.get(pk=meeting.pk), {f"decision-{decision.pk}"})

        assert sorted(at_once(add, add)) == [0, 1]
        assert meeting.items.count() == 1

    def test_minutes_are_approved_once_and_nothing_is_written_after(self):
        here = Here(make_organisation())
        for _round in range(4):
            meeting = held(here, 1)
            item = meeting.items.get()
            later = make_meeting(here.group, -timedelta(hours=1))
            meeting.move_to("minutes_written")
            data = opened(here.client, meeting) | {f"item{item.pk}-minutes": "At the last moment"}

            def write(meeting=meeting, data=data):
                return signed_in(here.coordinator).post(f"/en/meetings/{meeting.pk}/minutes/", data).status_code

            def approve(meeting=meeting, later=later):
                return Meeting.objects.get(pk=meeting.pk).approve(later)

            written, *approvals = at_once(write, approve, approve)
            assert sorted(map(str, approvals)) == ["None", "StaleObject"]
            item.refresh_from_db()
            assert (written, item.minutes) in ((302, "At the last moment"), (409, ""))

    def test_two_invitations_at_once_write_once(self):
        here = Here(make_organisation())
        meeting = make_meeting(here.group)

        def invite():
            return invitations.invite(Meeting.objects.get(pk=meeting.pk))

        assert sorted(map(str, at_once(invite, invite))) == ["1", "StaleObject"]
        assert Outbox.objects.count() == 1


# ---- reporting rounds -----------------------------------------------------------------------------
def make_round(group, **fields):
    today = timezone.localdate()
    period = {"starts_on": today - 90 * DAY, "ends_on": today, "due_on": today}
    return Round.objects.create(group=group, title_sl="Jesenski krog", **{**period, **fields})


def close(here, opened):
    return here.client.post(f"/en/work/rounds/{opened.pk}/close/", follow=True).content.decode()


class TestRounds:
    def test_a_closed_round_stands_on_the_agenda_of_the_next_meeting(self, here):
        make_meeting(here.group, 30 * DAY)
        coming, opened = make_meeting(here.group), make_round(here.group)
        assert "It is on the next agenda." in close(here, opened)
        [item] = AgendaItem.objects.all()
        assert (item.meeting, item.kind, item.round, item.title_sl) == (coming, "reporting", opened, "Jesenski krog")
        page = here.client.get(coming.get_absolute_url()).content.decode()
        assert f'href="{opened.get_absolute_url()}"' in page
        assert agenda.gather(coming).rounds == []

    def test_without_a_meeting_it_waits_for_the_next_one_and_comes_once(self, here):
        opened = make_round(here.group)
        assert "It will be on the agenda of the next meeting you plan." in close(here, opened)
        assert not AgendaItem.objects.exists()
        begins = timezone.localtime() + 7 * DAY
        for number in range(2):
            data = {
                "once": f"meeting-{number}", "group": here.group.pk, "title_sl": "Seja", "language": "sl",
                "place": "Sejna soba", "day": (begins + number * DAY).date().isoformat(), "begins": "10:00",
                "ends": "12:00",
            }  # fmt: skip
            assert here.client.post("/en/meetings/new/", data).status_code == 302
        first = Meeting.objects.order_by("starts_at")[0]
        assert [(item.meeting, item.round) for item in AgendaItem.objects.all()] == [(first, opened)]

    def test_of_a_cancelled_meeting_it_passes_on_to_the_next(self, here):
        first, second, opened = make_meeting(here.group), make_meeting(here.group, 30 * DAY), make_round(here.group)
        close(here, opened)
        here.post(first, "move", to="cancelled")
        assert [item.meeting for item in AgendaItem.objects.order_by("pk")] == [first, second]

    def test_what_was_postponed_comes_back_what_was_taken_off_does_not(self, here):
        was = make_meeting(here.group, -7 * DAY, status="held")
        put_off, taken_off = (
            make_round(here.group, status="closed", closed_on=timezone.localdate() - 20 * DAY) for _round in range(2)
        )
        make_item(was, kind="reporting", round=put_off, outcome="postponed")
        coming = make_meeting(here.group)
        assert agenda.take_up_rounds(here.group.pk) == 1
        assert [item.round for item in coming.items.all()] == [put_off]
        assert taken_off not in [item.round for item in AgendaItem.objects.all()]

    def test_another_groups_round_stays_there(self, here):
        make_meeting(here.group)
        make_round(make_group(), status="closed", closed_on=timezone.localdate())
        assert agenda.take_up_rounds(here.group.pk) == 0

    def test_the_coordinator_may_put_back_what_they_took_off(self, here):
        coming, opened = make_meeting(here.group), make_round(here.group)
        close(here, opened)
        here.client.post(f"/en/meetings/items/{AgendaItem.objects.get().pk}/remove/")
        [fact] = agenda.gather(coming).rounds
        assert agenda.add(coming, [f"reporting-{fact.pk}"]) == 1
        assert AgendaItem.objects.get().round == opened


@pytest.mark.django_db(transaction=True)
def test_closed_twice_at_the_same_moment_a_round_makes_one_item():
    here = Here(make_organisation())
    make_meeting(here.group)
    opened = make_round(here.group)
    clients = [signed_in(here.coordinator) for _person in range(2)]
    deeds = [lambda c=c: c.post(f"/en/work/rounds/{opened.pk}/close/").status_code for c in clients]
    assert at_the_same_time(*deeds) == [302, 302]
    assert AgendaItem.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_round_closed_while_a_meeting_is_planned_is_not_lost():
    here = Here(make_organisation())
    opened = make_round(here.group)

    def plan():
        with transaction.atomic():
            make_meeting(here.group)
            return agenda.take_up_rounds(here.group.pk)

    def closing():
        with transaction.atomic():
            Round.objects.get(pk=opened.pk).close()
            return agenda.take_up_rounds(here.group.pk)

    assert sorted(at_the_same_time(plan, closing)) == [0, 1]
    assert AgendaItem.objects.get().round == opened
