"""Programmes made ready to be shown: as records in a fixed number of queries, and as cards rendered once.

A card is rendered once per language and kept until its programme changes, its next date has passed, or the
day is over. What differs from page to page stands in it as a slot and is filled in each time.
"""

from datetime import datetime, time, timedelta

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop

from partners.holidays import read as read_holidays
from portal import languages
from portal.kept import Packed, Store, lean
from portal.templatetags.portal import kilometres

from .index import current
from .models import Programme

# Slots: private-use characters, which no text of ours contains.
LEVEL, DISTANCE, MARKED, FOUND_IN = "\ue000", "\ue001", "\ue002", "\ue003"
MOST_BYTES = 2_500_000  # per process: more than two thousand cards
OVERHEAD = 500  # bytes a card costs beside its text: key, dates, places in dictionaries

FOUND_IN_TEXT = {
    "sl": gettext_noop("Your words stand in the Slovenian text"),
    "en": gettext_noop("Your words stand in the English text"),
    "da": gettext_noop("Your words stand in the Danish text"),
    "nb": gettext_noop("Your words stand in the Norwegian text"),
    "de": gettext_noop("Your words stand in the German text"),
}


def holidays():
    """The partners.holidays.Holidays of today, as the process knows them."""
    return current().holidays


def programmes(numbers, holidays):
    """[Programme] in the order of `numbers`, public ones only, each with `dates`: its next one."""
    found = Programme.objects.published().with_card().in_bulk(numbers)
    shown = [found[number] for number in numbers if number in found]
    for programme in shown:
        programme.dates = programme.next_dates(holidays, limit=1)
    return shown


_cards = Store(MOST_BYTES)


def cards(numbers, holidays, level="h3", distance=lambda number: None, mark=None, found_in=lambda number: None):
    """[card as safe HTML] in the order of `numbers`; of what is not public any more, none.

    `level` is the heading's element; `distance(number)` kilometres or None; `mark(html)` puts <mark> into a title
    or summary; `found_in(number)` the code of the language in which alone the words were found, or None.
    """
    language, now = languages.active(), timezone.now()
    found = {number: _cards.get((number, language), now) for number in numbers}
    missing = [number for number, packed in found.items() if packed is None]
    for programme in programmes(missing, holidays) if missing else ():
        html = lean(render_to_string("programmes/_card.html", {"programme": programme, "slots": _SLOTS}))
        html = html.replace(">\n<", "><")  # its parts are blocks: nobody sees a space between them
        packed = found[programme.pk] = Packed("card", html)
        _cards.put((programme.pk, language), packed, len(packed) + OVERHEAD, until(programme.dates, now))
    shown = ((number, str(packed)) for number, packed in found.items() if packed)
    return [_filled(html, level, distance(number), mark, found_in(number)) for number, html in shown]


def card_unsaved(programme):
    """The card of a programme inside a transaction that is rolled back: kept nowhere."""
    programme.dates = programme.next_dates(read_holidays(), limit=1)
    html = render_to_string("programmes/_card.html", {"programme": programme, "slots": _SLOTS})
    return _filled(html, "h3", None, None, None)


_SLOTS = {"level": LEVEL, "distance": DISTANCE, "marked": MARKED, "found_in": FOUND_IN}


def until(dates, now):
    """How long what shows these dates holds: until the first of them is over, and at most until midnight."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now) + timedelta(days=1), time.min))
    return min([midnight, *(date.end for date in dates)])


def _filled(html, level, distance, mark, found_in):
    away = f", {escape(kilometres(distance))}" if distance is not None else ""
    note = f'<p class="foreign">{escape(gettext(FOUND_IN_TEXT[found_in]))}</p>' if found_in else ""
    html = html.replace(LEVEL, level).replace(DISTANCE, away).replace(FOUND_IN, note)
    parts = html.split(MARKED)  # every second one is a title or a summary
    if mark:
        parts[1::2] = [mark(part) for part in parts[1::2]]
    return SafeString("".join(parts))  # rendered by a template, filled with escaped text
