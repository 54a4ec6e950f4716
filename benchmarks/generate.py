"""`python benchmarks/generate.py 10k 100k`: portals of many programmes, each in a database of its own.

A database that is there already is used again; `--fresh` makes it anew, `--drop` removes it, `--keep` leaves the
embedded server running until Ctrl-C and says under which DATABASE_URL each database is found.
"""

import argparse
import multiprocessing
import os
import sys
import time
from datetime import date
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from psycopg import sql

from benchmarks import database, rows

VERSION = 2  # raise it when the rows change: databases of an earlier one are then made anew
TOGETHER = 20  # blocks of programmes in one transaction
EMPTY = {"text": "", "character varying": "", "boolean": False, "ARRAY": "{}", "jsonb": "{}"}  # else 0
HAS_INDEX = any(database.ROOT.glob("*/management/commands/rebuild_search.py"))


# ---- loading ------------------------------------------------------------------------------------
def load(connection, size, today=None, processes=1, say=lambda text: None):
    """Fills a migrated database that has its vocabulary, and nothing else, with `size` public programmes.

    `connection` is psycopg's. Constraints stay on; triggers of history, search and change feed are off meanwhile.
    """
    terms = connection.execute("SELECT vocabulary, slug, id FROM portal_term").fetchall()
    scale = rows.Scale(size, today or date.today(), {(vocabulary, slug): number for vocabulary, slug, number in terms})
    columns = {table: _columns(connection, table) for table in rows.COLUMNS}
    with _without_triggers(connection):
        _write(connection, columns, [rows.around(scale)])
        begun = time.monotonic()
        for done, batch in _batches(scale, processes):
            _write(connection, columns, batch)
            say(f"{done:,} programmes, {time.monotonic() - begun:.0f} s")
    for table in rows.COLUMNS:
        _set_sequence(connection, table)
    connection.execute("ANALYZE")


def _columns(connection, table):
    """(names, values to append): ours, and those that must not be NULL and which the database fills from nowhere."""
    given = rows.COLUMNS[table]
    needed = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO'"
        " AND column_default IS NULL AND is_identity = 'NO' AND table_schema = 'public' ORDER BY ordinal_position",
        [table],
    )
    more = [(name, EMPTY.get(kind, 0)) for name, kind in needed if name not in given]
    return (*given, *(name for name, _value in more)), "".join(f"\t{rows.line(value)[:-1]}" for _name, value in more)


class _without_triggers:
    """Triggers of the application off, and on again only when everything went well: a half-filled base is dropped."""

    def __init__(self, connection):
        self.connection = connection

    def __enter__(self):
        self._switch("DISABLE")

    def __exit__(self, kind, *_more):
        if kind is None:
            self._switch("ENABLE")

    def _switch(self, how):
        for table in rows.COLUMNS:
            self.connection.execute(sql.SQL(f"ALTER TABLE {{}} {how} TRIGGER USER").format(sql.Identifier(table)))


def _write(connection, columns, batch):
    """Writes {table: lines} one after the other; foreign keys are checked before the transaction ends."""
    with connection.transaction(), connection.cursor() as cursor:
        for table, (names, constant) in columns.items():
            target = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
            )
            texts = [lines[table] for lines in batch if lines.get(table)]
            if not texts:
                continue
            with cursor.copy(target) as copy:
                for text in texts:
                    copy.write(text.replace("\n", f"{constant}\n") if constant else text)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


_scale: rows.Scale | None = None  # of a process that composes blocks


def _begin(scale):
    global _scale
    _scale = scale


def _compose(block):
    return rows.programmes(_scale, block)


def _batches(scale, processes):
    """(programmes so far, [{table: lines}]), in order whatever the number of processes."""
    if processes < 2 or len(scale.blocks) < 4:
        _begin(scale)
        yield from _grouped(scale, map(_compose, scale.blocks))
        return
    with multiprocessing.get_context("spawn").Pool(processes, _begin, [scale]) as pool:
        yield from _grouped(scale, pool.imap(_compose, scale.blocks, chunksize=2))


def _grouped(scale, blocks):
    batch = []
    for number, block in enumerate(blocks, start=1):
        batch.append(block)
        if len(batch) == TOGETHER or number == len(scale.blocks):
            yield min(number * rows.BLOCK, scale.size), batch
            batch = []


def _set_sequence(connection, table):
    if "id" not in rows.COLUMNS[table]:
        return  # numbered by the database itself
    connection.execute(
        sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {}))").format(
            table, sql.Identifier(table)
        )
    )


# ---- databases ----------------------------------------------------------------------------------
def ensure(size, languages=(), fresh=False, processes=None, say=print):
    """Name of a database with `size` programmes, migrated, and searchable where the portal has an index.

    `languages` limits the index; none means all five.
    """
    name = database.name_of(size)
    note = {} if fresh else database.read_note(name)
    if not database.is_usable(note, VERSION):
        note = _make(name, size, processes or os.cpu_count(), say)
    database.manage(name, "migrate", "--verbosity", "0")
    _index(name, note, languages, say)
    return name


def _make(name, size, processes, say):
    begun = time.monotonic()
    say(f"{name}: making it")
    database.create(name)
    with database.connect(name) as connection:
        load(connection, size, processes=processes, say=lambda text: say(f"{name}: {text}"))
        connection.execute("VACUUM")
        bytes_used = connection.execute("SELECT pg_database_size(current_database())").fetchone()[0]
    note = {"generator": VERSION, "made": date.today().isoformat(), "search": []}
    database.write_note(name, note)
    say(f"{name}: made in {time.monotonic() - begun:.0f} s, {bytes_used / 1e6:.0f} MB")
    return note


def _index(name, note, languages, say):
    """Builds the search index of the languages that have none yet, if the portal keeps one."""
    wanted = list(languages) or list(rows.LANGUAGES)
    missing = [code for code in wanted if code not in note["search"]]
    if not missing or not HAS_INDEX:
        return
    begun = time.monotonic()
    if len(missing) == len(rows.LANGUAGES):
        database.manage(name, "rebuild_search")
    else:
        for code in missing:
            database.manage(name, "rebuild_search", "--language", code)
    with database.connect(name) as connection:
        connection.execute("ANALYZE")
    database.write_note(name, note | {"search": [*note["search"], *missing]})
    say(f"{name}: search index of {', '.join(missing)} in {time.monotonic() - begun:.0f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="+", type=database.size_of, help="1k, 10k, 100k, 1M or a number")
    parser.add_argument("--fresh", action="store_true", help="make it anew")
    parser.add_argument("--drop", action="store_true", help="remove it")
    parser.add_argument("--keep", action="store_true", help="say where it is found and leave the server running")
    parser.add_argument("--languages", default="", help="of the search index, as sl,en; else all five")
    parser.add_argument("--processes", type=int, help="that compose rows; else one for each core")
    options = parser.parse_args()
    for size in options.sizes:
        if options.drop:
            database.drop(database.name_of(size))
        else:
            ensure(size, [code for code in options.languages.split(",") if code], options.fresh, options.processes)
    if options.keep and not options.drop:
        _keep(options.sizes)


def _keep(sizes):
    for size in sizes:
        print(f"DATABASE_URL={database.url(database.name_of(size))}", flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    try:
        main()
    except (psycopg.Error, RuntimeError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
