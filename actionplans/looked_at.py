"""What somebody looked at before they approve it: a strategy with its objectives and values, a plan with its measures.

The version of the strategy alone does not say that an objective was rewritten since. The page carries, signed, how
many events the history had of each part; with another count the text is another one, whoever wrote it and by which way.
"""

from django.core import signing
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from partners.models import Group
from portal.history import entries
from portal.history.kinds import Kind, Part
from portal.history.past import events_of
from portal.stale import StaleObject

from .approving import group_of
from .models import (
    ActionPlan,
    Measure,
    Objective,
    ObjectiveIndicator,
    ObjectiveNeed,
    PlanMeasure,
    PlanTargetGroup,
    Strategy,
    StrategyValue,
)

SALT = "actionplans.looked-at"


def _kind(model, *parts):
    return Kind(
        model._meta.model_name, model, readable=model.objects.visible_to, editable=model.objects.editable_by,
        parts=parts,
    )  # fmt: skip


def _of_objectives(model, label):
    """Rows that tie something to an objective of the strategy."""

    def of(number):
        objectives = events_of(Objective).objects.filter(strategy_id=number).values("pgh_obj_id")
        return {"objective_id__in": objectives}

    return Part(model, label, of, ("objective",))


KINDS = {
    Strategy: _kind(
        Strategy,
        Part(StrategyValue, _("value of a strategy"), lambda number: {"strategy_id": number}, ("strategy", "order")),
        Part(Objective, _("objective"), lambda number: {"strategy_id": number}, ("strategy", "slug", "version")),
        _of_objectives(ObjectiveNeed, _("need of an objective")),
        _of_objectives(ObjectiveIndicator, _("indicator of an objective")),
    ),
    ActionPlan: _kind(
        ActionPlan,
        Part(Measure, _("measure"), lambda number: {"plan_id": number}, ("plan", "slug", "version")),
        Part(PlanMeasure, _("measure that also runs in a plan"), lambda number: {"plan_id": number}, ("plan",)),
        Part(
            PlanTargetGroup,
            _("priority target group of a plan"),
            lambda number: {"plan_id": number},
            ("plan", "version"),
        ),
    ),
}


def mark(record):
    """What a page says of the record as it shows it; goes back to `move` with the decision."""
    return _signed(record.pk, _counts(record))


def marks_of_plans(plans):
    """{number: mark} of many action plans, in a fixed number of queries."""
    kind, numbers = KINDS[ActionPlan], [plan.pk for plan in plans]
    found = []
    for part in (kind.main, *kind.parts):
        column = next(iter(part.of(0)))
        events = events_of(part.model).objects.filter(**{f"{column}__in": numbers}).order_by()
        found.append(dict(events.values_list(column).annotate(Count("pgh_id"))))
    return {number: _signed(number, [counts.get(number, 0) for counts in found]) for number in numbers}


def _signed(number, counts):
    return signing.dumps([number, counts], salt=SALT)


def _counts(record):
    kind = KINDS[type(record)]
    return [events_of(part.model).objects.filter(**part.of(record.pk)).count() for part in (kind.main, *kind.parts)]


def is_as_looked_at(record, text):
    """True while nothing was written since the page was made, or where the page did not say (`text` is empty)."""
    return not text or _read(record, text) == _counts(record)


def _read(record, text):
    """The counts that the page said; none where it was another page, or no page of ours."""
    try:
        number, counts = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError):
        return []
    return counts if number == record.pk else []


@transaction.atomic
def move(record, text, deed):
    """Runs `deed()` on what was looked at. Raises StaleObject when it is another text by now, and what deed() raises.

    A strategy is held meanwhile, in the order of `move_to`: who writes an objective at this moment waits.
    """
    Group.objects.select_for_update(no_key=True).get(pk=group_of(record))
    if isinstance(record, Strategy):
        record.hold()
    if not is_as_looked_at(record, text):
        raise StaleObject(record)
    deed()


def since(record, text):
    """[Entry] of what was written since the page was made, newest first; the last one where that cannot be told."""
    kind, counts = KINDS[type(record)], _read(record, text)
    found, _total = entries.entries(kind, record.pk)
    new = []
    for part, count in zip((kind.main, *kind.parts), counts, strict=False):
        events = events_of(part.model).objects.filter(**part.of(record.pk)).order_by("pgh_id")
        new += events[count:].values_list("pgh_created_at", flat=True)
    return [entry for entry in found if new and entry.at >= min(new)] or found[:1]
