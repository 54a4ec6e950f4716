"""Figures that wait: looked through on one page, with what was before, and approved together by somebody else."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.translation import override

from actionplans.models import Indicator, IndicatorPart, IndicatorValue
from actionplans.odd_figures import oddities
from portal.models import Outbox

from .records import make_group, make_organisation, make_user, signed_in
from .test_needs import url
from .test_plan import make_indicator

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def coordinator(group):
    return make_user("coordinator", make_organisation(group), language="en")


@pytest.fixture
def owner(group):
    return make_user("representative", make_organisation(group), language="en")


def make_value(indicator, value, day=date(2026, 5, 1), state="submitted", **fields):
    return IndicatorValue.objects.create(indicator=indicator, measured_on=day, value=value, state=state, **fields)


def tick(*values):
    return [f"{value.pk}-{value.version}" for value in values]


def approve(user, *ticks):
    return signed_in(user).post(url("figures-approve"), {"tick": list(ticks)}, follow=True).content.decode()


def states():
    return sorted(IndicatorValue.objects.values_list("state", flat=True))


# ---- approving ------------------------------------------------------------------------------------
def test_the_ticked_ones_are_approved_together_and_the_others_wait(group, owner, coordinator):
    one, two, three = (make_value(make_indicator(group, f"f{n}"), n + 7, entered_by=owner) for n in range(3))
    html = approve(coordinator, *tick(one, two))
    assert "2 figures are approved." in html
    found = IndicatorValue.objects.in_bulk()
    assert [found[one.pk].state, found[two.pk].state, found[three.pk].state] == ["approved", "approved", "submitted"]
    assert found[one.pk].approved_by == coordinator
    assert found[three.pk].approved_by is None


def test_nobody_approves_their_own_not_even_with_a_made_up_tick(group, owner, coordinator):
    own = make_value(make_indicator(group, "own"), 7, entered_by=coordinator)
    theirs = make_value(make_indicator(group, "theirs"), 8, entered_by=owner)
    page = signed_in(coordinator).get(url("figures-waiting")).content.decode()
    assert tick(theirs)[0] in page
    assert tick(own)[0] not in page
    html = approve(coordinator, *tick(own, theirs))
    assert "Somebody else has to approve what you entered." in html
    assert states() == ["approved", "submitted"]
    second = make_user("coordinator", make_organisation(group), language="en")
    approve(second, *tick(own))
    assert states() == ["approved", "approved"]


def test_what_changed_since_it_was_looked_at_stays_and_is_said(group, owner, coordinator):
    value = make_value(make_indicator(group), 7, entered_by=owner)
    seen = tick(value)
    IndicatorValue.objects.update(value=70, version=value.version + 1)
    has_changed = "1 figure has changed since you looked at it, or is already approved. Please look again."
    assert has_changed in approve(coordinator, *seen)
    assert states() == ["submitted"]


def test_pressed_twice_it_is_approved_once(group, owner, coordinator):
    value = make_value(make_indicator(group), 7, entered_by=owner)
    approve(coordinator, *tick(value))
    version = IndicatorValue.objects.get().version
    assert "already approved" in approve(coordinator, *tick(value))
    assert IndicatorValue.objects.get().version == version


@pytest.mark.parametrize("ticks", [[], ["x"], ["1"], ["9" * 30 + "-1"], ["1-2-3"], ["٣-1"]])
def test_nothing_ticked_or_nonsense_is_said(group, owner, coordinator, ticks):
    make_value(make_indicator(group), 7, entered_by=owner)
    assert "Tick the figures you want to approve." in approve(coordinator, *ticks)
    assert states() == ["submitted"]


def test_figures_of_another_group_are_neither_seen_nor_approved(group, owner, coordinator):
    other = make_group(slug="other")
    value = make_value(make_indicator(other, "theirs", name_en="Their secret"), 7)
    assert "Their secret" not in signed_in(coordinator).get(url("figures-waiting")).content.decode()
    approve(coordinator, *tick(value))
    assert states() == ["submitted"]
    assert signed_in(coordinator).get(f"{url('figures-waiting')}?group=other").status_code == 404
    assert (
        signed_in(coordinator).post(url("figures-approve"), {"group": "other", "tick": tick(value)}).status_code == 404
    )


def test_only_a_coordinator_looks_through_them_and_approves(group, owner):
    value = make_value(make_indicator(group, owner=owner.seats.get().membership.organisation), 7)
    assert signed_in(owner).get(url("figures-waiting")).status_code == 404
    assert signed_in(owner).post(url("figures-approve"), {"tick": tick(value)}).status_code == 404
    assert states() == ["submitted"]


def test_the_mail_and_my_work_lead_to_the_page(group, owner, coordinator):
    indicator = make_indicator(group, owner=owner.seats.get().membership.organisation)
    signed_in(owner).post(url("value-add", indicator.pk), {"measured_on": "2026-05-01", "value": 7, "once": "a"})
    way = f"{url('figures-waiting')}?group={group.slug}"
    [mail] = Outbox.objects.filter(kind="value-submitted", to=coordinator.email)
    assert way in mail.text
    assert way in signed_in(coordinator).get(url("work")).content.decode()


# ---- looking --------------------------------------------------------------------------------------
def test_each_stands_beside_what_was_approved_before_it(group, owner, coordinator):
    indicator = make_indicator(group)
    make_value(indicator, 31, date(2024, 5, 1), "approved")
    make_value(indicator, 33, date(2025, 5, 1), "approved")
    make_value(indicator, 99, date(2025, 8, 1), "returned", note="Preveri")
    value = make_value(indicator, 42, entered_by=owner)
    old, new = IndicatorValue.objects.get(value=33), value
    for figure, number in ((old, 20), (new, 25)):
        IndicatorPart.objects.create(indicator=indicator, figure=figure, sex="women", value=number)
    [row] = signed_in(coordinator).get(url("figures-waiting")).context["rows"]
    assert (row.before, row.change) == ((date(2025, 5, 1), Decimal(33)), 9)
    [(broken, [(part, before)])] = row.parts
    assert (broken.by, part.value, before) == ("sex", 25, 20)


def test_the_first_figure_stands_beside_the_baseline(group, owner, coordinator):
    make_value(make_indicator(group, baseline=5, baseline_on=date(2020, 1, 1)), 8, entered_by=owner)
    [row] = signed_in(coordinator).get(url("figures-waiting")).context["rows"]
    assert row.before == (date(2020, 1, 1), 5)


def test_a_figure_that_was_approved_before_says_what_it_corrects(group, owner, coordinator):
    value = make_value(make_indicator(group), 8, state="approved", entered_by=owner)
    value.move_to("returned", coordinator, "Preveri")
    IndicatorValue.objects.update(value=9, state="submitted")
    html = signed_in(coordinator).get(url("figures-waiting")).content.decode()
    assert "Corrects a figure of the same day: 8." in html


def test_all_in_which_nothing_looks_odd_are_ticked_by_a_link(group, owner, coordinator):
    plain = make_value(make_indicator(group, "plain"), 8, entered_by=owner)
    odd = make_value(make_indicator(group, "odd", unit="percent"), 108, entered_by=owner)
    client = signed_in(coordinator)
    assert "checked" not in client.get(url("figures-waiting")).content.decode()
    html = client.get(f"{url('figures-waiting')}?tick=plain").content.decode()
    assert f'value="{tick(plain)[0]}" checked' in html
    assert f'value="{tick(odd)[0]}">' in html


def test_many_are_looked_through_in_a_fixed_number_of_questions(
    group, owner, coordinator, django_assert_max_num_queries
):
    for number in range(60):
        indicator = make_indicator(group, f"f{number}")
        make_value(indicator, 5, date(2025, 5, 1), "approved")
        value = make_value(indicator, number, entered_by=owner)
        IndicatorPart.objects.create(indicator=indicator, figure=value, sex="women", value=number)
    client = signed_in(coordinator)
    with django_assert_max_num_queries(24):
        answer = client.get(url("figures-waiting"))
    assert len(answer.context["rows"]) == 50


# ---- all of one indicator --------------------------------------------------------------------------
def test_a_coordinator_returns_an_approved_figure_and_it_shows_no_longer(group, owner, coordinator):
    indicator = make_indicator(group, owner=owner.seats.get().membership.organisation)
    value = make_value(indicator, 7, state="approved", entered_by=owner)
    page = url("indicator-values", indicator.pk)
    client = signed_in(coordinator)
    assert url("value-move", value.pk) in client.get(page).content.decode()
    assert url("value-move", value.pk) not in signed_in(owner).get(page).content.decode()
    assert client.post(url("value-move", value.pk), {"note": "Preveri vir", "next": page}).url == page
    assert Indicator.objects.get().latest is None
    html = signed_in(owner).get(page).content.decode()
    assert "Preveri vir" in html
    assert url("value-edit", value.pk) in html


def test_another_group_sees_no_figures_of_an_indicator(group, coordinator):
    other = make_indicator(make_group(slug="other"), "theirs")
    assert signed_in(coordinator).get(url("indicator-values", other.pk)).status_code == 404


# ---- what looks odd -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("unit", "value", "before", "words"),
    [
        ("count", 40, 30, []),
        ("count", 60, 30, ["At least twice the previous figure."]),
        ("count", 59, 30, []),
        ("count", 15, 30, ["Half of the previous figure, or less."]),
        ("count", 16, 30, []),
        ("count", 4, 1, []),
        ("count", 400, 0, []),
        ("count", 30, 30, ["Exactly the same as the previous figure."]),
        ("count", -1, 3, ["It is below zero."]),
        ("count", "12.5", 12, ["It has decimals; no figure before it has any."]),
        ("percent", "12.5", 12, []),
        ("percent", "32", 12, ["Far from the previous figure: 20 percentage points or more."]),
        ("percent", "31.9", 16, []),
        ("percent", "31.9", 12, ["At least twice the previous figure."]),
        ("percent", "4", 1, []),
        ("percent", 101, 99, ["A share of more than a hundred per cent."]),
    ],
)
def test_what_looks_odd_is_said(group, unit, value, before, words):
    indicator = make_indicator(group, unit=unit)
    new = make_value(indicator, Decimal(value))
    last = (date(2025, 5, 1), Decimal(before))
    with override("en"):
        assert oddities(new, last, [last]) == words


def test_a_figure_before_the_newest_approved_one_is_odd_and_one_after_it_is_not(group):
    new = make_value(make_indicator(group), Decimal(8))
    [words] = oddities(new, None, [(date(2026, 6, 1), Decimal(9))])
    assert "1. junija 2026" in words
    assert oddities(new, (date(2026, 4, 1), Decimal(9)), [(date(2026, 4, 1), Decimal(9))]) == []


@pytest.mark.parametrize(("women", "men", "is_odd"), [(20, 40, False), (31, 40, True), (30, 30, False), (10, 29, True)])
def test_a_share_lies_between_those_of_women_and_of_men(group, women, men, is_odd):
    indicator = make_indicator(group, unit="percent")
    value = make_value(indicator, Decimal(30))
    for sex, number in (("women", women), ("men", men)):
        IndicatorPart.objects.create(indicator=indicator, figure=value, sex=sex, value=number)
    assert bool(oddities(value, None, [])) == is_odd
    assert Indicator.objects.count() == 1
