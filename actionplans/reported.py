"""On whose page a reader stood who reports an error: what the plan's pages say of it."""

from programmes.reporting import of_pages

from .models import Measure, Need, SharedPractice, Strategy


@of_pages("actionplans:plan")
def _of_plan(_kwargs, query):
    """As the page itself chooses: the strategy that is asked for, else the one in force of the first group."""
    strategies = Strategy.objects.filter(status__in=Strategy.PUBLIC)
    if slug := query.get("strategy"):
        return _group(strategies.filter(slug=slug))
    return _group(strategies.in_force().order_by("group", "-starts_on")) or _group(strategies)


@of_pages("actionplans:measure")
def _of_measure(kwargs, _query):
    return Measure.objects.public().filter(pk=kwargs["pk"]).values_list("plan__strategy__group", flat=True).first()


@of_pages("actionplans:need")
def _of_need(kwargs, _query):
    return _group(Need.objects.public().filter(pk=kwargs["pk"]))


@of_pages("actionplans:practice")
def _of_practice(kwargs, _query):
    return _group(SharedPractice.objects.published().filter(pk=kwargs["pk"]))


def _group(rows):
    return rows.values_list("group", flat=True).first()
