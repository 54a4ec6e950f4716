"""Figures taken apart by sex, age, settlement and target group: entered with the figure, and never telling of a few."""

import csv
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actionplans.breakdowns import SMALLEST, hidden
from actionplans.inequality import Lens
from actionplans.models import Indicator, IndicatorPart, IndicatorValue, Interface, NeedIndicator
from actionplans.templatetags.plans import figure
from partners.models import WorkingGroup
from portal.history.past import events_of
from portal.models import Vocabulary

from .records import make_group, make_organisation, make_settlement, make_term, make_user, signed_in
from .test_needs import url
from .test_plan import NOBODY, make_indicator, make_measure, make_need, make_strategy
from .test_work import make_round, posted

DAY = timezone.localdate() - timedelta(days=10)


@pytest.fixture
def group(db):
    group = make_group()
    group.municipalities.add(make_settlement(name="Javorje").municipality)
    return group


@pytest.fixture
def owner(group):
    return make_user("representative", make_organisation(group), language="en")


@pytest.fixture
def coordinator(group):
    return make_user("coordinator", make_organisation(group), language="en")


@pytest.fixture
def indicator(group, owner):
    return make_indicator(group, owner=owner.seats.get().membership.organisation)


def enter(client, indicator, value=40, **parts):
    data = {"measured_on": DAY.isoformat(), "value": value, "once": f"{indicator.pk}-{value}", **parts}
    return client.post(url("value-add", indicator.pk), data)


def approved(indicator, value=40, **parts):
    """An approved figure with parts by sex, of an indicator that everybody may see."""
    figure = IndicatorValue.objects.create(indicator=indicator, measured_on=DAY, value=value)
    for order, (sex, number) in enumerate(parts.items()):
        IndicatorPart.objects.create(indicator=indicator, figure=figure, sex=sex, value=number, order=order)
    NeedIndicator.objects.get_or_create(need=make_need(indicator.group, f"need-{indicator.pk}"), indicator=indicator)
    return figure


# ---- entering -------------------------------------------------------------------------------------
def test_parts_are_entered_with_the_figure_and_show_once_it_is_approved(indicator, owner, coordinator):
    school, men = make_term(Vocabulary.LIFE_PHASE, "school"), make_term(Vocabulary.TARGET_GROUP, "men-at-risk")
    place = indicator.group.municipalities.get().settlements.get()
    NeedIndicator.objects.create(need=make_need(indicator.group), indicator=indicator)
    parts = {"part_sex_women": 28, "part_sex_men": 12, f"part_term_{school.pk}": 9, f"part_term_{men.pk}": 11,
             f"part_settlement_{place.pk}": 17}  # fmt: skip
    assert enter(signed_in(owner), indicator, **parts).status_code == 302
    figure = IndicatorValue.objects.get()
    assert [(broken.by, [part.value for part in broken.parts]) for broken in figure.breakdowns] == [
        ("sex", [28, 12]),
        ("age", [9]),
        ("settlement", [17]),
        ("group", [11]),
    ]
    public = "/en/plan/indicators/"
    assert "By sex" not in Client().get(public).content.decode()
    client = signed_in(coordinator)
    assert "By sex" in client.get(url("figures-waiting")).content.decode()  # who approves it sees what
    posted(client, url("figures-approve"), tick=f"{figure.pk}-{figure.version}")
    html = Client().get(public).content.decode()
    for words in ("By sex", "women", "By age", "school en", "By settlement", "Javorje", "men-at-risk en"):
        assert words in html
    assert events_of(IndicatorPart).objects.filter(indicator=indicator).count() == 5


@pytest.mark.parametrize("more", [{"part_sex_women": 28, "part_sex_men": 13}, {"part_sex_women": 41}])
def test_parts_that_are_more_than_the_whole_are_refused_and_nothing_typed_is_lost(indicator, owner, more):
    response = enter(signed_in(owner), indicator, **more)
    html = response.content.decode()
    assert response.status_code == 422
    assert "By sex: the parts are 41 together, more than the whole figure (40)." in html
    assert f'name="part_sex_women" value="{more["part_sex_women"]}"' in html
    assert not IndicatorValue.objects.exists()


def test_target_groups_may_overlap_but_none_is_more_than_the_whole(indicator, owner):
    one, other = (make_term(Vocabulary.TARGET_GROUP, slug) for slug in ("older", "alone"))
    client = signed_in(owner)
    assert enter(client, indicator, **{f"part_term_{one.pk}": 41}).status_code == 422
    assert enter(client, indicator, **{f"part_term_{one.pk}": 30, f"part_term_{other.pk}": 25}).status_code == 302


def test_shares_of_parts_may_be_more_than_the_share_of_all(indicator, owner):
    Indicator.objects.update(unit="percent")
    client = signed_in(owner)
    assert enter(client, indicator, part_sex_women="55.5", part_sex_men=20).status_code == 302
    assert [str(part.value) for part in IndicatorPart.objects.all()] == ["55.50", "20.00"]


@pytest.mark.parametrize("value", ["-1", "many", "9" * 30])
def test_nonsense_parts_are_said_at_their_place(indicator, owner, value):
    response = enter(signed_in(owner), indicator, part_sex_women=value)
    assert response.status_code == 422
    assert 'aria-describedby="id_part_sex_women_error"' in response.content.decode()


def test_parts_of_a_locked_time_are_refused(indicator, owner):
    make_round(indicator.group).close()
    response = enter(signed_in(owner), indicator, part_sex_women=5)
    assert (response.status_code, IndicatorPart.objects.count()) == (422, 0)


def test_parts_change_while_the_figure_is_not_approved_and_no_longer_then(indicator, owner, coordinator):
    client = signed_in(owner)
    enter(client, indicator, part_sex_women=28, part_sex_men=12)
    figure = IndicatorValue.objects.get()
    form = client.get(url("value-edit", figure.pk)).context["form"]
    data = {"base": form.initial["base"], "measured_on": DAY.isoformat(), "value": 40, "part_sex_men": 10}
    assert client.post(url("value-edit", figure.pk), data).status_code == 302
    assert [(part.sex, part.value) for part in IndicatorPart.objects.all()] == [("men", 10)]
    figure.refresh_from_db()
    figure.move_to("approved", coordinator)
    assert client.post(url("value-edit", figure.pk), data).status_code == 409
    assert client.get(url("value-edit", figure.pk)).status_code == 404


def test_of_two_who_enter_different_parts_of_one_figure_both_are_kept(indicator, owner):
    client = signed_in(owner)
    enter(client, indicator)
    page = url("value-edit", IndicatorValue.objects.get().pk)
    data = {"measured_on": DAY.isoformat(), "value": 40, "base": client.get(page).context["form"].initial["base"]}
    assert client.post(page, {**data, "part_sex_women": 20}).status_code == 302
    merged = client.post(page, {**data, "part_sex_men": 15})
    assert merged.status_code == 409
    form = merged.context["form"]
    assert [form[name].value() for name in ("part_sex_women", "part_sex_men")] == [Decimal(20), "15"]


def test_a_round_takes_no_figure_below_its_parts_and_none_of_a_locked_time(indicator, owner):
    client, organisation = signed_in(owner), indicator.owner
    enter(client, indicator, part_sex_women=28)
    opened = make_round(indicator.group)
    page, key = url("round-answer", opened.pk, organisation.pk), f"indicator-{indicator.pk}"
    answer = {f"{key}-kind": "update", f"{key}-value": 27, f"{key}-measured_on": DAY.isoformat()}
    response = client.post(page, answer)
    assert response.status_code == 422
    assert "Its parts add up to more than that." in response.content.decode()
    assert client.post(page, {**answer, f"{key}-value": 28}).status_code == 302
    locked = DAY - timedelta(days=200)
    before = make_round(indicator.group, starts_on=locked, ends_on=locked + timedelta(days=9), status="closed")
    assert before.status == "closed"
    assert client.post(page, {**answer, f"{key}-measured_on": locked.isoformat()}).status_code == 422


def test_another_group_enters_no_parts(indicator):
    stranger = signed_in(make_user("coordinator"))
    assert enter(stranger, indicator, part_sex_women=5).status_code == 404
    assert not IndicatorPart.objects.exists()


def test_places_and_groups_of_others_are_no_parts(indicator, owner):
    topic = make_term(Vocabulary.TOPIC, "food")
    enter(signed_in(owner), indicator, **{f"part_term_{topic.pk}": 5, "part_settlement_999999": 5, "part_sex_x": 5})
    assert (IndicatorValue.objects.count(), IndicatorPart.objects.count()) == (1, 0)


@pytest.mark.parametrize("fields", [{"sex": "women", "settlement": True}, {}])
def test_a_part_is_one_thing(indicator, fields):
    figure = IndicatorValue.objects.create(indicator=indicator, measured_on=DAY, value=40)
    if "settlement" in fields:
        fields = {**fields, "settlement": indicator.group.municipalities.get().settlements.get()}
    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorPart.objects.create(indicator=indicator, figure=figure, value=1, **fields)


# ---- telling nothing of a few ---------------------------------------------------------------------
class Row:
    """A part as `hidden` reads it."""

    counts_people = True

    def __init__(self, pk, value):
        self.pk, self.value, self.is_small = pk, value, value < SMALLEST


@pytest.mark.parametrize(
    ("values", "total", "expected"),
    [
        ([30, 10], 40, set()),
        ([36, 4], 40, {0, 1}),  # one alone is the total without the rest: the next smallest goes with it
        ([20, 16, 4], 40, {1, 2}),
        ([20, 17, 1, 2], 40, {1, 2, 3}),  # two together are three people: still too few
        ([30, 3, 7], 40, {1, 2}),
        ([20, 13, 3, 4], 40, {2, 3}),  # two together are seven
        ([37], 40, {0}),  # three are in no part, and 40 without 37 would tell
        ([30], 40, set()),
        ([0, 0, 40], 40, {0, 1, 2}),  # nobody in either would be told by the third
        ([3], None, {0}),
    ],
)
def test_what_is_small_cannot_be_computed_from_what_is_told(values, total, expected):
    assert hidden([Row(pk, value) for pk, value in enumerate(values)], total) == expected


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(st.lists(st.integers(0, 30), min_size=1, max_size=8), st.integers(0, 12))
def test_what_is_left_after_subtracting_is_of_nobody_alone(values, rest):
    """Whatever is hidden together, with who is in no part, is two numbers or more of five people, or everything."""
    found = hidden([Row(pk, value) for pk, value in enumerate(values)], sum(values) + rest)
    untold = [values[pk] for pk in found] + ([rest] if 0 < rest < SMALLEST else [])
    assert {pk for pk, value in enumerate(values) if value < SMALLEST} <= found
    if untold and len(found) < len(values):
        assert len(untold) >= 2
        assert sum(untold) >= SMALLEST


def test_public_pages_and_tables_tell_nothing_of_a_few_the_group_sees_all(indicator, owner):
    approved(indicator, women=21, men=16, other=3)
    html = Client().get("/en/plan/indicators/").content.decode()
    assert "Not shown: counts of fewer than five people" in html
    assert [f">{number}</td>" in html for number in (21, 16, 3)] == [True, False, False]
    text = Client().get("/en/plan/indicators.csv").content.decode("utf-8-sig")
    parts = [(row["for_whom"], row["value"]) for row in csv.DictReader(text.splitlines()) if row["by"] == "sex"]
    assert parts == [("women", "21.00"), ("men", ""), ("another sex, or not said", "")]
    inside = signed_in(owner).get(url("figures")).content.decode()
    assert [f">{number}" in inside for number in (21, 16, 3)] == [True] * 3
    for page in ("/en/plan/", "/en/plan/inequality/"):
        assert ">16<" not in Client().get(page).content.decode()


def test_the_lens_takes_a_figure_apart_outside_only_where_nothing_is_hidden(indicator, owner):
    approved(indicator, women=37)  # three are in no part
    assert [parts for _one, _broken, parts in Lens(indicator.group, NOBODY).participants()] == [None]
    assert [len(parts) for _one, _broken, parts in Lens(indicator.group, owner).participants()] == [1]


def test_the_newest_approved_figure_with_parts_is_shown_with_its_day(indicator):
    approved(indicator, women=28, men=12)
    today = timezone.localdate()
    IndicatorValue.objects.create(indicator=indicator, measured_on=today, value=50)
    waiting = IndicatorValue.objects.create(
        indicator=indicator, measured_on=today - timedelta(days=1), value=50, state="submitted"
    )
    IndicatorPart.objects.create(indicator=indicator, figure=waiting, sex="women", value=49)
    [broken] = Indicator.objects.with_figures().get().breakdowns
    assert (broken.measured_on, [part.value for part in broken.parts]) == (DAY, [28, 12])


def test_figures_ask_a_fixed_number_of_questions(group, owner, django_assert_max_num_queries):
    for number in range(10):
        indicator = make_indicator(group, f"figure-{number}", owner=owner.seats.get().membership.organisation)
        approved(indicator, women=28, men=12)
    client = signed_in(owner)
    with django_assert_max_num_queries(26):
        client.get(url("figures"))
    with django_assert_max_num_queries(22):
        Client().get("/en/plan/indicators/")


# ---- structures -----------------------------------------------------------------------------------
def test_the_page_of_figures_counts_what_holds_the_work_together(group):
    lead = make_organisation(group)
    make_user("representative", lead)
    make_organisation(group)
    WorkingGroup.objects.create(group=group, slug="old", name_en="Older people", lead=lead)
    strategy = make_strategy(group, adopted_by="Council")
    make_measure(strategy, slug="paid", budget_eur=500)
    make_measure(strategy, slug="hidden", budget_eur=500, is_public=False)
    for state, is_public in (("agreed", True), ("agreed", False), ("wanted", True)):
        fields = {"state": state, "is_public": is_public, "agreement_en": "x"}
        Interface.objects.create(group=group, task_en="Roads", organisation=lead, **fields)
    page = Client().get("/en/plan/indicators/").content.decode()
    for words in (
        "There is a strategy in force, adopted by: Council.",
        "Partners that have named a representative: 1 of 2.",
        "One working group has a lead.",
        "One measure has money of its own in the budget.",
        "There is an agreement on one task of another sector.",
    ):
        assert f"<li>{words}</li>" in page, words


def test_without_a_strategy_in_force_no_structures_are_counted(group):
    make_strategy(group, status="draft")
    assert "What holds it together" not in Client().get("/en/plan/indicators/").content.decode()


@pytest.mark.parametrize(("language", "said"), [("en", "2,070"), ("sl", "2.070"), ("de", "2.070")])
def test_a_figure_of_thousands_is_read_in_groups(group, language, said):
    with override(language):
        assert figure(make_indicator(group), Decimal(2070)) == said
