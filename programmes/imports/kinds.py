"""The kinds of tables one may bring and take: who may, what a table would change, and how it is saved.

The three of `sheets` stand here; an app above registers its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from partners.models import Group, Organisation, coordinated_by

from ..models import Import
from . import export
from .preview import preview, unheard
from .sheets import SHEETS


@dataclass(frozen=True)
class Kind:
    """`groups(user)` → those whose tables the person may bring and take; `of_group`: the template is of one group;
    `names_group`: the table is of all of them, and each row says of which, so that `group` is None below.

    `sheet` has the columns. `preview(user, group, head, rows, note)` → Preview, raises Refused; `note(checked)` is told
    now and then how far it is. `rows(user, group)` and `template(user, group)` → [[text]]. `save(rows, record)` →
    [what became of each], all at once in the transaction; None as sheets are saved.
    """

    groups: Callable
    sheet: Any
    preview: Callable
    rows: Callable
    template: Callable
    save: Callable | None = None
    of_group: bool = False
    names_group: bool = False


KINDS: dict[str, Kind] = {}


def register(name, kind):
    KINDS[str(name)] = kind


def groups_of_tables(user):
    """The groups of which the person may bring or take any table."""
    found: Any = Group.objects.none()
    for kind in KINDS.values():
        found |= Group.objects.filter(pk__in=kind.groups(user).values("pk"))
    return found


def choices(user, group=None):
    """[(name, label)] of the kinds the person may bring, of any group or of this one alone."""

    def may(kind):
        groups = kind.groups(user)
        return not kind.names_group and groups.filter(pk=group.pk).exists() if group else groups.exists()

    return [(name, label) for name, label in Import.Kind.choices if name in KINDS and may(KINDS[name])]


def _of_sheet(name):
    def look(user, group, head, rows, note=unheard):
        return preview(name, user, head, rows, note)

    def template(user, group):
        groups = [group] if group else coordinated_by(user)
        members = Organisation.objects.editable_by(user).filter(memberships__group__in=groups)
        return export.template(name, members.order_by("slug").first())

    return Kind(coordinated_by, SHEETS[name], look, partial(export.rows, name), template)


for _name in SHEETS:
    register(_name, _of_sheet(_name))
