"""Loads the demo municipality: one valley, one group, its partners, places and programmes.

Dates move with today. Loading twice changes nothing. What the models do not know yet is named in the
report, never skipped in silence.
"""

from collections import Counter, defaultdict
from datetime import date, time, timedelta

from dateutil.easter import easter
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from partners.models import (
    Group,
    Location,
    LocationAccess,
    Membership,
    Municipality,
    OpeningException,
    OpeningHours,
    Organisation,
    Region,
    RegionSeat,
    Seat,
    Settlement,
    User,
    WorkingGroup,
    WorkingGroupMember,
)
from portal.languages import CODES
from portal.models import Term, Vocabulary
from portal.search import index
from programmes import school_years
from programmes.content import content, normalised
from programmes.facets import WEEKDAYS
from programmes.models import (
    Continuation,
    ProblemReport,
    Programme,
    ProgrammePartner,
    ProgrammeTerm,
    Proposal,
    ReviewNote,
    Schedule,
    ScheduleLanguage,
)

from . import seeds
from .demo_assessments import AssessmentLoader
from .demo_coverage import CoverageLoader
from .demo_exchange import ExchangeLoader
from .demo_interfaces import InterfaceLoader
from .demo_meetings import MeetingLoader
from .demo_pathways import PathwayLoader
from .demo_plan import PlanLoader
from .demo_plans import PlansLoader
from .demo_work import WorkLoader

TEXT_FILES = [f"demo_texts_{part}.yaml" for part in range(1, 5)]
TERMS = {
    "life_phases": Vocabulary.LIFE_PHASE,
    "settings": Vocabulary.SETTING,
    "topics": Vocabulary.TOPIC,
    "target_groups": Vocabulary.TARGET_GROUP,
    "formats": Vocabulary.FORMAT,
    "referral_routes": Vocabulary.REFERRAL_ROUTE,
    "accessibility": Vocabulary.ACCESSIBILITY,
    "support_kind": Vocabulary.SUPPORT_KIND,
    "prevention_level": Vocabulary.PREVENTION_LEVEL,
    "evidence_level": Vocabulary.EVIDENCE_LEVEL,
    "cost": Vocabulary.COST,
}
STATUSES = {
    "full": Programme.Status.PUBLISHED,
    "needs-update": Programme.Status.PUBLISHED,
    "in-review": "in_review",
}
SEATS = {
    "coordinator": Seat.Role.COORDINATOR,
    "data-steward": Seat.Role.DATA_STEWARD,
    "partner-editor": Seat.Role.EDITOR,
    "member": Seat.Role.DEPUTY,
    "referrer": Seat.Role.ADVISER,
}


class Row:
    """A mapping that remembers what was taken from it, so that the rest can be named."""

    def __init__(self, kind, *layers):
        self.kind, self.values = kind, {}
        for layer in layers:
            for key, value in (layer or {}).items():
                both = isinstance(value, dict) and isinstance(self.values.get(key), dict)
                self.values[key] = {**self.values[key], **value} if both else value

    def take(self, key, default=None):
        value = self.values.pop(key, default)
        return default if value is None else value

    def texts(self, key, field):
        """{field_sl: …, field_en: …} for the languages that the row has."""
        texts = self.take(key, {})
        return {f"{field}_{code}": texts[code] for code in CODES if texts.get(code)}


class DemoLoader:
    """`load()` returns the lines of a report: what was loaded, and which keys nothing knew."""

    def __init__(self, today=None):
        self.today = today or timezone.localdate()
        self.loaded, self.unknown = Counter(), defaultdict(Counter)
        self.terms = {(term.vocabulary, term.slug): term for term in Term.objects.all()}

    @transaction.atomic
    def load(self):
        with index.at_the_end():
            return self._load()

    def _load(self):
        demo, places = self._read("demo.yaml"), self._read("demo_places.yaml")
        self.details = self._read("demo_details.yaml")
        meta = demo.pop("meta")
        # Whole weeks: a course that begins on a Monday goes on beginning on a Monday.
        days = (self.today - date.fromisoformat(meta["reference_date"])).days
        self.shift = timedelta(weeks=days // 7)
        self._municipality(Row("municipality", demo.pop("municipality")), places["settlements"])
        self._organisations(demo.pop("partners"), places["partners"])
        self._group(Row("local_group", demo.pop("local_group"), places["group"]))
        self._holidays(places["holidays"])
        self._locations(demo.pop("locations"), places["locations"], places["exceptions"])
        self._people(demo.pop("people"), places["people"])
        self._region(places["region"])
        self._programmes(demo.pop("programmes"))
        PlanLoader(self, Row).load(demo)
        PlansLoader(self).load(self._read("demo_plans.yaml"))
        WorkLoader(self).load(demo, self._read("demo_work.yaml"))
        MeetingLoader(self, Row).load(demo)
        self._reviews(**self._read("demo_review.yaml"))
        CoverageLoader(self).load(self._read("demo_coverage.yaml"))
        ExchangeLoader(self, Row).load(demo, self._read("demo_exchange.yaml"))
        InterfaceLoader(self).load(**self._read("demo_interfaces.yaml"))
        PathwayLoader(self).load(**self._read("demo_pathways.yaml"))
        AssessmentLoader(self).load(self._read("demo_assessments.yaml"))
        for key, rows in demo.items():
            self.unknown[key]["(all of it)"] += len(rows)
        return self._report()

    def _read(self, name):
        return seeds.read(name)

    def _report(self):
        yield "loaded: " + ", ".join(f"{count} {kind}" for kind, count in self.loaded.items())
        for kind, keys in self.unknown.items():
            yield f"no model knows {kind}: " + ", ".join(f"{key} ({count})" for key, count in keys.items())

    def _done(self, row):
        self.loaded[row.kind] += 1
        for key in row.values:
            self.unknown[row.kind][key] += 1

    def _save(self, model, lookup, fields):
        return model.objects.update_or_create(**lookup, defaults=fields)[0]

    def _date(self, text):
        return date.fromisoformat(str(text)) + self.shift if text else None

    def _looked_at(self, number):
        """Most of them lately, one or two so long ago that it is time to look again."""
        return self.today - timedelta(days=3 + number * 37 % 211)

    # ---- where and who ------------------------------------------------------------------------
    def _municipality(self, row, settlements):
        row.take("settlements")
        middle = settlements[0]
        self.municipality = self._save(
            Municipality,
            {"code": row.take("slug")},
            {
                **row.texts("name", "name"),
                "population": row.take("population"),
                "lat": middle["lat"],
                "lon": middle["lon"],
            },
        )
        self._done(row)
        self.settlements = {}
        for place in settlements:
            slug = place["name"].lower().replace(" ", "-")
            self.settlements[place["name"]] = self._save(
                Settlement, {"slug": slug}, {**place, "municipality": self.municipality}
            )
            self.loaded["settlements"] += 1

    def _organisations(self, rows, more):
        known = {row["slug"]: row for row in rows}
        self.organisations, self.joined, self.mandates, self.representatives = {}, {}, {}, {}
        for slug in [*known, *(slug for slug in more if slug not in known)]:
            row = Row("partners", known.get(slug), more.get(slug))
            row.take("slug")
            self.joined[slug] = self._date(row.take("joined"))
            self.mandates[slug] = row.take("mandate", "")
            self.representatives[slug] = row.take("rep")
            parent = row.take("parent")
            fields = {
                "sector": self.terms[Vocabulary.SECTOR, row.take("sector")],
                "parent": self.organisations[parent] if parent else None,
                **{field: row.take(field, "") for field in ("phone", "email", "website")},
                "checked_on": self._looked_at(len(self.organisations)),
            }
            for field in ("name", "offer", "lends", "about"):
                fields |= row.texts(field, field)
            self.organisations[slug] = self._save(Organisation, {"slug": slug}, fields)
            self._done(row)

    def _group(self, row):
        fields = {"founded_on": self._date(row.take("founded"))}
        fields |= row.texts("name", "name") | row.texts("purpose", "purpose")
        fields |= row.texts("meeting_rhythm", "meeting_rhythm") | row.texts("about_purpose_long", "about")
        fields |= {field: row.take(field, "") for field in ("phone", "email", "address")}
        self.coordinators = [row.take("coordinator"), row.take("deputy")]
        working_groups, names = self._working_groups(row)
        self.group = self._save(Group, {"slug": row.take("slug")}, fields)
        self.group.municipalities.set([self.municipality])
        members: dict = {}
        for working_group in working_groups:
            slug, lead = working_group["slug"], self.organisations[working_group["lead"]]
            more = dict(names.get(slug, {}))
            purpose, members[slug] = more.pop("purpose", {}), more.pop("members", [])
            texts = {f"name_{code}": name for code, name in {**working_group["name"], **more}.items()}
            texts |= {f"purpose_{code}": words for code, words in purpose.items()}
            self._save(WorkingGroup, {"group": self.group, "slug": slug}, {"lead": lead, **texts})
            self.loaded["working groups"] += 1
        self._done(row)
        self.memberships = {
            slug: self._save(
                Membership,
                {"group": self.group, "organisation": organisation, "left_on": None},
                {"joined_on": self.joined[slug], "mandate": self.mandates[slug]},
            )
            for slug, organisation in self.organisations.items()
        }
        for slug, organisations in members.items():
            working_group = WorkingGroup.objects.get(group=self.group, slug=slug)
            for organisation in organisations:
                who = {"membership": self.memberships[organisation], "user": None}
                self._save(WorkingGroupMember, {"working_group": working_group, **who}, {})

    def _region(self, row):
        """The level above the group, who brings figures for it, and the figures it shares with other groups."""
        texts = {f"{field}_{code}": words for field in ("name", "about") for code, words in row[field].items()}
        contact = {field: row[field] for field in ("address", "phone", "email")}
        region = self._save(Region, {"slug": row["slug"]}, {**texts, **contact})
        Group.objects.filter(pk=self.group.pk).update(region=region)
        who = {"region": region, "user": self.people[row["data_steward"]], "ends_on": None}
        self._save(RegionSeat, who, {"starts_on": self.group.founded_on})
        self.shared_codes = row["shared_codes"]
        self.loaded["regions"] += 1

    def _working_groups(self, row):
        """The list stands in demo.yaml, the missing names in demo_places.yaml under the same key."""
        return self._read("demo.yaml")["local_group"]["working_groups"], row.take("working_groups", {})

    def _holidays(self, rows):
        for row in rows:
            for year in (self.today.year, self.today.year + 1):
                day = self._holiday(row, year)
                texts = {f"reason_{code}": name for code, name in row["name"].items()}
                self._save(OpeningException, {"group": self.group, "starts_on": day, "ends_on": day}, texts)
                self.loaded["public holidays"] += 1

    def _holiday(self, row, year):
        if "easter" in row:
            return easter(year) + timedelta(days=row["easter"])
        return date.fromisoformat(f"{year}-{row['date']}")

    def _locations(self, rows, more, exceptions):
        self.locations = {}
        for known in rows:
            slug = known["slug"]
            row = Row("locations", known, more.get(slug))
            (
                row.take("slug"),
                row.take("opening"),
                row.take("map"),
            )  # hours and positions stand in demo_places.yaml
            kind, settlement = row.take("kind"), row.take("settlement")
            fields = {
                "organisation": self.organisations[row.take("organisation")],
                "checked_on": self._looked_at(len(self.locations)),
                "settlement": self.settlements[settlement] if settlement else None,
                "address": row.take("address", ""),
                "phone": row.take("phone", ""),
                "lat": row.take("lat"),
                "lon": row.take("lon"),
                "is_centre": kind == "health-promotion-centre",
                "is_remote": kind == "online",
                **row.texts("name", "name"),
                **row.texts("how_to_get_there", "how_to_get_there"),
            }
            location = self.locations[slug] = self._save(Location, {"slug": slug}, fields)
            self._set(
                LocationAccess,
                {"location": location},
                [{"term": self.terms[Vocabulary.ACCESSIBILITY, access]} for access in row.take("access", [])],
            )
            self._set(
                OpeningHours,
                {"location": location},
                [
                    {"weekday": WEEKDAYS.index(day), "opens": clock(opens), "closes": clock(closes)}
                    for day, opens, closes in row.take("hours", [])
                ],
            )
            self._done(row)
        for location in self.locations.values():
            location.exceptions.all().delete()
        for row in exceptions:
            first, last = (self.today + timedelta(days=days) for days in row["days_from_today"])
            OpeningException.objects.create(
                location=self.locations[row["location"]],
                starts_on=first,
                ends_on=last,
                opens=clock(row["opens"]),
                closes=clock(row["closes"]),
                **{f"reason_{code}": text for code, text in row["reason"].items()},
            )
            self.loaded["exceptions to opening hours"] += 1

    def _set(self, model, owner, rows):
        """Makes the owner's rows exactly these; rows that stand already are left alone."""
        keep = [model.objects.get_or_create(**owner, **row)[0].pk for row in rows]
        model.objects.filter(**owner).exclude(pk__in=keep).delete()

    def _people(self, rows, more):
        known = {row["slug"]: row for row in rows}
        self.people = {}
        for slug in [*known, *(slug for slug in more if slug not in known)]:
            row = Row("people", known.get(slug), more.get(slug))
            row.take("slug")
            email, role, partner = row.take("email"), row.take("portal_role"), row.take("partner")
            self.people[slug] = self._user(email, row.take("name"), self.details["expertise"].get(slug, {}))
            title = row.texts("role", "title")
            self._done(row)
            self._seats(slug, role, partner, title)

    def _user(self, email, name, expertise):
        user = User.objects.filter(email__iexact=email).first()
        told = {f"expertise_{code}": text for code, text in expertise.items()}
        return user or User.objects.create_user(email, full_name=name, language="sl", **told)

    def _seats(self, slug, role, partner, title):
        roles = {SEATS[role]}
        if self.representatives.get(partner) == slug:
            roles = {Seat.Role.REPRESENTATIVE, *(roles - {Seat.Role.EDITOR, Seat.Role.DEPUTY})}
        if slug in self.coordinators:
            roles.add(Seat.Role.COORDINATOR)
        for seat in sorted(roles):
            lookup = {
                "membership": self.memberships[partner],
                "user": self.people[slug],
                "role": seat,
                "ends_on": None,
            }
            self._save(Seat, lookup, {"starts_on": self.joined[partner], **title})
            self.loaded["seats"] += 1

    # ---- what ---------------------------------------------------------------------------------
    def _programmes(self, rows):
        texts = {}
        for name in TEXT_FILES:
            texts |= self._read(name)["programmes"]
        following = {}
        self.programmes = {}
        for known in rows:
            slug = known["slug"]
            row = Row("programmes", known, texts.get(slug))
            row.take("slug")
            following[slug] = row.take("continue_with", [])
            self.programmes[slug] = self._programme(slug, row)
            self._done(row)
        for slug, nexts in following.items():
            pairs = [{"next": self.programmes[other], "order": place} for place, other in enumerate(nexts)]
            self._set(Continuation, {"programme": self.programmes[slug]}, pairs)

    def _programme(self, slug, row):
        provider, status, schedule = row.take("provider"), row.take("status"), row.take("schedule", {})
        words = schedule.pop("description", {}) | {code: schedule.pop(code) for code in CODES if code in schedule}
        note = {f"note_{code}": text for code, text in words.items()}
        checked_by = self.people[self.representatives[provider]]
        contact = Row("contact", row.take("contact", {}))
        fields = {
            "organisation": self.organisations[provider],
            "status": STATUSES.get(status, status),
            "is_full": status == "full",
            "checked_on": self._date(row.take("verified_on")),
            "checked_by": checked_by,
            "sessions": schedule.pop("sessions", None),
            "sources": row.take("sources", ""),
            "school_years": [school_years.around(self.today)[1 + later] for later in row.take("school_years", [])],
            **{field: row.take(field) for field in ("age_min", "age_max", "capacity", "waiting_weeks")},
            "contact_name": contact.take("name", ""),
            "contact_phone": contact.take("phone", ""),
            "contact_email": contact.take("email", ""),
            **contact.texts("role", "contact_role"),
            **row.texts("what_to_bring", "bring"),
        }
        for field in (
            "title",
            "summary",
            "description",
            "what_happens",
            "first_visit",
            "not_for",
            "requirements",
            "brief_advice",
            "easy_read",
        ):
            fields |= row.texts(field, field)
        programme = self._save(Programme, {"slug": slug}, fields)
        self._schedule(programme, schedule, note, row)
        self._set(
            ProgrammePartner,
            {"programme": programme},
            [{"organisation": self.organisations[partner]} for partner in row.take("partners", [])],
        )
        self._set(ProgrammeTerm, {"programme": programme}, [{"term": term} for term in self._terms(row)])
        return programme

    def _reviews(self, asked, proposal, held, reports):
        """What waits for the coordinators, and what readers reported; nobody is written to."""
        for row in reports:
            self._report_of_a_reader(**row)
        programme, by, at = self._asked(**asked)
        if not programme.review_notes.exists():
            note = ReviewNote.objects.create(programme=programme, by=by, step=ReviewNote.Step.ASKED)
            ReviewNote.objects.filter(pk=note.pk).update(created_at=at)
        programme, by, at = self._asked(**{k: v for k, v in proposal.items() if k != "changes"})
        if not programme.proposals.exists():
            now = content(programme)
            changes = normalised(programme, proposal["changes"], now)
            base = {"base_version": programme.version, "base": {name: now[name] for name in changes}}
            Proposal.objects.create(programme=programme, by=by, changes=changes, asked_at=at, **base)
        self.loaded["proposals"] += 1
        self._hold(**held)

    def _hold(self, language, **who):
        programme, by, at = self._asked(**who)
        Programme.objects.filter(pk=programme.pk).update(held_languages=[language])
        if not programme.review_notes.filter(step=ReviewNote.Step.HELD).exists():
            name = dict(settings.LANGUAGES)[language]
            note = ReviewNote.objects.create(programme=programme, by=by, step=ReviewNote.Step.HELD, text=name)
            ReviewNote.objects.filter(pk=note.pk).update(created_at=at)

    def _report_of_a_reader(self, text, days_ago, programme=None, by=None, answer="", **fields):
        self.loaded["reports"] += 1
        if ProblemReport.objects.filter(text=text).exists():
            return
        about = self.programmes[programme] if programme else None
        report = ProblemReport(text=text, programme=about, organisation=about and about.organisation, **fields)
        report.group = None if about else self.group
        report.created_at = timezone.now() - timedelta(days=days_ago)
        report.answer, report.answered_by = answer, self.people[by] if by else None
        report.answered_at = report.created_at + timedelta(days=1) if answer else None
        with override(report.language):
            report.page = about.get_absolute_url() if about else ""
        report.store()

    def _asked(self, programme, by, days_ago):
        return self.programmes[programme], self.people[by], timezone.now() - timedelta(days=days_ago)

    def _terms(self, row):
        for key, vocabulary in TERMS.items():
            slugs = row.take(key, [])
            for slug in [slugs] if isinstance(slugs, str) else slugs:
                yield self.terms[vocabulary, slug]

    def _schedule(self, programme, schedule, note, row):
        first = schedule.pop("valid_from", None)
        rule = {"FREQ": schedule.pop("freq", ""), "INTERVAL": schedule.pop("interval", 1)}
        rule |= {"BYDAY": ",".join(schedule.pop("byday", []))}
        fields = {
            "location": self.locations[row.take("location")],
            "rule": ";".join(f"{k}={v}" for k, v in rule.items() if v not in ("", 1)) if rule["FREQ"] else "",
            "starts_at": clock(schedule.pop("opens_at", None)),
            "ends_at": clock(schedule.pop("closes_at", None)),
            # “Every second week” needs a week to count from; any fixed one before the reference date will do.
            "valid_from": self._date(first) or date(2026, 8, 31) + self.shift,
            "valid_to": self._date(schedule.pop("valid_to", None)),
            **note,
        }
        if not fields["rule"]:
            fields["starts_at"] = fields["ends_at"] = None
        saved = self._save(Schedule, {"programme": programme}, fields)
        self._set(
            ScheduleLanguage,
            {"schedule": saved},
            [{"term": self.terms[Vocabulary.LANGUAGE, slug]} for slug in row.take("languages", [])],
        )
        for key in schedule:
            self.unknown["programmes.schedule"][key] += 1


def clock(text):
    """ "07:30" → time(7, 30); empty → None."""
    return time.fromisoformat(str(text)) if text else None
