"""The index: which records there are to find, and how their entries keep up with every change.

An app registers a kind of record with a reader of its texts, and the tables whose changes concern it. Triggers of the
database note each record that has changed, also for bulk changes and SQL; `repair` works the notes off: in the same
transaction after a save (signals), else at the next search.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

import pgtrigger
from django.db import connection, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save

from .. import languages
from . import text
from .entries import rows_of, write


class Kind(NamedTuple):
    name: str
    model: Any
    read: Callable  # numbers → iterable of Entry, in a fixed number of queries
    visible: Callable  # numbers → queryset of those the public may see
    label: str  # the field that names a record
    follows: dict[str, str]  # another kind → SQL for the numbers that hold texts of these records


KINDS: dict[str, Kind] = {}


def register(name, model, read, visible, label="name", follows=None):
    KINDS[name] = Kind(name, model, read, visible, label, follows or {})


def watch(model, kind, columns, number="id", source="changed"):
    """Notes the records of `kind` that a change of these columns concerns, by trigger and by signal.

    `changed` are the changed rows; `number` is the record's number in `source`, which may join them with more.
    """
    note = (
        f"INSERT INTO portal_searchdue (kind, number) SELECT DISTINCT '{kind}', {number} FROM {source} "  # noqa: S608
        f"WHERE {number} IS NOT NULL; RETURN NULL;"  # names of our own tables, as everywhere below
    )
    new, old = (", ".join(f'{table}."{column}"' for column in columns) for table in ("n", "o"))
    updated = (
        "SELECT v.* FROM new_values n JOIN old_values o ON o.id = n.id "  # noqa: S608
        f"CROSS JOIN LATERAL (SELECT n.* UNION ALL SELECT o.*) v WHERE ROW({new}) IS DISTINCT FROM ROW({old})"
    )
    rows = {
        pgtrigger.Insert: ("SELECT * FROM new_values", pgtrigger.Referencing(new="new_values")),
        pgtrigger.Update: (updated, pgtrigger.Referencing(old="old_values", new="new_values")),
        pgtrigger.Delete: ("SELECT * FROM old_values", pgtrigger.Referencing(old="old_values")),
    }
    for operation, (changed, referencing) in rows.items():
        trigger = pgtrigger.Trigger(
            name=f"search_{kind}_{operation}".lower(),
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=referencing,
            func=f"WITH changed AS ({changed}) {note}",
        )
        pgtrigger.register(trigger)(model)
    for signal in (post_save, post_delete, m2m_changed):
        signal.connect(_after_change, sender=model, dispatch_uid=f"search {kind} {model.__name__}")


# ---- writing --------------------------------------------------------------------------------------
def refresh(kind, numbers, codes=languages.CODES):
    """Brings the entries of these records in step, within a transaction; answers {language: Counter of words}.

    The entries are locked before the records are read: of two who change what one entry holds, the second waits and
    then reads what the first has written.
    """
    numbers = sorted(set(numbers))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM portal_searchentry WHERE kind = %s AND number = ANY(%s::int[]) "
            "ORDER BY number, language FOR UPDATE",
            [kind, numbers],
        )
    rows, counted, found = [], defaultdict(Counter), set()
    for entry in KINDS[kind].read(numbers):
        found.add(entry.number)
        own, words = rows_of(entry, codes)
        rows += own
        for language, occurring in words.items():
            counted[language].update(occurring)
    write(kind, rows)
    if gone := [number for number in numbers if number not in found]:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM portal_searchentry WHERE kind = %s AND number = ANY(%s::int[])", [kind, gone])
    return counted


def _note_followers(kind, numbers):
    """Records that hold texts of these records are due too; answers how many."""
    count = 0
    with connection.cursor() as cursor:
        for other in KINDS.values():
            if sql := other.follows.get(kind):
                cursor.execute(
                    "INSERT INTO portal_searchdue (kind, number) "  # noqa: S608 – the statement is an app's own
                    f"SELECT DISTINCT %s, number FROM ({sql}) AS follower (number)",
                    [other.name, list(numbers)],
                )
                count += cursor.rowcount
    return count


# ---- keeping up -----------------------------------------------------------------------------------
_is_put_off: ContextVar[bool] = ContextVar("search_is_put_off", default=False)


@contextmanager
def at_the_end():
    """Within it, changes are noted only, and worked off together when it ends: for loading many records."""
    if _is_put_off.get():
        yield
        return
    token = _is_put_off.set(True)
    try:
        yield
    finally:
        _is_put_off.reset(token)
    while repair():
        pass


def repair(limit=500):
    """Works off up to `limit` notes, the newest first; answers how many. Cheap when there are none."""
    done, is_more = 0, True
    while is_more and done < limit:
        with transaction.atomic():
            taken = _take(limit - done)
            is_more = len(taken) == limit - done
            for kind, numbers in _by_kind(taken).items():
                learn(refresh(kind, numbers))
                is_more |= bool(_note_followers(kind, numbers))
        done += len(taken)
    return done


def _take(limit):
    """[(kind, number)] of notes, taken off the list; what another process works at is left to it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM portal_searchdue WHERE id = ANY(ARRAY("
            "SELECT id FROM portal_searchdue ORDER BY id DESC LIMIT %s FOR UPDATE SKIP LOCKED)) "
            "RETURNING kind, number",
            [limit],
        )
        return cursor.fetchall()


def _by_kind(notes):
    due = defaultdict(set)
    for kind, number in notes:
        if kind in KINDS:
            due[kind].add(number)
    return due


def _after_change(**_):
    """Notes are worked off as the transaction ends: a form that writes a dozen rows is read once.

    The notes themselves belong to the transaction, and a search works them off before it answers, so nobody ever
    searches what is stale: neither within the transaction nor when the process dies before this is called.
    """
    if not _is_put_off.get() and not any(hook[1] is _work_off for hook in connection.run_on_commit):
        transaction.on_commit(_work_off, robust=True)


def _work_off():
    repair(limit=200)  # beyond that, the next searches go on


# ---- words ----------------------------------------------------------------------------------------
_learnt: set[tuple[str, str]] = set()  # what this process has seen stored
MOST_LEARNT = 200_000


def _word_rows(counted):
    """[(language, surface, key, entries)] of {language: Counter}; only words that a misspelt one may stand for."""
    return sorted(
        (language, word, text.fold(text.lemmas(word, language)[0])[:80], number)
        for language, counter in counted.items()
        for word, number in counter.items()
        if len(word) > 2 and word.isalpha() and not text.is_stop_word(word, language)
    )


def learn(counted):
    """Adds words that the list does not have yet; their numbers are exact after a rebuild only."""
    new = {code: Counter({w: n for w, n in c.items() if (code, w) not in _learnt}) for code, c in counted.items()}
    if rows := _word_rows(new):
        _store_words(rows)
        transaction.on_commit(lambda: _remember(rows))


def _remember(rows):
    if len(_learnt) > MOST_LEARNT:
        _learnt.clear()
    _learnt.update((language, word) for language, word, _key, _number in rows)


def _store_words(rows):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO portal_searchword (language, surface, key, entries) "
            "SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::int[]) ON CONFLICT DO NOTHING",
            [list(column) for column in zip(*rows, strict=True)],
        )


def replace_words(counted):
    """The whole list anew, from {language: Counter} of all entries."""
    rows = _word_rows(counted)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM portal_searchword")
        for first in range(0, len(rows), 5000):
            _store_words(rows[first : first + 5000])


def forget_notes(kind, numbers):
    """Takes these records off the list of those that are due, before they are read: later changes are noted anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM portal_searchdue WHERE id = ANY(ARRAY(SELECT id FROM portal_searchdue "
            "WHERE kind = %s AND number = ANY(%s::int[]) FOR UPDATE SKIP LOCKED))",
            [kind, numbers],
        )


def forget_gone(kind):
    """Removes the entries of records that are no longer there."""
    table = KINDS[kind].model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM portal_searchentry AS entry WHERE kind = %s "  # noqa: S608 – the table's name is ours
            f'AND NOT EXISTS (SELECT 1 FROM "{table}" AS record WHERE record.id = entry.number)',
            [kind],
        )
