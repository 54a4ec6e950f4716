"""BroughtPicture: a form with a picture, which is checked and made anew while the form is."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import pictures
from .record_form import RecordForm


class BroughtPicture(RecordForm):
    """`stored` is what became of the picture (pictures.Stored); None where none was sent, or something is wrong."""

    is_logo = False
    is_too_large = False
    stored: Any = None
    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP, at most 8 megabytes. Where and with what it was taken is removed."),
        widget=forms.ClearableFileInput({"accept": "image/jpeg,image/png,image/webp"}), required=False,
    )  # fmt: skip
    may_publish = forms.BooleanField(
        label=_("I may publish this picture, and everybody who can be recognised in it agrees."), required=False
    )
    field_order = ["picture", "may_publish"]

    @property
    def has_picture(self):
        """Is there one already, so that words alone may be changed?"""
        return bool(self.instance.pk)

    def clean(self):
        given = super().clean()
        file = given.get("picture")
        if not file and not self.has_picture and "picture" not in self.errors:
            self.add_error("picture", gettext("Choose a picture."))
        if file and not given.get("may_publish"):
            self.add_error("may_publish", gettext("Without this we may not show the picture."))
        if file and not self.errors:
            self._store(file)
        return given

    def _store(self, file):
        try:
            self.stored = pictures.store(file, self.is_logo)
        except ValidationError as error:
            self.is_too_large = isinstance(error, pictures.TooLarge)
            self.add_error("picture", error)

    def answer(self):
        form, status = super().answer()
        return form, 413 if self.is_too_large else status
