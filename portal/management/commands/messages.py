"""For maintainers: collects the strings of code and templates into locale/. Needs gettext (xgettext, msgmerge)."""

import shutil

import polib
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
        call_command(
            "makemessages",
            locale=CODES,
            no_location=True,
            no_wrap=True,
            ignore_patterns=[".venv", ".local", "tests"],
        )
        speak_source(dict(catalogues())["en"])
        for code, path in catalogues():
            self.stdout.write(f"{code}: {len(faults(path))} to do")


def speak_source(path):
    """English is the language of the source: a text without an English one of its own is the string itself.

    An English text that was edited stays until the string in the source changes.
    """
    texts = polib.pofile(str(path), wrapwidth=0)
    for entry in texts:
        is_new = entry.fuzzy or not entry.translated()
        if is_new and entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
        elif is_new:
            entry.msgstr = entry.msgid
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
        entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
    for entry in texts.obsolete_entries():
        texts.remove(entry)
    texts.metadata["Plural-Forms"] = "nplurals=2; plural=(n != 1);"
    texts.save()
