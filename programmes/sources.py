"""What a programme is based on: guidelines and studies, written one a line as "title, year, link"."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

MOST = 10
LONGEST = 400  # characters of a line
_LINK = re.compile(r"<?(https?://[^\s<>]+)>?", re.IGNORECASE)
_YEAR = re.compile(r"[\s,;(–-]+((?:19|20)\d\d)\)?\s*$")
_BETWEEN = " \t,;.–-"  # what stands between title, year and link


class Source(NamedTuple):
    """Of `year` and `link` either may be empty; `title` never is: of a bare link it is the name of its site."""

    title: str
    year: str
    link: str


def read(text):
    """[Source] of the lines that say something."""
    return [_source(line) for line in _lines(text)]


def validate(text):
    """Raises ValidationError on too many lines, on a long one, and on an address that is none."""
    lines = _lines(text)
    if len(lines) > MOST:
        raise ValidationError(_("Name %(count)s sources at most."), params={"count": MOST})
    for line in lines:
        if len(line) > LONGEST:
            raise ValidationError(_("A source is a title, a year and a link: this one is longer than a line."))
        if link := _source(line).link:
            _check(link)


def _check(link):
    try:
        URLValidator(schemes=["http", "https"])(link)
    except ValidationError as error:
        raise ValidationError(_("“%(link)s” is not an address."), params={"link": link}) from error


def _lines(text):
    return [line for line in map(str.strip, (text or "").splitlines()) if line]


def _source(line):
    found = _LINK.search(line)
    link = found[1].rstrip(".,;)") if found else ""
    words = (_LINK.sub(" ", line, count=1) if found else line).strip(_BETWEEN)
    dated = _YEAR.search(words)
    title = words[: dated.start()].strip(_BETWEEN) if dated else words
    return Source(title or _site(link) or line, dated[1] if dated and title else "", link)


def _site(link):
    try:
        return urlsplit(link).hostname or ""
    except ValueError:
        return ""
