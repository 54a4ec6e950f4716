"""Loads what the demo group is in the middle of: tasks, a draft in consultation, signals, a round, open questions."""

import hashlib
from datetime import datetime, time, timedelta

from django.utils import timezone

from actionplans.models import (
    Comment,
    Commitment,
    EvaluationQuestion,
    EvaluationQuestionIndicator,
    Evidence,
    Finding,
    Indicator,
    IndicatorValue,
    Measure,
    MeasureSuggestion,
    Need,
    NeedSettlement,
    Noted,
    Notice,
    Objective,
    ObjectiveNeed,
    Round,
    Signal,
    Strategy,
    StrategyValue,
    Task,
)
from programmes.models import Programme

STATES = {"open": Task.State.TO_DO}


def texts(name, row):
    """{column: text} of a mapping of languages."""
    return {f"{name}_{code}": text for code, text in row.items()}


class WorkLoader:
    """`load(demo, work)` takes the tasks of the demo and all of demo_work.yaml; days count back from today."""

    def __init__(self, loader):
        self.demo = loader
        self.today, self.now = loader.today, timezone.now()

    def load(self, demo, work):
        self._tasks(demo.pop("tasks"), {row["slug"]: row for row in work["tasks"]})
        self._notices(demo.pop("notices"), {row["slug"]: row for row in work["notices"]})
        draft = self._draft(work["draft"])
        self._comments(draft, work["comments"])
        for row in work["said"]:
            self._said(**row)
        for number, row in enumerate(work["signals"]):
            self._signal(number, row)
        self._looking(**work["looking"])
        told = {"checked_way": "telephone", "checked_role": "volunteer"}
        Programme.objects.filter(slug=work["told_by_telephone"]).update(**told)
        self._round(work["round"])
        for row in work["suggested"]:
            place = {"measure": Measure.objects.get(slug=row["measure"])}
            place["programme"] = self.demo.programmes[row["programme"]]
            day = self.today - timedelta(days=4)
            self.demo._save(MeasureSuggestion, place, {"why": row["why"], "suggested_on": day})
        for row in work["asked"]:
            self._ask(row)
        for slug, owner in work["owners"].items():
            Indicator.objects.filter(slug=slug).update(owner=self.demo.organisations[owner])
        self._waiting(**work["waiting"])
        for row in work["evidence"]:
            self._evidence(row)
        for slug, names in work["settlements"].items():
            places = [{"settlement": self.demo.settlements[name]} for name in names]
            self.demo._set(NeedSettlement, {"need": Need.objects.get(slug=slug)}, places)
        type(self.demo.group).objects.filter(pk=self.demo.group.pk).update(accepts_signals=True)

    def _tasks(self, rows, more):
        for row in rows:
            languages = {**row["title"], **{c: more[row["slug"]][c] for c in ("da", "nb", "de")}}
            person = self.demo.people[row["assignee"]]
            seat = person.seats.select_related("membership").first()
            fields = {
                **texts("title", languages),
                "person": person,
                "organisation_id": seat.membership.organisation_id,
                "due_on": self.demo._date(row["due"]),
                "state": STATES[row["status"]],
            }
            title = fields.pop("title_sl")
            self.demo._save(Task, {"group": self.demo.group, "title_sl": title}, fields)

    def _notices(self, rows, more):
        """What partners told each other; the oldest that asks for it has been read by some."""
        for row in rows:
            other = more[row["slug"]]
            fields = {
                **texts("title", row["title"] | other["title"]),
                **texts("text", row["body"] | other["text"]),
                "organisation": self.demo.organisations[row["from"]],
                "priority": row["priority"],
                "asks_to_note": row.get("acknowledge", False),
                "state": Notice.State.SENT,
                "sent_at": timezone.make_aware(datetime.combine(self.demo._date(row["sent"]), time(9))),
            }
            title = fields.pop("title_en")
            notice = self.demo._save(Notice, {"group": self.demo.group, "title_en": title}, fields)
            for person in notice.people()[: other.get("read_by", 0)]:
                self.demo._save(Noted, {"notice": notice, "user": person}, {})

    def _draft(self, row):
        year = self.today.year
        fields = {
            "group": self.demo.group,
            "status": Strategy.Status.CONSULTATION,
            "starts_on": self.today.replace(year=year + 1, month=1, day=1),
            "ends_on": self.today.replace(year=year + 3, month=12, day=31),
            "consultation_until": self.today + timedelta(days=30),
            **texts("title", row["title"]),
            **texts("vision", row["vision"]),
        }
        draft = self.demo._save(Strategy, {"slug": row["slug"]}, fields)
        for order, words in enumerate(row["values"]):
            self.demo._save(StrategyValue, {"strategy": draft, "order": order}, texts("words", words))
        for number, part in enumerate(row["objectives"], start=1):
            fields = {
                "strategy": draft,
                "number": number,
                "level": part["level"],
                **texts("title", part["title"]),
                **texts("description", part["description"]),
            }
            objective = self.demo._save(Objective, {"slug": part["slug"]}, fields)
            needs = [{"need": Need.objects.get(slug=slug)} for slug in part["needs"]]
            self.demo._set(ObjectiveNeed, {"objective": objective}, needs)
        return draft

    def _comments(self, draft, rows):
        for row in rows:
            sent_at = self.now - timedelta(days=row["days"])
            fields = {
                "language": row["language"],
                "signed": row.get("signed", ""),
                "voice": row.get("voice", ""),
                "sent_at": sent_at,
                "objective": Objective.objects.filter(slug=row.get("objective")).first(),
            }
            if "answer" in row:
                fields |= {"status": "shown", "answer": row["answer"], "answered_at": sent_at + timedelta(days=2)}
            self.demo._save(Comment, {"strategy": draft, "text": row["text"]}, fields)

    def _said(self, by, days, text, need=None, measure=None, answer=""):
        """What a member says among members of a need, a measure or, of neither, the plan in force; not waiting."""
        person, sent_at = self.demo.people[by], self.now - timedelta(days=days)
        about = {"need": need and Need.objects.get(slug=need), "measure": measure and Measure.objects.get(slug=measure)}
        if not need and not measure:
            about["plan"] = self.demo.group.strategies.in_force(self.today).get().plans.order_by("-starts_on").first()
        fields = {"by": person, "seat": person.seats.first(), "is_internal": True, "language": "sl", "sent_at": sent_at}
        fields |= {"status": "shown", "answer": answer, "answered_at": sent_at + timedelta(days=1)}
        self.demo._save(Comment, {**about, "text": text}, fields)

    def _looking(self, questions, findings):
        """The plan of evaluation of the strategy in force, and what was published."""
        strategy = self.demo.group.strategies.in_force(self.today).get()
        for row in questions:
            fields = {**texts("question", row["question"]), **texts("looked_at_by", row["by"])}
            fields |= {name: self.demo._date(row.get(name)) for name in ("due_on", "done_on")}
            known = {"strategy": strategy, "question_sl": fields.pop("question_sl")}
            question = self.demo._save(EvaluationQuestion, known, fields)
            rows = [{"indicator": indicator} for indicator in Indicator.objects.filter(slug__in=row["figures"])]
            self.demo._set(EvaluationQuestionIndicator, {"question": question}, rows)
        for row in findings:
            fields = {**texts("title", row["title"]), **texts("says", row["says"]), "by": row["by"]}
            fields |= {"year": row["year"], "measure": Measure.objects.filter(slug=row.get("measure")).first()}
            self.demo._save(Finding, {"strategy": strategy, "title_sl": fields.pop("title_sl")}, fields)

    def _signal(self, number, row):
        sent_at = self.now - timedelta(days=row["days"])
        fields = {name: row[name] for name in ("language", "basis", "whom")} | {
            "sent_at": sent_at,
            "voice": row.get("voice", ""),
        }
        if "need" in row:
            fields |= {
                "status": row["status"],
                "need": Need.objects.get(slug=row["need"]),
                "answer": row["answer"],
                "answered_at": sent_at + timedelta(days=3),
            }
        # Nobody has the address of its page: the demo's signals were sent by nobody.
        digest = hashlib.sha256(f"demo signal {number}".encode()).hexdigest()
        self.demo._save(Signal, {"token_digest": digest}, {"group": self.demo.group, "text": row["text"], **fields})

    def _round(self, row):
        fields = {
            "starts_on": self.today - timedelta(days=120),
            "ends_on": self.today + timedelta(days=row["due_in"]),
            "due_on": self.today + timedelta(days=row["due_in"]),
            **texts("title", row["title"]),
        }
        self.demo._save(Round, {"group": self.demo.group, "status": Round.Status.OPEN}, fields)

    def _ask(self, row):
        lookup = {
            "measure": Measure.objects.get(slug=row["measure"]),
            "membership": self.demo.memberships[row["partner"]],
            "role": row["role"],
        }
        asked = {"contribution": row["contribution"], "hours": row.get("hours")}
        if not Commitment.objects.filter(**lookup).exists():
            Commitment.objects.create(**lookup, **asked, asked_on=self.today - timedelta(days=5))

    def _waiting(self, indicator, days, more):
        """A figure that somebody entered a few days ago, and that waits for approval."""
        record = Indicator.objects.prefetch_related("values").get(slug=indicator)
        if record.values.exclude(state=IndicatorValue.State.APPROVED).exists():
            return
        person = self.demo.people["joze-kastelic"]
        IndicatorValue.objects.create(
            indicator=record,
            measured_on=self.today - timedelta(days=days),
            value=record.latest[1] + more,
            state=IndicatorValue.State.SUBMITTED,
            entered_by=person,
        )

    def _evidence(self, row):
        fields = {name: row.get(name) for name in ("value", "year")}
        fields |= {"unit": row.get("unit", ""), "source": row["source"], **texts("text", row["text"])}
        text = fields.pop("text_sl")
        self.demo._save(Evidence, {"need": Need.objects.get(slug=row["need"]), "text_sl": text}, fields)
