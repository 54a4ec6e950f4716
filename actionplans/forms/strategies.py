"""A strategy, its objectives and plans; and what people say about a draft."""

from django import forms
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Membership, Organisation, Seat
from portal import languages, placeholders
from portal.days import DayField
from portal.models import Term, Vocabulary
from portal.record_form import RecordForm
from portal.robots import OpenForm
from portal.stale import StaleObject

from ..models import (
    ActionPlan,
    Amendment,
    Comment,
    Indicator,
    Need,
    Objective,
    PlanTargetGroup,
    Strategy,
    StrategyValue,
)
from ..personal import refuse_persons
from ..voices import Voice


def refuse_placeholders(form, fields, *plain):
    """Puts an error at each text that everybody would read with a placeholder in it; `plain` have one language."""
    for name in [*languages.columns(*fields), *plain]:
        for words in placeholders.find(form.cleaned_data.get(name))[:1]:
            form.add_error(name, _("A real text is missing instead of “%(words)s”.") % {"words": words})


LEGAL_TEXTS = ("legal_basis", "legal_body")
SAME_DAY = _("Another strategy of the group comes into force on this day.")


def legal_link():
    """The field for the address at which a legal basis can be read."""
    label = _("where the legal basis can be read")
    return forms.URLField(label=label, required=False, max_length=300, assume_scheme="https")


class AmendingForm(RecordForm):
    """Of a strategy or a part of it: once it is approved, a change needs its reason, which everybody reads."""

    def prepare(self, strategy, user):
        self._strategy, self._user = strategy, user
        if strategy is not None and self.is_frozen(strategy):
            self.fields["amendment"] = forms.CharField(
                label=_("What do you change, and why?"),
                widget=forms.Textarea({"rows": 3}),
                help_text=_("It was approved already: this sentence stands on its page, with today’s date."),
            )

    def clean(self):
        """What everybody reads already has no placeholder in it."""
        cleaned = super().clean()
        if self._strategy is not None and self._strategy.status in Strategy.PUBLIC:
            refuse_placeholders(self, self.TRANSLATED)
        return cleaned

    def is_frozen(self, strategy):
        """Whether what the form changes is approved, as it stands in the database when a record of it is held."""
        return strategy.is_frozen

    def saved(self, record):
        """Raises StaleObject when it was approved since the form was made: then a reason is due that nobody asked."""
        if self._strategy is not None and self.is_frozen(self._strategy.hold()) and "amendment" not in self.fields:
            raise StaleObject(record)
        if reason := self.cleaned_data.get("amendment"):
            text = {f"reason_{languages.active()}": reason}
            Amendment.objects.create(strategy=self._strategy, made_by=self._user, **text)


class StrategyForm(AmendingForm):
    TRANSLATED = ("title", "vision", *LEGAL_TEXTS)
    LONG = ("vision", "legal_basis")
    QUESTIONS = (
        ("what", _("What do we want to reach?"), ("title", "vision", "values")),
        ("when", _("From when until when?"), ("starts_on", "ends_on", "number")),
        ("legal", _("What does it rest on?"), (*LEGAL_TEXTS, "legal_link")),
    )
    legal_link = legal_link()

    class Meta:
        model = Strategy
        fields = [*languages.columns("title", "vision"), "starts_on", "ends_on", "number",
                  *languages.columns(*LEGAL_TEXTS), "legal_link"]  # fmt: skip

    def prepare(self, strategy, user):
        values = "\n".join(str(v) for v in self.instance.values.all()) if self.instance.pk else ""
        self.fields["values"] = forms.CharField(
            label=_("Values"), required=False, initial=values, widget=forms.Textarea({"rows": 4}),
            help_text=_("One a line, in the language you write in."),
        )  # fmt: skip
        super().prepare(strategy, user)

    def clean(self):
        """The period of an adopted one says when it is in force: no other of the group begins that day."""
        cleaned = super().clean()
        if self._strategy is not None and self._strategy.status in Strategy.PUBLIC:
            refuse_placeholders(self, (), "values")
        first, last, adopted = cleaned.get("starts_on"), cleaned.get("ends_on"), self.instance.adopted_on
        if self.instance.status == Strategy.Status.ADOPTED and first and last:
            day = max(first, adopted)
            others = Strategy.objects.adopted().filter(group=self.instance.group_id, first_day=day)
            if others.exclude(pk=self.instance.pk).exists():
                self.add_error("starts_on", SAME_DAY)
            if last < adopted:
                self.add_error("ends_on", _("It was adopted after this day."))
        return cleaned

    def keep(self):
        """False, too, when another one that begins the same day was kept in this very moment."""
        try:
            return super().keep()
        except IntegrityError:
            self.add_error("starts_on", SAME_DAY)
            return False

    def saved(self, record):
        """A value whose words stay keeps its translations."""
        super().saved(record)
        known = {str(value): value for value in record.values.all()}
        wanted = [line.strip()[:160] for line in self.cleaned_data["values"].splitlines() if line.strip()]
        for words, value in known.items():
            if words not in wanted:
                value.delete()
        for order, words in enumerate(wanted):
            if value := known.get(words):
                StrategyValue.objects.filter(pk=value.pk).exclude(order=order).update(order=order)
            else:
                text = {f"words_{languages.active()}": words}
                known[words] = StrategyValue.objects.create(strategy=record, order=order, **text)


class ObjectiveForm(AmendingForm):
    TRANSLATED = ("title", "description")
    LONG = ("description",)
    QUESTIONS = (
        ("what", _("What do we want to reach?"), ("number", "title", "description", "level")),
        ("who", _("Who answers for it?"), ("owner", "owner_seat")),
        ("why", _("Which needs does it answer, and how do we see whether it helps?"), ("needs", "indicators")),
    )

    class Meta:
        model = Objective
        fields = ["number", *languages.columns("title", "description"), "level", "owner", "owner_seat", "needs",
                  "indicators"]  # fmt: skip
        widgets = {"needs": forms.CheckboxSelectMultiple, "indicators": forms.CheckboxSelectMultiple}

    def prepare(self, strategy, user):
        needs = Need.objects.filter(group=strategy.group_id).exclude(status=Need.Status.NOT_PURSUED)
        self.fields["needs"].queryset = needs
        self.fields["indicators"].queryset = Indicator.objects.filter(group=strategy.group_id)
        self.fields["indicators"].required = False
        members = Membership.objects.current().filter(group=strategy.group_id)
        known = [self.instance.owner_id], [self.instance.owner_seat_id]
        owners = Organisation.objects.filter(pk__in=members.values("organisation"))
        self.fields["owner"].queryset = owners | Organisation.objects.filter(pk__in=[n for n in known[0] if n])
        seats = Seat.objects.current().filter(membership__group=strategy.group_id)
        seats = seats | Seat.objects.filter(pk__in=[n for n in known[1] if n])
        self.fields["owner_seat"].queryset = seats.select_related("user", "membership__organisation")
        self.fields["owner_seat"].label_from_instance = _person
        super().prepare(strategy, user)

    def clean(self):
        """Who names only the person means that person's organisation."""
        cleaned = super().clean()
        owner, seat = cleaned.get("owner"), cleaned.get("owner_seat")
        if seat and not owner and "owner" in cleaned:
            cleaned["owner"] = seat.membership.organisation
        elif seat and owner and seat.membership.organisation_id != owner.pk:
            self.add_error("owner_seat", _("This person has no seat for that organisation."))
        return cleaned


def _person(seat):
    """With the role: who coordinates and represents holds two seats of one organisation."""
    return f"{seat.user}, {seat.membership.organisation} ({seat.get_role_display()})"


class OfPlanForm(AmendingForm):
    """Of an action plan or a part of it: it is the plan's own approval that counts."""

    def plan(self):
        return self.instance

    def is_frozen(self, strategy):
        return ActionPlan.objects.filter(pk=self.plan().pk, status__in=ActionPlan.FROZEN).exists()


class PlanForm(OfPlanForm):
    TRANSLATED = ("title", *LEGAL_TEXTS)
    LONG = ("legal_basis",)
    IS_NAMED = False  # its years are enough of a name
    legal_link = legal_link()

    class Meta:
        model = ActionPlan
        fields = [*languages.columns("title"), "starts_on", "ends_on", *languages.columns(*LEGAL_TEXTS), "legal_link"]


class PlanTargetGroupForm(OfPlanForm):
    TRANSLATED = ("reason",)

    class Meta:
        model = PlanTargetGroup
        fields = ["term", *languages.columns("reason")]

    def plan(self):
        return self.instance.plan

    def prepare(self, strategy, user):
        terms = Term.objects.of(Vocabulary.TARGET_GROUP)
        known = Term.objects.filter(pk=self.instance.term_id) if self.instance.term_id else Term.objects.none()
        self.fields["term"].queryset = (terms.filter(is_active=True) | known).order_by("order", "slug")
        super().prepare(strategy, user)

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - {"plan"}  # type: ignore[misc]


class AdoptForm(forms.Form):
    """Which body adopted a strategy, and when."""

    adopted_by = forms.CharField(label=_("Which body adopted it?"), max_length=200)
    adopted_on = DayField(label=_("On which day?"))

    def clean_adopted_on(self):
        day = self.cleaned_data["adopted_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day


class CommentForm(OpenForm, forms.ModelForm):
    class Meta:
        model = Comment
        fields = ["objective", "text", "voice", "signed", "email"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 5, "maxlength": 3000}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
        help_texts = {
            "text": _("Everybody will read it, with what was done about it. Please nothing about anybody’s health."),
            "email": _("Only if you want to hear what was done. It is erased thirty days after the answer."),
        }

    def __init__(self, *args, strategy, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["objective"].queryset = strategy.objectives.all()  # type: ignore[attr-defined]
        self.fields["objective"].empty_label = _("the whole draft")  # type: ignore[attr-defined]
        self.fields["text"].validators.append(refuse_persons)
        self.fields["voice"].choices = [("", _("I do not say")), *Voice.choices]  # type: ignore[attr-defined]


class MemberCommentForm(forms.ModelForm):
    """What a member says of a draft: among members, under their own name."""

    class Meta:
        model = Comment
        fields = ["objective", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4, "maxlength": 3000})}
        help_texts = {"text": _("The members of the group read it, with your name. It is never public.")}

    def __init__(self, *args, strategy, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["objective"].queryset = strategy.objectives.all()  # type: ignore[attr-defined]
        self.fields["objective"].empty_label = _("the whole draft")  # type: ignore[attr-defined]
        self.fields["text"].validators.append(refuse_persons)


class SaidForm(forms.ModelForm):
    """What a member says of a need, a plan or a measure: among members, under their own name."""

    class Meta:
        model = Comment
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4, "maxlength": 3000})}
        help_texts = {"text": _("The members of the group read it, with your name. It is never public.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].validators.append(refuse_persons)


class CommentAnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("What was done with it?"), max_length=3000, widget=forms.Textarea({"rows": 4}), required=False
    )
