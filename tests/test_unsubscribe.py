"""At most one mail a day that is not urgent, and which kinds can be switched off: with the account or by one press."""

import threading
from datetime import datetime, timedelta

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from partners.personal_data import erase, personal_data
from portal import outbox
from portal.models import MailRhythm, Outbox, SwitchedOff
from programmes.due import reminders

from .records import make_organisation, make_programme, make_user, signed_in

pytestmark = pytest.mark.django_db
NOON = timezone.make_aware(datetime(2026, 11, 24, 12))
DAY = timedelta(days=1)


def say(user, subject="Something", kind="report-new", **fields):
    return outbox.queue(kind, user.email, user.language, subject, f"{subject} happened.", user=user, **fields)


def queue_at(moment, user, *subjects, **fields):
    for subject in subjects:
        row = say(user, subject, **fields)
        Outbox.objects.filter(pk=row.pk).update(next_try_at=moment)


def sent(now):
    """Subjects of what one tick sends at that moment."""
    django_mail.outbox.clear()
    outbox.deliver(now)
    stamp(now)
    return [message.subject for message in django_mail.outbox]


def stamp(now):
    """Mails sent just now count as sent at the moment the test speaks of."""
    since = timezone.now() - timedelta(minutes=5)
    Outbox.objects.filter(state="sent", sent_at__gte=since).update(sent_at=now)


@pytest.fixture
def ana():
    return make_user(email="ana@example.org", language="en")


# ---- at most one a day --------------------------------------------------------------------------------
class TestOnceADay:
    def test_the_first_of_a_day_goes_alone_and_the_others_together_next_morning(self, ana):
        queue_at(NOON, ana, "One")
        assert sent(NOON) == ["One"]
        queue_at(NOON, ana, "Two", "Three")
        assert sent(NOON + timedelta(hours=1)) == []
        assert sent(NOON + timedelta(hours=18)) == []  # six in the morning
        assert sent(NOON + timedelta(hours=19)) == ["2 messages from Skupaj"]
        [message] = django_mail.outbox
        assert [words in message.body for words in ("Two happened.", "Three happened.", "One happened.")] == [
            True, True, False
        ]  # fmt: skip
        assert sent(NOON + timedelta(hours=20)) == []

    def test_run_twice_nothing_is_said_twice(self, ana):
        queue_at(NOON, ana, "One", "Two")
        assert sent(NOON) == ["2 messages from Skupaj"]
        assert sent(NOON) == []
        assert Outbox.objects.filter(state="sent").count() == 2

    def test_urgent_ones_wait_for_nothing_and_go_apart(self, ana):
        queue_at(NOON, ana, "One")
        sent(NOON)
        queue_at(NOON, ana, "Two")
        queue_at(NOON, ana, "Password", urgent=True)
        assert sent(NOON) == ["Password"]

    def test_what_has_an_entry_for_the_calendar_goes_apart_as_well(self, ana):
        queue_at(NOON, ana, "Two", "Three")
        queue_at(NOON, ana, "Meeting", calendar="BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR")
        assert sorted(sent(NOON)) == ["2 messages from Skupaj", "Meeting"]

    def test_one_persons_day_is_not_another_ones(self, ana):
        queue_at(NOON, ana, "One")
        sent(NOON)
        queue_at(NOON, make_user(), "Yours")
        assert sent(NOON) == ["Yours"]

    def test_who_has_no_account_gets_each_answer_at_once(self):
        for _number in range(2):
            outbox.queue("report-answered", "reader@example.org", "en", "Answer", "x")
        assert sent(timezone.now()) == ["Answer", "Answer"]

    def test_it_is_in_the_language_of_who_reads_it(self):
        bor = make_user(language="de")
        queue_at(NOON, bor, "Eins", "Zwei")
        sent(NOON)
        assert django_mail.outbox[0].extra_headers["Content-Language"] == "de"

    def test_a_mail_that_failed_is_tried_again_as_a_whole(self, ana, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        queue_at(NOON, ana, "One", "Two")
        assert outbox.deliver(NOON) == (0, 1)
        assert list(Outbox.objects.values_list("state", "tries")) == [("waiting", 1)] * 2


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_write_to_a_person_once(monkeypatch):
    """The second tick comes while the server still has the first one's mail, and finds one more waiting."""
    ana = make_user()
    queue_at(NOON, ana, "One")
    is_sending, may_go_on, messages = threading.Event(), threading.Event(), []

    class Slow:
        def __init__(self, rows):
            self.subjects = [row.subject for row in rows]

        def send(self):
            messages.append(self.subjects)
            is_sending.set()
            assert may_go_on.wait(10)

    monkeypatch.setattr(outbox, "_message", lambda rows, connection: Slow(rows))

    def tick():
        outbox.deliver(NOON)
        connection.close()

    first = threading.Thread(target=tick)
    first.start()
    assert is_sending.wait(10)
    queue_at(NOON, ana, "Two")
    outbox.deliver(NOON)
    assert messages == [["One"]]
    may_go_on.set()
    first.join()
    stamp(NOON)
    outbox.deliver(NOON)
    assert messages == [["One"]]
    outbox.deliver(NOON + DAY)
    assert messages == [["One"], ["Two"]]


# ---- switching off ---------------------------------------------------------------------------------------
def link_of(message):
    return message.extra_headers["List-Unsubscribe"].strip("<>").split("/", 3)[3]


class TestSwitchingOff:
    def test_one_press_without_signing_in_and_no_more_come(self, ana):
        queue_at(NOON, ana, "One")
        sent(NOON)
        [message] = django_mail.outbox
        assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert f"/{link_of(message)}" in message.body
        client = Client(enforce_csrf_checks=True)
        answer = client.post(f"/{link_of(message)}", {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, dict(answer.cookies)) == (200, {})
        assert outbox.wants(ana, "report-new") is False
        assert outbox.send("report-new", ana, context={}) is None

    def test_looking_at_the_link_switches_nothing_off(self, ana):
        path = outbox.stop_link(ana.pk, "en", ["reports"]).split("/", 3)[3]
        html = Client().get(f"/{path}").content.decode()
        assert "What readers report about your pages" in html
        assert "ana@example.org" not in html
        assert outbox.wants(ana, "report-new")

    def test_what_waits_already_is_not_sent_any_more(self, ana):
        queue_at(NOON, ana, "One")
        outbox.switch(ana, ["reports"], is_on=False)
        assert sent(NOON) == []

    @pytest.mark.parametrize("kind", ["invitation", "report-answered", "review-returned", "password_reset_key_message"])
    def test_security_invitations_and_answers_cannot_be_switched_off(self, ana, kind):
        outbox.switch(ana, [topic.slug for topic in outbox.topics()], is_on=False)
        assert outbox.topic_of(kind) is None
        queue_at(NOON, ana, "One", kind=kind)
        assert sent(NOON) == ["One"]
        assert "List-Unsubscribe" not in django_mail.outbox[0].extra_headers

    def test_a_mail_of_several_kinds_stops_those_that_can_be(self, ana):
        queue_at(NOON, ana, "One", kind="report-new")
        queue_at(NOON, ana, "Two", kind="review-returned")
        queue_at(NOON, ana, "Three", kind="reminder")
        sent(NOON)
        Client().post(f"/{link_of(django_mail.outbox[0])}")
        assert set(SwitchedOff.objects.values_list("topic", flat=True)) == {"checks", "reports"}

    @pytest.mark.parametrize("token", ["x", "a:b:c", "%00x", "é"])
    def test_a_link_somebody_made_up_switches_nothing_off(self, ana, token):
        assert Client().post(f"/en/account/mails/stop/{token}/").status_code in (400, 404)
        assert not SwitchedOff.objects.exists()

    def test_with_the_account_they_are_chosen_and_come_again(self, ana):
        client = signed_in(ana)
        client.post("/en/account/mails/", {"topics": ["checks"]})
        assert [outbox.wants(ana, kind) for kind in ("reminder", "report-new", "review-asked")] == [True, False, False]
        client.post("/en/account/mails/", {})
        assert not outbox.wants(ana, "reminder")
        client.post("/en/account/mails/", {"topics": [topic.slug for topic in outbox.topics()]})
        assert not SwitchedOff.objects.exists()
        assert client.post("/en/account/mails/", {"topics": ["invitations"]}).status_code == 422

    def test_who_wants_no_reminders_gets_none(self):
        organisation = make_organisation()
        bor = make_user("editor", organisation)
        make_programme(organisation, checked_on=timezone.localdate() - timedelta(days=200))
        outbox.switch(bor, ["checks"], is_on=False)
        reminders()
        assert not Outbox.objects.exists()


# ---- how often ---------------------------------------------------------------------------------------------
TUESDAY = NOON  # 24 November 2026
MONDAY = NOON - DAY


def queued_at(moment, user, *subjects, **fields):
    """The same as queue_at, and it happened then as well."""
    queue_at(moment, user, *subjects, **fields)
    Outbox.objects.filter(state="waiting", subject__in=subjects).update(created_at=moment)


class TestOnceAWeek:
    def test_all_that_happened_goes_together_on_the_chosen_day_from_seven(self, ana):
        outbox.choose(ana, "weekly", weekday=3)
        queued_at(MONDAY, ana, "One")
        queued_at(TUESDAY, ana, "Two")
        assert sent(TUESDAY) == []
        thursday = TUESDAY + 2 * DAY
        assert sent(thursday - timedelta(hours=6)) == []  # six in the morning
        assert sent(thursday - timedelta(hours=5)) == ["2 messages from Skupaj"]

    def test_what_comes_after_the_mail_of_the_week_waits_for_the_next(self, ana):
        outbox.choose(ana, "weekly", weekday=0)
        queued_at(MONDAY - DAY, ana, "One")
        assert sent(MONDAY) == ["One"]
        queued_at(MONDAY + timedelta(hours=1), ana, "Two")
        assert [sent(MONDAY + n * DAY) for n in range(1, 7)] == [[]] * 6
        assert sent(MONDAY + 7 * DAY) == ["Two"]

    def test_where_no_tick_ran_on_the_day_it_goes_on_a_later_one(self, ana):
        outbox.choose(ana, "weekly", weekday=0)
        queued_at(MONDAY - 3 * DAY, ana, "One")
        assert sent(TUESDAY + DAY) == ["One"]
        assert sent(TUESDAY + DAY) == []

    def test_urgent_ones_wait_for_no_day(self, ana):
        outbox.choose(ana, "weekly", weekday=0)
        queued_at(TUESDAY, ana, "Two")
        queued_at(TUESDAY, ana, "Password", urgent=True)
        assert sent(TUESDAY) == ["Password"]

    def test_who_chooses_every_day_again_does_not_wait_for_the_week(self, ana):
        outbox.choose(ana, "weekly", weekday=0)
        queued_at(TUESDAY, ana, "One")
        assert sent(TUESDAY) == []
        outbox.choose(ana, "daily")
        Outbox.objects.update(next_try_at=TUESDAY)
        assert sent(TUESDAY) == ["One"]

    def test_one_press_still_stops_what_waits_for_the_week(self, ana):
        outbox.choose(ana, "weekly", weekday=0)
        queued_at(TUESDAY, ana, "One")
        Client().post("/" + outbox.stop_link(ana.pk, "en", ["reports"]).split("/", 3)[3])
        assert sent(MONDAY + 7 * DAY) == []
        assert outbox.rhythm(ana.pk).how == "weekly"

    def test_the_day_on_which_the_clock_is_put_back_is_a_day_like_others(self, ana):
        outbox.choose(ana, "weekly", weekday=6)
        sunday = timezone.make_aware(datetime(2026, 10, 25, 7))
        queued_at(sunday - DAY, ana, "One")
        assert sent(sunday - timedelta(minutes=1)) == []
        assert sent(sunday) == ["One"]


class TestOnlyWhatIsUrgent:
    def test_what_can_be_switched_off_does_not_come_and_what_waits_of_it_is_dropped(self, ana):
        queue_at(NOON, ana, "One")
        outbox.choose(ana, "urgent")
        assert outbox.send("report-new", ana, context={}) is None
        assert sent(NOON) == []

    def test_what_asks_for_an_answer_comes_all_the_same(self, ana):
        outbox.choose(ana, "urgent")
        queue_at(NOON, ana, "Asked", kind="commitment-asked")
        queue_at(NOON, ana, "Password", urgent=True)
        assert sent(NOON) == ["Password", "Asked"]

    def test_what_was_switched_off_before_stays_off_afterwards(self, ana):
        outbox.switch(ana, ["checks"], is_on=False)
        outbox.choose(ana, "urgent")
        outbox.choose(ana, "daily")
        assert [outbox.wants(ana, kind) for kind in ("reminder", "report-new")] == [False, True]


class TestTheChoice:
    TOPICS = ["checks", "reports"]

    def test_it_is_made_with_the_account(self, ana):
        client = signed_in(ana)
        answer = client.post("/en/account/mails/", {"topics": self.TOPICS, "how": "weekly", "weekday": "4"})
        assert answer.status_code == 302
        chosen = outbox.rhythm(ana.pk)
        assert (chosen.how, chosen.weekday) == ("weekly", 4)
        html = client.get("/en/account/mails/").content.decode()
        assert '<option value="4" selected>' in html

    @pytest.mark.parametrize("data", [{"how": "hourly"}, {"how": "weekly", "weekday": "7"}, {"weekday": "x"}])
    def test_nonsense_is_said_and_changes_nothing(self, ana, data):
        answer = signed_in(ana).post("/en/account/mails/", {"topics": self.TOPICS, **data})
        assert answer.status_code == 422
        assert (outbox.rhythm(ana.pk).how, SwitchedOff.objects.exists()) == ("daily", False)

    def test_the_page_says_when_the_next_mail_would_come(self, ana):
        outbox.choose(ana, "weekly", weekday=0)
        queued_at(TUESDAY, ana, "One")
        assert outbox.next_mail(ana, TUESDAY) == (MONDAY + 7 * DAY - timedelta(hours=5), 1)
        assert outbox.next_mail(ana, MONDAY + 8 * DAY) == (None, 1)  # the tick was missed
        outbox.choose(ana, "daily")
        assert outbox.next_mail(ana, TUESDAY) == (None, 1)
        Outbox.objects.update(next_try_at=TUESDAY)
        sent(TUESDAY)
        assert outbox.next_mail(ana, TUESDAY) == (TUESDAY + timedelta(hours=19), 0)

    def test_it_goes_with_what_the_portal_knows_of_a_person_and_is_erased_with_it(self, ana):
        outbox.choose(ana, "weekly", weekday=2)
        assert personal_data(ana)["mails_come"] == "weekly"
        erase(ana)
        assert not MailRhythm.objects.exists()
