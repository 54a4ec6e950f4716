"""Editing programmes: the form, its moves, copies and times, two at once, and what nobody may slip in."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta

import pytest
from django import forms
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from portal.addresses import free_word
from portal.models import Vocabulary
from programmes import editing
from programmes.completeness import TRANSLATED
from programmes.forms import ProgrammeForm
from programmes.models import Programme, Proposal, Schedule

from .records import (
    make_group,
    make_location,
    make_organisation,
    make_programme,
    make_schedule,
    make_term,
    make_user,
    signed_in,
)
from .workshop import typed as sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """Two organisations of a group that does not review; an editor of the first, the coordinator, a stranger."""

    class People:
        group = make_group(reviews_programmes=False)
        organisation = make_organisation(group)
        neighbour = make_organisation(group)
        editor = make_user("editor", organisation, full_name="Eva Urednica")
        coordinator = make_user("coordinator", neighbour, full_name="Koni Vodja")
        stranger = make_user("editor", full_name="Tuja Oseba")

    people = People()
    people.client = signed_in(people.editor)
    return people


def terms():
    return [make_term(Vocabulary.COST, "free"), make_term(Vocabulary.REFERRAL_ROUTE, "self")]


def complete(organisation, **fields):
    fields = {"summary_sl": "Hodimo ob reki.", "contact_phone": "+386 1 000 01 10", **fields}
    return make_programme(organisation, terms(), **fields)


def address(name, *numbers):
    return reverse(f"programmes:{name}", args=numbers)


def typed(programme, user, **changes):
    """What a browser would send of the form as it opens, with these changes."""
    form = ProgrammeForm(instance=programme, user=user)
    data = {}
    for field in form:
        value = field.value()
        queryset = getattr(field.field, "queryset", None)
        if queryset is not None:
            value = [pk for pk in value or [] if queryset.filter(pk=pk).exists()]
        if value not in (None, False, ""):
            data[field.name] = value
    return {**data, **changes}


def move(client, programme, to, was=None, **more):
    data = {"from": was or programme.status, "to": to, **more}
    return client.post(address("programme-move", programme.pk), data)


# ---- the list ------------------------------------------------------------------------------------
def test_one_sees_ones_own_programmes_only(people):
    make_programme(people.neighbour, title_sl="Tuji program")
    make_programme(people.organisation, title_sl="Naš osnutek", status="draft")
    html = people.client.get(address("mine")).content.decode()
    assert ("Naš osnutek" in html, "Tuji program" in html) == (True, False)


def test_a_programme_nobody_confirmed_for_six_months_is_due(people):
    make_programme(people.organisation, title_sl="Stara vadba", checked_on=timezone.localdate() - timedelta(days=200))
    make_programme(people.organisation, title_sl="Sveža vadba")
    html = people.client.get(address("mine") + "?show=due").content.decode()
    assert ("Stara vadba" in html, "Sveža vadba" in html) == (True, False)


def test_the_list_takes_as_many_queries_for_thirty_programmes_as_for_three(people):
    counts = []
    people.client.get(address("mine"))  # the first page of a session notes where it began
    for _round in range(2):
        for _number in range(3 if not counts else 27):
            make_schedule(complete(people.organisation))
        with CaptureQueriesContext(connection) as queries:
            people.client.get(address("mine"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ---- the form ------------------------------------------------------------------------------------
def test_a_new_programme_is_a_draft_with_a_slug_of_its_own(people):
    make_programme(people.neighbour, slug="hodimo")
    data = {"organisation": people.organisation.pk, "title_sl": "Hodimo!", "topic": [make_term().pk]}
    assert people.client.post(address("programme-add"), data).status_code == 302
    programme = Programme.objects.get(title_sl="Hodimo!")
    assert (programme.organisation, programme.status, programme.slug) == (people.organisation, "draft", "hodimo-2")
    assert programme.terms.count() == 1
    assert free_word(Programme.objects.all(), "Hodimo!") == "hodimo-3"


def test_what_is_typed_is_saved_as_a_new_version(people):
    programme = complete(people.organisation)
    data = typed(programme, people.editor, title_de="Wir gehen", age_min="60")
    assert people.client.post(address("programme-edit", programme.pk), data).status_code == 302
    programme.refresh_from_db()
    assert (programme.title_de, programme.age_min, programme.version) == ("Wir gehen", 60, 2)
    assert programme.terms.count() == 2


def test_nothing_is_saved_and_nothing_lost_when_an_answer_is_wrong(people):
    programme = complete(people.organisation)
    data = typed(programme, people.editor, age_min="70", age_max="60", title_sl="Nov naslov")
    response = people.client.post(address("programme-edit", programme.pk), data)
    programme.refresh_from_db()
    assert (response.status_code, programme.title_sl == "Nov naslov") == (422, False)
    assert "Nov naslov" in response.content.decode()


@pytest.mark.parametrize(
    "extra",
    [
        {"status": "published"},
        {"organisation": "other"},
        {"checked_on": "2026-11-27", "checked_by": "1"},
        {"slug": "mine-now", "version": "99", "id": "1", "pk": "1"},
        {"reviewed_version": "9", "copied_from": "1"},
    ],
)
def test_fields_that_are_not_in_the_form_change_nothing(people, extra):
    programme = complete(people.organisation, status="draft", checked_on=None)
    if "organisation" in extra:
        extra = {"organisation": people.neighbour.pk}
    before = Programme.objects.values().get(pk=programme.pk)
    people.client.post(address("programme-edit", programme.pk), typed(programme, people.editor, **extra))
    assert Programme.objects.values().get(pk=programme.pk) == before


def test_a_new_programme_cannot_be_made_for_somebody_else(people):
    data = {"organisation": people.neighbour.pk, "title_sl": "Vrinjen"}
    assert people.client.post(address("programme-add"), data).status_code == 422
    assert not Programme.objects.filter(title_sl="Vrinjen").exists()


def test_a_retired_term_is_offered_only_where_it_is_in_use(people):
    retired = make_term(Vocabulary.TOPIC, "old-topic", is_active=False)
    with_it = make_programme(people.organisation, [retired])
    without = make_programme(people.organisation)
    offered = [ProgrammeForm(instance=p, user=people.editor).fields["topic"].queryset.all() for p in (with_it, without)]
    assert [retired in terms for terms in offered] == [True, False]


def test_a_stranger_finds_no_form_and_a_visitor_is_asked_to_sign_in(people):
    programme = complete(people.organisation)
    schedule = make_schedule(programme)
    client = signed_in(people.stranger)
    for name, numbers in (("programme-edit", [programme.pk]), ("schedule-edit", [programme.pk, schedule.pk])):
        assert client.get(address(name, *numbers)).status_code == 404
        assert client.post(address(name, *numbers)).status_code == 404
        assert Client().get(address(name, *numbers)).status_code == 302
    for name in ("schedule-end", "schedule-remove", "schedule-preview"):
        assert client.post(address(name, programme.pk, schedule.pk)).status_code == 404
    for name in ("programme-move", "programme-confirm", "programme-preview", "schedule-restore"):
        assert client.post(address(name, programme.pk)).status_code == 404


# ---- two at once ---------------------------------------------------------------------------------
def test_the_second_of_two_is_told_and_what_does_not_overlap_is_put_together(people):
    programme = complete(people.organisation)
    mine = typed(programme, people.editor, title_de="Wir gehen")
    theirs = typed(programme, people.editor, title_en="We walk")
    people.client.post(address("programme-edit", programme.pk), theirs)
    response = people.client.post(address("programme-edit", programme.pk), mine)
    html = response.content.decode()
    assert (response.status_code, "Wir gehen" in html, "We walk" in html) == (409, True, True)
    assert Programme.objects.get(pk=programme.pk).title_de in (None, "")
    base = re.search(r'name="base" value="([^"]+)"', html)[1]
    again = typed(Programme.objects.get(pk=programme.pk), people.editor, title_de="Wir gehen") | {"base": base}
    assert people.client.post(address("programme-edit", programme.pk), again).status_code == 302
    programme.refresh_from_db()
    assert (programme.title_de, programme.title_en) == ("Wir gehen", "We walk")


def test_where_both_wrote_the_same_field_both_texts_are_shown(people):
    programme = complete(people.organisation)
    mine = typed(programme, people.editor, summary_sl="Moje besedilo.")
    people.client.post(
        address("programme-edit", programme.pk), typed(programme, people.editor, summary_sl="Njihovo besedilo.")
    )
    response = people.client.post(address("programme-edit", programme.pk), mine)
    html = response.content.decode()
    assert response.status_code == 409
    assert [text in html for text in ("Moje besedilo.", "Njihovo besedilo.", "Hodimo ob reki.")] == [True] * 3
    assert Programme.objects.get(pk=programme.pk).summary_sl == "Njihovo besedilo."


def test_a_forged_version_does_not_overwrite(people):
    programme = complete(people.organisation)
    data = typed(programme, people.editor, title_sl="Prepisano", base="forged:1:2")
    assert people.client.post(address("programme-edit", programme.pk), data).status_code == 409
    assert Programme.objects.get(pk=programme.pk).title_sl != "Prepisano"


# ---- preview and copy ----------------------------------------------------------------------------
def test_the_preview_shows_what_stands_in_the_form_and_saves_nothing(people):
    programme = complete(people.organisation)
    before = Programme.objects.values().get(pk=programme.pk)
    data = typed(programme, people.editor, title_sl="Samo za pogled", age_min="x")
    response = people.client.post(address("programme-preview", programme.pk), data)
    assert (response.status_code, "Samo za pogled" in response.content.decode()) == (200, True)
    assert Programme.objects.values().get(pk=programme.pk) == before
    people.client.post(address("programme-preview-new"), {"title_sl": "Še ni"})
    assert Programme.objects.count() == 1


def test_a_copy_is_a_draft_that_names_its_source_and_not_its_people(people):
    source = complete(people.neighbour, title_sl="Vzor", contact_name="Ana Skrivnost")
    make_schedule(source, location=make_location(people.neighbour))
    people.client.post(address("programme-copy", source.pk), {"organisation": people.organisation.pk})
    copy = Programme.objects.get(copied_from=source)
    assert (copy.status, copy.organisation, copy.title_sl, copy.checked_on) == (
        "draft",
        people.organisation,
        "Vzor",
        None,
    )
    assert (copy.contact_name, copy.contact_phone, copy.schedules.count()) == ("", "", 0)
    assert set(copy.terms.all()) == set(source.terms.all())


def test_a_foreign_draft_cannot_be_copied(people):
    secret = complete(people.neighbour, status="draft")
    assert (
        people.client.post(address("programme-copy", secret.pk), {"organisation": people.organisation.pk}).status_code
        == 404
    )


def test_who_edits_elsewhere_is_offered_a_copy_on_the_public_page_and_nobody_else(people):
    shown = complete(people.neighbour)
    way = address("programme-copy", shown.pk)
    visitors = (people.client, signed_in(people.coordinator), signed_in(make_user("adviser")), Client())
    assert [way in c.get(shown.get_absolute_url()).content.decode() for c in visitors] == [True, False, False, False]


# ---- what is missing, language by language ---------------------------------------------------------
def in_english(people, programme):
    with translation.override("en"):
        path = address("programme-edit", programme.pk)
    return people.client.get(path).content.decode()


def bar(people, programme):
    """{language: what the choice of languages says of it}"""
    html = in_english(people, programme)
    labels = re.findall(r'class="langbar__choice">(.*?)</label>', html, re.DOTALL)
    words = [" ".join(re.sub("<[^>]+>", " ", label).split()) for label in labels]
    return dict(word.partition(" ")[::2] for word in words)


def test_a_language_is_called_complete_only_when_no_text_of_it_is_missing(people):
    programme = complete(people.organisation, title_de="Spaziergang")
    said = bar(people, programme)
    assert said["Slovenščina"] == "(3 texts missing)"  # what happens, the first visit, a text in easy language
    assert said["Deutsch"] == "(1 text missing)"
    texts = {f"{text}_sl": "Besedilo" for text in TRANSLATED}
    Programme.objects.filter(pk=programme.pk).update(**texts)
    assert bar(people, programme)["Slovenščina"] == "(complete)"


def test_a_language_with_an_outdated_text_says_how_many_and_is_not_complete(people):
    programme = complete(people.organisation)
    texts = {f"{text}_{code}": "Besedilo" for text in TRANSLATED for code in ("sl", "de")}
    Programme.objects.filter(pk=programme.pk).update(**texts)
    programme.refresh_from_db()
    data = typed(programme, people.editor, summary_sl="Vse novo.")
    assert people.client.post(address("programme-edit", programme.pk), data).status_code == 302
    said = bar(people, programme)
    assert (said["Slovenščina"], said["Deutsch"]) == ("(complete)", "1 text outdated")
    programme.refresh_from_db()
    data = typed(programme, people.editor, title_sl="Drugo ime", minor="on")
    people.client.post(address("programme-edit", programme.pk), data)
    assert bar(people, programme)["Deutsch"] == "1 text outdated"


def test_what_is_missing_stands_beside_the_form_once(people):
    assert in_english(people, complete(people.organisation)).count("a text in easy language") == 1


def test_the_languages_that_readers_see_are_folded_while_all_are_shown(people):
    programme = complete(people.organisation)
    page = lambda: people.client.get(address("programme-edit", programme.pk)).content.decode()
    assert '<details class="panel fold" id="languages">' in page()
    Programme.objects.filter(pk=programme.pk).update(held_languages=["de"])
    assert '<details class="panel fold" id="languages" open>' in page()


# ---- moves ---------------------------------------------------------------------------------------
def test_an_editor_publishes_where_the_group_does_not_review_and_submits_where_it_does(people):
    programme = complete(people.organisation, status="draft", checked_on=None)
    assert move(people.client, programme, "published").status_code == 302
    programme.refresh_from_db()
    assert (programme.status, programme.checked_by) == ("published", people.editor)
    people.group.reviews_programmes = True
    people.group.save()
    other = complete(people.organisation, status="draft", checked_on=None)
    move(people.client, other, "published")
    other.refresh_from_db()
    assert other.status == "draft"
    move(people.client, other, "in_review")
    other.refresh_from_db()
    assert other.status == "in_review"


@pytest.mark.parametrize("fields", [{"summary_sl": "???"}, {"summary_sl": ""}, {"title_sl": "", "title_en": "Walk"}])
def test_what_is_not_ready_is_not_published_and_says_why(people, fields):
    programme = complete(people.organisation, status="draft", checked_on=None, **fields)
    response = move(people.client, programme, "published")
    programme.refresh_from_db()
    assert (response.status_code, programme.status) == (422, "draft")
    assert (
        f"{address('programme-edit', programme.pk)}?write=sl#id_" in response.content.decode()
        or "#id_summary_sl" in (response.content.decode())
    )


def test_a_pause_has_its_day_and_can_be_undone(people):
    programme = complete(people.organisation)
    move(people.client, programme, "paused", resumes_on="2027-03-01")
    programme.refresh_from_db()
    assert (programme.status, programme.resumes_on) == ("paused", date(2027, 3, 1))
    html = people.client.get(address("programme-edit", programme.pk)).content.decode()
    assert html.count('value="published"') == 2  # resume, and undo
    move(people.client, programme, "published")
    programme.refresh_from_db()
    assert (programme.status, programme.resumes_on) == ("published", None)


@pytest.mark.parametrize(
    ("to", "was", "status"),
    [("nonsense", "draft", 400), ("", "", 400), ("published", "paused", 409), ("archived", "draft", 302)],
)
def test_moves_the_table_does_not_have_change_nothing(people, to, was, status):
    programme = complete(people.organisation, status="draft", checked_on=None)
    assert people.client.post(address("programme-move", programme.pk), {"to": to, "from": was}).status_code == status
    programme.refresh_from_db()
    assert programme.status == "draft"


def test_edits_of_a_published_programme_wait_where_the_group_reviews_first(people):
    people.group.reviews_programmes, people.group.reviews_edits = True, "before"
    people.group.save()
    programme = complete(people.organisation)
    data = typed(programme, people.editor, summary_sl="Hodimo ob jezeru.")
    people.client.post(address("programme-edit", programme.pk), data)
    programme.refresh_from_db()
    assert programme.summary_sl == "Hodimo ob reki."
    assert Proposal.objects.get(programme=programme).changes == {"summary_sl": "Hodimo ob jezeru."}
    assert "Hodimo ob jezeru." in people.client.get(address("programme-edit", programme.pk)).content.decode()


# ---- times ---------------------------------------------------------------------------------------
def weekly(programme, **changes):
    facts = {
        "version": programme.version, "frequency": "weekly", "interval": "2", "weekdays": ["3"], "starts_at": "16:30",
        "ends_at": "18:00", "valid_from": "2026-12-03",
    }  # fmt: skip
    return {**facts, **changes}


def test_a_typed_sentence_fills_the_form_and_saves_nothing(people):
    programme = complete(people.organisation)
    query = "?sentence=vsak+drugi+četrtek+16.30-18.00+do+junija"
    html = people.client.get(address("schedule-add", programme.pk) + query).content.decode()
    assert "vsak drugi četrtek, 16.30–18.00" in html
    assert html.count('<li class="dates__item">') == 10
    assert Schedule.objects.count() == 0


def test_times_are_saved_changed_ended_removed_and_put_back(people):
    programme = complete(people.organisation)
    language = make_term(Vocabulary.LANGUAGE, "sl")
    data = weekly(programme, languages=[language.pk], exceptions="24. 12. 2026, 31. 12. 2026")
    assert people.client.post(address("schedule-add", programme.pk), data).status_code == 302
    schedule = programme.schedules.get()
    assert (schedule.rule, schedule.starts_at) == ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", time(16, 30))
    assert (schedule.exceptions, list(schedule.languages.all())) == (
        [date(2026, 12, 24), date(2026, 12, 31)],
        [language],
    )
    programme.refresh_from_db()
    people.client.post(address("schedule-edit", programme.pk, schedule.pk), weekly(programme, interval="1"))
    schedule.refresh_from_db()
    assert schedule.rule == "FREQ=WEEKLY;BYDAY=TH"
    programme.refresh_from_db()
    people.client.post(address("schedule-remove", programme.pk, schedule.pk), {"version": programme.version})
    assert programme.schedules.count() == 0
    people.client.post(address("schedule-restore", programme.pk))
    assert programme.schedules.get().rule == "FREQ=WEEKLY;BYDAY=TH"
    schedule = programme.schedules.get()
    programme.refresh_from_db()
    people.client.post(address("schedule-end", programme.pk, schedule.pk), {"version": programme.version})
    schedule.refresh_from_db()
    assert schedule.valid_to is not None


def test_times_saved_on_an_older_version_are_not_lost_and_not_saved(people):
    programme = complete(people.organisation)
    data = weekly(programme)
    people.client.post(address("schedule-add", programme.pk), data)
    response = people.client.post(address("schedule-add", programme.pk), weekly(programme, starts_at="09:15"))
    assert (response.status_code, 'value="09:15"' in response.content.decode()) == (409, True)
    assert programme.schedules.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"weekdays": []}, {"starts_at": ""}, {"frequency": "monthly"}, {"frequency": "dates", "days": "31. x"},
        {"frequency": "dates", "days": "30", "months": ["2"]}, {"exceptions": "31. 2. 2027"},
        {"valid_to": "2020-01-01"},
        {"frequency": "hourly"}, {"interval": "0"}, {"version": "-1"}, {"frequency": "arrangement"},
        {"valid_from": "0000-00-00"}, {"count": "9999999999"},
    ],
)  # fmt: skip
def test_times_that_cannot_be_are_refused_in_words(people, changes):
    programme = complete(people.organisation)
    response = people.client.post(address("schedule-add", programme.pk), weekly(programme, **changes))
    assert (response.status_code, programme.schedules.count()) == (422, 0)
    response = people.client.post(address("schedule-preview-new", programme.pk), weekly(programme, **changes))
    assert response.status_code == 422


def test_times_whose_dates_were_looked_at_first_are_saved_from_there(people):
    programme = complete(people.organisation)
    html = people.client.post(address("schedule-preview-new", programme.pk), weekly(programme)).content.decode()
    assert html.count(f'action="{address("schedule-add", programme.pk)}"') == 2  # the sentence is read there as well
    times = make_schedule(programme)
    changed = people.client.post(address("schedule-preview", programme.pk, times.pk), weekly(programme))
    assert changed.content.decode().count(f'action="{address("schedule-edit", programme.pk, times.pk)}"') == 2


def test_the_schedule_of_another_programme_is_not_reached(people):
    programme, foreign = complete(people.organisation), make_schedule(complete(people.neighbour))
    assert people.client.get(address("schedule-edit", programme.pk, foreign.pk)).status_code == 404
    for name in ("schedule-end", "schedule-remove"):
        assert people.client.post(address(name, programme.pk, foreign.pk)).status_code == 404


# ---- the public page -----------------------------------------------------------------------------
def test_the_way_to_the_form_is_shown_to_editors_and_never_kept_for_others(people):
    programme = complete(people.organisation)
    path = programme.get_absolute_url()
    link = address("programme-edit", programme.pk)
    answers = [client.get(path) for client in (people.client, Client(), signed_in(people.stranger), Client())]
    assert [f'href="{link}"' in answer.content.decode() for answer in answers] == [True, False, False, False]
    assert "no-store" in answers[0]["Cache-Control"]


# ---- on two connections --------------------------------------------------------------------------
def at_the_same_time(*deeds):
    """Runs each in a thread with a connection of its own; → [None or the exception]."""
    start = threading.Barrier(len(deeds))

    def run(deed):
        try:
            start.wait(5)
            deed()
        except Exception as error:  # what the loser of the race is told
            return type(error).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_the_same_version_one_is_told():
    organisation = make_organisation(make_group(reviews_programmes=False))
    user, programme = make_user("editor", organisation), complete(organisation)
    copies = [Programme.objects.get(pk=programme.pk) for _person in range(2)]
    told = at_the_same_time(
        lambda: editing.save(copies[0], {"summary_sl": "Prva."}, user, 1),
        lambda: editing.save(copies[1], {"summary_sl": "Druga."}, user, 1),
    )
    programme.refresh_from_db()
    assert sorted(map(str, told)) == ["None", "StaleObject"]
    assert (programme.version, programme.summary_sl) == (2, ["Prva.", "Druga."][told.index(None)])


@pytest.mark.django_db(transaction=True)
def test_two_drafts_of_one_title_get_two_slugs_at_the_same_time():
    organisation = make_organisation()
    values = {"title_sl": "Hodimo skupaj"}
    told = at_the_same_time(*[lambda: editing.create(organisation, values)] * 4)
    assert told == [None] * 4
    assert len(set(Programme.objects.values_list("slug", flat=True))) == 4


def test_of_two_who_change_one_schedule_the_second_is_shown_the_other_and_merges(people):
    programme = complete(people.organisation)
    schedule, place = make_schedule(programme, note_sl="Ob reki"), make_location(people.organisation)
    path = address("schedule-edit", programme.pk, schedule.pk)
    opened = sent(people.client.get(path).context["form"])
    assert people.client.post(path, {**opened, "location": place.pk}).status_code == 302
    told = people.client.post(path, {**opened, "ends_at": "11:30", "weekdays": ["2", "3"], "note_sl": ""})
    assert (told.status_code, told.context["is_stale"]) == (409, True)
    assert people.client.post(path, sent(told.context["form"])).status_code == 302
    kept = programme.schedules.get()
    assert (kept.location, kept.ends_at, kept.rule, kept.note_sl or "") == (
        place, time(11, 30), "FREQ=WEEKLY;BYDAY=WE,TH", "",
    )  # fmt: skip


# ---- with whom, and what comes after -------------------------------------------------------------
def test_partners_and_what_comes_after_are_saved_changed_and_taken_out(people):
    programme, following = complete(people.organisation), complete(people.neighbour, title_sl="Naslednji")
    rows = {"partners_0": people.neighbour.pk, "partners_0_role": "host", "continues_with_0": following.pk}
    path = address("programme-edit", programme.pk)
    assert people.client.post(path, typed(programme, people.editor, **rows)).status_code == 302
    assert list(programme.programmepartner_set.values_list("organisation", "role")) == [(people.neighbour.pk, "host")]
    assert list(programme.continues_with.all()) == [following]
    programme.refresh_from_db()
    people.client.post(path, typed(programme, people.editor, partners_0="", continues_with_0=""))
    assert (programme.programmepartner_set.count(), programme.continuations.count()) == (0, 0)


def test_a_form_without_the_rows_of_a_list_leaves_the_list_alone(people):
    programme = complete(people.organisation)
    programme.programmepartner_set.create(organisation=people.neighbour)
    people.client.post(address("programme-edit", programme.pk), typed(programme, people.editor, age_min="60"))
    assert programme.programmepartner_set.count() == 1


def test_a_new_programme_has_its_partners_at_once(people):
    data = {"organisation": people.organisation.pk, "title_sl": "Skupaj", "partners_0": people.neighbour.pk}
    people.client.post(address("programme-add"), {**data, "partners_0_role": "funder"})
    assert Programme.objects.get(title_sl="Skupaj").programmepartner_set.get().organisation == people.neighbour


def test_nobody_of_another_group_is_offered_or_taken(people):
    foreign = people.stranger.seats.get().membership.organisation
    programme, draft = complete(people.organisation), complete(people.neighbour, status="draft", title_sl="Osnutek")
    elsewhere = complete(foreign, title_sl="Drugje")
    path = address("programme-edit", programme.pk)
    html = people.client.get(path).content.decode()
    assert not any(str(record) in html for record in (foreign, draft, elsewhere))
    for name, record in (("partners_0", foreign), ("continues_with_0", draft), ("continues_with_0", elsewhere),
                         ("continues_with_0", programme)):  # fmt: skip
        rows = {name: record.pk, "partners_0_role": "host"}
        assert people.client.post(path, typed(programme, people.editor, **rows)).status_code == 422
    assert (programme.programmepartner_set.count(), programme.continuations.count()) == (0, 0)


def test_partners_wait_for_the_coordinator_like_all_that_is_reviewed(people):
    people.group.reviews_programmes, people.group.reviews_edits = True, "before"
    people.group.save()
    programme = complete(people.organisation)
    rows = {"partners_0": people.neighbour.pk, "partners_0_role": "host"}
    people.client.post(address("programme-edit", programme.pk), typed(programme, people.editor, **rows))
    assert programme.programmepartner_set.count() == 0
    assert Proposal.objects.get().changes == {"partners": [[people.neighbour.pk, "host"]]}
    html = signed_in(people.coordinator).get(address("review-programme", programme.pk)).content.decode()
    assert str(people.neighbour) in html


def test_two_who_change_the_partners_are_shown_both(people):
    programme = complete(people.organisation)
    path = address("programme-edit", programme.pk)
    first, second = (
        typed(programme, people.editor, partners_0=people.neighbour.pk, partners_0_role=role)
        for role in ("host", "funder")
    )
    people.client.post(path, first)
    answer = people.client.post(path, second)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert html.count(f"{people.neighbour} (") == 2


def test_a_long_list_of_ticks_shows_what_is_chosen_and_folds_the_rest():
    def rendered(count, chosen, required=False, data=None):
        class Ticks(forms.Form):
            days = forms.MultipleChoiceField(
                choices=[(str(n), f"day {n}") for n in range(count)],
                required=required,
                widget=forms.CheckboxSelectMultiple,
            )

        with translation.override("en"):
            return str(Ticks(data, initial={"days": chosen})["days"])

    assert "<details" not in rendered(8, ["3"])
    shown, _fold, folded = rendered(9, ["3", "7"]).partition("<details")
    assert [f'value="{n}"' in shown for n in range(9)] == [n in (3, 7) for n in range(9)]
    assert [f'value="{n}"' in folded for n in range(9)] == [n not in (3, 7) for n in range(9)]
    assert "Choose more" in folded
    assert "(7)" in folded
    assert "Choose more" not in rendered(9, [])
    assert "<details" not in rendered(9, [str(n) for n in range(9)])
