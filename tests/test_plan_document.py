"""The strategy and its plan as one document: the page and the file say the same, in the reader's language."""

from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Cm
from PIL import Image

from actionplans import plan_document
from actionplans.models import Commitment, ObjectiveIndicator, ObjectiveNeed, StatusReport, StrategyValue
from partners.models import Picture

from .records import make_group, make_organisation, make_user, signed_in
from .test_plan import make_indicator, make_measure, make_need, make_strategy

pytestmark = pytest.mark.django_db
LANGUAGES = ("sl", "en", "da", "nb", "de")


@pytest.fixture
def group():
    return make_group(name_sl="Skupina", name_de="Gruppe")


@pytest.fixture
def strategy(group):
    """In force, with an objective, a need, an indicator and a measure with its lead and a report."""
    strategy = make_strategy(group, title_sl="Skupaj za zdravje", title_en="", vision_sl="Bližje.\n\n- doma\n- v šoli")
    StrategyValue.objects.create(strategy=strategy, words_sl="spoštovanje", words_de="Achtung")
    measure = make_measure(strategy, title_sl="Vadba", title_de="Bewegung", title_en="")
    measure.budget_eur = 4000
    measure.save()
    lead = make_organisation(group, name_sl="Društvo Korak")
    Commitment.objects.create(measure=measure, membership=lead.memberships.get(), role="lead", status="accepted")
    StatusReport.objects.create(measure=measure, text_sl="Teče\x0b dobro")
    objective = measure.objective
    ObjectiveNeed.objects.get_or_create(
        objective=objective, need=make_need(group, slug="n", title_sl="Premalo gibanja", title_en="")
    )
    indicator = make_indicator(group, slug="i", name_sl="Gibanje", name_en="")
    ObjectiveIndicator.objects.create(objective=objective, indicator=indicator)
    return strategy


def read(client, strategy, language="sl"):
    """(the answer, the Document) of the file in a language."""
    with translation.override(language):
        answer = client.get(reverse("actionplans:plan-docx", args=[strategy.slug]))
    return answer, Document(BytesIO(answer.content)) if answer.status_code == 200 else None


def words(file):
    """All text of the body in the order it is read."""
    cells = [c.text for table in file.tables for row in table.rows for c in row.cells]
    return "\n".join([*(p.text for p in file.paragraphs), *cells])


class TestTheFile:
    def test_headings_are_headings_and_lists_are_lists(self, client, strategy):
        _answer, file = read(client, strategy)
        headings = [(p.style.name, p.text) for p in file.paragraphs if p.style.name.startswith(("Title", "Heading"))]
        assert headings[0] == ("Title", "Skupaj za zdravje")
        assert ("Heading 2", "Vadba") in headings
        points = [p.text for p in file.paragraphs if p.style.name == "List Bullet"]
        assert {"doma", "v šoli", "spoštovanje", "Premalo gibanja"} <= set(points)

    def test_the_table_has_a_row_of_heads_on_every_page(self, client, strategy):
        [table] = read(client, strategy)[1].tables
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert [c.text for c in table.rows[0].cells] == ["Kazalnik", "Izhodišče", "Zadnja vrednost", "Cilj"]
        assert table.rows[1].cells[0].text.startswith("Gibanje")

    def test_its_picture_says_what_it_shows(self, client, strategy):
        [picture] = read(client, strategy)[1].inline_shapes
        assert strategy.slug in picture._inline.docPr.get("descr")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_says_its_language_and_marks_what_is_in_another(self, client, strategy, language):
        _answer, file = read(client, strategy, language)
        codes = {"sl": "sl-SI", "en": "en-GB", "da": "da-DK", "nb": "nb-NO", "de": "de-DE"}
        assert file.core_properties.language == language
        assert file.styles["Normal"].element.rPr.find(qn("w:lang")).get(qn("w:val")) == codes[language]
        [run] = [r for p in file.paragraphs for r in p.runs if r.text in ("Vadba", "Bewegung")]
        mark = run._r.rPr.find(qn("w:lang")) if run._r.rPr is not None else None
        is_foreign = language not in ("sl", "de")
        assert (mark is not None and mark.get(qn("w:val")) == "sl-SI", bool(run.italic)) == (is_foreign, is_foreign)
        note = "Slovenščina" in "\n".join(p.text for p in file.paragraphs[:6])
        assert note == (language != "sl")

    def test_letters_that_no_file_may_hold_break_nothing(self, client, strategy):
        assert "Teče dobro" in words(read(client, strategy)[1])


def test_the_same_file_twice_is_sent_once(client, strategy):
    """Its bytes hold no hour of the clock, so that a browser that has them is told so."""
    with translation.override("sl"):
        address = reverse("actionplans:plan-docx", args=[strategy.slug])
        content = plan_document.content(strategy, AnonymousUser())
        first, second = plan_document.docx(content), plan_document.docx(content)
    answer = client.get(address)
    again = client.get(address, headers={"If-None-Match": answer["ETag"]})
    assert first == second
    assert (answer.status_code, again.status_code, again.content) == (200, 304, b"")
    with ZipFile(BytesIO(first)) as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {1980}


def test_the_file_says_which_version_it_shows(client, strategy):
    type(strategy).objects.filter(pk=strategy.pk).update(version=7)
    properties = read(client, strategy)[1].core_properties
    assert (properties.revision, properties.modified.date()) == (7, timezone.localdate())


class TestTheLogo:
    @pytest.fixture(autouse=True)
    def folder(self, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path

    @pytest.fixture
    def coordinator(self, group):
        return make_user("coordinator", make_organisation(group))

    def bring(self, user, group, **fields):
        picture = BytesIO()
        Image.new("RGB", (400, 100), (10, 90, 70)).save(picture, "PNG")
        file = SimpleUploadedFile("logo.png", picture.getvalue(), content_type="image/png")
        data = {"picture": file, "may_publish": "on", "alt_sl": "Lipov list", **fields}
        with translation.override("en"):
            return signed_in(user).post(reverse("partners:group-logo", args=[group.pk]), data)

    def test_it_stands_at_the_head_of_page_and_file_and_says_what_it_shows(self, client, group, strategy, coordinator):
        assert self.bring(coordinator, group).status_code == 302
        logo, _code = read(client, strategy)[1].inline_shapes
        assert (logo._inline.docPr.get("descr"), logo.width, logo.height) == ("Lipov list", Cm(5), Cm(1.25))
        html = client.get(f"/sl/nacrt/dokument/{strategy.slug}/").content.decode()
        with translation.override("sl"):
            about = reverse("partners:about")
        assert f'src="{group.logo.wide}" alt="Lipov list"' in html
        assert f'src="{group.logo.wide}" alt="Lipov list"' in client.get(about).content.decode()

    def test_a_group_without_one_has_its_name_only(self, client, strategy):
        assert len(read(client, strategy)[1].inline_shapes) == 1

    def test_a_file_that_is_gone_leaves_the_document_whole(self, client, group, strategy, coordinator, tmp_path):
        self.bring(coordinator, group)
        for file in tmp_path.rglob("*.webp"):
            file.unlink()
        assert len(read(client, strategy)[1].inline_shapes) == 1

    def test_it_needs_words(self, group, coordinator):
        assert self.bring(coordinator, group, alt_sl="").status_code == 422
        assert not Picture.objects.exists()

    def test_coordinators_of_the_group_bring_it_and_take_it_away(self, group, coordinator):
        editor, stranger = make_user("editor", make_organisation(group)), make_user("coordinator")
        assert [self.bring(user, group).status_code for user in (editor, stranger)] == [404, 404]
        self.bring(coordinator, group)
        with translation.override("en"):
            address = reverse("partners:picture-remove", args=[group.logo.pk])
        assert signed_in(stranger).post(address, {"version": 1}).status_code == 404
        assert signed_in(coordinator).post(address, {"version": 1}).status_code == 302
        assert not Picture.objects.exists()


def test_the_page_and_the_file_say_the_same(client, strategy):
    file = words(read(client, strategy)[1])
    html = client.get(f"/sl/nacrt/dokument/{strategy.slug}/").content.decode()
    with translation.override("sl"):
        content = plan_document.content(strategy, AnonymousUser())
    said = [t.words for t in _texts(content) if t.words and "\n" not in t.words and "\x0b" not in t.words]
    assert len(said) == 8
    assert [t for t in said if t not in file] == []
    assert [t for t in said if t not in html] == []


def _texts(value):
    if isinstance(value, plan_document.Text):
        return [value]
    if isinstance(value, (list, tuple)):
        return [text for one in value for text in _texts(one)]
    return []


# ---- who reads it -------------------------------------------------------------------------------------
def test_a_draft_is_for_members_only_and_kept_nowhere(client, group):
    draft = make_strategy(group, slug="draft", status="draft")
    stranger = make_user("coordinator", make_organisation(make_group()))
    member = make_user("editor", make_organisation(group))
    assert read(client, draft)[0].status_code == 404
    assert read(signed_in(stranger), draft)[0].status_code == 404
    answer, _file = read(signed_in(member), draft)
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)


def test_what_is_for_the_group_only_does_not_stand_in_the_publics_file(client, group, strategy):
    make_measure(strategy, slug="inner", title_sl="Notranji ukrep", title_en="", is_public=False)
    member = make_user("editor", make_organisation(group))
    assert "Notranji ukrep" not in words(read(client, strategy)[1])
    assert "Notranji ukrep" in words(read(signed_in(member), strategy)[1])


@pytest.mark.parametrize("size", [1, 8])
def test_it_asks_a_fixed_number_of_questions(client, group, strategy, size, django_assert_max_num_queries):
    for number in range(size):
        measure = make_measure(strategy, slug=f"m{number}")
        indicator = make_indicator(group, slug=f"i{number}")
        indicator.values.create(measured_on=date(2025, 1, 1), value=3)
        indicator.targets.create(due_on=timezone.localdate() + timedelta(days=90), value=5)
        ObjectiveIndicator.objects.create(objective=measure.objective, indicator=indicator)
    read(client, strategy)
    with django_assert_max_num_queries(32):
        assert read(client, strategy)[0].status_code == 200
