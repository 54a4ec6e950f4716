"""A coordinator takes a table, changes it, looks at what would change and says yes; with and without script."""

import csv
import io
import json

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import expect

from partners.models import Seat
from portal.languages import CODES
from programmes.models import Programme

from .test_accessibility import OPTIONS
from .visiting import both_languages, with_and_without_script

pytestmark = pytest.mark.e2e


def coordinator():
    """(session key, number of the group)."""
    seat = Seat.objects.current().filter(role="coordinator").select_related("membership").order_by("pk").first()
    client = Client()
    client.force_login(seat.user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value, seat.membership.group_id


def at(name, language, *args):
    with override(language):
        return reverse(f"programmes:{name}", args=args)


@with_and_without_script
@both_languages
def test_a_table_is_taken_changed_and_brought_back(visit, read, site, language, javascript):
    page = visit(language, 360, javascript)
    key, _group = read(coordinator)
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": site.url}])
    page.goto(at("mine", language))
    way = page.locator(f'main a[href="{at("import", language)}"]')
    way.click()
    page.locator(f'main a[href="{at("export", language)}"]').click()
    with page.expect_download() as download:
        page.locator(f'main a[href^="{at("export-file", language, "programmes", "csv")}"]').click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    last_title = next(n for n, heading in enumerate(rows[0]) if heading.endswith(f"({CODES[-1]})"))
    summary = last_title + 1 + CODES.index(language)
    number = int(rows[1][0])
    text = "Popolnoma nov povzetek." if javascript else "Drugačno besedilo brez skripta."
    rows[1][summary] = text

    bring(page, language, rows)
    look(page, javascript)
    expect(page.locator(".rows__row .badge--wait")).to_have_count(1)
    expect(page.locator(".rows__row ins").first).to_contain_text(text)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator(".tables__deeds button").first.click()
    expect(page.locator(".message--good")).to_be_visible()
    look(page, javascript)
    assert read(lambda: getattr(Programme.objects.get(pk=number), f"summary_{language}")) == text

    rows[1][0] = "999999"
    bring(page, language, rows[:2])
    expect(page.locator(".rows__errors")).to_contain_text("999999")
    look(page, javascript)


def bring(page, language, rows):
    kept = io.StringIO()
    csv.writer(kept, delimiter=";").writerows(rows)
    page.goto(at("import", language))
    page.locator("input[type=file]").set_input_files(
        {"name": "tabela.csv", "mimeType": "text/csv", "buffer": kept.getvalue().encode("utf-8")}
    )
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_selector(".rows")


def look(page, javascript):
    """axe finds nothing; it is itself a script."""
    if not javascript:
        return
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({json.dumps(OPTIONS)})")["violations"]
    assert [f"{fault['id']}: {node['html'][:140]}" for fault in found for node in fault["nodes"][:4]] == []
