"""Which records of the plan have a page of their history; imported as the app is ready."""

from . import coverage, meetings, plan

__all__ = ["coverage", "meetings", "plan"]
