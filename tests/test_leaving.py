"""A person leaves: everything they hold is listed, given away at once, and nobody is surprised by a seat that ends."""

import re
import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from actionplans.models import CoverageJudgement
from partners import leaving, taking_back
from partners.models import HandOver, Invitation, JoinRequest, Seat, SeatNotice, WorkingGroup
from portal.models import Outbox
from portal.stale import StaleObject
from programmes.models import ProblemReport, Programme, Proposal

from .records import make_group, make_organisation, make_programme, make_term, make_user, signed_in
from .test_people import invite


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


def path(user):
    return f"/en/people/seats/{user.seats.order_by('pk')[0].pk}/leaving/"


def opened(client, user, **chosen):
    """The form as a browser would send it back: what it says has been seen, and what somebody chose."""
    html = client.get(path(user)).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', html)[1]
    return {"seen": seen, "ends_on": str(today(3)), **chosen}


def keys(user, by):
    seat = user.seats.order_by("pk")[0]
    return [held.key for _source, rows in leaving.collected(leaving.of_seat(seat, by)) for held in rows]


@pytest.fixture
def here(db):
    return make_organisation(name_sl="Tukaj")


class TestWhatIsHeld:
    def test_everything_is_on_one_page(self, here):
        coordinator = make_user("coordinator", here)
        ana = make_user("representative", here, email="ana@example.org", full_name="Ana Novak")
        invite(ana, here.memberships.get())
        contact = make_programme(here, title_sl="Hoja", contact_email="ANA@example.org")
        checked = make_programme(here, title_sl="Ples", checked_by=ana)
        report = ProblemReport(kind="times", text="x", language="en", organisation=here, state="in_progress")
        report.answered_by = ana
        report.store()
        assert keys(ana, coordinator) == [
            f"seat-{ana.seats.get().pk}",
            f"invitation-{Invitation.objects.get().pk}",
            f"contact-{contact.pk}",
            f"check-{checked.pk}",
            f"report-{report.pk}",
        ]
        html = signed_in(coordinator).get(path(ana)).content.decode()
        for words in ("new@example.org", "Hoja", "Ples", "Representative, Tukaj"):
            assert words.lower() in html.lower()

    def test_a_representative_sees_only_what_is_in_their_own_organisation(self, here):
        group = here.memberships.get().group
        there = make_organisation(group, name_sl="Sosedje")
        ana = make_user("editor", here, email="ana@example.org")
        Seat.objects.create(membership=there.memberships.get(), user=ana, role="editor")
        own = make_programme(here, contact_email="ana@example.org")
        make_programme(there, contact_email="ana@example.org", title_sl="Tuje")
        representative = make_user("representative", here)
        assert keys(ana, representative) == [f"seat-{ana.seats.order_by('pk')[0].pk}", f"contact-{own.pk}"]
        assert len(keys(ana, make_user("coordinator", here))) == 4

    def test_requests_to_take_part_are_handed_over_too(self, here):
        ana, other = make_user("coordinator", here), make_user("coordinator", here)
        asked = JoinRequest(group=here.memberships.get().group, name="Lipa", offer="x", language="en")
        asked.store()
        asked.move_to("in_progress", ana)
        client = signed_in(other)
        client.post(path(ana), opened(client, ana, everything=other.pk))
        assert JoinRequest.objects.get().answered_by == other

    def test_successors_of_the_same_organisation_come_first_and_no_other_group_is_offered(self, here):
        group = here.memberships.get().group
        ana = make_user("representative", here, full_name="Ana")
        make_user("editor", make_organisation(group), full_name="Aaron Sosed")
        make_user("editor", here, full_name="Zala Domača")
        make_user("editor", full_name="Bor Drugje")
        html = signed_in(make_user("coordinator", here, full_name="Koordinator")).get(path(ana)).content.decode()
        everything = html.split('name="everything"')[1].split("</select>")[0]
        names = [name for name in re.findall(r">([^<]+)</option>", everything) if name != "—"]
        assert names == ["Koordinator", "Zala Domača", "Aaron Sosed"]
        assert "Bor Drugje" not in html
        seat = html.split(f'name="seat-{ana.seats.get().pk}"')[1].split("</select>")[0]
        assert "Aaron Sosed" not in seat


class TestHandingOver:
    def test_one_confirm_gives_all_of_it_away_and_ends_the_seats_on_the_day(self, here):
        coordinator, bor = make_user("coordinator", here), make_user("editor", here, full_name="Bor", language="en")
        ana = make_user("representative", here, email="ana@example.org", full_name="Ana Novak", phone="041 000 001")
        invite(ana, here.memberships.get())
        programme = make_programme(
            here, contact_name="Ana Novak", contact_email="ana@example.org", contact_phone="041 000 001"
        )
        client = signed_in(coordinator)
        Outbox.objects.all().delete()
        answer = client.post(path(ana), opened(client, ana, everything=bor.pk))
        assert (answer.status_code, answer["Location"]) == (302, f"/en/people/handed-over/{HandOver.objects.get().pk}/")
        assert ana.seats.get().ends_on == today(3)
        seat = bor.seats.get(role="representative")
        assert (seat.starts_on, seat.ends_on, seat.membership.organisation) == (today(4), None, here)
        assert bor.seats.get(role="editor").ends_on == today(3)
        assert Invitation.objects.get().invited_by == bor
        programme.refresh_from_db()
        assert (programme.contact_name, programme.contact_email, programme.contact_phone) == ("Bor", bor.email, "")
        mail = Outbox.objects.get(kind="taken-over")
        assert (mail.to, str(programme) in mail.text, "Ana Novak" in mail.subject) == (bor.email, True, True)

    def test_what_nobody_takes_over_is_said_and_so_is_an_organisation_left_alone(self, here):
        coordinator = make_user("coordinator", make_organisation(here.memberships.get().group))
        ana = make_user("representative", here, full_name="Ana Novak")
        client = signed_in(coordinator)
        assert "Nobody else works for “Tukaj”" in client.get(path(ana)).content.decode()
        chosen = opened(client, ana, **{keys(ana, coordinator)[0]: "nobody"})
        html = client.post(path(ana), chosen, follow=True).content.decode()
        assert "one thing has nobody now: representative, tukaj" in html.lower()
        make_user("editor", here)
        assert "Nobody else works for" not in client.get(path(ana)).content.decode()

    def test_on_every_day_there_is_exactly_one_representative(self, here):
        coordinator, bor = make_user("coordinator", here), make_user("deputy", here)
        ana = make_user("representative", here)
        client = signed_in(coordinator)
        client.post(path(ana), opened(client, ana, everything=bor.pk))
        for days in range(8):
            speaking = Seat.objects.current(today(days)).filter(role="representative")
            assert [seat.user for seat in speaking] == [ana if days <= 3 else bor]

    def test_different_things_go_to_different_people_or_nobody(self, here):
        coordinator, bor, cene = (make_user(role, here) for role in ("coordinator", "editor", "editor"))
        ana = make_user("representative", here, email="ana@example.org")
        first, second = (make_programme(here, contact_email="ana@example.org") for _ in range(2))
        client = signed_in(coordinator)
        chosen = {f"contact-{first.pk}": cene.pk, f"contact-{second.pk}": "nobody"}
        client.post(path(ana), opened(client, ana, everything=bor.pk, **chosen))
        emails = [Programme.objects.get(pk=p.pk).contact_email for p in (first, second)]
        assert emails == [cene.email, "ana@example.org"]

    def test_who_takes_over_what_was_confirmed_is_asked_to_look_and_the_past_stays_true(self, here):
        coordinator, bor, ana = (make_user(role, here) for role in ("coordinator", "editor", "editor"))
        programme = make_programme(here, checked_by=ana, checked_on=today(-90))
        client = signed_in(coordinator)
        client.post(path(ana), opened(client, ana, **{f"check-{programme.pk}": bor.pk}))
        programme.refresh_from_db()
        assert programme.checked_by == ana
        link = re.search(r"https?://[^/]+(/\S+)", Outbox.objects.get(to=bor.email).text)[1]
        assert signed_in(bor).get(link).status_code == 200

    def test_where_edits_are_reviewed_first_a_new_contact_waits_for_the_coordinator(self, here):
        representative, ana = make_user("representative", here), make_user("editor", here, email="ana@example.org")
        programme = make_programme(here, contact_email="ana@example.org")
        client = signed_in(representative)
        client.post(path(ana), opened(client, ana, everything=representative.pk))
        programme.refresh_from_db()
        assert programme.contact_email == "ana@example.org"
        assert Proposal.objects.get().changes["contact_email"] == representative.email

    def test_a_thing_that_somebody_must_take_is_not_passed_over(self, here):
        coordinator, bor, ana = (make_user(role, here) for role in ("coordinator", "editor", "representative"))
        client = signed_in(coordinator)
        answer = client.post(path(ana), opened(client, ana))
        assert answer.status_code == 422
        assert "Choose who takes this over, or nobody." in answer.content.decode()
        assert ana.seats.get().ends_on is None
        assert not bor.seats.filter(role="representative").exists()

    def test_nobody_represents_an_organisation_they_do_not_work_for(self, here):
        group = here.memberships.get().group
        ana, neighbour = make_user("representative", here), make_user("editor", make_organisation(group))
        client = signed_in(make_user("coordinator", here))
        answer = client.post(path(ana), opened(client, ana, everything=neighbour.pk))
        assert answer.status_code == 422
        assert not neighbour.seats.filter(role="representative").exists()

    def test_the_last_coordinator_names_a_successor_who_may_come_from_another_partner(self, here):
        there = make_organisation(here.memberships.get().group)
        ana, bor = make_user("coordinator", here), make_user("editor", there)
        client = signed_in(ana)
        key = f"seat-{ana.seats.get().pk}"
        assert client.post(path(ana), opened(client, ana, **{key: "nobody"})).status_code == 422
        assert ana.seats.get().ends_on is None
        assert client.post(path(ana), opened(client, ana, everything=bor.pk)).status_code == 302
        seat = bor.seats.get(role="coordinator")
        assert (seat.membership.organisation, seat.starts_on) == (there, today())
        assert ana.seats.get().ends_on == today(3)

    def test_a_coordinator_whose_own_seat_ends_before_is_no_successor(self, here):
        ana, bor = make_user("coordinator", here), make_user("coordinator", here)
        bor.seats.update(ends_on=today(2))
        leave = leaving.of_seat(ana.seats.get(), ana)
        seen = leaving.seen(leaving.collected(leave))
        with pytest.raises(ValidationError):
            leaving.hand_over(leave, today(3), {}, seen)
        assert ana.seats.get().ends_on is None

    def test_pressing_twice_changes_nothing_a_second_time(self, here):
        coordinator, bor, ana = (make_user(role, here) for role in ("coordinator", "editor", "representative"))
        client = signed_in(coordinator)
        form = opened(client, ana, everything=bor.pk)
        assert [client.post(path(ana), form).status_code for _ in range(2)] == [302, 302]
        assert bor.seats.filter(role="representative").count() == 1
        assert Outbox.objects.filter(kind="taken-over").count() == 1

    def test_what_somebody_changed_meanwhile_is_shown_first(self, here):
        coordinator, bor = make_user("coordinator", here), make_user("editor", here)
        ana = make_user("representative", here, email="ana@example.org")
        client = signed_in(coordinator)
        form = opened(client, ana, everything=bor.pk)
        programme = make_programme(here, contact_email="ana@example.org", title_sl="Hoja")
        answer = client.post(path(ana), form)
        html = answer.content.decode()
        assert (answer.status_code, "Hoja" in html) == (409, True)
        assert f'value="{bor.pk}" selected' in html
        programme.refresh_from_db()
        assert (programme.contact_email, ana.seats.get().ends_on) == ("ana@example.org", None)

    @pytest.mark.parametrize("day", ["", "yesterday", str(today(-1)), "2026-02-30", "99999-01-01"])
    def test_a_day_that_cannot_be_is_said_and_choices_are_kept(self, here, day):
        coordinator, bor, ana = (make_user(role, here) for role in ("coordinator", "editor", "representative"))
        client = signed_in(coordinator)
        answer = client.post(path(ana), opened(client, ana, everything=bor.pk) | {"ends_on": day})
        assert answer.status_code == 422
        assert f'value="{bor.pk}" selected' in answer.content.decode()
        assert ana.seats.get().ends_on is None

    @pytest.mark.server
    def test_history_keeps_who_held_the_seat(self, here):
        coordinator, bor, ana = (make_user(role, here) for role in ("coordinator", "editor", "representative"))
        client = signed_in(coordinator)
        client.post(path(ana), opened(client, ana, everything=bor.pk))
        events = Seat.pgh_event_model.objects.filter(pgh_obj_id=ana.seats.get().pk).order_by("pgh_id")
        assert list(events.values_list("user", "ends_on")) == [(ana.pk, None), (ana.pk, today(3))]
        assert events.last().pgh_context.metadata["user"] == coordinator.pk

    def test_who_may_open_it_for_whom(self, here):
        group = here.memberships.get().group
        ana, coordinator = make_user("editor", here), make_user("coordinator", here)
        users = [
            coordinator,
            make_user("representative", here),
            make_user("editor", here),
            make_user("coordinator", make_organisation(make_group())),
            make_user("representative", make_organisation(group)),
        ]
        assert [signed_in(user).get(path(ana)).status_code for user in users] == [200, 200, 404, 404, 404]
        assert signed_in(users[1]).get(path(coordinator)).status_code == 404

    def test_the_page_asks_as_much_for_much_as_for_little(self, here, django_assert_max_num_queries):
        ana = make_user("representative", here, email="ana@example.org")
        for _number in range(15):
            make_programme(here, contact_email="ana@example.org", checked_by=ana)
            make_user("editor", here)
        client = signed_in(make_user("coordinator", here))
        client.get(path(ana))
        with django_assert_max_num_queries(34):
            client.get(path(ana))


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_hand_over_once():
    here = make_organisation()
    people = [make_user("coordinator", here) for _ in range(2)]
    first, second = (make_user("editor", here) for _ in range(2))
    ana = make_user("representative", here)
    seat = ana.seats.get()
    seen = leaving.seen(leaving.collected(leaving.of_seat(seat, people[0])))
    outcomes, start = [], threading.Barrier(2)

    def confirm(by, to):
        leave = leaving.of_seat(Seat.objects.get(pk=seat.pk), by)
        start.wait()
        try:
            outcomes.append(leaving.hand_over(leave, today(3), {f"seat-{seat.pk}": to}, seen))
        except StaleObject:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=pair) for pair in zip(people, (first, second), strict=True)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcome is not None for outcome in outcomes) == [False, True]
    assert Seat.objects.filter(role="representative", ends_on=None).count() == 1
    assert Outbox.objects.filter(kind="taken-over").count() == 1


def test_a_working_group_goes_to_somebody_of_the_same_organisation(here):
    ana, bor = make_user("editor", here), make_user("editor", here)
    membership = here.memberships.get()
    body = WorkingGroup.objects.create(group=membership.group, slug="old", name_sl="Starejši")
    body.members.create(membership=membership, user=ana)
    leave = leaving.of_seat(ana.seats.get(), make_user("coordinator", here))
    rows = leaving.collected(leave)
    [key] = [held.key for source, held in _all(rows) if source == "working-group"]
    assert leaving.hand_over(leave, today(0), {key: bor}, leaving.seen(rows)) is not None
    assert [row.user for row in body.members.all()] == [bor]


def _all(rows):
    return [(source.name, one) for source, held in rows for one in held]


class TestSeatsThatEnd:
    def told(self):
        return sorted(Outbox.objects.filter(kind="seats-ending").values_list("to", flat=True))

    def test_the_person_and_the_coordinator_hear_of_it_thirty_days_before_and_once_more_a_week_before(self, here):
        coordinator, ana = make_user("coordinator", here), make_user("editor", here, full_name="Ana Novak")
        make_user("coordinator", email="elsewhere@example.org")
        ana.seats.update(ends_on=today(60))
        both = sorted([coordinator.email, ana.email])
        told = []
        for days in (29, 30, 31, 52, 53, 59, 61):
            leaving.seats_ending(today(days))
            told.append(self.told())
        twice = sorted(both * 2)
        assert told == [[], both, both, both, twice, twice, twice]
        assert all("Ana Novak" in mail.text for mail in Outbox.objects.filter(to=coordinator.email))

    def test_who_represents_the_organisation_hears_of_a_seat_they_may_prolong(self, here):
        representative, ana = make_user("representative", here), make_user("editor", here)
        adviser = make_user("adviser", here)
        for seat in (ana.seats.get(), adviser.seats.get()):
            Seat.objects.filter(pk=seat.pk).update(ends_on=today(10))
        leaving.seats_ending()
        assert self.told() == sorted([representative.email, ana.email, adviser.email])
        mail = Outbox.objects.get(to=representative.email)
        assert f"/{ana.seats.get().pk}/" in mail.text
        assert f"/{ana.seats.get().pk}/" not in Outbox.objects.get(to=ana.email).text  # an editor prolongs nothing

    def test_the_mail_says_what_is_in_their_hands(self, here):
        coordinator, ana = make_user("coordinator", here, language="en"), make_user("editor", here, language="en")
        make_programme(here, contact_email=ana.email)
        ana.seats.update(ends_on=today(10))
        leaving.seats_ending()
        for person in (coordinator, ana):
            assert "Contact person of programmes: 1" in Outbox.objects.get(to=person.email).text

    def test_missed_days_are_made_up_for(self, here):
        ana = make_user("editor", here)
        ana.seats.update(ends_on=today(60))
        leaving.seats_ending(today(55))
        assert self.told() == [ana.email]

    def test_another_last_day_is_told_anew(self, here):
        ana = make_user("editor", here)
        for days in (20, 25, 25):
            ana.seats.update(ends_on=today(days))
            leaving.seats_ending()
        assert self.told() == [ana.email] * 2

    def test_one_mail_says_all(self, here):
        coordinator = make_user("coordinator", here)
        for _number in range(3):
            make_user("editor", here).seats.update(ends_on=today(10))
        with override("en"):
            assert leaving.seats_ending() == "4 notices of seats"
        assert self.told().count(coordinator.email) == 1
        assert SeatNotice.objects.filter(user=coordinator).count() == 3

    def test_what_is_over_or_endless_or_of_somebody_who_left_is_not_told(self, here):
        make_user("editor", here)
        make_user("editor", here).seats.update(ends_on=today(-1))
        make_user("editor", here, is_active=False).seats.update(ends_on=today(5))
        assert leaving.seats_ending() is None
        assert self.told() == []


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_tell_once():
    here = make_organisation()
    ana = make_user("editor", here)
    ana.seats.update(ends_on=today(10))
    start = threading.Barrier(2)

    def tick():
        from django.db import transaction

        start.wait()
        try:
            with transaction.atomic():
                leaving.seats_ending()
        finally:
            connection.close()

    threads = [threading.Thread(target=tick) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert Outbox.objects.filter(to=ana.email).count() == 1


class TestTakingBack:
    """A hand-over by mistake: one press, and nobody's later work is lost by it."""

    def handed(self, here, **more):
        """(client of the coordinator, who leaves, who took over) after everything was handed over."""
        coordinator, bor = make_user("coordinator", here), make_user("editor", here, full_name="Bor", language="en")
        ana = make_user("representative", here, email="ana@example.org", full_name="Ana Novak", phone="041 000 001")
        for make in more.values():
            make(ana)
        client = signed_in(coordinator)
        answer = client.post(path(ana), opened(client, ana, everything=bor.pk), follow=True)
        assert answer.redirect_chain == [(f"/en/people/handed-over/{HandOver.objects.get().pk}/", 302)]
        return client, ana, bor

    def press(self, client, seen=None):
        page = f"/en/people/handed-over/{HandOver.objects.get().pk}/"
        if seen is None:
            seen = re.search(r'name="seen" value="(\w+)"', client.get(page).content.decode())[1]
        return client.post(f"{page}take-back/", {"seen": seen}, follow=True)

    def test_one_press_gives_everything_back(self, here):
        membership = here.memberships.get()
        body = WorkingGroup.objects.create(group=membership.group, slug="old", name_sl="Starejši")
        contact = {"contact_name": "Ana Novak", "contact_email": "ana@example.org", "contact_phone": "041 000 001"}
        programme = make_programme(here, **contact)
        makes = {
            "invitation": lambda ana: invite(ana, membership),
            "group": lambda ana: body.members.create(membership=membership, user=ana),
            "later": lambda ana: Seat.objects.create(
                membership=membership, user=ana, role="data_steward", starts_on=today(20)
            ),
        }
        before = self.rows(here, programme)
        client, ana, bor = self.handed(here, **makes)
        assert ana.seats.exclude(ends_on=None).exists()
        Outbox.objects.filter(kind="taken-over").update(state="sent", sent_at=timezone.now())
        html = self.press(client).content.decode()
        assert "Ana Novak has everything back" in html
        programme.refresh_from_db()
        assert self.rows(here, programme) == before | contact
        assert sorted(ana.seats.values_list("role", "starts_on", "ends_on")) == [
            ("data_steward", today(20), None),
            ("representative", date(2020, 1, 1), None),
        ]
        assert list(bor.seats.values_list("role", "ends_on")) == [("editor", None)]
        assert Invitation.objects.get().invited_by == ana
        assert [row.user for row in body.members.all()] == [ana]
        mail = Outbox.objects.get(kind="given-back")
        assert (mail.to, mail.subject) == (bor.email, "Ana Novak goes on after all")
        assert str(programme) in mail.text

    def rows(self, here, programme):
        return {name: getattr(programme, name) for name in ("contact_name", "contact_email", "contact_phone")}

    def test_a_mail_that_has_not_gone_out_is_taken_out_of_the_post(self, here):
        client, _ana, bor = self.handed(here)
        assert Outbox.objects.filter(to=bor.email, kind="taken-over").count() == 1
        self.press(client)
        assert not Outbox.objects.filter(to=bor.email, kind__in=["taken-over", "given-back"]).exists()

    def test_what_somebody_changed_since_stays_and_is_named_first(self, here):
        programmes = [make_programme(here, title_sl=word, contact_email="ana@example.org") for word in ("Hoja", "Ples")]
        client, ana, _bor = self.handed(here)
        page = f"/en/people/handed-over/{HandOver.objects.get().pk}/"
        seen = re.search(r'name="seen" value="(\w+)"', client.get(page).content.decode())[1]
        Programme.objects.filter(pk=programmes[0].pk).update(contact_email="zala@example.org")
        answer = self.press(client, seen)
        html = answer.content.decode()
        assert (answer.status_code, "nothing was taken back yet" in html, ana.seats.get().ends_on) == (
            409, True, today(3))  # fmt: skip
        assert re.search(r"Hoja\s*<span[^>]*>.*changed since: stays", html)
        html = self.press(client).content.decode()
        assert "One thing stays as it is, for somebody changed it since: Hoja." in html
        emails = [Programme.objects.get(pk=one.pk).contact_email for one in programmes]
        assert (emails, ana.seats.get().ends_on) == (["zala@example.org", "ana@example.org"], None)

    def test_what_a_successor_has_begun_to_work_on_stays_with_them(self, here):
        report = ProblemReport(kind="times", text="x", language="en", organisation=here, state="in_progress")

        def taken_up(ana):
            report.answered_by = ana
            report.store()

        client, _ana, bor = self.handed(here, report=taken_up)
        ProblemReport.objects.update(state="fixed")
        self.press(client)
        assert ProblemReport.objects.get().answered_by == bor

    def test_a_seat_that_another_has_by_now_stays_theirs(self, here):
        client, ana, bor = self.handed(here)
        zala = make_user("editor", here)
        bor.seats.filter(role="representative").update(ends_on=today(5))
        Seat.objects.create(membership=here.memberships.get(), user=zala, role="representative", starts_on=today(6))
        html = client.get(f"/en/people/handed-over/{HandOver.objects.get().pk}/").content.decode()
        assert "changed since: stays" in html
        assert "take-back" not in html  # nothing else is there to come back
        assert ana.seats.get().ends_on == today(3)

    def test_a_proposal_that_waits_is_withdrawn(self, here):
        representative, ana = make_user("representative", here), make_user("editor", here, email="ana@example.org")
        make_programme(here, contact_email="ana@example.org")
        client = signed_in(representative)
        client.post(path(ana), opened(client, ana, everything=representative.pk))
        self.press(client)
        assert Proposal.objects.get().state == "withdrawn"
        assert ana.seats.get().ends_on is None

    def test_a_group_keeps_a_coordinator(self, here):
        ana, bor = make_user("coordinator", here), make_user("editor", here)
        client = signed_in(ana)
        client.post(path(ana), opened(client, ana, everything=bor.pk))
        Seat.objects.filter(user=ana).update(ends_on=today(2))  # somebody else: this one stays, and so does Bor's
        html = client.get(f"/en/people/handed-over/{HandOver.objects.get().pk}/").content.decode()
        assert "changed since: stays" in html
        assert bor.seats.filter(role="coordinator", ends_on=None).exists()

    def test_a_seat_that_was_used_ends_and_is_not_taken_out_of_the_past(self, here):
        ana, bor = make_user("coordinator", here), make_user("editor", here)
        client = signed_in(ana)
        client.post(path(ana), opened(client, ana, everything=bor.pk))
        seat = bor.seats.get(role="coordinator")
        judgement = CoverageJudgement.objects.create(
            group=here.memberships.get().group, matrix="phases", row=make_term("topic", "sleep"),
            column=make_term("life_phase", "adults"), reason="x", seat=seat, judged_on=today(),
        )  # fmt: skip
        self.press(client)
        judgement.refresh_from_db()
        assert (judgement.seat, judgement.seat.ends_on, ana.seats.get().ends_on) == (seat, today(), None)

    def test_pressing_twice_changes_nothing_a_second_time(self, here):
        client, ana, _bor = self.handed(here)
        page = f"/en/people/handed-over/{HandOver.objects.get().pk}/"
        seen = re.search(r'name="seen" value="(\w+)"', client.get(page).content.decode())[1]
        self.press(client, seen)
        ana.seats.update(ends_on=today(9))
        html = self.press(client, seen).content.decode()
        assert "This was taken back before" in html
        assert ana.seats.get().ends_on == today(9)

    def test_after_a_week_it_is_too_late_and_what_was_kept_is_forgotten(self, here):
        client, ana, _bor = self.handed(here)
        page = f"/en/people/handed-over/{HandOver.objects.get().pk}/"
        seen = re.search(r'name="seen" value="(\w+)"', client.get(page).content.decode())[1]
        assert "See it, or take it back" in client.get("/en/people/").content.decode()
        HandOver.objects.update(done_at=timezone.now() - timedelta(days=7, minutes=1))
        assert "See it, or take it back" not in client.get("/en/people/").content.decode()
        assert "take-back" not in client.get(page).content.decode()
        assert self.press(client, seen).status_code == 409
        assert ana.seats.get().ends_on == today(3)
        assert (HandOver.objects.prune(), HandOver.objects.count()) == (1, 0)

    def test_who_may_take_it_back(self, here):
        group = here.memberships.get().group
        self.handed(here)
        users = [
            make_user("coordinator", here),
            make_user("representative", make_organisation(group)),
            make_user("editor", here),
            make_user("coordinator", make_organisation(make_group())),
        ]
        page = f"/en/people/handed-over/{HandOver.objects.get().pk}/"
        assert [signed_in(user).get(page).status_code for user in users] == [200, 404, 404, 404]
        assert [signed_in(user).post(f"{page}take-back/").status_code for user in users[1:]] == [404] * 3

    def test_the_page_asks_as_much_for_much_as_for_little(self, here, django_assert_max_num_queries):
        for _number in range(15):
            make_programme(here, contact_email="ana@example.org")
        client, _ana, _bor = self.handed(here)
        page = f"/en/people/handed-over/{HandOver.objects.get().pk}/"
        client.get(page)
        with django_assert_max_num_queries(16):
            client.get(page)


@pytest.mark.django_db(transaction=True)
def test_two_who_take_back_at_once_do_it_once():
    here = make_organisation()
    people = [make_user("coordinator", here) for _ in range(2)]
    bor, ana = make_user("editor", here), make_user("representative", here)
    leave = leaving.of_seat(ana.seats.get(), people[0])
    seen = leaving.seen(leaving.collected(leave))
    done = leaving.hand_over(leave, today(3), {f"seat-{ana.seats.get().pk}": bor}, seen)
    word = taking_back.seen(taking_back.things(done))
    outcomes, start = [], threading.Barrier(2)

    def press(by):
        start.wait()
        try:
            outcomes.append(taking_back.take_back(done, by, word) is not None)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[by]) for by in people]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == [False, True]
    assert [seat.user for seat in Seat.objects.filter(role="representative")] == [ana]
