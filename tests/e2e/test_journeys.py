"""What a resident does, with and without script, on a telephone and at a desk, in the short words and the long ones."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import icalendar
import pytest
from django.utils import timezone
from django.utils.translation import gettext, override
from playwright.sync_api import expect

from partners.models import Group
from programmes.cards import holidays
from programmes.catalogue import Catalogue
from programmes.models import Programme

from .pages import LIST_COOKIE, address

pytestmark = pytest.mark.e2e

both_languages = pytest.mark.parametrize("language", ["sl", "de"])
both_widths = pytest.mark.parametrize("width", [360, 1440])
with_and_without_script = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
everyday_words = {"sl": "osamljenost", "de": "einsam"}


def words(language, text):
    with override(language):
        return gettext(text)


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
    return [number(link) for link in card_links(page).all()]


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
    page.locator("main form").filter(has=page.locator("select[name=near]")).locator("button[type=submit]").click()


def main_button(page, view, language):
    return page.locator(f'main form[action="{address(view, language)}"]').get_by_role("button")


def expect_list_size(page, size):
    expect(page.locator("header [data-list-count]")).to_have_text(str(size))


# ---- find ---------------------------------------------------------------------------------------
@with_and_without_script
@both_widths
@both_languages
def test_a_resident_finds_a_programme_keeps_it_and_lets_it_go(visit, language, width, javascript):
    page = visit(language, width, javascript)
    page.goto("/")
    assert path(page) == f"/{language}/"

    search = page.locator("main").get_by_role("searchbox")
    search.fill(everyday_words[language])
    search.press("Enter")
    page.wait_for_url("**q=**")
    assert (path(page), query(page)) == (
        address("programmes:catalogue", language),
        {"q": [everyday_words[language]]},
    )
    found = card_links(page).count()
    assert found > 1

    facets = page.locator("form[data-facets]")
    choices = {box: int(re.search(r"\d+$", box.locator("xpath=..").text_content().strip())[0])
               for box in facets.get_by_role("checkbox", include_hidden=True).all()}  # fmt: skip
    box, count = next((box, count) for box, count in choices.items() if count < found)
    name, value = box.get_attribute("name"), box.get_attribute("value")
    reveal(box)
    box.check()
    if not javascript:
        facets.locator("button[type=submit]").click()
    page.wait_for_url(f"**{name}={value}**")
    assert query(page) == {"q": [everyday_words[language]], name: [value]}
    assert card_links(page).count() == count

    link = card_links(page).first
    title, chosen = link.inner_text(), number(link)
    link.click()
    page.wait_for_url(re.compile(f"/{chosen}-"))
    expect(page.get_by_role("heading", level=1)).to_have_text(title)

    add = page.locator(f'main aside [data-list-add="{chosen}"]')
    add.click()
    if javascript:
        expect(add).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[data-live]")).not_to_be_empty()
        assert "add=" not in page.url
        expect_list_size(page, 1)
        page.locator(f'header a[href="{address("programmes:list", language)}"]').click()
    else:
        page.wait_for_url("**add=**")
        main_button(page, "programmes:list-add", language).click()
    page.wait_for_url(f"**{address('programmes:list', language)}")
    expect(page.locator("main").get_by_role("link", name=title)).to_be_visible()
    expect_list_size(page, 1)

    main_button(page, "programmes:list-remove", language).click()
    expect(page.locator("main").get_by_role("link", name=title)).to_have_count(0)
    expect_list_size(page, 0)
    assert page.context.cookies() == [] or LIST_COOKIE not in {cookie["name"] for cookie in page.context.cookies()}


@pytest.mark.parametrize(
    ("language", "typed", "topic"),
    [
        ("sl", "ne spim", "stress-sleep"),
        ("sl", "NE ŠPIM", "stress-sleep"),
        ("en", "lonely", "loneliness-inclusion"),
        ("da", "søvn", "stress-sleep"),
        ("nb", "sovn", "stress-sleep"),
        ("de", "Rauchen", "tobacco-nicotine"),
    ],
)
def test_everyday_words_lead_to_their_topic(visit, read, language, typed, topic):
    page = visit(language, 360)
    page.goto(f"/{language}/")
    page.locator("main").get_by_role("searchbox").fill(typed)
    page.locator("main").get_by_role("searchbox").press("Enter")
    page.wait_for_url("**q=**")
    best = numbers(page)[:3]
    assert read(lambda: Programme.objects.filter(pk__in=best, terms__slug=topic).exists())


@with_and_without_script
@both_widths
def test_one_tap_narrows_the_list_and_one_tap_clears_it(visit, site, width, javascript):
    page = visit("sl", width, javascript)
    page.goto(address("programmes:catalogue", "sl", query=f"topic={site.topic}"))
    page.locator('main a[href*="cost=free"]').first.click()
    page.wait_for_url("**cost=free**")
    page.locator('main a[href*="no_referral=1"]').first.click()
    page.wait_for_url("**no_referral=1**")
    assert query(page) == {"topic": [site.topic], "cost": ["free"], "no_referral": ["1"]}
    page.get_by_role("link", name=words("sl", "Clear all")).click()
    page.wait_for_url(f"**{address('programmes:catalogue', 'sl')}")


def test_a_ticked_box_keeps_focus_and_open_groups(visit):
    page = visit("sl")
    page.goto(address("programmes:catalogue", "sl"))
    group = page.locator("form[data-facets] details details:has(input[name=cost])")
    group.locator("summary").click()
    group.get_by_role("checkbox").first.check()
    page.wait_for_url("**cost=**")
    expect(group.get_by_role("checkbox").first).to_be_focused()
    assert group.get_attribute("open") is not None


@both_languages
def test_no_result_is_never_an_empty_page(visit, language):
    page = visit(language, 360)
    page.goto(address("programmes:catalogue", language, query="q=qqxxzzqq"))
    main = page.locator("main")
    expect(page.get_by_role("status").filter(has_text="qqxxzzqq")).to_be_visible()
    expect(main.locator('a[href^="tel:"]').first).to_be_visible()
    expect(main.locator(f'a[href="{address("programmes:catalogue", language)}"]').first).to_be_visible()
    assert card_links(page).count() > 0


@both_languages
def test_the_way_out_of_an_empty_list_keeps_its_promise(visit, site, language):
    page = visit(language, 360)
    topic, day = site.empty
    page.goto(address("programmes:catalogue", language, query=f"topic={topic}&day={day}"))
    ways = page.locator('main .empty a[href^="?"]')
    assert ways.count() == 2
    promised = re.search(r"\d+", ways.first.inner_text())
    ways.first.click()
    page.wait_for_load_state()
    assert len(query(page)) == 1
    assert len(numbers(page)) == (min(24, int(promised[0])) if promised else 1)


@both_languages
@pytest.mark.parametrize(("which", "word"), [("full", "Full"), ("paused", "Paused")])
def test_full_and_paused_programmes_say_so_on_the_card(visit, site, language, which, word):
    programme = getattr(site, which)
    page = visit(language, 360)
    page.goto(address("programmes:catalogue", language, query=f"provider={programme.organisation_id}"))
    card = page.locator("main article").filter(has=page.locator(f'a[href*="/{programme.pk}-"]'))
    expect(card.get_by_text(words(language, word), exact=True)).to_be_visible()
    expect(card).to_contain_text(programme.contact_phone)


# ---- when and where -----------------------------------------------------------------------------
@with_and_without_script
@both_widths
def test_the_week_shows_every_date_of_the_week(visit, read, width, javascript):
    page = visit("sl", width, javascript)
    page.goto(address("programmes:catalogue", "sl"))
    page.locator('main a[href="?view=week"]').click()
    page.wait_for_url("**view=week**")
    assert page.locator('main section[aria-labelledby^="day-"]').count() == 7
    page.locator('main a[href*="week="]').last.click()
    page.wait_for_url("**week=**")
    year, week = query(page)["week"][0].split("-W")
    monday = timezone.make_aware(datetime.fromisocalendar(int(year), int(week), 1))
    assert timedelta(0) < monday - timezone.now() <= timedelta(days=7)

    def dates():
        found, days = Counter(), holidays()
        for programme in Programme.objects.published().exclude(status="paused").with_card():
            for schedule in programme.schedules.all():
                found[programme.pk] += len(schedule.occurrences(days, monday, monday + timedelta(days=7)))
        return +found

    shown = Counter(number(link) for link in page.locator("main section section a").all())
    shown.pop(None, None)
    assert shown == read(dates)


@both_widths
def test_the_view_by_place_leads_from_the_sketch_to_the_place(visit, width):
    page = visit("sl", width)
    page.goto(address("programmes:catalogue", "sl"))
    page.locator('main a[href="?view=places"]').click()
    page.wait_for_url("**view=places**")
    places = page.locator("main li[id^=place-]")
    assert places.count() > 3
    sketch = page.locator("main svg[role=group]")
    reveal(sketch)
    mark = sketch.get_by_role("link").first
    target = mark.get_attribute("href")
    expect(places.locator(f'a[href="{target}"]')).to_be_visible()
    mark.click()
    page.wait_for_url(f"**{target}")


@with_and_without_script
@both_widths
@both_languages
def test_nearest_first_sorts_by_the_distance_from_a_settlement(visit, site, read, language, width, javascript):
    page = visit(language, width, javascript)
    page.goto(address("programmes:catalogue", language, query="cost=free"))
    choose_settlement(page, site.settlement)
    page.wait_for_url("**near=**")
    assert query(page) == {"near": [site.settlement], "cost": ["free"]}
    assert_nearest_first(page, read, site.position)


def assert_nearest_first(page, read, position):
    shown = numbers(page)
    distances = read(lambda: [Catalogue().distance(pk, position) for pk in shown])
    distances = [round(distance, 1) for distance in distances if distance is not None]
    assert len(set(distances)) > 1
    assert distances == sorted(distances)
    assert re.search(r"\d\s?k?m\b", page.locator("main article").first.inner_text())


def test_places_are_sorted_by_the_distance_from_a_settlement(visit, site):
    page = visit("de", 360, javascript=False)
    page.goto(address("partners:places", "de"))
    choose_settlement(page, site.settlement)
    page.wait_for_url("**near=**")
    found = re.findall(r"^(?:.*?\s)?([\d.,]+) (k?m)\b", page.locator("main").inner_text(), re.MULTILINE)
    distances = [float(digits.replace(",", ".")) / (1 if unit == "km" else 1000) for digits, unit in found]
    assert len(set(distances)) > 3
    assert distances == sorted(distances)


SPY = """
  window.positionsAsked = 0;
  const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
  navigator.geolocation.getCurrentPosition = (...rest) => { window.positionsAsked += 1; ask(...rest); };
"""


def test_the_position_is_asked_for_on_a_press_only_and_stands_rounded_in_the_address(visit, site, read):
    latitude, longitude = site.position
    place = {"latitude": latitude + 0.00012, "longitude": longitude}
    page = visit("sl", 360, geolocation=place, permissions=["geolocation"])
    page.add_init_script(SPY)
    page.goto(address("programmes:catalogue", "sl", query="cost=free"))
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.positionsAsked") == 0
    button = page.locator("main [data-near]")
    reveal(button)
    button.click()
    page.wait_for_url("**lat=**")
    assert query(page) == {"cost": ["free"], "lat": [f"{place['latitude']:.3f}"], "lon": [f"{longitude:.3f}"]}
    assert_nearest_first(page, read, site.position)


def test_a_refused_position_is_answered_with_words(visit):
    page = visit("sl", 360)
    page.goto(address("programmes:catalogue", "sl"))
    button = page.locator("main [data-near]")
    reveal(button)
    button.click()
    expect(page.locator("main [data-near-error]")).to_have_text(button.get_attribute("data-error"))
    expect(button).to_be_enabled()


def test_without_script_nothing_is_offered_that_needs_it(visit, site):
    page = visit("sl", 1440, javascript=False)
    for path_ in (
        address("programmes:catalogue", "sl"),
        address("programmes:programme", "sl", site.programme),
        address("programmes:list", "sl", query=f"p={site.numbers}"),
    ):
        page.goto(path_)
        expect(page.locator("[data-near], [data-print], [data-share]").filter(visible=True)).to_have_count(0)


# ---- take away ----------------------------------------------------------------------------------
@both_languages
@with_and_without_script
def test_a_shared_link_opens_the_same_list_elsewhere(visit, site, language, javascript):
    own = visit(language, 360)
    for programme in (site.programme, site.other):
        own.goto(address("programmes:programme", language, programme))
        own.locator(f'main aside [data-list-add="{programme.pk}"]').click()
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
    theirs.wait_for_url(f"**{address('programmes:list', language)}")
    assert theirs.locator("main ol h2").all_inner_texts() == titles
    expect_list_size(theirs, 2)


def test_the_same_button_takes_a_programme_off_the_list(visit, site):
    page = visit("sl")
    page.goto(address("programmes:programme", "sl", site.programme))
    add = page.locator(f'main aside [data-list-add="{site.programme.pk}"]')
    add.click()
    expect(add).to_contain_text(words("sl", "On my list – remove"))
    add.press("Space")
    expect(add).to_have_attribute("aria-pressed", "false")
    expect(add).to_contain_text(words("sl", "Add to my list"))
    expect_list_size(page, 0)


@both_languages
@with_and_without_script
def test_the_calendar_file_holds_the_dates_of_the_programme(visit, site, read, language, javascript):
    page = visit(language, 360, javascript)
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


# ---- languages ----------------------------------------------------------------------------------
@with_and_without_script
@both_widths
def test_the_language_switch_keeps_the_page_and_its_filters(visit, site, width, javascript):
    page = visit("sl", width, javascript)
    page.goto(address("programmes:catalogue", "sl", query=f"q=x&topic={site.topic}&sort=az"))
    before = query(page)
    for code in ("de", "da", "nb", "en", "sl"):
        switch = page.locator(f'header a[hreflang="{code}"]')
        reveal(switch)
        switch.click()
        page.wait_for_url(f"**{address('programmes:catalogue', code)}**")
        assert query(page) == before
        assert page.locator("html").get_attribute("lang") == code


@both_widths
def test_the_language_switch_of_a_programme_leads_to_the_same_programme(visit, site, width):
    page = visit("sl", width)
    page.goto(address("programmes:programme", "sl", site.programme))
    for code in ("de", "en"):
        switch = page.locator(f'header a[hreflang="{code}"]')
        reveal(switch)
        switch.click()
        page.wait_for_url(f"**{address('programmes:programme', code, site.programme)}")
        expect(page.get_by_role("heading", level=1)).to_have_text(getattr(site.programme, f"title_{code}"))


@pytest.mark.parametrize("code", ["sl", "en", "da", "nb", "de"])
def test_what_is_not_translated_is_marked_with_its_language(visit, read, code):
    """Every text of the group that stands in for a missing translation carries `lang`; the others carry none."""
    page = visit(code)
    page.goto(address("partners:about", code))
    group = read(Group.objects.first)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    marked = page.get_by_role("heading", level=1).locator("[lang]").count()
    assert marked == (0 if getattr(group, f"name_{code}") else 1)
