"""The catalogue: what matches, what each choice would leave, in which order, and calm with nonsense."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Q
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners import holidays
from partners.models import Location, OpeningException
from portal.models import Vocabulary
from portal.pages import pages_kept
from programmes.catalogue import Catalogue
from programmes.facets import FACET_OF, FACETS
from programmes.filters import ProgrammeFilter
from programmes.listed import sessions, ways
from programmes.models import Programme

from .records import (
    make_location,
    make_organisation,
    make_programme,
    make_schedule,
    make_settlement,
    make_term,
)

pytestmark = [pytest.mark.django_db, pytest.mark.server]
RELAXED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def read(query="", language="sl"):
    return ProgrammeFilter(QueryDict(query), Catalogue(language))


def titles(query="", language="sl"):
    found = read(query, language)
    titles = dict(Programme.objects.values_list("pk", "title_sl"))
    return [titles[number] for number in found.numbers()]


@pytest.fixture
def topics():
    return [make_term(Vocabulary.TOPIC, slug) for slug in ("sleep", "food", "walking")]


# ---- matching -------------------------------------------------------------------------------------
def test_groups_are_joined_by_and_choices_inside_a_group_by_or(topics):
    sleep, food, _walking = topics
    free = make_term(Vocabulary.COST, "free")
    make_programme(title_sl="a", terms=[sleep, free])
    make_programme(title_sl="b", terms=[food, free])
    make_programme(title_sl="c", terms=[sleep])
    assert titles("topic=sleep&topic=food&cost=free&sort=az") == ["a", "b"]


def test_a_draft_is_never_found():
    make_programme(title_sl="osnutek", status="draft")
    assert titles("q=osnutek") == []


def test_no_referral_needs_one_way_that_does_without():
    gp = make_term(Vocabulary.REFERRAL_ROUTE, "gp", facts={"referral_required": True})
    alone = make_term(Vocabulary.REFERRAL_ROUTE, "self", facts={"referral_required": False})
    make_programme(title_sl="only by doctor", terms=[gp])
    make_programme(title_sl="either way", terms=[gp, alone])
    assert titles("no_referral=1") == ["either way"]
    assert set(titles("referral=1")) == {"only by doctor", "either way"}


def test_this_week_means_the_next_seven_days():
    now = timezone.localtime()
    soon, later = make_programme(title_sl="soon"), make_programme(title_sl="later")
    for programme, days in ((soon, 3), (later, 10)):
        day = now.date() + timedelta(days=days)
        make_schedule(programme, rule="FREQ=DAILY;COUNT=1", valid_from=day, valid_to=day)
    assert titles("this_week=1") == ["soon"]


def test_weekday_time_language_place_and_access_come_from_the_schedule():
    settlement = make_settlement(name="Brezov Dol")
    place = make_location(settlement=settlement)
    place.access.add(make_term(Vocabulary.ACCESSIBILITY, "step-free"))
    schedule = make_schedule(make_programme(title_sl="here"), location=place, starts_at=time(18), ends_at=time(19))
    schedule.languages.add(make_term(Vocabulary.LANGUAGE, "sq"))
    make_term(Vocabulary.WEEKDAY, "TU")
    make_schedule(make_programme(title_sl="elsewhere"), rule="FREQ=WEEKLY;BYDAY=MO")
    for query in ("day=TU", "time=evening", "spoken=sq", "place=brezov-dol", "access=step-free"):
        assert titles(query) == ["here"], query


def test_a_paused_programme_comes_last_and_shows_no_dates():
    paused = make_programme(title_sl="a paused", status="paused")
    make_schedule(paused)
    make_schedule(make_programme(title_sl="z open"))
    assert titles() == ["z open", "a paused"]
    assert not read().catalogue.index.timetable.dated.has(paused.pk)


# ---- counts equal what SQL would say --------------------------------------------------------------
@given(
    st.lists(st.lists(st.sampled_from(range(6)), max_size=4, unique=True), min_size=1, max_size=8),
    st.lists(st.sampled_from(range(6)), max_size=4, unique=True),
)
@RELAXED
def test_every_count_equals_what_sql_would_say(rows, chosen):
    Programme.objects.all().delete()
    vocabularies = (Vocabulary.TOPIC, Vocabulary.LIFE_PHASE, Vocabulary.COST)
    terms = [make_term(vocabularies[n % 3], f"choice-{n}") for n in range(6)]
    organisation = make_organisation(slug=f"o-{timezone.now().timestamp()}")
    for row in rows:
        make_programme(organisation, terms=[terms[n] for n in row])
    wanted = {}
    for n in chosen:
        wanted.setdefault(terms[n].vocabulary, []).append(terms[n])
    query = urlencode([(FACET_OF[v], t.slug) for v, group in wanted.items() for t in group])

    def sql(groups):
        found = Programme.objects.published()
        for group in groups.values():
            found = found.filter(pk__in=Programme.objects.filter(terms__in=group).values("pk"))
        return found

    found = read(query)
    assert set(found.numbers()) == set(sql(wanted).values_list("pk", flat=True))
    for name, (_heading, vocabulary) in FACETS.items():
        if vocabulary not in vocabularies:
            continue
        others = sql({v: group for v, group in wanted.items() if v != vocabulary})
        for choice, count in found.counted(name)[0]:
            of_it = Q(terms__vocabulary=vocabulary, terms__slug=choice.value)
            assert count == others.filter(of_it).count()


# ---- order ----------------------------------------------------------------------------------------
def test_a_to_z_is_the_readers_alphabet():
    for title in ("Žoga", "Čaj", "Cvet", "Zebra", "Šah", "Sol"):
        make_programme(title_sl=title)
    assert titles("sort=az") == ["Cvet", "Čaj", "Sol", "Šah", "Zebra", "Žoga"]


def test_a_to_z_sorts_what_the_reader_sees():
    make_programme(title_sl="A", title_da="Å")
    make_programme(title_sl="B", title_da="Æ")
    make_programme(title_sl="C", title_da="Z")
    assert titles("sort=az", "da") == ["C", "B", "A"]


def test_sorted_by_next_date_what_is_by_arrangement_comes_last():
    today = timezone.localdate()
    make_schedule(make_programme(title_sl="arranged"), rule="", starts_at=None, ends_at=None)
    for title, days in (("second", 5), ("first", 2)):
        day = today + timedelta(days=days)
        make_schedule(make_programme(title_sl=title), rule="FREQ=DAILY", valid_from=day)
    assert titles("sort=next") == ["first", "second", "arranged"]


def test_near_a_settlement_the_nearest_comes_first_and_says_how_far():
    make_settlement(name="Tukaj", lat=46.0, lon=15.0)
    for title, lat in (("far", 46.2), ("near", 46.01)):
        make_schedule(make_programme(title_sl=title), location=make_location(lat=lat, lon=15.0))
    make_programme(title_sl="nowhere")
    assert titles("near=tukaj") == ["near", "far", "nowhere"]
    found = read("near=tukaj")
    assert round(found.catalogue.distance(found.numbers()[0], found.here), 1) == 1.1


# ---- the query string -----------------------------------------------------------------------------
def test_an_address_holds_everything_understood_and_nothing_else(topics):
    make_programme(terms=topics)
    found = read("q=+hoja++&topic=sleep&topic=sleep&topic=nonsense&nobody=1&page=7&sort=az&view=weird")
    assert found.address() == "?q=hoja&topic=sleep&sort=az"


def test_leaving_one_filter_out_keeps_the_others(topics):
    make_programme(terms=topics)
    found = read("topic=sleep&topic=food&q=program")
    assert [chosen.address for chosen in found.active] == [
        "?topic=sleep&topic=food",
        "?q=program&topic=food",
        "?q=program&topic=sleep",
    ]


@pytest.mark.parametrize(
    "query",
    [
        "page=abc",
        "page=-1",
        "page=1000000000",
        "topic=nonsense",
        "nobody=at-home",
        "q=" + "x" * 2000,
        "q=%22%27%3B--",
        "q=%26%7C!()*:<>",
        "topic[]=1",
        "sort=drop",
        "view=9",
        "week=2026-W99",
        "week=9999-W01",
        "lat=nan&lon=inf",
        "lat=46",
        "lat=1e309&lon=15",
        "near=atlantis",
        "day=XX",
        "place=../../etc",
        "provider=1e9",
        "provider=99999999999999999999",
        "q=" + "%F0%9F%98%80" * 50,
        "q=a&q=b&q=c",
        "&&&===",
        "week=2026-W48&view=week",
    ],
)
@pytest.mark.parametrize("view", ["", "view=week&", "view=places&"])
def test_nonsense_gives_a_calm_page(query, view):
    make_schedule(make_programme(), location=make_location(lat=46.0, lon=15.0))
    assert Client().get(f"/en/programmes/?{view}{query}").status_code == 200


WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)  # NUL: at the door


@given(WORDS)
@RELAXED
def test_no_search_is_an_error(text):
    make_programme(title_sl="Hoja")
    read(urlencode({"q": text})).numbers()


@given(st.dictionaries(st.sampled_from([*FACETS, "sort", "view", "near", "lat", "lon", "week", "page"]), WORDS))
@RELAXED
def test_no_combination_of_parameters_is_an_error(parameters):
    assert Client().get("/de/angebote/?" + urlencode(parameters)).status_code in (200, 404)


# ---- search ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "title", "typed"),
    [
        ("sl", "Sprehodi ob reki", "sprehod"),
        ("sl", "Sprehod ob reki", "sprehodi"),
        ("sl", "Čaj in pogovor", "caj"),
        ("sl", "Caj in pogovor", "ČAJ"),
        ("da", "Søvn og hvile", "sovn"),
        ("nb", "Turgåing", "turgaing"),
        ("de", "Rückenübungen", "rueckenubungen".replace("ue", "u")),
        ("de", "Straßenfest", "strassenfest"),
        ("en", "Walking together", "walk"),
    ],
)
def test_search_folds_letters_and_knows_forms(language, title, typed):
    wanted = make_programme(**{"title_sl": "Nekaj", f"title_{language}": title})
    make_programme(title_sl="Drugo")
    found = ProgrammeFilter(QueryDict(urlencode({"q": typed})), Catalogue(language))
    assert found.numbers() == [wanted.pk]


def test_search_reads_what_the_reader_sees_and_says_when_it_looked_further():
    programme = make_programme(title_sl="Hoja", title_de="Spaziergang")
    assert titles("q=hoja", "sl") == ["Hoja"]
    assert (titles("q=hoja", "de"), read("q=hoja", "de").found_in(programme.pk)) == (["Hoja"], "sl")
    assert titles("q=spaziergang", "de") == ["Hoja"]


def test_search_finds_topics_and_providers():
    term = make_term(Vocabulary.TOPIC, "sleep", label_sl="Spanje")
    make_programme(make_organisation(name_sl="Društvo Korak"), title_sl="a", terms=[term])
    make_programme(title_sl="b")
    assert titles("q=spanje") == titles("q=korak") == ["a"]


def test_search_knows_what_people_say_for_a_topic():
    sleep = make_term(
        Vocabulary.TOPIC, "stress-sleep", everyday_words_sl="ne spim, slabo spim", everyday_words_de="schlaflos"
    )
    make_programme(title_sl="Tehnike sproščanja", terms=[sleep])
    make_programme(title_sl="Ne kadim, ker se imam rad")
    assert titles("q=ne+spim") == ["Tehnike sproščanja"]
    assert titles("q=schlaflos", "de") == ["Tehnike sproščanja"]


def test_all_words_must_occur_and_only_if_none_has_them_all_any_will_do():
    make_programme(title_sl="joga zjutraj")
    make_programme(title_sl="joga")
    assert titles("q=joga+zjutraj")[0] == "joga zjutraj"
    assert set(titles("q=joga+zvečer")) == {"joga", "joga zjutraj"}


def test_a_title_counts_more_than_a_description():
    make_programme(title_sl="b", description_sl="ples")
    make_programme(title_sl="ples")
    assert titles("q=ples") == ["ples", "b"]


# ---- the empty list -------------------------------------------------------------------------------
def test_an_empty_list_says_what_to_loosen(topics):
    sleep, food, _walking = topics
    free = make_term(Vocabulary.COST, "free")
    make_programme(terms=[sleep])
    make_programme(terms=[food, free])
    found = read("topic=sleep&cost=free")
    assert found.numbers() == []
    assert {(count, way.address) for count, way, _bits in found.loosen} == {
        (1, "?cost=free"),
        (1, "?topic=sleep"),
    }


# ---- the week -------------------------------------------------------------------------------------
def test_the_week_view_shows_each_date_once_on_its_day():
    programme = make_programme(title_sl="Vaja")
    make_schedule(programme, rule="FREQ=WEEKLY;BYDAY=TU,TH", valid_from=date(2026, 1, 1))
    monday = timezone.localdate() + timedelta(days=7 - timezone.localdate().weekday())
    week = f"{monday.isocalendar().year}-W{monday.isocalendar().week:02}"
    days = dict(Client().get(f"/sl/programi/?view=week&week={week}").context["days"])
    assert [day.weekday() for day, rows in days.items() if rows] == [1, 3]


def test_the_week_begins_today_and_goes_on_by_whole_weeks():
    make_schedule(make_programme(), rule="FREQ=DAILY")
    today = timezone.localdate()
    now = Client().get("/sl/programi/?view=week").context
    assert [day for day, _rows in now["days"]] == [today + timedelta(days=n) for n in range(7)]
    after = Client().get(f"/sl/programi/{now['later']}").context
    assert after["first"] == today + timedelta(days=7 - today.weekday())
    assert (now["earlier"], after["earlier"]) == (None, "?view=week")


@pytest.mark.parametrize("view", ["week", "places"])
def test_a_line_of_a_long_list_is_kept_until_what_it_shows_is_edited(view, django_assert_max_num_queries):
    place = make_location(name_sl="Dom na trgu", settlement=make_settlement())
    programme = make_programme(title_sl="Vaja")
    make_schedule(programme, rule="FREQ=DAILY", location=place)
    shown = lambda: Client().get("/sl/programi/", {"view": view, "_": uuid4().hex}).content.decode()
    assert "Vaja" in shown()
    with django_assert_max_num_queries(1):  # whether anything has changed
        assert "Dom na trgu" in shown()
    Programme.objects.filter(pk=programme.pk).update(title_sl="Ples <b>")
    assert "Ples &lt;b&gt;" in shown()
    Location.objects.filter(pk=place.pk).update(name_sl="Dom & vrt")
    assert "Dom &amp; vrt" in shown()
    programme.schedules.all().delete()
    assert "Dom &amp; vrt" not in shown().partition('class="results"')[2]


def test_the_week_has_the_dates_that_each_programme_has_on_its_page():
    today = timezone.localdate()
    monday = today + timedelta(days=7 - today.weekday())
    group = make_programme().organisation.memberships.get().group
    OpeningException.objects.create(group=group, starts_on=monday, ends_on=monday)
    closed = make_location()
    OpeningException.objects.create(location=closed, starts_on=monday + timedelta(1), ends_on=monday + timedelta(2))
    OpeningException.objects.create(
        location=closed, starts_on=monday + timedelta(3), ends_on=monday + timedelta(3), opens=time(8), closes=time(9)
    )
    for number, (paused, where, how) in enumerate((
        (None, None, {}),
        (None, closed, {}),
        (None, None, {"runs_on_holidays": True}),
        (None, None, {"exceptions": [monday + timedelta(4)]}),
        (None, None, {"valid_to": monday + timedelta(5)}),
        (None, None, {"starts_at": time(23), "ends_at": time(1)}),
        ({"resumes_on": monday + timedelta(2)}, None, {}),
        ({"resumes_on": None}, None, {}),
    )):  # fmt: skip
        programme = make_programme(title_sl=f"p{number}", **({"status": "paused"} | paused if paused else {}))
        make_schedule(programme, rule="FREQ=DAILY", location=where, **how)
        make_schedule(programme, rule="FREQ=WEEKLY;BYDAY=WE", location=closed)
    known = holidays.read()
    zone = ZoneInfo("Europe/Ljubljana")
    start, end = (datetime.combine(monday + timedelta(days=n), time.min, zone) for n in (0, 7))
    for programme in Programme.objects.all():
        dates = programme.next_dates(known, limit=None, now=start, before=end)
        expected = [date.start for date in dates if monday <= date.start.date()]
        found = sessions([programme.pk], known, monday)
        assert [one.start for lines in found for one in lines] == expected, programme.title_sl


def test_a_long_list_is_read_in_as_many_questions_as_a_short_one(django_assert_max_num_queries):
    for number in range(12):
        programme = make_programme(title_sl=f"p{number}", organisation=make_organisation())
        make_schedule(programme, rule="FREQ=DAILY", location=make_location(settlement=make_settlement()))
    numbers = list(Programme.objects.values_list("pk", flat=True))
    known, monday = holidays.read(), timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    with django_assert_max_num_queries(4):  # programmes, schedules, places, closures
        assert len(sessions(numbers, known, monday)) == 12
    with django_assert_max_num_queries(3):
        assert len(ways(numbers)) == 12


@pytest.mark.parametrize("is_full", [False, True])
def test_a_line_by_place_is_that_of_other_pages(is_full):
    programme = make_programme(title_sl="Ples & vaja", is_full=is_full)
    with override("sl"):
        [way] = ways([programme.pk])
        assert way.html == render_to_string("programmes/_way.html", {"programme": programme}).strip()


def test_a_public_holiday_empties_the_day():
    programme = make_programme()
    schedule = make_schedule(programme, rule="FREQ=DAILY")
    group = programme.organisation.memberships.get().group
    OpeningException.objects.create(group=group, starts_on="2026-12-25", ends_on="2026-12-26")
    zone = ZoneInfo("Europe/Ljubljana")
    after, before = datetime(2026, 12, 24, tzinfo=zone), datetime(2026, 12, 27, tzinfo=zone)
    found = schedule.occurrences(holidays=holidays.read(), after=after, before=before)
    assert [o.start.date() for o in found] == [date(2026, 12, 24)]


def test_the_catalogue_asks_the_same_number_of_questions_whatever_its_size(monkeypatch):
    monkeypatch.setattr(pages_kept, "most", 0)  # each page is made

    def fill(count):
        for _ in range(count):
            schedule = make_schedule(
                make_programme(terms=[make_term()]), location=make_location(settlement=make_settlement())
            )
            schedule.languages.add(make_term(Vocabulary.LANGUAGE, "sl"))

    def queries():
        Client().get("/en/programmes/")  # takes in what has changed
        with CaptureQueriesContext(connection) as asked:
            Client().get("/en/programmes/")
        return len(asked)

    fill(2)
    few = queries()
    fill(20)
    assert queries() == few <= 2


# ---- school years ---------------------------------------------------------------------------------
YEARS = ("2025/26", "2026/27", "2027/28")


@given(
    st.lists(st.tuples(st.sets(st.sampled_from(YEARS)), st.booleans()), min_size=1, max_size=7),
    st.sets(st.sampled_from(YEARS)),
    st.booleans(),
)
@RELAXED
def test_school_years_are_counted_as_sql_counts_them(rows, wanted, is_free):
    Programme.objects.all().delete()
    free = make_term(Vocabulary.COST, "free")
    organisation = make_organisation(slug=f"o-{timezone.now().timestamp()}")
    for years, costs_nothing in rows:
        make_programme(organisation, terms=[free] if costs_nothing else (), school_years=sorted(years))
    pairs = [("year", year.replace("/", "-")) for year in sorted(wanted)] + ([("cost", "free")] if is_free else [])
    found = read(urlencode(pairs))
    others = Programme.objects.published()
    others = others.filter(terms=free) if is_free else others
    known = set().union(*(years for years, _free in rows))
    hits = others.filter(school_years__overlap=sorted(wanted & known)) if wanted & known else others
    assert set(found.numbers()) == set(hits.values_list("pk", flat=True))
    counted = {choice.label: count for choice, count in found.counted("year")[0] if count}
    assert counted == {year: n for year in YEARS if (n := others.filter(school_years__contains=[year]).count())}


def test_a_school_year_appears_and_goes_with_the_programmes_that_have_it():
    school = make_programme(title_sl="school")
    make_programme(title_sl="course")
    assert (read().counted("year"), titles("year=2026-27")) == (([], 0), ["course", "school"])
    Programme.objects.filter(pk=school.pk).update(school_years=["2026/27"])
    assert [(choice.label, count) for choice, count in read().counted("year")[0]] == [("2026/27", 1)]
    assert titles("year=2026-27") == ["school"]
    Programme.objects.filter(pk=school.pk).update(school_years=[])
    assert read().counted("year")[0] == []
