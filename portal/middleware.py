"""What every answer has in common: security headers, the language of the page, calm errors."""

from urllib.parse import unquote_to_bytes

import pghistory.middleware
from django.conf import settings
from django.core.exceptions import BadRequest
from django.templatetags.static import static
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_path

from . import errors, languages

HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}


def security_headers(get_response):
    """The header set of docs/security.md on every answer, redirects, errors and static files included."""

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.SECURE_CSP)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def language(get_response):
    """The language stands in the address. Where it does not (admin, files), the person's own or the browser's."""

    def middleware(request):
        code = get_language_from_path(request.path_info)
        chosen = code or signed_in_language(request) or languages.preferred(request.headers.get("Accept-Language", ""))
        translation.activate(chosen)
        request.LANGUAGE_CODE = chosen
        response = get_response(request)
        if not code:
            patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", chosen)
        return response

    return middleware


def prefetching(get_response):
    """Tells browsers which links of a page they may fetch ahead: those of records and the next page, nothing else."""

    def middleware(request):
        response = get_response(request)
        if hasattr(request, "resolver_match") and response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers["Speculation-Rules"] = f'"{static("rules/prefetch.speculationrules")}"'
        return response

    return middleware


def signed_in_language(request):
    """The signed-in person's language; asks the session only where there is a session cookie."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    return request.user.language


def door(get_response):
    """Refuses what no browser sends and no database stores: NUL and broken UTF-8 in the address, in the query, in
    fields and names of files (400); and more than we take (413). A cookie with a NUL is as good as none.
    """

    def middleware(request):
        errors.speak(request)
        request.COOKIES = {k: v for k, v in request.COOKIES.items() if "\x00" not in k + v}
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.REQUEST_MAX_SIZE:
            return errors.too_large(request)
        if "\x00" in request.path_info or not is_clean(request.META.get("QUERY_STRING", "").encode("latin-1")):
            raise BadRequest("NUL or broken UTF-8 in the address")
        if request.method == "POST" and not has_clean_fields(request):
            raise BadRequest("NUL or broken UTF-8 in what was sent")
        return get_response(request)

    return middleware


class HistoryMiddleware(pghistory.middleware.HistoryMiddleware):
    """Every change that comes with a request says by which way: the administration, or the portal's own forms.

    Imports and links of mails say so themselves: `with pghistory.context(way="import")`.
    """

    def get_context(self, request):
        way = "admin" if request.path.startswith("/admin/") else "form"
        return {**super().get_context(request), "way": way}


def is_clean(encoded):
    """True when these form-encoded bytes are UTF-8 without a NUL."""
    decoded = unquote_to_bytes(encoded)
    try:
        return "\x00" not in decoded.decode()
    except UnicodeDecodeError:
        return False


def has_clean_fields(request):
    """True when no field and no file's name holds a NUL or a broken character.

    Django reads a broken character of a form with files as U+FFFD, which people also paste: in texts it may stand.
    """
    if request.content_type == "application/x-www-form-urlencoded" and not is_clean(request.body):
        return False
    names = [*request.POST, *request.FILES, *(f.name or "" for _key, files in request.FILES.lists() for f in files)]
    values = [value for _key, values in request.POST.lists() for value in values]
    return not any("\x00" in text for text in [*names, *values]) and not any("\ufffd" in name for name in names)
