"""The difference between two contents of a programme, for people: field by field, in each language."""

from django.utils.translation import gettext as _

from partners.models import Location, Organisation
from portal import languages
from portal.history.values import LANGUAGES, Words, is_text, name_of
from portal.models import Term

from .content import LISTS, columns
from .models import Programme, ProgrammePartner, Schedule


def differences(before, after, only=None):
    """[row] in the order of the form. A row has `column`, `label`, `language` (code or None) and its name, and
    `before` and `after` as words; `is_text` where they are to be compared word by word, else for lists `removed`
    and `added`. What says nothing on both sides has no row."""
    known, words, found = columns(), Words(), []
    for column in (c for c in before if only is None or c in only):
        if before[column] == after[column] or (_says_nothing(before[column]) and _says_nothing(after[column])):
            continue
        if column in LISTS:
            found.append(_list_row(column, before[column], after[column]))
        else:
            found.append(_row(known[column], column, before[column], after[column], words))
    return found


def _says_nothing(value):
    """Of a new programme, what nobody answered is no difference; a nought is an answer."""
    return value is None or value is False or value in ("", [], {})


def _row(field, column, before, after, words):
    label, language = name_of(field)
    words.know(field, before, after)
    row = {"column": column, "label": label, "language": language, "language_name": LANGUAGES.get(language)}
    if column == "photo" and after:
        row["picture"] = Programme(photo=after)
    return {**row, "is_text": is_text(field), "before": words.of(field, before), "after": words.of(field, after)}


def _list_row(column, before, after):
    gone = [item for item in before if item not in after]
    come = [item for item in after if item not in before]
    row = {"column": column, "label": list_label(column), "language": None, "is_list": True}
    if not gone and not come:
        return {**row, "removed": [], "added": [], "after": _("in another order")}
    return {**row, "removed": list_words(column, gone), "added": list_words(column, come)}


def list_label(column):
    """What one of the lists of a programme is called."""
    return {
        "terms": _("terms"),
        "partners": _("partners"),
        "continues_with": _("continue with"),
        "schedules": _("when and where"),
    }[column]


def list_words(column, rows):
    """[words for each of these rows of a list]."""
    return _NAMES[column](rows)


def _terms(numbers):
    return [f"{t.get_vocabulary_display()}: {t}" for t in Term.objects.filter(pk__in=numbers)]


def _partners(pairs):
    found = Organisation.objects.in_bulk([pk for pk, _role in pairs])
    roles = dict(ProgrammePartner.Role.choices)
    return [f"{found[pk]} ({roles.get(role, role)})" for pk, role in pairs if pk in found]


def _programmes(numbers):
    return [str(programme) for programme in Programme.objects.filter(pk__in=numbers)]


def _schedules(rows):
    places = Location.objects.in_bulk([row["location_id"] for row in rows if row["location_id"]])
    spoken = Term.objects.in_bulk([number for row in rows for number in row["languages"]])
    return [_schedule(row, places, spoken) for row in rows]


def _schedule(row, places, spoken):
    """ "Every Tuesday, 9:00–10:00 · House of health · from 1 January 2026 · Slovenian"."""
    known = columns(Schedule)
    values = {name: known[name].to_python(row[name]) for name in known}
    schedule = Schedule(**values)
    words, parts = Words(), [schedule.in_words(), str(places.get(row["location_id"], ""))]
    for name in ("valid_from", "valid_to", "exceptions", "runs_on_holidays", "has_interpreter"):
        if row[name]:
            parts.append(f"{name_of(known[name])[0]}: {words.of(known[name], row[name])}")
    parts += [str(spoken[number]) for number in row["languages"] if number in spoken]
    if row["rule"]:
        parts.append(languages.resolve(row, "note")[0])
    return " · ".join(part for part in parts if part)


_NAMES = {"terms": _terms, "partners": _partners, "continues_with": _programmes, "schedules": _schedules}
