"""Many places or organisations written at once, in a fixed number of questions a batch; `together` does programmes.

The rows are those of a preview that was made in the same transaction, so their values are known to be right.
"""

from django.db import connection
from modeltranslation.translator import translator

from partners.models import Location, LocationAccess, Membership, OpeningHours, Organisation
from portal import addresses, languages, translation_states
from portal.stale import StaleObject

LISTS = ("access", "hours")  # values of a place that stand in rows of their own


def create_places(rows):
    """New places, each with a slug of its own, its access facts and opening hours."""
    _put_lists(dict(zip((place.pk for place in _create(Location, rows)), rows, strict=True)))


def update_places(rows):
    """Changes places on exactly the versions of the preview. Raises StaleObject."""
    _update(Location, rows)
    _put_lists({row["pk"]: row for row in rows})


def create_organisations(rows, group):
    """New organisations, each a member of the group from today on."""
    made = _create(Organisation, rows)
    Membership.objects.bulk_create(Membership(group=group, organisation=organisation) for organisation in made)


def update_organisations(rows):
    """Changes organisations on exactly the versions of the preview. Raises StaleObject."""
    _update(Organisation, rows)


def stored(model, values):
    """The values as the columns keep them: no text in a language is NULL there, as the forms leave it."""
    found = {}
    for name, value in values.items():
        field = model._meta.get_field(name)
        found[name] = None if value == "" and field.null else value
    return found


def _columns(model, row):
    return stored(model, {name: value for name, value in row["values"].items() if name not in LISTS})


def _create(model, rows):
    """[record] of new rows, in their order."""
    values = [_columns(model, row) for row in rows]
    names = [next((v[c] for c in languages.columns("name") if v.get(c)), "") for v in values]

    def write(slugs):
        return model.objects.bulk_create(model(slug=s, **v) for s, v in zip(slugs, values, strict=True))

    made = addresses.with_free_words(model.objects.all(), names, write)
    connection.check_constraints()
    return made


def _update(model, rows):
    numbers = [row["pk"] for row in rows]
    locked = model.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk")
    found = {record.pk: record for record in locked}
    fields = translator.get_options_for_model(model).all_fields
    before = {pk: translation_states.texts_of(record, fields) for pk, record in found.items()}
    names = {"version"}
    for row in rows:
        record = found.get(row["pk"])
        if record is None or record.version != row["version"]:
            raise StaleObject(model, row["pk"])
        values = _columns(model, row)
        for name, value in values.items():
            setattr(record, name, value)
        record.version += 1
        names |= {model._meta.get_field(name).name for name in values}
    model.objects.bulk_update(found.values(), sorted(names))
    connection.check_constraints()
    after = [(record, before[pk], translation_states.texts_of(record, fields)) for pk, record in found.items()]
    translation_states.note_all(after)


def _put_lists(rows):
    """{number of a place: row}: of those that name them, exactly these access facts and hours."""
    _put(LocationAccess, {pk: [(number,) for number in row["values"]["access"]] for pk, row in rows.items()
                          if "access" in row["values"]}, ("term_id",))  # fmt: skip
    _put(OpeningHours, {pk: [_span(*hours) for hours in row["values"]["hours"]] for pk, row in rows.items()
                        if "hours" in row["values"]}, ("weekday", "opens", "closes"))  # fmt: skip
    connection.check_constraints()


def _span(weekday, opens, closes):
    to_time = OpeningHours._meta.get_field("opens").to_python
    return weekday, to_time(opens), to_time(closes)


def _put(model, wanted, columns):
    """{number of a place: [values of the columns]}: makes its rows exactly these; those that stand already stay."""
    new = {(pk, *values) for pk, found in wanted.items() for values in found}
    gone = []
    for pk, *values in model.objects.filter(location__in=wanted).values_list("pk", "location_id", *columns):
        if tuple(values) in new:
            new.remove(tuple(values))
        else:
            gone.append(pk)
    model.objects.filter(pk__in=gone).delete()
    model.objects.bulk_create(
        model(location_id=pk, **dict(zip(columns, values, strict=True))) for pk, *values in sorted(new)
    )
