"""Following a programme: a member hears once of what matters, however it was changed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from portal.models import Outbox
from programmes import following
from programmes.models import Following, Programme

from .records import make_location, make_programme, make_schedule, make_user, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    found = make_programme(title_sl="Zdravo hujšanje")
    make_schedule(found)
    return found


@pytest.fixture
def nurse():
    return make_user("adviser", language="en")


def press(user, programme, **data):
    return signed_in(user).post(reverse("programmes:programme-follow", args=[programme.pk]), data)


def texts():
    following.changed()
    return [mail.text for mail in Outbox.objects.filter(kind="programme-changed").order_by("pk")]


def test_a_member_follows_by_a_button_on_the_page_and_stops_by_it(programme, nurse):
    client = signed_in(nurse)
    address = programme.get_absolute_url()
    follow = reverse("programmes:programme-follow", args=[programme.pk])
    assert follow in client.get(address).content.decode()
    client.post(follow, {"next": address})
    assert Following.objects.get().user == nurse
    assert 'name="stop"' in client.get(address).content.decode()
    client.post(follow, {"stop": "1"})
    assert not Following.objects.exists()


def test_a_visitor_is_offered_no_such_button_and_the_page_stays_for_everybody(client, programme):
    answer = client.get(programme.get_absolute_url())
    assert reverse("programmes:programme-follow", args=[programme.pk]) not in answer.content.decode()
    assert "no-store" not in answer.headers.get("Cache-Control", "")


def test_a_members_page_is_kept_by_nobody(programme, nurse):
    assert "no-store" in signed_in(nurse).get(programme.get_absolute_url())["Cache-Control"]


def test_nobody_follows_what_they_may_not_see(nurse):
    draft = make_programme(status="draft")
    assert press(nurse, draft).status_code == 404
    assert not Following.objects.exists()


def test_nothing_is_said_while_nothing_changes(programme, nurse):
    press(nurse, programme)
    Programme.objects.filter(pk=programme.pk).update(summary_sl="Drugače povedano")
    assert texts() == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"is_full": True}, "It is full"),
        ({"status": "paused"}, "It is paused"),
        ({"status": "archived"}, "It is no longer offered"),
        ({"checked_on": timezone.localdate() - timedelta(days=400)}, "nobody has confirmed it for a year"),
    ],
)
def test_what_matters_is_said_once_however_it_was_changed(programme, nurse, change, sentence):
    press(nurse, programme)
    Programme.objects.filter(pk=programme.pk).update(**change)
    said = texts()
    assert len(said) == 1
    assert sentence in said[0]
    assert len(texts()) == 1


def test_other_times_and_another_place_are_said_also_after_plain_sql(programme, nurse):
    press(nurse, programme)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE programmes_schedule SET starts_at = '07:15' WHERE programme_id = %s", [programme.pk])
    assert "Its times or its place changed." in texts()[0]
    programme.schedules.update(location=make_location(programme.organisation))
    assert len(texts()) == 2


def test_a_change_that_was_taken_back_is_not_said(programme, nurse):
    press(nurse, programme)
    Programme.objects.filter(pk=programme.pk).update(is_full=True)
    Programme.objects.filter(pk=programme.pk).update(is_full=False)
    assert texts() == []


def test_free_places_are_said_to_who_knew_it_as_full(programme, nurse):
    Programme.objects.filter(pk=programme.pk).update(is_full=True)
    press(nurse, Programme.objects.get(pk=programme.pk))
    Programme.objects.filter(pk=programme.pk).update(is_full=False)
    assert "There are free places again." in texts()[0]


def test_several_changes_come_in_one_mail(programme, nurse):
    other = make_programme(title_sl="Hoja")
    for one in (programme, other):
        press(nurse, one)
    Programme.objects.update(is_full=True)
    said = texts()
    assert len(said) == 1
    assert all(title in said[0] for title in ("Zdravo hujšanje", "Hoja"))


def test_the_list_of_what_one_follows_is_ones_own(programme, nurse):
    press(nurse, programme)
    page = reverse("programmes:followed")
    assert programme.title_sl in signed_in(nurse).get(page).content.decode()
    assert programme.title_sl not in signed_in(make_user("editor")).get(page).content.decode()


def test_the_tick_asks_the_same_number_of_questions_however_many_follow(nurse, django_assert_max_num_queries):
    for number in range(15):
        one = make_programme(title_sl=f"Program {number}")
        make_schedule(one)
        following.follow(one, nurse)
    with django_assert_max_num_queries(6):
        following.changed()
