"""Who confirmed a record by telephone, in person or on paper, when the coordinator writes it down."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models.checked import Role, Way


class OnBehalfForm(forms.Form):
    way = forms.ChoiceField(label=_("How did you hear it?"), choices=Way.choices, widget=forms.RadioSelect)
    role = forms.ChoiceField(
        label=_("Who said so?"),
        choices=Role.choices,
        widget=forms.RadioSelect,
        help_text=_("Everybody reads how and by which role it was confirmed, never a name."),
    )
