"""The seeds: vocabulary and demo data, loaded twice, with dates that move and nothing skipped in silence."""

from collections import Counter
from datetime import date, timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.utils import timezone

from partners.models import Group, Location, Organisation, Seat, Settlement, User
from portal import seeds
from portal.demo import DemoLoader
from portal.management.commands.load_vocabulary import SEED
from portal.models import Term, Vocabulary
from programmes.models import Continuation, ProblemReport, Programme, ProgrammeTerm, Schedule
from programmes.queue import queue

pytestmark = pytest.mark.django_db


def load_vocabulary():
    out = StringIO()
    call_command("load_vocabulary", stdout=out)
    return out.getvalue()


def report(today=None):
    load_vocabulary()
    return list(DemoLoader(today).load())


@pytest.fixture(scope="module")
def loaded_twice(demo_database, django_db_blocker):
    """What the second load said, and what was counted before and after it. The tests that ask for this see its rows."""
    with django_db_blocker.unblock():
        return SimpleNamespace(before=count(), said=report(), after=count())


# ---- vocabulary -----------------------------------------------------------------------------------
def test_the_seed_holds_all_27_vocabularies_in_five_languages():
    load_vocabulary()
    assert set(Term.objects.values_list("vocabulary", flat=True)) == set(Vocabulary.values)
    assert len(Vocabulary.values) == 27
    columns = [f"label_{code}" for code in ("sl", "en", "da", "nb", "de")]
    assert not [term for term in Term.objects.all() if not all(getattr(term, column) for column in columns)]


def test_loading_the_vocabulary_twice_changes_nothing():
    load_vocabulary()
    before = list(Term.objects.order_by("pk").values())
    assert "0 terms added, 0 terms renamed" in load_vocabulary()
    assert list(Term.objects.order_by("pk").values()) == before


def test_an_edited_label_is_never_overwritten():
    load_vocabulary()
    Term.objects.filter(vocabulary="topic", slug="nutrition").update(label_de="Essen und Trinken")
    load_vocabulary()
    assert Term.objects.get(vocabulary="topic", slug="nutrition").label_de == "Essen und Trinken"


def test_a_label_nobody_edited_follows_the_seed():
    load_vocabulary()
    term = Term.objects.get(vocabulary="topic", slug="nutrition")
    term.label_de = term.seeded["label_de"] = "Ernährung (alt)"
    term.save()
    assert "1 terms renamed" in load_vocabulary()
    assert Term.objects.get(pk=term.pk).label_de == "Ernährung"


def test_mappings_and_facts_are_kept():
    load_vocabulary()
    topic = Term.objects.get(vocabulary="topic", slug="physical-activity")
    route = Term.objects.get(vocabulary="referral_route", slug="gp-referral")
    assert topic.maps["forebyggelsespakke"] == "Fysisk aktivitet"
    assert route.facts["referral_required"] is True
    assert Term.objects.get(vocabulary="sector", slug="ngo").facts["group"] == "civil-society"


def test_every_term_of_the_seed_is_loaded():
    load_vocabulary()
    seed = seeds.read(SEED)["vocabularies"]
    wanted = {(vocabulary, row["slug"]) for vocabulary, rows in seed.items() for row in rows}
    assert set(Term.objects.values_list("vocabulary", "slug")) == wanted


# ---- demo data ------------------------------------------------------------------------------------
def count():
    models = (Group, Organisation, Location, Settlement, User, Seat, Programme, Schedule, ProgrammeTerm, Continuation)
    return Counter({model.__name__: model.objects.count() for model in models})


def test_dates_move_with_today():
    """First of all: it loads into what is still empty."""
    assert not Programme.objects.exists()
    today = date(2031, 5, 7)
    report(today)
    meta = seeds.read("demo.yaml")["meta"]
    shift = timedelta(weeks=(today - date.fromisoformat(meta["reference_date"])).days // 7)
    assert Programme.objects.get(slug="zdravo-zivim").checked_on == date(2026, 10, 12) + shift
    assert Schedule.objects.get(programme__slug="zdravo-hujsanje").valid_from == date(2027, 2, 1) + shift


def test_loading_the_demo_twice_changes_nothing(loaded_twice):
    before = loaded_twice.before
    assert loaded_twice.after == before
    assert (before["Programme"], before["Location"], before["Organisation"]) == (45, 13, 17)


def test_what_no_model_knows_is_named(loaded_twice):
    text = "\n".join(loaded_twice.said)
    for kind in ("events",):
        assert f"no model knows {kind}: (all of it)" in text
    assert "no model knows municipality: area_km2 (1), facts (1)" in text


def test_the_demo_shows_every_state_a_resident_can_meet(loaded_twice):
    assert Programme.objects.get(slug="zdravo-hujsanje").is_full
    assert Programme.objects.get(slug="vrt-za-vse").is_paused
    assert list(Programme.objects.outdated()) == [Programme.objects.get(slug="telefon-prijatelj")]


def test_the_coordinators_of_the_demo_have_something_to_review(loaded_twice):
    coordinator = User.objects.get(full_name="Mojca Hribernik")
    assert [(row.programme.slug, row.kind, row.days) for row in queue(coordinator)] == [
        ("joga-na-stolu", "new", 4),
        ("sosedski-sprehodi", "proposal", 2),
    ]


def test_the_demo_shows_reports_in_every_state_and_none_twice(loaded_twice):
    assert Counter(ProblemReport.objects.values_list("state", flat=True)) == {
        "new": 2, "in_progress": 1, "done": 1, "not_changed": 1
    }  # fmt: skip
    assert not ProblemReport.objects.filter(state__in=["done", "not_changed"], answer="").exists()


def test_places_lie_in_one_valley(loaded_twice):
    placed = Location.objects.filter(lat__isnull=False)
    assert placed.count() == 12
    for record in [*placed, *Settlement.objects.all()]:
        assert abs(record.lat - 46.05) < 0.1
        assert abs(record.lon - 14.95) < 0.15


def test_every_programme_has_a_schedule_a_contact_and_texts_to_read(loaded_twice):
    for programme in Programme.objects.all():
        assert programme.schedules.exists(), programme.slug
        assert all(
            [programme.contact_name, programme.contact_phone, programme.description_sl, programme.first_visit_en]
        ), programme.slug


def test_today_the_library_is_closed_for_a_reason(loaded_twice):
    library = Location.objects.get(slug="knjiznica")
    noon = timezone.localtime().replace(hour=12, minute=0)
    state = library.opening(now=noon)
    assert (state.kind, bool(state.reason)) == ("closed-today", True)
    assert library.opening(now=noon + timedelta(days=7)).reason == ""


def test_the_coordinators_of_the_demo_hold_their_seats(loaded_twice):
    names = Seat.objects.current().filter(role="coordinator").values_list("user__full_name", flat=True)
    assert set(names) == {"Mojca Hribernik", "Tadej Zorman"}
