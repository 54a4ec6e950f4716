"""The three tables: organisations, places and programmes. Which records, which columns, and what makes two the same."""

from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from partners.models import Location, Membership, Organisation
from portal import languages
from portal.models import Vocabulary

from .. import school_years
from ..completeness import TRANSLATED
from ..content import columns as content_columns
from ..content import plain
from ..forms.programmes import PLAIN
from ..models import Import, Programme, ProgrammeTerm
from . import hours, times
from .columns import Column, number, of_field, read_only
from .known import key, names


class Sheet:
    """What the tables have in common. `owner` is the column that names the organisation, `named` the text that names
    a record, `needed` what a new row must say."""

    kind = ""
    model: Any = None
    named = "name"
    owner: str | None = "organisation"
    needed: tuple[str, ...] = ()

    def editable(self, user):
        """{number: record} of all that the person may edit, with what the columns show; a fixed number of queries."""
        return {record.pk: record for record in self.with_all(self.model.objects.editable_by(user))}

    def of_group(self, user, group):
        """The records of the group's members that the person may edit, for a file to take away."""
        members = Membership.objects.current().filter(group=group).values("organisation")
        column = "organisation__in" if self.owner else "pk__in"
        return list(self.with_all(self.model.objects.editable_by(user).filter(**{column: members}).order_by("pk")))

    def with_all(self, records):
        return records

    @cache  # noqa: B019 – there are three of them, for ever
    def columns(self):
        return tuple(self._columns())

    def _columns(self):
        return ()

    def _texts(self, *fields):
        return [of_field(self.model, column) for column in languages.columns(*fields)]

    def cells(self, record, known):
        """{name of the column: what stands in its cell}."""
        return {column.name: column.show(record, known) for column in self.columns()}

    def value(self, record, name):
        """What the record has under a name that `read` of a column gives."""
        return plain(self.model._meta.get_field(name), getattr(record, name))

    def names(self, values):
        """The names of a row, as they are compared."""
        return {key(values[c]) for c in languages.columns(self.named) if values.get(c)}

    def whereabouts(self, values):
        """What else must be the same for two rows to be one: places or an address; empty fits all."""
        return frozenset()

    def whereabouts_of(self, record):
        return frozenset()

    def owner_of(self, record):
        return getattr(record, "organisation_id", None)

    def others(self, user):
        """{name: [(whereabouts, words)]} of what the person may see and not edit, to warn of a second of the kind."""
        found = {}
        seen = self.model.objects.visible_to(user).exclude(pk__in=self.model.objects.editable_by(user).values("pk"))
        for record in self.with_all(seen):
            for name in names(record, self.named):
                found.setdefault(name, []).append((self.whereabouts_of(record), str(record)))
        return found


class Organisations(Sheet):
    kind = Import.Kind.ORGANISATIONS
    model = Organisation
    owner = None
    needed = ("sector",)

    def with_all(self, records):
        return records.select_related("sector", "parent")

    def _columns(self):
        return [
            number(),
            *self._texts("name", "about", "offer", "lends"),
            Column("sector", gettext_lazy("sector"), lambda r, k: k.term_said(r.sector), _read_sector),
            Column("part_of", gettext_lazy("part of"), lambda r, k: str(r.parent or ""), _read_parent),
            *(of_field(Organisation, name) for name in ("phone", "email", "website")),
        ]

    def value(self, record, name):
        return getattr(record, name) if name in ("sector_id", "parent_id") else super().value(record, name)


def _read_sector(text, known, record, row):
    found = known.read_terms(Vocabulary.SECTOR, text, [record.sector_id] if record else [])
    if len(found) != 1:
        raise ValidationError(_("Write one sector."))
    return {"sector_id": found[0]}


def _read_parent(text, known, record, row):
    return {"parent_id": known.read_organisation(text) if text else None}


class Places(Sheet):
    kind = Import.Kind.PLACES
    model = Location
    needed = ("organisation",)

    def with_all(self, records):
        return records.select_related("settlement__municipality", "organisation").prefetch_related("hours", "access")

    def _columns(self):
        return [
            number(),
            _provider(gettext_lazy("organisation")),
            *self._texts("name"),
            of_field(Location, "address"),
            Column("settlement", gettext_lazy("settlement"), _show_settlement, _read_settlement),
            *(of_field(Location, name) for name in ("lat", "lon", "phone")),
            *self._texts("how_to_get_there"),
            Column("access", gettext_lazy("access"), lambda r, k: k.terms_said(_access(r)), _read_access),
            Column("opening_hours", gettext_lazy("opening hours"), lambda r, k: hours.said(hours.rows(r)), _read_hours),
            of_field(Location, "is_remote"),
        ]

    def value(self, record, name):
        own = {"settlement_id": lambda r: r.settlement_id, "access": _access, "hours": hours.rows}
        return own[name](record) if name in own else super().value(record, name)

    def whereabouts(self, values):
        return frozenset(filter(None, [key(values.get("address") or "")]))

    def whereabouts_of(self, record):
        return frozenset(filter(None, [key(record.address)]))


def _show_settlement(place, known):
    return known.settlement_said(known.settlements[place.settlement_id]) if place.settlement_id else ""


def _read_settlement(text, known, record, row):
    return {"settlement_id": known.read_settlement(text) if text else None}


def _access(place):
    return sorted(term.pk for term in place.access.all())


def _read_access(text, known, record, row):
    return {"access": known.read_terms(Vocabulary.ACCESSIBILITY, text, _access(record) if record else [])}


def _read_hours(text, known, record, row):
    return {"hours": hours.read(text)}


class Programmes(Sheet):
    kind = Import.Kind.PROGRAMMES
    model = Programme
    named = "title"
    needed = ("organisation",)

    def with_all(self, records):
        return records.select_related("organisation").prefetch_related(
            "terms", "schedules__languages", "schedules__location"
        )

    def _columns(self):
        return [
            number(),
            _provider(gettext_lazy("provider")),
            read_only("status", gettext_lazy("status"), lambda r, k: r.get_status_display()),
            read_only("checked_on", gettext_lazy("last checked on"), lambda r, k: str(r.checked_on or "")),
            *self._texts("title", "summary"),
            Column("when", gettext_lazy("when and where"), _show_times, times.read),
            *(_terms(vocabulary) for vocabulary in ProgrammeTerm.VOCABULARIES),
            *(_plain(name) for name in PLAIN),
            *self._texts(*(name for name in TRANSLATED if name not in ("title", "summary"))),
        ]

    def value(self, record, name):
        if name == "schedules":
            return [times.row_of(schedule) for schedule in _schedules(record)]
        if name.startswith("terms "):
            return sorted(term.pk for term in record.terms.all() if f"terms {term.vocabulary}" == name)
        return plain(content_columns()[name], getattr(record, name))

    def whereabouts(self, values):
        return frozenset(row["location_id"] for row in values.get("schedules", ()) if row["location_id"])

    def whereabouts_of(self, record):
        return frozenset(s.location_id for s in record.schedules.all() if s.location_id)


# A name that would stand twice, or say too little without the others of the form.
_CLEARER = {"capacity": {"label": pgettext_lazy("how many people", "places")}}


def _plain(name):
    if name == "school_years":
        field: Any = Programme._meta.get_field(name)
        return Column(name, field.verbose_name, lambda r, k: ", ".join(r.school_years), _read_school_years)
    return of_field(Programme, name, **_CLEARER.get(name, {}))


def _read_school_years(text, known, record, row):
    return {"school_years": school_years.read(text)}


def _schedules(programme):
    return sorted(programme.schedules.all(), key=lambda schedule: schedule.pk)


def _show_times(programme, known):
    return "\n".join(times.said(schedule, known) for schedule in _schedules(programme))


def _terms(vocabulary):
    def own(record):
        return sorted(term.pk for term in record.terms.all() if term.vocabulary == vocabulary) if record else []

    def read(text, known, record, row):
        return {f"terms {vocabulary.value}": known.read_terms(vocabulary, text, own(record))}

    return Column(vocabulary.value, vocabulary.label, lambda r, k: k.terms_said(own(r)), read)


def _provider(label):
    def read(text, known, record, row):
        number = known.read_organisation(text)
        if record and number != record.organisation_id:
            raise ValidationError(_("A table cannot give it to another organisation."))
        return {} if record else {"organisation_id": number}

    return Column("organisation", label, lambda r, k: str(r.organisation), read)


SHEETS = {sheet.kind: sheet for sheet in (Programmes(), Places(), Organisations())}
