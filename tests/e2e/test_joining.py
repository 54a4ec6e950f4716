"""Somebody asks to take part and is let in, and is found in the directory. With and without script."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import expect

from partners.models import User

from .pages import address
from .visiting import both_languages, both_widths, with_and_without_script

pytestmark = pytest.mark.e2e


def key_of(user):
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def coordinator():
    cache.clear()  # nobody has asked lately
    return key_of(User.objects.get(full_name="Mojca Hribernik"))


@pytest.fixture
def signed_in_page(visit, read, site):
    def start(who, language, width, javascript=True, **more):
        page = visit(language, width, javascript, **more)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": read(who), "url": site.url}
        page.context.add_cookies([cookie])
        return page

    return start


@with_and_without_script
@both_widths
@both_languages
def test_an_association_asks_and_is_let_in(visit, signed_in_page, read, language, width, javascript):
    inside = signed_in_page(coordinator, language, width, javascript)
    page = visit(language, width, javascript)
    name = f"Lipa {language}{width}{'ab'[javascript]}"
    page.goto(address("partners:about", language))
    page.locator(f'main a[href="{address("partners:join", language)}"]').click()
    page.locator("#id_name").fill(name)
    page.locator("#id_offer").fill("Dvorana ob torkih.")
    page.wait_for_timeout(3200)  # as long as no robot waits
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".errors")).to_be_visible()  # the address is missing; what was typed is not
    expect(page.locator("#id_name")).to_have_value(name)
    page.locator("#id_email").fill(f"lipa-{language}{width}{javascript}@example.org")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main dl")).to_contain_text("Dvorana ob torkih.")

    inside.goto(address("partners:join-requests", language))
    inside.get_by_role("link", name=name).click()
    if inside.locator('input[name=which][type=radio][value="new"]').count():
        inside.locator('input[name=which][value="new"]').check()
    inside.locator("#id_sector").select_option(index=1)
    inside.locator("section[aria-labelledby=h-yes] button[type=submit]").click()
    expect(inside.locator("#id_email")).to_have_value(f"lipa-{language}{width}{javascript}@example.org")
    expect(inside.locator("#id_membership option:checked")).to_have_text(name)
    inside.locator("main form button[type=submit]").click()
    expect(inside.locator(".message--good")).to_be_visible()
    page.reload()
    expect(page.locator("main dl")).to_contain_text(name)
    inside.goto(address("partners:directory", language) + "?q=dvorana+torkih")
    expect(inside.get_by_role("link", name=name)).to_be_visible()
