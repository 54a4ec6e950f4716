"""Self-help: a page that says how one begins, two forms without an account, and answers that stay between two."""

import time
from datetime import timedelta

import pytest
from django.core import signing
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from partners.models import Municipality
from portal.models import Outbox, Vocabulary
from portal.robots import SALT
from portal.stale import StaleObject
from programmes import self_help
from programmes.models import SelfHelpRequest

from .records import (
    make_group,
    make_organisation,
    make_programme,
    make_settlement,
    make_term,
    make_user,
    signed_in,
)

START, PAGE = "/en/self-help/start/", "/en/self-help/"


@pytest.fixture(autouse=True)
def _nobody_asked_yet(request):
    """The counter of requests stands in the database, and a cache outlives no test."""
    request.getfixturevalue("_django_db_helper")
    cache.clear()


def send(path=START, seconds=60, **fields):
    opened = signing.dumps(time.time() - seconds, salt=SALT)
    return Client().post(path, {"email": "ana@example.org", "opened": opened, **fields})


def make_self_help_group(organisation=None, **fields):
    return make_programme(organisation, [make_term(Vocabulary.FORMAT, "self-help-group")], **fields)


def make_request(group, **fields):
    asked = SelfHelpRequest(group=group, **{"theme": "Hoja", "email": "ana@example.org", "language": "sl", **fields})
    asked.store()
    return asked


@pytest.mark.django_db
class TestPage:
    def test_it_shows_the_public_groups_and_how_one_begins(self):
        shown = make_self_help_group(title_en="Evenings for carers")
        make_self_help_group(status="draft", title_en="Not yet")
        make_programme(title_en="A lecture")
        html = Client().get(PAGE).content.decode()
        assert [words in html for words in ("Evenings for carers", "Not yet", "A lecture")] == [True, False, False]
        assert f'href="{START}"' in html
        assert shown.get_absolute_url().split("/")[-2] in html

    def test_every_page_leads_there(self):
        make_group()
        assert f'href="{PAGE}"' in Client().get("/en/").content.decode()

    def test_it_asks_the_same_number_of_questions_whatever_its_size(self, django_assert_max_num_queries):
        for _number in range(15):
            make_self_help_group()
        with django_assert_max_num_queries(24):
            assert Client().get(PAGE).context["count"] == 15


@pytest.mark.django_db
class TestStarting:
    def test_a_request_reaches_the_coordinators_and_its_sender_follows_it(self):
        here = make_organisation()
        coordinator = make_user("coordinator", here, language="en")
        make_user("editor", here)
        topic = make_term(Vocabulary.TOPIC, "sleep")
        answer = send(topic=topic.pk, theme="Nights", helps=["room", "announcement"])
        asked = SelfHelpRequest.objects.get()
        assert (asked.group, asked.topic, asked.helps, asked.state) == (
            here.memberships.get().group, topic, ["room", "announcement"], "new"
        )  # fmt: skip
        assert list(Outbox.objects.values_list("to", flat=True)) == [coordinator.email]
        html = Client().get(answer["Location"]).content.decode()
        assert "Nights" in html
        assert "ana@example.org" not in html
        assert Client().get("/en/self-help/state/somebody-elses/").status_code == 404

    def test_what_was_written_stands_in_no_mail(self):
        make_user("coordinator")
        send(theme="Nights without drink")
        mail = Outbox.objects.get()
        assert "Nights" not in mail.subject + mail.text
        assert "ana@example.org" not in mail.text

    def test_the_place_says_which_group_is_asked(self):
        first, second = make_group(), make_group()
        place = make_settlement()
        second.municipalities.set([Municipality.objects.get()])
        assert send(theme="Nights").status_code == 422
        send(theme="Nights", settlement=place.pk)
        assert SelfHelpRequest.objects.get().group == second
        assert first.self_help_requests.count() == 0

    @pytest.mark.parametrize("fields", [{"website": "https://spam.example"}, {"seconds": 0}, {"opened": "made-up"}])
    def test_robots_leave_nothing_behind(self, fields):
        make_group()
        assert send(theme="x", **fields).status_code == 400
        assert not SelfHelpRequest.objects.exists()

    def test_the_sixth_request_of_an_hour_waits_and_keeps_what_was_typed(self):
        make_group()
        answers = [send(theme="Quiet evenings") for _ in range(6)]
        assert [answer.status_code for answer in answers] == [302] * 5 + [429]
        assert "Quiet evenings" in answers[-1].content.decode()

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"theme": "x" * 121},
            {"topic": "999999"},
            {"theme": "x", "helps": ["money"]},
            {"theme": "x", "email": "no"},
            {"theme": "x", "settlement": "-1"},
        ],
    )
    def test_what_cannot_be_is_said(self, fields):
        make_group()
        answer = send(**fields)
        assert answer.status_code == 422
        assert "This could not be sent yet" in answer.content.decode()
        assert not SelfHelpRequest.objects.exists()

    def test_it_asks_for_no_name_and_no_address_is_needed(self):
        make_group()
        assert send(theme="Nights", email="").status_code == 302
        names = {field.name for field in SelfHelpRequest._meta.get_fields()}
        assert not names & {"name", "phone", "diagnosis", "age"}


@pytest.mark.django_db
class TestWriting:
    def test_a_message_reaches_those_who_keep_the_groups_pages_and_not_the_coordinator(self):
        here = make_organisation()
        coordinator, editor = make_user("coordinator", here), make_user("editor", here)
        group = make_self_help_group(here)
        answer = send(f"{PAGE}groups/{group.pk}/", words="May I listen first?")
        assert answer.status_code == 302
        assert list(Outbox.objects.values_list("to", flat=True)) == [editor.email]
        asked = SelfHelpRequest.objects.get()
        path = f"{PAGE}requests/{asked.pk}/"
        read = {name: signed_in(u).get(path).status_code for name, u in (("editor", editor), ("boss", coordinator))}
        assert read == {"editor": 200, "boss": 404}
        assert "May I listen first?" in signed_in(editor).get(path).content.decode()
        assert "ana@example.org" not in signed_in(editor).get(path).content.decode()

    def test_where_nobody_keeps_them_the_coordinator_answers(self):
        here = make_organisation()
        coordinator = make_user("coordinator", here)
        send(f"{PAGE}groups/{make_self_help_group(here).pk}/", words="May I come?")
        asked = SelfHelpRequest.objects.get()
        assert list(Outbox.objects.values_list("to", flat=True)) == [coordinator.email]
        assert signed_in(coordinator).get(f"{PAGE}requests/{asked.pk}/").status_code == 200

    def test_only_a_public_self_help_group_is_written_to(self):
        here = make_organisation()
        others = [make_programme(here), make_self_help_group(here, status="draft"), make_self_help_group(
            here, status="archived")]  # fmt: skip
        assert {Client().get(f"{PAGE}groups/{one.pk}/").status_code for one in others} == {404}

    def test_the_page_of_a_self_help_group_leads_to_the_form_and_others_do_not(self):
        group, other = make_self_help_group(title_en="Evenings"), make_programme(title_en="A lecture")
        pages = [Client().get(f"/en/programmes/{p.pk}/", follow=True).content.decode() for p in (group, other)]
        assert [f"{PAGE}groups/{p.pk}/" in html for p, html in zip((group, other), pages, strict=True)] == [True, False]


@pytest.mark.django_db
class TestAnswering:
    def test_an_answer_goes_out_by_mail_and_stands_on_the_page(self):
        here = make_organisation()
        client = signed_in(make_user("coordinator", here))
        link = send(theme="Nights")["Location"]
        asked = SelfHelpRequest.objects.get()
        path = f"{PAGE}requests/{asked.pk}/"
        assert client.post(path, {"to": "answered", "answer": " "}).status_code == 422
        assert client.post(path, {"to": "nonsense", "answer": "x"}).status_code == 422
        assert client.post(path, {"to": "in_progress"}).status_code == 302
        assert "Somebody is looking at it" in Client().get(link).content.decode()
        assert client.post(path, {"to": "answered", "answer": "The library lends a room."}).status_code == 302
        mail = Outbox.objects.get(kind="self-help-answered")
        assert (mail.to, "The library lends a room." in mail.text, "Nights" in mail.text) == (
            "ana@example.org", True, False
        )  # fmt: skip
        assert "The library lends a room." in Client().get(link).content.decode()

    def test_the_second_of_two_is_told_and_keeps_what_they_typed(self):
        here = make_organisation()
        first, second = (signed_in(make_user("coordinator", here)) for _ in range(2))
        asked = make_request(here.memberships.get().group)
        path = f"{PAGE}requests/{asked.pk}/"
        first.post(path, {"to": "answered", "answer": "Yes."})
        answer = second.post(path, {"to": "answered", "answer": "My long answer"})
        assert answer.status_code == 409
        assert "My long answer" in answer.content.decode()
        assert SelfHelpRequest.objects.get().answer == "Yes."

    @pytest.mark.parametrize("now", SelfHelpRequest.State.values)
    @pytest.mark.parametrize("wanted", SelfHelpRequest.State.values)
    def test_a_request_moves_as_the_table_says_and_no_other_way(self, now, wanted):
        fields = {"answered_at": timezone.now()} if now == "answered" else {}
        asked = make_request(make_group(), state=now, **fields)
        if wanted in SelfHelpRequest.NEXT[now]:
            asked.move_to(wanted, make_user(), "A sentence")
            assert SelfHelpRequest.objects.get().state == wanted
        else:
            with pytest.raises(StaleObject):
                asked.move_to(wanted, make_user(), "A sentence")

    def test_what_tells_who_asked_is_erased_thirty_days_after_the_answer_in_mails_and_history_too(self):
        here = make_organisation()
        by = make_user("coordinator", here)
        asked = make_request(here.memberships.get().group, words="Private")
        self_help.answer(asked, "answered", by, "Yes.")
        assert SelfHelpRequest.objects.prune(timezone.now() + timedelta(days=29)) == 0
        assert SelfHelpRequest.objects.prune(timezone.now() + timedelta(days=31)) == 1
        asked.refresh_from_db()
        assert (asked.email, asked.words, asked.theme) == ("", "", "")
        assert not Outbox.objects.filter(to="ana@example.org").exists()
        kept = {field.name for field in SelfHelpRequest.pgh_event_model._meta.get_fields()}
        assert not kept & {"email", "words", "theme", "answer"}

    def test_one_that_nobody_answered_is_erased_after_a_year(self):
        make_request(make_group())
        assert SelfHelpRequest.objects.prune(timezone.now() + timedelta(days=364)) == 0
        assert SelfHelpRequest.objects.prune(timezone.now() + timedelta(days=366)) == 1

    def test_pruning_is_part_of_the_weekly_round(self):
        asked = make_request(make_group(), state="answered", answered_at=timezone.now() - timedelta(days=31))
        call_command("prune")
        asked.refresh_from_db()
        assert asked.email == ""

    def test_after_a_week_those_who_may_answer_are_reminded_once(self):
        here = make_organisation()
        coordinator = make_user("coordinator", here)
        make_request(here.memberships.get().group)
        told = []
        for days in (6, 8, 9):
            self_help.self_help_waiting(timezone.now() + timedelta(days=days))
            told.append(list(Outbox.objects.values_list("to", flat=True)))
        assert told == [[], [coordinator.email], [coordinator.email]]

    def test_it_stands_in_my_work_of_those_who_may_answer(self):
        here = make_organisation()
        asked = make_request(here.memberships.get().group)
        pages = [
            signed_in(make_user(role, here)).get("/en/work/").content.decode() for role in ("coordinator", "editor")
        ]
        assert [f"{PAGE}requests/{asked.pk}/" in page for page in pages] == [True, False]


@pytest.mark.django_db
class TestRights:
    def test_another_group_and_other_roles_never_reach_a_request(self):
        here, there = make_organisation(), make_organisation()
        asked = make_request(here.memberships.get().group, theme="Skrivnost")
        others = [make_user("representative", here), make_user("coordinator", there), make_user()]
        for user in others:
            client = signed_in(user)
            path = f"{PAGE}requests/{asked.pk}/"
            assert (client.get(path).status_code, client.post(path, {"to": "answered"}).status_code) == (404, 404)
            assert "Skrivnost" not in client.get(f"{PAGE}requests/").content.decode()

    def test_the_list_asks_a_fixed_number_of_questions(self, django_assert_max_num_queries):
        here = make_organisation()
        client = signed_in(make_user("coordinator", here))
        for _number in range(12):
            make_request(here.memberships.get().group)
        client.get(f"{PAGE}requests/")
        with django_assert_max_num_queries(16):
            client.get(f"{PAGE}requests/")
