"""What falls due: reminders to check, once a person and threshold, whenever the clock comes round."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.models import Outbox
from programmes.due import reminders

from .records import make_organisation, make_programme, make_user

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def programme_checked(days, organisation, **fields):
    return make_programme(organisation, checked_on=TODAY - timedelta(days=days), **fields)


def test_after_six_months_the_provider_is_asked_once_and_again_after_twelve():
    organisation = make_organisation()
    make_user("editor", organisation, email="ana@example.org")
    programme_checked(180, organisation)
    told = []
    for days in (0, 1, 10, 11, 200, 201):
        reminders(TODAY + timedelta(days=days))
        told.append(Outbox.objects.count())
    assert told == [0, 0, 1, 1, 2, 2]


def test_all_programmes_of_a_person_stand_in_one_mail():
    organisation = make_organisation()
    make_user("representative", organisation)
    for number in range(3):
        programme_checked(200, organisation, title_sl=f"Hoja {number}")
    reminders()
    mail = Outbox.objects.get()
    assert [f"Hoja {number}" in mail.text for number in range(3)] == [True] * 3


def test_advisers_and_those_whose_seat_ended_are_left_alone():
    organisation = make_organisation()
    make_user("adviser", organisation)
    make_user("editor", organisation).seats.update(ends_on=TODAY - timedelta(days=1))
    coordinator = make_user("coordinator", make_organisation(organisation.memberships.get().group))
    programme_checked(200, organisation)
    reminders()
    assert list(Outbox.objects.values_list("to", flat=True)) == [coordinator.email]


def test_what_was_confirmed_meanwhile_is_asked_about_again_only_after_another_six_months():
    organisation = make_organisation()
    make_user("editor", organisation)
    programme = programme_checked(200, organisation)
    reminders()
    programme.checked_on = TODAY
    programme.save()
    reminders(TODAY + timedelta(days=100))
    assert Outbox.objects.count() == 1
    reminders(TODAY + timedelta(days=200))
    assert Outbox.objects.count() == 2


def test_the_link_in_the_mail_confirms_by_a_press_and_not_by_looking():
    organisation = make_organisation()
    make_user("editor", organisation, language="en")
    programme = programme_checked(200, organisation)
    reminders()
    mail = Outbox.objects.get()
    path = next(line for line in mail.text.splitlines() if "/still-correct/" in line).split("/", 3)[3]
    assert Client().get(f"/{path}").status_code == 200
    programme.refresh_from_db()
    assert programme.checked_on == TODAY - timedelta(days=200)
    assert Client().post(f"/{path}").status_code in (200, 302)
    programme.refresh_from_db()
    assert programme.checked_on == TODAY


def test_a_mail_is_in_the_language_of_who_reads_it():
    organisation = make_organisation()
    make_user("editor", organisation, language="de")
    programme_checked(200, organisation, title_de="Spaziergang")
    reminders()
    mail = Outbox.objects.get()
    assert mail.language == "de"
    assert "Spaziergang" in mail.text
