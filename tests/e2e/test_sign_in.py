"""Signing in: by keyboard, without script, with a second proof, and by an invitation."""

import json
import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from axe_playwright_python.base import AXE_SCRIPT
from django.core.cache import cache
from playwright.sync_api import expect

from partners.models import Invitation, Membership, User

from .pages import address
from .test_accessibility import OPTIONS
from .visiting import both_languages, both_widths, path, reveal, with_and_without_script

pytestmark = pytest.mark.e2e
PASSWORD = "three-words-apart-4"


@pytest.fixture
def coordinator(read):
    """The demo's coordinator with a password, and nobody having tried to sign in lately."""

    def prepare():
        cache.clear()
        user = User.objects.get(full_name="Mojca Hribernik")
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        return user.email

    return read(prepare)


def sign_in(page, language, email):
    page.goto(address("account_login", language))
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(re.compile(re.escape(address("actionplans:work", language))))


def axe(page):
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({json.dumps(OPTIONS)})")["violations"]
    return [(fault["id"], node["html"][:120]) for fault in found for node in fault["nodes"][:3]]


@with_and_without_script
@both_widths
@both_languages
def test_a_coordinator_signs_in_and_out(visit, coordinator, language, width, javascript):
    page = visit(language, width, javascript)
    sign_in(page, language, coordinator)
    reveal(page.locator(".workbar__button"))
    page.locator(".workbar__button").click()
    page.wait_for_url(re.compile(rf"/{language}/$"))
    page.goto(address("account", language))
    assert path(page) == address("account_login", language)


def test_an_authenticator_app_is_set_up_and_asked_for(visit, coordinator, read):
    page = visit("sl", 1440)
    sign_in(page, "sl", coordinator)
    page.goto(address("mfa_activate_totp", "sl"))
    if page.locator("input[name=password]").count():
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".sign-in__code svg")).to_be_visible()
    secret = page.locator(".sign-in__secret").inner_text()
    assert axe(page) == []

    def code():
        return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))

    page.locator("input[name=code]").fill(code())
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(re.escape(address("mfa_index", "sl"))))
    page.context.clear_cookies()
    page.goto(address("account_login", "sl"))
    page.locator("input[name=login]").fill(coordinator)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(re.compile(re.escape(address("mfa_authenticate", "sl"))))
    assert axe(page) == []
    read(lambda: User.objects.get(email=coordinator).authenticator_set.all().delete() and None)


@both_languages
def test_an_invitation_makes_an_account(visit, read, language):
    email = f"new-{language}@example.org"

    def invite():
        membership = Membership.objects.current().order_by("pk").first()
        invitation = Invitation(membership=membership, role="editor", email=email, language=language)
        return invitation.renew()

    page = visit(language, 360)
    page.goto(address("home", language))
    from django.urls import reverse
    from django.utils.translation import override

    with override(language):
        link = reverse("partners:accept", args=[read(invite)])
    page.goto(link)
    assert axe(page) == []
    page.locator("input[name=full_name]").fill("Nova Oseba")
    page.locator("input[name=password]").fill("short")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".errors")).to_be_visible()
    expect(page.locator("input[name=full_name]")).to_have_value("Nova Oseba")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".message--good")).to_be_visible()
