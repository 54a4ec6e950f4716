"""The coordinator's year: from what a resident noticed to what everybody reads, in Slovenian; every page by axe."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import expect

from actionplans.models import ActionPlan, Measure, Need, Objective, Round, Signal, Strategy
from partners.models import Organisation, Seat, User

from .test_keyboard import tab_until
from .test_review import axe, narrow
from .visiting import with_and_without_script, words

pytestmark = pytest.mark.e2e
LIST = ("work", "signals", "needs-board", "strategies", "load", "tasks", "barriers", "figures", "rounds")


def address(name, *args, language="sl", query=""):
    with override(language):
        return reverse(f"actionplans:{name}", args=args) + query


@pytest.fixture
def enter(visit, site, read):
    """enter(email or None, …): the page of a browser in which that person of the demo is signed in."""

    def session(find):
        client = Client()
        client.force_login(find())
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def start(find, language="sl", **how):
        page = visit(language, **how)
        value = read(lambda: session(find))
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site.url}])
        return page

    return start


def coordinator():
    return User.objects.get(full_name="Mojca Hribernik")


def representative():
    """Somebody who answers for an organisation of the demo that is not the coordinator's own."""
    seats = Seat.objects.current().filter(role=Seat.Role.REPRESENTATIVE).exclude(user=coordinator())
    return seats.order_by("pk").first().user


def save(page, name="Save"):
    page.locator("main form").last.get_by_role("button", name=words("sl", name), exact=True).click()


@with_and_without_script
def test_a_year_from_what_was_noticed_to_what_everybody_reads(enter, visit, read, javascript):
    mark = f"Nočni hrup {timezone.now():%H%M%S}"
    how = {"javascript": javascript}

    # a resident notices something, on a phone
    resident = visit("sl", width=360, **how)
    resident.goto(address("signal-send"))
    narrow(resident)
    resident.get_by_label(words("sl", "What have you noticed?")).fill(f"{mark}: otroci slabo spijo.")
    resident.locator("input[name=basis]").first.check()
    resident.wait_for_timeout(3200)  # nobody writes faster
    resident.get_by_role("button", name=words("sl", "Send")).click()
    expect(resident.locator("main")).to_contain_text(mark)
    followed = resident.url

    # the coordinator makes a need of it, with evidence, a score and a decision
    page = enter(coordinator, **how)
    signal = read(lambda: Signal.objects.get(text__startswith=mark).pk)
    page.goto(address("signal-triage", signal))
    page.get_by_role("link", name=words("sl", "Make it a new need")).click()
    page.locator("input[name=title_sl]").fill(mark)
    page.locator("textarea[name=decision_sl]").fill("Ukrepamo, ker pozna vsaka druga družina.")
    save(page)
    need = read(lambda: Need.objects.get(title_sl=mark).pk)
    page.get_by_role("link", name=words("sl", "Add evidence")).click()
    page.locator("textarea[name=text_sl]").fill("Šola opaža utrujene otroke.")
    save(page)
    page.get_by_role("link", name=words("sl", "Score it")).click()
    for question in ("size", "severity", "inequality", "changeability"):
        page.locator(f"input[name={question}]").nth(3).check()
    save(page)
    for status in ("assessing", "confirmed", "prioritised"):
        page.locator(f"button[name=status][value={status}]").click()
    expect(page.locator(".page-head")).to_contain_text(words("sl", "prioritised"), ignore_case=True)

    # an objective, a plan and a measure of the next strategy
    strategy = read(lambda: Strategy.objects.get(status="consultation").pk)
    page.goto(address("objective-add", strategy, query=f"?need={need}"))
    page.locator("input[name=title_sl]").fill(f"Mirne noči {mark}")
    page.locator("select[name=level]").select_option("both")
    save(page)
    objective = read(lambda: Objective.objects.get(title_sl=f"Mirne noči {mark}").pk)
    page.goto(address("plan-add", strategy))
    save(page)
    plan = read(lambda: ActionPlan.objects.filter(strategy=strategy).latest("pk").pk)
    page.goto(address("measure-add", plan, query=f"?objective={objective}"))
    page.locator("input[name=title_sl]").fill(f"Tiha cesta {mark}")
    page.locator("input[name=starts_on]").fill("2027-01-01")
    page.locator("input[name=ends_on]").fill("2027-12-31")
    page.locator("select[name=approach]").select_option("universal")
    page.locator("textarea[name=no_indicator_reason_sl]").fill("Merimo šele jeseni.")
    save(page)
    measure = read(lambda: Measure.objects.get(title_sl=f"Tiha cesta {mark}").pk)

    # a partner is asked and says yes
    who = read(representative)
    membership = read(lambda: Seat.objects.current().filter(user=who, role="representative").first().membership_id)
    page.get_by_role("link", name=words("sl", "Ask an organisation")).click()
    page.locator("select[name=membership]").select_option(str(membership))
    page.locator("select[name=role]").select_option("lead")
    save(page, "Ask")
    partner = enter(representative, **how)
    partner.goto(address("work"))
    partner.locator(".person").filter(has_text=mark).get_by_role("link").first.click()
    partner.get_by_role("button", name=words("sl", "Yes, we do it")).click()
    expect(partner.locator("main")).to_contain_text(mark)

    # it is planned, begun, has a task and a report, and is evaluated
    page.goto(address("measure-edit", measure))
    page.get_by_role("link", name=words("sl", "Cancel")).click()
    for phase in ("planned", "in_progress"):
        page.locator(f"button[name=phase][value={phase}]").click()
    page.get_by_role("link", name=words("sl", "New task")).click()
    page.locator("input[name=title_sl]").fill("Postaviti znake")
    save(page)
    page.locator("button[name=state][value=done]").first.click()
    partner.goto(address("report-add", measure))
    partner.locator("textarea[name=text]").fill("Znaki stojijo, promet je tišji.")
    save(partner, "Send the report")
    page.goto(address("evaluation-add", measure))
    page.locator("input[name=verdict][value=keep]").check()
    page.locator("textarea[name=reason]").fill("Pomaga.")
    save(page)
    page.locator("button[name=phase][value=completed]").click()
    expect(page.locator("main")).to_contain_text("Znaki stojijo, promet je tišji.")

    # the resident reads what became of it
    resident.goto(followed)
    expect(resident.locator("main")).to_contain_text(mark)
    resident.get_by_role("link", name=mark).click()
    expect(resident.locator("main")).to_contain_text("Ukrepamo, ker pozna vsaka druga družina.")
    narrow(resident)


@pytest.mark.parametrize("language", ["sl", "de"])
def test_axe_finds_nothing_on_the_pages_of_the_workshop(enter, read, language):
    page = enter(coordinator, language)
    strategy = read(lambda: Strategy.objects.get(status="consultation").pk)
    asked = read(lambda: Round.objects.get(status="open").pk)
    own = read(lambda: Organisation.objects.editable_by(coordinator()).order_by("pk").first().pk)
    need, measure = read(lambda: (Need.objects.first().pk, Measure.objects.first().pk))
    paths = [address(name, language=language) for name in LIST]
    paths += [
        address("strategy-work", strategy, language=language),
        address("round", asked, language=language),
        address("round-answer", asked, own, language=language),
        address("need-edit", need, language=language),
        address("need-score", need, language=language),
        address("measure-edit", measure, language=language),
        address("commitment-ask", measure, language=language),
        address("indicator-add", language=language),
    ]
    faults = {}
    for path in paths:
        page.goto(path)
        if found := axe(page):
            faults[path] = found
    assert faults == {}


@pytest.mark.parametrize("name", LIST)
def test_no_page_of_the_workshop_is_wider_than_a_phone(enter, name):
    page = enter(coordinator, "de", width=360)
    page.goto(address(name, language="de"))
    narrow(page)


def test_a_task_is_ended_by_keyboard(enter, read):
    def make():
        user = coordinator()
        seat = user.seats.select_related("membership").first()
        due = timezone.localdate() + timedelta(days=1)
        return user.tasks.create(group=seat.membership.group, title_sl="Poklicati občino", due_on=due).pk

    task = read(make)
    page = enter(coordinator)
    page.goto(address("work"))
    button = page.locator(f"form[action='{address('task-move', task)}'] button[value=done]")
    tab_until(page, button)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    expect(button).to_have_count(0)
