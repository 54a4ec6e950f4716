"""Signing in: who may, what strangers learn, and how often one may try."""

from datetime import timedelta

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from partners.models import RefusedSignIn, User
from portal.models import Outbox

from .records import make_user, signed_in

pytestmark = pytest.mark.django_db
LOGIN = "/en/account/login/"
PASSWORD = "secret-for-tests"


@pytest.fixture(autouse=True)
def _nobody_tried_yet():
    cache.clear()
    yield
    cache.clear()


def try_to_sign_in(email, password=PASSWORD, client=None, **extra):
    return (client or Client()).post(LOGIN, {"login": email, "password": password}, **extra)


def test_a_member_signs_in_whatever_the_capitals():
    user = make_user(email="ana@example.org")
    client = Client()
    answer = try_to_sign_in("ANA@Example.org", client=client)
    assert (answer.status_code, answer["Location"]) == (302, "/en/account/begin/")
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("typed", ["Ana.Novak@example.org", "ana.novak@example.org"])
def test_an_account_whose_address_was_written_with_capitals_opens_and_gets_a_new_password(typed):
    user = make_user(email="Ana.Novak@Example.org")
    user.refresh_from_db()
    assert try_to_sign_in(typed).status_code == 302
    Client().post("/en/account/password/reset/", {"email": typed})
    assert [(mail.kind, mail.to) for mail in Outbox.objects.all()] == [("password_reset_key", user.email)]


@pytest.mark.parametrize(
    ("role", "fields", "begins"),
    [
        ("editor", {}, "/en/work/"),
        ("adviser", {}, "/en/work/"),
        ("coordinator", {"is_staff": True, "is_superuser": True}, "/en/work/"),
        (None, {"is_staff": True, "is_superuser": True}, "/admin/"),
        (None, {}, "/en/account/"),
    ],
)
def test_one_begins_at_what_waits_and_an_administrator_without_a_seat_in_the_administration(role, fields, begins):
    client = signed_in(make_user(role, **fields))
    answer = client.get("/en/account/begin/")
    assert (answer.status_code, answer["Location"]) == (302, begins)
    assert client.get(begins).status_code == 200


def test_a_seat_that_has_ended_leads_to_no_work():
    user = make_user("editor")
    user.seats.update(ends_on="2021-01-01")
    assert signed_in(user).get("/en/account/begin/")["Location"] == "/en/account/"


def test_who_was_on_the_way_to_a_page_comes_to_that_page():
    make_user("editor", email="ana@example.org")
    answer = Client().post(
        f"{LOGIN}?next=/en/people/", {"login": "ana@example.org", "password": PASSWORD, "next": "/en/people/"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/en/people/")


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer():
    make_user(email="ana@example.org")
    wrong, unknown = try_to_sign_in("ana@example.org", "wrong-password"), try_to_sign_in("nobody@example.org")
    assert wrong.status_code == unknown.status_code == 200
    assert words_of(wrong) == words_of(unknown)


def words_of(answer):
    """What stands on the page, without what belongs to this one form."""
    html = answer.content.decode()
    for changing in ("ana@example.org", "nobody@example.org"):
        html = html.replace(changing, "")
    return [line for line in html.splitlines() if "csrfmiddlewaretoken" not in line]


def test_after_five_wrong_passwords_the_right_one_must_wait():
    make_user(email="ana@example.org")
    for _try in range(5):
        try_to_sign_in("ana@example.org", "wrong-password")
    client = Client()
    try_to_sign_in("ana@example.org", client=client)
    assert "_auth_user_id" not in client.session


def test_another_person_signs_in_meanwhile():
    make_user(email="ana@example.org")
    for _try in range(5):
        try_to_sign_in("ana@example.org", "wrong-password")
    make_user(email="bor@example.org")
    client = Client()
    try_to_sign_in("bor@example.org", client=client, REMOTE_ADDR="192.0.2.7")
    assert "_auth_user_id" in client.session


def test_nobody_signs_up_by_themselves():
    form = {"email": "new@example.org", "password1": "Long-enough-4", "password2": "Long-enough-4"}
    answer = Client().post("/en/account/signup/", form)
    assert "Accounts are by invitation" in answer.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_forgotten_password_answers_everybody_alike_and_writes_in_their_language():
    make_user(email="ana@example.org", language="de")
    answers = [
        Client().post("/en/account/password/reset/", {"email": email})
        for email in ("ana@example.org", "no@example.org")
    ]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, "/en/account/password/reset/done/")
    }
    mail = Outbox.objects.get(to="ana@example.org")
    assert mail.language == "de"
    assert "/account/password/reset/key/" in mail.text


def test_a_new_password_ends_the_other_sessions():
    user = make_user(email="ana@example.org")
    here, there = signed_in(user), signed_in(user)
    form = {"oldpassword": PASSWORD, "password1": "Long-enough-4711", "password2": "Long-enough-4711"}
    assert here.post("/en/account/password/change/", form).status_code == 302
    assert [client.get("/en/account/").status_code for client in (here, there)] == [200, 302]


def test_who_may_no_longer_sign_in_is_out_at_once():
    user = make_user()
    client = signed_in(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/en/account/").status_code == 302


@pytest.mark.parametrize(
    ("role", "is_staff", "is_sent_there"),
    [("coordinator", False, True), ("editor", False, False), (None, True, True), (None, False, False)],
)
def test_coordinators_and_administrators_need_a_second_proof(settings, role, is_staff, is_sent_there):
    settings.REQUIRE_SECOND_FACTOR = True
    user = make_user(role, is_staff=is_staff)
    client = signed_in(user)
    answer = client.get("/en/account/erase/" if role else "/en/about-nothing/")
    client_answer = client.get("/en/people/")
    sent = client_answer.status_code == 302 and client_answer["Location"] == "/en/account/factors/totp/activate/"
    assert sent is is_sent_there
    assert answer.status_code in (200, 302, 404)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    assert client.get("/en/people/").status_code in (200, 404)


def test_no_page_of_the_administration_opens_without_the_second_proof(settings):
    settings.REQUIRE_SECOND_FACTOR = True
    client = signed_in(make_user(is_staff=True, is_superuser=True))
    paths = [
        *("/admin/", "/admin/partners/user/", "/admin/mfa/authenticator/", "/admin/account/emailaddress/"),
        *("/admin/usersessions/usersession/", "/en/our-programmes/"),
    ]
    answers = [client.get(path) for path in paths]
    assert [(answer.status_code, answer.url.split("/")[-3:]) for answer in answers] == [
        (302, ["totp", "activate", ""]) for _path in paths
    ]


def test_secrets_of_second_factors_stand_in_no_page_of_the_administration():
    client = signed_in(make_user(is_staff=True, is_superuser=True))
    assert client.get("/admin/mfa/authenticator/").status_code == 404


def test_nobody_gives_themselves_an_address_that_was_not_proved():
    client = signed_in(make_user(email="ana@example.org"))
    assert client.post("/en/account/email/", {"action_add": "", "email": "boss@example.org"}).status_code == 404


def test_the_administration_is_entered_by_the_same_door():
    answer = Client().get("/admin/login/?next=/admin/")
    assert answer.status_code == 302
    assert "/account/login/" in answer["Location"] or "/racun/" in answer["Location"]
    assert signed_in(make_user()).get("/admin/login/").status_code == 403


def test_signing_in_gives_a_new_session():
    make_user(email="ana@example.org")
    client = Client()
    client.get(LOGIN)
    before = client.session.session_key
    try_to_sign_in("ana@example.org", client=client)
    assert client.session.session_key != before


def test_signing_out_kills_the_session_on_the_server():
    client = signed_in(make_user())
    key = client.session.session_key
    client.post("/en/account/logout/")
    assert not Session.objects.filter(session_key=key).exists()


@pytest.mark.parametrize("language", ["sl", "en", "da", "nb", "de"])
def test_the_door_speaks_every_language(language):
    with translation.override(language):
        path = reverse("account_login")
    html = Client().get(path).content.decode()
    assert f'<html lang="{language}"' in html
    assert 'name="login"' in html


def test_who_is_refused_reads_nothing_about_saving():
    html = try_to_sign_in("nobody@example.org").content.decode()
    assert ("You are not signed in yet" in html, "could not be saved" in html) == (True, False)


# ---- what an administrator sees of refusals -------------------------------------------------------
def refusals():
    return list(RefusedSignIn.objects.order_by("reason", "account").values_list("reason", "account", "count"))


def test_refused_sign_ins_are_counted_by_hour_reason_and_account_and_keep_no_address():
    user = make_user(email="ana@example.org")
    for _attempt in range(2):
        try_to_sign_in("ANA@example.org", "wrong-password")
    try_to_sign_in("nobody@example.org")
    assert refusals() == [("password", 0, 1), ("password", user.pk, 2)]
    try_to_sign_in("ana@example.org")
    assert refusals() == [("password", 0, 1), ("password", user.pk, 2)]


def test_attempts_that_are_told_to_wait_are_counted_too():
    user = make_user(email="ana@example.org")
    for _attempt in range(7):
        try_to_sign_in("ana@example.org", "wrong-password")
    assert refusals() == [("password", user.pk, 5), ("too_often", user.pk, 2)]


def test_a_wrong_code_and_a_passkey_that_is_none_are_counted():
    user = make_user(email="ana@example.org")
    Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": encrypt("x"), "used_mask": 0})
    Authenticator.objects.create(user=user, type="totp", data={"secret": encrypt("JBSWY3DPEHPK3PXP")})
    client = Client()
    assert try_to_sign_in("ana@example.org", client=client)["Location"].startswith("/en/account/factors/authenticate/")
    client.post("/en/account/factors/authenticate/", {"code": "000000"})
    assert refusals() == [("second", user.pk, 1)]
    stranger = Client()
    stranger.get("/en/account/factors/webauthn/login/", headers={"x-requested-with": "XMLHttpRequest"})
    stranger.post("/en/account/factors/webauthn/login/", {"credential": '{"id": 1}'})
    assert refusals() == [("second", 0, 1), ("second", user.pk, 1)]


def test_an_administrator_sees_at_which_account_somebody_tried_and_changes_nothing():
    make_user(email="ana@example.org")
    try_to_sign_in("ana@example.org", "wrong-password")
    try_to_sign_in("nobody@example.org")
    client = signed_in(make_user(is_staff=True, is_superuser=True))
    html = client.get("/admin/partners/refusedsignin/").content.decode()
    assert ("ana@example.org" in html, "nobody@example.org" in html) == (True, False)
    assert client.get("/admin/partners/refusedsignin/add/").status_code == 403


def test_counts_of_refused_sign_ins_are_forgotten_after_ninety_days():
    try_to_sign_in("nobody@example.org")
    now = timezone.now()
    assert RefusedSignIn.objects.prune(now + timedelta(days=89)) == 0
    assert RefusedSignIn.objects.prune(now + timedelta(days=91)) == 1


@pytest.mark.parametrize(("language", "names"), [("en", ["Passkey", "Passkey 2", "Passkey 3"])])
def test_a_new_passkey_is_called_what_the_page_calls_it(language, names):
    user, found = make_user(), []
    for number in range(3):
        with translation.override(language):
            found.append(get_adapter().generate_authenticator_name(user, Authenticator.Type.WEBAUTHN))
        Authenticator.objects.create(user=user, type="webauthn", data={"name": str(number)})
    assert found == names
