"""Tables that are brought: what a preview says, who may bring what, and that a table is saved whole or not at all."""

import csv
import io
import threading
import time
import zipfile
from datetime import time as clock
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from partners.models import Location, Membership, OpeningHours, Organisation, Seat
from portal import spreadsheets, translation_states
from portal.models import Vocabulary
from programmes import editing
from programmes.content import content
from programmes.imports import preview, saving
from programmes.imports.sheets import SHEETS
from programmes.models import Import, Programme, ProgrammeTerm, Proposal

from .records import (
    make_group,
    make_location,
    make_organisation,
    make_programme,
    make_schedule,
    make_settlement,
    make_term,
    make_user,
    signed_in,
)

CODES = ("sl", "en", "da", "nb", "de")
pytestmark = pytest.mark.django_db


def table(*rows, separator=";", encoding="utf-8-sig"):
    """The bytes of a CSV file; the first row is the head."""
    kept = io.StringIO()
    csv.writer(kept, delimiter=separator).writerows(rows)
    return kept.getvalue().encode(encoding)


def bring(client, data, kind="programmes", name="table.csv", language="en", **more):
    with translation.override(language):
        address = reverse("programmes:import")
    return client.post(address, {"kind": kind, "file": SimpleUploadedFile(name, data), **more})


def brought(client, *rows, **more):
    """The Import of a table."""
    response = bring(client, table(*rows), **more)
    assert response.status_code == 302, response.content.decode()
    return Import.objects.latest("pk")


def confirm(client, record, language="en"):
    return client.post(f"/{language}/import/{record.pk}/confirm/")


def states(record):
    return [row["state"] for row in record.rows]


def errors(record):
    return [error["text"] for row in record.rows for error in row["errors"]]


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def own(group):
    return make_organisation(group, name_sl="Društvo Hoja", slug="hoja")


@pytest.fixture
def coordinator(own):
    return make_user("coordinator", own)


@pytest.fixture
def client(coordinator):
    return signed_in(coordinator)


class TestPreview:
    def test_each_row_is_new_changed_unchanged_or_wrong(self, client, own):
        same = make_programme(own, title_sl="Joga")
        changed = make_programme(own, title_sl="Hoja", summary_sl="Hodimo vsak dan.")
        record = brought(
            client,
            ["number", "organisation", "title_sl", "summary_sl", "age_min"],
            [same.pk, "Društvo Hoja", "Joga", "", ""],
            [changed.pk, "Društvo Hoja", "Hoja", "Hodimo vsak teden.", ""],
            ["", "Društvo Hoja", "Ples", "", "60"],
            ["", "Društvo Hoja", "Petje", "", "a lot"],
        )
        assert states(record) == ["same", "changed", "new", "wrong"]
        assert record.counts == {"new": 1, "changed": 1, "same": 1, "wrong": 1}
        html = client.get(f"/en/import/{record.pk}/").content.decode()
        assert "<del>" in html
        assert "teden." in html
        assert "Enter a whole number." in html
        assert Programme.objects.count() == 2

    def test_errors_stand_with_row_and_column_in_the_readers_language(self, client, own):
        record = Import.objects.get(
            pk=brought(client, ["number", "title_sl", "organisation"], ["999999", "X", "Društvo Hoja"],
                       ["", "Y", "Nekdo drug"], language="de").pk
        )  # fmt: skip
        with translation.override("de"):
            provider = SHEETS["programmes"].columns()[1].heading
        assert [row["n"] for row in record.rows] == [2, 3]
        assert record.rows[1]["errors"][0]["column"] == provider
        assert "Nekdo drug" in record.rows[1]["errors"][0]["text"]

    @pytest.mark.parametrize("language", CODES)
    def test_headings_are_known_in_every_language_and_in_english(self, client, own, language):
        with translation.override(language):
            head = [column.heading for column in SHEETS["programmes"].columns()]
        names = [column.name for column in SHEETS["programmes"].columns()]
        assert len(set(head)) == len(head)
        for row in (head, names):
            record = brought(client, row, ["", "Društvo Hoja", *[""] * (len(row) - 2)], language="sl")
            assert record.unknown == []

    @pytest.mark.parametrize("kind", SHEETS)
    @pytest.mark.parametrize("language", CODES)
    def test_no_two_columns_have_one_name(self, kind, language):
        with translation.override(language):
            found = [heading for column in SHEETS[kind].columns() for heading in {column.name, column.heading}]
        assert len(found) == len(set(found))

    def test_what_is_not_a_column_is_named_and_left_out(self, client, own):
        record = brought(client, ["title_sl", "organisation", "Colour"], ["A", "hoja", "red"])
        assert (record.unknown, states(record)) == (["Colour"], ["new"])
        assert "Colour" in client.get(f"/en/import/{record.pk}/").content.decode()

    def test_a_row_without_a_number_is_known_by_name_and_place(self, client, own):
        programme = make_programme(own, title_sl="Hoja za zdravje")
        record = brought(client, ["title_sl", "organisation", "summary_sl"], ["HOJA za zdravje", "hoja", "Novo."])
        assert (record.rows[0]["pk"], states(record)) == (programme.pk, ["changed"])

    def test_one_name_in_two_places_is_two_programmes(self, client, own):
        places = [make_location(own, name_sl=name) for name in ("Dom", "Park")]
        make_schedule(make_programme(own, title_sl="Hoja"), location=places[0])
        record = brought(
            client, ["title_sl", "organisation", "when"], ["Hoja", "hoja", "every Monday 9:00–10:00 @ Park"]
        )
        assert states(record) == ["new"]

    def test_the_second_of_two_in_one_file_is_an_error(self, client, own):
        record = brought(client, ["title_sl", "organisation"], ["Ples", "hoja"], ["ples", "hoja"])
        assert states(record) == ["new", "wrong"]
        assert errors(record) == ["Row 2 has the same name and place."]

    def test_the_error_names_the_column_that_the_table_has(self, client, own):
        record = brought(client, ["title_sl", "organisation"], ["Ples", "hoja"], ["ples", "hoja"], language="de")
        assert record.rows[1]["errors"][0]["column"] == "Titel (sl)"

    def test_a_preview_speaks_the_language_of_who_reads_it(self, client, own):
        head = ["title_sl", "organisation", "age_min"]
        record = brought(client, head, ["Ples", "hoja", "x"], ["Joga", "hoja", "60"])
        html = client.get(f"/de/import/{record.pk}/").content.decode()
        assert "Schreiben Sie eine ganze Zahl." in html
        assert "Enter a whole number." not in html
        assert "Ab Alter" in html
        record.refresh_from_db()
        assert (states(record), record.has_moved) == (["wrong", "new"], False)
        html = client.get(f"/en/import/{record.pk}/").content.decode()
        assert "Enter a whole number." in html

    def test_it_says_that_the_data_changed_where_another_reader_finds_them_changed(self, client, own):
        programme = make_programme(own, title_sl="Hoja")
        record = brought(client, ["number", "age_min"], [programme.pk, "60"])
        Programme.objects.update(age_min=60)
        assert "Die Daten" in client.get(f"/de/import/{record.pk}/").content.decode()
        record.refresh_from_db()
        assert (states(record), record.has_moved) == (["same"], True)

    def test_a_long_preview_is_read_again_for_another_reader(self, client, own, monkeypatch):
        begun = []
        record = brought(client, ["title_sl", "organisation"], ["Ples", "hoja"], ["Joga", "hoja"])
        monkeypatch.setattr(saving, "AT_ONCE", 1)
        monkeypatch.setattr(saving, "_by_itself", lambda deed, pk: begun.append((deed, pk)))
        assert "0 von 2" in client.get(f"/de/import/{record.pk}/").content.decode()
        assert begun == [(saving._read_alone, record.pk)]

    def test_one_number_twice_is_an_error(self, client, own):
        programme = make_programme(own)
        record = brought(client, ["number", "age_min"], [programme.pk, 3], [programme.pk, 4])
        assert errors(record) == ["Row 2 is the same record."]

    def test_a_place_of_somebody_else_in_the_same_house_is_pointed_out(self, client, own):
        make_location(name_sl="Knjižnica", address="Glavni trg 1")
        record = brought(client, ["name_sl", "address", "organisation"], ["knjižnica", "Glavni trg 1", "hoja"],
                         kind="places")  # fmt: skip
        assert states(record) == ["new"]
        assert len(record.rows[0]["notes"]) == 1

    def test_what_the_database_would_refuse_is_said_before(self, client, own):
        record = brought(client, ["title_sl", "organisation", "age_min", "age_max"], ["A", "hoja", "60", "18"])
        assert errors(record) == ["The upper age must not be below the lower age."]

    def test_status_and_last_check_are_only_shown(self, client, own):
        programme = make_programme(own)
        record = brought(client, ["number", "status"], [programme.pk, "archived"])
        assert states(record) == ["wrong"]
        assert states(brought(client, ["title_sl", "organisation", "status"], ["B", "hoja", "published"])) == ["new"]

    def test_the_number_of_queries_does_not_grow_with_the_table(self, client, own, django_assert_max_num_queries):
        for n in range(30):
            make_schedule(make_programme(own, title_sl=f"P{n}"), location=make_location(own))
        rows = [[p.pk, f"Nov {p.pk}"] for p in Programme.objects.all()]
        with django_assert_max_num_queries(45):
            brought(client, ["number", "title_nb"], *rows)


@pytest.mark.server
class TestSaving:
    def test_a_table_is_saved_and_a_second_yes_changes_nothing(self, client, own):
        make_term(Vocabulary.TOPIC, "movement")
        record = brought(
            client,
            ["title_sl", "organisation", "topic", "when"],
            ["Ples", "hoja", "movement", "every second Thursday 16:30–18:00"],
        )
        assert confirm(client, record).status_code == 302
        programme = Programme.objects.get(title_sl="Ples")
        assert (programme.status, programme.organisation) == ("draft", own)
        assert [term.slug for term in programme.terms.all()] == ["movement"]
        schedule = programme.schedules.get()
        assert (schedule.rule, schedule.starts_at) == ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", clock(16, 30))
        assert confirm(client, record).status_code == 302
        assert Programme.objects.count() == 1
        record.refresh_from_db()
        assert (record.state, record.rows, record.table) == ("saved", [], {})
        assert "One is new." in client.get(f"/en/import/{record.pk}/").content.decode()

    def test_with_one_error_nothing_is_saved(self, client, own):
        record = brought(client, ["title_sl", "organisation", "age_min"], ["A", "hoja", "1"], ["B", "hoja", "x"])
        assert confirm(client, record).status_code == 422
        assert Programme.objects.count() == 0

    def test_what_fails_half_way_undoes_all(self, client, own, monkeypatch):
        record = brought(client, ["title_sl", "organisation"], ["A", "hoja"], ["B", "hoja"])
        made = []

        def create(*args, **more):
            if made:
                raise RuntimeError
            made.append(1)
            return real(*args, **more)

        real = saving.together.create
        monkeypatch.setattr(saving, "_STEP", 1)
        monkeypatch.setattr(saving.together, "create", create)
        client.raise_request_exception = False
        assert confirm(client, record).status_code == 500
        assert Programme.objects.count() == 0
        monkeypatch.setattr(saving.together, "create", real)
        assert confirm(client, record).status_code == 302
        assert Programme.objects.count() == 2

    def test_programmes_written_together_are_as_those_saved_one_by_one(self, client, own, monkeypatch):
        topics = [make_term(Vocabulary.TOPIC, slug).pk for slug in ("movement", "sleep")]
        make_term(Vocabulary.TOPIC, "food"), make_term(Vocabulary.LANGUAGE, "sl")
        head = ["number", "title_sl", "title_de", "organisation", "topic", "when", "summary_sl"]
        old, new = "every Monday 9:00–10:00 @ @ sl", "every Friday 9:00–10:00 @ @ sl"

        def saved():
            """What each programme says after one and the same table; whatever has a number of its own left out."""
            programmes = [make_programme(own, title_sl=f"P{n}", title_de=f"D{n}", slug=f"p{n}") for n in range(3)]
            for programme in programmes:
                ProgrammeTerm.objects.bulk_create(ProgrammeTerm(programme=programme, term_id=pk) for pk in topics)
                make_schedule(programme, rule="FREQ=WEEKLY;BYDAY=MO")
                make_schedule(programme, rule="FREQ=WEEKLY;BYDAY=TU")
            first, second, third = (p.pk for p in programmes)
            record = brought(
                client, head,
                [first, "Nov", "D0", "hoja", "movement; food", f"{old}\n{new}", "Besedilo."],
                [second, "P1", "Neu", "hoja", "", "", ""],
                [third, "P2", "D2", "hoja", "movement; sleep", old, "Samo to."],
                ["", "P.0", "", "hoja", "food", "every Friday 9:00–10:00 @ Dom @ sl", ""],
                ["", "P.0", "", "hoja", "", "every Friday 9:00–10:00 @ Mlin", ""],
            )  # fmt: skip
            assert (errors(record), confirm(client, record).status_code) == ([], 302)
            found = []
            for programme in Programme.objects.order_by("pk"):
                says = content(programme)
                schedules = [{**row, "id": None} for row in says.pop("schedules")]
                outdated = translation_states.outdated([programme]).get(programme.pk, [])
                facts = programme.slug, programme.version, programme.reviewed_version, programme.status
                found.append((says, schedules, outdated, facts, programme.events.count()))
            Programme.objects.all().delete()
            return found

        make_location(own, name_sl="Dom"), make_location(own, name_sl="Mlin")
        together = saved()
        monkeypatch.setattr(saving, "_save_together", _refuse)
        alone = saved()
        for one, other in zip(together, alone, strict=True):
            assert one[:3] == other[:3]
        assert [one[3] for one in together[:3]] == [one[3] for one in alone[:3]]
        assert together[0][2] == [("title", "de")]
        assert [facts[3] for facts in together[3:]] == [("p0-2", 1, 1, "draft"), ("p0-3", 1, 1, "draft")]

    def test_a_hundred_programmes_ask_as_many_questions_as_one(self, client, own, group):
        make_term(Vocabulary.TOPIC, "movement")

        def questions(count):
            new = [["", f"P{count} {n}", "hoja", "movement", "every Friday 9:00–10:00"] for n in range(count)]
            known = [[make_programme(own).pk, f"Q{count} {n}", "hoja", "movement", ""] for n in range(count)]
            record = brought(client, ["number", "title_sl", "organisation", "topic", "when"], *new, *known)
            with CaptureQueriesContext(connection) as asked:
                assert saving.save(record) is saving.Outcome.SAVED
            return len(asked)

        questions(1)  # what is read once
        assert questions(2) == questions(40)

    @pytest.mark.parametrize("kind", ["places", "organisations"])
    def test_a_hundred_places_or_organisations_ask_as_many_questions_as_one(self, client, own, group, kind):
        make_term(Vocabulary.SECTOR, "ngo"), make_term(Vocabulary.ACCESSIBILITY, "step-free")

        def questions(count):
            if kind == "places":
                head = ["number", "name_sl", "organisation", "address", "access", "opening_hours"]
                more = ["hoja", "Pot 1", "step-free", "every Monday 8:00–12:00"]
                known = [make_location(own).pk for _n in range(count)]
            else:
                head, more = ["number", "name_sl", "sector"], ["ngo"]
                known = [make_organisation(group).pk for _n in range(count)]
            rows = [[pk, f"{count} {n}", *more] for n, pk in enumerate([*[""] * count, *known])]
            record = brought(client, head, *rows, kind=kind)
            assert (record.counts["new"], record.counts["changed"]) == (count, count)
            with CaptureQueriesContext(connection) as asked:
                assert saving.save(record) is saving.Outcome.SAVED
            return len(asked)

        questions(1)  # what is read once
        assert questions(2) == questions(40)

    def test_a_place_whose_original_changed_has_outdated_translations(self, client, own):
        place = make_location(own, name_sl="Dom", name_de="Haus")
        confirm(client, brought(client, ["number", "name_sl"], [place.pk, "Mlin"], kind="places"))
        place.refresh_from_db()
        assert (place.name_sl, translation_states.outdated([place])[place.pk]) == ("Mlin", [("name", "de")])

    def test_places_of_one_name_get_slugs_of_their_own(self, client, own):
        rows = [["Dom", "hoja", "Pot 1"], ["Dom", "hoja", "Pot 2"]]
        confirm(client, brought(client, ["name_sl", "organisation", "address"], *rows, kind="places"))
        assert sorted(Location.objects.values_list("slug", flat=True)) == ["dom", "dom-2"]

    def test_the_place_that_does_not_fit_is_named_and_nothing_is_saved(self, client, own, monkeypatch):
        rows = [["Dom", "hoja", "Pot 1"], ["Mlin", "hoja", "Pot 2"]]
        record = brought(client, ["name_sl", "organisation", "address"], *rows, kind="places")
        real = saving.partners_together.create_places

        def create(rows):
            return _refuse() if any(row["name"] == "Mlin" for row in rows) else real(rows)

        monkeypatch.setattr(saving.partners_together, "create_places", create)
        assert confirm(client, record).status_code == 422
        record.refresh_from_db()
        assert (states(record), Location.objects.count()) == (["new", "wrong"], 0)

    def test_the_row_that_does_not_fit_is_named_and_nothing_is_saved(self, client, own, monkeypatch):
        record = brought(client, ["title_sl", "organisation"], ["A", "hoja"], ["B", "hoja"])
        monkeypatch.setattr(saving, "_save_together", _refuse)
        real = saving.editing.create

        def create(organisation, values):
            return real(organisation, values) if values["title_sl"] == "A" else _refuse()

        monkeypatch.setattr(saving.editing, "create", create)
        assert confirm(client, record).status_code == 422
        record.refresh_from_db()
        assert (states(record), Programme.objects.count()) == (["new", "wrong"], 0)

    def test_a_change_since_the_preview_is_a_409_with_a_new_preview(self, client, own):
        programme = make_programme(own, title_sl="Hoja", summary_sl="Staro.")
        record = brought(client, ["number", "summary_sl"], [programme.pk, "Novo."])
        editing.save(programme, {"summary_sl": "Vmes."}, record.by, programme.version)
        response = confirm(client, record)
        assert response.status_code == 409
        assert "Vmes." in response.content.decode()
        assert Programme.objects.get().summary_sl == "Vmes."
        assert confirm(client, record).status_code == 302
        assert Programme.objects.get().summary_sl == "Novo."

    def test_a_programme_added_since_the_preview_is_not_added_twice(self, client, own):
        record = brought(client, ["title_sl", "organisation"], ["Ples", "hoja"])
        make_programme(own, title_sl="Ples")
        assert confirm(client, record).status_code == 409
        assert Programme.objects.count() == 1

    def test_the_history_says_that_it_came_by_import(self, client, own):
        programme = make_programme(own, title_sl="Hoja")
        confirm(client, brought(client, ["number", "title_de"], [programme.pk, "Gehen"]))
        event = programme.events.latest("pgh_id")
        assert (event.title_de, event.pgh_context.metadata["way"]) == ("Gehen", "import")
        assert "by import" in client.get(f"/en/history/programme/{programme.pk}/").content.decode()

    def test_a_coordinators_change_of_a_published_programme_shows_at_once(self, client, own):
        programme = make_programme(own, title_sl="Hoja")
        confirm(client, brought(client, ["number", "summary_sl"], [programme.pk, "Novo."]))
        programme.refresh_from_db()
        assert (programme.summary_sl, programme.version, Proposal.objects.count()) == ("Novo.", 2, 0)

    def test_an_editors_change_of_another_group_becomes_a_proposal(self, client, coordinator):
        other = make_organisation()
        Seat.objects.create(membership=other.memberships.get(), user=coordinator, role="editor")
        programme = make_programme(other, title_sl="Hoja", summary_sl="Staro.")
        record = brought(client, ["number", "summary_sl"], [programme.pk, "Novo."])
        confirm(client, record)
        programme.refresh_from_db()
        assert (programme.summary_sl, Proposal.objects.get().changes) == ("Staro.", {"summary_sl": "Novo."})
        assert "is waiting for the coordinator" in client.get(f"/en/import/{record.pk}/").content.decode()

    def test_a_line_of_times_that_stands_as_it_was_keeps_its_schedule(self, client, own):
        programme = make_programme(own)
        kept = make_schedule(programme, note_sl="Prinesite copate.")
        with translation.override("en"):
            line = SHEETS["programmes"].cells(programme, _known(client))["when"]
        record = brought(client, ["number", "when"], [programme.pk, f"{line}\nevery Friday 10:00–11:00"])
        confirm(client, record)
        first, second = programme.schedules.order_by("pk")
        assert (first.pk, first.note_sl, second.rule) == (kept.pk, "Prinesite copate.", "FREQ=WEEKLY;BYDAY=FR")

    def test_a_sentence_that_is_not_understood_is_an_error(self, client, own):
        record = brought(client, ["title_sl", "organisation", "when"], ["A", "hoja", "now and then 9:00–10:00"])
        assert states(record) == ["wrong"]

    def test_a_place_comes_with_hours_access_and_settlement(self, client, own):
        make_settlement(name="Zgornja Vas")
        make_term(Vocabulary.ACCESSIBILITY, "step-free")
        record = brought(
            client,
            ["name_sl", "organisation", "address", "settlement", "opening_hours", "access", "lat", "lon"],
            [
                "Dom",
                "hoja",
                "Pot 1",
                "zgornja vas",
                "every Monday and Tuesday 8:00–12:00",
                "step-free",
                "46,05",
                "14.5",
            ],
            kind="places",
        )
        assert confirm(client, record).status_code == 302, errors(record)
        place = Location.objects.get()
        assert (str(place.settlement), place.lat, [t.slug for t in place.access.all()]) == (
            "Zgornja Vas", 46.05, ["step-free"])  # fmt: skip
        assert [row[0] for row in place.weekly] == [0, 1]
        hours = [h.pk for h in OpeningHours.objects.all()]
        rows = ["number", "opening_hours"], [place.pk, "every Monday 8:00–12:00\nevery Friday 9:00–11:00"]
        confirm(client, brought(client, *rows, kind="places"))
        assert OpeningHours.objects.filter(pk__in=hours).count() == 1
        assert Location.objects.get().version == 2

    def test_a_new_organisation_joins_the_coordinators_group(self, client, group):
        make_term(Vocabulary.SECTOR, "ngo")
        record = brought(client, ["name_sl", "sector"], ["Planinci", "ngo"], kind="organisations")
        assert confirm(client, record).status_code == 302
        organisation = Organisation.objects.get(name_sl="Planinci")
        assert list(organisation.memberships.values_list("group", flat=True)) == [group.pk]


def _known(client):
    from partners.models import User
    from programmes.imports.known import Known

    return Known(User.objects.get(pk=client.session["_auth_user_id"]))


class TestRights:
    def test_an_editor_does_not_bring_tables(self, own):
        client = signed_in(make_user("editor", own))
        assert client.get("/en/import/").status_code == 404
        assert client.get("/en/export/").status_code == 404
        assert client.get("/en/export/programmes.csv").status_code == 404

    def test_nobody_sees_the_table_of_another_coordinator(self, client, own, group):
        record = brought(client, ["title_sl", "organisation"], ["Skrivnost", "hoja"])
        for other in (make_user("coordinator", own), make_user("coordinator"), make_user(is_superuser=True)):
            stranger = signed_in(other)
            assert stranger.get(f"/en/import/{record.pk}/").status_code == 404
            assert confirm(stranger, record).status_code == 404
            assert stranger.post(f"/en/import/{record.pk}/discard/").status_code == 404

    def test_what_belongs_to_another_group_can_be_neither_named_nor_changed(self, client, own):
        other = make_organisation(name_sl="Tuje društvo")
        programme = make_programme(other, title_sl="Tuje")
        record = brought(client, ["number", "title_sl", "organisation"], [programme.pk, "Moje", ""],
                         ["", "Novo", "Tuje društvo"])  # fmt: skip
        assert states(record) == ["wrong", "wrong"]
        assert confirm(client, record).status_code == 422

    def test_a_table_cannot_give_a_programme_to_another_organisation(self, client, own, group):
        programme = make_programme(own)
        make_organisation(group, name_sl="Drugo društvo")
        assert states(brought(client, ["number", "organisation"], [programme.pk, "Drugo društvo"])) == ["wrong"]

    def test_another_group_cannot_be_chosen(self, client, own):
        response = bring(client, table(["title_sl", "organisation"], ["A", "hoja"]), group=make_group().pk)
        assert response.status_code == 422

    def test_who_lost_the_seat_since_the_preview_saves_nothing(self, client, own, coordinator):
        record = brought(client, ["title_sl", "organisation"], ["A", "hoja"])
        Seat.objects.filter(user=coordinator).delete()
        assert confirm(client, record).status_code == 404
        assert Programme.objects.count() == 0

    def test_an_administrator_brings_tables_for_the_group_they_choose(self, own, group):
        make_group()
        client = signed_in(make_user(is_staff=True, is_superuser=True))
        make_term(Vocabulary.SECTOR, "ngo")
        record = brought(client, ["name_sl", "sector"], ["Planinci", "ngo"], kind="organisations", group=group.pk)
        confirm(client, record)
        assert Membership.objects.get(organisation__name_sl="Planinci").group == group

    def test_after_two_days_a_preview_is_gone(self, client, own):
        record = brought(client, ["title_sl", "organisation"], ["A", "hoja"])
        Import.objects.update(created_at=timezone.now() - timedelta(days=2, minutes=1))
        assert client.get(f"/en/import/{record.pk}/").status_code == 404
        call_command("prune", stdout=io.StringIO())
        assert Import.objects.count() == 0

    def test_a_table_can_be_forgotten(self, client, own):
        record = brought(client, ["title_sl", "organisation"], ["A", "hoja"])
        assert client.post(f"/en/import/{record.pk}/discard/").status_code == 302
        assert Import.objects.count() == 0

    def test_the_bar_leads_coordinators_there_and_nobody_else(self, client, own):
        assert '"/en/import/"' in client.get("/en/our-programmes/").content.decode()
        assert '"/en/import/"' not in signed_in(make_user("editor", own)).get("/en/our-programmes/").content.decode()


def book(*rows):
    """The bytes of an XLSX file."""
    made, kept = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(kept)
    return kept.getvalue()


def packed(parts):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return kept.getvalue()


class TestFiles:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
    @pytest.mark.parametrize("separator", [";", ",", "\t"])
    def test_encodings_and_separators_are_found(self, encoding, separator):
        data = table(
            ["title_sl", "summary_sl"], ["Čebelice žužnjajo", "a, b; c"], separator=separator, encoding=encoding
        )
        assert spreadsheets.read("t.csv", data) == (
            ["title_sl", "summary_sl"], [(2, ["Čebelice žužnjajo", "a, b; c"])]
        )  # fmt: skip

    def test_a_workbook_is_read_as_one_would_type_it(self):
        data = book(["a", "b", "c"], [46.0, True, timezone.datetime(2026, 12, 24)], [], ["x", None, clock(8, 30)])
        assert spreadsheets.read("t.xlsx", data).rows == [(2, ["46", "1", "2026-12-24"]), (4, ["x", "", "08:30"])]

    @pytest.mark.parametrize(
        ("name", "data", "status"),
        [
            ("a.csv", b"x" * (5 * 1024 * 1024 + 1), 413),
            ("a.csv", table(["title_sl"], *[["a"]] * 5001), 413),
            ("a.csv", table([f"c{n}" for n in range(101)]), 413),
            ("a.xlsx", book(["title_sl"], *[["a"]] * 5001), 413),
            ("a.xlsx", book([f"c{n}" for n in range(101)]), 413),
            ("a.csv", table(["title_sl"], ["a" * 30_001]), 413),
            ("a.xlsx", packed({"xl/workbook.xml": b"0" * (51 * 1024 * 1024)}), 413),
            ("a.xlsx", packed({f"{n}.xml": b"" for n in range(1001)}), 413),
            ("a.csv", b"", 422),
            ("a.csv", b"  \n ", 422),
            ("a.csv", b'title_sl\n"a', 422),
            ("a.csv", b"title_sl\n\x81\x83", 422),
            ("a.csv", b"\xff\xfea", 422),
            ("a.csv", b'{"title": "' + b"x" * 150_000, 413),
            ("a.csv", b"title_sl\n" + b"x" * 150_000, 413),
            ("a.xls", b"\xd0\xcf\x11\xe0rest", 422),
            ("a.xlsx", b"no zip", 422),
            ("a.xlsx", b"PK\x03\x04damaged", 422),
            ("a.xlsx", packed({"a.txt": b"x"}), 422),
            ("a.csv", table(["colour"], ["red"]), 422),
            ("a.csv", table(["title_sl", "title_sl"], ["a", "b"]), 422),
        ],
    )
    def test_what_cannot_be_read_is_said_and_never_an_error_of_ours(self, client, own, name, data, status):
        response = bring(client, data, name=name)
        assert response.status_code == status
        assert 'class="errors"' in response.content.decode()
        assert Import.objects.count() == 0

    def test_no_file_is_said_too(self, client, own):
        assert client.post("/en/import/", {"kind": "programmes"}).status_code == 422
        assert client.post("/en/import/", {"kind": "people", "file": SimpleUploadedFile("a", b"x")}).status_code == 422

    def test_entities_in_a_workbook_are_refused(self):
        bomb = b'<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w>&b;</w>'
        with zipfile.ZipFile(io.BytesIO(book(["title_sl"], ["a"]))) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"):
            with pytest.raises(spreadsheets.Refused):
                spreadsheets.read("a.xlsx", packed({**parts, name: bomb}))

    def test_a_directory_that_lies_about_sizes_is_caught_while_unpacking(self):
        data = bytearray(packed({"xl/workbook.xml": b"0" * (60 * 1024 * 1024)}))
        place = data.rindex(b"PK\x01\x02") + 24
        data[place : place + 4] = (1000).to_bytes(4, "little")
        with pytest.raises(spreadsheets.Refused):
            spreadsheets.read("a.xlsx", bytes(data))

    def test_more_texts_than_cells_are_not_read(self, monkeypatch):
        """Millions of empty ones fit into a small file; to read them would take minutes."""
        with zipfile.ZipFile(io.BytesIO(book(["title_sl"], ["a"]))) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        texts = b"<sst>" + b"<si/>" * 501_000 + b"</sst>"  # a few are not counted, where a piece of the file ends
        monkeypatch.setattr("openpyxl.load_workbook", lambda *_args, **_how: pytest.fail("It is read all the same."))
        with pytest.raises(spreadsheets.Refused) as refused:
            spreadsheets.read("a.xlsx", packed({**parts, "xl/sharedStrings.xml": texts}))
        assert refused.value.status == 413

    def test_a_sheet_that_claims_a_million_columns_is_read_by_what_it_holds(self):
        with zipfile.ZipFile(io.BytesIO(book(["title_sl"], ["a"]))) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        sheet = parts["xl/worksheets/sheet1.xml"].replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
        assert spreadsheets.read("a.xlsx", packed({**parts, "xl/worksheets/sheet1.xml": sheet})).rows == [(2, ["a"])]


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_two_who_say_yes_at_once_save_it_once(self, client, own):
        record = brought(client, ["title_sl", "organisation"], *[[f"P{n}", "hoja"] for n in range(5)])
        _at_once(lambda: _close(saving.save, Import.objects.get(pk=record.pk)), 2)
        record.refresh_from_db()
        assert (record.state, Programme.objects.count()) == ("saved", 5)

    def test_two_tables_with_the_same_row_make_one_programme(self, client, own):
        records = [brought(client, ["title_sl", "organisation"], ["Ples", "hoja"]) for _ in range(2)]
        outcomes = []
        threads = [
            threading.Thread(target=lambda r=record: outcomes.append(_close(saving.save, r))) for record in records
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Programme.objects.count() == 1
        assert {outcome.value for outcome in outcomes} == {"saved", "moved"}

    def test_a_long_table_goes_on_by_itself_and_says_how_far_it_is(self, client, own, monkeypatch):
        record = brought(client, ["title_sl", "organisation"], *[[f"P{n}", "hoja"] for n in range(8)])
        monkeypatch.setattr(saving, "AT_ONCE", 3)
        monkeypatch.setattr(saving, "_STEP", 1)
        gate, real = threading.Event(), saving.together.create

        def create(*args, **more):
            if Import.objects.filter(pk=record.pk, done__gte=4).exists():
                gate.wait(20)
            return real(*args, **more)

        monkeypatch.setattr(saving.together, "create", create)
        assert confirm(client, record).status_code == 302
        for _ in range(200):
            html = client.get(f"/en/import/{record.pk}/").content.decode()
            if "4 of 8" in html:
                break
            time.sleep(0.05)
        assert 'http-equiv="refresh"' in html
        assert "4 of 8" in html
        assert confirm(client, record).status_code == 302
        gate.set()
        _all_done()
        record.refresh_from_db()
        assert (record.state, Programme.objects.count()) == ("saved", 8)

    def test_a_long_table_is_read_by_itself_and_says_how_far_it_is(self, client, own, reading):
        gate, record = reading
        html = client.get(f"/en/import/{record.pk}/").content.decode()
        assert 'http-equiv="refresh"' in html
        assert "4 of 8" in html
        assert "being read" in client.get("/en/import/").content.decode()
        assert confirm(client, record).status_code == 302
        gate.set()
        _all_done()
        record.refresh_from_db()
        assert (record.state, record.counts["new"], states(record)) == ("preview", 8, ["new"] * 8)
        assert confirm(client, record).status_code == 302
        _all_done()
        assert Programme.objects.count() == 8

    def test_a_long_table_that_is_forgotten_while_it_is_read_stays_forgotten(self, client, own, reading):
        gate, record = reading
        client.post(f"/en/import/{record.pk}/discard/")
        gate.set()
        _all_done()
        assert Import.objects.count() == 0

    def test_a_reading_that_was_interrupted_begins_anew(self, client, own, reading):
        gate, record = reading
        client.post(f"/en/import/{record.pk}/read-again/")
        assert Import.objects.get().checked == 4
        Import.objects.update(started_at=timezone.now() - timedelta(minutes=3))
        html = client.get(f"/en/import/{record.pk}/").content.decode()
        assert "interrupted" in html
        assert "http-equiv" not in html
        client.post(f"/en/import/{record.pk}/read-again/")
        gate.set()
        _all_done()
        assert states(Import.objects.get()) == ["new"] * 8

    def test_a_reading_that_fails_says_so_and_begins_anew(self, client, own, monkeypatch):
        monkeypatch.setattr(saving, "AT_ONCE", 3)
        real = preview._Reader._row
        monkeypatch.setattr(preview._Reader, "_row", _refuse)
        record = brought(client, ["title_sl", "organisation"], *[[f"P{n}", "hoja"] for n in range(8)])
        _all_done()
        html = client.get(f"/en/import/{record.pk}/").content.decode()
        assert "Something went wrong on our side." in html
        assert "http-equiv" not in html
        monkeypatch.setattr(preview._Reader, "_row", real)
        assert client.post(f"/en/import/{record.pk}/read-again/").status_code == 302
        _all_done()
        assert states(Import.objects.get()) == ["new"] * 8

    def test_two_read_long_tables_at_once_and_each_gets_their_own(self, client, own, coordinator, monkeypatch):
        monkeypatch.setattr(saving, "AT_ONCE", 3)
        other = signed_in(make_user("coordinator", own))
        records = [
            brought(one, ["title_sl", "organisation"], *[[f"{name}{n}", "hoja"] for n in range(250)])
            for one, name in ((client, "P"), (other, "Q"))
        ]
        _all_done()
        for record, name in zip(records, "PQ", strict=True):
            record.refresh_from_db()
            assert (record.state, record.counts["new"], record.rows[-1]["name"]) == ("preview", 250, f"{name}249")

    def test_headings_that_are_not_known_are_refused_at_once_in_a_long_table_too(self, client, own, monkeypatch):
        monkeypatch.setattr(saving, "AT_ONCE", 3)
        assert bring(client, table(["colour"], *[["red"]] * 8)).status_code == 422
        assert Import.objects.count() == 0

    def test_what_was_interrupted_can_be_saved_again(self, client, own):
        record = brought(client, ["title_sl", "organisation"], ["A", "hoja"])
        Import.objects.update(state="saving", started_at=timezone.now() - timedelta(hours=1))
        assert "interrupted" in client.get(f"/en/import/{record.pk}/").content.decode()
        confirm(client, record)
        assert Programme.objects.count() == 1


@pytest.fixture
def reading(client, own, monkeypatch):
    """(what lets it go on, the import): a long table, of which four rows of eight are read."""
    monkeypatch.setattr(saving, "AT_ONCE", 3)
    monkeypatch.setattr(preview, "STEP", 1)
    gate, real = threading.Event(), preview._Reader._row

    def row(self, number, cells):
        if number == 6:
            gate.wait(20)
        return real(self, number, cells)

    monkeypatch.setattr(preview._Reader, "_row", row)
    record = brought(client, ["title_sl", "organisation"], *[[f"P{n}", "hoja"] for n in range(8)])
    for _ in range(200):
        if Import.objects.filter(checked=4).exists():
            break
        time.sleep(0.05)
    yield gate, record
    gate.set()
    _all_done()


def _all_done():
    for thread in [t for t in threading.enumerate() if t is not threading.current_thread()]:
        thread.join(20)


def _refuse(*args):
    raise IntegrityError


def _close(function, *args):
    try:
        return function(*args)
    finally:
        connection.close()


def _at_once(function, times):
    threads = [threading.Thread(target=function) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
