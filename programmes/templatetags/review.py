from django import template

from .. import review

register = template.Library()


@register.simple_tag(takes_context=True)
def reviews_waiting(context):
    """How many programmes wait for the reader's review; None for who coordinates no group."""
    user = context["request"].user
    return review.waiting(user).count() if user.is_authenticated and review.coordinates(user) else None
