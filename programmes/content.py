"""What a programme says, as plain values: read, compared, and put in place as a whole.

{column: value} with a key for every column that its editors fill in, texts as one column per language, and
four lists: "terms" [number], "partners" [[organisation, role]], "continues_with" [number, in their order],
"schedules" [{"id": number or None, column: value, "languages": [number]}]. Values are those of JSON.
"""

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from modeltranslation.translator import translator

from portal import translation_states
from portal.models import Term
from portal.stale import StaleObject

from .models import Continuation, Programme, ProgrammePartner, ProgrammeTerm, Schedule, ScheduleLanguage

LISTS = ("terms", "partners", "continues_with", "schedules")
# What has its own way of changing, or is not for editors.
_APART = {"id", "organisation", "slug", "status", "checked_on", "checked_by", "programme"}


def columns(model=Programme):
    """{column: field} of what editors fill in; of a text its five languages, not the nameless original."""
    originals = set(translator.get_options_for_model(model).all_fields)
    fields = model._meta.concrete_fields
    return {f.attname: f for f in fields if f.editable and f.name not in _APART | originals}


def plain(field, value):
    """A column's value as JSON has it; no text is "", whether the database says NULL or ""."""
    if value is None:
        return "" if isinstance(field, models.CharField | models.TextField) else None
    value = field.to_python(value)
    if isinstance(value, list):
        return [DjangoJSONEncoder().default(v) if hasattr(v, "isoformat") else v for v in value]
    return DjangoJSONEncoder().default(value) if hasattr(value, "isoformat") else value


def content(programme):
    """All that the programme says now; five queries."""
    found = {name: plain(field, getattr(programme, name)) for name, field in columns().items()}
    found["terms"] = sorted(ProgrammeTerm.objects.filter(programme=programme).values_list("term_id", flat=True))
    partners = ProgrammePartner.objects.filter(programme=programme).values_list("organisation_id", "role")
    found["partners"] = sorted(map(list, partners))
    found["continues_with"] = list(Continuation.objects.filter(programme=programme).values_list("next_id", flat=True))
    schedules = Schedule.objects.filter(programme=programme).order_by("pk").prefetch_related("languages")
    found["schedules"] = [_schedule(s, sorted(term.pk for term in s.languages.all())) for s in schedules]
    return found


def _schedule(schedule, languages):
    row = {name: plain(field, getattr(schedule, name)) for name, field in columns(Schedule).items()}
    return {"id": schedule.pk, **row, "languages": languages}


def normalised(programme, changes, now=None):
    """The changes that differ from the programme's content, as `content` writes them.

    Raises ValidationError on a column that is not for editors, or a value it cannot hold.
    """
    now = now or content(programme)
    known = columns()
    found = {}
    for name, value in changes.items():
        if name in LISTS:
            value = _list(name, value)
        elif name in known:
            value = plain(known[name], value)
        else:
            raise ValidationError(_("“%(name)s” cannot be changed here."), params={"name": name})
        if not _same(name, value, now[name]):
            found[name] = value
    _validate(programme, found)
    return found


def _list(name, rows):
    try:
        if name == "schedules":
            return [_schedule_row(row) for row in rows]
        if name == "partners":
            return sorted([int(organisation), str(role)] for organisation, role in rows)
        numbers = [int(row) for row in rows]
    except (TypeError, ValueError, AttributeError) as error:
        raise ValidationError(_("“%(name)s” could not be read."), params={"name": name}) from error
    return sorted(numbers) if name == "terms" else numbers


def _schedule_row(row):
    known = columns(Schedule)
    if unknown := set(row) - set(known) - {"id", "languages"}:
        raise ValidationError(_("“%(name)s” cannot be changed here."), params={"name": sorted(unknown)[0]})
    fresh = Schedule(**{name: known[name].to_python(value) for name, value in row.items() if name in known})
    fresh.pk = int(row["id"]) if row.get("id") else None
    return _schedule(fresh, sorted(int(number) for number in row.get("languages", [])))


def _same(name, one, other):
    if name != "schedules":
        return one == other
    return one == other or sorted(map(repr, one)) == sorted(map(repr, other))


def _validate(programme, changes):
    """Raises ValidationError where a field, or the fields together, would not be accepted by the database."""
    trial = Programme.objects.get(pk=programme.pk)
    touched = {name: value for name, value in changes.items() if name not in LISTS}
    for name, value in touched.items():
        setattr(trial, name, value)
    fields = {field.name for name, field in columns().items() if name in touched}
    trial.clean_fields(exclude={f.name for f in Programme._meta.fields} - fields)
    trial.validate_constraints()
    for row in changes.get("schedules", []):
        schedule = Schedule(programme=trial, **{n: v for n, v in row.items() if n not in ("id", "languages")})
        schedule.clean_fields(exclude={"id", *translator.get_options_for_model(Schedule).all_fields})
        schedule.validate_constraints()


@transaction.atomic
def put(programme, changes, is_minor=False, **more):
    """Puts changes (normalised) in place as a new version, `more` columns with them, on exactly this version.

    With `is_minor` translations stay current although their original changed.

    Raises StaleObject when the programme moved on; ValidationError when it can no longer be so, because a place
    or term it names is gone or the fields together would be wrong.
    """
    _validate(programme, changes)
    known = columns()
    values = {name: stored(known[name], value) for name, value in changes.items() if name not in LISTS}
    texts = translator.get_options_for_model(Programme).all_fields
    before = translation_states.texts_of(Programme.objects.get(pk=programme.pk), texts)
    on_version = Programme.objects.filter(pk=programme.pk, version=programme.version)
    if not on_version.update(version=F("version") + 1, **values, **more):
        raise StaleObject(programme)
    try:
        with transaction.atomic():
            for name in LISTS:
                if name in changes:
                    _PUT[name](programme, changes[name])
            connection.check_constraints()  # foreign keys are asked now, not at the end, where nobody could answer
    except (IntegrityError, models.ProtectedError) as error:
        raise ValidationError(_("A place, partner or term that this names is no longer there.")) from error
    programme.refresh_from_db()
    translation_states.note(programme, before, translation_states.texts_of(programme, texts), is_minor)


def stored(field, value):
    return None if value == "" and field.null else field.to_python(value)


def _put_terms(programme, numbers):
    found = set(Term.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    if found != set(numbers):
        raise IntegrityError("a term that is not there")
    _put_rows(ProgrammeTerm, {"programme": programme}, [{"term_id": number} for number in numbers])


def _put_partners(programme, pairs):
    ProgrammePartner.objects.filter(programme=programme).exclude(organisation__in=[pk for pk, _role in pairs]).delete()
    for pk, role in pairs:
        ProgrammePartner.objects.update_or_create(programme=programme, organisation_id=pk, defaults={"role": role})


def _put_continuations(programme, numbers):
    Continuation.objects.filter(programme=programme).exclude(next__in=numbers).delete()
    for order, pk in enumerate(numbers):
        Continuation.objects.update_or_create(programme=programme, next_id=pk, defaults={"order": order})


def _put_schedules(programme, rows):
    kept = [row["id"] for row in rows if row["id"]]
    Schedule.objects.filter(programme=programme).exclude(pk__in=kept).delete()
    known = columns(Schedule)
    for row in rows:
        values = {name: stored(known[name], row[name]) for name in known}
        lookup = {"pk": row["id"], "programme": programme}
        if not (row["id"] and Schedule.objects.filter(**lookup).update(**values)):
            lookup["pk"] = Schedule.objects.create(programme=programme, **values).pk
        terms = [{"term_id": number} for number in row["languages"]]
        _put_rows(ScheduleLanguage, {"schedule_id": lookup["pk"]}, terms)


def _put_rows(model, owner, rows):
    """Makes the owner's rows exactly these; rows that stand already are left alone."""
    keep = [model.objects.get_or_create(**owner, **row)[0].pk for row in rows]
    model.objects.filter(**owner).exclude(pk__in=keep).delete()


_PUT = {
    "terms": _put_terms,
    "partners": _put_partners,
    "continues_with": _put_continuations,
    "schedules": _put_schedules,
}
