"""Snapshots of coverage: what everybody saw on a day, kept to be compared with."""

from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import ngettext

from partners.models import Group
from portal import ticks
from programmes.catalogue import Catalogue, Choice

from .coverage import MATRICES, Cell, Coverage, State
from .models import CoverageSnapshot


class Change(NamedTuple):
    """A cell whose state differs between two days."""

    row: Choice
    column: Choice
    before: State
    after: State


def picture(group):
    """The tables as everybody sees them now, in the form of CoverageSnapshot.cells."""
    return {name: _picture(Coverage(group, matrix, AnonymousUser())) for name, matrix in MATRICES.items()}


def _picture(coverage):
    cells = {
        f"{cell.row.value} {cell.column.value}": [cell.state.value, cell.programmes, cell.measures]
        for _row, row in coverage.table
        for cell in row
        if cell.state != State.GAP
    }
    rows, columns = ([choice.value for choice in choices] for choices in (coverage.rows, coverage.columns))
    return {"rows": rows, "columns": columns, "cells": cells}


def take(group, year=None, today=None):
    """(the snapshot, is it new): one a year of its own accord (`year`), one a day by hand."""
    today = today or timezone.localdate()
    key = {"group": group, "year": year} if year else {"group": group, "year": None, "taken_on": today}
    if kept := CoverageSnapshot.objects.filter(**key).first():
        return kept, False
    return CoverageSnapshot.objects.get_or_create(**key, defaults={"taken_on": today, "cells": picture(group)})


@ticks.register
def yearly(today=None):
    """Takes each group's snapshot of the year on its last day; who missed that day, in the January after it.

    Later the tables say nothing of that year any more, and a new group has nothing to say of it.
    """
    today = today or timezone.localdate()
    if today.month != 1 and (today.month, today.day) != (12, 31):
        return None
    year = today.year if today.month == 12 else today.year - 1
    done = CoverageSnapshot.objects.filter(year=year).values("group")
    count = 0
    for group in Group.objects.exclude(pk__in=done):
        with transaction.atomic():
            count += take(group, year, today)[1]
    words = ngettext("%(count)s snapshot of coverage", "%(count)s snapshots of coverage", count)
    return words % {"count": count} if count else None


# ---- two compared ---------------------------------------------------------------------------------
def compared(matrix, before, after):
    """([(row, [Cell])] of `after` with `before` marked, columns, [Change]); terms that only one day knows are left out.

    `before` and `after` are pictures of one table.
    """
    labels = Catalogue().labels
    rows = _both(before["rows"], after["rows"], labels[matrix.rows])
    columns = _both(before["columns"], after["columns"], labels[matrix.columns])
    table, changes = [], []
    for row in rows:
        cells = []
        for column in columns:
            was, _programmes, _measures = _at(before, row, column)
            now, programmes, measures = _at(after, row, column)
            cells.append(Cell(row, column, programmes, measures, now, before=was if was != now else None))
            if was != now:
                changes.append(Change(row, column, was, now))
        table.append((row, cells))
    return table, columns, changes


def _both(before, after, labels):
    return [labels.get(slug) or Choice(slug, slug, None) for slug in after if slug in set(before)]


def _at(picture, row, column):
    state, programmes, measures = picture["cells"].get(f"{row.value} {column.value}", (State.GAP, 0, 0))
    return State(state), programmes, measures


def gaps(table):
    """(how many cells were gaps on the first day, how many on the second) of a table of `compared`."""
    cells = [cell for _row, row in table for cell in row]
    was = sum((cell.before or cell.state) == State.GAP for cell in cells)
    return was, sum(cell.state == State.GAP for cell in cells)


def closed(changes):
    """Gaps in which something is offered or done by now."""
    return [c for c in changes if c.before == State.GAP and c.after != State.NOT_NEEDED]


def opened(changes):
    """Cells in which nothing is left; a judgement that was taken back is none of them."""
    return [c for c in changes if c.after == State.GAP and c.before != State.NOT_NEEDED]


def others(changes):
    """What became more or less without a gap, and what was judged."""
    told = {*closed(changes), *opened(changes)}
    return [c for c in changes if c not in told]


def different(matrix, before, after):
    """[(row, column, [state, programmes, measures] before, the same after)] where any of it is another."""
    table, _columns, _changes = compared(matrix, before, after)
    pairs = [(cell.row, cell.column) for _row, cells in table for cell in cells]
    rows = [(row, column, _at(before, row, column), _at(after, row, column)) for row, column in pairs]
    return [row for row in rows if row[2] != row[3]]
