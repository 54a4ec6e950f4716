"""Loads the demo's pathways, and who asked for a visit."""

import hashlib
from datetime import timedelta

from django.utils import timezone

from portal.models import Vocabulary
from programmes.models import Pathway, PathwayStep, PathwayTerm, StepProgramme, VisitRequest

TERMS = {
    "topics": Vocabulary.TOPIC,
    "life_phases": Vocabulary.LIFE_PHASE,
    "target_groups": Vocabulary.TARGET_GROUP,
}


class PathwayLoader:
    """`load(pathways, visits)` comes after people and programmes; `demo` is the DemoLoader that has loaded them."""

    def __init__(self, demo):
        self.demo = demo

    def load(self, pathways, visits):
        for row in pathways:
            self._pathway(row)
        for number, row in enumerate(visits):
            self._visit(number, **row)

    def _pathway(self, row):
        fields = {
            "group": self.demo.group,
            "state": row["state"],
            "published_on": self.demo._date(row["looked_at_on"]) if row["state"] == "published" else None,
            "looked_at_on": self.demo._date(row["looked_at_on"]),
            **_texts(row, "title", "summary", "for_whom"),
        }
        found = self.demo._save(Pathway, {"slug": row["slug"]}, fields)
        terms = [self.demo.terms[vocabulary, slug] for key, vocabulary in TERMS.items() for slug in row.get(key, ())]
        self.demo._set(PathwayTerm, {"pathway": found}, [{"term": term} for term in terms])
        for order, step in enumerate(row["steps"], start=1):
            self._step(found, order, step)
        self.demo.loaded["pathways"] += 1

    def _step(self, pathway, order, row):
        level = row.get("level")
        fields = {
            "organisation": self.demo.organisations[row["organisation"]] if "organisation" in row else None,
            "place": self.demo.locations[row["place"]] if "place" in row else None,
            "within_days": row.get("within_days"),
            "level": self.demo.terms[Vocabulary.COOPERATION_LEVEL, f"level-{level}"] if level is not None else None,
            **_texts(row, "title", "text", "role"),
        }
        step = self.demo._save(PathwayStep, {"pathway": pathway, "order": order}, fields)
        programmes = [{"programme": self.demo.programmes[slug]} for slug in row.get("programmes", ())]
        self.demo._set(StepProgramme, {"step": step}, programmes)

    def _visit(self, number, days_ago, programme, settlement=None, by=None, **fields):
        created_at = timezone.now() - timedelta(days=days_ago)
        is_answered = fields.get("state") in ("agreed", "declined")
        fields |= {
            "programme": self.demo.programmes[programme],
            "settlement": self.demo.settlements[settlement] if settlement else None,
            "answered_by": self.demo.people[by] if by else None,
            "answered_at": created_at + timedelta(days=1) if is_answered else None,
            "created_at": created_at,
        }
        token = hashlib.sha256(f"demo visit {number}".encode()).hexdigest()
        self.demo._save(VisitRequest, {"token_digest": token}, fields)
        self.demo.loaded["requests for a visit"] += 1


def _texts(row, *fields):
    return {f"{field}_{code}": text for field in fields for code, text in row.get(field, {}).items()}
