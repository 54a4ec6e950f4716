from .changes import Change, feed
from .terms import Term, TermQuerySet, Vocabulary

__all__ = ["Change", "Term", "TermQuerySet", "Vocabulary", "feed"]

feed(Term, "term", "{row}.id")
