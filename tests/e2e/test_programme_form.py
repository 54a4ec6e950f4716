"""An editor keeps a programme: text, translation, times by a sentence; with and without script."""

import json
import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from partners.models import Organisation, Seat
from programmes.models import Programme

from .pages import address
from .test_accessibility import OPTIONS
from .visiting import both_languages, both_widths, path, with_and_without_script

pytestmark = pytest.mark.e2e
SENTENCES = {
    "sl": "vsak drugi četrtek 16.30–18.00 do junija, ne ob praznikih",
    "de": "jeden zweiten Donnerstag 16:30–18:00 Uhr bis Juni, nicht an Feiertagen",
}
SAID = {"sl": "vsak drugi četrtek, 16.30–18.00", "de": "jeden zweiten Donnerstag, 16:30–18:00 Uhr"}


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


@with_and_without_script
@both_widths
@both_languages
def test_an_editor_writes_a_draft_gives_it_times_and_looks_at_it(signed_in_page, language, width, javascript):
    page, _number = signed_in_page(language, width, javascript)
    page.goto(address("programmes:mine", language))
    page.locator(f'main a[href="{own("programme-add", language)}"]').click()
    if page.locator("#id_organisation").input_value() == "":
        page.locator("#id_organisation").select_option(index=1)
    page.locator(f"#id_title_{language}").fill("Hoja z vnuki")
    page.locator(f'input[name="write"][value="{"de" if language == "sl" else "sl"}"]').check()
    page.locator(f"#id_title_{'de' if language == 'sl' else 'sl'}").fill("Gehen mit Enkeln")
    page.locator("main .pform__actions button").first.click()
    page.wait_for_url(re.compile(r"/\d+/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Hoja z vnuki")
    form = path(page)
    page.locator(".times + p a").click()
    page.locator("#id_sentence").fill(SENTENCES[language])
    page.locator("#id_sentence").press("Enter")
    page.wait_for_url("**sentence=**")
    expect(page.locator(".said")).to_contain_text(SAID[language])
    assert page.locator("ol.dates li").count() == 10
    page.locator(".sform .form__actions button").first.click()
    page.wait_for_url(f"**{form}")
    expect(page.locator(".times__row")).to_contain_text(SAID[language])
    assert page.evaluate("document.documentElement.scrollWidth") <= width


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


def test_the_form_is_reached_and_sent_by_keyboard_alone(signed_in_page):
    page, number = signed_in_page("sl", 1440)
    page.goto(own("schedule-add", "sl", number))
    page.locator("#id_sentence").focus()
    page.keyboard.type("vsak torek 9.00–10.00")
    page.keyboard.press("Enter")
    page.wait_for_url("**sentence=**")
    page.locator("#id_sentence").focus()
    for _step in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.sform .form__actions button')"):
            break
    assert page.evaluate("document.activeElement.matches('.sform .form__actions button')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{own('programme-edit', 'sl', number)}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@both_languages
def test_axe_finds_nothing_on_the_pages_of_an_editor(signed_in_page, language, scheme):
    page, number = signed_in_page(language, 1440, color_scheme=scheme)
    paths = [own("mine", language), own("programme-add", language), own("programme-edit", language, number)]
    paths += [own(name, language, number) for name in ("schedule-add", "programme-copy", "programme-photo")]
    found = []
    for where in paths:
        page.goto(where)
        page.wait_for_load_state("networkidle")
        page.evaluate(AXE_SCRIPT)
        for fault in page.evaluate(f"axe.run({json.dumps(OPTIONS)})")["violations"]:
            found += [f"{where}: {fault['id']}: {node['target']} {node['html'][:140]}" for node in fault["nodes"][:4]]
    assert not found, "\n".join(found)
