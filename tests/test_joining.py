"""Would like to take part: anybody asks, the coordinator answers, a yes becomes a partner without typing it twice."""

import threading
import time
from datetime import timedelta

import pytest
from django.core import signing
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from partners import joining
from partners.models import JoinRequest, Membership, Organisation
from portal.models import Outbox, Vocabulary
from portal.robots import SALT
from portal.stale import StaleObject

from .records import make_group, make_organisation, make_term, make_user, signed_in

PATH = "/en/take-part/"


@pytest.fixture(autouse=True)
def _nobody_asked_yet(request):
    """The counter of requests stands in the database, and a cache outlives no test."""
    request.getfixturevalue("_django_db_helper")
    cache.clear()


def send(client=None, seconds=60, **fields):
    opened = signing.dumps(time.time() - seconds, salt=SALT)
    form = {
        "name": "Čebelarsko društvo Lipa",
        "offer": "We lend a hall.",
        "email": "cebela@example.org",
        "language": "de",
        "opened": opened,
        **fields,
    }
    return (client or Client()).post(PATH, form)


def make_request(group, **fields):
    asked = JoinRequest(
        group=group, **{"name": "Lipa", "offer": "A hall", "email": "a@example.org", "language": "en", **fields}
    )
    asked.store()
    return asked


@pytest.mark.django_db
class TestAsking:
    def test_a_request_reaches_the_coordinators_of_its_group_and_its_sender_follows_it(self):
        here = make_organisation()
        coordinator = make_user("coordinator", here)
        make_user("editor", here)
        group = here.memberships.get().group
        answer = send()
        asked = JoinRequest.objects.get()
        assert (asked.group, asked.name, asked.language, asked.state) == (group, "Čebelarsko društvo Lipa", "de", "new")
        assert list(Outbox.objects.values_list("to", flat=True)) == [coordinator.email]
        html = Client().get(answer["Location"]).content.decode()
        assert "We lend a hall." in html
        assert "cebela@example.org" not in html
        assert Client().get("/en/take-part/state/somebody-elses/").status_code == 404

    def test_nothing_is_mailed_to_the_address_somebody_typed(self):
        make_user("coordinator")
        send()
        assert not Outbox.objects.filter(to="cebela@example.org").exists()

    def test_of_several_groups_one_is_chosen(self):
        first, second = make_group(), make_group()
        assert send().status_code == 422
        assert send(group=second.pk).status_code == 302
        assert list(JoinRequest.objects.values_list("group", flat=True)) == [second.pk]
        assert first.pk != second.pk

    def test_where_nobody_coordinates_an_administrator_hears_of_it(self):
        make_group()
        administrator = make_user(is_superuser=True)
        send()
        assert list(Outbox.objects.values_list("to", flat=True)) == [administrator.email]

    @pytest.mark.parametrize("fields", [{"website": "https://spam.example"}, {"seconds": 0}, {"opened": "made-up"}])
    def test_robots_leave_nothing_behind(self, fields):
        make_group()
        assert send(**fields).status_code == 400
        assert not JoinRequest.objects.exists()

    def test_the_sixth_request_of_an_hour_waits_and_keeps_what_was_typed(self):
        make_group()
        answers = [send() for _ in range(6)]
        assert [answer.status_code for answer in answers] == [302] * 5 + [429]
        assert "We lend a hall." in answers[-1].content.decode()
        assert answers[-1]["Retry-After"] == "3600"
        assert JoinRequest.objects.count() == 5

    @pytest.mark.parametrize(
        "fields",
        [
            {"email": ""},
            {"email": "not an address"},
            {"name": ""},
            {"name": "x" * 161},
            {"offer": ""},
            {"offer": "x" * 2001},
            {"language": "fr"},
        ],
    )
    def test_what_cannot_be_is_said_and_nothing_typed_is_lost(self, fields):
        make_group()
        answer = send(**{"offer": "Of all things, bees", **fields} if "offer" not in fields else fields)
        assert answer.status_code == 422
        assert "This could not be sent yet" in answer.content.decode()
        assert ("Of all things, bees" in answer.content.decode()) is ("offer" not in fields)
        assert not JoinRequest.objects.exists()

    def test_the_pages_of_partners_lead_to_the_form(self):
        make_group()
        for page in ("/en/about/", "/en/partners/"):
            assert f'href="{PATH}"' in Client().get(page).content.decode()


@pytest.mark.django_db
class TestAnswering:
    def test_a_yes_makes_a_partner_and_opens_the_invitation_filled_in(self):
        here = make_organisation()
        client = signed_in(make_user("coordinator", here))
        send()
        asked = JoinRequest.objects.get()
        sector = make_term(Vocabulary.SECTOR, "sport")
        form = {"which": "new", "name": "Društvo Lipa", "sector": sector.pk, "answer": "Schön, dass Sie kommen."}
        answer = client.post(f"{PATH}requests/{asked.pk}/accept/", form)
        made = Organisation.objects.get(name_de="Društvo Lipa")
        assert (made.slug, made.sector, made.offer_de) == ("drustvo-lipa", sector, "We lend a hall.")
        assert Membership.objects.current().filter(group=asked.group, organisation=made).count() == 1
        html = client.get(answer["Location"]).content.decode()
        assert 'value="cebela@example.org"' in html
        assert f'<option value="{made.memberships.get().pk}" selected>' in html
        assert '<option value="representative" selected>' in html
        assert '<option value="de" selected>' in html
        mail = Outbox.objects.get(to="cebela@example.org")
        assert (mail.kind, mail.language, "Schön, dass Sie kommen." in mail.text) == ("joining-accepted", "de", True)

    def test_a_like_name_is_shown_first_and_taken_only_when_somebody_says_so(self):
        here = make_organisation()
        known = make_organisation(name_sl="Čebelarsko društvo Lipa", slug="known")
        client = signed_in(make_user("coordinator", here))
        asked = make_request(here.memberships.get().group, name="cebelarsko drustvo LIPA")
        path = f"{PATH}requests/{asked.pk}/"
        html = client.get(path).content.decode()
        assert known.get_absolute_url() in html.replace("/sl/partnerji", "/en/partners")
        assert "checked" not in html.split('id="h-yes"')[1]
        assert client.post(f"{path}accept/", {"answer": "Hello"}).status_code == 422
        assert client.post(f"{path}accept/", {"which": known.pk, "answer": ""}).status_code == 302
        assert Organisation.objects.count() == 2
        assert known.memberships.filter(group=asked.group).count() == 1

    def test_a_partner_who_asks_again_does_not_join_twice(self):
        here = make_organisation(name_sl="Lipa")
        client = signed_in(make_user("coordinator", here))
        asked = make_request(here.memberships.get().group)
        client.post(f"{PATH}requests/{asked.pk}/accept/", {"which": here.pk})
        assert here.memberships.count() == 1

    def test_a_no_needs_a_friendly_sentence_which_goes_out_by_mail(self):
        here = make_organisation()
        client = signed_in(make_user("coordinator", here))
        asked = make_request(here.memberships.get().group, language="da")
        path = f"{PATH}requests/{asked.pk}/decline/"
        assert client.post(path, {"decline-answer": " "}).status_code == 422
        assert client.post(path, {"decline-answer": "Vi er fuldt besat i år."}).status_code == 302
        mail = Outbox.objects.get(kind="joining-declined")
        assert (mail.to, mail.language, "Vi er fuldt besat i år." in mail.text) == ("a@example.org", "da", True)
        assert not Organisation.objects.exclude(pk=here.pk).exists()

    def test_the_second_of_two_is_told_and_keeps_what_they_typed(self):
        here = make_organisation()
        first, second = (signed_in(make_user("coordinator", here)) for _ in range(2))
        asked = make_request(here.memberships.get().group)
        first.post(f"{PATH}requests/{asked.pk}/decline/", {"decline-answer": "No, sorry."})
        form = {"which": "new", "name": "Lipa", "sector": here.sector.pk, "answer": "My long welcome"}
        answer = second.post(f"{PATH}requests/{asked.pk}/accept/", form)
        assert answer.status_code == 409
        assert "My long welcome" in answer.content.decode()
        assert not Organisation.objects.exclude(pk=here.pk).exists()
        assert second.post(f"{PATH}requests/{asked.pk}/take-up/").status_code == 409

    def test_the_sender_sees_that_somebody_looks_at_it(self):
        here = make_organisation()
        client = signed_in(make_user("coordinator", here))
        link = send()["Location"]
        asked = JoinRequest.objects.get()
        assert client.post(f"{PATH}requests/{asked.pk}/take-up/").status_code == 302
        assert "Somebody is looking at it" in Client().get(link).content.decode()

    def test_the_address_is_forgotten_thirty_days_after_the_answer_in_mails_and_history_too(self):
        here = make_organisation()
        make_user("coordinator", here)
        asked = make_request(here.memberships.get().group)
        joining.decline(asked, make_user("coordinator", here), "Sorry.")
        assert JoinRequest.objects.prune(timezone.now() + timedelta(days=29)) == 0
        assert JoinRequest.objects.prune(timezone.now() + timedelta(days=31)) == 1
        assert JoinRequest.objects.get().email == ""
        assert not Outbox.objects.filter(to="a@example.org").exists()
        assert "email" not in {field.name for field in JoinRequest.pgh_event_model._meta.get_fields()}

    def test_pruning_is_part_of_the_weekly_round(self, capsys):
        asked = make_request(make_group(), state="declined", answer="No", answered_at=timezone.now())
        JoinRequest.objects.update(answered_at=timezone.now() - timedelta(days=31))
        call_command("prune")
        asked.refresh_from_db()
        assert asked.email == ""

    def test_an_open_request_keeps_its_address_for_a_year(self):
        make_request(make_group())
        assert JoinRequest.objects.prune(timezone.now() + timedelta(days=364)) == 0
        assert JoinRequest.objects.prune(timezone.now() + timedelta(days=366)) == 1

    def test_after_a_week_the_coordinators_are_reminded_once(self):
        here = make_organisation()
        coordinator = make_user("coordinator", here)
        make_request(here.memberships.get().group)
        told = []
        for days in (6, 8, 9, 40):
            joining.waiting(timezone.now() + timedelta(days=days))
            told.append(list(Outbox.objects.values_list("to", flat=True)))
        assert told == [[], [coordinator.email], [coordinator.email], [coordinator.email]]

    def test_every_state_stands_in_the_table(self):
        assert set(JoinRequest.NEXT) == set(JoinRequest.State)

    @pytest.mark.parametrize("now", JoinRequest.State.values)
    @pytest.mark.parametrize("wanted", JoinRequest.State.values)
    def test_a_request_moves_as_the_table_says_and_no_other_way(self, now, wanted):
        over = now in ("accepted", "declined")
        fields = {"answer": "x", "answered_at": timezone.now()} if over else {}
        asked = make_request(make_group(), state=now, **fields)
        if wanted in JoinRequest.NEXT[now]:
            asked.move_to(wanted, make_user(), "A sentence")
            assert JoinRequest.objects.get().state == wanted
        else:
            with pytest.raises(StaleObject):
                asked.move_to(wanted, make_user(), "A sentence")
            assert JoinRequest.objects.get().state == now

    def test_who_is_to_take_part_from_a_later_day_on_is_not_made_a_member_twice(self):
        by, later = make_user("coordinator", make_organisation()), make_organisation(name_sl="Lipa")
        group = by.seats.get().membership.group
        Membership.objects.filter(organisation=later).update(group=group, joined_on=timezone.localdate() + timedelta(9))
        membership = joining.accept(make_request(group), by, known=later)
        assert (membership.organisation, later.memberships.count()) == (later, 1)


@pytest.mark.django_db
class TestRights:
    def test_only_coordinators_of_the_group_reach_a_request(self):
        here, there = make_organisation(), make_organisation()
        asked = make_request(here.memberships.get().group, name="Skrivnost")
        users = {
            "coordinator": make_user("coordinator", here),
            "representative": make_user("representative", here),
            "other group": make_user("coordinator", there),
            "stranger": make_user(),
        }
        read = {name: signed_in(user).get(f"{PATH}requests/{asked.pk}/").status_code for name, user in users.items()}
        assert read == {"coordinator": 200, "representative": 404, "other group": 404, "stranger": 404}
        deeds = ("accept", "decline", "take-up")
        posted = {
            signed_in(user).post(f"{PATH}requests/{asked.pk}/{deed}/").status_code
            for name, user in users.items()
            if name != "coordinator"
            for deed in deeds
        }
        assert posted == {404}
        assert "Skrivnost" not in signed_in(users["other group"]).get(f"{PATH}requests/").content.decode()

    def test_an_invitation_is_filled_in_from_no_request_of_another_group(self):
        here, there = make_organisation(), make_organisation()
        coordinator = make_user("coordinator", here)
        asked = make_request(here.memberships.get().group, email="secret@example.org")
        joining.accept(asked, coordinator, known=here)
        path = f"/en/people/invite/?asked={asked.pk}"
        pages = [signed_in(u).get(path).content.decode() for u in (coordinator, make_user("coordinator", there))]
        assert ["secret@example.org" in page for page in pages] == [True, False]
        for number in ("x", "9" * 30, "-1", "²"):
            assert signed_in(coordinator).get(f"/en/people/invite/?asked={number}").status_code == 200

    def test_the_list_asks_a_fixed_number_of_questions(self, django_assert_max_num_queries):
        here = make_organisation()
        client = signed_in(make_user("coordinator", here))
        for _number in range(12):
            make_request(here.memberships.get().group)
        client.get(f"{PATH}requests/")
        with django_assert_max_num_queries(16):
            client.get(f"{PATH}requests/")


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_who_accept_at_once_make_one_partner():
    here = make_organisation()
    people = [make_user("coordinator", here) for _ in range(2)]
    asked = make_request(here.memberships.get().group)
    outcomes, start = [], threading.Barrier(2)

    def accept(by):
        mine = JoinRequest.objects.get(pk=asked.pk)
        start.wait()
        try:
            joining.accept(mine, by, name="Lipa", sector=here.sector)
            outcomes.append("in")
        except StaleObject:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(by,)) for by in people]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["in", "told"]
    assert Organisation.objects.filter(name_en="Lipa").count() == 1
    assert Outbox.objects.filter(kind="joining-accepted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_requests_of_one_name_accepted_at_once_get_two_address_words():
    here = make_organisation()
    by = make_user("coordinator", here)
    requests = [make_request(here.memberships.get().group) for _ in range(2)]
    faults, start = [], threading.Barrier(2)

    def accept(asked):
        start.wait()
        try:
            joining.accept(asked, by, name="Lipa", sector=here.sector)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(asked,)) for asked in requests]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert faults == []
    assert sorted(Organisation.objects.exclude(pk=here.pk).values_list("slug", flat=True)) == ["lipa", "lipa-2"]
