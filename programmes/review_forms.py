"""What a coordinator answers. Each form carries the version that was looked at."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from portal.days import DayField

from . import parts

MOST = 2**31 - 1


class VersionForm(forms.Form):
    """`revision` is that of the proposal, where there is one."""

    version = forms.IntegerField(min_value=0, max_value=MOST, widget=forms.HiddenInput)
    revision = forms.IntegerField(min_value=0, max_value=MOST, required=False, widget=forms.HiddenInput)


class PartsField(forms.MultipleChoiceField):
    """Of the parts that are shown. One that somebody decided meanwhile is no mistake of this form: its version is."""

    def valid_value(self, value):
        return value in parts.ALL


class PartsForm(VersionForm):
    """`of` are the parts to choose from (see programmes.parts); of one alone there is nothing to choose."""

    PARTS: Any = ""
    REST: Any = ""

    def __init__(self, *args, of=(), **more):
        super().__init__(*args, **more)
        if len(of) > 1:
            self.fields["parts"] = PartsField(
                label=self.PARTS,
                choices=[(part, capfirst(parts.name(part))) for part in of],
                initial=list(of),
                help_text=self.REST,
                error_messages={"required": _("Tick at least one part.")},
                widget=forms.CheckboxSelectMultiple,
            )
            self.order_fields(["parts"])

    @property
    def chosen(self):
        """{part}; None for all."""
        return set(self.cleaned_data["parts"]) if "parts" in self.cleaned_data else None


class PublishForm(PartsForm):
    PARTS = _("What is to be published?")
    REST = _("What you do not tick stays here as a proposal. You can return it with a note.")

    publish_on = DayField(
        label=_("Publish on"),
        required=False,
        help_text=_("Empty: at once."),
    )

    def clean_publish_on(self):
        day, today = self.cleaned_data["publish_on"], timezone.localdate()
        if day and not today <= day <= today + timedelta(days=366):
            raise forms.ValidationError(_("Choose a day from today to a year ahead."))
        return day if day and day > today else None


class RevertForm(PartsForm):
    PARTS = _("What is to be changed back?")
    REST = _("What you do not tick stays as it is and counts as seen.")

    note = forms.CharField(
        label=_("Why?"),
        max_length=2000,
        required=False,
        validators=[ProhibitNullCharactersValidator()],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever changed it gets a mail with this sentence."),
    )


class ReturnForm(VersionForm):
    note = forms.CharField(
        label=_("What should be different?"),
        max_length=2000,
        validators=[ProhibitNullCharactersValidator()],
        widget=forms.Textarea(attrs={"rows": 4}),
    )
