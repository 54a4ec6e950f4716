""" "Still correct": who confirmed a programme and when; and a link that does it without signing in.

The link opens a page; only the button on it confirms, for mail scanners open links. It is bound to the programme, the
person and the day the programme had last been checked on: once that day has changed, the link has done its work.
"""

from datetime import date
from typing import NamedTuple

import pghistory
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from partners.models import User
from portal.stale import StaleObject

from .models import Programme

SALT = "programmes.confirming"
DAYS = 60


class Asked(NamedTuple):
    programme: Programme
    user: User
    is_used: bool


class LinkDead(Exception):
    """Expired, forged, of a programme that is archived, or for somebody who may no longer confirm it."""


def confirm_link(programme, user):
    """Path of the page on which this person confirms the programme without signing in; 60 days, once."""
    facts = {"p": programme.pk, "u": user.pk, "c": programme.checked_on and programme.checked_on.isoformat()}
    with override(user.language):
        return reverse("programmes:confirm-link", args=[signing.dumps(facts, salt=SALT)])


def asked(token):
    """What a link asks: Asked. Raises LinkDead."""
    try:
        found = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 3600)
    except signing.BadSignature as error:
        raise LinkDead from error
    user = User.objects.filter(pk=found["u"], is_active=True).first()
    if user is None:
        raise LinkDead
    own = Programme.objects.editable_by(user).exclude(status=Programme.Status.ARCHIVED)
    programme = own.filter(pk=found["p"]).first()
    if programme is None:
        raise LinkDead
    checked_on = found["c"] and date.fromisoformat(found["c"])
    return Asked(programme, user, programme.checked_on != checked_on or checked_on == timezone.localdate())


@transaction.atomic
def confirm(programme, by, way="form", told="", role=""):
    """Notes that `by` says today that the programme is correct. `way` stands in the history: form or link.

    With `told` and `role` (partners.models.checked) somebody of the provider said so, and `by` writes it down.

    Raises StaleObject when somebody confirmed it since it was read. The version stays: nothing it says changed.
    """
    with pghistory.context(way=way, user=by.pk):
        unchanged = Programme.objects.filter(pk=programme.pk, checked_on=programme.checked_on)
        if programme.checked_on is None:
            unchanged = Programme.objects.filter(pk=programme.pk, checked_on__isnull=True)
        said = {"checked_way": told, "checked_role": role}
        if not unchanged.update(checked_on=timezone.localdate(), checked_by=by, **said):
            raise StaleObject(programme)
    programme.refresh_from_db()
