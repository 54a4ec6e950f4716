"""All public programmes as sets of numbers, one per choice; built in a dozen queries, whatever the size.

An edit is taken in by reading the programmes it touches again; nothing is built anew for it.
"""

import json
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from functools import partial
from operator import add, sub
from threading import RLock

from dateutil.relativedelta import relativedelta
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Case, F, Func, IntegerField, JSONField, Q, TextField, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from partners import holidays
from partners.models import Location, Membership, OpeningException, Organisation, Settlement
from portal import changes, languages
from portal.models import Term, Vocabulary

from .. import recurrence, school_years
from ..facets import BY_PROFESSIONALS, FACET_OF, MANY, WEEKDAYS
from ..models import Programme, ProgrammeTerm, Schedule
from .alphabet import Alphabet
from .bits import NOTHING, Bits, union
from .combinations import Combinations
from .nearby import Nearby
from .timetable import Rule, Timetable

# A last day or a closure further ahead does not decide a weekly schedule's next date.
HORIZON = timedelta(days=60)
ANY_MONDAY = date(2000, 1, 3)
MANY_NEWS = 5000  # programmes touched at once, from which reading all again is quicker
WORTH_KEEPING = 20_000  # programmes with a choice, from which what they have besides is counted once
MOST_KEPT = 1000


class Index:
    """What is public at `now`: sets of programme numbers by facet and choice, dates, places, alphabets."""

    def __init__(self, now=None):
        self.now = now or timezone.now()
        self.today = timezone.localdate(self.now)
        self._read_terms()
        self._read_places()
        self.all = self.paused = self.full = NOTHING
        self.bits = defaultdict(dict)  # facet → choice → Bits
        self.places = Combinations(group=lambda location: self.settlement_of.get(location))
        self.providers = Combinations()
        self.timetable = Timetable(self.now, self.holidays.days)
        self.alphabets = {}
        self._read()
        self.timetable.filled()

    # ---- reading ------------------------------------------------------------------------------
    def _read_terms(self):
        self.derived = {}  # sets computed from the others, kept until something changes
        self.texts = {}  # labels and choices made ready, kept while no programme but what it hangs on changes
        self._counted = {}  # (facet and choice that many have, what) → its counts, until one of the many changes
        self.terms = {t.pk: t for t in Term.objects.all()}

    def _read_places(self):
        """Settlements, positions, and when everything or one place is closed."""
        self._nearby = None
        self.settlements = {s.slug: s for s in Settlement.objects.order_by("name")}
        self.settlement_of, self.positions = {}, {}
        for pk, slug, lat, lon in Location.objects.values_list("pk", "settlement__slug", "lat", "lon").iterator():
            self.settlement_of[pk] = slug
            if lat is not None:
                self.positions[pk] = (lat, lon)
        self._read_holidays()
        coming = OpeningException.objects.filter(opens__isnull=True, ends_on__gte=self.today)
        self.closures = defaultdict(tuple)
        soon = coming.filter(location__isnull=False, starts_on__lte=self.today + HORIZON)
        for pk, starts_on, ends_on in soon.order_by("pk").values_list("location", "starts_on", "ends_on"):
            self.closures[pk] += ((starts_on, ends_on),)

    def _read_holidays(self):
        self.holidays = holidays.read(self.today, since=self.today)
        self.members = defaultdict(list)  # groups → the organisations that belong to exactly these
        for organisation in Organisation.objects.order_by("pk").values_list("pk", flat=True).iterator():
            self.members[self.holidays.groups.get(organisation, ())].append(organisation)

    def _read(self, some=None):
        """Reads all programmes, or `some` (their numbers), into the sets."""
        published = Programme.objects.published(self.today)
        if some is not None:
            published = published.filter(pk__in=some)
        else:
            with connection.cursor() as cursor:  # what is read a chunk at a time is planned for its first tenth, else
                cursor.execute("SET cursor_tuple_fraction = 1")
        each = partial(_each, is_all=some is None)
        states = published.order_by().values("status", "is_full").annotate(numbers=ArrayAgg("pk"))
        for status, is_full, numbers in each(states.values_list("status", "is_full", "numbers"), 1):
            found = Bits.of(numbers)
            self.all |= found
            if status == Programme.Status.PAUSED:
                self.paused |= found
            if is_full:
                self.full |= found
        of_them = {} if some is None and not self.all else {"programme__in": published.order_by().values("pk")}
        rows = ProgrammeTerm.objects.all() if some is None else ProgrammeTerm.objects.filter(**of_them)
        for term, numbers in each(_numbers(rows, "term"), 1):
            self._add(FACET_OF.get(self.terms[term].vocabulary), self.terms[term].slug, numbers)
        providers = published.order_by().values_list("organisation").annotate(numbers=ArrayAgg("pk"))
        for organisation, numbers in each(providers):
            self.providers.put((str(organisation),), numbers)
        self._read_school_years(published)
        self._read_schedules(Schedule.objects.current(self.today).filter(**of_them), is_all=some is None)

    def _read_school_years(self, programmes):
        rows = programmes.exclude(school_years=[]).order_by().values_list("school_years")
        for years, numbers in rows.annotate(numbers=ArrayAgg("pk")):
            for year in map(school_years.to_address, years):
                if year not in self.bits["year"]:
                    self.texts = {}
                self._add("year", year, numbers)

    def _read_schedules(self, schedules, is_all):
        each = partial(_each, is_all=is_all)
        rows = Schedule.objects.current(self.today) if is_all else schedules  # only what is public is added of them
        for slug, numbers in each(_numbers(rows, "languages__slug"), 1):
            self._add("spoken", slug, numbers)
        for slug, numbers in each(_numbers(rows, "location__access__slug"), 1):
            self._add("access", slug, numbers)
        placed = schedules.filter(location__isnull=False).order_by().values_list("programme")
        for number, places in each(placed.annotate(places=ArrayAgg("location", distinct=True))):
            self.places.put(tuple(sorted(places)), [number])
        for *rule, closed, provider, host, numbers in self._groups(schedules, is_all):
            text, starts_at, ends_at, valid_from, valid_to, skip, on_holidays, resumes_on, stopped = rule
            for day in recurrence.weekdays(text, valid_from):
                self._add("day", WEEKDAYS[day], numbers)
            for part in recurrence.parts_of_day(starts_at, ends_at):
                self._add("time", part, numbers)
            if not stopped:
                skip = tuple(day for day in skip if day >= self.today)
                closures = self.closures.get(closed, ())
                groups = () if on_holidays else tuple(sorted({*provider, *host}))
                rule = Rule(text, starts_at, ends_at, valid_from, valid_to, skip, closures, groups, resumes_on)
                self.timetable.put(rule, numbers)

    def _groups(self, schedules, is_all):
        """Schedules that have the same dates as one row, with the numbers of their programmes. A row says to which
        groups provider and host belong.

        Of all schedules, the database puts together what belongs to the same groups, for which it is given thousands
        of organisations. Of a few, each stands for itself.
        """
        plain = Q(rule__contains="WEEKLY") & Q(rule__contains="BYDAY") & ~Q(rule__regex="INTERVAL|COUNT")
        paused = Q(programme__status=Programme.Status.PAUSED)
        kind_of, groups_of = self._by_kinds() if is_all else (F, self.holidays.groups)
        closed = Case(When(location__in=list(self.closures), then=F("location"))) if is_all else F("location")
        rows = schedules.exclude(rule="").order_by().annotate(
            since=Case(When(plain & Q(valid_from__lte=self.today), then=Value(ANY_MONDAY)), default=F("valid_from")),
            until=Case(When(plain & Q(valid_to__gt=self.today + HORIZON), then=None), default=F("valid_to")),
            resumes_on=Case(When(paused, then=F("programme__resumes_on"))),
            stopped=Case(When(paused & Q(programme__resumes_on__isnull=True), then=True), default=False),
            closed=closed, provider=kind_of("programme__organisation"), host=kind_of("location__organisation"),
        )  # fmt: skip
        same = ("rule", "starts_at", "ends_at", "since", "until", "exceptions", "runs_on_holidays", "resumes_on",
                "stopped", "closed", "provider", "host")  # fmt: skip
        found = rows.values_list(*same).annotate(numbers=ArrayAgg("programme", distinct=True))
        for *rule, provider, host, numbers in _each(found.values_list(*same, "numbers"), is_all=is_all):
            yield *rule, groups_of.get(provider, ()), groups_of.get(host, ()), numbers

    def _by_kinds(self):
        """(a function that says in SQL of which kind an organisation is, {kind: groups}); kinds are groups of
        organisations, the most frequent first.
        """
        kinds = sorted(self.members, key=lambda groups: -len(self.members[groups]))
        number = {str(pk): n for n, kind in enumerate(kinds) if n for pk in self.members[kind]}
        # Looked up in one object: asked of one list after the other, a million schedules take minutes.
        rare = Cast(Value(json.dumps(number)), JSONField())

        def kind_of(organisation):
            found = Func(rare, Cast(organisation, TextField()), arg_joiner=" ->> ", template="(%(expressions)s)::int")
            known = Coalesce(found, Value(0), output_field=IntegerField())
            return Case(When(**{f"{organisation}__isnull": False}, then=known))

        return kind_of, dict(enumerate(kinds))

    def _add(self, facet, choice, numbers):
        if facet and choice:
            self.bits[facet][choice] = self.bits[facet].get(choice, NOTHING) | (Bits.of(numbers) & self.all)

    # ---- keeping in step ----------------------------------------------------------------------
    def advance(self, now):
        """The clock goes on; at midnight what a date makes public, or not, is read again. True: build anew."""
        self.now, before = now, self.today
        self.today = timezone.localdate(now)
        if self.today < before or self.today - before > timedelta(days=7):
            return True
        self.timetable.advance(now)
        if self.today > before:
            self._read_places()
            return self._read_again(self._turned(before, self.today))
        return False

    def apply(self, news):
        """Takes in [(kind, number or None)] of what changed. True: too much, build anew."""
        self.derived = self._counts_of_all()
        touched, kinds = set(), {kind for kind, _number in news}
        if kinds & {"programme", "partner", "place"} and any(n is None and k != "group" for k, n in news):
            return True
        if kinds - {"programme"}:
            self.texts, self._counted = {}, {}
        if "term" in kinds:
            self._read_terms()
        before = self.holidays.days
        if kinds & {"group", "place"}:
            self._read_places()
            self.places.regroup()
            self.derived = {}
        elif "partner" in kinds:
            self._read_holidays()
        if self.holidays.days != before:
            self.timetable.recompute(self.holidays.days)
        numbers = {kind: [n for k, n in news if k == kind and n is not None] for kind in kinds}
        touched.update(numbers.get("programme", ()))
        if partners := numbers.get("partner"):
            touched.update(Programme.objects.filter(organisation__in=partners).values_list("pk", flat=True))
            held_there = Schedule.objects.filter(location__organisation__in=partners)
            touched.update(held_there.values_list("programme", flat=True))
        if places := numbers.get("place"):
            touched.update(Schedule.objects.filter(location__in=places).values_list("programme", flat=True))
        return self._read_again(touched)

    def _read_again(self, numbers):
        if len(numbers) > MANY_NEWS:
            return True
        if numbers:
            counts, counted = self._counts_of_all(), self._counted
            self.derived, self._counted = {}, {}  # what another thread counts while we are at it stays in these
            self._recount(counts, numbers, sub)
            counted = self._untouched(counted, numbers)
            self._take_out(numbers)
            self._read(numbers)
            self._recount(counts, numbers, add)
            self.derived, self._counted = counts, self._untouched(counted, numbers)
            for alphabet in self.alphabets.values():
                alphabet.due.update(numbers)
        return False

    def _counts_of_all(self):
        """What is not let go of when something changes: to count a million takes half a second."""
        keys, derived = [("counts", facet) for facet in MANY], self.derived
        return {key: derived[key] for key in keys if key in derived}

    def _recount(self, known, numbers, change):
        """Takes these programmes out of the counts of all, as far as they are public, or adds them."""
        public = sorted(number for number in numbers if self.all.has(number))
        for facet, combinations in (("place", self.places), ("provider", self.providers)):
            if (before := known.get(("counts", facet))) is not None:
                known["counts", facet] = change(before, combinations.counts(public))

    def _untouched(self, counted, numbers):
        """What was counted of choices that none of these programmes has."""
        touched = Bits.of(numbers)
        return {(of, what): found for (of, what), found in list(counted.items())
                if of and not self.bits[of[0]].get(of[1], NOTHING).count_with(touched)}  # fmt: skip

    def _take_out(self, numbers):
        gone = Bits.of(numbers)
        self.all, self.paused, self.full = self.all - gone, self.paused - gone, self.full - gone
        for choices in self.bits.values():
            for choice, bits in choices.items():
                if bits.count_with(gone):
                    choices[choice] = bits - gone
        for number in numbers:
            self.timetable.remove(number)
            self.places.remove(number)
            self.providers.remove(number)

    def _turned(self, before, today):
        """Numbers of the programmes for which the days from `before` to `today` make a difference."""
        year = relativedelta(months=12)
        expired = Q(checked_on__gt=before - year, checked_on__lte=today - year)
        moved = Membership.objects.filter(
            Q(joined_on__gt=before, joined_on__lte=today) | Q(left_on__gt=before, left_on__lte=today)
        )
        over = Q(valid_to__gte=before, valid_to__lt=today)
        nearing = Q(valid_to__gt=before + HORIZON, valid_to__lte=today + HORIZON)
        closing = OpeningException.objects.filter(
            starts_on__gt=before + HORIZON, starts_on__lte=today + HORIZON, location__isnull=False
        )
        schedules = Schedule.objects.filter(over | nearing | Q(location__in=closing.values("location")))
        programmes = Programme.objects.filter(
            expired
            | Q(organisation__in=moved.values("organisation"))
            | Q(schedules__location__organisation__in=moved.values("organisation"))
            | Q(pk__in=schedules.values("programme"))
        )
        return set(programmes.values_list("pk", flat=True))

    @property
    def holds_until(self):
        """The moment when the clock alone changes something: a date begins to be near or is over, or the day is."""
        midnight = timezone.make_aware(datetime.combine(self.today + timedelta(days=1), time.min))
        return min(midnight, self.timetable.next_change or midnight)

    # ---- sets ---------------------------------------------------------------------------------
    def having(self, name, choices):
        """Bits of the programmes with any of the choices of a facet, or a switch."""
        if name == "this_week":
            return self.timetable.this_week & self.all
        if name in ("no_referral", "referral"):
            return self._routes(name)
        if name == "place":
            return self.places.having(choices) & self.all
        if name == "provider":
            return self.providers.having(choices) & self.all
        return union(self.bits[name].get(choice, NOTHING) for choice in choices)

    def _routes(self, switch):
        derived = self.derived
        if (switch,) not in derived:
            routes = {t.slug: bool(t.facts.get("referral_required"))
                      for t in self.terms.values() if t.vocabulary == Vocabulary.REFERRAL_ROUTE}  # fmt: skip
            wanted = {
                "no_referral": [slug for slug, needed in routes.items() if not needed],
                "referral": [slug for slug, needed in routes.items() if needed or slug in BY_PROFESSIONALS],
            }
            derived[switch,] = self.having("route", wanted[switch])
        return derived[switch,]

    @property
    def levels(self):
        """[Bits] that have no programme in common, what fits best first.

        Available before paused or full; then without referral, then free.
        """
        derived = self.derived  # an edit puts a new one in its place
        if ("levels",) not in derived:
            waiting, both = self.paused | self.full, self.paused & self.full
            easy, free = self.having("no_referral", ()), self.having("cost", ("free",))
            found = []
            for level in (self.all - waiting, (self.all & waiting) - both, self.all & both):
                for reachable in (level & easy, level - easy):
                    found += [reachable & free, reachable - free]
            derived["levels",] = found
        return derived["levels",]

    def counts(self, facet, bits, numbers):
        """Counts of the places or providers of `bits`; `numbers()` lists these.

        What most programmes have is what all have without the rest, and that of all is kept.
        """
        derived = self.derived  # before the sets are looked at: an edit meanwhile puts a new one in its place
        combinations, everything = self.places if facet == "place" else self.providers, self.all
        if 2 * bits.count() <= everything.count():
            return combinations.counts(numbers())
        if ("counts", facet) not in derived:
            derived["counts", facet] = combinations.counts(everything.numbers())
        counts, rest = derived["counts", facet], everything - bits
        return counts - combinations.counts(rest.numbers()) if rest else counts

    def most(self, facet, bits, numbers, wanted, of=None):
        """({choice: programmes} of the `wanted` places or providers that most have, how many more there are).

        `numbers(bits)` lists a set. `of`: the facet and the choice whose programmes `bits` are; () when these are all;
        else None.
        """

        def made(bits):
            counts = self.counts(facet, bits, partial(numbers, bits))
            offered = counts.most(wanted)
            return {choice: counts[choice] for choice in offered}, len(counts) - len(offered)

        return self._kept(bits, of, (facet, wanted), made)

    def sizes(self, facet, bits, of=None):
        """{choice: programmes} of a facet with a set for each choice; `of` as above."""
        sets = self.bits[facet]
        return self._kept(
            bits, of, (facet,), lambda bits: {choice: bits.count_with(sets[choice]) for choice in list(sets)}
        )

    def _kept(self, bits, of, what, made):
        """`made(bits)`, not to be changed: of many programmes with one choice only once, for that is asked often."""
        if of is None or bits.count() < WORTH_KEEPING:
            return made(bits)
        counted = self._counted  # before the sets are looked at: an edit meanwhile puts a new one in its place
        if (found := counted.get((of, what))) is None:
            found = made(self.bits[of[0]].get(of[1], NOTHING) if of else self.all)
            if len(counted) < MOST_KEPT:
                counted[of, what] = found
        return found

    @property
    def nearby(self):
        """Combinations of places by their distance from anywhere (Nearby)."""
        with _lock:
            if self._nearby is None:
                self._nearby = Nearby(self.places.values, self.positions)
            self._nearby.bring_up_to_date()
            return self._nearby

    def keep(self, key, value, most=64):
        """Keeps one of the many sets of a kind (`key[0]`), the last `most` of them, until something changes."""
        alike = [known for known in self.derived if known[0] == key[0]]
        if len(alike) >= most:
            self.derived.pop(alike[0], None)
        self.derived[key] = value

    def alphabet(self, language):
        """The Alphabet of a language: after an edit, only those that are asked for are brought up to date."""
        with _lock:
            known = self.alphabets.get(language)
            if known is None or (known.due and known.bring_up_to_date(self.all)):
                known = self.alphabets[language] = Alphabet(language, Programme.objects.published(self.today))
            return known


def _each(rows, chunk=2000, is_all=True):
    """The rows one by one; of all programmes a chunk at a time, for all at once would leave holes in the memory."""
    return rows.iterator(chunk) if is_all else rows


def _numbers(rows, field):
    """(value of `field`, [programme number]) for each value that occurs; a number may come twice.

    Joined, not excluded: who has none would be looked for again for each row. Not sorted, only to leave out a few.
    """
    named = rows.filter(**{f"{field}__isnull": False}).order_by().values_list(field)
    return named.annotate(numbers=ArrayAgg("programme"))


# ---- one for the process --------------------------------------------------------------------------
_lock = RLock()
_index = None
_news: list = []


def _take_note(news):
    """News of the change feed; None means that anything may have changed."""
    global _index
    with _lock:
        if news is None:
            _index = None
            _news.clear()
        else:
            _news.extend(news)


changes.subscribe(_take_note)


def current(now=None):
    """The process's index, brought up to date: with what changed, and with the clock."""
    global _index
    changes.refresh()
    with _lock:
        news, now = list(_news), now or timezone.now()
        _news.clear()
        if _index is None or (news and _index.apply(news)) or _index.advance(now):
            _index = Index(now)
        return _index


def warm():
    """Reads everything now, before the first reader asks. DatabaseError when it cannot."""
    index = current()
    index.nearby  # noqa: B018 – and kept
    for language in languages.CODES:
        index.alphabet(language)
