"""The red thread: from a need to what changed. Where it breaks for one need, and for a whole group."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import coordinated_by
from portal import addresses
from portal.history.past import events_of
from programmes.models import Programme

from .models import (
    ActionPlan,
    Commitment,
    Indicator,
    IndicatorValue,
    Measure,
    MeasureIndicator,
    MeasureProgramme,
    Need,
    NeedIndicator,
    Objective,
    ObjectiveIndicator,
    ObjectiveNeed,
    PlanMeasure,
    Strategy,
)

VALUE_AFTER = timedelta(days=365)  # an indicator without a newer value says nothing about today


def breaks(need):
    """[sentence] for each link that is missing; an empty list when the thread is whole.

    Reads `answers`, their `steps` and `figures`, the steps' `offers`, as the views prefetch them.
    """
    if not need.answers:
        return [_("No objective answers this need yet.")]
    steps = [step for objective in need.answers for step in objective.steps]
    found = []
    if not steps:
        found.append(_("The objective has no measure yet."))
    elif not any(step.offers for step in steps):
        found.append(_("No programme in the catalogue belongs to a measure yet."))
    if not any(objective.figures for objective in need.answers):
        found.append(_("No indicator shows yet whether anything changes."))
    return found


def outcomes(objective):
    """[(measure, its newest evaluation)] of those that were evaluated; reads `steps` and their evaluations."""
    found = [(step, next(iter(step.evaluations.all()), None)) for step in objective.steps]
    return [(step, evaluation) for step, evaluation in found if evaluation]


def trail(need):
    """[(day, status)] of a need, from the report to today, as the history has it; a day nobody noted is None."""
    found = [(need.reported_on, Need.Status.REPORTED)]
    events = events_of(Need).objects.filter(pgh_obj_id=need.pk).order_by("pgh_id")
    for label, moment, status in events.values_list("pgh_label", "pgh_created_at", "status"):
        if status != found[-1][1]:
            day = None if label == "insert" else timezone.localtime(moment).date()
            found.append((day, Need.Status(status)))
    return found


# ---- all breaks of a group ------------------------------------------------------------------------
class Broken(NamedTuple):
    """One kind of break: its heading, what to do about it, and [(record, words about it, where to mend it)]."""

    key: str
    heading: Any
    advice: Any
    rows: list


HEADINGS = {
    "need-objective": gettext_lazy("Needs without an objective"),
    "objective-need": gettext_lazy("Objectives without a need"),
    "objective-owner": gettext_lazy("Objectives that nobody answers for"),
    "objective-measure": gettext_lazy("Objectives without a measure"),
    "objective-indicator": gettext_lazy("Objectives without an indicator"),
    "measure-lead": gettext_lazy("Measures that nobody leads"),
    "measure-programme": gettext_lazy("Measures without a programme"),
    "measure-indicator": gettext_lazy("Measures without an indicator"),
    "programme-hidden": gettext_lazy("Measures whose programmes the public does not see"),
    "indicator-value": gettext_lazy("Indicators without a value for a year"),
    "indicator-use": gettext_lazy("Indicators that belong to nothing"),
}
ADVICE = {
    "need-objective": gettext_lazy("Link the need to an objective, or decide not to pursue it and say why."),
    "objective-need": gettext_lazy("Say which need the objective answers."),
    "objective-owner": gettext_lazy("Agree which organisation answers for it."),
    "objective-measure": gettext_lazy("Agree on a first measure."),
    "objective-indicator": gettext_lazy("Choose a figure that shows whether anything changes."),
    "measure-lead": gettext_lazy("Ask a partner to lead it."),
    "measure-programme": gettext_lazy("Name the programme in which people meet it, or leave it where there is none."),
    "measure-indicator": gettext_lazy("Choose a figure that shows how it goes."),
    "programme-hidden": gettext_lazy("Have the provider confirm or publish the programme, or name another."),
    "indicator-value": gettext_lazy("Ask whoever keeps the figure for a new value."),
    "indicator-use": gettext_lazy("Link it to a need, an objective or a measure."),
}


def audit(group, user, today=None):
    """[Broken] of the group's plan, only those kinds that occur; a fixed number of queries."""
    found = {key: [] for key in HEADINGS}
    mends = _Mends(group, user)
    _needs(group, mends, found)
    _objectives(group, mends, found)
    _measures(group, mends, found)
    _indicators(group, mends, found, today or timezone.localdate())
    return [Broken(key, HEADINGS[key], ADVICE[key], rows) for key, rows in found.items() if rows]


def _needs(group, mends, found):
    waiting = (Need.Status.CONFIRMED, Need.Status.PRIORITISED, Need.Status.RESPONDED)
    answered = ObjectiveNeed.objects.filter(need=OuterRef("pk"))
    for need in Need.objects.filter(group=group, status__in=waiting).exclude(Exists(answered)):
        found["need-objective"].append((need, need.get_status_display(), mends.mend("need-objective", need)))


def _running():
    """Strategies that are not replaced: what was promised in an old one is history."""
    return Strategy.objects.not_replaced()


def _objectives(group, mends, found):
    rows = Objective.objects.filter(strategy__group=group, strategy__in=_running()).select_related("strategy")
    rows = rows.annotate(
        has_need=Exists(ObjectiveNeed.objects.filter(objective=OuterRef("pk"))),
        has_owner=Q(owner__isnull=False),
        has_measure=Q(Exists(Measure.objects.filter(objective=OuterRef("pk"))))
        | Q(Exists(PlanMeasure.objects.filter(objective=OuterRef("pk")))),
        has_indicator=Exists(ObjectiveIndicator.objects.filter(objective=OuterRef("pk"))),
    )
    for objective in rows:
        for key in ("need", "owner", "measure", "indicator"):
            if not getattr(objective, f"has_{key}"):
                link = mends.mend(f"objective-{key}", objective)
                found[f"objective-{key}"].append((objective, str(objective.strategy), link))


def _measures(group, mends, found):
    rows = Measure.objects.filter(plan__strategy__group=group).of_strategies(_running())
    rows = rows.exclude(phase__in=Measure.OVER).once()
    leads = Commitment.objects.accepted().filter(role=Commitment.Role.LEAD, measure=OuterRef("pk"))
    rows = rows.annotate(
        has_lead=Exists(leads),
        has_programme=Exists(MeasureProgramme.objects.filter(measure=OuterRef("pk"))),
        has_indicator=Exists(MeasureIndicator.objects.filter(measure=OuterRef("pk"))),
    )
    by_number = {measure.pk: measure for measure in rows}
    for measure in by_number.values():
        for key in ("lead", "programme", "indicator"):
            if not getattr(measure, f"has_{key}"):
                link = mends.mend(f"measure-{key}", measure)
                found[f"measure-{key}"].append((measure, measure.get_phase_display(), link))
    pairs = MeasureProgramme.objects.filter(measure__in=by_number).exclude(
        programme__in=Programme.objects.published().values("pk")
    )
    for pair in pairs.select_related("programme").order_by("measure", "pk"):
        measure = by_number[pair.measure_id]
        link = mends.programme_link(pair.programme_id, measure)
        found["programme-hidden"].append((measure, mends.said_of(pair.programme), link))


def _indicators(group, mends, found, today):
    newest = (
        IndicatorValue.objects.approved()
        .filter(indicator=OuterRef("pk"))
        .order_by("-measured_on")
        .values("measured_on")
    )
    of = [m.objects.filter(indicator=OuterRef("pk")) for m in (NeedIndicator, ObjectiveIndicator, MeasureIndicator)]
    rows = Indicator.objects.filter(group=group).annotate(
        measured_on=Subquery(newest[:1]), is_used=Q(Exists(of[0])) | Q(Exists(of[1])) | Q(Exists(of[2]))
    )
    for indicator in rows:
        if indicator.measured_on is None:
            found["indicator-value"].append((indicator, _("no value at all"), mends.mend("indicator-value", indicator)))
        elif indicator.measured_on < today - VALUE_AFTER:
            last = date_format(indicator.measured_on)
            words = _("last value: %(day)s") % {"day": last}
            found["indicator-value"].append((indicator, words, mends.mend("indicator-value", indicator)))
        if not indicator.is_used:
            found["indicator-use"].append((indicator, "", mends.link(indicator)))


class _Mends:
    """Where a reader can mend a record: its form where they may edit it, else its page."""

    def __init__(self, group, user):
        self.user, self.group = user, group
        self.coordinates = coordinated_by(user).filter(pk=group.pk).exists()
        own = Measure.objects.editable_by(user).filter(plan__strategy__group=group)
        self.measures = set(own.values_list("pk", flat=True))
        of_group = MeasureProgramme.objects.filter(measure__plan__strategy__group=group).values("programme")
        editable = Programme.objects.editable_by(user).filter(pk__in=of_group)
        self.programmes = set(editable.values_list("pk", flat=True))

    def link(self, record):
        name = record._meta.model_name
        if self.coordinates or (name == "measure" and record.pk in self.measures):
            if form := addresses.known(f"actionplans:{name}-edit", record.pk):
                return form
            if self.user.is_staff:
                return addresses.known(f"admin:actionplans_{name}_change", record.pk)
        return _page(record)

    def mend(self, key, record):
        """Where a coordinator closes a break of that kind in one step; for others, where they can mend the record."""
        return (self.coordinates and self._step(key, record)) or self.link(record)

    def _step(self, key, record):
        if key == "need-objective":
            return record.get_absolute_url()  # from there a new objective is begun
        if key == "measure-lead":
            return reverse("actionplans:commitment-ask", args=[record.pk])
        if key == "indicator-value":
            return reverse("actionplans:value-add", args=[record.pk])
        if key == "objective-measure":
            if plan := self._plans.get(record.strategy_id):
                return f"{reverse('actionplans:measure-add', args=[plan])}?objective={record.pk}"
            return reverse("actionplans:strategy-work", args=[record.strategy_id])
        return ""

    @cached_property
    def _plans(self):
        """{strategy: its last plan}"""
        plans = ActionPlan.objects.filter(strategy__group=self.group).order_by("ends_on")
        return dict(plans.values_list("strategy", "pk"))

    def programme_link(self, number, measure):
        if number in self.programmes:
            return reverse("programmes:programme-edit", args=[number])
        return self.link(measure)

    def said_of(self, programme):
        """Its name and state; what was never public is named to those only who edit it."""
        if programme.status in Programme.PUBLIC:
            state = _("outdated: nobody confirmed it for a year")
        else:
            state = programme.get_status_display()
        never = programme.status in (Programme.Status.DRAFT, Programme.Status.IN_REVIEW)
        if never and programme.pk not in self.programmes:
            return _("a programme that is not published yet")
        return _("%(programme)s (%(state)s)") % {"programme": programme, "state": state}


def _page(record):
    if isinstance(record, Objective):
        return f"{reverse('actionplans:plan')}?strategy={record.strategy.slug}#h-objective-{record.number}"
    return reverse("actionplans:indicators") if isinstance(record, Indicator) else record.get_absolute_url()
