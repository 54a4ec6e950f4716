"""Sessions: how long they last, what must be proved again, and what is kept of a form when one ran out."""

import json
import os
import re
import subprocess
import sys
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.contrib.auth.hashers import get_hasher
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partners import accounts
from partners.models import User
from portal import typed
from portal.models import Outbox

from .authenticator import Authenticator as SoftKey
from .records import make_programme, make_user, proved, signed_in

pytestmark = pytest.mark.django_db
LOGIN = "/en/account/login/"
PASSWORD = "secret-for-tests"
PASSWORD_HASHER = type(get_hasher())


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
    """The session ends on the server, as after a sign-out from elsewhere; the browser keeps its cookies."""
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
        said = "you will get it back once you have signed in"
        assert [said in c.get(answer["Location"]).content.decode() for c in (client, Client())] == [True, False]
        answer = client.post(answer["Location"], {"login": editor.email, "password": PASSWORD})
        assert answer["Location"] == "/en/account/"
        html = client.get("/en/account/").content.decode()
        assert "You were signed out while writing. What you typed has been kept." in html
        assert html.index("Continue with it") < html.index("What you typed</summary>")
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
        assert answer["Location"] == "/en/account/begin/"
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


# ---- what must be proved once more ------------------------------------------------------------------
FACTORS = "/en/account/factors/"
SENSITIVE = [
    ("get", FACTORS + "totp/activate/"),
    ("get", FACTORS + "totp/deactivate/"),
    ("get", FACTORS + "recovery-codes/"),
    ("get", FACTORS + "recovery-codes/download/"),
    ("post", FACTORS + "recovery-codes/generate/"),
    ("get", FACTORS + "webauthn/add/"),
    ("post", FACTORS + "webauthn/keys/{key}/remove/"),
    ("post", FACTORS + "webauthn/keys/{key}/edit/"),
    ("post", "/en/account/erase/"),
]


class TestProvingItOnceMore:
    @pytest.mark.parametrize(("method", "path"), SENSITIVE)
    def test_a_stolen_session_alone_changes_nothing_that_matters(self, method, path):
        user = make_user()
        key = Authenticator.objects.create(user=user, type="webauthn", data={})
        if "totp/deactivate" in path:
            Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
        if "recovery" in path:
            Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
            Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": "x", "used_mask": 0})
        before = [*Authenticator.objects.order_by("pk").values_list("pk", "type", "data")]
        answer = getattr(signed_in(user), method)(path.format(key=key.pk))
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/en/account/reauthenticate/")
        assert [*Authenticator.objects.order_by("pk").values_list("pk", "type", "data")] == before
        assert User.objects.get(pk=user.pk).is_active

    def test_a_new_password_wants_the_old_one(self):
        user = make_user()
        form = {"oldpassword": "wrong", "password1": "Long-enough-4711", "password2": "Long-enough-4711"}
        proved(user).post("/en/account/password/change/", form)
        user.refresh_from_db()
        assert user.check_password(PASSWORD)

    def test_the_proof_holds_for_five_minutes(self, monkeypatch):
        client = proved(make_user())
        assert client.get(FACTORS + "totp/activate/").status_code == 200
        later = time.time() + 301
        monkeypatch.setattr("allauth.account.internal.flows.reauthentication.time.time", lambda: later)
        assert client.get(FACTORS + "totp/activate/").status_code == 302

    def test_the_erasure_that_was_asked_for_is_done_once_the_password_is_given(self):
        user = make_user(full_name="Ana")
        client = signed_in(user)
        answer = client.post("/en/account/erase/")
        client.post(answer["Location"], {"password": "wrong"})
        assert User.objects.get(pk=user.pk).is_active
        client.post(answer["Location"], {"password": PASSWORD, "next": "/en/account/erase/"})
        assert (User.objects.get(pk=user.pk).full_name, here(client)) == ("", False)


# ---- signing out from elsewhere ---------------------------------------------------------------------
def test_other_sessions_are_ended_from_here_and_this_one_goes_on():
    user = make_user()
    mine, other, stranger = signed_in(user), signed_in(user), signed_in(make_user())
    assert all(here(client) for client in (mine, other, stranger))
    mine.post("/en/account/sessions/")
    assert [here(client) for client in (mine, other, stranger)] == [True, False, True]


# ---- cookies ----------------------------------------------------------------------------------------
COOKIES = """
from django.conf import settings
for name in ("SESSION", "CSRF"):
    print(*(getattr(settings, f"{name}_COOKIE_{flag}") for flag in ("NAME", "SECURE", "HTTPONLY", "SAMESITE", "PATH")))
print(settings.WHO_COOKIE_NAME, settings.SESSION_COOKIE_DOMAIN, settings.CSRF_COOKIE_DOMAIN)
"""


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0", "Firefox · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0", "Edge · Windows"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "–"),
    ],
)
def test_a_session_is_told_by_browser_and_machine(says, words):
    user = make_user()
    client = Client(headers={"user-agent": says})
    sign_in(client, user)
    client.get("/en/account/")
    html = client.get("/en/account/sessions/").content.decode()
    assert re.search(r'panel__title">([^<]*?) *<span class="badge">', html)[1] == words
    assert "this browser" in html


def test_the_recovery_codes_stand_on_their_page():
    user = make_user()
    client = Client()
    sign_in(client, user)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    asked = client.get(FACTORS + "recovery-codes/")
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == FACTORS + "recovery-codes/"
    html = client.get(FACTORS + "recovery-codes/").content.decode()
    assert re.findall(r"<li><code>([^<]+)</code>", html) == codes
    assert "10 codes are unused." in html


def test_over_https_cookies_are_bound_to_the_host_and_read_by_no_script():
    environment = {**os.environ, "SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "portal.example"}
    environment |= {"DATABASE_URL": "postgres://portal@localhost/none", "DJANGO_SETTINGS_MODULE": "portal.settings"}
    environment.pop("DEBUG", None)
    done = subprocess.run([sys.executable, "-c", COOKIES], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:3] == [
        "__Host-session True True Lax /",
        "__Host-csrf True True Lax /",
        "__Host-who None None",
    ]


def test_every_cookie_is_closed_to_scripts_and_to_other_sites():
    client = Client()
    client.get(LOGIN)
    sign_in(client, make_user())
    cookies = client.cookies.values()
    assert {cookie.key for cookie in cookies} == {
        settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.WHO_COOKIE_NAME
    }  # fmt: skip
    assert [(cookie["httponly"], cookie["samesite"], cookie["domain"]) for cookie in cookies] == [(True, "Lax", "")] * 3


# ---- whose address it is -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "198.51.100.7", "127.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "made-up, 203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7, 192.0.2.1", "198.51.100.7"),
        (2, "198.51.100.7", "127.0.0.1"),
        (1, "nonsense", "127.0.0.1"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
        (1, "", "127.0.0.1"),
    ],
)
def test_the_readers_address_is_what_our_own_outermost_proxy_saw(settings, rf, proxies, header, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = rf.get("/", headers={"x-forwarded-for": header} if header else {})
    assert accounts.AccountAdapter(request).get_client_ip(request) == address


def test_nobody_escapes_a_limit_by_making_up_addresses(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answers = [
        Client().post(
            "/en/account/password/reset/",
            {"email": f"a{number}@example.org"},
            headers={"x-forwarded-for": f"203.0.113.{number}, 198.51.100.7"},
        ).status_code
        for number in range(22)
    ]  # fmt: skip
    assert answers[:20] == [302] * 20
    assert answers[21] == 429


def test_one_mailbox_gets_five_mails_an_hour_about_a_password_whoever_asks(settings, clock, monkeypatch):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    monkeypatch.setattr(ratelimit, "time", SimpleNamespace(time=clock.time, monotonic=time.monotonic))
    for number in range(7):
        headers = {"x-forwarded-for": f"198.51.100.{number}"}
        Client().post("/en/account/password/reset/", {"email": "stranger@example.org"}, headers=headers)
        clock.forward(seconds=70)
    assert Outbox.objects.filter(to="stranger@example.org").count() == 5


# ---- strangers learn nothing about accounts --------------------------------------------------------------
@pytest.fixture
def hashed(monkeypatch):
    """How often a password was hashed: what takes the time, and so what could be measured from outside."""
    calls = []
    encode = PASSWORD_HASHER.encode

    def counted(self, password, salt):
        calls.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(PASSWORD_HASHER, "encode", counted)
    monkeypatch.setattr(PASSWORD_HASHER, "verify", lambda self, password, encoded: calls.append(password) or False)
    return calls


@pytest.mark.parametrize("is_active", [True, False])
def test_an_unknown_address_costs_as_much_hashing_and_as_many_questions_as_a_known_one(hashed, is_active):
    make_user(email="ana@example.org", is_active=is_active)
    seen = []
    for email in ("ana@example.org", "nobody@example.org"):
        hashed.clear()
        with CaptureQueriesContext(connection) as asked:
            answer = Client().post(LOGIN, {"login": email, "password": "wrong-password"})
        html = re.sub(r'value="[^"]*"', "", answer.content.decode())
        seen.append((answer.status_code, len(html), len(hashed), [kind_of(query) for query in asked]))
    assert seen[0] == seen[1]
    assert seen[0][2] == 1


def test_a_forgotten_password_answers_alike_with_as_much_hashing(hashed):
    make_user(email="ana@example.org")
    seen = []
    for email in ("ana@example.org", "nobody@example.org"):
        hashed.clear()
        answer = Client().post("/en/account/password/reset/", {"email": email})
        seen.append((answer.status_code, answer["Location"], len(hashed)))
    assert seen == [(302, "/en/account/password/reset/done/", 0)] * 2


def kind_of(query):
    """Verb and tables of a query, without what belongs to this one request."""
    return query["sql"].split()[0], re.findall(r'(?:FROM|INTO|UPDATE) "?(\w+)', query["sql"])


# ---- passkeys ---------------------------------------------------------------------------------------
def add_passkey(client, key):
    page = client.get(FACTORS + "webauthn/add/")
    credential = key.create(json.loads(json.dumps(page.context["js_data"]["creation_options"])))
    return client.post(FACTORS + "webauthn/add/", {"name": "My key", "passwordless": "on", "credential": credential})


def sign_in_with(key, client=None):
    client = client or Client()
    asked = client.get(FACTORS + "webauthn/login/", headers={"x-requested-with": "XMLHttpRequest"}).json()
    client.post(FACTORS + "webauthn/login/", {"credential": key.get(asked["request_options"])})
    return client


class TestPasskeys:
    @pytest.fixture(autouse=True)
    def _as_over_https(self, settings):
        settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False

    def test_the_pages_speak_of_passkeys_and_of_nothing_else(self):
        user = make_user()
        client, key = proved(user), SoftKey()
        pages = ["", "webauthn/", "webauthn/add/", "recovery-codes/generate/", "totp/deactivate/"]
        add_passkey(client, key)
        Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
        number = Authenticator.objects.get(type="webauthn").pk
        pages += [f"webauthn/keys/{number}/edit/", f"webauthn/keys/{number}/remove/"]
        for page in pages:
            answer = client.get(FACTORS + page)
            assert (page, answer.status_code) == (page, 200)
            assert not re.search("security key|two-factor", answer.content.decode(), re.IGNORECASE), page

    def test_a_person_adds_a_passkey_and_signs_in_with_it_alone(self):
        user, key = make_user(), SoftKey()
        assert add_passkey(proved(user), key).status_code == 302
        client = sign_in_with(key)
        assert client.session["_auth_user_id"] == str(user.pk)
        assert here(client)

    @pytest.mark.parametrize("fault", [{"origin": "https://evil.example"}, {"verifies": False}])
    def test_a_key_of_another_site_or_without_its_owner_is_refused(self, fault):
        user, key = make_user(), SoftKey()
        add_passkey(proved(user), key)
        for name, value in fault.items():
            setattr(key, name, value)
        assert not here(sign_in_with(key))

    def test_another_persons_key_opens_no_other_account(self):
        mine, other = SoftKey(), SoftKey()
        add_passkey(proved(make_user()), mine)
        add_passkey(proved(make_user()), other)
        mine.user = other.user
        assert not here(sign_in_with(mine))

    def test_an_answer_that_was_overheard_works_once(self):
        user, key, client = make_user(), SoftKey(), Client()
        add_passkey(proved(user), key)
        ask = {"headers": {"x-requested-with": "XMLHttpRequest"}}
        answer = key.get(client.get(FACTORS + "webauthn/login/", **ask).json()["request_options"])
        again = Client()
        again.get(FACTORS + "webauthn/login/", **ask)
        again.post(FACTORS + "webauthn/login/", {"credential": answer})
        assert not here(again)

    def test_a_signature_that_does_not_hold_opens_nothing(self):
        user, key = make_user(), SoftKey()
        add_passkey(proved(user), key)
        key.key = SoftKey().key
        assert not here(sign_in_with(key))

    @pytest.mark.parametrize("credential", ["", "{}", "[]", "null", '{"id": 1}', '{"response": {"userHandle": "AA"}}'])
    def test_nonsense_instead_of_an_answer_is_no_error_of_ours(self, credential):
        client = Client()
        client.get(FACTORS + "webauthn/login/", headers={"x-requested-with": "XMLHttpRequest"})
        answer = client.post(FACTORS + "webauthn/login/", {"credential": credential})
        assert answer.status_code in (200, 302)
        assert not here(client)
        member = proved(make_user())
        member.get(FACTORS + "webauthn/add/")
        assert member.post(FACTORS + "webauthn/add/", {"credential": credential}).status_code == 200
        assert not Authenticator.objects.exists()


# ---- the document ------------------------------------------------------------------------------------
def test_every_test_that_the_security_document_names_exists():
    """`file.py`: `name`, `name`; …: each name is a test or a class of that file."""
    folder = settings.BASE_DIR / "tests"
    lines = (settings.BASE_DIR / "docs" / "security.md").read_text().splitlines()
    named = [line.split("|")[2] for line in lines if line.startswith("|") and "`test_" in line]
    missing, file = [], None
    for word in re.findall(r"`([^`]+)`", " ".join(named)):
        if word.endswith(".py"):
            file = folder / word
            missing += [] if file.exists() else [word]
        elif not re.search(rf"^\s*(?:def|class) {word}\b", file.read_text(), re.MULTILINE):
            missing.append(f"{file.name}: {word}")
    assert len(named) > 30
    assert missing == []


@pytest.mark.parametrize("salt", ["portal.record-form", "programmes.form", "made-up"])
def test_what_stood_in_a_form_when_it_was_opened_is_not_called_typed(salt):
    base = signing.dumps([3, {"offer_sl": "We walk.\nTogether."}], salt=salt, compress=True)
    fields = [("base", base), ("offer_sl", "We walk.\r\nTogether. "), ("offer_de", "Wir gehen heute."), ("x", "one")]
    theirs = ["We walk.\r\nTogether. "] if salt == "made-up" else []
    assert typed.texts(fields) == [*theirs, "Wir gehen heute."]
