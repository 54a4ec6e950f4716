"""The administration without a script: a name is typed, rows come when asked for; and where its histories lead."""

import re

import pytest
from django.contrib import admin
from django.forms import model_to_dict
from django.urls import reverse

from partners.models import Membership, Settlement
from portal.languages import CODES
from portal.models import Look, Vocabulary
from portal.record_admin import Searched
from programmes.models import ProgrammeTerm

from .records import (
    make_location,
    make_organisation,
    make_programme,
    make_schedule,
    make_settlement,
    make_term,
    make_user,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return signed_in(make_user(is_staff=True, is_superuser=True, language="en"))


class TestNames:
    def add(self, client, **typed):
        rows = {"seats-TOTAL_FORMS": 0, "seats-INITIAL_FORMS": 0, "joined_on": "2026-01-05"}
        return client.post("/admin/partners/membership/add/", rows | typed)

    def test_a_record_is_chosen_by_its_name(self, administrator):
        library, group = make_organisation(name_sl="Knjižnica"), make_organisation().memberships.get().group
        make_organisation(name_sl="Knjižnica Javorje")
        Membership.objects.all().delete()
        answer = self.add(administrator, **{"organisation-typed": "knjižnica", "group": group.pk})
        assert answer.status_code == 302
        assert Membership.objects.get().organisation == library

    def test_of_several_each_can_be_chosen_and_what_was_typed_stays(self, administrator):
        two = [make_organisation(name_sl=f"Knjižnica {place}") for place in ("Javorje", "Dol")]
        html = self.add(administrator, **{"organisation-typed": "Knjižnica"}).content.decode()
        assert "Several fit; choose one from the list." in html
        assert 'value="Knjižnica"' in html
        for organisation in two:
            assert f'<option value="{organisation.pk}">{organisation}</option>' in html
        group = two[0].memberships.get().group
        Membership.objects.all().delete()
        chosen = {"organisation-typed": "Knjižnica", "organisation-asked": "Knjižnica", "organisation": two[1].pk}
        assert self.add(administrator, group=group.pk, **chosen).status_code == 302
        assert Membership.objects.get().organisation == two[1]

    def test_what_is_not_there_is_told(self, administrator):
        html = self.add(administrator, **{"organisation-typed": "Nihče"}).content.decode()
        assert "Nothing is called “Nihče”." in html

    def test_only_what_the_field_takes_is_found(self, administrator):
        """A programme's row of terms offers those of its vocabularies only, typed as well as searched."""
        sector = make_term(Vocabulary.SECTOR, "health-care", label_sl="Zdravstvo")
        topic = make_term(Vocabulary.TOPIC, "sleep", label_sl="Spanje")
        typed = Searched(ProgrammeTerm._meta.get_field("term"), admin.site).value_from_datadict
        assert typed({"term-typed": "Zdravstvo"}, {}, "term") == "Zdravstvo"
        assert typed({"term-typed": "spanje"}, {}, "term") == topic.pk
        assert typed({"term-typed": "", "term": "7"}, {}, "term") == "7"
        assert sector.pk


def test_empty_rows_come_when_they_are_asked_for_and_what_was_typed_is_saved(administrator):
    term = make_term(Vocabulary.TOPIC, "sleep")
    place = make_settlement()
    path = reverse("admin:partners_municipality_change", args=[place.municipality_id])
    html = administrator.get(path).content.decode()
    assert 'name="settlements-0-name"' in html
    assert 'name="settlements-1-name"' not in html
    assert '<button type="submit" name="_continue" value="rows">' in html
    data = {name: value for name, value in model_to_dict(place.municipality).items() if value is not None}
    data |= {f"name_{code}": "Dol" for code in CODES}
    data |= {"settlements-TOTAL_FORMS": 1, "settlements-INITIAL_FORMS": 1, "settlements-0-id": place.pk,
             "settlements-0-municipality": place.municipality_id, "settlements-0-name": "Dol",
             "settlements-0-slug": place.slug, "settlements-0-lat": 46, "settlements-0-lon": 15,
             "_continue": "rows"}  # fmt: skip
    answer = administrator.post(path, data)
    assert answer.status_code == 302, answer.context["errors"]
    assert Settlement.objects.get().name == "Dol"
    assert answer["Location"] == f"{path}?rows=1"
    html = administrator.get(answer["Location"]).content.decode()
    assert 'name="settlements-3-name"' in html
    html = administrator.get(reverse("admin:portal_term_change", args=[term.pk])).content.decode()
    assert 'value="rows"' not in html  # it has no rows


def test_no_heading_of_a_table_is_without_a_word(administrator):
    place = make_location(make_organisation())
    html = administrator.get(reverse("admin:partners_location_change", args=[place.pk])).content.decode()
    heads = re.findall(r"<th[^>]*>(.*?)</th>", html, re.DOTALL)
    assert heads
    assert [head for head in heads if not re.sub(r"<[^>]+>", "", head).strip()] == []


def test_each_form_leads_to_a_history_in_words_and_one_without_to_none(administrator):
    organisation = make_organisation()
    make_user("editor", organisation)
    schedule = make_schedule(make_programme(organisation), location=make_location(organisation))
    term, membership = make_term(), organisation.memberships.get()
    for record in (term, membership, membership.seats.get(), membership.seats.get().user, make_settlement(), schedule):
        path = reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])
        found = re.search(r'href="([^"]+)" class="historylink"', administrator.get(path).content.decode())
        assert found, path
        assert "/admin/" not in found[1]
        assert administrator.get(found[1]).status_code == 200
        if record is term:
            assert signed_in(membership.seats.get().user).get(found[1]).status_code == 404
    look = Look.objects.create(user=membership.seats.get().user, kind="export")
    html = administrator.get(reverse("admin:portal_look_change", args=[look.pk])).content.decode()
    assert "historylink" not in html


def test_a_list_counts_what_it_found_once(administrator, django_assert_max_num_queries):
    make_programme()
    with django_assert_max_num_queries(60) as asked:
        administrator.get("/admin/programmes/programme/?status=published")
    counts = [
        q["sql"] for q in asked.captured_queries if 'COUNT(*) AS "__count" FROM "programmes_programme"' in q["sql"]
    ]
    assert len(counts) == 1


def test_the_list_of_a_group_has_what_its_members_have_once(administrator, django_assert_max_num_queries):
    here, there = make_organisation(name_sl="Tukaj"), make_organisation(name_sl="Tam")
    group = here.memberships.get().group
    here.memberships.create(group=group, joined_on="2020-01-01", left_on="2020-02-01")
    for organisation in (here, there):
        make_programme(organisation, title_en=f"Walk of {organisation.slug}")
    for noun, words in (("programmes/programme", f"Walk of {here.slug}"), ("partners/organisation", "Tukaj")):
        with django_assert_max_num_queries(60) as asked:
            answer = administrator.get(f"/admin/{noun}/?group={group.pk}")
        assert [str(record) for record in answer.context["cl"].result_list] == [words]
        rows = f'SELECT DISTINCT "{noun.replace("/", "_")}"'
        assert [query for query in asked.captured_queries if rows in query["sql"]] == []
    assert len(administrator.get("/admin/programmes/programme/?group=x").context["cl"].result_list) == 2
