"""When and where: the week, the places, and what is near."""

import re
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from programmes.cards import holidays
from programmes.catalogue import Catalogue
from programmes.models import Programme

from .pages import address
from .visiting import both_widths, choose_settlement, number, numbers, query, reveal, with_and_without_script

pytestmark = pytest.mark.e2e


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
def test_nearest_first_sorts_by_the_distance_from_a_settlement(visit, site, read, width, javascript):
    page = visit("de", width, javascript)
    page.goto(address("programmes:catalogue", "de", query="cost=free"))
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
    button.press("Enter")
    expect(page.locator("main .near-error")).to_have_text(button.get_attribute("data-error"))
    expect(button).to_be_enabled()
    expect(button).to_be_focused()


@pytest.mark.parametrize("view", ["partners:places", "programmes:catalogue"])
def test_on_a_phone_the_sketch_begins_where_the_reader_is(visit, site, view):
    page = visit("sl", 360)
    page.goto(address(view, "sl", query=f"near={site.settlement}&view=places"))
    page.locator("main details:has(svg[role=group]) > summary").click()
    page.locator(".map__pane").evaluate("pane => pane.scrollIntoView({ block: 'center', behavior: 'instant' })")
    expect(page.locator(".map__here")).to_be_in_viewport(ratio=1)
    expect(page.locator(".map__more")).to_be_visible()
