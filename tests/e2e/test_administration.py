"""The administration by keyboard alone, without a script, and as axe sees it."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from partners.models import Seat, User
from programmes.models import Programme, Schedule

from .test_accessibility import COLOURS, START, where
from .test_keyboard import STOP, tab_until
from .visiting import both_widths
from .walking import administrator

pytestmark = pytest.mark.e2e
PROGRAMMES, SCHEDULES = "/admin/programmes/programme/", "/admin/programmes/schedule/"


def into_the_page(page, path):
    """Past the list of all nouns, by the link that comes first."""
    page.goto(path)
    page.keyboard.press("Tab")
    focus_is_seen(page)
    page.keyboard.press("Enter")


def focus_is_seen(page):
    stop = page.evaluate(STOP)
    assert stop["faults"] == [], stop["name"]


def test_a_list_is_searched_and_filtered_by_keyboard(enter, site):
    page = enter(administrator, "de")
    into_the_page(page, PROGRAMMES)
    tab_until(page, page.locator("#searchbar"))
    page.keyboard.type(site.programme.slug)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    found = page.locator("#result_list tbody tr")
    expect(found).to_have_count(1)
    draft = page.locator("#changelist-filter a[href*='status=draft']")
    tab_until(page, draft)
    page.keyboard.press("Enter")
    page.wait_for_url("**status=draft**")
    expect(found).to_have_count(0)
    assert page.locator("#searchbar").input_value() == site.programme.slug


def test_a_search_field_is_opened_typed_into_chosen_from_and_saved_by_keyboard(enter, site, read):
    number = read(lambda: Schedule.objects.filter(programme=site.edited).first().pk)
    name = read(lambda: str(Programme.objects.get(pk=site.other.pk)))
    page = enter(administrator, "sl")
    into_the_page(page, f"{SCHEDULES}{number}/change/")
    field = page.locator(".field-programme .select2-selection")
    tab_until(page, field)
    page.keyboard.press("Enter")
    typed = page.locator(".select2-search__field")
    expect(typed).to_be_focused()
    focus_is_seen(page)
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    page.keyboard.press("Enter")
    expect(typed).to_be_focused()
    page.keyboard.type(name[:12])
    chosen = page.locator(".select2-results__option--highlighted")
    expect(chosen).to_contain_text(name)
    page.keyboard.press("Enter")
    expect(field).to_contain_text(name)
    expect(field).to_be_focused()
    tab_until(page, page.locator("input[name=_continue]"))
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert read(lambda: Schedule.objects.get(pk=number).programme_id) == site.other.pk
    read(lambda: Schedule.objects.filter(pk=number).update(programme=site.edited))


@both_widths
def test_seats_are_moved_without_a_script(enter, read, width):
    def people():
        User.objects.filter(email="to-move@example.org").delete()
        seat = Seat.objects.current().exclude(role="coordinator").first()
        User.objects.filter(email="moved-to@example.org").delete()
        leaves = User.objects.create_user("to-move@example.org", full_name="Zadnja Oseba")
        comes = User.objects.create_user("moved-to@example.org", full_name="Nova Oseba")
        Seat.objects.create(membership=seat.membership, user=leaves, role="editor", starts_on="2026-01-05")
        return leaves.pk, comes.pk

    leaves, comes = read(people)
    page = enter(administrator, "de", width=width, javascript=False)
    page.goto("/admin/partners/user/?q=to-move")
    page.locator(f"input[name=_selected_action][value='{leaves}']").check()
    page.locator("select[name=action]").first.select_option("move_seats")
    page.locator("#changelist-form button[name=index]").first.click()
    page.locator("input[name=to-typed]").fill("Nihče")
    page.locator("#content form button[type=submit]").last.click()
    expect(page.locator("#content .errors")).to_be_visible()
    assert page.locator("input[name=to-typed]").input_value() == "Nihče"
    page.locator("input[name=to-typed]").fill("Nova Oseba")
    page.locator("#content form button[type=submit]").last.click()
    expect(page.locator(".messagelist")).to_contain_text("Nova Oseba")
    assert read(lambda: list(Seat.objects.filter(user=comes).values_list("role", flat=True))) == ["editor"]
    read(lambda: User.objects.filter(pk__in=(leaves, comes)).delete())


@pytest.mark.parametrize("form", [False, True], ids=["list", "form"])
def test_axe_finds_nothing_in_the_administration(enter, browser, site, form):
    """In a browser of its own, for axe writes styles of its own, which the portal's policy refuses."""
    signed_in = enter(administrator, "de").context.storage_state()
    context = browser.new_context(base_url=site.url, storage_state=signed_in, reduced_motion="reduce")
    context.add_init_script(AXE_SCRIPT)
    page = context.new_page()
    page.goto(f"{PROGRAMMES}{site.programme.pk}/change/" if form else PROGRAMMES)
    found = []
    for scheme, look in (("light", START), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)
        for fault in page.evaluate(look):
            found += [f"{scheme}: {fault['id']}: {fault['help']}: {where(node)}" for node in fault["nodes"][:5]]
    context.close()
    assert not found, "\n".join(found)
