"""What a reader reports, without an account; and what is answered."""

import time

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from ..models import ProblemReport

SALT = "programmes.reports"
FASTEST = 3  # seconds in which no person reads and fills in the form


class ReportForm(forms.ModelForm):
    """`website` is for robots only; `opened` says, signed, when the form was shown."""

    website = forms.CharField(required=False, label=_("Leave this empty"))
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ProblemReport
        fields = ["kind", "text", "email"]
        widgets = {
            "kind": forms.RadioSelect,
            "text": forms.Textarea(attrs={"rows": 5, "maxlength": 2000}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
        help_texts = {
            "text": _("Please nothing about your own health or about other people: we only want to mend the page."),
            "email": _(
                "Only if you want an answer. It is erased thirty days after it, and after a year at the latest."
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = ProblemReport.Kind.choices  # type: ignore[attr-defined]
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


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer to the reader"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
