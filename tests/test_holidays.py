"""Public holidays of one group: its members' places are closed, their programmes rest, and nobody else's."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from partners.models import Membership, OpeningException
from programmes.index import current

from .records import make_group, make_location, make_organisation, make_programme, make_schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    """(ours, theirs): in each of two groups an organisation, its place and its daily programme there."""

    class Side:
        def __init__(self):
            self.group = make_group()
            self.organisation = make_organisation(self.group)
            self.place = make_location(self.organisation)
            self.programme = make_programme(self.organisation)
            make_schedule(self.programme, rule="FREQ=DAILY", location=self.place)

    with translation.override("en"):
        yield Side(), Side()


def rest(group, days=3):
    """A public holiday of the group, from today on."""
    today = timezone.localdate()
    return OpeningException.objects.create(group=group, starts_on=today, ends_on=today + timedelta(days=days))


def starts(programme):
    """Days until its next date, as the catalogue, its page and its calendar file know it."""
    index, today = current(), timezone.localdate()
    on_page = Client().get(programme.get_absolute_url()).content.decode()
    known = timezone.localtime(datetime.fromtimestamp(index.timetable.next_start[programme.pk], UTC))
    of_card = type(programme).objects.with_card().get(pk=programme.pk).next_dates(index.holidays, limit=1)[0].start
    assert known == of_card
    assert f'datetime="{of_card:%Y-%m-%d}' in on_page
    return (of_card.date() - today).days


def test_a_holiday_of_one_group_leaves_the_programmes_of_the_other_alone(two):
    ours, theirs = two
    before = starts(theirs.programme)
    assert before in (0, 1)
    holiday = rest(ours.group)
    assert (starts(ours.programme), starts(theirs.programme)) == (4, before)
    holiday.delete()
    assert starts(ours.programme) == before


def test_a_programme_rests_when_its_place_is_closed_although_its_own_group_is_not(two):
    ours, theirs = two
    guest = make_programme(theirs.organisation)
    make_schedule(guest, rule="FREQ=DAILY", location=ours.place)
    working = make_programme(ours.organisation)
    make_schedule(working, rule="FREQ=DAILY", location=ours.place, runs_on_holidays=True)
    rest(ours.group)
    assert (starts(guest), starts(working) in (0, 1)) == (4, True)


def test_who_joins_or_leaves_a_group_takes_over_its_holidays(two):
    ours, theirs = two
    rest(ours.group)
    before = starts(theirs.programme)
    membership = Membership.objects.create(group=ours.group, organisation=theirs.organisation, joined_on="2020-01-01")
    assert starts(theirs.programme) == 4
    membership.delete()
    assert starts(theirs.programme) == before


def test_only_places_of_the_group_are_closed(two):
    ours, theirs = two
    for side in two:
        for weekday in range(7):
            side.place.hours.create(weekday=weekday, opens="00:00", closes="23:59")
    rest(ours.group)
    for side, kind in ((ours, "closed-today"), (theirs, "open")):
        assert Client().get(side.place.get_absolute_url()).context["state"].kind == kind
    shown = Client().get("/en/places/").context["grouped"]
    states = {place.pk: place.state.kind for _settlement, places in shown for place in places}
    assert states == {ours.place.pk: "closed-today", theirs.place.pk: "open"}
