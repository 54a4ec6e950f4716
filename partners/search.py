"""What the search finds of places and partners. Both are public while their organisation is a member."""

from portal.languages import columns
from portal.search import index
from portal.search.entries import Entry, Text

from .models import Location, Organisation, Settlement


def read_partners(numbers):
    for organisation in Organisation.objects.filter(pk__in=numbers).only(*columns("name", "about", "offer", "lends")):
        texts = [Text(organisation, "name", "A"), Text(organisation, "offer", "B"), Text(organisation, "about", "C")]
        yield Entry(organisation.pk, [*texts, Text(organisation, "lends", "C")], [])


def read_places(numbers):
    places = Location.objects.filter(pk__in=numbers).select_related("settlement", "organisation")
    for place in places:
        texts = [Text(place, "name", "A"), Text(place.address, None, "B"), Text(place.organisation, "name", "C")]
        if place.settlement:
            texts.append(Text(place.settlement.name, None, "B"))
        yield Entry(place.pk, texts, [])


index.register(
    "partner",
    Organisation,
    read_partners,
    lambda numbers: Organisation.objects.members().filter(pk__in=numbers),
)
index.register(
    "place",
    Location,
    read_places,
    lambda numbers: Location.objects.in_use().filter(pk__in=numbers, organisation__in=Organisation.objects.members()),
    follows={"partner": "SELECT id FROM partners_location WHERE organisation_id = ANY(%s::int[])"},
)
index.watch(Organisation, "partner", columns("name", "about", "offer", "lends"))
index.watch(Location, "place", ["organisation_id", "settlement_id", "address", "closed_down_on", *columns("name")])
index.watch(
    Settlement,
    "place",
    ["name"],
    number="place.id",
    source="changed JOIN partners_location AS place ON place.settlement_id = changed.id",
)
