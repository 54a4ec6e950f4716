"""Longer texts as people write them: paragraphs, lists, **bold** and [links](https://…); nothing else, no HTML.

A text without any such mark comes out exactly as it stands, each line break kept.
"""

import re
from functools import lru_cache

import nh3
from django.utils.html import escape, linebreaks
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "a"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "*": set()}
SCHEMES = {"http", "https", "mailto", "tel"}

_MARK = re.compile(r"\*\S|(?<!\w)_\S|\]\(|^[ ]{0,3}([-+*]|[0-9]{1,9}[.)])[ ]", re.MULTILINE)
_reader = MarkdownIt("zero", {"html": False, "breaks": True}).enable(["list", "emphasis", "link", "newline"])


@lru_cache(maxsize=512)
def formatted(text):
    """The text as safe HTML. Cleaned by an allow-list after it was rendered: two nets, either would do."""
    if not text:
        return ""
    if not _MARK.search(text):
        return mark_safe(linebreaks(escape(text)))  # noqa: S308 – escaped in the same breath
    html = nh3.clean(
        _reader.render(text), tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="nofollow noopener"
    )
    return mark_safe(html)  # noqa: S308 – cleaned in the same breath


def plain(text):
    """The text as words only, for the search and for machines; what holds no mark stays as it is."""
    if not text or not _MARK.search(text):
        return text
    return "\n".join(_lines(_reader.parse(text))).strip()


def _lines(tokens):
    prefixes, item = [], ""
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            prefixes.append(token.type == "ordered_list_open")
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            prefixes.pop()
        elif token.type == "list_item_open":
            item = f"{token.info}{token.markup} " if prefixes[-1] else "– "
        elif token.type == "inline":
            yield item + _words(token)
            item = ""
        elif token.type == "paragraph_close" and not prefixes:
            yield ""


def _words(inline):
    """The words of one paragraph; a link keeps its words and loses its address."""
    words = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(words.get(token.type, token.content) for token in inline.children)
