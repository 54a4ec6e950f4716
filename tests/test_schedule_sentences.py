"""Times typed as a sentence, in five languages: read into a schedule, and said again as the same sentence."""

from datetime import date, time
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programmes.recurrence import Rule, validate_rule
from programmes.sentences import read, rule_of, sentence, spelled

LANGUAGES = ("sl", "en", "da", "nb", "de")
TODAY = date(2026, 11, 27)
weekdays = st.lists(st.integers(0, 6), min_size=1, max_size=5, unique=True)
seasons = st.sampled_from([[], [9, 10, 11, 12, 1, 2, 3, 4, 5, 6], [6, 7, 8], [4], [4, 10]])
ordinals = st.lists(st.sampled_from([1, 2, 3, 4, 5, -1]), min_size=1, max_size=3, unique=True)
month_days = st.lists(st.integers(1, 28), min_size=1, max_size=3, unique=True)
patterns = st.one_of(
    st.builds(lambda i, d, m: rule_of("weekly", i, d, months=m), st.integers(1, 6), weekdays, seasons),
    st.builds(lambda i, d, n: rule_of("monthly", i, [d], n), st.integers(1, 4), st.integers(0, 6), ordinals),
    st.builds(lambda i, d: rule_of("dates", i, days=d), st.integers(1, 4), month_days),
    st.builds(lambda i: rule_of("dates", i, days=[-1]), st.integers(1, 4)),
    st.builds(lambda i: rule_of("daily", i), st.integers(1, 5)),
    st.just(rule_of("once")),
)  # fmt: skip
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@st.composite
def schedules(draw):
    first = draw(days)
    starts_at = time(draw(st.integers(6, 20)), draw(st.sampled_from([0, 15, 30, 45])))
    rule = draw(patterns)
    is_once = "COUNT=1" in rule
    last = None if is_once else draw(st.none() | st.dates(first, date(2029, 12, 31)))
    off = sorted(draw(st.lists(days, max_size=2, unique=True)))
    ends_at = time(starts_at.hour + draw(st.integers(1, 3)), draw(st.sampled_from([0, 30])))
    return SimpleNamespace(
        rule=rule, starts_at=starts_at, ends_at=ends_at, valid_from=first, valid_to=last, exceptions=off,
        runs_on_holidays=draw(st.booleans()),
    )  # fmt: skip


def facts(schedule):
    return (
        Rule.parse(schedule.rule), schedule.starts_at, schedule.ends_at, schedule.valid_from, schedule.valid_to,
        sorted(schedule.exceptions), schedule.runs_on_holidays,
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@given(schedule=schedules())
@settings(max_examples=150, deadline=None)
def test_what_is_said_of_a_schedule_is_read_as_the_same_schedule(language, schedule):
    said = sentence(schedule, language)
    found = read(said, language, TODAY)
    assert (said, found.unread) == (said, [])
    assert (said, sentence(found, language)) == (said, said)
    assert (said, *facts(found)[1:]) == (said, *facts(schedule)[1:])


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "every second Thursday 16:30–18:00 until June, not on holidays"),
        ("sl", "vsak drugi četrtek 16.30–18.00 do junija, ne ob praznikih"),
        ("sl", "vsak drugi četrtek od 16.30 do 18.00 do junija, ob praznikih ne"),
        ("da", "hver anden torsdag kl. 16.30-18 til juni, ikke på helligdage"),
        ("nb", "annenhver torsdag kl. 16.30–18 til juni, ikke på helligdager"),
        ("de", "jeden zweiten Donnerstag von 16:30 bis 18 Uhr bis Juni, nicht an Feiertagen"),
        ("de", "jeden zweiten Donnerstag von 16:30 bis 18 Uhr bis Juni, an Feiertagen nicht"),
    ],
)
def test_one_sentence_means_the_same_in_five_languages(language, text):
    found = read(text, language, TODAY)
    assert found.rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"
    assert (found.starts_at, found.ends_at, found.valid_to) == (time(16, 30), time(18), date(2027, 6, 30))
    assert (found.runs_on_holidays, found.unread, found.is_two_ways) == (False, [], True)


@pytest.mark.parametrize(
    ("language", "text", "rule"),
    [
        ("en", "first and third Monday of the month, from 9 to 11 am", "FREQ=MONTHLY;BYDAY=1MO,3MO"),
        ("en", "Mondays and Wednesdays at 5 pm", "FREQ=WEEKLY;BYDAY=MO,WE"),
        ("en", "every third Thursday of the month at 17:00", "FREQ=MONTHLY;BYDAY=3TH"),
        ("sl", "od ponedeljka do petka od 8. do 15. ure", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("sl", "ob torkih in sredah ob 17h", "FREQ=WEEKLY;BYDAY=TU,WE"),
        ("sl", "zadnji petek v mesecu, 10.00-12.00", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("da", "den 1. og 15. i måneden kl. 9", "FREQ=MONTHLY;BYMONTHDAY=1,15"),
        ("nb", "mandager og torsdager kl. 10-12", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("de", "Mo, Mi und Fr 9–11 Uhr", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
        ("de", "dienstags um 9 Uhr", "FREQ=WEEKLY;BYDAY=TU"),
        ("de", "nach Vereinbarung", ""),
    ],
)
def test_people_write_as_they_speak(language, text, rule):
    found = read(text, language, TODAY)
    assert (found.is_understood, found.rule, found.unread) == (True, rule, [])


def test_what_is_not_understood_is_named_and_nothing_is_guessed():
    found = read("sometimes bananas", "en", TODAY)
    assert (found.is_understood, found.unread) == (False, ["sometimes", "bananas"])
    assert read("every Tuesday at 9:00 unless it rains", "en", TODAY).unread == ["unless", "it", "rains"]


@given(text=st.text(max_size=400), language=st.sampled_from(LANGUAGES))
@settings(max_examples=300, deadline=None)
def test_no_text_at_all_breaks_the_reader(text, language):
    found = read(text, language, TODAY)
    if found.is_understood and found.rule:
        Rule.parse(found.rule)


@pytest.mark.parametrize(
    "text", ["every " * 60, "1 " * 200, "1. januar, " * 40, "until " * 80, "9-" * 150, "31. februar 2027"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_texts_are_read_at_once(language, text):
    read(text, language, TODAY)


@given(rule=patterns)
def test_the_forms_choices_and_the_rule_say_the_same(rule):
    validate_rule(rule)
    assert Rule.parse(rule_of(**spelled(rule))) == Rule.parse(rule)


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;BYDAY=MO;UNTIL=20270101", "FREQ=MONTHLY;BYDAY=1MO,3FR", "FREQ=YEARLY"])
def test_a_rule_the_form_cannot_say_is_not_bent(rule):
    assert spelled(rule) is None
