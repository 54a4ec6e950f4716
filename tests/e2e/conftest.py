"""One server with the demo municipality for each process; for each test a browser of its own.

These tests run after all others: once Playwright's event loop runs, Django refuses to ask the database in this
thread. They have a test database to themselves, and nothing writes to it but the server.
"""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.models import Q
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from pytest_django.live_server_helper import LiveServer

from actionplans.models import Measure, Meeting, Need, SharedPractice, Strategy
from partners.models import Location, Organisation, Region, Settlement, User
from portal import languages
from portal.search import synonyms, text
from programmes.catalogue import Catalogue
from programmes.models import Pathway, Programme

from .. import migrated

CHROMIUM = shutil.which("chromium")
MISSING = "The tests in a browser need Chromium. On Debian and Ubuntu: apt install chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# Several processes may share the tests (pytest -n 2): each has a server and a database to itself.
DATABASE = f"test_portal_e2e{os.environ.get('PYTEST_XDIST_WORKER', '')}"
PASSWORD = "only-for-tests-2f7c"


# ---- whether and when ---------------------------------------------------------------------------
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    items[:] = [item for item in items if item not in set(ours)] + ours
    if ours and not CHROMIUM:
        if os.environ.get("CI"):
            raise pytest.UsageError(MISSING)
        for item in ours:
            item.add_marker(pytest.mark.skip(reason=MISSING))


def pytest_terminal_summary(terminalreporter):
    if not CHROMIUM and not os.environ.get("CI"):
        terminalreporter.write_line(f"Skipped: {MISSING}", yellow=True)


# ---- the server ---------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def database(django_test_environment, django_db_blocker):
    """A database with the demo municipality. pytest-django makes none for tests that use none in their own thread."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setitem(connection.settings_dict["TEST"], "NAME", DATABASE)
        patch.setitem(connection.settings_dict["TEST"], "TEMPLATE", migrated.demo())
        # The server has a thread for every line a browser keeps open; none of them may keep one to the database.
        patch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
        before = setup_databases(verbosity=0, interactive=False)
        yield
        teardown_databases(before, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def site(database, django_db_blocker):
    """The running portal and what the tests need to know of its records. Starts before Playwright's event loop."""
    with django_db_blocker.unblock():
        administrator = User.objects.create_superuser("administrator@example.org", PASSWORD, full_name="Ada")
        known = _known()
        # As a server does; else the first save, or search, waits for it, longer than a browser test does.
        text.warm()
        for code in languages.CODES:
            synonyms.of(code, synonyms.version())
        connections.close_all()
        server = LiveServer("localhost")
        known.url, known.administrator = server.url, administrator
        yield known
        server.stop()


def _known():
    """Records to test with, found by what they are, not by number."""
    published = Programme.objects.published()
    plain = published.filter(status="published", is_full=False)
    referral = plain.filter(terms__facts__referral_required=True).exclude(requirements=None)
    programme = referral.filter(schedules__rule__gt="", continuations__isnull=False).order_by("pk").first()
    others = plain.filter(schedules__rule__gt="").exclude(pk=programme.pk).order_by("pk")
    settlement = Settlement.objects.filter(locations__schedules__programme__in=published).order_by("lat").first()
    return SimpleNamespace(
        programme=programme,
        other=others[0],
        edited=others[1],
        longest=max(published, key=_letters),
        full=published.filter(is_full=True).first(),
        paused=published.filter(status="paused").first(),
        gone=Programme.objects.outdated().first(),
        untranslated=published.filter(Q(title_nb=None) | Q(title_nb="")).first(),
        place=Location.objects.filter(is_centre=True, hours__isnull=False).order_by("pk").first(),
        partner=Organisation.objects.members().filter(programmes__in=published, locations__isnull=False).first(),
        measure=Measure.objects.public().filter(reports__isnull=False).order_by("pk").first(),
        need=Need.objects.public().filter(objectives__isnull=False).order_by("pk").first(),
        strategy=Strategy.objects.in_force().order_by("pk").first(),
        minutes=Meeting.objects.public().order_by("pk").first(),
        pathway=Pathway.objects.published().order_by("pk").first(),
        practice=SharedPractice.objects.published().order_by("pk").first(),
        region=Region.objects.order_by("pk").first(),
        draft=Strategy.objects.filter(status="consultation").order_by("pk").first(),
        settlement=settlement.slug,
        position=(settlement.lat, settlement.lon),
        topic=next(term.slug for term in programme.topics),
        empty=_without_programmes(),
        numbers=f"{programme.pk},{others[0].pk}",
    )


def _letters(programme):
    """How much there is to print, in the language of long words."""
    texts = ("title", "summary", "description", "what_happens", "first_visit", "bring")
    return sum(len(languages.resolve(programme, text, "de")[0]) for text in texts)


def _without_programmes():
    """(topic, weekday) that both occur, but never together."""
    bits = Catalogue("sl").index.bits
    return next((t, d) for t, some in bits["topic"].items() for d, others in bits["day"].items() if not some & others)


@pytest.fixture
def read(site):
    """read(question): what a function without arguments answers that asks the database, in a thread of its own."""

    def answer(question):
        try:
            return question()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        yield lambda question: pool.submit(answer, question).result()


@pytest.fixture(scope="session")
def walks(site):
    """{role: [Stop]} of walking.walks, asked for in a thread of its own."""
    from . import walking  # it reads files of tests, which are to be collected first

    def answer():
        try:
            return walking.walks()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(answer).result()


# ---- the browser --------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ARGUMENTS}


class Watch:
    """Notes what should not happen in a browser: errors, refused policies, failed and foreign requests."""

    def __init__(self, context, origin):
        self.problems, self.origin = [], origin
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    def _console(self, message):
        # What failed to load is noted with its address below.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"{message.type}: {message.text}")

    def _request(self, request):
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.problems.append(f"foreign: {request.url}")

    def _failed(self, request):
        # Aborted: the visitor went on before all had come, or the answer became a download.
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"{request.failure}: {request.url}")

    def _response(self, response):
        if response.status >= 400 and not response.request.is_navigation_request():
            self.problems.append(f"{response.status}: {response.url}")


@pytest.fixture
def visit(new_context, site):
    """visit(language, width=1440, javascript=True, **more): a page of a fresh browser. Nothing may go wrong in it."""
    watches = []

    def start(language, width=1440, javascript=True, **more):
        context = new_context(
            base_url=site.url,
            locale=language,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(10_000)
        watches.append(Watch(context, site.url))
        return context.new_page()

    yield start
    assert [problem for watch in watches for problem in watch.problems] == []


@pytest.fixture
def enter(visit, site, read):
    """enter(find, language="sl", **how): a page as of `visit`, in which the user that find() fetches is signed in."""

    def session(find):
        client = Client()
        client.force_login(find())
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def start(find, language="sl", **how):
        page = visit(language, **how)
        value = read(lambda: session(find))
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site.url}])
        return page

    return start
