"""What a programme says of itself: sources, for whom it is not, school years; typed, kept, shown and given away."""

import json
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from portal.models import Vocabulary
from programmes import school_years, sources
from programmes.content import content
from programmes.differences import differences
from programmes.editing import copied, save
from programmes.forms import ProgrammeForm
from programmes.imports.known import Known
from programmes.imports.sheets import SHEETS
from programmes.models import Programme

from .records import make_group, make_organisation, make_programme, make_term, make_user, signed_in
from .test_programme_form import typed

WHO = "WHO guideline on activity, 2020, https://example.org/who"


# ---- sources, line by line ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "said"),
    [
        (WHO, ("WHO guideline on activity", "2020", "https://example.org/who")),
        ("Smernice (2019)", ("Smernice", "2019", "")),
        ("Smernice – 2019 – https://example.org/a.", ("Smernice", "2019", "https://example.org/a")),
        ("https://example.org/b", ("example.org", "", "https://example.org/b")),
        ("Health 2020", ("Health", "2020", "")),
        ("2020", ("2020", "", "")),
        ("A study of 2000 people", ("A study of 2000 people", "", "")),
    ],
)
def test_a_line_is_read_as_title_year_and_link(line, said):
    assert sources.read(line) == [said]


def test_empty_lines_say_nothing():
    assert sources.read(f"\n  \n{WHO}\n\n") == sources.read(WHO)


@pytest.mark.parametrize("text", ["\n".join("abcdefghijk"), "x" * 401, "Title, https://-", "https://[1"])
def test_too_much_and_half_an_address_are_refused(text):
    with pytest.raises(ValidationError):
        sources.validate(text)


# ---- school years ---------------------------------------------------------------------------------
def test_a_school_year_begins_in_september():
    assert school_years.around(date(2026, 8, 31))[1] == "2025/26"
    assert school_years.around(date(2026, 9, 1)) == ["2025/26", "2026/27", "2027/28", "2028/29"]
    assert school_years.of(2099) == "2099/00"


@pytest.mark.parametrize("text", ["2026-27; 2027/2028", "2027/28, 2026/27", "2026 / 27\n2027–28"])
def test_a_cell_may_write_school_years_as_people_do(text):
    assert school_years.read(text) == ["2026/27", "2027/28"]


@pytest.mark.parametrize("text", ["2026", "2026/28", "26/27", "2026/27/28", "šolsko leto"])
def test_what_is_no_school_year_is_refused(text):
    with pytest.raises(ValidationError):
        school_years.read(text)


# ---- from the form to the page --------------------------------------------------------------------
@pytest.fixture
def own():
    organisation = make_organisation(make_group(reviews_programmes=False))
    return make_programme(organisation, title_sl="Hoja"), make_user("editor", organisation)


SAID = {"sources": WHO, "not_for_sl": "Če vas boli v prsih.", "school_years": ["2026/27"]}


@pytest.mark.django_db
def test_the_form_keeps_it_and_everybody_reads_it(own):
    programme, editor = own
    Programme.objects.filter(pk=programme.pk).update(school_years=["2026/27"])  # a year that is always a choice
    programme.refresh_from_db()
    address = reverse("programmes:programme-edit", args=[programme.pk])
    assert signed_in(editor).post(address, typed(programme, editor, **SAID)).status_code == 302
    assert {name: content(Programme.objects.get(pk=programme.pk))[name] for name in SAID} == SAID
    with override("sl"):
        page = Client().get(programme.get_absolute_url()).content.decode()
    professionals = page.index("fold__summary")
    assert page.index("Če vas boli v prsih.") < professionals < page.index('href="https://example.org/who"')
    assert "2026/27" in page


@pytest.mark.django_db
def test_a_source_without_a_real_address_comes_back_with_what_was_typed(own):
    programme, editor = own
    address = reverse("programmes:programme-edit", args=[programme.pk])
    answer = signed_in(editor).post(address, typed(programme, editor, sources="Knjiga https://-"))
    assert (answer.status_code, "Knjiga https://-" in answer.content.decode()) == (422, True)


@pytest.mark.django_db
def test_that_nobody_has_looked_whether_it_helps_is_no_line_on_the_page(own):
    programme, _editor = own
    assert "https://example.org/who" not in Client().get(programme.get_absolute_url()).content.decode()
    programme.terms.add(make_term(Vocabulary.EVIDENCE_LEVEL, "unknown"))
    assert Programme.objects.get(pk=programme.pk).evidence_levels == []
    promising = make_term(Vocabulary.EVIDENCE_LEVEL, "promising")
    programme.terms.add(promising)
    assert Programme.objects.get(pk=programme.pk).evidence_levels == [promising]


@pytest.mark.django_db
def test_a_change_is_shown_a_copy_has_it_and_a_held_back_language_does_not_go_elsewhere(own):
    programme, editor = own
    before = content(programme)
    save(programme, SAID, editor, programme.version)
    after = content(Programme.objects.get(pk=programme.pk))
    rows = {row["column"]: row["after"] for row in differences(before, after)}
    assert rows == {"sources": WHO, "not_for_sl": "Če vas boli v prsih.", "school_years": "2026/27"}
    copy = copied(Programme.objects.get(pk=programme.pk), programme.organisation, editor)
    assert {name: content(copy)[name] for name in SAID} == SAID


@pytest.mark.django_db
def test_a_table_gives_back_what_it_took(own):
    programme, editor = own
    save(programme, SAID, editor, programme.version)
    programme.refresh_from_db()
    sheet, known = SHEETS["programmes"], Known(editor)
    columns = {column.name: column for column in sheet.columns()}
    cells = sheet.cells(programme, known)
    assert (cells["sources"], cells["not_for_sl"], cells["school_years"]) == (WHO, "Če vas boli v prsih.", "2026/27")
    for name in SAID:
        assert columns[name].read(cells[name], known, programme, {}) == {name: SAID[name]}
        assert sheet.value(programme, name) == SAID[name]


@pytest.mark.django_db
def test_the_open_data_has_the_link_and_for_whom_it_is_not(own):
    programme, editor = own
    save(programme, SAID, editor, programme.version)
    with override("sl"):
        service = json.loads(Client().get(reverse("programmes:json")).content)["contents"][0]
    assert [(url["label"], url["url"]) for url in service["additional_urls"]] == [
        ("WHO guideline on activity (2020)", "https://example.org/who")
    ]
    assert service["eligibility_description"].endswith("Če vas boli v prsih.")


@pytest.mark.django_db
def test_a_school_year_of_long_ago_stays_a_choice_of_the_programme_that_has_it(own):
    programme, editor = own
    Programme.objects.filter(pk=programme.pk).update(school_years=["2019/20"])
    form = ProgrammeForm(instance=Programme.objects.get(pk=programme.pk), user=editor)
    assert "2019/20" in dict(form.fields["school_years"].choices)
