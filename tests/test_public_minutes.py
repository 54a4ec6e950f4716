"""Minutes that everybody may read: the coordinator's choice for each meeting, and only once they are approved."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from actionplans.models import Meeting
from partners.models import User
from portal.stale import StaleObject

from .records import make_group, make_item, make_meeting, make_organisation
from .test_meetings import Here, approved

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return Here(make_organisation(name_sl="Zdravstveni dom"))


def publish(here, meeting, public="1", client=None, **more):
    data = {"public": public, "version": Meeting.objects.get(pk=meeting.pk).version, **more}
    return (client or here.client).post(f"/en/meetings/{meeting.pk}/publish/", data)


def read(meeting):
    return Client().get(f"/en/plan/minutes/{meeting.pk}/")


def test_minutes_are_for_members_until_the_coordinator_publishes_them(here):
    meeting = approved(here)
    assert read(meeting).status_code == 404
    assert publish(here, meeting, client=here.member()).status_code == 404
    assert publish(here, meeting).status_code == 302
    assert read(meeting).status_code == 200
    assert f"/en/plan/minutes/{meeting.pk}/" in Client().get("/en/plan/minutes/").content.decode()
    assert publish(here, meeting, public="0").status_code == 302
    assert read(meeting).status_code == 404
    assert f"/en/plan/minutes/{meeting.pk}/" not in Client().get("/en/plan/minutes/").content.decode()


def test_minutes_that_are_not_approved_stay_with_the_members(here):
    meeting = make_meeting(here.group)
    assert publish(here, meeting).status_code == 409
    with pytest.raises(StaleObject):
        meeting.publish()
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(is_public=True)


def test_an_old_page_publishes_nothing(here):
    meeting = approved(here)
    assert publish(here, meeting, version="0").status_code == 409
    assert not Meeting.objects.public().exists()


def test_neither_persons_nor_the_way_into_the_room_stand_in_them(here):
    User.objects.filter(pk=here.coordinator.pk).update(full_name="Ana Person")
    meeting = approved(here)
    Meeting.objects.filter(pk=meeting.pk).update(online_link="https://meet.example.org/secret")
    publish(here, meeting)
    text = read(meeting).content.decode()
    assert "meet.example.org" not in text
    assert "Ana Person" not in text


def test_the_coordinator_of_another_group_publishes_nothing(here):
    meeting = approved(here)
    stranger = Here(make_organisation(make_group()))
    assert publish(here, meeting, client=stranger.client).status_code == 404


def test_the_list_asks_no_more_for_ten_meetings(here, django_assert_max_num_queries):
    for _number in range(10):
        meeting = approved(here)
        make_item(meeting)
        meeting.publish()
    with django_assert_max_num_queries(12):
        assert Client().get("/en/plan/minutes/").status_code == 200
