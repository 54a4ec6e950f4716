"""What templates of the plan need: figures with their unit, and their drawing."""

from functools import lru_cache

from django import template
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import languages, markdown

from ..charts import HEIGHT, WIDTH, chart
from ..models import Indicator

register = template.Library()


@register.simple_tag
def figure(indicator, value):
    """ "29,7 %" or "8" as the reader writes it; the unit belongs to the figure."""
    return "–" if value is None else _figure(languages.active(), indicator.unit, value)


@lru_cache(4096)
def _figure(_language, unit, value):
    """Remembered, as a page of all figures writes thousands and many are the same."""
    whole = value == value.to_integral_value()
    number = number_format(value, 0 if whole else 1, force_grouping=True)
    return _percent(number) if unit == Indicator.Unit.PERCENT else number


@lru_cache(2048)
def _day(_language, day):
    return date_format(day)


ROW = '<tr><th scope="row">{}</th><td class="table__number">{}</td></tr>'


@register.simple_tag
def series_rows(indicator):
    """The rows of its approved figures, oldest first; a loop in a template takes four times as long."""
    rows = ((_day(languages.active(), day), figure(indicator, value)) for day, value in indicator.series)
    return format_html_join("", ROW, rows)


@register.simple_tag
def dots(chart):
    """The points of a drawing."""
    return format_html_join("", '<circle class="indicator__dot" cx="{}" cy="{}" r="4" />', chart.points)


@register.simple_tag
def part_name(part):
    """For whom a part of a figure is, marked with its language where that is not the reader's."""
    words, language = part.name
    return format_html('<span lang="{}">{}</span>', language, words) if language else words


@register.simple_tag
def plan_name(plan):
    """ "Mental health, 2026–2027", its name marked with its language where that is not the reader's; or its years."""
    name, language = languages.resolve(plan, "title")
    if not name:
        return plan.years
    if language == languages.active():
        return f"{name}, {plan.years}"
    return format_html('<span lang="{}">{}</span>, {}', language, name, plan.years)


@register.simple_tag
def said(text):
    """A word_file.Text; in a span with its language when it stands in for a missing translation."""
    return format_html('<span lang="{}">{}</span>', text.language, text.words) if text.is_foreign else text.words


@register.simple_tag
def said_block(text):
    """The same for a longer text, as paragraphs."""
    paragraphs = markdown.formatted(text.words)
    return format_html('<div lang="{}">{}</div>', text.language, paragraphs) if text.is_foreign else paragraphs


@register.filter
def as_measured(value):
    """ "62,5": a Decimal with as many decimals as it needs, as the reader writes numbers."""
    return number_format(value.normalize(), force_grouping=True)


@register.filter
def percent(value):
    """ "42 %": a share without decimals."""
    return _percent(number_format(round(value), 0))


def _percent(number):
    """Number and sign stay in one line."""
    return (_("%(number)s %%") % {"number": number}).replace(" ", "\u00a0")


@register.simple_tag
def points(indicator, value):
    """ "8,9 percentage points" or "8": a difference of two figures."""
    if indicator.unit != Indicator.Unit.PERCENT:
        return figure(indicator, value)
    value = round(value, 1)  # number_format only cuts
    number = number_format(value, 0 if value == round(value) else 1)
    return ngettext("%(number)s percentage point", "%(number)s percentage points", _plural(value)) % {"number": number}


@register.simple_tag
def difference(indicator, value):
    """ "+12", "−8,9 percentage points" or "0": by how much a figure differs from another one."""
    sign = "+" if value > 0 else "\u2212" if value < 0 else ""
    return sign + points(indicator, abs(value))


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
