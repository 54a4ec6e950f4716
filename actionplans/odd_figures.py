"""What looks odd about a figure that waits for approval, in words: a hint for who looks at it, never a refusal."""

from django.utils.translation import gettext as _

from portal import dates, languages

from .breakdowns import SMALLEST, By
from .models import Indicator

TIMES = 2  # so many times the figure before, or less than that part of it
POINTS = 20  # percentage points away from the figure before


def oddities(value, before, approved):
    """[sentence] about an IndicatorValue; reads its prefetched parts.

    `before` is the (day, number) it follows on, or None; `approved` all approved ones of its indicator, oldest first.
    """
    is_share = value.indicator.unit == Indicator.Unit.PERCENT
    found = _by_itself(value, is_share)
    if before is not None:
        found += _beside(value.value, before[1], is_share)
    if not is_share and _has_decimals(value.value) and not any(_has_decimals(number) for _day, number in approved):
        found.append(_("It has decimals; no figure before it has any."))
    later = [day for day, _number in approved if day > value.measured_on]
    if later:
        day = dates.date_in_sentence(later[-1], languages.active())
        found.append(_("A later figure is approved already, of %(day)s; this one does not change what shows.") % {
            "day": day})  # fmt: skip
    return found


def _by_itself(value, is_share):
    found = []
    if is_share and value.value > 100:
        found.append(_("A share of more than a hundred per cent."))
    if value.value < 0:
        found.append(_("It is below zero."))
    if is_share and _is_outside(value):
        found.append(_("The whole is not between the figures of women and of men."))
    return found


def _beside(now, then, is_share):
    """A few people, or percentage points, more or less are not odd, even where they double what was."""
    if now == then:
        return [_("Exactly as the figure before.")]
    if is_share and abs(now - then) >= POINTS:
        return [_("Far from the figure before: 20 percentage points or more.")]
    if min(now, then) < 0 or abs(now - then) < SMALLEST:
        return []
    if now >= TIMES * then:
        return [_("At least twice the figure before.")] if then else []
    return [_("Half of the figure before, or less.")] if now * TIMES <= then else []


def _is_outside(value):
    """A share of all lies between those of women and men, where both are known and no third part is."""
    parts = [part.value for broken in value.breakdowns if broken.by == By.SEX for part in broken.parts]
    return len(parts) == 2 and not min(parts) <= value.value <= max(parts)


def _has_decimals(number):
    return number != number.to_integral_value()
