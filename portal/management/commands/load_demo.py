"""Fills the portal with the demo municipality and says what was loaded."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from portal.demo import DemoLoader


class Command(BaseCommand):
    help = "Load the demo municipality (invented people and places); safe to run twice."

    def handle(self, *args, **options):
        call_command("load_vocabulary", stdout=self.stdout)
        for line in DemoLoader().load():
            self.stdout.write(line)
