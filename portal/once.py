"""A form that creates something does so once, however often its button is pressed."""

import hashlib
import secrets

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from portal.models import Once


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


def token_of(request):
    """The token of a form on a page that has several: one that comes back with errors does not stand for another."""
    token = request.POST.get("once", "")
    return f"{request.resolver_match.view_name} {request.resolver_match.kwargs} {token}" if token else ""


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
