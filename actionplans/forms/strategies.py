"""A strategy, its objectives and plans; and what people say about a draft."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import languages, placeholders
from portal.record_form import RecordForm
from portal.robots import OpenForm
from portal.stale import StaleObject

from ..models import ActionPlan, Amendment, Comment, Indicator, Need, Objective, Strategy, StrategyValue
from ..personal import refuse_persons
from ..voices import Voice


def refuse_placeholders(form, fields, *plain):
    """Puts an error at each text that everybody would read with a placeholder in it; `plain` have one language."""
    for name in [*languages.columns(*fields), *plain]:
        for words in placeholders.find(form.cleaned_data.get(name))[:1]:
            form.add_error(name, _("A real text is missing instead of “%(words)s”.") % {"words": words})


class AmendingForm(RecordForm):
    """Of a strategy or a part of it: once it is approved, a change needs its reason, which everybody reads."""

    def prepare(self, strategy, user):
        self._strategy, self._user = strategy, user
        if strategy is not None and strategy.is_frozen:
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

    def saved(self, record):
        """Raises StaleObject when it was approved since the form was made: then a reason is due that nobody asked."""
        if self._strategy is not None and self._strategy.hold().is_frozen and "amendment" not in self.fields:
            raise StaleObject(record)
        if reason := self.cleaned_data.get("amendment"):
            text = {f"reason_{languages.active()}": reason}
            Amendment.objects.create(strategy=self._strategy, made_by=self._user, **text)


class StrategyForm(AmendingForm):
    TRANSLATED = ("title", "vision")
    LONG = ("vision",)

    class Meta:
        model = Strategy
        fields = [*languages.columns("title", "vision"), "starts_on", "ends_on", "number"]

    def prepare(self, strategy, user):
        values = "\n".join(str(v) for v in self.instance.values.all()) if self.instance.pk else ""
        self.fields["values"] = forms.CharField(
            label=_("Values"), required=False, initial=values, widget=forms.Textarea({"rows": 4}),
            help_text=_("One a line, in the language you write in."),
        )  # fmt: skip
        super().prepare(strategy, user)

    def clean(self):
        cleaned = super().clean()
        if self._strategy is not None and self._strategy.status in Strategy.PUBLIC:
            refuse_placeholders(self, (), "values")
        return cleaned

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

    class Meta:
        model = Objective
        fields = ["number", *languages.columns("title", "description"), "level", "needs", "indicators"]
        widgets = {"needs": forms.CheckboxSelectMultiple, "indicators": forms.CheckboxSelectMultiple}

    def prepare(self, strategy, user):
        needs = Need.objects.filter(group=strategy.group_id).exclude(status=Need.Status.NOT_PURSUED)
        self.fields["needs"].queryset = needs
        self.fields["indicators"].queryset = Indicator.objects.filter(group=strategy.group_id)
        self.fields["indicators"].required = False
        super().prepare(strategy, user)


class PlanForm(RecordForm):
    class Meta:
        model = ActionPlan
        fields = ["starts_on", "ends_on"]


class AdoptForm(forms.Form):
    """Which body adopted a strategy, and when."""

    adopted_by = forms.CharField(label=_("Which body adopted it?"), max_length=200)
    adopted_on = forms.DateField(label=_("On which day?"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

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


class CommentAnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("What was done with it?"), max_length=3000, widget=forms.Textarea({"rows": 4}), required=False
    )
