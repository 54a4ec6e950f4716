"""The list of all places: page by page, in one order, for a fixed number of questions."""

import re

import pytest
from django.test import Client

from partners.sketch import HEIGHT, WIDTH, sketch
from partners.views import public

from .records import make_location, make_organisation, make_settlement, make_user, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_on_a_page(monkeypatch):
    monkeypatch.setattr(public, "PAGE_SIZE", 3)


@pytest.fixture
def ours():
    return make_organisation()


@pytest.fixture
def valley(ours):
    """Seven places in three settlements, one of them a centre, and one by telephone."""
    south, middle, north = (
        make_settlement(name=n, lat=46 + d, lon=15) for n, d in (("Vrh", 0), ("Čret", 1), ("Cesta", 2))
    )
    for settlement, names in ((south, "ab"), (middle, "cd"), (north, "ef")):
        for name in names:
            make_location(
                ours, slug=name, name_sl=name, settlement=settlement, is_centre=name == "f",
                lat=settlement.lat + 0.1 * (name in "bdf"), lon=15.0,
            )  # fmt: skip
    make_location(ours, slug="g", name_sl="g", address="", is_remote=True)
    return south


def pages(query="", client=None):
    """The pages of the list as responses, along the links to the next one."""
    found, address = [], f"/sl/kraji/?{query}"
    while address:
        found.append((client or Client()).get(address))
        following = found[-1].context["next"]
        address = following and f"/sl/kraji/{following}"
    return found


def shown(response):
    """[(number, slug)] as they stand on the page."""
    return [(place.number, place.slug) for _settlement, rows in response.context["grouped"] for place in rows]


def test_every_place_stands_on_one_page_and_settlements_follow_the_alphabet(valley):
    found = [row for page in pages() for row in shown(page)]
    assert found == list(enumerate("fecdabg", start=1))


def test_the_nearest_come_first_over_all_pages(valley):
    found = pages("near=vrh")
    assert [row for page in found for row in shown(page)] == list(enumerate("abcdefg", start=1))
    assert all('value="vrh" selected' in page.content.decode() for page in found)


def test_a_settlement_may_be_typed_as_it_is_written(valley):
    assert shown(Client().get("/sl/kraji/?near=VRH"))[0] == (1, "a")


@pytest.mark.parametrize("page", ["99", "0", "-1", "x", "", "1" * 40])
def test_a_page_that_is_none_is_the_one_that_comes_closest(valley, page):
    response = Client().get("/sl/kraji/", {"page": page})
    assert response.status_code == 200
    assert shown(response)


def test_a_place_of_who_has_left_is_listed_only_for_who_may_see_it(valley):
    former = make_organisation()
    make_location(former, slug="own", name_sl="Aa", settlement=valley)
    former.memberships.update(left_on="2021-01-01")
    clients = (Client(), signed_in(make_user("editor")), signed_in(make_user(is_superuser=True)))
    seen = ["own" in [slug for page in pages(client=client) for _number, slug in shown(page)] for client in clients]
    assert seen == [False, False, True]


def test_the_list_asks_as_much_for_seventy_places_as_for_three(
    ours, valley, django_assert_max_num_queries, monkeypatch
):
    for number in range(63):
        make_location(make_organisation() if number % 9 == 0 else ours, slug=f"x{number}", settlement=valley)
    Client().get("/sl/kraji/")  # what the catalogue knows of places
    for size in (3, 70):
        monkeypatch.setattr(public, "PAGE_SIZE", size)
        with django_assert_max_num_queries(9):
            assert len(shown(Client().get(f"/sl/kraji/?_={size}"))) == size


def test_the_map_has_the_numbers_of_its_page_and_dots_for_the_others(valley):
    first, *_middle, last = (page.content.decode() for page in pages())
    numbers = re.findall(r'text-anchor="middle">(\d+)</text></a>', first)
    assert numbers == ["1", "2", "3"]
    assert first.count("h0") == 3  # a, b and d
    assert "map__dot" not in last  # by telephone only: no map


def test_on_one_page_there_are_no_dots(valley, monkeypatch):
    monkeypatch.setattr(public, "PAGE_SIZE", 60)
    html = Client().get("/sl/kraji/").content.decode()
    assert "map__dot" in html
    assert "map__other" not in html


class Spot:
    def __init__(self, lat, lon):
        self.position = self.lat, self.lon = lat, lon


def test_dots_that_would_lie_on_each_other_are_one_and_none_lies_outside_the_sheet():
    near, far = (46.0, 15.0), (60.0, 25.0)
    found = sketch([Spot(46.01, 15.0), Spot(46.0, 15.01)], [], near, [near, near, (46.000001, 15.0), far])
    assert len(found.others) == 1
    everywhere = sketch([Spot(46.01, 15.0)], [], None, [near, far])
    assert len(everywhere.others) == 2
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in everywhere.others)
