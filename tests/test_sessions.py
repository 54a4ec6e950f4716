"""Sessions: how long they last, what must be proved again, and what is kept of a form when one ran out."""

import re
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import translation

from partners import accounts
from portal import typed

from .records import make_organisation, make_programme, make_user, signed_in

pytestmark = pytest.mark.django_db
LOGIN = "/en/account/login/"
PASSWORD = "secret-for-tests"


@pytest.fixture(autouse=True)
def _nobody_tried_yet():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def clock(monkeypatch):
    """Moves the clock of sessions and of what was typed."""

    class Clock:
        now = time.time()

        def forward(self, **span):
            self.now += timedelta(**span).total_seconds()

        def time(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(accounts, "time", clock)
    monkeypatch.setattr(typed, "time", clock)
    return clock


def here(client):
    return client.get("/en/account/").status_code == 200


def sign_in(client, user):
    return client.post(LOGIN, {"login": user.email, "password": PASSWORD})


# ---- how long a session lasts ----------------------------------------------------------------------
class TestLimits:
    def test_after_twelve_hours_without_a_request_one_signs_in_again(self, clock):
        client = signed_in(make_user())
        assert here(client)
        clock.forward(hours=11)
        assert here(client)
        clock.forward(hours=11)
        assert here(client)
        clock.forward(hours=12, minutes=1)
        assert not here(client)

    def test_a_session_that_was_never_used_after_signing_in_ends_as_well(self, clock):
        client = signed_in(make_user())
        clock.forward(hours=13)
        assert not here(client)

    @pytest.mark.parametrize(
        ("fields", "hours"), [({}, 30 * 24), ({"is_staff": True}, 24), ({"is_superuser": True}, 24)]
    )
    def test_even_who_is_always_here_signs_in_again_after_a_month_and_staff_after_a_day(self, clock, fields, hours):
        client = signed_in(make_user(**fields))
        for _step in range(hours // 6):
            assert here(client)
            clock.forward(hours=6)
        clock.forward(minutes=1)
        assert not here(client)

    def test_the_session_that_ended_is_gone_from_the_server(self, clock):
        client = signed_in(make_user())
        key = client.session.session_key
        clock.forward(hours=13)
        here(client)
        assert not Session.objects.filter(session_key=key).exists()

    def test_signing_in_again_begins_a_new_month(self, clock):
        user = make_user()
        client = signed_in(user)
        clock.forward(days=31)
        assert not here(client)
        sign_in(client, user)
        assert here(client)

    def test_not_every_request_writes_that_one_was_here(self, clock, django_assert_num_queries):
        client = signed_in(make_user())
        here(client)
        before = client.session["seen_at"]
        clock.forward(minutes=4)
        here(client)
        assert client.session["seen_at"] == before


# ---- what was typed ---------------------------------------------------------------------------------
@pytest.fixture
def editor():
    return make_user("editor", full_name="Ana")


def form_of(client, path, **changes):
    """The fields of the form on a page as a browser would send them, some changed."""
    html = client.get(path).content.decode()
    names = re.findall(r'<(?:input|textarea|select)[^>]* name="([^"]+)"', html)
    return dict.fromkeys(names, "") | changes


def run_out(client):
    """The session ends on the server, as after a clean-up or a sign-out from elsewhere; the browser keeps its cookies."""
    Session.objects.filter(session_key=client.session.session_key).delete()


def writes_too_late(client, path="/en/account/", **fields):
    here(client)
    run_out(client)
    return client.post(path, {"full_name": "Ana Novak", "language": "en", **fields})


class TestWhatWasTyped:
    def test_it_is_offered_after_signing_in_and_saved_when_its_author_goes_on(self, editor):
        client = signed_in(editor)
        answer = writes_too_late(client, expertise_en="sleep, walking")
        assert answer.status_code == 302
        answer = client.post(answer["Location"], {"login": editor.email, "password": PASSWORD})
        assert answer["Location"] == "/en/account/"
        html = client.get("/en/account/").content.decode()
        assert "You were signed out while writing. What you typed is kept." in html
        kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
        assert kept.pop("csrfmiddlewaretoken")
        assert kept == {"full_name": "Ana Novak", "language": "en", "expertise_en": "sleep, walking"}
        assert client.post("/en/account/", kept).status_code == 302
        editor.refresh_from_db()
        assert (editor.full_name, editor.expertise_en) == ("Ana Novak", "sleep, walking")
        assert "You were signed out" not in client.get("/en/account/").content.decode()

    def test_it_is_kept_when_twelve_hours_passed_over_it(self, editor, clock):
        client = signed_in(editor)
        here(client)
        clock.forward(hours=13)
        client.post("/en/account/", {"full_name": "Ana Novak", "language": "en"})
        sign_in(client, editor)
        assert "Ana Novak" in client.get("/en/account/").content.decode()

    def test_thrown_away_it_is_gone_and_nothing_was_changed(self, editor):
        client = signed_in(editor)
        writes_too_late(client)
        sign_in(client, editor)
        answer = client.post("/en/account/", {"full_name": "Ana Novak", typed.THROW_AWAY: "1"})
        assert answer["Location"] == "/en/our-programmes/"
        editor.refresh_from_db()
        assert editor.full_name == "Ana"
        assert "Ana Novak" not in client.get("/en/account/").content.decode()

    def test_somebody_else_who_signs_in_at_the_same_browser_never_sees_it(self, editor):
        client = signed_in(editor)
        writes_too_late(client)
        sign_in(client, make_user())
        assert "Ana Novak" not in client.get("/en/account/").content.decode()
        assert "Ana Novak" not in str(dict(client.session))

    def test_a_browser_that_nobody_was_signed_in_at_keeps_nothing(self):
        client = Client()
        answer = client.post("/en/account/", {"full_name": "Ana Novak"})
        assert (answer.status_code, answer.cookies.keys(), Session.objects.count()) == (302, set(), 0)

    @pytest.mark.parametrize("cookie", ["1", "1:forged:forged", "x" * 4000])
    def test_a_cookie_somebody_made_up_keeps_nothing(self, cookie):
        client = Client()
        client.cookies[settings.WHO_COOKIE_NAME] = cookie
        assert client.post("/en/account/", {"full_name": "Ana Novak"}).status_code == 302
        assert Session.objects.count() == 0

    def test_who_signs_out_themselves_leaves_nothing_behind(self, editor):
        client = signed_in(editor)
        here(client)
        client.post("/en/account/logout/")
        assert client.cookies[settings.WHO_COOKIE_NAME].value == ""
        client.post("/en/account/", {"full_name": "Ana Novak"})
        assert typed.KEY not in client.session

    def test_after_a_day_it_is_forgotten(self, editor, clock):
        client = signed_in(editor)
        writes_too_late(client)
        clock.forward(hours=25)
        sign_in(client, editor)
        assert "Ana Novak" not in client.get("/en/account/").content.decode()
        assert "Ana Novak" not in str(dict(client.session))

    def test_passwords_and_tokens_are_not_kept(self, editor):
        client = signed_in(editor)
        writes_too_late(client, password="hush-hush", new_password2="hush-hush", csrfmiddlewaretoken="t0ken")
        writes_too_late(client, "/en/account/password/change/", oldpassword="hush-hush")
        assert "hush-hush" not in str(dict(client.session))
        assert "t0ken" not in str(dict(client.session))

    def test_more_than_two_hundred_kilobytes_are_not_kept_and_no_more_than_five_forms(self, editor):
        client = signed_in(editor)
        writes_too_late(client, expertise_en="x" * 200_001)
        assert typed.KEY not in client.session
        for number in range(7):
            client.post(f"/en/account/?n={number}", {"full_name": "Ana Novak"})
        assert list(client.session[typed.KEY]) == [f"/en/account/?n={number}" for number in range(2, 7)]

    def test_the_page_itself_decides_whether_it_may_be_sent_again(self, editor):
        """The seat ended in the meantime: what was typed is shown to its author, and changes nothing."""
        programme = make_programme(editor.seats.get().membership.organisation, title_en="Walks")
        client = signed_in(editor)
        here(client)
        run_out(client)
        path = f"/en/our-programmes/{programme.pk}/"
        client.post(path, {"title_en": "Runs in the park"})
        editor.seats.all().delete()
        sign_in(client, editor)
        assert "Runs in the park" in client.get(path).content.decode()
        assert client.post(path, {"title_en": "Runs in the park"}).status_code == 404
        programme.refresh_from_db()
        assert programme.title_en == "Walks"

    def test_an_address_that_takes_forms_only_offers_it_too(self, editor):
        programme = make_programme(editor.seats.get().membership.organisation)
        client = signed_in(editor)
        here(client)
        run_out(client)
        path = f"/en/our-programmes/{programme.pk}/move/"
        answer = client.post(path, {"to": "paused"})
        answer = client.post(answer["Location"], {"login": editor.email, "password": PASSWORD})
        assert answer["Location"] == path
        assert 'name="to" value="paused"' in client.get(path).content.decode()

    def test_what_was_typed_cannot_break_out_of_the_page(self, editor):
        client = signed_in(editor)
        writes_too_late(client, full_name='"><script>alert(1)</script> a')
        sign_in(client, editor)
        assert "<script>alert" not in client.get("/en/account/").content.decode()

    def test_the_page_is_kept_by_nobody(self, editor):
        client = signed_in(editor)
        writes_too_late(client)
        sign_in(client, editor)
        assert "no-store" in client.get("/en/account/")["Cache-Control"]

    def test_a_form_from_another_site_is_not_kept(self, editor):
        client = Client(enforce_csrf_checks=True)
        client.force_login(editor)
        here(client)
        run_out(client)
        assert client.post("/en/account/", {"full_name": "Eve"}).status_code == 403
        assert typed.KEY not in client.session
