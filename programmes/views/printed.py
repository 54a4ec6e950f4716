from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import languages
from portal.pages import fresh_until

from ..catalogue import Catalogue
from ..filters import ProgrammeFilter
from ..on_paper import entries

MOST = 500  # programmes on paper; of more the reader is told to narrow


@require_safe
def printed(request):
    """The catalogue as a document by topic: all that matches the query string, to print or to keep as a PDF."""
    found = ProgrammeFilter(request.GET, Catalogue())
    context = {
        "filter": found,
        "sections": _by_topic(entries(found.numbers(0, MOST))),
        "count": found.count,
        "listed": MOST if found.count > MOST else None,
        "today": timezone.localdate(found.catalogue.now),
        "large": found.address(add=[("print", "large")]),
        "back": found.address(),
        "noindex": True,
    }
    return fresh_until(render(request, "programmes/printed.html", context), found.catalogue.index.holds_until)


def _by_topic(programmes):
    """[(topic or None, [Programme] A–Z)]: each programme once, under the first of its topics."""
    found = {}
    for programme in sorted(programmes, key=lambda one: languages.sort_key(str(one))):
        found.setdefault(next(iter(programme.topics), None), []).append(programme)
    return sorted(found.items(), key=lambda row: (row[0] is None, row[0] and (row[0].order, row[0].slug)))
