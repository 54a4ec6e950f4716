"""How often one address may send a public form: counted in the database's cache, forgotten after the hour."""

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac

HOUR = 3600


def is_too_often(request, what, most):
    """True when this address has sent `what` more than `most` times within the hour. Keeps a digest, no address."""
    address = request.META.get("REMOTE_ADDR", "")
    key = f"limit-{what}-{salted_hmac('portal.limits', address, secret=settings.SECRET_KEY).hexdigest()[:32]}"
    if cache.add(key, 1, HOUR):
        return most < 1
    try:
        return cache.incr(key) > most
    except ValueError:  # the hour ended between the two
        return False
