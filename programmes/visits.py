"""Visits: which programmes come when they are asked, who hears of a request, and the answer."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from portal import languages, outbox, ticks
from portal.models import Vocabulary

from .models import Programme, VisitRequest

WEEK = timedelta(days=7)  # within which we promise to answer

outbox.optional("visits", _("Requests for a visit to a school or firm"), "visit-new")


def on_request():
    """The public programmes that come to an institution when it asks, A to Z; what is paused comes to nobody."""
    found = Programme.objects.published().filter(
        terms__vocabulary=Vocabulary.REFERRAL_ROUTE,
        terms__slug=Programme.ON_REQUEST,
        status=Programme.Status.PUBLISHED,
    )
    return found.order_by(languages.sort_expression("title", languages.active()), "pk")


@transaction.atomic
def ask(asked, token=""):
    """Stores a new request and tells those who may answer it. → the request."""
    asked.store(token)
    _tell(asked)
    return asked


def _tell(asked, key="visit {pk} to {person}"):
    """Says who asks for what; how to reach them stands on the page only."""
    for person in asked.readers():
        with override(person.language):
            link = settings.PORTAL_ADDRESS + reverse("programmes:visit-answer", args=[asked.pk])
        context = {"asked": asked, "link": link}
        outbox.send("visit-new", person, context=context, key=key.format(pk=asked.pk, person=person.pk))


@ticks.register
def visits_waiting(now=None):
    """Reminds of requests that nobody has taken up for a week; once a request and person. → words, or None."""
    since = (now or timezone.now()) - WEEK
    waiting = VisitRequest.objects.filter(state=VisitRequest.State.NEW, created_at__lt=since)
    count = 0
    for asked in waiting.select_related("programme"):
        _tell(asked, key="visit {pk} waits {person}")
        count += 1
    words = ngettext("%(count)s request for a visit waits", "%(count)s requests for a visit wait", count)
    return words % {"count": count} if count else None


@transaction.atomic
def answer(asked, state, by, text):
    """Takes it up or answers it. Raises ValidationError without an answer, StaleObject when somebody was first."""
    asked.move_to(state, by, text)
    if asked.email and not asked.is_open:
        outbox.send("visit-answered", asked.email, asked.language, {"asked": asked}, key=f"visit {asked.pk} answer")
