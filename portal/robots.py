"""A public form that no robot fills in by accident: a trap, and a clock."""

import time

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

SALT = "portal.robots"
FASTEST = 3  # seconds in which no person reads and fills in a form


class RobotTrap(forms.Form):
    """`website` is for robots only; `opened` says, signed, when the form was shown."""

    website = forms.CharField(required=False, label=_("Leave this empty"))
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial["opened"] = signing.dumps(time.time(), salt=SALT)

    @property
    def is_from_a_robot(self):
        """True when the trap was filled in, or the form came back faster than a person writes, or was never shown."""
        if self.data.get("website"):
            return True
        try:
            opened = signing.loads(self.data.get("opened", ""), salt=SALT, max_age=24 * 3600)
        except signing.SignatureExpired:
            return False
        except signing.BadSignature:
            return True
        return time.time() - opened < FASTEST
