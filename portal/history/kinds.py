"""Which records have a page of their history, what belongs to them, who reads it and who restores.

The apps say so in their `history.py`; this module knows none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy
from modeltranslation.translator import translator

from portal.models import TranslationState

from .past import events_of

KINDS: dict[str, "Kind"] = {}


@dataclass(frozen=True)
class Part:
    """Rows that belong to a record. `of(number)` is the filter of their events; `hides` columns that say nothing.

    `says` has columns whose words come from the whole event: {column: function(event) → text}.
    """

    model: Any
    label: Any
    of: Callable[[int], dict]
    hides: tuple[str, ...] = ()
    is_restored: bool = False
    says: dict[str, Callable[[Any], str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """`readable(user)` are the records whose history the person sees, `editable(user)` those they may restore.

    `fixed` are columns that are not restored. `restore(record, moment, is_before, column, version, by)` takes the
    place of restore.restore where there is one, and returns a sentence or None.
    """

    name: str
    model: Any
    readable: Callable[[Any], Any]
    editable: Callable[[Any], Any]
    parts: tuple[Part, ...] = ()
    fixed: tuple[str, ...] = ()
    restore: Callable | None = None
    hides: tuple[str, ...] = field(default=("version", "reviewed_version"))

    @property
    def main(self):
        return Part(self.model, self.model._meta.verbose_name, lambda number: {"pgh_obj_id": number}, self.hides)

    def columns(self):
        """{column: field} that an entry shows."""
        return columns(self.model, self.hides)

    def restored_columns(self):
        return {c: f for c, f in self.columns().items() if f.editable and f.name not in self.fixed}


def only_administrators(model):
    """Function of a person: all records for an administrator, none for others."""
    return lambda user: model._default_manager.all() if user.is_superuser else model._default_manager.none()


def nobody(model):
    """Function of a person: no record, whoever it is."""
    return lambda user: model._default_manager.none()


def register(kind):
    KINDS[kind.name] = replace(kind, parts=(*kind.parts, *_translations(kind.model)))


def _translations(model):
    """The part in which people said of outdated translations that they are still right."""
    if model not in translator.get_registered_models():
        return ()
    names = {name: model._meta.get_field(name) for name in translator.get_options_for_model(model).all_fields}
    languages: Any = dict(settings.LANGUAGES)

    def said(event):
        name = str(names[event.field].verbose_name) if event.field in names else event.field
        return f"{name} ({languages.get(event.language, event.language)})"

    kind = model._meta.label_lower
    hides = ("kind", "number", "language", "source", "digest")
    label = gettext_lazy("translation still right")
    part = Part(TranslationState, label, lambda number: {"kind": kind, "number": number}, hides, says={"field": said})
    return (part,)


def columns(model, hides=()):
    """{column: field} that the history of the model has, without the number and what is hidden."""
    untranslated = set()
    if model in translator.get_registered_models():
        untranslated = set(translator.get_options_for_model(model).all_fields)
    kept = {f.attname for f in events_of(model)._meta.concrete_fields}
    apart = {"id", *hides, *untranslated}
    return {f.attname: f for f in model._meta.concrete_fields if f.name not in apart and f.attname in kept}
