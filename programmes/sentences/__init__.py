"""Schedules as sentences: typed ones are read into the schedule's fields, and fields are said as one sentence."""

from .reading import Reading, read
from .rules import rule_of, spelled
from .saying import sentence

__all__ = ["Reading", "read", "rule_of", "sentence", "spelled"]
