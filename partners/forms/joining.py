"""A request to take part, which anybody may send, and its answer."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal import languages
from portal.models import Term, Vocabulary
from portal.robots import OpenForm

from ..models import Group, JoinRequest, Organisation


class JoinForm(OpenForm, forms.ModelForm):
    class Meta:
        model = JoinRequest
        fields = ["group", "name", "offer", "email", "language"]
        labels = {
            "group": _("Which group?"),
            "name": _("Name of your organisation or business"),
            "offer": _("What do you do, and what would you bring?"),
            "email": _("E-mail address of the contact person"),
            "language": _("In which language shall we answer?"),
        }
        help_texts = {
            "name": _("You come on your own? Then your name."),
            "offer": _("People, rooms, knowledge, an hour a month: a few sentences are enough."),
            "email": _("We need it to answer you. It is erased thirty days after the answer."),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "offer": forms.Textarea(attrs={"rows": 5, "maxlength": 2000}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        groups = sorted(Group.objects.taking_part(), key=lambda group: languages.sort_key(str(group)))
        if len(groups) > 1:
            choices = [("", "—"), *((group.pk, str(group)) for group in groups)]
            self.fields["group"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["group"]
            self.instance.group = groups[0] if groups else None
        self.fields["email"].required = True
        self.fields["language"] = forms.ChoiceField(
            label=self.fields["language"].label, choices=settings.LANGUAGES, initial=languages.active()
        )


class AcceptForm(forms.Form):
    """`which`: an organisation that is known already, or a new one. `alike` come first and none is chosen for you."""

    NEW = "new"
    is_draft = True  # whether name and sector are needed depends on the first answer
    which = forms.ChoiceField(label=_("Which organisation is it?"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name"), max_length=160, required=False)
    sector = forms.ModelChoiceField(Term.objects.none(), label=_("Sector"), required=False)
    answer = forms.CharField(
        label=_("A sentence of welcome"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the mail that says yes."),
    )

    def __init__(self, *args, asked, alike, **kwargs):
        super().__init__(*args, **kwargs)
        self.alike = alike
        which: Any = self.fields["which"]
        which.choices = [*((str(o.pk), str(o)) for o in alike), (self.NEW, _("A new organisation"))]
        if not alike:
            which.initial = self.NEW
            which.widget = forms.HiddenInput()
        sector: Any = self.fields["sector"]
        sector.empty_label = "—"
        sector.queryset = Term.objects.of(Vocabulary.SECTOR).filter(is_active=True)
        self.fields["name"].initial = asked.name
        self.fields["name"].widget.attrs["lang"] = asked.language

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("which") == self.NEW:
            for name in ("name", "sector"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
        return cleaned

    def chosen(self):
        """Arguments for joining.accept, of a valid form."""
        which = self.cleaned_data["which"]
        if which == self.NEW:
            return {name: self.cleaned_data[name] for name in ("name", "sector", "answer")}
        known: Organisation = next(o for o in self.alike if str(o.pk) == which)
        return {"known": known, "answer": self.cleaned_data["answer"]}


class DeclineForm(forms.Form):
    answer = forms.CharField(
        label=_("A friendly sentence: why not, or not now"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is sent by mail, without your name."),
    )
    prefix = "decline"
