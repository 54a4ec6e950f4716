"""What went wrong is said calmly, in the reader's language, with the right number, and never as a 500."""

import re
import time
from html import unescape

import pytest
from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError
from django.test import Client, RequestFactory
from django.utils import translation

from portal import errors, middleware
from portal.robots import SALT
from portal.stale import StaleObject
from programmes.models import ProblemReport

pytestmark = pytest.mark.django_db
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def request(language="en"):
    request = RequestFactory().get(f"/{language}/")
    request.LANGUAGE_CODE = language
    return request


PAGES = {
    400: errors.bad_request,
    403: errors.forbidden,
    404: errors.not_found,
    409: lambda request: errors.conflict(request, "Ana je medtem shranila."),
    413: errors.too_large,
    429: lambda request: errors.too_many(request, 90),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", PAGES)
def test_every_error_is_a_page_of_ours_in_the_readers_language(status, language):
    with translation.override(language):
        response = PAGES[status](request(language))
    html = response.content.decode()
    assert response.status_code == status
    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 1
    assert 'class="oops"' in html
    assert response["Cache-Control"] == "no-store"


def test_a_conflict_says_who_did_what():
    assert "Ana je medtem shranila." in PAGES[409](request()).content.decode()


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "a minute"), (60, "a minute"), (61, "2 minutes"), (3600, "60 minutes")]
)
def test_who_was_too_fast_is_told_how_long_to_wait(seconds, words):
    with translation.override("en"):
        response = errors.too_many(request(), seconds)
    assert (response.status_code, response["Retry-After"]) == (429, str(seconds))
    assert words in response.content.decode()


# ---- at the door ----------------------------------------------------------------------------------
BROKEN = ["%00", "%FF%FE", "a%00b", "%C3%28", "%ED%A0%80"]


@pytest.mark.parametrize("value", BROKEN)
@pytest.mark.parametrize("path", ["/sl/programi/?q={}", "/sl/kraji/?{}=1", "/admin/login/?next={}", "/?x={}"])
def test_a_broken_query_is_a_calm_400(path, value):
    response = Client().get(path.format(value))
    assert response.status_code == 400
    assert b"<h1>" in response.content
    assert "Content-Security-Policy" in response


@pytest.mark.parametrize("value", BROKEN)
def test_a_broken_field_is_a_calm_400(value):
    form = "application/x-www-form-urlencoded"
    for body in (f"username={value}&password=x", f"{value}=1"):
        assert Client().post("/admin/login/", body, content_type=form).status_code == 400


def test_a_nul_in_a_form_with_files_is_a_calm_400():
    file = SimpleUploadedFile("a.csv", b"x")
    assert Client().post("/admin/login/", {"username": "a\x00b", "file": file}).status_code == 400


@pytest.mark.parametrize("name", [b"a\xff.csv", b"a\x00.csv", b"\xc3\x28.csv"])
def test_a_broken_file_name_is_never_an_error_of_ours(name):
    """Django takes out what cannot be printed; what it marks as broken is refused."""
    body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="' + name + b'"\r\n\r\nx\r\n--x--\r\n'
    response = Client().generic("POST", "/admin/login/", body, content_type="multipart/form-data; boundary=x")
    assert response.status_code in (200, 302, 400)


def test_a_file_name_with_a_broken_character_is_a_calm_400():
    assert Client().post("/admin/login/", {"f": SimpleUploadedFile("a\ufffd.csv", b"x")}).status_code == 400


def test_a_cookie_with_a_nul_is_as_good_as_none():
    zeros = '"' + "\\000" * 32 + '"'
    for path in ("/admin/", "/sl/", "/en/list/"):
        cookies = "; ".join(f"{name}={zeros}" for name in ("session", "csrf", "skupaj_list"))
        assert Client(HTTP_COOKIE=cookies).get(path).status_code in (200, 302)


def test_broken_is_said_in_the_language_of_the_address():
    assert '<html lang="de"' in Client().get("/de/?q=%00").content.decode()
    assert '<html lang="da"' in Client(headers={"accept-language": "da"}).get("/healthz?q=%00").content.decode()


def test_proper_words_pass_the_door():
    assert Client().get("/sl/programi/?q=%C4%8Daj%20%F0%9F%8D%B5+%EF%BF%BD").status_code == 200


# ---- too much -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "data",
    [{"username": "x" * 2_600_000}, {f"f{n}": "" for n in range(2_100)}],
    ids=["a field of 2.6 MB", "2,100 fields"],
)
def test_too_much_at_once_is_a_calm_413(data):
    response = Client().post("/admin/login/", data)
    assert response.status_code == 413
    assert b"<h1>" in response.content


def test_too_large_a_request_is_refused_unread(settings):
    settings.REQUEST_MAX_SIZE = 1000
    response = Client().post("/admin/login/", {"username": "x" * 2000})
    assert response.status_code == 413
    assert len(re.findall(r"<h1", response.content.decode())) == 1


def test_the_door_reads_bytes_not_guesses():
    assert [middleware.is_clean(text) for text in (b"q=%E4", b"q=%C3%A4", b"q=%00", b"")] == [False, True, False, True]


# ---- nothing typed is lost --------------------------------------------------------------------------
FORM = {"kind": "times", "text": "Ura ni prava: <b>ob petih</b>", "email": "", "page": ""}
FORM["opened"] = signing.dumps(time.time() - 60, salt=SALT)
OURS = {"sec-fetch-site": "same-origin"}


def hidden(response):
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode())
    return {name: unescape(value) for name, value in found}


def test_a_form_of_before_signing_in_comes_back_filled_in_and_is_sent_again():
    client = Client(enforce_csrf_checks=True, headers=OURS)
    response = client.post("/en/report/", {**FORM, "csrfmiddlewaretoken": "of another tab"})
    kept = hidden(response)
    token = kept.pop("csrfmiddlewaretoken")
    assert (response.status_code, kept) == (403, FORM)
    assert "<b>ob petih" not in response.content.decode()
    assert ProblemReport.objects.count() == 0
    assert client.post("/en/report/", {**FORM, "csrfmiddlewaretoken": token}).status_code == 302
    assert ProblemReport.objects.get().text == FORM["text"]


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}])
def test_a_form_of_another_site_is_never_handed_on(headers):
    response = Client(enforce_csrf_checks=True, headers=headers).post("/en/report/", FORM)
    assert (response.status_code, hidden(response)) == (403, {})
    assert "ob petih" not in response.content.decode()


def test_a_password_is_never_handed_back():
    client = Client(enforce_csrf_checks=True, headers=OURS)
    response = client.post("/en/account/login/", {"login": "ana@example.org", "password": "very secret words"})
    assert (response.status_code, hidden(response)) == (403, {})
    assert "secret" not in response.content.decode()


def broken(monkeypatch, error):
    def breaks(*_args, **_more):
        raise error

    monkeypatch.setattr(ProblemReport, "store", breaks)
    return Client(raise_request_exception=False).post("/sl/sporoci/", FORM)


@pytest.mark.parametrize(
    ("error", "status"),
    [(KeyError("x"), 500), (OperationalError("away"), 503), (InterfaceError("away"), 503)],
)
def test_what_we_could_not_take_stands_on_the_page_and_is_sent_again_by_one_press(monkeypatch, error, status):
    response = broken(monkeypatch, error)
    kept = hidden(response)
    assert response.status_code == status
    assert kept.pop("csrfmiddlewaretoken")
    assert kept == FORM
    assert "&lt;b&gt;ob petih" in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert response.get("Retry-After") == ("120" if status == 503 else None)
    assert "Content-Security-Policy" in response


def test_somebody_faster_whom_no_page_foresaw_is_a_409_in_words(monkeypatch):
    response = broken(monkeypatch, StaleObject())
    assert response.status_code == 409
    assert response.content.decode().count("<h1") == 1


def test_too_many_attempts_to_sign_in_are_a_page_of_ours_in_the_readers_language(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    fields = {"login": "ana@example.org", "password": "wrong"}
    client = Client()
    client.post("/de/konto/login/", fields)
    response = client.post("/de/konto/login/", fields)
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert '<html lang="de"' in response.content.decode()
    assert 'class="oops"' in response.content.decode()
