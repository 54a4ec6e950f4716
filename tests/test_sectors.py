"""Who works on what: sectors against topics, counted from programmes and measures, as the reader may see them."""

import csv
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import translation

from actionplans.models import Commitment, MeasureProgramme, MeasureTerm
from actionplans.sectors import Sectors
from partners.models import ExpectedSector, Membership
from portal.models import Vocabulary
from programmes.models import ProgrammePartner

from .records import make_group, make_organisation, make_programme, make_term, make_user, signed_in
from .test_plan import make_measure, make_strategy

pytestmark = pytest.mark.django_db


def url(name, *args):
    with translation.override("en"):
        return reverse(f"actionplans:{name}", args=args)


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def food():
    return make_term(Vocabulary.TOPIC, "food")


@pytest.fixture
def school(group):
    return make_organisation(group, sector=make_term(Vocabulary.SECTOR, "school"), name_en="School")


@pytest.fixture
def clinic(group):
    return make_organisation(group, sector=make_term(Vocabulary.SECTOR, "clinic"), name_en="Clinic")


def counts(group, user=None, phase=""):
    """{(sector, topic): (programmes, measures)} of the cells in which somebody works."""
    table = Sectors(group, user or AnonymousUser(), phase).table
    cells = [cell for _sector, _count, cells in table for cell in cells if not cell.is_empty]
    return {(c.sector.slug, c.topic.slug): (len(c.programmes), len(c.measures)) for c in cells}


def promised(measure, organisation, status="accepted"):
    membership = organisation.memberships.get()
    return Commitment.objects.create(measure=measure, membership=membership, role="partner", status=status)


def test_a_programme_counts_for_its_provider_and_for_each_partner_in_it(group, food, school, clinic):
    programme = make_programme(school, terms=[food])
    ProgrammePartner.objects.create(programme=programme, organisation=clinic)
    make_programme(school, terms=[food], status="draft")
    assert counts(group) == {("school", "food"): (1, 0), ("clinic", "food"): (1, 0)}


def test_a_measure_counts_for_those_who_accepted_and_as_the_reader_may_see_it(group, food, school, clinic):
    measure = make_measure(make_strategy(group), slug="m", is_public=False)
    MeasureTerm.objects.create(measure=measure, term=food)
    promised(measure, school)
    promised(measure, clinic, "proposed")
    member = make_user("adviser", school)
    assert (counts(group), counts(group, member)) == ({}, {("school", "food"): (0, 1)})


def test_a_measure_stands_where_its_programmes_stand(group, food, school):
    measure = make_measure(make_strategy(group), slug="m", is_public=True)
    MeasureProgramme.objects.create(measure=measure, programme=make_programme(school, terms=[food]))
    promised(measure, school)
    assert counts(group) == {("school", "food"): (1, 1)}


def test_who_left_and_other_groups_do_not_count(group, food, school, clinic):
    make_programme(school, terms=[food])
    make_programme(make_organisation(), terms=[food])
    Membership.objects.filter(organisation=school).update(left_on="2026-01-01")
    assert counts(group) == {}


def test_a_sector_the_group_wants_stands_there_with_nobody(group, food, clinic):
    wanted = make_term(Vocabulary.SECTOR, "police")
    ExpectedSector.objects.create(group=group, sector=wanted)
    rows = {sector.slug: count for sector, count, _cells in Sectors(group, AnonymousUser()).table}
    assert rows == {"clinic": 1, "police": 0}
    html = Client().get(f"{url('sectors')}?of={group.slug}").content.decode()
    assert ("nobody" in html, "no partner yet" in html) == (True, True)
    html = Client().get(f"{url('sectors-cell', 'clinic', 'food')}?of={group.slug}").content.decode()
    assert ("Nobody of this sector works on this topic yet." in html, "Who could be asked" in html) == (True, True)


def test_a_life_phase_narrows_both(group, food, school):
    phase = make_term(Vocabulary.LIFE_PHASE, "school-age")
    make_programme(school, terms=[food, phase])
    make_programme(school, terms=[food])
    assert counts(group, phase="school-age") == {("school", "food"): (1, 0)}
    assert counts(group, phase="nonsense") == {("school", "food"): (2, 0)}


def test_a_cell_names_who_works_and_who_could_be_asked(group, food, school):
    other = make_organisation(group, sector=school.sector, name_en="Music school")
    make_programme(school, terms=[food], title_en="Cooking")
    html = Client().get(f"{url('sectors-cell', 'school', 'food')}?of={group.slug}").content.decode()
    working, asked = html.split("Others who could be asked")
    assert ("School" in working, "Cooking" in html, str(other.name_en) in asked) == (True, True, True)


@pytest.mark.parametrize("cell", [("x", "food"), ("school", "x")])
def test_a_cell_that_the_table_does_not_have_is_a_calm_404(group, food, school, cell):
    assert Client().get(f"{url('sectors-cell', *cell)}?of={group.slug}").status_code == 404


def test_the_table_as_csv_shows_what_the_page_shows(group, food, school):
    make_programme(school, terms=[food])
    text = Client().get(f"{url('sectors-csv')}?of={group.slug}").content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert [(row["Partners"], row["Programmes"], row["Measures"]) for row in rows] == [("1", "1", "0")]


def test_questions_are_as_many_for_a_large_group(group, food, school, django_assert_max_num_queries):
    for number in range(8):
        organisation = make_organisation(group, sector=make_term(Vocabulary.SECTOR, f"s{number}"))
        make_programme(organisation, terms=[food, make_term()])
    client = signed_in(make_user("adviser", school))
    with django_assert_max_num_queries(24):
        client.get(url("sectors"))
