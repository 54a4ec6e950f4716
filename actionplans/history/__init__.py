"""Which records of the plan have a page of their history; imported as the app is ready."""

from . import coverage, interfaces, meetings, plan

__all__ = ["coverage", "interfaces", "meetings", "plan"]
