"""A new group: set up in one go by an administrator, and what it still lacks, in words."""

import re

import pytest
from django.test import Client

from partners.models import Group, Invitation, Membership, Municipality, Organisation, Seat
from portal.models import Outbox, Vocabulary

from .records import make_group, make_location, make_organisation, make_programme, make_term, make_user, signed_in
from .test_plan import make_need, make_strategy

pytestmark = pytest.mark.django_db
PATH = "/en/groups/new/"


def administrator():
    return signed_in(make_user(is_superuser=True, is_staff=True))


def form(**fields):
    sector = make_term(Vocabulary.SECTOR, "health")
    return {
        "name_sl": "Skupina Dolina",
        "name_en": "Valley group",
        "purpose_en": "We work together for health.",
        "new_municipalities": "Dolina\nHrib",
        "sectors": [sector.pk, make_term(Vocabulary.SECTOR, "sport").pk],
        "bodies": ["older-people"],
        "more_bodies": "Bees and health",
        "reviews_programmes": "on",
        "reviews_edits": "after",
        "new_organisation": "Zdravstveni dom Dolina",
        "sector": sector.pk,
        "coordinator": "new@example.org",
        "adviser": "adviser@example.org",
        "mail_language": "de",
        **fields,
    }


class TestSettingUp:
    def test_one_form_makes_the_group_and_invites_who_coordinates_it(self):
        answer = administrator().post(PATH, form())
        group = Group.objects.get()
        assert answer["Location"] == f"/en/groups/{group.pk}/"
        assert (group.slug, group.name_sl, group.reviews_edits) == ("valley-group", "Skupina Dolina", "after")
        assert (group.reviews_programmes, group.accepts_signals) == (True, False)
        assert sorted(str(m) for m in group.municipalities.all()) == ["Dolina", "Hrib"]
        assert sorted(row.sector.slug for row in group.expected_sectors.all()) == ["health", "sport"]
        bodies = {body.name_en or "": body.name_sl for body in group.working_groups.all()}
        assert set(bodies) == {"Older people and living alone", "Bees and health"}
        assert str(Membership.objects.get(group=group).organisation) == "Zdravstveni dom Dolina"
        invited = {i.role: (i.email, i.language) for i in Invitation.objects.all()}
        assert invited == {"coordinator": ("new@example.org", "de"), "adviser": ("adviser@example.org", "de")}
        assert Outbox.objects.filter(kind="invitation").count() == 2

    def test_the_invited_person_becomes_the_coordinator(self):
        administrator().post(PATH, form())
        link = re.search(r"https?://[^/]+(/\S+)", Outbox.objects.get(to="new@example.org").text)[1]
        Client().post(link, {"full_name": "Nova", "language": "de", "password": "three-words-apart"})
        seat = Seat.objects.get()
        assert (seat.role, seat.membership.group) == ("coordinator", Group.objects.get())
        assert signed_in(seat.user).get(f"/en/groups/{seat.membership.group_id}/").status_code == 200

    def test_a_known_municipality_and_organisation_are_not_made_twice(self):
        known = Municipality.objects.create(code="dolina", name_sl="Dolina", name_en="Dolina")
        organisation = make_organisation()
        administrator().post(
            PATH, form(new_municipalities="dolina", organisation=organisation.pk, new_organisation="", sector="")
        )
        group = Group.objects.order_by("-pk")[0]
        assert list(group.municipalities.all()) == [known]
        assert Organisation.objects.count() == 1
        assert organisation.memberships.filter(group=group).exists()

    def test_two_groups_of_one_name_get_two_address_words(self):
        client = administrator()
        for _number in range(2):
            client.post(PATH, form())
        assert sorted(Group.objects.values_list("slug", flat=True)) == ["valley-group", "valley-group-2"]

    @pytest.mark.parametrize(
        "fields",
        [
            {"name_sl": "", "name_en": ""},
            {"purpose_en": ""},
            {"new_municipalities": " \n "},
            {"new_organisation": ""},
            {"sector": ""},
            {"coordinator": ""},
            {"coordinator": "nobody"},
            {"bodies": ["made-up"]},
            {"sectors": ["999999"]},
            {"reviews_edits": "never"},
            {"mail_language": "fr"},
            {"name_en": "x" * 161},
            {"new_organisation": "x" * 161},
        ],
    )
    def test_what_is_missing_or_wrong_is_said_and_nothing_typed_is_lost(self, fields):
        answer = administrator().post(PATH, form(adviser="kept@example.org", **fields))
        assert answer.status_code == 422
        assert "kept@example.org" in answer.content.decode()
        assert not Group.objects.exists()
        assert not Outbox.objects.exists()

    def test_only_administrators_set_up_groups(self):
        assert Client().get(PATH).status_code == 302
        for role in ("coordinator", "representative"):
            client = signed_in(make_user(role))
            assert (client.get(PATH).status_code, client.post(PATH, form()).status_code) == (404, 404)

    def test_the_form_speaks_every_language_of_a_text(self):
        html = administrator().get(PATH).content.decode()
        assert [f'name="name_{code}"' in html for code in ("sl", "en", "da", "nb", "de")] == [True] * 5


class TestCheckList:
    def missing(self, group, client=None):
        html = (client or administrator()).get(f"/en/groups/{group.pk}/").content.decode()
        return html.split('id="h-done"')[0]

    def test_a_new_group_lacks_all_but_what_the_form_gave_it(self):
        client = administrator()
        client.post(PATH, form())
        html = self.missing(Group.objects.get(), client)
        for words in (
            "new@example.org was invited to coordinate",
            "No partner yet from these sectors: sport en.",
            "One partner has no representative.",
            "2 working groups have no lead.",
            "No settlement is in the list yet for: ",
            "No partner has a place yet.",
            "No programme is published yet.",
            "No need has been recorded yet.",
            "There is no strategy yet; a template helps you start.",
            "Name or purpose is missing in 4 languages.",
        ):
            assert words in html, words

    def test_an_invitation_that_grew_too_old_is_said(self):
        client = administrator()
        client.post(PATH, form())
        Invitation.objects.update(sent_at="2020-01-01T00:00Z")
        assert "has expired: send it again" in self.missing(Group.objects.get(), client)

    def test_what_is_there_is_not_missing(self):
        texts = {f"{name}_{code}": "x" for name in ("name", "purpose") for code in ("sl", "en", "da", "nb", "de")}
        group = make_group(email="group@example.org", **texts)
        organisation = make_organisation(group)
        make_user("coordinator", organisation)
        make_user("representative", organisation)
        make_location(organisation)
        make_programme(organisation)
        group.expected_sectors.create(sector=organisation.sector)
        group.working_groups.create(slug="x", name_sl="X", lead=organisation)
        make_need(group)
        make_strategy(group, status="draft", adopted_on=None)
        html = administrator().get(f"/en/groups/{group.pk}/").content.decode()
        assert "Nothing is missing: the group can work." in html

    def test_a_group_that_expects_nobody_is_told_where_to_look(self):
        group = make_group()
        assert f'href="/en/network/?group={group.pk}"' in self.missing(group)

    def test_a_draft_and_a_place_of_another_group_do_not_count(self):
        group = make_group()
        make_programme(make_organisation(group), status="draft")
        make_location(make_organisation())
        html = self.missing(group)
        assert "No programme is published yet." in html
        assert "No partner has a place yet." in html

    def test_coordinators_see_their_own_group_and_no_other(self):
        here, there = make_organisation(), make_organisation()
        group = here.memberships.get().group
        users = [make_user("coordinator", here), make_user("coordinator", there), make_user("editor", here)]
        assert [signed_in(u).get(f"/en/groups/{group.pk}/").status_code for u in users] == [200, 404, 404]
        pages = [signed_in(u).get("/en/groups/") for u in users]
        assert [page.status_code for page in pages] == [200, 200, 404]
        assert [f'"/en/groups/{group.pk}/"' in page.content.decode() for page in pages] == [True, False, False]

    def test_whoever_coordinates_finds_a_way_on_at_each_point(self):
        organisation = make_organisation()
        group = organisation.memberships.get().group
        html = self.missing(group, signed_in(make_user("coordinator", organisation)))
        points = html.split("setup__point--open")[1:]
        without = [point for point in points if "<a " not in point]
        assert [point for point in without if "The administrators of the portal enter it" not in point] == []
        ways = ["/en/my-organisation/", "/en/working-groups/"]
        for link in (*ways, f"/en/work/templates/?group={group.slug}", f"/en/work/needs/?group={group.slug}"):
            assert f'href="{link}"' in html

    def test_the_way_to_the_administration_is_for_administrators(self):
        organisation = make_organisation()
        group = organisation.memberships.get().group
        pages = [
            self.missing(group, client)
            for client in (administrator(), signed_in(make_user("coordinator", organisation)))
        ]
        assert ["/admin/" in page for page in pages] == [True, False]

    def test_it_asks_as_much_for_many_as_for_few(self, django_assert_max_num_queries):
        group = make_group()
        for _number in range(10):
            make_user("representative", make_organisation(group))
        client = administrator()
        client.get(f"/en/groups/{group.pk}/")
        with django_assert_max_num_queries(25):
            client.get(f"/en/groups/{group.pk}/")
