"""Partners and places that nobody confirmed for half a year: who is asked, once, and the link that answers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from partners.checking import confirm_link, partner_reminders
from partners.leaving import seats_ending
from partners.models import Location, Organisation
from portal.models import Outbox

from .records import make_location, make_organisation, make_user, signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def days_ago(days):
    return TODAY - timedelta(days=days)


def test_after_six_months_all_of_an_organisation_stands_in_one_mail_and_only_once():
    organisation = make_organisation(checked_on=days_ago(180), name_sl="Društvo Breza")
    make_location(organisation, checked_on=days_ago(170), name_sl="Dvorana")
    make_location(organisation, checked_on=days_ago(170), name_sl="Zaprto", closed_down_on=TODAY)
    make_user("editor", organisation)
    told = []
    for days in (0, 20, 21, 200):
        partner_reminders(TODAY + timedelta(days=days))
        told.append(Outbox.objects.count())
    assert told == [0, 1, 1, 1]
    text = Outbox.objects.get().text
    assert ["Breza" in text, "Dvorana" in text, "Zaprto" in text] == [True, True, False]


def test_without_an_editor_the_coordinator_is_asked_and_advisers_never():
    organisation = make_organisation(checked_on=days_ago(200))
    make_user("adviser", organisation)
    office = make_organisation(organisation.memberships.get().group, checked_on=TODAY)
    coordinator = make_user("coordinator", office)
    partner_reminders()
    assert list(Outbox.objects.values_list("to", flat=True)) == [coordinator.email]


@pytest.mark.parametrize("make", [make_organisation, lambda **fields: make_location(make_organisation(), **fields)])
def test_the_link_confirms_by_a_press_once_and_only_for_whom_it_was_made(make):
    record = make(checked_on=days_ago(200))
    organisation = record if isinstance(record, Organisation) else record.organisation
    editor = make_user("editor", organisation, language="en")
    link = confirm_link(record, editor)
    assert Client().get(link).status_code == 200
    assert type(record).objects.get(pk=record.pk).checked_on == days_ago(200)
    assert Client().post(link).status_code == 200
    record.refresh_from_db()
    assert (record.checked_on, record.checked_by) == (TODAY, editor)
    assert Client().get(link).status_code == 410
    stranger = make_user("editor", language="en")
    dead = (confirm_link(record, stranger), "/en/still-correct/partner/x/")
    assert [Client().get(path).status_code for path in dead] == [410, 410]


def test_nothing_is_hidden_and_my_work_has_the_button():
    organisation = make_organisation(checked_on=days_ago(500), name_sl="Društvo Breza")
    make_location(organisation, checked_on=days_ago(500), name_sl="Dvorana")
    editor = make_user("editor", organisation)
    page = signed_in(editor).get("/en/work/").content.decode()
    assert page.count("Is this still correct?") == 2
    assert f"/en/my-organisation/{organisation.pk}/confirm/" in page
    assert (Organisation.objects.members().count(), Location.objects.in_use().count()) == (1, 1)
    signed_in(editor).post(f"/en/my-organisation/{organisation.pk}/confirm/")
    assert signed_in(editor).get("/en/work/").content.decode().count("Is this still correct?") == 1


def test_a_seat_that_ends_is_told_of_thirty_and_once_more_seven_days_before():
    organisation = make_organisation()
    user = make_user("editor", organisation)
    user.seats.update(ends_on=TODAY + timedelta(days=40))
    told = []
    for days in (5, 15, 16, 34, 35, 39):
        seats_ending(TODAY + timedelta(days=days))
        told.append(Outbox.objects.filter(to=user.email).count())
    assert told == [0, 1, 1, 2, 2, 2]
