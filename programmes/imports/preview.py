"""What a table would change: each row new, changed, the same, or with errors; nothing is written.

A row is {"n": its number in the file, "state", "pk", "version", "name", "values": {name: value} that differ,
"differences": as components/differences.html shows them, "errors": [{"column", "text"}], "notes": [text]}.
"""

from collections import Counter
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal import languages
from portal.history.values import LANGUAGES
from portal.spreadsheets import Refused, tidy

from . import hours, times
from .columns import NUMBER
from .known import Known, key
from .rules import broken
from .sheets import SHEETS

NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"
STATES = (WRONG, NEW, CHANGED, SAME)
STEP = 100  # rows after which a preview says how far it is


class Preview(NamedTuple):
    rows: list
    counts: dict
    unknown: list  # headings of columns that are left out


def unheard(checked):
    """Nobody waits to be told how far it is."""


def in_steps(rows, note):
    """Yields the rows, and says after each STEP of them how many there were."""
    for place, row in enumerate(rows, 1):
        yield row
        if place % STEP == 0:
            note(place)


def preview(kind, user, head, rows, note=unheard):
    """The Preview of a table; a fixed number of queries, whatever its size. Raises Refused on its headings.

    `rows`: [(number of the row, [text])], each as long as `head`. `note(checked)` is told how many of them are done.
    """
    return _Reader(SHEETS[kind], user, head).preview(in_steps(rows, note))


def same(one, other):
    """True when two previews would write the same; words may be in another language."""
    return [_deed(row) for row in one] == [_deed(row) for row in other]


def _deed(row):
    return [row[name] for name in ("n", "state", "pk", "version", "values")]


class _Reader:
    def __init__(self, sheet, user, head):
        self.sheet, self.user, self.known = sheet, user, Known(user)
        self.columns, self.unknown = recognised(sheet, head)
        self.records = sheet.editable(user)
        self.numbers: dict[int, int] = {}  # of a record → its row
        self.in_file: dict[tuple, list] = {}  # (organisation, name) → [(row, whereabouts)]
        self.there: dict[tuple, list] = {}  # (organisation, name) → [record]
        for record in self.records.values():
            values = {c: getattr(record, c) for c in languages.columns(sheet.named)}
            for name in sheet.names(values):
                self.there.setdefault((sheet.owner_of(record), name), []).append(record)
        self.others = None

    def preview(self, rows):
        found = [self._row(number, cells) for number, cells in rows]
        counts = Counter(row["state"] for row in found)
        return Preview(found, {state: counts[state] for state in STATES}, self.unknown)

    def _row(self, number, cells):
        given = {column.name: cells[place] for place, column in self.columns.items()}
        row: dict[str, Any] = {"n": number, "pk": None, "version": None, "values": {}, "errors": [], "notes": []}
        row["differences"] = []
        record = self._by_number(row, given.pop(NUMBER, ""))
        if not row["errors"]:
            record = record or self._by_name(row, given)
            self._read(row, record, given)
            self._check(row, record)
        row["name"] = self._name(row, record, given)
        if record is not None and not row["errors"]:
            row |= {"pk": record.pk, "version": record.version}
        row["state"] = self._state(row, record)
        if row["state"] == SAME:
            row["differences"] = []
        return row

    def _state(self, row, record):
        if row["errors"]:
            return WRONG
        if record is None:
            return NEW
        return CHANGED if row["values"] else SAME

    def _name(self, row, record, given):
        if record is not None:
            return str(record)
        texts = {c: given.get(c, "") for c in languages.columns(self.sheet.named)}
        return languages.resolve(texts, self.sheet.named)[0]

    # ---- which record -----------------------------------------------------------------------------
    def _by_number(self, row, text):
        if not text:
            return None
        record = self.records.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 18 else None
        if record is None:
            sentence = _("There is none with the number %(number)s that you may edit.")
            self._wrong(row, NUMBER, sentence % {"number": text[:20]})
            return None
        return record if self._once(row, record) else None

    def _once(self, row, record):
        """Notes an error where another row of the file is the same record."""
        before = self.numbers.setdefault(record.pk, row["n"])
        if before != row["n"]:
            self._wrong(row, NUMBER, _("Row %(row)s is the same record.") % {"row": before})
        return before == row["n"]

    def _by_name(self, row, given):
        """The record of that name and place, for a row without a number."""
        values = {c: given.get(c, "") for c in languages.columns(self.sheet.named)} | {"address": given.get("address")}
        owner = None
        try:
            if self.sheet.owner:
                owner = self.known.read_organisation(given.get(self.sheet.owner, ""))
            if given.get("when"):
                values |= times.read(given["when"], self.known, None, {"organisation_id": owner})
        except ValidationError:
            if owner is None and self.sheet.owner:
                return None  # said again, at its column, when the row is read
        where = self.sheet.whereabouts(values)
        found = {
            record.pk: record
            for name in self.sheet.names(values)
            for record in self.there.get((owner, name), ())
            if _meet(where, self.sheet.whereabouts_of(record))
        }
        if len(found) > 1:
            numbers = ", ".join(map(str, sorted(found)))
            text = _("Several are called so in the same place (%(numbers)s); write the number of the one you mean.")
            self._wrong(row, NUMBER, text % {"numbers": numbers})
        if len(found) != 1:
            return None
        [record] = found.values()
        if self._once(row, record):
            row["notes"].append(_("Known by its name and place: number %(number)s.") % {"number": record.pk})
        return record

    # ---- what it says -----------------------------------------------------------------------------
    def _read(self, row, record, given):
        now = self.sheet.cells(record, self.known) if record is not None else {}
        for column in self.columns.values():
            text = given.get(column.name)
            if text is None or text == tidy(now.get(column.name, "")):
                continue
            if column.read is None:
                self._only_shown(row, record, column)
                continue
            try:
                values = column.read(text, self.known, record, row["values"])
            except ValidationError as error:
                row["errors"].append({"column": column.heading, "text": " ".join(error.messages)})
                continue
            if record is not None:
                values = {n: value for n, value in values.items() if value != self.sheet.value(record, n)}
            if values:
                row["values"] |= values
                row["differences"].append(_difference(column, tidy(now.get(column.name, "")), text, values, self.known))

    def _only_shown(self, row, record, column):
        if record is None:
            note = _("“%(column)s” is left out: what is new begins as a draft.")
            row["notes"].append(note % {"column": column.heading})
        else:
            text = _("A table cannot change this; use the page of the programme.")
            row["errors"].append({"column": column.heading, "text": text})

    def _name_column(self):
        """The name of the column in which the table itself says what a row is called."""
        own = f"{self.sheet.named}_{languages.active()}"
        there = [column.name for column in self.columns.values() if column.name.startswith(f"{self.sheet.named}_")]
        return own if own in there else there[0]

    def _wrong(self, row, name, text):
        heading = next((c.heading for c in self.sheet.columns() if c.name == name), "")
        row["errors"].append({"column": heading, "text": text})

    # ---- the row as a whole -----------------------------------------------------------------------
    def _check(self, row, record):
        values = row["values"]
        titles = languages.columns(self.sheet.named)
        named = {c: values.get(c, getattr(record, c) if record is not None else "") for c in titles}
        wrong = {error["column"] for error in row["errors"]}
        if not any(named.values()) and (record is None or set(titles) & set(values)):
            own = next(c for c in self.sheet.columns() if c.name == f"{self.sheet.named}_{languages.active()}")
            if own.heading not in wrong:
                self._wrong(row, own.name, _("Give it a name in at least one language."))
        if record is None:
            self._needed(row, wrong)
        if values and not row["errors"]:
            row["errors"] += [{"column": "", "text": text} for text in self._broken(row, record)]
        if record is None and not row["errors"]:
            self._twice(row)

    def _needed(self, row, wrong):
        for column in self.sheet.columns():
            is_given = {column.name, f"{column.name}_id"} & set(row["values"])
            if column.name in self.sheet.needed and not is_given and column.heading not in wrong:
                row["errors"].append({"column": column.heading, "text": _("This must be given.")})

    def _broken(self, row, record):
        """What the database would refuse."""
        model = self.sheet.model
        fields = {field.attname: field for field in model._meta.concrete_fields}
        now = {name: getattr(record, name) for name in fields} if record is not None else {}
        come = {name: value for name, value in row["values"].items() if name in fields}
        stored = {name: None if value == "" and fields[name].null else value for name, value in come.items()}
        return broken(model, {**now, **stored})

    def _twice(self, row):
        """Notes what is in the file already, or looks like a record of somebody else."""
        values, n = row["values"], row["n"]
        owner = values.get("organisation_id")
        where = self.sheet.whereabouts(values)
        for name in self.sheet.names(values):
            rows = self.in_file.setdefault((owner, name), [])
            before = next((other for other, there in rows if _meet(where, there) and other != n), None)
            if before and not row["errors"]:
                self._wrong(row, self._name_column(),
                            _("Row %(row)s has the same name and place.") % {"row": before})  # fmt: skip
            rows.append((n, where))
        if self.others is None:
            self.others = self.sheet.others(self.user)
        alike = [words for name in self.sheet.names(values) for there, words in self.others.get(name, ())
                 if self.sheet.owner is None or (where and where & there)]  # fmt: skip
        if alike and not row["errors"]:
            note = _("“%(name)s” of somebody else is called so too, in the same place. Is it the same?")
            row["notes"].append(note % {"name": alike[0]})


def _meet(one, other):
    """Two rows may be in the same place: they share one, or one of them names none."""
    return not one or not other or bool(one & other)


def _difference(column, before, after, values, known):
    if "schedules" in values:
        after = times.in_lines(values["schedules"], known)
    if "hours" in values:
        after = hours.said(values["hours"])
    return {
        "label": str(column.label),
        "language": column.language,
        "language_name": LANGUAGES.get(column.language),
        "is_text": True,
        "before": before,
        "after": after,
    }


def recognised(sheet, head):
    """({place in the row: Column}, [heading that is not known]). Raises Refused."""
    wanted: dict[str, Any] = {}
    for column in reversed(sheet.columns()):
        for heading in column.headings():
            wanted[heading] = column
    for column in reversed(sheet.columns()):  # the reader's own words before those of other languages
        wanted[key(column.heading)] = column
    found, unknown = {}, []
    for place, heading in enumerate(head):
        column = wanted.get(key(heading)) if heading else None
        if column is None:
            unknown += [heading] if heading else []
        elif column in found.values():
            raise Refused(_("The column “%(column)s” stands there twice.") % {"column": heading})
        else:
            found[place] = column
    if not any(c.name.startswith(f"{sheet.named}_") or c.name in (NUMBER, sheet.named) for c in found.values()):
        raise Refused(_("The headings in the first row are not those of this table. Begin with the template below."))
    return found, unknown
