"""What the cells of a table may name: terms, organisations, places and settlements, found by their names."""

import re
from collections import defaultdict
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from partners.models import Location, Organisation, Settlement
from portal import languages
from portal.models import Term
from portal.search.text import fold

_BETWEEN = re.compile(r"[;\n]")


def key(text):
    """A name as it is compared: small letters, no accents, words with one space between."""
    return re.sub(r"[\W_]+", " ", fold(text)).strip()


def names(record, field):
    """The names of a record in all languages, as they are compared."""
    texts = (getattr(record, column) for column in languages.columns(field))
    return {key(text) for text in texts if text}


def items(text):
    """ "a; b" and lines → ["a", "b"]."""
    return [item for part in _BETWEEN.split(text) if (item := part.strip())]


class Known:
    """Read at most once for a whole table, whatever its size; `user` narrows what may be named."""

    def __init__(self, user):
        self.user = user
        self.lines: dict = {}  # of programmes.imports.times

    # ---- terms ------------------------------------------------------------------------------------
    @cached_property
    def terms(self):
        """{number: Term}, retired ones too."""
        return Term.objects.defer("seeded", "maps", *languages.columns("description", "everyday_words")).in_bulk()

    @cached_property
    def _terms_by_name(self):
        """{(vocabulary, name): number}: by slug, by label in the reader's language, then in the others."""
        found: dict = {}
        order = [languages.active(), *(code for code in languages.CODES if code != languages.active())]
        living = [term for term in self.terms.values() if term.is_active]
        for term in living:
            found.setdefault((term.vocabulary, key(term.slug)), term.pk)
        for code in order:
            for term in living:
                if label := getattr(term, f"label_{code}"):
                    found.setdefault((term.vocabulary, key(label)), term.pk)
        return found

    def term_said(self, term):
        """The label; the slug where a label would be read as two."""
        label = str(term)
        return term.slug if _BETWEEN.search(label) else label

    def terms_said(self, numbers):
        terms = sorted((self.terms[number] for number in numbers), key=lambda term: (term.order, term.slug))
        return "; ".join(map(self.term_said, terms))

    def read_terms(self, vocabulary, text, now=()):
        """Numbers of the terms a cell names. `now`: those the record has, which may be retired."""
        kept = {key(self.term_said(self.terms[number])): number for number in now}
        found, unknown = [], []
        for item in items(text):
            number = kept.get(key(item)) or self._terms_by_name.get((vocabulary, key(item)))
            (unknown if number is None else found).append(item if number is None else number)
        if unknown:
            raise ValidationError(_("Not in the list of words: %(words)s.") % {"words": ", ".join(unknown)})
        return sorted(set(found))

    # ---- organisations ----------------------------------------------------------------------------
    @cached_property
    def organisations(self):
        """{number: Organisation} of those the person may edit."""
        return Organisation.objects.editable_by(self.user).in_bulk()

    @cached_property
    def _organisations_by_name(self):
        found = defaultdict(set)
        for organisation in self.organisations.values():
            for name in {*names(organisation, "name"), key(organisation.slug)}:
                found[name].add(organisation.pk)
        return found

    def read_organisation(self, text):
        """The number of an organisation the person may edit, by its name or short name."""
        return _one(
            self._organisations_by_name.get(key(text), ()),
            text,
            _("There is no organisation “%(name)s” among those you may edit."),
            _("Several organisations are called “%(name)s”."),
        )

    # ---- places -----------------------------------------------------------------------------------
    @cached_property
    def places(self):
        """{number: Location} of all that a schedule may name."""
        return Location.objects.visible_to(self.user).in_bulk()

    @cached_property
    def _places_by_name(self):
        found = defaultdict(set)
        for place in self.places.values():
            for name in {*names(place, "name"), key(place.slug)}:
                found[name].add(place.pk)
        return found

    def read_place(self, text, organisation):
        """The number of a place by its name; the organisation's own goes before others'."""
        found = self._places_by_name.get(key(text), set())
        own = {pk for pk in found if self.places[pk].organisation_id == organisation}
        return _one(
            own or found,
            text,
            _("There is no place “%(name)s”. Add it first."),
            _("Several places are called “%(name)s”."),
        )

    @cached_property
    def settlements(self):
        return Settlement.objects.select_related("municipality").in_bulk()

    @cached_property
    def _settlements_by_name(self):
        found = defaultdict(set)
        for settlement in self.settlements.values():
            for name in (settlement.name, f"{settlement.name} {settlement.municipality}", settlement.slug):
                found[key(name)].add(settlement.pk)
        return found

    def settlement_said(self, settlement):
        """The name, with the municipality where several have it."""
        if len(self._settlements_by_name[key(settlement.name)]) > 1:
            return f"{settlement.name} ({settlement.municipality})"
        return settlement.name

    def read_settlement(self, text):
        return _one(
            self._settlements_by_name.get(key(text), ()),
            text,
            _("There is no settlement “%(name)s” in the list."),
            _("Several settlements are called “%(name)s”; write the municipality behind it, in brackets."),
        )


def _one(found, text, none, several):
    if len(found) != 1:
        raise ValidationError((several if found else none) % {"name": text})
    return next(iter(found))
