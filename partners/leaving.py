"""A person leaves: what they hold in a group goes to successors, all of it at once; and who is told that seats end.

What a person can hold is registered: here seats, invitations and requests; the apps above add theirs in a module
`leaving.py`. A source says what is held, and gives one of it to somebody:

    register(Source("contact", _("Contact person of programmes"), held, give))
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from portal import languages, outbox, ticks
from portal.stale import StaleObject

from .models import (
    Group,
    HandOver,
    Invitation,
    JoinRequest,
    Membership,
    Seat,
    SeatNotice,
    User,
    WorkingGroupMember,
    coordinated_by,
)
from .moved_rows import difference, is_used, picture, put_back
from .people import seats_to_keep

NOTICE = timedelta(days=30)  # so long before a seat ends, the person and the coordinators hear of it
LAST_NOTICE = timedelta(days=7)  # and once more


class Leave(NamedTuple):
    """Who leaves what, and who sees to it; within `memberships` things are handed over."""

    person: User
    group: Group
    by: User
    memberships: Any  # QuerySet of Membership


class Held(NamedTuple):
    """One thing that a person holds. `say()` names it in the language that is active then."""

    key: str
    record: Any
    say: Callable[[], str]
    organisation: int | None = None  # its people come first among the successors
    is_theirs: bool = False  # only people of that organisation can take it
    is_optional: bool = False  # nobody need take it: that is chosen to begin with


def _its_row(leave, held):
    return [(type(held.record)._base_manager.filter(pk=held.record.pk), None)]


class Source(NamedTuple):
    """`touches` are the rows that giving may change, as in moved_rows.picture; `take_back(changes, by)` undoes changes
    that are more than columns of rows, else moved_rows.put_back does."""

    name: str
    title: Any
    held: Callable[[Leave], list[Held]]
    give: Callable[[Leave, Held, User, date], str]  # → path of the page on which the successor goes on, or ""
    touches: Callable[[Leave, Held], list] = _its_row
    take_back: Callable[[list[dict], User], None] | None = None


SOURCES: list[Source] = []


def register(source):
    SOURCES.append(source)


def page_for(person, name, *numbers):
    """Where a successor finds what they were given, in their language."""
    with override(person.language):
        return reverse(name, args=numbers)


# ---- who, and what ------------------------------------------------------------------------------
def of_seat(seat, by):
    """What the person of this seat leaves: a coordinator sees to the whole group, others to the seat's organisation."""
    group = seat.membership.group
    memberships = Membership.objects.current().filter(group=group)
    if not coordinated_by(by).filter(pk=group.pk).exists():
        memberships = memberships.filter(pk=seat.membership_id)
    return Leave(seat.user, group, by, memberships)


def collected(leave):
    """[(source, [Held])] of the sources in which the person holds anything."""
    found = [(source, source.held(leave)) for source in SOURCES]
    return [(source, held) for source, held in found if held]


def successors(leave):
    """[(user, numbers of their organisations)] of all others who hold a seat in the group today, A–Z."""
    seats = Seat.objects.current().filter(membership__group=leave.group, user__is_active=True)
    works_for = defaultdict(set)
    for seat in seats.exclude(user=leave.person).select_related("user", "membership"):
        works_for[seat.user].add(seat.membership.organisation_id)
    return sorted(works_for.items(), key=lambda row: (languages.sort_key(row[0].full_name), row[0].pk))


def left_alone(leave):
    """[Organisation] of the person for which nobody else holds a seat today, A–Z."""
    others = Seat.objects.current().filter(user__is_active=True).exclude(user=leave.person)
    mine = leave.memberships.filter(seats__in=Seat.objects.current().filter(user=leave.person))
    rows = mine.exclude(seats__in=others).select_related("organisation").distinct()
    return sorted((row.organisation for row in rows), key=lambda one: languages.sort_key(str(one)))


def seen(rows):
    """A word for what is held: another word means that somebody changed it in the meantime."""
    return hashlib.sha256(" ".join(sorted(h.key for _source, held in rows for h in held)).encode()).hexdigest()[:24]


# ---- the deed -----------------------------------------------------------------------------------
@transaction.atomic
def hand_over(leave, ends_on, wanted, was_seen):
    """Gives {key: successor} away and ends the person's seats on that day. → the HandOver; None when it was before.

    Raises StaleObject when the person holds something else by now; ValidationError when the group would be left
    without a coordinator. The group is locked meanwhile: of two who confirm, the second changes nothing.
    """
    Group.objects.select_for_update().get(pk=leave.group.pk)
    rows = collected(leave)
    if seen(rows) != was_seen:
        if _is_over(leave, ends_on):
            return None
        raise StaleObject(leave.person)
    seats = _seats(leave)
    coordinated = seats.filter(role=Seat.Role.COORDINATOR).exists()
    taken, moved = defaultdict(list), []
    for source, held in rows:
        for one in held:
            if to := wanted.get(one.key):
                before = picture(source.touches(leave, one))
                taken[to].append((source, one, source.give(leave, one, to, ends_on)))
                changes = difference(before, picture(source.touches(leave, one)))
                moved.append(_noted(source, one, to, changes))
    moved += _end(leave, seats, ends_on)
    if coordinated and not is_coordinated(leave.group, ends_on + timedelta(days=1)):
        raise ValidationError(_("A group needs a coordinator: give that role to somebody else first."))
    facts = {"group": leave.group, "person": leave.person, "by": leave.by, "ends_on": ends_on}
    hand_over = HandOver.objects.create(**facts, moved=moved)
    for to, things in taken.items():
        tell(leave, ends_on, to, things, mail_key(hand_over, to))
    return hand_over


def mail_key(hand_over, to):
    """Under which the mail to a successor waits in the outbox."""
    return f"taken-over {hand_over.pk} {to.pk}"


def _noted(source, held, to, changes):
    """What became of one thing, as HandOver.moved has it."""
    words = {}
    for code in languages.CODES:
        with override(code):
            words[code] = held.say()
    return {"source": source.name, "words": words, "to": to and to.pk, "changes": changes}


def _end(leave, seats, ends_on):
    """Ends what seats nobody took; → [as HandOver.moved has it]."""
    source = next(source for source in SOURCES if source.name == "seat")
    known = {seat.pk: seat for seat in seats.select_related("membership__organisation")}
    watched = [(Seat.objects.filter(pk__in=known), None)]
    before = picture(watched)
    seats.filter(starts_on__gt=ends_on).delete()
    _seats(leave).filter(Q(ends_on=None) | Q(ends_on__gt=ends_on)).update(ends_on=ends_on)
    return [
        _noted(source, Held("", seat, partial(seat_in_words, seat)), None, [change])
        for change in difference(before, picture(watched))
        for seat in [known[change["pk"]]]
    ]


def _seats(leave):
    """The person's seats that `by` may end, and that are not over."""
    own = seats_to_keep(leave.by).filter(user=leave.person, membership__in=leave.memberships)
    return own.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate()))


def _is_over(leave, ends_on):
    return not _seats(leave).exclude(ends_on=ends_on).exists()


def is_coordinated(group, day):
    """Whether somebody who may sign in coordinates the group on that day."""
    seats = Seat.objects.current(day).filter(role=Seat.Role.COORDINATOR, membership__group=group)
    return seats.filter(user__is_active=True).exists()


def tell(leave, ends_on, to, things, key=None):
    """Writes to the successor what is theirs now; `things` are (source, Held, path of the page to go on)."""
    with override(to.language):
        rows = [
            {"title": str(source.title), "what": held.say(), "link": path and settings.PORTAL_ADDRESS + path}
            for source, held, path in things
        ]
        context = {"name": str(leave.person), "day": ends_on, "rows": rows, "group": leave.group}
    outbox.send("taken-over", to, context=context, key=key)


# ---- what is held here --------------------------------------------------------------------------
STAFF = (Seat.Role.REPRESENTATIVE, Seat.Role.DEPUTY, Seat.Role.EDITOR)
NEEDED = (Seat.Role.REPRESENTATIVE, Seat.Role.COORDINATOR)


def _held_seats(leave):
    """Seats without a last day."""
    rows = _seats(leave).filter(ends_on=None).select_related("membership__organisation", "user").order_by("pk")
    return [
        Held(
            f"seat-{seat.pk}",
            seat,
            partial(seat_in_words, seat),
            seat.membership.organisation_id,
            is_theirs=seat.role in STAFF,
            is_optional=seat.role not in NEEDED,
        )
        for seat in rows
    ]


def seat_in_words(seat):
    return f"{seat.get_role_display()}, {seat.membership.organisation}"


def _give_seat(leave, held, to, ends_on):
    """Who represents begins the day after, for there is one at a time; others begin today and learn the ropes."""
    seat, today = held.record, timezone.localdate()
    represents = seat.role == Seat.Role.REPRESENTATIVE
    Seat.objects.filter(pk=seat.pk, starts_on__lte=ends_on).update(ends_on=ends_on)
    Seat.objects.filter(pk=seat.pk, starts_on__gt=ends_on).delete()
    membership = seat.membership
    if not held.is_theirs:
        current = Seat.objects.current().filter(user=to, membership__group=leave.group)
        membership = (current.filter(membership=membership).first() or current.order_by("pk")[0]).membership
    Seat.objects.get_or_create(
        membership=membership,
        user=to,
        role=seat.role,
        ends_on=None,
        defaults={"starts_on": ends_on + timedelta(days=1) if represents else today},
    )
    if represents:  # as in people.hand_over: whoever stood in or edited does so as the representative from then on
        before = Seat.objects.filter(membership=membership, user=to, role__in=(Seat.Role.DEPUTY, Seat.Role.EDITOR))
        before.filter(ends_on=None, starts_on__lte=ends_on).update(ends_on=ends_on)
    return page_for(to, "partners:people")


def _seats_touched(leave, held):
    """All of the organisations it can go to: who had it, who gets it, and what else the successor is."""
    return [(Seat.objects.filter(membership__group=leave.group), None)]


def _take_back_seat(changes, by):
    """First what the successor got, for one at a time represents. A seat that was made use of stays in the past."""
    for change in sorted(changes, key=lambda one: one["before"] is not None):
        if change["before"] is None and is_used(change):
            today = timezone.localdate()
            Seat.objects.filter(pk=change["pk"], starts_on__lte=today).update(ends_on=today)
        else:
            put_back(change)


def _held_invitations(leave):
    sent = Invitation.objects.pending().filter(invited_by=leave.person, membership__in=leave.memberships)
    return [
        Held(
            f"invitation-{invitation.pk}",
            invitation,
            partial(_invitation_in_words, invitation),
            invitation.membership.organisation_id,
        )
        for invitation in sent.select_related("membership__organisation").order_by("pk")
    ]


def _invitation_in_words(invitation):
    return f"{invitation.email} ({invitation.get_role_display()}, {invitation.organisation})"


def _give_invitation(leave, held, to, ends_on):
    Invitation.objects.filter(pk=held.record.pk, invited_by=leave.person).update(invited_by=to)
    return page_for(to, "partners:people")


def _held_requests(leave):
    """Those to take part that the person is looking at; only coordinators do."""
    mine = JoinRequest.objects.editable_by(leave.by).filter(group=leave.group, answered_by=leave.person)
    rows = mine.filter(state=JoinRequest.State.IN_PROGRESS).order_by("pk")
    return [Held(f"request-{asked.pk}", asked, partial(str, asked)) for asked in rows]


def _give_request(leave, held, to, ends_on):
    mine = JoinRequest.objects.filter(pk=held.record.pk, state=JoinRequest.State.IN_PROGRESS)
    mine.update(answered_by=to)
    return page_for(to, "partners:join-request", held.record.pk)


def _held_working_groups(leave):
    """Working groups in which the person takes part by name."""
    rows = WorkingGroupMember.objects.filter(user=leave.person, membership__in=leave.memberships)
    return [
        Held(f"working-group-{row.pk}", row, partial(str, row.working_group), row.membership.organisation_id,
             is_theirs=True)
        for row in rows.select_related("working_group", "membership").order_by("pk")
    ]  # fmt: skip


def _give_working_group(leave, held, to, ends_on):
    row = held.record
    place = {"working_group": row.working_group, "membership": row.membership}
    WorkingGroupMember.objects.get_or_create(**place, user=to)
    WorkingGroupMember.objects.filter(pk=row.pk).delete()
    with override(to.language):
        return row.working_group.get_absolute_url()


def _members_touched(leave, held):
    return [(WorkingGroupMember.objects.filter(working_group=held.record.working_group_id), None)]


register(Source("seat", gettext_lazy("Seats"), _held_seats, _give_seat, _seats_touched, _take_back_seat))
register(Source("invitation", gettext_lazy("Invitations on their way"), _held_invitations, _give_invitation))
register(Source("request", gettext_lazy("Requests to take part"), _held_requests, _give_request))
register(
    Source("working-group", gettext_lazy("Working groups"), _held_working_groups, _give_working_group, _members_touched)
)


# ---- seats that end -----------------------------------------------------------------------------
@ticks.register
def seats_ending(today=None):
    """Tells of seats that end within thirty days, and again within seven: the person and the coordinators.

    → words, or None. A row a seat, person and last day says that it was told: after missed days it is made up for,
    and moved to another day it is told anew. A tick running beside this one waits at that row.
    """
    today = today or timezone.localdate()
    ending = Seat.objects.ending(today + NOTICE, today).filter(user__is_active=True)
    news = defaultdict(list)
    for seat in ending.select_related("user", "membership__organisation", "membership__group").order_by("pk"):
        is_last = seat.ends_on <= today + LAST_NOTICE
        for person in _concerned(seat, today):
            facts = {"seat": seat, "user": person, "ends_on": seat.ends_on, "is_last": is_last}
            _notice, is_new = SeatNotice.objects.get_or_create(**facts)
            if is_new:
                news[person].append(seat)
    for person, seats in news.items():
        _announce(person, seats)
    count = len(news)
    return (
        ngettext("%(count)s notice of seats", "%(count)s notices of seats", count) % {"count": count} if count else None
    )


def _concerned(seat, today):
    """The person, the group's coordinators and, where they may prolong it, who represents the organisation; in the
    order in which every tick takes them."""
    current = Seat.objects.current(today)
    keeping = Q(role=Seat.Role.COORDINATOR, membership__group=seat.membership.group_id)
    if seat.role in (Seat.Role.DEPUTY, Seat.Role.EDITOR):
        keeping |= Q(role=Seat.Role.REPRESENTATIVE, membership=seat.membership_id)
    numbers = {seat.user_id, *current.filter(keeping).values_list("user", flat=True)}
    return User.objects.filter(pk__in=numbers, is_active=True).order_by("pk")


def _announce(person, seats):
    kept = set(seats_to_keep(person).filter(pk__in=[seat.pk for seat in seats]).values_list("pk", flat=True))
    with override(person.language):
        rows = [
            {
                "who": str(seat.user),
                "is_own": seat.user_id == person.pk,
                "what": seat_in_words(seat),
                "day": seat.ends_on,
                "link": settings.PORTAL_ADDRESS + reverse("partners:leaving", args=[seat.pk])
                if seat.pk in kept
                else "",
                "held": _held_in_words(seat, person),
            }
            for seat in seats
        ]
    outbox.send("seats-ending", person, context={"rows": rows, "name": person.get_short_name()})


def _held_in_words(seat, by):
    """ "Seats: 1", "Contact person of programmes: 3": what will be without its person, as far as `by` may see to it."""
    return [f"{source.title}: {len(held)}" for source, held in collected(of_seat(seat, by))]
