"""What people say and what they mean: labels and everyday words of terms, and the table of synonyms.

Kept in memory per language, as phrases of keys, and read anew when terms or synonyms have changed.
A programme's entry holds its terms as lexemes, so renaming a term or adding a synonym changes no entry.
"""

import re
from collections import Counter, defaultdict
from sys import intern
from threading import Lock
from typing import NamedTuple

from .. import changes
from ..models import Synonym, Term, Vocabulary
from . import text

VOCABULARIES = (
    Vocabulary.TOPIC,
    Vocabulary.TARGET_GROUP,
    Vocabulary.LIFE_PHASE,
    Vocabulary.FORMAT,
    Vocabulary.SETTING,
    Vocabulary.COST,
    Vocabulary.ACCESSIBILITY,
)
# One thing of a label that lists several stands for its term: stress, sleep.
_LABEL_PARTS = re.compile(r"[,;:()/–]| - | in | ali | and | or | og | eller | und | oder ")
MOST_IN_A_ROW = 2
# Here a label describes somebody, and half of it somebody else: children at risk are not children.
_PEOPLE = (Vocabulary.TARGET_GROUP, Vocabulary.LIFE_PHASE)
_HOW = (Vocabulary.ACCESSIBILITY, Vocabulary.SETTING, Vocabulary.COST)
_LOOSE_LABELS = tuple(f"#{vocabulary}/" for vocabulary in _HOW)


class Phrase(NamedTuple):
    words: tuple[tuple[str, ...], ...]  # keys of each word
    term: str | None  # lexeme of a term
    meaning: str  # other words of the same language
    concept: str = ""  # what other rows mean too, in all languages


class Table:
    """All phrases of one language, by the keys of their first word."""

    def __init__(self, language):
        self.language = language
        self.starts: dict = defaultdict(list)
        # Phrases that mean something with their small words only: feeling down.
        self.whole_starts: dict = defaultdict(list)
        self.typed: dict = defaultdict(list)  # lexeme of a term, or None → phrases as somebody wrote them, a line each
        self._sets = {}  # word → its keys
        self.labels = {}  # lexeme of a term → its label
        self.concepts = {}  # concept → [(language, phrase)]
        texts = (f"label_{language}", f"everyday_words_{language}")
        terms = list(Term.objects.of(*VOCABULARIES).filter(is_active=True).only("vocabulary", "slug", "order", *texts))
        for term in terms:
            label = getattr(term, f"label_{language}") or ""
            self.labels[lexeme(term)] = label
            everyday = (getattr(term, f"everyday_words_{language}") or "").split(",")
            for phrase in [label, *self._parts(term, label), *everyday]:
                self.add(phrase, lexeme(term))
        self._add_words_of_labels(terms)
        columns = ("words", "meaning", "concept", "term__vocabulary", "term__slug", "term__is_active")
        rows = Synonym.objects.filter(language=language).values_list(*columns)  # thousands: as records they take 20 MB
        for words, meaning, concept, vocabulary, slug, is_active in sorted(rows, key=lambda row: bool(row[1])):
            term = intern(f"#{vocabulary}/{slug}") if is_active else None
            meaning, concept = intern(meaning), intern(concept)
            if meaning and not concept:  # those without a meaning are all there by now
                for known in self._said(meaning) or [Phrase((), None, "")]:
                    self.add(words, term or known.term, meaning, known.concept)
            elif term or meaning or concept:
                self.add(words, term, meaning, concept)
        # Thousands of texts, lists of one phrase each, and what was needed only to get here: a third of all this.
        self.typed = {term: "\n".join(some) for term, some in self.typed.items()}
        self.folded = {term: self._folded(term, some) for term, some in self.typed.items() if term}
        self.starts, self.whole_starts = ({key: tuple(some) for key, some in starts.items()}
                                          for starts in (self.starts, self.whole_starts))  # fmt: skip
        del self._sets

    def _said(self, meaning):
        """What a meaning means itself: [phrases] with a concept, one each."""
        words = reduced(text.words(meaning), self.language)
        found = self.at([frozenset(text.keys(word, self.language)) for word in words]) if words else []
        by_concept = {phrase.concept: phrase for phrase in found if phrase.concept and len(phrase.words) == len(words)}
        return [by_concept[concept] for concept in sorted(by_concept)]

    def _parts(self, term, label):
        """What a label lists; of a group of people, only where it lists nothing but single words."""
        parts = [part for part in _LABEL_PARTS.split(label) if any(letter.isalpha() for letter in part)]
        parts = [part for part in parts if not all(text.is_stop_word(w, self.language) for w in text.words(part))]
        is_list = all(len(text.words(part)) == 1 for part in parts) and "(" not in label
        return parts if is_list or term.vocabulary not in _PEOPLE else []

    def _add_words_of_labels(self, terms):
        """Single words of labels, where no other term has them too."""
        own = {lexeme(term): self._telling(self.labels[lexeme(term)]) for term in terms}
        common = Counter(key for found in own.values() for key in {k for word in found for k in text.keys(*word)})
        people = {lexeme(term) for term in terms if term.vocabulary in _PEOPLE}
        for term, found in own.items():
            # Equipment on loan is not about equipment, higher education not high, a small fee nothing for small ones.
            if term.startswith(_LOOSE_LABELS):
                continue
            for word, language in found if term not in people or len(found) <= 2 else ():
                if len(word) > 3 and all(common[key] == 1 for key in text.keys(word, language)):
                    self._add_phrase(Phrase((self._keys(word),), term, ""))

    def _telling(self, label):
        found = set(text.words(label))
        return {(word, self.language) for word in found if not text.is_stop_word(word, self.language)}

    def add(self, words, term, meaning="", concept=""):
        everything = text.words(words)
        if all(text.is_negation(word, self.language) for word in everything):
            return
        self.typed[term].append(words.strip())
        # A word with a hyphen may be known as one: who types "no check-up" asks for "no checkup".
        joined = [text.words(words.replace("-", ""))] if "-" in words else []
        for spelt in [everything, *joined]:
            found = reduced(spelt, self.language)
            is_whole = len(found) == 1 < len(spelt)
            keys = tuple(self._keys(word) for word in (spelt if is_whole else found))
            self._add_phrase(Phrase(keys, term, meaning, concept), self.whole_starts if is_whole else self.starts)

    def _keys(self, word):
        """The same keys for the same word: thousands of phrases have but some hundred words."""
        if word not in self._sets:
            self._sets[word] = tuple(map(intern, text.keys(word, self.language)))
        return self._sets[word]

    def _add_phrase(self, phrase, starts=None):
        for key in phrase.words[0]:
            (self.starts if starts is None else starts)[key].append(phrase)

    def _folded(self, term, phrases):
        """The label and the phrases of a term, a line each, with a blank before each word: for what begins so."""
        lines = [self.labels.get(term, ""), *phrases.split("\n")]
        return "\n".join("".join(f" {text.fold(word)}" for word in text.words(line)) for line in lines)

    def begins(self, key):
        """True where a phrase begins with a word of this key."""
        return key in self.starts or key in self.whole_starts

    def at(self, words, is_whole=False):
        """[phrases] that the words begin with, only the longest. `words`: [set of keys], small words left out.

        `is_whole`: those phrases that need their small words, in words that still have them.
        """
        found = {
            phrase
            for key in words[0]
            for phrase in (self.whole_starts if is_whole else self.starts).get(key, ())
            if len(phrase.words) <= len(words)
            and not any(typed.isdisjoint(own) for own, typed in zip(phrase.words, words, strict=False))
        }
        longest = max((len(phrase.words) for phrase in found), default=0)
        best = [phrase for phrase in found if len(phrase.words) == longest]
        # A stem may be that of another word: Norwegian legen (the doctor), legning (orientation).
        return [phrase for phrase in best if _is_same(phrase, words)] or best


def _is_same(phrase, words):
    """True where each word has a dictionary form in common, and not only its stem."""
    pairs = zip(phrase.words, words, strict=False)
    return all(any(key[0] != "=" for key in typed.intersection(own)) for own, typed in pairs)


def lexeme(term):
    return f"#{term.vocabulary}/{term.slug}"


def reduced(words, language):
    """Without stop words, but with what negates: "ne spim" is not "spim". All words where nothing else is left."""
    return [w for w in words if text.is_negation(w, language) or not text.is_stop_word(w, language)] or list(words)


# ---- in memory ------------------------------------------------------------------------------------
_tables: dict[str, tuple[object, Table]] = {}
_lock = Lock()
_version = 0


def version():
    """A number that moves with every change of a term or a synonym; asks the database at most once in a request."""
    changes.refresh()
    return _version


@changes.subscribe
def _drop(news):
    global _version
    if news is None or any(kind in ("term", "synonym") for kind, _number in news):
        _tables.clear()
        _version += 1


def of(language, now):
    """The table of a language, as of the version `now`."""
    known = _tables.get(language)
    if known and known[0] == now:
        return known[1]
    with _lock:
        known = _tables.get(language)
        if not known or known[0] != now:
            table = Table(language)
            table.concepts = _concepts_of(now)
            known = _tables[language] = (now, table)
    return known[1]


def _concepts_of(now):
    """{concept: [(language, phrase)]} for all languages, one for all tables."""
    for kept, table in _tables.values():
        if kept == now:
            return table.concepts
    found = defaultdict(list)
    for concept, language, words in Synonym.objects.exclude(concept="").values_list("concept", "language", "words"):
        every = text.words(words)
        telling = [word for word in every if not text.is_stop_word(word, language)]
        # A word without its small words says too little to look for; three words in a row nobody writes.
        if 1 <= len(telling) <= MOST_IN_A_ROW and (len(telling) > 1 or len(every) == 1):
            found[concept, language].append(tuple(every))
    concepts = defaultdict(list)
    for (concept, language), phrases in found.items():
        # Who looks for "drinks" finds "drinks every day" too.
        single = {phrase[0] for phrase in phrases if len(phrase) == 1}
        kept = [phrase for phrase in phrases if len(phrase) == 1 or single.isdisjoint(phrase)]
        concepts[concept] += [(language, " ".join(phrase)) for phrase in kept]
    return dict(concepts)


def forget():
    """The next search reads terms and synonyms anew."""
    _tables.clear()
