"""Figures as a table: out as a file, and back as if they had been typed, so that somebody else approves them.

What is approved, and what a closed round locked, stays as it is. The data steward of a region brings those of all its
groups in one table, whose rows say of which group they are.
"""

from partners.models import Group, looked_after_by
from programmes.imports.kinds import Kind, register
from programmes.imports.preview import unheard
from programmes.models import Import

from ..models.indicators import groups_with_figures
from . import export
from .columns import TABLE, TOGETHER
from .preview import preview
from .saving import save


def _of_one(user, group, head, rows, note=unheard):
    return preview(user, Group.objects.filter(pk=group.pk), head, rows, note)


def _of_region(user, _group, head, rows, note=unheard):
    return preview(user, looked_after_by(user), head, rows, note, TOGETHER)


register(
    Import.Kind.FIGURES,
    Kind(
        groups_with_figures, TABLE, _of_one,
        lambda user, group: export.rows(user, [group], TABLE),
        lambda user, group: export.template(user, [group], TABLE),
        save, of_group=True,
    ),
)  # fmt: skip
register(
    Import.Kind.REGION,
    Kind(
        looked_after_by, TOGETHER, _of_region,
        lambda user, _group: export.rows(user, looked_after_by(user), TOGETHER),
        lambda user, _group: export.template(user, looked_after_by(user), TOGETHER),
        save, names_group=True,
    ),
)  # fmt: skip
