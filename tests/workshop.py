"""One of everything that a group works on, and what a browser sends of a form: for tests that go through all forms."""

from datetime import date, time, timedelta
from inspect import unwrap
from types import SimpleNamespace

from django.urls import URLPattern, get_resolver
from django.utils import timezone, translation

from actionplans.models import (
    ActionPlan,
    Assessment,
    Barrier,
    Commitment,
    CoverageJudgement,
    EvaluationQuestion,
    Evidence,
    Finding,
    IndicatorValue,
    Interface,
    Measure,
    Notice,
    Objective,
    ObjectiveNeed,
    PlanMeasure,
    PlanTargetGroup,
    Round,
    SharedPractice,
    Signal,
    Strategy,
    Task,
    Transition,
    YearlyStep,
)
from actionplans.models.assessments import year_of
from partners.models import OpeningException, OpeningHours, Picture, RegionSeat, WorkingGroup
from portal.models import Vocabulary
from programmes.models import Pathway, PathwayStep

from .records import (
    make_decision,
    make_group,
    make_item,
    make_location,
    make_meeting,
    make_organisation,
    make_programme,
    make_region,
    make_schedule,
    make_term,
    make_user,
    signed_in,
)
from .test_plan import make_indicator, make_measure, make_need, make_strategy

DAY = timedelta(days=1)


def build():
    """A group with two coordinators, an organisation with its representative, and one of each noun by its name."""
    w = SimpleNamespace(today=timezone.localdate())
    w.region = make_region()
    w.region_seat = RegionSeat.objects.create(region=w.region, user=make_user())
    w.group = make_group(accepts_signals=True, region=w.region)
    w.organisation = make_organisation(w.group)
    w.membership = w.organisation.memberships.get()
    office = make_organisation(w.group)
    w.coordinator, w.second = make_user("coordinator", office), make_user("coordinator", office)
    w.representative = make_user("representative", w.organisation)
    w.editor = make_user("editor", w.organisation)
    w.seat = w.editor.seats.get()
    _plan(w)
    _work(w)
    _meetings(w)
    _offers(w)
    return w


def _plan(w):
    w.need = make_need(w.group, slug=f"nights-{w.group.pk}", title_sl="Tihe noči", status="assessing")
    w.evidence = Evidence.objects.create(need=w.need, text_sl="Tako pravi šola")
    span = {"starts_on": date(2027, 1, 1), "ends_on": date(2029, 12, 31)}
    w.strategy = Strategy.objects.create(group=w.group, slug=f"draft-{w.group.pk}", title_sl="Skupaj", **span)
    w.objective = Objective.objects.create(
        strategy=w.strategy, number=1, slug=f"aim-{w.group.pk}", title_sl="Mirno spanje", level="system"
    )
    ObjectiveNeed.objects.create(objective=w.objective, need=w.need)
    day = {"due_on": date(2028, 6, 30), "looked_at_by_sl": "Skupina"}
    w.question = EvaluationQuestion.objects.create(strategy=w.strategy, question_sl="Kdo pride?", **day)
    w.finding = Finding.objects.create(strategy=w.strategy, title_sl="Poročilo", says_sl="Pomaga.", year=2026)
    w.plan = ActionPlan.objects.create(strategy=w.strategy, slug=f"plan-{w.group.pk}", **span)
    w.proposed = Measure.objects.create(
        plan=w.plan, objective=w.objective, slug=f"proposed-{w.group.pk}", title_sl="Predlog", approach="universal"
    )
    judged = {"judged_state": "late", "judged_reason": "Ni ljudi", "judged_until": w.today + 30 * DAY}
    w.measure = make_measure(make_strategy(w.group), slug=f"walks-{w.group.pk}", title_sl="Sprehodi", **judged)
    w.practice = SharedPractice.objects.create(
        group=w.group, measure=w.measure, slug=f"told-{w.group.pk}", title_sl="Kako hodimo", approach="universal"
    )
    years = {"starts_on": date(2026, 1, 1), "ends_on": date(2028, 12, 31)}
    w.other_plan = ActionPlan.objects.create(
        strategy=w.measure.plan.strategy, slug=f"mental-{w.group.pk}", title_sl="Duševno zdravje", **years
    )
    w.placed = PlanMeasure.objects.create(plan=w.other_plan, measure=w.measure)
    people = make_term(Vocabulary.TARGET_GROUP, "families")
    w.target_group = PlanTargetGroup.objects.create(plan=w.other_plan, term=people, reason_sl="Najprej oni")
    w.yearly_step = YearlyStep.objects.create(measure=w.measure, year=2026, aim_sl="Tri poti")
    w.indicator = make_indicator(w.group, slug=f"walkers-{w.group.pk}", name_sl="Pohodniki", owner=w.organisation)
    w.value = IndicatorValue.objects.create(
        indicator=w.indicator, measured_on=w.today - 40 * DAY, value=5, state="submitted", entered_by=w.representative
    )


def _work(w):
    asked = {"measure": w.measure, "membership": w.membership}
    w.lead = Commitment.objects.create(role="lead", status="accepted", **asked)
    w.commitment = Commitment.objects.create(role="funder", **asked)
    w.task = Task.objects.create(measure=w.measure, title_sl="Poklicati šolo", organisation=w.organisation)
    kind = make_term(Vocabulary.BARRIER_TYPE, "transport")
    w.barrier = Barrier.objects.create(group=w.group, kind=kind, slug=f"bus-{w.group.pk}", title_sl="Ni avtobusa")
    sides = {"organisation": w.organisation, "other_unit_sl": "Promet"}
    w.interface = Interface.objects.create(group=w.group, task_sl="Pešpoti", **sides)
    w.signal = Signal(group=w.group, text="Ni vadbe", basis="residents", language="sl", email="ana@example.org")
    w.signal.store()
    period = {"starts_on": w.today - 90 * DAY, "ends_on": w.today, "due_on": w.today + 7 * DAY}
    w.round = Round.objects.create(group=w.group, title_sl="Jesen", **period)
    w.topic, w.phase = make_term(Vocabulary.TOPIC, "food"), make_term(Vocabulary.LIFE_PHASE, "school")
    w.later = make_term(Vocabulary.LIFE_PHASE, "adults", order=9)
    w.judgement = CoverageJudgement.objects.create(
        group=w.group, matrix="phases", row=w.topic, column=w.phase, reason_sl="Ni treba", judged_on=w.today
    )
    w.transition = Transition.objects.create(
        group=w.group, from_phase=w.phase, to_phase=w.later, title_sl="Iz šole v službo"
    )


def _meetings(w):
    w.meeting = make_meeting(w.group)
    w.item = make_item(w.meeting)
    w.held = make_meeting(w.group, begins_in=-3 * DAY, status="held")
    w.said = make_item(w.held)
    later = make_meeting(w.group, begins_in=-20 * DAY, status="held")
    w.approved = make_meeting(
        w.group, begins_in=-40 * DAY, status="minutes_approved", approved_at=later, approved_on=w.today
    )
    w.approved_item = make_item(w.approved, minutes="Govorili smo.")
    w.decision = make_decision(w.group, responsible=w.organisation)
    w.notice = Notice.objects.create(group=w.group, organisation=w.organisation, title_sl="Tečaj je poln")
    w.sent_notice = Notice.objects.create(
        group=w.group, organisation=w.organisation, title_sl="Nova ura", state="sent", sent_at=timezone.now(),
        asks_to_note=True,
    )  # fmt: skip
    w.working_group = WorkingGroup.objects.create(group=w.group, slug=f"night-{w.group.pk}", name_sl="Noč")


def _offers(w):
    w.programme = make_programme(w.organisation, title_sl="Hoja")
    w.schedule = make_schedule(w.programme)
    w.assessment = Assessment.objects.create(
        group=w.group, programme=w.programme, year=year_of(w.today), verdict="keep", reason_sl="Gre dobro"
    )
    w.pathway = Pathway.objects.create(group=w.group, slug=f"lonely-{w.group.pk}", title_sl="Sam doma")
    w.step = PathwayStep.objects.create(pathway=w.pathway, order=1, title_sl="Opazi", organisation=w.organisation)
    w.place = make_location(w.organisation)
    OpeningHours.objects.create(location=w.place, weekday=0, opens=time(8), closes=time(12))
    days = {"starts_on": w.today + 30 * DAY, "ends_on": w.today + 30 * DAY}
    w.exception = OpeningException.objects.create(location=w.place, reason_sl="Popravilo", **days)
    sizes = {"wide_width": 10, "wide_height": 10, "square_side": 10}
    w.group_logo = Picture.objects.create(group=w.group, file_key=f"logo{w.group.pk}", alt_sl="List", **sizes)
    w.photo = Picture.objects.create(location=w.place, file_key=f"photo{w.place.pk}", alt_sl="Dvorana", **sizes)


def clients(w):
    """Two coordinators, signed in."""
    return signed_in(w.coordinator), signed_in(w.second)


def typed(form, **changes):
    """What a browser would send of a form as it opens, with these changes; names as in the page."""
    data = {}
    with translation.override("en"):
        for field in form:
            value = field.value()
            if isinstance(value, (list, tuple)) or hasattr(value, "all"):
                value = [getattr(one, "pk", one) for one in value]
            if hasattr(field.field.widget, "format_value") and not isinstance(value, (list, bool)):
                value = field.field.widget.format_value(value)
                value = value[0] if isinstance(value, list) and len(value) == 1 else value
            if value not in (None, False, "", [], [""]):
                data[field.html_name] = value
    return {**data, **changes}


def views(patterns=None, prefix="", unwrapped=True):
    """{name: view} of every address, the administration aside; without what is wrapped around it."""
    found = {}
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            found[prefix + (pattern.name or "")] = unwrap(pattern.callback) if unwrapped else pattern.callback
        elif pattern.namespace != "admin":
            inner = f"{pattern.namespace}:" if pattern.namespace else prefix
            found |= views(pattern.url_patterns, inner, unwrapped)
    return found
