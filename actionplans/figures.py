"""Which figures everybody may see: those of needs, objectives and measures that are public."""

from django.db.models import Q

from .models import Indicator, Measure, Need, Objective, Strategy


def public():
    """Indicators with all that a page or a row shows of them."""
    objectives = Objective.objects.filter(strategy__in=Strategy.objects.public())
    shown = Q(needs__in=Need.objects.public()) | Q(measures__in=Measure.objects.public()) | Q(objectives__in=objectives)
    numbers = Indicator.objects.filter(shown).values("pk")
    return Indicator.objects.filter(pk__in=numbers).with_figures()
