"""The catalogue in memory: what one process knows of all public programmes, kept in step with the database."""

from .index import Index, current, warm

__all__ = ["Index", "current", "warm"]
