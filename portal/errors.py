"""Pages that say what went wrong: in our look, in the reader's language, and never more than they need."""

import sys

from django.conf import settings
from django.core.exceptions import (
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.translation import activate, get_language_from_path, gettext, ngettext

from . import languages, typed
from .stale import StaleObject

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
AWAY = (OperationalError, InterfaceError)  # the database is being mended, started anew or full of work
PATIENCE = 120  # seconds after which to try again when the portal is away


def bad_request(request, exception=None):
    """400; and 413 for what Django counts as a bad request because it is too much."""
    if isinstance(exception, TOO_LARGE):
        return too_large(request)
    try:
        request.get_host()
    except DisallowedHost:  # a page names its own addresses, and there is none to name
        return HttpResponse(_plain_page(gettext("We could not read that address")), status=400)
    return _error(
        request,
        400,
        gettext("We could not read that"),
        gettext("The address or what was sent with it is damaged. Please check it, or start from the search."),
    )


def forbidden(request, exception=None):
    return _error(request, 403, gettext("This is not open to you"), gettext("Sign in with an account that may see it."))


def csrf_failure(request, reason=""):
    """403. Whoever signed in meanwhile in another tab sends a form of before: it comes back as it was filled in.

    Only where the browser itself says that the form is one of our own pages: another site gets nothing to be sent on.
    """
    fields = typed.to_send_again(request) if _is_ours(request) else []
    if not fields:
        text = gettext("Go back one page, reload it and send the form again. Nothing was changed.")
        return _error(request, 403, gettext("This form has grown too old"), text)
    text = gettext("It was opened before you last signed in. Nothing was changed yet, and nothing you typed is lost.")
    again = {"fields": fields, "texts": typed.texts(fields), "has_files": bool(request.FILES)}
    return _error(request, 403, gettext("Please send this form once more"), text, again)


def _is_ours(request):
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Sec-Fetch-Site") == "same-origin" or request.headers.get("Origin") == own


def not_found(request, exception=None):
    return _error(
        request,
        404,
        gettext("This page is not here"),
        gettext("The address may be mistyped, or the page has moved. Search for what you need, or ring us."),
    )


def conflict(request, sentence):
    """409, with a sentence that says what somebody else did in the meantime."""
    return _error(request, 409, gettext("Somebody was faster"), sentence)


def too_large(request):
    return _error(
        request,
        413,
        gettext("That is too much at once"),
        gettext("What you sent is larger than we take. Nothing was changed; go back one page and send less."),
    )


def too_many(request, seconds):
    """429, saying after how many seconds one may try again, in words and for machines."""
    minutes = max(1, -(-int(seconds) // 60))
    text = ngettext("Please wait a minute, then try again.", "Please wait %(count)s minutes, then try again.", minutes)
    response = _error(request, 429, gettext("That was very often"), text % {"count": minutes})
    response["Retry-After"] = str(max(1, int(seconds)))
    return response


def too_often(request):
    """429 for the limits on signing in and on passwords; after a minute one of them opens again."""
    return too_many(request, 60)


def server_error(request):
    """500; 503 while the database is away; 409 where no page said that somebody was faster.

    Without templates and questions that could fail again: plain words in the reader's language.
    """
    error = sys.exception()
    if isinstance(error, StaleObject):
        text = gettext("Somebody else changed this in the meantime. Nothing of yours was done; look at it again.")
        return conflict(request, text)
    if isinstance(error, AWAY):
        text = gettext("The portal is being looked after just now. Please try again in a few minutes.")
        response = HttpResponse(_plain_page(text, request), status=503)
        response["Retry-After"] = str(PATIENCE)
    else:
        text = gettext("Something went wrong on our side. Please try again in a few minutes.")
        response = HttpResponse(_plain_page(text, request), status=500)
    response["Cache-Control"] = "no-store"
    return response


def _error(request, status, title, text, again=None):
    context = {"status": status, "title": title, "text": text, "again": again}
    response = render(request, "portal/error.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def speak(request):
    """What is refused at the door has no language yet: that of its address, else the browser's."""
    if not hasattr(request, "LANGUAGE_CODE"):
        accepted = languages.preferred(request.headers.get("Accept-Language", ""))
        request.LANGUAGE_CODE = get_language_from_path(request.path_info) or accepted
        activate(request.LANGUAGE_CODE)


def _plain_page(text, request=None):
    """A page that needs neither templates nor the database; what somebody sent stands in it, to be sent again."""
    return format_html(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{}</title>{}</head>'
        '<body><main class="main container oops"><p class="soft">{}</p><h1>{}</h1>{}</main></body></html>',
        languages.active(), settings.PORTAL_NAME, _style(), settings.PORTAL_NAME, text,
        _again(request) if request else "",
    )  # fmt: skip


def _style():
    try:
        return format_html('<link rel="stylesheet" href="{}">', static("css/site.css"))
    except ValueError:  # static files were not collected: the words are there all the same
        return ""


def _again(request):
    """A button that asks or sends the same once more; with what was typed in sight, so that it can be copied."""
    fields = typed.to_send_again(request) if request.method == "POST" else []
    if not fields:
        return format_html('<p><a class="button" href="">{}</a></p>', gettext("Try again"))
    hidden = format_html_join("", '<input type="hidden" name="{}" value="{}">', fields)
    lines = [(line,) for text in typed.texts(fields) for line in text.splitlines()]
    shown = format_html_join("", "<p>{}</p>", lines)
    return format_html(
        '<form class="form" method="post"><input type="hidden" name="csrfmiddlewaretoken" value="{}">{}'
        '<button class="button" type="submit">{}</button><h2>{}</h2>{}</form>',
        get_token(request), hidden, gettext("Send it again"), gettext("What you typed"), shown,
    )  # fmt: skip
