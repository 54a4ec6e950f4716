"""What of a tsquery text the index answers by itself, apart from what the rows must be read for.

A GIN index knows which rows have a lexeme, not where in the row it stands. For a phrase, or for a lexeme with a weight,
PostgreSQL reads each candidate again, and with it every other hit on the same page of the table: of a million
entries half a million long vectors, for a hundred candidates. So these are asked apart.

Of a long list of alternatives the index compares every hit with all of them. In small groups, whose hits it puts
together at the end, that costs half.
"""

import re
from functools import lru_cache
from typing import NamedTuple

REMEMBERED = 300
TOGETHER = 3  # alternatives that are asked as one
_TOKEN = re.compile(r"'(?:[^']|'')*'(?::[A-D*]+)?|<\d+>|[()&|!]")
_WEIGHTED = re.compile(r"':\*?[A-D]")


class Parts(NamedTuple):
    known: tuple[str, ...]  # tsquery texts, any of which; the index knows each
    read: str  # one that rows must be read for; "" where there is none


@lru_cache(REMEMBERED)
def parts(asked):
    """Parts of a tsquery text in which every lexeme is quoted: together they find the same. ValueError for another."""
    known, read = _apart(_parsed(asked))
    some = list(dict.fromkeys(map(_text, _alternatives(known)))) if known else []
    groups = tuple(" | ".join(some[place : place + TOGETHER]) for place in range(0, len(some), TOGETHER))
    return Parts(groups, _text(read) if read else "")


# ---- reading: ("|" or "&", parts), ("!", part), ("'", a lexeme or a phrase as text) ------------------------------
def _parsed(asked):
    tokens = _TOKEN.findall(asked)
    tokens.append("")
    tree, place = _listed(tokens, 0, "|")
    if tokens[place]:
        raise ValueError(f"no tsquery: {asked}")
    return tree


def _listed(tokens, place, sign):
    """(alternatives or what must all be there, the next place)."""
    found = []
    while True:
        part, place = _listed(tokens, place, "&") if sign == "|" else _near(tokens, place)
        found.append(part)
        if tokens[place] != sign:
            return (sign, found) if len(found) > 1 else found[0], place
        place += 1


def _near(tokens, place):
    """One thing, or several one after the other."""
    part, place = _one(tokens, place)
    while tokens[place].startswith("<"):
        distance = tokens[place]
        following, place = _one(tokens, place + 1)
        part = "<", f"{_text(part)} {distance} {_text(following)}"
    return part, place


def _one(tokens, place):
    sign = tokens[place]
    if sign == "!":
        part, place = _one(tokens, place + 1)
        return ("!", part), place
    if sign == "(":
        part, place = _listed(tokens, place + 1, "|")
        if tokens[place] != ")":
            raise ValueError("a tsquery with too few brackets")
        return part, place + 1
    if not sign.startswith("'"):
        raise ValueError(f"a tsquery with {sign or 'nothing'} where a word should be")
    return ("'", sign), place + 1


def _text(tree):
    sign, part = tree
    if sign == "'":
        return part
    if sign == "<":
        return f"({part})"
    return f"!{_text(part)}" if sign == "!" else f"({f' {sign} '.join(map(_text, part))})"


def _alternatives(tree):
    return [one for part in tree[1] for one in _alternatives(part)] if tree[0] == "|" else [tree]


def _any(trees):
    return ("|", trees) if len(trees) > 1 else next(iter(trees), None)


# ---- apart ---------------------------------------------------------------------------------------------------------
def _apart(tree):
    """(what the index knows, what must be read) or None for either: a row that has one of them has the whole."""
    sign, part = tree
    if sign == "'":
        return (None, tree) if _WEIGHTED.search(part) else (tree, None)
    if sign == "<":
        return None, tree
    if sign == "!":
        return (None, tree) if _apart(part)[1] else (tree, None)
    pairs = list(map(_apart, part))
    if sign == "|":
        known, read = ([one for one in side if one] for side in zip(*pairs, strict=True))
        return _any(known), _any(read)
    unsure = [place for place, (_known, read) in enumerate(pairs) if read]
    if not unsure:
        return tree, None
    if len(unsure) > 1:
        return None, tree
    known, read = pairs[unsure[0]]
    others = [one for place, one in enumerate(part) if place != unsure[0]]
    return ("&", [*others, known]) if known else None, ("&", [*others, read])
