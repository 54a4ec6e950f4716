"""What the door says: open until when, opens when, closed why."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.hours import SEARCH_DAYS, OpeningState, intervals_on, state_at, week

LJUBLJANA = ZoneInfo("Europe/Ljubljana")
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
EIGHT, NOON, ONE, THREE, FIVE = time(8), time(12), time(13), time(15), time(17)
# The centre: Monday 8–12 and 13–15, Wednesday 13–17, Friday 8–13.
WEEKLY = [(MONDAY, EIGHT, NOON), (MONDAY, ONE, THREE), (WEDNESDAY, ONE, FIVE), (FRIDAY, EIGHT, ONE)]
A_MONDAY = date(2026, 11, 23)
CHRISTMAS = (date(2026, 12, 24), date(2027, 1, 3), None, None, "Christmas break")


def at(hour, minute=0, day=A_MONDAY):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LJUBLJANA)


def state(moment, weekly=WEEKLY, exceptions=()):
    return state_at(moment, weekly, exceptions, LJUBLJANA)


BOTH = ((EIGHT, NOON), (ONE, THREE))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(7, 59), OpeningState("opens-later", opens_at=at(8), today=BOTH)),
        (at(8), OpeningState("open", until=at(12), today=BOTH)),
        (at(11, 59), OpeningState("open", until=at(12), today=BOTH)),
        (at(12), OpeningState("opens-later", opens_at=at(13), today=BOTH)),
        (at(14), OpeningState("open", until=at(15), today=BOTH)),
        (at(15), OpeningState("closed-for-today", opens_at=at(13, day=date(2026, 11, 25)), today=BOTH)),
        (
            at(9, day=date(2026, 11, 24)),
            OpeningState("closed-today", opens_at=at(13, day=date(2026, 11, 25))),
        ),
        (
            at(16, day=date(2026, 11, 27)),
            OpeningState("closed-for-today", opens_at=at(8, day=date(2026, 11, 30)), today=((EIGHT, ONE),)),
        ),
    ],
)
def test_what_the_door_says_through_a_week(moment, expected):
    assert state(moment) == expected


def test_hours_that_touch_are_one_opening():
    found = state(at(9), [(MONDAY, NOON, THREE), (MONDAY, EIGHT, NOON)])
    assert found == OpeningState("open", until=at(15), today=((EIGHT, THREE),))


def test_hours_within_longer_hours_change_nothing():
    assert week([(MONDAY, EIGHT, THREE), (MONDAY, NOON, ONE)])[MONDAY] == [(EIGHT, THREE)]


def test_a_place_without_any_hours_is_unknown():
    assert state(at(9), weekly=[]) == OpeningState("unknown")


def test_a_place_without_hours_that_is_shut_today_says_so():
    found = state(at(9, day=date(2026, 12, 24)), weekly=[], exceptions=[CHRISTMAS])
    assert found == OpeningState("closed-today", reason="Christmas break")
    assert state(at(9), weekly=[], exceptions=[CHRISTMAS]) == OpeningState("unknown")


def test_a_place_open_on_special_days_only_names_the_next():
    fair = (date(2026, 12, 5), date(2026, 12, 5), EIGHT, NOON, "fair")
    assert state(at(9), weekly=[], exceptions=[fair]) == OpeningState("closed-today", opens_at=at(8, day=fair[0]))


def test_a_closure_gives_its_reason_and_the_first_opening_after_it():
    found = state(at(9, day=date(2026, 12, 28)), exceptions=[CHRISTMAS])
    assert found == OpeningState("closed-today", opens_at=at(8, day=date(2027, 1, 4)), reason="Christmas break")


def test_the_next_opening_skips_a_closure():
    found = state(at(18, day=date(2026, 12, 23)), exceptions=[CHRISTMAS])
    assert found.opens_at == at(8, day=date(2027, 1, 4))


def test_a_place_that_is_closed_for_more_than_a_year_names_no_next_opening():
    every_day = [(weekday, EIGHT, NOON) for weekday in range(7)]

    def closed_for(days):
        closed = (A_MONDAY, A_MONDAY + timedelta(days=days), None, None, "moved")
        return state(at(9), every_day, [closed])

    assert closed_for(SEARCH_DAYS) == OpeningState("closed-today", reason="moved")
    assert closed_for(SEARCH_DAYS - 1).opens_at == at(8, day=A_MONDAY + timedelta(days=SEARCH_DAYS))


def test_other_hours_replace_those_of_the_week():
    short_day = (A_MONDAY, A_MONDAY, NOON, ONE, "staff training")
    assert intervals_on(A_MONDAY, WEEKLY, [short_day]) == ([(NOON, ONE)], "staff training")
    assert state(at(9), exceptions=[short_day]) == OpeningState(
        "opens-later", opens_at=at(12), reason="staff training", today=((NOON, ONE),)
    )


def test_two_rows_of_the_same_days_are_two_openings():
    rows = [(A_MONDAY, A_MONDAY, ONE, THREE, "afternoon"), (A_MONDAY, A_MONDAY, EIGHT, NOON, "morning")]
    assert intervals_on(A_MONDAY, WEEKLY, rows) == ([(EIGHT, NOON), (ONE, THREE)], "afternoon")


def test_the_exception_with_the_fewest_days_wins():
    summer = (date(2026, 7, 1), date(2026, 8, 31), EIGHT, NOON, "summer hours")
    holiday = (date(2026, 8, 15), date(2026, 8, 15), None, None, "holiday")
    assert intervals_on(date(2026, 8, 15), WEEKLY, [summer, holiday]) == ([], "holiday")
    fair = (date(2026, 8, 14), date(2026, 8, 14), ONE, FIVE, "fair")
    assert intervals_on(date(2026, 8, 14), WEEKLY, [summer, holiday, fair]) == ([(ONE, FIVE)], "fair")
    assert intervals_on(date(2026, 8, 14), WEEKLY, [summer, holiday]) == ([(EIGHT, NOON)], "summer hours")


def test_of_two_exceptions_for_the_same_days_the_one_given_first_wins():
    own, of_the_group = (A_MONDAY, A_MONDAY, EIGHT, NOON, "open"), (A_MONDAY, A_MONDAY, None, None, "holiday")
    assert intervals_on(A_MONDAY, WEEKLY, [own, of_the_group]) == ([(EIGHT, NOON)], "open")
    assert intervals_on(A_MONDAY, WEEKLY, [of_the_group, own]) == ([], "holiday")


def test_an_exception_holds_on_its_first_and_its_last_day():
    days = [CHRISTMAS[0] - timedelta(days=1), CHRISTMAS[0], CHRISTMAS[1], CHRISTMAS[1] + timedelta(days=1)]
    assert [intervals_on(day, WEEKLY, [CHRISTMAS])[1] for day in days] == ["", *["Christmas break"] * 2, ""]


def test_the_table_of_the_week_has_seven_days_in_order():
    shuffled = [WEEKLY[1], WEEKLY[3], WEEKLY[0], WEEKLY[2]]
    assert week(iter(shuffled)) == [list(BOTH), [], [(ONE, FIVE)], [], [(EIGHT, ONE)], [], []]


def test_a_moment_in_another_zone_is_read_on_the_clock_of_the_place():
    assert state(datetime(2026, 11, 23, 7, 30, tzinfo=UTC)).until == at(12)
    assert state_at(datetime(2026, 11, 23, 7, 30, tzinfo=UTC), WEEKLY, []).kind == "open"  # the portal's zone


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="naive"):
        state(datetime(2026, 11, 23, 7, 30))


@pytest.mark.parametrize(("day", "hour_utc"), [(date(2026, 3, 29), 6), (date(2026, 10, 25), 7)])
def test_the_door_opens_by_the_clock_on_the_day_daylight_saving_changes(day, hour_utc):
    found = state(datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=12), [(6, EIGHT, NOON)])
    assert found.opens_at == datetime(day.year, day.month, day.day, hour_utc, tzinfo=UTC)


def test_a_door_that_closes_in_the_hour_that_occurs_twice_closes_once():
    weekly = [(6, time(1), time(2, 30))]
    quarter_past_two = datetime(2026, 10, 25, 0, 15, tzinfo=UTC)
    assert [state(quarter_past_two + timedelta(hours=more), weekly).kind for more in (0, 1)] == [
        "open",
        "closed-for-today",
    ]


# ---- properties -----------------------------------------------------------------------------------

clock = st.times().map(lambda t: t.replace(minute=t.minute // 15 * 15, second=0, microsecond=0))
openings = st.tuples(clock, clock).filter(lambda pair: pair[0] < pair[1])
weeks = st.lists(st.tuples(st.integers(0, 6), openings).map(lambda row: (row[0], *row[1])), max_size=8)
some_days = st.dates(date(2026, 11, 1), date(2026, 12, 31))


@st.composite
def exception_rows(draw):
    first = draw(some_days)
    opens, closes = draw(openings | st.just((None, None)))
    return (
        first,
        first + timedelta(days=draw(st.integers(0, 20))),
        opens,
        closes,
        draw(st.sampled_from(["", "why"])),
    )


@settings(max_examples=100, deadline=None)
@given(weeks, st.lists(exception_rows(), max_size=4), some_days, clock)
def test_the_state_agrees_with_the_intervals(weekly, exceptions, day, now):
    moment = datetime.combine(day, now, LJUBLJANA)
    found = state(moment, weekly, exceptions)
    intervals, reason = intervals_on(day, weekly, exceptions)
    assert (found.kind == "open") == any(opens <= now < closes for opens, closes in intervals)
    assert (found.kind == "opens-later") == (found.kind != "open" and any(now < opens for opens, _closes in intervals))
    assert (found.kind == "closed-for-today") == (bool(intervals) and all(closes <= now for _o, closes in intervals))
    assert found.kind in {"unknown", "closed-today"} or (list(found.today), found.reason) == (
        intervals,
        reason,
    )
    assert (found.until is not None) == (found.kind == "open")
    assert not (found.kind in {"open", "unknown"} and found.opens_at)


@settings(max_examples=100, deadline=None)
@given(weeks, st.lists(exception_rows(), max_size=4), some_days, clock)
def test_the_door_is_as_announced_at_the_announced_moment(weekly, exceptions, day, now):
    found = state(datetime.combine(day, now, LJUBLJANA), weekly, exceptions)
    if found.opens_at:
        assert state(found.opens_at - timedelta(minutes=1), weekly, exceptions).kind != "open"
        assert state(found.opens_at, weekly, exceptions).kind == "open"
    if found.until:
        assert state(found.until - timedelta(minutes=1), weekly, exceptions).kind == "open"
        assert state(found.until, weekly, exceptions).kind != "open"


@settings(max_examples=100, deadline=None)
@given(weeks)
def test_a_table_of_the_week_shows_the_hours_of_ordinary_days(weekly):
    assert week(weekly) == [intervals_on(A_MONDAY + timedelta(days=number), weekly, [])[0] for number in range(7)]
