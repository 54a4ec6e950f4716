"""School years, as "2026/27": by them kindergartens and schools plan what they ask for."""

import re

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

BEGINS = 9  # the month in which a school year begins; it is planned a year ahead
_WRITTEN = re.compile(r"(20\d\d)\s*[/–-]\s*(?:20)?(\d\d)")


def of(year):
    """ "2026/27", the one that begins in the autumn of `year`."""
    return f"{year}/{(year + 1) % 100:02}"


def around(day=None):
    """["2025/26", …]: the one before, this one and the next two."""
    day = day or timezone.localdate()
    now = day.year if day.month >= BEGINS else day.year - 1
    return [of(year) for year in range(now - 1, now + 3)]


def read(text):
    """[school year] of a cell; "2026-27" and "2026/2027" are the same. Raises ValidationError."""
    return sorted({_one(part) for part in re.split(r"[,;\n]", text or "") if part.strip()})


def _one(text):
    found = _WRITTEN.fullmatch(text.strip())
    if not found or of(int(found[1])) != f"{found[1]}/{found[2]}":
        raise ValidationError(_("Write a school year like this: 2026/27."))
    return of(int(found[1]))


def validate(text):
    """Raises ValidationError unless it is written as it is kept."""
    if _one(text) != text:
        raise ValidationError(_("Write a school year like this: 2026/27."))


def to_address(year):
    """ "2026-27": what stands for it in an address."""
    return year.replace("/", "-")
