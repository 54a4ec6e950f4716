"""Schedules as lines of a cell: "every second Thursday, 16:30–18:00 @ House of health @ Slovenian, English".

A line that stands as it was keeps its schedule untouched; one that changed keeps what a line does not say.
"""

from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import languages
from portal.models import Vocabulary
from portal.spreadsheets import tidy

from .. import editing
from ..content import columns
from ..models import Schedule
from ..sentences import read as read_sentence
from ..sentences import sentence

MOST = 100  # lines


def row_of(schedule):
    """A schedule as a row of a programme's content (programmes.content)."""
    return editing.row_of(schedule, schedule.languages.all())


def said(schedule, known):
    """The line of a schedule."""
    return _line(schedule, known, schedule.location_id, [term.pk for term in schedule.languages.all()])


def _line(schedule, known, place, spoken):
    words = (
        sentence(schedule)
        if schedule.rule
        else languages.resolve(schedule, "note", with_held=True)[0].replace("\n", " ")
    )
    parts = [words or _("by arrangement"), str(known.places[place]) if place in known.places else ""]
    if spoken:
        parts.append(", ".join(known.term_said(known.terms[number]) for number in sorted(spoken)))
    while not parts[-1]:
        parts.pop()
    return " @ ".join(parts)


def in_lines(rows, known):
    """What rows of content say, a line each: so a person sees how their sentence was understood."""
    kept = columns(Schedule)
    found = []
    for row in rows:
        schedule = Schedule(**{name: kept[name].to_python(row[name]) for name in kept})
        found.append(_line(schedule, known, row["location_id"], row["languages"]))
    return "\n".join(found)


def read(text, known, record, row):
    """{"schedules": rows of content}. Raises ValidationError with the line that was not understood."""
    lines = [line for part in text.split("\n") if (line := part.strip())]
    if len(lines) > MOST:
        raise ValidationError(_("Those are too many times for one programme."))
    left = sorted(record.schedules.all(), key=lambda schedule: schedule.pk) if record else []
    found: list = [None] * len(lines)
    for place, line in enumerate(lines):
        same = next((schedule for schedule in left if tidy(said(schedule, known)) == line), None)
        if same:
            left.remove(same)
            found[place] = row_of(same)
    owner = record.organisation_id if record else row.get("organisation_id")
    for place, line in enumerate(lines):
        if found[place] is None:
            found[place] = _read_line(line, known, owner, left.pop(0) if left else None)
    return {"schedules": found}


def _read_line(line, known, owner, before):
    """A row of content. What a line alone says is kept: the rows of a table say the same few lines over and over."""
    if before is not None:
        return _read_anew(line, known, owner, before)
    if (line, owner) not in known.lines:
        known.lines[line, owner] = _read_anew(line, known, owner, None)
    return dict(known.lines[line, owner])


def _read_anew(line, known, owner, before):
    words, place, spoken, *rest = [*(part.strip() for part in line.split("@")), "", "", ""]
    if any(rest):
        raise ValidationError(_("“%(line)s” has more than two @.") % {"line": line})
    schedule = before or Schedule(valid_from=timezone.localdate())
    row = row_of(before) if before else editing.row_of(schedule, ())
    row |= _said_by(words, line, schedule)
    row["location_id"] = known.read_place(place, owner) if place else None
    now = [term.pk for term in before.languages.all()] if before else []
    row["languages"] = known.read_terms(Vocabulary.LANGUAGE, spoken.replace(",", ";"), now)
    return row


def _said_by(words, line, schedule):
    """The columns that a sentence fills."""
    reading, code = _understood(words, languages.active(), timezone.localdate())
    if reading is None:
        raise ValidationError(
            _("“%(line)s” is not understood; write for example: every second Thursday 16:30–18:00 @ place.")
            % {"line": line}
        )
    valid_from = reading.valid_from or schedule.valid_from
    if reading.valid_to and reading.valid_to < valid_from:
        raise ValidationError(_("The last day must not be before the first."))
    values = {
        "rule": reading.rule,
        "starts_at": reading.starts_at,
        "ends_at": reading.ends_at,
        "valid_from": valid_from,
        "valid_to": reading.valid_to,
        "exceptions": sorted(reading.exceptions),
        "runs_on_holidays": reading.runs_on_holidays,
    }
    if not reading.rule:
        values |= {"starts_at": None, "ends_at": None, f"note_{code}": words}
    trial = Schedule(**values)
    trial.clean_fields(exclude=[f.name for f in Schedule._meta.fields if f.name not in ("rule", *values)] + ["note"])
    row = editing.row_of(trial, ())
    return {name: row[name] for name in values}


@lru_cache(2000)
def _understood(words, language, today):
    """(Reading, language) in the reader's language, else in the first that understands all of it; (None, None).

    Kept, for the rows of a table say the same few sentences over and over; a Reading is not changed by who reads it.
    """
    for code in (language, *languages.CODES):
        reading = read_sentence(words, code, today)
        has_times = reading.starts_at and reading.ends_at
        if reading.is_understood and not reading.unread and (has_times or not reading.rule):
            return reading, code
    return None, None
