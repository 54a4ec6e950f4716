"""Differences word by word: nothing is invented, nothing is lost, and the ear hears them too."""

import re

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from portal import diff

prose = st.lists(st.sampled_from(["vsak", "torek", "ob", "9.00,", "žabe", "\n", "  ", "<b>", "&amp;", "a"])).map(
    " ".join
)
texts = prose | st.text()


def of(parts, signs):
    return "".join(text for sign, text in parts if sign in signs)


@given(texts, texts)
def test_kept_and_removed_are_the_old_text_kept_and_added_the_new(before, after):
    parts = diff.words(before, after)
    assert of(parts, "=-") == before
    assert of(parts, "=+") == after
    assert all(text for _sign, text in parts)


@given(texts)
def test_the_same_text_has_no_difference(text):
    assert diff.words(text, text) == ([("=", text)] if text else [])


def test_only_the_words_that_changed_are_marked():
    assert diff.words("Vsak torek ob 9. uri", "Vsak petek ob 9. uri") == [
        ("=", "Vsak "), ("-", "torek "), ("+", "petek "), ("=", "ob 9. uri")
    ]  # fmt: skip


def test_very_long_texts_are_compared_in_no_time():
    before, after = "a b " * 100_000, "b c " * 100_000
    parts = diff.words(before, after)
    assert (of(parts, "=-"), of(parts, "=+")) == (before, after)


def test_texts_of_one_word_again_and_again_are_compared_in_no_time():
    before, after = "x " + "a " * 2900, "a b " * 1450
    parts = diff.words(before, after)
    assert (of(parts, "=-"), of(parts, "=+")) == (before, after)


def html(before, after):
    with translation.override("en"):
        template = Template("{% load diff %}{% word_diff before after %}")
        return template.render(Context({"before": before, "after": after}))


@given(texts, texts)
def test_no_text_becomes_markup(before, after):
    assert set(re.findall(r"<(/?\w+)", html(before, after))) <= {"ins", "/ins", "del", "/del", "span", "/span"}


@pytest.mark.parametrize("missing", [None, ""])
def test_what_is_new_is_said_to_be_added(missing):
    assert "[added: " in html(missing, "nov")
    assert "<ins>" in html(missing, "nov")
