"""The calendar that the members of a group share: what all of them offer, when they meet, and what falls due when."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Prefetch, Q
from django.urls import reverse

from partners import holidays
from partners.models import Membership, OpeningException, Organisation, Settlement, WorkingGroupMember
from portal.models import Term, Vocabulary
from programmes import clashes
from programmes.clashes import Activity, Clash
from programmes.models import Programme, ProgrammePartner

from .models import Decision, Measure, Meeting, Round, Task

MOST_NAMED = 6  # programmes that a meeting's clash names


class Troubled(NamedTuple):
    """A meeting on a public holiday (a record), or while programmes of its members run (activities)."""

    kind: str  # "holiday", "members"
    meeting: Activity
    holiday: Any = None
    others: tuple[Activity, ...] = ()

    @property
    def named(self):
        return self.others[:MOST_NAMED]

    @property
    def more(self):
        return max(0, len(self.others) - MOST_NAMED)

    @property
    def activities(self):
        return (self.meeting, *self.others)


class Calendar(NamedTuple):
    """`rows` soonest first; `troubled` and `clashes` as they are told; `holidays` {day: OpeningException}."""

    rows: list[Activity]
    troubled: list[Troubled]
    clashes: list[Clash]
    holidays: dict[date, Any]

    @property
    def marked(self):
        """{(kind, number, day)} of what stands in a clash."""
        both = {(*one.key, day) for c in self.clashes for one in (c.first, c.second) for day in c.days}
        return both | {(*one.key, one.day) for trouble in self.troubled for one in trouble.activities}


def read(group, user, first, last):
    """The Calendar of a group from the first day to the last, as the person may see it; a fixed number of queries."""
    off = {day: row for row in _days_off(group, first, last) for day in _days(row, first, last)}
    offers = clashes.activities(programmes_of(group), holidays.read(since=first), first, last)
    meetings = _meetings(group, user, first, last)
    rows = [*offers, *meetings, *_due(group, user, first, last)]
    rows.sort(key=lambda one: (one.day, not one.is_whole_day, one.start, one.kind, one.record.pk))
    troubled = [t for meeting in meetings for t in _trouble(meeting, off, offers)]
    return Calendar(rows, troubled, clashes.clashes([*offers, *meetings]), off)


def programmes_of(group):
    """What residents see of the programmes that the group's members lead or run with others."""
    members = Membership.objects.current().filter(group=group).values("organisation")
    helping = ProgrammePartner.objects.filter(organisation__in=members).exclude(role=ProgrammePartner.Role.FUNDER)
    return Programme.objects.published().filter(Q(organisation__in=members) | Q(pk__in=helping.values("programme")))


def _days_off(group, first, last):
    return OpeningException.objects.filter(
        group=group, opens__isnull=True, starts_on__lte=last, ends_on__gte=first
    ).order_by("starts_on", "pk")


def _days(row, first, last):
    day = max(row.starts_on, first)
    while day <= min(row.ends_on, last):
        yield day
        day += timedelta(days=1)


# ---- meetings and what falls due ----------------------------------------------------------------------
def _meetings(group, user, first, last):
    start, end = clashes.window(first, last)
    members = WorkingGroupMember.objects.select_related("membership")
    rows = (
        Meeting.objects.visible_to(user)
        .filter(group=group, starts_at__gte=start, starts_at__lt=end)
        .exclude(status=Meeting.Status.CANCELLED)
        .select_related("group", "working_group", "location__settlement", "location__organisation")
        .prefetch_related(Prefetch("working_group__members", members))
        .order_by("starts_at", "pk")
    )
    return [Activity("meeting", row, row.begins, row.ends, (), row.location) for row in rows]


def _due(group, user, first, last):
    """Tasks, decisions, rounds and the ends of measures, each on its day."""
    days = (first, last)
    tasks = Task.objects.visible_to(user).of_group([group]).open().filter(due_on__range=days)
    decisions = Decision.objects.visible_to(user).filter(group=group, due_on__range=days).open()
    rounds = Round.objects.filter(group=group, due_on__range=days, status=Round.Status.OPEN)
    measures = Measure.objects.visible_to(user).filter(plan__strategy__group=group, ends_on__range=days)
    measures = measures.exclude(phase__in=Measure.OVER).prefetch_related(
        Prefetch("terms", Term.objects.filter(vocabulary__in=(Vocabulary.TOPIC, Vocabulary.TARGET_GROUP)))
    )
    yield from (_on("task", t, t.due_on, t.organisation) for t in tasks.select_related("organisation"))
    yield from (_on("decision", d, d.due_on, d.responsible) for d in decisions.select_related("responsible"))
    yield from (_on("round", r, r.due_on) for r in rounds)
    yield from (_on("measure", m, m.ends_on, terms=m.terms.all()) for m in measures)


def _on(kind, record, day, organisation=None, terms=()):
    moment = clashes.window(day, day)[0]
    of = lambda vocabulary: frozenset(term for term in terms if term.vocabulary == vocabulary)
    names = (organisation,) if organisation else ()
    return Activity(
        kind, record, moment, moment, names, None, of(Vocabulary.TOPIC), of(Vocabulary.TARGET_GROUP)
    )  # fmt: skip


def address(activity):
    """Where the record stands; of a round and a task the page where they are worked on."""
    if activity.kind == "task":
        return reverse("actionplans:tasks")
    if activity.kind == "round":
        return reverse("actionplans:round", args=[activity.record.pk])
    return activity.record.get_absolute_url()


# ---- meetings in trouble ------------------------------------------------------------------------------
def _trouble(meeting, off, offers):
    if holiday := off.get(meeting.day):
        yield Troubled("holiday", meeting, holiday)
    invited = _invited(meeting.record)
    others = tuple(
        one for one in offers if one.overlaps(meeting) and (invited is None or one.providers & invited)
    )  # fmt: skip
    if others:
        yield Troubled("members", meeting, others=others)


def _invited(meeting):
    """Numbers of the organisations of its working group; None where everybody is invited."""
    body = meeting.working_group
    return body and {m.membership.organisation_id for m in body.members.all()} | {body.lead_id}


# ---- narrowed -----------------------------------------------------------------------------------------
def narrowed(calendar, organisation=None, topic=None, whom=None, settlement=None):
    """The Calendar of what concerns these records (each may be None). Of a clash it is enough that one side does."""

    def fits(one):
        return (
            (organisation is None or organisation.pk in one.providers)
            and (topic is None or topic in one.topics)
            and (whom is None or whom in one.whom)
            and (settlement is None or settlement.pk == one.settlement)
        )

    return calendar._replace(
        rows=[one for one in calendar.rows if fits(one)],
        troubled=[t for t in calendar.troubled if any(map(fits, t.activities))],
        clashes=[c for c in calendar.clashes if fits(c.first) or fits(c.second)],
    )


def choices(group):
    """{name: queryset} of what the calendar can be narrowed to: nothing that the group has nothing to do with."""
    members = Membership.objects.current().filter(group=group).values("organisation")
    active = Term.objects.filter(is_active=True).order_by("order", "slug")
    return {
        "organisation": Organisation.objects.filter(pk__in=members),
        "topic": active.filter(vocabulary=Vocabulary.TOPIC),
        "whom": active.filter(vocabulary=Vocabulary.TARGET_GROUP),
        "settlement": Settlement.objects.filter(municipality__groups=group),
    }
