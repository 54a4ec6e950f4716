"""A search's question to the index, taken apart: the parts find what the whole finds."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from portal.search import engine, query, synonyms, tsquery

from .records import make_programme

LEXEMES = st.sampled_from(["'a'", "'b'", "'c'", "'d'", "'it''s':*", "'a':AB", "'b':*A"])
PHRASES = st.tuples(LEXEMES, st.integers(1, 2), LEXEMES).map(lambda some: f"({some[0]} <{some[1]}> {some[2]})")


def _joined(some):
    sign = st.sampled_from([" | ", " & "])
    both = st.tuples(sign, st.lists(some, min_size=1, max_size=4)).map(lambda one: f"({one[0].join(one[1])})")
    return both | some.map(lambda one: f"!{one}")


QUERIES = st.recursive(LEXEMES | PHRASES, _joined, max_leaves=12)
VECTORS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", "d", "it''s", "it''sy"]), st.integers(1, 4), st.sampled_from("ABD")),
    max_size=6,
    unique_by=lambda one: one[:2],
).map(lambda some: " ".join(f"'{word}':{place}{weight}" for word, place, weight in some))


@pytest.mark.django_db
@pytest.mark.server
@given(QUERIES, st.lists(VECTORS, min_size=1, max_size=4))
def test_the_parts_of_a_query_find_what_the_whole_finds(asked, vectors):
    parts = tsquery.parts(asked)
    with connection.cursor() as cursor:
        for vector in vectors:
            cursor.execute(
                "SELECT held @@ %s::tsquery, ARRAY(SELECT held @@ part::tsquery FROM unnest(%s::text[]) AS part) "
                "FROM (SELECT %s::tsvector AS held) AS entry",
                [asked, [part for part in (*parts.known, parts.read) if part], vector],
            )
            whole, some = cursor.fetchone()
            assert whole == any(some)


def test_what_a_row_must_be_read_for_stands_apart():
    known, read = tsquery.parts("(('a' | ('@da' & ('b' | ('c' <1> 'd') | 'e':AB)))) & !'f'")
    assert known == ("(!'f' & ('a' | ('@da' & 'b')))",)
    assert read == "(!'f' & ('@da' & (('c' <1> 'd') | 'e':AB)))"
    assert tsquery.parts("('a' | 'b' | 'c' | 'd')") == (("'a' | 'b' | 'c'", "'d'"), "")
    assert tsquery.parts("('a' <1> 'b')") == ((), "('a' <1> 'b')")


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["bolečine v hrbtu", "ne spim", '"v gozdu" -alkohol', "joga OR ples", "e-recept"])
def test_nothing_that_somebody_types_keeps_the_index_from_answering_alone(typed):
    one = query.compile(query.parse(typed), "sl", synonyms.of("sl", synonyms.version()))
    for asked in (one.title, one.strict, one.named, one.term, one.loose):
        assert not any(sign in part for part in tsquery.parts(asked).known for sign in ("<", "':A", "':B"))


@pytest.mark.django_db
@pytest.mark.server
@pytest.mark.parametrize(
    "typed", ["bolečine v hrbtu", "hrbet", '"hoja v gozdu"', "gozd -hoja", "joga OR gozd", "gozdu"]
)
def test_a_search_of_a_large_catalogue_finds_the_same(monkeypatch, typed):
    make_programme(title_sl="Hoja v gozdu", summary_sl="Za hrbet.")
    make_programme(title_sl="Joga", summary_sl="Proti bolečinam v hrbtu.")
    make_programme(title_sl="Gozd", title_de="Rückenschmerzen im Wald")
    whole = engine.find("programme", typed, "sl")
    assert whole.numbers
    monkeypatch.setattr(engine, "LARGE", 0)
    tsquery.parts.cache_clear()
    assert engine.find("programme", typed, "sl") == whole
    assert tsquery.parts.cache_info().misses  # it was taken apart


@pytest.mark.parametrize("asked", ["('a'", "'a' 'b'", "'a' &", ")", "a"])
def test_what_is_no_query_is_refused(asked):
    with pytest.raises(ValueError, match="tsquery"):
        tsquery.parts(asked)


def test_the_newest_answers_are_kept_however_large_they_are(monkeypatch):
    monkeypatch.setattr(engine, "_remembered", {})
    monkeypatch.setattr(engine, "_sizes", {})
    large = engine.NOTHING._replace(tiers=[range(engine.REMEMBERED)])
    for number in range(engine.NEWEST + 3):
        engine._remember(("programme", number), large)
    assert [key[1] for key in engine._remembered] == list(range(3, engine.NEWEST + 3))
    assert engine._remembered.keys() == engine._sizes.keys()
