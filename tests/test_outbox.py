"""The outbox against a real mail server: each mail once, patience with a bad one, nothing lost."""

import socket
import threading
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from portal import outbox, ticks
from portal.models import Outbox
from portal.models.outbox import PAUSES

from .records import make_user

pytestmark = pytest.mark.server


class Server:
    """An SMTP server on a free port; `refuses` gives the answer for a recipient or for the data, if any."""

    def __init__(self):
        self.mails, self.refuses, self.refuses_data = [], {}, ""

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.refuses_data:
            return self.refuses_data
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def server(settings):
    handler = Server()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield handler
    controller.stop()


def queue(to="ana@example.org", **fields):
    return outbox.queue("test", to, "sl", "Dober dan, čebelica", "Živjo!", **fields)


def state(mail):
    mail.refresh_from_db()
    return mail.state, mail.tries


@pytest.mark.django_db(transaction=True)
class TestDelivery:
    def test_a_mail_is_marked_sent_once_the_server_took_it(self, server):
        mail = queue()
        assert outbox.deliver() == (1, 0)
        [got] = server.mails
        assert (got["To"], got["Subject"], got["Content-Language"]) == ("ana@example.org", "Dober dan, čebelica", "sl")
        assert got["List-Unsubscribe"] is None
        assert got.get_content().strip() == "Živjo!"
        assert state(mail) == ("sent", 1)
        assert outbox.deliver() == (0, 0)

    def test_a_server_that_says_later_is_asked_again_after_a_growing_pause(self, server):
        server.refuses_data = "451 later"
        mail, now = queue(), timezone.now()
        assert outbox.deliver() == (0, 1)
        assert state(mail) == ("waiting", 1)
        assert abs(mail.next_try_at - now - PAUSES[0]) < timedelta(minutes=1)
        assert outbox.deliver() == (0, 0)
        server.refuses_data = ""
        Outbox.objects.update(next_try_at=timezone.now())
        assert outbox.deliver() == (1, 0)
        assert state(mail) == ("sent", 2)

    def test_an_address_that_does_not_exist_fails_for_good_and_stops_no_other(self, server):
        server.refuses["gone@example.org"] = "550 no such user"
        gone, other = queue("gone@example.org"), queue("bor@example.org")
        assert outbox.deliver() == (1, 1)
        assert (state(gone), state(other)) == (("failed", 1), ("sent", 1))
        assert "550" in gone.error

    def test_a_wrong_password_of_ours_loses_no_mail(self, server, settings):
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "wrong"
        first, second = queue(), queue("bor@example.org")
        assert outbox.deliver() == (0, 2)
        assert [state(first), state(second)] == [("waiting", 1), ("waiting", 1)]

    def test_an_address_that_is_none_stops_no_other_mail(self, server):
        broken, other = queue("ana@example.org\nbcc: x@example.org"), queue("bor@example.org")
        assert outbox.deliver() == (1, 1)
        assert (state(broken), state(other)) == (("failed", 1), ("sent", 1))

    def test_a_server_that_refuses_the_text_for_good_is_believed(self, server):
        server.refuses_data = "554 no"
        mail = queue()
        outbox.deliver()
        assert state(mail) == ("failed", 1)

    def test_without_a_server_mails_wait(self, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        mail = queue()
        assert outbox.deliver() == (0, 1)
        assert state(mail) == ("waiting", 1)

    def test_after_the_last_pause_it_has_failed(self, server):
        server.refuses_data = "451 later"
        mail = queue()
        for _try in range(len(PAUSES) + 1):
            Outbox.objects.update(next_try_at=timezone.now())
            outbox.deliver()
        assert state(mail) == ("failed", len(PAUSES) + 1)

    def test_two_ticks_at_once_send_each_mail_once(self, server):
        for number in range(12):
            queue(f"p{number}@example.org")
        start = threading.Barrier(2)

        def tick():
            start.wait()
            outbox.deliver()
            connection.close()

        threads = [threading.Thread(target=tick) for _ in range(2)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert sorted(mail["To"] for mail in server.mails) == sorted(f"p{n}@example.org" for n in range(12))

    def test_two_ticks_at_once_send_the_mail_of_the_week_once_with_all_in_it(self, server):
        ana, now = make_user(language="en"), timezone.now()
        outbox.choose(ana, "weekly", weekday=timezone.localtime(now - timedelta(days=1)).weekday())
        for number in range(5):
            outbox.queue("report-new", ana.email, "en", f"Number {number}", "x", user=ana)
        Outbox.objects.update(created_at=now - timedelta(days=3), next_try_at=now)
        start = threading.Barrier(2)

        def tick():
            start.wait()
            outbox.deliver(now)
            connection.close()

        threads = [threading.Thread(target=tick) for _ in range(2)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        [got] = server.mails
        assert got["Subject"] == "5 messages from Skupaj"
        assert [f"Number {number}" in got.get_content() for number in range(5)] == [True] * 5
        assert "One-Click" in got["List-Unsubscribe-Post"]
        outbox.queue("report-new", ana.email, "en", "Number 6", "x", user=ana)
        assert [outbox.deliver(), len(server.mails)] == [(0, 0), 1]

    def test_a_message_that_another_tick_holds_for_a_moment_goes_with_the_others(self, server):
        ana, now = make_user(language="en"), timezone.now()
        outbox.choose(ana, "weekly", weekday=timezone.localtime(now - timedelta(days=1)).weekday())
        for number in range(3):
            outbox.queue("report-new", ana.email, "en", f"Number {number}", "x", user=ana)
        Outbox.objects.update(created_at=now - timedelta(days=3), next_try_at=now)

        def tick():
            outbox.deliver(now)
            connection.close()

        thread = threading.Thread(target=tick)
        with transaction.atomic():
            list(Outbox.objects.order_by("-pk").select_for_update()[:1])
            thread.start()
            thread.join(1)
        thread.join()
        [got] = server.mails
        assert got["Subject"] == "3 messages from Skupaj"

    def test_a_mail_of_the_week_that_no_server_took_goes_on_the_next_try(self, server):
        ana, now = make_user(language="en"), timezone.now()
        outbox.choose(ana, "weekly", weekday=timezone.localtime(now - timedelta(days=1)).weekday())
        mail = outbox.queue("report-new", ana.email, "en", "One", "x", user=ana)
        Outbox.objects.update(created_at=now - timedelta(days=3), next_try_at=now)
        server.refuses_data = "451 later"
        assert outbox.deliver(now) == (0, 1)
        server.refuses_data = ""
        Outbox.objects.update(next_try_at=now)
        assert outbox.deliver(now) == (1, 0)
        assert state(mail) == ("sent", 2)

    def test_urgent_mails_go_first(self, server):
        queue("later@example.org")
        queue("now@example.org", urgent=True)
        outbox.deliver()
        assert [mail["To"] for mail in server.mails] == ["now@example.org", "later@example.org"]

    def test_a_mail_of_a_transaction_that_failed_is_never_sent(self, server):
        with transaction.atomic():
            queue()
            transaction.set_rollback(True)
        assert outbox.deliver() == (0, 0)


@pytest.mark.django_db
def test_the_same_thing_is_said_once():
    assert queue(key="reminder 12 six months") is not None
    assert queue(key="reminder 12 six months") is None
    assert Outbox.objects.count() == 1


@pytest.mark.django_db
def test_no_header_is_smuggled_in_by_a_subject():
    mail = outbox.queue("test", "ana@example.org", "en", "Hello\nBcc: evil@example.org", "x")
    assert mail.subject == "Hello Bcc: evil@example.org"


@pytest.mark.django_db
def test_one_deed_that_fails_stops_no_other(monkeypatch):
    monkeypatch.setattr(ticks, "_deeds", {})

    def breaks():
        raise ValueError("broken")

    ticks.register(breaks)
    ticks.register(lambda: "done")
    outcomes = [words for _name, words in ticks.run()]
    assert [str(outcome) for outcome in outcomes] == ["broken", "done"]


@pytest.mark.django_db
def test_a_tick_says_what_it_did_and_forgets_what_is_old(capsys):
    queue()
    call_command("tick")
    assert "mails: 1 sent, 0 not taken" in capsys.readouterr().out


@pytest.mark.django_db
def test_old_mails_are_forgotten_but_none_that_waits():
    kept, old = queue(), queue()
    old.mark_sent()
    Outbox.objects.update(created_at=timezone.now() - timedelta(days=92))
    assert Outbox.objects.prune() == 1
    assert list(Outbox.objects.all()) == [kept]
