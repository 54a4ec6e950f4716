"""Forgets what has done its duty. Safe to run at any time, best weekly from cron or a timer."""

from django.core.management.base import BaseCommand

from actionplans.models import Comment, Signal
from partners.models import HandOver, JoinRequest, Picture, RefusedSignIn
from portal import pictures
from portal.models import Change, EmptySearch, Look, Once, Outbox
from programmes import photos
from programmes.models import Import, ProblemReport, SelfHelpRequest, VisitRequest


class Command(BaseCommand):
    help = "Forget changes that every process has long taken note of, and looks at personal data after twelve months."

    def handle(self, *args, **options):
        self.stdout.write(f"{Change.objects.prune()} changes forgotten")
        self.stdout.write(f"{ProblemReport.objects.prune()} addresses of reports erased")
        self.stdout.write(f"{JoinRequest.objects.prune()} addresses of requests to take part erased")
        self.stdout.write(f"{SelfHelpRequest.objects.prune()} requests about self-help erased")
        self.stdout.write(f"{VisitRequest.objects.prune()} requests for a visit erased")
        self.stdout.write(f"{Outbox.objects.prune()} mails forgotten")
        self.stdout.write(f"{Signal.objects.prune()} addresses of signals erased")
        self.stdout.write(f"{Comment.objects.prune()} addresses of comments erased")
        self.stdout.write(f"{Once.objects.prune()} sent forms forgotten")
        keys = lambda: {*Picture.objects.values_list("file_key", flat=True), *photos.keys()}
        self.stdout.write(f"{pictures.prune(keys)} files of pictures removed")
        self.stdout.write(f"{EmptySearch.objects.prune()} words nothing was found for forgotten")
        self.stdout.write(f"{Look.objects.prune()} looks at personal data forgotten")
        self.stdout.write(f"{RefusedSignIn.objects.prune()} counts of refused sign-ins forgotten")
        self.stdout.write(f"{HandOver.objects.prune()} hand-overs forgotten")
        self.stdout.write(f"{Import.objects.prune()} imports forgotten")
