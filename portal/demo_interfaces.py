"""Loads the demo's register of interfaces."""

from actionplans.models import Interface, InterfaceTopic
from portal.models import Vocabulary

TEXTS = ("task", "touches", "unit", "other_unit", "agreement", "contact_role")


class InterfaceLoader:
    """`load(rows)` comes after people and plan; `demo` is the DemoLoader that has loaded them."""

    def __init__(self, demo):
        self.demo = demo

    def load(self, interfaces):
        for row in interfaces:
            self._interface(row)

    def _interface(self, row):
        sides = {
            side: self.demo.organisations[row[side]] for side in ("organisation", "other", "contact") if side in row
        }
        fields = {
            "state": row["state"],
            "is_public": row["is_public"],
            "looked_at_on": self.demo._date(row["looked_at_on"]),
            "agreement_link": row.get("link", ""),
            "contact_person": self.demo.people[row["person"]] if "person" in row else None,
            **sides,
        }
        for name in TEXTS:
            fields |= {f"{name}_{code}": text for code, text in row.get(name, {}).items()}
        task = fields.pop("task_sl")
        found = self.demo._save(Interface, {"group": self.demo.group, "task_sl": task}, fields)
        topics = [{"term": self.demo.terms[Vocabulary.TOPIC, slug]} for slug in row["topics"]]
        self.demo._set(InterfaceTopic, {"interface": found}, topics)
        self.demo.loaded["interfaces"] += 1
