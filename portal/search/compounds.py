"""Danish, Norwegian and German words that are made of several: søvnbesvær holds søvn and besvær.

Both the texts and the query are taken apart here, with the dictionary. A part has four letters or more, or is one
of the few short ones that make half of all compounds; otherwise every "kultur" would be a "tur".
"""

from functools import lru_cache
from itertools import islice

from . import text

LANGUAGES = ("da", "nb", "de")
SHORTEST = 4  # letters
LONG = 7  # letters; a shorter word is hardly a compound
_LINKS = ("", "s", "e", "n", "en", "er", "es")
_SHORT = {
    "da": "tur mad sol dag ryg far mor bad øl løb kor sex hud bil gå vej bog tal bus tab",
    "nb": "tur mat sol dag far mor bad øl løp kor sex hud bil rus gå fot vei bok tall buss tap",
    "de": "rad tag bad ohr arm see chor tee gas bus weg",
}
# Beginnings that are words of their own and yet no part: Unterstützung is not about anything below.
_NO_PARTS = {
    "da": "under over efter mellem sammen videre igen imod selv mindre fore inden uden gennem ende stor lille",
    "nb": "under over etter mellom sammen videre igjen imot selv mindre fore innen uten gjennom ende stor liten",
    "de": "unter über nach wieder hinter gegen durch zusammen weiter gemein fest frei voll selbst ende ander beraten "
    "haltung stellung führung nahme stand gang klein groß neu",
}
_SHORT_PARTS = {language: frozenset(words.split()) for language, words in _SHORT.items()}
_NOT_PARTS = {language: frozenset(words.split()) for language, words in _NO_PARTS.items()}


def _is_part(word, language):
    if word in _SHORT_PARTS[language]:
        return True
    if len(word) < SHORTEST or word in _NOT_PARTS[language] or text.is_stop_word(word, language):
        return False
    return text.is_known(word, language)


@lru_cache(text.REMEMBERED)
def parts(word, language):
    """The parts of a compound in small letters, its head last; () where it is none.

    Of several ways to split it the one with the longest last part that is known wins: Schlaf + Störungen.
    """
    if language not in LANGUAGES or len(word) < 5:
        return ()
    heads = [cut for cut in range(2, len(word) - 2) if _is_part(word[cut:], language)]
    if language == "de":  # a noun, where there is one: Familien + ecke, not Familie + necke
        heads.sort(key=lambda cut: word[cut:].capitalize() not in text.dictionary("de"))
    for cut in heads:
        if first := _first(word[:cut], language):
            return (*first, word[cut:])
    return ()


def _first(word, language):
    """What stands before the last part, with and without the letters that link the two; () where it is no word."""
    bare = [word[: len(word) - len(link)] for link in _LINKS if word.endswith(link)]
    if found := next((form for form in bare if _is_part(form, language)), None):
        return (found,)  # the longest: what is about ryge (to smoke) is not about ryg (a back)
    return next((inner for form in bare[:2] if len(form) >= 8 and (inner := parts(form, language))), ())


@lru_cache(1000)
def variants(word, language):
    """As `text.variants`; of a compound that no dictionary has, too: sovnbesvaer → søvnbesvær."""
    found = text.variants(word, language)
    if len(found) > 1 or language not in LANGUAGES or not word.isascii() or len(word) < LONG:
        return found
    if text.is_known(word, language):
        return found
    if parts(word, language):
        return found
    return [word, *islice((one for one in text.restored(word, language) if parts(one, language)), 1)]


@lru_cache(text.REMEMBERED)
def part_keys(word, language):
    """Folded lemmas of all parts of a compound, as a frozenset. No stems: the dictionary knows every part anyway."""
    forms = {part for form in (word, *text.lemmas(word, language)) for part in parts(form, language)}
    return frozenset(text.fold(lemma) for form in forms for lemma in text.lemmas(form, language))
