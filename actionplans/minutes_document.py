"""A meeting as a document: its agenda before, its minutes after; as a page to print and as a .docx file.

Organisations and roles stand in it, and no person's name.
"""

import re
from io import BytesIO
from typing import NamedTuple

from django.utils.translation import gettext as _

from portal import dates, languages

from .models import Attendance, Meeting


class Text(NamedTuple):
    """Words and the language they are really in."""

    words: str
    language: str


class Resolution(NamedTuple):
    code: str
    text: Text
    responsible: str
    due_on: object  # date or None


class Item(NamedTuple):
    number: int
    title: Text
    note: str
    minutes: str
    outcome: str
    decisions: list[Resolution]
    correction: str
    corrected_on: object  # date or None


class Content(NamedTuple):
    heading: str  # "Minutes", "Agenda"
    title: Text
    group: str
    when: str
    where: str
    online_link: str
    attendance: list[tuple[str, list[str]]]  # (present, [organisation (role)])
    items: list[Item]
    language: str  # of minutes and notes
    approved: str  # a sentence, or ""


def content(meeting):
    """The Content of a meeting in the reader's language; a fixed number of queries."""
    is_over = meeting.status in (Meeting.Status.HELD, Meeting.Status.MINUTES_WRITTEN, Meeting.Status.MINUTES_APPROVED)
    items = meeting.items.on_agenda().prefetch_related("decisions__responsible")
    return Content(
        heading=_("Minutes") if is_over else _("Agenda"),
        title=_text(meeting, "title"),
        group=str(meeting.group),
        when=f"{dates.long_day(meeting.day)}, {dates.span(meeting.begins, meeting.ends)}",
        where=meeting.where,
        online_link=meeting.online_link,
        attendance=_attendance(meeting),
        items=[_item(number, item) for number, item in enumerate(items, start=1)],
        language=meeting.language,
        approved=_approved(meeting),
    )


def _text(record, field):
    words, code = languages.resolve(record, field)
    return Text(words, code or languages.active())


def _attendance(meeting):
    rows = list(meeting.attendances.select_related("membership__organisation"))
    found = []
    for state in Attendance.State:
        names = sorted((_who(row) for row in rows if row.state == state), key=languages.sort_key)
        if names:
            found.append((str(state.label), names))
    return found


def _who(row):
    name = str(row.membership.organisation)
    return f"{name} ({row.get_role_display()})" if row.role else name


def _item(number, item):
    decisions = [
        Resolution(d.code, _text(d, "text"), str(d.responsible or ""), d.due_on)
        for d in sorted(item.decisions.all(), key=lambda d: (d.number or 0, d.pk))
    ]
    outcome = item.get_outcome_display() if item.outcome else ""
    return Item(
        number, _text(item, "title"), item.note, item.minutes, outcome, decisions, item.correction, item.corrected_on
    )


def _approved(meeting):
    if not meeting.approved_on:
        return ""
    day = dates.date_in_sentence(meeting.approved_on, languages.active())
    return _("Approved at the meeting on %(day)s.") % {"day": day}


# ---- the file for a word processor ----------------------------------------------------------------
def docx(meeting):
    """Bytes of a .docx file with the same content; headings are headings, so a screen reader finds its way."""
    from docx import Document  # four megabytes that few processes ever need, as below

    shown, file = _cleaned(content(meeting)), Document()
    language = languages.active()
    _look(file, shown, language)
    file.add_heading(shown.heading, level=0)
    _say(file.add_paragraph(style="Subtitle"), shown.title, language)
    for label, words in (
        (_("Group"), shown.group),
        (_("When"), shown.when),
        (_("Where"), shown.where),
        (_("Online"), shown.online_link),
        *((label.capitalize(), ", ".join(names)) for label, names in shown.attendance),
    ):
        if words:
            line = file.add_paragraph()
            line.add_run(f"{label}: ").bold = True
            line.add_run(words)
    for item in shown.items:
        _write_item(file, item, shown.language, language)
    if shown.approved:
        file.add_paragraph(shown.approved)
    kept = BytesIO()
    file.save(kept)
    return kept.getvalue()


_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _cleaned(value):
    """The same without letters that no XML file may hold; somebody pastes them from elsewhere."""
    if isinstance(value, str):
        return _NOT_XML.sub("", value)
    if hasattr(value, "_fields"):
        return type(value)(*map(_cleaned, value))
    return type(value)(map(_cleaned, value)) if isinstance(value, (list, tuple)) else value


def _look(file, shown, language):
    """A4, one readable type, and the language of the text, so that the spelling checker knows it."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    page = file.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2.5)
    style = file.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(11)
    style.element.get_or_add_rPr().append(_language(language))
    file.core_properties.title = f"{shown.heading}: {shown.title.words}"[:255]
    file.core_properties.author, file.core_properties.language = shown.group[:255], language
    footer = page.footer.paragraphs[0]
    footer.alignment, footer.text = WD_ALIGN_PARAGRAPH.CENTER, f"{shown.group} · {shown.when}"


def _language(code):
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:lang")
    mark.set(qn("w:val"), {"sl": "sl-SI", "en": "en-GB", "da": "da-DK", "nb": "nb-NO", "de": "de-DE"}[code])
    return mark


def _say(paragraph, text, language):
    """A run of the text, marked when it is in another language than the document."""
    run = paragraph.add_run(text.words)
    if text.language != language:
        run._r.get_or_add_rPr().append(_language(text.language))
    return run


def _write_item(file, item, of_minutes, language):
    heading = file.add_heading(f"{item.number}. ", level=1)
    _say(heading, item.title, language)
    for words in (item.note, item.minutes):
        for line in filter(None, words.splitlines()):
            _say(file.add_paragraph(), Text(line, of_minutes), language)
    for decision in item.decisions:
        line = file.add_paragraph(style="List Bullet")
        line.add_run((_("Decision %(code)s:") % {"code": decision.code}) + " ").bold = True
        _say(line, decision.text, language)
        if facts := _facts(decision):
            line.add_run(f" ({facts})")
    if item.outcome:
        file.add_paragraph().add_run(f"{_('Outcome')}: {item.outcome}").italic = True
    if item.corrected_on:
        file.add_paragraph().add_run(corrected(item)).italic = True


def _facts(decision):
    due = (
        _("by %(day)s") % {"day": dates.date_in_sentence(decision.due_on, languages.active())}
        if decision.due_on
        else ""
    )
    return ", ".join(part for part in (decision.responsible, due) if part)


def corrected(item):
    day = dates.date_in_sentence(item.corrected_on, languages.active())
    return _("Corrected on %(day)s: %(reason)s") % {"day": day, "reason": item.correction}
