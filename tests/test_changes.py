"""The feed of what changed in public: exact whoever writes, however, and in whatever order they commit."""

import threading
import time
from datetime import timedelta

import pgtrigger
import psycopg
import pytest
from django.apps import apps
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from partners.models import Group, GroupMunicipality, Location, LocationAccess, OpeningException, OpeningHours, User
from portal import changes
from portal.models import Change, Vocabulary
from programmes.models import Continuation, Programme, ProgrammePartner, ProgrammeTerm, ScheduleLanguage, SlipCount

from .records import (
    make_group,
    make_location,
    make_organisation,
    make_programme,
    make_schedule,
    make_settlement,
    make_term,
    make_user,
)

pytestmark = pytest.mark.server
# What is derived from fed records, or counted for members, is told with them or not at all.
NOWHERE_PUBLIC = {
    "User",
    "SlipCount",
    "Change",
    "SearchEntry",
    "SearchDue",
    "SearchWord",
    "EmptySearch",
    "Outbox",
    "Invitation",
}
NOWHERE_PUBLIC |= {"Proposal", "Publication", "ReviewNote", "Look", "Reminder", "ProblemReport"}
NOWHERE_PUBLIC |= {
    "Once",
    "SwitchedOff",
    "TranslationState",
    "SeatNotice",
    "RegionSeat",
    "HandOver",
    "CheckReminder",
    "RefusedSignIn",
    "ExpectedSector",
    "JoinRequest",
    "Import",
}
NOWHERE_PUBLIC |= {"MeasureSuggestion", "TaskNotice", "Signal", "Answer", "WorkVisit", "Round"}
NOWHERE_PUBLIC |= {
    "MailRhythm",
    "Notice",
    "Noted",
    "Following",
    "CalendarLink",
    "SelfHelpRequest",
    "Assessment",
    "VisitRequest",
    "Document",
}
# Published minutes are kept nowhere; that there are some stands on the plan, so meetings are in the feed.
NOWHERE_PUBLIC |= {"AgendaItem", "Attendance", "Remark", "Decision", "DecisionCounter"}


@pytest.fixture
def told():
    """What a subscriber was told: a list of news, one for each time; the first, "everything", is over."""
    news = []
    changes.subscribe(news.append)
    changes.forget()
    changes.refresh()
    news.clear()
    yield news
    changes._subscribers.remove(news.append)


def look(told):
    """The news of one look, as a set; None for everything."""
    told.clear()
    changes.refresh()
    assert len(told) <= 1
    return told[0] and set(told[0]) if told else set()


def another_connection():
    """A connection of its own, as another process has it; each statement commits by itself."""
    parameters = {
        k: v for k, v in connection.get_connection_params().items() if k in ("dbname", "host", "port", "user")
    }
    return psycopg.connect(**parameters, autocommit=True)


@pytest.mark.parametrize("app", ["portal", "partners", "programmes", "actionplans"])
def test_every_noun_is_in_the_feed_or_shows_nowhere(app):
    nouns = [m for m in apps.get_app_config(app).get_models() if not m.__name__.endswith("Event")]
    joined = [f.remote_field.through for m in nouns for f in m._meta.local_many_to_many]
    tables = {m._meta.db_table: m for m in [*nouns, *joined] if m._meta.label != "auth.Permission"}
    fed = {m._meta.db_table for m, trigger in pgtrigger.registered() if trigger.name == "feed_update"}
    hidden = {m._meta.db_table for m in nouns if m.__name__ in NOWHERE_PUBLIC}
    rights = {"partners_user_groups", "partners_user_user_permissions"}
    assert set(tables) - fed - hidden - rights == set()
    assert fed & hidden == set()


@pytest.mark.django_db
def test_each_record_is_told_by_its_page(told):
    programme, other = make_programme(), make_programme()
    organisation = make_organisation()
    place, group = make_location(organisation), make_group()
    schedule = make_schedule(programme)
    spoken, access = make_term(Vocabulary.LANGUAGE), make_term(Vocabulary.ACCESSIBILITY)
    seat = make_user("editor", organisation).seats.get()
    settlement = make_settlement()
    look(told)
    today = timezone.localdate()
    hours = {"weekday": 0, "opens": "08:00", "closes": "12:00"}
    of_programme, of_place = {("programme", programme.pk)}, {("place", place.pk)}

    def told_of(deed):
        deed()
        return look(told)

    assert told_of(lambda: Programme.objects.filter(pk=programme.pk).update(is_full=True)) == of_programme
    assert told_of(lambda: schedule.save(update_fields=["rule"])) == set()
    assert told_of(lambda: type(schedule).objects.update(note_sl="ob sredah")) == of_programme
    assert told_of(lambda: ScheduleLanguage.objects.create(schedule=schedule, term=spoken)) == of_programme
    assert told_of(lambda: ProgrammeTerm.objects.create(programme=programme, term=spoken)) == of_programme
    assert (
        told_of(lambda: ProgrammePartner.objects.create(programme=programme, organisation=organisation)) == of_programme
    )
    assert told_of(lambda: Continuation.objects.create(programme=programme, next=other)) == of_programme
    assert told_of(lambda: schedule.delete()) == of_programme
    assert told_of(lambda: OpeningHours.objects.create(location=place, **hours)) == of_place
    assert told_of(lambda: LocationAccess.objects.create(location=place, term=access)) == of_place
    days = {"starts_on": today, "ends_on": today}
    assert told_of(lambda: OpeningException.objects.create(location=place, **days)) == of_place
    assert told_of(lambda: OpeningException.objects.create(group=group, **days)) == {("group", group.pk)}
    assert told_of(lambda: Location.objects.filter(pk=place.pk).update(phone="+386 1 000 01 10")) == of_place
    assert told_of(lambda: type(organisation).objects.filter(pk=organisation.pk).update(about_sl="Mi")) == {
        ("partner", organisation.pk)
    }
    assert told_of(lambda: organisation.memberships.update(left_on=today)) == {("partner", organisation.pk)}
    assert told_of(lambda: type(seat).objects.filter(pk=seat.pk).delete()) == {("group", seat.membership.group_id)}
    assert told_of(lambda: group.municipalities.add(settlement.municipality)) == {("group", group.pk)}
    assert told_of(lambda: type(settlement).objects.update(name="Zgornja vas")) == {("group", None)}
    assert told_of(lambda: type(spoken).objects.filter(pk=spoken.pk).update(label_sl="slovensko")) == {
        ("term", spoken.pk)
    }


@pytest.mark.django_db
def test_what_shows_nowhere_is_no_news(told):
    programme, user = make_programme(), make_user()
    look(told)
    SlipCount.objects.add(programme)
    User.objects.filter(pk=user.pk).update(full_name="Nekdo", last_login=timezone.now())
    Programme.objects.update(is_full=False)
    assert look(told) == set()


@pytest.mark.django_db
def test_a_schedule_that_moves_is_news_for_both_programmes(told):
    one, two = make_programme(), make_programme()
    schedule = make_schedule(one)
    look(told)
    type(schedule).objects.update(programme=two)
    assert look(told) == {("programme", one.pk), ("programme", two.pk)}


@pytest.mark.django_db
def test_of_very_many_at_once_the_kind_is_told(told):
    group = make_group()
    Group.objects.bulk_create(Group(slug=f"g{n}", name_sl="Skupina") for n in range(1000))
    assert len(look(told)) == 1001
    assert group.pk
    Group.objects.update(address="Lipova 1")
    assert look(told) == {("group", None)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "edit",
    [
        lambda pk: Programme.objects.get(pk=pk).delete(),
        lambda pk: Programme.objects.filter(pk=pk).update(is_full=True),
        lambda pk: Programme.objects.bulk_update([Programme(pk=pk, is_full=True)], ["is_full"]),
        lambda pk: another_connection().execute("UPDATE programmes_programme SET is_full = true"),
        lambda pk: another_connection().execute("DELETE FROM programmes_programme"),
    ],
    ids=["delete", "update", "bulk update", "plain SQL elsewhere", "plain SQL delete"],
)
def test_an_edit_is_news_at_once_and_once_only(told, edit):
    programme = make_programme()
    look(told)
    before = changes.generation()
    edit(programme.pk)
    assert look(told) == {("programme", programme.pk)}
    assert changes.generation() == before + 1
    assert look(told) == set()
    assert changes.generation() == before + 1


@pytest.mark.django_db(transaction=True)
def test_emptied_tables_are_news(told):
    make_programme()
    look(told)
    another_connection().execute("TRUNCATE programmes_programme, portal_change CASCADE")
    assert ("programme", None) in look(told)


@pytest.mark.django_db(transaction=True)
def test_who_began_earlier_and_commits_later_is_not_missed(told):
    early, late = make_programme(), make_programme()
    look(told)
    edit = "UPDATE programmes_programme SET is_full = true WHERE id = %s"
    first, second = another_connection(), another_connection()
    with first.transaction():
        first.execute(edit, [early.pk])
        second.execute(edit, [late.pk])
        assert look(told) == {("programme", late.pk)}
        assert look(told) == set()
    numbers = list(Change.objects.order_by("-pk").values_list("number", flat=True)[:2])
    assert numbers == [late.pk, early.pk]  # the highest number had been seen before
    assert look(told) == {("programme", early.pk)}
    assert look(told) == set()


@pytest.mark.django_db(transaction=True)
def test_what_was_seen_and_rolled_back_is_news_again(told):
    programme = make_programme()
    look(told)
    with transaction.atomic():
        Programme.objects.update(is_full=True)
        assert look(told) == {("programme", programme.pk)}
        assert look(told) == set()
        transaction.set_rollback(True)
    assert look(told) == {("programme", programme.pk)}
    assert look(told) == set()


@pytest.mark.django_db
def test_a_request_asks_once(told, django_assert_num_queries):
    with changes.one_request(), django_assert_num_queries(1):
        changes.refresh()
        changes.refresh()
    with django_assert_num_queries(2):
        changes.refresh()
        changes.refresh()


@pytest.mark.django_db(transaction=True)
def test_who_has_not_looked_for_days_reads_everything(told, monkeypatch):
    make_programme()
    monkeypatch.setattr(changes, "_looked_at", changes._looked_at - changes.SECONDS)
    assert look(told) is None
    assert look(told) == set()


@pytest.mark.django_db(transaction=True)
def test_too_much_at_once_is_everything(told, monkeypatch):
    monkeypatch.setattr(changes, "MOST", 3)
    make_programme()
    assert look(told) is None
    # While a transaction elsewhere on this server goes on, the rows are asked for again: they may not be too many.
    monkeypatch.undo()
    assert look(told) == set()


@pytest.mark.django_db
def test_who_fails_is_told_again(told):
    programme = make_programme()
    look(told)
    Programme.objects.update(is_full=True)
    attempts = []

    def fails(news):
        attempts.append(news)
        raise ZeroDivisionError

    changes.subscribe(fails)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            changes.refresh()
    changes._subscribers.remove(fails)
    assert attempts == [[("programme", programme.pk)]] * 2


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_is_made_anew(told):
    Change.objects.exists()
    pid = connection.connection.info.backend_pid
    another_connection().execute("SELECT pg_terminate_backend(%s)", [pid])
    time.sleep(0.2)
    assert look(told) == set()


@pytest.mark.django_db(transaction=True)
def test_in_a_transaction_a_connection_that_died_is_an_error(told):
    def dies():
        with transaction.atomic():
            Change.objects.exists()
            pid = connection.connection.info.backend_pid
            another_connection().execute("SELECT pg_terminate_backend(%s)", [pid])
            time.sleep(0.2)
            changes.refresh()

    with pytest.raises(OperationalError):
        dies()


@pytest.mark.django_db(transaction=True)
def test_many_threads_miss_nothing_and_are_told_once(told):
    programmes = [make_programme() for _ in range(20)]
    look(told)
    told.clear()
    writer = another_connection()
    done = threading.Event()

    def reader():
        while not done.is_set():
            changes.refresh()
        connection.close()

    threads = [threading.Thread(target=reader) for _ in range(3)]
    for thread in threads:
        thread.start()
    for programme in programmes:
        writer.execute("UPDATE programmes_programme SET is_full = true WHERE id = %s", [programme.pk])
    done.set()
    for thread in threads:
        thread.join()
    changes.refresh()
    assert sorted(change for news in told for change in news) == sorted(("programme", p.pk) for p in programmes)


@pytest.mark.django_db
def test_old_rows_are_pruned():
    make_programme()
    old = Change.objects.latest("pk")
    Change.objects.filter(pk=old.pk).update(changed_at=timezone.now() - timedelta(days=7, minutes=1))
    count = Change.objects.count()
    assert Change.objects.prune() == 1
    assert Change.objects.count() == count - 1


def test_the_municipalities_of_a_group_are_that_very_table():
    assert GroupMunicipality._meta.db_table == Group.municipalities.through._meta.db_table
