"""What holds of health, coverage and scores whatever the facts are: tried with made-up ones."""

from datetime import date, timedelta
from statistics import mean

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actionplans import health
from actionplans.coverage import MATRICES, Coverage, State, state_of
from actionplans.forms.coverage import JudgementForm
from actionplans.health import Facts, of
from actionplans.models import CoverageJudgement, MeasureProgramme, Need, Score
from portal.models import Vocabulary
from programmes.models import Programme

from .records import make_group, make_organisation, make_programme, make_term, make_user, signed_in
from .test_plan import make_measure, make_need, make_strategy

TODAY = date(2026, 11, 27)
DAYS = timedelta(days=1)
quick = settings(deadline=None, max_examples=60)
OVER = ("completed", "embedded", "stopped")
days = st.none() | st.integers(-400, 400).map(lambda n: TODAY + n * DAYS)
a_while = st.integers(0, 500).map(lambda n: n * DAYS)
judgements = st.tuples(
    st.sampled_from([key for key, _label in health.JUDGED]), st.text(min_size=1, max_size=9),
    st.integers(-30, 30).map(lambda n: TODAY + n * DAYS),
)  # fmt: skip


def measures(**fixed):
    facts = {
        "phase": st.sampled_from(["proposed", "planned", "in_progress", "paused", *OVER]),
        "starts_on": days, "ends_on": days, "has_lead": st.booleans(), "reported_on": days, "paused_until": days,
        "overdue": st.lists(st.integers(1, 400), max_size=3),
        "behind": st.lists(st.text(min_size=1, max_size=5), max_size=2),
        "judged": st.none(),
    }  # fmt: skip
    return st.builds(Facts, **{**facts, **fixed})


def with_(facts, **changes):
    return Facts(**{**facts.__dict__, **changes})


def gravity(facts):
    """The smaller, the graver."""
    return list(health.STATES).index(of(facts, TODAY).state)


# ---- health -------------------------------------------------------------------------------------------
@quick
@given(measures(), judgements)
def test_a_judgement_holds_to_its_last_day_and_then_the_facts_speak_again(facts, judged):
    state, reason, until = judged
    found = of(with_(facts, judged=judged), TODAY)
    if facts.phase in (*OVER, "paused") or until < TODAY:
        assert found == of(facts, TODAY)
    else:
        assert (found.state, reason in found.reasons[0]) == (state, True)


@quick
@given(measures(phase=st.sampled_from(OVER)), st.none() | judgements, st.integers(0, 5000))
def test_what_is_done_is_never_late_whatever_the_day(facts, judged, later):
    state = of(with_(facts, judged=judged), TODAY + later * DAYS).state
    assert state == ("stopped" if facts.phase == "stopped" else "over")


@quick
@given(measures(), a_while)
def test_a_later_deadline_never_makes_it_worse(facts, later):
    for name in ("ends_on", "paused_until"):
        day = getattr(facts, name)
        put_off = with_(facts, **{name: day and day + later})
        if name == "ends_on" or day:
            assert gravity(put_off) >= gravity(facts)


@quick
@given(measures(), st.integers(0, 400))
def test_a_newer_report_and_a_task_less_overdue_never_make_it_worse(facts, less):
    said = with_(facts, reported_on=facts.reported_on and max(facts.reported_on, TODAY))
    eased = with_(facts, overdue=[one - less for one in facts.overdue if one > less])
    assert min(gravity(said), gravity(eased)) >= gravity(facts)


@quick
@given(measures(has_lead=st.just(True)))
def test_losing_its_lead_takes_no_reason_away_and_is_the_gravest_of_all(facts):
    left = of(with_(facts, has_lead=False), TODAY)
    assert set(of(facts, TODAY).reasons) <= set(left.reasons)
    assert left.state == "attention" or facts.phase in (*OVER, "paused")


@quick
@given(measures(judged=st.none() | judgements), st.permutations([3, 9, 1]))
def test_the_order_of_tasks_says_nothing(facts, order):
    assert of(with_(facts, overdue=order), TODAY) == of(with_(facts, overdue=[1, 3, 9]), TODAY)


# ---- coverage -----------------------------------------------------------------------------------------
RANK = [State.GAP, State.THIN, State.COVERED, State.DENSE]
counts = st.integers(0, 12)


@quick
@given(counts, counts, counts, counts)
def test_more_programmes_or_measures_never_lower_a_cell(programmes, measures, more, others):
    before, after = state_of(programmes, measures), state_of(programmes + more, measures + others)
    assert RANK.index(after) >= RANK.index(before)
    assert (before is State.GAP) == (programmes + measures == 0)
    assert state_of(programmes, measures, is_judged=True) is State.NOT_NEEDED


@pytest.mark.django_db
@pytest.mark.server
@given(st.lists(st.lists(st.sampled_from(range(6)), max_size=4, unique=True), max_size=5))
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_new_programme_lowers_no_cell_and_what_a_cell_lists_is_what_it_counts(chosen):
    Programme.objects.all().delete()
    terms = [make_term((Vocabulary.TOPIC, Vocabulary.LIFE_PHASE)[n % 2], f"cell-{n}") for n in range(6)]
    organisation = make_organisation(make_group())
    group = organisation.memberships.get().group
    strategy, before = make_strategy(group), None
    for number, numbers in enumerate([[], *chosen]):
        programme = make_programme(organisation, terms=[terms[n] for n in numbers])
        measure = make_measure(strategy, slug=f"m-{group.pk}-{number}")
        MeasureProgramme.objects.create(measure=measure, programme=programme)
        found = Coverage(group, MATRICES["phases"], AnonymousUser())
        cells = {(c.row.value, c.column.value): c for _row, row in found.table for c in row}
        for place, cell in cells.items():
            assert (cell.programmes, cell.measures) == (found.programmes(*place).count(), len(found.measures[place]))
            assert not before or RANK.index(cell.state) >= RANK.index(before[place].state)
        before = cells


@pytest.mark.django_db
@pytest.mark.server
@pytest.mark.parametrize("reason", ["", " ", "\n\t  ", "\u00a0"])
def test_nothing_is_not_needed_without_a_reason(reason):
    form = JudgementForm({"reason_sl": reason, "reason_en": reason}, instance=CoverageJudgement())
    assert not form.is_valid()


# ---- scores -------------------------------------------------------------------------------------------
points = st.integers(1, 5)
scores = st.lists(st.tuples(points, points, points, points), min_size=1, max_size=9)


def scored(rows):
    """A need with these scores, not in the database."""
    need = Need(pk=1)
    need._prefetched_objects_cache = {"scores": [Score(**dict(zip(Score.CRITERIA, row, strict=True))) for row in rows]}
    return need


@quick
@given(scores)
def test_a_median_lies_between_the_lowest_and_the_highest_score(rows):
    need = scored(rows)
    for number, criterion in enumerate(Score.CRITERIA):
        middle, lowest, highest = need.medians[criterion]
        given_ = [row[number] for row in rows]
        assert (lowest, highest) == (min(given_), max(given_))
        assert lowest <= middle <= highest
    assert 1 <= need.priority <= 5
    assert need.priority == round(mean(m[0] for m in need.medians.values()), 1)


@quick
@given(scores, st.randoms(use_true_random=False))
def test_who_scored_first_says_nothing(rows, chance):
    mixed = list(rows)
    chance.shuffle(mixed)
    assert (scored(mixed).medians, scored(mixed).priority) == (scored(rows).medians, scored(rows).priority)


@quick
@given(scores)
def test_partners_disagree_exactly_on_the_questions_with_answers_three_apart(rows):
    apart = [max(answers) - min(answers) >= 3 for answers in zip(*rows, strict=True)]
    assert scored(rows).disputed == [name for name, wide in zip(Score.CRITERIA, apart, strict=True) if wide]


@pytest.mark.django_db
@pytest.mark.server
def test_that_partners_disagree_is_said_from_a_distance_of_three():
    group = make_group()
    reader = make_user("coordinator", make_organisation(group))
    first, second = (make_user("representative", make_organisation(group)).seats.get() for _n in range(2))
    for distance in range(5):
        need = make_need(group, slug=f"apart-{distance}", title_en=f"Apart {distance}")
        for seat, size in ((first, 1), (second, 1 + distance)):
            Score.objects.create(need=need, seat=seat, size=size, severity=3, inequality=3, changeability=3)
    with translation.override("en"):
        html = signed_in(reader).get("/en/work/needs/").content.decode()
    rows = html.split("Apart ")[1:]
    assert [row[0] for row in rows if "partners disagree" in row] == ["3", "4"]
