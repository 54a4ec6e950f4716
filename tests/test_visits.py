"""An institution asks for a visit: which programmes come, what is kept of it and for how long, and who answers."""

import time
from datetime import timedelta

import pytest
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from actionplans.waiting import waiting_for
from portal.models import Outbox, Vocabulary
from portal.robots import SALT
from portal.stale import StaleObject
from portal.tokens import digest
from programmes.models import Programme, VisitRequest
from programmes.visits import visits_waiting

from .records import make_group, make_organisation, make_programme, make_term, make_user, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_asked_yet(request):
    """The counter of requests stands in the database, and a cache outlives no test."""
    request.getfixturevalue("_django_db_helper")
    cache.clear()


def url(name, *args):
    with translation.override("en"):
        return reverse(f"programmes:{name}", args=args)


@pytest.fixture
def provider():
    return make_organisation(make_group())


@pytest.fixture
def programme(provider):
    route = make_term(Vocabulary.REFERRAL_ROUTE, "organisation-request")
    return make_programme(provider, terms=[route], title_en="At work")


def asked_for(**changes):
    opened = signing.dumps(time.time() - 60, salt=SALT)
    asked = {"institution": "Joinery Oak", "kind": "employer", "email": "office@example.org", "opened": opened}
    return {**asked, **changes}


def make_request(programme, **fields):
    token = f"token-{VisitRequest.objects.count()}"
    asked = {"institution": "Joinery Oak", "kind": "employer", "email": "office@example.org", "language": "en"}
    fields = {**asked, **fields}
    return VisitRequest.objects.create(programme=programme, token_digest=digest(token), **fields)


# ---- asking -------------------------------------------------------------------------------------------
def test_only_what_is_public_and_comes_on_request_can_be_asked_for(programme, provider):
    other = make_programme(provider)
    client = Client()
    assert [client.get(url("visit-ask", p.pk)).status_code for p in (programme, other)] == [200, 404]
    with translation.override("en"):
        pages = [client.get(p.get_absolute_url()).content.decode() for p in (programme, other)]
    assert [url("visit-ask", programme.pk) in html for html in pages] == [True, False]
    for status in ("paused", "archived", "draft"):
        Programme.objects.filter(pk=programme.pk).update(status=status)
        assert client.get(url("visit-ask", programme.pk)).status_code == 404, status


def test_the_partners_page_leads_to_the_form(programme, provider):
    with translation.override("en"):
        assert url("visit-ask", programme.pk) in Client().get(provider.get_absolute_url()).content.decode()


def test_of_a_partner_with_several_one_chooses_which(programme, provider):
    route = make_term(Vocabulary.REFERRAL_ROUTE, "organisation-request")
    second = make_programme(provider, terms=[route], title_en="Cooking at school")
    make_programme(provider, terms=[route], title_sl="Zdravi zobje")
    make_programme(provider, title_en="Only here")
    make_programme(make_organisation(), terms=[route], title_en="Of somebody else")
    page = url("visit-ask-partner", provider.pk)
    with translation.override("en"):
        assert page in Client().get(provider.get_absolute_url()).content.decode()
    html = Client().get(page).content.decode()
    names = ("At work", "Cooking at school", "Only here", "Of somebody else")
    assert [name in html for name in names] == [True, True, False, False]
    assert '<span lang="sl">Zdravi zobje</span>' in html
    answer = Client().post(page, asked_for(which=second.pk))
    assert (answer.status_code, VisitRequest.objects.get().programme) == (302, second)


def test_of_a_partner_nothing_is_asked_that_it_does_not_bring(programme, provider):
    other = make_programme(provider)
    page = url("visit-ask-partner", provider.pk)
    answers = [Client().post(page, asked_for(words="Two classes", which=which)) for which in ("", other.pk, "x")]
    assert [(answer.status_code, "Two classes" in answer.content.decode()) for answer in answers] == [(422, True)] * 3
    assert not VisitRequest.objects.exists()
    Programme.objects.filter(pk=programme.pk).update(status="paused")
    assert Client().get(page).status_code == 404


def test_it_is_stored_once_and_whoever_keeps_the_pages_hears_of_it(programme, provider):
    editor = make_user("editor", provider, language="en")
    make_user("editor", make_organisation(provider.memberships.get().group))
    form = asked_for(words="In April", once="one")
    answers = [Client().post(url("visit-ask", programme.pk), form) for _press in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    row = VisitRequest.objects.get()
    assert (row.institution, row.state, row.language) == ("Joinery Oak", "new", "en")
    mail = Outbox.objects.get()
    assert (mail.to_user, "Joinery Oak" in mail.text, "office@example.org" in mail.text) == (editor, True, False)
    html = Client().get(answers[0]["Location"]).content.decode()
    assert ("Joinery Oak" in html, "office@example.org" in html) == (True, False)


def test_where_nobody_keeps_the_pages_the_coordinator_hears_of_it(programme, provider):
    coordinator = make_user("coordinator", make_organisation(provider.memberships.get().group))
    make_user("coordinator", make_organisation(make_group()))
    Client().post(url("visit-ask", programme.pk), asked_for())
    assert [mail.to_user for mail in Outbox.objects.all()] == [coordinator]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("institution", ""),
        ("email", "nobody"),
        ("email", ""),
        ("kind", "x"),
        ("people", "0"),
        ("people", "99999999"),
        ("phone", "abc"),
        ("settlement", "77"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(programme, field, value):
    answer = Client().post(url("visit-ask", programme.pk), asked_for(words="Two classes") | {field: value})
    assert (answer.status_code, "Two classes" in answer.content.decode()) == (422, True)
    assert not VisitRequest.objects.exists()


def test_a_robot_is_refused_and_the_sixth_of_an_hour_waits(programme):
    assert Client().post(url("visit-ask", programme.pk), asked_for(website="x")).status_code == 400
    statuses = [Client().post(url("visit-ask", programme.pk), asked_for()).status_code for _number in range(6)]
    assert statuses == [302] * 5 + [429]


# ---- answering ----------------------------------------------------------------------------------------
def test_the_provider_and_the_coordinator_answer_and_nobody_else(programme, provider):
    group = provider.memberships.get().group
    row = make_request(programme)
    people = [
        make_user("editor", provider),
        make_user("coordinator", make_organisation(group)),
        make_user("editor", make_organisation(group)),
        make_user("adviser", provider),
        make_user("coordinator", make_organisation(make_group())),
    ]
    found = [signed_in(person).get(url("visit-answer", row.pk)).status_code for person in people]
    assert found == [200, 200, 404, 404, 404]
    lists = ["Joinery Oak" in signed_in(p).get(url("visit-requests")).content.decode() for p in people]
    assert lists == [True, True, False, False, False]
    waiting = [any("Joinery Oak" in i.what for i in waiting_for(p, timezone.localdate())) for p in people]
    assert waiting == [True, True, False, False, False]


def test_a_yes_goes_to_the_address_and_stands_on_the_page(programme, provider):
    row, client = make_request(programme), signed_in(make_user("editor", provider))
    refused = client.post(url("visit-answer", row.pk), {"to": "agreed", "answer": " "})
    assert refused.status_code == 422
    assert client.post(url("visit-answer", row.pk), {"to": "agreed", "answer": "On 14 April."}).status_code == 302
    assert Outbox.objects.get(kind="visit-answered").to == "office@example.org"
    html = Client().get(url("visit-followed", "token-0")).content.decode()
    assert ("On 14 April." in html, "Yes, we are coming" in html) == (True, True)
    again = client.post(url("visit-answer", row.pk), {"to": "declined", "answer": "No."})
    assert (again.status_code, "No." in again.content.decode()) == (409, True)


def test_states_follow_the_table(programme):
    row, user = make_request(programme), make_user()
    row.move_to("in_progress", user)
    with pytest.raises(StaleObject):
        row.move_to("new", user)
    with pytest.raises(ValidationError):
        row.move_to("declined", user)
    row.move_to("declined", user, "Not this year.")
    assert (row.is_open, row.answered_at is not None) == (False, True)


def test_how_to_reach_them_is_erased_after_thirty_days_and_after_a_year(programme):
    now = timezone.now()
    lately = make_request(programme, state="agreed", answered_at=now - timedelta(days=29), words="x")
    answered = make_request(programme, state="agreed", answered_at=now - timedelta(days=31), words="x", phone="1")
    forgotten = make_request(programme, created_at=now - timedelta(days=366))
    assert VisitRequest.objects.prune() == 2
    kept = {row.pk: (row.email, row.words, row.phone) for row in VisitRequest.objects.all()}
    assert kept == {
        lately.pk: ("office@example.org", "x", ""),
        answered.pk: ("", "", ""),
        forgotten.pk: ("", "", ""),
    }
    assert VisitRequest.objects.prune() == 0


def test_nobody_forgets_a_request_for_more_than_a_week(programme, provider):
    make_user("editor", provider)
    make_request(programme, created_at=timezone.now() - timedelta(days=8))
    make_request(programme)
    visits_waiting()
    visits_waiting()
    assert Outbox.objects.count() == 1


def test_lists_ask_few_questions_whatever_waits(programme, provider, django_assert_max_num_queries):
    for _number in range(15):
        make_request(programme)
    client = signed_in(make_user("editor", provider))
    with django_assert_max_num_queries(14):
        client.get(url("visit-requests"))
