"""The history of one record as entries: what one request, or one transaction, changed, by whom and which way."""

from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import BooleanField, F, Func, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .kinds import columns
from .past import events_of
from .values import LANGUAGES, Words, is_text, name_of

PER_PAGE = 20
NOBODY = 0  # in the filter by person: those whose author is not known
WAYS = {
    "form": gettext_lazy("on the pages of the portal"),
    "admin": gettext_lazy("in the administration"),
    "import": gettext_lazy("by import"),
    "link": gettext_lazy("through a link in a mail"),
    "command": gettext_lazy("by a command of the portal"),
    "": gettext_lazy("directly in the database"),
}


class Entry(NamedTuple):
    at: Any
    who: Any  # a user; None where it is not known
    way: str
    rows: list
    is_creation: bool
    is_latest: bool


def entries(kind, number, page=1, field="", person=None):
    """([Entry] of the page, newest first; how many entries there are). A fixed number of queries."""
    keys, total = _keys(kind, number, page, field, person)
    found = [(part, _events(part, number, keys)) for part in (kind.main, *kind.parts)] if keys else []
    words = _known(found)
    users = get_user_model().objects.in_bulk({u for _p, es in found for e, _b in es if (u := _user(e))})
    rows = {key: [] for key in keys}
    first = {}
    for part, events in found:
        for event, before in events:
            first.setdefault(event.key, event)
            rows[event.key] += _rows(kind, part, event, before, words)
    made = {e.key for part, es in found if part.model is kind.model for e, _b in es if e.pgh_label == "insert"}
    listed = [
        Entry(keys[k], users.get(_user(e)), str(WAYS[_way(e)]), rows[k], k in made, page == 1 and not field and not n)
        for n, (k, e) in enumerate((k, first[k]) for k in keys)
    ]
    return listed, total


def fields(kind):
    """[(value, label)] to filter by: the record's own fields, then what belongs to it."""
    names = {field_key(f): name_of(f)[0] for f in kind.columns().values()}
    return [*names.items(), *((f"part-{n}", str(part.label)) for n, part in enumerate(kind.parts))]


def field_key(field):
    """ "title" of title_sl."""
    return getattr(field, "translated_field", field).name


def people(kind, number):
    """Those who changed the record, by name."""
    sql, parameters = _union(kind, number, "", None)
    with connection.cursor() as cursor:
        # The inner query is Django's own; nothing of a request stands in it but as a parameter.
        question = "SELECT DISTINCT c.metadata->>'user' FROM ({}) e JOIN pghistory_context c ON c.id = e.context"
        cursor.execute(question.format(sql), parameters)
        numbers = [int(row[0]) for row in cursor.fetchall() if row[0] and row[0].isdigit()]
    return get_user_model().objects.filter(pk__in=numbers).order_by("full_name", "pk")


# ---- which entries --------------------------------------------------------------------------------
def _keys(kind, number, page, field, person):
    """({key: moment} of the page, how many in all). A key is the request's context, or without one the moment."""
    sql, parameters = _union(kind, number, field, person)
    question = (
        "SELECT key, max(at), count(*) OVER () FROM ({}) e GROUP BY key ORDER BY 2 DESC, max(event) DESC"
        " LIMIT %s OFFSET %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(question.format(sql), [*parameters, PER_PAGE, PER_PAGE * (page - 1)])
        rows = cursor.fetchall()
    return {key: at for key, at, _total in rows}, rows[0][2] if rows else 0


def _union(kind, number, field, person):
    queries = [
        _of_person(_of_part(part, number), person).values("key", "context", at=F("pgh_created_at"), event=F("pgh_id"))
        for part in _parts(kind, field)
    ]
    if field and not field.startswith("part-"):
        queries = [_where_changed(kind, queries[0], field)]
    compiled = [query.order_by().query.sql_with_params() for query in queries]
    return " UNION ALL ".join(f"({sql})" for sql, _p in compiled), [p for _sql, ps in compiled for p in ps]


def _parts(kind, field):
    if field.startswith("part-"):
        return [kind.parts[int(field.removeprefix("part-"))]]
    return [kind.main] if field else [kind.main, *kind.parts]


def _of_part(part, number):
    key = Coalesce(Cast("pgh_context_id", TextField()), Cast("pgh_created_at", TextField()))
    return events_of(part.model).objects.filter(**part.of(number)).annotate(key=key, context=F("pgh_context_id"))


def _of_person(events, person):
    if person is None:
        return events
    if person == NOBODY:
        return events.filter(Q(pgh_context=None) | Q(pgh_context__metadata__user=None))
    return events.filter(pgh_context__metadata__user=person)


def _where_changed(kind, events, field):
    changed = Q(pgh_label="insert")
    for column, of in kind.columns().items():
        if field_key(of) == field:
            before = _previous(kind.model).values(column)[:1]
            events = events.alias(**{f"was_{column}": Subquery(before)})
            changed |= Q(Differs(F(column), F(f"was_{column}")))
    return events.filter(changed)


class Differs(Func):
    template, arg_joiner, output_field = "(%(expressions)s)", " IS DISTINCT FROM ", BooleanField()


def _previous(model):
    own = events_of(model).objects.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"))
    return own.order_by("-pgh_id")


# ---- what they changed ----------------------------------------------------------------------------
def _events(part, number, keys):
    """[(event, the one before it or None)] of these entries, oldest first; two queries."""
    events = _of_part(part, number).filter(key__in=list(keys)).select_related("pgh_context").order_by("pgh_id")
    events = list(events.annotate(previous=Subquery(_previous(part.model).values("pgh_id")[:1])))
    before = events_of(part.model).objects.in_bulk([e.previous for e in events if e.previous])
    return [(event, before.get(event.previous)) for event in events]


def _known(found):
    words = Words()
    for part, events in found:
        for field in columns(part.model, part.hides).values():
            for event, before in events:
                words.know(field, getattr(event, field.attname), before and getattr(before, field.attname))
    return words


def _rows(kind, part, event, before, words):
    shown = columns(part.model, part.hides)
    if event.pgh_label == "update":
        rows = (
            _row(kind, part, column, field, before, event, words)
            for column, field in shown.items()
            if before and getattr(before, column) != getattr(event, column)
        )
        return [row for row in rows if row["before"] != row["after"]]  # NULL or "": to people both are nothing
    if part.model is kind.model:
        return []
    said = ", ".join(text for c, f in shown.items() if (text := _said(part, c, f, event, words)) and text != _("no"))
    lists = {"removed": [said], "added": []} if event.pgh_label == "delete" else {"removed": [], "added": [said]}
    return [{"label": str(part.label), "language": None, "is_list": True, **lists}]


def _row(kind, part, column, field, before, after, words):
    label, language = name_of(field)
    is_main = part.model is kind.model
    return {
        "label": label if is_main else f"{part.label}: {label}",
        "language": language,
        "language_name": LANGUAGES.get(language),
        "is_text": is_text(field),
        "before": _said(part, column, field, before, words),
        "after": _said(part, column, field, after, words),
        "column": column if is_main and column in kind.restored_columns() else None,
    }


def _said(part, column, field, event, words):
    return part.says[column](event) if column in part.says else words.of(field, getattr(event, column))


def _user(event):
    context = event.pgh_context
    return context and (context.metadata or {}).get("user")


def _way(event):
    """The way it was said to be; else by the address of the request."""
    known = (event.pgh_context.metadata or {}) if event.pgh_context else {}
    if known.get("way") in WAYS:
        return known["way"]
    return ("admin" if known["url"].startswith("/admin/") else "form") if known.get("url") else ""
