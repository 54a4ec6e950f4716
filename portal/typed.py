"""What somebody typed while their session ran out is kept for a day, and offered to them after they signed in again.

Only to them: a form is kept only where a signed cookie says who was last signed in in this browser, and only that
account is shown it. Where the cookie is missing nothing is kept. That costs nothing: it lives longer than any
session, and who deleted their cookies has no valid form either (its token is gone with them). Whoever signs out
themselves takes the cookie and the texts along, so that nothing of them stays on a shared machine.

Nothing is done by itself: the page's own rights, validation and "somebody was faster" hold when it is sent again.
"""

import time

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import SuspiciousOperation
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

KEY = "typed"  # in the session: {address: {user, at, fields, has_files}}
DAY = 24 * 3600
MOST = 200_000  # characters of names and values, of all forms kept in one session
MOST_FORMS = 5
WHO_SALT = "portal.typed"
WHO_LASTS = 31 * DAY  # a day longer than the longest session
THROW_AWAY = "typed_throw_away"
# Forms that hold secrets, or do what must be asked for anew.
NEVER = ("account_", "mfa_", "usersessions_", "account-erase")
SALTS_OF_FORMS = ("portal.record-form", "programmes.form")  # with which forms sign what they were opened on
SECRET = ("password", "csrfmiddlewaretoken", "token", "secret")


def typed(get_response):
    """Keeps a form that was sent after the session had ended; shows it at its address once its author is back."""

    def middleware(request):
        was_signed_in = _is_signed_in(request)
        response = get_response(request)
        if _is_signed_in(request):
            if request.method == "POST" and response.status_code < 500:
                _forget(request, request.get_full_path())
            _remember_who(request, response)
        elif was_signed_in:
            response.delete_cookie(settings.WHO_COOKIE_NAME, samesite="Lax")
        elif request.method == "POST" and leads_to_sign_in(response):
            _keep(request)
        return response

    def process_view(request, view, args, kwargs):
        if not _is_signed_in(request) or KEY not in request.session:
            return None
        kept = _kept(request)
        if request.method == "POST" and THROW_AWAY in request.POST:
            _forget(request, request.get_full_path())
            messages.info(request, _("What you had typed is thrown away."))
            return redirect(settings.LOGIN_REDIRECT_URL)
        if request.method == "GET" and request.get_full_path() in kept:
            return _offer(request, kept[request.get_full_path()])
        return None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _is_signed_in(request):
    """Asks the session only where there is one: who only looks gets no cookie and no `Vary`."""
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES or request.session.session_key
    return bool(has_session) and request.user.is_authenticated


def to_send_again(request):
    """[(name, value)] of a form that was sent and not taken; empty for one with secrets, and when it cannot be read."""
    match = request.resolver_match
    if match is None or _is_secret(match):
        return []
    try:
        return [(name, value) for name, values in _harmless(request.POST).items() for value in values]
    except (OSError, SuspiciousOperation):  # the connection broke, or it was too much to read
        return []


def texts(fields):
    """What people wrote in words, of [(name, value)]; what stood in the form when it was opened is not theirs."""
    before = _opened_on(fields)
    return [value for name, value in fields if " " in (said := _said(value)) and said != _said(before.get(name))]


def _opened_on(fields):
    """{field: value} that a form carries, signed, of what it was opened on; {} where it carries none."""
    for value in (value for name, value in fields if name == "base"):
        for salt in SALTS_OF_FORMS:
            try:
                return signing.loads(value, salt=salt)[1] or {}
            except (signing.BadSignature, ValueError, TypeError, LookupError):
                continue
    return {}


def _said(value):
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""


def _is_secret(match):
    return not match.namespaces and (match.url_name or "").startswith(NEVER)


def _harmless(data):
    return {n: v for n, v in data.lists() if not any(word in n.lower() for word in SECRET)}


def _offer(request, form):
    fields = [(name, value) for name, values in form["fields"].items() for value in values]
    context = {"fields": fields, "texts": texts(fields), "has_files": form["has_files"], "throw_away": THROW_AWAY}
    response = render(request, "portal/typed.html", context)
    add_never_cache_headers(response)
    return response


def leads_to_sign_in(response):
    """True for the redirect of a page that needs a signed-in person."""
    if response.status_code != 302:
        return False
    doors = {resolve_url(settings.LOGIN_URL), reverse("admin:login")}
    return response.headers["Location"].partition("?")[0] in doors


def _keep(request):
    match = request.resolver_match
    user = _who(request)
    if user is None or match is None or _is_secret(match):
        return
    form = {"user": user, "at": time.time(), "fields": _harmless(request.POST), "has_files": bool(request.FILES)}
    kept = _fresh(request)
    kept.pop(request.get_full_path(), None)
    kept[request.get_full_path()] = form
    while len(kept) > MOST_FORMS or (len(kept) > 1 and _size(kept) > MOST):
        kept.pop(next(iter(kept)))
    if _size(kept) <= MOST:
        request.session[KEY] = kept
        request.session.set_expiry(DAY)


def _size(kept):
    return sum(len(n) + len(v) for form in kept.values() for n, values in form["fields"].items() for v in values)


def _fresh(request):
    since = time.time() - DAY
    return {address: form for address, form in request.session.get(KEY, {}).items() if form["at"] > since}


def _kept(request):
    """The forms of the person who is signed in; those of anybody else, and old ones, are thrown away."""
    own = {address: form for address, form in _fresh(request).items() if form["user"] == request.user.pk}
    if own != request.session.get(KEY):
        request.session[KEY] = own
    return own


def _forget(request, address):
    if KEY in request.session and address in request.session[KEY]:
        request.session[KEY] = {a: form for a, form in request.session[KEY].items() if a != address}


def _who(request, max_age=WHO_LASTS):
    """The number of the account last signed in in this browser; None when that is not known."""
    value = request.get_signed_cookie(settings.WHO_COOKIE_NAME, None, salt=WHO_SALT, max_age=max_age)
    return int(value) if value else None


def _remember_who(request, response):
    if _who(request, DAY) != request.user.pk:
        flags = {"max_age": WHO_LASTS, "httponly": True, "samesite": "Lax", "secure": settings.HTTPS}
        response.set_signed_cookie(settings.WHO_COOKIE_NAME, request.user.pk, WHO_SALT, **flags)
