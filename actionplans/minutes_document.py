"""A meeting as a document: its agenda before, its minutes after; as a page to print and as a .docx file.

Organisations and roles stand in it, and no person's name.
"""

from typing import NamedTuple

from django.utils.translation import gettext as _

from portal import dates, languages

from .models import Attendance, Meeting
from .word_file import Text, begin, cleaned, saved, say


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
    in_language: str  # a sentence where they are in another language than the reader's, or ""
    draft: str  # a sentence while minutes are not approved, or ""
    approved: str  # a sentence, or ""
    is_signed: bool  # are lines left on paper for who chaired and who wrote the minutes?


def content(meeting):
    """The Content of a meeting in the reader's language; a fixed number of queries."""
    is_over = meeting.status in (Meeting.Status.HELD, Meeting.Status.MINUTES_WRITTEN, Meeting.Status.MINUTES_APPROVED)
    items = meeting.items.on_agenda().prefetch_related("decisions__responsible")
    return Content(
        heading=_("Minutes") if is_over else _("Agenda"),
        title=_text(meeting, "title"),
        group=str(meeting.body),
        when=f"{dates.long_day(meeting.day)}, {dates.span(meeting.begins, meeting.ends)}",
        where=meeting.where,
        online_link=meeting.online_link,
        attendance=_attendance(meeting),
        items=[_item(number, item) for number, item in enumerate(items, start=1)],
        language=meeting.language,
        in_language=in_language(meeting),
        draft=_("Draft: these minutes are not approved yet.") if is_over and not meeting.approved_on else "",
        approved=_approved(meeting),
        is_signed=is_over,
    )


def in_language(meeting):
    """Minutes are written in one language and not translated; a reader of another is told which."""
    if meeting.language == languages.active():
        return ""
    return _("Minutes and notes are in: %(language)s.") % {"language": meeting.get_language_display()}


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
    from docx.shared import Pt  # four megabytes that few processes ever need

    shown, language = cleaned(content(meeting)), languages.active()
    file = begin(f"{shown.heading}: {shown.title.words}", shown.group, f"{shown.group} · {shown.when}")
    file.add_heading(shown.heading, level=0)
    say(file.add_paragraph(style="Subtitle"), shown.title, language)
    if shown.in_language:
        file.add_paragraph().add_run(shown.in_language).italic = True
    if shown.draft:
        file.add_paragraph().add_run(shown.draft).bold = True
    for label, words in (
        (_("Group"), shown.group),
        (_("When"), shown.when),
        (_("Where"), shown.where),
        (_("Online"), shown.online_link),
        *((f"{label.capitalize()} ({len(names)})", ", ".join(names)) for label, names in shown.attendance),
    ):
        if words:
            line = file.add_paragraph()
            line.add_run(f"{label}: ").bold = True
            line.add_run(words)
    for item in shown.items:
        _write_item(file, item, shown.language, language)
    if shown.approved:
        file.add_paragraph(shown.approved)
    if shown.is_signed:
        for words in (_("Chaired by"), _("Minutes written by")):
            line = file.add_paragraph(f"{words}: {'_' * 40}")
            line.paragraph_format.space_before = Pt(24)
    return saved(file)


def _write_item(file, item, of_minutes, language):
    heading = file.add_heading(f"{item.number}. ", level=1)
    say(heading, item.title, language)
    for words in (item.note, item.minutes):
        for line in filter(None, words.splitlines()):
            say(file.add_paragraph(), Text(line, of_minutes), language)
    for decision in item.decisions:
        line = file.add_paragraph(style="List Bullet")
        line.add_run((_("Decision %(code)s:") % {"code": decision.code}) + " ").bold = True
        say(line, decision.text, language)
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
