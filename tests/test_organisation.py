"""My organisation: who may keep what, its profile, the overview, public holidays, and two at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from partners.models import OpeningException, Organisation
from partners.organisation_forms import OrganisationForm
from portal.history.kinds import KINDS
from portal.history.restore import restore
from programmes.models import ProblemReport

from .records import make_group, make_location, make_organisation, make_programme, make_user, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def people():
    """Two organisations of a group; an editor of the first, the coordinator; a stranger of another group."""

    class People:
        group = make_group()
        organisation = make_organisation(group)
        neighbour = make_organisation(group)
        editor = make_user("editor", organisation, full_name="Eva Urednica")
        coordinator = make_user("coordinator", neighbour, full_name="Koni Vodja")
        stranger = make_user("coordinator", full_name="Tuja Oseba")

    people = People()
    people.client = signed_in(people.editor)
    return people


def address(name, *numbers):
    return reverse(f"partners:{name}", args=numbers)


def typed(form, **changes):
    """What a browser would send of a form as it opens, with these changes."""
    data = {}
    for field in form:
        value = field.value()
        if hasattr(field.field, "queryset") and isinstance(value, list):
            value = [getattr(one, "pk", one) for one in value]
        if value not in (None, False, ""):
            data[field.name] = value
    return {**data, **changes}


def profile(organisation, **changes):
    return typed(OrganisationForm(instance=Organisation.objects.get(pk=organisation.pk)), **changes)


# ---- the overview --------------------------------------------------------------------------------
def test_an_editor_sees_places_people_and_programmes_of_their_own_organisation(people):
    make_location(people.organisation, name_sl="Naša dvorana")
    make_location(people.neighbour, name_sl="Tuja dvorana")
    make_programme(people.organisation, status="archived")
    make_programme(people.organisation)
    html = people.client.get(address("my")).content.decode()
    assert ("Naša dvorana" in html, "Tuja dvorana" in html, "Koni Vodja" in html) == (True, False, False)
    assert ("Eva Urednica" in html, "1 programme<" in html) == (True, True)
    assert "Missing: what it offers, a telephone number or an e-mail address, a logo" in html


def test_who_edits_many_organisations_gets_a_list_to_search(people):
    for number in range(4):
        make_organisation(people.group, name_sl=f"Zavod {number}", name_de="Verein Lindenfeld" if number else "")
    client = signed_in(people.coordinator)
    assert "6 organisations that you may edit." in client.get(address("my")).content.decode()
    html = client.get(address("my") + "?q=lindenfeld").content.decode()
    assert "3 organisations that you may edit." in html
    assert client.get(address("my") + "?q=%27%25_&page=999999").status_code == 200


def test_somebody_without_an_editing_seat_is_told_so(people):
    adviser = make_user("adviser", people.organisation)
    answer = signed_in(adviser).get(address("my"))
    assert (answer.status_code, "no organisation you may edit" in answer.content.decode()) == (200, True)


def test_the_overview_takes_as_many_queries_for_twelve_places_as_for_two(people):
    counts = []
    people.client.get(address("my"))
    for more in (2, 10):
        for _number in range(more):
            make_location(people.organisation)
        make_user("editor", people.organisation)
        with CaptureQueriesContext(connection) as queries:
            people.client.get(address("my"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_of_many_takes_a_fixed_number_of_queries(people):
    client, counts = signed_in(people.coordinator), []
    client.get(address("my"))
    for more in (3, 20):
        for _number in range(more):
            make_organisation(people.group)
        with CaptureQueriesContext(connection) as queries:
            client.get(address("my"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ---- who may -------------------------------------------------------------------------------------
def ways(organisation):
    place = make_location(organisation)
    days = {"starts_on": "2026-12-24", "ends_on": "2026-12-24"}
    exception = OpeningException.objects.create(location=place, **days)
    holiday = OpeningException.objects.create(group=organisation.memberships.get().group, **days)
    return {
        "own": [
            address("my-one", organisation.pk), address("organisation-edit", organisation.pk),
            address("organisation-logo", organisation.pk), address("place-add", organisation.pk),
            address("place-edit", place.pk), address("place-hours", place.pk), address("place-photo", place.pk),
            address("place-close", place.pk), address("exception-add", place.pk),
            address("exception-edit", exception.pk), reverse("history", args=["organisation", organisation.pk]),
            reverse("history", args=["location", place.pk]),
        ],
        "group": [
            address("exception-edit", holiday.pk), address("holiday-add", holiday.group_id), address("holidays"),
            reverse("history", args=["group", holiday.group_id]),
        ],
        "posts": [
            address("place-reopen", place.pk), address("place-hours-preview", place.pk),
            address("exception-remove", exception.pk), address("exception-remove", holiday.pk),
        ],
    }  # fmt: skip


def test_an_organisation_is_kept_by_its_editors_and_the_coordinator_only(people):
    found = ways(people.organisation)
    neighbour = make_user("editor", people.neighbour)
    for client, own, group in (
        (people.client, 200, 404),
        (signed_in(people.coordinator), 200, 200),
        (signed_in(neighbour), 404, 404),
        (Client(), 302, 302),
    ):
        assert [client.get(path).status_code for path in found["own"]] == [own] * len(found["own"])
        assert [client.get(path).status_code for path in found["group"]] == [group] * len(found["group"])


def test_the_coordinator_of_another_group_reaches_nothing(people):
    found, client = ways(people.organisation), signed_in(people.stranger)
    paths = [*found["own"], *(p for p in found["group"] if p != address("holidays"))]
    assert {client.get(path).status_code for path in paths} == {404}
    looked_at = [path for path in paths if "/history/" in path or path == address("my-one", people.organisation.pk)]
    posts = [path for path in [*paths, *found["posts"]] if path not in looked_at]
    assert {client.post(path).status_code for path in posts} == {404}
    main = client.get(address("holidays")).content.decode().partition("<main")[2].partition("</main>")[0]
    assert str(people.group) not in main


# ---- the profile ---------------------------------------------------------------------------------
def test_the_profile_is_saved_as_a_new_version_and_read_on_the_public_page(people):
    data = profile(people.organisation, offer_sl="Hodimo.", website="lipa.example.org", phone="+386 1 000 01 10")
    assert people.client.post(address("organisation-edit", people.organisation.pk), data).status_code == 302
    saved = Organisation.objects.get(pk=people.organisation.pk)
    assert (saved.offer_sl, saved.website, saved.version) == ("Hodimo.", "https://lipa.example.org", 2)
    html = Client().get(saved.get_absolute_url()).content.decode()
    assert ("Hodimo." in html, 'href="https://lipa.example.org"' in html) == (True, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"website": "javascript:alert(1)"}, {"website": "ftp://lipa.example.org"}, {"website": "data:text/html,x"},
        {"website": "http://"}, {"phone": "kliči me"}, {"email": "ni naslov"}, {"name_sl": ""},
        {"name_sl": "x" * 161}, {"phone": "1" * 31},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words_and_stays_typed(people, changes):
    data = profile(people.organisation, offer_sl="Kar je napisano, ostane.", **changes)
    answer = people.client.post(address("organisation-edit", people.organisation.pk), data)
    assert (answer.status_code, "Kar je napisano, ostane." in answer.content.decode()) == (422, True)
    assert Organisation.objects.get(pk=people.organisation.pk).version == 1


def test_fields_that_the_form_does_not_show_change_nothing(people):
    data = profile(people.organisation, phone="+386 1 000 01 10", slug="tuje", version="99", parent=people.neighbour.pk)
    people.client.post(address("organisation-edit", people.organisation.pk), data)
    saved = Organisation.objects.get(pk=people.organisation.pk)
    assert (saved.slug, saved.parent, saved.version) == (people.organisation.slug, None, 2)


def test_the_second_of_two_is_shown_both_and_loses_nothing(people):
    first = profile(people.organisation, phone="+386 1 000 01 10", offer_sl="Prva.")
    second = profile(people.organisation, email="mi@lipa.example.org", offer_sl="Druga.")
    path = address("organisation-edit", people.organisation.pk)
    people.client.post(path, first)
    answer = people.client.post(path, second)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="+386 1 000 01 10"' in html
    assert 'value="mi@lipa.example.org"' in html
    assert ("Theirs: Prva." in html, "Yours: Druga." in html) == (True, True)
    again = typed(answer.context["form"])
    assert people.client.post(path, again).status_code == 302
    saved = Organisation.objects.get(pk=people.organisation.pk)
    assert (saved.phone, saved.email, saved.offer_sl) == ("+386 1 000 01 10", "mi@lipa.example.org", "Druga.")


def test_a_form_without_what_it_was_opened_on_writes_nothing(people):
    data = {**profile(people.organisation), "phone": "+386 1 000 01 10", "base": "broken"}
    assert people.client.post(address("organisation-edit", people.organisation.pk), data).status_code == 409
    assert Organisation.objects.get(pk=people.organisation.pk).phone == ""


@pytest.mark.django_db(transaction=True)
def test_an_earlier_profile_is_brought_back_as_a_new_version(people):
    moment = timezone.now()
    people.client.post(
        address("organisation-edit", people.organisation.pk), profile(people.organisation, phone="+386 1 000 01 10")
    )
    record = Organisation.objects.get(pk=people.organisation.pk)
    restore(KINDS["organisation"], record, moment, False, "phone", record.version, people.editor)
    record.refresh_from_db()
    assert (record.phone, record.version) == ("", 3)


# ---- public holidays -----------------------------------------------------------------------------
def test_a_coordinator_keeps_the_public_holidays_of_their_group(people):
    client, day = signed_in(people.coordinator), timezone.localdate() + timedelta(days=30)
    data = {"starts_on": day.isoformat(), "reason_sl": "Dan samostojnosti", "opens": "08:00", "closes": "09:00"}
    assert client.post(address("holiday-add", people.group.pk), data).status_code == 302
    holiday = OpeningException.objects.get(group=people.group)
    assert (holiday.starts_on, holiday.ends_on, holiday.opens) == (day, day, None)
    assert "Dan samostojnosti" in client.get(address("holidays")).content.decode()
    client.post(address("exception-remove", holiday.pk), {"version": holiday.version})
    assert not OpeningException.objects.exists()


# ---- on two connections --------------------------------------------------------------------------
def at_the_same_time(*deeds):
    """Runs each in a thread with a connection of its own; → [what it returned, or the exception's name]."""
    start = threading.Barrier(len(deeds))

    def run(deed):
        try:
            start.wait(5)
            return deed()
        except Exception as error:  # what the loser of the race is told
            return type(error).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_one_profile_at_the_same_moment_one_is_told():
    organisation = make_organisation()
    forms = [
        OrganisationForm(profile(organisation, offer_sl=text), instance=Organisation.objects.get(pk=organisation.pk))
        for text in ("Prva.", "Druga.")
    ]
    assert [form.is_valid() for form in forms] == [True, True]
    kept = at_the_same_time(*(form.keep for form in forms))
    organisation.refresh_from_db()
    assert sorted(kept) == [False, True]
    assert (organisation.version, organisation.offer_sl) == (2, ["Prva.", "Druga."][kept.index(True)])


# ---- what readers reported -----------------------------------------------------------------------
def test_open_reports_of_readers_stand_with_the_organisation_and_no_others(people):
    def reported(organisation, text, **fields):
        report = ProblemReport(organisation=organisation, kind="times", text=text, language="sl", **fields)
        report.store()
        return report

    ours = reported(people.organisation, "Vrata so zaprta.")
    reported(people.organisation, "Telefon ne dela.", state="done", answer="Popravljeno.", answered_at=timezone.now())
    reported(people.neighbour, "Pri sosedih je polno.")
    html = people.client.get(address("my")).content.decode()
    assert ("Vrata so zaprta." in html, "Telefon ne dela." in html, "Pri sosedih" in html) == (True, False, False)
    assert reverse("programmes:report-answer", args=[ours.pk]) in html


@pytest.mark.parametrize(("role", "is_shown"), [("editor", True), ("coordinator", True), ("adviser", False)])
def test_the_way_to_ones_pages_stands_there_for_those_who_keep_some(role, is_shown):
    html = signed_in(make_user(role)).get(reverse("actionplans:work")).content.decode()
    ways = [f'href="{reverse(name)}"' in html for name in ("partners:my", "programmes:mine", "programmes:reports")]
    assert ways == [is_shown, is_shown, True]
