"""How a resident finds a programme, with and without script, on a telephone and at a desk."""

import re

import pytest
from playwright.sync_api import expect

from portal import languages
from portal.templatetags.portal import FOREIGN_NOTE
from programmes.models import Programme

from .pages import LIST_COOKIE, address
from .visiting import (
    both_languages,
    both_widths,
    card_links,
    everyday_words,
    expect_list_size,
    main_button,
    number,
    numbers,
    path,
    query,
    reveal,
    search_field,
    with_and_without_script,
    words,
)  # fmt: skip

pytestmark = pytest.mark.e2e


@with_and_without_script
@both_widths
@both_languages
def test_a_resident_finds_a_programme_keeps_it_and_lets_it_go(visit, language, width, javascript):
    page = visit(language, width, javascript)
    page.goto("/")
    assert path(page) == f"/{language}/"

    search = search_field(page)
    search.fill(everyday_words[language])
    search.press("Enter")
    page.wait_for_url("**q=**")
    assert (path(page), query(page)) == (
        address("programmes:catalogue", language),
        {"q": [everyday_words[language]]},
    )
    found = card_links(page).count()
    assert found > 1

    facets = page.locator("form[data-facets]")
    choices = {box: int(re.search(r"\d+$", box.locator("xpath=..").text_content().strip())[0])
               for box in facets.get_by_role("checkbox", include_hidden=True).all()}  # fmt: skip
    box, count = next((box, count) for box, count in choices.items() if count < found)
    name, value = box.get_attribute("name"), box.get_attribute("value")
    reveal(box)
    box.check()
    if width == 360 or not javascript:
        facets.locator(".facets__actions button").click()
    page.wait_for_url(f"**{name}={value}**")
    assert query(page) == {"q": [everyday_words[language]], name: [value]}
    assert card_links(page).count() == count

    link = card_links(page).first
    title, chosen = link.inner_text(), number(link)
    link.click()
    page.wait_for_url(re.compile(f"/{chosen}-"))
    expect(page.get_by_role("heading", level=1)).to_have_text(title)

    add = page.locator(f'main aside a[href$="add={chosen}"]')
    add.click()
    if javascript:
        expect(add).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[data-live]")).not_to_be_empty()
        assert "add=" not in page.url
        expect_list_size(page, 1)
        page.locator(f'header a[href="{address("programmes:list", language)}"]').click()
    else:
        page.wait_for_url("**add=**")
        main_button(page, "programmes:list-add", language).click()
    page.wait_for_url(re.compile(re.escape(address("programmes:list", language)) + r"(\?added=\d+)?$"))
    expect(page.locator("main").get_by_role("link", name=title)).to_be_visible()
    expect_list_size(page, 1)

    main_button(page, "programmes:list-remove", language).click()
    expect(page.locator("main").get_by_role("link", name=title)).to_have_count(0)
    expect_list_size(page, 0)
    assert page.context.cookies() == [] or LIST_COOKIE not in {cookie["name"] for cookie in page.context.cookies()}


@pytest.mark.parametrize(
    ("language", "typed", "topic"),
    [
        ("sl", "ne spim", "stress-sleep"),
        ("sl", "NE ŠPIM", "stress-sleep"),
        ("en", "lonely", "loneliness-inclusion"),
        ("da", "søvn", "stress-sleep"),
        ("nb", "sovn", "stress-sleep"),
        ("de", "Rauchen", "tobacco-nicotine"),
    ],
)
def test_everyday_words_lead_to_their_topic(visit, read, language, typed, topic):
    page = visit(language, 360)
    page.goto(f"/{language}/")
    search_field(page).fill(typed)
    search_field(page).press("Enter")
    page.wait_for_url("**q=**")
    best = numbers(page)[:3]
    assert read(lambda: Programme.objects.filter(pk__in=best, terms__slug=topic).exists())


@with_and_without_script
@both_widths
def test_one_tap_narrows_the_list_and_one_tap_clears_it(visit, site, width, javascript):
    page = visit("sl", width, javascript)
    page.goto(address("programmes:catalogue", "sl", query=f"topic={site.topic}"))
    page.locator('main a[href*="cost=free"]').first.click()
    page.wait_for_url("**cost=free**")
    page.locator('main a[href*="no_referral=1"]').first.click()
    page.wait_for_url("**no_referral=1**")
    assert query(page) == {"topic": [site.topic], "cost": ["free"], "no_referral": ["1"]}
    page.get_by_role("link", name=words("sl", "Clear all")).click()
    page.wait_for_url(f"**{address('programmes:catalogue', 'sl')}")


def test_a_ticked_box_keeps_focus_and_open_groups(visit):
    page = visit("sl")
    page.goto(address("programmes:catalogue", "sl"))
    group = page.locator("form[data-facets] details details:has(input[name=cost])")
    group.locator("summary").first.click()  # within it one may open what the costs mean
    group.get_by_role("checkbox").first.check()
    page.wait_for_url("**cost=**")
    expect(group.get_by_role("checkbox").first).to_be_focused()
    assert group.get_attribute("open") is not None


@both_languages
def test_no_result_is_never_an_empty_page(visit, language):
    page = visit(language, 360)
    page.goto(address("programmes:catalogue", language, query="q=qqxxzzqq"))
    main = page.locator("main")
    expect(page.get_by_role("status").filter(has_text="qqxxzzqq")).to_be_visible()
    expect(main.locator('a[href^="tel:"]').first).to_be_visible()
    expect(main.locator(f'a[href="{address("programmes:catalogue", language)}"]').first).to_be_visible()
    assert card_links(page).count() > 0


@both_languages
def test_the_way_out_of_an_empty_list_keeps_its_promise(visit, site, language):
    page = visit(language, 360)
    topic, day = site.empty
    page.goto(address("programmes:catalogue", language, query=f"topic={topic}&day={day}"))
    ways = page.locator('main .empty a[href^="?"]')
    assert ways.count() == 2
    promised = re.search(r"\d+", ways.first.inner_text())
    ways.first.click()
    page.wait_for_load_state()
    assert len(query(page)) == 1
    assert len(numbers(page)) == (min(24, int(promised[0])) if promised else 1)


@both_languages
@pytest.mark.parametrize(("which", "word"), [("full", "Full"), ("paused", "Paused")])
def test_full_and_paused_programmes_say_so_on_the_card(visit, site, language, which, word):
    programme = getattr(site, which)
    page = visit(language, 360)
    page.goto(address("programmes:catalogue", language, query=f"provider={programme.organisation_id}"))
    card = page.locator("main article").filter(has=page.locator(f'a[href*="/{programme.pk}-"]'))
    expect(card.get_by_text(words(language, word), exact=True)).to_be_visible()
    expect(card).to_contain_text(programme.contact_phone)


# ---- languages ----------------------------------------------------------------------------------
@with_and_without_script
@both_widths
def test_the_language_switch_keeps_the_page_and_its_filters(visit, site, width, javascript):
    page = visit("sl", width, javascript)
    page.goto(address("programmes:catalogue", "sl", query=f"q=x&topic={site.topic}&sort=az"))
    before = query(page)
    for code in ("de", "da", "nb", "en", "sl"):
        switch = page.locator(f'header a[hreflang="{code}"]')
        reveal(switch)
        switch.click()
        page.wait_for_url(f"**{address('programmes:catalogue', code)}**")
        assert query(page) == before
        assert page.locator("html").get_attribute("lang") == code


@both_widths
def test_the_language_switch_of_a_programme_leads_to_the_same_programme(visit, site, width):
    page = visit("sl", width)
    page.goto(address("programmes:programme", "sl", site.programme))
    for code in ("de", "en"):
        switch = page.locator(f'header a[hreflang="{code}"]')
        reveal(switch)
        switch.click()
        page.wait_for_url(f"**{address('programmes:programme', code, site.programme)}")
        expect(page.get_by_role("heading", level=1)).to_have_text(getattr(site.programme, f"title_{code}"))


def test_a_text_in_another_language_says_so(visit, site):
    programme, code = site.untranslated, languages.resolve(site.untranslated, "title", "nb")[1]
    page = visit("nb", 360)
    page.goto(address("programmes:programme", "nb", programme))
    heading = page.get_by_role("heading", level=1)
    expect(heading.locator("[lang]")).to_have_attribute("lang", code)
    expect(heading).to_have_text(getattr(programme, f"title_{code}"))
    expect(page.locator("main").get_by_text(words("nb", FOREIGN_NOTE[code])).first).to_be_visible()
