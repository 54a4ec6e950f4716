"""Tables to take away: what the group has, and templates with an example row to begin with."""

from django.utils.translation import gettext as _

from portal import languages
from portal.models import Term, Vocabulary

from ..models import Import, ProgrammeTerm
from .columns import NUMBER
from .known import Known
from .sheets import SHEETS


def rows(kind, user, group):
    """[[text]]: headings in the reader's language, then a row for each record; a fixed number of queries."""
    sheet, known = SHEETS[kind], Known(user)
    columns = sheet.columns()
    found = [[column.show(record, known) for column in columns] for record in sheet.of_group(user, group)]
    return [[column.heading for column in columns], *found]


def template(kind, organisation=None):
    """[[text]]: the headings, and one example row that says in words what belongs where."""
    columns = SHEETS[kind].columns()
    examples = _examples(kind, str(organisation or ""))
    return [[column.heading for column in columns], [str(examples.get(column.name, "")) for column in columns]]


def _examples(kind, organisation):
    """{name of a column: what the example row says}; texts stand in the reader's language only."""
    code = languages.active()
    found = {NUMBER: "", "organisation": organisation, "contact_phone": "+386 1 000 01 10", "phone": "+386 1 000 01 10"}
    if kind == Import.Kind.PROGRAMMES:
        found |= {
            f"title_{code}": _("EXAMPLE, delete this row: Walking group"),
            f"summary_{code}": _("One or two sentences that a resident reads first."),
            "when": _("every second Thursday 16:30–18:00"),
            "is_full": _("no"),
            **{v.value: _term(v) for v in ProgrammeTerm.VOCABULARIES[:2]},
            Vocabulary.COST.value: _term(Vocabulary.COST),
            Vocabulary.REFERRAL_ROUTE.value: _term(Vocabulary.REFERRAL_ROUTE),
        }
    elif kind == Import.Kind.PLACES:
        found |= {
            f"name_{code}": _("EXAMPLE, delete this row: House of health"),
            "address": "Lipova 1",
            "lat": "46.05",
            "lon": "14.5",
            "opening_hours": _("every Monday 8:00–12:00"),
            "access": _term(Vocabulary.ACCESSIBILITY),
            "is_remote": _("no"),
        }
    else:
        found |= {
            f"name_{code}": _("EXAMPLE, delete this row: Walking society"),
            f"about_{code}": _("Who you are, in two or three sentences."),
            "sector": _term(Vocabulary.SECTOR),
            "email": "info@example.org",
            "website": "https://example.org",
        }
    return found


def _term(vocabulary):
    return Term.objects.of(vocabulary).filter(is_active=True).order_by("order", "slug").first() or ""
