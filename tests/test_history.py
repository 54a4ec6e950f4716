"""The page of a record's history: complete whoever writes and however, readable, and a way back."""

import pghistory
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from partners.models import Location, OpeningHours
from portal import looks
from portal.history.entries import NOBODY, entries
from portal.history.kinds import KINDS
from portal.models import Look, Vocabulary
from programmes.content import content
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

# Each change is a transaction of its own, as in the portal.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def told(programme, **how):
    """[(who, way, [(label, language, before, after)])], newest first, without the making of the record."""
    translation.activate("en")
    listed, _total = entries(KINDS["programme"], programme.pk, **how)
    return [
        (e.who and str(e.who), e.way, [tuple(map(r.get, ("label", "language", "before", "after"))) for r in e.rows])
        for e in listed
        if not e.is_creation
    ]  # fmt: skip


def address(name, record, kind="programme"):
    return reverse(name, args=[kind, record.pk])


def edit_by_admin(user, programme, **values):
    """Sends the form of the administration as it stands, with these values changed."""
    client = signed_in(user)
    path = reverse("admin:programmes_programme_change", args=[programme.pk])
    context = client.get(path).context
    data = {f"{f.html_name}": f.value() for f in context["adminform"].form if f.value() is not None}
    for formset in context["inline_admin_formsets"]:
        for field in formset.formset.management_form:
            data[field.html_name] = field.value()
    response = client.post(path, {**data, **values})
    assert response.status_code == 302, response.context["errors"]


def test_a_change_in_the_administration_has_its_author_and_way():
    programme, admin = (
        make_programme(summary_sl="Stara."),
        make_user(is_superuser=True, is_staff=True, full_name="Ada A"),
    )
    edit_by_admin(admin, programme, summary_sl="Nova.")
    assert told(programme) == [("Ada A", "in the administration", [("summary", "sl", "Stara.", "Nova.")])]


def test_a_rule_is_told_as_a_sentence_when_it_comes_changes_and_goes():
    programme = make_programme()
    schedule = make_schedule(programme, rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=TH")
    Schedule.objects.filter(pk=schedule.pk).update(rule="FREQ=WEEKLY;BYDAY=TU")
    schedule.delete()
    gone, changed, come, _made = entries(KINDS["programme"], programme.pk)[0]
    assert gone.rows[0]["removed"][0].startswith("every Tuesday, ")
    assert (changed.rows[0]["before"], changed.rows[0]["after"]) == ("every other Thursday", "every Tuesday")
    assert come.rows[0]["added"][0].startswith("every other Thursday, ")
    assert "FREQ" not in str((gone.rows, changed.rows, come.rows))


def test_a_bulk_change_and_plain_sql_are_there_with_nobodys_name():
    programme = make_programme(summary_sl="Stara.")
    programme.summary_sl = "Množična."
    Programme.objects.bulk_update([programme], ["summary_sl"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE programmes_programme SET is_full = true WHERE id = %s", [programme.pk])
    assert told(programme) == [
        (None, "directly in the database", [("full, with a waiting list", None, "no", "yes")]),
        (None, "directly in the database", [("summary", "sl", "Stara.", "Množična.")]),
    ]


@pytest.mark.parametrize(
    ("way", "words"),
    [("import", "by import"), ("link", "through a link in a mail"), ("command", "by a command of the portal")],
)
def test_each_way_is_named(way, words):
    programme, user = make_programme(), make_user(full_name="Eva")
    with pghistory.context(way=way, user=user.pk):
        Programme.objects.filter(pk=programme.pk).update(is_full=True)
    assert [(who, how) for who, how, _rows in told(programme)] == [("Eva", words)]


def test_what_one_request_does_is_one_entry():
    programme = make_programme()
    with pghistory.context(way="form"):
        Programme.objects.filter(pk=programme.pk).update(is_full=True)
        make_schedule(programme)
        programme.terms.through.objects.create(programme=programme, term=make_term())
    [(_who, way, rows)] = told(programme)
    assert (way, len(rows)) == ("on the pages of the portal", 3)


def test_the_history_is_filtered_by_field_and_person():
    programme, eva = make_programme(summary_sl="Ena."), make_user(full_name="Eva")
    with pghistory.context(user=eva.pk, way="form"):
        Programme.objects.filter(pk=programme.pk).update(summary_sl="Dve.")
    Programme.objects.filter(pk=programme.pk).update(is_full=True)
    assert len(told(programme)) == 2
    assert [who for who, _w, _r in told(programme, field="summary")] == ["Eva"]
    assert [who for who, _w, _r in told(programme, person=eva.pk)] == ["Eva"]
    assert [who for who, _w, _r in told(programme, person=NOBODY)] == [None]
    assert told(programme, field="part-0") == []


def test_the_page_asks_the_same_number_of_questions_however_long(django_assert_num_queries):
    organisation = make_organisation()
    client = signed_in(make_user("editor", organisation))

    def asked(changes):
        programme = make_programme(organisation)
        for n in range(changes):
            with pghistory.context(user=make_user().pk):
                Programme.objects.filter(pk=programme.pk).update(age_min=n)
        with connection.execute_wrapper(lambda execute, *args: (count.append(1), execute(*args))[1]):
            count: list = []
            assert client.get(address("history", programme)).status_code == 200
        return len(count)

    asked(1)
    assert asked(2) == asked(45)


def test_older_changes_are_on_the_next_page():
    organisation = make_organisation()
    programme = make_programme(organisation)
    for n in range(25):
        Programme.objects.filter(pk=programme.pk).update(age_min=n)
    client = signed_in(make_user("editor", organisation))
    first, second = (client.get(address("history", programme), {"page": n}).context["entries"] for n in (1, 2))
    assert (len(first), len(second), second[-1].is_creation) == (20, 6, True)
    assert (
        client.get(address("history", programme), {"page": "x", "field": "nonsense", "person": "1e9"}).status_code
        == 200
    )


# ---- who reads it -----------------------------------------------------------------------------------
def test_who_edits_a_record_reads_its_history_and_nobody_else():
    group = make_group()
    organisation = make_organisation(group)
    programme, place = make_programme(organisation), make_location(organisation)
    seat = make_user("adviser", organisation).seats.get()
    people = {
        "editor": make_user("editor", organisation),
        "coordinator": make_user("coordinator", make_organisation(group)),
        "administrator": make_user(is_superuser=True),
        "adviser": seat.user,
        "stranger": make_user("coordinator"),
    }
    records = {"programme": programme, "organisation": organisation, "location": place, "group": group, "seat": seat}

    def may_read(user, kind, record):
        return signed_in(user).get(address("history", record, kind)).status_code == 200

    answers = {n: [k for k, record in records.items() if may_read(user, k, record)] for n, user in people.items()}
    assert answers == {
        "editor": ["programme", "organisation", "location"],
        "coordinator": list(records),
        "administrator": list(records),
        "adviser": [],
        "stranger": [],
    }
    assert Client().get(address("history", programme)).status_code == 302
    assert signed_in(people["editor"]).get("/en/history/user/1/").status_code == 404


# ---- the way back -----------------------------------------------------------------------------------
def restore(user, record, entry, column="", kind="programme", **more):
    data = {"at": entry.at.isoformat(), "column": column, "version": getattr(record, "version", ""), **more}
    return signed_in(user).post(address("history-restore", record, kind), data)


def listed(record, kind="programme"):
    return entries(KINDS[kind], record.pk)[0]


def full(organisation, **fields):
    route = make_term(Vocabulary.REFERRAL_ROUTE, "self")
    programme = make_programme(organisation, [route], summary_sl="Prva.", contact_phone="+386 1 000 01 10", **fields)
    make_schedule(programme)
    return programme


def test_a_text_comes_back_as_a_new_version_with_its_own_entry():
    group = make_group()
    programme = full(make_organisation(group))
    coordinator = make_user("coordinator", make_organisation(group), full_name="Koni")
    Programme.objects.filter(pk=programme.pk).update(summary_sl="Vandalizem.", age_min=7)
    assert restore(coordinator, programme, listed(programme)[0], "summary_sl").status_code == 302
    programme.refresh_from_db()
    assert (programme.summary_sl, programme.age_min, programme.version) == ("Prva.", 7, 2)
    assert told(programme)[0] == (
        "Koni", "on the pages of the portal", [("summary", "sl", "Vandalizem.", "Prva.")]
    )  # fmt: skip


def test_a_whole_version_comes_back_after_plain_sql_schedules_and_terms_included():
    group = make_group()
    programme = full(make_organisation(group))
    coordinator = make_user("coordinator", make_organisation(group))
    before = content(programme)
    entry = listed(programme)[0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE programmes_programme SET summary_sl = 'Nič.'; DELETE FROM programmes_programmeterm")
        cursor.execute("DELETE FROM programmes_schedule")
    assert restore(coordinator, programme, entry).status_code == 302
    after = content(Programme.objects.get(pk=programme.pk))
    for row in (*before["schedules"], *after["schedules"]):
        row.pop("id")
    assert after == before


def test_an_editor_whose_edits_are_reviewed_proposes_what_was():
    organisation = make_organisation()
    programme, editor = full(organisation), make_user("editor", organisation)
    Programme.objects.filter(pk=programme.pk).update(summary_sl="Drugačna.")
    assert restore(editor, programme, listed(programme)[0], "summary_sl").status_code == 302
    programme.refresh_from_db()
    assert (programme.summary_sl, Proposal.objects.get().changes) == ("Drugačna.", {"summary_sl": "Prva."})


def test_opening_hours_come_back_with_the_place():
    organisation = make_organisation()
    place, editor = make_location(organisation, phone="+386 1 000 01 10"), make_user("editor", organisation)
    OpeningHours.objects.create(location=place, weekday=0, opens="08:00", closes="12:00")
    entry = listed(place, "location")[0]
    OpeningHours.objects.all().delete()
    Location.objects.filter(pk=place.pk).update(phone="")
    assert restore(editor, place, entry, kind="location").status_code == 302
    place.refresh_from_db()
    assert (place.phone, place.hours.count(), place.version) == ("+386 1 000 01 10", 1, 2)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"version": 9}, 409),
        ({"column": "status"}, 400),
        ({"column": "organisation_id"}, 400),
        ({"at": "yesterday"}, 400),
        ({"at": "1999-01-01 00:00"}, 400),
        ({"version": "9" * 40}, 400),
    ],
)
def test_what_cannot_come_back_changes_nothing(data, status):
    organisation = make_organisation(make_group(reviews_programmes=False))
    programme, editor = full(organisation), make_user("editor", organisation)
    Programme.objects.filter(pk=programme.pk).update(summary_sl="Nova.")
    before = content(programme)
    response = restore(editor, programme, listed(programme)[0], **{"column": "summary_sl", **data})
    programme.refresh_from_db()
    assert (response.status_code, content(programme), programme.version) == (
        status,
        {**before, "summary_sl": "Nova."},
        1,
    )


def test_only_who_edits_brings_back():
    programme = make_programme()
    entry = listed(programme)[0]
    Programme.objects.update(is_full=True)
    assert restore(make_user("editor"), programme, entry).status_code == 404
    group = make_group()
    make_organisation(group)
    coordinator = make_user("coordinator", make_organisation(group))
    assert restore(coordinator, group, entry, "phone", "group").status_code == 404


# ---- who looked ---------------------------------------------------------------------------------------
def test_looks_at_personal_data_are_noted_and_forgotten_after_a_year(rf):
    from datetime import timedelta

    from django.utils import timezone

    request = rf.get("/")
    request.user = make_user()
    looks.note(request, "people")
    looks.note(request, "registrations", 7)
    Look.objects.filter(number=7).update(at=timezone.now() - timedelta(days=367))
    assert Look.objects.prune() == 1
    assert list(Look.objects.values_list("user", "kind", "number")) == [(request.user.pk, "people", None)]
    admin = signed_in(make_user(is_superuser=True, is_staff=True))
    assert admin.get(reverse("admin:portal_look_changelist")).status_code == 200
    assert admin.get(reverse("admin:portal_look_add")).status_code == 403
