"""The check constraints of a model, asked without the database: a table has thousands of rows, and a question each
would take too long. The rules themselves stand on the models."""

from functools import cache
from typing import Any

from django.db.models import CheckConstraint, F, Q

_ASKED = {
    "exact": lambda value, other: value == other,
    "gt": lambda value, other: value > other,
    "gte": lambda value, other: value >= other,
    "lt": lambda value, other: value < other,
    "lte": lambda value, other: value <= other,
    "range": lambda value, other: other[0] <= value <= other[1],
    "in": lambda value, other: value in other,
    "contains": lambda value, other: set(other) <= set(value),  # of arrays
    "contained_by": lambda value, other: set(value) <= set(other),
}


def broken(model, values):
    """[sentence] of the constraints that a record with these {column: value} would break; other columns are empty."""
    known = {**_empty(model), **values}
    known |= {field.name: known[field.attname] for field in model._meta.concrete_fields}
    checks = [c for c in model._meta.constraints if isinstance(c, CheckConstraint)]
    return [str(check.violation_error_message) for check in checks if holds(check.condition, known) is False]


@cache
def _empty(model):
    fresh = model()
    return {field.attname: getattr(fresh, field.attname) for field in model._meta.concrete_fields}


def holds(condition, values):
    """True, False or, where SQL says NULL, None: a check passes unless it is False."""
    if not isinstance(condition, Q):
        lookup, other = condition
        return _compared(lookup, other, values)
    found = [holds(child, values) for child in condition.children]
    decides = condition.connector == Q.OR
    answer = decides if decides in found else None if None in found else not decides
    return answer if not condition.negated or answer is None else not answer


def _compared(lookup, other: Any, values):
    name, _underscores, asked = lookup.partition("__")
    value = values[name]
    if asked == "isnull":
        return (value is None) == other
    other = values[other.name] if isinstance(other, F) else other  # type: ignore[attr-defined]
    return None if value is None or other is None else _ASKED[asked or "exact"](value, other)
