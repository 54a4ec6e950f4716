"""What is made ready before the workers part: all of it, and the same as without."""

import random
import tracemalloc

import pytest
from django.core.wsgi import get_wsgi_application
from simplemma.strategies.dictionaries.stream_dictionary_factory import StreamMap

from portal import kept, languages
from portal.models import EmptySearch
from portal.search import mapped
from portal.warm import warm

from .records import make_group, make_programme


def test_a_dictionary_that_was_moved_out_answers_as_before_and_weighs_little():
    before = StreamMap("sl")
    words = [*random.Random(1).sample(list(before), 500), "nibesede", "", "zzzz", "0"]
    answers = [before.get(word) for word in words]
    tracemalloc.start()
    try:
        dictionary = StreamMap("sl")
        whole = tracemalloc.get_traced_memory()[0]
        assert mapped.move_out(dictionary)
        assert tracemalloc.get_traced_memory()[0] < whole / 8
    finally:
        tracemalloc.stop()
    assert [dictionary.get(word) for word in words] == answers
    assert list(dictionary) == list(before)


def test_what_is_no_dictionary_of_that_kind_or_moved_out_already_stays_as_it_is():
    dictionary = StreamMap("en")
    assert [mapped.move_out(dictionary), mapped.move_out(dictionary), mapped.move_out({})] == [True, False, False]


@pytest.mark.django_db(transaction=True)
def test_warming_makes_pages_of_every_language_without_an_error_and_without_a_trace(caplog):
    make_group()
    make_programme()
    kept._parts.clear()
    warm(get_wsgi_application())
    made = {(language, view) for _template, language, view, _noindex in kept._parts}
    assert {language for language, view in made if view == "home"} == set(languages.CODES)
    assert {"programmes:programme", "actionplans:plan"} <= {view for _language, view in made}
    assert not [row for row in caplog.records if row.levelname == "ERROR"]
    assert not EmptySearch.objects.exists()
