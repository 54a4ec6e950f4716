"""Whether a translation still says what the original says: told by a digest of the original, never by a time.

The original is the text in the portal's own language, else the first there is. A translation is outdated when
the words it was made from are others now; put back, they make it current again. What nobody translated through
a form (demo, import) is taken to be current until its original changes.
"""

from hashlib import blake2b

from django.conf import settings

from . import languages
from .models import TranslationState

FIRST = (settings.LANGUAGE_CODE, *(code for code in languages.CODES if code != settings.LANGUAGE_CODE))


def digest(text):
    """Of the words: how they are broken into lines does not count."""
    return blake2b(" ".join((text or "").split()).encode(), digest_size=16).hexdigest()


def original(texts):
    """The language of the original in {code: text}; None when there is no text."""
    return next((code for code in FIRST if texts.get(code)), None)


def texts_of(record, fields):
    """{field: {code: text}} of a record as it stands."""
    return {f: {code: getattr(record, f"{f}_{code}") or "" for code in languages.CODES} for f in fields}


def note(record, before, after, is_minor=False):
    """Takes note of a save: `before` and `after` as from texts_of. Within the transaction that saves.

    With `is_minor` the original was only polished: translations that were current stay so.
    """
    rows = {(r.field, r.language): r for r in TranslationState.objects.filter(**_whose(record))}
    for field, now in after.items():
        was = before[field]
        source = original(now)
        changed = {code for code in languages.CODES if digest(was[code]) != digest(now[code])}
        for code in languages.CODES:
            row = rows.get((field, code))
            if code in changed:
                _translated(record, field, code, row, source, now)
            elif source in changed and code != source and now[code]:
                _left_alone(record, field, code, row, source, was, now, is_minor)


def _translated(record, field, code, row, source, now):
    """This text was written just now: from the original, or as the original."""
    if not now[code] or code == source:
        if row:
            row.delete()
        return
    _put(record, field, code, row, source, now[source])


def _left_alone(record, field, code, row, source, was, now, is_minor):
    """The original changed and this text did not."""
    is_current = row is None or row.digest == digest(was[row.source])
    is_same = is_minor or not was[source]  # an original that was not there before is a translation itself
    if is_current:
        _put(record, field, code, row, source, now[source] if is_same else was[source])


def _put(record, field, code, row, source, text):
    row = row or TranslationState(**_whose(record), field=field, language=code)
    row.source, row.digest = source, digest(text)
    row.save()


def _whose(record):
    return {"kind": record._meta.label_lower, "number": record.pk}


def outdated(records):
    """{number: [(field, code)]} of texts whose original is another one now; one query. All of one model."""
    by_number = {record.pk: record for record in records}
    if not by_number:
        return {}
    kind = next(iter(by_number.values()))._meta.label_lower
    found: dict = {}
    for row in TranslationState.objects.filter(kind=kind, number__in=by_number).order_by("pk"):
        record = by_number[row.number]
        source = getattr(record, f"{row.field}_{row.source}", "")
        if source and getattr(record, f"{row.field}_{row.language}", "") and digest(source) != row.digest:
            found.setdefault(row.number, []).append((row.field, row.language))
    return found


def in_words(record, found):
    """ "what it offers (Deutsch), name (English)"."""
    names = dict(settings.LANGUAGES)
    words = {field: str(record._meta.get_field(field).verbose_name) for field, _code in found}
    return ", ".join(f"{words[field]} ({names[code]})" for field, code in found)
