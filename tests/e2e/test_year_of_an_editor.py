"""The editor's year: a programme from its first word on, and what the coordinator and residents say of it."""

import re

import pytest
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import expect

from programmes.models import ProblemReport, Programme

from .hands import Keyboard, Mouse
from .visiting import at, coordinator, member, narrow, path, words

pytestmark = pytest.mark.e2e
SENTENCES = {
    "sl": "vsak drugi četrtek 16.30–18.00 do junija, ne ob praznikih",
    "de": "jeden zweiten Donnerstag 16:30–18:00 Uhr bis Juni, nicht an Feiertagen",
}
SAID = {"sl": "vsak drugi četrtek, 16.30–18.00", "de": "jeden zweiten Donnerstag, 16:30–18:00 Uhr"}
NEW_TIMES = {"sl": "17.15–18.30", "de": "17:15–18:30"}


@pytest.mark.parametrize(
    ("language", "hand", "width", "javascript"),
    [("sl", Keyboard, 360, True), ("de", Mouse, 1440, False)],
    ids=["sl-keyboard-360", "de-no-script-1440"],
)
def test_a_year_with_a_programme(enter, visit, read, language, hand, width, javascript):
    how = {"width": width, "javascript": javascript}
    year = Year(
        language,
        edits=hand(enter(member, language, **how)),
        reviews=Mouse(enter(coordinator, language, **how)),
        reads=Mouse(visit(language, **how)),
    )
    year.create()
    year.say_when()
    year.submit()
    year.give_back_and_mend()
    year.publish()
    page = read(lambda: Programme.objects.get(pk=year.number).get_absolute_url)
    followed = year.be_read_and_reported(page)
    year.answer(read(lambda: ProblemReport.objects.get(text=year.mark).pk), followed)
    year.confirm()
    year.pause_and_resume()
    year.change_the_times(read(lambda: Programme.objects.get(pk=year.number).schedules.get().pk))
    assert read(lambda: Programme.objects.get(pk=year.number).status) == "published"


class Year:
    """What the three do, in the order in which it happens."""

    def __init__(self, language, edits, reviews, reads):
        self.language, self.edits, self.reviews, self.reads = language, edits, reviews, reads
        self.mark = f"Hoja {timezone.now():%H%M%S}"
        self.number = 0

    def here(self, view, *args):
        return at(f"programmes:{view}", *args, language=self.language)

    def words(self, text):
        return words(self.language, text)

    def edit(self):
        """Goes to the programme's form by way of the list."""
        self.edits.follow(self.here("mine"))
        self.edits.follow(self.here("programme-edit", self.number))

    def move(self, status):
        self.edits.go(self.edits.at(f"#state button[name=to][value={status}]").first)

    def create(self):
        """A draft, with its title and summary in the editor's language and in the portal's own."""
        self.edits.open(self.here("mine"))
        self.edits.follow(self.here("programme-add"))
        for code in dict.fromkeys((self.language, "sl")):
            self.edits.tick(self.edits.at(f"input[name=write][value={code}]"))
            self.edits.write(self.edits.at(f"#id_title_{code}"), f"{self.mark} {code}")
            self.edits.write(self.edits.at(f"#id_summary_{code}"), f"Ob vodi {code}.")
        self.edits.tick(self.edits.at("input[name=referral_route]").first)
        self.edits.write(self.edits.at("input[name=contact_email]"), "petra@example.org")
        self.edits.tick(self.edits.at("input[name=cost]").first)
        self.edits.go(self.edits.at("main .pform__actions button").first)
        self.number = int(re.search(r"/(\d+)/$", path(self.edits.page))[1])
        narrow(self.edits.page)

    def say_when(self):
        self.edits.follow(self.here("schedule-add", self.number))
        self.edits.write(self.edits.at("#id_sentence"), SENTENCES[self.language])
        self.edits.go(self.edits.at("form.panel button"))
        expect(self.edits.at(".said")).to_contain_text(SAID[self.language])
        expect(self.edits.at("ol.dates li")).to_have_count(10)
        self.edits.go(self.edits.at(".sform .form__actions button").first)
        expect(self.edits.at(".times__row")).to_contain_text(SAID[self.language])
        narrow(self.edits.page)

    def submit(self):
        self.move("in_review")
        expect(self.edits.page.get_by_role("status")).to_contain_text(self.words("It is with the coordinator now."))

    def give_back_and_mend(self):
        """The coordinator says what is missing; it stands in the form until the editor asks again."""
        self.reviews.open(self.here("review"))
        self.reviews.follow(self.here("review-programme", self.number))
        self.reviews.write(self.reviews.at("textarea[name=note]"), "Kje se dobimo?")
        self.reviews.go(self.reviews.at("form:has(textarea[name=note]) button"))
        self.edit()
        expect(self.edits.at("main")).to_contain_text("Kje se dobimo?")
        code = self.language
        self.edits.write(self.edits.at(f"#id_summary_{code}"), "Pri mostu.")
        self.edits.go(self.edits.at("main .pform__actions button").first)
        self.submit()
        expect(self.edits.at("main")).not_to_contain_text("Kje se dobimo?")

    def publish(self):
        self.reviews.open(self.here("review"))
        self.reviews.follow(self.here("review-programme", self.number))
        expect(self.reviews.at("main")).to_contain_text("Pri mostu.")
        self.approve()

    def approve(self):
        form = self.reviews.at(f"form[action='{self.here('review-publish', self.number)}']")
        self.reviews.go(form.get_by_role("button"))
        expect(self.reviews.page.get_by_role("status")).to_contain_text(self.words("It is published."))

    def be_read_and_reported(self, page):
        """A resident reads it and reports an error. → the address where they see what becomes of it"""
        with override(self.language):
            self.reads.open(page())
        expect(self.reads.at("main")).to_contain_text("Pri mostu.")
        narrow(self.reads.page)
        self.page = self.reads.page.url
        self.reads.follow(self.here("report"))
        self.reads.tick(self.reads.at("input[name=kind]").first)
        self.reads.write(self.reads.at("textarea[name=text]"), self.mark)
        self.reads.page.wait_for_timeout(3200)  # nobody writes faster
        self.reads.go(self.reads.at("main form button"))
        expect(self.reads.at("main")).to_contain_text(self.mark)
        return self.reads.page.url

    def answer(self, report, followed):
        self.edits.follow(self.here("reports"))
        self.edits.follow(self.here("report-answer", report))
        self.edits.write(self.edits.at("textarea[name=answer]"), "Hvala, popravljeno.")
        self.edits.go(self.edits.at("button[name=to][value=done]"))
        self.reads.open(followed)
        expect(self.reads.at("main")).to_contain_text("Hvala, popravljeno.")

    def confirm(self):
        self.edit()
        form = self.edits.at(f"form[action='{self.here('programme-confirm', self.number)}']")
        self.edits.go(form.get_by_role("button"))
        expect(self.edits.page.get_by_role("status")).to_contain_text(self.mark)

    def pause_and_resume(self):
        paused = self.words("This programme is paused.")
        self.move("paused")
        self.reads.open(self.page)
        expect(self.reads.at("main")).to_contain_text(paused)
        self.move("published")
        self.reads.open(self.page)
        expect(self.reads.at("main")).not_to_contain_text(paused)

    def change_the_times(self, schedule):
        """Residents read the new times once the coordinator has looked at them."""
        self.edits.follow(self.here("schedule-edit", self.number, schedule))
        self.edits.write_time(self.edits.at("#id_starts_at"), "17:15")
        self.edits.write_time(self.edits.at("#id_ends_at"), "18:30")
        self.edits.go(self.edits.at(".sform .form__actions button").first)
        waits = self.words("The new times wait for the coordinator.")
        expect(self.edits.page.get_by_role("status")).to_contain_text(waits)
        narrow(self.edits.page)
        self.reads.open(self.page)
        expect(self.reads.at("main")).not_to_contain_text(NEW_TIMES[self.language])
        self.reviews.open(self.here("review"))
        self.reviews.follow(self.here("review-programme", self.number))
        self.approve()
        self.reads.open(self.page)
        expect(self.reads.at("main")).to_contain_text(NEW_TIMES[self.language])
