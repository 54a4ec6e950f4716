from django import template

from .. import review

register = template.Library()


@register.simple_tag(takes_context=True)
def reviews_waiting(context):
    """How many programmes wait for the reader's review; None for who coordinates no group."""
    user = context["request"].user
    return review.waiting(user).count() if user.is_authenticated and review.coordinates(user) else None


@register.simple_tag(takes_context=True)
def brings_tables(context):
    """True for who may import and export: coordinators and administrators."""
    user = context["request"].user
    return user.is_authenticated and (user.is_superuser or review.coordinates(user))
