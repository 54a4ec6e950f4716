"""Texts to begin with: the page that shows them, and a strategy made of them."""

from datetime import date

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from partners.models import coordinated_by
from portal.once import once, token_of

from .. import starting_texts
from ..models import ActionPlan
from .whose import group_of

YEARS = range(2000, 2101)


class BeginForm(forms.Form):
    """For which years, and about what."""

    first = forms.IntegerField(label=gettext_lazy("First year"), min_value=YEARS[0], max_value=YEARS[-1])
    last = forms.IntegerField(label=gettext_lazy("Last year"), min_value=YEARS[0], max_value=YEARS[-1])
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("With these objectives"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = [  # type: ignore[attr-defined]
            (slug, f"{topic}: {title}" if topic else title) for slug, topic, title in starting_texts.objectives()
        ]

    def clean(self):
        given = super().clean() or self.cleaned_data
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", _("The period must end after it begins."))
        return given

    def period(self):
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return date(first, 1, 1), date(last, 12, 31)


@never_cache
@login_required
def starting(request):
    """All texts to begin with; POST makes a draft of a strategy."""
    group = group_of(request, coordinated_by(request.user))
    year = timezone.localdate().year
    form = BeginForm(request.POST or None, initial={"first": year + 1, "last": year + 5})
    if form.is_valid():
        starts_on, ends_on = form.period()
        number, _is_new = once(
            token_of(request),
            lambda: starting_texts.begin_strategy(group, starts_on, ends_on, form.cleaned_data["topics"]),
        )
        messages.success(request, _("The draft is there. Write what is true of your place wherever ??? stands."))
        return redirect("actionplans:strategy-work", number)
    drafts = ActionPlan.objects.editable_by(request.user).filter(strategy__group=group, status=ActionPlan.Status.DRAFT)
    known = starting_texts.known()
    context = {
        "group": group,
        "form": form,
        "title": starting_texts.said(known["strategy"]["title"]),
        "vision": starting_texts.said(known["strategy"]["vision"]),
        "values": [starting_texts.said(words) for words in known["strategy"]["values"]],
        "measures": [
            (row["slug"], *(starting_texts.said(row[name]) for name in ("title", "description", "rationale")))
            for row in known["measures"]
        ],
        "meetings": [
            (row["slug"], starting_texts.said(row["title"]), [starting_texts.said(item) for item in row["items"]])
            for row in known["meetings"]
        ],
        "plans": drafts.select_related("strategy"),
    }
    return render(request, "actionplans/starting.html", context, status=422 if form.errors else 200)
