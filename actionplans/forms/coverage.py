from typing import Any

from django.db.models import Q
from django.utils import timezone

from partners.models import Membership, Organisation
from portal import languages
from portal.models import Term, Vocabulary
from portal.record_form import RecordForm

from ..models import CoverageJudgement, Transition


class JudgementForm(RecordForm):
    """Why nothing is needed in a cell. `seat`: that of the person who writes; None for an administrator."""

    TRANSLATED = ("reason",)
    LONG = ("reason",)
    seat = None

    class Meta:
        model = CoverageJudgement
        fields = languages.columns("reason")

    def saved(self, record):
        """Whoever changes the reason has judged anew."""
        if self.changes():
            now = {"seat": self.seat, "judged_on": timezone.localdate()}
            CoverageJudgement.objects.filter(pk=record.pk).update(**now)


class TransitionForm(RecordForm):
    """A transition of the instance's group; partners are its members, and whoever stands there already."""

    TRANSLATED = ("title", "description")
    LONG = ("description",)

    class Meta:
        model = Transition
        fields = [
            "from_phase",
            "to_phase",
            *languages.columns("title"),
            *languages.columns("description"),
            "giver",
            "taker",
            "state",
            "is_public",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        phases = Term.objects.filter(vocabulary=Vocabulary.LIFE_PHASE)
        members = Membership.objects.current().filter(group=self.instance.group_id).values("organisation")
        for name in ("from_phase", "to_phase"):
            kept = Q(pk=getattr(self.instance, f"{name}_id"))
            phase: Any = self.fields[name]
            phase.queryset = phases.filter(Q(is_active=True) | kept)
        for name in ("giver", "taker"):
            kept = Q(pk=getattr(self.instance, f"{name}_id"))
            field: Any = self.fields[name]
            field.queryset = Organisation.objects.filter(Q(pk__in=members) | kept)
            choices = sorted(field.queryset, key=lambda one: languages.sort_key(str(one)))
            field.choices = [("", field.empty_label), *((one.pk, str(one)) for one in choices)]
