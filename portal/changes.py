"""What changed since this process last looked: exact across processes, in one small question per request.

A sequence number would miss a transaction that takes its number early and commits late. So a process keeps
the oldest transaction that was still running when it last looked, and what it saw of that one and all later
ones. What is among them now and was not then is news; so is what it saw and is gone: its own transaction,
rolled back since.
"""

import threading
import time
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection

SECONDS = 6 * 24 * 3600  # who looked longer ago reads everything: rows are kept for seven days
MOST = 20_000  # rows at once; beyond them everything is read again
# Each is one statement, so one snapshot: the oldest running transaction, and the rows, fit together.
# By the first a request learns that nothing happened; its order takes it by the index, statistics or none.
_QUIET = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text,
       (SELECT c.xact FROM portal_change c ORDER BY c.xact DESC LIMIT 1)::text
"""
_SINCE = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text, c.xact::text, c.id, c.kind, c.number
FROM (SELECT) one LEFT JOIN portal_change c ON c.xact >= {since} LIMIT {most}
"""
_NEWS = _SINCE.format(since="%s::xid8", most=MOST + 1)
_BEGIN = _SINCE.format(since="pg_snapshot_xmin(pg_current_snapshot())", most="ALL")

_lock = threading.Lock()
_request = threading.local()
_subscribers: list = []
_oldest = ""  # the oldest transaction that ran when we last looked; empty before the first look
_seen: dict = {}  # {(transaction, id): (kind, number)} of that one and all later ones
_looked_at = 0.0
_generation = 0


def subscribe(function):
    """Has `function` called at each news, with [(kind, number)] or None for "everything", number None for all of
    the kind. It runs in whichever thread looked, while others wait: it drops what is stale, and reads later.
    What it raises is raised to who looked, and it is told the same again next time. Returns the function.
    """
    _subscribers.append(function)
    return function


def generation():
    """A number that grows in this process whenever there was news."""
    return _generation


def refresh():
    """Looks for news and tells the subscribers; within `one_request` only once. DatabaseError when it cannot."""
    if getattr(_request, "has_looked", False):
        return
    with _lock:
        _look()
    if hasattr(_request, "has_looked"):
        _request.has_looked = True


@contextmanager
def one_request():
    """Within it only the first `refresh` asks the database: a request that writes nothing needs no second look."""
    _request.has_looked = False
    try:
        yield
    finally:
        del _request.has_looked


def forget():
    """The next look finds everything new."""
    global _oldest
    with _lock:
        _oldest = ""


def _look():
    global _oldest, _seen, _looked_at, _generation
    now = time.monotonic()
    is_new = not _oldest or now - _looked_at > SECONDS
    if not is_new and not _seen:
        [(oldest, latest)] = _ask(_QUIET)
        if latest is None or int(latest) < int(_oldest):
            _oldest, _looked_at = oldest, now
            return
    rows = [] if is_new else _ask(_NEWS, [_oldest])
    if is_new := is_new or len(rows) > MOST:
        rows = _ask(_BEGIN)
    found = {(xact, pk): (kind, number) for _xmin, xact, pk, kind, number in rows if pk is not None}
    news = None if is_new else list(dict.fromkeys(found.get(k) or _seen[k] for k in found.keys() ^ _seen.keys()))
    if news is None or news:
        for function in _subscribers:
            function(news)
        _generation += 1
    _oldest, _looked_at = rows[0][0], now
    _seen = {key: change for key, change in found.items() if int(key[0]) >= int(_oldest)}


def _ask(sql, parameters=()):
    """All rows. The question is the connection's health check as well: asked again on a new one when it fails."""
    was_kept = connection.connection is not None and not connection.in_atomic_block
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _rows(sql, parameters)
    except (OperationalError, InterfaceError):
        if not was_kept:
            raise
        connection.close()
        return _rows(sql, parameters)


def _rows(sql, parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
