"""What a resident takes along: a list, a link to it, a calendar, a page in large print."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import icalendar
import pytest
from playwright.sync_api import expect

from programmes.cards import holidays
from programmes.models import Programme

from .pages import address
from .visiting import both_languages, expect_list_size, main_button, with_and_without_script, words

pytestmark = pytest.mark.e2e


@both_languages
@with_and_without_script
def test_a_shared_link_opens_the_same_list_elsewhere(visit, site, language, javascript):
    own = visit(language, 360)
    for programme in (site.programme, site.other):
        own.goto(address("programmes:programme", language, programme))
        own.locator(f'main aside a[href$="add={programme.pk}"]').click()
    own.goto(address("programmes:list", language))
    expect_list_size(own, 2)
    titles = own.locator("main ol h2").all_inner_texts()
    link = own.locator("main input[readonly]").input_value()
    assert parse_qs(urlsplit(link).query) == {"p": [site.numbers]}

    theirs = visit(language, 1440, javascript)
    theirs.goto(link)
    assert theirs.locator("main ol h2").all_inner_texts() == titles
    expect_list_size(theirs, 0)
    main_button(theirs, "programmes:list-add", language).click()
    theirs.wait_for_url(re.compile(re.escape(address("programmes:list", language)) + r"\?added=\d+$"))
    assert theirs.locator("main ol h2").all_inner_texts() == titles
    expect_list_size(theirs, 2)


def test_the_same_button_takes_a_programme_off_the_list(visit, site):
    page = visit("sl")
    page.goto(address("programmes:programme", "sl", site.programme))
    add = page.locator(f'main aside a[href$="add={site.programme.pk}"]')
    add.click()
    expect(add).to_contain_text(words("sl", "On my list – remove"))
    add.press("Space")
    expect(add).to_have_attribute("aria-pressed", "false")
    expect(add).to_contain_text(words("sl", "Add to my list"))
    expect_list_size(page, 0)


@both_languages
def test_the_calendar_file_holds_the_dates_of_the_programme(visit, site, read, language):
    page = visit(language, 360)
    page.goto(address("programmes:programme", language, site.programme))
    with page.expect_download() as download:
        page.locator('main a[href$="calendar.ics"]').click()
    calendar = icalendar.Calendar.from_ical(download.value.path().read_bytes())
    (event,) = calendar.events
    assert event["summary"] == page.get_by_role("heading", level=1).inner_text()
    assert event.end > datetime.now(UTC)
    next_dates = read(lambda: Programme.objects.get(pk=site.programme.pk).next_dates(holidays()))
    assert event.start == next_dates[0].start
    assert [str(zone["tzid"]) for zone in calendar.timezones] == ["Europe/Ljubljana"]


def test_the_calendar_of_the_list_holds_all_its_programmes(visit, site):
    page = visit("sl")
    page.goto(address("programmes:list", "sl", query=f"p={site.numbers}"))
    with page.expect_download() as download:
        page.locator('main a[href*="calendar.ics"]').click()
    calendar = icalendar.Calendar.from_ical(download.value.path().read_bytes())
    titles = set(page.locator("main ol h2").all_inner_texts())
    assert {str(event["summary"]) for event in calendar.events} == titles


@both_languages
def test_large_print_is_one_press_away(visit, site, language):
    page = visit(language, 360, javascript=False)
    page.goto(address("programmes:programme", language, site.programme))
    expect(page.locator("html")).not_to_have_class(re.compile("large-print"))
    page.locator('main a[href="?print=large"]').click()
    page.wait_for_url("**print=large")
    expect(page.locator("html")).to_have_class(re.compile("large-print"))


def test_print_and_share_buttons_do_what_they_say(visit, site):
    page = visit("sl", 1440, permissions=["clipboard-read", "clipboard-write"])
    page.add_init_script(
        "window.prints = 0; window.print = () => { window.prints += 1; }; delete Navigator.prototype.share;"
    )
    page.goto(address("programmes:programme", "sl", site.programme))
    page.locator("main [data-print]").click()
    assert page.evaluate("window.prints") == 1
    share = page.locator("main [data-share]")
    share.click()
    expect(share).to_contain_text(share.get_attribute("data-copied"))
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_without_script_nothing_is_offered_that_needs_it(visit, site):
    page = visit("sl", 1440, javascript=False)
    for path_ in (
        address("programmes:catalogue", "sl"),
        address("programmes:programme", "sl", site.programme),
        address("programmes:list", "sl", query=f"p={site.numbers}"),
    ):
        page.goto(path_)
        expect(page.locator("[data-near], [data-print], [data-share]").filter(visible=True)).to_have_count(0)
