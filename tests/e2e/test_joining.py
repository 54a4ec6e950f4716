"""Somebody asks to take part and is let in; a person leaves; who can help is found. With and without script."""

import json

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import expect

from partners.models import JoinRequest, Seat, User
from programmes.models import Programme

from .pages import address
from .test_accessibility import OPTIONS
from .visiting import both_languages, both_widths, with_and_without_script

pytestmark = pytest.mark.e2e


def key_of(user):
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def coordinator():
    cache.clear()  # nobody has asked lately
    return key_of(User.objects.get(full_name="Mojca Hribernik"))


def administrator():
    return key_of(User.objects.get(email="administrator@example.org"))


@pytest.fixture
def signed_in_page(visit, read, site):
    def start(who, language, width, javascript=True, **more):
        page = visit(language, width, javascript, **more)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": read(who), "url": site.url}
        page.context.add_cookies([cookie])
        return page

    return start


def faults(page, width):
    """What axe finds, and whether the page is wider than the screen."""
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({json.dumps(OPTIONS)})")["violations"]
    wide = ["wider than the screen"] if page.evaluate("document.documentElement.scrollWidth") > width else []
    return wide + [f"{fault['id']}: {node['html'][:140]}" for fault in found for node in fault["nodes"][:3]]


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


@with_and_without_script
@both_languages
def test_a_person_leaves_in_order(signed_in_page, read, language, javascript):
    def prepare():
        seat = Seat.objects.current().filter(role=Seat.Role.EDITOR, ends_on=None).order_by("pk").first()
        leaving = User.objects.create_user(f"gone-{language}{javascript}@example.org", full_name="Greta Gone")
        new = Seat.objects.create(membership=seat.membership, user=leaving, role=Seat.Role.EDITOR)
        mine = Programme.objects.filter(organisation=seat.membership.organisation).order_by("pk").first()
        Programme.objects.filter(pk=mine.pk).update(contact_email=leaving.email, contact_name="Greta Gone")
        return new.pk, mine.pk, seat.user.full_name

    number, programme, successor = read(prepare)
    page = signed_in_page(coordinator, language, 360, javascript)
    page.goto(address("partners:people", language))
    with override(language):
        link = reverse("partners:leaving", args=[number])
    page.locator(f'main a[href="{link}"]').click()
    assert faults(page, 360) == []
    page.locator("#id_everything").select_option(label=successor)
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".message--good")).to_be_visible()
    assert read(lambda: Programme.objects.get(pk=programme).contact_name) == successor


@both_widths
@both_languages
def test_axe_finds_nothing_on_the_pages_of_partners_and_groups(signed_in_page, read, language, width):
    def ask():
        from partners.models import Group

        asked = JoinRequest(group=Group.objects.order_by("pk")[0], name="Lipa", offer="x", email="a@example.org")
        asked.language = language
        return asked.store(), asked.pk

    token, number = read(ask)
    found = {}
    page = signed_in_page(coordinator, language, width)
    with override(language):
        paths = [
            reverse("partners:join"),
            reverse("partners:join-followed", args=[token]),
            reverse("partners:join-requests"),
            reverse("partners:join-request", args=[number]),
            reverse("partners:directory"),
            reverse("partners:people"),
            reverse("actionplans:network"),
            reverse("partners:groups"),
        ]
        new = reverse("partners:group-new")
    for path in paths:
        page.goto(path)
        found[path] = faults(page, width)
    page.goto(address("partners:groups", language))
    page.locator("main .people__list a").first.click()
    found["setup"] = faults(page, width)
    page = signed_in_page(administrator, language, width)
    page.goto(new)
    found[new] = faults(page, width)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@with_and_without_script
@both_languages
def test_an_administrator_sets_up_a_group(signed_in_page, language, javascript):
    page = signed_in_page(administrator, language, 360, javascript)
    page.goto(address("partners:group-new", language))
    page.locator(f"#id_name_{language}").fill(f"Skupina {language}{javascript}")
    page.locator(f"#id_purpose_{language}").fill("Za zdravje.")
    page.locator("#id_new_municipalities").fill("Nova občina")
    page.locator("#id_new_organisation").fill(f"Zavod {language}{javascript}")
    page.locator("#id_sector").select_option(index=1)
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".errors")).to_be_visible()  # nobody is to coordinate it yet
    page.locator("#id_coordinator").fill("first@example.org")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".setup__point--open").first).to_contain_text("first@example.org")
