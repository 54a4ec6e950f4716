"""What a visitor's eyes and hands do on a page, and the ways in which journeys are repeated."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override
from playwright.sync_api import expect

from partners.models import User

from .pages import address

both_languages = pytest.mark.parametrize("language", ["sl", "de"])
both_widths = pytest.mark.parametrize("width", [360, 1440])
with_and_without_script = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
everyday_words = {"sl": "osamljenost", "de": "einsam"}


def words(language, text):
    """A text of the interface as a page in the language shows it."""
    with override(language):
        return gettext(text)


def at(view, *args, language="sl", query=""):
    """The address of a view with these numbers in it."""
    with override(language):
        return reverse(view, args=args) + query


def named(name):
    """For `enter`: fetches the person of the demo of that name."""
    return lambda: User.objects.get(full_name=name)


coordinator = named("Mojca Hribernik")
member = named("Maja Dolinar")  # answers for an organisation with programmes


def query(page):
    return parse_qs(urlsplit(page.url).query)


def path(page):
    return urlsplit(page.url).path


def number(link):
    """The programme's number in the address of a link to it."""
    return int(re.search(r"/(\d+)-", link.get_attribute("href"))[1])


def card_links(page):
    return page.locator("main article").locator("h2, h3, h4").get_by_role("link")


def numbers(page):
    """The numbers of the programmes on the cards, from the top."""
    return [number(link) for link in card_links(page).all()]


def narrow(page):
    """Nothing makes the page wider than its window."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def search_field(page):
    """A search box without script, a combobox with it."""
    return page.locator("main input[name=q]:not([type=hidden])")


def reveal(target):
    """Opens the folds that hide something, as a hand would."""
    for fold in target.locator("xpath=ancestor::details").all():
        summary = fold.locator("xpath=./summary")
        if fold.get_attribute("open") is None and summary.is_visible():
            summary.click()


def choose_settlement(page, slug):
    choice = page.locator("main select[name=near]")
    reveal(choice)
    choice.select_option(slug)
    page.locator("main form").filter(has=page.locator("select[name=near]")).locator("button[type=submit]").first.click()


def main_button(page, view, language):
    """The button of the form that sends to a view."""
    return page.locator(f'main form[action="{address(view, language)}"]').get_by_role("button")


def expect_list_size(page, size):
    expect(page.locator("header [data-list-count]")).to_have_text(str(size))
