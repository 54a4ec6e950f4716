"""A form that creates something does so once, however often its button is pressed."""

import hashlib

from django.db import IntegrityError, transaction

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
