"""Saving a table of figures: all at once, and as if they had been typed."""

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from partners.models import Group
from portal import translation_states
from portal.stale import StaleObject
from programmes.imports.preview import NEW

from .. import mails
from ..models import Indicator, IndicatorPart, IndicatorValue
from .columns import COMPARED, By, key_of


def save(found, record):
    """Writes all rows in a fixed number of queries; the figures wait for approval, entered by who brought them.

    Raises StaleObject where a figure or an indicator is no longer as the preview saw it.
    """
    try:
        with transaction.atomic():
            touched = _save_figures([row for row in found if "measured_on" in row["values"]], record.by)
            _save_compared([row for row in found if "of" in row["values"]])
    except IntegrityError as error:
        raise StaleObject(IndicatorValue) from error
    _tell_coordinators(touched, record)
    return ["created" if row["state"] == NEW else "changed" for row in found]


def _tell_coordinators(touched, record):
    """Those of each group, of how many figures of theirs wait."""
    of = Count("indicators__values", filter=Q(indicators__values__in=touched))
    for group in Group.objects.annotate(touched=of).filter(touched__gt=0):
        mails.values_submitted(group, record.by, group.touched, record.pk)


def _save_figures(found, by):
    """→ numbers of the figures that changed."""
    figures = _held(found)
    new = []
    for row in found:
        values = row["values"]
        about = values["indicator"], values["measured_on"]
        if "by" not in values and row["pk"] is None:
            figure = IndicatorValue(indicator_id=about[0], measured_on=about[1])
            figures[about] = figure
            new.append(figure)
        if "by" not in values:
            for name in ("value", "numerator", "denominator"):
                if name in values:
                    setattr(figures[about], name, values[name])
    changed = [figure for figure in figures.values() if figure.pk]
    for figure in figures.values():
        figure.state, figure.entered_by, figure.note = IndicatorValue.State.SUBMITTED, by, ""
    for figure in changed:
        figure.version += 1
    IndicatorValue.objects.bulk_update(
        changed, ["value", "numerator", "denominator", "state", "entered_by", "note", "version"]
    )
    IndicatorValue.objects.bulk_create(new)
    _save_parts([row["values"] for row in found if "by" in row["values"]], figures)
    return [figure.pk for figure in figures.values()]


def _held(found):
    """{(indicator, day): figure} of those that are there, held to the end of the transaction."""
    wanted = {row["pk"]: row["version"] for row in found if row["pk"] is not None}
    rows_ = IndicatorValue.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    held = {figure.pk: figure for figure in rows_}
    for pk, version in wanted.items():
        if pk not in held or held[pk].version != version or held[pk].state == IndicatorValue.State.APPROVED:
            raise StaleObject(IndicatorValue, pk)
    return {(figure.indicator_id, figure.measured_on.isoformat()): figure for figure in held.values()}


_PLACE = {By.SEX: "sex", By.AGE: "term_id", By.GROUP: "term_id", By.SETTLEMENT: "settlement_id"}
_ORDER = list(By)


def _save_parts(found, figures):
    of = [figure.pk for figure in figures.values()]
    there = {(part.figure_id, *key_of(part)): part
             for part in IndicatorPart.objects.filter(figure__in=of).select_related("term")}  # fmt: skip
    gone, changed, new = [], [], []
    for values in found:
        figure = figures[values["indicator"], values["measured_on"]]
        part = there.get((figure.pk, values["by"], values["key"]))
        if values["value"] is None:
            gone += [part.pk] if part else []
        elif part:
            part.value = values["value"]
            changed.append(part)
        else:
            place = {_PLACE[By(values["by"])]: values["key"]}
            facts = {"indicator_id": values["indicator"], "figure": figure, "value": values["value"]}
            new.append(IndicatorPart(**facts, **place, order=_ORDER.index(By(values["by"])) * 1000 + len(new) % 1000))
    IndicatorPart.objects.filter(pk__in=gone).delete()
    IndicatorPart.objects.bulk_update(changed, ["value"])
    IndicatorPart.objects.bulk_create(new)


def _save_compared(found):
    wanted = {row["values"]["of"]: row["values"]["of_version"] for row in found}
    rows_ = Indicator.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    held = {indicator.pk: indicator for indicator in rows_}
    before = {pk: translation_states.texts_of(indicator, ["comparator_name"]) for pk, indicator in held.items()}
    for pk, version in wanted.items():
        if pk not in held or held[pk].version != version:
            raise StaleObject(Indicator, pk)
        held[pk].version += 1
    for row in found:
        for name in COMPARED:
            if name in row["values"]:
                setattr(held[row["values"]["of"]], name, row["values"][name])
    Indicator.objects.bulk_update(held.values(), [*COMPARED, "version"])
    after = [(i, before[i.pk], translation_states.texts_of(i, ["comparator_name"])) for i in held.values()]
    translation_states.note_all(after)
