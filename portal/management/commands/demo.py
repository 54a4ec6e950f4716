"""`make demo`: the portal with demo data, served as production serves it, ready when it prints its address."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from partners.models import Group, User
from portal import outbox
from portal.texts import compile_texts

ADMINISTRATOR = "admin@lipovopolje.example.org"
SIGN_INS = [
    ("coordinator", "mojca-hribernik@lipovopolje.example.org"),
    ("editor", "petra-jerman@lipovopolje.example.org"),
    ("editor", "maja-dolinar@lipovopolje.example.org"),
    ("adviser", "marko-sever@lipovopolje.example.org"),
]
DEMO_GROUP = "lskz-lipovo-polje"
CONFIGURATION = settings.BASE_DIR / "deploy" / "gunicorn.conf.py"
BETWEEN_MAILS = 20  # seconds
PATIENCE = 300  # seconds until the server must answer; one that stops meanwhile is noticed at once


class Command(BaseCommand):
    help = "Run the demo: database, demo data, gunicorn. Prints the address and the sign-in of an administrator."
    requires_system_checks = ()

    def handle(self, *args, **options):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        port = os.environ.get("PORT", "8000")
        refuse_taken_port(port)
        compile_texts()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        if Group.objects.exclude(slug=DEMO_GROUP).exists():
            raise CommandError("This database holds another group already; the demo runs on an empty one.")
        if not Group.objects.exists():
            call_command("load_demo", stdout=self.stdout)
        password = self.administrator()
        self.serve(port, password)

    def administrator(self):
        """The demo's administrator; the password is made once and kept beside the demo's data."""
        file = Path(settings.STATIC_ROOT).parent / "demo-password"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(secrets.token_urlsafe(9))
            file.chmod(0o600)
        password = file.read_text().strip()
        user = User.objects.filter(email=ADMINISTRATOR).first() or User.objects.create_superuser(
            ADMINISTRATOR, full_name="Demo administrator"
        )
        others = User.objects.filter(email__in=[email for _words, email in SIGN_INS])
        for person in [user, *others]:
            if not person.check_password(password):
                person.set_password(password)
                person.save(update_fields=["password"])
        return password

    def serve(self, port, password):
        server = subprocess.Popen(  # noqa: S603 – our own command line
            [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
             "--threads", "4", "--preload", "--log-level", "warning", "--config", str(CONFIGURATION)],
        )  # fmt: skip
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", server)
            self.stdout.write(
                f"\n  {settings.PORTAL_NAME} is ready:  http://127.0.0.1:{port}/\n"
                f"  Sign in at:        http://127.0.0.1:{port}/sl/racun/zacetek/   "
                f"(each with the password {password})\n"
                f"    administrator      {ADMINISTRATOR}\n"
                + "".join(f"    {words:<18} {email}\n" for words, email in SIGN_INS)
                + f"  Mails become files in {settings.MAIL_FOLDER or 'the mail server'}, within half a minute.\n"
                "\n  Stop with Ctrl-C.\n"
            )
            self.stdout.flush()
            send_mails_until_it_ends(server)
        except KeyboardInterrupt:
            pass
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)  # it is stopping already: a second Ctrl-C changes nothing
            server.terminate()
            server.wait()


def send_mails_until_it_ends(server):
    """Nobody sets up a timer to try the portal: what it writes goes out from here, every few seconds."""
    while True:
        with contextlib.suppress(DatabaseError):  # the next round sends it
            outbox.deliver()
        connection.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=BETWEEN_MAILS)
            return


def refuse_taken_port(port):
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise CommandError(f"PORT is {port!r}; it must be a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError:
            raise CommandError(f"Port {port} is taken. Try another one: make demo PORT=8123") from None


def wait_for(address, server):
    """Returns when the address answers; raises CommandError when the server ends or takes too long."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise CommandError("The server stopped while starting; see the lines above.")
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 – our own address
                return
        except OSError:
            time.sleep(0.1)
    raise CommandError(f"The server did not answer within {PATIENCE} seconds.")
