"""The coordinator's week: what waits is read, returned, approved and published; and a text is brought back."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import expect

from programmes.models import Programme, Proposal

from .test_keyboard import tab_until
from .visiting import both_languages, both_widths, coordinator, narrow, with_and_without_script, words

pytestmark = pytest.mark.e2e


as_proposed: dict = {}  # what the demo proposes: a part that was published is no longer in it


def ask_again():
    """The programme of the demo with a proposal and its new one, waiting as in the beginning, whatever came before."""
    proposal = Proposal.objects.get(programme__slug="sosedski-sprehodi")
    programme = proposal.programme
    as_proposed.update(as_proposed or {"base": proposal.base, "changes": proposal.changes})
    proposal.base = as_proposed["base"]
    values = {"state": "open", "base_version": programme.version, "asked_at": timezone.now(), **as_proposed}
    Proposal.objects.filter(pk=proposal.pk).update(**values)
    Programme.objects.filter(pk=programme.pk).update(summary_de=proposal.base["summary_de"], bring_sl=None)
    Programme.objects.filter(pk=programme.pk).update(summary_sl=proposal.base["summary_sl"], age_min=None)
    new = Programme.objects.get(slug="joga-na-stolu")
    Programme.objects.filter(pk=new.pk).update(status="in_review")
    return programme, new


@pytest.fixture
def waiting(read):
    return read(ask_again)


def address(language, name, *args):
    with override(language):
        return reverse(name, args=args)


@with_and_without_script
@both_widths
@both_languages
def test_the_coordinator_reads_the_difference_and_publishes(enter, waiting, read, language, width, javascript):
    programme, _new = waiting
    page = enter(coordinator, language, width=width, javascript=javascript)
    page.goto(address(language, "programmes:review"))
    narrow(page)
    page.locator(f"a[href='{address(language, 'programmes:review-programme', programme.pk)}']").click()
    expect(page.locator("main dd[lang=de] ins").first).to_contain_text("Anderthalb")
    expect(page.locator("main dd[lang=sl] del").first).to_contain_text("kava")
    narrow(page)
    publish = page.locator(f"form[action='{address(language, 'programmes:review-publish', programme.pk)}']")
    publish.locator("input[name=parts][value=de]").uncheck()
    publish.get_by_role("button").click()
    german = words(language, "texts (%(language)s)") % {"language": "Deutsch"}
    in_part = words(language, "It is published in part. Still waiting: %(parts)s.") % {"parts": german}
    expect(page.get_by_role("status")).to_contain_text(in_part)
    assert read(lambda: Programme.objects.get(pk=programme.pk).age_min) == 50
    expect(page.locator("main dd[lang=sl] del")).to_have_count(0)
    narrow(page)
    publish.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text(words(language, "It is published."))
    assert "Anderthalb" in read(lambda: Programme.objects.get(pk=programme.pk).summary_de)


@both_languages
def test_a_programme_is_returned_by_keyboard_alone(enter, waiting, read, language):
    _programme, new = waiting
    page = enter(coordinator, language)
    page.goto(address(language, "programmes:review-programme", new.pk))
    form = page.locator(f"form[action='{address(language, 'programmes:review-return', new.pk)}']")
    tab_until(page, form.locator("textarea"))
    page.keyboard.type("Kje se dobimo?")
    tab_until(page, form.get_by_role("button"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(words(language, "It is back with its author, with your note."))
    assert read(lambda: Programme.objects.get(pk=new.pk).status) == "draft"
