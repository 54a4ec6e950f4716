"""For maintainers: collects the strings of code and templates into locale/. Needs gettext (xgettext, msgmerge)."""

import shutil

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from portal.languages import CODES
from portal.texts import catalogues, faults


class Command(BaseCommand):
    help = "Collect the interface strings into locale/ and say what is still to be translated."
    requires_system_checks = ()

    def handle(self, *args, **options):
        if not shutil.which("xgettext"):
            raise CommandError("xgettext is missing: install your system's gettext package.")
        call_command("makemessages", locale=CODES, no_location=True, no_wrap=True, ignore_patterns=[".venv", ".local", "tests"])
        for code, path in catalogues():
            self.stdout.write(f"{code}: {len(faults(path))} to do")
