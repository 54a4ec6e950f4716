"""What a reader of the list has chosen: said in words, taken off again, and calm where it leads to nothing."""

import re
from datetime import time
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from partners.models import Group
from portal.models import Vocabulary
from portal.search import did_you_mean, index, synonyms

from .records import (
    make_location,
    make_organisation,
    make_programme,
    make_schedule,
    make_settlement,
    make_term,
)
from .test_catalogue import read, titles

pytestmark = [pytest.mark.django_db, pytest.mark.server]


@pytest.fixture(autouse=True)
def _no_words_of_the_test_before(monkeypatch):
    """What the search remembers of its words outlives a database that is emptied, which only tests do."""
    monkeypatch.setattr(index, "_learnt", set())
    did_you_mean.forget()
    synonyms.forget()


def page(query="", language="sl"):
    path = {"sl": "/sl/programi/", "en": "/en/programmes/", "da": "/da/tilbud/", "de": "/de/angebote/"}[language]
    return unescape(Client().get(f"{path}?{query}").content.decode())


def bare(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def valley():
    """Two settlements, and a programme in each of two places: {title: programme}."""
    make_settlement(name="Tukaj", lat=46.0, lon=15.0)
    make_settlement(name="Javorje nad Lipo", lat=46.3, lon=15.0)
    made = {}
    for title, lat in (("Hrbet zdaj", 46.2), ("Sprehod", 46.01)):
        made[title] = make_programme(title_sl=title, summary_sl="Tudi za hrbet" if title == "Sprehod" else "")
        make_schedule(made[title], location=make_location(lat=lat, lon=15.0))
    return made


# ---- near me --------------------------------------------------------------------------------------
def test_a_place_once_chosen_does_not_outweigh_the_words(valley):
    assert titles("near=tukaj") == ["Sprehod", "Hrbet zdaj"]
    assert titles("near=tukaj&q=hrbet") == ["Hrbet zdaj", "Sprehod"]
    assert titles("near=tukaj&q=hrbet&sort=near") == ["Sprehod", "Hrbet zdaj"]


def test_of_what_fits_the_words_equally_the_nearest_comes_first(valley):
    for title, lat in (("Ples b", 46.01), ("Ples a", 46.2)):
        make_schedule(make_programme(title_sl=title), location=make_location(lat=lat, lon=15.0))
    assert titles("q=ples") == ["Ples a", "Ples b"]
    assert titles("near=tukaj&q=ples") == ["Ples b", "Ples a"]


@pytest.mark.parametrize(
    ("query", "label"),
    [("near=tukaj", "near Tukaj"), ("lat=46.01234&lon=15", "near you"), ("near=46.012,15", "near you")],
)
def test_the_place_stands_among_what_is_chosen_and_is_taken_off(valley, query, label):
    found = read(f"cost=&q=hrbet&sort=near&{query}", "en")
    with override("en"):
        assert (found.active[-1].label, found.active[-1].address) == (label, "?q=hrbet")
        assert found.choices_made == 1
    assert f">{label}</span>" in page(f"cost=&{query}", "en").partition('class="results"')[2]


def test_no_settlement_chosen_takes_a_position_off(valley):
    html = page("lat=46.012&lon=15&view=places")
    assert '<option value="46.012,15.000" selected>' in html
    assert 'name="lat" value' not in html.partition("data-facets")[2]
    assert read("near=46.012,15.000").address() == "?lat=46.012&lon=15.000"
    assert read("near=&lat=46.012&lon=15").here == (46.012, 15.0)  # what the button sends
    assert read("near=99.1,15.000").here is read("near=").here is None


# ---- the empty list -------------------------------------------------------------------------------
@pytest.fixture
def costs():
    """Three kinds of cost and a spoken language, each of a programme of its own, and three programmes on sleep."""
    terms = [make_term(Vocabulary.COST, slug) for slug in ("free", "paid", "donation")]
    for term in terms:
        make_programme(title_sl=term.slug, terms=[term])
    danish = make_term(Vocabulary.LANGUAGE, "da")
    make_schedule(make_programme(title_sl="dansk")).languages.add(danish)
    make_programme(title_sl="A hoja", description_sl="Tudi za spanec", terms=[terms[0]])
    make_programme(title_sl="Spanec", terms=[terms[0]])
    return terms


def test_instead_of_an_empty_list_stands_first_what_fits_the_words_best(costs):
    html = page("q=spanec&spoken=da")
    assert re.findall(r'class="card__link"[^>]*>(?:<mark>)?([^<]*)', html) == ["Spanec", "A hoja"]


def test_the_heading_of_an_empty_list_tells_whether_the_words_or_the_choices_empty_it(costs):
    assert "No programme for “spanec” fits your other choices" in page("q=spanec&spoken=da", "en")
    assert "We found no programme for “zzqqw”" in page("q=zzqqw&spoken=da", "en")
    assert "No programme matches all of this" in page("cost=paid&spoken=da", "en")


def test_where_leaving_one_thing_out_is_not_enough_two_are(costs):
    found = read("q=zzqqw&cost=free&spoken=da")
    assert [(count, way.label, way.address) for count, way, _bits in found.loosen] == [
        (3, "zzqqw, da sl", "?cost=free"),
        (1, "zzqqw, free sl", "?spoken=da"),
    ]


def test_where_two_are_not_enough_all_but_the_words_are_left_out(costs):
    make_term(Vocabulary.TOPIC, "food")
    found = read("q=spanec&cost=paid&spoken=da&topic=food")
    assert [(count, way.address) for count, way, _bits in found.loosen] == [(2, "?q=spanec")]


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("q=Javorje", "?near=javorje-nad-lipo"),
        ("place=javorje-nad-lipo", "?near=javorje-nad-lipo"),
        ("place=javorje-nad-lipo&q=hrbet&view=week", "?q=hrbet&view=week&near=javorje-nad-lipo"),
    ],
)
def test_where_nothing_is_at_a_settlement_what_is_nearest_to_it_is_offered(valley, query, address):
    way, shown = page(query).partition("Najbližje naselju Javorje nad Lipo")[::2]
    assert f'href="{address}" rel="nofollow"' in way
    assert re.findall(r'class="card__link"[^>]*>(?:<mark>)?(\w+)', shown) == ["Hrbet", "Sprehod"]
    assert "11 km stran" in shown


def test_a_settlement_is_known_by_the_beginning_of_its_name_where_only_one_begins_so(valley):
    assert read("near=Javorje").near_name == "Javorje nad Lipo"
    make_settlement(name="Javorje pri Gabrju")
    assert read("near=javorje").near_name == ""
    assert read("near=javorje+nad+lipo").near_name == "Javorje nad Lipo"


# ---- what makes no sense --------------------------------------------------------------------------
GONE = "Something that was chosen here is not there any more."


@pytest.mark.parametrize("query", ["topic=nonsense", "cost=free&cost=dear", "place=atlantis&q=spanec", "referral=2"])
def test_a_choice_that_is_not_there_any_more_is_told(costs, query):
    assert GONE in page(query, "en")


@pytest.mark.parametrize("query", ["", "topic=&near=", "cost=free&referral=1", "nobody=1", "sort=x"])
def test_where_all_choices_are_known_nothing_is_told(costs, query):
    assert GONE not in page(query, "en")


def test_a_place_that_nobody_knows_is_told_and_stays_in_its_field(valley, monkeypatch):
    html = page("near=Timbuktu+%3Cb%3E", "en")
    assert "We do not know a place called “Timbuktu <b>”." in html
    assert "We do not know a place called “Timbuktu”." in unescape(
        Client().get("/en/places/?near=Timbuktu").content.decode()
    )
    monkeypatch.setattr("programmes.options.MOST_SETTLEMENTS", 1)
    assert 'name="near" value="Timbuktu"' in page("near=Timbuktu", "en")
    assert "We do not know" not in page("near=46.012,15.000", "en")


@pytest.mark.parametrize("typed", ["-", '""', "OR OR", "%F0%9F%98%80", "%3F%21"])
def test_signs_alone_look_for_nothing(valley, typed):
    found = read(f"q={typed}")
    assert (found.count, found.address(), found.order) == (2, "?", "best")
    assert read("q=-hrbet").read["q"] == "-hrbet"


# ---- the centre -----------------------------------------------------------------------------------
def test_an_empty_list_has_the_number_of_the_centre_where_somebody_is(valley):
    Group.objects.update(phone="+386 1 000 01 20")
    asked = lambda query: bare(page(query, "en").partition('panel--warm contact">')[2].partition("</div>")[0])
    assert "+386 1 000 01 20 Skupina" in asked("q=zzqqw")
    provider = make_organisation()
    for name, lat, days in (("A ob torkih", 46.0, (1,)), ("Blizu", 46.1, range(5)), ("Daleč", 46.9, range(4))):
        one = make_location(provider, name_sl=name, slug=name[0], lat=lat, lon=15.0, is_centre=True, phone=f"+{lat}")
        for day in days:
            one.hours.create(weekday=day, opens=time(8), closes=time(12))
    make_location(provider, name_sl="A brez", slug="0", lat=46.0, lon=15.0, is_centre=True)
    assert "+46.1 Blizu" in asked("q=zzqqw")
    assert "+46.1 Blizu" in asked("q=zzqqw&near=tukaj")
    assert "+46.9 Daleč" in asked("q=zzqqw&lat=46.8&lon=15")
    assert "Quick choice" not in page("q=zzqqw", "en")


# ---- what is chosen, shown ------------------------------------------------------------------------
def test_clearing_the_choices_keeps_the_words_the_view_and_the_order(costs):
    address = "cost=free&near=tukaj&lat=46&lon=15"
    assert read(f"{address}&sort=az&view=places").cleared == "?sort=az&view=places"
    assert read(f"{address}&q=spanec&sort=near").cleared == "?q=spanec"
    assert read(address).cleared == "."
    assert 'href="?q=spanec&view=places" rel="nofollow">Search without the other choices' in page(
        "cost=free&q=spanec&view=places", "en"
    )


def test_a_chip_that_leads_to_nothing_is_not_offered(costs):
    assert [(chip.value, chip.is_chosen) for chip in read("", "da").quick] == [
        ("free", False),
        ("da", False),
        ("1", False),
    ]
    assert [chip.value for chip in read("", "de").quick] == ["free", "1"]
    assert [chip.value for chip in read("cost=paid", "da").quick] == ["free"]  # beside "paid" it adds
    assert [(chip.value, chip.is_chosen) for chip in read("q=zzqqw&spoken=da", "da").quick] == [("da", True)]


def test_the_week_says_how_many_of_the_programmes_take_place_in_it(costs):
    assert "One of these programmes takes place in these seven days." in page("view=week", "en")
    assert "in these seven days" not in page("view=week&spoken=da", "en")


def test_by_places_the_nearest_comes_first_and_says_how_far(valley):
    make_schedule(make_programme(title_sl="Še en"), location=valley["Hrbet zdaj"].schedules.get().location)
    places = lambda query: re.findall(r'id="place-\d+".*?</h3>(.*?)</div>', page(f"view=places{query}"), re.DOTALL)
    assert places("") == ["", ""]
    assert [bare(place) for place in places("&near=tukaj")] == ["1,1 km stran", "22 km stran"]


def test_on_paper_the_list_says_what_was_chosen_and_where_it_comes_from(valley):
    line = re.search(r'<p class="print-only">(.*?)</p>', page("near=tukaj&q=hrbet", "en"))[1]
    assert line.startswith("Chosen: “hrbet”, near Tukaj · ")
    assert line.endswith(" · testserver/en/programmes/?q=hrbet&near=tukaj")
    assert "Chosen" not in re.search(r'<p class="print-only">(.*?)</p>', page("", "en"))[1]
    with override("en"):
        by_topic = Client().get(reverse("programmes:printed") + "?near=tukaj&q=hrbet").content.decode()
    assert "Chosen: <span>“hrbet”</span></p>" in by_topic  # the document by topic is in no order of distance


# ---- weekdays -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "typed", "address"),
    [
        ("sl", "sobota", "?day=SA"),
        ("sl", "ob+sobotah", "?day=SA"),
        ("sl", "joga+v+soboto", "?q=joga&day=SA"),
        ("en", "saturdays", "?day=SA"),
        ("da", "lordag", "?day=SA"),
        ("de", "Samstags&view=week", "?view=week&day=SA"),
        ("sl", "torek", None),  # nothing takes place on it
        ("sl", "sobotah&day=SA", None),  # chosen already
        ("sl", "sobota+zzqqw", None),  # would be the next empty list
        ("en", "sobota", None),
        ("sl", "sredina", None),
        ("sl", "joga+-sobota", None),
    ],
)
def test_a_weekday_among_the_words_is_offered_as_a_choice(language, typed, address):
    for code in ("SA", "TU", "WE"):
        make_term(Vocabulary.WEEKDAY, code)
    make_schedule(make_programme(title_sl="Joga"), rule="FREQ=WEEKLY;BYDAY=SA")
    make_schedule(make_programme(title_sl="Ples"), rule="FREQ=WEEKLY;BYDAY=WE")
    offer = re.search(
        r'href="([^"]*)" rel="nofollow">[^<]*SA ', page(f"q={typed}", language).partition('id="count"')[2]
    )
    assert (offer and offer[1]) == address
