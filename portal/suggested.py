"""Suggestions as rows for the reader: each leads somewhere, and shows which letters of it were typed."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from programmes.facets import FACET_OF
from programmes.index import current

from . import help_now, languages
from .search import index
from .search.suggestions import complete
from .search.text import WORD, fold, words

LONGEST = 100  # characters
# kind → (heading, icon), in the order in which they are shown
KINDS = {
    "term": (_("Topics"), "leaf"),
    "programme": (_("Programmes"), "calendar"),
    "place": (_("Places"), "pin"),
    "partner": (_("Partners"), "people"),
    "pathway": (_("Who does what, whom to call"), "way"),
    "practice": (_("Practices to copy"), "share"),
    "measure": (_("Our plan"), "document"),
    "need": (_("Needs"), "chart"),
}


class Row(NamedTuple):
    label: str  # safe HTML
    language: str | None  # of the label, where it is not the reader's
    address: str


def grouped(typed, language):
    """[(heading, icon, [Row])] for what was typed so far; at most eight rows in all."""
    typed = typed[:LONGEST].replace("\0", " ")
    rows = {kind: [] for kind in KINDS}
    suggestions = complete(typed, language)
    records = _records(suggestions)
    for one in suggestions:
        if address := _facet(one.value) if one.kind == "term" else _address(records[one.kind].get(one.value)):
            rows[one.kind].append(Row(begun(one.label, typed), one.language, address))
    found = [(*KINDS[kind], found) for kind, found in rows.items() if found]
    situation = help_now.asks(typed, languages.active())
    return [_help_now(situation), *found] if situation else found


def _help_now(situation):
    """Before all else, where the words are those of somebody in danger: the numbers, and the page about them."""
    numbers = " · ".join(line.number for line in help_now.first_lines(situation))
    return (_("Help right now"), "phone", [Row(numbers, None, reverse("help-now"))])


def _records(suggestions):
    """{kind: {number: record}}, one question a kind."""
    found = {}
    for kind in index.KINDS:
        numbers = [one.value for one in suggestions if one.kind == kind]
        found[kind] = index.KINDS[kind].model.objects.in_bulk(numbers) if numbers else {}
    return found


def _address(record):
    return record and record.get_absolute_url()


def _facet(value):
    """The catalogue with this term chosen; None where no programme has it."""
    vocabulary, slug = value.split("/", 1)
    facet = FACET_OF[vocabulary]
    if not current().bits[facet].get(slug):
        return None
    return f"{reverse('programmes:catalogue')}?{urlencode({facet: slug})}"


def begun(label, typed):
    """The label as safe HTML, with <mark> around the letters with which its words begin as typed."""
    wanted = sorted((fold(word) for word in words(typed)), key=len, reverse=True)
    parts, end = [], 0
    for match in WORD.finditer(label):
        length = next((n for one in wanted if (n := _letters(match[0], one))), 0)
        if length:
            start = match.start()
            parts += [escape(label[end:start]), "<mark>", escape(label[start : start + length]), "</mark>"]
            end = start + length
    return mark_safe("".join([*parts, escape(label[end:])]))  # noqa: S308 – every piece is escaped


def _letters(word, beginning):
    """How many letters of the word make up the folded beginning; 0 where it begins otherwise."""
    if not fold(word).startswith(beginning):
        return 0
    return next(n for n in range(1, len(word) + 1) if len(fold(word[:n])) >= len(beginning))
