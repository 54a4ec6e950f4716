"""Databases of which the test databases are copies: migrating takes a minute, loading the demo half of one, a copy a
second. They stay on the server, for the next run and for the next step of a check.
"""

from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from portal import changes

LOCK = 7_301_946  # one process makes a database, the others wait for that one
MADE_OF = ("*/migrations/*.py", "portal/fresh.py", "portal/settings.py", "requirements*.txt")
DEMO_IS_MADE_OF = (
    *(f"{app}/**/*.py" for app in ("portal", "partners", "programmes", "actionplans")),
    *("portal/data/*", "locale/*/LC_MESSAGES/django.po"),
)


def template():
    """The name of a migrated, empty database, which is made where it is missing."""
    return _kept("test_migrated_", _digest(MADE_OF), _migrate)


def demo():
    """The same with the demo municipality of today in it."""
    migrated = template()
    made_of = _digest(DEMO_IS_MADE_OF, migrated, str(timezone.localdate()))
    return _kept("test_demo_", made_of, partial(_load_demo, migrated))


@contextmanager
def in_place_of_the_database(name):
    """Until it ends, the tests meet a copy of this database; nothing of it is left afterwards."""
    copy = f"{connection.settings_dict['NAME']}_copy"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{copy}"')
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    try:
        with _connected_to(copy):
            yield
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{copy}"')


def _digest(patterns, *words):
    """Another as soon as a file changes that such a database is made of."""
    root = Path(settings.BASE_DIR)
    files = sorted({path for pattern in patterns for path in root.glob(pattern)})
    return sha256(b"\0".join([*(path.read_bytes() for path in files), *map(str.encode, words)])).hexdigest()[:16]


def _kept(prefix, digest, make):
    """Makes it where it is missing, dropping those of other states of the code. Returns its name."""
    wanted, making = f"{prefix}{digest}", f"{prefix}making"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [LOCK, prefix])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        if wanted not in (found := {datname for (datname,) in cursor}):
            for old in found:
                cursor.execute(f'DROP DATABASE "{old}"')
            make(making)
            cursor.execute(f'ALTER DATABASE "{making}" RENAME TO "{wanted}"')
    return wanted


def _migrate(database):
    """As Django makes a test database."""
    how = {"NAME": database, "TEMPLATE": None}
    with _connected_to(database), patch.dict(connection.settings_dict["TEST"], how):
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)


def _load_demo(migrated, database):
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{database}" TEMPLATE "{migrated}"')
    with _connected_to(database):
        call_command("load_demo", verbosity=0, stdout=StringIO())


@contextmanager
def _connected_to(database):
    """The settings stand as before when it ends; what this process knows of one database is not true of another."""
    ours = settings.DATABASES[connection.alias]
    before = ours["NAME"], connection.settings_dict["NAME"]
    connection.close()
    ours["NAME"] = connection.settings_dict["NAME"] = database
    changes.forget()
    try:
        yield
    finally:
        connection.close()
        ours["NAME"], connection.settings_dict["NAME"] = before
        changes.forget()


if __name__ == "__main__":  # python -m tests.migrated [demo]: makes it before it is needed
    import os
    import sys

    import django
    import pytest  # noqa: F401 – by this the settings know that these are tests

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    demo() if "demo" in sys.argv else template()
