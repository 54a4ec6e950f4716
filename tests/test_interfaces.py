"""The register of interfaces: what stands in it, who reads and changes it, and what everybody sees of it."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from actionplans.forms.interfaces import InterfaceForm
from actionplans.models import Interface, InterfaceTopic
from portal.history.past import events_of
from portal.models import Vocabulary
from portal.stale import StaleObject

from .records import make_group, make_organisation, make_term, make_user, signed_in
from .workshop import typed

pytestmark = pytest.mark.django_db


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"actionplans:{name}", args=args)


@pytest.fixture
def office(group):
    return make_organisation(group, name_en="Municipality")


@pytest.fixture
def school(group):
    return make_organisation(group, name_en="School")


@pytest.fixture
def coordinator(group):
    return make_user("coordinator", make_organisation(group), full_name="Mojca Hribernik")


@pytest.fixture
def interface(group, office, school):
    return make_interface(group, organisation=office, other=school)


def make_interface(group, **fields):
    return Interface.objects.create(group=group, **{"task_sl": "Pešpoti", "task_en": "Footpaths", **fields})


def form_of(interface, coordinator, **changes):
    with translation.override("en"):
        return typed(InterfaceForm(instance=interface, group=interface.group), **changes)


# ---- who reads and changes it -------------------------------------------------------------------------
def test_members_read_all_of_their_group_and_strangers_nothing(client, group, interface, school):
    member = signed_in(make_user("adviser", school))
    stranger = signed_in(make_user("coordinator", make_organisation(make_group())))
    assert client.get(url("interfaces")).status_code == 302
    assert "Footpaths" in member.get(url("interfaces")).content.decode()
    assert "Footpaths" not in stranger.get(url("interfaces")).content.decode()
    answers = [
        stranger.get(f"{url(name)}?group={group.slug}") for name in ("interfaces", "interfaces-csv", "interface-add")
    ]
    answers += [stranger.get(url("interface-edit", interface.pk))]
    answers += [stranger.post(url(name, interface.pk)) for name in ("interface-move", "interface-looked")]
    assert [answer.status_code for answer in answers] == [404] * 6


def test_coordinators_and_either_side_change_it_and_nobody_else(group, interface, office, school, coordinator):
    other = make_user("editor", make_organisation(group))
    may = [coordinator, make_user("editor", office), make_user("editor", school)]
    assert [Interface.objects.editable_by(user).count() for user in may] == [1, 1, 1]
    assert signed_in(other).get(url("interface-edit", interface.pk)).status_code == 404


def test_a_partner_writes_down_its_own_and_only_the_coordinator_publishes(group, office, school):
    client = signed_in(make_user("editor", office))
    others = make_organisation(group)
    form = {"group": group.slug, "task_en": "Crossings", "is_public": "on"}
    refused = client.post(url("interface-add"), {**form, "organisation": school.pk, "other": others.pk})
    assert (refused.status_code, "Your own organisation" in refused.content.decode()) == (422, True)
    client.post(url("interface-add"), {**form, "organisation": office.pk, "other": school.pk})
    assert Interface.objects.get().is_public is False


def test_what_can_be_chosen_belongs_to_the_group(group, interface, coordinator):
    stranger = make_user("editor", make_organisation(make_group()))
    form = InterfaceForm(instance=interface, group=group)
    assert stranger not in form.fields["contact_person"].queryset
    assert stranger.seats.get().membership.organisation not in form.fields["other"].queryset
    form = form_of(interface, coordinator, contact_person=stranger.pk)
    assert signed_in(coordinator).post(url("interface-edit", interface.pk), form).status_code == 422


# ---- the form -----------------------------------------------------------------------------------------
def test_each_side_is_somebody_and_not_the_same_one(interface, office, coordinator):
    client, address = signed_in(coordinator), url("interface-edit", interface.pk)
    nobody = client.post(address, form_of(interface, coordinator, other="", other_unit_en=""))
    assert (nobody.status_code, "write which unit it is" in nobody.content.decode()) == (422, True)
    twice = client.post(address, form_of(interface, coordinator, other=office.pk))
    assert (twice.status_code, "Both sides are the same" in twice.content.decode()) == (422, True)
    units = form_of(interface, coordinator, other=office.pk, unit_en="Traffic planning", other_unit_en="Schools office")
    assert client.post(address, units).status_code == 302


def test_topics_are_kept_and_the_history_knows_them(interface, coordinator):
    moving, food = (make_term(Vocabulary.TOPIC, slug) for slug in ("moving", "food"))
    InterfaceTopic.objects.create(interface=interface, term=food)
    client = signed_in(coordinator)
    client.post(url("interface-edit", interface.pk), form_of(interface, coordinator, topics=[moving.pk]))
    assert list(interface.topics.all()) == [moving]
    assert set(events_of(InterfaceTopic).objects.values_list("pgh_label", flat=True)) == {"insert", "delete"}
    with translation.override("en"):
        history = client.get(reverse("history", args=["interface", interface.pk]))
    assert history.status_code == 200


def test_of_two_who_write_at_once_the_second_sees_both(interface, coordinator):
    client, address = signed_in(coordinator), url("interface-edit", interface.pk)
    mine = form_of(interface, coordinator, unit_en="Traffic planning")
    client.post(address, form_of(interface, coordinator, task_en="Paths"))
    answer = client.post(address, mine)
    html = answer.content.decode()
    assert (answer.status_code, "Traffic planning" in html, "Paths" in html) == (409, True, True)


def test_what_is_called_agreed_says_what_was_agreed(interface, coordinator):
    with pytest.raises(ValidationError):
        interface.move_to("agreed")
    Interface.objects.filter(pk=interface.pk).update(agreement_en="Answer by September")
    interface.refresh_from_db()
    interface.move_to("agreed")
    emptied = form_of(interface, coordinator, agreement_en="")
    assert signed_in(coordinator).post(url("interface-edit", interface.pk), emptied).status_code == 422


# ---- states -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", Interface.State.values)
def test_every_state_has_a_way_on_and_none_leads_to_itself(interface, state):
    assert interface.NEXT[state]
    assert state not in interface.NEXT[state]


def test_a_state_moves_once_for_two_who_press_at_once(interface, coordinator):
    first, second = (Interface.objects.get(pk=interface.pk) for _ in range(2))
    first.move_to("in_talks")
    with pytest.raises(StaleObject):
        second.move_to("ended")
    client = signed_in(coordinator)
    client.post(url("interface-move", interface.pk), {"to": "ended", "version": interface.version})
    client.post(url("interface-move", interface.pk), {"to": "nonsense", "version": first.version})
    interface.refresh_from_db()
    assert interface.state == "in_talks"


def test_whoever_looks_says_so_with_one_press(interface, coordinator):
    Interface.objects.filter(pk=interface.pk).update(looked_at_on=date(2025, 1, 1))
    client = signed_in(coordinator)
    client.post(url("interface-looked", interface.pk), {"version": "99"})
    interface.refresh_from_db()
    assert interface.looked_at_on == date(2025, 1, 1)
    client.post(url("interface-looked", interface.pk), {"version": interface.version})
    interface.refresh_from_db()
    assert interface.looked_at_on == timezone.localdate()


# ---- what everybody sees ------------------------------------------------------------------------------
def test_everybody_sees_what_is_published_and_of_people_only_their_role(client, group, interface, coordinator):
    who = {"contact_person": coordinator, "contact_role_en": "adviser for traffic"}
    make_interface(group, task_en="Published", is_public=True, unit_en="Traffic", other_unit_en="Building", **who)
    html = client.get(url("interfaces-published")).content.decode()
    assert "Published" in html
    assert "adviser for traffic" in html
    assert [word for word in ("Footpaths", coordinator.full_name, coordinator.email) if word in html] == []
    assert coordinator.full_name in signed_in(coordinator).get(url("interfaces")).content.decode()


def test_the_table_has_a_row_for_each(interface, coordinator):
    answer = signed_in(coordinator).get(url("interfaces-csv"))
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][0] == "Footpaths"
    assert rows[1][2:5:2] == ["Municipality", "School"]


@pytest.mark.parametrize("size", [1, 9])
def test_lists_ask_a_fixed_number_of_questions(client, group, coordinator, size, django_assert_max_num_queries):
    for _ in range(size):
        one = make_interface(group, organisation=make_organisation(group), other=make_organisation(group),
                             contact=make_organisation(group), contact_person=make_user(), is_public=True)  # fmt: skip
        InterfaceTopic.objects.create(interface=one, term=make_term())
    member = signed_in(coordinator)
    member.get(url("interfaces"))
    with django_assert_max_num_queries(24):
        member.get(url("interfaces"))
    client.get(url("interfaces-published"))
    with django_assert_max_num_queries(12):
        client.get(url("interfaces-published") + "?fresh=1")
