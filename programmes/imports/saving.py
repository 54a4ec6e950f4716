"""An import: read for its preview, then saved whole or not at all, as each person's edits are and the preview showed.

The table is read again first; where it would no longer do the same, nothing is saved and the preview is made anew.
"""

import logging
import threading
from enum import Enum
from functools import partial
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from partners.models import Organisation
from portal.spreadsheets import Refused
from portal.stale import StaleObject

from .. import editing, review
from ..content import put
from ..models import Import, Programme
from . import partners_together, together
from .kinds import KINDS
from .preview import CHANGED, NEW, WRONG, recognised, same, unheard

AT_ONCE = 200  # rows that are read or saved while the person waits; more of them go on by themselves
_STEP = 100  # rows that are written together, and after which the progress is noted
log = logging.getLogger(__name__)


class Outcome(Enum):
    SAVED = "saved"
    MOVED = "moved"  # the data changed since the preview, which is made anew
    WRONG = "wrong"  # a row cannot be saved, and now says why
    BUSY = "busy"  # somebody, perhaps this person, is saving it


class _Forgotten(Exception):
    """Nobody waits for it any longer."""


class _Moved(Exception):
    pass


class _Unsaved(Exception):
    def __init__(self, number, sentence):
        super().__init__(sentence)
        self.number, self.sentence = number, sentence


def begin(kind, user, group, name, table):
    """A new Import with its preview or, if it is long, one that is being read. Raises Refused."""
    recognised(KINDS[kind].sheet, table.head)
    record = Import(kind=kind, group=group, by=user, file_name=name[:200], total=len(table.rows),
                    table={"head": table.head, "rows": table.rows})  # fmt: skip
    if record.total > AT_ONCE:
        record.state, record.started_at = Import.State.READING, timezone.now()
        record.save()
        _by_itself(_read_alone, record.pk)
        return record
    for name, value in _seen(_preview(record)).items():
        setattr(record, name, value)
    record.save()
    return record


def read_again(record):
    """Reads what was interrupted anew; nothing where it goes on, was forgotten, or is read already."""
    if Import.objects.unread().filter(pk=record.pk).update(started_at=timezone.now(), checked=0, problem=""):
        _by_itself(_read_alone, record.pk)


def _by_itself(deed, pk):
    """Beside the request, once what it wrote is there for others."""
    thread = threading.Thread(target=deed, args=[pk, get_language()])
    transaction.on_commit(thread.start)


def _seen(found):
    """A Preview as the columns of an import."""
    return {"rows": found.rows, "counts": found.counts, "unknown": found.unknown, "language": get_language()}


def say_in_readers_language(record):
    """Has a preview that speaks another language made anew, at once or, if it is long, by itself; what a yes would save
    stays the same, or the page says that the data changed."""
    if not record.is_preview or record.language == get_language():
        return
    if record.total > AT_ONCE:
        again = {"state": Import.State.READING, "started_at": timezone.now(), "checked": 0, "problem": ""}
        if Import.objects.filter(pk=record.pk, state=Import.State.PREVIEW).update(**again):
            _by_itself(_read_alone, record.pk)
        record.refresh_from_db()
        return
    _look_again(record.pk, was_saved=False)
    record.refresh_from_db()


def read(pk):
    """Makes the preview of an import that is being read, and says how far it is. Raises Refused."""
    reading = Import.objects.filter(pk=pk, state=Import.State.READING)

    def note(checked):
        if not reading.update(checked=checked, started_at=timezone.now()):
            raise _Forgotten

    try:
        found = _preview(reading.select_related("by", "group").get(), note)
    except (Import.DoesNotExist, _Forgotten):
        return
    reading.update(state=Import.State.PREVIEW, **_seen(found))


def _read_alone(pk, language):
    """In a thread of its own. What cannot be read says why; what fails can be read again."""
    with override(language):
        try:
            read(pk)
        except Refused as error:
            _stop_reading(pk, error.sentence)
        except Exception:
            log.exception("Import %s could not be read", pk)
            _stop_reading(pk, _("Something went wrong on our side. Nothing was saved; please try again."))
        finally:
            connection.close()


def _stop_reading(pk, sentence):
    stopped = {"problem": sentence, "started_at": None}
    Import.objects.filter(pk=pk, state=Import.State.READING).update(**stopped)


def save(record):
    """Saves the import, at once or, if it is long, by itself: an Outcome, BUSY where it goes on."""
    claimed = Import.objects.claimable().filter(pk=record.pk)
    changes = {"state": Import.State.SAVING, "started_at": timezone.now(), "checked": 0, "done": 0, "problem": "",
               "has_moved": False}  # fmt: skip
    if not claimed.update(**changes):
        record.refresh_from_db()
        return Outcome.SAVED if record.state == Import.State.SAVED else Outcome.BUSY
    if max(record.to_save, record.total) <= AT_ONCE:
        return carry_out(record.pk)
    _by_itself(_carry_out_alone, record.pk)
    return Outcome.BUSY


def carry_out(pk, note=lambda checked, done: None):
    """Saves a claimed import in one transaction. Whatever fails undoes all.

    `note` is told how many rows of the table are checked once more, and how many of those that differ are saved.
    """
    try:
        with transaction.atomic():
            record = _alone(pk)
            if record.state == Import.State.SAVED:
                return Outcome.SAVED
            with pghistory.context(way="import", user=record.by_id):
                counts = _save_rows(record, note)
            values = {"state": Import.State.SAVED, "counts": counts, "table": {}, "rows": [], "unknown": []}
            Import.objects.filter(pk=pk).update(**values)
        return Outcome.SAVED
    except (_Moved, StaleObject, PermissionDenied):
        _look_again(pk)
        return Outcome.MOVED
    except _Unsaved as error:
        _note_error(pk, error)
        return Outcome.WRONG
    except BaseException:
        Import.objects.filter(pk=pk).update(state=Import.State.PREVIEW)
        raise


def _carry_out_alone(pk, language):
    """In a thread of its own: for the person a page says how far it is."""
    progress = connections.create_connection("default")  # what the transaction writes, nobody else would see

    def note(checked, done):
        with progress.cursor() as cursor:
            cursor.execute("UPDATE programmes_import SET checked = %s, done = %s, started_at = now() WHERE id = %s",
                           [checked, done, pk])  # fmt: skip

    try:
        with override(language):
            carry_out(pk, note)
    except Exception:
        log.exception("Import %s failed", pk)
        with override(language):
            problem = _("Something went wrong on our side. Nothing was saved; please try again.")
        Import.objects.filter(pk=pk).update(problem=problem)
    finally:
        progress.close()
        connection.close()


def _alone(pk):
    """The import, once no other one of its group is being saved: two could bring the same new row."""
    record = Import.objects.select_related("by", "group").get(pk=pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('programmes.import'), %s::int)", [record.group_id or 0])
    record.refresh_from_db()
    return record


def _save_rows(record, note):
    kind = KINDS[record.kind]
    groups = kind.groups(record.by)
    if not (groups if kind.names_group else groups.filter(pk=record.group_id)).exists():
        raise _Moved
    found = _preview(record, lambda checked: note(checked, 0))
    if not same(found.rows, record.rows) or found.counts[WRONG]:
        raise _Moved
    counts = {"created": 0, "changed": 0, "proposed": 0, "same": found.counts["same"]}
    todo = [row for row in found.rows if row["state"] in (NEW, CHANGED)]
    step = len(todo) if kind.save else _STEP
    for start in range(0, len(todo), step or 1):
        batch = todo[start : start + step]
        for what in (kind.save or _save_batch)(batch, record):
            counts[what] += 1
        note(record.total, start + len(batch))
    return counts


def _preview(record, note=unheard):
    return KINDS[record.kind].preview(record.by, record.group, record.table["head"], record.table["rows"], note)


def _save_batch(rows, record):
    """[what became of each]. They are written together; where one does not fit, one by one, to say which."""
    try:
        with transaction.atomic():
            return _save_together(rows, record)
    except (ValidationError, IntegrityError):
        log.info("Import %s: a batch is saved row by row", record.pk)
    return [_save_one(row, record) for row in rows]


def _save_together(rows, record):
    new = [row for row in rows if row["state"] == NEW]
    changed = [row for row in rows if row["state"] == CHANGED]
    if record.kind == Import.Kind.PROGRAMMES:
        return _save_programmes(new, changed, record)
    if record.kind == Import.Kind.PLACES:
        create, update = partners_together.create_places, partners_together.update_places
    else:
        create = partial(partners_together.create_organisations, group=record.group)
        update = partners_together.update_organisations
    if new:
        create(new)
    if changed:
        update(changed)
    return ["created"] * len(new) + ["changed"] * len(changed)


def _save_programmes(new, changed, record):
    seen, asked = review.seen_when_saved_by(record.by, [row["pk"] for row in changed])
    at_once = [row for row in changed if row["pk"] not in asked]
    if new:
        together.create(new)
    if at_once:
        together.update(at_once, seen)
    alone = [_save_one(row, record) for row in changed if row["pk"] in asked]
    return ["created"] * len(new) + ["changed"] * len(at_once) + alone


def _save_one(row, record):
    try:
        with transaction.atomic():
            return _SAVE[record.kind](row, record)
    except ValidationError as error:
        raise _Unsaved(row["n"], " ".join(error.messages)) from error
    except IntegrityError as error:
        raise _Unsaved(row["n"], _("This row does not fit what is saved already.")) from error


def _look_again(pk, was_saved=True):
    """A new preview of the table as things stand now: after a saving that was refused, or for another reader."""
    record = Import.objects.select_related("by", "group").get(pk=pk)
    values: dict[str, Any] = {"state": Import.State.PREVIEW, "language": get_language()}
    try:
        found = _preview(record)
        values |= _seen(found) | {"has_moved": was_saved or record.has_moved or not same(found.rows, record.rows)}
    except Refused as error:
        values |= {"problem": error.sentence, "has_moved": True}
    waiting = Import.objects.filter(pk=pk) if was_saved else Import.objects.filter(pk=pk, state=Import.State.PREVIEW)
    waiting.update(**values)


def _note_error(pk, error):
    record = Import.objects.get(pk=pk)
    for row in record.rows:
        if row["n"] == error.number:
            record.counts[row["state"]] -= 1
            record.counts[WRONG] += 1
            row["state"] = WRONG
            row["errors"].append({"column": "", "text": error.sentence})
    record.state = Import.State.PREVIEW
    record.save(update_fields=["rows", "counts", "state"])


# ---- one row --------------------------------------------------------------------------------------
def _save_programme(row, record):
    values = dict(row["values"])
    terms = {name.removeprefix("terms "): values.pop(name) for name in list(values) if name.startswith("terms ")}
    if row["state"] == NEW:
        organisation = Organisation.objects.get(pk=values.pop("organisation_id"))
        schedules = values.pop("schedules", [])
        chosen = sorted(number for numbers in terms.values() for number in numbers)
        programme = editing.create(organisation, {**values, "terms": chosen})
        if schedules:
            put(programme, {"schedules": schedules})
        return "created"
    programme = Programme.objects.get(pk=row["pk"])
    if terms:
        kept = programme.terms.exclude(vocabulary__in=terms).values_list("pk", flat=True)
        values["terms"] = sorted({*kept, *(number for numbers in terms.values() for number in numbers)})
    return "proposed" if editing.save(programme, values, record.by, row["version"]) else "changed"


def _save_partner(row, record):
    """A place or an organisation, by itself."""
    return _save_together([row], record)[0]


_SAVE = {
    Import.Kind.PROGRAMMES: _save_programme,
    Import.Kind.PLACES: _save_partner,
    Import.Kind.ORGANISATIONS: _save_partner,
}
