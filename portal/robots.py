"""Forms that anybody may send, without an account: what tells a robot from a person, and how often is too often."""

import time

from allauth.core.internal.ratelimit import get_ip
from django import forms
from django.core import signing
from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

SALT = "programmes.reports"
FASTEST = 3  # seconds in which no person reads and fills in a form
HOUR = 3600


class OpenForm(forms.Form):
    """`website` is for robots only; `opened` says, signed, when the form was shown."""

    website = forms.CharField(required=False, label=_("Leave this empty"))
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial["opened"] = signing.dumps(time.time(), salt=SALT)

    def shown(self):
        """The fields for people."""
        return [field for field in self.visible_fields() if field.name != "website"]

    @property
    def is_from_a_robot(self):
        """True when the trap was filled in, or the form came back faster than a person writes, or was never shown."""
        if self.data.get("website"):
            return True
        try:
            opened = signing.loads(self.data.get("opened", ""), salt=SALT, max_age=24 * HOUR)
        except signing.SignatureExpired:
            return False
        except signing.BadSignature:
            return True
        return time.time() - opened < FASTEST


def is_too_often(request, kind, most=5):
    """True for the sixth of a kind in an hour. Counts by a keyed digest of address and hour; keeps no address.
    Of an IPv6 address only the network counts: a household has as many of them as it likes.

    Each of the hour takes one of its places. `add` is one statement that only one of two can win, while a number
    that is read and written back would let all those through who read it at the same time.
    """
    address = get_ip(request)
    hour = f"{timezone.now():%Y%m%d%H}"
    key = f"{kind}:{salted_hmac('portal.robots', address + hour, algorithm='sha256').hexdigest()}"
    return not any(cache.add(f"{key}:{place}", 1, HOUR) for place in range(most))
