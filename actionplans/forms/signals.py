"""What somebody has noticed, in two minutes on a phone; and what becomes of it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Settlement
from portal.robots import OpenForm

from ..models import Need, Signal
from ..personal import refuse_persons
from ..voices import Voice


class SignalForm(OpenForm, forms.ModelForm):
    class Meta:
        model = Signal
        fields = ["text", "whom", "settlement", "basis", "voice", "email"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 5, "maxlength": 1500}),
            "basis": forms.RadioSelect,
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
        help_texts = {
            "text": _("What is missing or getting worse? Please name nobody, and nothing about your own health."),
            "whom": _("For example: older men living alone."),
            "email": _("Only if you want an answer. It is erased thirty days after it."),
        }

    def __init__(self, *args, group, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["basis"].choices = Signal.Basis.choices  # type: ignore[attr-defined]
        self.fields["voice"].choices = [("", _("I do not say")), *Voice.choices]  # type: ignore[attr-defined]
        places = Settlement.objects.filter(municipality__in=group.municipalities.all())
        self.fields["settlement"].queryset = places.order_by("name")  # type: ignore[attr-defined]
        self.fields["settlement"].empty_label = _("everywhere, or I do not know")  # type: ignore[attr-defined]
        for name in ("text", "whom"):
            self.fields[name].validators.append(refuse_persons)


class TriageForm(forms.Form):
    """What becomes of a signal; the choices are those of its group."""

    answer = forms.CharField(
        label=_("Answer to the sender"), required=False, max_length=1500, widget=forms.Textarea({"rows": 4}),
        help_text=_("In the sender’s language, in a sentence or two."),
    )  # fmt: skip
    need = forms.ModelChoiceField(Need.objects.none(), label=_("The need it belongs to"), required=False)
    into = forms.ModelChoiceField(Signal.objects.none(), label=_("The signal that says the same"), required=False)

    def __init__(self, data=None, *, signal, user):
        super().__init__(data)
        needs = Need.objects.editable_by(user).filter(group=signal.group_id)
        self.fields["need"].queryset = needs.exclude(status=Need.Status.NOT_PURSUED)  # type: ignore[attr-defined]
        others = Signal.objects.editable_by(user).filter(group=signal.group_id).exclude(pk=signal.pk)
        self.fields["into"].queryset = others.exclude(status=Signal.Status.MERGED)  # type: ignore[attr-defined]
