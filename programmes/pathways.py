"""Pathways as other pages name them: those of a topic, those a programme belongs to."""

from portal import languages
from portal.kept import until_news
from portal.models import Vocabulary

from .models import Pathway, PathwayTerm


def in_order(pathways):
    """A–Z, as the reader's alphabet has it."""
    return sorted(pathways, key=lambda one: (languages.sort_key(str(one)), one.pk))


def of_topics(slugs):
    """[Pathway] published for any of these topics (a tuple); nothing is asked where no topic is named."""
    return in_order(_of_topics(slugs)) if slugs else []


@until_news(200)
def _of_topics(slugs):
    named = PathwayTerm.objects.filter(term__vocabulary=Vocabulary.TOPIC, term__slug__in=slugs)
    return list(Pathway.objects.published().filter(pk__in=named.values("pathway")))


def of_programme(programme):
    """[Pathway] published in a step of which the programme stands."""
    rows = Pathway.objects.published().filter(pk__in=programme.pathway_steps.values("pathway"))
    return in_order(rows)
