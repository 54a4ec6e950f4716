"""What people write about times, in five languages, without accents and in small letters; expressions by meaning.

Grammar, not interface strings, as in programmes.recurrence_words. `first` are the beginnings that tell a weekday or
month apart: endings differ by case. What is listed as `quiet` says nothing about the time.
"""

from typing import NamedTuple


class Words(NamedTuple):
    weekdays: tuple[str, ...]  # Monday first; expressions for whole words
    months: tuple[str, ...]
    ordinals: dict[str, int]
    every: str
    units: dict[str, str]
    to: str
    since: str
    until: str
    on_months: str
    beside: str  # "except"
    not_holidays: str
    holidays_too: str
    at: str  # before a time
    clock: str  # behind a time
    times: str
    working_days: str
    arrangement: str
    pairs: tuple[tuple[str, str], ...]  # words said in two, made one
    quiet: str


_SL = Words(
    weekdays=("pon(edelj[a-z]*)?", "tor(e?k[a-z]*)?", "sre(d[a-z]*)?", "cet(rte?k[a-z]*)?", "pet(e?k[a-z]*)?",
        "sob(ot[a-z]*)?", "ned(elj[a-z]*)?"),
    months=("jan(uar[a-z]*)?", "feb(ruar[a-z]*)?", "mar(e?c[a-z]*)?", "apr(il[a-z]*)?", "maj[a-z]{0,3}",
        "jun(ij[a-z]*)?", "jul(ij[a-z]*)?", "avg(ust[a-z]*)?", "sep(temb[a-z]*)?", "okt(ob[a-z]*)?",
        "nov(emb[a-z]*)?", "dec(emb[a-z]*)?"),
    ordinals={"prv(i|a|o|ega)": 1, "drug(i|a|o|ega)": 2, "tretj(i|a|o|ega)": 3, "cetrt(i|a|o|ega)": 4,
        "pet(i|a|o|ega)": 5, "zadnj(i|a|o|ega)": -1, "predzadnj(i|a|o|ega)": -2},
    every="vsak(o|a|ega)?",
    units={"day": "d(an|neva?)|dnevno", "week": "ted(en|na|nu|ensko)", "month": "mesec[a-z]*", "year": "let[ao]"},
    to="do", since="od|zacne", until="do(?: konca| vkljucno)?", on_months="v", beside="razen",
    not_holidays=r"(?:ne|razen|brez) (?:ob |na )?(?:praznik\w*)|(?:ob |na )?praznikih ne",
        holidays_too=r"tudi (?:ob |na )?praznik\w*",
    at="ob|od", clock="ure?|h", times=r"(\d+)-?krat", working_days="delavnik(ih|i|e)?", arrangement="po dogovoru",
    pairs=(), quiet="in|v|ob|na|se|je|dne|od|uri|ure",
)  # fmt: skip
_EN = Words(
    weekdays=("mon(days?)?", "tue(s|sdays?)?", "wed(nesdays?)?", "thu(r|rs|rsdays?)?", "fri(days?)?",
        "sat(urdays?)?", "sun(days?)?"),
    months=("jan(uary)?", "feb(ruary)?", "mar(ch)?", "apr(il)?", "may", "june?", "july?", "aug(ust)?",
        "sep(t|tember)?", "oct(ober)?", "nov(ember)?", "dec(ember)?"),
    ordinals={"first": 1, "second|other": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1, "penultimate": -2},
    every="every|each",
    units={"day": "days?|daily", "week": "weeks?|weekly", "month": "months?|monthly", "year": "years?|yearly"},
    to="to|through", since="from|starting|since", until="until(?: the end of)?|till|to|through", on_months="in",
        beside="except(?: on)?|but not on",
    not_holidays=r"(?:not|except|but not) (?:on |during )?(?:public |bank )?holidays",
        holidays_too=r"(?:also|even) on (?:public |bank )?holidays",
    at="at|from", clock="o'clock|h", times=r"(\d+) times", working_days="weekdays|workdays",
        arrangement="by (?:arrangement|appointment)",
    pairs=(("second to last", "penultimate"), ("once a week", "weekly"), ("of the", "of")),
        quiet="and|on|the|of|in|at|from|a",
)  # fmt: skip
_DA = Words(
    weekdays=("man(dage?n?)?", "tirs?(dage?n?)?", "ons(dage?n?)?", "tors?(dage?n?)?", "fre(dage?n?)?",
        "lor(dage?n?)?", "son(dage?n?)?"),
    months=("jan(uar)?", "feb(ruar)?", "marts", "apr(il)?", "maj", "juni?", "juli?", "aug(ust)?", "sep(t|tember)?",
        "okt(ober)?", "nov(ember)?", "dec(ember)?"),
    ordinals={"forste": 1, "anden|andet": 2, "tredje": 3, "fjerde": 4, "femte": 5, "sidste": -1, "naestsidste": -2},
    every="hver|hvert",
    units={"day": "dage?|dagligt", "week": "uger?|ugentligt", "month": "maned(en|er)?", "year": "ar(et)?"},
    to="til", since="fra|starter", until="(?:frem )?til(?: og med| udgangen af)?", on_months="i",
        beside="undtagen|ikke den|bortset fra",
    not_holidays=r"(?:ikke|undtagen) (?:pa |i )?helligdag\w*", holidays_too=r"ogsa (?:pa |i )?helligdag\w*",
    at="kl|klokken", clock="h", times=r"(\d+) gange", working_days="hverdage?|arbejdsdage", arrangement="efter aftale",
    pairs=(("naest sidste", "naestsidste"),), quiet="og|den|de|i|om|pa|kl|klokken|fra",
)  # fmt: skip
_NB = _DA._replace(
    weekdays=("man(dag[a-z]*)?", "tirs?(dag[a-z]*)?", "ons(dag[a-z]*)?", "tors?(dag[a-z]*)?", "fre(dag[a-z]*)?",
        "lor(dag[a-z]*)?", "son(dag[a-z]*)?"),
    months=("jan(uar)?", "feb(ruar)?", "mars", "apr(il)?", "mai", "juni?", "juli?", "aug(ust)?", "sep(t|tember)?",
        "okt(ober)?", "nov(ember)?", "des(ember)?"),
    ordinals={"forste": 1, "andre|annen|annet": 2, "tredje": 3, "fjerde": 4, "femte": 5, "siste": -1, "nestsiste": -2},
    units={"day": "dag(er)?|daglig", "week": "uker?|ukentlig", "month": "maned(en|er)?", "year": "ar(et)?"},
    until="(?:frem )?til(?: og med| utgangen av)?", beside="unntatt|ikke den|bortsett fra",
    not_holidays=r"(?:ikke|unntatt) (?:pa |i )?helligdag\w*", holidays_too=r"ogsa (?:pa |i )?helligdag\w*",
    times=r"(\d+) ganger", working_days="hverdager?|arbeidsdager", arrangement="etter avtale",
    pairs=(("nest siste", "nestsiste"), ("annenhver", "hver annen"), ("annethvert", "hver annen")),
)  # fmt: skip
_DE = Words(
    weekdays=("mo(ntags?)?", "di(enstags?)?", "mi(ttwochs?)?", "do(nnerstags?)?", "fr(eitags?)?",
        "sa(mstags?|nnabends?)?", "so(nntags?)?"),
    months=("jan(uar)?|janner", "feb(ruar)?", "marz", "apr(il)?", "mai", "juni?", "juli?", "aug(ust)?",
        "sep(t|tember)?", "okt(ober)?", "nov(ember)?", "dez(ember)?"),
    ordinals={"erste[rnms]?": 1, "zweite[rnms]?": 2, "dritte[rnms]?": 3, "vierte[rnms]?": 4, "funfte[rnms]?": 5,
        "letzte[rnms]?": -1, "vorletzte[rnms]?": -2},
    every="jede[rnms]?|alle",
    units={"day": "tage?s?|taglich", "week": "wochen?|wochentlich", "month": "monate?s?|monatlich",
        "year": "jahre?s?|jahrlich"},
    to="bis", since="von|vom|ab|seit", until="bis(?: zum| einschliesslich| ende)?", on_months="im",
        beside="ausser(?: am)?|nicht am",
    not_holidays=r"(?:nicht|ausser) an (?:gesetzlichen )?feiertagen|an (?:gesetzlichen )?feiertagen nicht",
        holidays_too=r"auch an (?:gesetzlichen )?feiertagen",
    at="um|von", clock="uhr|h", times=r"(\d+)-?mal", working_days="werktags|wochentags",
        arrangement="nach (?:absprache|vereinbarung)",
    pairs=(), quiet="und|am|an|im|des|der|um|uhr|von|den",
)  # fmt: skip

WORDS = {"sl": _SL, "en": _EN, "da": _DA, "nb": _NB, "de": _DE}
