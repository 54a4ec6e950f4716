"""Places and partners say when they were last checked, and their keepers say so with one press."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partners.models import Location, Organisation
from portal.history.past import events_of

from .records import make_group, make_location, make_organisation, make_user, signed_in

pytestmark = pytest.mark.django_db


def records():
    organisation = make_organisation(make_group())
    return organisation, make_location(organisation)


def confirm(record):
    name = "partners:place-confirm" if isinstance(record, Location) else "partners:organisation-confirm"
    return reverse(name, args=[record.pk])


def test_one_press_says_today_and_who_and_leaves_the_version():
    organisation, place = records()
    editor = make_user("editor", organisation)
    for record in (organisation, place):
        before = record.version
        signed_in(editor).post(confirm(record))
        record.refresh_from_db()
        assert (record.checked_on, record.checked_by, record.version) == (timezone.localdate(), editor, before)
        assert events_of(type(record)).objects.filter(pgh_obj_id=record.pk, checked_by=editor).exists()


def test_the_public_page_says_when_and_where_to_report_an_error():
    for record in records():
        type(record).objects.filter(pk=record.pk).update(checked_on=timezone.datetime(2026, 11, 3).date())
        page = Client().get(record.get_absolute_url()).content.decode()
        assert 'class="trust"' in page
        assert "2026" in page.split('class="trust"')[1]
        assert reverse("programmes:report") in page.split('class="trust"')[1]


def test_nobody_else_says_so():
    organisation, place = records()
    stranger, adviser = make_user("editor"), make_user("adviser", organisation)
    for record in (organisation, place):
        for person in (stranger, adviser):
            assert signed_in(person).post(confirm(record)).status_code == 404
        assert Client().post(confirm(record)).status_code == 302
        record.refresh_from_db()
        assert record.checked_by is None


@pytest.mark.parametrize(("days", "is_due"), [(1, False), (170, False), (190, True)])
def test_after_six_months_it_is_time_to_look_again(days, is_due):
    organisation, place = records()
    for record in (organisation, place):
        record.checked_on = timezone.localdate() - timedelta(days=days)
        assert record.is_due is is_due
    assert Organisation().is_due
