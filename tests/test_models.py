"""What may never be, and who may do what: programmes, seats, terms."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from partners.models import Location, Membership, Organisation, Seat, User
from portal.models import Vocabulary
from portal.stale import StaleObject
from programmes.models import Programme, SlipCount

from .records import make_group, make_organisation, make_programme, make_schedule, make_term, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.server]
NOBODY = AnonymousUser()


# ---- what residents see ---------------------------------------------------------------------------
def test_the_public_sees_published_and_paused_programmes_only():
    shown = {make_programme(), make_programme(status="paused")}
    for status in ("draft", "in_review", "archived"):
        make_programme(status=status)
    assert set(Programme.objects.visible_to(NOBODY)) == shown


def test_a_programme_is_hidden_when_nobody_has_confirmed_it_for_twelve_months():
    today = date(2026, 11, 21)
    make_programme(checked_on=date(2025, 11, 21))
    fresh = make_programme(checked_on=date(2025, 11, 22))
    assert list(Programme.objects.published(today)) == [fresh]


def test_a_programme_is_due_for_a_check_after_six_months():
    today = date(2026, 11, 21)
    due = make_programme(checked_on=date(2026, 5, 21))
    make_programme(checked_on=date(2026, 5, 22))
    assert list(Programme.objects.due_for_check(today)) == [due]


def test_an_administrator_sees_no_groups_drafts():
    make_programme(status="draft")
    assert list(Programme.objects.visible_to(User.objects.create_superuser("a@example.org"))) == []


# ---- who may edit ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "may_edit"),
    [("representative", True), ("deputy", True), ("editor", True), ("coordinator", True), ("adviser", False),
     ("data_steward", False)],
)  # fmt: skip
def test_which_seats_edit_their_own_organisations_programmes(role, may_edit):
    organisation = make_organisation()
    draft = make_programme(organisation, status="draft")
    user = make_user(role, organisation)
    assert list(Programme.objects.editable_by(user)) == ([draft] if may_edit else [])
    assert (draft in Programme.objects.visible_to(user)) == may_edit


def test_an_editor_never_reaches_another_organisations_draft():
    group = make_group()
    ours, theirs = make_organisation(group), make_organisation(group)
    make_programme(theirs, status="draft")
    assert list(Programme.objects.visible_to(make_user("editor", ours))) == []


def test_a_coordinator_edits_all_of_their_group_and_nothing_of_another():
    group = make_group()
    ours, neighbour, stranger = (
        make_organisation(group),
        make_organisation(group),
        make_organisation(make_group()),
    )
    drafts = {make_programme(ours, status="draft"), make_programme(neighbour, status="draft")}
    make_programme(stranger, status="draft")
    coordinator = make_user("coordinator", ours)
    assert set(Programme.objects.editable_by(coordinator)) == drafts
    assert set(Organisation.objects.editable_by(coordinator)) == {ours, neighbour}


def test_a_seat_counts_only_while_its_term_runs():
    organisation = make_organisation()
    make_programme(organisation, status="draft")
    user = make_user("editor", organisation)
    Seat.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert list(Programme.objects.editable_by(user)) == []


def test_a_seat_counts_only_while_its_organisation_is_a_member():
    organisation = make_organisation()
    make_programme(organisation, status="draft")
    user = make_user("editor", organisation)
    Membership.objects.update(left_on=timezone.localdate())
    assert list(Programme.objects.editable_by(user)) == []


def test_an_organisation_that_has_left_is_no_longer_public():
    organisation = make_organisation()
    Membership.objects.update(left_on=timezone.localdate())
    assert organisation not in Organisation.objects.visible_to(NOBODY)


# ---- states ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("now", Programme.Status.values)
@pytest.mark.parametrize("wanted", Programme.Status.values)
def test_a_programme_moves_as_the_table_says_and_no_other_way(now, wanted):
    organisation = make_organisation(make_group(reviews_programmes=False))
    programme = make_programme(organisation, status=now)
    editor = make_user("editor", organisation)
    if wanted in Programme.NEXT[now]:
        programme.move_to(wanted, by=editor)
        assert programme.status == wanted
    else:
        with pytest.raises(ValidationError):
            programme.move_to(wanted, by=editor)
        assert Programme.objects.get().status == now


def test_every_status_stands_in_the_table():
    assert set(Programme.NEXT) == set(Programme.Status)


def test_publishing_confirms_the_programme():
    organisation = make_organisation(make_group(reviews_programmes=False))
    programme = make_programme(organisation, status="draft", checked_on=None)
    editor = make_user("editor", organisation)
    programme.move_to("published", by=editor)
    assert (programme.checked_on, programme.checked_by, programme.version) == (
        timezone.localdate(),
        editor,
        2,
    )


@pytest.mark.parametrize(
    ("role", "reviews", "may"), [("editor", True, False), ("editor", False, True), ("coordinator", True, True)]
)
def test_where_the_group_reviews_its_coordinator_publishes(role, reviews, may):
    organisation = make_organisation(make_group(reviews_programmes=reviews))
    programme = make_programme(organisation, status="in_review")
    user = make_user(role, organisation)
    if may:
        programme.move_to("published", by=user)
    else:
        with pytest.raises(ValidationError):
            programme.move_to("published", by=user)
    assert Programme.objects.get().status == ("published" if may else "in_review")


def test_a_stranger_moves_nothing():
    programme = make_programme()
    with pytest.raises(ValidationError):
        programme.move_to("paused", by=make_user("editor"))
    assert Programme.objects.get().status == "published"


def test_the_second_of_two_people_is_told():
    organisation = make_organisation()
    first = make_programme(organisation)
    second = Programme.objects.get()
    editor = make_user("editor", organisation)
    first.move_to("paused", by=editor)
    with pytest.raises(StaleObject):
        second.move_to("archived", by=editor)


# ---- what may never be ----------------------------------------------------------------------------
def broken(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def test_the_database_refuses_a_published_programme_that_was_never_checked():
    broken(lambda: make_programme(checked_on=None))


def test_the_database_refuses_a_programme_without_any_title():
    broken(lambda: make_programme(title_sl=""))


def test_the_database_refuses_ages_in_the_wrong_order():
    broken(lambda: make_programme(age_min=65, age_max=18))


def test_the_database_refuses_a_rule_without_times():
    broken(lambda: make_schedule(make_programme(), starts_at=None))


def test_the_database_refuses_a_second_representative():
    organisation = make_organisation()
    make_user("representative", organisation)
    broken(lambda: make_user("representative", organisation))


def test_the_database_refuses_a_second_active_membership():
    organisation = make_organisation()
    membership = organisation.memberships.get()
    broken(lambda: Membership.objects.create(group=membership.group, organisation=organisation))


def test_the_database_refuses_two_accounts_that_differ_by_case():
    make_user(email="ana@example.org")
    broken(lambda: make_user(email="Ana@example.org"))


def test_the_database_refuses_a_slug_twice_in_a_vocabulary_but_not_in_two():
    make_term(Vocabulary.TOPIC, "sleep")
    make_term(Vocabulary.SETTING, "sleep")
    term = make_term(Vocabulary.TOPIC, "sleep")
    term.pk = None
    broken(term.save)


def test_sign_in_does_not_mind_capitals():
    user = make_user(email="ana@example.org")
    assert User.objects.get_by_natural_key("ANA@example.org") == user


# ---- history and counts ---------------------------------------------------------------------------
def test_history_keeps_every_language_and_bulk_changes_too():
    programme = make_programme(title_sl="Hoja", title_da="Gåtur")
    Programme.objects.update(title_da="Vandretur")
    events = programme.events.order_by("pgh_id")
    assert [(e.pgh_label, e.title_da) for e in events] == [("insert", "Gåtur"), ("update", "Vandretur")]


def test_history_outlives_the_record():
    programme = make_programme()
    number, event = programme.pk, Programme.pgh_event_model
    programme.delete()
    assert list(event.objects.filter(id=number).order_by("pgh_id").values_list("pgh_label", flat=True)) == [
        "insert",
        "delete",
    ]


def test_history_keeps_no_password():
    names = {field.name for field in User.pgh_event_model._meta.get_fields()}
    assert {"password", "last_login"} & names == set()


def test_every_noun_has_its_history():
    from django.apps import apps

    nouns = [
        m for app in ("portal", "partners", "programmes", "actionplans") for m in apps.get_app_config(app).get_models()
    ]
    untracked = {m.__name__ for m in nouns if not m.__name__.endswith("Event") and not hasattr(m, "pgh_event_model")}
    kept_without = {"SlipCount", "Change", "GroupMunicipality", "EmptySearch", "SearchEntry", "SearchDue", "SearchWord"}
    kept_without |= {
        "Look",
        "Outbox",
        "Reminder",
        "RefusedSignIn",
        "SeatNotice",
        "HandOver",
        "CheckReminder",
        "SwitchedOff",
        "Once",
        "TaskNotice",
        "WorkVisit",
    }
    kept_without |= {"DecisionCounter"}  # what it counts has a history of its own
    kept_without |= {"Import", "Following", "MailRhythm"}
    assert untracked == kept_without


def test_slips_are_counted_per_programme_and_month():
    programme = make_programme()
    for day in (date(2026, 11, 3), date(2026, 11, 30), date(2026, 12, 1)):
        SlipCount.objects.add(programme, day)
    assert list(SlipCount.objects.order_by("month").values_list("month", "count")) == [
        (date(2026, 11, 1), 2),
        (date(2026, 12, 1), 1),
    ]


def test_a_location_of_a_stranger_is_not_ours_to_edit():
    from .records import make_location

    ours = make_organisation()
    mine = make_location(ours)
    make_location()
    assert list(Location.objects.editable_by(make_user("editor", ours))) == [mine]


def test_a_programme_without_its_title_in_danish_shows_the_next_best():
    programme = make_programme(title_sl="Hoja", title_nb="Gåtur", title_en="Walk")
    with translation.override("da"):
        assert str(programme) == "Gåtur"


def test_the_database_refuses_half_a_position():
    from .records import make_location

    broken(lambda: make_location(lat=46.0))


def test_the_database_refuses_an_exception_that_opens_and_never_closes():
    from datetime import time

    from .records import make_location

    day = date(2026, 12, 24)
    broken(lambda: make_location().exceptions.create(starts_on=day, ends_on=day, opens=time(8)))
