"""Where the tables of coverage lead: to a cell, to the catalogue, and to the forms in which a gap becomes something."""

from collections import defaultdict

from django.urls import reverse
from django.utils.http import urlencode

from portal import addresses
from portal.models import Term

from .models import ActionPlan


def cell_address(matrix, row, column):
    return reverse("actionplans:coverage-cell", args=[matrix.name, row, column])


def catalogue_link(pairs):
    return f"{reverse('programmes:catalogue')}?{urlencode(pairs)}"


def need_link(matrix, row, column, user, numbers=(), more=()):
    """Where a gap becomes a need, with both terms filled in, as slugs and `numbers`; "" for who cannot report one.

    `more`: pairs besides, of the group and the places it is about.
    """
    terms = [(matrix.columns, column), (matrix.rows, row), *(("term", number) for number in numbers)]
    query = urlencode([*terms, *more])
    page = addresses.known("actionplans:need-add")
    if not page and user.is_staff:
        page = addresses.known("admin:actionplans_need_add")
    return f"{page}?{query}" if page else ""


def measure_link(group, user, numbers):
    """Where a gap becomes a measure of the group's latest plan, with the terms of `numbers` filled in; "" for who
    cannot propose one there, or where the group has no plan with an objective."""
    address = measure_address(group, user)
    return f"{address}?{urlencode([('term', n) for n in numbers])}" if address else ""


def measure_address(group, user):
    """Where one proposes a measure of the group's latest plan that has an objective and takes measures, or ""."""
    plans = ActionPlan.objects.editable_by(user).taking_measures().filter(strategy__group=group)
    plan = plans.filter(strategy__objectives__isnull=False).order_by("-ends_on", "-pk").first()
    return reverse("actionplans:measure-add", args=[plan.pk]) if plan else ""


def terms_asked(query):
    """{vocabulary: [number]} of the terms that such a link fills in."""
    numbers = [int(n) for n in query.getlist("term")[:8] if n.isdecimal() and len(n) < 10]
    found = defaultdict(list)
    for term in Term.objects.filter(pk__in=numbers).order_by("pk"):
        found[term.vocabulary].append(term.pk)
    return found
