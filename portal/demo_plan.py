"""Loads the second half of the demo: needs, strategy, measures, barriers and indicators of the group."""

from datetime import date

from actionplans.models import (
    ActionPlan,
    Barrier,
    BarrierSettlement,
    BarrierTerm,
    Commitment,
    Indicator,
    IndicatorPart,
    IndicatorTarget,
    IndicatorValue,
    Measure,
    MeasureBarrier,
    MeasureIndicator,
    MeasureProgramme,
    Need,
    NeedIndicator,
    NeedTerm,
    Objective,
    ObjectiveIndicator,
    ObjectiveNeed,
    Score,
    StatusReport,
    Strategy,
    StrategyValue,
    Task,
)
from partners.models import Seat
from portal.models import Vocabulary

UNITS = {"%": Indicator.Unit.PERCENT, "n": Indicator.Unit.COUNT}
LEVELS = {"individual-and-community": Objective.Level.BOTH}
PHASES = {"in-progress": Measure.Phase.IN_PROGRESS, "delayed": Measure.Phase.IN_PROGRESS}
APPROACHES = {"selective": Measure.Approach.TARGETED, "indicated": Measure.Approach.TARGETED}
BARRIER_STATUSES = {"in-progress": Barrier.Status.IN_PROGRESS, "completed": Barrier.Status.SOLVED}
NEED_TERMS = {
    "topics": Vocabulary.TOPIC,
    "life_phases": Vocabulary.LIFE_PHASE,
    "target_groups": Vocabulary.TARGET_GROUP,
}


KEYS = ("needs", "strategy", "objectives", "measures", "barriers")


def fill(part, in_english):
    """Adds to each text of a part of the demo the languages that its English one is known in."""
    if isinstance(part, dict) and isinstance(part.get("en"), str):
        for code, text in in_english.get(part["en"], {}).items():
            part.setdefault(code, text)
        return
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        fill(value, in_english)


class PlanLoader:
    """`load(demo)` takes its keys from the whole demo; `loader` is the DemoLoader that has loaded the first half."""

    def __init__(self, loader, row):
        self.demo, self.row = loader, row  # `row` makes a demo.Row
        self.indicators = {}

    def load(self, demo):
        in_english = {row["en"]: row for row in self.demo._read("demo_plan_texts.yaml")}
        for key in KEYS:
            fill(demo[key], in_english)
        self.needs = {row["slug"]: self._need(self.row("needs", row)) for row in demo.pop("needs")}
        self.strategy = self._strategy(self.row("strategy", demo.pop("strategy")))
        rows, waiting = demo.pop("objectives"), {}
        self.objectives = {row["slug"]: self._objective(self.row("objectives", row), waiting) for row in rows}
        self.barriers = {row["slug"]: self._barrier(self.row("barriers", row)) for row in demo.pop("barriers")}
        for row in demo.pop("measures"):
            self._measure(self.row("measures", row))
        for objective, (slugs, target) in waiting.items():
            self._objective_indicators(objective, slugs, target)

    # ---- needs --------------------------------------------------------------------------------
    def _need(self, row):
        slug, kinds = row.take("slug"), row.take("evidence_kinds", [])
        fields = {
            "group": self.demo.group,
            "status": row.take("status").replace("-", "_"),
            "reported_by": self.demo.organisations[row.take("reported_by")],
            "reported_on": self.demo._date(row.take("reported_on")),
            "first_response_on": self.demo._date(row.take("first_response_on")),
            **{f"is_from_{kind}": kind in kinds for kind in ("data", "professionals", "residents")},
            **row.texts("title", "title"),
            **row.texts("description", "description"),
            **row.texts("decision", "decision"),
        }
        need = self.demo._save(Need, {"slug": slug}, fields)
        terms = [self.demo.terms[vocabulary, t] for key, vocabulary in NEED_TERMS.items() for t in row.take(key, [])]
        self.demo._set(NeedTerm, {"need": need}, [{"term": term} for term in terms])
        seat = Seat.objects.get(
            user=self.demo.people[self.demo.coordinators[0]], role=Seat.Role.COORDINATOR, ends_on=None
        )
        self.demo._save(Score, {"need": need, "seat": seat}, row.take("score"))
        indicators = [self._indicator(self.row("indicators", i)) for i in row.take("indicators", [])]
        self.demo._set(NeedIndicator, {"need": need}, [{"indicator": indicator} for indicator in indicators])
        self.demo._done(row)
        return need

    # ---- strategy -----------------------------------------------------------------------------
    def _strategy(self, row):
        period = row.take("period")
        versions, values = row.take("versions", []), row.take("values", [])
        row.take("planning_cycle")
        fields = {
            "group": self.demo.group,
            "status": row.take("status"),
            "number": versions[0]["number"],
            "starts_on": self._day(period["from"]),
            "ends_on": self._day(period["to"]),
            "adopted_on": self.demo._date(row.take("adopted_on")),
            **row.texts("title", "title"),
            **row.texts("vision", "vision"),
            **row.texts("adopted_by", "adopted_by"),
        }
        slug = row.take("slug")
        strategy = self.demo._save(Strategy, {"slug": slug}, fields)
        for order, words in enumerate(values):
            texts = {f"words_{code}": text for code, text in words.items()}
            self.demo._save(StrategyValue, {"strategy": strategy, "order": order}, texts)
        self.plan = self.demo._save(
            ActionPlan,
            {"slug": f"{slug}-1"},
            {
                "strategy": strategy,
                "status": ActionPlan.Status.ADOPTED,
                "starts_on": strategy.starts_on,
                "ends_on": strategy.starts_on.replace(year=strategy.starts_on.year + 1, month=12, day=31),
            },
        )
        self.demo._done(row)
        return strategy

    def _day(self, text):
        """A day of a period: it stays the first or last of its year, and only the year moves."""
        day = date.fromisoformat(text)
        return day.replace(year=(date(day.year, 7, 1) + self.demo.shift).year)

    def _objective(self, row, waiting):
        slug, level = row.take("slug"), row.take("level")
        row.take("status")
        fields = {
            "strategy": self.strategy,
            "number": row.take("number"),
            "level": LEVELS.get(level, level),
            **row.texts("title", "title"),
            **row.texts("description", "description"),
        }
        objective = self.demo._save(Objective, {"slug": slug}, fields)
        needs = [{"need": self.needs[need]} for need in row.take("needs")]
        self.demo._set(ObjectiveNeed, {"objective": objective}, needs)
        waiting[objective] = row.take("indicators", []), row.take("target")
        self.demo._done(row)
        return objective

    def _objective_indicators(self, objective, slugs, target):
        """Indicators of an objective stand with a need or a measure; its target is that of the first."""
        indicators = [self.indicators[slug] for slug in slugs]
        self.demo._set(ObjectiveIndicator, {"objective": objective}, [{"indicator": i} for i in indicators])
        if target:
            due_on = self._day(target["date"])
            self.demo._save(IndicatorTarget, {"indicator": indicators[0], "due_on": due_on}, {"value": target["value"]})

    # ---- measures -----------------------------------------------------------------------------
    def _measure(self, row):
        phase, level = row.take("status"), row.take("prevention_level")
        for computed in ("progress_percent", "prevention_kind"):
            row.take(computed)  # progress is never an invented percentage; the kind follows from the approach
        fields = {
            "plan": self.plan,
            "objective": self.objectives[row.take("objective")],
            "phase": PHASES.get(phase, phase),
            "approach": APPROACHES.get(level, Measure.Approach.UNIVERSAL),
            "starts_on": self.demo._date(row.take("start")),
            "ends_on": self.demo._date(row.take("deadline")),
            "budget_eur": row.take("budget_eur"),
            "cooperation_level": self.demo.terms[Vocabulary.COOPERATION_LEVEL, row.take("cooperation_level")],
            **row.texts("title", "title"),
            **row.texts("description", "description"),
        }
        measure = self.demo._save(Measure, {"slug": row.take("slug")}, fields)
        self._commitments(measure, row)
        self._tasks(measure, row.take("milestones", []))
        self._links(measure, row)
        if note := row.texts("latest_note", "text"):
            written_on = max([v.measured_on for i in measure.indicators.all() for v in i.values.all()] or [None])
            self.demo._save(StatusReport, {"measure": measure, "written_on": written_on or self.demo.today}, note)
        self.demo._done(row)

    def _commitments(self, measure, row):
        asked = {"lead": [row.take("responsible_partner")], "partner": row.take("partners", [])}
        for role, slugs in asked.items():
            for slug in slugs:
                lookup = {"measure": measure, "membership": self.demo.memberships[slug], "role": role}
                self.demo._save(Commitment, lookup, {"status": Commitment.Status.ACCEPTED})

    def _tasks(self, measure, milestones):
        for milestone in milestones:
            due_on = self.demo._date(milestone["due"])
            state = {"state": "done", "done_on": due_on} if milestone["done"] else {"state": "to_do", "done_on": None}
            texts = {f"title_{code}": text for code, text in milestone["title"].items()}
            self.demo._save(Task, {"measure": measure, "due_on": due_on}, {**texts, **state})

    def _links(self, measure, row):
        programmes = [{"programme": self.demo.programmes[slug]} for slug in row.take("programmes", [])]
        self.demo._set(MeasureProgramme, {"measure": measure}, programmes)
        kinds = row.take("barriers", [])
        barriers = [b for b in self.barriers.values() if b.kind.slug in kinds]
        self.demo._set(MeasureBarrier, {"measure": measure}, [{"barrier": barrier} for barrier in barriers])
        indicators = [self._indicator(self.row("indicators", i)) for i in row.take("indicators", [])]
        self.demo._set(MeasureIndicator, {"measure": measure}, [{"indicator": indicator} for indicator in indicators])

    def _barrier(self, row):
        row.take("reported_by")
        status = row.take("status")
        fields = {
            "group": self.demo.group,
            "kind": self.demo.terms[Vocabulary.BARRIER_TYPE, row.take("type")],
            "owner": self.demo.organisations[row.take("owner")],
            "status": BARRIER_STATUSES.get(status, status),
            "reported_on": self.demo._date(row.take("reported_on")),
            **row.texts("title", "title"),
            **row.texts("proposed_solution", "solution"),
        }
        barrier = self.demo._save(Barrier, {"slug": row.take("slug")}, fields)
        affects = [{"term": self.demo.terms[Vocabulary.TARGET_GROUP, slug]} for slug in row.take("affects", [])]
        self.demo._set(BarrierTerm, {"barrier": barrier}, affects)
        places = self.demo.details["barriers"].get(barrier.slug, [])
        self.demo._set(
            BarrierSettlement, {"barrier": barrier}, [{"settlement": self.demo.settlements[name]} for name in places]
        )
        self.demo._done(row)
        return barrier

    # ---- indicators ---------------------------------------------------------------------------
    def _told(self, slug):
        """What a figure says in a sentence, and where it comes from."""
        told = dict(self.demo.details["figures"].get(slug, {}))
        source = self.demo.details["sources"].get(told.pop("source", ""), {})
        return {f"explanation_{code}": text for code, text in told.items()} | {
            f"source_{code}": text for code, text in source.items()
        }

    def _indicator(self, row):
        slug, baseline, compared = row.take("slug"), row.take("baseline"), row.take("comparator", {})
        row.take("actual")  # the last of the series
        fields = {
            "group": self.demo.group,
            "kind": row.take("kind"),
            "unit": UNITS[row.take("unit")],
            "better": row.take("better"),
            "shared_code": self.demo.shared_codes.get(slug, ""),
            "baseline_on": self.demo._date(baseline["date"]),
            "baseline": baseline["value"],
            "comparator": compared.get("value"),
            **{f"comparator_name_{code}": text for code, text in compared.get("label", {}).items()},
            **row.texts("name", "name"),
            **self._told(slug),
        }
        indicator = self.indicators[slug] = self.demo._save(Indicator, {"slug": slug}, fields)
        values = [{"measured_on": self.demo._date(v["date"]), "value": v["value"]} for v in row.take("series", [])]
        self.demo._set(IndicatorValue, {"indicator": indicator}, values)
        if target := row.take("target"):
            lookup = {"indicator": indicator, "due_on": self.demo._date(target["date"])}
            self.demo._save(IndicatorTarget, lookup, {"value": target["value"]})
        for order, part in enumerate(row.take("disaggregation", [])):
            texts = {f"label_{code}": text for code, text in part["label"].items()}
            self.demo._save(IndicatorPart, {"indicator": indicator, "order": order}, {"value": part["value"], **texts})
        self.demo._done(row)
        return indicator
