"""From a text to the keys it is found by: folded lemmas, and, marked "=", folded stems.

Lemma and stem stand at one position, for neither alone is enough: dictionaries miss names and dialect, stemmers
miss irregular forms. PostgreSQL only stores and compares the keys, so no dictionary of a server matters.
The dictionaries are read on first use, or by `warm()` before a server forks.
"""

import re
import threading
import unicodedata
from functools import lru_cache
from itertools import combinations, filterfalse, islice, product

import snowballstemmer
from simplemma import Lemmatizer
from simplemma.strategies import DefaultStrategy

from .dictionaries import Dictionaries
from .stop_words import NEGATIONS, STOP_WORDS

PIECE = 1000  # letters that are put into a normal form at once
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_HYPHEN = re.compile(r"\b([^\W\d_]+)-([^\W\d_]+)\b")
LONGEST_WORD = 60  # characters
REMEMBERED = 40_000  # words per cache: the vocabulary of some thousand programmes in five languages
_FOLD = str.maketrans(
    {"æ": "ae", "ø": "o", "å": "a", "ß": "ss", "đ": "d", "ł": "l", "œ": "oe", "ð": "d", "þ": "th", "’": "'"}
)
_ALGORITHMS = {"en": "english", "da": "danish", "nb": "norwegian", "de": "german"}
# How the letters are written on a keyboard that lacks them.
_SPELLINGS = {
    # aa first: gaaet is gået, and no gaæt.
    "da": (("aa", "å"), ("ae", "æ"), ("oe", "ø"), ("ä", "æ"), ("ö", "ø")),
    "nb": (("aa", "å"), ("ae", "æ"), ("oe", "ø"), ("ä", "æ"), ("ö", "ø")),
    "de": (("ae", "ä"), ("oe", "ö"), ("ue", "ü")),
}
_QWERTZ = str.maketrans("yz", "zy")
# Letters that lose their sign where nobody looks for it on the keyboard.
_BARE = {
    "sl": {"c": "č", "s": "š", "z": "ž"},
    "da": {"a": "æå", "o": "ø"},
    "nb": {"a": "æå", "o": "ø"},
    "de": {"a": "ä", "o": "ö", "u": "ü"},
}
SHORTEST_START, SHORTEST_END = 3, 4  # letters of a compound before the end that is known, and of that
MOST_RESTORED = 24  # spellings of a word that are tried
# Forms that the dictionaries get wrong or keep apart: form → the word it belongs to.
_EXCEPTIONS = {
    "sl": {
        "ljudje": "človek", "ljudi": "človek", "ljudem": "človek", "otroci": "otrok", "otrok": "otrok",
        "brati": "brati", "stopal": "stopalo", "stopala": "stopalo",
        "spim": "spati", "spi": "spati", "spanec": "spanje", "spanca": "spanje", "kadim": "kaditi", "kadi": "kaditi",
        "pijem": "piti", "pije": "piti", "jem": "jesti", "je": "biti", "hčere": "hči", "matere": "mati",
    },
    "en": {
        "drinker": "drink", "drinkers": "drink", "smoker": "smoke", "smokers": "smoke", "people": "person",
        "slept": "sleep", "sleeping": "sleep", "screening": "screening", "screenings": "screening",
        "screened": "screening", "feet": "foot", "teeth": "tooth",
    },
    "da": {
        "kurser": "kursus", "kurserne": "kursus", "kurset": "kursus", "kurs": "kursus", "forældre": "forælder",
        "forældrene": "forælder", "forældres": "forælder", "ældre": "ældre", "børn": "barn", "børnene": "barn",
        "børne": "barn", "rygning": "ryge", "ryger": "ryge", "sover": "sove", "røg": "ryge", "røget": "ryge",
        "tænder": "tand", "tænders": "tand", "tænderne": "tand", "tændernes": "tand", "moderen": "mor", "mødre": "mor",
        "mødrene": "mor", "faderen": "far", "fædre": "far", "fædrene": "far", "broderen": "bror", "brødre": "bror",
        "brødrene": "bror", "center": "center", "centret": "center", "centrets": "center", "centre": "center",
        "centrene": "center", "drukket": "drikke", "amning": "amme", "amningen": "amme", "kørsel": "køre",
        "kørslen": "køre", "talt": "tale", "talte": "tale", "skuldre": "skulder", "skuldrene": "skulder",
        "skuldrer": "skulder", "læste": "læse", "læst": "læse", "skar": "skære", "skåret": "skære", "gråd": "græde",
        "fingre": "finger", "fundet": "finde",
    },
    "nb": {
        "kurset": "kurs", "kursets": "kurs", "kursene": "kurs", "foreldre": "forelder", "foreldrene": "forelder",
        "eldre": "eldre", "røyking": "røyke", "røyk": "røyke", "røyker": "røyke", "barna": "barn", "turer": "tur",
        "turen": "tur", "turene": "tur", "sover": "sove", "tenner": "tann", "hender": "hånd", "netter": "natt",
        "mødre": "mor", "fedre": "far", "fedrene": "far", "brødre": "bror", "brødrene": "bror", "senter": "senter",
        "sentre": "senter", "sentrene": "senter", "skuldre": "skulder", "skuldrene": "skulder", "kneet": "kne",
    },
    "de": {"kurse": "kurs", "kursen": "kurs", "kinder": "kind", "kindern": "kind", "raucher": "rauchen"},
}  # fmt: skip
# Stems that would be those of other words: ryge is to smoke, ryg a back; føde to give birth, fod a foot.
_STEMS = {
    "da": dict.fromkeys(("ryge", "ryger", "rygning", "rygningen"), "rygn")
    | dict.fromkeys(["føde", "føder", "fødes", "født", "fødte", "fode", "foder", "fodes", "fodt", "fodte"], "fodsl"),
    "en": dict.fromkeys(("screening", "screenings", "screened"), "screening"),
}
# Here the j belongs to the stem: vrtnarjenjem and vrtnarjenje, zadnjih and zadnji, zemljo and zemlja; mamografijami.
_SOFT_SL = re.compile(r"(\w{3,}[ln]j)(?:ema|imi|em|ih|im|o)|(\w{3,}[b-df-hj-np-tvz]ij)(?:o|am[ia])")
# And here it does not: sladkor, sladkorju; mediator, mediatorji. But večerja, a dinner, is no večer.
_R_SL = re.compile(r"(\w{2,}[aiou]r)j(?:a|u|em|i|ih|ev|e|ema|o|ah|am|ami|ama)")
_FEMALE = re.compile(r"(?<=inj)(a|e|i|o|ah|am|ami|ama)$")  # zdravnikinja, zdravnikinjo
_ENDINGS = "ijama ijami ega emu ima imi ama ami oma ema ijo jem jih jim jo ih im em om am ah eh ov ev mi ma a e i o u"
_WITH_E = re.compile(r"(\w+?)([bdfgkmnpstv])\2?e(l)")  # cykel, cykler; sykkel, sykler
# Forms of a verb and of the noun made of it, which dictionaries have but in part: zadihajo, bolela, hujšanju.
_VERB_SL = re.compile(r"(\w{2,}?)([aei])(?:š|m|mo|te|jo|va|ta|l|la|lo|li|le|li|j|jte|jmo|nj[eaui]|njem|njih|vši|joč)?")
# Of these, forms of which nothing else ends so, for verbs that no dictionary has: hujšajo, vejpal.
_NEW_VERB_SL = re.compile(r"(\w{3,}?)a(?:š|jo|l|la|lo|li|le|ti|nj[eaui]|njem)")
# Not with i: zdravilo, kosilo and vozilo are everyday things.
_DONE_SL = re.compile(r"(\w{2,}[ae])l[aoie]?")
_STATE_SL = re.compile(r"(\w{3,}[ae]n)ost")
_STATE = re.compile(r"(\w{4,})he[dt]|(\w{5,})itet")
# vaccinere and vaccination, vaksinere and vaksinasjon.
_FOREIGN = re.compile(r"(\w{5,})(?:ere|ation|asjon)")
_ENDINGS_SL = sorted(_ENDINGS.split(), key=len, reverse=True)


def normalized(form, text):
    """The text in a normal form of Unicode, made piece by piece: Python puts the signs on one letter in order in a time
    that grows with the square of their number, and a hundred thousand may stand there.
    """
    if len(text) <= PIECE:
        return unicodedata.normalize(form, text)
    pieces, start = [], 0
    while start < len(text):
        end = start + PIECE
        if end < len(text):
            end = text.rfind(" ", start, end) + 1 or end
        pieces.append(unicodedata.normalize(form, text[start:end]))
        start = end
    return "".join(pieces)


def fold(text):
    """Small letters without diacritics: č=c, đ=d, æ=ae, ø=o, å=a, ü=u, ß=ss."""
    text = normalized("NFKD", normalized("NFC", text).casefold().translate(_FOLD))
    return "".join(filterfalse(unicodedata.combining, text))


def words(text):
    """The words of a text in small letters, in order; everything else only parts them."""
    return [word.lower()[:LONGEST_WORD] for word in WORD.findall(normalized("NFC", text))]


def joined(text):
    """Words with a hyphen in small letters and without it: check-up is typed as checkup too."""
    pairs = _HYPHEN.findall(normalized("NFC", text)) if "-" in text else ()
    return [f"{first}{second}".lower()[:LONGEST_WORD] for first, second in pairs]


@lru_cache(10)
def _with_folded(words, language):
    """The words, and how they are typed without diacritics, but no other word: får is small, far is a father."""
    return words | {bare for word in words if (bare := fold(word)) != word and not is_known(bare, language)}


def is_stop_word(word, language):
    """True for words that find nothing by themselves, negations included; also when typed without diacritics."""
    return word in _with_folded(STOP_WORDS[language], language) or is_negation(word, language)


def is_negation(word, language):
    """True for "not" and for "without": what follows would mean the opposite without it."""
    return word in _with_folded(NEGATIONS[language], language)


def telling(found, language):
    """The words that tell something; all of them where none does."""
    return [word for word in found if not is_stop_word(word, language)] or list(found)


# ---- stems ----------------------------------------------------------------------------------------
def _stem_sl(word):
    """A folded Slovenian word without its ending, and without the e that comes and goes (petek, petka)."""
    if (bare := _FEMALE.sub("", word)) != word:
        return bare
    if match := _SOFT_SL.fullmatch(word):
        word = (match[1] or match[2]) + "a"
    elif match := _R_SL.fullmatch(word):
        return match[1]
    for ending in _ENDINGS_SL:
        if word.endswith(ending) and len(word) - len(ending) >= (3 if len(ending) == 1 else 4):
            word = word[: -len(ending)]
            break
    if len(word) > 5 and word.endswith("enj"):  # izkušnja, izkušenj
        return word[:-3] + "nj"
    if len(word) > 4 and word[-2] == "e" and word[-1] in "nlrckvt" and word[-3] not in "aeiou":
        word = word[:-2] + word[-1]
    if len(word) > 4 and word[-1] == "v" and word[-2] not in "aeiou":  # društvo, društev; krvavitvi, krvavitev
        word = word[:-1]
    return word


def _family(lemma, language):
    """A further stem of a dictionary form, which the stemmer keeps apart: of a noun made of a verb or of an adjective
    (utrujenost, ensomhed, vaccination), and of "cykel"."""
    if language == "sl":
        if match := _STATE_SL.fullmatch(lemma):
            return _stem_sl(fold(match[1]))
        return re.sub(r"(?<=..)([ae]nje|[aei]ti)$", "", lemma)
    if language in ("da", "nb"):
        if match := _WITH_E.fullmatch(lemma):
            return "".join(match.groups())
        if match := _STATE.fullmatch(lemma) or _FOREIGN.fullmatch(lemma):
            return next(filter(None, match.groups()))
        return re.sub(r"(?<=..[bdfgklmprstv])ning$|ing$", "", lemma)
    return lemma


_stemmers = threading.local()  # a stemmer works on its own buffer, so each thread has its own


def stem(word, language):
    """Folded stem of a word in small letters."""
    if language == "sl":
        return _stem_sl(fold(word))
    if other := _STEMS.get(language, {}).get(word):
        return other
    stemmer = getattr(_stemmers, language, None)
    if stemmer is None:
        stemmer = snowballstemmer.stemmer(_ALGORITHMS[language])
        setattr(_stemmers, language, stemmer)
    return fold(stemmer.stemWord(word))


# ---- lemmas ---------------------------------------------------------------------------------------
_DICTIONARIES = Dictionaries()
# It remembers nothing: `lemmas` does.
_LEMMATIZER = Lemmatizer(cache_max_size=0, lemmatization_strategy=DefaultStrategy(dictionary_factory=_DICTIONARIES))


def _lemma(word, language):
    return _LEMMATIZER.lemmatize(word, language).lower()


def _done_sl(word):
    """The verb, if any, whose past form the dictionary takes for a noun: gibala is of gibati, and of gibalo."""
    match = _DONE_SL.fullmatch(word)
    return {f"{match[1]}ti"} if match and is_known(f"{match[1]}ti", "sl") else set()


def _verbs_sl(word):
    """The verbs, at most one, that a form may be of which the dictionary does not have."""
    if not (match := _VERB_SL.fullmatch(word)):
        return set()
    root, vowel = match.groups()
    tried = (f"{root}{one}ti" for one in dict.fromkeys((vowel, "a", "i", "e")))
    return set(islice(filter(lambda one: is_known(one, "sl"), tried), 1))


def _compound_lemma(word, language):
    """{the dictionary form} of a compound with an irregular end: jordemødre; of one that no dictionary has, with the
    longest end that it has: skolebørn. Empty where the end is its own.
    """
    ends = [word[cut:] for cut in range(SHORTEST_START, len(word) - SHORTEST_END + 1)]
    head = next((end for end in ends if end in _EXCEPTIONS[language]), None)
    if head is None and not is_known(word, language):
        head = next((end for end in ends if is_known(end, language)), None)
    if head is None:
        return set()
    lemma = _EXCEPTIONS[language].get(head) or _lemma(head, language)
    return {word[: -len(head)] + lemma} if lemma != head else set()


def _single_en(word):
    """midwives → midwife, leaves → leaf; None where no dictionary has it."""
    return next((one for one in (word[:-3] + "fe", word[:-3] + "f") if is_known(one, "en")), None)


@lru_cache(3000)  # few: `keys` remembers what follows from them
def lemmas(word, language):
    """The dictionary forms of a word in small letters, at least one; unknown words are their own."""
    if exception := _EXCEPTIONS[language].get(word):
        return (exception,)
    found = {_lemma(word, language)}
    if language == "sl":
        found |= _done_sl(word) if is_known(word, language) else _verbs_sl(word)
    if language == "de":  # nouns stand in the dictionary with their capital
        found.add(_lemma(word.capitalize(), language))
    if language in ("da", "nb") and word.endswith("s") and len(word) > 4 and found == {word}:
        found.add(_lemma(word[:-1], language))
    if language in ("da", "nb"):
        found |= _compound_lemma(word, language)
    if language == "en" and word.endswith("ves") and (single := _single_en(word)):
        found.add(single)
    if word.endswith(("'s", "’s")):
        found = {_lemma(word[:-2], language)}
    return tuple(sorted(found))


@lru_cache(REMEMBERED)
def keys(word, language):
    """What a word in small letters is found by: (folded lemmas and, marked "=", folded stems)."""
    known = lemmas(word, language)
    # The folded form is stemmed too: whoever types without diacritics has no other way to the stem.
    stems = {stem(form, language) for form in {*known, word, fold(word)}}
    stems |= {fold(root) for form in known if (root := _family(form, language)) != form and len(root) > 2}
    if language == "sl" and known == (word,) and (match := _NEW_VERB_SL.fullmatch(word)):
        stems.add(fold(match[1]))
    stems -= _small_words(language)  # predah (a rest) is no form of pred (before), and is not found by predal (a box)
    return tuple(sorted({fold(form) for form in known} | {f"={form}" for form in stems if form}))


@lru_cache(5)
def _small_words(language):
    """Stop words, folded: no stems of anything."""
    return frozenset(map(fold, STOP_WORDS[language]))


@lru_cache(5)
def dictionary(language):
    """Forms and their lemmas; the very one that `lemmas` asks."""
    return _DICTIONARIES.get_dictionary(language)


@lru_cache(3000)  # the ends of a long word are looked up for each of its spellings
def is_known(word, language):
    """True when the dictionary has this form, with a small or a capital letter."""
    known = dictionary(language)
    return word in known or (language == "de" and word.capitalize() in known)


def variants(word, language):
    """The word as typed, and what other keyboards would have made of it: aeldre, aldre → ældre, phzsical → physical."""
    found = word
    for typed, letter in _SPELLINGS.get(language, ()):
        found = found.replace(typed, letter)
    if found == word and ("y" in word or "z" in word) and not is_known(word, language):
        swapped = word.translate(_QWERTZ)
        found = swapped if is_known(swapped, language) else word
    if found == word and language in _BARE and word.isascii() and not is_known(word, language):
        found = next((one for one in restored(word, language) if _is_form(one, language)), word)
    return [word] if found == word else [word, found]


def _is_form(word, language):
    return is_known(word, language) or (language == "sl" and bool(_verbs_sl(word)))


def restored(word, language):
    """What may have been meant by a word without signs on its letters, those first with the fewest: zivim → živim."""
    lost = _BARE[language]
    places = [place for place, letter in enumerate(word) if letter in lost]
    spellings = (
        (chosen, letters)
        for number in (1, 2, 3)
        for chosen in combinations(places, number)
        for letters in product(*(lost[word[place]] for place in chosen))
    )
    for chosen, letters in islice(spellings, MOST_RESTORED):
        spelt = list(word)
        for place, letter in zip(chosen, letters, strict=True):
            spelt[place] = letter
        yield "".join(spelt)


def warm():
    """Reads the dictionaries of all languages, so that processes forked later have them: some seconds."""
    for language in STOP_WORDS:
        keys("program", language)
        is_known("program", language)
