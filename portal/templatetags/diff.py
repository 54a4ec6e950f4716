"""Differences for the eye and for the ear."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext

from .. import diff

register = template.Library()


@register.simple_tag
def word_diff(before, after):
    """Both texts in one: <del> and <ins>, each beginning with a word for who hears them, ending with another."""
    return format_html_join("", "{}", ((_part(sign, text),) for sign, text in diff.words(before or "", after or "")))


def _part(sign, text):
    if sign == "=":
        return text
    tag, begins = ("del", gettext("removed:")) if sign == "-" else ("ins", gettext("added:"))
    words = format_html('<span class="visually-hidden"> [{} </span>', begins)
    end = mark_safe('<span class="visually-hidden">] </span>')
    return format_html(f"<{tag}>{{}}{{}}{{}}</{tag}>", words, text, end)
