"""What belongs on the next agenda: proposed from facts, put there by the coordinator, in their order.

Rules: first the minutes that wait for approval; then decisions that are still open, overdue ones first; tasks past
their day, longest first; measures by how grave their health is; needs nobody has answered; what was postponed
the last time; rounds that were closed since the last meeting, and one when reports are missing.

A working group looks at what is its own: its minutes, its decisions, its tasks. Rounds and what members propose to
decide belong to the whole group.

A round that is closed comes onto the next agenda by itself; while no meeting is planned, it waits for one.
"""

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from partners.models import Group, Organisation, Seat
from portal import dates, languages
from portal.stale import StaleObject

from . import owed
from .models import AgendaItem, Assessment, Decision, Measure, Meeting, Need, Round, Task
from .models.assessments import year_of

Kind = AgendaItem.Kind
POSTPONED = "postponed"
GRAVE = ("attention", "late", "at_risk")  # states of a measure's health, gravest first


@dataclass(frozen=True)
class Fact:
    """One record that may come up: its number, {language: title}, the day that counts, and words about it."""

    pk: int
    titles: dict[str, str]
    day: date | None = None
    state: str = ""
    words: str = ""


@dataclass(frozen=True)
class Facts:
    minutes: list[Fact] = field(default_factory=list)  # day: of the meeting
    decisions: list[Fact] = field(default_factory=list)  # day: due
    tasks: list[Fact] = field(default_factory=list)  # day: due; words: who is responsible
    measures: list[Fact] = field(default_factory=list)  # state: a key of health.STATES; words: why
    needs: list[Fact] = field(default_factory=list)  # day: reported
    postponed: list[Fact] = field(default_factory=list)
    rounds: list[Fact] = field(default_factory=list)  # day: closed
    silent: int = 0  # measures in progress without a recent report
    assessed: int = 0  # programmes that were to be adapted or stopped since the meeting before


@dataclass(frozen=True)
class Point:
    """A proposed item. `pk` is the record's; of a postponed item, that of the old one."""

    kind: str
    pk: int
    titles: dict[str, str]
    reason: str

    @property
    def key(self):
        return f"{self.kind}-{self.pk}"

    @property
    def label(self):
        return Kind(self.kind).label if self.kind in Kind.values else _("postponed the last time")

    @property
    def title(self):
        """For people: the text in their language, else the next best."""
        return languages.resolve({f"title_{code}": text for code, text in self.titles.items()}, "title")[0]

    @property
    def language(self):
        return languages.resolve({f"title_{code}": text for code, text in self.titles.items()}, "title")[1]


def propose(facts, today):
    """[Point] in the order in which a meeting takes them up."""
    return [
        *(Point(Kind.MINUTES, f.pk, f.titles, _("not approved yet")) for f in sorted(facts.minutes, key=_by_day)),
        *(Point(Kind.DECISION, f.pk, f.titles, _due(f.day, today)) for f in sorted(facts.decisions, key=_by_day)),
        *(
            Point(Kind.TASK, f.pk, f.titles, " · ".join(filter(None, [_due(f.day, today), f.words])))
            for f in sorted(facts.tasks, key=_by_day)
            if f.day and f.day < today
        ),
        *(
            Point(Kind.MEASURE, f.pk, f.titles, f.words)
            for f in sorted(facts.measures, key=lambda f: (GRAVE.index(f.state) if f.state in GRAVE else 9, f.pk))
            if f.state in GRAVE
        ),
        *(Point(Kind.NEED, f.pk, f.titles, _since(f.day)) for f in sorted(facts.needs, key=_by_day)),
        *(Point(POSTPONED, f.pk, f.titles, "") for f in facts.postponed),
        *(Point(Kind.REPORTING, f.pk, f.titles, _closed(f.day)) for f in sorted(facts.rounds, key=_by_day)),
        *_reporting(facts.silent),
        *_assessed(facts.assessed),
    ]


def _by_day(fact):
    return fact.day or date.max, fact.pk


def _due(day, today):
    if day is None:
        return _("no day is set")
    if day >= today:
        return _("due by %(day)s") % {"day": dates.date_in_sentence(day, languages.active())}
    days = (today - day).days
    return ngettext("%(count)s day overdue", "%(count)s days overdue", days) % {"count": days}


def _since(day):
    return _("reported on %(day)s") % {"day": dates.date_in_sentence(day, languages.active())} if day else ""


def _closed(day):
    return _("closed on %(day)s") % {"day": dates.date_in_sentence(day, languages.active())} if day else ""


def _reporting(silent):
    if not silent:
        return
    words = ngettext("%(count)s measure without a recent report", "%(count)s measures without a recent report", silent)
    yield Point(Kind.REPORTING, 0, in_all(lambda: _("How our measures are going")), words % {"count": silent})


def _assessed(count):
    if not count:
        return
    words = ngettext(
        "%(count)s programme is to be adapted or stopped", "%(count)s programmes are to be adapted or stopped", count
    )
    yield Point(Kind.FREE, 0, in_all(_our_programmes), words % {"count": count})


def _our_programmes():
    return _("Our programmes: what we keep, adapt and stop")


def in_all(say):
    """{language: what `say()` answers in it}."""
    said = {}
    for code in languages.CODES:
        with override(code):
            said[code] = say()
    return said


# ---- the facts of a group -----------------------------------------------------------------------
def gather(meeting, today=None):
    """The Facts for a meeting, without what stands on its agenda already; in a fixed number of queries."""
    today = today or timezone.localdate()
    group = meeting.group
    there = {(i.kind, getattr(i, f"{i.REFERENCES[i.kind]}_id")) for i in meeting.items.all() if i.kind in i.REFERENCES}
    before = of_body(meeting).filter(starts_at__lt=meeting.starts_at)
    measures = [
        m
        for m in Measure.objects.filter(plan__strategy__group=group).with_facts()
        if m.phase not in Measure.OVER and m.health.state in (*GRAVE, "stale")
    ]
    facts = Facts(
        minutes=[
            Fact(m.pk, in_all(lambda m=m: _minutes_of(m)), m.day) for m in before.unapproved() if m.pk != meeting.pk
        ],
        decisions=[
            _fact(d, "text", d.due_on)
            for d in Decision.objects.filter(_own(meeting, "meeting__working_group"), group=group)
            .open()
            .exclude(meeting=meeting)
        ],
        tasks=[
            _fact(t, "title", t.due_on, words=str(t.organisation or ""))
            for t in _tasks(meeting).filter(due_on__lt=today).select_related("organisation")
        ],
        measures=[
            _fact(m, "title", state=m.health.state, words="; ".join(m.health.reasons))
            for m in measures
            if m.health.state in GRAVE
        ],
        needs=[_fact(n, "title", n.reported_on) for n in Need.objects.filter(group=group, status=Need.Status.REPORTED)],
        postponed=[_fact(item, "title") for item in _postponed(before, meeting)],
        rounds=[_fact(r, "title", r.closed_on) for r in _rounds(meeting)],
        silent=0 if _has_reporting(meeting) else sum(m.health.state == "stale" for m in measures),
        assessed=_decided(meeting, before, today),
    )
    return Facts(**{name: _without(facts, name, there) for name in facts.__dataclass_fields__})


def of_body(meeting):
    """Meetings of whoever meets here: the working group, else the whole group."""
    return Meeting.objects.filter(group=meeting.group_id, working_group=meeting.working_group_id)


def _own(meeting, column):
    """Only what is the working group's own; the whole group sees to everything."""
    return Q(**{column: meeting.working_group_id}) if meeting.working_group_id else Q()


_KIND_OF = {"minutes": Kind.MINUTES, "decisions": Kind.DECISION, "tasks": Kind.TASK, "measures": Kind.MEASURE,
            "needs": Kind.NEED, "rounds": Kind.REPORTING}  # fmt: skip


def _without(facts, name, there):
    value = getattr(facts, name)
    return [f for f in value if (_KIND_OF[name], f.pk) not in there] if name in _KIND_OF else value


def _fact(record, column, day=None, state="", words=""):
    titles = {code: text for code in languages.CODES if (text := getattr(record, f"{column}_{code}"))}
    return Fact(record.pk, titles, day, state, words)


def _minutes_of(meeting):
    day = dates.date_in_sentence(meeting.day, languages.active())
    return _("Minutes of the meeting on %(day)s") % {"day": day}


def _tasks(meeting):
    """Open tasks of the group's measures, and those that stand by themselves where tasks can; or the body's own."""
    group = meeting.group
    of_group = Q(measure__plan__strategy__group=group)
    if any(column.name == "group" for column in Task._meta.get_fields()):
        of_group |= Q(group=group)
    return Task.objects.filter(of_group, _own(meeting, "working_group")).exclude(
        state__in=(Task.State.DONE, Task.State.CANCELLED)
    )


def _postponed(before, meeting):
    """Items without a record of their own that the meeting before put off; a record comes back by itself."""
    last = before.exclude(status=Meeting.Status.CANCELLED).order_by("-starts_at").first()
    if last is None:
        return []
    said = {str(item) for item in meeting.items.all()}
    put_off = last.items.on_agenda().filter(outcome=AgendaItem.Outcome.POSTPONED, kind=Kind.FREE)
    return [item for item in put_off if str(item) not in said]


def _rounds(meeting):
    """Closed rounds for a meeting: those no meeting has on its agenda, and what the meeting before put off.

    What was closed before the last meeting was that one's to take up.
    """
    if meeting.working_group_id:
        return Round.objects.none()
    earlier = of_body(meeting).filter(starts_at__lt=meeting.starts_at)
    before = earlier.exclude(status=Meeting.Status.CANCELLED).order_by("-starts_at").first()
    closed = Round.objects.filter(group=meeting.group_id, status=Round.Status.CLOSED).order_by("closed_on", "pk")
    items = AgendaItem.objects.exclude(meeting__status=Meeting.Status.CANCELLED).exclude(round=None)
    waiting = closed.exclude(pk__in=items.values("round"))
    if before is None:
        return waiting
    put_off = items.filter(meeting=before, outcome=AgendaItem.Outcome.POSTPONED)
    again = Q(pk__in=put_off.values("round")) & ~Q(pk__in=items.filter(meeting=meeting).values("round"))
    return waiting.filter(closed_on__gte=before.day) | closed.filter(again)


def _decided(meeting, before, today):
    """How many programmes the group decided to adapt or to stop since the meeting before; 0 once it is an item."""
    if meeting.working_group_id or {*in_all(_our_programmes).values()} & {str(item) for item in meeting.items.all()}:
        return 0
    last = before.exclude(status=Meeting.Status.CANCELLED).order_by("-starts_at").first()
    since = {"given_on__gte": last.day} if last else {"year": year_of(today)}
    decided = Assessment.objects.decided().filter(group=meeting.group_id, **since)
    return decided.exclude(verdict=Assessment.Verdict.KEEP).count()


def _has_reporting(meeting):
    """True too where reports are not its business."""
    return bool(meeting.working_group_id) or any(item.kind == Kind.REPORTING for item in meeting.items.all())


# ---- what the coordinator does with it ----------------------------------------------------------
@transaction.atomic
def add(meeting, keys):
    """Puts the proposed points of these keys on the agenda, in their order. → how many. StaleObject when it is over."""
    _held(meeting)
    points = [p for p in propose(gather(meeting), timezone.localdate()) if p.key in keys]
    for point in points:
        texts = {f"title_{code}": text[:300] for code, text in point.titles.items()}
        reference = _reference(point)
        if closed := Round.objects.filter(pk=reference.get("round_id")).first():
            reference["note"] = _missing(closed, meeting)
        append(meeting, kind=point.kind if point.kind != POSTPONED else Kind.FREE, **texts, **reference)
    return len(points)


def _reference(point):
    column = AgendaItem.REFERENCES.get(point.kind)
    return {f"{column}_id": point.pk} if column and point.pk else {}


@transaction.atomic
def take_up_rounds(group):
    """Puts the closed rounds that wait onto the agenda of the next meeting, if one is planned. → how many.

    The group is locked meanwhile: of a round that is closed and a meeting that is planned at the same moment, the
    later one sees the other.
    """
    Group.objects.select_for_update(no_key=True).get(pk=group)
    ahead = Meeting.objects.coming().filter(group=group, working_group=None, starts_at__gt=timezone.now())
    meeting = ahead.order_by("starts_at", "pk").first()
    if meeting is None or meeting.lock().is_frozen:
        return 0
    rounds = list(_rounds(meeting))
    for one in rounds:
        append(meeting, kind=Kind.REPORTING, round=one, note=_missing(one, meeting), **_titles(one))
    return len(rounds)


def _missing(closed, meeting):
    """Who had not answered when a round was closed, and why it was, in the language of the meeting; "" for nobody."""
    missing = owed.waiting(closed)
    if not missing:
        return ""
    with override(meeting.language):
        words = _("Not answered: %(organisations)s.") % {"organisations": owed.names(missing)}
    return " ".join(filter(None, [words, closed.closing_note]))[:2000]


def _titles(record):
    return {f"title_{code}": text for code in languages.CODES if (text := getattr(record, f"title_{code}"))}


def append(meeting, **fields):
    """A new last item. The caller holds the meeting."""
    last = meeting.items.aggregate(last=Max("order"))["last"] or 0
    return AgendaItem.objects.create(meeting=meeting, order=last + 1, **fields)


@transaction.atomic
def add_one(meeting, **fields):
    _held(meeting)
    return append(meeting, **fields)


@transaction.atomic
def shift(item, by, seen):
    """Moves an item one place up (-1) or down (+1); → its number then. `seen` is the place the person saw it at.

    Raises StaleObject when it stands elsewhere by now, or the meeting is over and done.
    """
    _held(item.meeting)
    items = list(item.meeting.items.on_agenda().order_by("order"))
    here = next((n for n, one in enumerate(items) if one.pk == item.pk), None)
    if here is None or items[here].order != seen:
        raise StaleObject(item)
    there = here + by
    if 0 <= there < len(items):
        mine, other = items[here], items[there]
        AgendaItem.objects.filter(pk=mine.pk).update(order=other.order)
        AgendaItem.objects.filter(pk=other.pk).update(order=mine.order)
        return there + 1
    return here + 1


@transaction.atomic
def take_up(item):
    """Puts a member's proposal on the agenda, as its last item."""
    _held(item.meeting)
    last = item.meeting.items.aggregate(last=Max("order"))["last"]
    rows = AgendaItem.objects.filter(pk=item.pk, is_on_agenda=False)
    if not rows.update(is_on_agenda=True, order=last + 1):
        raise StaleObject(item)


@transaction.atomic
def remove(item):
    """Takes an item off. What was said or decided at it stays: then StaleObject."""
    _held(item.meeting)
    item.refresh_from_db()
    if item.minutes or item.outcome or item.decisions.exists() or item.remarks.exists():
        raise StaleObject(item)
    item.delete()


def speaks_for(user, group):
    """The organisation in whose name the person speaks in the group."""
    seats = Seat.objects.current().filter(user=user, membership__group=group).order_by("pk")
    return Organisation.objects.filter(pk__in=seats.values("membership__organisation")[:1]).first()


def _held(meeting):
    if meeting.lock().is_frozen:
        raise StaleObject(meeting)
