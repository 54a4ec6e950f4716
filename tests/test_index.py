"""The catalogue in memory says what the database says: after building, after edits, as the clock goes on."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.models import Location, OpeningException
from portal import languages
from portal.distance import kilometres
from portal.models import Vocabulary
from programmes import catalogue as reading
from programmes.catalogue import Catalogue
from programmes.facets import FACETS
from programmes.filters import ProgrammeFilter
from programmes.index import Index, alphabet
from programmes.index import index as index_module
from programmes.index.bits import Bits, union
from programmes.index.combinations import Combinations
from programmes.index.nearby import Nearby
from programmes.models import Programme, Schedule

from .records import make_location, make_organisation, make_programme, make_schedule, make_settlement, make_term

pytestmark = pytest.mark.server
NUMBERS = st.sets(st.integers(1, 20_000), max_size=60)


# ---- sets -----------------------------------------------------------------------------------------
@given(NUMBERS, NUMBERS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # it depends on what else the machine does
def test_bits_are_sets(one, other):
    a, b = Bits.of(one), Bits.of(other)
    assert (a & b).numbers() == sorted(one & other)
    assert (a | b).numbers() == union([a, b]).numbers() == sorted(one | other)
    assert (a - b).numbers() == sorted(one - other)
    assert (a.count(), a.count_with(b)) == (len(one), len(one & other))
    assert [number for number in other if a.has(number)] == [number for number in other if number in one]
    flags = a.flags(30_000)
    assert (len(flags) >= 30_000, [n for n, flag in enumerate(flags) if flag]) == (True, sorted(one))


@pytest.mark.parametrize("size", [15, 16, 17, 63, 64, 65, 4096, 5461, 5462, 9000])
def test_a_dense_set_holds_what_was_put_in(size):
    numbers = random.Random(size).sample(range(1, 12_000), size)
    assert Bits.of(numbers).numbers() == sorted(numbers)


@pytest.mark.parametrize("numbers", [range(100), range(1, 60_000, 100), range(5000)])
def test_numbers_are_packed_only_where_that_is_smaller(numbers):
    packed = Bits.packed(list(numbers))
    found = packed.numbers() if isinstance(packed, Bits) else packed
    assert (found, isinstance(packed, Bits)) == (list(numbers), numbers == range(5000))


def test_a_set_is_never_changed_by_what_is_added_to_it():
    before = Bits.of([1])
    after = before
    after |= Bits.of([2])
    assert (before.numbers(), after.numbers()) == ([1], [1, 2])


# ---- the same as the database ---------------------------------------------------------------------
def contents(index):
    """All that an index answers, in a form to be compared."""
    sets = {(f, c): bits.numbers() for f, choices in index.bits.items() for c, bits in choices.items() if bits}
    everything = index.all
    return {
        "sets": sets,
        "all": (everything.numbers(), index.paused.numbers(), index.full.numbers()),
        "dated": (index.timetable.dated & everything).numbers(),
        "week": (index.timetable.this_week & everything).numbers(),
        "starts": {n: index.timetable.next_start[n] for n in (index.timetable.dated & everything).numbers()},
        "places": dict(index.counts("place", everything, everything.numbers).items()),
        "providers": dict(index.counts("provider", everything, everything.numbers).items()),
        "az": [n for n in index.alphabet("sl").numbers if everything.has(n)],
    }


@pytest.fixture
def town(db):
    settlements = [make_settlement(name=name) for name in ("Breg", "Dol", "Log")]
    terms = [make_term(Vocabulary.TOPIC, f"t-{n}") for n in range(4)] + [make_term(Vocabulary.COST, "free")]
    places = [make_location(settlement=s, lat=46.0 + n / 10, lon=15.0) for n, s in enumerate(settlements)]
    organisations = [make_organisation() for _ in range(3)]
    return terms, places, organisations


RULES = ("FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=DAILY", "FREQ=MONTHLY;BYDAY=1FR", "")


def edit(choice, town):
    """One random change, of the kinds that forms, imports and SQL make."""
    terms, places, organisations = town
    some = choice.choice(Programme.objects.order_by("pk"))
    match choice.randrange(9):
        case 0:
            make_schedule(
                make_programme(choice.choice(organisations), terms=choice.sample(terms, 2)),
                location=choice.choice(places),
                rule=choice.choice(RULES[:4]),
            )
        case 1:
            some.status = choice.choice(["published", "paused", "draft"])
            some.save()
        case 2:
            Programme.objects.filter(pk=some.pk).update(is_full=not some.is_full, title_sl=choice.choice("ČSŽabc"))
        case 3:
            some.terms.set(choice.sample(terms, 2))
        case 4:
            make_schedule(some, rule=choice.choice(RULES[:4]), location=choice.choice(places))
        case 5:
            some.schedules.all().delete()
        case 6:
            Programme.objects.filter(pk=some.pk).update(organisation=choice.choice(organisations))
        case 7:
            Location.objects.filter(pk=choice.choice(places).pk).update(settlement=choice.choice(places).settlement)
        case 8:
            day = timezone.localdate() + timedelta(days=choice.randrange(9))
            OpeningException.objects.create(location=choice.choice(places), starts_on=day, ends_on=day)


@pytest.mark.parametrize("seed", range(12))
def test_after_any_edits_the_index_is_as_if_built_anew(town, seed):
    choice, now = random.Random(seed), timezone.now()
    for _ in range(4):
        make_schedule(make_programme(town[2][0], terms=[town[0][0]]), location=town[1][0])
    Catalogue("sl", now).rank  # noqa: B018 – the alphabet is there before the edits
    for _ in range(12):
        edit(choice, town)
        assert contents(Catalogue("sl", now).index) == contents(Index(now))


def test_the_only_programme_is_counted_again_after_an_edit(town):
    now = timezone.now()
    make_schedule(make_programme(town[2][0]), location=town[1][0])
    before = contents(Catalogue("sl", now).index)
    Programme.objects.update(is_full=True)
    after = contents(Catalogue("sl", now).index)
    assert list(before["places"].values()) == [1]
    assert (after["places"], after["providers"]) == (before["places"], before["providers"])
    assert after == contents(Index(now))


@pytest.mark.parametrize("hours", [1, 20, 24, 30, 24 * 6, 24 * 8])
def test_as_the_clock_goes_on_the_index_is_as_if_built_then(town, hours):
    now = timezone.now()
    today = timezone.localdate(now)
    for n, rule in enumerate(RULES[:4] * 2):
        programme = make_programme(town[2][n % 3], terms=[town[0][n % 4]])
        make_schedule(programme, rule=rule, location=town[1][n % 3], valid_to=today + timedelta(days=n))
    make_programme(title_sl="expires", checked_on=today - timedelta(days=364))
    town[2][0].memberships.update(left_on=today + timedelta(days=1))
    Catalogue("sl", now)
    later = now + timedelta(hours=hours)
    assert contents(Catalogue("sl", later).index) == contents(Index(later))


@pytest.mark.parametrize("seed", range(6))
def test_what_most_have_is_counted_by_what_is_left(town, seed):
    choice = random.Random(seed)
    for _ in range(20):
        make_schedule(make_programme(choice.choice(town[2])), location=choice.choice(town[1]))
    index = Catalogue("sl").index
    bits = Bits.of(choice.sample(index.all.numbers(), choice.choice([3, 12, 19, 20])))
    for facet, combinations in (("place", index.places), ("provider", index.providers)):
        assert index.counts(facet, bits, bits.numbers) == combinations.counts(bits.numbers())


@pytest.mark.parametrize("size", [0, 1, 2, 300])
def test_choices_are_counted_as_one_counts_by_hand(size):
    choice = random.Random(size)
    group_of = {place: place // 2 for place in range(9)}  # place 9 is in no group
    combinations = Combinations(group=group_of.get)
    having = {}
    for number in range(1, 301):
        having[number] = tuple(sorted(choice.sample(range(10), choice.randrange(5))))
        if having[number]:
            combinations.put(having[number], [number])
    asked = sorted(choice.sample(range(1, 320), size))
    wanted = lambda: Counter(
        c for n in asked for c in {group_of.get(place) for place in having.get(n, ())} if c is not None
    )
    counts = before = combinations.counts(asked)
    assert dict(counts.items()) == wanted()
    assert sorted(counts[c] for c in counts.most(2)) == sorted(count for _c, count in wanted().most_common(2))
    assert (len(counts.most(9)), counts["nowhere"]) == (len(wanted()), 0)
    group_of[0] = group_of[8] = 3
    combinations.regroup()
    counts = combinations.counts(asked)
    assert (dict(counts.items()), having_of(combinations, asked)) == (wanted(), wanted())
    assert dict((before + counts - before).items()) == wanted()  # numbered anew meanwhile


def having_of(combinations, asked):
    """{choice: how many of these programmes have it}, by sets."""
    sets = {c: combinations.having([c]) for c in range(5)}
    return {c: count for c, bits in sets.items() if (count := bits.count_with(Bits.of(asked)))}


@pytest.mark.parametrize("seed", range(6))
def test_what_is_counted_once_is_counted_again_when_one_of_them_changes(town, seed, monkeypatch):
    monkeypatch.setattr(index_module, "WORTH_KEEPING", 0)
    choice = random.Random(seed)
    for _ in range(12):
        programme = make_programme(choice.choice(town[2]), terms=choice.sample(town[0], 2))
        make_schedule(programme, location=choice.choice(town[1]))
    addresses = ["", *(f"topic=t-{n}" for n in range(4)), "cost=free", "topic=t-1&cost=free", "topic=t-2&place=breg"]
    counted = lambda: {
        (address, name): ProgrammeFilter(QueryDict(address), Catalogue("sl")).counted(name)
        for address in addresses for name in FACETS
    }  # fmt: skip
    for _ in range(8):
        edit(choice, town)
        kept = counted()
        assert counted() == kept
        Catalogue("sl").index._counted.clear()
        assert counted() == kept


# ---- order ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("order", ["best", "next", "near", "az"])
def test_many_programmes_come_in_the_same_order_as_few(town, order, monkeypatch):
    terms, places, organisations = town
    choice = random.Random(1)
    for _ in range(40):
        programme = make_programme(
            choice.choice(organisations), terms=choice.sample(terms, 2), is_full=choice.random() < 0.2
        )
        if choice.random() < 0.8:
            make_schedule(programme, rule=choice.choice(RULES[:4]), location=choice.choice(places))
    catalogue = Catalogue("sl")
    few = list(catalogue.ordered(order, catalogue.index.all, (46.0, 15.0)))
    monkeypatch.setattr(reading, "FEW", 0)
    assert list(catalogue.ordered(order, catalogue.index.all, (46.0, 15.0))) == few
    monkeypatch.setattr(reading, "HANDFUL", 1000)
    assert list(catalogue.ordered(order, catalogue.index.all, (46.0, 15.0))) == few
    assert sorted(few) == catalogue.index.all.numbers()


@pytest.mark.parametrize("seed", range(8))
def test_places_come_from_near_to_far_wherever_one_stands(seed):
    choice = random.Random(seed)
    wide = choice.choice([0.05, 2, 40])
    spot = lambda: (46 + choice.uniform(-wide, wide), choice.choice([15, 179.9]) + choice.uniform(-wide, wide))
    positions = {place: spot() for place in range(60)}
    positions = {place: (lat, (lon + 180) % 360 - 180) for place, (lat, lon) in positions.items()}
    values = [(), *(tuple(choice.sample(range(70), choice.randrange(1, 4))) for _ in range(80))]
    nearby = Nearby(values[:50], positions)
    nearby = nearby if choice.random() < 0.5 else Nearby(values, positions)
    wanted = set(choice.sample(range(len(nearby._values)), 30))
    here = spot()
    far = {c: [kilometres(here, positions[p]) for p in values[c] if p in positions] for c in wanted}
    found = list(nearby.groups(here, wanted))
    assert [distance for distance, _some in found] == sorted({round(min(ways), 1) for ways in far.values() if ways})
    assert {c: distance for distance, some in found for c in some} == {c: round(min(w), 1) for c, w in far.items() if w}


def test_combinations_that_come_later_are_found_as_well():
    values = [(), (1,)]
    nearby = Nearby(values, {1: (46.0, 15.0), 2: (46.5, 15.5)})
    values.append((2,))
    nearby.bring_up_to_date()
    assert [some for _far, some in nearby.groups((46.5, 15.5), {1, 2})] == [[2], [1]]


@pytest.mark.parametrize("language", languages.CODES)
def test_postgresql_sorts_as_python_does(db, language):
    words = "Žoga čaj Čas cvet šah sol Ćira đak dan ørken Ålborg æble zebra aalborg Über uho Straße strasse é “a” B-c 9"
    for word in words.split():
        make_programme(title_sl=word)
    keyed = Programme.objects.annotate(key=languages.sort_expression("title", language))
    assert dict(keyed.values_list("title_sl", "key")) == {w: languages.sort_key(w, language) for w in words.split()}


def test_a_schedule_that_is_over_counts_for_nothing(db):
    schedule = make_schedule(make_programme(), location=make_location(settlement=make_settlement(name="Breg")))
    Schedule.objects.filter(pk=schedule.pk).update(valid_to=timezone.localdate() - timedelta(days=1))
    assert len(Catalogue("sl").index.places.counts(Catalogue("sl").index.all.numbers())) == 0


@pytest.mark.parametrize("seed", range(5))
def test_an_alphabet_stays_sorted_whatever_titles_change(db, seed, monkeypatch):
    monkeypatch.setattr(alphabet, "PROBES", 3)
    choice = random.Random(seed)
    title = lambda: "".join(choice.choices("abcčsšzžABC ", k=3))
    programmes = [make_programme(title_sl=title()) for _ in range(30)]
    catalogue = lambda: Catalogue("sl").index
    catalogue().alphabet("sl")
    for _ in range(8):
        for programme in choice.sample(programmes, choice.randrange(1, 8)):
            what = choice.randrange(4)
            if what == 0:
                programme.status = choice.choice(["published", "draft"])
                programme.save()
            elif what < 3:
                Programme.objects.filter(pk=programme.pk).update(title_sl=title())
            else:
                programmes.append(make_programme(title_sl=title()))
        index = catalogue()
        kept = index.alphabet("sl")
        assert list(kept.numbers) == list(alphabet.Alphabet("sl", Programme.objects.published()).numbers)
        assert sorted(kept.numbers, key=kept.rank.__getitem__) == list(kept.numbers)


def test_an_edit_that_leaves_the_title_alone_asks_once_for_the_alphabet(db, django_assert_num_queries):
    programmes = [make_programme() for _ in range(30)]
    index = Catalogue("sl").index
    index.alphabet("sl")
    Programme.objects.filter(pk=programmes[7].pk).update(is_full=True)
    index = Catalogue("sl").index
    with django_assert_num_queries(1):
        index.alphabet("sl")
    with django_assert_num_queries(0):
        index.alphabet("sl")
