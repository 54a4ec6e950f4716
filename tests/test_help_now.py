"""Whom to ring when it cannot wait: the numbers, and who is told them before all else."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from portal import help_now
from portal.models import Synonym
from portal.search.text import fold

from .records import make_group, make_programme

LANGUAGES = [code for code, _name in settings.LANGUAGES]


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", [
    "samomor", "Nočem več živeti", "nocem  vec ziveti", "rada bi umrla", "hočem umreti", "želim si umreti",
    "ne da se mi več živeti", "mož me tepe", "moj mož me tepe", "tepe me", "me pretepa mož", "posilstvo", "nasilje",
    "hči se reže", "predoziranje", "112", "samomr", "samomorilne misli",
    "suicide", "sucide", "sucidal", "I want to die", "I don’t want to live", "I don't want to live", "he beats me",
    "he hits me", "my husband hits me", "violence", "overdose", "self-harm", "kill myself",
    "selvmord", "selvmrod", "jeg vil ikke leve", "jeg ønsker å dø", "jeg vil dø", "min mand slår mig", "vold",
    "min datter skærer sig", "jeg orker ikke å leve", "mannen min slår meg", "datteren min skjærer seg",
    "Selbstmord", "selbstmrd", "selbstmort", "Suizit", "ich möchte sterben", "lebensmüde", "Gewalt",
    "mein Mann schlägt mich", "ich will nicht mehr leben", "Überdosis",
])  # fmt: skip
def test_words_of_despair_are_heard_in_every_language_and_order_and_misspelt(typed):
    assert help_now.asks(typed, "sl")


@pytest.mark.parametrize("typed", [
    "", "-", "slabo spim", "osamljen", "zdravo živim", "kako zdravo živeti", "živeti z demenco", "umrl mi je mož",
    "quit smoking", "grape", "trapez", "diabetes", "Kind hat Angst", "where do I live", "live healthier", "hit the gym",
    "vil dorme", "leve med diabetes", "slå græs", "ikke sove", "to do", "gå til fods", "min kone er død",
    "Gehalt", "Selbstwert", "Selbsthilfe", "gesund leben", "mit Demenz leben", "nicht schlafen", "mein Mann ist tot",
    "rezerva", "rezanci", "side", "sadje", "kaj naj jem",
])  # fmt: skip
def test_everyday_words_are_not_taken_for_despair(typed):
    assert not help_now.asks(typed, "sl")


@pytest.mark.parametrize(("typed", "is_heard"), [
    ("my boyfriend reads my messages", True), ("reads messages", False), ("I wish I was dead", True),
])  # fmt: skip
def test_what_people_say_instead_is_heard_in_the_language_of_the_reader(typed, is_heard):
    for words, concept in [("boyfriend reads my messages", "violence-home"), ("wish i was dead", "suicidal")]:
        Synonym.objects.create(language="en", words=words, concept=concept)
    assert bool(help_now.asks(typed, "en")) is is_heard
    assert not help_now.asks("reads my messages", "de")


@pytest.mark.parametrize(("typed", "numbers"), [
    ("mož me tepe", ["112", "080 11 55"]), ("samomor", ["112", "116 123"]), ("112", ["112", "116 123"]),
])  # fmt: skip
def test_who_is_beaten_is_told_another_number_than_who_cannot_go_on(settings, typed, numbers):
    settings.PORTAL_COUNTRY = "si"
    assert [line.number for line in help_now.first_lines(help_now.asks(typed, "de"))] == numbers


def test_the_list_of_words_is_written_as_it_is_read():
    rows, _signs = help_now._signs()
    assert {situation for situation, _row in rows} <= set(help_now.SITUATIONS)
    for sign in (sign for _situation, row in rows for group in row for sign in group):
        assert sign == fold(sign)
        assert sign
        assert " " not in sign or not sign.endswith(("*", "~"))
        assert not sign.endswith("~") or len(sign.rstrip("*~")) >= help_now.SHORTEST


@pytest.mark.parametrize("country", [*help_now._known()["countries"], "xx"])
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_country_has_a_number_for_danger_and_its_hours_in_every_language(settings, country, code):
    settings.PORTAL_COUNTRY = country
    with translation.override(code):
        lines = help_now.lines()
    assert lines[0].situation == "danger"
    assert {line.situation for line in lines} <= set(help_now.SITUATIONS)
    assert lines[0].hours  # said in words, or a KeyError
    assert country == "xx" or {line.situation for line in lines} >= {"danger", "distress", "child", "violence"}


@pytest.mark.parametrize(("country", "is_said"), [("si", True), ("dk", False), ("xx", False)])
def test_a_day_is_said_only_where_somebody_looked_the_numbers_through(client, settings, country, is_said):
    settings.PORTAL_COUNTRY = country
    with translation.override("en"):
        page = client.get(reverse("help-now"), {"of": country}).content.decode()
    assert ("were last checked on" in page) is is_said


def test_a_search_in_despair_says_the_numbers_before_the_programmes(client):
    make_group()
    make_programme()
    with translation.override("en"):
        address = reverse("programmes:catalogue")
    page = client.get(address, {"q": "suicide"}).content.decode()
    assert page.index('href="tel:116123"') < page.index('id="count"')
    assert 'href="tel:116123"' not in client.get(address, {"q": "walking"}).content.decode()


def test_suggestions_for_words_of_despair_begin_with_help(client):
    with translation.override("en"):
        page = client.get(reverse("suggestions"), {"q": "suicide"}).content.decode()
        assert page.index("112 · 116 123") < page.index(f'data-address="{reverse("help-now")}"') + 400
        assert f'data-address="{reverse("help-now")}"' in page


def test_the_page_names_lines_in_the_language_of_the_country(client, settings):
    settings.PORTAL_COUNTRY = "dk"
    with translation.override("en"):
        page = client.get(reverse("help-now")).content.decode()
    assert '<strong lang="da">Livslinien</strong>' in page
