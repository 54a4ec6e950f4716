"""Invitations, seats and accounts: who may give what, once, and how a person leaves."""

import re
import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from partners.forms import NewPersonForm
from partners.models import Invitation, Seat, UsedUp, User
from partners.people import change_seat, hand_over, seats_to_keep
from partners.personal_data import erase, personal_data
from portal.models import Outbox

from .records import make_group, make_organisation, make_user, proved, signed_in

PASSWORD = "three-words-apart"


def invite(by, membership, role="editor", email="new@example.org"):
    form = {"email": email, "membership": membership.pk, "role": role, "language": "en"}
    return signed_in(by).post("/en/people/invite/", form)


def link_in(mail):
    return re.search(r"https?://[^/]+(/\S+)", mail.text)[1]


@pytest.mark.django_db
class TestInvitations:
    def test_a_link_gives_a_person_their_seat_once(self):
        organisation = make_organisation()
        coordinator = make_user("coordinator", organisation)
        assert invite(coordinator, organisation.memberships.get()).status_code == 302
        link = link_in(Outbox.objects.get(kind="invitation"))
        client = Client()
        answer = client.post(link, {"full_name": "Nova Oseba", "language": "de", "password": PASSWORD})
        assert answer.status_code == 302
        user = User.objects.get(email="new@example.org")
        assert (user.full_name, user.language, user.check_password(PASSWORD)) == ("Nova Oseba", "de", True)
        assert list(user.seats.values_list("membership__organisation", "role")) == [(organisation.pk, "editor")]
        assert client.get("/en/account/").status_code == 200
        assert Client().post(link, {"full_name": "X", "language": "en", "password": PASSWORD}).status_code == 410

    def test_the_token_itself_is_stored_nowhere(self):
        organisation = make_organisation()
        invite(make_user("coordinator", organisation), organisation.memberships.get())
        token = link_in(Outbox.objects.get()).rstrip("/").rsplit("/", 1)[1]
        assert len(token) >= 43
        assert token not in str(Invitation.objects.values().get())

    def test_after_seven_days_the_link_is_over(self):
        organisation = make_organisation()
        invite(make_user("coordinator", organisation), organisation.memberships.get())
        Invitation.objects.update(sent_at=timezone.now() - timedelta(days=7, minutes=1))
        assert Client().get(link_in(Outbox.objects.get())).status_code == 410

    def test_sending_again_makes_the_old_link_worthless(self):
        organisation = make_organisation()
        coordinator = make_user("coordinator", organisation)
        invite(coordinator, organisation.memberships.get())
        invite(coordinator, organisation.memberships.get())
        assert Invitation.objects.count() == 1
        old, new = (link_in(mail) for mail in Outbox.objects.order_by("pk"))
        assert [Client().get(old).status_code, Client().get(new).status_code] == [410, 200]

    def test_a_withdrawn_invitation_is_over(self):
        organisation = make_organisation()
        coordinator = make_user("coordinator", organisation)
        invite(coordinator, organisation.memberships.get())
        invitation = Invitation.objects.get()
        signed_in(coordinator).post(f"/en/people/invitations/{invitation.pk}/withdraw/")
        assert Client().get(link_in(Outbox.objects.get())).status_code == 410

    def test_the_inviting_person_learns_nothing_about_accounts(self):
        organisation = make_organisation()
        coordinator = make_user("coordinator", organisation)
        make_user(email="known@example.org")
        answers = [
            invite(coordinator, organisation.memberships.get(), email=e)
            for e in ("known@example.org", "no@example.org")
        ]
        assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/en/people/")}

    def test_a_known_person_accepts_after_signing_in_and_nobody_else_can(self):
        organisation = make_organisation()
        invite(make_user("coordinator", organisation), organisation.memberships.get(), email="known@example.org")
        link = link_in(Outbox.objects.get())
        known = make_user(email="known@example.org")
        assert Client().post(link).status_code == 302
        assert signed_in(make_user()).post(link).status_code == 403
        assert not known.seats.exists()
        assert signed_in(known).post(link).status_code == 302
        assert known.seats.get().role == "editor"

    def test_a_seat_that_is_taken_meanwhile_ends_in_words_and_makes_no_account(self):
        organisation = make_organisation()
        invite(make_user("coordinator", organisation), organisation.memberships.get(), "representative")
        make_user("representative", organisation)
        link = link_in(Outbox.objects.get())
        answer = Client().post(link, {"full_name": "X", "language": "en", "password": PASSWORD})
        assert answer.status_code == 410
        assert not User.objects.filter(email="new@example.org").exists()

    def test_an_organisation_that_left_gives_no_seats(self):
        organisation = make_organisation()
        invite(make_user("coordinator", organisation), organisation.memberships.get())
        organisation.memberships.update(left_on=timezone.localdate())
        answer = Client().post(
            link_in(Outbox.objects.get()), {"full_name": "X", "language": "en", "password": PASSWORD}
        )
        assert answer.status_code == 410

    @pytest.mark.parametrize(
        ("role", "given", "may"),
        [
            ("coordinator", "coordinator", True),
            ("coordinator", "representative", True),
            ("representative", "editor", True),
            ("representative", "coordinator", False),
            ("editor", "editor", False),
            ("adviser", "editor", False),
        ],
    )
    def test_who_may_give_which_role(self, role, given, may):
        organisation = make_organisation()
        answer = invite(make_user(role, organisation), organisation.memberships.get(), given)
        assert Invitation.objects.exists() is may
        assert answer.status_code in ((302,) if may else (200, 404))

    def test_nobody_invites_into_another_group_or_organisation(self):
        here, there = make_organisation(), make_organisation()
        neighbour = make_organisation(here.memberships.get().group)
        invite(make_user("coordinator", here), there.memberships.get())
        invite(make_user("representative", here), neighbour.memberships.get())
        assert not Invitation.objects.exists()

    def test_the_form_offers_no_organisation_of_another_group(self):
        here, there = make_organisation(), make_organisation(name_sl="Skrivno društvo")
        html = signed_in(make_user("coordinator", here)).get("/en/people/invite/").content.decode()
        assert str(here) in html
        assert str(there) not in html


@pytest.mark.django_db(transaction=True)
def test_two_browsers_with_one_link_make_one_account():
    organisation = make_organisation()
    invitation = Invitation(
        membership=organisation.memberships.get(), role="editor", email="new@example.org", language="en"
    )
    invitation.renew()
    outcomes, start = [], threading.Barrier(2)

    def accept(number):
        start.wait()
        try:
            Invitation.objects.get(pk=invitation.pk).accept(full_name=f"N{number}", language="en", password=PASSWORD)
            outcomes.append("in")
        except UsedUp:
            outcomes.append("over")
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(n,)) for n in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["in", "over"]
    assert User.objects.filter(email="new@example.org").count() == 1


@pytest.mark.django_db
def test_two_invitations_of_one_address_accepted_at_once_make_one_account(monkeypatch):
    invitation = Invitation(
        membership=make_organisation().memberships.get(), role="editor", email="new@example.org", language="en"
    )
    path = f"/en/invitation/{invitation.renew()}/"
    monkeypatch.setattr(NewPersonForm, "clean", lambda form: make_user(email="new@example.org") and form.cleaned_data)
    answer = Client().post(path, {"full_name": "Ana", "language": "en", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert Client().get(path)["Location"] == f"/en/account/login/?next={path}"


@pytest.mark.django_db
class TestSeats:
    def test_the_last_coordinator_of_a_group_cannot_leave(self):
        organisation = make_organisation()
        seat = make_user("coordinator", organisation).seats.get()
        with pytest.raises(ValidationError):
            change_seat(seat, seat.user, ends_on=timezone.localdate())
        with pytest.raises(ValidationError):
            change_seat(Seat.objects.get(pk=seat.pk), seat.user, role="editor")
        other = make_user("coordinator", organisation)
        change_seat(Seat.objects.get(pk=seat.pk), other, ends_on=timezone.localdate())
        assert Seat.objects.get(pk=seat.pk).ends_on == timezone.localdate()

    def test_a_second_representative_is_refused(self):
        organisation = make_organisation()
        coordinator = make_user("coordinator", organisation)
        make_user("representative", organisation)
        seat = make_user("editor", organisation).seats.get()
        with pytest.raises(ValidationError):
            change_seat(seat, coordinator, role="representative")

    def test_representing_is_handed_over_in_one_go(self):
        organisation = make_organisation()
        coordinator = make_user("coordinator", organisation)
        old, new = make_user("representative", organisation), make_user("editor", organisation)
        hand_over(old.seats.get(), new.seats.get(), coordinator)
        assert [old.seats.get().role, new.seats.get().role] == ["deputy", "representative"]

    def test_a_coordinator_who_represents_besides_goes_on_coordinating(self):
        organisation = make_organisation()
        coordinator, old = make_user("coordinator", organisation), make_user("representative", organisation)
        hand_over(old.seats.get(), coordinator.seats.get(), coordinator)
        assert sorted(coordinator.seats.values_list("role", flat=True)) == ["coordinator", "representative"]

    def test_a_representative_hands_over_by_themselves_and_only_once(self):
        organisation = make_organisation()
        old, new = make_user("representative", organisation), make_user("editor", organisation)
        path = f"/en/people/seats/{old.seats.get().pk}/hand-over/"
        client = signed_in(old)
        assert client.post(path, {"to": new.seats.get().pk}).status_code == 302
        assert new.seats.get().role == "representative"
        assert client.post(path, {"to": new.seats.get().pk}).status_code == 404

    def test_a_last_coordinator_does_not_begin_later_either(self):
        seat = make_user("coordinator").seats.get()
        with pytest.raises(ValidationError):
            change_seat(seat, seat.user, starts_on=timezone.localdate() + timedelta(days=30))

    def test_somebody_who_may_not_sign_in_coordinates_nothing(self):
        organisation = make_organisation()
        seat = make_user("coordinator", organisation).seats.get()
        make_user("coordinator", organisation, is_active=False)
        with pytest.raises(ValidationError):
            change_seat(seat, seat.user, ends_on=timezone.localdate())

    def test_who_may_change_whose_seat(self):
        group = make_group()
        here, neighbour, elsewhere = make_organisation(group), make_organisation(group), make_organisation()
        seats = [make_user("editor", organisation).seats.get() for organisation in (here, neighbour, elsewhere)]
        users = [make_user(role, here) for role in ("coordinator", "representative", "editor", "adviser")]
        reach = [[seat in seats_to_keep(user) for seat in seats] for user in users]
        assert reach == [[True, True, False], [True, False, False], [False] * 3, [False] * 3]

    def test_the_directory_shows_no_other_group(self):
        here, there = make_organisation(), make_organisation()
        make_user("editor", here, full_name="Ana Tukaj")
        make_user("editor", there, full_name="Bor Drugje", email="bor@example.org")
        html = signed_in(make_user("adviser", here)).get("/en/people/").content.decode()
        assert "Ana Tukaj" in html
        assert "Bor Drugje" not in html
        assert "bor@example.org" not in html

    def test_the_directory_is_searched_by_what_one_may_ask(self):
        organisation = make_organisation()
        make_user("editor", organisation, full_name="Ana", expertise_en="dementia")
        make_user("deputy", organisation, full_name="Bor")
        html = signed_in(make_user("adviser", organisation)).get("/en/people/?q=Dementia").content.decode()
        assert ("Ana" in html, ">Bor<" in html) == (True, False)

    def test_strangers_do_not_see_people(self):
        assert Client().get("/en/people/").status_code == 302
        assert signed_in(make_user()).get("/en/people/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_who_leave_at_once_cannot_both(request):
    organisation = make_organisation()
    seats = [make_user("coordinator", organisation).seats.get() for _ in range(2)]
    outcomes, start = [], threading.Barrier(2)

    def leave(seat):
        start.wait()
        try:
            change_seat(Seat.objects.get(pk=seat.pk), seat.user, ends_on=timezone.localdate())
            outcomes.append("left")
        except ValidationError:
            outcomes.append("stayed")
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=(seat,)) for seat in seats]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["left", "stayed"]


@pytest.mark.django_db
class TestOwnData:
    def test_a_person_gets_all_that_is_kept_about_them(self):
        organisation = make_organisation()
        user = make_user("editor", organisation, email="ana@example.org", full_name="Ana", expertise_de="Schlaf")
        make_user(email="bor@example.org")
        data = personal_data(user)
        assert (data["email"], data["ask_me_about"]["de"], data["seats"][0]["role"]) == (
            "ana@example.org",
            "Schlaf",
            "editor",
        )
        assert "bor@example.org" not in str(data)

    def test_erasing_leaves_neither_name_nor_address_in_rows_or_history(self):
        organisation = make_organisation()
        user = make_user("editor", organisation, email="ana@example.org", full_name="Ana Novak", phone="041 000 001")
        client = proved(user)
        assert client.post("/en/account/erase/").status_code == 302
        assert not Invitation.objects.filter(email="ana@example.org").exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM partners_userevent WHERE email LIKE 'ana%' OR full_name <> ''")
            assert cursor.fetchone() == (0,)
        erased = User.objects.get(pk=user.pk)
        assert (erased.full_name, erased.phone, erased.is_active) == ("", "", False)
        assert not erased.has_usable_password()
        assert list(erased.seats.values_list("ends_on", flat=True)) == [timezone.localdate()]
        assert client.get("/en/account/").status_code == 302

    def test_the_only_coordinator_must_hand_over_first(self):
        user = make_user("coordinator", full_name="Ana")
        assert proved(user).post("/en/account/erase/").status_code == 409
        assert User.objects.get(pk=user.pk).full_name == "Ana"

    def test_the_account_form_changes_nothing_it_does_not_show(self):
        user = make_user(email="ana@example.org", full_name="Ana")
        form = {
            "full_name": "Ana B",
            "language": "da",
            "email": "evil@example.org",
            "is_superuser": "1",
            "is_staff": "1",
        }
        assert signed_in(user).post("/en/account/", form).status_code == 302
        user.refresh_from_db()
        assert (user.full_name, user.language, user.email, user.is_superuser, user.is_staff) == (
            "Ana B",
            "da",
            "ana@example.org",
            False,
            False,
        )


def test_a_seat_that_ended_gives_nothing(db):
    organisation = make_organisation()
    user = make_user("coordinator", organisation)
    user.seats.update(ends_on=date(2020, 6, 1))
    assert signed_in(user).get("/en/people/invite/").status_code == 404
    assert not seats_to_keep(user).exists()


def test_erase_is_kept_to_one_person(db):
    first, second = make_user(full_name="Ana"), make_user(full_name="Bor")
    erase(first)
    second.refresh_from_db()
    assert second.full_name == "Bor"


@pytest.mark.django_db
class TestRoles:
    def test_whoever_gives_a_seat_reads_what_it_may_do_of_the_roles_they_may_give(self):
        organisation = make_organisation()
        page = signed_in(make_user("coordinator", organisation)).get("/en/people/invite/").content.decode()
        assert page.count("<dt>") == len(Seat.Role)
        assert "<dt>Data steward</dt><dd>Looks after figures" in page
        seat = make_user("representative", organisation).seats.get()
        page = signed_in(seat.user).get("/en/people/invite/").content.decode()
        assert page.count("<dt>") == 2
        assert "Looks after figures" not in page


@pytest.mark.django_db
class TestMembership:
    def form(self, client, membership, **changed):
        """The answer to the form as it stands, with something changed."""
        address = f"/en/people/memberships/{membership.pk}/"
        form = client.get(address).context["form"]
        data = {name: form[name].value() or "" for name in ("joined_on", "mandate", "mandate_link", "left_on", "base")}
        return client.post(address, {**data, **changed})

    def test_a_coordinator_notes_the_mandate_and_members_read_it(self):
        organisation = make_organisation()
        membership = organisation.memberships.get()
        client = signed_in(make_user("coordinator", organisation))
        link = "https://example.org/mandate.pdf"
        answer = self.form(client, membership, joined_on="2019-05-06", mandate="Council 12/2019", mandate_link=link)
        assert answer.status_code == 302
        page = signed_in(make_user("editor", organisation)).get("/en/people/").content.decode()
        assert "member since 6 May 2019" in page
        assert f'<a href="{link}" rel="noopener noreferrer">Council 12/2019</a>' in page
        assert "/people/memberships/" not in page

    def test_only_an_address_with_https_is_a_mandate(self):
        organisation = make_organisation()
        client = signed_in(make_user("coordinator", organisation))
        answer = self.form(client, organisation.memberships.get(), mandate_link="javascript:alert(1)")
        assert answer.status_code == 422
        assert "Enter a web address that begins with https://." in answer.content.decode()
        assert organisation.memberships.get().mandate_link == ""

    def test_nobody_else_changes_a_membership(self):
        organisation = make_organisation()
        address = f"/en/people/memberships/{organisation.memberships.get().pk}/"
        for user in (make_user("representative", organisation), make_user("coordinator", make_organisation())):
            assert signed_in(user).post(address, {"mandate": "x"}).status_code == 404

    def test_an_organisation_leaves_on_a_day_and_its_people_have_no_say(self):
        organisation = make_organisation()
        client = signed_in(make_user("coordinator", organisation))
        other = make_organisation(organisation.memberships.get().group)
        editor = make_user("editor", other)
        yesterday = timezone.localdate() - timedelta(days=1)
        joined = yesterday - timedelta(days=400)
        assert self.form(client, other.memberships.get(), joined_on=joined, left_on=yesterday).status_code == 302
        assert signed_in(editor).get("/en/people/").status_code == 404

    def test_the_only_coordinator_cannot_leave_with_their_organisation(self):
        organisation = make_organisation()
        client = signed_in(make_user("coordinator", organisation))
        today = timezone.localdate()
        answer = self.form(client, organisation.memberships.get(), joined_on="2019-05-06", left_on=today)
        assert answer.status_code == 422
        assert "A group needs a coordinator" in answer.content.decode()
        assert organisation.memberships.get().left_on is None
