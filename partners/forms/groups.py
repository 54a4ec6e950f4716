"""A new group: what it is called and for, where, with whom, by which rules, and who begins."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import addresses, languages
from portal.days import DayField
from portal.models import Term, Vocabulary
from portal.record_form import RecordForm

from .. import founding
from ..models import Group, Municipality, Organisation


class StandingForm(forms.Form):
    """Where a group stands in the network: as it is, or a move that its table has. `was` is what one looked at."""

    standing = forms.ChoiceField(label=_("Where it stands in the network"))
    since = DayField(label=_("Since when"), initial=timezone.localdate)
    was = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, group):
        super().__init__(data, initial={"standing": group.standing, "was": self.seen(group)})
        if group.since:
            self.initial["since"] = group.since
        known = (group.standing, *Group.STANDING_NEXT[group.standing])
        choices = [(value, label) for value, label in Group.Standing.choices if value in known]
        self.fields["standing"].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def seen(group):
        return f"{group.standing} {group.standing_since or ''}"


class GroupForm(RecordForm):
    """Creates the group, its working groups and the first organisation, and invites who is to coordinate it."""

    TRANSLATED = ("name", "purpose")
    LONG = ("purpose",)
    municipalities = forms.ModelMultipleChoiceField(
        Municipality.objects.none(),
        label=_("Municipalities"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    new_municipalities = forms.CharField(
        label=_("Municipalities that are not in the list"),
        required=False,
        max_length=1000,
        help_text=_("One a line."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    sectors = forms.ModelMultipleChoiceField(
        Term.objects.none(),
        label=_("Sectors you want partners from"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The check-list says which of them have no partner yet."),
    )
    bodies = forms.MultipleChoiceField(
        label=_("Working groups to begin with"), required=False, widget=forms.CheckboxSelectMultiple
    )
    more_bodies = forms.CharField(
        label=_("Other working groups"),
        required=False,
        max_length=1000,
        help_text=_("One a line."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation that coordinates"), required=False
    )
    new_organisation = forms.CharField(label=_("or a new organisation: its name"), required=False, max_length=160)
    sector = forms.ModelChoiceField(Term.objects.none(), label=_("Sector of the new organisation"), required=False)
    coordinator = forms.EmailField(label=_("E-mail address of the coordinator"), max_length=254)
    adviser = forms.EmailField(label=_("E-mail address of an adviser, if there is one"), required=False, max_length=254)
    data_steward = forms.EmailField(
        label=_("E-mail address of a data steward, if there is one"), required=False, max_length=254
    )
    mail_language = forms.ChoiceField(label=_("Language of the invitations"), choices=settings.LANGUAGES)

    class Meta:
        model = Group
        fields = [
            *languages.columns("name", "purpose"),
            "reviews_programmes",
            "reviews_edits",
            "accepts_signals",
        ]

    # The page shows the fields in these groups; texts in five languages come first.
    PARTS = (
        (_("Where"), ("municipalities", "new_municipalities")),
        (_("With whom"), ("sectors", "bodies", "more_bodies")),
        (_("Rules"), ("reviews_programmes", "reviews_edits", "accepts_signals")),
        (
            _("Who begins"),
            ("organisation", "new_organisation", "sector", "coordinator", "adviser", "data_steward", "mail_language"),
        ),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        sectors = Term.objects.of(Vocabulary.SECTOR).filter(is_active=True)
        by_name = lambda record: languages.sort_key(str(record))
        fields: Any = self.fields
        fields["municipalities"].queryset = Municipality.objects.all()
        fields["organisation"].queryset = Organisation.objects.visible_to(user)
        organisations = sorted(fields["organisation"].queryset, key=by_name)
        fields["organisation"].choices = [("", "—"), *((o.pk, str(o)) for o in organisations)]
        fields["sectors"].queryset = fields["sector"].queryset = sectors
        fields["sector"].empty_label = "—"
        fields["bodies"].choices = [(slug, _(name)) for slug, name in founding.BODIES.items()]
        fields["mail_language"].initial = languages.active()
        if not Municipality.objects.exists():
            del fields["municipalities"]

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if not any(cleaned.get(name) for name in languages.columns("purpose")):
            first = f"purpose_{languages.active()}"
            self.add_error(first, self.fields[first].error_messages["required"])
        if not cleaned.get("municipalities") and not cleaned.get("new_municipalities", "").strip():
            first = "municipalities" if "municipalities" in self.fields else "new_municipalities"
            self.add_error(first, _("Choose a municipality, or write the name of one that is not in the list."))
        if not cleaned.get("organisation"):
            if not cleaned.get("new_organisation"):
                self.add_error("organisation", _("Choose an organisation, or write the name of a new one below."))
            elif not cleaned.get("sector") and "sector" not in self.errors:
                self.add_error("sector", self.fields["sector"].error_messages["required"])
        return cleaned

    def save(self, commit=True):
        name = languages.resolve(self.instance, "name")[0]
        return addresses.save_new(self.instance, name)

    def saved(self, record):
        founding.found(record, self.user, {"municipalities": (), **self.cleaned_data})

    def texts(self):
        """[(name, [(code, bound field)])] of the texts in five languages."""
        return [(name, [(code, self[f"{name}_{code}"]) for code in languages.CODES]) for name in self.TRANSLATED]

    @property
    def is_draft(self):
        """Says of no field that it is optional: a name in one of five languages is not."""
        return True

    def parts(self):
        """[(title, [bound field])]"""
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in self.PARTS]
