"""An institution asks for a visit, without an account; and what it is answered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Settlement
from portal import languages
from portal.robots import OpenForm
from portal.templatetags.portal import named

from ..models import VisitRequest


class _Which(forms.ModelChoiceField):
    def label_from_instance(self, programme):
        return named(programme)  # one that is not in the reader's language says so


class VisitForm(OpenForm, forms.ModelForm):
    """Asks for the institution, not for the person who writes; and, with programmes to choose from, for which."""

    which = _Which(
        label=_("What would you like at your place?"), queryset=None, empty_label=None, widget=forms.RadioSelect
    )
    people = forms.IntegerField(
        label=_("How many people, about?"),
        required=False,
        min_value=1,
        max_value=5000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    class Meta:
        model = VisitRequest
        fields = ["institution", "kind", "settlement", "people", "words", "email", "phone"]
        labels = {
            "institution": _("Name of the institution"),
            "kind": _("What kind of institution is it?"),
            "settlement": _("Where should we come?"),
            "words": _("When would it suit you, and what matters to you?"),
            "email": _("E-mail address of the institution"),
            "phone": _("Telephone of the institution"),
        }
        help_texts = {
            "words": _("For example: two classes, a morning in April. Please nothing about single people."),
            "email": _("We need it to answer you. It is erased thirty days after the answer."),
        }
        widgets = {
            "institution": forms.TextInput(attrs={"autocomplete": "organization"}),
            "words": forms.Textarea(attrs={"rows": 4, "maxlength": 600}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        }

    field_order = ["which"]

    def __init__(self, *args, programmes=None, **kwargs):
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        if programmes is None:
            del fields["which"]
        else:
            fields["which"].queryset = programmes
        fields["email"].required = True
        fields["kind"].choices = [("", "–"), *VisitRequest.Kind.choices]
        places = sorted(Settlement.objects.all(), key=lambda place: languages.sort_key(place.name))
        fields["settlement"].choices = [("", "–"), *((place.pk, place.name) for place in places)]

    def clean(self):
        given = super().clean() or self.cleaned_data
        if which := given.get("which"):
            self.instance.programme = which
        return given


class VisitAnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Your answer"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("In the language of whoever asked. Say when you can come, or why not now and what else there is."),
    )
