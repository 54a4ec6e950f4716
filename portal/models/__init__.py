from .changes import Change, feed
from .looks import Look
from .once import Once
from .outbox import MailRhythm, Outbox, SwitchedOff
from .search import EmptySearch, SearchDue, SearchEntry, SearchWord, Synonym
from .terms import Term, TermQuerySet, Vocabulary, follows_merges
from .translations import TranslationState

__all__ = [
    "Change",
    "EmptySearch",
    "Look",
    "MailRhythm",
    "Once",
    "Outbox",
    "SearchDue",
    "SearchEntry",
    "SearchWord",
    "SwitchedOff",
    "Synonym",
    "Term",
    "TermQuerySet",
    "TranslationState",
    "Vocabulary",
    "feed",
    "follows_merges",
]

feed(Term, "term", "{row}.id")
feed(Synonym, "synonym", "{row}.id")
follows_merges(Synonym, "term_id")
