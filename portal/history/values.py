"""Names of columns and their values, as people read them."""

from django.conf import settings
from django.db import models
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from modeltranslation.fields import TranslationField

LANGUAGES = dict(settings.LANGUAGES)


def name_of(field):
    """(name of the field, code of its language or None): ("title", "sl") of the column title_sl."""
    if isinstance(field, TranslationField):
        return str(field.translated_field.verbose_name), field.language
    return str(field.verbose_name), None


def is_text(field):
    return isinstance(field, models.CharField | models.TextField) and not field.choices


class Words:
    """Values in words. Records that foreign keys name are read together: first `know` all, then `of` each."""

    def __init__(self):
        self._wanted, self._found = {}, {}

    def know(self, field, *values):
        if field.is_relation:
            self._wanted.setdefault(field.related_model, set()).update(v for v in values if v is not None)

    def of(self, field, value):
        """The value in the reader's language; "" for none."""
        if value is None or value == "":
            return ""
        if field.is_relation:
            found = self._records(field.related_model).get(value)
            return str(found) if found else _("no longer there (number %(number)s)") % {"number": value}
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, list) and getattr(field.base_field, "choices", None):
            words = dict(field.base_field.flatchoices)
            return ", ".join(str(words.get(one, one)) for one in value)
        return _plain(field.to_python(value))

    def _records(self, model):
        if model not in self._found:
            self._found[model] = model._base_manager.in_bulk(self._wanted.get(model, ()))
        return self._found[model]


def _plain(value):
    if isinstance(value, dict) and "key" in value:
        return _("picture %(name)s") % {"name": value["key"][:6]}
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(one)}" for name, one in value.items())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if hasattr(value, "year"):
        return date_format(value, "SHORT_DATETIME_FORMAT" if hasattr(value, "hour") else "DATE_FORMAT")
    if hasattr(value, "hour"):
        return time_format(value)
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value)
    return str(value)
