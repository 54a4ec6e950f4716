"""Dates, times and numbers look as people in the five languages write them."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.forms import DateField, DateTimeField, TimeField
from django.utils.dateformat import format as format_date
from django.utils.formats import date_format, get_format, number_format, time_format
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from portal.dates import (
    block_day,
    date_in_sentence,
    day_and_month,
    instant,
    long_day,
    month_names,
    short_day,
    span,
    weekday_names,
)

LANGUAGES = ["sl", "en", "da", "nb", "de"]
THURSDAY = date(2026, 12, 3)
EVENING = datetime(2026, 11, 21, 16, 30)


def in_each(function):
    """What `function` returns under each of the five languages."""
    found = []
    for language in LANGUAGES:
        with override(language):
            found.append(function())
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DATE_FORMAT", ["21. november 2026", "21 November 2026", "21. november 2026", "21. november 2026",
                         "21. November 2026"]),
        ("SHORT_DATE_FORMAT", ["21. 11. 2026", "21 Nov 2026", "21.11.2026", "21.11.2026", "21.11.2026"]),
        ("MONTH_DAY_FORMAT", ["21. november", "21 November", "21. november", "21. november", "21. November"]),
        ("YEAR_MONTH_FORMAT", ["november 2026", "November 2026", "november 2026", "november 2026",
                               "November 2026"]),
        ("TIME_FORMAT", ["16.30", "16:30", "16.30", "16.30", "16:30"]),
        ("DATETIME_FORMAT", ["21. november 2026 ob 16.30", "21 November 2026, 16:30",
                             "21. november 2026 kl. 16.30",
                             "21. november 2026 kl. 16.30", "21. November 2026, 16:30 Uhr"]),
        ("SHORT_DATETIME_FORMAT", ["21. 11. 2026 16.30", "21 Nov 2026, 16:30", "21.11.2026 16.30",
                                   "21.11.2026 16.30",
                                   "21.11.2026 16:30"]),
    ],
)  # fmt: skip
def test_a_moment_is_written_as_people_write_it(name, expected):
    assert in_each(lambda: date_format(EVENING, name)) == expected


def test_morning_hours_have_no_leading_zero():
    assert in_each(lambda: time_format(time(9))) == ["9.00", "9:00", "9.00", "9.00", "9:00"]


def test_numbers_have_the_separators_of_the_language():
    assert in_each(lambda: number_format(12345.6, 1, use_l10n=True, force_grouping=True)) == [
        "12.345,6", "12,345.6", "12.345,6", "12\xa0345,6", "12.345,6"
    ]  # fmt: skip


def test_weeks_start_on_monday_everywhere():
    assert in_each(lambda: get_format("FIRST_DAY_OF_WEEK")) == [1] * 5


@pytest.mark.parametrize("typed", ["2026-11-21", "21. 11. 2026", "21.11.2026", "21/11/2026", "21-11-2026", "21.11.26"])
def test_a_date_may_be_typed_in_many_ways(typed):
    assert in_each(lambda: DateField(localize=True).clean(typed)) == [date(2026, 11, 21)] * 5


@pytest.mark.parametrize("typed", ["9:05", "9.05", "09:05", "09:05:00"])
def test_a_time_may_be_typed_in_many_ways(typed):
    assert in_each(lambda: TimeField(localize=True).clean(typed)) == [time(9, 5)] * 5


def test_a_full_hour_may_be_typed_as_one_number():
    assert in_each(lambda: TimeField().clean("9")) == [time(9)] * 5


@pytest.mark.parametrize("typed", ["2026-11-21T16:30", "2026-11-21 16:30", "21. 11. 2026 16.30", "21.11.2026 16:30"])
def test_a_moment_may_be_typed_in_many_ways(typed):
    found = in_each(lambda: DateTimeField().clean(typed).replace(tzinfo=None))
    assert found == [EVENING] * 5


def test_the_first_day_is_never_read_as_the_month():
    assert in_each(lambda: DateField().clean("03/12/2026")) == [THURSDAY] * 5


def test_fields_are_filled_in_the_form_that_the_fields_of_browsers_understand():
    assert in_each(lambda: DateField().widget.format_value(THURSDAY)) == ["2026-12-03"] * 5
    assert in_each(lambda: TimeField().widget.format_value(time(9))) == ["09:00"] * 5
    assert in_each(lambda: DateTimeField().widget.format_value(EVENING)) == ["2026-11-21T16:30"] * 5


# ---- dates in words -------------------------------------------------------------------------------


def test_a_day_with_its_weekday():
    expected = [
        "četrtek, 3. decembra 2026",
        "Thursday 3 December 2026",
        "torsdag den 3. december 2026",
        "torsdag 3. desember 2026",
        "Donnerstag, 3. Dezember 2026",
    ]
    assert [long_day(THURSDAY, language) for language in LANGUAGES] == expected
    assert in_each(lambda: long_day(THURSDAY)) == expected


def test_this_years_days_need_no_year():
    assert [long_day(THURSDAY, language, today=date(2026, 1, 1)) for language in LANGUAGES] == [
        "četrtek, 3. decembra",
        "Thursday 3 December",
        "torsdag den 3. december",
        "torsdag 3. desember",
        "Donnerstag, 3. Dezember",
    ]
    assert long_day(THURSDAY, "en", today=date(2025, 12, 31)) == "Thursday 3 December 2026"


def test_a_day_in_short():
    expected = ["čet., 3. 12.", "Thu 3 Dec", "tors. 3. dec.", "tors. 3. des.", "Do., 3. Dez."]
    assert [short_day(THURSDAY, language) for language in LANGUAGES] == expected
    assert in_each(lambda: short_day(THURSDAY, today=THURSDAY)) == expected
    assert [short_day(THURSDAY, language, today=date(2025, 12, 31)) for language in LANGUAGES] == [
        f"{text} 2026" for text in expected
    ]


def test_a_date_inside_a_sentence_takes_the_genitive_in_slovenian():
    assert [date_in_sentence(EVENING, language) for language in LANGUAGES] == [
        "21. novembra 2026", "21 November 2026", "21. november 2026", "21. november 2026", "21. November 2026"
    ]  # fmt: skip
    assert [day_and_month(1, 5, language) for language in LANGUAGES] == [
        "1. maja",
        "1 May",
        "1. maj",
        "1. mai",
        "1. Mai",
    ]


def test_a_date_block_says_the_day_as_each_language_writes_it():
    assert [block_day(date(2026, 11, 22), language) for language in LANGUAGES] == [
        ("ned.", "22.", "nov."),
        ("Sun", "22", "Nov"),
        ("søn.", "22.", "nov."),
        ("søn.", "22.", "nov."),
        ("So.", "22.", "Nov."),
    ]


@pytest.mark.parametrize("language", ["sl", "da", "nb"])
def test_months_and_weekdays_begin_with_a_small_letter_where_the_language_writes_them_so(language):
    with override(language):
        for month in range(1, 13):
            day = date(2026, month, 22)
            months = [block_day(day)[0], block_day(day)[2], date_format(day, "F"), date_format(day, "l")]
            assert months == [name.lower() for name in months]


def test_names_of_weekdays_and_months_come_in_calendar_order():
    assert [weekday_names(language)[0] for language in LANGUAGES] == [
        "ponedeljek",
        "Monday",
        "mandag",
        "mandag",
        "Montag",
    ]
    assert [month_names(language)[2] for language in LANGUAGES] == ["marec", "March", "marts", "mars", "März"]
    assert {(len(weekday_names(language)), len(month_names(language))) for language in LANGUAGES} == {(7, 12)}


@given(st.dates(), st.sampled_from(LANGUAGES))
def test_every_day_has_words(day, language):
    with override(language):
        assert str(weekday_names(language)[day.weekday()]) == format_date(day, "l")
        assert long_day(day).startswith(format_date(day, "l"))
    assert str(day.day) in short_day(day, language)
    assert str(day.year) in date_in_sentence(day, language)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "expected"),
    [
        (
            time(16, 30),
            time(18),
            ["16.30–18.00", "16:30–18:00", "kl. 16.30-18.00", "kl. 16.30–18.00", "16:30–18:00 Uhr"],
        ),
        (time(9), time(12), ["9.00–12.00", "9:00–12:00", "kl. 9-12", "kl. 9–12", "9–12 Uhr"]),
        (
            time(17),
            time(18, 30),
            ["17.00–18.30", "17:00–18:30", "kl. 17-18.30", "kl. 17–18.30", "17–18:30 Uhr"],
        ),
        (time(19), time(0), ["19.00–24.00", "19:00–24:00", "kl. 19-24", "kl. 19–24", "19–24 Uhr"]),
        (time(22), time(0, 5), ["22.00–0.05", "22:00–0:05", "kl. 22-0.05", "kl. 22–0.05", "22–0:05 Uhr"]),
        (time(9), None, ["ob 9.00", "at 9:00", "kl. 9", "kl. 9", "um 9 Uhr"]),
        (time(9, 30), None, ["ob 9.30", "at 9:30", "kl. 9.30", "kl. 9.30", "um 9:30 Uhr"]),
    ],
)
def test_a_span_of_time(starts_at, ends_at, expected):
    assert [span(starts_at, ends_at, language) for language in LANGUAGES] == expected
    assert in_each(lambda: span(starts_at, ends_at)) == expected


def test_a_span_in_a_table_is_figures_only():
    assert [span(time(8), time(12), language, bare=True) for language in LANGUAGES] == [
        "8.00–12.00", "8:00–12:00", "8.00-12.00", "8.00–12.00", "8:00–12:00"
    ]  # fmt: skip
    assert span(time(8), None, "de", bare=True) == "8:00"


def test_an_instant_is_what_the_clock_on_the_wall_shows():
    zone = ZoneInfo("Europe/Ljubljana")
    found = [instant(day, time(2, 30), zone) for day in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25))]
    assert [moment.isoformat() for moment in found] == [
        "2026-03-28T02:30:00+01:00",
        "2026-03-29T03:30:00+02:00",
        "2026-10-25T02:30:00+02:00",
    ]
