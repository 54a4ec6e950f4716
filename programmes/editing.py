"""Saving what editors typed: at once or as a proposal; and what to say when somebody else saved meanwhile."""

from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils.text import capfirst

from portal import addresses, languages, translation_states

from . import differences, review
from .content import LISTS, columns, content, normalised, plain, put
from .models import Programme, ProgrammeTerm, Schedule
from .photos import NONE as NO_PHOTO


class Meeting(NamedTuple):
    """A field in which somebody else saved something different meanwhile; texts for people."""

    name: str
    label: str
    before: str
    theirs: str
    mine: str


@transaction.atomic
def save(programme, changes, by, version, is_minor=False, right=None):
    """Saves changes {column: value}, or proposes them; True when they were proposed. Nothing different: False.

    `right` are the translations said to be still right, as the form has them; None where nobody was asked. Readers see
    nothing of that, so it is not reviewed: it holds at once, or with the proposal in which its original waits.

    Raises StaleObject when the programme is no longer at `version`; ValidationError.
    """
    if review.reviews_first(programme, by):
        return _propose(programme, changes, by, version, is_minor, right)
    programme.version = version
    changes = normalised(programme, changes)
    if changes:
        put(programme, changes, is_minor)
        review.saved(programme, by)
    _say_right(programme, by, right)
    return False


def _say_right(programme, by, right):
    """→ what was noted; of the rest the original is not what was looked at."""
    if not right:
        return set()
    may = Programme.objects.editable_by(by).filter(pk=programme.pk)
    locked = Programme.objects.select_for_update(of=("self",)).filter(pk__in=may.values("pk")).first()
    return translation_states.still_right(locked, right) if locked else set()


def _propose(programme, changes, by, version, is_minor, right):
    proposal = review.open_proposal(programme)
    noted = _say_right(programme, by, right)
    wanted = {**(proposal.changes if proposal else {}), **changes}
    wanted = normalised(programme, wanted)
    if not wanted and proposal:
        review.withdraw(proposal, by)
    if not wanted:
        return False
    is_minor = is_minor and (proposal is None or proposal.is_minor)  # what waits already keeps what it was
    waits = {c: seen for c, seen in right.items() if c not in noted} if right is not None else None
    review.propose(programme, wanted, by, version, proposal and proposal.revision, is_minor, waits)
    return True


def shown(programme, by):
    """The content the form opens on: with what was proposed and waits, for whom edits are reviewed first."""
    now = content(programme)
    proposal = review.open_proposal(programme) if review.reviews_first(programme, by) else None
    return {**now, **(proposal.changes if proposal else {})}


def meetings(base, now, changes):
    """[Meeting] for the fields that both changed, and differently."""
    both = [n for n, mine in changes.items() if now.get(n) != base.get(n) and now.get(n) != mine]
    return [Meeting(n, label(n), *(said(n, value) for value in (base.get(n), now.get(n), changes[n]))) for n in both]


def label(name):
    """The name of a column for people, with its language."""
    if name in LISTS:
        return differences.list_label(name)
    text, _underscore, code = name.rpartition("_")
    known = columns()
    if code in languages.CODES and name in known and hasattr(Programme, text):
        original: Any = Programme._meta.get_field(text)
        return f"{capfirst(original.verbose_name)} ({dict(settings.LANGUAGES)[code]})"
    return capfirst(known[name].verbose_name) if name in known else name


def said(name, value):
    if name in LISTS:
        return ", ".join(differences.list_words(name, value or ()))
    return "" if value is None else str(value)


def create(organisation, values, **more):
    """A new draft of the organisation, with a slug of its own. `values` as programmes.content writes them."""
    texts = {name: value for name, value in values.items() if name not in LISTS}
    title = next((texts[f"title_{code}"] for code in languages.CODES if texts.get(f"title_{code}")), "")

    def write(slug):
        programme = Programme.objects.create(organisation=organisation, slug=slug, **texts, **more)
        rows = [ProgrammeTerm(programme=programme, term_id=number) for number in values.get("terms", ())]
        ProgrammeTerm.objects.bulk_create(rows)
        if lists := {name: values[name] for name in ("partners", "continues_with") if values.get(name)}:
            put(programme, lists)
        return programme

    return addresses.with_free_word(Programme.objects.all(), title, write)


def copied(source, organisation, by):
    """A draft of `organisation` with what `source` says; contact and places only within one organisation."""
    values = content(source)
    if source.organisation_id != organisation.pk:
        values |= {name: "" for name in values if name.startswith("contact_")}
    values |= {"is_full": False, "waiting_weeks": None, "resumes_on": None, "partners": [], "continues_with": []}
    values |= NO_PHOTO
    more = {"copied_from": source}
    if source.organisation_id == organisation.pk:
        more["held_languages"] = source.held_languages
    else:  # what is held back there is not for others to read
        values |= {name: "" for name in values if name.rpartition("_")[2] in source.held_languages}
    with transaction.atomic():
        programme = create(organisation, values, **more)
        if source.organisation_id == organisation.pk:
            put(programme, {"schedules": [{**row, "id": None} for row in values["schedules"]]})
    return programme


# ---- schedules: rows of a programme's content -----------------------------------------------------
def row_of(schedule, spoken):
    """A Schedule (saved or not) and the terms of its languages as a row."""
    row = {name: plain(field, getattr(schedule, name)) for name, field in columns(Schedule).items()}
    return {"id": schedule.pk, **row, "languages": sorted(term.pk for term in spoken)}


def rows_with(rows, row):
    """The rows with this one in the place of the one of its number, or at the end; there once if it came twice."""
    if row in rows:
        return rows
    if row["id"] and any(other["id"] == row["id"] for other in rows):
        return [row if other["id"] == row["id"] else other for other in rows]
    return [*rows, row]
