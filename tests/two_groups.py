"""Two groups that must not know of each other: everything that is not public carries a word to look for.

All rows of group A have the numbers N (what is not public) and P (what is), those of group B the number M: so one
number filled into every address reaches whatever a page might look up with it.
"""

from datetime import date, timedelta
from types import SimpleNamespace

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone, translation

from actionplans.models import (
    ActionPlan,
    Assessment,
    Barrier,
    Comment,
    Commitment,
    Document,
    Indicator,
    Interface,
    Measure,
    MeasureBarrier,
    Need,
    Objective,
    SharedPractice,
    StatusReport,
    Strategy,
    Task,
)
from actionplans.models.assessments import year_of
from partners.models import (
    Invitation,
    Location,
    Membership,
    Organisation,
    Region,
    RegionSeat,
    Seat,
    User,
    WorkingGroup,
)
from portal import languages
from portal.history.kinds import KINDS
from programmes.models import (
    Pathway,
    PathwayStep,
    ProblemReport,
    Programme,
    ProgrammeTerm,
    Proposal,
    Publication,
    ReviewNote,
    Schedule,
    SelfHelpRequest,
    VisitRequest,
)

from .records import make_group, make_location, make_organisation, make_programme, make_schedule, make_term, make_user

N, P, M = 4_711_001, 4_711_002, 4_799_001
OWN, GROUP = "kvarkovo", "tihozitje"  # of one organisation only; of the group only


def texts(field, word):
    return {f"{field}_{code}": f"{word} {field} {code}" for code in languages.CODES}


def make(model, pk, /, **fields):
    return model.objects.create(id=pk, **fields)


def build():
    """→ the people and records of both groups, by name."""
    world = SimpleNamespace()
    world.group_a, world.group_b = make_group(id=N, slug="group-a"), make_group(id=M, slug="group-b")
    world.a = make_organisation(world.group_a, id=P, slug="org-a")
    world.neighbour = make_organisation(world.group_a, id=P + 1, slug="org-neighbour")
    world.b = make_organisation(world.group_b, id=M, slug="org-b")
    for number, organisation in ((N, world.a), (P, world.neighbour), (M, world.b)):
        Membership.objects.filter(organisation=organisation).update(id=number)
    _people(world)
    _programmes(world)
    _plan(world, world.group_a, N, GROUP)
    _plan(world, world.group_b, M, "ours")
    return world


def _people(world):
    def person(name, role, organisation, number):
        user = make_user(id=number, email=f"{name}@example.org", full_name=f"{name} person", language="en")
        membership = organisation.memberships.get()
        Seat.objects.create(id=number, membership=membership, user=user, role=role, starts_on=date(2020, 1, 1))
        return user

    world.owner = person(f"{GROUP}-owner", "representative", world.a, N)
    world.coordinator = person(f"{GROUP}-coordinator", "coordinator", world.a, N + 10)
    world.neighbour_person = person("neighbour", "representative", world.neighbour, P)
    world.stranger = person("stranger", "representative", world.b, M)
    world.stranger_coordinator = person("boss", "coordinator", world.b, M + 10)
    # Each group has a region of its own; a stranger is data steward of theirs, and so of no other group.
    for number, group, who in ((N, world.group_a, world.owner), (M, world.group_b, world.stranger)):
        group.region = make(Region, number, slug=f"region-{number}", **texts("name", "Region"))
        group.save()
        RegionSeat.objects.create(id=number, region=group.region, user=who)
    for number, organisation, word in ((N, world.a, OWN), (M, world.b, "ours")):
        email = f"{word}-invited@example.org"
        membership = organisation.memberships.get()
        Invitation.objects.create(
            id=number, membership=membership, email=email, role="editor", language="en", token_digest=f"{number}"
        )


def _programmes(world):
    secret = texts("title", OWN) | texts("summary", OWN) | {"contact_email": f"{OWN}@example.org"}
    world.draft = make_programme(world.a, id=N, slug=f"{OWN}-draft", status="draft", checked_on=None, **secret)
    world.in_review = make_programme(
        world.a, id=N + 10, slug=f"{OWN}-review", status="in_review", checked_on=None, **secret
    )
    ReviewNote.objects.create(id=N, programme=world.in_review, by=world.owner, step="asked", text=f"{OWN} note")
    world.public = make_programme(world.a, id=P, slug="public-a", title_en="Walks")
    changes = texts("summary", OWN)
    Proposal.objects.create(
        id=N, programme=world.public, by=world.owner, base_version=1, base=dict.fromkeys(changes, ""),
        changes=changes, asked_at=timezone.now(),
    )  # fmt: skip
    world.b_programme = make_programme(world.b, id=M, slug="ours", title_en="Our walks")
    place = make_location(world.a, id=P, slug="place-a", name_en="House")
    make_location(world.b, id=M, slug="place-b", name_en="Hall")
    make_schedule(world.draft, id=N, location=place, note_en=f"{OWN} note")
    make_schedule(world.b_programme, id=M)
    for number, about, word in ((N, world.a, OWN), (M, world.b, "ours")):
        ProblemReport.objects.create(
            id=number, organisation=about, kind="contact", text=f"{word} report", email=f"{word}@example.org",
            language="en", token_digest=f"{number}",
        )  # fmt: skip
    # A message to a self-help group is for those who keep its pages, and for nobody else of the group.
    ProgrammeTerm.objects.create(programme=world.public, term=make_term("format", "self-help-group"))
    for number, programme, word in ((N, world.public, OWN), (M, world.b_programme, "ours")):
        SelfHelpRequest.objects.create(
            id=number, group=programme.organisation.memberships.get().group, programme=programme,
            words=f"{word} words", email=f"{word}@example.org", language="en", token_digest=f"{number}",
        )  # fmt: skip
        VisitRequest.objects.create(
            id=number, programme=programme, institution=f"{word} school", kind="school", words=f"{word} words",
            email=f"{word}@example.org", language="en", token_digest=f"visit {number}",
        )  # fmt: skip
    SelfHelpRequest.objects.create(
        id=P, group=world.group_a, theme=f"{GROUP} theme", email=f"{OWN}@example.org", language="en",
        token_digest=f"{P}",
    )  # fmt: skip
    ProblemReport.objects.create(
        id=P + 1, group=world.group_a, kind="missing", text=f"{GROUP} is nobody's", email=f"{OWN}@example.org",
        language="en", token_digest=f"{P + 1}",
    )  # fmt: skip
    year = year_of(timezone.localdate())
    for number, group, programme, word in (
        (N, world.group_a, world.public, GROUP), (M, world.group_b, world.b_programme, "ours")
    ):  # fmt: skip
        about = {"group": group, "programme": programme, "year": year, "verdict": "keep"}
        make(Assessment, number, **about, **texts("reason", word))
        make(Assessment, number + 1, **about, is_proposal=True, **texts("reason", OWN if number == N else word))
    # What is missing in the catalogue is everybody's in the group: a need may come of it. Only the words are shown.
    ProblemReport.objects.create(
        id=P, organisation=world.a, kind="missing", text=f"{GROUP} is missing", email=f"{OWN}@example.org",
        language="en", token_digest=f"{P}",
    )  # fmt: skip


def _plan(world, group, number, word):
    today = timezone.localdate()
    span = {"starts_on": today - timedelta(days=300), "ends_on": today + timedelta(days=300)}
    organisation = group.memberships.order_by("pk")[0].organisation
    # Its name and purpose stand on the public page, its own page is for all members of the group.
    WorkingGroup.objects.create(
        id=P if number == N else number, group=group, slug="body", lead=organisation, **texts("name", "Walkers")
    )
    Need.objects.create(
        id=number, group=group, slug=f"{word}-need", status="reported", reported_on=today,
        **texts("title", word), **texts("description", word),
    )  # fmt: skip
    draft = make(Strategy, number, group=group, slug=f"{word}-draft", status="draft", **texts("title", word), **span)
    adopted = make(
        Strategy, number + 1, group=group, slug=f"strategy-{number}", status="adopted", adopted_on=today,
        **texts("title", "Health"), **span,
    )  # fmt: skip
    Comment.objects.create(id=number, strategy=draft, is_internal=True, text=f"{word} comment", language="en")
    for strategy, offset in ((draft, 0), (adopted, 1)):
        is_secret = strategy is draft
        objective = make(
            Objective, number + offset, strategy=strategy, slug=f"objective-{number + offset}", number=1,
            level="system", **texts("title", word if is_secret else "Move"),
        )  # fmt: skip
        status = "draft" if is_secret else "adopted"
        plan = make(
            ActionPlan, number + offset, strategy=strategy, slug=f"plan-{number + offset}", status=status, **span
        )
        # A measure of a draft is not public; and one of the adopted strategy for the group only.
        measure = make(
            Measure, number + offset, plan=plan, objective=objective, slug=f"{word}-measure-{offset}",
            approach="universal", is_public=is_secret, phase="in_progress", **texts("title", word),
        )  # fmt: skip
        Commitment.objects.create(
            id=number + offset, measure=measure, membership=organisation.memberships.get(), role="lead",
            status="accepted", contribution=f"{word} promise",
        )  # fmt: skip
        Task.objects.create(id=number + offset, measure=measure, organisation=organisation, **texts("title", word))
        StatusReport.objects.create(id=number + offset, measure=measure, **texts("text", word))
        barrier = make(
            Barrier, number + offset, slug=f"{word}-barrier-{offset}", reported_on=today, owner=organisation,
            kind=make_term("barrier_type", "transport"), **texts("title", word),
        )  # fmt: skip
        MeasureBarrier.objects.create(measure=measure, barrier=barrier)
    # Members talk among themselves, also of what everybody sees: a plan in force.
    for pk, about in ((number + 1, {"need_id": number}), (number + 2, {"plan_id": number + 1}),
                      (number + 3, {"measure_id": number + 1})):  # fmt: skip
        make(Comment, pk, **about, is_internal=True, text=f"{word} comment", language="en")
    make(Interface, number, group=group, organisation=organisation, **texts("task", word), **texts("agreement", word))
    # A draft is for the group; what is published names its steps to everybody.
    for pk, title, state in ((number, word, "draft"), (number + 1, "Way", "published")):
        pathway = make(
            Pathway, pk, group=group, slug=f"way-{pk}", state=state, published_on=today, **texts("title", title)
        )
        make(PathwayStep, pk, pathway=pathway, organisation=organisation, **texts("title", title))
    body = WorkingGroup.objects.get(group=group)
    make(
        Document, number, group=group, working_group=body, title=f"{word} paper", link="https://example.org",
        language="en",
    )  # fmt: skip
    make(
        SharedPractice, number, group=group, measure_id=number, slug=f"{word}-practice", approach="universal",
        **texts("title", word),
    )  # fmt: skip
    make(
        Indicator, number, group=group, slug=f"indicator-{number}", kind="outcome", unit="percent", better="higher",
        **texts("name", "Sleep"),
    )  # fmt: skip


# ---- the rows that are not for the others ------------------------------------------------------------
PROTECTED = (
    User, Organisation, Membership, Seat, Invitation, Location, Programme, Schedule, Proposal, ReviewNote,
    Publication, ProblemReport, Need, Strategy, Objective, Measure, Commitment, Task, StatusReport, Indicator,
    Interface, WorkingGroup, Region, RegionSeat, SharedPractice, SelfHelpRequest, Assessment, Comment,
    Pathway, PathwayStep, VisitRequest, Document,
)  # fmt: skip
NOT_COMPARED = {"last_login"}


def digest(models=PROTECTED, at_least=0, below=M):
    """{model: rows} with numbers from `at_least` up to `below`: to compare before and after."""
    found = {}
    with translation.override("en"):  # what a bare name reads follows the language
        for model in models:
            rows = model._base_manager.filter(pk__gte=at_least, pk__lt=below).order_by("pk").values()
            found[model.__name__] = [{k: v for k, v in row.items() if k not in NOT_COMPARED} for row in rows]
    return found


# ---- every address -----------------------------------------------------------------------------------
def patterns(found=None, prefix="", names=frozenset()):
    """Yields (name of the view, names of its arguments), the administration aside."""
    for pattern in get_resolver().url_patterns if found is None else found:
        arguments = names | set(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                inner = f"{pattern.namespace}:" if pattern.namespace else prefix
                yield from patterns(pattern.url_patterns, inner, arguments)
        elif isinstance(pattern, URLPattern):
            yield prefix + (pattern.name or ""), arguments


def addresses(numbers):
    """Every (view, arguments) with each of these numbers filled in."""
    for name, arguments in dict(patterns()).items():
        for number in numbers if arguments else [None]:
            for kind in KINDS if "kind" in arguments else [""]:
                filled = dict.fromkeys(arguments, number)
                filled |= {k: "x" for k in arguments if k not in ("pk", "number", "kind")}
                yield name, filled | ({"kind": kind} if kind else {})
