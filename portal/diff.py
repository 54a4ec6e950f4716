"""What changed between two texts, word by word."""

import re
from difflib import SequenceMatcher

MOST = 3000  # words that differ; comparing more of them would take longer than anybody waits
_WORD = re.compile(r"\S+\s*|\s+")


def words(before, after):
    """[(sign, text)]: "=" kept, "-" removed, "+" added. Kept and removed give `before`, kept and added `after`."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    start = _same(old, new)
    end = _same(old[start:][::-1], new[start:][::-1])
    middle = _middle(old[start : len(old) - end], new[start : len(new) - end])
    parts = [("=", "".join(old[:start])), *middle, ("=", "".join(old[len(old) - end :]))]
    return [(sign, text) for sign, text in parts if text]


def _same(one, other):
    """How many words both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _middle(old, new):
    if max(len(old), len(new)) > MOST:
        return [("-", "".join(old)), ("+", "".join(new))]
    found = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("=", "".join(old[a:b])))
        else:
            found += [("-", "".join(old[a:b])), ("+", "".join(new[c:d]))]
    return found
