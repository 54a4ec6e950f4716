"""What falls due by itself: publications approved for a day, and reminders to check what nobody has confirmed.

A reminder goes out when a threshold was crossed since the last one, not on an exact day: after missed days it is
made up for, and a row a person, check and threshold sees to it that nobody hears of the same twice.
"""

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from partners.models import Seat, User
from portal import languages, outbox, ticks

from . import confirming, reporting, review
from .models import Programme, Reminder

WEEK = timedelta(days=7)

outbox.optional("checks", _("Reminders to check your programmes"), "reminder")
outbox.optional("reports", _("What readers report about your pages"), "report-new")
outbox.optional("reviews", _("Programmes that wait for your review"), "review-asked")


@ticks.register
def publications(today=None):
    """Publishes what a coordinator approved for today or an earlier day. → words, or None when there was nothing."""
    count = review.publish_due(today)
    return ngettext("%(count)s publication", "%(count)s publications", count) % {"count": count} if count else None


@ticks.register
def reminders(today=None):
    """One mail a person with all of their programmes that passed six or twelve months. → words, or None."""
    hidden = Programme.objects.outdated(today)
    due = Programme.objects.due_for_check(today).exclude(pk__in=hidden.values("pk"))
    news = defaultdict(list)
    for threshold, programmes in ((Reminder.Threshold.HIDDEN, hidden), (Reminder.Threshold.DUE, due)):
        for programme in programmes.select_related("organisation"):
            for person in _people(programme):
                if _is_news(programme, person, threshold):
                    news[person].append((programme, threshold))
    for person, rows in news.items():
        _remind(person, rows)
    count = len(news)
    return ngettext("%(count)s reminder", "%(count)s reminders", count) % {"count": count} if count else None


@ticks.register
def unanswered(now=None):
    """Tells the coordinators of reports that nobody has taken up for a week, the administrators where no group is
    known; once a report and person.
    """
    for report in reporting.waiting((now or timezone.now()) - WEEK):
        reporting.tell(report, reporting.overseers(report), key="waiting")


def _is_news(programme, person, threshold):
    """Notes that the person is told; False when they were told before. A tick running beside this one waits here."""
    facts = {"programme": programme, "user": person, "checked_on": programme.checked_on, "threshold": threshold}
    return Reminder.objects.get_or_create(**facts)[1]


def _people(programme):
    """Who keeps the programme correct; the coordinators where its organisation has nobody."""
    seats = Seat.objects.current().filter(user__is_active=True)
    own = seats.filter(membership__organisation=programme.organisation_id, role__in=Seat.EDITING)
    if not own.exists():
        groups = programme.organisation.memberships.current().values_list("group", flat=True)
        own = seats.filter(membership__group__in=groups, role=Seat.Role.COORDINATOR)
    return User.objects.filter(pk__in=own.values_list("user", flat=True))


def _remind(person, rows):
    with override(person.language):
        items = [
            {
                "title": languages.resolve(programme, "title")[0] or programme.slug,
                "since": programme.checked_on,
                "is_hidden": threshold == Reminder.Threshold.HIDDEN,
                "link": settings.PORTAL_ADDRESS + confirming.confirm_link(programme, person),
            }
            for programme, threshold in rows
        ]
        mine = settings.PORTAL_ADDRESS + reverse("programmes:mine")
    outbox.send("reminder", person, context={"items": items, "name": person.get_short_name(), "mine": mine})
