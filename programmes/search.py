"""What the search finds of programmes, and in which order."""

from django.db.models import Prefetch

from partners.models import Location
from portal.languages import HELD, columns
from portal.models import Term, Vocabulary
from portal.search import engine, index
from portal.search.engine import Hits
from portal.search.entries import Entry, Text

from .models import Pathway, PathwayStep, Programme, ProgrammeTerm, Schedule

# What a reader sees of a programme; directions for the day itself and remarks for professionals find nothing.
FIELDS = {"title": "A", "summary": "B", "description": "C", "what_happens": "C", "easy_read": "C"}


def read(numbers):
    """Entries of these programmes, in five queries."""
    programmes = (
        Programme.objects.filter(pk__in=numbers)
        .select_related("organisation")
        .prefetch_related(
            Prefetch("terms", Term.objects.order_by().only("vocabulary", "slug", "order")),
            Prefetch("schedules", Schedule.objects.order_by().only("programme", "location")),
            Prefetch("schedules__location", Location.objects.only("settlement", *columns("name"))),
            "schedules__location__settlement",
        )
        .only("organisation", HELD, *columns(*FIELDS), *(f"organisation__{column}" for column in columns("name")))
    )
    for programme in programmes:
        texts = [Text(programme, field, weight) for field, weight in FIELDS.items()]
        texts.insert(2, Text(programme.organisation, "name", "B"))
        for place in programme.places:
            texts.append(Text(place, "name", "B"))
            if place.settlement:
                texts.append(Text(place.settlement.name, None, "B"))
        yield Entry(programme.pk, texts, _marks(programme))


def _marks(programme):
    """The terms as lexemes. One topic among many says less about a programme than an only one, and one that only a
    school or firm can ask for least: nobody who looks for help can come.
    """
    terms = programme.terms_by_vocabulary
    weights = {name: "A" if len(some) == 1 else "B" if len(some) <= 3 else "C" for name, some in terms.items()}
    if {term.slug for term in terms.get(Vocabulary.REFERRAL_ROUTE, ())} == {Programme.ON_REQUEST}:
        weights[Vocabulary.TOPIC] = "D"
    return [(f"#{term.vocabulary}/{term.slug}", weights[name]) for name, some in terms.items() for term in some]


def find(text, language, pack=None) -> Hits:
    """Numbers of programmes, drafts included, that match what was typed; the catalogue knows which are public."""
    return engine.find("programme", text, language, pack=pack)


index.register(
    "programme",
    Programme,
    read,
    lambda numbers: Programme.objects.published().filter(pk__in=numbers),
    label="title",
    follows={
        "partner": "SELECT id FROM programmes_programme WHERE organisation_id = ANY(%s::int[])",
        "place": "SELECT programme_id FROM programmes_schedule WHERE location_id = ANY(%s::int[])",
    },
)
index.watch(Programme, "programme", ["organisation_id", HELD, *columns(*FIELDS)])
index.watch(ProgrammeTerm, "programme", ["programme_id", "term_id"], number="programme_id")
index.watch(Schedule, "programme", ["programme_id", "location_id"], number="programme_id")


def read_pathways(numbers):
    """Entries of these pathways: what they are called and when they help, then what the steps say."""
    steps = Prefetch("steps", PathwayStep.objects.only("pathway", *columns("title", "text", "role")))
    for pathway in Pathway.objects.filter(pk__in=numbers).prefetch_related(steps):
        texts = [Text(pathway, "title", "A"), Text(pathway, "summary", "B"), Text(pathway, "for_whom", "B")]
        for step in pathway.steps.all():
            texts += [Text(step, "title", "C"), Text(step, "text", "C"), Text(step, "role", "C")]
        yield Entry(pathway.pk, texts, [])


index.register(
    "pathway",
    Pathway,
    read_pathways,
    lambda numbers: Pathway.objects.published().filter(pk__in=numbers),
    label="title",
)
index.watch(Pathway, "pathway", columns("title", "summary", "for_whom"))
index.watch(PathwayStep, "pathway", ["pathway_id", *columns("title", "text", "role")], number="pathway_id")
