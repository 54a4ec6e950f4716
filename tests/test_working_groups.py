"""Working groups: who works in one and what follows from it: tasks, mails, invitations; who reads and who changes."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from actionplans import agenda, invitations
from actionplans.mails import task_given, tasks_due
from actionplans.models import Round, Task
from partners.directory import look
from partners.models import WorkingGroup, WorkingGroupMember
from portal.history.past import events_of
from portal.models import Outbox

from .records import make_group, make_meeting, make_organisation, make_user, signed_in

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"actionplans:{name}", args=args)


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def lead(group):
    return make_organisation(group)


@pytest.fixture
def partner(group):
    return make_organisation(group)


@pytest.fixture
def coordinator(group):
    return make_user("coordinator", make_organisation(group))


@pytest.fixture
def body(group, lead):
    return WorkingGroup.objects.create(group=group, slug="old", name_sl="Starejši", purpose_sl="Hoja", lead=lead)


def take_part(body, organisation, user=None):
    membership = organisation.memberships.get()
    return WorkingGroupMember.objects.create(working_group=body, membership=membership, user=user)


# ---- who works in it --------------------------------------------------------------------------------
class TestWhoWorksInIt:
    def test_who_speaks_for_its_organisations_and_who_is_named(self, body, lead, partner, coordinator):
        speaks, deputy = make_user("representative", lead), make_user("deputy", partner)
        make_user("editor", partner)
        named = make_user("editor", coordinator.seats.get().membership.organisation)
        take_part(body, partner)
        take_part(body, coordinator.seats.get().membership.organisation, named)
        assert list(body.people()) == [speaks, deputy, named]
        inside = [body in WorkingGroup.objects.of_person(user) for user in (speaks, deputy, named, coordinator)]
        assert inside == [True, True, True, False]

    def test_whose_seat_ended_or_whose_organisation_left_works_in_it_no_more(self, body, partner):
        ana, bor = make_user("editor", partner), make_user("representative", partner)
        take_part(body, partner)
        take_part(body, partner, ana)
        assert list(body.people()) == [ana, bor]
        ana.seats.update(ends_on=timezone.localdate() - timedelta(days=1))
        assert list(body.people()) == [bor]
        partner.memberships.update(left_on=timezone.localdate())
        assert list(body.people()) == []
        assert not WorkingGroup.objects.of_person(bor).exists()

    def test_an_organisation_and_a_person_take_part_once(self, body, partner):
        ana = make_user("editor", partner)
        for user in (None, ana):
            take_part(body, partner, user)
            with pytest.raises(IntegrityError), transaction.atomic():
                take_part(body, partner, user)


# ---- the pages ------------------------------------------------------------------------------------
def data_of(client, address, **changes):
    """What the form of that page sends, with the changes."""
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in {**values, **changes}.items() if value not in (None, "", False)}


class TestThePages:
    def test_a_coordinator_makes_one_with_its_members(self, group, lead, partner, coordinator):
        ana = make_user("editor", partner)
        membership = partner.memberships.get()
        data = {"group": group.slug, "name_sl": "Otroci", "purpose_sl": "Zajtrk v šoli", "lead": lead.pk}
        data |= {"organisations": [membership.pk], "people": [f"{membership.pk}-{ana.pk}"]}
        answer = signed_in(coordinator).post(url("working-group-add"), data)
        body = WorkingGroup.objects.get()
        assert (answer.status_code, body.slug, body.lead) == (302, "otroci", lead)
        assert sorted(body.members.values_list("membership", "user"), key=str) == sorted(
            [(membership.pk, ana.pk), (membership.pk, None)], key=str
        )
        html = signed_in(ana).get(url("working-groups")).content.decode()
        assert ("Otroci" in html, "Zajtrk v šoli" in html) == (True, True)

    def test_who_leads_changes_what_it_does_and_who_takes_part_but_not_who_leads(self, body, lead, partner):
        client = signed_in(make_user("representative", lead))
        address = url("working-group-edit", body.pk)
        take_part(body, lead)
        data = data_of(client, address, purpose_sl="Ples", organisations=[partner.memberships.get().pk])
        assert client.post(address, {**data, "lead": partner.pk}).status_code == 302
        body.refresh_from_db()
        assert (body.purpose_sl, body.lead) == ("Ples", lead)
        assert [row.membership.organisation for row in body.members.all()] == [partner]
        assert events_of(WorkingGroupMember).objects.filter(pgh_label="delete").count() == 1

    def test_two_at_once_are_shown_both(self, body, coordinator):
        client, address = signed_in(coordinator), url("working-group-edit", body.pk)
        mine = data_of(client, address, purpose_sl="Moje")
        client.post(address, data_of(client, address, purpose_sl="Njihovo"))
        answer = client.post(address, mine)
        assert answer.status_code == 409
        assert ["Moje" in answer.content.decode(), "Njihovo" in answer.content.decode()] == [True, True]

    def test_members_read_and_do_not_change(self, body, partner):
        client = signed_in(make_user("representative", partner))
        assert client.get(url("working-group", body.pk)).status_code == 200
        assert client.get(url("working-group-edit", body.pk)).status_code == 404
        assert client.get(url("working-group-add")).status_code == 404

    def test_another_group_reaches_nothing(self, body):
        there = make_organisation()
        for role in ("coordinator", "representative"):
            client = signed_in(make_user(role, there))
            for name in ("working-group", "working-group-edit"):
                assert client.get(url(name, body.pk)).status_code == 404
            assert "Starejši" not in client.get(url("working-groups")).content.decode()
            assert "Starejši" not in client.get(reverse("partners:directory")).content.decode()

    def test_a_form_offers_only_what_is_of_the_group(self, group, coordinator):
        foreign = make_organisation()
        stranger = make_user("representative", foreign)
        membership = foreign.memberships.get()
        data = {"group": group.slug, "name_sl": "Otroci", "lead": foreign.pk, "organisations": [membership.pk]}
        data["people"] = [f"{membership.pk}-{stranger.pk}"]
        answer = signed_in(coordinator).post(url("working-group-add"), data)
        assert (answer.status_code, WorkingGroup.objects.exists()) == (422, False)
        assert set(answer.context["form"].errors) == {"lead", "organisations", "people"}

    @pytest.mark.parametrize("size", [1, 8])
    def test_the_list_asks_a_fixed_number_of_questions(self, group, coordinator, size, django_assert_max_num_queries):
        for number in range(size):
            organisation = make_organisation(group)
            body = WorkingGroup.objects.create(group=group, slug=f"w{number}", name_sl=f"W{number}", lead=organisation)
            take_part(body, organisation, make_user("editor", organisation))
            Task.objects.create(group=group, working_group=body, title_sl="Naloga")
        client = signed_in(coordinator)
        client.get(url("working-groups"))
        with django_assert_max_num_queries(20):
            assert client.get(url("working-groups")).status_code == 200

    def test_the_directory_finds_and_names_who_takes_part(self, body, lead, partner, coordinator):
        take_part(body, partner)
        found = look(coordinator, working_group=str(body.pk))
        assert {p.organisation for p in found.partners} == {lead, partner}
        assert [p.working_groups for p in found.partners] == [[body], [body]]


# ---- tasks and meetings -----------------------------------------------------------------------------
class TestItsTasks:
    def test_they_stand_in_the_work_of_its_members_who_may_move_them(self, group, body, partner):
        ana, other = make_user("representative", partner), make_user("representative", make_organisation(group))
        take_part(body, partner)
        task = Task.objects.create(group=group, working_group=body, title_sl="Poklicati šolo")
        assert [item.task for item in signed_in(ana).get(url("work")).context["items"]] == [task]
        assert signed_in(other).get(url("work")).context["items"] == []
        moves = [signed_in(user).post(url("task-move", task.pk), {"state": "doing"}) for user in (other, ana)]
        assert [answer.status_code for answer in moves] == [404, 302]

    def test_where_somebody_is_responsible_it_is_theirs_alone(self, group, body, partner):
        ana, responsible = make_user("representative", partner), make_organisation(group)
        take_part(body, partner)
        Task.objects.create(group=group, working_group=body, organisation=responsible, title_sl="Poklicati šolo")
        assert signed_in(ana).get(url("work")).context["items"] == []

    def test_its_members_hear_of_one_and_of_its_day(self, group, body, partner, coordinator):
        ana, bor = make_user("representative", partner), make_user("deputy", partner)
        take_part(body, partner)
        today = timezone.localdate()
        task = Task.objects.create(group=group, working_group=body, title_sl="Poklicati šolo", due_on=today)
        task_given(task, coordinator)
        tasks_due(today)
        told = sorted(Outbox.objects.values_list("kind", "to"))
        assert told == sorted((kind, user.email) for kind in ("task-given", "tasks-due") for user in (ana, bor))

    def test_a_task_of_a_measure_or_another_group_belongs_to_none(self, group, body, coordinator):
        other = WorkingGroup.objects.create(group=make_group(), slug="x", name_sl="Tuja")
        data = {"group": group.slug, "title_sl": "Naloga", "working_group": other.pk}
        assert signed_in(coordinator).post(url("task-add"), data).status_code == 422
        assert signed_in(coordinator).post(url("task-add"), {**data, "working_group": body.pk}).status_code == 302
        assert Task.objects.get().working_group == body


class TestItsMeetings:
    def test_its_members_are_invited_and_nobody_else(self, group, body, partner, coordinator):
        ana = make_user("representative", partner)
        make_user("representative", make_organisation(group))
        take_part(body, partner)
        meeting = make_meeting(group, working_group=body)
        assert invitations.invite(meeting) == 1
        mail = Outbox.objects.get()
        assert (mail.to, "Starejši" in mail.text) == (ana.email, True)

    def test_without_members_nobody_is_invited_and_it_is_said(self, group, body):
        meeting = make_meeting(group, working_group=body)
        with pytest.raises(ValidationError):
            invitations.invite(meeting)
        meeting.refresh_from_db()
        assert meeting.status == "planned"

    def test_only_a_working_group_of_that_group_can_meet(self, group, body, coordinator):
        there = make_organisation()
        client = signed_in(make_user("coordinator", there))
        data = {"group": there.memberships.get().group_id, "title_sl": "Seja", "day": "2027-01-12", "begins": "10:00",
                "ends": "11:00", "place": "Sejna soba", "language": "sl", "working_group": body.pk}  # fmt: skip
        WorkingGroup.objects.create(group=there.memberships.get().group, slug="x", name_sl="Naša")
        assert client.post(url("meeting-add"), data).status_code == 422
        own = signed_in(coordinator).post(url("meeting-add"), {**data, "group": group.pk})
        assert (own.status_code, body.meetings.count()) == (302, 1)

    def test_it_takes_up_what_is_its_own_and_the_whole_group_everything(self, group, body, coordinator):
        """Rounds and the minutes of the whole group are none of its business; it does not approve them either."""
        today, ago = timezone.localdate(), timedelta(days=-9)
        whole, own = (make_meeting(group, ago, working_group=one, status="minutes_written") for one in (None, body))
        for where in (None, body):
            Task.objects.create(group=group, working_group=where, title_sl="x", due_on=today + ago)
        period = {"starts_on": today + ago, "ends_on": today, "due_on": today, "closed_on": today}
        Round.objects.create(group=group, title_sl="Krog", status="closed", **period)
        here, everything = (agenda.gather(make_meeting(group, working_group=one)) for one in (body, None))
        assert ([fact.pk for fact in here.minutes], len(here.tasks), here.rounds) == ([own.pk], 1, [])
        assert ([fact.pk for fact in everything.minutes], len(everything.tasks)) == ([whole.pk], 2)
        assert len(everything.rounds) == 1
        form = signed_in(coordinator).get(f"{url('meeting-add')}?working_group={body.pk}").context["form"]
        assert str(form["working_group"].value()) == str(body.pk)

    def test_its_attendance_lists_its_own_organisations(self, group, body, lead, partner, coordinator):
        take_part(body, partner)
        meeting = make_meeting(group, working_group=body, status="invited")
        form = signed_in(coordinator).get(url("minutes", meeting.pk)).context["page"].attendance
        assert {membership.organisation for membership in form.members} == {lead, partner}
