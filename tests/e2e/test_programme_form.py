"""The form of a programme: its preview, and two languages side by side. Its year: test_year_of_an_editor.py."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from partners.models import Organisation, Seat
from programmes.models import Programme

from .visiting import both_languages

pytestmark = pytest.mark.e2e


def editor():
    """(session key, number of a published programme): somebody who edits an organisation with programmes."""
    editing = Seat.objects.current().filter(role__in=Seat.EDITING)
    with_programmes = Organisation.objects.filter(programmes__in=Programme.objects.published())
    user = editing.filter(membership__organisation__in=with_programmes).order_by("pk").first().user
    client = Client()
    client.force_login(user)
    own = Programme.objects.editable_by(user).filter(status="published").order_by("pk").first()
    return client.cookies[settings.SESSION_COOKIE_NAME].value, own.pk


@pytest.fixture
def signed_in_page(visit, read, site):
    def start(language, width, javascript=True, **more):
        page = visit(language, width, javascript, **more)
        key, number = read(editor)
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": site.url}])
        return page, number

    return start


def own(name, language, *numbers):
    from django.urls import reverse
    from django.utils.translation import override

    with override(language):
        return reverse(f"programmes:{name}", args=numbers)


@both_languages
def test_the_preview_follows_what_is_typed(signed_in_page, language):
    page, number = signed_in_page(language, 1440)
    page.goto(own("programme-edit", language, number))
    preview = page.locator("[data-preview-here]")
    expect(preview).to_be_visible()
    page.locator(f"#id_summary_{language}").fill("Popolnoma nov povzetek.")
    expect(preview).to_contain_text("Popolnoma nov povzetek.")
    page.goto(own("programme-edit", language, number))
    expect(page.locator(f"#id_summary_{language}")).not_to_have_value("Popolnoma nov povzetek.")


@both_languages
def test_two_languages_stand_side_by_side(signed_in_page, language):
    page, number = signed_in_page(language, 1440, javascript=False)
    page.goto(own("programme-edit", language, number))
    other = "da"
    expect(page.locator(f"#id_title_{other}")).to_be_hidden()
    page.locator("#beside").select_option(other)
    expect(page.locator(f"#id_title_{other}")).to_be_visible()
    boxes = [page.locator(f"#id_title_{code}").bounding_box() for code in (language, other)]
    assert abs(boxes[0]["y"] - boxes[1]["y"]) < 4
