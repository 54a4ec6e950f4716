"""Parts of the page that are the same on a thousand pages: rendered once, then only filled in.

What differs between pages of one view stands in them as a slot: a private-use character, which no text contains.
"""

from urllib.parse import quote

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe

from . import changes, languages

LIST_SIZE, HERE = "\ue000", "\ue001"
ALTERNATES = {code: chr(0xE010 + place) for place, code in enumerate(languages.CODES)}
MOST = 500  # a part for each view and language
_parts: dict = {}


def part(context, template):
    """The rendered `template` of the shell for this page, as safe HTML."""
    request = context["request"]
    match = request.resolver_match
    key = (template, languages.active(), match and match.view_name, bool(context.get("noindex")))
    if (html := _parts.get(key)) is None:
        slots = {"alternates": ALTERNATES, "list_size": LIST_SIZE, "here": HERE}
        html = render_to_string(template, context.flatten() | slots)
        if len(_parts) < MOST:
            _parts[key] = html
    for code, slot in ALTERNATES.items():
        if slot in html:
            html = html.replace(slot, escape(context["alternates"][code]))
    html = html.replace(LIST_SIZE, str(context["list_size"]))
    return mark_safe(html.replace(HERE, quote(absolute(request, request.path))))  # noqa: S308 – all is escaped


def absolute(request, address):
    """The whole address of a path of ours; never another host."""
    return f"{request.scheme}://{request.get_host()}/{quote(address.lstrip('/'), safe=_SAFE)}"


_SAFE = "/#%[]=:;$&()+,!?*@'~"


def _take_note(news):
    _parts.clear()


changes.subscribe(_take_note)
