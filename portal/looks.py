"""Notes who looked at personal data. Called by the pages and exports that show it."""

from .models import Look


def note(request, kind, pk=None):
    """`kind` names what was opened: "people", "export", "registrations"; without `pk` the whole list."""
    Look.objects.create(user=request.user, kind=kind, number=pk)
