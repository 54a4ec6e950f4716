"""Loads what the demo's plans have besides measures: a second plan, priority groups, who answers, yearly steps."""

from actionplans.models import ActionPlan, Measure, Objective, PlanMeasure, PlanTargetGroup, YearlyStep
from partners.models import Seat
from portal.models import Vocabulary

from .demo_work import texts


class PlansLoader:
    """`load(plans)` takes demo_plans.yaml, after the strategy and its measures are there."""

    def __init__(self, loader):
        self.demo = loader

    def load(self, rows):
        yearly = ActionPlan.objects.filter(strategy__group=self.demo.group, strategy__status="adopted").earliest("pk")
        mental = self._plan(yearly.strategy, rows["plan"])
        self._legal(yearly.strategy, rows["legal"])
        for plan, groups in ((yearly, rows["groups"]["yearly"]), (mental, rows["groups"]["mental"])):
            self._groups(plan, groups)
        for slug, owner in rows["owners"].items():
            self._owner(slug, **owner)
        for slug, steps in rows["steps"].items():
            self._steps(Measure.objects.get(slug=slug), steps)

    def _plan(self, strategy, row):
        first = strategy.starts_on
        fields = {
            "strategy": strategy,
            "status": ActionPlan.Status.ADOPTED,
            "starts_on": first,
            "ends_on": first.replace(year=first.year + row["years"] - 1, month=12, day=31),
            **texts("title", row["title"]),
        }
        plan = self.demo._save(ActionPlan, {"slug": f"{strategy.slug}-2"}, fields)
        for measure in Measure.objects.filter(slug__in=row["measures"]):
            self.demo._save(PlanMeasure, {"plan": plan, "measure": measure}, {"added_on": self.demo.today})
        return plan

    def _legal(self, strategy, row):
        fields = {**texts("legal_basis", row["basis"]), **texts("legal_body", row["body"]), "legal_link": row["link"]}
        self.demo._save(type(strategy), {"slug": strategy.slug}, fields)

    def _groups(self, plan, rows):
        for place, row in enumerate(rows, start=1):
            reason = {code: text for code, text in row.items() if code != "term"}
            fields = {"term": self.demo.terms[Vocabulary.TARGET_GROUP, row["term"]], **texts("reason", reason)}
            self.demo._save(PlanTargetGroup, {"plan": plan, "place": place}, fields)

    def _owner(self, slug, organisation, person=None):
        owner = self.demo.organisations[organisation]
        seats = Seat.objects.current().filter(membership__organisation=owner)
        seat = seats.filter(user=self.demo.people[person]).first() if person else None
        self.demo._save(Objective, {"slug": slug}, {"owner": owner, "owner_seat": seat})

    def _steps(self, measure, rows):
        for number, row in enumerate(rows):
            fields = {"is_done": row.get("is_done", False), **texts("aim", row["aim"])}
            fields |= texts("result", row.get("result", {}))
            self.demo._save(YearlyStep, {"measure": measure, "year": measure.starts_on.year + number}, fields)
