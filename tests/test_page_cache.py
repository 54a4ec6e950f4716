"""Public pages as bytes: fast, never stale, and never one reader's page for another."""

import gzip
import sys
import threading
import tracemalloc
from datetime import UTC, datetime, timedelta

import brotli
import pytest
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.models import Group
from portal import changes, kept, pages
from programmes.models import Continuation, Programme

from .records import make_group, make_organisation, make_programme, make_user, signed_in
from .test_changes import another_connection

pytestmark = [pytest.mark.django_db, pytest.mark.server]
SECRET = "this is only yours"


@pytest.fixture
def made(monkeypatch):
    """Counts the answers that were really made, through the whole chain."""
    paths = []
    first = pages._first
    monkeypatch.setattr(pages, "_first", lambda request, *rest: paths.append(request.path) or first(request, *rest))
    return paths


@pytest.fixture
def clock(monkeypatch):
    """The pages' clock; it stands still at twelve and fifty seconds until it is moved."""

    class Clock:
        now_is = datetime(2026, 3, 2, 12, 0, 50, tzinfo=UTC)

        def now(self):
            return self.now_is

    clock = Clock()
    monkeypatch.setattr(pages, "timezone", clock)
    return clock


def serve(view):
    """(ask, calls): a function that asks the middleware alone around `view`, and the paths that reached it."""
    calls = []

    def counted(request):
        calls.append(sys.intern(request.path))
        return view(request)

    middleware = pages.pages(counted)

    def ask(path="/sl/", method="get", cookies=None, **headers):
        request = getattr(RequestFactory(), method)(path, headers=headers)
        request.META["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
        return middleware(request)

    return ask, calls


def hello(request):
    return HttpResponse(f"{request.path} {SECRET} " * 50)


def get(path="/sl/programi/", **headers):
    return Client().get(path, headers=headers)


# ---- new at once --------------------------------------------------------------------------------
def test_the_second_reader_gets_the_kept_page(made, clock):
    make_programme(title_sl="Tek ob reki")
    assert get().content == get().content
    assert made == ["/sl/programi/"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "edit",
    [
        lambda programme: programme.save(),
        lambda programme: Programme.objects.update(title_sl="Hoja ob reki"),
        lambda programme: Programme.objects.bulk_update([programme], ["title_sl"]),
        lambda programme: another_connection().execute("UPDATE programmes_programme SET title_sl = 'Hoja ob reki'"),
    ],
    ids=["record", "update", "bulk update", "plain SQL elsewhere"],
)
def test_an_edit_shows_at_once(edit, clock):
    programme = make_programme(title_sl="Tek ob reki")
    assert "Tek ob reki" in get().text
    assert "Tek ob reki" in get().text
    programme.title_sl = "Hoja ob reki"
    edit(programme)
    assert "Hoja ob reki" in get().text
    assert "Tek ob reki" not in get().text


@pytest.mark.django_db(transaction=True)
def test_when_the_database_is_silent_nothing_comes_from_memory(clock, monkeypatch):
    ask, calls = serve(hello)
    ask(), ask()
    monkeypatch.setattr(changes, "_look", fails)
    ask()
    assert len(calls) == 2


def fails():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")


# ---- the clock ----------------------------------------------------------------------------------
def test_a_page_holds_until_the_minute_ends(clock):
    ask, calls = serve(hello)
    ask()
    clock.now_is += timedelta(seconds=9, milliseconds=999)
    ask()
    assert len(calls) == 1
    clock.now_is += timedelta(milliseconds=1)
    ask()
    assert len(calls) == 2


def test_a_view_says_how_long_its_page_holds(clock):
    def lasting(request):
        response = hello(request)
        response.fresh_until = datetime(2026, 3, 2, 13, tzinfo=UTC)
        return response

    ask, calls = serve(lasting)
    ask()
    clock.now_is = datetime(2026, 3, 2, 12, 59, 59, tzinfo=UTC)
    ask()
    assert len(calls) == 1
    clock.now_is = datetime(2026, 3, 2, 13, tzinfo=UTC)
    ask()
    assert len(calls) == 2


def test_a_page_that_took_until_the_next_minute_is_of_the_last_one(clock):
    def slow(request):
        clock.now_is += timedelta(seconds=11)
        return hello(request)

    ask, calls = serve(slow)
    ask(), ask()
    assert len(calls) == 2


# ---- over the wire ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("", None), ("br", "br"), ("gzip", "gzip"), ("gzip, deflate, br, zstd", "br"), ("br;q=0, gzip", "gzip"),
        ("identity", None), ("*", "br"), ("br;q=0, *;q=0", None), ("gzip;q=oops", None), ("BR", "br"),
    ],
)  # fmt: skip
def test_each_reader_gets_an_encoding_they_know_first_and_again(clock, accept, encoding):
    opened = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    for other in ("", "br", "gzip"):
        pages.pages_kept.clear()
        ask, _calls = serve(hello)
        ask(**{"accept-encoding": other})
        for _ in range(3):
            response = ask(**{"accept-encoding": accept})
            assert response.get("Content-Encoding") == encoding
            assert response["Content-Length"] == str(len(response.content))
            assert opened(response.content) == hello(RequestFactory().get("/sl/")).content


def test_the_second_reader_gets_a_better_compression(clock):
    make_programme()
    first, second = (len(get(**{"accept-encoding": "gzip"}).content) for _ in range(2))
    assert second < first


def test_pages_come_without_indentation_and_texts_in_lines_as_they_are(clock):
    for sent, received in (
        ("<p>One\n\n    two  three</p>\n", "<p>One\ntwo  three</p>\n"),
        ("<textarea>One\n\n    two</textarea>", "<textarea>One\n\n    two</textarea>"),
        ("<pre>One\n    two</pre>", "<pre>One\n    two</pre>"),
    ):
        pages.pages_kept.clear()
        ask, _calls = serve(lambda request, sent=sent: HttpResponse(sent))
        assert [ask().content.decode() for _ in range(2)] == [received] * 2
    ask, _calls = serve(lambda request: HttpResponse("a\n\n  b", content_type="text/plain"))
    pages.pages_kept.clear()
    assert ask().content == b"a\n\n  b"


def test_brotli_is_as_good_for_the_first_reader_and_never_made_twice(clock, monkeypatch):
    made = []
    pack = pages.FIRST["br"]
    monkeypatch.setitem(pages.FIRST, "br", lambda body: made.append(1) or pack(body))
    monkeypatch.setitem(pages.BETTER, "br", lambda body: made.append(2) or pack(body))
    first, second, third = (get(**{"accept-encoding": "br"}).content for _ in range(3))
    assert first == second == third
    assert made == [1]


def test_what_a_page_says_to_caches(clock):
    for response in (get(), get()):
        assert response["Cache-Control"] == "no-cache"
        assert {name.strip() for name in response["Vary"].split(",")} == {"Accept-Encoding", "Cookie"}
        assert response["ETag"].startswith('W/"')
        assert response["Content-Language"] == "sl"
        assert response["Content-Type"] == "text/html; charset=utf-8"
        assert "Content-Security-Policy" in response.headers


def test_who_has_this_version_gets_304_and_nothing_else(clock):
    tag = get()["ETag"]
    for held in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        pages.pages_kept.clear()
        for _ in range(2):  # made just now, and kept
            response = get(**{"if-none-match": held})
            assert (response.status_code, response.content) == (304, b"")
            assert response["ETag"] == tag
            assert response["Cache-Control"] == "no-cache"
            assert "Cookie" in response["Vary"]
            assert not {"Content-Length", "Content-Encoding", "Content-Type"} & set(response.headers)
            assert "Content-Security-Policy" in response.headers
    make_programme()
    assert get(**{"if-none-match": tag}).status_code == 200


def test_a_head_has_the_headers_and_no_body(clock):
    ask, calls = serve(hello)
    sizes = [ask(method="head")["Content-Length"]]
    response = ask()
    sizes += [response["Content-Length"], ask(method="head")["Content-Length"]]
    assert len(set(sizes)) == 1
    assert ask(method="head").content == b""
    assert len(calls) == 2  # a HEAD is answered from memory, and leaves nothing there
    assert response.content


# ---- whose page ---------------------------------------------------------------------------------
def test_a_draft_seen_by_its_editor_never_reaches_a_stranger(clock):
    organisation = make_organisation()
    draft = make_programme(organisation, status="draft", title_sl="Osnutek")
    editor = signed_in(make_user("editor", organisation))
    path = f"/sl/programi/{draft.pk}-osnutek/"
    assert get(path).status_code == 404
    response = editor.get(path)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert get(path).status_code == 404


def test_a_signed_in_persons_pages_are_private_and_never_kept(made, clock):
    response = signed_in(make_user()).get("/sl/")
    assert response["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers
    assert len(pages.pages_kept.sizes) == 0
    get("/sl/")
    signed_in(make_user()).get("/sl/")
    assert made == ["/sl/"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"cookies": {"skupaj_list": "1"}}, {"cookies": {"skupaj_list": "1,2"}}),
        ({"path": "/sl/"}, {"path": "/de/"}),
        ({"host": "localhost"}, {"host": "127.0.0.1"}),
        ({"path": "/sl/?a=1&b=2"}, {"path": "/sl/?b=2&a=1"}),
        ({"path": "/sl/"}, {"path": "/sl/?print=large"}),
    ],
    ids=["list", "language", "host", "order of the query", "query"],
)
def test_what_differs_is_kept_apart(clock, one, other):
    ask, calls = serve(lambda request: HttpResponse(f"{request.build_absolute_uri()} {request.COOKIES} {SECRET}"))
    bodies = [ask(**which).content for which in (one, other, one, other)]
    assert len(calls) == 2
    assert bodies[:2] == bodies[2:]
    assert bodies[0] != bodies[1]


def test_of_the_list_only_its_length_shows(clock):
    """The premise of keeping one page for all lists of one length."""
    make_group()
    programmes = [make_programme() for _ in range(4)]
    a, b = programmes[:2], programmes[2:]
    paths = ["/sl/", "/sl/programi/", "/sl/kraji/", "/sl/partnerji/", f"/sl/programi/{a[0].pk}-{a[0].slug_in('sl')}/"]
    for path in paths:
        bodies = set()
        for listed in (a, b):
            pages.pages_kept.clear()
            client = Client()
            client.cookies["skupaj_list"] = ",".join(str(p.pk) for p in listed)
            response = client.get(path)
            assert response.status_code == 200
            bodies.add(response.content)
        assert len(bodies) == 1


@pytest.mark.parametrize("name", ["programmes:list", "programmes:slip"])
def test_list_and_slip_are_nobody_elses(name, clock):
    programme = make_programme()
    kwargs = {"pk": programme.pk, "slug": programme.slug_in("sl")} if name == "programmes:slip" else {}
    response = get(reverse(name, kwargs=kwargs))
    assert response.status_code == 200
    assert {"private", "no-store"} <= {part.strip() for part in response["Cache-Control"].split(",")}
    assert "ETag" not in response.headers
    assert len(pages.pages_kept.sizes) == 0


def test_a_position_is_never_kept(clock):
    ask, calls = serve(hello)
    for _ in range(2):
        ask("/sl/programi/?lat=46.051&lon=14.505")
    assert len(calls) == 2
    assert len(pages.pages_kept.sizes) == 0


@pytest.mark.parametrize(
    "answer",
    [
        lambda: HttpResponse("x" * 500, status=404),
        lambda: HttpResponse("x" * 500, status=410),
        lambda: HttpResponse("x" * 500, status=500),
        lambda: HttpResponse(status=302, headers={"Location": "/de/"}),
        lambda: HttpResponse("x" * 500, headers={"Cache-Control": "private"}),
        lambda: HttpResponse("x" * 500, headers={"Cache-Control": "max-age=0, no-store"}),
        lambda: HttpResponse("x" * 500, headers={"Vary": "Cookie, Accept-Language"}),
        lambda: HttpResponse("x" * 500, headers={"Vary": "*"}),
        lambda: StreamingHttpResponse(iter([b"x" * 500])),
        lambda: with_cookie(),
    ],
    ids=["404", "410", "500", "redirect", "private", "no-store", "varies", "varies in all", "stream", "cookie"],
)
def test_what_is_no_public_page_is_never_kept(clock, answer):
    ask, calls = serve(lambda request: answer())
    for _ in range(2):
        assert "ETag" not in ask().headers
    assert len(calls) == 2
    assert len(pages.pages_kept.sizes) == 0


def with_cookie():
    response = HttpResponse("x" * 500)
    response.set_cookie("csrf", SECRET)
    return response


@pytest.mark.parametrize(
    ("path", "method"),
    [("/sl/", "post"), ("/sl/", "options"), ("/admin/", "get"), ("/robots.txt", "get"), ("/slx/", "get")],
)
def test_only_what_is_asked_for_under_a_language_is_kept(clock, path, method):
    ask, calls = serve(hello)
    ask(path, method), ask(path, method)
    assert len(calls) == 2


def test_a_foreign_host_is_refused_and_leaves_nothing(clock):
    assert [get(host="evil.example").status_code for _ in range(2)] == [400, 400]
    assert len(pages.pages_kept.sizes) == 0


def test_a_page_with_a_secret_is_padded_when_compressed(clock):
    """BREACH: the length of such an answer tells nothing, for it differs each time."""
    ask, _calls = serve(lambda request: with_cookie())
    lengths = {ask(**{"accept-encoding": "br, gzip"})["Content-Length"] for _ in range(60)}
    assert len(lengths) > 5
    assert ask(**{"accept-encoding": "br, gzip"})["Content-Encoding"] == "gzip"


# ---- bounded ------------------------------------------------------------------------------------
def test_ten_thousand_addresses_leave_memory_flat_and_the_hot_page_in_it(clock, monkeypatch):
    monkeypatch.setattr(pages, "pages_kept", pages.Pages(2_000_000))
    monkeypatch.setattr(changes, "refresh", lambda: None)
    ask, calls = serve(lambda request: HttpResponse((request.get_full_path() + "x" * 400) * 20))
    ask("/sl/"), ask("/sl/")
    sizes = []
    tracemalloc.start()
    try:
        for number in range(10_000):
            ask(f"/sl/programi/?topic={number}&phase={number * 7}")
            if number in (2_000, 9_999):
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    made = len(calls)
    ask("/sl/")
    assert len(calls) == made
    assert sizes[1] < sizes[0] + 150_000 < 1_000_000  # `calls` alone takes 80,000 bytes more
    kept = pages.pages_kept
    assert kept.in_all == sum(kept.sizes.values()) <= kept.most
    assert set(kept.sizes) == {*kept.probation, *kept.kept}


def test_what_is_read_again_is_bounded_too(clock, monkeypatch):
    monkeypatch.setattr(pages, "pages_kept", pages.Pages(100_000))
    ask, _calls = serve(hello)
    for number in range(100):
        for accept in ("", "br", "gzip"):
            ask(f"/sl/?page={number}", **{"accept-encoding": accept})
    kept = pages.pages_kept
    assert kept.in_all == sum(kept.sizes.values()) <= 100_000
    assert kept.on_probation == sum(kept.sizes[key] for key in kept.probation)


def test_a_page_that_fills_the_memory_is_not_kept(clock, monkeypatch):
    monkeypatch.setattr(pages, "pages_kept", pages.Pages(100_000))
    ask, calls = serve(lambda request: HttpResponse("x" * 200_000))
    ask(), ask()
    assert len(calls) == 2


def test_a_long_query_is_not_kept(clock):
    ask, calls = serve(hello)
    for _ in range(2):
        ask("/sl/?q=" + "x" * pages.LONGEST)
    assert len(calls) == 2


def test_without_memory_pages_are_made_each_time_and_still_compressed(clock, monkeypatch):
    monkeypatch.setattr(pages, "pages_kept", pages.Pages(0))
    ask, calls = serve(hello)
    encodings = [ask(**{"accept-encoding": "br"})["Content-Encoding"] for _ in range(2)]
    assert (encodings, len(calls)) == (["br", "br"], 2)


def test_threads_get_whole_pages_of_their_own_address(clock, monkeypatch):
    monkeypatch.setattr(pages, "pages_kept", pages.Pages(60_000))
    monkeypatch.setattr(changes, "refresh", lambda: None)
    ask, _calls = serve(hello)
    wrong = []

    def reader(accept, opened):
        for number in range(600):
            path = f"/sl/{number % 13}/"
            response = ask(path, **{"accept-encoding": accept})
            if opened(response.content) != hello(RequestFactory().get(path)).content:
                wrong.append(path)

    readers = [("br", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)]
    threads = [threading.Thread(target=reader, args=each) for each in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    kept = pages.pages_kept
    assert kept.in_all == sum(kept.sizes.values()) <= kept.most


# ---- parts of pages -----------------------------------------------------------------------------
def test_a_programme_named_on_the_page_of_another_shows_its_new_title_at_once():
    first, following = make_programme(), make_programme(title_sl="Tek ob reki")
    Continuation.objects.create(programme=first, next=following)
    assert "Tek ob reki" in get(first.get_absolute_url()).text
    Programme.objects.filter(pk=following.pk).update(title_sl="Hoja ob reki")
    assert "Hoja ob reki" in get(first.get_absolute_url()).text


@pytest.mark.django_db(transaction=True)
def test_the_home_page_asks_only_for_news_until_there_is_some(django_assert_max_num_queries):
    group = make_group(name_sl="Skupina Breg")
    get("/sl/?_=1")
    with django_assert_max_num_queries(1):
        assert "Skupina Breg" in get("/sl/?_=2").text
    Group.objects.filter(pk=group.pk).update(name_sl="Skupina Dol")
    assert "Skupina Dol" in get("/sl/?_=3").text


def test_the_shell_of_a_page_is_kept_when_a_programme_changes_and_not_when_the_group_does():
    group, programme = make_group(name_sl="Skupina Breg"), make_programme()
    get("/sl/")
    shell = dict(kept._parts)
    programme.save()
    get("/sl/")
    assert shell.items() <= kept._parts.items()
    Group.objects.filter(pk=group.pk).update(name_sl="Skupina Dol")
    assert "Skupina Dol" in get("/sl/").text


# ---- what is kept packed --------------------------------------------------------------------------
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.text(max_size=200), min_size=1, max_size=5))
def test_a_packed_text_comes_out_as_it_went_in_whatever_was_packed_first(texts):
    kind = "".join(texts)
    packed = [kept.Packed(kind, text) for text in texts]
    kept._first[kind] = b"another one"
    packed.append(kept.Packed(kind, texts[0]))
    assert [str(one) for one in packed] == [*texts, texts[0]]
    del kept._first[kind]


def test_what_is_like_the_first_takes_little():
    card = "".join(f'<p class="card__{n}">{n * n}</p>' for n in range(100))
    kept.Packed("test", card)
    assert len(kept.Packed("test", card.replace("400", "Ples"))) < len(card) / 20
