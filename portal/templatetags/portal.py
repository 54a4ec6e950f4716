"""What every template may use: texts in the reader's language or marked as not, icons, dates in words."""

import re
import secrets
from datetime import datetime
from functools import cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from .. import dates, kept, languages, markdown
from ..models import Outbox
from ..reading_level import reading

register = template.Library()

# The page of a record, and what it is in the administration.
ADMINISTERED = {
    "programmes:programme": "programmes.programme",
    "partners:place": "partners.location",
    "partners:partner": "partners.organisation",
    "actionplans:measure": "actionplans.measure",
    "actionplans:need": "actionplans.need",
}

# Names of the five languages as a sentence needs them: "This text is in English …"
FOREIGN_NOTE = {
    "sl": gettext_noop("In Slovenian – not yet translated"),
    "en": gettext_noop("In English – not yet translated"),
    "da": gettext_noop("In Danish – not yet translated"),
    "nb": gettext_noop("In Norwegian – not yet translated"),
    "de": gettext_noop("In German – not yet translated"),
}


@register.simple_tag
def translated(record, field):
    """The text of a field; in a span with its language when it stands in for a missing translation."""
    return _in_language(record, field, languages.active())


def _in_language(record, field, language):
    """As `translated`: whoever asks for hundreds of texts asks once which language it is."""
    text, code = languages.resolve(record, field, language)
    return text if code in (None, language) else format_html('<span lang="{}">{}</span>', code, text)


@register.simple_tag
def translated_block(record, field):
    """The same for a longer text: paragraphs, and a note when it is not in the reader's language."""
    text, code = languages.resolve(record, field)
    paragraphs = markdown.formatted(text)
    if code in (None, languages.active()):
        return paragraphs
    return format_html('<div lang="{}">{}</div>', code, paragraphs)


@register.simple_tag
def in_few_words(record, field, most):
    """A longer text as one paragraph, for a sheet; "" where it has more than so many characters: half of a warning
    would be none."""
    text, code = languages.resolve(record, field)
    words = " ".join(markdown.plain(text or "").split())
    if len(words) > most:
        return ""
    return words if code in (None, languages.active()) else format_html('<span lang="{}">{}</span>', code, words)


@register.filter
def formatted(text):
    """`{{ text|formatted }}`: paragraphs, lists, bold and links of a longer text."""
    return markdown.formatted(text)


@register.filter
def icons_in_words(html):
    """What Django's administration has drawn, with its ticks and crosses named in the reader's language, and no heading
    of a table without a word. Nothing that people typed looks like these: its quotation marks are escaped."""
    named = {"True": _("Yes"), "False": _("No"), "None": _("Unknown")}
    for value, words in named.items():
        html = html.replace(f'.svg" alt="{value}"', f'.svg" alt="{escape(words)}"')
    head = f'<th class="original"><span class="visually-hidden">{escape(_("Row"))}</span></th>'
    html = html.replace('<th class="original"></th>', head).replace("<th></th>", "<td></td>")
    return mark_safe(html)  # noqa: S308 – a template's own output


@register.filter
def plain(record, field):
    """The text of a field without markup, for attributes and page titles."""
    return languages.resolve(record, field)[0]


@register.simple_tag
def term(term):
    """A term's label, marked when it is in another language."""
    return translated(term, "label")


@register.simple_tag
def named(record):
    """The name of a partner, place or group, or the title of a programme, marked when in another language."""
    language = languages.active()
    field = next(f for f in ("title", "name", "label") if hasattr(record, f"{f}_{language}"))
    return _in_language(record, field, language)


@register.simple_tag
def foreign_note(record, fields):
    """Says once per thing that some of these fields (space-separated) are not in the reader's language."""
    language = languages.active()
    codes = {languages.resolve(record, field, language)[1] for field in fields.split()} - {None, language}
    if not codes:  # nearly always: no template is begun for nothing
        return ""
    notes = [_(FOREIGN_NOTE[code]) for code in languages.CODES if code in codes]
    return render_to_string("components/foreign_note.html", {"notes": notes})


@register.inclusion_tag("components/reading.html")
def reading_level(text, language):
    """How hard what somebody writes in a language is to read; nothing of a short text or of another language."""
    return {"reading": reading(str(text or ""), language) if language in languages.CODES else None}


# Drawn on the page itself: a <use> of a file is cloned, styled and laid out once more when the file has come, and
# a list of programmes has 160 icons. On a phone that was a third of the work for the page.
_DRAWING = re.compile(r'<symbol id="i-([^"]+)"[^>]*>(.*?)</symbol>', re.DOTALL)


@cache
def _drawings():
    """{name: what is inside the <svg>} of all icons."""
    drawn = (settings.BASE_DIR / "portal" / "data" / "icons.svg").read_text(encoding="utf-8")
    return dict(_DRAWING.findall(drawn))


@register.simple_tag
@cache
def icon(name):
    """One icon; decorative, because a word always stands beside it. Colour and stroke come with its class."""
    return mark_safe(  # noqa: S308 – our own drawings
        f'<svg class="icon" aria-hidden="true" width="24" viewBox="0 0 24 24">{_drawings().get(name, "")}</svg>'
    )


@register.filter
def long_day(value):
    """ "Thursday 3 December" in the reader's language; with the year when it is not this one."""
    return dates.long_day(_local(value), today=timezone.localdate())


@register.filter
def in_sentence(value):
    """ "(until) 3. decembra 2026": a date in the middle of a sentence, in the case it stands in."""
    return dates.date_in_sentence(_local(value), languages.active())


@register.filter
def short_day(value):
    """ "Thu 3 Dec" in the reader's language."""
    return dates.short_day(_local(value), today=timezone.localdate())


def _local(value):
    """The local date of a date or an aware datetime."""
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@register.simple_tag
def hours(opens, closes):
    """ "16:30–18:00" in the reader's form."""
    return dates.span(opens, closes, languages.active())


@register.filter
def block_day(value):
    """("čet.", "3.", "dec."): the lines of a date block."""
    return dates.block_day(_local(value))


@register.filter
def clock(value):
    """A single time as the reader writes it, without words around it: "16.30"."""
    return dates.span(timezone.localtime(value).time() if isinstance(value, datetime) else value, None, bare=True)


@register.simple_tag
def when(occurrence):
    """The hours of one date: "16.30–18.00"."""
    return dates.span(occurrence.start.time(), occurrence.end.time(), bare=True)


@register.filter
def kilometres(value):
    """Distance in words: under a kilometre in hundreds of metres, else with one decimal."""
    if value is None:
        return ""
    if value < 0.95:
        return _("%(count)s m away") % {"count": max(100, round(value * 10) * 100)}
    return _("%(count)s km away") % {"count": number_format(value, 1 if value < 10 else 0)}


@register.filter
def weeks(value):
    return ngettext("%(count)s week", "%(count)s weeks", value) % {"count": value}


@register.filter
def phone_link(value):
    """ "+386 (0)1 000 01 10" → "+38610000110": what a telephone dials."""
    number = str(value).replace("(0)", "") if str(value).startswith("+") else str(value)
    return "".join(c for c in number if c.isdigit() or c == "+")


@register.simple_tag
def mail_link(address):
    """A link to write to an address, which a narrow column breaks before the @ or a dot and nowhere else."""
    name, _at, domain = address.rpartition("@")
    shown = format_html_join(
        "", "<wbr>{}{}", [("@" if not n else ".", part) for n, part in enumerate(domain.split("."))]
    )
    return format_html('<a href="mailto:{}">{}{}</a>', address, name, shown)


@register.simple_tag
def weekday_name(number):
    return dates.weekday_names(languages.active())[number]


@register.simple_tag(takes_context=True)
def current(context, address, *sections):
    """The aria-current of a link in a bar: on its page, and on the pages below the addresses `sections`."""
    path = context["request"].path
    if path == address:
        value = "page"
    elif any(path.startswith(section) for section in sections):
        value = "true"
    else:
        return ""
    return format_html(' aria-current="{}"', value)


@register.simple_tag(takes_context=True)
def again(context, block):
    """What a block of the page says, a second time; in a template its name may stand only once."""
    return context.render_context[BLOCK_CONTEXT_KEY].get_block(block).render(context)


@register.simple_tag(takes_context=True)
def absolute(context, address):
    return kept.absolute(context["request"], address)


@register.simple_tag
@cache
def site_links(has_brand):
    """Styles, scripts and icons of every page: the same for all, so rendered once."""
    return render_to_string("components/site_links.html", {"has_brand": has_brand})


@register.simple_tag(takes_context=True)
def shell_part(context, template):
    """Includes a part of the shell: header or footer, which hardly differ between pages."""
    return kept.part(context, template)


@register.inclusion_tag("components/administration_link.html", takes_context=True)
def administration_link(context):
    """From the page of a record to its form in the administration, for those who have one. Asks nothing of visitors."""
    request = context.get("request")
    address = None
    if request is not None and settings.SESSION_COOKIE_NAME in request.COOKIES and request.resolver_match:
        match = request.resolver_match
        name = ADMINISTERED.get(match.view_name)
        if name and request.user.is_staff and request.user.has_perm(name.replace(".", ".view_")):
            address = reverse(f"admin:{name.replace('.', '_')}_change", args=[match.kwargs["pk"]])
    return {"address": address}


@register.simple_tag
def failed_mails():
    return Outbox.objects.filter(state=Outbox.State.FAILED).count()


@register.filter
def is_today(value):
    return _local(value) == timezone.localdate()


@register.simple_tag
def get_item(mapping, key):
    """One value of a mapping whose key is a variable."""
    return mapping.get(key, "")


@register.filter
def ticked(groups, is_ticked):
    """`{{ widget.optgroups|ticked:True }}`: [option] of a list of checkboxes, those that are ticked or the others."""
    return [option for _name, options, _index in groups for option in options if option["selected"] == is_ticked]


@register.simple_tag
def language_name(code):
    """ "Deutsch": the name of a language in that language."""
    return dict(settings.LANGUAGES)[code]


@register.filter
def thousands(value):
    return number_format(value, force_grouping=True)


ACCESS_ICONS = {
    "step-free": "step-free",
    "disabled-parking": "car",
    "public-transport": "bus",
    "transport-help": "car",
    "induction-loop": "ear",
    "lift": "building",
    "quiet-space": "leaf",
    "online-option": "globe",
}


@register.filter
def access_icon(slug):
    return ACCESS_ICONS.get(slug, "check")


@register.simple_tag(takes_context=True)
def once(context):
    """A hidden field by which a form that creates something is known when its button is pressed twice."""
    token = context["request"].POST.get("once") or secrets.token_urlsafe(18)
    return format_html('<input type="hidden" name="once" value="{}">', token)
