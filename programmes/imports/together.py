"""Many programmes written at once: as editing.create and editing.save do, in a fixed number of questions a batch.

The rows are those of a preview that was made in the same transaction, so their values are known to be right.
"""

from django.db import connection
from modeltranslation.translator import translator

from portal import addresses, languages, translation_states
from portal.stale import StaleObject

from ..content import columns, stored
from ..models import Programme, ProgrammeTerm, Schedule, ScheduleLanguage

TERMS = "terms "  # and the vocabulary: the name of a value that holds numbers of terms


def create(rows):
    """New drafts, each with a slug of its own, its terms and schedules."""
    texts = [{n: v for n, v in row["values"].items() if n != "schedules" and not n.startswith(TERMS)} for row in rows]
    titles = [next((t[c] for c in languages.columns("title") if t.get(c)), "") for t in texts]

    def write(slugs):
        return Programme.objects.bulk_create(Programme(slug=s, **t) for s, t in zip(slugs, texts, strict=True))

    made = addresses.with_free_words(Programme.objects.all(), titles, write)
    together = list(zip(made, (row["values"] for row in rows), strict=True))
    _add_terms((programme.pk, number) for programme, values in together for number in _terms(values))
    _put_schedules({programme.pk: values["schedules"] for programme, values in together if values.get("schedules")})
    connection.check_constraints()


def update(rows, seen):
    """Changes programmes on exactly the versions of the preview; those in `seen` (numbers) need no other look.

    Raises StaleObject.
    """
    known = columns()
    locked = Programme.objects.select_for_update(of=("self",)).filter(pk__in=[row["pk"] for row in rows])
    found = {programme.pk: programme for programme in locked.order_by("pk")}
    fields = translator.get_options_for_model(Programme).all_fields
    before = {pk: translation_states.texts_of(programme, fields) for pk, programme in found.items()}
    names = {"version", "reviewed_version"}
    for row in rows:
        programme = found.get(row["pk"])
        if programme is None or programme.version != row["version"]:
            raise StaleObject(Programme, row["pk"])
        for name in row["values"].keys() & known.keys():
            setattr(programme, name, stored(known[name], row["values"][name]))
            names.add(name)
        _next_version(programme, seen)
    Programme.objects.bulk_update(found.values(), sorted(names))
    _put_terms(rows)
    _put_schedules({row["pk"]: row["values"]["schedules"] for row in rows if "schedules" in row["values"]})
    connection.check_constraints()
    after = ((p, before[p.pk], translation_states.texts_of(p, fields)) for p in found.values())
    translation_states.note_all(list(after))


def _next_version(programme, seen):
    if programme.pk in seen and programme.reviewed_version == programme.version:
        programme.reviewed_version += 1
    programme.version += 1


def _terms(values):
    return sorted(number for name, numbers in values.items() if name.startswith(TERMS) for number in numbers)


def _add_terms(pairs):
    ProgrammeTerm.objects.bulk_create(ProgrammeTerm(programme_id=pk, term_id=number) for pk, number in pairs)


def _put_terms(rows):
    """Of the vocabularies that a row names, exactly its terms; those that stand already are left alone."""
    named = {row["pk"]: {n.removeprefix(TERMS) for n in row["values"] if n.startswith(TERMS)} for row in rows}
    wanted = {(row["pk"], number) for row in rows for number in _terms(row["values"])}
    there = ProgrammeTerm.objects.filter(programme__in=[pk for pk, vocabularies in named.items() if vocabularies])
    gone = []
    for pk, programme, term, vocabulary in there.values_list("pk", "programme", "term", "term__vocabulary"):
        if (programme, term) in wanted:
            wanted.remove((programme, term))
        elif vocabulary in named[programme]:
            gone.append(pk)
    ProgrammeTerm.objects.filter(pk__in=gone).delete()
    _add_terms(sorted(wanted))


def _put_schedules(wanted):
    """{number of a programme: rows of content}: makes its schedules exactly these, as content.put does."""
    known = columns(Schedule)
    there = {schedule.pk: schedule for schedule in Schedule.objects.filter(programme__in=wanted)}
    new, changed, spoken = [], [], []
    for programme, rows in wanted.items():
        for row in rows:
            values = {name: stored(known[name], row[name]) for name in known}
            schedule = there.pop(row["id"], None)
            if schedule is None:
                schedule = Schedule(programme_id=programme)
                new.append(schedule)
            elif any(getattr(schedule, name) != value for name, value in values.items()):
                changed.append(schedule)
            for name, value in values.items():
                setattr(schedule, name, value)
            spoken.append((schedule, row["languages"]))
    Schedule.objects.filter(pk__in=there).delete()
    Schedule.objects.bulk_update(changed, [field.name for field in known.values()])
    Schedule.objects.bulk_create(new)
    _put_languages(spoken)


def _put_languages(spoken):
    wanted = {(schedule.pk, number) for schedule, numbers in spoken for number in numbers}
    there = ScheduleLanguage.objects.filter(schedule__in=[schedule.pk for schedule, _numbers in spoken])
    gone = []
    for pk, schedule, term in there.values_list("pk", "schedule", "term"):
        if (schedule, term) in wanted:
            wanted.remove((schedule, term))
        else:
            gone.append(pk)
    ScheduleLanguage.objects.filter(pk__in=gone).delete()
    pairs = (ScheduleLanguage(schedule_id=schedule, term_id=number) for schedule, number in sorted(wanted))
    ScheduleLanguage.objects.bulk_create(pairs)
