"""Which other programmes resemble one: by shared topics first, then life phases and target groups."""

from django.db.models import Count, Q

from portal.models import Vocabulary

from .models import Programme

ALIKE = (Vocabulary.TOPIC, Vocabulary.LIFE_PHASE, Vocabulary.TARGET_GROUP)


def similar(programme, exclude=(), limit=3):
    """Numbers of up to `limit` published programmes, most alike first; at least one topic is shared."""
    terms = [term.pk for term in programme.terms.all() if term.vocabulary in ALIKE]
    topics = Count("programmeterm", filter=Q(programmeterm__term__in=[t.pk for t in programme.topics]))
    rows = (
        Programme.objects.published()
        .exclude(pk__in=[programme.pk, *exclude])
        .annotate(topics=topics, shared=Count("programmeterm", filter=Q(programmeterm__term__in=terms)))
        .filter(topics__gt=0, status=Programme.Status.PUBLISHED)
        .order_by("-topics", "-shared", "is_full", "pk")
    )
    return list(rows.values_list("pk", flat=True)[:limit])
