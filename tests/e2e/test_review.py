"""The coordinator's week: what waits is read, returned, approved and published; and a text is brought back."""

import json

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import expect

from partners.models import User
from programmes.models import Programme, Proposal

from .test_accessibility import OPTIONS
from .test_keyboard import tab_until
from .visiting import both_languages, both_widths, with_and_without_script, words

pytestmark = pytest.mark.e2e


@pytest.fixture
def coordinate(visit, site, read):
    """coordinate(language, …): the page of a browser in which the demo's coordinator is signed in."""

    def session():
        client = Client()
        client.force_login(User.objects.get(full_name="Mojca Hribernik"))
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def start(language, **how):
        page = visit(language, **how)
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": read(session), "url": site.url}])
        return page

    return start


@pytest.fixture
def waiting(read):
    """The proposal of the demo and the new programme, waiting as in the beginning, whatever a test did before."""

    def reset():
        proposal = Proposal.objects.get(programme__slug="sosedski-sprehodi")
        programme = proposal.programme
        values = {"state": "open", "base_version": programme.version, "asked_at": timezone.now()}
        Proposal.objects.filter(pk=proposal.pk).update(**values)
        Programme.objects.filter(pk=programme.pk).update(summary_de=proposal.base["summary_de"], bring_sl=None)
        Programme.objects.filter(pk=programme.pk).update(summary_sl=proposal.base["summary_sl"], age_min=None)
        new = Programme.objects.get(slug="joga-na-stolu")
        Programme.objects.filter(pk=new.pk).update(status="in_review")
        return programme, new

    return read(reset)


def address(language, name, *args):
    with override(language):
        return reverse(name, args=args)


def axe(page):
    """Evaluated from outside the page: its policy refuses scripts of others, as it should."""
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({json.dumps(OPTIONS)})")["violations"]
    return [(fault["id"], node["html"][:120]) for fault in found for node in fault["nodes"][:3]]


def narrow(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@with_and_without_script
@both_widths
@both_languages
def test_the_coordinator_reads_the_difference_and_publishes(coordinate, waiting, read, language, width, javascript):
    programme, _new = waiting
    page = coordinate(language, width=width, javascript=javascript)
    page.goto(address(language, "programmes:review"))
    narrow(page)
    page.locator(f"a[href='{address(language, 'programmes:review-programme', programme.pk)}']").click()
    expect(page.locator("main dd[lang=de] ins").first).to_contain_text("Anderthalb")
    expect(page.locator("main dd[lang=sl] del").first).to_contain_text("kava")
    narrow(page)
    publish = page.locator(f"form[action='{address(language, 'programmes:review-publish', programme.pk)}']")
    publish.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text(words(language, "It is published."))
    assert read(lambda: Programme.objects.get(pk=programme.pk).age_min) == 50


@both_languages
def test_a_programme_is_returned_by_keyboard_alone(coordinate, waiting, read, language):
    _programme, new = waiting
    page = coordinate(language)
    page.goto(address(language, "programmes:review-programme", new.pk))
    form = page.locator(f"form[action='{address(language, 'programmes:review-return', new.pk)}']")
    tab_until(page, form.locator("textarea"))
    page.keyboard.type("Kje se dobimo?")
    tab_until(page, form.get_by_role("button"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(words(language, "It is back with its author, with your note."))
    assert read(lambda: Programme.objects.get(pk=new.pk).status) == "draft"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@both_widths
@both_languages
def test_axe_finds_nothing_on_the_pages_of_review_and_history(coordinate, waiting, language, width, scheme):
    programme, new = waiting
    page = coordinate(language, width=width, color_scheme=scheme)
    for name, args in (
        ("programmes:review", []),
        ("programmes:review-programme", [programme.pk]),
        ("programmes:review-programme", [new.pk]),
        ("history", ["programme", programme.pk]),
    ):
        page.goto(address(language, name, *args))
        narrow(page)
        assert axe(page) == [], name
