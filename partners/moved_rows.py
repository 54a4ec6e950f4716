"""What a deed did to rows of the database, so that it can be taken back: their columns before and after.

A change is a dict, as it stands in a JSONField: {"model": "partners.seat", "pk": 3, "before": {column: value}, "after":
{column: value}, "held": {column: value}}. `before` is None where the deed made the row, `after` where it took it away;
else both have the columns that it changed. `held` is the state the record was in: who has moved it since has begun to
work on it.
"""

import json
from contextlib import suppress

import pghistory.models
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F

from portal.history.kinds import columns

STATES = ("state", "status", "phase")
APART = ("version", "revision", "updated_at")


def picture(watched):
    """{(model, pk): {column: value}} of [(QuerySet, columns or None for all of them)]; a question each."""
    found = {}
    for rows, only in watched:
        named = list(only or _columns(rows.model))
        for row in _plain(rows.order_by().values("pk", *named)):
            found[rows.model._meta.label_lower, row.pop("pk")] = row
    return found


def difference(before, after):
    """[change] between two pictures of the same rows."""
    changes = []
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        if was == now:
            continue
        change = {"model": key[0], "pk": key[1], "before": was, "after": now, "held": {}}
        if was is not None and now is not None:
            names = [name for name in was if was[name] != now[name]]
            change["before"], change["after"] = ({n: row[n] for n in names} for row in (was, now))
            change["held"] = {name: now[name] for name in STATES if name in now and name not in names}
        changes.append(change)
    return changes


def stand(changes):
    """The numbers of those [change] whose rows are still as the deed left them; a question a model."""
    now = {}
    for label in {change["model"] for change in changes}:
        own = [change for change in changes if change["model"] == label]
        names = {name for change in own for name in {**(change["after"] or {}), **change["held"]}}
        rows = apps.get_model(label)._base_manager.filter(pk__in=[change["pk"] for change in own])
        now |= {(label, row["pk"]): row for row in _plain(rows.values("pk", *sorted(names)))}
    return {number for number, change in enumerate(changes) if _stands(change, now)}


def _stands(change, now):
    row = now.get((change["model"], change["pk"]))
    if change["after"] is None or row is None:
        return row is None and change["after"] is None
    return all(row.get(name) == value for name, value in {**change["after"], **change["held"]}.items())


def put_back(change):
    """Makes the row what it was; whoever asks has seen that it `stand`s. Raises IntegrityError where that cannot be."""
    model = apps.get_model(change["model"])
    rows = model._base_manager.filter(pk=change["pk"])
    if change["before"] is None:
        rows.delete()
    elif change["after"] is None:
        model._base_manager.bulk_create([model(pk=change["pk"], **change["before"])])
    else:
        more = {"version": F("version") + 1} if "version" in _names(model) else {}
        rows.update(**change["before"], **more)


def is_used(change):
    """Whether other rows name the one that the deed made."""
    model = apps.get_model(change["model"])
    with suppress(model.DoesNotExist):
        row = model._base_manager.get(pk=change["pk"])
        for relation in model._meta.get_fields(include_hidden=True):
            if (
                not relation.is_relation
                or relation.concrete
                or issubclass(relation.related_model, pghistory.models.Event)
            ):
                continue
            if relation.related_model._base_manager.filter(**{relation.field.name: row}).exists():
                return True
    return False


def _columns(model):
    return [name for name in columns(model) if name not in APART]


def _names(model: type[models.Model]):
    return {field.name for field in model._meta.concrete_fields}


def _plain(rows):
    """Values as they come back from a JSONField."""
    return json.loads(json.dumps(list(rows), cls=DjangoJSONEncoder))
