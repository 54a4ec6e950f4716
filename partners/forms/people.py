"""Forms of people: invitation, its answer, the account, a seat, a membership."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import languages, outbox
from portal.models import MailRhythm
from portal.record_form import RecordForm

from ..invitation_mail import renewed
from ..models import Invitation, Membership, Seat, User, inviting, roles_to_give
from ..models.organisations import https_only
from ..people import change_membership, change_seat


class MembershipField(forms.ModelChoiceField):
    def label_from_instance(self, membership):
        return str(membership.organisation)


MAY: dict[str, Any] = {
    Seat.Role.COORDINATOR: _(
        "Looks after the whole group: reviews and publishes, invites people, runs meetings, keeps needs, plan and "
        "measures."
    ),
    Seat.Role.REPRESENTATIVE: _(
        "Speaks for the organisation: answers what it is asked, scores needs, keeps its pages, invites its people."
    ),
    Seat.Role.DEPUTY: _("Does what the representative does, but invites nobody."),
    Seat.Role.EDITOR: _("Keeps programmes, places and profile of the organisation, and reports on what it leads."),
    Seat.Role.ADVISER: _(
        "Accompanies the group: reads what its members read, proposes for the agenda, keeps no pages."
    ),
    Seat.Role.DATA_STEWARD: _(
        "Looks after figures: enters and imports them, and writes down what a need rests on. Others approve them."
    ),
}
"""What a seat of each role may do, in a sentence for whoever gives it."""


def said_of(field):
    """[(role, what it may do)] of the roles that a field offers."""
    return [(label, MAY[value]) for value, label in field.choices if value in MAY]


class InvitationForm(forms.ModelForm):
    """Whom to invite into which seat; offers only what `user` may give."""

    class Meta:
        model = Invitation
        fields = ["email", "membership", "role", "language"]
        labels = {"email": _("E-mail address")}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        memberships = inviting(user).select_related("organisation", "group")
        self.fields["membership"] = MembershipField(memberships, label=_("For which organisation?"))
        self.fields["email"].widget.attrs["autocomplete"] = "off"
        given = {role for membership in memberships for role in roles_to_give(user, membership)}
        self.fields["role"] = forms.ChoiceField(
            label=_("Role"), choices=[("", "—"), *((r.value, r.label) for r in Seat.Role if r in given)]
        )
        self.fields["language"].initial = languages.active()
        self.fields["language"].show_hidden_initial = False
        if len(memberships) == 1:
            self.fields["membership"].initial = memberships[0]
        self.roles = said_of(self.fields["role"])

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        membership, role = cleaned.get("membership"), cleaned.get("role")
        if membership and role and role not in roles_to_give(self.user, membership):
            self.add_error("role", _("You may not give this role in this organisation."))
        return cleaned

    def save(self, commit=True):
        """The invitation with its token; the one that is open already is renewed, so nobody is invited twice."""
        self.instance.invited_by = self.user
        return renewed(self.instance)

    def validate_constraints(self):
        """That one is open already is no error: it is sent again."""


class NewPersonForm(forms.Form):
    """What a person who was invited tells about themselves."""

    full_name = forms.CharField(label=_("Your name"), max_length=120)
    language = forms.ChoiceField(label=_("Language of the portal and of mails"), choices=settings.LANGUAGES)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters; three or four words that do not belong together are good."),
    )

    def __init__(self, *args, email, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["full_name"].widget.attrs["autocomplete"] = "name"

    def clean_password(self):
        password = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, full_name=self.cleaned_data.get("full_name", "")))
        return password


class AccountForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["full_name", "phone", "language", *languages.columns("expertise"), "is_listed"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].show_hidden_initial = False
        # One language of "ask me about" is enough to begin with: the person's own stands first.
        own = f"expertise_{self.instance.language}"
        rest = [name for name in languages.columns("expertise") if name != own]
        self.order_fields(["full_name", "phone", "language", own, *rest, "is_listed"])
        for code, name in settings.LANGUAGES:
            self.fields[f"expertise_{code}"].label = gettext("Ask me about (%(language)s)") % {"language": name}
        self.fields["full_name"].widget.attrs["autocomplete"] = "name"
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"


class MailsForm(forms.Form):
    """How often mail comes, and a box for each topic that can be switched off."""

    how = forms.ChoiceField(label=_("How often"), choices=MailRhythm.How, widget=forms.RadioSelect, required=False)
    weekday = forms.TypedChoiceField(
        label=_("On which day, if once a week"), coerce=int, empty_value=None, choices=WEEKDAYS.items(), required=False
    )
    topics = forms.MultipleChoiceField(
        label=_("Send me"), required=False, widget=forms.CheckboxSelectMultiple, choices=[]
    )

    def __init__(self, data=None, *, user):
        super().__init__(data)
        self.user = user
        self.slugs = [topic.slug for topic in outbox.topics()]
        off = user.switched_off.values_list("topic", flat=True)
        for field in self.fields.values():
            field.is_needed = True  # type: ignore[attr-defined]  # each has an answer already: none is called optional
        self.fields["topics"].choices = [(topic.slug, topic.label) for topic in outbox.topics()]  # type: ignore[attr-defined]
        self.now = outbox.rhythm(user.pk)
        wanted = [slug for slug in self.slugs if slug not in off]
        self.initial = {"topics": wanted, "how": self.now.how, "weekday": self.now.weekday}

    def save(self):
        how, weekday = self.cleaned_data["how"], self.cleaned_data["weekday"]
        outbox.choose(self.user, how or self.now.how, self.now.weekday if weekday is None else weekday)
        wanted = self.cleaned_data["topics"]
        outbox.switch(self.user, wanted, is_on=True)
        outbox.switch(self.user, [slug for slug in self.slugs if slug not in wanted], is_on=False)


class SeatForm(RecordForm):
    """Role and term of somebody's seat. A seat has no version: what the form was opened on is compared itself."""

    class Meta:
        model = Seat
        fields = ["role", "starts_on", "ends_on"]

    def prepare(self, user):
        self._user = user
        given = roles_to_give(user, self.instance.membership)
        choices = [(r.value, r.label) for r in Seat.Role if r in given or r == self.instance.role]
        self.fields["role"] = forms.ChoiceField(label=_("Role"), choices=choices)
        self.roles = said_of(self.fields["role"])

    def _write(self):
        names, seat = self.Meta.fields, Seat.objects.get(pk=self.instance.pk)
        still = lambda now: all(self.is_as_opened(name, getattr(now, name)) for name in names)
        change_seat(seat, self._user, **{name: self.cleaned_data[name] for name in names}, still=still)


class MembershipForm(RecordForm):
    """Since when an organisation belongs to the group, until when, and by which mandate. Compared as a seat is."""

    class Meta:
        model = Membership
        fields = ["joined_on", "mandate", "mandate_link", "left_on"]
        error_messages = {"mandate_link": {"invalid": https_only.message}}

    def _write(self):
        names, membership = self.Meta.fields, Membership.objects.get(pk=self.instance.pk)
        still = lambda now: all(self.is_as_opened(name, getattr(now, name)) for name in names)
        change_membership(membership, {name: self.cleaned_data[name] for name in names}, still)
