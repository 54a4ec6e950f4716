"""What a coordinator answers. Each form carries the version that was looked at."""

from datetime import timedelta

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.days import DayField

MOST = 2**31 - 1


class VersionForm(forms.Form):
    """`revision` is that of the proposal, where there is one."""

    version = forms.IntegerField(min_value=0, max_value=MOST, widget=forms.HiddenInput)
    revision = forms.IntegerField(min_value=0, max_value=MOST, required=False, widget=forms.HiddenInput)


class PublishForm(VersionForm):
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


class RevertForm(VersionForm):
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
