"""Loads the meetings of the demo's group: one approved, one whose minutes wait, one to which all are invited."""

import uuid
from datetime import datetime

from django.utils import timezone

from actionplans.models import AgendaItem, Attendance, Decision, Meeting, Need, Remark
from partners.models import Seat

from .demo_plan import fill

SPOKEN_FOR = (Seat.Role.REPRESENTATIVE, Seat.Role.DEPUTY, Seat.Role.COORDINATOR)


class MeetingLoader:
    """`load(demo)` takes its key from the whole demo; `loader` is the DemoLoader that has loaded all the rest."""

    def __init__(self, loader, row):
        self.demo, self.row = loader, row  # `row` makes a demo.Row
        self.meetings: dict = {}
        self.waiting: dict = {}  # {meeting: the one that approves its minutes}

    def load(self, demo):
        more = self.demo._read("demo_meetings.yaml")
        known = demo.pop("meetings")
        fill(known, {row["en"]: row for row in more["texts"]})
        _reword(known, {row["en"]: row for row in more["texts"]})
        rows = [self.row("meetings", row, more["held"].get(row["slug"])) for row in known]
        rows += [self.row("meetings", row) for row in more["more"]]
        for row in sorted(rows, key=lambda row: row.values["date"]):
            self._meeting(row)
        self._approve()

    # ---- one meeting --------------------------------------------------------------------------
    def _meeting(self, row):
        slug, day = row.take("slug"), self.demo._date(row.take("date"))
        row.take("event_type")
        begins, ends = (self._at(day, text) for text in row.take("at").split("–"))
        status, approved_at = row.take("status"), row.take("approved_at")
        fields = {
            "group": self.demo.group,
            "starts_at": begins,
            "ends_at": ends,
            "location": self.demo.locations[row.take("location")],
            "online_link": row.take("online_link", ""),
            "language": "sl",
            **row.texts("title", "title"),
        }
        uid = uuid.uuid5(uuid.NAMESPACE_URL, f"demo/{slug}")
        known = Meeting.objects.filter(uid=uid).first()
        if known is None:  # approved only when the meeting that approves it is there
            fields["status"] = Meeting.Status.MINUTES_WRITTEN if approved_at else status
        meeting = self.meetings[slug] = self.demo._save(Meeting, {"uid": uid}, fields)
        if approved_at:
            self.waiting[slug] = approved_at
        self._attendance(meeting, {"present": row.take("attended", []), "excused": row.take("excused", [])})
        decisions = row.take("decisions", [])
        for order, item in enumerate(row.take("items", []), start=1):
            self._item(meeting, order, self.row("agenda items", item), decisions)
        self.demo._done(row)

    def _at(self, day, text):
        hour, minute = map(int, text.split(":"))
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=timezone.get_default_timezone())

    def _attendance(self, meeting, people):
        """Once an organisation, in the role of whoever speaks for it."""
        found = {}
        for state, slugs in people.items():
            for slug in slugs:
                seats = Seat.objects.filter(user=self.demo.people[slug], membership__group=self.demo.group)
                seat = min(seats, key=lambda s: SPOKEN_FOR.index(s.role) if s.role in SPOKEN_FOR else 9)
                role = seat.role if state == "present" else ""
                found.setdefault(seat.membership, {"state": state, "role": role})
        for membership, facts in found.items():
            self.demo._save(Attendance, {"meeting": meeting, "membership": membership}, facts)

    def _item(self, meeting, order, row, decisions):
        by, need, earlier = row.take("by"), row.take("need"), row.take("earlier")
        fields = {
            "kind": row.take("kind"),
            "note": row.take("note", ""),
            "minutes": row.take("minutes", "").strip(),
            "outcome": row.take("outcome", ""),
            "need": Need.objects.filter(slug=need).first() if need else None,
            "earlier": self.meetings[earlier] if earlier else None,
            "is_on_agenda": by is None,
            "proposed_by": self.demo.organisations[by] if by else None,
            **row.texts("title", "title"),
        }
        item = self.demo._save(AgendaItem, {"meeting": meeting, "order": order}, fields)
        for number in row.take("decides", []):
            self._decision(meeting, item, self.row("decisions", decisions[number]))
        if remark := row.take("remark"):
            facts = {"text": remark["sl"], "language": "sl"}
            self.demo._save(Remark, {"item": item, "organisation": self.demo.organisations[remark["by"]]}, facts)
        self.demo._done(row)

    def _decision(self, meeting, item, row):
        texts = row.texts("text", "text")
        decision = Decision.objects.filter(item=item, text_en=texts["text_en"]).first()
        if decision is None:  # it keeps its number
            decision = Decision(group=self.demo.group, meeting=meeting, item=item)
            for name, value in decision.take_number().items():
                setattr(decision, name, value)
        fields = {
            "responsible": self.demo.organisations[row.take("responsible")],
            "due_on": self.demo._date(row.take("due")),
            "state": row.take("state", Decision.State.ADOPTED),
            "closed_on": self.demo._date(row.take("closed_on")),
            **texts,
            **row.texts("result", "result"),
        }
        for name, value in fields.items():
            setattr(decision, name, value)
        decision.save()
        self.demo._done(row)

    def _approve(self):
        for slug, at in self.waiting.items():
            meeting = self.meetings[slug]
            if meeting.status == Meeting.Status.MINUTES_WRITTEN:  # not `approve`: a test loads years ahead of the clock
                facts = {"approved_on": self.meetings[at].day, "approved_at": self.meetings[at]}
                meeting.move_to(Meeting.Status.MINUTES_APPROVED, **facts)
                meeting.publish()


def _reword(part, in_english):
    """Texts that name a year in the data, without it: dates of the demo move with today."""
    if isinstance(part, dict) and isinstance(part.get("en"), str):
        known = in_english.get(part["en"], {})
        if "now" in known:
            part["en"], part["sl"] = known["now"], known["sl"]
        return
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _reword(value, in_english)
