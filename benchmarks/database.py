"""The databases of the benchmark: one for each size, on the server of DATABASE_URL or on the embedded one."""

import json
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a script, Python looks for `portal` beside the script only

from portal.embedded.server import OWNER, server  # noqa: E402

SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1M": 1_000_000}
EMPTY = "bench_empty"
MADE_OF = ("*/migrations/*.py", "portal/fresh.py", "portal/data/vocabulary.yaml", "portal/data/synonyms.yaml")
LONGEST_USE = timedelta(days=25)  # programmes were checked up to eleven months before, and count for twelve


def size_of(text):
    """10000 for "10k" or "10000". ValueError for anything else."""
    number, unit = re.fullmatch(r"(\d+)([kKmM]?)", text).groups() if re.fullmatch(r"\d+[kKmM]?", text) else ("", "")
    if not number:
        raise ValueError(f"{text!r} is no size: write 1k, 10k, 100k, 1M or a number")
    return int(number) * {"": 1, "k": 1_000, "m": 1_000_000}[unit.lower()]


def label_of(size):
    """ "10k" for 10000."""
    return next((label for label, number in SIZES.items() if number == size), str(size))


def url(name):
    """DATABASE_URL of the database `name`. Starts the embedded server, if it is that, for as long as we live."""
    if given := os.environ.get("DATABASE_URL"):
        return urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
    return f"postgresql://{OWNER}@{quote(server.ensure(), safe='')}/{name}"


def name_of(size):
    return f"bench_{label_of(size).lower()}"


def connect(name, **options):
    return psycopg.connect(url(name), autocommit=True, **options)


def backends(connection):
    """[number of the process] of whoever else is connected to this database; none where we cannot see them run."""
    rows = connection.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    return [number for (number,) in rows if Path(f"/proc/{number}/task").exists()]


def read_note(name):
    """{"generator": version, "made": day, "search": [languages]} of the database; {} when there is none."""
    with connect("postgres") as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
    return json.loads(row[0]) if row and (row[0] or "").startswith("{") else {}


def write_note(name, note):
    with connect("postgres") as connection:
        comment = sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), json.dumps(note))
        connection.execute(comment)


def is_usable(note, generator):
    """True for a finished database of this generator whose programmes are all public still."""
    made = date.fromisoformat(note.get("made", "2000-01-01"))
    return note.get("generator") == generator and date.today() - made < LONGEST_USE


def drop(name):
    with connect("postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def create(name):
    """Makes it anew, migrated and with its vocabulary: a copy of one that is kept. To migrate takes minutes of a busy
    machine, a copy a second.
    """
    if read_note(EMPTY).get("made_of") != (made_of := _made_of()):
        _create(EMPTY)
        manage(EMPTY, "migrate", "--verbosity", "0")
        manage(EMPTY, "load_vocabulary")
        write_note(EMPTY, {"made_of": made_of})
    _create(name, EMPTY)


def _create(name, template="template1"):
    drop(name)
    with connect("postgres") as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )


def _made_of():
    """What tells one state of the code that makes an empty database from another."""
    files = sorted(path for pattern in MADE_OF for path in ROOT.glob(pattern))
    return sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]


def environment(name):
    """Variables with which the portal runs on the database as in production, but over plain http."""
    mine = {"SECRET_KEY": "bench" * 12, "ALLOWED_HOSTS": "127.0.0.1,testserver", "HTTPS": "0", "DEBUG": "0",
            "DATABASE_URL": url(name)}  # fmt: skip
    return os.environ | mine


def manage(name, *arguments):
    """Runs a command of manage.py on the database; SystemExit when it fails."""
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment(name),
                          stdout=subprocess.DEVNULL, check=False)  # fmt: skip
    if done.returncode:
        raise SystemExit(f"manage.py {' '.join(arguments)} failed on {name}")
