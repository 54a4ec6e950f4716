""" "Still correct": in one click, and by a link that works once, for sixty days, and never by looking at it."""

import time
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.stale import StaleObject
from programmes import confirming
from programmes.models import Programme

from .records import make_group, make_organisation, make_programme, make_user, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def old():
    organisation = make_organisation(make_group())
    programme = make_programme(organisation, checked_on=timezone.localdate() - timedelta(days=200))
    programme.editor = make_user("editor", organisation, full_name="Eva Urednica", language="de")
    return programme


def checked(programme):
    programme.refresh_from_db()
    return programme.checked_on, programme.checked_by


def test_one_click_says_who_and_when_and_leaves_the_version(old):
    response = signed_in(old.editor).post(reverse("programmes:programme-confirm", args=[old.pk]))
    assert response.status_code == 302
    assert (*checked(old), old.version) == (timezone.localdate(), old.editor, 1)


def test_the_way_back_stays_on_the_portal(old):
    path = reverse("programmes:programme-confirm", args=[old.pk])
    response = signed_in(old.editor).post(path, {"next": "https://evil.example.org/"})
    assert response["Location"] == reverse("programmes:mine")


def test_looking_at_the_link_confirms_nothing_and_the_button_does_once(old):
    before = old.checked_on
    path = confirming.confirm_link(old, old.editor)
    client = Client(enforce_csrf_checks=False)
    for _look in range(3):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert checked(old) == (before, None)
    assert client.post(path).status_code == 200
    assert checked(old) == (timezone.localdate(), old.editor)
    again = client.post(path)
    assert (again.status_code, client.get(path).status_code) == (410, 410)


def test_the_link_is_in_the_persons_language_and_kept_by_nobody(old):
    path = confirming.confirm_link(old, old.editor)
    response = Client().get(path)
    assert path.startswith("/de/")
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response.content.decode()


def test_the_history_says_by_which_way(old):
    Client().post(confirming.confirm_link(old, old.editor))
    event = old.events.order_by("-pgh_id").first()
    assert event.pgh_context.metadata["way"] == "link"


def dead(path):
    return Client().get(path).status_code, Client().post(path).status_code


def test_a_link_ends_after_sixty_days(old, monkeypatch):
    path = confirming.confirm_link(old, old.editor)
    later = time.time() + 61 * 24 * 3600
    monkeypatch.setattr(signing.time, "time", lambda: later)
    assert dead(path) == (410, 410)


def test_a_link_ends_with_the_seat_the_person_and_any_change_to_it(old):
    path = confirming.confirm_link(old, old.editor)
    assert dead(path[:-3] + "xx/") == (410, 410)
    old.editor.seats.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert dead(path) == (410, 410)
    old.editor.seats.update(ends_on=None)
    old.editor.is_active = False
    old.editor.save()
    assert dead(path) == (410, 410)
    assert checked(old)[1] is None


def test_the_second_of_two_who_confirm_is_told(old):
    from programmes.models import Programme

    mine, theirs = Programme.objects.get(pk=old.pk), Programme.objects.get(pk=old.pk)
    confirming.confirm(theirs, old.editor)
    with pytest.raises(StaleObject):
        confirming.confirm(mine, old.editor)


def test_the_link_of_a_programme_that_was_archived_is_dead(old):
    path = confirming.confirm_link(old, old.editor)
    Programme.objects.filter(pk=old.pk).update(status="archived")
    assert (Client().get(path).status_code, Client().post(path).status_code) == (410, 410)
    assert checked(old)[1] is None
