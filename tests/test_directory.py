"""The directory of a group, and who works with whom: what is found, by whom, and what stays out of sight."""

import pytest
from django.test import Client
from django.utils.translation import override

from actionplans.models import ActionPlan, Commitment, Measure, Objective, Strategy
from actionplans.network import network
from partners.directory import look
from partners.models import Membership, WorkingGroup
from portal.models import Look, Vocabulary
from programmes.models import ProgrammePartner

from .records import make_group, make_organisation, make_programme, make_term, make_user, signed_in

pytestmark = pytest.mark.django_db
PATH = "/en/directory/"


def found(user, words="", **more):
    """(names of organisations, names of people) that somebody finds."""
    with override("en"):
        result = look(user, words, **more)
    return [str(p.organisation) for p in result.partners], [p.user.full_name for p in result.people]


class TestSearch:
    @pytest.mark.parametrize(
        "words",
        ["gym", "who has a gym?", "gyms", "telovadnico", "TELOVADNICA", "Turnhallen", "turnhalle"],
    )
    def test_who_has_a_gym_is_found_in_every_language_and_form(self, words):
        here = make_organisation(
            name_sl="Šola", lends_sl="Telovadnica ob torkih", lends_en="A gym on Tuesdays", lends_de="Eine Turnhalle"
        )
        make_organisation(here.memberships.get().group, name_sl="Knjižnica", lends_sl="Čitalnica")
        assert found(make_user("adviser", here), words)[0] == ["Šola"]

    @pytest.mark.parametrize(
        "words", ["demenca", "Demenci", "demens", "Demenz", "who knows about demenca", "kdo ve kaj o demenci"]
    )
    def test_whom_to_ask_is_found_by_what_they_know(self, words):
        here = make_organisation()
        make_user("editor", here, full_name="Ana", expertise_sl="Demenca", expertise_da="Demens", expertise_de="Demenz")
        make_user("editor", here, full_name="Bor", expertise_sl="Prehrana, veliko kuhanja")
        assert found(make_user("adviser", here, full_name="Cene"), words)[1] == ["Ana"]

    def test_letters_without_their_diacritics_are_enough(self):
        here = make_organisation(name_sl="Čebela", lends_sl="Šotor")
        user = make_user("adviser", here)
        assert [found(user, words)[0] for words in ("sotor", "ŠOTOR", "cebela")] == [["Čebela"]] * 3

    def test_what_has_all_words_is_found_else_what_has_the_most(self):
        here = make_organisation(name_sl="Šola", lends_sl="Telovadnica")
        make_organisation(here.memberships.get().group, name_sl="Kopališče", lends_sl="Bazen ob telovadnici")
        user = make_user("adviser", here)
        assert found(user, "telovadnica bazen") == (["Kopališče"], [])
        assert found(user, "telovadnica plesišče")[0] == ["Kopališče", "Šola"]
        assert found(user, "plesišče balon") == ([], [])
        html = signed_in(user).get(f"{PATH}?q=telovadnica+plesišče").content.decode()
        assert "Nobody mentions all of these words" in html

    def test_a_short_word_is_no_part_of_another(self):
        here = make_organisation(name_sl="Romantika", lends_sl="Aroma")
        user = make_user("adviser", here)
        assert (found(user, "oma")[0], found(user, "aro")[0]) == ([], ["Romantika"])

    def test_a_stem_that_lost_most_of_its_word_finds_nothing(self):
        here = make_organisation(name_sl="Šola", about_da="Vi hjælper dem, der vil lære.")
        with override("da"):
            assert look(make_user("adviser", here), "demens").partners == []

    def test_sector_and_working_group_narrow_it(self):
        here = make_organisation(name_sl="Prvo")
        group = here.memberships.get().group
        other = make_organisation(group, name_sl="Drugo", sector=make_term(Vocabulary.SECTOR, "sport"))
        body = WorkingGroup.objects.create(group=group, slug="old", name_sl="Starejši", lead=other)
        user = make_user("adviser", here, full_name="Ana")
        make_user("editor", other, full_name="Bor")
        assert found(user, sector="sport") == (["Drugo"], ["Bor"])
        assert found(user, working_group=str(body.pk)) == (["Drugo"], ["Bor"])
        assert found(user, working_group="nonsense") == ([], [])

    @pytest.mark.parametrize(
        "query", ["q=%F0%9F%98%80", "q=" + "x" * 5000, "sector='", "working_group=9999999999999", "q=%25"]
    )
    def test_strange_questions_get_a_calm_answer(self, query):
        assert signed_in(make_user("adviser")).get(f"{PATH}?{query}").status_code == 200


class TestWhoSeesWhom:
    def test_no_other_group_is_seen_in_lists_choices_or_by_search(self):
        here = make_organisation(name_sl="Tukaj", lends_sl="Telovadnica")
        there = make_organisation(
            name_sl="Drugje", lends_sl="Telovadnica", sector=make_term(Vocabulary.SECTOR, "secret-sector")
        )
        WorkingGroup.objects.create(group=there.memberships.get().group, slug="x", name_sl="Tuja skupina")
        make_user("editor", there, full_name="Bor Drugje", email="bor@example.org")
        client = signed_in(make_user("adviser", here))
        for query in ("", "?q=telovadnica", "?q=bor", "?sector=secret-sector"):
            html = client.get(PATH + query).content.decode()
            for secret in ("Drugje", "Bor", "bor@example.org", "Tuja skupina", "secret-sector en"):
                assert secret not in html, (query, secret)

    def test_strangers_and_visitors_see_nothing(self):
        assert Client().get(PATH).status_code == 302
        assert signed_in(make_user()).get(PATH).status_code == 404

    def test_who_opted_out_is_seen_by_role_without_address_and_number(self):
        here = make_organisation()
        hidden = {"full_name": "Ana", "email": "ana@example.org", "phone": "041 000 001", "is_listed": False}
        ana = make_user("representative", here, **hidden)
        make_user("deputy", here, full_name="Bor", email="bor@example.org")
        for page in (PATH, "/en/people/"):
            html = signed_in(make_user("adviser", here)).get(page).content.decode()
            assert ("Ana" in html, "ana@example.org" in html, "041 000 001" in html) == (True, False, False)
            assert "bor@example.org" in html
            for user in (ana, make_user("coordinator", here)):
                assert "ana@example.org" in signed_in(user).get(page).content.decode()

    def test_a_person_decides_it_in_the_account(self):
        user = make_user("editor", full_name="Ana")
        client = signed_in(user)
        assert 'name="is_listed"' in client.get("/en/account/").content.decode()
        client.post("/en/account/", {"full_name": "Ana", "language": "en"})
        user.refresh_from_db()
        assert user.is_listed is False

    def test_a_person_who_cannot_sign_in_any_more_is_not_listed(self):
        here = make_organisation()
        make_user("editor", here, full_name="Ana", is_active=False)
        assert found(make_user("adviser", here, full_name="Bor"))[1] == ["Bor"]

    def test_looking_is_noted(self):
        user = make_user("adviser")
        signed_in(user).get(PATH)
        assert list(Look.objects.values_list("user", "kind")) == [(user.pk, "directory")]

    def test_it_asks_as_much_for_many_as_for_few(self, django_assert_max_num_queries):
        here = make_organisation()
        group = here.memberships.get().group
        for _number in range(12):
            make_user("representative", make_organisation(group))
        client = signed_in(make_user("adviser", here))
        client.get(PATH)
        # The search for programmes asks anew what it remembers outside of a transaction, in five languages.
        with django_assert_max_num_queries(65):
            client.get(f"{PATH}?q=organisation")


def make_measure(group):
    strategy = Strategy.objects.create(
        group=group,
        slug=f"s-{group.pk}",
        title_sl="Strategija",
        starts_on="2026-01-01",
        ends_on="2030-12-31",
        status="adopted",
        adopted_on="2026-01-01",
    )
    years = {"starts_on": "2026-01-01", "ends_on": "2027-12-31"}
    plan = ActionPlan.objects.create(strategy=strategy, slug=strategy.slug, **years)
    objective = Objective.objects.create(
        strategy=strategy, number=1, level="system", title_sl="Cilj", slug=f"c-{strategy.pk}"
    )
    return Measure.objects.create(
        plan=plan, objective=objective, slug=f"m-{strategy.pk}", title_sl="Ukrep", approach="universal"
    )


def commit(measure, organisation, status="accepted", role="partner"):
    membership = Membership.objects.get(group=measure.plan.strategy.group, organisation=organisation)
    return Commitment.objects.create(measure=measure, membership=membership, role=role, status=status, reason="x")


class TestNetwork:
    def test_pairs_share_programmes_and_accepted_parts_of_measures(self):
        a = make_organisation(name_sl="A")
        group = a.memberships.get().group
        b, c, d = (make_organisation(group, name_sl=name) for name in "BCD")
        programme = make_programme(a)
        ProgrammePartner.objects.create(programme=programme, organisation=b)
        measure = make_measure(group)
        commit(measure, b, role="lead")
        commit(measure, c)
        commit(measure, d, status="proposed")
        result = network(group, make_user("adviser", a))
        assert [(str(p.first), str(p.second), len(p.programmes), len(p.measures)) for p in result.pairs] == [
            ("A", "B", 1, 0),
            ("B", "C", 0, 1),
        ]
        assert [(str(row.organisation), row.linked) for row in result.rows] == [("A", 1), ("B", 2), ("C", 1), ("D", 0)]
        assert result.alone == [d]

    def test_sectors_without_partner_and_without_link_are_named(self):
        sectors = [make_term(Vocabulary.SECTOR, slug) for slug in ("health", "sport", "police")]
        a = make_organisation(name_sl="A", sector=sectors[0])
        group = a.memberships.get().group
        b = make_organisation(group, name_sl="B", sector=sectors[0])
        make_organisation(group, name_sl="C", sector=sectors[1])
        ProgrammePartner.objects.create(programme=make_programme(a), organisation=b)
        result = network(group, make_user("adviser", a))
        assert sectors[1] in result.unlinked_sectors
        assert sectors[2] in result.missing_sectors
        assert sectors[0] not in [*result.unlinked_sectors, *result.missing_sectors]
        html = signed_in(make_user("adviser", a)).get("/en/network/").content.decode()
        assert "police en" in html

    def test_drafts_of_others_give_no_link(self):
        a = make_organisation(name_sl="A")
        b = make_organisation(a.memberships.get().group, name_sl="B")
        ProgrammePartner.objects.create(programme=make_programme(a, status="draft"), organisation=b)
        group = a.memberships.get().group
        assert network(group, make_user("adviser", b)).pairs == []
        assert len(network(group, make_user("editor", a)).pairs) == 1

    def test_another_group_is_not_reached(self):
        here, there = make_organisation(), make_organisation(name_sl="Drugje")
        client = signed_in(make_user("adviser", here))
        assert client.get(f"/en/network/?group={there.memberships.get().group_id}").status_code == 404
        assert "Drugje" not in client.get("/en/network/").content.decode()
        assert signed_in(make_user()).get("/en/network/").status_code == 404
        for number in ("x", "9" * 40, "-1"):
            assert client.get(f"/en/network/?group={number}").status_code in (200, 404)

    def test_partners_who_share_a_programme_with_another_group_show_only_their_own(self):
        a = make_organisation(name_sl="A")
        there = make_organisation(name_sl="Drugje")
        ProgrammePartner.objects.create(programme=make_programme(a), organisation=there)
        result = network(a.memberships.get().group, make_user("adviser", a))
        assert (result.pairs, [str(row.organisation) for row in result.rows]) == ([], ["A"])

    def test_it_asks_as_much_for_many_as_for_few(self, django_assert_max_num_queries):
        a = make_organisation()
        group = a.memberships.get().group
        for _number in range(8):
            programme = make_programme(a)
            ProgrammePartner.objects.create(programme=programme, organisation=make_organisation(group))
        client = signed_in(make_user("adviser", a))
        client.get("/en/network/")
        with django_assert_max_num_queries(20):
            client.get("/en/network/")

    def test_a_group_without_partners_says_what_to_do(self):
        group = make_group()
        administrator = signed_in(make_user(is_superuser=True))
        html = administrator.get(f"/en/network/?group={group.pk}").content.decode()
        assert "No partners share a programme or a measure yet." in html


class TestProgrammes:
    def test_a_partner_stands_there_with_what_it_offers_to_everybody(self):
        here = make_organisation()
        make_programme(here, title_en="Nordic walking")
        make_programme(here, title_en="Not yet ready", status="draft")
        page = signed_in(make_user("adviser", here)).get(PATH).content.decode()
        assert "Nordic walking" in page
        assert "Not yet ready" not in page
        assert "data-print" in page

    def test_words_find_programmes_beside_partners_and_people(self):
        here = make_organisation(name_en="Library")
        make_programme(here, title_en="Dancing on Mondays", title_sl="")
        page = signed_in(make_user("adviser", here, full_name="Ana")).get(PATH, {"q": "dancing"})
        assert [str(one) for one in page.context["programmes"]] == ["Dancing on Mondays"]
        assert "Programmes about it" in page.content.decode()
        assert not signed_in(make_user("adviser", here)).get(PATH, {"q": "chess"}).context["programmes"]

    @pytest.mark.parametrize("size", [1, 8])
    def test_many_programmes_ask_no_more(self, size, django_assert_max_num_queries):
        here = make_organisation()
        for _number in range(size):
            make_programme(make_organisation(here.memberships.get().group))
        client = signed_in(make_user("adviser", here))
        with django_assert_max_num_queries(20):
            client.get(PATH)


def test_the_page_about_the_group_says_who_belongs_to_it_since_when_and_who_works_where():
    group = make_group()
    lead, other, gone = make_organisation(group, name_en="Lead"), make_organisation(group, name_en="Other"), None
    gone = make_organisation(group, name_en="Gone")
    Membership.objects.filter(organisation=other).update(joined_on="2019-01-01")
    body = WorkingGroup.objects.create(group=group, slug="old", name_en="Older people", lead=lead)
    for organisation in (lead, other, gone):
        body.members.create(membership=organisation.memberships.get())
    gone.memberships.update(joined_on="2018-01-01", left_on="2019-01-01")
    page = Client().get("/en/about/").content.decode()
    assert "since 2019" in page
    assert '<span class="soft">With: Other</span>' in page
    assert "Gone" not in page
