"""What the reader sees of the search: places beside programmes, other languages, corrections, suggestions."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actionplans.models import Measure, Need, SharedPractice
from portal.models import EmptySearch, Vocabulary
from portal.search import did_you_mean, index, synonyms
from portal.suggested import begun, grouped
from programmes.beside import beside
from programmes.models import Programme

from .records import make_group, make_location, make_organisation, make_programme, make_settlement, make_term
from .test_plan import make_measure, make_need, make_strategy
from .test_practices import make_practice

pytestmark = pytest.mark.django_db
QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def get(query, language="sl", client=None, **headers):
    with translation.override(language):
        path = reverse("programmes:catalogue")
    return (client or Client()).get(f"{path}?{query}", headers=headers)


def html(query, language="sl"):
    return unescape(get(query, language).content.decode())


def headings(page):
    return [
        (int(level), re.sub(r"<[^>]+>", "", words).strip())
        for level, words in re.findall(r"<h(\d)[^>]*>(.*?)</h\1>", page, re.DOTALL)
    ]


def offered(page):
    """(words, address) of the correction on a page; None without one."""
    found = re.search(r'class="meant".*?<a href="([^"]*)" rel="nofollow">([^<]*)</a>', page, re.DOTALL)
    return found and (found[2], found[1])


@pytest.fixture(autouse=True)
def _no_words_of_the_test_before(monkeypatch):
    """What the search remembers of its words outlives a database that is emptied, which only tests do."""
    monkeypatch.setattr(index, "_learnt", set())
    did_you_mean.forget()
    synonyms.forget()


@pytest.fixture
def korak():
    """A partner, its hall, and a programme there."""
    organisation = make_organisation(name_sl="Športno društvo Korak", slug="sd-korak")
    hall = make_location(organisation, name_sl="Dvorana Korak", address="Lipova 7", settlement=make_settlement())
    return organisation, hall, make_programme(organisation, title_sl="Telovadba ob torkih")


# ---- places and partners --------------------------------------------------------------------------
def test_whose_name_was_typed_stands_above_the_programmes(korak):
    page = html("q=korak")
    assert page.index("Kraji, partnerji in poti pomoči") < page.index("Telovadba ob torkih")
    assert 'Dvorana <mark>Korak</mark></span> <span class="beside__why">Lipova 7, Vas' in page


def test_a_place_in_the_street_that_was_typed_stands_below_the_programmes(korak):
    make_programme(title_sl="Lipova alej", summary_sl="Sprehod")
    page = html("q=lipova")
    assert page.index("card__title") < page.index("Kraji, partnerji in poti pomoči")


def test_a_partner_that_only_mentions_the_word_is_not_listed(korak):
    make_organisation(name_sl="Knjižnica", about_sl="Poznamo društvo korak.")
    assert [str(one.record) for one in beside("korak", "sl")] == ["Dvorana Korak", "Športno društvo Korak"]


def test_of_each_kind_three_at_most(korak):
    for number in range(5):
        make_location(korak[0], name_sl=f"Korak {number}")
    assert [one.icon for one in beside("korak", "sl")] == ["pin"] * 3 + ["people"]


@pytest.mark.parametrize("query", ["q=korak&sort=az", "q=korak&view=week", "q=korak&page=2", "topic=korak"])
def test_places_stand_on_the_first_page_of_the_list_only(korak, query):
    for number in range(30):
        make_programme(korak[0], title_sl=f"Telovadba {number}")
    assert "Kraji, partnerji in poti pomoči" not in html(query)


def test_a_partner_that_has_left_is_not_named(korak):
    korak[0].memberships.update(left_on="2020-02-01")
    assert beside("korak", "sl") == []


# ---- pages of the plan ----------------------------------------------------------------------------
def from_the_plan(typed, language="sl"):
    return [(one.kind, str(one.record)) for one in beside(typed, language) if one.is_plan]


def test_a_practice_is_found_by_its_title_and_by_its_texts_and_stands_below_the_programmes(korak):
    make_practice(title_sl="Pogovor ob delu", description_sl="Moški popravljajo kolesa.")
    make_practice(title_sl="Kolesa za vse", title_de=None)
    make_programme(korak[0], title_sl="Popravilo koles")
    assert from_the_plan("kolo") == [("practice", "Kolesa za vse"), ("practice", "Pogovor ob delu")]
    page = html("q=kolo")
    assert page.index("Popravilo") < page.index('id="beside-plan"') < page.index("Pogovor ob delu")


def test_practices_that_are_not_published_measures_for_members_and_needs_unassessed_are_not_found():
    strategy = make_strategy(make_group())
    make_practice(strategy.group, state="draft", title_sl="Kolesa v osnutku")
    make_measure(strategy, slug="a", title_sl="Kolesa za člane", is_public=False)
    make_need(strategy.group, title_sl="Manjkajo kolesa", status="reported")
    assert from_the_plan("kolesa") == []
    assert "Kolesa" not in suggestions("kolesa").content.decode()
    Measure.objects.update(is_public=True)
    assert from_the_plan("kolesa") == [("measure", "Kolesa za člane")]
    Need.objects.update(status="confirmed")
    assert ("need", "Manjkajo kolesa") in from_the_plan("kolesa")


def test_a_practice_is_found_from_the_moment_it_is_told_and_withdrawn_at_once():
    practice = make_practice(title_sl="Hodimo")
    assert from_the_plan("sprehodi") == []
    SharedPractice.objects.update(title_sl="Sprehodi v vasi")
    assert from_the_plan("sprehod") == [("practice", "Sprehodi v vasi")]
    SharedPractice.objects.filter(pk=practice.pk).update(state="withdrawn")
    assert from_the_plan("sprehod") == []


def test_a_page_of_the_plan_is_no_offer_so_the_words_count_as_unanswered():
    make_practice(title_sl="Xqzwv v gozdu")
    get("q=xqzwv")
    assert counted() == {"xqzwv": 1}


def test_all_kinds_beside_the_programmes_cost_one_question_where_none_says_the_word(django_assert_num_queries):
    make_practice(title_sl="Hodimo")
    beside("nekaj", "sl")  # what has changed is read, and the synonyms are
    with django_assert_num_queries(2):  # whether anything has changed, and what there is
        assert beside("nibesede", "sl") == []


# ---- other languages ------------------------------------------------------------------------------
def test_what_only_another_language_says_comes_under_a_heading_of_its_own():
    make_programme(title_sl="Prva", title_en="First", description_en="quiet evening")
    make_programme(title_sl="Druga", title_en="Second", description_en="Loud", description_sl="quiet beseda")
    assert headings(html("q=quiet", "en"))[1:5] == [
        (2, "2 programmes for “quiet”"),
        (3, "First"),
        (3, "In other languages"),
        (4, "Second"),
    ]


def test_what_another_language_says_stands_best_first_and_not_by_name():
    make_programme(title_sl="A", title_de="Aside", description_sl="Pridite na ples.", description_de="Text.")
    make_programme(title_sl="Ples", title_de="Meant", description_de="Text.")
    named = [words for level, words in headings(html("q=ples", "de")) if level == 4]
    assert named == ["Meant", "Aside"]


def test_sorted_by_name_the_languages_are_mixed():
    make_programme(title_sl="Prva", title_en="First", description_en="Loud", description_sl="quiet beseda")
    assert "In other languages" not in html("q=quiet&sort=az", "en")


def test_where_no_programme_has_all_words_the_reader_is_told():
    make_programme(title_sl="Prva", title_en="Reading aloud")
    make_programme(title_sl="Druga", title_en="Climbing")
    told = "No programme has all your words."
    assert told in html("q=reading climbing", "en")
    assert told not in html("q=reading aloud", "en")
    assert told not in html("q=reading", "en")
    assert told not in html("q=quiet", "en")


# ---- did you mean ---------------------------------------------------------------------------------
def test_a_misspelt_word_is_offered_in_the_status_and_keeps_the_filters():
    make_programme(title_sl="Boljše spanje", terms=[make_term(Vocabulary.COST, "free")])
    page = html("q=spnje&cost=free")
    assert offered(page) == ("spanje", "?cost=free&q=spanje")
    assert page.index('role="status"') < page.index('class="meant"') < page.index("empty__ways")
    assert "Boljše spanje" in page  # as the nearest alternative


def test_an_offer_never_leads_to_an_empty_list():
    make_programme(title_sl="Boljše spanje")
    make_programme(title_sl="Hoja", terms=[make_term(Vocabulary.COST, "free")])
    assert offered(html("q=spnje&cost=free")) == ("spanje", "?q=spanje")


def test_words_of_which_one_finds_nothing_are_corrected_beside_the_results():
    make_programme(title_sl="Boljše spanje otrok")
    make_programme(title_sl="Spanje odraslih")
    page = html("q=spanje+otrkk")
    assert "card__title" in page
    assert offered(page) == ("spanje otrok", "?q=spanje+otrok")


def test_words_that_all_find_something_are_left_alone():
    make_programme(title_sl="Boljše spanje")
    assert offered(html("q=spanj")) is None
    assert offered(html("q=xqzwvk")) is None


def test_words_that_nobody_knows_do_not_hide_those_that_find_something():
    make_programme(title_sl="Ples", summary_sl="Za vse")
    make_programme(title_sl="Angleščina", summary_sl="Za vse")
    found = [words for level, words in headings(html("q=ples+xqzwv+yqzwv")) if level == 3]
    assert found == ["Ples", "Med temi ni pravega?"]


# ---- searches without a result --------------------------------------------------------------------
def counted():
    return dict(EmptySearch.objects.values_list("words", "count"))


def test_a_search_without_result_is_counted_for_each_person():
    make_programme()
    for _person in range(2):
        response = get("q=xqzwv")
    assert counted() == {"xqzwv": 2}
    assert "private" in response["Cache-Control"]


@pytest.mark.parametrize("headers", [{"sec-purpose": "prefetch;prerender"}, {"purpose": "prefetch"}])
def test_fetching_ahead_is_nobodys_search(headers):
    get("q=xqzwv", **headers)
    assert counted() == {}
    get("q=xqzwv")
    assert counted() == {"xqzwv": 1}


def test_asking_for_the_headers_is_nobodys_search():
    Client().head("/sl/programi/?q=xqzwv")
    assert counted() == {}


@pytest.mark.parametrize("query", ["q=korak", "q=dvorana", "q=telovadba", "q=telovadba&cost=free", "q=xqzwv&cost=free"])
def test_only_words_that_find_nothing_at_all_are_counted(korak, query):
    make_term(Vocabulary.COST, "free")
    get(query)
    assert counted() == {}


# ---- suggestions ----------------------------------------------------------------------------------
def suggestions(typed, language="sl"):
    with translation.override(language):
        path = reverse("suggestions")
    return Client().get(path, {"q": typed})


def test_suggestions_lead_to_topics_programmes_places_and_partners(korak):
    topic = make_term(Vocabulary.TOPIC, "korak", label_sl="Korak za korakom")
    programme = make_programme(korak[0], title_sl="Prvi korak", terms=[topic])
    page = suggestions("korak").content.decode()
    assert re.findall(r'data-address="([^"]*)"', page)[:2] == [
        "/sl/programi/?topic=korak",
        programme.get_absolute_url(),
    ]
    addresses = re.findall(r'data-address="([^"]*)"', page)
    assert {record.get_absolute_url() for record in korak[:2]} <= set(addresses)
    assert "Prvi <mark>korak</mark>" in page


def test_a_topic_without_programmes_is_not_suggested():
    make_term(Vocabulary.TOPIC, "korak", label_sl="Korak za korakom")
    assert grouped("korak", "sl") == []


def test_at_most_eight_are_suggested_and_no_draft(korak):
    for number in range(12):
        make_programme(korak[0], title_sl=f"Korak {number}")
    make_programme(korak[0], title_sl="Korakanje v osnutku", status="draft")
    page = suggestions("korak").content.decode()
    assert page.count('role="option"') == 8
    assert "osnutku" not in page


@pytest.mark.parametrize("typed", ["", "k", " ", "xqzwv", "%", "'", "k" * 5000])
def test_nothing_to_suggest_is_an_empty_answer(korak, typed):
    response = suggestions(typed)
    assert (response.status_code, response.content.strip()) == (200, b"")
    assert response["X-Robots-Tag"] == "noindex"


def test_the_second_who_types_the_same_gets_the_kept_answer(korak, django_assert_max_num_queries):
    suggestions("korak")
    with django_assert_max_num_queries(1):
        again = suggestions("korak")
    assert "Korak" in again.content.decode()


def test_a_withdrawn_programme_is_not_suggested_any_more(korak):
    assert "ob torkih" in suggestions("telov").content.decode()
    Programme.objects.update(status="draft")
    assert suggestions("telov").content.strip() == b""


@pytest.mark.parametrize(
    ("label", "typed", "marked"),
    [
        ("Boljše spanje", "span", "Boljše <mark>span</mark>je"),
        ("Žalovanje & tuga", "zal", "<mark>Žal</mark>ovanje &amp; tuga"),
        ("Ældre i gang", "ael", "<mark>Æl</mark>dre i gang"),
        ("Gå og løbe", "lob g", "<mark>G</mark>å og <mark>løb</mark>e"),
        ("<b>", "b", "&lt;<mark>b</mark>&gt;"),
    ],
)
def test_the_letters_typed_are_marked_where_words_begin_with_them(label, typed, marked):
    assert begun(label, typed) == marked


@given(st.text(max_size=40), st.text(max_size=20))
@QUICK
def test_marking_adds_nothing_but_marks(label, typed):
    assert unescape(begun(label, typed).replace("<mark>", "").replace("</mark>", "")) == label


# ---- addresses ------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["home", "place", "partner"])
def test_a_permutation_of_a_page_is_not_indexed(korak, name):
    paths = {"home": "/sl/", "place": korak[1].get_absolute_url(), "partner": korak[0].get_absolute_url()}
    robots = '<meta name="robots" content="noindex">'
    assert robots not in Client().get(paths[name]).content.decode()
    assert robots in Client().get(paths[name] + "?q=x").content.decode()


def test_robots_follow_no_link_to_a_permutation(korak):
    for number in range(30):
        make_programme(korak[0], title_sl=f"Telovadba {number}")
    page = html("q=telovadba")
    links = re.findall(r'<a [^>]*href="[^"]*\?[^"]*"[^>]*>', page)
    assert len(links) > 10
    # A correction of the language switch is the same page for another reader.
    assert [link for link in links if "nofollow" not in link] == []


def test_browsers_learn_what_they_may_fetch_ahead(korak):
    response = Client().get("/sl/")
    assert response["Speculation-Rules"] == '"/static/rules/prefetch.speculationrules"'
    assert "Speculation-Rules" not in Client().get("/sl/programi/programmes.json")
