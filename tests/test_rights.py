"""Who reaches what: the table of the model written out and compared with what the code says; and a walk through every
address of the site, as somebody from another organisation and from another group, looking for what is not theirs.
"""

import re
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation

from actionplans.models import (
    ActionPlan,
    AgendaItem,
    Assessment,
    Barrier,
    Comment,
    Commitment,
    CoverageJudgement,
    Decision,
    Document,
    Indicator,
    IndicatorValue,
    Interface,
    Measure,
    Meeting,
    Need,
    Notice,
    Objective,
    Round,
    SharedPractice,
    Signal,
    Strategy,
    Task,
    Transition,
)
from actionplans.models.assessments import year_of
from partners.models import Invitation, Location, Organisation, Region, RegionSeat
from partners.people import seats_to_keep
from portal.reading import readable_by
from programmes import review
from programmes.models import (
    Pathway,
    PathwayStep,
    ProblemReport,
    Programme,
    Proposal,
    SelfHelpRequest,
    VisitRequest,
)

from . import two_groups
from .records import (
    make_decision,
    make_group,
    make_item,
    make_location,
    make_meeting,
    make_organisation,
    make_programme,
    make_term,
    make_user,
    signed_in,
)
from .test_plan import make_indicator
from .two_groups import GROUP, OWN, M, N, P

pytestmark = pytest.mark.django_db

ROLES = (
    "visitor", "editor", "deputy", "representative", "neighbour", "adviser", "steward", "coordinator", "stranger",
    "stranger_coordinator", "administrator", "regional",
)  # fmt: skip
"""editor … representative: of the organisation; neighbour: representative of another of the same group; adviser,
steward, coordinator: of the group; stranger…: of another group; regional: data steward of the group's region."""

# r: reads it, e: changes it. Written from the model; `test_the_table_of_rights_holds` makes the other side.
RIGHTS = """
                      visitor editor deputy represent neighbour adviser steward coordinat stranger str_co admin region
programme draft       -       re     re     re        -         -       -       re        -        -         e      -
programme in_review   -       re     re     re        -         -       -       re        -        -         e      -
programme published   r       re     re     re        r         r       r       re        r        r         re     r
programme paused      r       re     re     re        r         r       r       re        r        r         re     r
programme archived    -       re     re     re        -         -       -       re        -        -         e      -
programme outdated    -       re     re     re        -         -       -       re        -        -         e      -
programme to_review   -       -      -      -         -         -       -       e         -        -         -      -
organisation member   r       re     re     re        r         r       r       re        r        r         re     r
organisation left     -       -      -      -         -         -       -       -         -        -         re     -
location member       r       re     re     re        r         r       r       re        r        r         re     r
location left         -       -      -      -         -         -       -       -         -        -         re     -
need reported         -       r      r      r         r         r       r       re        -        -         e      r
need assessing        -       r      r      r         r         r       r       re        -        -         e      r
need confirmed        r       r      r      r         r         r       r       re        r        r         re     r
need prioritised      r       r      r      r         r         r       r       re        r        r         re     r
need responded        r       r      r      r         r         r       r       re        r        r         re     r
need resolved         r       r      r      r         r         r       r       re        r        r         re     r
need not_pursued      r       r      r      r         r         r       r       re        r        r         re     r
evidence of_need      -       -      -      -         -         -       e       e         -        -         e      e
strategy draft        -       r      r      r         r         r       r       re        -        -         e      -
strategy consultation r       r      r      r         r         r       r       re        r        r         re     r
strategy approved     -       r      r      r         r         r       r       re        -        -         e      -
strategy adopted      r       r      r      r         r         r       r       re        r        r         re     r
strategy superseded   r       r      r      r         r         r       r       re        r        r         re     r
measure public        r       r      r      r         r         r       r       re        r        r         re     r
measure public_led    r       re     re     re        r         r       r       re        r        r         re     r
measure internal      -       r      r      r         r         r       r       re        -        -         e      -
measure of_draft      -       r      r      r         r         r       r       re        -        -         e      -
indicator ours        -       r      r      r         r         r       r       re        -        -         e      r
figure ours           -       e      e      e         -         -       e       e         -        -         e      e
figure nobody's       -       -      -      -         -         -       e       e         -        -         e      e
commitment ours       -       r      r      r         r         r       r       re        -        -         e      -
answer ours           -       -      e      e         -         -       -       e         -        -         e      -
task of_group         -       r      r      r         r         r       r       re        -        -         e      -
task ours             -       re     re     re        r         r       r       re        -        -         e      -
barrier of_group      -       r      r      r         r         r       r       re        -        -         e      -
barrier ours          -       re     re     re        r         r       r       re        -        -         e      -
interface of_group    -       r      r      r         r         r       r       re        -        -         e      -
interface ours        -       re     re     re        r         r       r       re        -        -         e      -
signal new            -       r      r      r         r         r       r       re        -        -         e      -
round open            -       r      r      r         r         r       r       re        -        -         e      -
meeting planned       -       r      r      r         r         r       r       re        -        -         -      -
item proposed         -       r      r      r         r         r       r       re        -        -         -      -
decision adopted      -       r      r      r         r         r       r       re        -        -         -      -
notice proposed       -       re     re     re        -         -       -       re        -        -         -      -
notice sent           -       r      r      r         r         r       r       r         -        -         -      -
assessment decided    -       r      r      r         r         r       r       re        -        -         e      -
assessment proposed   -       re     re     re        -         -       -       re        -        -         -      -
judgement made        -       -      -      -         -         -       -       e         -        -         e      -
transition public     r       r      r      r         r         r       r       re        r        r         re     r
transition internal   -       r      r      r         r         r       r       re        -        -         e      -
practice published    r       r      r      r         r         r       r       re        r        r         re     r
practice draft        -       r      r      r         r         r       r       re        -        -         re     -
practice withdrawn    -       r      r      r         r         r       r       re        -        -         re     -
pathway published     r       r      r      r         r         r       r       re        r        r         re     r
pathway draft         -       r      r      r         r         r       r       re        -        -         re     -
step of_draft         -       re     re     re        r         r       r       re        -        -         re     -
step published        r       re     re     re        r         r       r       re        r        r         re     r
visit asked           -       e      e      e         -         -       -       e         -        -         e      -
document added        -       r      r      r         r         r       r       re        -        -         e      -
self_help start       -       -      -      -         -         -       -       e         -        -         e      -
self_help message     -       e      e      e         -         -       -       -         -        -         -      -
report own            -       e      e      e         -         -       -       e         -        -         e      -
report nobody's       -       -      -      -         -         -       -       e         -        -         e      -
report nowhere's      -       -      -      -         -         -       -       -         -        -         e      -
comment among_us      -       r      r      r         r         r       r       re        -        -         e      -
comment public        r       r      r      r         r         r       r       re        r        r         re     r
comment waiting       -       r      r      r         r         r       r       re        -        -         e      -
comment on_need       -       r      r      r         r         r       r       re        -        -         -      -
comment on_plan       -       r      r      r         r         r       r       re        -        -         -      -
comment on_measure    -       re     re     re        r         r       r       re        -        -         -      -
words on_draft        -       e      e      e         e         e       e       e         -        -         -      -
words on_approved     -       -      -      -         -         -       -       -         -        -         -      -
words on_need         -       e      e      e         e         e       e       e         -        -         -      -
words on_plan         -       e      e      e         e         e       e       e         -        -         -      -
words on_measure      -       e      e      e         e         e       e       e         -        -         -      -
seat editor's         -       -      -      e         -         -       -       e         -        -         e      -
seat representative's -       -      -      e         -         -       -       e         -        -         e      -
seat coordinator's    -       -      -      -         -         -       -       e         -        -         e      -
invitation pending    -       -      -      e         -         -       -       e         -        -         e      -
"""


@pytest.fixture
def cast():
    """{role: person}, with the organisation and its group."""
    region = Region.objects.create(slug="region")
    group = make_group(region=region)
    ours, neighbours, elsewhere = make_organisation(group), make_organisation(group), make_organisation()
    left = make_organisation(group)
    left.memberships.update(left_on=date(2024, 1, 1))
    people = {role: make_user(role, ours) for role in ("editor", "deputy", "representative")}
    people |= {"neighbour": make_user("representative", neighbours), "adviser": make_user("adviser", neighbours)}
    people |= {"steward": make_user("data_steward", neighbours), "coordinator": make_user("coordinator", neighbours)}
    people |= {"stranger": make_user("representative", elsewhere)}
    people |= {"stranger_coordinator": make_user("coordinator", elsewhere)}
    people |= {"visitor": AnonymousUser(), "administrator": make_user(is_superuser=True, is_staff=True)}
    people |= {"regional": make_user()}
    RegionSeat.objects.create(region=region, user=people["regional"])
    return {"group": group, "ours": ours, "left": left, **people}


def records(cast):
    """Yields (noun and state, record, those that read it, those that change it); None where there is no such rule."""
    group, ours, left = cast["group"], cast["ours"], cast["left"]
    today = timezone.localdate()
    for status in Programme.Status.values:
        yield f"programme {status}", make_programme(ours, status=status), *rules(Programme)
    yield "programme outdated", make_programme(ours, checked_on=today - timedelta(days=400)), *rules(Programme)
    yield "programme to_review", make_programme(ours, status="in_review"), None, review.to_review
    yield "organisation member", ours, *rules(Organisation)
    yield "organisation left", left, *rules(Organisation)
    yield "location member", make_location(ours), *rules(Location)
    yield "location left", make_location(left), *rules(Location)
    for status in Need.Status.values:
        fields = {"slug": f"need-{status}", "status": status, "title_en": status, "reported_on": today}
        need = Need.objects.create(group=group, **fields)
        yield f"need {status}", need, *rules(Need)
    yield "evidence of_need", need, None, Need.objects.evidenced_by
    strategies = {}
    for status in Strategy.Status.values:
        fields = {"slug": f"strategy-{status}", "status": status, "title_en": status, "adopted_on": today}
        fields |= {"starts_on": today, "ends_on": today + timedelta(days=9)}
        strategies[status] = Strategy.objects.create(group=group, **fields)
        yield f"strategy {status}", strategies[status], *rules(Strategy)
    for state, status, is_public in (
        ("public", "adopted", True), ("public_led", "adopted", True), ("internal", "adopted", False),
        ("of_draft", "draft", True),
    ):  # fmt: skip
        yield f"measure {state}", measure(cast, strategies[status], state, is_public), *rules(Measure)
    yield from workshop(cast, strategies["adopted"])
    yield from comments(strategies)
    for state, organisation, of in (("own", ours, None), ("nobody's", None, group), ("nowhere's", None, None)):
        about = {"organisation": organisation, "group": of, "kind": "other", "text": "x", "language": "en"}
        report = ProblemReport.objects.create(token_digest=state, **about)
        yield f"report {state}", report, None, ProblemReport.objects.editable_by
    for state, programme in (("start", None), ("message", make_programme(ours))):
        about = {"group": group, "programme": programme, "theme": "x", "language": "en"}
        asked = SelfHelpRequest.objects.create(token_digest=f"self-help {state}", **about)
        yield f"self_help {state}", asked, None, SelfHelpRequest.objects.editable_by
    for state in ("published", "draft"):
        fields = {"slug": f"way-{state}", "title_en": state, "state": state, "published_on": today}
        pathway = Pathway.objects.create(group=group, **fields)
        yield f"pathway {state}", pathway, *rules(Pathway)
        step = PathwayStep.objects.create(pathway=pathway, title_en="Asks", organisation=ours)
        yield f"step {'of_draft' if state == 'draft' else state}", step, *rules(PathwayStep)
    about = {"institution": "x", "kind": "school", "language": "en", "token_digest": "visit"}
    visit = VisitRequest.objects.create(programme=make_programme(ours), **about)
    yield "visit asked", visit, None, VisitRequest.objects.editable_by
    for role in ("editor", "representative", "coordinator"):
        yield f"seat {role}'s", cast[role].seats.get(), None, seats_to_keep
    invitation = Invitation.objects.create(
        membership=ours.memberships.get(), email="new@example.org", role="editor", language="en", token_digest="x"
    )
    yield "invitation pending", invitation, None, Invitation.objects.editable_by


def workshop(cast, strategy):
    """What a group works with: figures, promises, tasks, barriers, signals, rounds, meetings, the chain."""
    group, ours, today = cast["group"], cast["ours"], timezone.localdate()
    for state, owner in (("ours", ours), ("nobody's", None)):
        indicator = make_indicator(group, slug=f"indicator-{state[0]}", owner=owner)
        value = IndicatorValue.objects.create(indicator=indicator, measured_on=today, value=1, state="submitted")
        if owner:
            yield "indicator ours", indicator, *rules(Indicator)
        yield f"figure {state}", value, None, IndicatorValue.objects.editable_by
    about = {"measure": strategy.plans.all()[0].measures.all()[0], "membership": ours.memberships.get()}
    promise = Commitment.objects.create(role="funder", **about)
    yield "commitment ours", promise, *rules(Commitment)
    yield "answer ours", promise, None, Commitment.objects.answerable_by
    for state, owner in (("of_group", None), ("ours", ours)):
        task = Task.objects.create(group=group, title_en="x", organisation=owner)
        yield f"task {state}", task, *rules(Task)
        fields = {"slug": f"barrier-{state}", "title_en": "x", "kind": make_term("barrier_type", "transport")}
        yield f"barrier {state}", Barrier.objects.create(group=group, owner=owner, **fields), *rules(Barrier)
    for state in SharedPractice.State.values:
        fields = {"slug": f"practice-{state}", "title_en": "x", "approach": "universal", "published_on": today}
        yield (
            f"practice {state}",
            SharedPractice.objects.create(group=group, state=state, **fields),
            *rules(SharedPractice),
        )
    for state, owner in (("of_group", None), ("ours", ours)):
        interface = Interface.objects.create(group=group, task_en="x", other=owner)
        yield f"interface {state}", interface, *rules(Interface)
    signal = Signal(group=group, text="x", basis="data", language="en")
    signal.store()
    yield "signal new", signal, *rules(Signal)
    days = {"starts_on": today, "ends_on": today, "due_on": today}
    yield "round open", Round.objects.create(group=group, title_en="x", **days), *rules(Round)
    yield from assessments(group, make_programme(ours), today)
    meeting = make_meeting(group)
    yield "meeting planned", meeting, *rules(Meeting)
    document = Document.objects.create(group=group, meeting=meeting, title="x", text="x", language="en")
    yield "document added", document, *rules(Document)
    yield "item proposed", make_item(meeting, is_on_agenda=False), *rules(AgendaItem)
    yield "decision adopted", make_decision(group), *rules(Decision)
    yield "notice proposed", Notice.objects.create(group=group, organisation=ours, title_en="x"), *rules(Notice)
    sent = {"state": "sent", "sent_at": timezone.now()}
    yield "notice sent", Notice.objects.create(group=group, organisation=ours, title_en="x", **sent), *rules(Notice)
    topic, school, work = make_term("topic", "food"), make_term("life_phase", "school"), make_term("life_phase", "work")
    cell = {"matrix": "phases", "row": topic, "column": school, "reason_en": "x", "judged_on": today}
    judgement = CoverageJudgement.objects.create(group=group, **cell)
    yield "judgement made", judgement, None, CoverageJudgement.objects.editable_by
    for state in ("public", "internal"):
        fields = {"from_phase": school, "to_phase": work, "title_en": state, "is_public": state == "public"}
        yield f"transition {state}", Transition.objects.create(group=group, **fields), *rules(Transition)


def comments(strategies):
    """What members and the public say of a draft, members of what everybody reads, and where a member may do so."""
    about = {"strategy": strategies["consultation"], "text": "x", "language": "en", "answer": "x"}
    for state, fields in (
        ("among_us", {"status": "shown", "is_internal": True}), ("public", {"status": "shown"}),
        ("waiting", {"status": "waiting"}),
    ):  # fmt: skip
        yield f"comment {state}", Comment.objects.create(**about | fields), *rules(Comment)
    for status in ("draft", "approved"):
        yield f"words on_{status}", strategies[status], None, Strategy.objects.commented_by
    led = Measure.objects.get(slug="measure-public_led")
    for noun, record in (("need", Need.objects.get(slug="need-confirmed")), ("plan", led.plan), ("measure", led)):
        said = Comment.objects.create(**{noun: record}, text="x", language="en", is_internal=True)
        yield f"comment on_{noun}", said, *rules(Comment)
        yield f"words on_{noun}", record, None, type(record).objects.commented_by


def assessments(group, programme, today):
    about = {"group": group, "programme": programme, "verdict": "keep", "reason_en": "x"}
    for state, back in (("decided", 0), ("proposed", 1)):
        made = Assessment.objects.create(**about, is_proposal=state == "proposed", year=year_of(today) - back)
        yield f"assessment {state}", made, *rules(Assessment)


def rules(model):
    return model.objects.visible_to, model.objects.editable_by


def measure(cast, strategy, state, is_public):
    span = {"starts_on": strategy.starts_on, "ends_on": strategy.ends_on}
    plan = ActionPlan.objects.create(strategy=strategy, slug=f"plan-{state}", status="adopted", **span)
    number = strategy.objectives.count() + 1
    objective = Objective.objects.create(
        strategy=strategy, slug=f"o-{state}", number=number, level="system", title_en="x"
    )
    fields = {"slug": f"measure-{state}", "approach": "universal", "is_public": is_public, "title_en": state}
    made = Measure.objects.create(plan=plan, objective=objective, **fields)
    if state == "public_led":
        membership = cast["ours"].memberships.get()
        Commitment.objects.create(measure=made, membership=membership, role="lead", status="accepted")
    return made


def written(table):
    """{noun and state: [cell for each role]}"""
    lines = [line for line in table.strip("\n").splitlines()[1:] if line.strip()]
    return {" ".join(line.split()[:2]): line.split()[2:] for line in lines}


def cell(record, reads, changes, user):
    may = ("r", reads), ("e", changes)
    return "".join(letter for letter, rule in may if rule and rule(user).filter(pk=record.pk).exists()) or "-"


def test_the_table_of_rights_holds(cast):
    held = {
        name: [cell(record, reads, changes, cast[role]) for role in ROLES]
        for name, record, reads, changes in records(cast)
    }
    assert held == written(RIGHTS)


def test_whoever_may_edit_a_record_may_read_it_in_every_state_and_lists_stay_as_they_were(cast):
    """An administrator finds no group's drafts in a list, and yet sees what was just saved."""
    blind, missing, clients = [], [], {}
    for name, record, reads, changes in records(cast):
        if reads is None:
            continue
        for role in ROLES:
            if not changes(cast[role]).filter(pk=record.pk).exists():
                continue
            if not readable_by(type(record).objects, cast[role]).filter(pk=record.pk).exists():
                blind.append((name, role))
            client = clients.get(role) or clients.setdefault(role, signed_in(cast[role]))
            if role in ("editor", "administrator") and hasattr(record, "get_absolute_url"):
                status = client.get(record.get_absolute_url(), follow=True).status_code
                missing += [] if status in (200, 410) else [(name, role, status)]  # 410: it has ended, and says so
    assert (blind, missing) == ([], [])


# d draft, i in review, p published, z paused, a archived: what each may make of a programme in that state.
MOVES = """
                     editor deputy represent coordinat admin
reviewed draft       i      i      i         ip        ip
reviewed in_review   d      d      d         pd        pd
reviewed published   za     za     za        za        za
reviewed paused      pa     pa     pa        pa        pa
reviewed archived    -      -      -         -         -
free draft           ip     ip     ip        ip        ip
free in_review       pd     pd     pd        pd        pd
free published       za     za     za        za        za
free paused          pa     pa     pa        pa        pa
free archived        -      -      -         -         -
"""
MOVERS = ("editor", "deputy", "representative", "coordinator", "administrator")
LETTERS = {"draft": "d", "in_review": "i", "published": "p", "paused": "z", "archived": "a"}


def moves(programme, user):
    """The letters of the states this person really reaches; each try is undone."""
    reached = ""
    for status in [*Programme.NEXT[programme.status], *Programme.Status.values]:
        with transaction.atomic():
            try:
                Programme.objects.get(pk=programme.pk).move_to(status, user)
                reached += LETTERS[status] if LETTERS[status] not in reached else ""
            except ValidationError:
                pass
            transaction.set_rollback(True)
    return reached or "-"


def test_the_table_of_moves_holds_and_nobody_else_moves_anything(cast):
    held = {}
    for name, reviews in (("reviewed", True), ("free", False)):
        type(cast["group"]).objects.update(reviews_programmes=reviews)
        for status in Programme.Status.values:
            programme = make_programme(cast["ours"], status=status)
            held[f"{name} {status}"] = [moves(programme, cast[role]) for role in MOVERS]
            others = [role for role in ROLES if role not in MOVERS]
            assert {role: moves(programme, cast[role]) for role in others} == dict.fromkeys(others, "-")
    assert held == written(MOVES)


# ---- the walk ------------------------------------------------------------------------------------------
# What a stranger might put into any form and any query: numbers of A's records in every field that takes one.
FIELDS = (
    "organisation", "membership", "location", "programme", "partners", "continues_with", "group", "seat", "user",
    "parent", "report", "proposal", "need", "strategy", "measure", "objective", "indicator", "reported_by", "to_seat",
)  # fmt: skip
QUERIES = (
    *("", "?q=title", f"?organisation={N}", f"?add={N}", f"?p={N},{N + 10},{P}", f"?copy={N}", "?view=week"),
    *(f"?page=/en/programmes/{N}-x/", f"?programme={N}&pk={N}", "?q=note&lang=en"),
)
LISTS = ("programmes:catalogue", "programmes:list", "programmes:csv", "programmes:json", "suggestions")


@pytest.fixture
def world():
    return two_groups.build()


def everything(client, numbers):
    """Yields (what was asked, all of the answer) for every address, by GET and by POST; files, feeds and lists too."""
    client.cookies["skupaj_list"] = f"{N}.{N + 10}.{P}"
    form = dict.fromkeys(FIELDS, str(N)) | {"to": "published", "version": "1", "revision": "1", "answer": "x"}
    for name, path in list(paths(numbers)):
        for query in QUERIES if name in LISTS else QUERIES[:1]:
            yield f"GET {path}{query}", answer_of(client.get(path + query))
        yield f"POST {path}", answer_of(client.post(path, form))


def paths(numbers):
    """(view, address in English) of all; the pages of the account aside, which know of no group."""
    with translation.override("en"):
        for name, arguments in two_groups.addresses(numbers):
            if not name.startswith(("account_", "mfa_", "usersessions_", "account-erase")):
                with suppress(NoReverseMatch):  # a fixed part that a number does not fit
                    yield name, reverse(name, kwargs=arguments)


def answer_of(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace") + str(dict(response.headers))


# Which groups there are, everybody may know: whoever wants to take part chooses one.
GROUPS = re.compile(r'<select[^>]* name="group".*?</select>|<input[^>]* name="group"[^>]*>', re.DOTALL)
# Who works with a group, its members read under People; so whoever leaves may hand over to each of them, and
# each may be the contact of an interface.
PEOPLE = re.compile(r'<select[^>]* name="(?:everything|contact_person|[a-z]+-\d+)".*?</select>', re.DOTALL)
# A comment on a draft is about one of its objectives, which members read.
OBJECTIVES = re.compile(r'<select[^>]* name="objective".*?</select>', re.DOTALL)
OFFERED = re.compile(r'<option value="(\d+)"|type="(?:radio|checkbox)"[^>]* value="(\d+)"')


def leaks(client, words, numbers, is_member=False):
    """What was asked where an answer held one of the words, or a choice among A's records that are not public."""
    found, foreign = [], {str(N), str(N + 10)}
    for asked, answer in everything(client, numbers):
        rest = GROUPS.sub("", answer)
        if is_member and asked.endswith(("/leaving/", "/interfaces/new/")):
            rest = PEOPLE.sub("", rest)
        if is_member and "/work/strategies/" in asked:
            rest = OBJECTIVES.sub("", rest)
        offered = {number for pair in OFFERED.findall(rest) for number in pair} & foreign
        if offered or re.search("|".join(words), answer, re.IGNORECASE):
            found.append(asked)
    return found


def test_who_may_meets_the_words_that_the_walks_look_for(world):
    owner, coordinator = signed_in(world.owner), signed_in(world.coordinator)
    with translation.override("en"):
        need = reverse("actionplans:need", args=[N, "x"])
    for client, path, word in (
        (owner, f"/en/our-programmes/{N}/", OWN),
        (owner, f"/en/reports/{N}/", OWN),
        (owner, need, GROUP),
        (coordinator, f"/en/review/{P}/", OWN),
        (coordinator, "/en/people/", f"{OWN}-invited"),
    ):
        assert word in answer_of(client.get(path, follow=True)), path


def ours():
    """All rows of group A, and how many belong to them: what strangers make anew has small numbers."""
    added = Programme.objects.filter(organisation=P).count(), Proposal.objects.filter(programme__organisation=P).count()
    return two_groups.digest(at_least=N), added


def changed(before, after):
    """Names of the tables of which a row of group A is different, and whether it got rows more."""
    rows = sorted(name for name in before[0].keys() | after[0].keys() if before[0].get(name) != after[0].get(name))
    return [*rows, *(["more of them"] if before[1] != after[1] else [])]


@pytest.mark.parametrize("who", ["visitor", "stranger", "stranger_coordinator"])
def test_another_group_and_the_public_meet_nothing_of_ours_at_any_address(world, who):
    before = ours()
    client = Client() if who == "visitor" else signed_in(getattr(world, who))
    assert "\n".join(leaks(client, [OWN, GROUP], (N, M))) == ""
    assert changed(before, ours()) == []


def test_another_organisation_of_the_group_meets_none_of_our_drafts(world):
    before = ours()
    neighbour = signed_in(world.neighbour_person)
    assert leaks(neighbour, [OWN], (N, P), is_member=True) == []
    assert changed(before, ours()) == []


def test_what_readers_miss_is_told_to_the_members_of_that_group_and_to_nobody_else(world):
    for words in (f"{GROUP} is missing", f"{GROUP} is nobody&#x27;s"):
        pages = [
            signed_in(who).get("/en/reports/unmet/").content.decode()
            for who in (world.neighbour_person, world.stranger, world.stranger_coordinator)
        ]
        assert [words in page for page in pages] == [True, False, False]
