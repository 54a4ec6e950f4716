"""Tables that are taken: what is in them, that no cell runs, and that bringing one back changes nothing."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from partners.models import Location, OpeningHours, Organisation
from portal import spreadsheets
from portal.models import Look, Term, Vocabulary
from programmes.imports import export
from programmes.imports.preview import preview
from programmes.models import Import, Programme, ProgrammeTerm, ScheduleLanguage

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
KINDS = ("programmes", "places", "organisations")
FORMS = {"csv": spreadsheets.csv_response, "xlsx": spreadsheets.xlsx_response}
# What people type, and what spreadsheets take for something else.
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60),
    st.text("='+-@\t\r\n;,\"| 01.x", max_size=20),
    st.sampled_from(
        ["=1+1", "'=1", "''+1", "+386 1 000", "-5", "@x", "'", "\tx", "a\r\nb", "007", "1,5", "TRUE", "_x000D_"]
    ),
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def coordinator(group):
    return make_user("coordinator", make_organisation(group, name_sl="Društvo Hoja", slug="hoja"))


def brought_back(kind, form, user, group):
    """The preview of a file that was just taken."""
    data = FORMS[form](kind, export.rows(kind, user, group)).content
    table = spreadsheets.read(f"x.{form}", data)
    return preview(kind, user, table.head, table.rows)


@given(texts=st.lists(TEXTS, min_size=8, max_size=8), numbers=st.lists(st.integers(0, 99), min_size=2, max_size=2))
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_is_taken_and_brought_back_is_no_difference(coordinator, group, texts, numbers):
    organisation = Organisation.objects.get(slug="hoja")
    title, summary, what, about, way, note, role, address = texts
    Organisation.objects.filter(pk=organisation.pk).update(about_sl=about, offer_de=what, name_en=title[:160])
    place = Location.objects.update_or_create(
        slug="kraj",
        defaults={
            "organisation": organisation, "name_sl": title[:160], "name_de": note[:160], "how_to_get_there_nb": way,
            "address": address[:200], "is_remote": True, "lat": numbers[0] / 7, "lon": numbers[1] / 3,
        },
    )[0]  # fmt: skip
    programme = Programme.objects.update_or_create(
        slug="program",
        defaults={
            "organisation": organisation, "title_sl": title[:160], "title_da": f"x{note}"[:160],
            "summary_sl": summary, "what_happens_de": what, "contact_role_nb": role[:160],
            "age_min": min(numbers), "age_max": max(numbers), "is_full": numbers[0] % 2 == 0,
        },
    )[0]  # fmt: skip
    programme.schedules.all().delete()
    make_schedule(programme, location=place, note_sl=note[:300])
    make_schedule(programme, rule="", starts_at=None, ends_at=None, note_sl=note[:300], note_de=way[:300])
    for kind in KINDS:
        for form in FORMS:
            found = brought_back(kind, form, coordinator, group)
            assert [row["state"] for row in found.rows] == ["same"] * len(found.rows), (kind, form, found.rows)
            assert len(found.rows) == 1
            assert found.unknown == []


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_it_comes_back_the_same_in_every_language(kind, form, language, coordinator, group):
    organisation = Organisation.objects.get(slug="hoja")
    terms = [make_term(vocabulary, f"{vocabulary}-{n}") for vocabulary in ProgrammeTerm.VOCABULARIES for n in (1, 2)]
    Term.objects.filter(slug="topic-1").update(label_de="Bewegung; Sport", is_active=False)
    place = make_location(organisation, settlement=make_settlement())
    place.access.set([make_term(Vocabulary.ACCESSIBILITY, "accessibility-1")])
    for weekday, opens, closes in ((0, "08:00", "12:00"), (0, "13:00", "15:00"), (2, "08:00", "12:00")):
        OpeningHours.objects.create(location=place, weekday=weekday, opens=opens, closes=closes)
    programme = make_programme(organisation, terms=terms, capacity=12)
    schedule = make_schedule(programme, location=place, rule="FREQ=MONTHLY;BYDAY=1MO,-1FR", has_interpreter=True)
    ScheduleLanguage.objects.create(schedule=schedule, term=make_term(Vocabulary.LANGUAGE, "slovenian"))
    Organisation.objects.filter(pk=organisation.pk).update(parent=make_organisation())
    with translation.override(language):
        found = brought_back(kind, form, coordinator, group)
        assert [row["state"] for row in found.rows] == ["same"], found.rows


@given(text=TEXTS)
def test_a_safe_cell_comes_back_as_it_was_and_begins_like_no_formula(text):
    kept = spreadsheets.safe(text)
    assert not kept.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert spreadsheets.tidy(spreadsheets.plain(kept)) == spreadsheets.tidy(text)


@pytest.mark.parametrize("number", [-3.5, 0, 12])
def test_a_number_stays_a_number(number):
    assert spreadsheets.safe(number) == str(number)


@pytest.mark.parametrize(("language", "line"), [("en", "Hoja, tek,3.5,'=1"), ("sl", "Hoja, tek;3,5;'=1")])
def test_a_spreadsheet_of_the_readers_language_finds_the_cells_and_the_numbers(language, line):
    with translation.override(language):
        text = spreadsheets.csv_response("t", [["Hoja, tek", Decimal("3.5"), "=1"]]).content.decode("utf-8-sig")
    assert text.replace('"', "") == f"{line}\r\n"


def test_no_cell_of_a_workbook_is_a_formula(coordinator, group):
    make_programme(Organisation.objects.get(slug="hoja"), title_sl="=HYPERLINK(1)")
    response = signed_in(coordinator).get("/en/export/programmes.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}
    assert "'=HYPERLINK(1)" in {cell.value for row in sheet.iter_rows() for cell in row}


def rows_of(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_a_file_holds_the_groups_records_and_no_others(coordinator, group):
    make_programme(Organisation.objects.get(slug="hoja"), title_sl="Naše", status="draft")
    make_programme(title_sl="Tuje")
    text = signed_in(coordinator).get("/en/export/programmes.csv").content.decode()
    assert "Naše" in text
    assert "Tuje" not in text
    assert Look.objects.get().kind == "export"


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_of_another_group_is_not_found(coordinator, group, kind):
    other = make_group()
    make_organisation(other)
    assert signed_in(coordinator).get(f"/en/export/{kind}.csv?group={other.pk}").status_code == 404
    assert signed_in(coordinator).get(f"/en/export/{kind}.csv?group={group.pk}").status_code == 200
    assert signed_in(coordinator).get("/en/export/people.csv").status_code == 404
    assert signed_in(coordinator).get(f"/en/export/{kind}.pdf").status_code == 404
    assert signed_in(coordinator).get(f"/en/export/{kind}.csv?group=x").status_code == 404


def test_an_administrator_says_which_group(coordinator, group):
    make_group()
    administrator = signed_in(make_user(is_superuser=True))
    assert administrator.get("/en/export/organisations.csv").status_code == 404
    assert len(rows_of(administrator.get(f"/en/export/organisations.csv?group={group.pk}"))) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_the_number_of_queries_does_not_grow(coordinator, group, kind, django_assert_max_num_queries):
    for _ in range(12):
        organisation = make_organisation(group)
        make_schedule(make_programme(organisation, terms=[make_term()]), location=make_location(organisation))
    client = signed_in(coordinator)
    with django_assert_max_num_queries(24):
        client.get(f"/en/export/{kind}.csv")


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_template_has_an_example_that_could_be_brought(coordinator, group, kind, language):
    for vocabulary in (*ProgrammeTerm.VOCABULARIES, Vocabulary.SECTOR):
        make_term(vocabulary, f"a-{vocabulary}")
    client = signed_in(coordinator)
    for form in FORMS:
        with translation.override(language):
            address = export_address(kind, form)
        response = client.get(address)
        data = SimpleUploadedFile(f"t.{form}", response.content)
        with translation.override(language):
            from django.urls import reverse

            answer = client.post(reverse("programmes:import"), {"kind": kind, "file": data})
        assert answer.status_code == 302, answer.content.decode()
        [row] = Import.objects.latest("pk").rows
        assert row["state"] == "new", row["errors"]


def export_address(kind, form):
    from django.urls import reverse

    return reverse("programmes:import-template", args=[kind, form])
