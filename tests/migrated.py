"""A migrated, empty database of which the test databases are copies: migrating takes a minute, a copy a second."""

from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import connection

PREFIX = "test_migrated_"
LOCK = 7_301_946  # one process makes it, the others wait for that one
MADE_OF = ("*/migrations/*.py", "portal/fresh.py", "portal/settings.py", "requirements*.txt")


def name():
    """Its name: another as soon as a file it is made of changes."""
    root = Path(settings.BASE_DIR)
    files = sorted(path for pattern in MADE_OF for path in root.glob(pattern))
    return PREFIX + sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]


def template():
    """Makes it where it is missing, dropping those of other states of the code. Returns its name.

    It stays on the server for the next run, on which a test database is a copy of it.
    """
    wanted, making = name(), f"{PREFIX}making"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        if wanted not in (found := {datname for (datname,) in cursor}):
            for old in found:
                cursor.execute(f'DROP DATABASE "{old}"')
            _migrate(making)
            cursor.execute(f'ALTER DATABASE "{making}" RENAME TO "{wanted}"')
    return wanted


def _migrate(database):
    """As Django makes a test database; the settings stand as before when it is done."""
    ours = settings.DATABASES[connection.alias]
    before, test = (ours["NAME"], connection.settings_dict["NAME"]), connection.settings_dict["TEST"]
    wanted, test["NAME"] = test["NAME"], database
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        test["NAME"] = wanted
        ours["NAME"], connection.settings_dict["NAME"] = before
