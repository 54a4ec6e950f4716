"""What changed between two texts, word by word."""

import re
from difflib import Match, SequenceMatcher
from typing import Any

MOST = 3000  # words that differ; comparing more of them would take longer than anybody waits
MOST_STEPS = 3_000_000  # of comparing, about a second; a text of few words that come again and again takes hours
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
    for kind, a, b, c, d in _Matcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("=", "".join(old[a:b])))
        else:
            found += [("-", "".join(old[a:b])), ("+", "".join(new[c:d]))]
    return found


class _Matcher(SequenceMatcher):
    """Looks for what is the same until its steps are used up; the rest counts as changed."""

    _left = MOST_STEPS

    def find_longest_match(self, alo=0, ahi=None, blo=0, bhi=None):
        own: Any = self
        self._left -= sum(len(own.b2j.get(word, ())) for word in own.a[alo:ahi])
        return super().find_longest_match(alo, ahi, blo, bhi) if self._left > 0 else Match(alo, blo, 0)
