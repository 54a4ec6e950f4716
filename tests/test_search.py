"""The search: words, entries that keep up with every change, synonyms, corrections, marks, other languages."""

import pytest

from programmes.search import find

from .records import make_programme

pytestmark = pytest.mark.django_db


def found(typed, language="sl"):
    return find(typed, language).numbers


def test_first():
    p = make_programme(title_sl="Sprehodi ob reki")
    assert found("sprehod") == [p.pk]
