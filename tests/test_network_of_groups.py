"""The network of groups: who is in it since when, how one joins, and who says so."""

from datetime import date

import pytest
from django.test import Client

from partners.forms import JoinForm
from partners.models import Group, Municipality
from portal.stale import StaleObject

from .records import make_group, make_organisation, make_user, signed_in
from .test_plan import make_measure, make_strategy
from .test_practices import make_practice

pytestmark = pytest.mark.django_db
PAGE = "/en/network/groups/"


def administrator():
    return signed_in(make_user(is_staff=True, is_superuser=True, language="en"))


def setup(group):
    return f"/en/groups/{group.pk}/"


def test_each_group_stands_there_with_municipalities_status_and_since_when():
    valley = Municipality.objects.create(code="valley", name_en="The valley")
    group = make_group(name_en="Valley group", standing="applied", standing_since=date(2026, 3, 1))
    group.municipalities.set([valley])
    make_group(name_en="Old group", standing="finished", standing_since=date(2024, 5, 1))
    html = Client().get(PAGE).content.decode()
    for words in ("Valley group", "The valley", "Has applied", "1 March 2026", "Has finished", "1 May 2024"):
        assert words in html, words


def test_those_that_take_part_come_first():
    for name, standing in (("A done", "finished"), ("B asks", "applied"), ("C works", "participating")):
        make_group(name_en=name, standing=standing)
    found = Client().get(PAGE).context["groups"]
    assert [group.name_en for group in found] == ["C works", "B asks", "A done"]


def test_with_one_group_or_none_the_page_still_says_how_one_joins():
    assert "How a municipality joins" in Client().get(PAGE).content.decode()
    make_group(name_en="The only one", founded_on=date(2020, 2, 3))
    html = Client().get(PAGE).content.decode()
    assert "3 February 2020" in html
    assert 'href="/en/take-part/"' in html


def test_objectives_in_force_and_published_practices_are_named_and_drafts_are_not():
    group = make_group()
    make_measure(make_strategy(group, title_en="Together"))
    make_strategy(group, slug="next", title_en="Secret draft", status="draft")
    make_practice(group)
    make_practice(group, state="draft")
    html = Client().get(PAGE).content.decode()
    assert ("Together" in html, "Sleep well" in html, "Secret draft" in html) == (True, True, False)
    assert f"?group={group.slug}" in html
    assert "1 practice to copy" in html


def test_it_asks_the_same_number_of_questions_whatever_its_size(django_assert_max_num_queries):
    for _number in range(12):
        group = make_group()
        group.municipalities.set([Municipality.objects.create(code=group.slug, name_en=group.slug)])
        make_measure(make_strategy(group), slug=f"m-{group.pk}")
    with django_assert_max_num_queries(8):
        Client().get(PAGE)


def test_an_administrator_changes_the_status_and_the_history_keeps_it():
    group = make_group(standing="applied")
    client = administrator()
    html = client.get(setup(group)).content.decode()
    assert 'id="h-standing"' in html
    form = {"standing": "participating", "since": "2026-06-01", "was": "applied "}
    assert client.post(f"{setup(group)}standing/", form).status_code == 302
    group.refresh_from_db()
    assert (group.standing, group.standing_since) == ("participating", date(2026, 6, 1))
    events = Group.pgh_event_model.objects.filter(pgh_obj_id=group.pk).order_by("pgh_id")
    assert list(events.values_list("standing", flat=True)) == ["applied", "participating"]


def test_the_second_of_two_administrators_is_told():
    group = make_group(standing="applied")
    client = administrator()
    form = {"standing": "participating", "since": "2026-06-01", "was": "applied "}
    client.post(f"{setup(group)}standing/", form)
    answer = client.post(f"{setup(group)}standing/", {**form, "standing": "finished"})
    assert answer.status_code == 409
    assert "Somebody else changed this in the meantime" in answer.content.decode()
    assert Group.objects.get(pk=group.pk).standing == "participating"


@pytest.mark.parametrize(
    "fields", [{"standing": "applied"}, {"standing": "nonsense"}, {"since": "soon"}, {"since": ""}]
)
def test_a_move_the_table_does_not_have_and_a_day_that_is_none_are_refused(fields):
    group = make_group(standing="participating")
    form = {"standing": "finished", "since": "2026-06-01", "was": "participating ", **fields}
    assert administrator().post(f"{setup(group)}standing/", form).status_code == 422
    assert Group.objects.get(pk=group.pk).standing == "participating"


@pytest.mark.parametrize("now", Group.Standing.values)
@pytest.mark.parametrize("wanted", Group.Standing.values)
def test_a_group_moves_as_the_table_says_and_its_day_may_be_put_right(now, wanted):
    group = make_group(standing=now)
    if wanted == now or wanted in Group.STANDING_NEXT[now]:
        group.set_standing(wanted, date(2026, 1, 1))
        assert (group.standing, group.standing_since) == (wanted, date(2026, 1, 1))
    else:
        with pytest.raises(StaleObject):
            group.set_standing(wanted, date(2026, 1, 1))


def test_nobody_but_administrators_changes_it():
    organisation = make_organisation()
    group = organisation.memberships.get().group
    form = {"standing": "finished", "since": "2026-06-01", "was": "participating "}
    coordinator = signed_in(make_user("coordinator", organisation))
    assert 'id="h-standing"' not in coordinator.get(setup(group)).content.decode()
    for client, status in ((coordinator, 404), (signed_in(make_user()), 404), (Client(), 302)):
        assert client.post(f"{setup(group)}standing/", form).status_code == status
    assert Group.objects.get(pk=group.pk).standing == "participating"


def test_a_group_that_has_finished_takes_nobody_in():
    make_group(name_en="Open one")
    second = make_group(name_en="Another one")
    make_group(name_en="Closed one", standing="finished")
    names = [str(label) for _value, label in JoinForm().fields["group"].choices]
    assert len(names) == 3
    Group.objects.exclude(pk=second.pk).update(standing="finished")
    assert "group" not in JoinForm().fields
    Group.objects.update(standing="finished")
    assert Client().get("/en/take-part/").status_code == 404
