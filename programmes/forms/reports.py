"""What a reader reports, without an account; and what is answered."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.robots import OpenForm

from ..models import ProblemReport
from ..reporting import municipalities


class ReportForm(OpenForm, forms.ModelForm):
    class Meta:
        model = ProblemReport
        fields = ["kind", "text", "email"]
        widgets = {
            "kind": forms.RadioSelect,
            "text": forms.Textarea(attrs={"rows": 5, "maxlength": 2000}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
        help_texts = {
            "text": _("Please nothing about your own health or about other people: we only want to mend the page."),
            "email": _(
                "Only if you want an answer. It is erased thirty days after it, and after a year at the latest."
            ),
        }

    def __init__(self, *args, asks_where=False, **kwargs):
        super().__init__(*args, **kwargs)
        if asks_where and (found := municipalities()):
            self.fields["municipality"] = forms.ModelChoiceField(
                found, required=False, label=_("Which municipality is it about?"), empty_label=_("I do not know"),
                help_text=_("The group that works there gets your message."),
            )  # fmt: skip
            self.order_fields(["kind", "text", "municipality", "email"])
        self.fields["kind"].choices = ProblemReport.Kind.choices  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    is_draft = True  # one may take a report up without an answer, but not end it: so it is not called optional

    answer = forms.CharField(
        label=_("Answer to the reader"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
