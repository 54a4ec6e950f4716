"""Synonyms in the administration: what may be typed, and what the page says where it may not."""

import pytest

from portal.models import Synonym, Vocabulary

from .records import make_term, make_user, signed_in

pytestmark = pytest.mark.django_db
ADD = "/admin/portal/synonym/add/"


@pytest.fixture
def administrator():
    return signed_in(make_user(is_staff=True, is_superuser=True, language="en"))


@pytest.fixture
def sleep():
    return make_term(Vocabulary.TOPIC, "sleep")


def test_words_that_are_in_the_list_already_are_told_in_the_form(administrator, sleep):
    Synonym.objects.create(language="sl", words="slabo spim", term=sleep)
    response = administrator.post(ADD, {"language": "sl", "words": "Slabo  spím", "meaning": "nespečnost"})
    html = response.content.decode()
    assert response.status_code == 200
    assert "These words are already in the list." in html
    assert 'value="nespečnost"' in html
    assert Synonym.objects.count() == 1


def test_a_synonym_may_be_kept_as_it_is(administrator, sleep):
    kept = Synonym.objects.create(language="sl", words="slabo spim", term=sleep)
    data = {"language": "sl", "words": "slabo spim", "term": sleep.pk, "concept": "sleep"}
    assert administrator.post(f"/admin/portal/synonym/{kept.pk}/change/", data).status_code == 302
    kept.refresh_from_db()
    assert kept.concept == "sleep"
