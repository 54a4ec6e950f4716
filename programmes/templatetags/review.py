from django import template

from .. import parts, review

register = template.Library()


@register.simple_tag(takes_context=True)
def reviews_waiting(context):
    """How many programmes wait for the reader's review; None for who coordinates no group."""
    request = context["request"]
    return review.waiting(request.user).count() if _coordinates(request) else None


@register.simple_tag(takes_context=True)
def brings_tables(context):
    """True for who may import and export: coordinators and administrators."""
    request = context["request"]
    return request.user.is_authenticated and (request.user.is_superuser or _coordinates(request))


@register.filter
def parts_in_words(found):
    """[part] of a programme → "texts (Deutsch), facts (…)"."""
    return parts.in_words(found)


def _coordinates(request):
    """Asked once for a page."""
    if not hasattr(request, "coordinates"):
        request.coordinates = request.user.is_authenticated and review.coordinates(request.user)
    return request.coordinates
