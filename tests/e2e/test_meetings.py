"""A meeting from its agenda to its minutes, as the coordinator makes it, with and without script."""

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import expect

from actionplans.models import AgendaItem, Meeting

from .visiting import both_widths, coordinator, named, narrow, with_and_without_script, words

pytestmark = pytest.mark.e2e
# Whether each block stands below or to the right of the one before it: what is read, and where the focus goes next.
IN_READING_ORDER = """(blocks) => blocks.every((block, place) => {
  const box = block.getBoundingClientRect(), before = place && blocks[place - 1].getBoundingClientRect();
  return !place || box.top >= before.bottom - 1 || box.left >= before.right - 1;
})"""


def address(name, *args, language="sl"):
    with override(language):
        return reverse(f"actionplans:{name}", args=args)


@pytest.fixture
def coming(read):
    """The meeting to come, its agenda in the order of the demo."""

    def reset():
        meeting = Meeting.objects.filter(status="invited").order_by("pk")[0]
        meeting.items.filter(pk__gt=min(meeting.items.values_list("pk", flat=True)) + 2).delete()
        away = max(meeting.items.values_list("order", flat=True)) + 100
        meeting.items.update(order=F("order") + away)  # out of each other's way, for no two may stand at one place
        for order, item in enumerate(meeting.items.order_by("pk"), start=1):
            AgendaItem.objects.filter(pk=item.pk).update(order=order, minutes="", outcome="", is_on_agenda=order < 3)
        return meeting.pk

    return read(reset)


@with_and_without_script
@both_widths
def test_the_coordinator_makes_an_agenda_and_writes_the_minutes(enter, coming, read, width, javascript):
    page = enter(coordinator, width=width, javascript=javascript)
    page.goto(address("meeting", coming))
    narrow(page)
    assert page.locator(".meeting > *").evaluate_all(IN_READING_ORDER)
    titles = page.locator(".agenda").first.locator(".agenda__title")
    expect(titles).to_have_count(2)
    second = titles.nth(1).inner_text().split(". ", 1)[1]
    page.locator(".agenda__item").nth(1).get_by_role("button", name=words("sl", "Up")).click()
    expect(titles.first).to_have_text(f"1. {second}")
    proposed = page.locator(f"form[action='{address('agenda-add', coming)}']")
    proposed.locator("input[type=checkbox]").first.check()
    proposed.get_by_role("button").click()
    expect(titles).to_have_count(3)
    expect(page.locator(".messages")).to_be_focused()
    page.get_by_role("link", name=words("sl", "Write the minutes")).click()
    narrow(page)
    page.locator("textarea[name$=-minutes]").first.fill("Dogovorili smo se.")
    page.locator("select[name^=attendance-state]").first.select_option("present")
    page.get_by_role("button", name=words("sl", "Save the minutes")).click()
    expect(page.get_by_role("status")).to_contain_text(words("sl", "Your changes are saved."))
    expect(page.locator("textarea[name$=-minutes]").first).to_have_value("Dogovorili smo se.")
    assert read(lambda: Meeting.objects.get(pk=coming).items.on_agenda().first().minutes) == "Dogovorili smo se."


def test_a_member_proposes_a_subject_and_cannot_order_the_agenda(enter, coming, read):
    page = enter(named("Petra Jerman"), javascript=False)
    page.goto(address("meeting", coming))
    expect(page.get_by_role("button", name=words("sl", "Up"))).to_have_count(0)
    page.locator("input[name=title]").fill("Igrišče pri vrtcu")
    page.get_by_role("button", name=words("sl", "Propose it"), exact=True).click()
    expect(page.get_by_role("status")).to_contain_text(words("sl", "Thank you. The coordinator sees your proposal."))
    expect(page.locator(".agenda--plain")).to_contain_text("Igrišče pri vrtcu")
