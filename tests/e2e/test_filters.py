"""The filters beside the list as hands know them: nothing chosen or typed is lost, and one knows what came of it."""

import pytest
from playwright.sync_api import expect

from .pages import address
from .visiting import query, reveal, search_field

pytestmark = pytest.mark.e2e

LIST = "programmes:catalogue"


def box(page, name, value):
    """A box of the filters, its folds open."""
    target = page.locator(f"form[data-facets] input[name={name}][value={value}]")
    reveal(target)
    return target


def test_back_shows_the_boxes_as_the_address_says(visit):
    page = visit("sl")
    page.goto(address(LIST, "sl"))
    box(page, "phase", "working-age").check()
    page.wait_for_url("**phase=**")
    page.go_back()
    expect(box(page, "phase", "working-age")).not_to_be_checked()
    box(page, "phase", "older-adults").evaluate("(box) => { box.checked = true; }")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(box(page, "phase", "older-adults")).not_to_be_checked()
