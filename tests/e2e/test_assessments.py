"""A coordinator works through the programmes of the year: one is adapted, and becomes a task."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from .visiting import at, coordinator

pytestmark = pytest.mark.e2e


def test_the_coordinator_decides_on_what_stands_first(enter):
    page = enter(coordinator, "sl", width=360)
    page.goto(at("actionplans:assessments", query="?show=open"))
    first = page.locator("tr.assess__open").first
    name = first.locator("th a").inner_text()
    first.locator("td a.button").click()
    page.locator('input[name=verdict][value="adapt"]').check()
    page.locator("#id_reason_sl").fill("Premalo ljudi ve zanj.")
    page.locator(".form__actions button").click()
    expect(page.locator(".errors")).to_be_visible()  # the day is missing; what was typed is not
    expect(page.locator("#id_reason_sl")).to_have_value("Premalo ljudi ve zanj.")
    page.locator("#id_until").fill(f"{timezone.localdate() + timedelta(days=30)}")
    page.locator(".form__actions button").click()
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("main .steps__item")).to_contain_text(name)  # the task
