"""A resident's list: programme numbers in a cookie or an address. Nothing of it is stored on the server."""

import re

COOKIE = "skupaj_list"
MOST = 50
COOKIE_AGE = 180 * 24 * 3600


def parse(text):
    """ "12,15,3" → [12, 15, 3]: each number once, at most fifty; everything else is left aside."""
    numbers = (int(number) for number in re.findall(r"[0-9]{1,9}", (text or "")[:1000]))
    return list(dict.fromkeys(numbers))[:MOST]


def read_list(request):
    """The numbers on the reader's own list."""
    return parse(request.COOKIES.get(COOKIE))


def write_list(response, numbers, secure):
    """Keeps the list in the reader's browser. Readable by script, for adding without a reload; it holds no secret."""
    if numbers:
        text = ",".join(str(number) for number in numbers[:MOST])
        response.set_cookie(COOKIE, text, max_age=COOKIE_AGE, secure=secure, samesite="Lax")
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response
