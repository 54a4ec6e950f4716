"""What holds of every figure, typed or brought as a table: its day, its share, and how much its parts may be."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from .models import IndicatorPart, Round

CENT = Decimal("0.01")


def closed_rounds(*groups):
    """{group's number: [(first day, last day)]} of the groups' reporting rounds that are closed."""
    found = defaultdict(list)
    closed = Round.objects.filter(group__in=groups, status=Round.Status.CLOSED)
    for group, first, last in closed.values_list("group", "starts_on", "ends_on"):
        found[group].append((first, last))
    return found


def check_day(day, closed):
    """The day a figure was measured on. Raises ValidationError when it is to come, or locked by a closed round."""
    if day > timezone.localdate():
        raise ValidationError(_("This day has not come yet."))
    if any(first <= day <= last for first, last in closed):
        raise ValidationError(
            _("The figures of that time are locked: its reporting round is closed. Ask the coordinator.")
        )
    return day


def worked_out(value, part, whole):
    """(the figure, {field: what is wrong}) from a number, or from how many out of how many, which goes first."""
    if part is not None and whole:
        wrong = {"numerator": _("This cannot be more than all of them.")} if part > whole else {}
        return (Decimal(100 * part) / whole).quantize(CENT, ROUND_HALF_UP), wrong
    if (part is None) != (not whole):
        return value, {"denominator": _("A share needs both numbers, the second above zero.")}
    return value, {} if value is not None else {"value": _("Write the figure.")}


def too_much(by, parts, total):
    """[(key, what is wrong)] of {key: number} by one thing, of a count.

    Parts are no more than the whole together; people may belong to several target groups, so each of those alone.
    """
    if by == IndicatorPart.By.GROUP:
        return [(key, _("This cannot be more than all of them.")) for key, part in parts.items() if part > total]
    together = sum(parts.values())
    if together <= total:
        return []
    facts = {"by": IndicatorPart.By(by).label, "sum": _number(together), "total": _number(total)}
    words = _("%(by)s: the parts are %(sum)s together, more than the whole figure (%(total)s).")
    return [(next(iter(parts)), words % facts)]


def _number(value):
    return number_format(value, 0 if value == value.to_integral_value() else 2)
