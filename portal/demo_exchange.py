"""Loads what the demo's group tells other groups, and who asked about self-help."""

import hashlib
from datetime import timedelta

from django.utils import timezone

from actionplans.models import Measure, PracticeTerm, SharedPractice
from portal.models import Vocabulary
from programmes.models import SelfHelpRequest

TEXTS = {"problem": "problem", "what_we_did": "description", "for_whom": "for_whom", "people": "people",
         "cost": "costs", "result": "outcome", "materials": "materials"}  # fmt: skip
TERMS = {"topics": Vocabulary.TOPIC, "life_phases": Vocabulary.LIFE_PHASE, "settings": Vocabulary.SETTING,
         "good_practice_criteria": Vocabulary.GOOD_PRACTICE_CRITERION}  # fmt: skip


class ExchangeLoader:
    """`load(demo, more)` takes the practices of the demo; `demo` is the DemoLoader that has loaded everything else."""

    def __init__(self, demo, row):
        self.demo, self.row = demo, row  # `row` makes a demo.Row

    def load(self, demo, more):
        for known in demo.pop("practices"):
            self._practice(known["slug"], self.row("practices", known, more["practices"][known["slug"]]))
        for number, row in enumerate(more["self_help"]):
            self._self_help(number, **row)

    def _practice(self, slug, row):
        for told in ("slug", "reusable"):
            row.take(told)
        organisation, person = self.demo.organisations[row.take("partner")], self.demo.people[row.take("contact")]
        state = row.take("state", SharedPractice.State.PUBLISHED)
        fields = {
            "group": self.demo.group,
            "measure": Measure.objects.get(slug=row.take("measure")),
            "approach": row.take("approach"),
            "cost_eur": row.take("cost_eur"),
            "organisation": organisation,
            "contact_name": person.full_name,
            "contact_email": organisation.email or person.email,
            "contact_phone": organisation.phone,
            "state": state,
            "published_on": self.demo.today - timedelta(days=40) if state == "published" else None,
            **row.texts("title", "title"),
        }
        for key, field in TEXTS.items():
            fields |= row.texts(key, field)
        practice = self.demo._save(SharedPractice, {"slug": slug}, fields)
        terms = [self.demo.terms[vocabulary, t] for key, vocabulary in TERMS.items() for t in row.take(key, [])]
        if level := row.take("evidence_level"):
            terms.append(self.demo.terms[Vocabulary.EVIDENCE_LEVEL, level])
        self.demo._set(PracticeTerm, {"practice": practice}, [{"term": term} for term in terms])
        self.demo._done(row)

    def _self_help(self, number, days_ago, topic=None, settlement=None, programme=None, by=None, **fields):
        created_at = timezone.now() - timedelta(days=days_ago)
        fields |= {
            "group": self.demo.group,
            "topic": self.demo.terms[Vocabulary.TOPIC, topic] if topic else None,
            "settlement": self.demo.settlements[settlement] if settlement else None,
            "programme": self.demo.programmes[programme] if programme else None,
            "answered_by": self.demo.people[by] if by else None,
            "answered_at": created_at + timedelta(days=1) if fields.get("state") == "answered" else None,
            "created_at": created_at,
        }
        token = hashlib.sha256(f"demo self-help {number}".encode()).hexdigest()
        self.demo._save(SelfHelpRequest, {"token_digest": token}, fields)
        self.demo.loaded["requests about self-help"] += 1
