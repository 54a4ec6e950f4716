"""When schedules take place: the rule, its dates across daylight saving, its words in five languages."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from programmes.recurrence import (
    HORIZON,
    MAX_LENGTH,
    in_words,
    occurrences,
    parts_of_day,
    validate_rule,
    weekdays,
)

LJUBLJANA = ZoneInfo("Europe/Ljubljana")
LANGUAGES = ["sl", "en", "da", "nb", "de"]
HALF_PAST_FOUR, SIX = time(16, 30), time(18)


def moment(*parts):
    return datetime(*parts, tzinfo=LJUBLJANA)


def starts(rule, first, after, last=None, starts_at=HALF_PAST_FOUR, ends_at=SIX, zone=LJUBLJANA, **options):
    """The starts of a rule's dates, most tests need no more."""
    return [start for start, _end in occurrences(rule, first, last, starts_at, ends_at, zone, after, **options)]


def days(*arguments, **options):
    return [start.date() for start in starts(*arguments, **options)]


# ---- random rules -------------------------------------------------------------------------------

CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
some_weekdays = st.lists(st.sampled_from(CODES), min_size=1, max_size=7, unique=True)


@st.composite
def rules(draw):
    """Valid rules with every part that schedules use; plain and numbered weekdays are not mixed."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    bymonth = draw(st.lists(st.integers(1, 12), max_size=4, unique=True))
    byday = draw(st.just([]) | some_weekdays)
    # Intervals that meet every month and every weekday in the end: dateutil would search 8,000 years in vain.
    interval = draw(st.sampled_from([1, 5, 11] if bymonth or freq == "DAILY" else [1, 2, 3, 4, 6, 12]))
    if freq in {"MONTHLY", "YEARLY"} and draw(st.booleans()):
        most = 4 if freq == "MONTHLY" or bymonth else 50
        number = st.integers(1, most) | st.integers(-most, -1)
        byday = [f"{draw(number)}{code}" for code in byday]
    bymonthday = []
    if freq != "WEEKLY":
        bymonthday = draw(st.lists(st.integers(1, 28) | st.integers(-28, -1), max_size=3, unique=True))
    parts = {
        "FREQ": freq,
        "INTERVAL": interval if interval > 1 else "",
        "BYDAY": ",".join(byday),
        "BYMONTHDAY": ",".join(map(str, bymonthday)),
        "BYMONTH": ",".join(map(str, bymonth)),
        "WKST": draw(st.sampled_from(["", *CODES])),
        draw(st.sampled_from(["COUNT", "UNTIL"])): "",
    }
    if "COUNT" in parts:
        parts["COUNT"] = draw(st.just("") | st.integers(1, 60))
    else:
        parts["UNTIL"] = draw(st.just("") | st.dates(date(2020, 1, 1), date(2030, 1, 1)).map("{:%Y%m%d}".format))
    text = ";".join(f"{name}={value}" for name, value in parts.items() if value)
    try:
        validate_rule(text)
    except ValidationError:
        assume(False)
    return text


first_days = st.dates(date(2014, 1, 1), date(2027, 6, 30))
clock = st.times().map(lambda t: t.replace(second=0, microsecond=0))
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(LJUBLJANA))


@settings(max_examples=120, deadline=None)
@given(rules(), first_days, moments)
def test_dates_are_those_that_dateutil_finds_one_by_one(rule, first, after):
    horizon = (after + HORIZON).date()
    one_by_one = (found.date() for found in rrulestr(rule, dtstart=datetime.combine(first, time())))
    until_horizon = takewhile(lambda day: day <= horizon, one_by_one)
    expected = [day for day in until_horizon if datetime.combine(day, time(13), LJUBLJANA) > after]
    assert days(rule, first, after, starts_at=time(12), ends_at=time(13)) == expected


@settings(max_examples=100, deadline=None)
@given(
    rules(), first_days, st.integers(0, 900), moments, clock, clock,
    st.frozensets(st.dates(date(2025, 1, 1), date(2029, 12, 31)), max_size=40),
    st.lists(st.tuples(st.dates(date(2025, 1, 1), date(2029, 1, 1)), st.integers(0, 30)), max_size=4),
)  # fmt: skip
def test_dates_keep_to_the_validity_the_days_off_and_the_clock(
    rule, first, length, after, starts_at, ends_at, skip, breaks
):
    last = first + timedelta(days=length)
    closed = [(start, start + timedelta(days=more)) for start, more in breaks]
    found = occurrences(rule, first, last, starts_at, ends_at, LJUBLJANA, after, skip=skip, closed=closed)
    begins = [start for start, _end in found]
    assert begins == sorted(begins)
    assert [start for start in begins if not first <= start.date() <= last] == []
    assert [start for start in begins if start.date() in skip] == []
    assert [start for start in begins if any(a <= start.date() <= b for a, b in closed)] == []
    assert [end for _start, end in found if end.timestamp() <= after.timestamp()] == []
    assert {start.tzinfo for start in begins} <= {LJUBLJANA}
    assert {start.weekday() for start in begins} <= weekdays(rule, first)
    existing = [start for start in begins if not (start.month == 3 and starts_at.hour == 2)]
    assert {start.time() for start in existing} <= {starts_at}


@settings(max_examples=60, deadline=None)
@given(rules(), first_days, moments, st.integers(0, 30))
def test_a_limit_and_an_end_only_cut_off(rule, first, after, limit):
    everything = starts(rule, first, after)
    assert starts(rule, first, after, limit=limit) == everything[:limit]
    before = after + timedelta(days=limit)
    assert starts(rule, first, after, before=before) == [start for start in everything if start < before]


@settings(max_examples=150, deadline=None)
@given(rules(), clock, clock | st.none(), st.sampled_from(LANGUAGES), first_days | st.none())
def test_every_rule_has_words_in_every_language(rule, starts_at, ends_at, language, first):
    words = in_words(rule, starts_at, ends_at, language, first=first)
    assert [odd for odd in ("None", "{", "}", "  ", " ,") if odd in words] == []
    assert words == words.strip() != ""


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300) | st.text(alphabet="FREQ=DAILYWKMON;BY,INTVUO-+0123456789\0\n", max_size=300))
def test_garbage_is_refused_with_a_message_and_never_a_crash(text):
    messages = []
    try:
        validate_rule(text)
    except ValidationError as error:
        messages = error.messages
    assert [message for message in messages if "\0" in message or ("%(" in message and "%(" not in text)] == []
    assert messages or text == "" or "FREQ=" in text


# ---- which rules --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=TU,TH",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;WKST=SU",
        "FREQ=MONTHLY;BYDAY=1TH",
        "FREQ=MONTHLY;BYDAY=+1TH,-1WE",
        "FREQ=MONTHLY;BYMONTHDAY=1,-1",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYDAY=20MO",
        "FREQ=DAILY;COUNT=1000",
        "BYDAY=MO;FREQ=WEEKLY;UNTIL=20270624",
    ],
)
def test_what_a_schedule_needs_is_accepted(rule):
    assert validate_rule(rule) is None


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=HOURLY;COUNT=3",
        "RRULE:FREQ=DAILY",
        "freq=daily",
        "FREQ=DAILY;",
        " FREQ=DAILY",
        "FREQ=DAILY\n",
        "FREQ=DAILY;\0=1",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=100",
        "FREQ=DAILY;INTERVAL=٣",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=1001",
        "FREQ=DAILY;COUNT=3;UNTIL=20270624",
        "FREQ=DAILY;UNTIL=20271324",
        "FREQ=DAILY;UNTIL=20270624T100000Z",
        "FREQ=DAILY;WKST=XX",
        "FREQ=DAILY;BYHOUR=9",
        "FREQ=MONTHLY;BYDAY=TH;BYSETPOS=1",
        "FREQ=MONTHLY;BYDAY=0TH",
        "FREQ=MONTHLY;BYDAY=6TH",
        "FREQ=YEARLY;BYDAY=54TH",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=6TH",
        "FREQ=WEEKLY;BYDAY=1TH",
        "FREQ=WEEKLY;BYMONTHDAY=3",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=-1",
        "BYDAY=MO",
        "every Thursday",
    ],
)
def test_what_a_schedule_does_not_need_is_refused(rule):
    with pytest.raises(ValidationError) as refused:
        validate_rule(rule)
    assert refused.value.code == "invalid_rule"


@pytest.mark.parametrize("rule", ["FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2", "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=20"])
def test_a_rule_that_never_falls_on_any_day_is_refused(rule):
    with pytest.raises(ValidationError) as refused:
        validate_rule(rule)
    assert refused.value.code == "never"


def test_a_rule_longer_than_its_column_is_refused():
    rule = "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["1"] * 200)
    assert len(rule[:MAX_LENGTH]) == 200
    with pytest.raises(ValidationError):
        validate_rule(rule)
    assert validate_rule(rule[:MAX_LENGTH].rstrip(",")) is None


# ---- their dates --------------------------------------------------------------------------------


def test_the_first_thursday_of_each_month():
    found = days("FREQ=MONTHLY;BYDAY=1TH", date(2026, 1, 1), moment(2026, 11, 21), limit=3)
    assert found == [date(2026, 12, 3), date(2027, 1, 7), date(2027, 2, 4)]


def test_the_last_wednesday_of_each_month():
    found = days("FREQ=MONTHLY;BYDAY=-1WE", date(2026, 1, 1), moment(2026, 11, 21), limit=3)
    assert found == [date(2026, 11, 25), date(2026, 12, 30), date(2027, 1, 27)]


def test_every_other_saturday_counts_from_its_first_week_ten_years_back():
    rule, first = "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", date(2016, 11, 19)
    found = days(rule, first, moment(2026, 11, 1), limit=3)
    assert [((day - first).days % 14, day) for day in found] == [
        (0, date(2026, 11, 7)),
        (0, date(2026, 11, 21)),
        (0, date(2026, 12, 5)),
    ]
    assert days(rule, first + timedelta(days=7), moment(2026, 11, 1), limit=1) == [date(2026, 11, 14)]


def test_every_third_month_counts_from_its_first_month_ten_years_back():
    found = days("FREQ=MONTHLY;INTERVAL=3;BYDAY=2SA", date(2016, 2, 1), moment(2026, 11, 1), limit=2)
    assert found == [date(2026, 11, 14), date(2027, 2, 13)]


def test_the_week_starts_on_the_day_that_the_rule_says():
    first, after = date(2026, 8, 4), moment(2026, 8, 1)  # the example of RFC 5545, 3.8.5.3, in another year
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;COUNT=4"
    monday = [date(2026, 8, 4), date(2026, 8, 9), date(2026, 8, 18), date(2026, 8, 23)]
    sunday = [date(2026, 8, 4), date(2026, 8, 16), date(2026, 8, 18), date(2026, 8, 30)]
    assert days(rule, first, after) == days(rule + ";WKST=MO", first, after) == monday
    assert days(rule + ";WKST=SU", first, after) == sunday


def test_plain_and_numbered_weekdays_side_by_side_are_both_meant():
    found = days("FREQ=MONTHLY;BYDAY=MO,1TU", date(2026, 11, 1), moment(2026, 11, 1), before=moment(2026, 12, 1))
    assert found == [date(2026, 11, day) for day in (2, 3, 9, 16, 23, 30)]


def test_the_twentieth_monday_of_the_year():
    found = days("FREQ=YEARLY;BYDAY=20MO", date(1997, 5, 19), moment(1997, 1, 1))  # RFC 5545, 3.8.5.3
    assert found == [date(1997, 5, 19), date(1998, 5, 18)]


def test_the_first_sunday_in_december_counts_within_the_month():
    found = days("FREQ=YEARLY;BYMONTH=12;BYDAY=1SU,-1SU", date(2016, 1, 1), moment(2026, 1, 1), limit=3)
    assert found == [date(2026, 12, 6), date(2026, 12, 27), date(2027, 12, 5)]


def test_a_course_of_six_counts_the_dates_that_were_called_off():
    rule, first = "FREQ=WEEKLY;BYDAY=WE;COUNT=6", date(2026, 11, 4)
    found = days(rule, first, moment(2026, 11, 1), skip=frozenset({date(2026, 11, 11)}))
    assert found == [
        date(2026, 11, 4),
        date(2026, 11, 18),
        date(2026, 11, 25),
        date(2026, 12, 2),
        date(2026, 12, 9),
    ]


def test_the_last_day_and_until_are_days_on_which_it_still_takes_place():
    expected = [date(2026, 11, 5), date(2026, 11, 12)]
    assert days("FREQ=WEEKLY;BYDAY=TH", date(2026, 11, 1), moment(2026, 11, 1), last=date(2026, 11, 12)) == expected
    assert days("FREQ=WEEKLY;BYDAY=TH;UNTIL=20261112", date(2026, 11, 1), moment(2026, 11, 1)) == expected


def test_nothing_takes_place_while_the_place_is_closed():
    closed = [(date(2026, 12, 24), date(2027, 1, 7)), (date(2026, 12, 10), date(2026, 12, 10))]
    found = days("FREQ=WEEKLY;BYDAY=TH", date(2026, 1, 1), moment(2026, 12, 1), limit=3, closed=closed)
    assert found == [date(2026, 12, 3), date(2026, 12, 17), date(2027, 1, 14)]


def test_a_date_that_has_begun_is_still_shown_until_it_ends():
    def first_date(now):
        return days("FREQ=WEEKLY;BYDAY=TH", date(2026, 1, 1), now, limit=1)

    assert first_date(moment(2026, 11, 26, 17, 59)) == [date(2026, 11, 26)]
    assert first_date(moment(2026, 11, 26, 18)) == [date(2026, 12, 3)]


def test_what_starts_at_the_end_of_the_period_asked_for_is_not_in_it():
    def dates_before(end):
        return days("FREQ=WEEKLY;BYDAY=TH", date(2026, 1, 1), moment(2026, 11, 20), before=end)

    assert dates_before(moment(2026, 11, 26, 16, 30)) == []
    assert dates_before(moment(2026, 11, 26, 16, 31)) == [date(2026, 11, 26)]


def test_the_moment_asked_about_may_be_in_another_time_zone():
    after = datetime(2026, 11, 26, 17, 1, tzinfo=UTC)  # 18:01 in Ljubljana
    assert days("FREQ=WEEKLY;BYDAY=TH", date(2026, 1, 1), after, limit=1) == [date(2026, 12, 3)]


def test_an_evening_that_ends_after_midnight_ends_on_the_next_day():
    found = occurrences("FREQ=MONTHLY;BYDAY=-1FR", date(2026, 1, 1), None, time(22), time(1, 30), LJUBLJANA,
                        moment(2026, 11, 28, 1), limit=1)  # fmt: skip
    assert found == [(moment(2026, 11, 27, 22), moment(2026, 11, 28, 1, 30))]


def test_the_same_start_and_end_last_a_day():
    after = moment(2026, 11, 21, 9)
    found = occurrences("FREQ=DAILY", date(2026, 1, 1), None, time(9), time(9), LJUBLJANA, after, limit=1)
    assert found == [(moment(2026, 11, 21, 9), moment(2026, 11, 22, 9))]


def test_by_arrangement_has_no_dates_and_no_weekdays():
    assert days("", date(2026, 1, 1), moment(2026, 1, 1)) == []
    assert days("FREQ=DAILY", date(2026, 1, 1), moment(2026, 1, 1), starts_at=None, ends_at=None) == []
    assert weekdays("", date(2026, 1, 1)) == frozenset()


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2",
        "FREQ=DAILY;INTERVAL=7;BYDAY=FR",
        "FREQ=DAILY;COUNT=5;BYMONTHDAY=31;BYMONTH=2",
    ],
)
def test_a_rule_without_dates_comes_to_an_end(rule):
    assert days(rule, date(2016, 9, 1), moment(2026, 1, 1)) == []


def test_dates_end_two_years_ahead():
    found = days("FREQ=DAILY", date(2016, 1, 1), moment(2026, 1, 1), before=moment(2100, 1, 1))
    assert (found[0], found[-1]) == (date(2026, 1, 1), date(2028, 1, 2))


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_have_no_dates(year):
    assert days("FREQ=DAILY", date(2016, 1, 1), datetime(year, 1, 1, tzinfo=UTC)) == []


# ---- daylight saving: clocks go forward on 29 March 2026 at 2:00, back on 25 October at 3:00 -------


@pytest.mark.parametrize("changes_on", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_clock_on_the_wall_stays_when_daylight_saving_changes(changes_on):
    after = datetime.combine(changes_on - timedelta(days=1), time(), LJUBLJANA)
    found = occurrences("FREQ=DAILY", date(2016, 1, 1), None, time(9), time(10, 30), LJUBLJANA, after, limit=3)
    assert [(start.time(), end.time()) for start, end in found] == [(time(9), time(10, 30))] * 3
    assert {end.timestamp() - start.timestamp() for start, end in found} == {90 * 60}
    assert len({start.utcoffset() for start, _end in found}) == 2


def test_a_start_that_daylight_saving_skips_is_an_hour_later():
    found = occurrences("FREQ=DAILY", date(2026, 3, 29), None, time(2, 30), time(3, 15), LJUBLJANA,
                        moment(2026, 3, 29), limit=1)  # fmt: skip
    assert found == [(moment(2026, 3, 29, 3, 30), moment(2026, 3, 29, 4, 15))]


def test_a_start_that_occurs_twice_is_the_first():
    found = occurrences("FREQ=DAILY", date(2026, 10, 25), None, time(2, 30), time(3, 30), LJUBLJANA,
                        moment(2026, 10, 25), limit=1)  # fmt: skip
    assert [(start.astimezone(UTC), end.astimezone(UTC)) for start, end in found] == [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 2, 30, tzinfo=UTC))
    ]


# ---- weekdays and parts of the day ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY", {3}),
        ("FREQ=WEEKLY;BYDAY=TU,SU", {1, 6}),
        ("FREQ=MONTHLY;BYDAY=1TH,-1WE", {2, 3}),
        ("FREQ=DAILY;BYDAY=SA", {5}),
        ("FREQ=DAILY", set(range(7))),
        ("FREQ=MONTHLY;BYMONTHDAY=1", set(range(7))),
        ("FREQ=MONTHLY", set(range(7))),
    ],
)
def test_the_weekdays_of_a_rule_that_starts_on_a_thursday(rule, expected):
    assert weekdays(rule, date(2026, 11, 26)) == expected


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "expected"),
    [
        (time(9), time(12), {"morning"}),
        (time(9), time(12, 1), {"morning", "afternoon"}),
        (time(12), time(17), {"afternoon"}),
        (time(16, 30), time(18), {"afternoon", "evening"}),
        (time(17), time(0), {"evening"}),
        (time(22), time(2), {"evening", "morning"}),
        (time(9), time(9), {"morning", "afternoon", "evening"}),
        (time(12), None, {"afternoon"}),
        (time(17), None, {"evening"}),
        (None, None, set()),
    ],
)
def test_the_parts_of_the_day_that_a_time_touches(starts_at, ends_at, expected):
    assert parts_of_day(starts_at, ends_at) == expected


# ---- in words -------------------------------------------------------------------------------------

# Every rule of the demo, as sl, en, da, nb, de.
DEMO = [
    ("FREQ=MONTHLY;BYDAY=1TH", "16:30", "18:00",
     "prvi četrtek v mesecu, 16.30–18.00", "first Thursday of the month, 16:30–18:00",
     "første torsdag i måneden kl. 16.30-18.00", "første torsdag i måneden kl. 16.30–18.00",
     "erster Donnerstag im Monat, 16:30–18:00 Uhr"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "08:30", "11:00",
     "vsako drugo soboto, 8.30–11.00", "every other Saturday, 8:30–11:00",
     "hver anden lørdag kl. 8.30-11.00", "annenhver lørdag kl. 8.30–11.00",
     "jeden zweiten Samstag, 8:30–11:00 Uhr"),
    ("FREQ=WEEKLY;BYDAY=TU,TH", "17:00", "18:00",
     "torek in četrtek, 17.00–18.00", "Tuesday and Thursday, 17:00–18:00",
     "tirsdag og torsdag kl. 17-18", "tirsdag og torsdag kl. 17–18",
     "Dienstag und Donnerstag, 17–18 Uhr"),
    ("FREQ=WEEKLY;BYDAY=TU,TH", "15:00", "18:00",
     "torek in četrtek, 15.00–18.00", "Tuesday and Thursday, 15:00–18:00",
     "tirsdag og torsdag kl. 15-18", "tirsdag og torsdag kl. 15–18",
     "Dienstag und Donnerstag, 15–18 Uhr"),
    ("FREQ=WEEKLY;BYDAY=TU,TH", "19:00", "20:00",
     "torek in četrtek, 19.00–20.00", "Tuesday and Thursday, 19:00–20:00",
     "tirsdag og torsdag kl. 19-20", "tirsdag og torsdag kl. 19–20",
     "Dienstag und Donnerstag, 19–20 Uhr"),
    ("FREQ=WEEKLY;BYDAY=WE", "16:00", "17:30",
     "vsako sredo, 16.00–17.30", "every Wednesday, 16:00–17:30",
     "hver onsdag kl. 16-17.30", "hver onsdag kl. 16–17.30",
     "jeden Mittwoch, 16–17:30 Uhr"),
    ("FREQ=WEEKLY;BYDAY=WE", "17:00", "18:30",
     "vsako sredo, 17.00–18.30", "every Wednesday, 17:00–18:30",
     "hver onsdag kl. 17-18.30", "hver onsdag kl. 17–18.30",
     "jeden Mittwoch, 17–18:30 Uhr"),
    ("FREQ=WEEKLY;BYDAY=WE", "10:00", "11:30",
     "vsako sredo, 10.00–11.30", "every Wednesday, 10:00–11:30",
     "hver onsdag kl. 10-11.30", "hver onsdag kl. 10–11.30",
     "jeden Mittwoch, 10–11:30 Uhr"),
    ("FREQ=WEEKLY;BYDAY=WE", "17:30", "19:30",
     "vsako sredo, 17.30–19.30", "every Wednesday, 17:30–19:30",
     "hver onsdag kl. 17.30-19.30", "hver onsdag kl. 17.30–19.30",
     "jeden Mittwoch, 17:30–19:30 Uhr"),
    ("FREQ=WEEKLY;BYDAY=MO", "16:00", "18:00",
     "vsak ponedeljek, 16.00–18.00", "every Monday, 16:00–18:00",
     "hver mandag kl. 16-18", "hver mandag kl. 16–18",
     "jeden Montag, 16–18 Uhr"),
    ("FREQ=WEEKLY;BYDAY=MO", "10:00", "11:30",
     "vsak ponedeljek, 10.00–11.30", "every Monday, 10:00–11:30",
     "hver mandag kl. 10-11.30", "hver mandag kl. 10–11.30",
     "jeden Montag, 10–11:30 Uhr"),
    ("FREQ=WEEKLY;BYDAY=MO", "17:00", "19:00",
     "vsak ponedeljek, 17.00–19.00", "every Monday, 17:00–19:00",
     "hver mandag kl. 17-19", "hver mandag kl. 17–19",
     "jeden Montag, 17–19 Uhr"),
    ("FREQ=WEEKLY;BYDAY=MO", "09:00", "12:00",
     "vsak ponedeljek, 9.00–12.00", "every Monday, 9:00–12:00",
     "hver mandag kl. 9-12", "hver mandag kl. 9–12",
     "jeden Montag, 9–12 Uhr"),
    ("FREQ=WEEKLY;BYDAY=TU", "09:00", "10:30",
     "vsak torek, 9.00–10.30", "every Tuesday, 9:00–10:30",
     "hver tirsdag kl. 9-10.30", "hver tirsdag kl. 9–10.30",
     "jeden Dienstag, 9–10:30 Uhr"),
    ("FREQ=WEEKLY;BYDAY=TU", "15:00", "18:00",
     "vsak torek, 15.00–18.00", "every Tuesday, 15:00–18:00",
     "hver tirsdag kl. 15-18", "hver tirsdag kl. 15–18",
     "jeden Dienstag, 15–18 Uhr"),
    ("FREQ=WEEKLY;BYDAY=TH", "17:00", "18:30",
     "vsak četrtek, 17.00–18.30", "every Thursday, 17:00–18:30",
     "hver torsdag kl. 17-18.30", "hver torsdag kl. 17–18.30",
     "jeden Donnerstag, 17–18:30 Uhr"),
    ("FREQ=WEEKLY;BYDAY=TH", "18:00", "19:30",
     "vsak četrtek, 18.00–19.30", "every Thursday, 18:00–19:30",
     "hver torsdag kl. 18-19.30", "hver torsdag kl. 18–19.30",
     "jeden Donnerstag, 18–19:30 Uhr"),
    ("FREQ=WEEKLY;BYDAY=TH", "09:00", "11:30",
     "vsak četrtek, 9.00–11.30", "every Thursday, 9:00–11:30",
     "hver torsdag kl. 9-11.30", "hver torsdag kl. 9–11.30",
     "jeden Donnerstag, 9–11:30 Uhr"),
    ("FREQ=WEEKLY;BYDAY=FR", "09:30", "10:30",
     "vsak petek, 9.30–10.30", "every Friday, 9:30–10:30",
     "hver fredag kl. 9.30-10.30", "hver fredag kl. 9.30–10.30",
     "jeden Freitag, 9:30–10:30 Uhr"),
    ("FREQ=WEEKLY;BYDAY=SA", "09:00", "12:00",
     "vsako soboto, 9.00–12.00", "every Saturday, 9:00–12:00",
     "hver lørdag kl. 9-12", "hver lørdag kl. 9–12",
     "jeden Samstag, 9–12 Uhr"),
    ("FREQ=MONTHLY;BYDAY=3TU", "17:00", "18:30",
     "tretji torek v mesecu, 17.00–18.30", "third Tuesday of the month, 17:00–18:30",
     "tredje tirsdag i måneden kl. 17-18.30", "tredje tirsdag i måneden kl. 17–18.30",
     "dritter Dienstag im Monat, 17–18:30 Uhr"),
    ("FREQ=MONTHLY;BYDAY=2TH", "12:00", "13:30",
     "drugi četrtek v mesecu, 12.00–13.30", "second Thursday of the month, 12:00–13:30",
     "anden torsdag i måneden kl. 12-13.30", "andre torsdag i måneden kl. 12–13.30",
     "zweiter Donnerstag im Monat, 12–13:30 Uhr"),
    ("FREQ=WEEKLY;BYDAY=MO,FR", "08:00", "12:00",
     "ponedeljek in petek, 8.00–12.00", "Monday and Friday, 8:00–12:00",
     "mandag og fredag kl. 8-12", "mandag og fredag kl. 8–12",
     "Montag und Freitag, 8–12 Uhr"),
    ("FREQ=WEEKLY;BYDAY=MO,FR", "09:00", "11:30",
     "ponedeljek in petek, 9.00–11.30", "Monday and Friday, 9:00–11:30",
     "mandag og fredag kl. 9-11.30", "mandag og fredag kl. 9–11.30",
     "Montag und Freitag, 9–11:30 Uhr"),
    ("FREQ=MONTHLY;BYDAY=2SA", "09:30", "11:30",
     "druga sobota v mesecu, 9.30–11.30", "second Saturday of the month, 9:30–11:30",
     "anden lørdag i måneden kl. 9.30-11.30", "andre lørdag i måneden kl. 9.30–11.30",
     "zweiter Samstag im Monat, 9:30–11:30 Uhr"),
    ("FREQ=MONTHLY;BYDAY=-1WE", "09:00", "12:00",
     "zadnja sreda v mesecu, 9.00–12.00", "last Wednesday of the month, 9:00–12:00",
     "sidste onsdag i måneden kl. 9-12", "siste onsdag i måneden kl. 9–12",
     "letzter Mittwoch im Monat, 9–12 Uhr"),
    ("FREQ=WEEKLY;BYDAY=MO,WE", "13:00", "15:00",
     "ponedeljek in sreda, 13.00–15.00", "Monday and Wednesday, 13:00–15:00",
     "mandag og onsdag kl. 13-15", "mandag og onsdag kl. 13–15",
     "Montag und Mittwoch, 13–15 Uhr"),
    ("FREQ=WEEKLY;BYDAY=WE,SU", "09:00", "10:15",
     "sreda in nedelja, 9.00–10.15", "Wednesday and Sunday, 9:00–10:15",
     "onsdag og søndag kl. 9-10.15", "onsdag og søndag kl. 9–10.15",
     "Mittwoch und Sonntag, 9–10:15 Uhr"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "16:00", "19:00",
     "vsak drugi petek, 16.00–19.00", "every other Friday, 16:00–19:00",
     "hver anden fredag kl. 16-19", "annenhver fredag kl. 16–19",
     "jeden zweiten Freitag, 16–19 Uhr"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "10:00", "11:30",
     "vsak drugi torek, 10.00–11.30", "every other Tuesday, 10:00–11:30",
     "hver anden tirsdag kl. 10-11.30", "annenhver tirsdag kl. 10–11.30",
     "jeden zweiten Dienstag, 10–11:30 Uhr"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "07:30", "08:00",
     "od ponedeljka do petka, 7.30–8.00", "Monday to Friday, 7:30–8:00",
     "mandag til fredag kl. 7.30-8.00", "mandag til fredag kl. 7.30–8.00",
     "Montag bis Freitag, 7:30–8:00 Uhr"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "07:20", "08:00",
     "od ponedeljka do petka, 7.20–8.00", "Monday to Friday, 7:20–8:00",
     "mandag til fredag kl. 7.20-8.00", "mandag til fredag kl. 7.20–8.00",
     "Montag bis Freitag, 7:20–8:00 Uhr"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "07:00", "17:00",
     "od ponedeljka do petka, 7.00–17.00", "Monday to Friday, 7:00–17:00",
     "mandag til fredag kl. 7-17", "mandag til fredag kl. 7–17",
     "Montag bis Freitag, 7–17 Uhr"),
    ("FREQ=MONTHLY;BYDAY=1MO", "17:00", "18:30",
     "prvi ponedeljek v mesecu, 17.00–18.30", "first Monday of the month, 17:00–18:30",
     "første mandag i måneden kl. 17-18.30", "første mandag i måneden kl. 17–18.30",
     "erster Montag im Monat, 17–18:30 Uhr"),
    ("FREQ=MONTHLY;BYDAY=-1TU", "17:00", "18:30",
     "zadnji torek v mesecu, 17.00–18.30", "last Tuesday of the month, 17:00–18:30",
     "sidste tirsdag i måneden kl. 17-18.30", "siste tirsdag i måneden kl. 17–18.30",
     "letzter Dienstag im Monat, 17–18:30 Uhr"),
    ("FREQ=MONTHLY;BYDAY=1TU", "17:30", "19:00",
     "prvi torek v mesecu, 17.30–19.00", "first Tuesday of the month, 17:30–19:00",
     "første tirsdag i måneden kl. 17.30-19.00", "første tirsdag i måneden kl. 17.30–19.00",
     "erster Dienstag im Monat, 17:30–19:00 Uhr"),
    ("FREQ=MONTHLY;BYDAY=-1FR", "19:00", "23:00",
     "zadnji petek v mesecu, 19.00–23.00", "last Friday of the month, 19:00–23:00",
     "sidste fredag i måneden kl. 19-23", "siste fredag i måneden kl. 19–23",
     "letzter Freitag im Monat, 19–23 Uhr"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "starts_at", "ends_at", "expected"), [(*row[:3], row[3:]) for row in DEMO])
def test_the_rules_of_the_demo_read_as_people_say_them(rule, starts_at, ends_at, expected):
    times = time.fromisoformat(starts_at), time.fromisoformat(ends_at)
    assert tuple(in_words(rule, *times, language) for language in LANGUAGES) == expected


OTHER = [
    ("", "po dogovoru", "by arrangement", "efter aftale", "etter avtale", "nach Absprache"),
    ("FREQ=DAILY", "vsak dan", "every day", "hver dag", "hver dag", "jeden Tag"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "vsak dan", "every day", "hver dag", "hver dag", "jeden Tag"),
    ("FREQ=DAILY;INTERVAL=2", "vsak drugi dan", "every other day", "hver anden dag", "annenhver dag",
     "jeden zweiten Tag"),
    ("FREQ=DAILY;INTERVAL=3", "vsak 3. dan", "every 3rd day", "hver 3. dag", "hver 3. dag", "jeden 3. Tag"),
    ("FREQ=WEEKLY", "vsak teden", "every week", "hver uge", "hver uke", "jede Woche"),
    ("FREQ=WEEKLY;BYDAY=SU", "vsako nedeljo", "every Sunday", "hver søndag", "hver søndag",
     "jeden Sonntag"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "vsako drugo sredo", "every other Wednesday", "hver anden onsdag",
     "annenhver onsdag", "jeden zweiten Mittwoch"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", "torek in četrtek, vsak drugi teden",
     "Tuesday and Thursday every other week", "tirsdag og torsdag hver anden uge",
     "tirsdag og torsdag annenhver uke", "Dienstag und Donnerstag, jede zweite Woche"),
    ("FREQ=WEEKLY;INTERVAL=12;BYDAY=SA", "sobota, vsak 12. teden", "Saturday every 12th week",
     "lørdag hver 12. uge", "lørdag hver 12. uke", "Samstag, jede 12. Woche"),
    ("FREQ=WEEKLY;BYDAY=SU,SA", "sobota in nedelja", "Saturday and Sunday", "lørdag og søndag",
     "lørdag og søndag", "Samstag und Sonntag"),
    ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "ponedeljek, sreda in petek", "Monday, Wednesday and Friday",
     "mandag, onsdag og fredag", "mandag, onsdag og fredag", "Montag, Mittwoch und Freitag"),
    ("FREQ=WEEKLY;BYDAY=WE,TH,FR,SA,SU", "od srede do nedelje", "Wednesday to Sunday", "onsdag til søndag",
     "onsdag til søndag", "Mittwoch bis Sonntag"),
    ("FREQ=MONTHLY;BYDAY=MO", "vsak ponedeljek", "every Monday", "hver mandag", "hver mandag",
     "jeden Montag"),
    ("FREQ=MONTHLY;BYDAY=1WE,3WE", "prva in tretja sreda v mesecu", "first and third Wednesday of the month",
     "første og tredje onsdag i måneden", "første og tredje onsdag i måneden",
     "erster und dritter Mittwoch im Monat"),
    ("FREQ=MONTHLY;BYDAY=1MO,-1SU", "prvi ponedeljek in zadnja nedelja v mesecu",
     "first Monday and last Sunday of the month", "første mandag og sidste søndag i måneden",
     "første mandag og siste søndag i måneden", "erster Montag und letzter Sonntag im Monat"),
    ("FREQ=MONTHLY;INTERVAL=2;BYDAY=1TH", "prvi četrtek vsakega drugega meseca",
     "first Thursday of every other month",
     "første torsdag hver anden måned", "første torsdag annenhver måned",
     "erster Donnerstag jedes zweiten Monats"),
    ("FREQ=MONTHLY;BYDAY=-2FR", "predzadnji petek v mesecu", "second to last Friday of the month",
     "næstsidste fredag i måneden", "nest siste fredag i måneden", "vorletzter Freitag im Monat"),
    ("FREQ=MONTHLY;BYMONTHDAY=1,15", "1. in 15. dan v mesecu", "on the 1st and 15th of the month",
     "den 1. og 15. i måneden", "den 1. og 15. i måneden", "am 1. und 15. des Monats"),
    ("FREQ=DAILY;BYMONTHDAY=15", "15. dan v mesecu", "on the 15th of the month", "den 15. i måneden",
     "den 15. i måneden", "am 15. des Monats"),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "zadnji dan v mesecu", "last day of the month", "sidste dag i måneden",
     "siste dag i måneden", "letzter Tag des Monats"),
    ("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=21", "vsako leto 21. novembra", "every year on 21 November",
     "hvert år den 21. november", "hvert år den 21. november", "jedes Jahr am 21. November"),
    ("FREQ=YEARLY;BYMONTH=12;BYDAY=1SU", "prva nedelja v decembru", "first Sunday in December",
     "første søndag i december", "første søndag i desember", "erster Sonntag im Dezember"),
    ("FREQ=MONTHLY;BYDAY=1TH;BYMONTH=10,1,4", "prvi četrtek v januarju, aprilu in oktobru",
     "first Thursday in January, April and October", "første torsdag i januar, april og oktober",
     "første torsdag i januar, april og oktober", "erster Donnerstag im Januar, April und Oktober"),
    ("FREQ=WEEKLY;BYDAY=TH;BYMONTH=1,2,3,4,5,6,9,10,11,12", "vsak četrtek od septembra do junija",
     "every Thursday from September to June", "hver torsdag fra september til juni",
     "hver torsdag fra september til juni", "jeden Donnerstag von September bis Juni"),
    ("FREQ=MONTHLY;BYDAY=1TH;BYMONTH=4,5,6", "prvi četrtek v mesecu od aprila do junija",
     "first Thursday of the month from April to June", "første torsdag i måneden fra april til juni",
     "første torsdag i måneden fra april til juni", "erster Donnerstag im Monat von April bis Juni"),
    ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=12", "torek in četrtek, 12-krat", "Tuesday and Thursday, 12 times",
     "tirsdag og torsdag, 12 gange", "tirsdag og torsdag, 12 ganger", "Dienstag und Donnerstag, 12-mal"),
    ("FREQ=WEEKLY;BYDAY=TH;UNTIL=20270617", "vsak četrtek, do 17. junija 2027",
     "every Thursday, until 17 June 2027", "hver torsdag, til 17. juni 2027",
     "hver torsdag, til 17. juni 2027", "jeden Donnerstag, bis 17. Juni 2027"),
    ("FREQ=DAILY;COUNT=1", "enkrat", "once", "én gang", "én gang", "einmal"),
    ("FREQ=YEARLY;BYDAY=20MO", "v različnih terminih", "on various dates", "på forskellige datoer",
     "på ulike datoer", "an verschiedenen Terminen"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "expected"), [(row[0], row[1:]) for row in OTHER])
def test_other_rules_read_as_people_say_them(rule, expected):
    assert tuple(in_words(rule, None, None, language) for language in LANGUAGES) == expected


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=3",
        "FREQ=DAILY;INTERVAL=3;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=MO,1TU",
        "FREQ=MONTHLY;BYDAY=-3MO",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYMONTHDAY=1,-1",
        "FREQ=MONTHLY;BYMONTHDAY=-2;BYMONTH=3",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO;BYMONTH=3",
    ],
)
def test_a_rule_too_odd_for_words_says_only_that_the_dates_vary(rule):
    assert in_words(rule, HALF_PAST_FOUR, SIX, "en") == "on various dates, 16:30–18:00"


def test_a_start_without_an_end_is_said_with_at():
    assert [in_words("FREQ=WEEKLY;BYDAY=WE,SU", time(9), None, language) for language in LANGUAGES] == [
        "sreda in nedelja ob 9.00",
        "Wednesday and Sunday at 9:00",
        "onsdag og søndag kl. 9",
        "onsdag og søndag kl. 9",
        "Mittwoch und Sonntag um 9 Uhr",
    ]


def test_the_words_are_in_the_readers_language():
    with override("da"):
        assert in_words("FREQ=WEEKLY;BYDAY=TH", HALF_PAST_FOUR, SIX) == "hver torsdag kl. 16.30-18.00"


def test_the_first_day_names_what_the_rule_leaves_to_it():
    first = date(2026, 11, 25)
    assert [in_words(f"FREQ={freq}", None, None, "sl", first=first) for freq in ("WEEKLY", "MONTHLY", "YEARLY")] == [
        "vsako sredo",
        "25. dan v mesecu",
        "vsako leto 25. novembra",
    ]
