"""What takes place when, of several providers side by side, and where two of them get in each other's way.

Two clash when both are at one place at the same time, or when different organisations have something about the same
topic, for the same people, in the same settlement on the same day. Dates are computed, never stored.
"""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Any, NamedTuple

from django.db.models import Prefetch, Q
from django.utils import timezone

from partners.models import Location, Organisation
from portal import languages
from portal.models import Term, Vocabulary

from .models import Programme, ProgrammePartner, Schedule

AHEAD = timedelta(days=60)  # how far times that are being set are looked at
MOST_TOLD = 8
EVENING = 17  # the hour from which it is one
EVERYBODY = "general-population"  # for everybody is for nobody in particular


class Activity(NamedTuple):
    """One thing on one day. `names` are all who run it, the leading organisation first."""

    kind: str
    record: Any
    start: datetime
    end: datetime
    names: tuple[Organisation, ...]
    place: Location | None = None
    topics: frozenset[Term] = frozenset()
    whom: frozenset[Term] = frozenset()

    @property
    def day(self):
        return timezone.localtime(self.start).date()

    @property
    def is_whole_day(self):
        return self.start == self.end

    @property
    def key(self):
        return self.kind, self.record.pk

    @property
    def settlement(self):
        """The number of the settlement it is in; None online and by telephone."""
        return None if self.place is None or self.place.is_remote else self.place.settlement_id

    @property
    def providers(self):
        return frozenset(organisation.pk for organisation in self.names)

    def overlaps(self, other):
        return self.start < other.end and other.start < self.end


class Clash(NamedTuple):
    """Two things that get in each other's way, on one day or several."""

    kind: str  # "place", "audience"
    first: Activity
    second: Activity
    days: list[date]
    is_evening: bool = False
    topics: tuple[Term, ...] = ()
    whom: tuple[Term, ...] = ()


def window(first, last):
    """The moments at which the first day begins and the last one is over."""
    return tuple(timezone.make_aware(datetime.combine(d, time.min)) for d in (first, last + timedelta(days=1)))


def activities(programmes, holidays, first, last, schedules=None):
    """[Activity] of the programmes from the first day to the last, soonest first; a fixed number of queries.

    `programmes` and `schedules` are querysets; `holidays` as Schedule.occurrences takes them.
    """
    start, end = window(first, last)
    dated = Schedule.objects.all() if schedules is None else schedules
    dated = dated.exclude(rule="").filter(valid_from__lte=last).exclude(valid_to__lt=first)
    found = []
    for programme in _with_facts(programmes, dated):
        terms, names = programme.terms_by_vocabulary, _providers(programme)
        topics = frozenset(terms.get(Vocabulary.TOPIC, ()))
        whom = frozenset(terms.get(Vocabulary.TARGET_GROUP, ()))
        for at in programme.next_dates(holidays, limit=None, now=start, before=end):
            if at.start >= start:
                found.append(
                    Activity("programme", programme, at.start, at.end, names, at.schedule.location, topics, whom)
                )
    return sorted(found, key=lambda one: (one.start, one.end, one.record.pk))


def _with_facts(programmes, schedules, is_undated=False):
    """`is_undated`: also those that have none of these schedules."""
    columns = ("pk", "slug", "status", "resumes_on", "organisation", languages.HELD, *languages.columns("title"))
    terms = Term.objects.filter(vocabulary__in=(Vocabulary.TOPIC, Vocabulary.TARGET_GROUP))
    terms = terms.defer("seeded", "maps", *languages.columns("description", "everyday_words"))
    partners = ProgrammePartner.objects.exclude(role=ProgrammePartner.Role.FUNDER)
    places = schedules.select_related("location__settlement").prefetch_related("location__exceptions")
    dated = programmes if is_undated else programmes.filter(pk__in=schedules.values("programme"))
    return dated.only(*columns).prefetch_related(
        "organisation",
        Prefetch("programmepartner_set", partners.prefetch_related("organisation"), to_attr="running"),
        Prefetch("terms", terms),
        Prefetch("schedules", places),
    )


def _providers(programme):
    """Who runs it, the leading organisation first, each once. Who only pays is not among them."""
    others = {row.organisation_id: row.organisation for row in programme.running}
    others.pop(programme.organisation_id, None)
    return (programme.organisation, *others.values())


# ---- where two get in each other's way ----------------------------------------------------------------
def clashes(found, is_own_told=False):
    """[Clash] among the activities, those at one place first, then by day. The same two are named once, with all
    their days; what is at the same place at the same time is not told a second time for its people.

    Of two that one organisation leads in its own house nothing is told, unless `is_own_told`: a health centre has
    many rooms, and whoever leads both knows.
    """
    together: dict[tuple, Clash] = {}
    shared: dict[tuple, Any] = {}
    by_day = defaultdict(list)
    for one in found:
        if not one.is_whole_day:
            by_day[one.day].append(one)
    for day, rows in sorted(by_day.items()):
        for clash in (*_at_one_place(day, rows, is_own_told), *_for_the_same(day, rows, shared)):
            key = (clash.kind, clash.first.key, clash.second.key, clash.is_evening)
            known = together.setdefault(key, clash)
            if known.days[-1] != day:
                known.days.append(day)
    at_one_place = {key[1:3] for key in together if key[0] == "place"}
    told = [c for key, c in together.items() if key[0] == "place" or key[1:3] not in at_one_place]
    return sorted(told, key=lambda clash: (clash.kind != "place", clash.days[0], clash.first.start))


def _pairs(rows):
    """Every two of them, in an order that does not depend on the hour."""
    for pair in combinations(rows, 2):
        first, second = sorted(pair, key=lambda one: one.key)
        if first.key != second.key:
            yield first, second


def _at_one_place(day, rows, is_own_told):
    at = defaultdict(list)
    for one in rows:
        if one.place and not one.place.is_remote:
            at[one.place.pk].append(one)
    for there in at.values():
        for first, second in _pairs(there):
            if first.overlaps(second) and (is_own_told or not _is_own_house(first, second)):
                yield Clash("place", first, second, [day])


def _is_own_house(first, second):
    """Whether one organisation leads both at a place of its own."""
    leads = {one.names[0].pk if one.names else None for one in (first, second)}
    return leads == {first.place.organisation_id}


def _for_the_same(day, rows, shared):
    """Different organisations, the same topic, people and settlement, both by day or both in the evening.

    `shared` {(key, key): (topics, people) or None} remembers what two have in common from day to day.
    """
    alike = defaultdict(list)
    for one in rows:
        if one.settlement and one.topics and one.whom:
            alike[one.settlement, _is_evening(one)].append(one)
    for (_settlement, is_evening), there in alike.items():
        for first, second in _pairs(there):
            pair = first.key, second.key
            if pair not in shared:
                shared[pair] = _in_common(first, second)
            if shared[pair]:
                yield Clash("audience", first, second, [day], is_evening, *shared[pair])


def _in_common(first, second):
    """(topics, people) that both have, None where one of them is empty or an organisation runs both."""
    topics = first.topics & second.topics
    whom = {term for term in first.whom & second.whom if term.slug != EVERYBODY}
    if not topics or not whom or first.providers & second.providers:
        return None
    return _in_order(topics), _in_order(whom)


def _is_evening(one):
    return timezone.localtime(one.start).hour >= EVENING


def _in_order(terms):
    return tuple(sorted(terms, key=lambda term: (term.order, term.slug)))


# ---- while times are being set ------------------------------------------------------------------------
def of_times(programme, trial, holidays):
    """[Clash] of times that are not saved yet with what others show, in the coming weeks; a fixed number of queries.

    `trial`: a Schedule with its rule and place. The first side of each is the programme itself.
    """
    place = trial.location
    if not trial.rule or trial.starts_at is None or place is None or place.is_remote:
        return []
    today = timezone.localdate()
    last = today + AHEAD
    start, end = window(today, last)
    near = Q(location=place) | Q(location__settlement=place.settlement_id or 0)
    others = Programme.objects.published().exclude(pk=programme.pk)
    found = activities(others, holidays, today, last, Schedule.objects.filter(near))
    mine = _with_facts(Programme.objects.filter(pk=programme.pk), Schedule.objects.filter(programme=programme), True)
    own, names = mine[0], _providers(mine[0])
    terms = own.terms_by_vocabulary
    facts = [frozenset(terms.get(name, ())) for name in (Vocabulary.TOPIC, Vocabulary.TARGET_GROUP)]
    for at in trial.occurrences(holidays, after=start, before=end):
        found.append(Activity("programme", own, at.start, at.end, names, place, *facts))
    told = (
        clash
        for clash in clashes(found, is_own_told=True)
        if programme.pk in (clash.first.record.pk, clash.second.record.pk)
    )
    return [clash if clash.first.record.pk == programme.pk else _turned(clash) for clash in told][:MOST_TOLD]


def _turned(clash):
    return clash._replace(first=clash.second, second=clash.first)
