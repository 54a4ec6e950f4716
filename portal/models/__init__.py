from .changes import Change, feed
from .looks import Look
from .outbox import Outbox
from .search import EmptySearch, SearchDue, SearchEntry, SearchWord, Synonym
from .terms import Term, TermQuerySet, Vocabulary
from .translations import TranslationState

__all__ = [
    "Change",
    "EmptySearch",
    "Look",
    "Outbox",
    "SearchDue",
    "SearchEntry",
    "SearchWord",
    "Synonym",
    "Term",
    "TermQuerySet",
    "TranslationState",
    "Vocabulary",
    "feed",
]

feed(Term, "term", "{row}.id")
feed(Synonym, "synonym", "{row}.id")
