"""The coordinator's year, from what a resident noticed to what everybody reads: by keyboard, and without script."""

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from actionplans.models import Measure, Meeting, Need, Round, Signal, Strategy
from partners.models import Seat

from .hands import Keyboard, Mouse
from .visiting import at, coordinator, member, narrow, words

pytestmark = pytest.mark.e2e


def membership():
    return member().seats.get(role=Seat.Role.REPRESENTATIVE).membership


def here(view, *args):
    return at(f"actionplans:{view}", *args)


def save(hands, name="Save"):
    form = hands.at("main form").last
    hands.go(form.get_by_role("button", name=words("sl", name), exact=True))


@pytest.mark.parametrize(
    ("hand", "width", "javascript"), [(Keyboard, 1440, True), (Mouse, 360, False)], ids=["keyboard", "no-script"]
)
def test_a_year_from_what_was_noticed_to_what_everybody_reads(enter, visit, read, hand, width, javascript):
    mark = f"Nočni hrup {timezone.now():%H%M%S}"
    how = {"width": width, "javascript": javascript}
    resident, coordinates, answers = (
        hand(visit("sl", **how)), hand(enter(coordinator, **how)), hand(enter(member, **how))
    )  # fmt: skip
    notice(resident, mark)
    followed = resident.page.url
    need = assess(coordinates, read, mark)
    measure = plan(coordinates, read, need, mark)
    path = read(lambda: Measure.objects.get(pk=measure).get_absolute_url())
    promise(coordinates, answers, read, measure, mark)
    carry_out(coordinates, answers, read, measure, mark)
    decide(coordinates, read, mark)
    evaluate(coordinates, measure, path)

    resident.open(followed)
    resident.follow(read(lambda: Need.objects.get(pk=need).get_absolute_url()))
    expect(resident.at("main")).to_contain_text("Ukrepamo, ker pozna vsaka druga.")
    resident.go(resident.at("main").get_by_role("link", name=f"Tiha cesta {mark}").first)
    for text in ("Znaki stojijo.", words("sl", "completed"), "Pomaga."):
        expect(resident.at("main")).to_contain_text(text, ignore_case=True)
    narrow(resident.page)


def notice(resident, mark):
    """A resident tells what they noticed."""
    resident.open(here("signal-send"))
    resident.write(resident.at("textarea[name=text]"), f"{mark}: otroci slabo spijo.")
    resident.tick(resident.at("input[name=basis]").first)
    resident.page.wait_for_timeout(3200)  # nobody writes faster
    resident.go(resident.page.get_by_role("button", name=words("sl", "Send")))
    expect(resident.at("main")).to_contain_text(mark)
    narrow(resident.page)


def assess(hands, read, mark):
    """The coordinator makes a need of it, with evidence, a score and a decision. → its number"""
    hands.open(here("work"))
    hands.follow(here("needs-board"))
    hands.follow(here("signals"))
    hands.follow(here("signal-triage", read(lambda: Signal.objects.get(text__startswith=mark).pk)))
    hands.follow(here("need-add"))
    hands.write(hands.at("input[name=title_sl]"), mark)
    hands.write(hands.at("textarea[name=decision_sl]"), "Ukrepamo, ker pozna vsaka druga.")
    save(hands)
    need = read(lambda: Need.objects.get(title_sl=mark).pk)
    hands.follow(here("evidence-add", need))
    hands.write(hands.at("textarea[name=text_sl]"), "Šola opaža utrujene otroke.")
    save(hands)
    hands.follow(here("need-score", need))
    for question in ("size", "severity", "inequality", "changeability"):
        hands.tick(hands.at(f"input[name={question}]").nth(3))
    save(hands)
    for status in ("assessing", "confirmed", "prioritised"):
        hands.go(hands.at(f"button[name=status][value={status}]"))
    expect(hands.at(".page-head")).to_contain_text(words("sl", "prioritised"), ignore_case=True)
    return need


def plan(hands, read, need, mark):
    """An objective and a measure of the strategy in force; its change is explained. → the measure's number"""
    in_force = read(lambda: Strategy.objects.in_force().get())
    strategy, years = in_force.pk, read(lambda: in_force.plans.latest("starts_on").pk)
    hands.follow(here("objective-add", strategy))
    expect(hands.at(f"input[name=needs][value='{need}']")).to_be_checked()
    hands.write(hands.at("input[name=title_sl]"), f"Mirne noči {mark}")
    hands.choose(hands.at("select[name=level]"), "both")
    hands.write(hands.at("textarea[name=amendment]"), "Nova potreba.")
    save(hands)
    hands.follow(here("measure-add", years))
    objective = hands.at("select[name=objective]")
    hands.choose(objective, objective.locator("option", has_text=mark).get_attribute("value"))
    hands.write(hands.at("input[name=title_sl]"), f"Tiha cesta {mark}")
    hands.write_day(hands.at("input[name=starts_on]"), date(2026, 11, 11))
    hands.write_day(hands.at("input[name=ends_on]"), date(2027, 12, 12))
    hands.choose(hands.at("select[name=approach]"), "universal")
    hands.write(hands.at("textarea[name=no_indicator_reason_sl]"), "Merimo jeseni.")
    save(hands)
    return read(lambda: Measure.objects.get(title_sl=f"Tiha cesta {mark}").pk)


def promise(hands, partner, read, measure, mark):
    """A partner is asked to lead it and says yes."""
    hands.follow(here("commitment-ask", measure))
    hands.choose(hands.at("select[name=membership]"), str(read(lambda: membership().pk)))
    hands.choose(hands.at("select[name=role]"), "lead")
    save(hands, "Ask")
    partner.open(here("work"))
    partner.go(partner.at(".person").filter(has_text=mark).get_by_role("link").first)
    partner.go(partner.at("button[name=status][value=accepted]"))
    expect(partner.at("main")).to_contain_text(mark)


def carry_out(hands, partner, read, measure, mark):
    """It is planned, begun, has a task that is done, and the partner reports in the round."""
    hands.page.reload()
    for phase in ("planned", "in_progress"):
        hands.go(hands.at(f"button[name=phase][value={phase}]"))
    hands.follow(here("measure-task-add", measure))
    hands.write(hands.at("input[name=title_sl]"), "Postaviti znake")
    save(hands)
    hands.go(hands.at("button[name=state][value=done]").first)
    asked, organisation = read(lambda: (Round.objects.get(status="open").pk, membership().organisation_id))
    partner.follow(here("needs-board"))
    partner.follow(here("rounds"))
    partner.follow(here("round", asked))
    partner.follow(here("round-answer", asked, organisation))
    partner.choose(partner.at(f"select[name=measure-{measure}-kind]"), "update")
    partner.write(partner.at(f"textarea[name=measure-{measure}-text]"), "Znaki stojijo.")
    partner.go(partner.page.get_by_role("button", name=words("sl", "Save what is filled in")))
    expect(partner.page.get_by_role("status")).to_be_visible()
    narrow(partner.page)


def decide(hands, read, mark):
    """A meeting is planned and invited to, its minutes hold a decision, which is carried out."""
    hands.follow(here("meetings"))
    hands.follow(here("meeting-add"))
    hands.write(hands.at("input[name=title_sl]"), f"Seja {mark}")
    hands.write_day(hands.at("input[name=day]"), date(2027, 2, 2))
    hands.write_time(hands.at("input[name=begins]"), "16:00")
    hands.write_time(hands.at("input[name=ends]"), "17:30")
    hands.write(hands.at("input[name=place]"), "Sejna soba")
    save(hands)
    meeting = read(lambda: Meeting.objects.get(title_sl=f"Seja {mark}").pk)
    new = hands.at(f"form[action='{here('item-add', meeting)}']")
    hands.write(new.locator("input[name=title]"), "Hrup ponoči")
    hands.go(new.get_by_role("button"))
    hands.go(hands.at("button[name=to][value=invited]"))
    hands.follow(here("minutes", meeting))
    hands.write(hands.at("textarea[name$=-minutes]"), "Vsi so za.")
    hands.unfold(hands.at("main details summary"))
    hands.write(hands.at("textarea[name^=decision]"), "Cesta se ponoči zapre.")
    hands.write_day(hands.at("input[name$=-due_on]"), date(2027, 3, 3))
    hands.go(hands.page.get_by_role("button", name=words("sl", "Save the minutes")))
    hands.go(hands.at(".agenda__decisions a"))
    hands.go(hands.at("button[name=to][value=in_progress]"))
    expect(hands.at("main")).to_contain_text("Cesta se ponoči zapre.")
    narrow(hands.page)


def evaluate(hands, measure, path):
    """The group looks back, and the measure ends."""
    hands.open(path)
    hands.follow(here("evaluation-add", measure))
    hands.tick(hands.at("input[name=verdict][value=keep]"))
    hands.write(hands.at("textarea[name=reason]"), "Pomaga.")
    save(hands)
    hands.go(hands.at("button[name=phase][value=completed]"))
    expect(hands.at("main")).to_contain_text("Znaki stojijo.")
