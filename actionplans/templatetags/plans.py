"""What templates of the plan need: figures with their unit, and their drawing."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

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
