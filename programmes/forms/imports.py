"""The form with which a table is brought."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal import spreadsheets

from ..imports.kinds import KINDS, choices, groups_of_tables
from ..imports.saving import begin
from ..models import Import


class GroupForm(forms.Form):
    """Of which group; asked only where the person has several to choose from."""

    def __init__(self, *args, user, groups=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.groups = user, groups_of_tables(user) if groups is None else groups
        found = list(self.groups[:2])
        field = forms.ModelChoiceField(
            self.groups, label=_("Group"), empty_label=None, initial=found[0] if found else None
        )
        if len(found) == 1:
            field.widget, field.required = forms.HiddenInput(), False
        self.fields["group"] = field

    def chosen(self):
        """The group of a valid form: the one chosen, else the only one."""
        return self.cleaned_data.get("group") or self.groups.get()


class ImportForm(GroupForm):
    kind = forms.ChoiceField(label=_("What is in the table?"), choices=Import.Kind, widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("Table"),
        widget=forms.FileInput({"accept": ".csv,.xlsx,.txt"}),
        help_text=_("CSV or XLSX, at most 5 MB and 5,000 rows."),
    )
    record: Any = None
    status = 200  # to answer with when it is shown again

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        found = choices(self.user)
        self.fields["kind"].choices = found  # type: ignore[attr-defined]
        self.fields["kind"].initial = next((name for name, _label in found), "")
        if any(KINDS[name].names_group for name, _label in found) and not self.fields["group"].widget.is_hidden:
            self.fields["group"].required = False
            self.fields["group"].help_text = _("A table of all groups of the region says it in each row.")

    def clean(self):
        given = super().clean() or self.cleaned_data
        if not self.errors and not KINDS[given["kind"]].names_group:
            self._check_group(given)
        if not self.errors:
            try:
                self.record = self._begin(given)
            except spreadsheets.Refused as error:
                self.status = error.status
                self.add_error("file", ValidationError(error.sentence))
        else:
            self.status = 422
        return given

    def _check_group(self, given):
        """Of which group it is; one need not say where each row does."""
        if not given.get("group") and len(self.groups[:2]) > 1:
            self.add_error("group", ValidationError(self.fields["group"].error_messages["required"]))
        elif not KINDS[given["kind"]].groups(self.user).filter(pk=self.chosen().pk).exists():
            self.add_error("group", ValidationError(_("You may not bring such a table for this group.")))

    def _begin(self, given):
        file = given["file"]
        if file.size > spreadsheets.MOST_BYTES:
            raise spreadsheets.Refused(_("The file is larger than 5 MB. Split it into several files."), 413)
        table = spreadsheets.read(file.name, file.read())
        group = None if KINDS[given["kind"]].names_group else self.chosen()
        return begin(given["kind"], self.user, group, file.name, table)
