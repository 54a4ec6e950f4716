"""What a nurse does between two patients, and what an administrator does at a desk."""

import re

import pytest
from playwright.sync_api import expect

from programmes.models import SlipCount

from .conftest import PASSWORD
from .pages import address
from .visiting import both_languages, both_widths, with_and_without_script, words

pytestmark = pytest.mark.e2e

COUNT_PRINTS = "window.prints = 0; window.print = () => { window.prints += 1; };"


def slips(read, programme):
    return read(lambda: sum(SlipCount.objects.filter(programme=programme).values_list("count", flat=True)))


@both_widths
@both_languages
def test_from_home_a_nurse_needs_at_most_three_presses_to_a_programme_with_referral(visit, site, read, language, width):
    def with_referral():
        published = type(site.programme).objects.published()
        return set(published.filter(terms__facts__referral_required=True).values_list("pk", flat=True))

    wanted = read(with_referral)
    page = visit(language, width)
    page.goto(f"/{language}/")
    page.locator(f'main a[href*="topic={site.topic}"]').first.click()
    page.wait_for_url(f"**topic={site.topic}**")
    links = page.locator("main article h3 a").all()
    link = next(link for link in links if int(re.search(r"/(\d+)-", link.get_attribute("href"))[1]) in wanted)
    link.click()
    expect(page.locator("main a[href*='/slip/'], main details a[rel=nofollow].button")).to_have_count(1)


@both_languages
@both_widths
def test_a_nurse_opens_the_fold_by_keyboard_and_prints_a_slip_in_the_patients_language(
    visit, site, read, language, width
):
    patient = "en" if language == "de" else "de"
    page = visit(language, width)
    page.add_init_script(COUNT_PRINTS)
    page.goto(address("programmes:programme", language, site.programme))
    slip = page.locator(f'main details a[href="{address("programmes:slip", language, site.programme)}"]')
    expect(slip).not_to_be_visible()
    summary = page.locator("main details:has(a.button) > summary").last
    summary.focus()
    page.keyboard.press("Enter")
    expect(slip).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("main details[open] a[href^='tel:']")).to_be_focused()
    page.keyboard.press("Tab")
    expect(slip).to_be_focused()
    before = slips(read, site.programme)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address('programmes:slip', language, site.programme)}")

    page.locator("main select").select_option(patient)
    page.locator("main form:has(select)").get_by_role("button").click()
    page.wait_for_url(f"**for={patient}")
    assert [part.get_attribute("lang") for part in page.locator("main article section").all()] == [
        language,
        patient,
    ]
    column = page.locator(f"main article section[lang={patient}]")
    expect(column).to_contain_text(getattr(site.programme, f"title_{patient}") or site.programme.title_sl)
    expect(column).to_contain_text(words(patient, "How to join"))
    assert page.evaluate("window.prints") == 0
    assert slips(read, site.programme) == before

    page.locator("main form[method=post]").get_by_role("button").click()
    page.wait_for_url(f"**for={patient}&printed=1")
    page.wait_for_function("window.prints === 1")
    assert slips(read, site.programme) == before + 1
    page.reload()
    assert slips(read, site.programme) == before + 1


@with_and_without_script
def test_a_slip_has_no_field_for_anything_about_a_person(visit, site, javascript):
    page = visit("sl", javascript=javascript)
    page.goto(address("programmes:slip", "sl", site.programme, "for=de"))
    fields = page.locator("main").locator("input, textarea, select, [contenteditable]").all()
    assert [field.get_attribute("name") for field in fields] == ["csrfmiddlewaretoken", "for"]
    assert page.locator("main form[method=post]").locator("input:not([type=hidden]), select, textarea").count() == 0


def test_an_administrator_corrects_a_programme_and_residents_read_it(visit, site):
    page = visit("en")
    page.goto("/admin/")
    page.locator("input[name=login]").fill(site.administrator.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/admin/")
    page.goto("/admin/programmes/programme/")
    page.locator(f'a[href*="/admin/programmes/programme/{site.edited.pk}/change/"]').first.click()
    phone = page.locator("input[name=contact_phone]")
    for fold in phone.locator("xpath=ancestor::details[not(@open)]").all():
        fold.locator("summary").first.click()
    phone.fill("+386 1 000 77 66")
    page.locator("input[name=_save]").click()
    page.wait_for_url("**/admin/programmes/programme/**")
    expect(page.locator(".messagelist .success")).to_be_visible()

    resident = visit("sl", 360)
    resident.goto(address("programmes:programme", "sl", site.edited))
    expect(resident.locator('main a[href="tel:+38610007766"]').first).to_be_visible()


def test_nobody_else_enters_the_administration(visit):
    page = visit("en")
    page.goto("/admin/programmes/programme/")
    expect(page.locator("input[name=password]")).to_be_visible()
    page.locator("input[name=login]").fill("nobody@example.org")
    page.locator("input[name=password]").fill("wrong")
    page.locator("input[name=password]").press("Enter")
    expect(page.locator(".errors")).to_be_visible()
