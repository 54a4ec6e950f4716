"""For cron or a timer, every few minutes: does what is due, then sends what waits in the outbox."""

from io import StringIO

from django.core.management import call_command
from django.core.management.base import BaseCommand

from portal import outbox, ticks


class Command(BaseCommand):
    help = "Do what is due (reminders, publications …) and send waiting mails. Safe in parallel and when run twice."

    def handle(self, *args, **options):
        failures = 0
        for name, words in ticks.run():
            failures += isinstance(words, Exception)
            if words:
                self.stdout.write(f"{name}: {words}")
        sent, failed = outbox.deliver()
        self.stdout.write(f"mails: {sent} sent, {failed} not taken")
        for command in ("prune", "clearsessions"):
            call_command(command, stdout=StringIO())
        if failures:
            raise SystemExit(1)
