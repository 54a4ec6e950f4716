"""Whom to ring when it cannot wait: the numbers of the country, and whether somebody's search asks for them."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from . import languages
from .search.text import fold

FILE = Path(__file__).parent / "data" / "help_now.yaml"
EVERYWHERE = [{"situation": "danger", "number": "112", "hours": "always", "is_free": True}]  # all over the Union
SPEAKS = {"si": "sl", "at": "de", "de": "de", "dk": "da", "no": "nb"}  # the language of the names
SITUATIONS = {
    "danger": _("Somebody is in danger of their life"),
    "distress": _("You cannot go on, or you think of ending your life"),
    "child": _("You are a child or a young person, or you worry about one"),
    "violence": _("Somebody beats you, threatens you or frightens you"),
    "doctor": _("You need a doctor and the surgery is closed"),
}
# Words of people who may be in danger, folded, in the language they are typed in; `*` stands for any ending.
# All languages count on every page: who despairs does not look for the switch.
_WORDS = """
samomor* | ubil* se | se ubil* | ubiti se | ubijem | nocem vec ziveti | ne zelim vec ziveti | ne morem vec ziveti
| koncati zivljenje | koncal* bi | samoposkod* | rezem se | rezati se | zelim umreti | rad* bi umrl*
| suicid* | kill myself | killing myself | end my life | want to die | do not want to live | don't want to live
| dont want to live | no reason to live | self-harm* | self harm* | hurt myself | cutting myself
| selvmord* | selvskade* | tage mit eget liv | tage livet af mig | ta livet mitt | ta mitt eget liv
| vil ikke leve | onsker ikke a leve | vil do | onsker at do | orker ikke at leve | orker ikke a leve | selvskading*
| selbstmord* | suizid* | selbsttotung | mich umbringen | mir das leben nehmen | nicht mehr leben
| will sterben | mochte sterben | selbstverletz* | ritzen | lebensmude
| zlorablja me | pretepa me | tepe me | me pretepa | he beats me | she beats me | beats me | han slar mig | han slar meg
| schlagt mich | voldtagt* | voldtekt* | posilst* | posilil* | rape* | raped | vergewalt*
"""
_ASKS = re.compile(
    r"(?<!\w)(?:"
    + "|".join(re.escape(words.strip()).replace(r"\*", r"\w*") for words in _WORDS.split("|"))
    + r")(?!\w)"
)


class Line(NamedTuple):
    """One telephone number: `name` in the country's own language, `hours` in the reader's, both may be empty."""

    situation: str
    number: str
    name: str
    hours: str
    is_free: bool


@cache
def _known():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def looked_through_on():
    """The day on which the numbers of the country were last looked through; None when they never were."""
    return _known()["looked_through_on"].get(settings.PORTAL_COUNTRY)


def name_language():
    """Code of the language in which the lines are named; None where there are no names."""
    return SPEAKS.get(settings.PORTAL_COUNTRY)


def lines():
    """[Line] of the installation's country, most urgent first; of an unknown one the number of all Europe."""
    hours, language = _known()["hours"], languages.active()
    return [
        Line(
            row["situation"],
            row["number"],
            row.get("name", ""),
            hours[row["hours"]][language] if "hours" in row else "",
            row.get("is_free", False),
        )
        for row in _known()["countries"].get(settings.PORTAL_COUNTRY, EVERYWHERE)
    ]


def by_situation():
    """[(words of the situation, its slug, [Line])], only those for which there is a number."""
    known = lines()
    grouped = ((words, slug, [line for line in known if line.situation == slug]) for slug, words in SITUATIONS.items())
    return [row for row in grouped if row[2]]


def first_lines():
    """[Line] where there is room for two: the number for danger, and the first one that listens."""
    firsts = {line.situation: line for line in reversed(lines())}
    return [firsts[slug] for slug in ("danger", "distress") if slug in firsts]


def asks(typed):
    """Whether the words typed are those of somebody who may be in danger."""
    return bool(typed) and bool(_ASKS.search(" ".join(fold(typed.replace("’", "'")).split())))
