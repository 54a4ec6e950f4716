"""What a page asks of a person's seats over and over, asked once."""

from contextlib import contextmanager
from contextvars import ContextVar

_known: ContextVar[dict | None] = ContextVar("rights_known", default=None)


@contextmanager
def looked_up_once():
    """Within it, in which groups and organisations a person has a say is read once: for a page that changes no seat.

    Each rule that follows from a right is then a list of numbers to the database, and no question within a question.
    """
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def is_once():
    """Whether we are within `looked_up_once`."""
    return _known.get() is not None


def once(key, rows):
    """The rows, a queryset of single values; within `looked_up_once`, the list of them that was read for this key."""
    known = _known.get()
    if known is None:
        return rows
    if key not in known:
        known[key] = list(rows)
    return known[key]
