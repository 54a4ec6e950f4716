"""Notices: who proposes, who sends, whom they reach, who has said to have read them."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from actionplans import notices
from actionplans.models import Notice
from actionplans.waiting import waiting_for
from partners.models import WorkingGroup, WorkingGroupMember
from portal.models import Outbox
from portal.stale import StaleObject

from .records import make_organisation, make_user, signed_in, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(group):
    return make_organisation(group)


@pytest.fixture
def editor(partner):
    return make_user("editor", partner)


def make_notice(group, organisation, **fields):
    return Notice.objects.create(group=group, organisation=organisation, **{"title_sl": "Tečaj je poln", **fields})


def words(organisation, **more):
    return {"title_sl": "Tečaj je poln", "organisation": organisation.pk, "priority": "normal", **more}


class TestProposing:
    def test_a_partner_proposes_and_the_coordinator_is_told(self, group, partner, editor, coordinator):
        signed_in(editor).post(url("notice-add"), words(partner))
        made = Notice.objects.get()
        assert (made.state, made.author, made.group) == ("proposed", editor, group)
        assert [(m.kind, m.to_user) for m in Outbox.objects.all()] == [("notice-proposed", coordinator)]
        assert "Tečaj je poln" in [item.about for item in waiting_for(coordinator, timezone.localdate())]

    def test_a_coordinator_hears_nothing_of_their_own(self, group, coordinator):
        signed_in(coordinator).post(url("notice-add"), words(coordinator.seats.get().membership.organisation))
        assert Notice.objects.get().author == coordinator
        assert not Outbox.objects.exists()

    def test_a_partner_speaks_for_no_other_and_interrupts_nobody(self, group, partner, editor, coordinator):
        other = make_organisation(group)
        client = signed_in(editor)
        assert client.post(url("notice-add"), words(other)).status_code == 422
        assert client.post(url("notice-add"), words(partner, priority="urgent")).status_code == 422
        client.post(url("notice-add"), words(partner, asks_to_note="on"))
        assert not Notice.objects.get().asks_to_note

    def test_an_adviser_reads_and_writes_none(self, group, partner):
        client = signed_in(make_user("adviser", partner))
        assert client.get(url("notices")).status_code == 200
        assert client.get(url("notice-add")).status_code == 404

    def test_what_came_back_is_shown_with_the_note_and_proposed_again(self, group, partner, editor, coordinator):
        shown = make_notice(group, partner, author=editor)
        notices.give_back(shown, "Od kdaj?")
        assert [(m.kind, m.to_user) for m in Outbox.objects.all()] == [("notice-returned", editor)]
        client = signed_in(editor)
        assert "Od kdaj?" in client.get(shown.get_absolute_url()).content.decode()
        client.post(url("notice-move", shown.pk), {"state": "proposed", "version": shown.version})
        shown.refresh_from_db()
        assert shown.state == "proposed"
        assert Outbox.objects.filter(kind="notice-proposed", to_user=coordinator).count() == 1

    def test_it_comes_back_with_a_note_only(self, group, partner, coordinator):
        shown = make_notice(group, partner)
        data = {"state": "returned", "version": shown.version, "note": " "}
        assert signed_in(coordinator).post(url("notice-move", shown.pk), data).status_code == 422
        with pytest.raises(ValidationError):
            notices.give_back(shown, " ")
        shown.refresh_from_db()
        assert shown.state == "proposed"


class TestSending:
    def test_everybody_of_the_group_is_told_but_who_wrote_it(self, group, partner, editor, coordinator):
        stranger = make_user("editor", make_organisation())
        reader = make_user("adviser", make_organisation(group))
        assert notices.send(make_notice(group, partner, author=editor)) == 2
        told = set(Outbox.objects.values_list("to_user", "kind", "is_urgent"))
        assert told == {(coordinator.pk, "notice", False), (reader.pk, "notice", False)}
        assert stranger.pk not in {pk for pk, _kind, _urgent in told}

    def test_to_a_working_group_goes_to_its_members(self, group, partner, editor, coordinator):
        body = WorkingGroup.objects.create(group=group, slug="night", name_sl="Noč")
        named = make_user("editor", make_organisation(group))
        WorkingGroupMember.objects.create(working_group=body, membership=named.seats.get().membership, user=named)
        notices.send(make_notice(group, partner, author=coordinator, working_group=body))
        assert [m.to_user for m in Outbox.objects.all()] == [named]

    def test_an_urgent_one_goes_at_once_and_cannot_be_switched_off(self, group, partner, editor):
        from portal import outbox

        outbox.switch(editor, ["notices"], False)
        notices.send(make_notice(group, partner, priority="normal"))
        assert not Outbox.objects.exists()
        notices.send(make_notice(group, partner, priority="urgent"))
        mail = Outbox.objects.get()
        assert (mail.kind, mail.is_urgent, mail.to_user) == ("notice-urgent", True, editor)
        assert "Tečaj je poln" in mail.subject

    def test_it_is_sent_once(self, group, partner, editor):
        shown = make_notice(group, partner)
        again = Notice.objects.get(pk=shown.pk)
        notices.send(shown)
        with pytest.raises(StaleObject):
            notices.send(again)
        assert Outbox.objects.count() == 1

    def test_what_changed_since_it_was_read_is_not_sent(self, group, partner, editor, coordinator):
        shown = make_notice(group, partner)
        Notice.objects.filter(pk=shown.pk).update(version=2, title_sl="Tečaj odpade")
        answer = signed_in(coordinator).post(url("notice-move", shown.pk), {"state": "sent", "version": 1})
        assert answer.status_code == 409
        assert "Tečaj odpade" in answer.content.decode()
        assert not Outbox.objects.exists()

    def test_a_partner_sends_nothing_and_changes_nothing_that_was_sent(self, group, partner, editor):
        shown = make_notice(group, partner, author=editor)
        client = signed_in(editor)
        data = {"state": "sent", "version": shown.version}
        assert client.post(url("notice-move", shown.pk), data).status_code == 404
        notices.send(shown)
        assert client.get(url("notice-edit", shown.pk)).status_code == 404
        assert client.post(url("notice-edit", shown.pk), words(partner)).status_code == 404

    def test_who_opens_a_withdrawn_one_is_told(self, group, partner, editor, coordinator):
        shown = make_notice(group, partner)
        notices.send(shown)
        signed_in(coordinator).post(url("notice-move", shown.pk), {"state": "withdrawn", "version": shown.version})
        page = signed_in(editor).get(shown.get_absolute_url(), HTTP_ACCEPT_LANGUAGE="en").content.decode()
        assert "message--wait" in page
        assert shown.title_sl not in signed_in(editor).get(url("notices")).content.decode()


class TestReading:
    def test_who_was_asked_says_so_and_the_coordinator_sees_who_has_not(self, group, partner, editor, coordinator):
        other = make_user("editor", partner, full_name="Bor Tihi")
        shown = make_notice(group, partner, asks_to_note=True, author=coordinator)
        notices.send(shown)
        assert Notice.objects.unnoted_by(editor).get() == shown
        client = signed_in(editor)
        for _press in range(2):
            client.post(url("notice-note", shown.pk))
        assert not Notice.objects.unnoted_by(editor).exists()
        assert list(shown.silent()) == [other]
        assert "Bor Tihi" in signed_in(coordinator).get(shown.get_absolute_url()).content.decode()
        assert "Bor Tihi" not in client.get(shown.get_absolute_url()).content.decode()

    def test_who_is_in_no_working_group_is_not_asked_for_it(self, group, partner, editor, coordinator):
        body = WorkingGroup.objects.create(group=group, slug="night", name_sl="Noč")
        notices.send(make_notice(group, partner, asks_to_note=True, working_group=body))
        assert not Notice.objects.unnoted_by(editor).exists()

    def test_another_group_reads_and_notes_nothing(self, group, partner):
        shown = make_notice(group, partner, asks_to_note=True)
        notices.send(shown)
        for role in ("editor", "coordinator"):
            client = signed_in(make_user(role, make_organisation()))
            assert client.get(shown.get_absolute_url()).status_code == 404
            assert client.post(url("notice-note", shown.pk)).status_code == 404
            assert shown.title_sl not in client.get(url("notices")).content.decode()

    def test_a_proposed_one_is_read_by_its_organisation_and_the_coordinator_only(
        self, group, partner, editor, coordinator
    ):
        shown = make_notice(group, partner)
        neighbour = make_user("representative", make_organisation(group))
        statuses = [signed_in(u).get(shown.get_absolute_url()).status_code for u in (editor, coordinator, neighbour)]
        assert statuses == [200, 200, 404]

    def test_the_list_asks_the_same_number_of_questions_whatever_there_is(
        self, group, partner, coordinator, django_assert_max_num_queries
    ):
        client = signed_in(coordinator)
        for number in range(25):
            shown = make_notice(group, partner, title_sl=f"Novica {number}", asks_to_note=True)
            if number % 2:
                notices.send(shown)
        client.get(url("notices"))
        with django_assert_max_num_queries(20):
            client.get(url("notices"))
