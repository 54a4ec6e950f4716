"""The choices of the facets as HTML: rendered once per language, then only ticked and counted for each page."""

from functools import lru_cache, partial

from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import ngettext

from portal.kept import lean

from .facets import FACETS
from .meanings import EXPLAINED, of_vocabulary

# Slots: private-use characters, which no text of ours contains.
CHECKED, NUMBER = "\ue000", "\ue001"
OPEN, OPTIONS, MORE = "\ue002", "\ue003", "\ue004"
# Of more settlements than this a reader types the name.
MOST_SETTLEMENTS = 150


def facet_html(catalogue, name, counted, chosen, more=0):
    """One group of choices: [(Choice, count)], those ticked whose value is in `chosen`, and how many are not shown."""
    html = _stencil(catalogue, name, "programmes/_facet.html", partial(_of_facet, name))
    is_open = bool(chosen) or name in ("phase", "topic")
    html = html.replace(OPEN, " open" if is_open else "").replace(MORE, _more(more) if more else "")
    return html.replace(OPTIONS, _options(catalogue, name, counted, chosen))


def _of_facet(name):
    heading, vocabulary = FACETS[name]
    means = of_vocabulary(vocabulary) if vocabulary in EXPLAINED else ()
    return {"heading": heading, "means": means, "slots": {"open": OPEN, "options": OPTIONS, "more": MORE}}


def _options(catalogue, name, counted, chosen):
    language, parts = catalogue.language, []
    kept = catalogue.index.texts.setdefault(("options", language, name), {})
    for choice, count in counted:
        if (pieces := kept.get(choice.value)) is None:
            pieces = kept[choice.value] = _pieces(name, choice)
        before, between, after = pieces
        checked = " checked" if choice.value in chosen else ""
        parts.append(f"{before}{checked}{between}{_number(count, language)}{after}")
    return "".join(parts)


def _pieces(name, choice):
    """The HTML of a choice before the tick, between it and the count, and behind."""
    slots = {"checked": CHECKED, "number": NUMBER}
    html = lean(render_to_string("programmes/_option.html", {"name": name, "choice": choice, "slots": slots}))
    before, _checked, rest = html.partition(CHECKED)
    between, _count, after = rest.partition(NUMBER)
    return before, between, after


def _stencil(catalogue, key, template, values):
    """A template rendered once, until something changes; `values()` is its context."""
    kept = catalogue.index.texts.setdefault(("stencils", catalogue.language), {})
    if (html := kept.get(key)) is None:
        html = kept[key] = lean(render_to_string(template, values()))
    return html


def _more(count):
    text = ngettext(
        "And one more. Type its name into the search.", "And %(count)s more. Type a name into the search.", count
    )
    return f'<p class="soft small">{escape(text % {"count": number_format(count, force_grouping=True)})}</p>'


@lru_cache(10_000)
def _number(count, language):
    return number_format(count, force_grouping=True)


def settlements_html(catalogue, chosen):
    """`<option>` elements of all settlements; None where they are too many to choose from."""
    settlements = catalogue.index.settlements
    if len(settlements) > MOST_SETTLEMENTS:
        return None
    texts = catalogue.index.texts
    if ("settlements",) not in texts:
        texts["settlements",] = render_to_string("programmes/_settlements.html", {"settlements": settlements.values()})
    html = texts["settlements",]
    return mark_safe(html.replace(f'value="{chosen}"', f'value="{chosen}" selected', 1)) if chosen else html  # noqa: S308
