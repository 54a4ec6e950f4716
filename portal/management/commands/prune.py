"""Forgets what has done its duty. Safe to run at any time, best weekly from cron or a timer."""

from django.core.management.base import BaseCommand

from portal.models import Change, EmptySearch, Look, Outbox
from programmes.models import ProblemReport


class Command(BaseCommand):
    help = "Forget changes that every process has long taken note of, and looks at personal data after twelve months."

    def handle(self, *args, **options):
        self.stdout.write(f"{Change.objects.prune()} changes forgotten")
        self.stdout.write(f"{ProblemReport.objects.prune()} addresses of reports erased")
        self.stdout.write(f"{Outbox.objects.prune()} mails forgotten")
        self.stdout.write(f"{EmptySearch.objects.prune()} words nothing was found for forgotten")
        self.stdout.write(f"{Look.objects.prune()} looks at personal data forgotten")
