"""The benchmark: its generated portals, and the tables it prints."""

import re
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from benchmarks import addresses, generate, hostile, report, rows
from portal.models import Term
from programmes.models import Programme, ProgrammeTerm, Schedule
from programmes.recurrence import validate_rule

SIZE = 200


@pytest.fixture
def generated(db):
    """psycopg's connection to a portal of 200 programmes."""
    call_command("load_vocabulary", verbosity=0)
    connection.ensure_connection()
    generate.load(connection.connection, SIZE)
    return connection.connection


def scale(size=SIZE):
    numbers = {}
    for vocabulary, slugs in {name: slugs for name, (slugs, *_more) in rows.CLASSIFIED.items()}.items():
        numbers |= {(vocabulary, slug): len(numbers) + place for place, slug in enumerate(slugs.split())}
    for vocabulary, slugs in (("topic", rows.TOPICS), ("language", ("sl", *rows.SPOKEN)), ("sector", ("ngo",)),
                              ("accessibility", rows.ACCESS.split())):  # fmt: skip
        numbers |= {(vocabulary, slug): 1000 + place for place, slug in enumerate(slugs)}
    return rows.Scale(size, date(2026, 11, 22), numbers)


def test_every_generated_programme_is_public_and_has_terms_and_dates(generated):
    published = Programme.objects.published()
    assert published.count() == SIZE
    assert published.filter(terms__vocabulary="topic").distinct().count() == SIZE
    assert Schedule.objects.values("programme").distinct().count() == SIZE


def test_what_is_one_of_some_choices_has_one_of_them(generated):
    models = [model for model in apps.get_models() if model._meta.db_table in rows.COLUMNS]
    for field in (field for model in models for field in model._meta.concrete_fields if field.choices):
        found = set(field.model.objects.exclude(**{f"{field.name}__isnull": True}).values_list(field.name, flat=True))
        allowed = {value for value, _label in field.flatchoices} | ({""} if field.blank else set())
        assert found <= allowed, field


def test_generated_rules_are_rules_that_schedules_know(generated):
    for rule in set(Schedule.objects.values_list("rule", flat=True)):
        validate_rule(rule)


def test_a_record_made_after_the_load_gets_a_number_of_its_own(generated):
    known = Programme.objects.order_by("-pk")[0]
    new = Programme.objects.create(organisation=known.organisation, slug="new", title_sl="Nov")
    term = Term.objects.of("topic")[0]
    assert (new.pk, ProgrammeTerm.objects.create(programme=new, term=term).programme_id) == (SIZE + 1, SIZE + 1)


def test_history_is_written_again_after_the_load(generated):
    assert Programme.pgh_event_model.objects.count() == 0
    Programme.objects.filter(pk=1).update(is_full=True)
    assert Programme.pgh_event_model.objects.count() == 1


def test_the_same_size_gives_the_same_programmes():
    assert rows.programmes(scale(), 0) == rows.programmes(scale(), 0)
    assert rows.around(scale()) == rows.around(scale())


def test_a_block_does_not_depend_on_the_others():
    whole = [rows.programmes(scale(2_000), block) for block in (0, 1)]
    assert rows.programmes(scale(2_000), 1) == whole[1]
    assert whole[0] != whole[1]


def test_settlements_of_a_million_programmes_have_names_of_their_own():
    count = scale(1_000_000).settlements
    assert len({rows.settlement_name(index) for index in range(count)}) == count


def test_asked_addresses_are_the_same_in_each_run_and_many(generated):
    drawn = addresses.draw(generated, SIZE)
    assert drawn == addresses.draw(generated, SIZE)
    assert {name: len(drawn[name]) >= 30 for name in ("catalogue, two facets", "catalogue, text and facet")} == {
        "catalogue, two facets": True,
        "catalogue, text and facet": True,
    }


def test_asked_addresses_find_something(client, generated):
    address = addresses.draw(generated, SIZE)["catalogue, two facets"][0]
    assert re.search(r'href="/sl/programi/\d+-', client.get(address).content.decode())


def test_a_row_is_the_median_and_its_multiple_of_the_bare_view():
    table = report.pages({
        "bare view": {"seconds": [0.001, 0.001, 0.004], "cpu": [0.001]},
        "home": {"seconds": [0.010, 0.012, 0.030], "cpu": [0.009], "gzip": 12345, "br": 10000, "queries": 7},
        "same page, 304": {"seconds": []},
    })  # fmt: skip
    assert list(table)[2:] == [
        "| bare view | 3 | 1.0 | 3.7 | 1.0 | 1.0 | 1.0 | – | – | – |",
        "| home | 3 | 12.0 | 28.2 | 12 | 9.0 | 9.0 | 12,345 | 10,000 | 7 |",
        "| same page, 304 | – | – | – | – | – | – | – | – | – |",
    ]


def test_a_goal_is_reached_up_to_its_figure_and_said_to_be_missed_above_it():
    lines = list(report.goals("10k", {"programme": 15.0, "catalogue, two facets": 15.1}, {"programme": 4.0}))
    assert "| programme | 15 × | 15 × | reached | 4.0 × |" in lines
    assert "| catalogue, two facets | 15 × | 15 × | **not reached** | – |" in lines
    assert "| worker memory | 90 MB | – | not measured | – |" in lines
    assert list(report.goals("1k", {})) == []


def test_the_list_is_weighed_in_each_language_and_held_against_its_goal():
    weighed = {"sl": [(14_000, "/sl/programi/"), (15_001, "/sl/programi/?cost=free")], "de": [(900, "/de/angebote/")]}
    table = list(report.weights(weighed))
    assert "of 2 addresses" in table[0]
    assert table[-2:] == [
        "| sl | 14,000 | 15,001 | `/sl/programi/?cost=free` |", "| de | 900 | 900 | `/de/angebote/` |"
    ]  # fmt: skip
    goals = list(report.goals("1M", {"heaviest list": 15_001}))
    assert "| heaviest list | 15,000 bytes | 15,001 bytes | **not reached** | – |" in goals
    assert list(report.weights({})) == []


def test_writing_a_size_again_replaces_its_section_only(tmp_path):
    path = tmp_path / "results.md"
    for size, text in (("1k", "old"), ("10k", "other"), ("1k", "new")):
        report.write(size, text, path)
    assert path.read_text() == "# Measured\n\n## 1k programmes\n\nnew\n\n## 10k programmes\n\nother\n"


def test_a_database_is_made_anew_before_its_programmes_grow_too_old():
    made = lambda days: {"generator": generate.VERSION, "made": (date.today() - timedelta(days=days)).isoformat()}
    usable = [generate.database.is_usable(made(days), generate.VERSION) for days in (0, 24, 25)]
    assert usable == [True, True, False]
    assert not generate.database.is_usable(made(0) | {"generator": 0}, generate.VERSION)


@pytest.mark.django_db
def test_odd_strings_are_the_same_ones_each_time_and_no_error():
    assert list(hostile.strings(60)) == list(hostile.strings(60))
    errors, took, cpu = hostile.ask(60)
    assert (errors, len(took), len(cpu)) == ([], 60, 60)
    assert "slowest" in hostile.summary(took)
