"""Loads what the demo group decided about its programmes last year and this year, and what its measures cost."""

from datetime import date, timedelta

from actionplans.assessments import task_texts
from actionplans.models import Assessment, BudgetLine, Measure, StatusReport, Task
from actionplans.models.assessments import year_of


class AssessmentLoader:
    """`load(rows)` comes after programmes and measures; `demo` is the DemoLoader that has loaded them."""

    def __init__(self, demo):
        self.demo, self.year = demo, year_of(demo.today)

    def load(self, rows):
        for row in rows["decided"]:
            self._assessment(row, is_proposal=False)
        for row in rows["proposed"]:
            self._assessment(row, is_proposal=True)
        for row in rows["reached"]:
            measure = Measure.objects.get(slug=row["measure"])
            fields = {"reached": row["people"], "written_on": self.demo.today - timedelta(days=20)}
            if not measure.reports.filter(reached__isnull=False).exists():
                StatusReport.objects.create(measure=measure, **fields, **_texts("text", row["text"]))
        for row in rows["budget"]:
            measure = Measure.objects.get(slug=row["measure"])
            fields = {
                "amount_eur": row["amount_eur"],
                "spent_eur": row.get("spent_eur"),
                **_texts("label", row["label"]),
            }
            lookup = {"measure": measure, "label_sl": fields.pop("label_sl")}
            self.demo._save(BudgetLine, lookup, fields)

    def _assessment(self, row, is_proposal):
        programme, year = self.demo.programmes[row["programme"]], self.year - row.get("years_ago", 0)
        given_on = self.demo.today - timedelta(days=9) if year == self.year else date(year, 11, 20)
        fields = {
            "verdict": row["verdict"],
            "participants": row.get("participants"),
            "cost_eur": row.get("cost_eur"),
            "until": self._until(row, year),
            "instead": self.demo.programmes[row["instead"]] if "instead" in row else None,
            "given_on": given_on,
            "given_by": None if is_proposal else self.demo.people[self.demo.coordinators[0]],
            **_texts("reason", row["reason"]),
        }
        lookup = {"group": self.demo.group, "programme": programme, "year": year, "is_proposal": is_proposal}
        made = self.demo._save(Assessment, lookup, fields)
        if made.verdict == Assessment.Verdict.ADAPT and not is_proposal:
            done = {"state": Task.State.DONE, "done_on": made.until} if made.until < self.demo.today else {}
            self.demo._save(Task, {"assessment": made}, {**task_texts(made), **done})
        self.demo.loaded["assessments"] += 1

    def _until(self, row, year):
        if "by_in" in row:
            return self.demo.today + timedelta(days=row["by_in"])
        return date(year + 1, 3, 31) if row.get("by") else None


def _texts(name, row):
    return {f"{name}_{code}": text for code, text in row.items()}
