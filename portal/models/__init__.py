from .search import EmptySearch, SearchDue, SearchEntry, SearchWord, Synonym
from .terms import Term, TermQuerySet, Vocabulary

__all__ = [
    "EmptySearch",
    "SearchDue",
    "SearchEntry",
    "SearchWord",
    "Synonym",
    "Term",
    "TermQuerySet",
    "Vocabulary",
]
