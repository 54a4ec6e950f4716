"""The sketch map: every place on the sheet, none on another, the same picture every time."""

from math import hypot

from hypothesis import given
from hypothesis import strategies as st

from partners.sketch import HEIGHT, WIDTH, sketch


class Spot:
    def __init__(self, lat, lon):
        self.lat, self.lon, self.position = lat, lon, (lat, lon)


class Nowhere:
    position = None


VALLEY = [Spot(46.05, 14.94), Spot(46.051, 14.941), Spot(46.09, 14.90), Spot(46.01, 15.02)]


def test_places_without_a_position_are_left_out_but_keep_their_number():
    found = sketch([VALLEY[0], Nowhere(), VALLEY[2]], [])
    assert [mark.number for mark in found.places] == [1, 3]


def test_no_places_no_map():
    assert sketch([Nowhere()], VALLEY) is None


def test_north_is_up_and_east_is_right():
    north, south = sketch([Spot(46.1, 15.0), Spot(46.0, 15.0)], []).places
    west, east = sketch([Spot(46.0, 14.9), Spot(46.0, 15.1)], []).places
    assert north.y < south.y
    assert west.x < east.x


def test_neighbours_are_pushed_apart():
    first, second, *_others = sketch(VALLEY, []).places
    assert hypot(first.x - second.x, first.y - second.y) > 30


@given(st.lists(st.tuples(st.floats(45, 47), st.floats(14, 16)), min_size=1, max_size=20))
def test_every_mark_is_on_the_sheet(spots):
    found = sketch([Spot(*spot) for spot in spots], VALLEY, here=(46.0, 15.0))
    for mark in [*found.places, *found.settlements, found.here]:
        assert 0 <= mark.x <= WIDTH
        assert 0 <= mark.y <= HEIGHT


@given(st.lists(st.tuples(st.floats(45, 47), st.floats(14, 16)), min_size=2, max_size=12))
def test_the_same_places_give_the_same_picture(spots):
    places = [Spot(*spot) for spot in spots]
    assert sketch(places, []).places == sketch(places, []).places
