"""Which pages the walk of test_walk.py goes through: those of tests/test_pages.py that somebody signed in can see.

Who adds a page there has it walked. Where the arguments of that table lead nowhere, _records says what to show.
"""

from datetime import date
from typing import NamedTuple

from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from actionplans.models import (
    ActionPlan,
    AgendaItem,
    Barrier,
    Commitment,
    Decision,
    EvaluationQuestion,
    Evidence,
    Finding,
    IndicatorValue,
    Measure,
    Meeting,
    Need,
    Notice,
    Round,
    Signal,
    Strategy,
    Task,
)
from partners.models import HandOver, Invitation, JoinRequest, Membership, Organisation, User
from programmes.models import ProblemReport, Programme, SelfHelpRequest, VisitRequest

from ..test_pages import PAGES
from .test_review import ask_again
from .visiting import coordinator, member

# Public pages that hold more for those who work on them; all others are looked at as visitors see them (pages.KINDS).
MORE_INSIDE = {"actionplans:measure", "actionplans:need", "actionplans:coverage", "actionplans:chain"}
# Seen by nobody here, and why that is right.
ELSEWHERE = {
    "picture": "a file",
    "actionplans:calendar-feed": "a file, and its token is shown once: test_shared_calendar.py",
    "suggestions": "a part of a page: test_search.py",
    "mail-stop": "its token is in a mail; it says one sentence",
    "programmes:import-preview": "test_import.py",
    "actionplans:regions": "for data stewards of a region: test_regions.py",
    "mfa_deactivate_totp": "test_sign_in.py",
    "mfa_view_recovery_codes": "test_sign_in.py",
    "mfa_download_recovery_codes": "a file",
}
NOWHERE = 999999  # stands in PAGES for a record that is not there: the first ones are tried instead
# What members see in another way than coordinators.
MEMBERS_TOO = {
    "actionplans:work", "actionplans:signals", "actionplans:needs-board", "actionplans:load", "actionplans:figures",
    "actionplans:round-answer", "actionplans:meeting", "actionplans:decision", "programmes:mine", "partners:my",
}  # fmt: skip


class Stop(NamedTuple):
    view: str
    path: str


def administrator():
    return User.objects.get(email="administrator@example.org")


def _leading():
    return Commitment.objects.accepted().filter(role=Commitment.Role.LEAD).values("membership")


# role → (who that is, the language they read)
ROLES = {
    "coordinator": (coordinator, "de"),
    "administrator": (administrator, "sl"),
    "member": (member, "sl"),
    "visitor": (None, "de"),
}


def walks():
    """{role: [Stop]}: every page with the first role that sees it; and once more what members see differently.

    Asks the database, and makes what the demo lacks. Fails when there is a page that nobody sees.
    """
    group = coordinator().seats.current().first().membership.group
    known = {**_records(group), **_letters(group)}
    found, unseen = {}, {view for view in PAGES if _is_looked_at(view)} - set(ELSEWHERE)
    for role, (find, language) in ROLES.items():
        client = Client()
        if find:
            client.force_login(find())
        wanted = unseen | (MEMBERS_TOO if role == "member" else set())
        with translation.override(language):
            asked = known | (_owed(find()) if role == "member" else {})
            seen = {stop: answer for view in PAGES if view in wanted for stop, answer in _seen(client, view, asked)}
        unseen -= {stop.view for stop in seen}
        found[role] = [stop for stop, answer in seen.items() if answer["Content-Type"].startswith("text/html")]
    assert not unseen, f"say in _records what to show, or in ELSEWHERE why it is not looked at: {sorted(unseen)}"
    return found


def _is_looked_at(view):
    """Rows that only refuse GET or lead on are no pages."""
    _kwargs, statuses, is_for_people = PAGES[view]
    return view in MORE_INSIDE or (not is_for_people and {200, 404, 410} & set(statuses) != set())


def _seen(client, view, known):
    """Yields (Stop, answer) of what this client sees of a view: all that is known, else the first that there is."""
    arguments = PAGES[view][0]()
    first_ones = [{**arguments, "pk": pk} for pk in range(1, 9)] if arguments.get("pk") == NOWHERE else [arguments]
    for kwargs in known.get(view, first_ones):
        path = reverse(view, kwargs=kwargs)
        answer = client.get(path)
        if answer.status_code == 200:
            yield Stop(view, path), answer
            if view not in known:
                return


# ---- what there is to see -----------------------------------------------------------------------
def _records(group):
    """{view: [arguments]} of records of the demo, one for each way in which a page can look."""
    asked = Commitment.objects.filter(membership__group=group).order_by("pk")
    meetings = Meeting.objects.filter(group=group).order_by("starts_at")
    coming, past = (meetings.filter(status=status).first() for status in ("invited", "minutes_written"))
    decisions = Decision.objects.filter(group=group).order_by("pk")
    need, programmes = Need.objects.filter(group=group).order_by("pk").first(), ask_again()
    found = {
        "actionplans:strategy-work": Strategy.objects.filter(group=group, status__in=("adopted", "consultation")),
        "actionplans:need-score": [need],
        "actionplans:need-comment": [need],
        "actionplans:plan-comment": [ActionPlan.objects.filter(strategy__group=group).first()],
        "actionplans:measure-comment": [Measure.objects.filter(plan__strategy__group=group).first()],
        "actionplans:commitment-answer": [asked.filter(status=status).first() for status in Commitment.Status],
        "actionplans:task-edit": [Task.objects.of_group([group.pk]).open().order_by("pk").first()],
        "actionplans:barrier-edit": [Barrier.objects.filter(group=group).first()],
        "actionplans:value-edit": [_value(group)],
        "actionplans:round": Round.objects.filter(group=group),
        "actionplans:meeting": [coming, past],
        "actionplans:minutes": [coming, past],
        "actionplans:document": [past],
        "actionplans:document-docx": [past],
        "actionplans:meeting-calendar": [past],
        "actionplans:meeting-edit": [coming],
        "actionplans:item-edit": [coming.items.first()],
        "actionplans:item-correct": [AgendaItem.objects.filter(meeting__status="minutes_approved").first()],
        "actionplans:decision": decisions[:2],
        "actionplans:decision-edit": decisions[:1],
        "programmes:review-programme": programmes,
        **_told(group),
        "actionplans:plan-carry": [_begun(group)],
        "partners:handed-over": [_handed_over(group)],
        "actionplans:assessment": [_assessed(group, verdict) for verdict in ("adapt", "stop")],
    }
    evidence = Evidence.objects.get_or_create(need=need, text_sl="Klopi ni.")[0]
    kinds = {"programme": programmes[0], "measure": Measure.objects.first()}
    return {
        **{view: [{"pk": one.pk} for one in some if one] for view, some in found.items()},
        **_owed(coordinator()),
        "actionplans:evidence-edit": [{"pk": need.pk, "number": evidence.pk}],
        "actionplans:question-edit": _part_of_strategy(EvaluationQuestion, group),
        "actionplans:finding-edit": _part_of_strategy(Finding, group),
        "history": [{"kind": kind, "pk": one.pk} for kind, one in kinds.items()],
    }


def _part_of_strategy(model, group):
    one = model.objects.filter(strategy__group=group).order_by("pk").first()
    return [{"pk": one.strategy_id, "number": one.pk}]


def _handed_over(group):
    """Of a member who leaves: a seat that can be given back, and one that somebody changed since."""
    done = HandOver.objects.filter(group=group).first()
    if done is None:
        seat = member().seats.get()
        same, other = ({"ends_on": day} for day in (seat.ends_on, date(2026, 1, 31)))
        moved = [
            {"source": "seat", "words": {"sl": str(seat)}, "to": None,
             "changes": [{"model": "partners.seat", "pk": seat.pk, "before": other, "after": after, "held": {}}]}
            for after in (same, other)
        ]  # fmt: skip
        made = {"person": seat.user, "by": coordinator(), "ends_on": timezone.localdate(), "moved": moved}
        done = HandOver.objects.create(group=group, **made)
    return done


def _begun(group):
    """A draft of a later plan, into which measures of earlier ones can be carried on."""
    strategy = Strategy.objects.filter(group=group, status=Strategy.Status.CONSULTATION).first()
    years = {"starts_on": date(strategy.ends_on.year, 1, 1), "ends_on": date(strategy.ends_on.year, 12, 31)}
    return ActionPlan.objects.get_or_create(slug="nacrt-zacet", defaults={"strategy": strategy, **years})[0]


def _told(group):
    """Notices that ask to be read, and one that is only proposed."""
    fields = {"group": group, "title_sl": "Prosta dvorana", "state": Notice.State.PROPOSED}
    proposed = Notice.objects.filter(**fields).first() or Notice.objects.create(
        organisation=Organisation.objects.get(pk=Membership.objects.filter(group=group).values("organisation")[:1]),
        **fields,
    )
    asking = Notice.objects.filter(group=group, asks_to_note=True).first()
    return {"actionplans:notice": [asking, proposed], "actionplans:notice-edit": [proposed]}


def _assessed(group, verdict):
    decided = group.assessments.decided().filter(verdict=verdict).order_by("-year", "pk").first()
    return decided and decided.programme


def _value(group):
    indicator = group.indicators.order_by("pk").first()
    fields = {"measured_on": timezone.localdate(), "defaults": {"value": 7, "state": "submitted"}}
    return IndicatorValue.objects.update_or_create(indicator=indicator, **fields)[0]


def _owed(user):
    """What an organisation of this person owes in the open round."""
    own = Organisation.objects.editable_by(user).filter(memberships__in=_leading()).order_by("pk").first()
    asked = Round.objects.get(status="open")
    return {"actionplans:round-answer": [{"pk": asked.pk, "number": own.pk}]} if own else {}


def _letters(group):
    """What came from outside: each of these has a page with a token for its sender, and one inside."""
    first = Membership.objects.current().filter(group=group).order_by("pk").first()
    signal = Signal(group=group, text="Premalo klopi.", language="sl", basis=Signal.Basis.values[0])
    report = ProblemReport(kind="missing", text="Kje?", language="sl", organisation=first.organisation)
    asked = JoinRequest(group=group, name="Lipa", offer="Dvorana.", email="lipa@example.org", language="sl")
    starts = SelfHelpRequest(group=group, theme="Hoja", language="sl")
    programme = Programme.objects.filter(organisation__memberships__group=group).order_by("pk")[0]
    visit = VisitRequest(programme=programme, institution="Hrast", kind="employer", language="sl")
    invitation = Invitation(membership=first, role="editor", email=f"{timezone.now():%H%M%S%f}@example.org")
    tokens = {
        "actionplans:signal-followed": signal.store(),
        "programmes:report-followed": report.store(),
        "partners:join-followed": asked.store(),
        "programmes:self-help-followed": starts.store(),
        "programmes:visit-followed": visit.store(),
        "partners:accept": invitation.renew(),
    }
    inside = {
        "actionplans:signal-triage": signal,
        "programmes:report-answer": report,
        "partners:join-request": asked,
        "programmes:self-help-answer": starts,
        "programmes:visit-answer": visit,
    }
    return {
        **{view: [{"token": token}] for view, token in tokens.items()},
        **{view: [{"pk": one.pk}] for view, one in inside.items()},
    }
