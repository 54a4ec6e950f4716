"""What the search finds of the plan, by its words: practices that others can copy, public measures and needs."""

from portal.languages import columns
from portal.search import index
from portal.search.entries import Entry, Text

from .models import Measure, Need, SharedPractice

# kind → (model, those the public may see, the texts it is found by)
KINDS = {
    "practice": (
        SharedPractice,
        SharedPractice.objects.published,
        {"title": "A", "for_whom": "B", "problem": "C", "description": "C", "rationale": "C", "outcome": "C"},
    ),
    "measure": (Measure, Measure.objects.public, {"title": "A", "description": "B", "rationale": "C"}),
    "need": (Need, Need.objects.public, {"title": "A", "description": "B", "causes": "C"}),
}


def _reader(model, fields):
    def read(numbers):
        """Entries of these records, in one query."""
        for record in model.objects.filter(pk__in=numbers).only(*columns(*fields)):
            yield Entry(record.pk, [Text(record, field, weight) for field, weight in fields.items()], [])

    return read


def _visible(public):
    return lambda numbers: public().filter(pk__in=numbers)


for _kind, (_model, _public, _fields) in KINDS.items():
    index.register(_kind, _model, _reader(_model, _fields), _visible(_public), label="title")
    index.watch(_model, _kind, columns(*_fields))
