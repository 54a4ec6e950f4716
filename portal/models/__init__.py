from .changes import Change, feed
from .looks import Look
from .outbox import Outbox, SwitchedOff
from .search import EmptySearch, SearchDue, SearchEntry, SearchWord, Synonym
from .terms import Term, TermQuerySet, Vocabulary

__all__ = [
    "Change",
    "EmptySearch",
    "Look",
    "Outbox",
    "SearchDue",
    "SearchEntry",
    "SearchWord",
    "SwitchedOff",
    "Synonym",
    "Term",
    "TermQuerySet",
    "Vocabulary",
    "feed",
]

feed(Term, "term", "{row}.id")
feed(Synonym, "synonym", "{row}.id")
