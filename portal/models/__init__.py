from .terms import Term, TermQuerySet, Vocabulary

__all__ = ["Term", "TermQuerySet", "Vocabulary"]
