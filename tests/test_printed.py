"""The catalogue on paper: all that matches, by topic, at a fixed price."""

import re
from datetime import date

import pytest
from django.test import Client

from portal.models import Vocabulary
from programmes.models import Programme, ScheduleLanguage
from programmes.on_paper import entries

from .records import make_location, make_organisation, make_programme, make_schedule, make_term

pytestmark = pytest.mark.django_db
ADDRESS = "/en/programmes/to-print/"


def on_paper(query=""):
    """[heading or title] in the order of the page."""
    html = Client().get(ADDRESS + query).content.decode()
    main = html.partition("<main")[2].partition("</main>")[0]
    return [re.sub(r"<[^>]+>", "", found) for found in re.findall(r"<h[23][^>]*>(.*?)</h[23]>", main)]


def test_it_stands_by_topic_a_to_z_each_programme_once():
    sleep, food = (make_term(Vocabulary.TOPIC, slug, order=order) for order, slug in enumerate(("sleep", "food")))
    make_programme(title_en="Yoga", terms=[food, sleep])
    make_programme(title_en="Apples", terms=[sleep])
    make_programme(title_en="Soup", terms=[food])
    make_programme(title_en="Talk")
    make_programme(title_en="Hidden", terms=[food], status="draft")
    assert on_paper() == ["sleep en", "Apples", "Yoga", "food en", "Soup", "Other programmes", "Talk"]


def test_what_was_chosen_narrows_it():
    free = make_term(Vocabulary.COST, "free")
    make_programme(title_en="Free of charge", terms=[free])
    make_programme(title_en="Costly")
    assert on_paper("?cost=free") == ["Other programmes", "Free of charge"]
    assert on_paper("?cost=free&q=costly") == []


def test_an_entry_says_all_that_the_programme_itself_would():
    organisation, language = make_organisation(), make_term(Vocabulary.LANGUAGE, "de")
    terms = [
        make_term(vocabulary, "any") for vocabulary in (Vocabulary.TOPIC, Vocabulary.REFERRAL_ROUTE, Vocabulary.COST)
    ]
    places = [make_location(organisation), make_location(organisation)]
    shown = [make_programme(organisation, terms), make_programme(organisation, terms[1:])]
    for programme in shown:
        for place in (*places, places[0]):
            ScheduleLanguage.objects.create(schedule=make_schedule(programme, location=place), term=language)
        make_schedule(programme, valid_to=date(2026, 1, 31))  # over, and so not for paper
    found = {one.pk: one for one in entries([one.pk for one in shown])}
    for whole in Programme.objects.with_card():
        one = found.pop(whole.pk)
        assert [str(one.organisation), *map(str, one.places)] == [str(organisation), *map(str, places)]
        assert [row.in_words() for row in one.schedules.all()] == [row.in_words() for row in whole.schedules.all()]
        for read in ("topics", "referral_routes", "costs", "spoken_languages"):
            assert getattr(one, read) == getattr(whole, read), read
    assert not found


@pytest.mark.parametrize("size", [2, 40])
def test_it_asks_the_same_number_of_questions_whatever_its_size(size, django_assert_max_num_queries):
    organisation, topic = make_organisation(), make_term(Vocabulary.TOPIC, "sleep")
    for _number in range(size):
        make_schedule(make_programme(organisation, [topic]))
    Client().get(ADDRESS)  # the first reader of a process waits for the index
    with django_assert_max_num_queries(14):
        assert Client().get(f"{ADDRESS}?topic=sleep").status_code == 200
