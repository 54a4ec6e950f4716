"""Public pages as bytes: the second reader of the same page is answered before Django has begun.

Kept is only what everybody may see: answers 200 to a GET without a session, at an address that begins with a
language, without a cookie and not private. An answer holds while nothing public changed (portal.changes) and
until the minute ends, for pages say what is open now; a view that knows better says so (`fresh_until`).
"""

import gzip
import re
import threading
from collections import OrderedDict
from datetime import timedelta
from functools import lru_cache
from hashlib import blake2b

import brotli
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from programmes.selection import read_list

from . import changes, languages

LONGEST = 1000  # characters of a query string that is still kept
SMALLEST = 200  # bytes below which compressing gains nothing
OVERHEAD = 3000  # bytes a page costs beside its texts: key, headers, places in dictionaries
PARTS = 16  # of the memory: the most one page may take
ON_PROBATION = 8  # and one part in so many is for pages that nobody has asked for again
VARY = ("Accept-Encoding", "Cookie")
KEYED = {name.lower() for name in VARY}  # an answer that depends on any other header is not kept
LARGE = 110_000  # bytes: only what is longer is packed with more patience, to stay below 15 kB


def _brotli(body):
    """Measured on programme and catalogue (24 and 110 kB): quality 1 takes 0.1 and 0.7 ms, 6 0.8 and 1.8 ms for a sixth
    less, 9 1.4 and 2.4 ms for nothing less of the first and one percent of the second, 10, with a tenth less, 45 ms.
    A catalogue of a million needs that percent to stay below 15 kB. With a window of more than 64 kB its tables, fresh
    memory each time (deploy/gunicorn.conf.py), would take a millisecond, for another percent.
    """
    return brotli.compress(body, quality=9 if len(body) > LARGE else 6, lgwin=16)


# Brotli is final, gzip is not.
FIRST = {"br": _brotli, "gzip": lambda body: gzip.compress(body, 2, mtime=0)}
BETTER = {"br": FIRST["br"], "gzip": lambda body: gzip.compress(body, 6, mtime=0)}
OPEN = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": lambda body: body}
IN_LINES, INDENTED = (b"<pre", b"<textarea", b"changes__text"), re.compile(rb"\n[ \n]+")
COMPRESSIBLE = ("text/", "application/json", "application/xml", "image/svg+xml")


class Page:
    """One answer: its headers, and its body as first sent, and well compressed in the encodings asked for."""

    def __init__(self, headers, etag, encoding, body, generation, until):
        self.headers, self.etag = headers, etag
        self.generation, self.until = generation, until
        self.first = encoding, body
        self.best = {encoding: body} if encoding == "br" else {}

    def body(self, encoding):
        """Its bytes in this encoding. Two threads may make the same at once; either is right."""
        body = self.best.get(encoding)
        if body is None:
            first, packed = self.first
            body = OPEN[first](packed)
            if encoding in BETTER:
                body = self.best[encoding] = BETTER[encoding](body)
                self.first = encoding, body
        return body

    @property
    def size(self):
        first, packed = self.first
        return OVERHEAD + sum(map(len, list(self.best.values()))) + (0 if first in self.best else len(packed))


class Pages:
    """Pages in bounded memory. A page asked for once waits on probation, where only others like it push it out:
    a robot that walks every address never reaches what people read. All methods may be called by any thread.
    """

    def __init__(self, most):
        self.most = most  # bytes
        self.lock = threading.Lock()
        self.clear()

    def clear(self):
        self.probation: OrderedDict[tuple, Page] = OrderedDict()
        self.kept: OrderedDict[tuple, Page] = OrderedDict()
        self.sizes: dict[tuple, int] = {}
        self.on_probation = self.in_all = 0

    def get(self, key, generation, now):
        """The page, if it still holds; it is no longer on probation then."""
        with self.lock:
            page = self.kept.get(key) or self.probation.get(key)
            if page is None or page.generation != generation or page.until <= now:
                return None
            if key in self.probation:
                self.kept[key] = self.probation.pop(key)
                self.on_probation -= self.sizes[key]
            self.kept.move_to_end(key)
            return page

    def put(self, key, page):
        """Keeps it: in the place of the one that no longer holds, else on probation."""
        if page.size > self.most // PARTS:
            return
        with self.lock:
            if key in self.kept:
                self.kept[key] = page
            else:
                self.probation[key] = page
            self._weigh(key, page)

    def grown(self, key, page):
        """Weighs a page again to which an encoding was added."""
        with self.lock:
            if self.kept.get(key) is page:
                self._weigh(key, page)

    def _weigh(self, key, page):
        more = page.size - self.sizes.get(key, 0)
        self.sizes[key] = page.size
        self.in_all += more
        if key in self.probation:
            self.on_probation += more
        while self.on_probation > self.most // ON_PROBATION:
            self._drop(self.probation)
        while self.in_all > self.most:
            self._drop(self.kept)

    def _drop(self, rows):
        key, _page = rows.popitem(last=False)
        size = self.sizes.pop(key)
        self.in_all -= size
        if rows is self.probation:
            self.on_probation -= size


pages_kept = Pages(settings.PAGE_CACHE * 1_000_000)


def pages(get_response):
    """The middleware. It compresses too: what is the same for everybody with br or gzip, everything else with
    Django's gzip, whose random padding hides a secret's length (BREACH).
    """
    padded = GZipMiddleware(get_response)

    def middleware(request):
        if not may_be_public(request):
            response = padded.process_response(request, get_response(request))
            if settings.SESSION_COOKIE_NAME in request.COOKIES:
                response.headers.setdefault("Cache-Control", "private, no-store")
            return response
        with changes.one_request():
            key, generation = key_of(request), None
            if key and (generation := _generation()) is not None:
                page = pages_kept.get(key, generation, timezone.now())
                if page:
                    return _again(request, key, page)
            now = timezone.now()
            response = get_response(request)
        if not is_public(response):
            return padded.process_response(request, response)
        return _first(request, response, key, generation, now)

    return middleware


def may_be_public(request):
    """True for a GET or HEAD without a session, at an address that begins with a language."""
    path = request.path_info
    return (
        request.method in ("GET", "HEAD")
        and path[3:4] == "/"
        and path[1:3] in languages.CODES
        and not ("HTTP_COOKIE" in request.META and settings.SESSION_COOKIE_NAME in request.COOKIES)
    )


def key_of(request):
    """All that the answer depends on, or None for one that is not worth keeping.

    Of the list cookie a page shows no more than how many there are. A position somebody gave is theirs alone.
    """
    query = request.META.get("QUERY_STRING", "")
    if not pages_kept.most or len(query) > LONGEST or "lat=" in query or "lon=" in query:
        return None
    try:
        host = request.get_host()
    except DisallowedHost:
        return None
    listed = len(read_list(request)) if "HTTP_COOKIE" in request.META else 0
    return request.scheme, host, request.path, query, listed


def is_public(response):
    """True for a whole answer that is the same for everybody who asks the same."""
    control = response.headers.get("Cache-Control", "")
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "private" not in control
        and "no-store" not in control
        and "Content-Encoding" not in response.headers
        and {name.strip().lower() for name in response.get("Vary", "cookie").split(",")} <= KEYED
    )


def _generation():
    """The state of the data, or None when the database does not say: then nothing may be taken from memory."""
    try:
        changes.refresh()
    except DatabaseError:
        return None
    return changes.generation()


def _again(request, key, page):
    """A kept page, as the reader can read it, or 304 when they have it."""
    if _has(request, page.etag):
        return _not_modified(page.headers)
    encoding = _encoding(request, page.headers)
    if encoding in page.best:
        body = page.best[encoding]
    else:
        body = page.body(encoding)
        pages_kept.grown(key, page)
    return _shaped(request, HttpResponse(body, headers=page.headers), encoding, body)


def _first(request, response, key, generation, now):
    """A page made just now: compressed quickly, and kept for the next reader."""
    body = response.content = _lean(response)
    response.headers.setdefault("Cache-Control", "no-cache")
    patch_vary_headers(response, VARY)
    etag = f'W/"{blake2b(body, digest_size=16).hexdigest()}"'
    response.headers["ETag"] = etag
    encoding = _encoding(request, response.headers) if len(body) >= SMALLEST else "identity"
    packed = FIRST[encoding](body) if encoding in FIRST else body
    headers = {name: value for name, value in response.items() if name != "Content-Length"}
    if key and generation is not None and request.method == "GET":
        until = getattr(response, "fresh_until", None) or end_of_minute(now)
        pages_kept.put(key, Page(headers, etag, encoding, packed, generation, until))
    if _has(request, etag):
        return _not_modified(headers)
    response.content = packed
    return _shaped(request, response, encoding, packed)


def _lean(response):
    """Its bytes; of a page without the indentation and empty lines of its templates, unless it has texts in lines."""
    body = response.content
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return body if not is_page or any(tag in body for tag in IN_LINES) else INDENTED.sub(b"\n", body)


def fresh_until(response, moment):
    """Lets the answer be kept until `moment` (aware) and not only until the minute ends; returns it."""
    response.fresh_until = moment
    return response


def end_of_minute(now):
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _shaped(request, response, encoding, body):
    """The lengths and encoding of the body; to a HEAD the same headers without it (RFC 9110, 9.3.2)."""
    response.headers["Content-Length"] = str(len(body))
    if encoding != "identity":
        response.headers["Content-Encoding"] = encoding
    if request.method == "HEAD":
        response.content = b""
    return response


def _not_modified(headers):
    """304 with what a 200 would have said about keeping it (RFC 9110, 15.4.5)."""
    response = HttpResponse(status=304)
    del response.headers["Content-Type"]
    for name in ("Cache-Control", "ETag", "Vary"):
        response.headers[name] = headers[name]
    return response


def _has(request, etag):
    """Does the reader hold this very version? Compared weakly, as If-None-Match demands (RFC 9110, 13.1.2)."""
    held = request.META.get("HTTP_IF_NONE_MATCH")
    return bool(held) and (
        held.strip() == "*" or etag in (f"W/{t.strip().removeprefix('W/')}" for t in held.split(","))
    )


def _encoding(request, headers):
    kind = headers.get("Content-Type", "")
    return accepted(request.META.get("HTTP_ACCEPT_ENCODING", "")[:200]) if kind.startswith(COMPRESSIBLE) else "identity"


@lru_cache(maxsize=256)
def accepted(header):
    """ "gzip, br;q=0.5" → the encoding we like best among those accepted: br, gzip or identity."""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _semicolon, weight = part.partition(";")
        try:
            weights[name.strip()] = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            weights[name.strip()] = 0
    for encoding in ("br", "gzip"):
        if weights.get(encoding, weights.get("*", 0)) > 0:
            return encoding
    return "identity"
