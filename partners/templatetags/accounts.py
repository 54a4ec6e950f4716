"""What the pages of an account need."""

from django import template

from portal.qr import qr_svg

register = template.Library()


@register.simple_tag
def qr(text):
    """A QR code as inline SVG; a data: address would be against the content security policy."""
    return qr_svg(text)
