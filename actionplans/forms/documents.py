"""A document of a working group or a meeting: a link, or a few lines."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..models import Document
from ..models.documents import https_only


class DocumentForm(forms.ModelForm):
    link = forms.URLField(
        label=_("link"),
        required=False,
        max_length=400,
        assume_scheme="https",
        validators=[https_only],
        help_text=_("Where the document lies, beginning with https://. Files themselves are not kept here."),
    )

    class Meta:
        model = Document
        fields = ["title", "link", "text"]
        widgets = {"text": forms.Textarea({"rows": 4, "maxlength": 2000})}
        help_texts = {"text": _("Instead of a link, or besides. No person's name, nothing about anybody's health.")}

    def clean(self):
        given = super().clean() or self.cleaned_data
        if not given.get("link") and not given.get("text") and not {"link", "text"} & set(self.errors):
            self.add_error("link", gettext("Give a link, or write a few lines."))
        return given
