"""What looks like a person: a signal is about what is missing, never about somebody who could be found by it."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Enough to notice a slip of the pen; nobody is kept from writing about a person on purpose. Each looks at a letter a
# bounded number of times, for anybody may send a megabyte of one letter, or of digits with gaps.
_PATTERNS = (
    re.compile(r"\w@[\w-]+\.\w{2,}"),  # e-mail
    re.compile(r"(?<![\w,.])(?:\+|00)?\d(?:[ ()/-]?\d){7,20}(?!\w)"),  # telephone, and numbers of persons
    re.compile(r"\b\d{6}[-+]?\d{4,7}\b"),  # EMŠO, CPR, fødselsnummer
    re.compile(r"\b(?i:gospa|gospod|ga\.|g\.|mr|mrs|ms|herr|frau|hr\.|fru)\.?\s+[A-ZČŠŽÆØÅÄÖÜ][a-zčšžæøåäöüß]+"),
)


def looks_like_a_person(text):
    """True when a text holds an address, a number of a person or telephone, or a title with a name."""
    return any(pattern.search(text) for pattern in _PATTERNS)


def refuse_persons(text):
    """Validator. Raises ValidationError in the reader's language."""
    if looks_like_a_person(text):
        raise ValidationError(
            _(
                "This looks like a name with a title, a telephone number, an e-mail address or a personal number. "
                "Please describe what is missing without naming anybody: we do not want to keep who it is about."
            )
        )
