from .changes import Change, feed
from .looks import Look
from .once import Once
from .outbox import Outbox
from .search import EmptySearch, SearchDue, SearchEntry, SearchWord, Synonym
from .terms import Term, TermQuerySet, Vocabulary

__all__ = [
    "Change",
    "EmptySearch",
    "Look",
    "Once",
    "Outbox",
    "SearchDue",
    "SearchEntry",
    "SearchWord",
    "Synonym",
    "Term",
    "TermQuerySet",
    "Vocabulary",
    "feed",
]

feed(Term, "term", "{row}.id")
feed(Synonym, "synonym", "{row}.id")
