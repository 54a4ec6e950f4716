"""A self-help group somebody would like to start, or to reach, without an account; and what is answered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Settlement
from portal import languages
from portal.models import Term, Vocabulary
from portal.robots import OpenForm

from ..models import SelfHelpRequest

ADDRESS_HELP = _(
    "We need it to answer you. Without one the answer stands on the page you see next. It is erased thirty days "
    "after the answer, and after a year at the latest."
)


class StartForm(OpenForm, forms.ModelForm):
    """Asks for nothing about the person: a topic, a village, and what would help."""

    helps = forms.MultipleChoiceField(
        label=_("What would help you to begin?"),
        choices=SelfHelpRequest.Help.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = SelfHelpRequest
        fields = ["topic", "theme", "settlement", "helps", "email"]
        labels = {
            "topic": _("What should the group be about?"),
            "theme": _("Or in a few words of your own"),
            "settlement": _("Where should it meet?"),
        }
        help_texts = {
            "theme": _("For example: evenings for those who care for somebody. Please nothing about your own health."),
            "email": ADDRESS_HELP,
        }
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "email"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        topics = Term.objects.of(Vocabulary.TOPIC).filter(is_active=True)
        fields["topic"].queryset, fields["topic"].empty_label = topics.order_by("order", "slug"), "—"
        fields["theme"].widget.attrs["maxlength"] = 120
        places = Settlement.objects.select_related("municipality")
        fields["settlement"].queryset = places
        by_name = sorted(places, key=lambda place: languages.sort_key(place.name))
        fields["settlement"].choices = [("", _("anywhere near")), *((place.pk, place.name) for place in by_name)]
        # Where several groups work, the place says which of them is asked.
        if Group.objects.count() > 1 and by_name:
            fields["settlement"].required = True
            fields["settlement"].choices = [("", "—"), *fields["settlement"].choices[1:]]

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("topic") and not cleaned.get("theme") and not {"topic", "theme"} & set(self.errors):
            self.add_error("topic", _("Choose a topic, or write a few words of your own."))
        return cleaned


class WriteForm(OpenForm, forms.ModelForm):
    """A message to a self-help group; its people answer without showing who they are."""

    words = forms.CharField(
        label=_("Your message"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 600}),
        help_text=_("You need not say why you ask. Please nothing about your own health or about other people."),
    )

    class Meta:
        model = SelfHelpRequest
        fields = ["words", "email"]
        help_texts = {"email": ADDRESS_HELP}
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "email"})}


class SelfHelpAnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Your answer"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("In the language of whoever asked. Say when and where one can meet, or whom to ring."),
    )
