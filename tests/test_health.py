"""Health of a measure: computed from facts and a day, never typed in."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from actionplans import health
from actionplans.health import Facts, of

TODAY = date(2026, 11, 27)
DAYS = timedelta(days=1)
RUNNING = {"phase": "in_progress", "starts_on": TODAY - 100 * DAYS, "reported_on": TODAY - 10 * DAYS}


@pytest.mark.parametrize(
    ("facts", "state", "reasons"),
    [
        ({}, "on_track", ()),
        ({"has_lead": False}, "attention", ("it has no lead yet",)),
        ({"ends_on": TODAY}, "on_track", ()),
        ({"ends_on": TODAY - DAYS}, "late", ("it should have ended 1 day ago",)),
        ({"ends_on": TODAY - 40 * DAYS}, "late", ("it should have ended 40 days ago",)),
        ({"overdue": [7]}, "at_risk", ("1 task is overdue",)),
        ({"overdue": [1, 8]}, "late", ("2 tasks are overdue",)),
        ({"behind": ["Walkers"]}, "at_risk", ("“Walkers” is behind its target",)),
        ({"reported_on": TODAY - 183 * DAYS}, "on_track", ()),
        ({"reported_on": TODAY - 184 * DAYS}, "stale", ("the last report is 184 days old",)),
        ({"reported_on": None, "starts_on": TODAY - 184 * DAYS}, "stale", ("there is no report yet",)),
        ({"reported_on": None}, "on_track", ()),
        ({"phase": "planned", "starts_on": TODAY + DAYS}, "not_started", ()),
        ({"phase": "planned", "starts_on": TODAY - 3 * DAYS}, "late", ("it should have started 3 days ago",)),
        ({"phase": "proposed", "has_lead": False}, "attention", ("it has no lead yet",)),
        ({"phase": "paused", "ends_on": TODAY - DAYS}, "paused", ()),
        ({"phase": "completed", "has_lead": False}, "over", ()),
        ({"phase": "embedded"}, "over", ()),
        ({"phase": "stopped", "overdue": [99]}, "stopped", ()),
        (
            {"has_lead": False, "ends_on": TODAY - DAYS, "behind": ["Walkers"]},
            "attention",
            ("it has no lead yet", "it should have ended 1 day ago", "“Walkers” is behind its target"),
        ),
    ],
)
def test_the_gravest_state_wins_and_every_reason_is_said(facts, state, reasons):
    with translation.override("en"):
        found = of(Facts(**{**RUNNING, **facts}), TODAY)
    assert (found.state, found.reasons) == (state, reasons)


days = st.none() | st.integers(-400, 400).map(lambda n: TODAY + n * DAYS)


@given(
    st.builds(
        Facts,
        phase=st.sampled_from(["proposed", "planned", "in_progress", "paused", "completed", "embedded", "stopped"]),
        starts_on=days,
        ends_on=days,
        has_lead=st.booleans(),
        overdue=st.lists(st.integers(1, 400), max_size=3),
        reported_on=days,
        behind=st.lists(st.text(min_size=1, max_size=5), max_size=2),
    )
)
def test_every_measure_has_one_known_state_and_bad_news_has_a_reason(facts):
    found = of(facts, TODAY)
    assert found.state in health.STATES
    assert bool(found.reasons) == (found.state in ("attention", "late", "at_risk", "stale"))


class Figures:
    """An indicator from 0 on day 0 to 100 on day 100."""

    baseline, baseline_on = Decimal(0), TODAY

    def __init__(self, day, value, aim=100):
        self.latest = (TODAY + day * DAYS, Decimal(value))
        self.next_target = type("Target", (), {"due_on": TODAY + 100 * DAYS, "value": Decimal(aim)})


@pytest.mark.parametrize(
    ("day", "value", "aim", "behind"),
    [(50, 50, 100, False), (50, 40, 100, False), (50, 39, 100, True), (50, -40, -100, False), (50, -39, -100, True),
     (150, 95, 100, False), (150, 89, 100, True), (0, -5, 100, False), (50, 0, 0, False)],
)  # fmt: skip
def test_an_indicator_may_lag_a_tenth_of_the_way_behind_the_straight_line(day, value, aim, behind):
    assert health.is_behind(Figures(day, value, aim)) is behind
