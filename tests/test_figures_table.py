"""Figures brought as a table: what would change, whole or not at all, and never over what somebody approved."""

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from actionplans.figures_table import saving as saving_figures
from actionplans.figures_table.columns import TABLE
from actionplans.models import Indicator, IndicatorPart, IndicatorValue
from portal.models import Outbox, Vocabulary
from portal.spreadsheets import MOST_BYTES
from programmes.imports import saving
from programmes.models import Import

from .records import make_group, make_organisation, make_settlement, make_term, make_user, signed_in
from .test_import import bring, brought, confirm, errors, states
from .test_plan import make_indicator
from .test_work import make_round

CODES = ("sl", "en", "da", "nb", "de")
DAY = date(2025, 12, 31)
HEAD = ["indicator", "measured_on", "value", "by", "for_whom"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    group = make_group()
    group.municipalities.add(make_settlement(name="Javorje").municipality)
    return group


@pytest.fixture
def own(group):
    return make_organisation(group)


@pytest.fixture
def steward(own):
    return make_user("data_steward", own, language="en")


@pytest.fixture
def coordinator(own):
    return make_user("coordinator", own, language="en")


@pytest.fixture
def client(steward):
    return signed_in(steward)


@pytest.fixture
def walkers(group):
    return make_indicator(group, name_sl="Hodijo", name_en="Walkers")


@pytest.fixture
def share(group):
    return make_indicator(group, "smokers", name_en="Smokers", unit="percent", better="lower")


def figures(client, *rows, **more):
    return brought(client, *rows, kind="figures", **more)


def figure(indicator, value=40, state="submitted", **more):
    return IndicatorValue.objects.create(indicator=indicator, measured_on=DAY, value=value, state=state, **more)


class TestPreview:
    def test_rows_are_new_changed_unchanged_or_wrong(self, client, walkers, share):
        figure(walkers)
        figure(share, 20, numerator=1, denominator=5)
        head = ["indicator", "measured_on", "value", "numerator", "denominator"]
        record = figures(
            client, head, ["Hodijo", "2025-12-31", 40, "", ""], ["Smokers", "2025", "", 1, 4],
            ["walkers", "2024", "38,5", "", ""], ["Walkers", "2023-02", "many", "", ""],
        )  # fmt: skip
        assert states(record) == ["same", "changed", "new", "wrong"]
        assert record.rows[1]["values"] == {
            "value": "25.00", "denominator": "4", "indicator": share.pk, "measured_on": "2025-12-31"
        }  # fmt: skip
        assert record.rows[3]["errors"] == [
            {"column": "Value", "text": "Enter a number with at most two decimals, for example 12.5."}
        ]
        assert "Enter a number" in client.get(f"/en/import/{record.pk}/").content.decode()
        assert IndicatorValue.objects.count() == 2

    @pytest.mark.parametrize(("row", "text"), [
        (["Nobody", "2025", 1, "", ""], "There is no indicator “Nobody” among those of this group."),
        (["Walkers", "", 1, "", ""], "This is required."),
        (["Walkers", "soon", 1, "", ""], "Enter a day, for example 2025-12-31, a month or a year."),
        (["Walkers", "2025-13", 1, "", ""], "Enter a day, for example 2025-12-31, a month or a year."),
        (["Walkers", "0000", 1, "", ""], "Enter a day, for example 2025-12-31, a month or a year."),
        (["Walkers", "9998", 1, "", ""], "This date is in the future."),
        (["Walkers", "2025", "1.234,5", "", ""], "Enter a number with at most two decimals, for example 12.5."),
        (["Walkers", "2025", "NaN", "", ""], "Enter a number with at most two decimals, for example 12.5."),
        (["Walkers", "2025", "", "", ""], "Enter the figure."),
        (["Walkers", "2025", 1, "colour", "red"],
         "Say what it is broken down by: By sex, By age, By settlement, By target group."),
        (["Walkers", "2025", 1, "sex", ""], "This is required."),
        (["Walkers", "2025", 1, "sex", "walkers"], "The figures of this group have no part “walkers”."),
        (["Walkers", "2025", 1, "settlement", "Elsewhere"], "There is no settlement “Elsewhere” in the list."),
        (["Walkers", "2025", 1, "sex", "women"], "The total for that day is missing: put it in a row of its own."),
    ])  # fmt: skip
    def test_what_is_wrong_is_said_at_its_column(self, client, walkers, row, text):
        record = figures(client, HEAD, row)
        assert (states(record), errors(record)) == (["wrong"], [text])
        assert confirm(client, record).status_code == 422
        assert IndicatorValue.objects.count() == 0

    @pytest.mark.parametrize("code", CODES)
    def test_headings_and_errors_are_those_of_the_reader(self, client, walkers, code):
        with translation.override(code):
            head = [column.heading for column in TABLE.columns()]
        assert len({heading.lower() for heading in head}) == len(head)
        record = figures(client, head, [walkers.pk, *[""] * (len(head) - 1)], language="sl")
        assert (record.unknown, states(record)) == ([], ["same"])
        wrong = figures(client, HEAD, ["Walkers", "2025", "x", "", ""], language=code)
        with translation.override(code):
            assert wrong.rows[0]["errors"][0]["column"] == head[4] != ""

    def test_one_figure_twice_in_a_file_is_an_error(self, client, walkers):
        record = figures(client, HEAD, ["Walkers", "2025", 1, "", ""], ["Hodijo", "2025-12-31", 2, "", ""])
        assert errors(record) == ["Row 2 is the same record."]

    def test_parts_may_not_be_more_than_the_whole(self, client, walkers):
        rows = [["Walkers", "2025", 40, "", ""], ["Walkers", "2025", 30, "sex", "women"],
                ["Walkers", "2025", 11, "By sex", "men"]]  # fmt: skip
        record = figures(client, HEAD, *rows)
        assert states(record) == ["new", "wrong", "new"]
        assert errors(record) == ["By sex: the parts are 41 together, more than the whole figure (40)."]

    def test_a_smaller_whole_is_held_against_the_parts_that_are_there(self, client, walkers):
        IndicatorPart.objects.create(indicator=walkers, figure=figure(walkers), sex="women", value=30)
        assert states(figures(client, HEAD, ["Walkers", "2025", 29, "", ""])) == ["wrong"]
        assert states(figures(client, HEAD, ["Walkers", "2025", 31, "", ""])) == ["changed"]

    def test_what_is_approved_or_locked_stays(self, client, coordinator, walkers, share):
        figure(walkers, state="approved")
        record = figures(client, HEAD, ["Walkers", "2025", 41, "", ""], ["Walkers", "2025", 10, "sex", "women"])
        assert set(errors(record)) == {"This figure is approved, so it stays. The coordinator can return it."}
        assert states(figures(client, HEAD, ["Walkers", "2025", 40, "", ""])) == ["same"]
        make_round(walkers.group, starts_on=date(2025, 1, 1), ends_on=DAY, status="closed",
                   closed_on=timezone.localdate())  # fmt: skip
        record = figures(client, HEAD, ["Smokers", "2025", 41, "", ""])
        assert "locked" in errors(record)[0]

    def test_the_number_of_queries_does_not_grow_with_the_table(self, client, group):
        place = group.municipalities.get().settlements.get().name

        def asked(count):
            found = [make_indicator(group, f"i{count}-{n}") for n in range(count)]
            rows = [[i.slug, "2025", 9, *part] for i in found for part in (("", ""), ("sex", "men"),
                                                                           ("settlement", place))]  # fmt: skip
            with CaptureQueriesContext(connection) as seen:
                record = figures(client, HEAD, *rows)
            with CaptureQueriesContext(connection) as saved:
                assert saving.save(record) is saving.Outcome.SAVED
            return len(seen), len(saved)

        asked(1)  # what is read once
        assert asked(2) == asked(30)


class TestSaving:
    def test_figures_wait_for_somebody_else_as_if_they_were_typed(self, client, steward, coordinator, walkers):
        school, men = make_term(Vocabulary.LIFE_PHASE, "school"), make_term(Vocabulary.TARGET_GROUP, "men-at-risk")
        record = figures(
            client, HEAD, ["Walkers", "2025", 9, "age", "school"], ["Walkers", "2025", 28, "sex", "women"],
            ["Walkers", "2025", 40, "", ""], ["Walkers", "2025", 11, "group", "men-at-risk en"],
            ["Walkers", "2025", 17, "settlement", "Javorje"],
        )  # fmt: skip
        assert confirm(client, record).status_code == 302
        value = IndicatorValue.objects.get()
        assert (value.value, value.state, value.entered_by) == (40, "submitted", steward)
        assert {(part.by, part.value) for part in value.parts.all()} == {
            ("age", 9), ("sex", 28), ("group", 11), ("settlement", 17)
        }  # fmt: skip
        assert {part.term_id for part in value.parts.exclude(term=None)} == {school.pk, men.pk}
        [mail] = Outbox.objects.filter(kind="values-submitted")
        assert mail.to == coordinator.email
        assert "Somebody" not in Client().get("/en/plan/indicators/").content.decode()
        page = client.get(f"/en/import/{record.pk}/").content.decode()
        assert "Figures show once somebody else has approved them." in page

    def test_a_returned_figure_is_changed_and_waits_again(self, client, steward, walkers):
        old = figure(walkers, state="returned", note="Look again.")
        IndicatorPart.objects.create(indicator=walkers, figure=old, sex="women", value=30)
        record = figures(client, HEAD, ["Walkers", "2025", 50, "", ""], ["Walkers", "2025", "", "sex", "women"],
                         ["Walkers", "2025", 20, "sex", "men"])  # fmt: skip
        confirm(client, record)
        old.refresh_from_db()
        assert (old.value, old.state, old.note, old.entered_by, old.version) == (50, "submitted", "", steward, 2)
        assert [(part.sex, part.value) for part in old.parts.all()] == [("men", 20)]

    def test_what_was_approved_meanwhile_is_not_written_over(self, client, walkers):
        old = figure(walkers)
        record = figures(client, HEAD, ["Walkers", "2025", 50, "", ""])
        IndicatorValue.objects.filter(pk=old.pk).update(state="approved", version=2)
        assert confirm(client, record).status_code == 409
        old.refresh_from_db()
        assert old.value == 40

    def test_with_one_error_nothing_is_saved(self, client, walkers):
        record = figures(client, HEAD, ["Walkers", "2025", 50, "", ""], ["Walkers", "2024", "x", "", ""])
        assert confirm(client, record).status_code == 422
        assert IndicatorValue.objects.count() == 0

    def test_what_fails_half_way_undoes_all(self, client, walkers, monkeypatch):
        record = figures(client, HEAD, ["Walkers", "2025", 50, "", ""], ["Walkers", "2025", 5, "sex", "men"])
        with monkeypatch.context() as broken:
            broken.setattr(saving_figures, "_save_parts", lambda *args: 1 / 0)
            client.raise_request_exception = False
            assert confirm(client, record).status_code == 500
        assert IndicatorValue.objects.count() == 0
        assert confirm(client, record).status_code == 302

    def test_what_it_is_compared_with_is_the_coordinators(self, client, coordinator, walkers):
        head = ["indicator", "comparator", "comparator_name_en"]
        record = figures(client, head, ["Walkers", "44,5", "Slovenia"])
        assert set(errors(record)) == {"Only the coordinator can change what it is compared with."}
        record = figures(signed_in(coordinator), head, ["Walkers", "44,5", "Slovenia"])
        confirm(signed_in(coordinator), record)
        walkers.refresh_from_db()
        assert (walkers.comparator, walkers.comparator_name_en, walkers.version) == (Decimal("44.5"), "Slovenia", 2)
        assert states(figures(client, head, ["Walkers", "", ""])) == ["same"]


class TestThereAndBack:
    @pytest.mark.parametrize("form", ["csv", "xlsx"])
    @pytest.mark.parametrize("code", CODES)
    def test_what_is_taken_and_brought_back_changes_nothing(self, client, group, walkers, share, form, code):
        walkers.name_en = "=Walkers; -1"
        walkers.comparator, walkers.comparator_name_sl = Decimal("0"), "Slovenija"
        walkers.save()
        make_indicator(group, "empty")
        old = figure(walkers, Decimal("40.5"), state="approved")
        figure(share, Decimal("-33.33"), numerator=1, denominator=3)
        place = group.municipalities.get().settlements.get()
        term = make_term(Vocabulary.TARGET_GROUP, "men", label_sl="Moški; možje", is_active=False)
        for n, part in enumerate(({"sex": "women"}, {"settlement": place}, {"term": term})):
            IndicatorPart.objects.create(indicator=walkers, figure=old, value=n + 1, order=n, **part)
        IndicatorValue.objects.filter(indicator=share).update(value=Decimal("33.33"))
        IndicatorValue.objects.create(indicator=share, measured_on=DAY - timedelta(days=9), value=Decimal("-1.5"))
        with translation.override(code):
            data = client.get(reverse("programmes:export-file", args=["figures", form])).content
        if form == "csv":
            assert "'=Walkers" in data.decode() or code != "en"
        response = bring(client, data, kind="figures", name=f"t.{form}", language=code)
        assert response.status_code == 302, response.content.decode()
        record = Import.objects.latest("pk")
        assert (record.unknown, errors(record)) == ([], [])
        assert set(states(record)) == {"same"}
        assert len(record.rows) == 6

    def test_the_template_holds_the_indicators_of_the_group_and_changes_nothing(self, client, walkers, share):
        make_indicator(make_group(), "foreign", name_en="Foreign")
        data = client.get("/en/import/template/figures.xlsx").content
        rows = list(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))
        assert [row[:3] for row in rows[1:]] == [
            (str(share.pk), "Smokers", "per cent"), (str(walkers.pk), "Walkers", "number")
        ]  # fmt: skip
        bring(client, data, kind="figures", name="t.xlsx")
        assert states(Import.objects.latest("pk")) == ["same", "same"]


class TestRights:
    def test_another_groups_indicator_does_not_exist(self, client, walkers):
        other = make_indicator(make_group(), "foreign", name_en="Foreign")
        record = figures(client, ["number", "measured_on", "value"], [other.pk, "2025", 1])
        assert errors(record) == [f"There is no record number {other.pk} that you may edit."]
        assert states(figures(client, HEAD, ["Foreign", "2025", 1, "", ""])) == ["wrong"]
        assert "Foreign" not in client.get("/en/export/figures.csv").content.decode()
        assert client.get(f"/en/export/figures.csv?group={other.group_id}").status_code == 404
        assert bring(client, b"number;value\n1;1", kind="figures", group=other.group_id).status_code in (302, 422)
        assert not Import.objects.filter(group=other.group).exists()

    def test_a_data_steward_brings_figures_only(self, client, walkers):
        page = client.get("/en/import/").content.decode()
        assert 'value="figures"' in page
        assert 'value="programmes"' not in page
        assert bring(client, b"title_sl\nX", kind="programmes").status_code == 422
        assert client.get("/en/export/programmes.csv").status_code == 404
        assert client.get("/en/import/template/programmes.csv").status_code == 404

    @pytest.mark.parametrize("role", ["editor", "representative", "adviser"])
    def test_others_bring_no_figures(self, own, walkers, role):
        Indicator.objects.update(owner=own)
        client = signed_in(make_user(role, own))
        assert client.get("/en/import/?kind=figures").status_code == 404
        assert client.get("/en/export/figures.csv").status_code == 404
        assert bring(client, b"number;value\n1;1", kind="figures").status_code == 404
        assert "kind=figures" not in client.get("/en/work/figures/").content.decode()

    def test_who_is_no_longer_steward_saves_nothing(self, client, steward, walkers):
        record = figures(client, HEAD, ["Walkers", "2025", 50, "", ""])
        steward.seats.update(role="editor")
        assert confirm(client, record).status_code == 404
        assert saving.save(record) is saving.Outcome.MOVED
        assert IndicatorValue.objects.count() == 0

    def test_too_large_a_file_is_refused_before_it_is_read(self, client, walkers):
        assert bring(client, b"x" * (MOST_BYTES + 1), kind="figures").status_code == 413
