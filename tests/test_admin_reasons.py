"""What the administration says where something cannot be done, and how pictures and counts are told in words."""

import pytest
from django.utils import timezone

from partners.models import Seat
from portal import outbox
from portal.models import Vocabulary
from programmes.models import Programme

from .records import make_group, make_organisation, make_programme, make_term, make_user, signed_in

pytestmark = pytest.mark.django_db


def administrator_of(language):
    return signed_in(make_user(is_staff=True, is_superuser=True, language=language))


@pytest.fixture
def administrator():
    return administrator_of("en")


class TestWhatTheDatabaseWouldRefuse:
    def rows(self, prefix, *rows):
        data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
        for place, row in enumerate(rows):
            data |= {f"{prefix}-{place}-{name}": value for name, value in row.items()}
        return data

    def test_two_rows_of_one_form_that_are_in_each_others_way_are_told_so(self, administrator):
        organisation = make_organisation()
        membership = organisation.memberships.get()
        person, other = make_user(), make_user()
        row = {"role": "representative", "starts_on": "2026-01-05"}
        data = {"organisation": organisation.pk, "group": membership.group_id, "joined_on": "2026-01-05"}
        data |= self.rows("seats", {**row, "user": person.pk}, {**row, "user": other.pk})
        response = administrator.post(f"/admin/partners/membership/{membership.pk}/change/", data)
        html = response.content.decode()
        assert response.status_code == 200
        assert "already" in html
        assert not Seat.objects.filter(membership=membership).exists()
        past = {"ends_on": "2026-02-01"}
        data |= self.rows("seats", {**row, **past, "user": person.pk}, {**row, "user": other.pk})
        assert administrator.post(f"/admin/partners/membership/{membership.pk}/change/", data).status_code == 302
        assert Seat.objects.filter(membership=membership).count() == 2

    def test_columns_that_the_form_does_not_show_count_too(self, administrator):
        programme = make_programme(title_sl="Hoja")
        Programme.objects.update(photo={"name": "x"}, photo_alt_sl="Ljudje hodijo.")
        data = {"title_sl": "Pohod", "slug": programme.slug, "organisation": programme.organisation_id}
        for prefix in ("schedules", "programmeterm_set", "programmepartner_set", "continuations"):
            data |= self.rows(prefix)
        response = administrator.post(f"/admin/programmes/programme/{programme.pk}/change/", data)
        assert response.status_code == 200
        html = response.content.decode()
        assert "Say in at least one language what the photo shows." in html
        assert 'value="Pohod"' in html
        assert Programme.objects.get().title_sl == "Hoja"

    def test_an_address_that_somebody_has_is_told_in_whole_words(self, administrator):
        make_user(email="ana@example.org")
        data = {"email": "ana@example.org", "full_name": "Ana", "language": "sl", "usable_password": "false"}
        html = administrator.post("/admin/partners/user/add/", data).content.decode()
        assert "A user with this e-mail address already exists." in html
        assert "User with this" not in html


class TestWhyItStays:
    def test_a_term_says_how_to_do_without_it(self, administrator):
        term = make_term(Vocabulary.TOPIC, "sleep")
        html = administrator.get(f"/admin/portal/term/{term.pk}/change/").content.decode()
        assert "A term is not deleted." in html

    def test_a_group_with_members_says_so_and_one_without_can_go(self, administrator):
        group = make_group()
        address = f"/admin/partners/group/{group.pk}/change/"
        assert "A group with members is not deleted" not in administrator.get(address).content.decode()
        make_organisation(group)
        assert "A group with members is not deleted" in administrator.get(address).content.decode()

    def test_the_last_coordinator_is_told_where_the_seat_can_go(self, administrator):
        person = make_user("coordinator")
        seat = person.seats.get()
        assert "The last coordinator of a group stays" in (
            administrator.get(f"/admin/partners/seat/{seat.pk}/change/").content.decode()
        )
        html = administrator.get(f"/admin/partners/user/{person.pk}/delete/").content.decode()
        assert "Give it to somebody else first" in html

    def test_what_others_hang_on_is_listed_with_the_way_on(self, administrator):
        programme = make_programme()
        html = administrator.get(f"/admin/partners/organisation/{programme.organisation_id}/delete/").content.decode()
        assert "Give what is listed to another record, or delete it first" in html


class TestTerms:
    def act(self, client, action, *terms, **more):
        data = {"action": action, "_selected_action": [term.pk for term in terms], **more}
        return client.post("/admin/portal/term/", data, follow=True).content.decode()

    def test_what_is_retired_already_is_not_counted_as_none(self, administrator):
        term = make_term(Vocabulary.TOPIC, "sleep", is_active=False)
        html = self.act(administrator, "retire", term, sure="1")
        assert "They were already retired; nothing was changed." in html
        assert "0 terms" not in html
        assert "1 term" not in self.act(administrator, "restore", term)
        html = self.act(administrator, "restore", term)
        assert "None of these is retired; nothing was changed." in html
        assert "0 terms" not in html

    def test_only_a_term_that_is_offered_can_stay(self, administrator):
        walk, old = make_term(Vocabulary.TOPIC, "walk"), make_term(Vocabulary.TOPIC, "stroll", is_active=False)
        html = self.act(administrator, "merge", walk, old)
        assert f'name="stays" value="{walk.pk}"' in html
        assert f'name="stays" value="{old.pk}"' not in html
        walk.is_active = False
        walk.save()
        assert "first restore the one that stays" in self.act(administrator, "merge", walk, old)


def test_a_mail_is_called_by_its_subject_and_one_that_failed_says_how_it_is_sent_again(administrator):
    mail = outbox.queue("invitation", "ana@example.org", "sl", "Vabilo v Skupaj", "Odprite.")
    address = f"/admin/portal/outbox/{mail.pk}/change/"
    html = administrator.get(address).content.decode()
    assert "invitation" not in html
    assert "Try again" not in html
    mail.mark_failed("550 unknown", is_final=True)
    html = administrator.get(address).content.decode()
    assert "550 unknown" in html
    assert "“Try again” in the list of the outbox sends it once more" in html


@pytest.mark.parametrize(("language", "yes", "no"), [("en", "Yes", "No"), ("de", "Ja", "Nein"), ("sl", "Da", "Ne")])
def test_ticks_and_crosses_have_names_in_the_readers_language(language, yes, no):
    client = administrator_of(language)
    person = make_user(is_active=False)
    html = client.get("/admin/partners/user/").content.decode()
    assert f'alt="{yes}"' in html
    assert f'alt="{no}"' in html
    assert 'alt="True"' not in html
    assert 'alt="False"' not in html
    merged = make_term(Vocabulary.TOPIC, "walk")
    old = make_term(Vocabulary.TOPIC, "stroll", merged_into=merged, is_active=False)
    html = client.get(f"/admin/portal/term/{old.pk}/change/").content.decode()
    assert f'alt="{no}"' in html
    assert 'alt="False"' not in html
    assert person.pk


def test_a_list_counts_without_bending_a_noun(administrator):
    for number in range(2):
        make_programme(title_en=f"P{number}", checked_on=timezone.localdate())
    html = administrator.get("/admin/programmes/programme/").content.decode()
    assert "2 in all" in html
    assert "2 programmes" not in html
