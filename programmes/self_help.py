"""Self-help groups: which there are, who would like to start or reach one, who hears of it, and the answer."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from partners.models import Group
from portal import languages, outbox, ticks
from portal.models import Vocabulary

from .models import Programme, SelfHelpRequest

WEEK = timedelta(days=7)  # within which we promise to answer

outbox.optional("self-help", _("Messages about self-help groups"), "self-help-new")


def groups():
    """The public self-help groups, A to Z."""
    found = Programme.objects.published().filter(
        terms__vocabulary=Vocabulary.FORMAT, terms__slug=Programme.SELF_HELP_GROUP
    )
    return found.order_by(languages.sort_expression("title", languages.active(), can_be_held=True), "pk")


def group_for(asked):
    """The group that is asked: that of the programme's provider, that of the settlement, else the first there is."""
    if asked.programme:
        own = Group.objects.filter(memberships__in=asked.programme.organisation.memberships.current())
        return own.order_by("pk").first() or Group.objects.first()
    near = Group.objects.none()
    if asked.settlement:
        near = Group.objects.filter(municipalities=asked.settlement.municipality_id)
    return near.order_by("pk").first() or Group.objects.first()


@transaction.atomic
def ask(asked, token=""):
    """Stores a new request and tells those who may answer it. → the request."""
    asked.group = group_for(asked)
    asked.store(token)
    _tell(asked)
    return asked


def _tell(asked, key="self-help {pk} to {person}"):
    """Says that something waits, and not what: what is written to a self-help group stands in no mail."""
    for person in asked.readers():
        with override(person.language):
            link = settings.PORTAL_ADDRESS + reverse("programmes:self-help-answer", args=[asked.pk])
        context = {"asked": asked, "link": link}
        outbox.send("self-help-new", person, context=context, key=key.format(pk=asked.pk, person=person.pk))


@ticks.register
def self_help_waiting(now=None):
    """Reminds of requests that nobody has taken up for a week; once a request and person. → words, or None."""
    since = (now or timezone.now()) - WEEK
    waiting = SelfHelpRequest.objects.filter(state=SelfHelpRequest.State.NEW, created_at__lt=since)
    count = 0
    for asked in waiting.select_related("programme"):
        _tell(asked, key="self-help {pk} waits {person}")
        count += 1
    words = ngettext("%(count)s request about self-help waits", "%(count)s requests about self-help wait", count)
    return words % {"count": count} if count else None


@transaction.atomic
def answer(asked, state, by, text):
    """Takes it up or answers it. Raises ValidationError without an answer, StaleObject when somebody was first."""
    asked.move_to(state, by, text)
    if asked.email and not asked.is_open:
        key = f"self-help {asked.pk} answer"
        outbox.send("self-help-answered", asked.email, asked.language, {"asked": asked}, key=key)
