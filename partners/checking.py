""" "Still correct" for partners and places: who is asked when nobody said so for six months, and a link that says it.

A reminder goes out when the six months were crossed since the last one, not on an exact day: after missed days it is
made up for, and a row a person, record and check sees to it that nobody hears of the same twice. Nothing is hidden.
The link opens a page; only the button on it confirms, for mail scanners open links.
"""

from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple

import pghistory
from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from portal import outbox, ticks
from portal.stale import StaleObject

from .models import CheckReminder, Location, Membership, Organisation, Seat, User
from .models.checked import REMIND_AFTER

SALT = "partners.checking"
DAYS = 60
MODELS: dict[str, Any] = {"organisation": Organisation, "location": Location}

outbox.optional("partner-checks", _("Reminders to check your organisation and its places"), "reminder-partners")


# ---- what is due ----------------------------------------------------------------------------------
def due(today=None):
    """(organisations, places) in use that nobody has confirmed for six months; those that nobody ever confirmed, six
    months after their organisation joined."""
    limit = (today or timezone.localdate()) - REMIND_AFTER
    members = Membership.objects.current(today)
    old = members.filter(joined_on__lte=limit).values("organisation")
    late = Q(checked_on__lte=limit)
    organisations = Organisation.objects.filter(pk__in=members.values("organisation"))
    places = Location.objects.in_use().filter(organisation__in=members.values("organisation"))
    return (
        organisations.filter(late | Q(checked_on=None, pk__in=old)).order_by("pk"),
        places.filter(late | Q(checked_on=None, organisation__in=old)).order_by("pk"),
    )


@ticks.register
def partner_reminders(today=None):
    """One mail a person with all that they keep and that is due. → words, or None when there was nothing."""
    organisations, places = due(today)
    news = defaultdict(list)
    for record in [*organisations, *places.select_related("organisation")]:
        for person in _keepers(record):
            facts = {_kind(record): record, "user": person, "checked_on": record.checked_on}
            if CheckReminder.objects.get_or_create(**facts)[1]:  # a tick running beside this one waits here
                news[person].append(record)
    for person, records in news.items():
        _remind(person, records)
    count = len(news)
    return ngettext("%(count)s reminder", "%(count)s reminders", count) % {"count": count} if count else None


def _kind(record):
    return "organisation" if isinstance(record, Organisation) else "location"


def _keepers(record):
    """Who keeps it correct; the coordinators where its organisation has nobody. In the order every tick takes."""
    number = record.pk if isinstance(record, Organisation) else record.organisation_id
    seats = Seat.objects.current().filter(user__is_active=True)
    own = seats.filter(membership__organisation=number, role__in=Seat.EDITING)
    if not own.exists():
        groups = Membership.objects.current().filter(organisation=number).values("group")
        own = seats.filter(membership__group__in=groups, role=Seat.Role.COORDINATOR)
    return User.objects.filter(pk__in=own.values("user")).order_by("pk")


def _remind(person, records):
    with override(person.language):
        items = [
            {"title": str(one), "since": one.checked_on, "link": settings.PORTAL_ADDRESS + confirm_link(one, person)}
            for one in records
        ]
        mine = settings.PORTAL_ADDRESS + reverse("partners:my")
    outbox.send("reminder-partners", person, context={"items": items, "name": person.get_short_name(), "mine": mine})


# ---- the link -------------------------------------------------------------------------------------
class Asked(NamedTuple):
    record: Any
    user: User
    is_used: bool


class LinkDead(Exception):
    """Expired, forged, or for somebody who may no longer confirm this."""


def confirm_link(record, user):
    """Path of the page on which this person confirms it without signing in; 60 days, once."""
    checked_on = record.checked_on and record.checked_on.isoformat()
    facts = {"k": _kind(record), "n": record.pk, "u": user.pk, "c": checked_on}
    with override(user.language):
        return reverse("partners:confirm-link", args=[signing.dumps(facts, salt=SALT)])


def asked(token):
    """What a link asks: Asked. Raises LinkDead."""
    try:
        found = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 3600)
    except signing.BadSignature as error:
        raise LinkDead from error
    user = User.objects.filter(pk=found["u"], is_active=True).first()
    if user is None:
        raise LinkDead
    record = MODELS[found["k"]].objects.editable_by(user).filter(pk=found["n"]).first()
    if record is None:
        raise LinkDead
    checked_on = found["c"] and date.fromisoformat(found["c"])
    return Asked(record, user, record.checked_on != checked_on or checked_on == timezone.localdate())


def confirm(record, by):
    """Notes that `by` says so by a link. Raises StaleObject when somebody confirmed it since it was read."""
    as_read = type(record).objects.filter(pk=record.pk)
    as_read = as_read.filter(checked_on=record.checked_on) if record.checked_on else as_read.filter(checked_on=None)
    with pghistory.context(way="link", user=by.pk):
        if not as_read.update(checked_on=timezone.localdate(), checked_by=by):
            raise StaleObject(record)
    record.refresh_from_db()
