"""Figures as a table: out as a file, and back as if they had been typed, so that somebody else approves them.

What is approved, and what a closed round locked, stays as it is.
"""

from programmes.imports.kinds import Kind, register
from programmes.models import Import

from ..models.indicators import groups_with_figures
from .columns import TABLE
from .export import rows, template
from .preview import preview
from .saving import save

register(Import.Kind.FIGURES, Kind(groups_with_figures, TABLE, preview, rows, template, save, of_group=True))
