"""Deeds in the administration: many programmes at once, seats that move, a group that begins; and who gets in."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actionplans.models import Task
from partners.models import (
    Group,
    Invitation,
    JoinRequest,
    Membership,
    Municipality,
    Seat,
    User,
    WorkingGroup,
    WorkingGroupMember,
)
from partners.moving import move_seats
from portal.models import Outbox, Vocabulary
from programmes.models import ProblemReport, Programme

from .records import make_group, make_organisation, make_programme, make_schedule, make_term, make_user, signed_in

pytestmark = pytest.mark.django_db
MODELS = list(admin.site._registry)


def administrator_of(language):
    return signed_in(make_user(is_staff=True, is_superuser=True, language=language))


@pytest.fixture
def administrator():
    return administrator_of("en")


def complete(**fields):
    terms = [make_term(Vocabulary.REFERRAL_ROUTE, "self"), make_term(Vocabulary.COST, "free")]
    programme = make_programme(terms=terms, summary_sl="Hodimo.", contact_phone="01 000 00 10", **fields)
    make_schedule(programme)
    return programme


def act(client, action, *programmes, sure="1"):
    data = {"action": action, "_selected_action": [p.pk for p in programmes]} | ({"sure": sure} if sure else {})
    return client.post("/admin/programmes/programme/?status=all", data, follow=True).content.decode()


class TestProgrammes:
    def test_what_is_complete_is_published_and_the_rest_says_why_not(self, administrator):
        whole, poor = complete(status="draft", checked_on=None), make_programme(status="draft", title_en="Poor")
        html = act(administrator, "publish", whole, poor)
        assert "One programme is published." in html
        assert re.search("Not done for one: [^<]*Poor[^<]*Missing: Slovenian summary", html)
        whole.refresh_from_db()
        poor.refresh_from_db()
        assert (whole.status, whole.checked_on, poor.status) == ("published", timezone.localdate(), "draft")

    def test_only_moves_of_the_table_are_made(self, administrator):
        public, draft = make_programme(), make_programme(status="draft")
        html = act(administrator, "archive", public, draft)
        assert "One programme is archived." in html
        assert "Not done for one" in html
        assert set(Programme.objects.values_list("status", flat=True)) == {"archived", "draft"}

    def test_archiving_says_what_it_means_before_it_is_done_and_then_does_all_that_were_chosen(self, administrator):
        programmes = [make_programme(title_en=f"P{n}") for n in range(25)]
        data = {"action": "archive", "_selected_action": [programmes[0].pk], "select_across": "1"}
        html = administrator.post("/admin/programmes/programme/?status=all", data).content.decode()
        assert "they cannot be published again" in html
        assert "25" in html
        assert not Programme.objects.filter(status="archived").exists()
        given = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)"', html))
        assert given.pop("csrfmiddlewaretoken")
        address = re.search(r'<form method="post" action="([^"]+)"', html)[1]
        html = administrator.post(address, given, follow=True).content.decode()
        assert "25 programmes are archived." in html
        assert set(Programme.objects.values_list("status", flat=True)) == {"archived"}

    def test_one_is_confirmed_by_the_administration_and_the_history_says_so(self, administrator):
        programme = make_programme(checked_on="2026-01-05")
        assert "One programme is confirmed." in act(administrator, "confirm", programme)
        programme.refresh_from_db()
        assert programme.checked_on == timezone.localdate()
        assert programme.events.latest("pgh_id").pgh_context.metadata["way"] == "admin"

    def test_the_status_cannot_be_typed(self, administrator):
        programme = make_programme(status="draft", checked_on=None)
        data = {"title_sl": "Hoja", "slug": programme.slug, "organisation": programme.organisation_id,
                "status": "published", "checked_on": "2026-11-01"}  # fmt: skip
        for prefix in ("schedules", "programmeterm_set", "programmepartner_set", "continuations"):
            data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
        assert administrator.post(f"/admin/programmes/programme/{programme.pk}/change/", data).status_code == 302
        programme.refresh_from_db()
        assert (programme.title_sl, programme.status, programme.checked_on) == ("Hoja", "draft", None)


class TestSeats:
    def test_seats_of_today_move_and_those_of_the_past_stay(self, administrator):
        person, to = make_user("coordinator"), make_user()
        seat = Seat.objects.get(user=person)
        old = Seat.objects.create(membership=seat.membership, user=person, role="editor",
                                  starts_on="2020-01-01", ends_on="2021-01-01")  # fmt: skip
        data = {"action": "move_seats", "_selected_action": [person.pk]}
        assert str(seat.membership) in administrator.post("/admin/partners/user/", data).content.decode()
        administrator.post("/admin/partners/user/", {**data, "sure": "1", "to": to.pk})
        assert list(Seat.objects.filter(user=to)) == [seat]
        assert list(Seat.objects.filter(user=person)) == [old]

    def test_a_seat_that_the_other_holds_already_stands_once(self):
        person = make_user("editor")
        membership = person.seats.get().membership
        to = make_user()
        Seat.objects.create(membership=membership, user=to, role="editor")
        assert move_seats(person, to, make_user(is_superuser=True)) == 1
        assert Seat.objects.filter(membership=membership).count() == 1

    def test_what_hangs_on_the_person_goes_along_and_the_other_is_told(self, administrator):
        here = make_organisation()
        membership = here.memberships.get()
        person = make_user("coordinator", here, email="ana@example.org", full_name="Ana Novak")
        to = make_user(full_name="Bor", language="de")
        working_group = WorkingGroup.objects.create(group=membership.group, slug="school", name_sl="Šola")
        WorkingGroupMember.objects.create(working_group=working_group, membership=membership, user=person)
        asked = JoinRequest(group=membership.group, name="Lipa", offer="x", language="en", answered_by=person)
        asked.state = "in_progress"
        asked.store()
        report = ProblemReport(kind="times", text="x", language="en", organisation=here, state="in_progress")
        report.answered_by = person
        report.store()
        task = Task.objects.create(group=membership.group, title_sl="Letak", person=person)
        done = Task.objects.create(group=membership.group, title_sl="Bilo", person=person, state="done",
                                   done_on="2026-01-05")  # fmt: skip
        contact = make_programme(here, title_sl="Hoja", contact_name="Ana Novak", contact_email="ana@example.org")
        invited = Invitation.objects.create(membership=membership, email="new@example.org", role="editor",
                                            language="sl", token_digest="x", invited_by=person)  # fmt: skip
        Outbox.objects.all().delete()
        data = {"action": "move_seats", "_selected_action": [person.pk]}
        html = administrator.post("/admin/partners/user/", data).content.decode()
        for words in ("Šola", "Letak", "Hoja", "new@example.org", "Lipa"):
            assert words in html
        assert "Bilo" not in html
        administrator.post("/admin/partners/user/", {**data, "sure": "1", "to": to.pk})
        for record in (asked, report, task, done, contact, invited):
            record.refresh_from_db()
        assert WorkingGroupMember.objects.get().user == to
        assert (asked.answered_by, report.answered_by, invited.invited_by) == (to, to, to)
        assert (task.person, task.version, done.person) == (to, 2, person)
        assert (contact.contact_name, contact.contact_email) == ("Bor", to.email)
        mail = Outbox.objects.get(kind="taken-over")
        assert (mail.to, mail.language) == (to.email, "de")
        assert "Letak" in mail.text

    def test_the_last_coordinator_stays_whichever_way_they_would_go(self, administrator):
        person = make_user("coordinator")
        seat = person.seats.get()
        data = {"user": person.pk, "membership": seat.membership_id, "starts_on": "2020-01-01"}
        address = f"/admin/partners/seat/{seat.pk}"
        for change in ({"role": "editor"}, {"role": "coordinator", "ends_on": "2026-01-01"}):
            html = administrator.post(f"{address}/change/", {**data, **change}).content.decode()
            assert "A group needs a coordinator" in html
        for gone in (address, f"/admin/partners/user/{person.pk}"):
            assert administrator.post(f"{gone}/delete/", {"post": "yes"}).status_code == 403
        seat.refresh_from_db()
        assert (seat.role, seat.ends_on) == ("coordinator", None)
        make_user("coordinator", seat.membership.organisation)
        assert administrator.post(f"{address}/change/", {**data, "role": "editor"}).status_code == 302

    def test_nobody_who_may_not_sign_in_gets_them(self, administrator):
        person, gone = make_user("editor"), make_user(is_active=False)
        data = {"action": "move_seats", "_selected_action": [person.pk], "sure": "1", "to": gone.pk}
        assert administrator.post("/admin/partners/user/", data).status_code == 200
        assert Seat.objects.filter(user=person).count() == 1


class TestNewGroup:
    DATA = {"slug": "dolina", "name_sl": "LS Dolina", "reviews_edits": "before", "standing": "participating",
            "working_groups-TOTAL_FORMS": 0, "working_groups-INITIAL_FORMS": 0,
            "holidays-TOTAL_FORMS": 0, "holidays-INITIAL_FORMS": 0}  # fmt: skip

    @pytest.fixture
    def municipality(self):
        return Municipality.objects.create(code="dol", name_sl="Dolina")

    def test_the_form_asks_whom_to_invite(self, administrator):
        html = administrator.get("/admin/partners/group/add/").content.decode()
        asked = set(re.findall(r'name="(coordinator_\w+)"', html))
        assert asked == {"coordinator_email", "coordinator_language", "coordinator_organisation"}

    def test_a_group_begins_with_municipalities_and_its_first_coordinator(self, administrator, municipality):
        organisation = make_organisation()
        data = {**self.DATA, "municipalities": [municipality.pk], "coordinator_email": "eva@example.org",
                "coordinator_language": "de", "coordinator_organisation": organisation.pk,
                "working_groups-TOTAL_FORMS": 1, "working_groups-0-slug": "sola",
                "working_groups-0-name_sl": "Šola"}  # fmt: skip
        response = administrator.post("/admin/partners/group/add/", data)
        assert response.status_code == 302, response.content.decode()
        group = Group.objects.get(slug="dolina")
        assert [list(group.municipalities.all()), group.working_groups.count()] == [[municipality], 1]
        invitation = Invitation.objects.get()
        assert (invitation.role, invitation.membership.group, invitation.language) == ("coordinator", group, "de")
        mail = Outbox.objects.get(kind="invitation")
        link = re.search(r"https?://[^/]+(/\S+)", mail.text)[1]
        Client().post(link, {"full_name": "Eva", "language": "de", "password": "three-words-apart"})
        assert User.objects.get(email="eva@example.org").seats.get().role == "coordinator"

    def test_a_group_with_members_is_not_deleted_with_all_it_did(self, administrator):
        group = make_group()
        assert administrator.get(f"/admin/partners/group/{group.pk}/delete/").status_code == 200
        make_organisation(group)
        assert administrator.post(f"/admin/partners/group/{group.pk}/delete/", {"post": "yes"}).status_code == 403
        assert Group.objects.filter(pk=group.pk).exists()

    def test_an_address_without_an_organisation_is_asked_for_it(self, administrator):
        response = administrator.post("/admin/partners/group/add/", {**self.DATA, "coordinator_email": "e@example.org"})
        assert response.status_code == 200
        assert Group.objects.count() == 0

    def test_without_an_address_nobody_is_written_to(self, administrator, municipality):
        data = {**self.DATA, "municipalities": [municipality.pk]}
        assert administrator.post("/admin/partners/group/add/", data).status_code == 302
        assert (Outbox.objects.count(), Membership.objects.count()) == (0, 0)

    def test_a_second_invitation_renews_the_first(self, administrator, municipality):
        group = make_group()
        organisation = make_organisation(group)
        data = {**self.DATA, "slug": group.slug, "coordinator_email": "e@example.org",
                "coordinator_organisation": organisation.pk, "municipalities": [municipality.pk]}  # fmt: skip
        for _ in range(2):
            assert administrator.post(f"/admin/partners/group/{group.pk}/change/", data).status_code == 302
        assert (Invitation.objects.count(), Membership.objects.count()) == (1, 1)


# ---- who gets in ----------------------------------------------------------------------------------
def pages(model):
    base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    found = [reverse(f"{base}_changelist"), reverse(f"{base}_add")]
    record = model.objects.first()
    return [*found, reverse(f"{base}_change", args=[record.pk])] if record else found


@pytest.fixture
def something():
    complete()


@pytest.mark.parametrize("language", ["sl", "de"])
def test_every_list_and_form_opens_for_an_administrator(something, language):
    client = administrator_of(language)
    wrong = {}
    for model in MODELS:
        for page in pages(model):
            response = client.get(page)
            may_add = not page.endswith("/add/") or admin.site._registry[model].has_add_permission(
                response.wsgi_request
            )
            if response.status_code != (200 if may_add else 403):
                wrong[page] = response.status_code
            elif may_add and f'<html lang="{language}"' not in response.content.decode():
                wrong[page] = "language"
    assert wrong == {}


@pytest.mark.parametrize("language", ["sl", "de"])
def test_nobody_else_opens_any_of_them(something, language):
    others = [Client(headers={"accept-language": language})]
    others += [signed_in(make_user(role, language=language)) for role in ("editor", "representative", "coordinator")]
    for client in others:
        for model in MODELS:
            for page in pages(model):
                assert client.get(page).status_code == 302, page
    staff = signed_in(make_user(is_staff=True, language=language))
    for model in MODELS:
        for page in pages(model):
            assert staff.get(page).status_code == 403, page


def test_an_action_of_somebody_without_the_right_does_nothing(something):
    programme = Programme.objects.get()
    staff = signed_in(make_user(is_staff=True))
    data = {"action": "archive", "_selected_action": [programme.pk]}
    assert staff.post("/admin/programmes/programme/", data).status_code == 403
    programme.refresh_from_db()
    assert programme.status == "published"


def test_who_may_mend_accounts_opens_no_door_with_that():
    """A name of anybody, yes; rights, the password of an administrator, and seats are not theirs to give."""
    staff, boss, person = make_user(is_staff=True), make_user(is_superuser=True), make_user("coordinator")
    staff.user_permissions.add(*Permission.objects.filter(codename__in=["change_user", "delete_user", "view_user"]))
    client = signed_in(staff)
    fields = {"full_name": "Ana Nova", "email": staff.email, "language": "sl", "is_active": "on", "is_listed": "on"}
    opens = {"is_superuser": "on", "is_staff": "on", "user_permissions": [Permission.objects.first().pk]}
    no_rows = {"seats-TOTAL_FORMS": "0", "seats-INITIAL_FORMS": "0"}
    assert client.post(f"/admin/partners/user/{staff.pk}/change/", fields | opens | no_rows).status_code == 302
    staff.refresh_from_db()
    assert (staff.full_name, staff.is_superuser, staff.user_permissions.count()) == ("Ana Nova", False, 3)
    password = {"password1": "a long one, all new", "password2": "a long one, all new", "usable_password": "true"}
    assert client.post(f"/admin/partners/user/{boss.pk}/password/", password).status_code == 403
    assert client.post(f"/admin/partners/user/{boss.pk}/change/", fields | no_rows).status_code == 403
    assert client.post(f"/admin/partners/user/{boss.pk}/delete/", {"post": "yes"}).status_code == 403
    move = {"action": "move_seats", "_selected_action": [person.pk], "to": staff.pk, "sure": "yes"}
    client.post("/admin/partners/user/", move)
    assert person.seats.count() == 1
