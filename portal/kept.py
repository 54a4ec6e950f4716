"""What is rendered once and shown many times: cards, programmes, and the parts of the shell.

What differs from page to page stands in it as a slot: a private-use character, which no text contains.
"""

import re
import zlib
from collections import OrderedDict
from functools import lru_cache, wraps
from threading import Lock
from urllib.parse import quote

from django.db import connection
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from . import changes, languages


class Store:
    """Rendered things by (number, …) until a moment; the least lately used go first. Safe for threads."""

    def __init__(self, most_bytes):
        self._kept = OrderedDict()  # key → (thing, bytes, until, numbers of the other programmes it shows)
        self._lock, self._size, self._most = Lock(), 0, most_bytes
        changes.subscribe(self._take_note)

    def get(self, key, now):
        """The thing; None when it is not there, or only until a moment before `now`."""
        with self._lock:
            if (kept := self._kept.get(key)) is None or kept[2] <= now:
                return None
            self._kept.move_to_end(key)
            return kept[0]

    def put(self, key, thing, size, until, shows=()):
        """`key[0]` is the number of a programme, `shows` are those of others that stand on it too."""
        with self._lock:
            self._drop(key)
            self._kept[key] = (thing, size, until, shows)
            self._size += size
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1][1]

    def _drop(self, key):
        if kept := self._kept.pop(key, None):
            self._size -= kept[1]

    def _take_note(self, news):
        """Forgets what shows a changed programme; everything when what changed may stand on any."""
        with self._lock:
            if news is None or any(kind != "programme" or number is None for kind, number in news):
                self._kept.clear()
                self._size = 0
                return
            changed = {number for _kind, number in news}
            showing = [key for key, kept in self._kept.items() if key[0] in changed or not changed.isdisjoint(kept[3])]
            for key in showing:
                self._drop(key)


class Packed:
    """A rendered text as a process keeps it: without what it has in common with the first of its kind.

    Two cards differ in a fifth of their letters. Taking one out costs a hundredth of a millisecond.
    """

    __slots__ = ("_bytes", "_like")

    def __init__(self, kind, text):
        raw = text.encode()
        self._like = _first.setdefault(kind, raw[-WINDOW:])
        packer = zlib.compressobj(zdict=self._like)
        self._bytes = packer.compress(raw) + packer.flush()

    def __len__(self):
        return len(self._bytes)

    def __str__(self):
        return zlib.decompressobj(zdict=self._like).decompress(self._bytes).decode()


WINDOW = 32_768  # bytes that zlib looks back
_first: dict[str, bytes] = {}  # kind → the text against which the others of its kind are packed


def lean(html):
    """HTML without the indentation and empty lines of its templates; not for what keeps its lines, as a textarea."""
    return SafeString(re.sub(r"\s*\n\s*", "\n", html).strip())


def until_news(most):
    """Decorator: the last `most` answers of a function of public records are kept while nothing public changes, at
    most for the day. The arguments are hashable, and nobody changes what it answers.
    """

    def decorate(function):
        @lru_cache(most)
        def kept(generation, today, arguments):
            return function(*arguments)

        @wraps(function)
        def asked(*arguments):
            if connection.in_atomic_block:  # what this transaction has written is nobody else's yet
                return function(*arguments)
            changes.refresh()
            return kept(changes.generation(), timezone.localdate(), arguments)

        return asked

    return decorate


# ---- the shell ------------------------------------------------------------------------------------
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
        html = lean(render_to_string(template, context.flatten() | slots))
        if len(_parts) < MOST:
            _parts[key] = html
    for code, slot in ALTERNATES.items():
        if slot in html:
            html = html.replace(slot, escape(context["alternates"][code]))
    html = html.replace(LIST_SIZE, str(context["list_size"]))
    return mark_safe(html.replace(HERE, quote(absolute(request, request.path))))  # noqa: S308 – all is escaped


def absolute(request, address):
    """The whole address of a path of ours; never another host."""
    origin = getattr(request, "origin", None)
    if origin is None:  # a page has a dozen of them, and Django checks the host each time it is asked
        origin = request.origin = f"{request.scheme}://{request.get_host()}"
    return f"{origin}/{quote(address.lstrip('/'), safe=_SAFE)}"


_SAFE = "/#%[]=:;$&()+,!?*@'~"


def _take_note(news):
    """The shell names the group, and no other record."""
    if news is None or any(kind == "group" for kind, _number in news):
        _parts.clear()


changes.subscribe(_take_note)
