"""The inequality lens and the red thread: nothing made up, nothing told that could point at a person."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import translation

from actionplans.inequality import Lens
from actionplans.models import (
    Commitment,
    IndicatorPart,
    IndicatorValue,
    MeasureIndicator,
    MeasureProgramme,
    NeedIndicator,
    ObjectiveIndicator,
    ObjectiveNeed,
)
from actionplans.red_thread import audit
from portal.models import Vocabulary
from programmes.models import Programme

from .records import make_organisation, make_programme, make_term, make_user, signed_in
from .test_plan import make_indicator, make_measure, make_need, make_strategy

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()
TODAY = date(2026, 6, 1)


@pytest.fixture
def member(group):
    return make_user("editor", make_organisation(group))


def page(name):
    with translation.override("en"):
        return reverse(f"actionplans:{name}")


def make_figure(group, slug, value, parts=(), **fields):
    """A public figure with parts [(name, value)]."""
    indicator = make_indicator(group, slug, **fields)
    NeedIndicator.objects.create(need=make_need(group, f"need-{slug}"), indicator=indicator)
    IndicatorValue.objects.create(indicator=indicator, measured_on=date(2026, 1, 1), value=value)
    for order, (name, part) in enumerate(parts):
        IndicatorPart.objects.create(indicator=indicator, label_en=name, value=part, order=order)
    return indicator


# ---- for whom -------------------------------------------------------------------------------------
def test_measures_and_programmes_are_shared_out_by_approach(group):
    roma = make_term(Vocabulary.TARGET_GROUP, "roma", is_equity=True)
    everybody = make_term(Vocabulary.TARGET_GROUP, "general-population")
    organisation, strategy = make_organisation(group), make_strategy(group)
    for terms in ([roma], [roma, everybody], [everybody], []):
        make_programme(organisation, terms=terms)
    for number, approach in enumerate(("universal", "targeted", "targeted")):
        make_measure(strategy, f"m-{number}", approach=approach)
    rows = Lens(group, NOBODY).shares()
    assert [(row.measures, row.measures_percent, row.programmes) for row in rows] == [(1, 33, 2), (0, 0, 1), (2, 67, 1)]


def test_of_nothing_there_is_no_share(group):
    assert {row.measures_percent for row in Lens(group, NOBODY).shares()} == {None}


def test_the_groups_with_least_stand_first(group):
    roma, carers, men = (make_term(Vocabulary.TARGET_GROUP, s, is_equity=True) for s in ("roma", "carers", "men"))
    organisation = make_organisation(group)
    for terms in ([carers, men], [carers]):
        make_programme(organisation, terms=terms)
    rows = Lens(group, NOBODY).reached()
    assert [(row.choice.value, row.programmes) for row in rows] == [(roma.slug, 0), (men.slug, 1), (carers.slug, 2)]


# ---- figures --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("better", "best", "worst"), [("lower", "town", "hills"), ("higher", "hills", "town")])
def test_the_gap_lies_between_the_best_and_the_worst_part(group, better, best, worst):
    make_figure(group, "weight", 30, [("town", 26), ("hills", 35)], unit="percent", better=better)
    [spread] = Lens(group, NOBODY).spreads()
    assert (spread.best.label_en, spread.worst.label_en, spread.gap) == (best, worst, 9)


def test_a_figure_with_few_people_is_taken_apart_inside_the_group_only(group, member):
    make_figure(group, "visits", 40, [("women", 38), ("men", 2)])
    inside, outside = Lens(group, member), Lens(group, NOBODY)
    assert [len(parts) for _one, _broken, parts in inside.participants()] == [2]
    assert [parts for _one, _broken, parts in outside.participants()] == [None]
    html = Client().get(f"{page('lens')}?of={group.slug}").content.decode()
    assert "One of its parts has fewer than five people" in html
    assert "95\u00a0%" not in html
    assert ">38<" not in html


def test_participants_stand_beside_the_population_of_the_same_parts(group):
    make_figure(group, "people", 1000, [("women", 500), ("men", 500)], kind="context")
    make_figure(group, "visits", 100, [("women", 70), ("men", 30)])
    [(_indicator, _broken, parts)] = Lens(group, NOBODY).participants()
    assert [(p.part.label_en, p.share, p.population, p.verdict) for p in parts] == [
        ("women", 70, 50, "more"),
        ("men", 30, 50, "less"),
    ]


@pytest.mark.parametrize("kind", ["context", "reach", "equity"])
def test_how_many_people_live_here_or_come_is_no_gap(group, kind):
    make_figure(group, "people", 1000, [("women", 710), ("men", 290)], kind=kind)
    assert Lens(group, NOBODY).spreads() == []


def test_without_a_population_the_share_is_unknown_not_zero(group):
    make_figure(group, "visits", 100, [("women", 70), ("men", 30)])
    [(_indicator, _broken, parts)] = Lens(group, NOBODY).participants()
    assert {(part.population, part.verdict) for part in parts} == {(None, "unknown")}
    html = Client().get(page("lens")).content.decode()
    assert '<span class="status">unknown</span>' in html


def test_of_two_populations_nobody_knows_which_is_meant(group):
    for slug in ("people", "voters"):
        make_figure(group, slug, 1000, [("women", 500), ("men", 500)], kind="context")
    make_figure(group, "visits", 100, [("women", 70), ("men", 30)])
    [(_indicator, _broken, parts)] = Lens(group, NOBODY).participants()
    assert {part.verdict for part in parts} == {"unknown"}


def test_a_count_without_parts_says_that_nobody_knows(group):
    make_figure(group, "visits", 100)
    assert [one.slug for one in Lens(group, NOBODY).not_taken_apart()] == ["visits"]


def test_figures_that_are_not_public_stay_inside(group, member):
    make_indicator(group, "secret", name_en="Secret figure")
    theirs = make_user("coordinator")
    assert [len(Lens(group, reader).indicators) for reader in (member, theirs, NOBODY)] == [1, 0, 0]


# ---- the red thread -------------------------------------------------------------------------------
def whole_plan(group):
    """(need, objective, measure, indicator, programme) between which nothing is missing."""
    need, measure, indicator = make_need(group), make_measure(make_strategy(group)), make_indicator(group)
    organisation = make_organisation(group)
    programme = make_programme(organisation)
    ObjectiveNeed.objects.create(objective=measure.objective, need=need)
    ObjectiveIndicator.objects.create(objective=measure.objective, indicator=indicator)
    MeasureIndicator.objects.create(measure=measure, indicator=indicator)
    MeasureProgramme.objects.create(measure=measure, programme=programme)
    IndicatorValue.objects.create(indicator=indicator, measured_on=TODAY, value=3)
    type(measure.objective).objects.update(owner=organisation)
    lead = {"membership": organisation.memberships.get(), "role": "lead", "status": "accepted"}
    Commitment.objects.create(measure=measure, **lead)
    return need, measure.objective, measure, indicator, programme


def kinds(group, user):
    return [(broken.key, [str(record) for record, _w, _a in broken.rows]) for broken in audit(group, user, TODAY)]


def test_a_whole_thread_has_no_break(group, member):
    whole_plan(group)
    assert kinds(group, member) == []


@pytest.mark.parametrize(
    ("cut", "keys"),
    [
        (lambda n, o, m, i, p: ObjectiveNeed.objects.all().delete(), ["need-objective", "objective-need"]),
        (lambda n, o, m, i, p: type(o).objects.update(owner=None), ["objective-owner"]),
        (lambda n, o, m, i, p: m.delete(), ["objective-measure"]),
        (lambda n, o, m, i, p: ObjectiveIndicator.objects.all().delete(), ["objective-indicator"]),
        (lambda n, o, m, i, p: Commitment.objects.update(status="proposed"), ["measure-lead"]),
        (lambda n, o, m, i, p: MeasureProgramme.objects.all().delete(), ["measure-programme"]),
        (lambda n, o, m, i, p: MeasureIndicator.objects.all().delete(), ["measure-indicator"]),
        (lambda n, o, m, i, p: Programme.objects.update(status="archived"), ["programme-hidden"]),
        (lambda n, o, m, i, p: Programme.objects.update(checked_on=date(2020, 1, 1)), ["programme-hidden"]),
        (lambda n, o, m, i, p: IndicatorValue.objects.all().delete(), ["indicator-value"]),
        (
            lambda n, o, m, i, p: IndicatorValue.objects.update(measured_on=TODAY - timedelta(days=366)),
            ["indicator-value"],
        ),
        (lambda n, o, m, i, p: make_indicator(p.organisation.memberships.get().group, "lost"),
         ["indicator-value", "indicator-use"]),
    ],
)  # fmt: skip
def test_each_link_that_is_cut_is_named(group, member, cut, keys):
    cut(*whole_plan(group))
    assert [key for key, _records in kinds(group, member)] == keys


def test_what_is_over_and_what_was_replaced_is_history(group, member):
    make_measure(make_strategy(group, slug="old", status="superseded"), "old-walks")
    measure = whole_plan(group)[2]
    MeasureProgramme.objects.all().delete()
    type(measure).objects.update(phase="completed")
    assert kinds(group, member) == []


def test_a_draft_of_others_is_not_named(group, member):
    *_rest, programme = whole_plan(group)
    Programme.objects.filter(pk=programme.pk).update(status="draft", title_en="Hidden draft")
    own = make_user("editor", programme.organisation)
    with translation.override("en"):
        words = [audit(group, user, TODAY)[0].rows[0][1] for user in (member, own)]
    assert words == ["a programme that is not published yet", "Hidden draft (draft)"]


def test_only_members_read_what_is_broken_and_only_of_their_group(group, member):
    make_need(group, title_en="Silent need")
    address = f"{page('thread')}?of={group.slug}"
    assert "Silent need" in signed_in(member).get(address).content.decode()
    assert signed_in(make_user("coordinator")).get(address).status_code == 404
    assert signed_in(make_user(is_superuser=True, is_staff=True)).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_where_nothing_is_written_down_no_thread_is_called_whole(group, member):
    with translation.override("en"):
        page = reverse("actionplans:thread")
    client = signed_in(member)
    html = client.get(page).content.decode()
    assert "There are no needs and no objectives yet, so no thread can break." in html
    assert f'href="/en/work/needs/?group={group.slug}"' in html
    make_need(group, status="reported")
    assert "The thread is unbroken from every need to a figure." in client.get(page).content.decode()


def test_each_break_leads_to_where_it_is_mended(group):
    need = make_need(group)
    organisation = make_organisation(group)
    coordinator = make_user("coordinator", organisation, is_staff=True)
    with translation.override("en"):
        mended = audit(group, coordinator, TODAY)[0].rows[0][2]
        read = audit(group, make_user("editor", organisation), TODAY)[0].rows[0][2]
    assert str(need.pk) in mended
    assert read == need.get_absolute_url() or read.startswith("/en/plan/needs/")


def test_a_coordinator_closes_a_break_in_one_step(group):
    coordinator = make_user("coordinator", make_organisation(group))
    need, indicator, lonely = make_need(group), make_indicator(group), make_measure(make_strategy(group))
    second = lonely.plan.strategy.objectives.create(number=2, slug="second", title_en="Eat well", level="system")
    with translation.override("en"):
        broken = audit(group, coordinator)
    found = {one.key: [address for _record, _words, address in one.rows] for one in broken}
    assert found["need-objective"] == [f"/en/plan/needs/{need.pk}-{need.slug_in('en')}/"]
    assert found["objective-measure"] == [f"/en/work/plans/{lonely.plan_id}/measures/?objective={second.pk}"]
    assert found["measure-lead"] == [f"/en/work/measures/{lonely.pk}/ask/"]
    assert found["indicator-value"] == [f"/en/work/figures/{indicator.pk}/value/"]


def test_a_figure_that_waits_for_approval_is_no_value_yet(group, member):
    indicator = make_indicator(group)
    IndicatorValue.objects.create(indicator=indicator, measured_on=TODAY, value=4, state="submitted")
    assert "indicator-value" in dict(kinds(group, member))
