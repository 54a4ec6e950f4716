"""Compiles the translations (.po → .mo) without system gettext, and checks that they are whole."""

import re
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation.reloader import translation_file_changed

PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|<int:pk>|<slug:slug>|<[a-z/][^>]*>")


def catalogues():
    """[(language code, path of django.po)]."""
    return [
        (code, Path(settings.LOCALE_PATHS[0]) / code / "LC_MESSAGES" / "django.po") for code, _ in settings.LANGUAGES
    ]


def compile_texts():
    """Writes every .mo that is older than its .po; returns the languages compiled."""
    compiled = []
    for code, po in catalogues():
        mo = po.with_suffix(".mo")
        if po.exists() and (not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime):
            polib.pofile(str(po)).save_as_mofile(str(mo))
            translation_file_changed(None, mo)  # what was read before is forgotten, in this process too
            compiled.append(code)
    return compiled


def faults(path):
    """[what is wrong with one .po file]: missing, fuzzy and malformed translations, one line each."""
    found = []
    for entry in polib.pofile(str(path)):
        if entry.obsolete:
            continue
        texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if not all(texts):
            found.append(f"missing: {entry.msgid[:80]}")
        elif entry.fuzzy:
            found.append(f"fuzzy: {entry.msgid[:80]}")
        else:
            found += [f"malformed: {text[:80]}" for text in texts if not _same_placeholders(entry, text)]
    return found


def _same_placeholders(entry, text):
    """A plural form may leave the count out ("one programme"), nothing else may be lost or added."""
    wanted = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural))
    given = set(PLACEHOLDER.findall(text))
    return given <= wanted and wanted - given <= ({"%(count)s", "%(count)d"} if entry.msgid_plural else set())
