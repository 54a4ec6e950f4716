"""Who takes over what a person holds, and when their seats end."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.days import DayField

from .. import leaving

NOBODY = "nobody"


class LeavingForm(forms.Form):
    """`everything` is who takes over where nothing else is chosen; a field a thing, named by its key."""

    ends_on = DayField(
        label=_("Last day"),
        help_text=_("Until then the seats go on, and that day included."),
    )
    is_draft = True  # a field that is left empty means "as above", not that it does not matter
    everything = forms.ChoiceField(label=_("Who takes over?"), required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, leave, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = leaving.collected(leave)
        self.others = leaving.successors(leave)
        self.users = {str(user.pk): user for user, _works_for in self.others}
        self.held = {held.key: held for _source, rows in self.rows for held in rows}
        own = {m.organisation_id for m in leave.memberships.filter(seats__user=leave.person)}
        everything: Any = self.fields["everything"]
        everything.choices = [("", "—"), *self._people(own)]
        for key, held in self.held.items():
            choices = [(NOBODY, _("nobody"))]
            if not held.is_optional:
                choices.insert(0, ("", _("as chosen above")))
            self.fields[key] = forms.ChoiceField(
                label=held.say(), choices=[*choices, *self._people({held.organisation}, held.is_theirs)], required=False
            )
        self.initial.setdefault("seen", leaving.seen(self.rows))

    def _people(self, first, only=False):
        """Choices of successors: those who work for one of these organisations first."""
        own = [(str(user.pk), str(user)) for user, works_for in self.others if works_for & first]
        rest = [(str(user.pk), str(user)) for user, works_for in self.others if not works_for & first]
        return own if only or not rest else [*own, *rest]

    def clean_ends_on(self):
        day = self.cleaned_data["ends_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("The last day cannot be in the past: choose today or a later one."))
        return day

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        for key, held in self.held.items():
            if key not in cleaned:
                continue
            chosen = cleaned[key] or (NOBODY if held.is_optional else cleaned.get("everything"))
            if not chosen and "everything" not in self.errors:
                self.add_error(key, _("Choose who takes this over, or nobody."))
            elif chosen and chosen not in {value for value, _words in self.fields[key].choices}:  # type: ignore[attr-defined]
                self.add_error(
                    key, _("This person does not work for that organisation: choose somebody else, or nobody.")
                )
            cleaned[key] = chosen
        return cleaned

    def _offered(self, key):
        field: Any = self.fields[key]
        return {value for value, _words in field.choices}

    def wanted(self):
        """{key: successor} of a valid form."""
        return {key: self.users[self.cleaned_data[key]] for key in self.held if self.cleaned_data[key] in self.users}

    def left(self):
        """[words] of what nobody has once a valid form is confirmed, but what nobody need have."""
        given = self.wanted()
        return [held.say() for key, held in self.held.items() if key not in given and not held.is_optional]

    def sections(self):
        """[(title, [bound field])] for the page."""
        return [(source.title, [self[held.key] for held in rows]) for source, rows in self.rows]
