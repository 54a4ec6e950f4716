"""One language of a programme held back while the others are public: held → asked for → published.

Readers are then shown the text in another language, marked as such; portal.languages sees to it. Every change is made
on exactly the state that was looked at; the version stays, for nothing that the programme says has changed.
"""

from typing import Any, NamedTuple

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import languages
from portal.stale import StaleObject

from . import review
from .completeness import TRANSLATED, in_words, of_content
from .content import content
from .models import Programme, ReviewNote

Step = ReviewNote.Step
NAMES: dict[str, Any] = dict(settings.LANGUAGES)


class Row(NamedTuple):
    """A language of a programme for who edits it. `may`: "hold", "ask", "publish", or "" for nothing."""

    code: str
    is_main: bool
    is_written: bool
    is_held: bool
    is_ready: bool
    may: str


def rows(programme, user):
    """[Row] of the five languages; a fixed number of queries."""
    may_publish = _may_publish(programme, user)
    return [_row(programme, code, may_publish) for code in languages.CODES]


def _row(programme, code, may_publish):
    is_main, is_held = code == settings.LANGUAGE_CODE, code in programme.held_languages
    is_ready = code in programme.ready_languages
    is_written = any(getattr(programme, f"{field}_{code}") for field in TRANSLATED)
    if is_held:
        may = "publish" if may_publish else "" if is_ready or programme.status not in Programme.PUBLIC else "ask"
    else:
        may = "" if is_main or programme.status == Programme.Status.ARCHIVED else "hold"
    return Row(code, is_main, is_written, is_held, is_ready, may)


def _may_publish(programme, user):
    """Who may publish the whole; as long as it is a draft, whoever writes it: it is looked at before it shows."""
    return programme.status == Programme.Status.DRAFT or programme.may_publish(user)


@transaction.atomic
def hold(programme, code, by):
    """Takes a language from readers. Raises StaleObject when it is held already, ValidationError where it must not."""
    if code == settings.LANGUAGE_CODE:
        raise ValidationError(_("The portal's own language cannot be held back: every public programme stands in it."))
    if programme.status == Programme.Status.ARCHIVED:
        raise ValidationError(_("This programme is archived: nobody reads it any more."))
    if code in programme.held_languages:
        raise StaleObject(programme)
    try:
        with transaction.atomic():
            _put(programme, by, held_languages=sorted([*programme.held_languages, code]))
    except IntegrityError as error:
        raise ValidationError(_("The title must stand in one language at least that is not held back.")) from error
    review.note(programme, by, Step.HELD, NAMES[code])


@transaction.atomic
def ask(programme, code, by, version):
    """Asks the coordinators to publish a language. Raises StaleObject; ValidationError with what is in the way."""
    _on(programme, code, version)
    if code in programme.ready_languages or programme.status not in Programme.PUBLIC:
        raise StaleObject(programme)
    _refuse(programme, code)
    _put(programme, by, ready_languages=sorted([*programme.ready_languages, code]))
    review.note(programme, by, Step.READY, NAMES[code])
    review.ask(programme, by)


@transaction.atomic
def publish(programme, code, by, version):
    """Shows a language to readers, as it stood at `version`. Raises StaleObject, ValidationError."""
    _on(programme, code, version)
    if not _may_publish(programme, by):
        raise ValidationError(_("In this group the coordinator publishes programmes. Submit it for review."))
    if programme.status != Programme.Status.DRAFT:
        _refuse(programme, code)
    _put(
        programme,
        by,
        held_languages=[other for other in programme.held_languages if other != code],
        ready_languages=[other for other in programme.ready_languages if other != code],
    )
    review.note(programme, by, Step.LANGUAGE, NAMES[code])


def _on(programme, code, version):
    if code not in programme.held_languages or programme.version != version:
        raise StaleObject(programme)


def _refuse(programme, code):
    """Raises ValidationError where the texts of this language hold what nobody should read, such as “TODO”."""
    others = {other for other in languages.CODES if other != code}
    found = [gap for gap in of_content(content(programme), others) if gap.blocks and gap.field.endswith(f"_{code}")]
    if found:
        raise ValidationError(_("Missing: %(what)s.") % {"what": in_words(found)})


def _put(programme, by, **values):
    """Writes on exactly the state and version that were read."""
    as_read = Programme.objects.editable_by(by).filter(
        pk=programme.pk,
        version=programme.version,
        status=programme.status,
        held_languages=programme.held_languages,
        ready_languages=programme.ready_languages,
    )
    with pghistory.context(user=by.pk):
        if not Programme.objects.filter(pk__in=as_read.values("pk")).update(**values):
            raise StaleObject(programme)
    programme.refresh_from_db()
