"""What templates of the plan need: figures with their unit, and their drawing."""

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..charts import HEIGHT, WIDTH, chart
from ..models import Indicator

register = template.Library()


@register.simple_tag
def figure(indicator, value):
    """ "29,7 %" or "8" as the reader writes it; the unit belongs to the figure."""
    if value is None:
        return "–"
    whole = value == value.to_integral_value()
    number = number_format(value, 0 if whole else 1)
    return _("%(number)s %%") % {"number": number} if indicator.unit == Indicator.Unit.PERCENT else number


@register.simple_tag
def part_name(part):
    """For whom a part of a figure is, marked with its language where that is not the reader's."""
    words, language = part.name
    return format_html('<span lang="{}">{}</span>', language, words) if language else words


@register.filter
def percent(value):
    """ "42 %": a share without decimals."""
    return _("%(number)s %%") % {"number": number_format(round(value), 0)}


@register.simple_tag
def points(indicator, value):
    """ "8,9 percentage points" or "8": a difference of two figures."""
    if indicator.unit != Indicator.Unit.PERCENT:
        return figure(indicator, value)
    value = round(value, 1)  # number_format only cuts
    number = number_format(value, 0 if value == round(value) else 1)
    return ngettext("%(number)s percentage point", "%(number)s percentage points", _plural(value)) % {"number": number}


def _plural(value):
    """The whole number whose form a language uses; of fractions the one for many, as 8,9 is read."""
    return int(value) if value == round(value) else 3


@register.inclusion_tag("actionplans/_indicator.html")
def indicator(indicator, level=3):
    """One indicator: a sentence, a drawing and its table. `level` is that of its heading."""
    return {
        "indicator": indicator,
        "chart": chart(indicator),
        "width": WIDTH,
        "height": HEIGHT,
        "heading": level,
        "target": indicator.next_target,
    }
