"""Regions: who brings figures for many groups and what they read, the groups beside each other, one table for all."""

import csv
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actionplans.models import Evidence, Indicator, IndicatorValue, Need
from partners.models import Municipality, Region, RegionSeat, looked_after_by
from partners.personal_data import erase, personal_data
from portal.models import Outbox
from programmes.imports import saving
from programmes.models import Import

from .records import make_group, make_organisation, make_user, signed_in
from .test_import import bring, brought, confirm, errors, states
from .test_plan import make_indicator, make_strategy

DAY = date(2025, 12, 31)
HEAD = ["group", "indicator", "measured_on", "value"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return Region.objects.create(slug="south", name_sl="Jug", name_en="South")


@pytest.fixture
def groups(region):
    """Two groups of the region, and one beside it."""
    first, second = (make_group(slug=slug, name_en=slug.title(), region=region) for slug in ("gaj", "hrib"))
    return first, second, make_group(slug="drugje", name_en="Elsewhere")


@pytest.fixture
def steward(region):
    user = make_user(language="en")
    RegionSeat.objects.create(region=region, user=user, starts_on=date(2020, 1, 1))
    return user


@pytest.fixture
def client(steward):
    return signed_in(steward)


def smokers(group, value=None, shared=True, **more):
    """A public indicator that the groups share, with an approved figure."""
    found = {"name_en": "Smokers", "unit": "percent", "better": "lower", "shared_code": "smokers" if shared else ""}
    indicator = make_indicator(group, f"smokers-{group.slug}", **found | more)
    need = Need.objects.create(group=group, slug=f"smoke-{group.slug}", status="confirmed", reported_on=DAY)
    need.indicators.add(indicator)
    if value is not None:
        IndicatorValue.objects.create(indicator=indicator, measured_on=DAY, value=value, state="approved")
    return indicator


def page(region, client=None):
    return (client or Client()).get(f"/en/network/regions/{region.pk}-south/").content.decode()


# ---- rights ------------------------------------------------------------------------------------------
def test_they_look_after_the_groups_of_their_region_and_no_other(steward, groups):
    assert set(looked_after_by(steward)) == set(groups[:2])


@pytest.mark.parametrize("change", ["ended", "not begun", "left", "region gone"])
def test_what_has_ended_is_lost_at_once(steward, region, groups, client, change):
    today = timezone.localdate()
    need = Need.objects.create(group=groups[0], slug="n", title_en="x", reported_on=today)
    address = f"/en/work/needs/{need.pk}/evidence/"
    assert client.get(address).status_code == 200
    if change == "ended":
        steward.region_seats.update(ends_on=today - timedelta(days=1))
    elif change == "not begun":
        steward.region_seats.update(starts_on=today + timedelta(days=1))
    elif change == "left":
        type(groups[0]).objects.update(region=None)
    else:
        region.delete()
    assert list(looked_after_by(steward)) == []
    assert client.get(address).status_code == 404
    assert client.get("/en/work/regions/").status_code == (200 if change == "left" else 404)
    assert client.get("/en/import/?kind=region").status_code == 404
    assert type(groups[0]).objects.filter(pk=groups[0].pk, region=None).exists() == (change in ("left", "region gone"))


def test_they_write_down_evidence_and_figures_as_a_data_steward_of_the_group_does(groups, client, steward):
    need = Need.objects.create(group=groups[1], slug="n", title_en="Alone", reported_on=DAY)
    form = {"text_en": "One in ten", "value": "10", "unit": "%", "year": "2025", "source": "Register"}
    assert client.post(f"/en/work/needs/{need.pk}/evidence/", form).status_code == 302
    assert Evidence.objects.get().need == need
    assert "Add evidence" in client.get(need.get_absolute_url(), follow=True).content.decode()
    indicator = make_indicator(groups[1])
    answer = client.post(f"/en/work/figures/{indicator.pk}/value/", {"measured_on": "2025-12-31", "value": "9"})
    assert answer["Location"] == "/en/work/figures/?group=hrib"
    value = IndicatorValue.objects.get()
    assert (value.state, value.entered_by, value.indicator) == ("submitted", steward, indicator)


def test_they_read_needs_and_figures_and_nothing_else_of_the_groups(groups, client):
    group = groups[0]
    need = Need.objects.create(group=group, slug="n", title_en="Alone at home", reported_on=DAY)
    make_organisation(group)
    make_strategy(group, status="draft", title_en="Secret draft")
    board = client.get(f"/en/work/needs/?group={group.slug}").content.decode()
    figures = client.get(f"/en/work/figures/?group={group.slug}").content.decode()
    assert ("Alone at home" in board, "New need" in board, "New indicator" in figures) == (True, False, False)
    assert "/en/work/strategies/" not in board + figures
    for path in (
        f"work/needs/{need.pk}/", f"work/needs/{need.pk}/score/", "work/figures/waiting/", "work/figures/new/",
        "work/strategies/", "work/tasks/", "work/signals/", "work/rounds/", "work/barriers/", "work/", "network/",
        "people/", "calendar/",
    ):  # fmt: skip
        answer = client.get(f"/en/{path}?group={group.slug}")
        assert answer.status_code == 404, path
    for path in ("work/needs/", "work/figures/"):
        assert client.get(f"/en/{path}?group={groups[2].slug}").status_code == 404


def test_they_begin_at_their_groups_and_others_do_not_find_that_page(groups, client, region):
    assert client.get("/en/account/begin/")["Location"] == "/en/work/regions/"
    html = client.get("/en/work/regions/").content.decode()
    assert ("Gaj" in html, "Hrib" in html, "Elsewhere" in html) == (True, True, False)
    assert signed_in(make_user("data_steward")).get("/en/work/regions/").status_code == 404


def test_what_is_kept_of_a_seat_is_handed_out_and_ends_when_the_person_is_erased(steward, region):
    given = {"region": str(region), "starts_on": "2020-01-01", "ends_on": None}
    assert personal_data(steward)["regions"] == [given]
    erase(steward)
    assert RegionSeat.objects.get().ends_on == timezone.localdate()


def test_an_administrator_makes_a_region_and_seats_somebody(groups):
    administrator = signed_in(make_user(is_staff=True, is_superuser=True, language="en"))
    person = make_user()
    form = {"slug": "north", "name_sl": "Sever", "seats-TOTAL_FORMS": "1", "seats-INITIAL_FORMS": "0",
            "seats-0-user": str(person.pk), "seats-0-starts_on": "2026-01-01"}  # fmt: skip
    assert administrator.post("/admin/partners/region/add/", form).status_code == 302
    assert RegionSeat.objects.get().region == Region.objects.get(slug="north")


# ---- the public page ---------------------------------------------------------------------------------
def test_the_groups_stand_beside_each_other_with_the_last_approved_figure(region, groups):
    smokers(groups[0], 24, source_en="Register")
    second = smokers(groups[1], 19.5)
    smokers(groups[2], 77)
    IndicatorValue.objects.create(indicator=second, measured_on=date(2026, 6, 1), value=12, state="submitted")
    make_strategy(groups[0], title_en="Together", status="adopted")
    make_strategy(groups[1], slug="next", title_en="Secret draft", status="draft")
    html = page(region)
    assert "From 19.5\xa0% (Hrib) to 24\xa0% (Gaj)." in html
    for words, is_there in (
        ("Together", True), ("Register", True), ("December 2025", True), ("Elsewhere", False), ("77\xa0%", False),
        ("Secret draft", False), ("12\xa0%", False),
    ):  # fmt: skip
        assert (words in html) is is_there, words


def test_what_nobody_knows_is_said_and_small_counts_are_not(region, groups):
    people = {"unit": "count", "better": "higher", "shared_code": "walkers", "name_en": "Walkers"}
    smokers(groups[0], 4, **people)
    smokers(groups[1], **people)
    html = page(region)
    assert ("not shown" in html, "not known" in html, "<strong>4</strong>" in html) == (True, True, False)
    assert "No group has a figure that can be told." in html
    text = Client().get(f"/en/network/regions/{region.pk}/figures.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["group"], row["value"], row["note"]) for row in rows] == [
        ("Gaj", "", "fewer than five"), ("Hrib", "", "unknown")
    ]  # fmt: skip


def test_a_share_of_fewer_than_five_people_is_not_told_either(region, groups):
    IndicatorValue.objects.create(
        indicator=smokers(groups[0]), measured_on=DAY, value=20, numerator=4, denominator=20, state="approved"
    )
    assert "20\xa0%" not in page(region)


def test_only_what_is_public_and_means_the_same_is_compared(region, groups):
    smokers(groups[0], 24)
    smokers(groups[1], 31, unit="count")
    internal = make_indicator(groups[1], "internal", name_en="Internal", shared_code="internal")
    IndicatorValue.objects.create(indicator=internal, measured_on=DAY, value=99, state="approved")
    html = page(region)
    assert html.count('<th scope="col">') == 3  # the group, and two indicators of one code
    assert "Internal" not in html


def test_one_code_stands_once_in_a_group(groups):
    smokers(groups[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        make_indicator(groups[0], "again", shared_code="smokers")


def test_the_network_names_the_region_and_the_page_asks_as_often_whatever_its_size(region, groups):
    assert "South" in Client().get("/en/network/groups/").content.decode()
    smokers(groups[0], 24)
    make_strategy(groups[0], status="adopted")
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as seen:
            page(region)
        counts.append(len(seen))
        for number in range(4):
            smokers(make_group(region=region), 10 + number)
    assert counts[0] == counts[1] < 14


# ---- one table for all -------------------------------------------------------------------------------
def test_one_table_brings_figures_of_several_groups_whole(groups, client, steward):
    groups[1].municipalities.add(Municipality.objects.create(code="045", name_en="Hill"))
    first, second = smokers(groups[0]), smokers(groups[1])
    coordinators = [make_user("coordinator", make_organisation(group), language="en") for group in groups[:2]]
    record = brought(client, HEAD, ["Gaj", "Smokers", "2025", "24"], ["045", "smokers", "2025", "19,5"], kind="region")
    assert (states(record), record.group) == (["new", "new"], None)
    html = client.get(f"/en/import/{record.pk}/").content.decode()
    assert "Gaj: Smokers" in html
    assert confirm(client, record).status_code == 302
    found = {v.indicator_id: (float(v.value), v.state, v.entered_by) for v in IndicatorValue.objects.all()}
    assert found == {first.pk: (24.0, "submitted", steward), second.pk: (19.5, "submitted", steward)}
    assert {mail.to for mail in Outbox.objects.all()} == {person.email for person in coordinators}
    assert "My region" in client.get(f"/en/import/{record.pk}/").content.decode()


@pytest.mark.parametrize(("row", "text"), [
    (["Elsewhere", "Smokers", "2025", "1"],
     "There is no group “Elsewhere” among those of your region, and none that works there."),
    (["both", "Smokers", "2025", "1"],
     "Several groups are called “both”, or work there; write the name of the one you mean."),
    (["", "Smokers", "2025", "1"], "This is required."),
    (["Gaj", "Drinkers", "2025", "1"], "There is no indicator “Drinkers” among those of this group."),
    (["Gaj", "Smokers", "9998", "1"], "This date is in the future."),
])  # fmt: skip
def test_what_is_wrong_is_said_at_its_column_and_nothing_is_saved(groups, client, row, text):
    both = Municipality.objects.create(code="both", name_en="Both")
    for group in groups:
        group.municipalities.add(both)
        smokers(group)
    record = brought(client, HEAD, ["Hrib", "Smokers", "2025", "24"], row, kind="region")
    assert (states(record), errors(record)) == (["new", "wrong"], [text])
    assert confirm(client, record).status_code == 422
    assert IndicatorValue.objects.count() == 0


def test_a_number_of_another_group_is_refused(groups, client):
    indicator, elsewhere = smokers(groups[0]), smokers(groups[2])
    head = ["number", *HEAD]
    record = brought(
        client, head, [indicator.pk, "Hrib", "", "2025", 1], [elsewhere.pk, "", "", "2025", 1], kind="region"
    )
    assert states(record) == ["wrong", "wrong"]
    assert errors(record)[0] == "The indicator with this number is of another group."
    assert brought(client, head, [indicator.pk, "", "", "2025", 1], kind="region").counts["new"] == 1


def test_parts_belong_to_the_figure_of_their_group(groups, client):
    for group in groups[:2]:
        smokers(group, unit="count")
    head = [*HEAD, "by", "for_whom"]
    record = brought(
        client, head, ["Gaj", "Smokers", "2025", 40, "", ""], ["Gaj", "Smokers", "2025", 30, "sex", "women"],
        ["Hrib", "Smokers", "2025", 30, "sex", "women"], kind="region",
    )  # fmt: skip
    assert states(record) == ["new", "new", "wrong"]


def test_a_group_that_left_meanwhile_is_not_written_to(groups, client):
    smokers(groups[0])
    smokers(groups[1])
    record = brought(client, HEAD, ["Gaj", "Smokers", "2025", 1], ["Hrib", "Smokers", "2025", 1], kind="region")
    groups[1].region = None
    groups[1].save()
    assert saving.save(record) is saving.Outcome.MOVED
    assert IndicatorValue.objects.count() == 0


def test_others_bring_no_table_of_a_region(groups):
    own = make_organisation(groups[0])
    for role in ("coordinator", "data_steward", "editor"):
        client = signed_in(make_user(role, own, language="en"))
        assert client.get("/en/export/region.csv").status_code == 404
        assert bring(client, b"group;indicator\nGaj;x", kind="region").status_code in (404, 422)
    assert not Import.objects.exists()


def test_what_they_take_away_they_can_bring_back(groups, client):
    for group, value in zip(groups, (24, 19, 77), strict=True):
        smokers(group, value)
    data = client.get("/en/export/region.csv").content
    assert (b"Gaj" in data, b"Elsewhere" in data) == (True, False)
    answer = bring(client, data, kind="region")
    assert answer.status_code == 302, answer.content.decode()
    assert states(Import.objects.get()) == ["same", "same"]
    assert b"Hrib" in client.get("/en/import/template/region.csv").content


def test_the_number_of_queries_does_not_grow_with_the_groups_or_rows(region, client):
    def asked(count):
        made = [smokers(make_group(region=region, slug=f"q{count}-{n}", name_en=f"Q{count} {n}")) for n in range(count)]
        rows = [[indicator.group.name_en, "Smokers", "2025", 1] for indicator in made]
        with CaptureQueriesContext(connection) as seen:
            brought(client, HEAD, *rows, kind="region")
        return len(seen)

    asked(1)
    assert asked(2) == asked(12)
    assert Indicator.objects.count() == 15
