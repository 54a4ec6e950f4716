"""The search: words, entries that keep up with every change, synonyms, corrections, marks, other languages."""

import os
import threading
from collections import Counter
from datetime import date
from io import StringIO
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from dateutil.relativedelta import relativedelta
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.languages import CODES
from portal.management.commands.load_vocabulary import seed_rows
from portal.models import EmptySearch, SearchDue, SearchEntry, Synonym, Vocabulary
from portal.models import Term as VocabularyTerm
from portal.search import compounds, engine, index, query, text
from portal.search.did_you_mean import suggest
from portal.search.marks import mark
from portal.search.suggestions import complete
from programmes.beside import beside
from programmes.models import Programme, ProgrammeTerm
from programmes.search import find

from .records import make_location, make_organisation, make_programme, make_schedule, make_settlement, make_term

pytestmark = [pytest.mark.django_db, pytest.mark.server]
HOSTILE_QUERIES = int(os.environ.get("HOSTILE_QUERIES", 200))  # 5000 for both tests together: ten thousand


def found(typed, language="sl"):
    """Titles in Slovenian, best first."""
    titles = dict(Programme.objects.values_list("pk", "title_sl"))
    return [titles[number] for number in find(typed, language).numbers]


# ---- words ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("sl", "sprehajališče", "sprehajalisca"),
        ("sl", "vadba", "vadbo"),
        ("sl", "živčnost", "zivcnosti"),
        ("sl", "boleti", "bolela"),
        ("sl", "zadihati", "zadihajo"),
        ("sl", "pogrešam", "pogresate"),
        ("sl", "izkušnja", "izkusenj"),
        ("sl", "krvavitev", "krvavitvi"),
        ("sl", "društvo", "društev"),
        ("sl", "hujšati", "hujsanju"),
        ("sl", "vrtnarjenje", "vrtnarjenjem"),
        ("sl", "sladkor", "sladkorju"),
        ("sl", "multiplikator", "multiplikatorji"),
        ("sl", "spirometrija", "spirometrijo"),
        ("sl", "mamografija", "mamografijami"),
        ("sl", "hujšati", "hujšajo"),
        ("sl", "vejpanje", "vejpal"),
        ("sl", "gibati", "gibala"),
        ("en", "midwife", "midwives"),
        ("da", "tand", "tændernes"),
        ("da", "jordemor", "jordemødrene"),
        ("da", "bedsteforælder", "bedsteforældres"),
        ("da", "skolebarn", "skolebørn"),
        ("da", "center", "centre"),
        ("da", "drikke", "drukket"),
        ("nb", "bror", "brødre"),
        ("nb", "senter", "sentrene"),
        ("sl", "zadnji", "zadnjih"),
        ("da", "børn", "bornene"),
        ("en", "walking", "walks"),
        ("da", "kursus", "kurserne"),
        ("da", "forældre", "foraeldre"),
        ("da", "gå", "gaaet"),
        ("da", "forstå", "forstaaelse"),
        ("da", "vaccinere", "vaccination"),
        ("da", "gravid", "graviditet"),
        ("da", "læse", "læst"),
        ("nb", "gåtur", "gaaturer"),
        ("nb", "søvn", "soevn"),
        ("de", "Rücken", "ruecken"),
        ("de", "Kurse", "kurs"),
        ("de", "Straße", "strasse"),
    ],
)
def test_forms_and_spellings_of_a_word_meet(language, one, other):
    written = {key for word in text.words(one) for key in text.keys(word, language)}
    typed = {key for word in text.variants(other, language) for key in text.keys(word, language)}
    assert written & typed


def test_a_long_text_is_put_into_a_normal_form_in_pieces_that_break_no_word():
    long = "koz\u030cuh, " * 1000 + "a" + "\u0301\u0316" * 5000
    assert text.words(long)[:1001] == ["kožuh"] * 1000 + ["á"]
    assert text.fold("\u0301\u0316" * 5000 + "Č") == "c"
    assert max(map(len, pieces(long))) <= text.PIECE


def pieces(long):
    """What Python's own function is given at once."""
    seen = []
    with patch.object(text, "unicodedata", SimpleNamespace(normalize=lambda _form, part: seen.append(part) or part)):
        assert text.normalized("NFC", long) == long
    return seen


@pytest.mark.parametrize(
    ("language", "word", "part"),
    [
        ("da", "søvnbesvær", "søvn"),
        ("da", "gåture", "gå"),
        ("da", "børnefamilier", "børne"),
        ("da", "rygestop", "ryge"),
        ("nb", "røykeslutt", "røyke"),
        ("de", "rückenschmerzen", "rücken"),
        ("de", "ernährungsberatung", "ernährung"),
        ("de", "familienecke", "ecke"),  # no "Necke"
    ],
)
def test_compounds_come_apart(language, word, part):
    assert part in {p for form in text.lemmas(word, language) for p in compounds.parts(form, language)}


@pytest.mark.parametrize(("word", "part"), [("børnefamilier", "barn"), ("rygtræning", "ryg")])
def test_a_compound_is_found_by_its_parts_in_every_form(word, part):
    assert part in compounds.part_keys(word, "da")
    assert "ryg" not in compounds.part_keys("rygestop", "da")


@pytest.mark.parametrize(("language", "word"), [("nb", "kultur"), ("de", "Unterstützung"), ("da", "natur")])
def test_what_only_looks_like_a_compound_stays_whole(language, word):
    assert compounds.parts(word.lower(), language) == ()


@pytest.mark.parametrize(
    ("language", "word", "size"), [("de", "kleinbus", "klein"), ("da", "storfamilie", "stor"), ("nb", "storby", "stor")]
)
def test_how_big_a_thing_is_is_no_part_that_finds_others(language, word, size):
    assert size not in compounds.parts(word, language)


def test_a_record_of_more_words_than_a_vector_holds_is_found_by_its_first_and_stops_nobodys_search():
    fields = ["description_sl", "what_happens_sl", "easy_read_sl"]
    words = [f"{'bcdf'[n]}{'ж' * 50}{str(m).translate(str.maketrans('0123456789', 'abcdefghij'))}" for n in range(3)
             for m in range(3000)]  # fmt: skip
    long = {field: " ".join(words[n::3]) for n, field in enumerate(fields)}
    make_programme(title_sl="Predolgo", **long)
    make_programme(title_sl="Hoja")
    assert found("hoja") == ["Hoja"]
    assert found("predolgo") == found(words[0]) == ["Predolgo"]


def test_a_query_of_small_words_only_keeps_them():
    make_programme(title_sl="Kje in kako")
    assert found("kje") == []
    assert text.telling(["kje", "hoja"], "sl") == ["hoja"]
    assert text.telling(["kje"], "sl") == ["kje"]


# ---- finding --------------------------------------------------------------------------------------
def test_a_compound_is_found_by_its_part_and_the_other_way_round():
    make_programme(title_sl="a", title_da="Søvnbesvær")
    make_programme(title_sl="b", title_da="Søvn og hvile")
    assert found("søvn", "da") == ["b", "a"]
    assert found("søvnbesvær", "da") == ["a", "b"]


def test_a_part_of_a_title_counts_more_than_a_word_of_the_description():
    make_programme(title_sl="a", title_da="Træning", description_da="Ondt i ryg og nakke.")
    make_programme(title_sl="b", title_da="Rygtræning")
    assert found("ryg", "da") == ["b", "a"]


def test_two_words_are_found_where_they_are_written_as_one():
    for number in range(engine.TOO_FEW):
        make_programme(title_sl=f"a {number}", title_nb="Tur", description_nb="De kan følge med som voksne.")
    make_programme(title_sl="b", title_nb="Buss", summary_nb="Med følgevoksne")
    assert found("følge voksne", "nb")[0] == "b"


def test_the_head_of_a_compound_alone_is_not_meant():
    make_programme(title_sl="a", title_de="Kurs für Eltern")
    assert found("Kochkurs", "de") == []


def test_the_last_word_may_be_a_beginning():
    make_programme(title_sl="Kolesarjenje")
    assert found("koles") == ["Kolesarjenje"]
    assert found("koles ") == found("koles skupaj") == []


def test_a_phrase_wants_its_words_side_by_side_and_in_one_text():
    make_programme(title_sl="Zdrav hrbet")
    make_programme(title_sl="Hrbet, da bo zdrav")
    make_programme(title_sl="Zdrav", summary_sl="Hrbet")
    assert found('"zdrav hrbet"') == ["Zdrav hrbet"]
    assert set(found("zdrav hrbet")) == {"Zdrav hrbet", "Hrbet, da bo zdrav", "Zdrav"}


def test_a_phrase_with_small_words_is_found_where_it_is_said_so():
    make_programme(title_sl="Kdaj k zdravniku", summary_sl="Zdravnik vas posluša")
    make_programme(title_sl="Zdravnik na obisku")
    assert found('"kdaj k zdravniku"') == found('"k zdravniku"') == ["Kdaj k zdravniku"]
    assert set(found('"pri zdravniku"')) == {"Kdaj k zdravniku", "Zdravnik na obisku"}
    assert find('"pri zdravniku"', "sl").is_partial
    with patch.object(engine, "VERIFIED", 1):  # what nobody has read stays, behind
        assert found('"k zdravniku"') == ["Kdaj k zdravniku", "Zdravnik na obisku"]


def test_a_minus_refuses_and_or_joins():
    make_programme(title_sl="Joga zjutraj")
    make_programme(title_sl="Joga zvečer")
    make_programme(title_sl="Ples")
    assert found("joga -zjutraj") == ["Joga zvečer"]
    assert set(found("ples OR zvečer")) == {"Joga zvečer", "Ples"}
    assert found("-joga") == []


def test_a_minus_refuses_what_is_marked_for_the_people_too():
    carers = make_term(Vocabulary.TARGET_GROUP, "informal-carers", label_sl="Svojci")
    topic = make_term(Vocabulary.TOPIC, "dancing", label_sl="Ples")
    make_programme(title_sl="Alkohol", terms=[carers])
    make_programme(title_sl="Alkohol danes", terms=[topic])
    assert found("alkohol -svojci") == ["Alkohol danes"]
    assert set(found("alkohol -ples")) == {"Alkohol", "Alkohol danes"}  # a topic is many things


def test_a_title_comes_before_a_summary_and_that_before_a_description():
    make_programme(title_sl="c", description_sl="ples")
    make_programme(title_sl="b", summary_sl="ples")
    make_programme(title_sl="ples")
    assert found("ples") == ["ples", "b", "c"]


def test_other_languages_are_searched_and_named():
    own = make_programme(title_sl="Spanje", title_de="Schlaf")
    other = make_programme(title_sl="Hoja", title_de="Spaziergang")
    assert find("Schlaf", "de").numbers == [own.pk]
    hits = find("hoja", "de")
    assert (hits.tiers, hits.foreign) == ([], {"sl": [[other.pk]]})


def test_parts_of_a_word_count_only_in_a_language_that_knows_it():
    make_programme(title_sl="Branje", title_nb="Leseklubb", summary_nb="På biblioteket")
    assert found("bibliotekraka") == []


def test_the_fallback_a_reader_sees_is_found_as_their_own():
    programme = make_programme(title_sl="Društvo Korak")
    assert [list(tier) for tier in find("korak", "de").tiers] == [[programme.pk]]


def test_large_results_are_ordered_by_titles_alone(monkeypatch):
    monkeypatch.setattr(engine, "FINE", 1)
    make_programme(title_sl="b", description_sl="ples")
    make_programme(title_sl="ples")
    make_programme(title_sl="c", summary_sl="ples")
    assert found("ples") == ["ples", "b", "c"]


def test_with_no_hit_for_all_words_the_rarer_word_counts_more():
    for number in range(3):
        make_programme(title_sl=f"vadba {number}")
    make_programme(title_sl="plavanje")
    assert found("vadba plavanje")[0] == "plavanje"


def test_the_kind_of_offer_is_the_first_word_to_go():
    make_programme(title_sl="Kuhanje")
    make_programme(title_sl="Skupina")
    assert found("kuhanje skupina") == ["Kuhanje"]


@given(st.text(max_size=60), st.sampled_from(CODES))
@settings(
    max_examples=HOSTILE_QUERIES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_query_is_an_error(typed, language):
    find(typed, language)
    suggest(typed, language)


HOSTILE = [
    "'", "\\", "''\\'", "&|!():*<->", "a' | 'b", "x:*A", '"', '"" -""', "-", "- -", "OR", "OR OR a", "\0a", "a" * 9999,
    "^#=+", "a<->b", "'; DROP TABLE x; --", "%s %(a)s", "ß" * 300, "İ", "ﬀ", "-a", "日本語", "١٢", "a\u0301",
]  # fmt: skip


WORDS = ["hoja", "ne", "in", "Schlaf", "boli me", "hrbet", "no", "doctor", "søvn", "dårlig", "ryg", "kein", "Auto"]


@pytest.fixture
def vocabulary():
    """What an installation starts with: terms, synonyms and concepts."""
    call_command("load_vocabulary", stdout=StringIO())


@given(st.lists(st.sampled_from([*HOSTILE, *WORDS]), max_size=8), st.sampled_from(["", " "]), st.sampled_from(CODES))
@settings(
    max_examples=HOSTILE_QUERIES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_hostile_signs_are_never_syntax(vocabulary, pieces, glue, language):
    find(glue.join(pieces), language)


@pytest.mark.parametrize(
    ("language", "typed", "expected"),
    [
        ("da", "far drikker", True),  # a father, not "får"
        ("da", "gar drikker", False),
        ("sl", "nocem", True),
    ],
)
def test_only_a_small_word_typed_without_diacritics_is_small(language, typed, expected):
    assert (typed.split()[0] in query.reduced(typed.split(), language)) is expected


def test_without_is_kept_apart_in_a_phrase():
    make_programme(title_sl="Vadba brez opreme")
    make_programme(title_sl="Vadba z opremo")
    assert found('"brez opreme"') == ["Vadba brez opreme"]


def test_what_an_offer_does_without_comes_behind_what_it_is_about():
    make_programme(title_sl="Petek", summary_sl="Druženje brez alkohola, brez alkohola in brez vstopnine.")
    make_programme(title_sl="Pogovor", summary_sl="O alkoholu.")
    assert found("alkohol") == ["Pogovor", "Petek"]


def test_whose_husband_it_is_about_finds_nothing_for_men():
    make_programme(title_sl="Kotiček", title_de="Treff für den Mann")
    make_programme(title_sl="Svojci", title_de="Wenn jemand vergisst")
    assert found("mein Mann vergisst alles", "de") == ["Svojci"]
    assert found("Mann", "de") == ["Kotiček"]


def test_one_word_in_passing_is_not_enough_where_the_other_is_one_that_nobody_offers():
    make_programme(title_sl="Delavnica", description_sl="Tudi popravilo koles.")
    assert (found("popravilo"), found("popravilo strehe")) == (["Delavnica"], [])


def test_with_what_help_an_offer_is_held_is_not_what_it_is_about():
    term = make_term(Vocabulary.ACCESSIBILITY, "transport-help", label_sl="Pomoč pri poti")
    Synonym.objects.create(language="sl", words="brez avta", term=term, meaning="prevoz")
    make_programme(title_sl="Petek", description_sl="Na koncu prevoz.", terms=[term])
    make_programme(title_sl="Sosed", summary_sl="Prevoz k zdravniku.")
    assert found("brez avta") == ["Sosed", "Petek"]


def test_at_whose_cost_an_offer_is_held_is_not_what_it_is_about():
    term = make_term(Vocabulary.COST, "employer-paid", label_sl="Plača firma")
    Synonym.objects.create(language="sl", words="šef", term=term, meaning="delodajalec")
    make_programme(title_sl="Hrbet", description_sl="Na koncu delodajalec.", terms=[term])
    make_programme(title_sl="Iskanje dela", summary_sl="Obisk pri delodajalcu.")
    assert found("šef") == ["Iskanje dela", "Hrbet"]


def test_a_word_of_a_label_that_says_what_an_offer_costs_is_not_the_cost():
    term = make_term(Vocabulary.COST, "small-fee", label_da="Lille egenbetaling")
    make_programme(title_sl="Vadba", terms=[term])
    assert (found("lille", "da"), found("lille egenbetaling", "da")) == ([], ["Vadba"])


def test_a_word_that_nothing_has_does_not_hide_the_others():
    make_programme(title_sl="Hoja v naravi")
    assert found("počasna hoja xyzzy") == ["Hoja v naravi"]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [("sl", "kuhanje", "kuhati"), ("da", "træning", "træne"), ("nb", "sykkel", "sykler"), ("nb", "amming", "amme"),],
)  # fmt: skip
def test_words_of_one_family_meet(language, one, other):
    assert set(text.keys(one, language)) & set(text.keys(other, language))


def test_a_hyphen_and_the_keyboard_of_another_country_hide_nothing():
    make_programme(title_sl="Brez e-cigaret")
    make_programme(title_sl="Zdravi na delu")
    assert (found("ecigaret"), found("ydravi")) == (["Brez e-cigaret"], ["Zdravi na delu"])


@pytest.mark.parametrize(("typed", "meant"), [("träning", "træning"), ("traning", "træning"), ("börn", "børn")])
def test_letters_of_a_swedish_keyboard_and_bare_ones_stand_for_the_danish(typed, meant):
    assert meant in text.variants(typed, "da")


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("sl", "zasciten", "zaščiten"),
        ("da", "sovnproblemer", "søvnproblemer"),
        ("de", "schlafstorungen", "schlafstörungen"),
    ],
)
def test_signs_that_a_keyboard_lacks_are_given_back_where_they_make_a_word(language, typed, meant):
    assert compounds.variants(typed, language) == [typed, meant]


def test_an_evening_is_no_dinner():
    assert set(text.keys("večer", "sl")).isdisjoint(text.keys("večerja", "sl"))


def test_words_that_are_right_as_they_are_get_no_signs():
    assert (compounds.variants("lepa", "sl"), compounds.variants("xqzwvkos", "sl")) == (["lepa"], ["xqzwvkos"])


def test_a_medicine_is_no_health():
    assert not set(text.keys("zdravilo", "sl")) & set(text.keys("zdravo", "sl"))


def test_a_car_in_a_compound_is_not_what_is_cheap():
    topic = make_term(Vocabulary.TOPIC, "nutrition")
    Synonym.objects.create(language="da", words="billigt", term=topic)
    make_programme(title_sl="Kuhajmo", terms=[topic])
    assert found("bilvask", "da") == []


def test_smoking_is_no_back_pain():
    assert not set(text.keys("ryger", "da")) & set(text.keys("ryg", "da"))


def test_the_rarer_of_word_and_term_comes_first():
    topic = make_term(Vocabulary.TOPIC, "physical-activity", label_sl="Kolesarjenje in hoja")
    for number in range(3):
        ProgrammeTerm.objects.create(programme=make_programme(title_sl=f"Vadba {number}"), term=topic)
    make_programme(title_sl="Delavnica", description_sl="Tudi kolesarjenje.")
    assert found("kolesarjenje")[0] == "Delavnica"


def test_a_title_that_no_term_bears_out_follows_what_is_named():
    feet = make_term(Vocabulary.TOPIC, "feet", label_sl="Nega")
    make_programme(title_sl="Nega vrta")
    make_programme(title_sl="Sladkor", description_sl="Tudi nega stopal.", terms=[feet])
    make_programme(title_sl="Nega stopal", terms=[feet])
    assert found("nega") == ["Nega stopal", "Sladkor", "Nega vrta"]


def test_among_several_words_too_a_title_that_no_term_bears_out_counts_less():
    unit = engine.Unit({1, 2}, {1, 2}, {2}, {1, 2}, 1.0, is_meant=True, is_word=False, high="", main="#topic/feet")
    without = unit._replace(term=set())
    told = [engine._level(one, number, True, True, True) for one, number in ((unit, 1), (unit, 2), (without, 1))]
    assert told[0] < told[1] == told[2]


def test_what_only_a_school_or_firm_can_ask_for_follows_what_anybody_can_join():
    topic = make_term(Vocabulary.TOPIC, "stress-sleep", label_sl="Stres")
    asked = make_term(Vocabulary.REFERRAL_ROUTE, Programme.ON_REQUEST)
    open_to_all = make_term(Vocabulary.REFERRAL_ROUTE, "drop-in")
    make_programme(title_sl="Firma", terms=[topic, asked])
    make_programme(title_sl="Oboje", terms=[topic, asked, open_to_all])
    assert find("stres", "sl").tiers == [
        [number] for number in Programme.objects.order_by("-pk").values_list("pk", flat=True)
    ]


def test_half_of_a_label_that_describes_people_is_not_them():
    term = make_term(Vocabulary.TARGET_GROUP, "children-at-risk", label_sl="Otroci in mladostniki v ranljivem položaju")
    ProgrammeTerm.objects.create(programme=make_programme(title_sl="Pomoč"), term=term)
    assert (found("otroci"), found("otroci in mladostniki v ranljivem položaju")) == ([], ["Pomoč"])


def test_a_rebuild_takes_records_off_the_list_of_those_due():
    make_programme()
    Programme.objects.update(title_sl="Ples")
    assert SearchDue.objects.exists()
    call_command("rebuild_search", stdout=StringIO())
    assert not SearchDue.objects.exists()


# ---- entries --------------------------------------------------------------------------------------
def test_a_change_is_found_within_its_own_transaction():
    programme = make_programme(title_sl="Hoja")
    programme.title_sl = "Ples"
    programme.save()
    assert (found("ples"), found("hoja")) == (["Ples"], [])
    programme.delete()
    assert found("ples") == []
    assert not SearchEntry.objects.filter(kind="programme").exists()


def test_what_a_form_writes_is_read_once_as_its_transaction_ends(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as hooks:
        programme = make_programme(title_sl="Hoja", terms=[make_term(), make_term()])
        make_schedule(programme, location=make_location())
    assert [hook.__name__ for hook in hooks].count("_work_off") == 1
    assert SearchEntry.objects.filter(kind="programme", number=programme.pk).count() == 5
    assert not SearchDue.objects.exists()


def test_bulk_and_sql_changes_are_made_up_for_at_the_next_search():
    programme = make_programme(title_sl="Hoja")
    Programme.objects.update(title_sl="Ples")
    assert found("ples") == ["Ples"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE programmes_programme SET title_sl = 'Petje'")
    assert found("petje") == ["Petje"]
    Programme.objects.bulk_create(
        [Programme(organisation=programme.organisation, slug="new", title_sl="Drsanje", status="draft")]
    )
    assert found("drsanje") == ["Drsanje"]
    Programme.objects.filter(slug="new")._raw_delete("default")
    assert found("drsanje") == []


def test_a_change_that_nobody_can_find_leaves_the_entries_alone():
    make_programme()
    index.repair()
    Programme.objects.update(is_full=True, status="paused", version=9)
    assert not SearchDue.objects.exists()


def test_the_provider_the_place_and_its_settlement_are_found_under_their_new_names():
    organisation = make_organisation(name_sl="Društvo Korak")
    settlement = make_settlement(name="Brezov Dol")
    place = make_location(organisation, name_sl="Dvorana", settlement=settlement)
    make_schedule(make_programme(organisation, title_sl="a"), location=place)
    assert found("korak") == found("dvorana") == found("brezov dol") == ["a"]
    organisation.name_sl, place.name_sl, settlement.name = "Društvo Skok", "Telovadnica", "Lipov Log"
    for record in (organisation, place, settlement):
        record.save()
    assert found("skok") == found("telovadnica") == found("lipov log") == ["a"]
    assert found("korak") == found("dvorana") == []


def test_rebuilding_gives_the_same_entries_and_removes_what_has_gone():
    make_schedule(make_programme(title_sl="Hoja", title_de="Spaziergang"), location=make_location())
    index.repair()
    SearchEntry.objects.create(kind="programme", number=10**6, language="sl", vector="")
    before = set(SearchEntry.objects.exclude(number=10**6).values_list("kind", "number", "language", "vector"))
    SearchEntry.objects.filter(kind="place").delete()
    call_command("rebuild_search")
    assert set(SearchEntry.objects.values_list("kind", "number", "language", "vector")) == before


def test_loading_many_records_asks_the_same_number_of_questions(django_assert_num_queries):
    organisation, term = make_organisation(), make_term()
    numbers = []
    for _ in range(8):
        programme = make_programme(organisation, terms=[term])
        make_schedule(programme, location=make_location(organisation, settlement=make_settlement()))
        numbers.append(programme.pk)
    for some in (numbers[:1], numbers):
        with django_assert_num_queries(7):
            index.refresh("programme", some)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_one_entry_the_second_reads_what_the_first_wrote():
    organisation = make_organisation(name_sl="Korak")
    programme = make_programme(organisation, title_sl="Hoja")

    def rename():
        organisation.name_sl = "Skok"
        organisation.save()
        connections.close_all()

    with transaction.atomic():
        programme.title_sl = "Ples"
        programme.save()
        index.repair()
        other = threading.Thread(target=rename)
        other.start()
        other.join(1)  # it waits for this transaction
        assert other.is_alive()
    other.join(30)
    assert found("ples") == found("skok") == ["Ples"]


# ---- synonyms -------------------------------------------------------------------------------------
@pytest.fixture
def sleep():
    return make_term(Vocabulary.TOPIC, "stress-sleep", label_sl="Stres, sproščanje in spanje")


def test_a_synonym_of_several_words_means_a_term(sleep):
    make_programme(title_sl="Tehnike", terms=[sleep])
    make_programme(title_sl="Slab dan")
    Synonym.objects.create(language="sl", words="slabo spim", term=sleep)
    assert found("slabo spi") == found("že dolgo slabo spim") == ["Tehnike"]
    assert "Tehnike" not in found("slabo vreme")
    Synonym.objects.create(language="de", words="liege wach", term=sleep)
    assert found("ich liege wach", "de") == ["Tehnike"]


def test_a_synonym_may_mean_other_words():
    make_programme(title_sl="Zvišan krvni tlak")
    assert found("hipertenzija") == []
    Synonym.objects.create(language="sl", words="hipertenzija", meaning="krvni tlak")
    assert found("hipertenzija") == ["Zvišan krvni tlak"]


def test_a_concept_finds_what_nobody_has_translated():
    make_programme(title_sl="Zdrav hrbet")
    make_programme(title_sl="Zdrav nos")
    assert found("ondt i ryggen", "da") == []
    for language, words in [("sl", "hrbet"), ("da", "ondt i ryggen")]:
        Synonym.objects.create(language=language, words=words, concept="back")
    assert found("ondt i ryggen", "da") == found("har ondt i ryggen", "da") == ["Zdrav hrbet"]
    Synonym.objects.filter(language="sl").delete()
    assert found("ondt i ryggen", "da") == []


def test_what_means_something_else_in_the_readers_language_is_not_looked_for():
    make_programme(title_sl="a", title_de="Auf jeden Fall")
    make_programme(title_sl="b", title_en="Fear of a fall", title_de="Angst vor dem Sturz")
    for language, words in [("de", "Stürze"), ("de", "Sturz"), ("en", "fall")]:
        Synonym.objects.create(language=language, words=words, concept="fall")
    assert found("Stürze", "de") == ["b"]


@pytest.mark.parametrize(("typed", "expected"), [("feeling down", ["Svetlo"]), ("sitting down", [])])
def test_a_phrase_may_need_its_small_words(sleep, typed, expected):
    make_programme(title_sl="Svetlo", terms=[sleep])
    Synonym.objects.create(language="en", words="feeling down", term=sleep)
    assert found(typed, "en") == expected


def test_what_has_the_rare_word_of_a_query_follows_but_nothing_far_fetched():
    make_programme(title_sl="a", summary_sl="Preobrazba ksilofona v garaži")
    for number in range(8):
        make_programme(title_sl=f"b{number}", summary_sl="Delavnica v garaži")
    assert found("ksilofon garaža harmonika") == ["a"]
    assert found("garaža harmonika orglice") == []


def test_a_word_both_languages_know_is_found_where_the_reader_is_shown_the_other():
    make_programme(title_sl="a", title_en="Back exercise class")
    make_programme(title_sl="b", title_en="Something else", title_da="Bag og back")
    for language, words in [("da", "ryg"), ("en", "back")]:
        Synonym.objects.create(language=language, words=words, concept="back")
    assert found("ryg", "da") == ["a"]


def test_what_says_the_one_word_stands_before_what_has_all_words_by_broad_terms_only():
    parenting, teens = (make_term(Vocabulary.TOPIC, slug, label_sl=slug) for slug in ("parenting", "teens"))
    for words, term in [("trma", parenting), ("mulci", teens)]:
        Synonym.objects.create(language="sl", words=words, term=term)
    make_programme(title_sl="Kolesa", terms=[parenting, teens])
    for number in range(3):
        make_programme(title_sl=f"Drugo {number}", terms=[teens])
    make_programme(title_sl="Trma")
    assert found("trma mulci")[:2] == ["Trma", "Kolesa"]


def test_what_says_a_word_in_passing_stands_behind_what_says_another_in_its_summary():
    for word in ("ksilofon", "garaža"):
        Synonym.objects.create(language="sl", words=word, concept=word)
    for number in range(2):
        make_programme(title_sl=f"Mimogrede {number}", description_sl="Enkrat na leto tudi ksilofon")
    for number in range(7):
        make_programme(title_sl=f"Prav to {number}", summary_sl="Delavnica v garaži")
    assert [title.split(" ")[0] for title in found("ksilofon garaža")] == ["Prav"] * 7 + ["Mimogrede"] * 2


def test_what_it_is_about_counts_more_than_whom_it_is_for():
    carers = make_term(Vocabulary.TARGET_GROUP, "informal-carers", label_sl="Svojci")
    alcohol = make_term(Vocabulary.TOPIC, "alcohol", label_sl="Alkohol")
    make_programme(title_sl="Skupina za svojce", terms=[carers])
    make_programme(title_sl="Trezni krog", description_sl="Skupina o alkoholu", terms=[carers, alcohol])
    assert found("skupina svojci alkohol") == ["Trezni krog", "Skupina za svojce"]


def test_a_phrase_that_has_but_the_stem_gives_way_to_one_that_has_the_word(sleep):
    doctor = make_term(Vocabulary.TOPIC, "health-literacy", label_sl="Znanje o zdravju")
    for words, term in [("lege", doctor), ("legning", sleep)]:
        Synonym.objects.create(language="nb", words=words, term=term)
    make_programme(title_sl="Po navodilih", terms=[doctor])
    make_programme(title_sl="Kdo sem", terms=[sleep])
    assert found("legen", "nb") == ["Po navodilih"]
    assert found("legning", "nb") == ["Kdo sem"]


def test_a_phrase_run_together_is_read_as_the_phrase(sleep):
    make_programme(title_sl="Tehnike", terms=[sleep])
    for words in ("screen time", "back pain"):  # time is a small word
        Synonym.objects.create(language="en", words=words, term=sleep)
    assert found("screentime", "en") == found("backpain", "en") == ["Tehnike"]
    assert found("screenpain", "en") == []


def test_two_words_that_the_language_writes_as_one_are_read_as_that_one():
    make_programme(title_sl="Krvni sladkor")
    for language, words in [("sl", "krvni sladkor"), ("da", "blodsukker")]:
        Synonym.objects.create(language=language, words=words, concept="sugar")
    assert found("blod sukker", "da") == ["Krvni sladkor"]


def test_a_word_typed_with_a_hyphen_may_be_known_without_it(sleep):
    make_programme(title_sl="Tehnike", terms=[sleep])
    Synonym.objects.create(language="sl", words="erecept", term=sleep)
    assert (found("e-recept"), found('"e-recept"')) == (["Tehnike"], [])


def test_the_first_part_of_a_typed_compound_counts_in_title_and_summary_only():
    make_programme(title_sl="a", title_de="Werkstatt", summary_de="Mit Pollen")
    make_programme(title_sl="b", title_de="Werkstatt", description_de="Blumen, Pollen, Gras")
    assert found("Pollenallergie", "de") == ["a"]


def test_a_compound_with_a_head_that_nobody_knows_is_not_about_its_first_part():
    air = make_term(Vocabulary.TOPIC, "air", label_de="Luft", everyday_words_de="Pollen")
    make_programme(title_sl="Zrak", terms=[air])
    assert found("Pollenallergie", "de") == []
    assert found("Pollengruppe", "de") == ["Zrak"]
    Synonym.objects.create(language="de", words="allergie", meaning="Ausschlag")
    assert found("Pollenallergie", "de") == ["Zrak"]


def test_in_another_language_too_the_title_comes_before_what_only_carries_the_term(sleep):
    make_programme(title_sl="a", title_de="Pause", terms=[sleep])
    make_programme(title_sl="b", title_de="Schlafprobleme", terms=[sleep])
    Synonym.objects.create(language="de", words="Schlafprobleme", term=sleep)
    assert found("Schlafprobleme", "da") == ["b", "a"]


def test_a_text_that_stands_in_for_a_translation_is_ranked_by_what_it_says_of_a_concept():
    for language, words in (("da", "ondt i ryggen"), ("en", "back pain")):
        Synonym.objects.create(language=language, words=words, concept="back")
    make_programme(title_sl="a", description_en="Some have back pain.")
    make_programme(title_sl="b", summary_en="For back pain.", description_en="Come.")
    assert [len(tier) for tier in find("ondt i ryggen", "da").tiers] == [1, 1]
    assert found("ondt i ryggen", "da") == ["b", "a"]


@pytest.mark.parametrize(("is_high", "is_main"), [(False, True), (True, False)])
def test_what_is_named_counts_a_little_more_high_up_and_by_few_topics(is_high, is_main):
    unit = engine.Unit(set(), {1}, {1}, {1}, 1.0, is_meant=True, is_word=False, high="", main="")
    assert engine._level(unit, 1, True, True, True) > engine._level(unit, 1, is_high, is_main, True)


def test_who_means_a_word_of_a_concept_finds_all_that_it_finds(sleep):
    make_programme(title_sl="Ko ne spim")
    make_programme(title_sl="Tehnike", terms=[sleep])
    Synonym.objects.create(language="sl", words="ne spim", concept="sleep", term=sleep)
    Synonym.objects.create(language="sl", words="štejem ovce", meaning="ne spim")
    assert set(found("štejem ovce")) == {"Tehnike", "Ko ne spim"}
    make_programme(title_sl="Ovce štejem")
    assert "Ovce štejem" not in found("ne spim")


def test_what_follows_a_semicolon_in_the_seed_leads_to_a_concept_and_is_not_looked_for():
    seed = {"synonyms": {}, "concepts": {"back": {"term": "physical-activity", "sl": "hrbet, križ; lumbago"}}}
    assert seed_rows(seed)[2] == ("sl", "lumbago", {"term": "physical-activity", "meaning": "hrbet"})


def test_a_phrase_cannot_be_in_two_concepts_of_the_seed():
    seed = {"synonyms": {"sl": {"hrbet": "physical-activity"}}, "concepts": {"back": {"sl": "hrbet, križ"}}}
    assert seed_rows(seed) == [
        ("sl", "hrbet", {"term": "physical-activity", "concept": "back"}),
        ("sl", "križ", {"concept": "back"}),
    ]
    seed["concepts"]["cross"] = {"sl": "križ"}
    with pytest.raises(ValueError, match="križ is in back and in cross"):
        seed_rows(seed)


def test_renaming_a_term_counts_at_once_and_touches_no_entry(sleep):
    make_programme(title_sl="Tehnike", terms=[sleep])
    assert found("spanje") == ["Tehnike"]
    VocabularyTerm.objects.filter(pk=sleep.pk).update(label_sl="Počitek")
    assert not SearchDue.objects.exists()
    assert (found("počitek"), found("spanje")) == (["Tehnike"], [])


def test_what_negates_counts(sleep):
    make_programme(title_sl="Tehnike", terms=[sleep])
    Synonym.objects.create(language="sl", words="ne spim", term=sleep)
    assert (found("ne spim"), found("spim")) == (["Tehnike"], [])


def test_a_title_that_says_the_contrary_of_what_is_negated_does_not_come_first(sleep):
    make_programme(title_sl="Živimo s sladkorno")
    make_programme(title_sl="Pogovor", terms=[sleep])
    Synonym.objects.create(language="sl", words="nočem več živeti", term=sleep)
    assert found("nočem več živeti")[0] == "Pogovor"


def test_seeding_again_keeps_edited_synonyms():
    call_command("load_vocabulary", verbosity=0)
    row = Synonym.objects.filter(term__slug="stress-sleep", language="sl").first()
    other = VocabularyTerm.objects.get(vocabulary="topic", slug="nutrition")
    Synonym.objects.filter(pk=row.pk).update(term=other)
    call_command("load_vocabulary", verbosity=0)
    row.refresh_from_db()
    assert row.term == other
    assert all(Synonym.objects.filter(language=code).count() >= 40 for code in CODES)


# ---- did you mean, suggestions, marks ---------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "meant"), [("kolesarejnje", "kolesarjenje"), ("kolesrjenje zjutraj", "kolesarjenje zjutraj"),
                         ("kolesarjenje", None), ("kolesarjenja", None), ("xyzxyz", None), ("", None)]
)  # fmt: skip
def test_a_misspelt_word_is_offered_as_our_texts_write_it(typed, meant):
    make_programme(title_sl="Kolesarjenje zjutraj")
    index.repair()
    assert suggest(typed, "sl") == meant


def test_a_word_that_makes_a_phrase_is_offered_first_and_a_right_word_has_no_other(sleep):
    make_programme(title_sl="Sin in hči")
    Synonym.objects.create(language="sl", words="slabo spim", term=sleep)
    index.repair()
    assert suggest("slabo spin", "sl") == "slabo spim"  # and no sin, a son
    assert suggest("spin", "sl") is None
    make_programme(title_sl="b", title_de="Besser im Schlaf")
    index.repair()
    assert suggest("schlaff", "de").lower() == "schlaf"  # a word as well, and hardly meant


def test_a_word_that_lost_its_ending_is_offered_whole_and_a_german_noun_with_its_capital():
    make_programme(title_sl="Sladkorna bolezen", title_de="Mehr Bewegung, weniger sitzen")
    index.repair()
    assert suggest("sladkrna bolezn", "sl") == "sladkorna bolezen"
    assert suggest("bewegnug", "de") == "Bewegung"
    assert suggest("sitzn", "de") == "sitzen"


def test_who_is_in_distress_is_not_asked_about_another_word():
    make_programme(title_sl="a", title_en="Suicide and what helps")
    make_programme(title_sl="b", title_en="By my side")
    index.repair()
    assert suggest("sucide", "en") == "suicide"
    Programme.objects.filter(title_sl="a").delete()
    index.replace_words({"en": Counter(side=1)})
    assert suggest("sucide", "en") is None
    assert suggest("sude", "en") == "side"


def test_suggestions_hold_terms_and_public_records(sleep):
    programme = make_programme(title_sl="Sprostitev")
    make_programme(title_sl="Sproščen osnutek", status="draft")
    place = make_location(name_sl="Sprostilnica")
    offered = complete("spro", "sl")
    assert offered[0][:2] == ("term", "Stres, sproščanje in spanje")
    assert {(one.kind, one.value) for one in offered[1:]} == {("programme", programme.pk), ("place", place.pk)}


def test_a_term_is_suggested_by_what_its_phrases_begin_with(sleep):
    doctor = make_term(Vocabulary.TOPIC, "health-literacy", label_sl="Znanje o zdravju")
    for words, term in [("zdravila za nespečnost", doctor), ("nespečnost ponoči", sleep)]:
        Synonym.objects.create(language="sl", words=words, term=term)
    assert [one.value for one in complete("nespeč", "sl")] == ["topic/stress-sleep"]
    assert [one.value for one in complete("zdravila nespeč", "sl")] == ["topic/health-literacy"]
    Synonym.objects.filter(term=sleep).delete()
    assert [one.value for one in complete("nespeč", "sl")] == ["topic/health-literacy"]


def test_places_and_partners_are_found_while_their_organisation_is_a_member():
    organisation = make_organisation(name_sl="Društvo Korak")
    place = make_location(organisation, name_sl="Dom Korak")
    assert engine.best("partner", "korak", "sl") == [organisation.pk]
    assert engine.best("place", "korak", "sl") == [place.pk]
    organisation.memberships.update(left_on=date(2021, 1, 1))
    assert engine.best("partner", "korak", "sl") == engine.best("place", "korak", "sl") == []


def test_marks_stand_around_other_forms_and_never_inside_tags():
    make_programme(title_sl="Sprehodi")
    words = find("sprehod", "sl").words
    html = '<a title="sprehod">Na sprehodu &amp; doma</a> &lt;sprehod&gt;'
    assert mark(html, words) == (
        '<a title="sprehod">Na <mark>sprehodu</mark> &amp; doma</a> &lt;<mark>sprehod</mark>&gt;'
    )


def test_a_compound_that_holds_the_word_is_marked():
    make_programme(title_sl="a", title_da="Sundt vægttab")
    assert mark("Sundt vægttab", find("vægt", "da").words) == "Sundt <mark>vægttab</mark>"
    assert mark("Et tab", find("vægt", "da").words) == "Et tab"


@given(st.text(max_size=80))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_marks_add_nothing_but_marks(typed):
    words = engine.Words({"sl": frozenset({"amp", "=amp", "lt", "=lt", "a", "=a"})})
    html = escape(typed)
    assert mark(html, words).replace("<mark>", "").replace("</mark>", "") == html


# ---- searches without a result ----------------------------------------------------------------------
def test_empty_searches_are_counted_without_order_and_shown_from_five_on():
    for typed in ("Rabljeno kolo", "kolo rabljeno", "kolo, rabljeno!", "KOLO RABLJENO"):
        EmptySearch.objects.count_up(typed, "sl", date(2026, 3, 9))
    assert not EmptySearch.objects.shown().exists()
    EmptySearch.objects.count_up("kolo rabljeno", "sl", date(2026, 3, 30))
    row = EmptySearch.objects.shown().get()
    assert (row.month, row.words, row.count) == (date(2026, 3, 1), "kolo rabljeno", 5)


def test_rare_words_without_a_result_are_forgotten_after_half_a_year():
    for month, words, count in [(5, "xyz", 4), (5, "rabljeno kolo", 5), (6, "asdf", 4)]:
        EmptySearch.objects.create(month=date(2026, month, 1), language="sl", words=words, count=count)
    assert EmptySearch.objects.prune(date(2026, 12, 31)) == 1
    assert set(EmptySearch.objects.values_list("words", flat=True)) == {"rabljeno kolo", "asdf"}


def test_all_words_without_a_result_are_forgotten_after_two_years_when_the_portal_ticks():
    this_month = timezone.localdate().replace(day=1)
    for months, words in [(25, "jahanje"), (24, "ledena kopel")]:
        month = this_month - relativedelta(months=months)
        EmptySearch.objects.create(month=month, language="sl", words=words, count=500)
    call_command("tick", stdout=StringIO())
    assert EmptySearch.objects.get().words == "ledena kopel"


@pytest.mark.parametrize("typed", ["ana@example.org", "041 123 456", "0101990-505", "", "!?"])
def test_what_may_name_a_person_is_not_counted(typed):
    EmptySearch.objects.count_up(typed, "sl")
    assert not EmptySearch.objects.exists()


def test_a_programmes_term_counts_from_the_moment_it_is_set(sleep):
    programme = make_programme(title_sl="Tehnike")
    assert found("sproščanje") == []
    ProgrammeTerm.objects.create(programme=programme, term=sleep)
    assert found("sproščanje") == ["Tehnike"]


def test_a_word_that_no_name_holds_costs_one_question_beside_the_one_for_news(django_assert_num_queries):
    make_location(name_sl="Dom na trgu")
    assert len(engine.briefly(("place", "partner"), "trg", "sl")["place"]) == 1
    with django_assert_num_queries(2):
        assert engine.briefly(("place", "partner"), "nibesede", "sl") == {}


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize(
    "typed",
    [
        "spanje",
        "søvn",
        "Schlaf",
        "sleep -course",
        "pohod",
        "rygestop",
        "zdravnik",
        "telovadb",
        '"dobro spanje"',
        "hrib",
    ],
)
def test_a_single_word_is_put_together_as_the_database_would_answer_it(sleep, language, typed):
    Synonym.objects.create(language="sl", words="zaspati", term=sleep)
    texts = ("Dobro spanje", "Pohod na hrib", "Rygestop i dag", "Schlaf und Rücken", "Sleep course", "Zdravnik svetuje")
    for place, title in enumerate(texts):
        programme = make_programme(
            **{f"title_{code}": title for code in CODES}, summary_sl=texts[place - 1], summary_da=texts[place - 2]
        )
        if place % 2:
            ProgrammeTerm.objects.create(programme=programme, term=sleep)
    find("vse", "sl")  # works off what is due
    one = query.compile(query.parse(typed), language, engine.synonyms.of(language, engine.synonyms.version()))
    assert one.is_single
    whole = one._replace(is_single=False, more=one.loose)

    def told(compiled):
        tiers, _is_due = engine._own("programme", language, compiled)
        mixed = engine._mixed("programme", {language: compiled})[language]
        return [sorted(tier) for tier in tiers if tier], [sorted(set(tier)) for tier in mixed]

    readings = engine._readings

    def readings_of_database(asked):
        [read], is_due = readings(asked)
        text = one.single_term and f"({one.title}) & !({one.single_term})"
        [unconfirmed], _is_due = engine._numbers([("programme", language, text)])
        return [read._replace(unconfirmed=unconfirmed)], is_due

    with patch.object(engine, "_readings", readings_of_database):
        expected = told(whole)
    assert told(one) == expected


def test_places_and_partners_beside_a_word_cost_one_question_and_one_for_each_kind(django_assert_num_queries):
    organisation = make_organisation(name_sl="Društvo Javor")
    make_location(organisation, name_sl="Dom Javor")
    find("vse", "sl")
    with django_assert_num_queries(4):  # with the one for news
        found_there = beside("javor", "sl")
        assert {str(one.record.get_absolute_url()) for one in found_there}
        assert [one.record.is_remote for one in found_there if one.icon == "pin"] == [False]
        assert [one.record.sector.label_sl for one in found_there if one.icon == "people"] != []
    with django_assert_num_queries(2):
        assert beside("nibesede", "sl") == []
