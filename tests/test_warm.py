"""What is made ready before the workers part: all of it, and the same as without."""

import random
import tempfile
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.wsgi import get_wsgi_application
from simplemma.strategies.dictionaries.stream_dictionary_factory import StreamMap

from portal import kept, languages
from portal.models import EmptySearch
from portal.search.dictionaries import Dictionary
from portal.warm import warm

from .records import make_group, make_programme


def test_a_dictionary_in_a_file_answers_as_before_and_weighs_little():
    before = StreamMap("sl")
    known = list(before)
    # The first and the last word, and what stands before, behind and beyond all of them.
    words = [*random.Random(1).sample(known, 500), known[0], known[-1], "nibesede", "", "zzzz", "0", "ž", "a" * 60]
    answers = [before.get(word) for word in words]
    tracemalloc.start()
    try:
        _whole = StreamMap("sl")
        whole = tracemalloc.get_traced_memory()[0]
        dictionary = Dictionary("sl")
        assert tracemalloc.get_traced_memory()[0] - whole < whole / 4
    finally:
        tracemalloc.stop()
    assert [dictionary.get(word) for word in words] == answers
    assert list(dictionary) == list(before)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(dictionary.get, words * 5)) == answers * 5
    if (mapped := Path("/proc/self/maps")).exists():
        assert f" {tempfile.gettempdir()}/" not in mapped.read_text()  # else it weighs in every process


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
