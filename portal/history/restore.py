"""Brings back what a record was, as a new version: the whole of it, or one column."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from .kinds import columns
from .past import as_of


class Moved(Exception):
    """The record changed since the page was opened."""


def restore(kind, record, moment, is_before, column, version, by):
    """`moment` as in past.as_of. Returns a sentence where there is more to say than "it is back".

    Raises Moved; ValidationError when nothing is different or it can no longer be so; the model's DoesNotExist
    for who may not edit.
    """
    if kind.restore:
        return kind.restore(record, moment, is_before, column, version, by)
    with transaction.atomic():
        locked = kind.editable(by).select_for_update(of=("self",)).get(pk=record.pk)
        if hasattr(locked, "version") and locked.version != version:
            raise Moved
        return _restore(kind, locked, moment, is_before, column)


def _restore(kind, locked, moment, is_before, column):
    then = as_of(kind.model, moment, is_before, pgh_obj_id=locked.pk)
    if not then:
        raise ValidationError(_("The record was not there yet."))
    wanted = {c for c in kind.restored_columns() if column in (None, c)}
    values = {c: getattr(then[0], c) for c in wanted if getattr(then[0], c) != getattr(locked, c)}
    try:
        with transaction.atomic():
            changed = len(values)
            if column is None:
                parts = [part for part in kind.parts if part.is_restored]
                changed += sum(_put(part, locked.pk, moment, is_before) for part in parts)
            if not changed:
                raise ValidationError(_("Nothing is different from what stands now."))
            if hasattr(locked, "version"):
                values["version"] = F("version") + 1
            type(locked)._base_manager.filter(pk=locked.pk).update(**values)
            connection.check_constraints()
    except (IntegrityError, models.ProtectedError) as error:
        raise ValidationError(_("Something that it names is no longer there.")) from error


def _put(part, number, moment, is_before):
    """Makes the rows of the part those of that moment, with their numbers; → how many were touched."""
    shown, lookup = columns(part.model), part.of(number)
    then = {
        event.pgh_obj_id: {c: getattr(event, c) for c in shown}
        for event in as_of(part.model, moment, is_before, **lookup)
    }
    now = {row.pop("pk"): row for row in part.model._base_manager.filter(**lookup).values("pk", *shown)}
    rows = part.model._base_manager
    gone = [pk for pk in now if pk not in then]
    rows.filter(pk__in=gone).delete()
    for pk, values in then.items():
        if pk not in now:
            rows.bulk_create([part.model(pk=pk, **values)])
        elif values != now[pk]:
            rows.filter(pk=pk).update(**values)
    return len(gone) + sum(values != now.get(pk) for pk, values in then.items())
