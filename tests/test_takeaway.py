"""What a resident takes away: the list, the slip, calendar files, open data. Nothing of it is stored."""

import csv
import io
import json
import os
import re
from datetime import date, time, timedelta
from pathlib import Path

import jsonschema
import pytest
from dateutil.rrule import rruleset, rrulestr
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from partners.models import OpeningException
from portal.models import Vocabulary
from portal.qr import qr_svg
from programmes.models import Programme, SlipCount
from programmes.selection import MOST, parse

from .records import make_location, make_organisation, make_programme, make_schedule, make_term

pytestmark = pytest.mark.django_db
# The schemas are CC BY-SA and not part of this project: HSDS_SCHEMAS names a folder that holds service.json.
SCHEMAS = Path(os.environ.get("HSDS_SCHEMAS", "/nonexistent"))


def numbers(client):
    return parse(client.cookies["skupaj_list"].value) if client.cookies.get("skupaj_list") else []


# ---- the list -------------------------------------------------------------------------------------
def test_a_list_is_read_calmly_whatever_stands_in_it():
    assert parse("12,15,12,abc,-3,,7") == [12, 15, 3, 7]
    assert parse(None) == parse("") == []
    assert len(parse(",".join(map(str, range(1, 500))))) == MOST


def test_adding_and_removing_without_script():
    first, second = make_programme(), make_programme()
    client = Client()
    for programme in (first, second, first):
        assert client.post("/en/list/add/", {"programme": programme.pk}).status_code == 302
    assert numbers(client) == [first.pk, second.pk]
    client.post("/en/list/remove/", {"programme": first.pk})
    assert numbers(client) == [second.pk]
    client.post("/en/list/remove/", {"all": 1})
    assert numbers(client) == []


def test_asking_to_add_changes_nothing_yet():
    programme = make_programme(title_en="Walking")
    client = Client()
    response = client.get(f"/en/list/?add={programme.pk}")
    assert "Add “Walking” to your list?" in response.content.decode()
    assert "skupaj_list" not in client.cookies


def test_a_form_from_elsewhere_cannot_change_the_list():
    client = Client(enforce_csrf_checks=True)
    response = client.post("/en/list/add/", {"programme": make_programme().pk})
    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()


@pytest.mark.parametrize("value", ["", "abc", "999999", "-1"])
def test_what_is_no_programme_is_not_added(value):
    client = Client()
    assert client.post("/en/list/add/", {"programme": value}).status_code == 404
    assert numbers(client) == []


def test_a_draft_is_not_added_and_not_shown():
    draft = make_programme(status="draft", title_en="Secret")
    client = Client()
    assert client.post("/en/list/add/", {"programme": draft.pk}).status_code == 404
    assert "Secret" not in client.get(f"/en/list/?p={draft.pk}").content.decode()


def test_after_adding_nobody_is_sent_to_another_site():
    data = {"programme": make_programme().pk, "next": "https://evil.example/"}
    assert Client().post("/en/list/add/", data)["Location"] == f"/en/list/?added={data['programme']}"
    data["next"] = "/en/programmes/?page=2"
    assert Client().post("/en/list/add/", data)["Location"] == "/en/programmes/?page=2"


def test_the_link_opens_the_same_list_for_somebody_else_and_leaves_theirs_alone():
    first, second = make_programme(title_en="First"), make_programme(title_en="Second")
    own = Client()
    for programme in (second, first):
        own.post("/en/list/add/", {"programme": programme.pk})
    link = re.search(r'value="(http://testserver[^"]+)"', own.get("/en/list/").content.decode())[1]
    other = Client()
    html = other.get(link.replace("http://testserver", "")).content.decode()
    assert html.index("Second</a>") < html.index("First</a>")
    assert dict(other.cookies).keys() <= {"csrf"}


def test_a_programme_that_ended_leaves_the_list_with_a_word():
    gone = make_programme(status="archived")
    html = Client().get(f"/en/list/?p={make_programme().pk},{gone.pk}").content.decode()
    assert "One programme of this list is no longer offered." in html


def test_the_list_is_never_cached_and_not_for_robots():
    response = Client().get("/en/list/")
    assert "no-store" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_large_print_is_asked_for_by_address():
    programme = make_programme(title_en="Walking")
    assert 'class="large-print"' in Client().get(programme.get_absolute_url() + "?print=large").content.decode()
    assert 'class="large-print"' not in Client().get(programme.get_absolute_url()).content.decode()


# ---- the slip -------------------------------------------------------------------------------------
@pytest.fixture
def walking():
    programme = make_programme(title_sl="Hoja", title_de="Spaziergang", title_en="Walking", contact_phone="01 234 567")
    make_schedule(programme, location=make_location(name_de="Haus", name_sl="Hiša"))
    return programme


def test_a_slip_stands_in_two_languages_side_by_side(walking):
    html = Client().get(f"/sl/programi/{walking.pk}-hoja/listek/?for=de").content.decode()
    assert re.findall(r'<section class="slip__column" lang="(\w+)">', html) == ["sl", "de"]
    assert all(word in html for word in ("Hoja", "Spaziergang", "Hiša", "Haus", "01 234 567", "<svg"))


def test_looking_at_a_slip_counts_nothing_and_printing_counts_one(walking):
    path = f"/sl/programi/{walking.pk}-hoja/listek/?for=de"
    client = Client()
    client.get(path)
    assert SlipCount.objects.count() == 0
    for _ in range(2):
        response = client.post(path)
    assert response["Location"] == f"/sl/programi/{walking.pk}-hoja/listek/?for=de&printed=1"
    assert SlipCount.objects.values_list("programme", "month", "count").get() == (
        walking.pk,
        timezone.localdate().replace(day=1),
        2,
    )


def test_a_form_from_elsewhere_prints_and_counts_no_slip(walking):
    path = f"/sl/programi/{walking.pk}-hoja/listek/?for=de"
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    assert SlipCount.objects.count() == 0


def test_a_slip_asks_for_nothing_about_a_person(walking):
    html = Client().get(f"/sl/programi/{walking.pk}-hoja/listek/").content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    assert re.findall(r'<(?:input|textarea)[^>]*name="([^"]+)"', main) == ["csrfmiddlewaretoken"]


@pytest.mark.parametrize("language", ["xx", "", "de'"])
def test_a_slip_in_a_language_we_do_not_have_takes_another(walking, language):
    assert Client().get(f"/sl/programi/{walking.pk}-hoja/listek/", {"for": language}).status_code == 200


def test_there_is_no_slip_for_a_draft():
    draft = make_programme(status="draft", title_sl="Osnutek")
    assert Client().get(f"/sl/programi/{draft.pk}-osnutek/listek/").status_code == 404


# ---- calendar files -------------------------------------------------------------------------------
def events(response):
    assert response["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(response.content)


def dates_of(event):
    """Every start that another library reads out of the event: its rule less its days off."""
    start = event["dtstart"].dt
    found = rruleset()
    found.rrule(rrulestr(event["rrule"].to_ical().decode(), dtstart=start))
    off = event.get("exdate", [])
    for day in off if isinstance(off, list) else [off]:
        found.exdate(day.dts[0].dt)
    return list(found)


def test_a_calendar_file_keeps_the_wall_clock_across_daylight_saving(walking):
    file = events(Client().get(f"/en/programmes/{walking.pk}-walking/calendar.ics"))
    dates = dates_of(file.walk("VEVENT")[0])
    assert {d.strftime("%H:%M") for d in dates} == {"09:00"}
    assert len({d.utcoffset() for d in dates}) == 2
    assert [zone["tzid"] for zone in file.walk("VTIMEZONE")] == ["Europe/Ljubljana"]


def test_the_whole_catalogue_is_a_calendar_file_that_its_filters_narrow(walking):
    other = make_programme(title_en="Reading")
    make_schedule(other, rule="FREQ=WEEKLY;BYDAY=MO")
    make_schedule(make_programme(title_en="Not yet", status="draft"), rule="FREQ=WEEKLY;BYDAY=MO")
    for query, titles in (("", {walking.title_en, "Reading"}), ("?q=reading", {"Reading"})):
        file = events(Client().get(f"/en/programmes/programmes.ics{query}"))
        assert {str(event["summary"]) for event in file.walk("VEVENT")} == titles


def test_the_identifier_of_an_event_stays_the_same(walking):
    path = f"/en/programmes/{walking.pk}-walking/calendar.ics"
    first, second = (events(Client().get(path)).walk("VEVENT")[0]["uid"] for _ in range(2))
    assert first == second == f"schedule-{walking.schedules.get().pk}@testserver"


def test_closures_and_holidays_are_not_in_the_calendar(walking):
    schedule = walking.schedules.get()
    dates = [o.start.date() for o in schedule.occurrences(limit=4)]
    schedule.location.exceptions.create(starts_on=dates[0], ends_on=dates[0])
    group = walking.organisation.memberships.get().group
    OpeningException.objects.create(group=group, starts_on=dates[1], ends_on=dates[1])
    event = events(Client().get(f"/en/programmes/{walking.pk}-walking/calendar.ics")).walk("VEVENT")[0]
    assert event["dtstart"].dt.date() == dates[2]


@pytest.mark.parametrize(
    "rule",
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=WEEKLY;BYDAY=TU;COUNT=900", "FREQ=DAILY"],
)
def test_the_rule_in_a_calendar_file_makes_the_dates_of_the_page(rule):
    """By a rule and days off, which every calendar program knows; Outlook does not know a mere list of dates."""
    programme = make_programme(title_en="Walking")
    schedule = make_schedule(programme, rule=rule)
    coming = [o.start for o in schedule.occurrences(before=timezone.now() + timedelta(days=366))]
    schedule.exceptions = [coming[1].date(), coming[3].date()]
    schedule.save()
    [event] = events(Client().get(f"/en/programmes/{programme.pk}-walking/calendar.ics")).walk("VEVENT")
    assert "rdate" not in event
    assert dates_of(event) == [coming[0], coming[2], *coming[4:]]


def test_the_calendar_of_a_list_holds_every_programme_with_dates(walking):
    second = make_programme(title_en="Sleep")
    make_schedule(second)
    make_schedule(make_programme(title_en="Not listed"))
    file = events(Client().get(f"/en/list/calendar.ics?p={walking.pk},{second.pk}"))
    assert {str(event["summary"]) for event in file.walk("VEVENT")} == {"Walking", "Sleep"}


def test_the_calendar_of_nothing_is_an_empty_calendar():
    assert events(Client().get("/en/list/calendar.ics")).walk("VEVENT") == []


# ---- open data ------------------------------------------------------------------------------------
def rich_programme():
    terms = [make_term(Vocabulary.COST, "free"), make_term(Vocabulary.TOPIC, "sleep")]
    organisation = make_organisation(offer_en="Walks")
    programme = make_programme(organisation, terms=terms, title_en="=1+1", summary_en="Sum", age_min=18)
    make_schedule(programme).languages.add(make_term(Vocabulary.LANGUAGE, "sl"))
    return programme


def test_the_table_has_a_row_for_each_public_programme_and_runs_no_formula():
    rich_programme()
    make_programme(status="draft")
    rows = list(csv.DictReader(io.StringIO(Client().get("/en/programmes/programmes.csv").content.decode("utf-8-sig"))))
    assert [(row["title"], row["when"]) for row in rows] == [("'=1+1", "every Tuesday, 9:00–10:00")]


def test_the_json_has_the_shape_of_hsds_services():
    programme = rich_programme()
    page = json.loads(Client().get("/en/programmes/programmes.json").content)
    assert (page["total_items"], page["contents"][0]["name"]) == (1, "=1+1")
    service = page["contents"][0]
    assert {"id", "name", "status", "organization", "schedules", "languages", "minimum_age"} <= service.keys()
    assert service["schedules"][0]["byday"] == "TU"
    assert service["id"] == json.loads(Client().get("/de/angebote/programmes.json").content)["contents"][0]["id"]
    assert programme.pk


@pytest.mark.skipif(not SCHEMAS.exists(), reason="HSDS_SCHEMAS names no folder with the schemas")
def test_each_service_is_valid_against_the_hsds_schema():
    rich_programme()
    schema = json.loads((SCHEMAS / "service.json").read_text())
    for service in json.loads(Client().get("/en/programmes/programmes.json").content)["contents"]:
        jsonschema.Draft202012Validator(schema).validate(service)


# ---- small things ---------------------------------------------------------------------------------
def test_a_qr_code_is_a_picture_in_the_page_without_style_or_script():
    svg = qr_svg("https://skupaj.example/sl/")
    assert svg.startswith("<svg")
    assert "style" not in svg
    assert "script" not in svg


def test_linked_data_cannot_break_out_of_its_script():
    programme = make_programme(title_sl="</script><script>alert(1)</script>")
    html = Client().get(programme.get_absolute_url()).content.decode()
    assert "<script>alert" not in html
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)[1])
    assert data["name"] == "</script><script>alert(1)</script>"


def test_a_programme_with_dates_is_an_event_and_one_by_arrangement_a_service(walking):
    arranged = make_programme(title_en="Talk")
    make_schedule(arranged, rule="", starts_at=None, ends_at=None)
    kinds = []
    for programme in (walking, arranged):
        html = Client().get(programme.get_absolute_url(), follow=True).content.decode()
        kinds.append(json.loads(re.search(r'ld\+json">(.*?)</script>', html, re.S)[1])["@type"])
    assert kinds == ["Event", "Service"]


def test_a_paused_programme_says_when_it_starts_again():
    programme = make_programme(status="paused", resumes_on=date(2030, 4, 1), title_en="Garden")
    make_schedule(programme, starts_at=time(9), ends_at=time(12), valid_from=timezone.localdate() - timedelta(days=7))
    html = Client().get(f"/en/programmes/{programme.pk}-garden/").content.decode()
    assert "It starts again on 1 April 2030." in html


def test_a_paused_programme_shows_the_dates_after_its_pause_everywhere():
    resumes = timezone.localdate() + timedelta(weeks=5)
    programme = make_programme(status="paused", resumes_on=resumes, title_en="Garden")
    make_schedule(programme, rule="FREQ=DAILY")
    assert [o.start.date() for o in programme.next_dates(limit=1)] == [resumes]
    file = events(Client().get(f"/en/programmes/{programme.pk}-garden/calendar.ics"))
    assert file.walk("VEVENT")[0]["dtstart"].dt.date() == resumes


def test_a_slip_of_a_paused_programme_says_so_and_is_not_printed(walking):
    Programme.objects.update(status="paused")
    html = Client().get(f"/en/programmes/{walking.pk}-walking/slip/").content.decode()
    assert "This programme is paused." in html
    assert "Print the slip" not in html


def test_after_adding_the_list_says_so():
    programme = make_programme(title_en="Walking")
    client = Client()
    response = client.post("/en/list/add/", {"programme": programme.pk}, follow=True)
    assert "“Walking” is on your list now." in response.content.decode()
