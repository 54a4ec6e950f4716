"""The review queue: what waits for a coordinator, oldest first, and since when."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from partners.models import User
from portal.history.past import events_of

from . import review
from .models import Programme, Proposal, ReviewNote


class Waiting(NamedTuple):
    """One row of the queue. `kind`: "new", "proposal", "changed" or "language"."""

    programme: Programme
    kind: str
    since: datetime
    by: User | None

    @property
    def days(self):
        return (timezone.localdate() - timezone.localtime(self.since).date()).days


def queue(user):
    """[Waiting], oldest first; five queries."""
    found = with_since(review.waiting(user)).select_related("organisation")
    proposals = Proposal.objects.filter(programme__in=found, state=Proposal.State.OPEN).select_related("by")
    by_programme = {proposal.programme_id: proposal for proposal in proposals}
    notes = ReviewNote.objects.filter(programme__in=found, step=ReviewNote.Step.ASKED, proposal=None)
    asked = {note.programme_id: note for note in notes.select_related("by")}  # the last of each
    notes = ReviewNote.objects.filter(programme__in=found, step=ReviewNote.Step.READY)
    ready = {note.programme_id: note for note in notes.select_related("by")}
    people = User.objects.in_bulk({p.changed_by for p in found if p.changed_by})
    rows = [_row(p, by_programme.get(p.pk), asked.get(p.pk), ready.get(p.pk), people) for p in found]
    return sorted(rows, key=lambda row: (row.since, row.programme.pk))


def with_since(programmes):
    """Adds `new_since`, when it came into review; `changed_since`, its first version nobody has looked at; and
    `changed_by`, the number of who made its last one, where that is known.
    """
    events = events_of(Programme).objects.filter(pgh_obj_id=OuterRef("pk")).order_by("pgh_id")
    own = events_of(Programme).objects.filter(pgh_obj_id=OuterRef("pgh_obj_id"))
    other = own.exclude(status=Programme.Status.IN_REVIEW).order_by("-pgh_id").values("pgh_id")[:1]
    new = events.filter(status=Programme.Status.IN_REVIEW, pgh_id__gt=Coalesce(Subquery(other), Value(0)))
    changed = events.filter(version__gt=OuterRef("reviewed_version"))
    return programmes.annotate(
        new_since=Subquery(new.values("pgh_created_at")[:1]),
        changed_since=Subquery(changed.values("pgh_created_at")[:1]),
        changed_by=Subquery(changed.order_by("-version", "pgh_id").values("pgh_context__metadata__user")[:1]),
    )


def _row(programme, proposal, asked, ready, people):
    if programme.status == Programme.Status.IN_REVIEW:
        since = asked.created_at if asked else programme.new_since
        return Waiting(programme, "new", since or timezone.now(), asked and asked.by)
    if proposal:
        return Waiting(programme, "proposal", proposal.asked_at, proposal.by)
    if programme.ready_languages and not review.waiting_changed(programme):
        return Waiting(programme, "language", ready.created_at if ready else timezone.now(), ready and ready.by)
    return Waiting(programme, "changed", programme.changed_since or timezone.now(), people.get(programme.changed_by))
