"""All pages behind the door: axe finds nothing, by turns on a screen in light and on a phone in dark; nothing is wider
than the phone, and in the forms that are used most every stop of the Tab key can be seen.
"""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from . import walking
from .pages import open_folds
from .test_accessibility import START, where
from .test_keyboard import STOP
from .test_layout import TOO_WIDE

pytestmark = pytest.mark.e2e

FORMS = {
    "account", "partners:invite", "partners:organisation-edit", "partners:place-hours", "partners:leaving",
    "programmes:programme-edit", "programmes:schedule-add", "programmes:review-programme", "actionplans:need-edit",
    "actionplans:measure-edit", "actionplans:minutes", "actionplans:round-answer", "actionplans:signal-triage",
}  # fmt: skip
SCREEN, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
STOP_INSIDE = f"() => ({{...({STOP})(), isInside: Boolean(document.activeElement.closest('main'))}})"


def test_all_that_a_coordinator_sees_is_accessible_and_fits(walks, enter, visit):
    """The others walk in test_walk_of_others.py, so that two processes go at the same time."""
    assert faults_of("coordinator", walks, enter, visit) == {}


def faults_of(role, walks, enter, visit):
    """{page: what is wrong with it} of all that this role sees."""
    find, language = walking.ROLES[role]
    page = enter(find, language, width=1280) if find else visit(language, width=1280)
    page.context.add_init_script(AXE_SCRIPT)
    faults = {}
    for number, stop in enumerate(walks[role]):
        if found := look(page, stop, is_dark=bool(number % 2)):
            faults[f"{stop.view} {stop.path}"] = found
    return faults


def look(page, stop, is_dark):
    """What is wrong with one page."""
    scheme = "dark" if is_dark else "light"
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(PHONE if is_dark else SCREEN)
    assert page.goto(stop.path).status == 200, stop
    open_folds(page)
    found = axe(page, scheme)
    page.set_viewport_size(PHONE)
    found += [f"too wide: {element}" for element in page.evaluate(TOO_WIDE)]
    return found + (unseen_stops(page) if stop.view in FORMS else [])


def axe(page, scheme):
    faults = page.evaluate(START)
    return [f"{scheme}: {fault['id']}: {where(node)}" for fault in faults for node in fault["nodes"][:3]]


def unseen_stops(page, most=400):
    """The stops within main on which the focus is not seen, from the first to the last."""
    page.locator("main").focus()
    found = []
    for _press in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP_INSIDE)
        if not stop["isInside"]:
            return found
        if stop["faults"]:
            found.append(f"{stop['faults']}: {stop['name']}")
    raise AssertionError(f"{most} presses did not lead out of {page.url}")
