"""What partners tell each other: a notice, a practice, the shared calendar, the register of interfaces."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from actionplans.models import Measure, SharedPractice

from .hands import Keyboard, Mouse
from .visiting import at, coordinator, member, narrow, words

pytestmark = pytest.mark.e2e


def de(view, *args):
    return at(view, *args, language="de")


def now():
    """What no text of the demo holds."""
    return f"{timezone.now():%H%M%S%f}"


def test_a_notice_is_sent_and_read(enter):
    """Written by a coordinator without script, read by a member on a phone, by the keyboard alone."""
    title = f"Die Halle ist frei {now()}"
    sender = Mouse(enter(coordinator, "de", width=1440, javascript=False))
    reader = Keyboard(enter(member, "sl", width=360))
    sender.open(de("actionplans:notices"))
    sender.follow(de("actionplans:notice-add"))
    sender.write(sender.at("#id_title_de"), title)
    sender.tick(sender.at("#id_asks_to_note"))
    sender.go(sender.at(".form__actions button"))
    sender.go(sender.at("button[name=state][value=sent]"))
    silent = sender.at("section[aria-labelledby=h-read]")
    expect(silent).to_contain_text("Maja Dolinar")
    reader.open(at("actionplans:notices"))
    reader.go(reader.at("main a").filter(has_text=title))
    expect(reader.at("h1 [lang=de]")).to_have_text(title)  # there is no Slovenian text yet, and the page says so
    reader.go(reader.at("main form button").filter(has_text=words("sl", "I have read it")))
    expect(reader.at(".badge--good")).to_be_visible()
    narrow(reader.page)
    sender.page.reload()
    expect(silent).to_be_visible()
    expect(silent).not_to_contain_text("Maja Dolinar")


def test_a_practice_is_told_published_and_withdrawn(enter, visit, read):
    measure = read(lambda: Measure.objects.public().filter(practice=None).exclude(description_sl=None).first())
    teller, stranger = Keyboard(enter(coordinator, "sl", width=1440)), visit("sl", width=360, javascript=False)
    teller.open(measure.get_absolute_url())
    teller.follow(at("actionplans:practice-add", measure.pk))
    teller.write(teller.at("#id_for_whom_sl"), "Starejši, ki živijo sami.")
    teller.write(teller.at("#id_people_sl"), "Dva prostovoljca.")
    teller.write(teller.at("#id_outcome_sl"), "Prišlo je trideset ljudi.")
    teller.write(teller.at("#id_contact_phone"), "+386 3 555 0100")
    teller.go(teller.at(".form__actions button"))
    practice = read(lambda: SharedPractice.objects.get(measure=measure))
    teller.open(practice.get_absolute_url())
    assert stranger.goto(practice.get_absolute_url()).status == 404
    teller.go(teller.at("button[name=state][value=published]"))
    assert stranger.goto(practice.get_absolute_url()).status == 200
    expect(stranger.locator("main")).to_contain_text("Prišlo je trideset ljudi.")
    narrow(stranger)
    teller.go(teller.at("button[name=state][value=withdrawn]"))
    assert stranger.goto(practice.get_absolute_url()).status == 404


def test_the_calendar_is_turned_filtered_and_subscribed(enter, visit):
    reader = Keyboard(enter(member, "sl", width=360))
    reader.open(at("actionplans:calendar"))
    title = reader.at(".cal__title").inner_text()
    reader.go(reader.at("main nav a").last)
    assert reader.at(".cal__title").inner_text() != title
    narrow(reader.page)
    reader.follow(at("actionplans:calendar-link"))
    reader.go(reader.at(f"form[action='{at('actionplans:calendar-link-renew')}'] button"))
    address = reader.at(".cal__address").inner_text().strip()
    program = visit("sl").request
    answer = program.get(address)
    assert answer.ok
    assert answer.text().startswith("BEGIN:VCALENDAR")
    reader.open(at("actionplans:calendar-link"))
    expect(reader.at(".cal__address")).to_have_count(0)
    reader.go(reader.at(f"form[action='{at('actionplans:calendar-link-end')}'] button"))
    assert program.get(address).status == 404


def test_an_interface_is_noted_and_made_public(enter, visit):
    task = f"Ampeln vor der Schule {now()}"
    writer, stranger = Mouse(enter(coordinator, "de", width=360)), visit("de", width=1440)
    writer.open(de("actionplans:interfaces"))
    writer.follow(de("actionplans:interface-add"))
    writer.write(writer.at("#id_task_de"), task)
    writer.write(writer.at("#id_touches_de"), "Der Schulweg zu Fuß.")
    for number, side in ((1, "organisation"), (2, "other")):
        writer.choose(writer.at(f"#id_{side}"), writer.at(f"#id_{side} option").nth(number).get_attribute("value"))
    writer.choose(writer.at("#id_contact"), writer.at("#id_contact option").nth(1).get_attribute("value"))
    writer.tick(writer.at("#id_is_public"))
    writer.go(writer.at(".form__actions button"))
    expect(writer.at("main")).to_contain_text(task)
    narrow(writer.page)
    assert stranger.goto(de("actionplans:interfaces-published")).status == 200
    expect(stranger.locator("main")).to_contain_text(task)
