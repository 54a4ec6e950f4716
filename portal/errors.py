"""Pages that say what went wrong: in our look, in the reader's language, and never more than they need."""

from django.conf import settings
from django.core.exceptions import (
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import activate, get_language_from_path, gettext, ngettext

from . import languages

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


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
    return _error(
        request,
        403,
        gettext("This form has grown too old"),
        gettext("Go back one page, reload it and send the form again. Nothing was changed."),
    )


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


def server_error(request):
    """Without templates that could fail again: plain words in the reader's language."""
    text = gettext("Something went wrong on our side. Please try again in a few minutes.")
    return HttpResponse(_plain_page(text), status=500)


def _error(request, status, title, text):
    context = {"status": status, "title": title, "text": text}
    response = render(request, "portal/error.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def speak(request):
    """What is refused at the door has no language yet: that of its address, else the browser's."""
    if not hasattr(request, "LANGUAGE_CODE"):
        accepted = languages.preferred(request.headers.get("Accept-Language", ""))
        request.LANGUAGE_CODE = get_language_from_path(request.path_info) or accepted
        activate(request.LANGUAGE_CODE)


def _plain_page(text):
    return (
        f'<!doctype html><html lang="{languages.active()}"><meta charset="utf-8">'
        f"<title>{settings.PORTAL_NAME}</title><h1>{settings.PORTAL_NAME}</h1><p>{text}</p></html>"
    )
