"""What is missing in a programme, in words."""

import pytest

from portal.models import Vocabulary
from programmes.completeness import gaps, in_words

ALL = {Vocabulary.COST, Vocabulary.REFERRAL_ROUTE, Vocabulary.TOPIC, Vocabulary.LIFE_PHASE}
CODES = ("sl", "en", "da", "nb", "de")
WHOLE = {f"{name}_{code}": "Besedilo." for name in ("title", "summary") for code in CODES}
WHOLE |= {"what_happens_sl": "Hodimo.", "first_visit_sl": "Vrata so odprta.", "easy_read_sl": "Hodimo skupaj."}
WHOLE |= {"contact_phone": "+386 1 000 01 10"}


def fields(texts=WHOLE, vocabularies=ALL, has_schedule=True):
    return [(gap.field, gap.blocks) for gap in gaps(texts, vocabularies, has_schedule)]


def test_a_whole_programme_lacks_nothing():
    assert fields() == []


@pytest.mark.parametrize("name", ["title_sl", "summary_sl"])
def test_title_and_summary_in_the_main_language_are_needed(name):
    assert fields({**WHOLE, name: None}) == [(name, True)]


@pytest.mark.parametrize(
    ("vocabulary", "blocks"),
    [
        (Vocabulary.COST, True),
        (Vocabulary.REFERRAL_ROUTE, True),
        (Vocabulary.TOPIC, False),
        (Vocabulary.LIFE_PHASE, False),
    ],
)
def test_cost_and_way_to_join_are_needed_and_others_advised(vocabulary, blocks):
    assert fields(vocabularies=ALL - {vocabulary}) == [(vocabulary.value, blocks)]


def test_a_date_or_a_contact_is_needed():
    nobody = {**WHOLE, "contact_phone": ""}
    assert fields(nobody) == []
    assert fields(nobody, has_schedule=False) == [("contact_phone", True)]
    assert fields(has_schedule=False) == [("schedules", False)]


@pytest.mark.parametrize("text", ["Lorem ipsum dolor", "???", "TODO: dopolni"])
def test_a_placeholder_in_any_language_blocks(text):
    assert fields({**WHOLE, "bring_de": text}) == [("bring_de", True)]


def test_it_is_said_in_one_line(settings):
    from django.utils.translation import override

    lacking = {**WHOLE, "first_visit_sl": "", "summary_de": ""}
    with override("en"):
        assert in_words(gaps(lacking, ALL, True)) == "the first visit, German summary"
