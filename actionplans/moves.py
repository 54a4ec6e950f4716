"""Moving a record along its NEXT table, so that of two people who move it at once one is told."""

from django.db.models import F

from portal.stale import StaleObject


def move(record, field, to, **changes):
    """Sets `field` to `to`, with the changes, and raises the version, if it still stands where it was read.

    Raises StaleObject when the table has no such move (any more), somebody else moved it first, or edited it: what
    is approved is what was looked at.
    """
    before = getattr(record, field)
    if to not in record.NEXT[before]:
        raise StaleObject(record)
    rows = type(record)._default_manager.filter(pk=record.pk, version=record.version, **{field: before})
    if not rows.update(**{field: to}, **changes, version=F("version") + 1):
        raise StaleObject(record)
    record.refresh_from_db()
