"""What the pages of an account need."""

from django import template

from portal.qr import qr_svg

register = template.Library()


@register.simple_tag
def qr(text):
    """A QR code as inline SVG; a data: address would be against the content security policy."""
    return qr_svg(text)


@register.filter
def keep_pages(seats):
    """Whether one of these seats edits pages of an organisation; others have no use for the way there."""
    return any(seat.keeps_pages for seat in seats)


# In this order: most browsers name others as well, to be taken for them.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
LONGEST = 60  # of a browser that we do not know, in its own words


@register.filter
def browser(user_agent):
    """ "Firefox · Android" of what a browser says about itself; its own words where we know neither."""
    found = [next((name for sign, name in known if sign in user_agent), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or user_agent[:LONGEST] or "–"
