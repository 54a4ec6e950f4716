"""A form that creates something does so once, however often its button is pressed."""

import hashlib
import json
import secrets

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from portal.models import Once
from portal.typed import leads_to_sign_in


@transaction.atomic
def once(token, make):
    """Runs `make()`, which returns a record, unless a form with this token was sent already.

    → (number of the record, True when it is new). Of two that arrive together the second waits for the first.
    Without a token every call makes a record.
    """
    if not token:
        return make().pk, True
    digest = hashlib.sha256(token.encode()).hexdigest()
    try:
        with transaction.atomic():
            row = Once.objects.create(digest=digest)
    except IntegrityError:
        return Once.objects.get(digest=digest).number, False
    row.number = make().pk
    row.save(update_fields=["number"])
    return row.number, True


def token_of(request, name="once"):
    """The token that a form sent, as `sent` makes it; of a page that has several, one does not stand for another."""
    token = sent(request.POST, request.FILES, name)
    return f"{request.resolver_match.view_name} {request.resolver_match.kwargs} {token}" if token else ""


def sent(data, files, name="once"):
    """A form's own token with all that was typed beside it; "" without one. Who goes back, writes something else and
    sends that as well has not pressed twice.
    """
    token = data.get(name, "")
    return json.dumps([token, *_all(data, files)]) if token else ""


def _all(data, files):
    said = [(name, values) for name, values in data.lists() if name != "csrfmiddlewaretoken"]
    brought = [(name, [(f.name, f.size) for f in found]) for name, found in files.lists()]
    return sorted(said), sorted(brought)


def once_followed(token, make):
    """As `once`, for what its sender follows by a link. → the secret of that link, the same for the same form.

    `make(secret)` stores the record under it, and returns the record.
    """
    if not token:
        secret = secrets.token_urlsafe(24)
    else:
        secret = salted_hmac("portal.once.followed", token, algorithm="sha256").hexdigest()[:32]
    once(token, lambda: make(secret))
    return secret


# ---- a second press that is refused ---------------------------------------------------------------
def pressed_again(get_response):
    """A form sent a second time leads to what its first press made, also where the second is refused because of it:
    its number is taken by now, its day has a record. Only the very same press does: with another word in it, it is
    an attempt of its own, and hears what is wrong. Only for who is signed in: others get links that are secrets.
    """

    def middleware(request):
        response = get_response(request)
        if request.method != "POST" or not request.POST.get("once") or not request.user.is_authenticated:
            return response
        if response.status_code == 302 and not leads_to_sign_in(response):
            Once.objects.get_or_create(digest=_press(request), defaults={"led_to": response.headers["Location"]})
        elif response.status_code in (409, 422) and (first := Once.objects.filter(digest=_press(request)).first()):
            for _said in messages.get_messages(request):  # why the second was refused is no news
                pass
            messages.info(request, _("This was sent before; nothing was made a second time. Here is what came of it."))
            return HttpResponseRedirect(first.led_to)
        return response

    return middleware


def _press(request):
    """The digest of who sent what to which address."""
    press = ["press", request.user.pk, request.get_full_path(), *_all(request.POST, request.FILES)]
    return hashlib.sha256(json.dumps(press).encode()).hexdigest()
