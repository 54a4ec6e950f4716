"""Loads what the demo's group has judged about coverage, its chain, a snapshot of last year and parts of figures."""

from datetime import date

from actionplans.models import (
    CoverageJudgement,
    CoverageSnapshot,
    Indicator,
    IndicatorPart,
    IndicatorValue,
    MatrixName,
    Need,
    NeedIndicator,
    Transition,
)
from actionplans.snapshots import picture
from partners.models import Seat
from portal.models import Vocabulary

VOCABULARIES = {
    MatrixName.PHASES: (Vocabulary.TOPIC, Vocabulary.LIFE_PHASE),
    MatrixName.SETTINGS: (Vocabulary.TARGET_GROUP, Vocabulary.SETTING),
}


class CoverageLoader:
    """`load(rows)` comes after the plan; `demo` is the DemoLoader that has loaded everything else."""

    def __init__(self, demo):
        self.demo = demo

    def load(self, rows):
        for row in rows["judgements"]:
            self._judgement(row)
        for row in rows["transitions"]:
            self._transition(row)
        self._population(rows["population"])
        for slug, parts in rows["parts"].items():
            self._parts(Indicator.objects.get(slug=slug), parts)
        for slug, kinds in rows["figures"].items():
            self._figure(Indicator.objects.get(slug=slug), kinds)
        self._snapshot(rows["before"])

    def _judgement(self, row):
        vocabularies = VOCABULARIES[row["table"]]
        place = {side: self.demo.terms[v, row[side]] for side, v in zip(("row", "column"), vocabularies, strict=True)}
        coordinator = self.demo.people[self.demo.coordinators[0]]
        seat = Seat.objects.get(user=coordinator, role=Seat.Role.COORDINATOR, ends_on=None)
        fields = {"seat": seat, "judged_on": self.demo._date(row["judged_on"]), **_texts(row, "reason")}
        self.demo._save(CoverageJudgement, {"group": self.demo.group, "matrix": row["table"], **place}, fields)
        self.demo.loaded["judgements"] += 1

    def _transition(self, row):
        phases = {f"{side}_phase": self.demo.terms[Vocabulary.LIFE_PHASE, row[side]] for side in ("from", "to")}
        partners = {side: self.demo.organisations[row[side]] for side in ("giver", "taker") if side in row}
        fields = {"state": row["state"], "is_public": row["is_public"], **partners}
        fields |= _texts(row, "title") | _texts(row, "description")
        self.demo._save(Transition, {"group": self.demo.group, **phases}, fields)
        self.demo.loaded["transitions"] += 1

    def _population(self, row):
        fields = {
            "group": self.demo.group,
            "kind": Indicator.Kind.CONTEXT,
            "unit": Indicator.Unit.COUNT,
            "better": Indicator.Better.HIGHER,
            **_texts(row, "name"),
            **_texts(row, "source"),
        }
        indicator = self.demo._save(Indicator, {"slug": row["slug"]}, fields)
        lookup = {"indicator": indicator, "measured_on": self.demo._date(row["measured_on"])}
        self.demo._save(IndicatorValue, lookup, {"value": row["value"]})
        self.demo._save(NeedIndicator, {"indicator": indicator, "need": Need.objects.get(slug=row["need"])}, {})
        self._parts(indicator, row["parts"])

    def _parts(self, indicator, parts):
        for order, part in enumerate(parts):
            fields = {"value": part["value"], **_texts(part, "label")}
            self.demo._save(IndicatorPart, {"indicator": indicator, "order": order}, fields)

    def _figure(self, indicator, kinds):
        """The newest figure of an indicator by sex, settlement and target group."""
        figure = indicator.values.filter(state=IndicatorValue.State.APPROVED).latest("measured_on")
        rows = [self._part(kind, name) | {"value": value} for kind in kinds for name, value in kinds[kind].items()]
        for order, row in enumerate(rows):
            self.demo._save(IndicatorPart, {"indicator": indicator, "figure": figure, "order": order}, row)

    def _part(self, kind, name):
        if kind == IndicatorPart.By.SETTLEMENT:
            return {"settlement": self.demo.settlements[name]}
        if kind == IndicatorPart.By.GROUP:
            return {"term": self.demo.terms[Vocabulary.TARGET_GROUP, name]}
        return {"sex": name}

    def _snapshot(self, before):
        """Last year's tables: today's, with some cells as they were; taken once, as snapshots are."""
        year = self.demo.today.year - 1
        cells = picture(self.demo.group)
        for table, row, column, *was in before:
            cells[table]["cells"][f"{row} {column}"] = was
        defaults = {"taken_on": date(year, 12, 31), "cells": cells}
        CoverageSnapshot.objects.get_or_create(group=self.demo.group, year=year, defaults=defaults)
        self.demo.loaded["snapshots"] += 1


def _texts(row, field):
    return {f"{field}_{code}": text for code, text in row[field].items()}
