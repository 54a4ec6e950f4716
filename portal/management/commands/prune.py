"""Forgets what has done its duty. Safe to run at any time, best weekly from cron or a timer."""

from django.core.management.base import BaseCommand

from partners.models import Picture
from portal import pictures
from portal.models import Change, Look, Outbox
from programmes.models import ProblemReport


class Command(BaseCommand):
    help = "Forget changes that every process has long taken note of, and looks at personal data after twelve months."

    def handle(self, *args, **options):
        self.stdout.write(f"{Change.objects.prune()} changes forgotten")
        self.stdout.write(f"{ProblemReport.objects.prune()} addresses of reports erased")
        self.stdout.write(f"{Outbox.objects.prune()} mails forgotten")
        keys = lambda: Picture.objects.values_list("file_key", flat=True)
        self.stdout.write(f"{pictures.prune(keys)} files of pictures removed")
        self.stdout.write(f"{Look.objects.prune()} looks at personal data forgotten")
