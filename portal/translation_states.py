"""Whether a translation still says what the original says: told by a digest of the original, never by a time.

The original is the text in the portal's own language, else the first there is. A translation is outdated when
the words it was made from are others now; put back, they make it current again. What nobody translated through
a form (demo, import) is taken to be current until its original changes.

An outdated translation can also be said to be still right as it is. That too keeps the digest of the original that
was looked at, and stands in the history of the record; the version stays, for nothing that it says has changed.
"""

from hashlib import blake2b
from typing import NamedTuple

import pghistory
from django.conf import settings

from . import languages
from .models import TranslationState
from .models.translations import STILL_RIGHT

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
    note_all([(record, before, after)], is_minor)


def note_all(saves, is_minor=False):
    """The same for many records of one model, [(record, before, after)]; at most four questions."""
    numbers = [record.pk for record, _before, _after in saves]
    known = TranslationState.objects.filter(kind=saves[0][0]._meta.label_lower, number__in=numbers) if saves else ()
    rows = {(row.number, row.field, row.language): row for row in known}
    gone, put = [], []
    for record, before, after in saves:
        for field, now in after.items():
            for code in languages.CODES:
                row = rows.get((record.pk, field, code))
                _note(record, field, code, row, before[field], now, is_minor, gone, put)
    if gone:
        TranslationState.objects.filter(pk__in=gone).delete()
    TranslationState.objects.bulk_create(row for row in put if not row.pk)
    TranslationState.objects.bulk_update([row for row in put if row.pk], ["source", "digest"])


def _note(record, field, code, row, was, now, is_minor, gone, put):
    """Adds to `gone` and `put` what the save of one text means for the state of one of its translations."""
    source = original(now)
    if digest(was[code]) != digest(now[code]):
        if now[code] and code != source:  # written just now, from the original
            put.append(_state(record, field, code, row, source, now[source]))
        elif row:
            gone.append(row.pk)
    elif source and code != source and now[code] and digest(was[source]) != digest(now[source]):
        # The original changed and this text did not; one that was not there before is a translation itself.
        is_same = is_minor or not was[source]
        if row is None or row.digest == digest(was[row.source]):
            put.append(_state(record, field, code, row, source, now[source] if is_same else was[source]))


def _state(record, field, code, row, source, text):
    row = row or TranslationState(**_whose(record), field=field, language=code)
    row.source, row.digest = source, digest(text)
    return row


def _whose(record):
    return {"kind": record._meta.label_lower, "number": record.pk}


def looked_at(columns, texts):
    """{column: digest of the original beside it} of translations that were looked at in `texts`, {column: text}."""
    found = {}
    for column in columns:
        field, _underscore, code = column.rpartition("_")
        said = {each: texts.get(f"{field}_{each}") for each in languages.CODES}
        source = original(said)
        if said.get(code) and code != source:
            found[column] = digest(said[source])
    return found


def still_right(record, seen):
    """Takes note that translations are right as they are; `seen` as from looked_at. → {column} of what was noted.

    Only what is outdated, and whose original still says what was looked at: of another one nobody has said so.
    To be called in a transaction that holds the record's row, or two at once miss each other.
    """
    noted = set()
    for field, code in outdated([record]).get(record.pk, ()) if seen else ():
        texts = texts_of(record, [field])[field]
        source = original(texts)
        if code == source or seen.get(f"{field}_{code}") != digest(texts[source]):
            continue
        row = TranslationState.objects.get(**_whose(record), field=field, language=code)
        _state(record, field, code, row, source, texts[source]).save()
        pghistory.create_event(row, label=STILL_RIGHT)
        noted.add(f"{field}_{code}")
    return noted


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


def made_from(record, columns, texts):
    """Takes note that translations saved just now (`columns`) were written beside `texts`, {column: text}.

    What is not among the texts is as the record has it. Where the original there is another one (it waits for a yes,
    or was refused), the translation is outdated until the record has that. Within the transaction that saves.
    """
    for column in columns:
        field, _underscore, code = column.rpartition("_")
        if code not in languages.CODES:
            continue
        beside = {each: texts.get(f"{field}_{each}", getattr(record, f"{field}_{each}")) for each in languages.CODES}
        source = original(beside)
        if not beside[code] or code == source:
            continue
        if digest(beside[source]) != digest(getattr(record, f"{field}_{source}")):
            row = TranslationState.objects.filter(**_whose(record), field=field, language=code).first()
            _state(record, field, code, row, source, beside[source]).save()


class Tab(NamedTuple):
    """What the choice of languages above a form says of one: how many texts it `lacks`, how many are `outdated`, and
    whether all there are `is_complete`. Texts that are optional and written in no language are neither.
    """

    lacks: int
    outdated: int
    is_complete: bool


def tabs(texts, outdated, wanted=()):
    """{code: Tab} of {field: {code: text}}; `outdated` and `wanted` (texts to be written yet) are sets of columns."""
    written = {field for field, said in texts.items() if any(said.values())}

    def tab(code):
        missing = {f for f, said in texts.items() if not said[code]}
        lacks = sum(f in written or f"{f}_{code}" in wanted for f in missing)
        return Tab(lacks, sum(f"{f}_{code}" in outdated for f in texts.keys() - missing), not missing)

    return {code: tab(code) for code in languages.CODES}
