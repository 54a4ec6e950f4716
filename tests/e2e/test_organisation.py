"""An editor keeps the opening hours of a place, a photo and the profile; with and without script."""

import io
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from PIL import Image
from playwright.sync_api import expect

from partners.models import Location, OpeningException, Organisation, Seat

from .visiting import both_languages, both_widths, with_and_without_script, words

pytestmark = pytest.mark.e2e


def editor():
    """(session key, number of an organisation, of one of its places): somebody who edits one with a place."""
    editing = Seat.objects.current().filter(role__in=Seat.EDITING)
    with_places = Organisation.objects.filter(locations__in=Location.objects.in_use().filter(is_remote=False))
    coordinators = Seat.objects.filter(role=Seat.Role.COORDINATOR).values("user")  # they edit more than one
    editing = editing.exclude(user__in=coordinators)
    user = editing.filter(membership__organisation__in=with_places).order_by("pk").first().user
    client = Client()
    client.force_login(user)
    place = Location.objects.editable_by(user).in_use().filter(is_remote=False).order_by("pk").first()
    OpeningException.objects.get_or_create(location=place, starts_on="2027-12-24", ends_on="2027-12-24")
    return client.cookies[settings.SESSION_COOKIE_NAME].value, place.organisation_id, place.pk


@pytest.fixture
def own_place(visit, read, site):
    def start(language, width, javascript=True, **more):
        page = visit(language, width, javascript, **more)
        key, organisation, place = read(editor)
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": site.url}])
        return page, organisation, place

    return start


def own(name, language, *numbers):
    with override(language):
        return reverse(f"partners:{name}", args=numbers)


def save(page):
    page.locator("main .form__actions button").first.click()


@with_and_without_script
@both_widths
@both_languages
def test_an_editor_changes_the_hours_and_sees_how_residents_will_read_them(own_place, language, width, javascript):
    page, _organisation, place = own_place(language, width, javascript)
    page.goto(own("my", language))
    page.locator(f'main a[href="{own("place-hours", language, place)}"]').click()
    for row, (opens, closes) in enumerate([("07:15", "11:45"), ("13:10", "17:20")]):
        page.locator(f"#id_day_5_{row}_opens").fill(opens)
        page.locator(f"#id_day_5_{row}_closes").fill(closes)
    page.locator('input[name="day_6_appointment"]').check()
    page.locator("aside button").click()
    page.wait_for_url("**" + own("place-hours-preview", language, place))
    table = page.locator("aside table.hours")
    expect(table.locator("tr").nth(5)).to_contain_text(re.compile(r"7[.:]15–11[.:]45.*13[.:]10–17[.:]20"))
    expect(table.locator("tr").nth(6)).to_contain_text(words(language, "by appointment"))
    expect(page.locator("#id_day_5_1_closes")).to_have_value("17:20")
    page.goto(own("place-hours", language, place))
    for row, (opens, closes) in enumerate([("07:15", "11:45"), ("11:00", "17:20")]):
        page.locator(f"#id_day_5_{row}_opens").fill(opens)
        page.locator(f"#id_day_5_{row}_closes").fill(closes)
    save(page)
    expect(page.locator(".errors")).to_be_visible()
    page.locator(".errors a").first.click()
    expect(page.locator("#id_day_5_0_opens")).to_be_focused()
    page.locator("#id_day_5_1_opens").fill("13:10")
    save(page)
    expect(page.locator(".message--good")).to_be_visible()
    expect(page.locator("#id_day_5_2_opens")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@with_and_without_script
@both_languages
def test_an_editor_brings_a_photo_of_a_place(own_place, language, javascript):
    page, _organisation, place = own_place(language, 1440, javascript)
    data = io.BytesIO()
    Image.new("RGB", (1600, 1000), "darkgreen").save(data, "JPEG")
    page.goto(own("place-photo", language, place))
    file = {"name": "dvorana.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}
    page.locator("#id_picture").set_input_files(file)
    page.locator("#id_may_publish").check()
    page.locator(f"#id_alt_{language}").fill("Vhod")
    save(page)
    expect(page.locator(".message--good")).to_be_visible()
    page.goto(own("place-photo", language, place))
    image = page.locator("main img")
    expect(image).to_have_attribute("alt", "Vhod")
    assert image.evaluate("image => image.complete && image.naturalWidth") == 1280


def test_the_week_is_filled_in_and_saved_by_keyboard_alone(own_place):
    page, _organisation, place = own_place("sl", 1440)
    page.goto(own("place-hours", "sl", place))
    page.locator("#id_day_6_0_opens").focus()
    page.keyboard.type("0905")
    page.locator("#id_day_6_0_closes").focus()
    page.keyboard.type("1010")
    for _step in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#hours .form__actions button')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".message--good")).to_be_visible()
