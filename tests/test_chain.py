"""The chain along life phases: what stands in each, where it breaks, who reads and who edits it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from actionplans.chain import chain
from actionplans.models import Transition
from portal.models import Vocabulary

from .records import make_organisation, make_programme, make_term, make_user, signed_in

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


@pytest.fixture
def phases():
    return [make_term(Vocabulary.LIFE_PHASE, slug, order=n) for n, slug in enumerate(("birth", "school", "work"))]


def make_transition(group, start, end, **fields):
    fields = {"title_en": f"{start.slug} to {end.slug}", "is_public": True, **fields}
    return Transition.objects.create(group=group, from_phase=start, to_phase=end, **fields)


def page(name, *args):
    with translation.override("en"):
        return reverse(f"actionplans:{name}", args=args)


def test_phases_stand_in_their_order_with_their_programmes(group, phases):
    make_term(Vocabulary.LIFE_PHASE, "all-ages", order=9)
    make_programme(make_organisation(group), terms=[phases[1]], title_en="Recess")
    make_programme(terms=[phases[1]])  # of another group
    links = chain(group, NOBODY)
    assert [(link.phase.value, link.programmes) for link in links] == [("birth", 0), ("school", 1), ("work", 0)]
    assert [str(programme.title_en) for programme in links[1].examples] == ["Recess"]


def test_the_chain_breaks_where_nobody_hands_over(group, phases):
    giver, taker = make_organisation(group), make_organisation(group)
    make_transition(group, phases[0], phases[1], giver=giver, taker=taker, state="agreed")
    assert [link.is_broken for link in chain(group, NOBODY)] == [False, True, False]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"taker": True}, "Nobody hands over."),
        ({"giver": True}, "Nobody takes over."),
        ({"giver": True, "taker": True}, "It has not been agreed yet."),
    ],
)
def test_a_transition_says_what_is_broken_about_it(group, phases, fields, sentence):
    partners = {side: make_organisation(group) for side in fields}
    make_transition(group, phases[0], phases[1], **partners)
    with translation.override("en"):
        [handover] = chain(group, NOBODY)[0].handovers
    assert handover.breaks == [sentence]
    assert chain(group, NOBODY)[0].is_broken


def test_a_partner_that_left_hands_nothing_over(group, phases):
    giver, taker = make_organisation(group, name_en="School"), make_organisation(group)
    make_transition(group, phases[0], phases[1], giver=giver, taker=taker, state="lived")
    giver.memberships.update(left_on=timezone.localdate())
    with translation.override("en"):
        assert chain(group, NOBODY)[0].handovers[0].breaks == ["School no longer belongs to the group."]


def test_the_public_reads_what_is_marked_public_members_everything(group, phases):
    transition = make_transition(group, phases[0], phases[1], is_public=False)
    readers = [make_user("adviser", make_organisation(group)), make_user("coordinator"), NOBODY]
    assert [bool(chain(group, reader)[0].handovers) for reader in readers] == [True, False, False]
    assert transition.title_en not in Client().get(f"{page('chain')}?of={group.slug}").content.decode()


def test_a_transition_that_holds_mends_the_chain_for_those_too_who_do_not_see_it(group, phases):
    partners = {side: make_organisation(group) for side in ("giver", "taker")}
    make_transition(group, phases[0], phases[1], **partners, state="agreed", is_public=False)
    link = chain(group, NOBODY)[0]
    assert (link.handovers, link.is_broken, link.is_unnamed) == ([], False, False)


def test_a_transition_to_a_later_phase_does_not_hide_the_break_before_it(group, phases):
    partners = {side: make_organisation(group) for side in ("giver", "taker")}
    make_transition(group, phases[0], phases[2], **partners, state="agreed")
    link = chain(group, NOBODY)[0]
    assert (len(link.handovers), link.is_broken, link.is_unnamed) == (1, True, True)


def test_what_is_agreed_has_two_partners(group, phases):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_transition(group, phases[0], phases[1], state="agreed")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_transition(group, phases[0], phases[0])


def filled(form, **changes):
    """What a browser sends of a form as it stands, with these fields changed."""
    data = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    return {**data, **changes}


def test_the_coordinator_names_a_pair(group, phases):
    giver, taker = make_organisation(group), make_organisation(group)
    client = signed_in(make_user("coordinator", giver))
    address = f"{page('transition-add')}?of={group.slug}&from={phases[0].pk}&to={phases[1].pk}"
    form = client.get(address).context["form"]
    assert (form["from_phase"].value(), form["to_phase"].value()) == (phases[0].pk, phases[1].pk)
    data = filled(form, title_en="First day", giver=giver.pk, taker=taker.pk, state="agreed", is_public="on")
    assert client.post(address, data).status_code == 302
    assert not chain(group, NOBODY)[0].is_broken


def test_an_agreement_without_a_partner_is_refused_in_words(group, phases):
    client = signed_in(make_user("coordinator", make_organisation(group)))
    address = f"{page('transition-add')}?of={group.slug}"
    data = {"title_en": "x", "from_phase": phases[0].pk, "to_phase": phases[1].pk, "state": "agreed"}
    answer = client.post(address, data)
    assert answer.status_code == 422
    assert "What is agreed has somebody who hands over and somebody who takes over." in answer.content.decode()
    assert 'value="x"' in answer.content.decode()


def test_partners_of_other_groups_are_not_offered(group, phases):
    ours, theirs = make_organisation(group), make_organisation()
    client = signed_in(make_user("coordinator", ours))
    address = f"{page('transition-add')}?of={group.slug}"
    form = client.get(address).context["form"]
    assert list(form.fields["giver"].queryset) == [ours]
    data = {"title_en": "x", "from_phase": phases[0].pk, "to_phase": phases[1].pk, "state": "open", "giver": theirs.pk}
    assert client.post(address, data).status_code == 422


def test_only_the_coordinator_of_the_group_edits(group, phases):
    transition = make_transition(group, phases[0], phases[1])
    member = make_user("editor", make_organisation(group))
    for user in (member, make_user("coordinator")):
        client = signed_in(user)
        assert client.get(page("transition-edit", transition.pk)).status_code == 404
        assert client.post(page("transition-remove", transition.pk), {"version": 1}).status_code == 404
        assert client.get(f"{page('transition-add')}?of={group.slug}").status_code == 404
        assert client.get(f"/en/history/transition/{transition.pk}/").status_code == 404
    assert Client().get(page("transition-edit", transition.pk)).status_code == 302
    assert Transition.objects.count() == 1


def test_of_two_who_edit_the_second_is_shown_both(group, phases):
    transition = make_transition(group, phases[0], phases[1])
    client = signed_in(make_user("coordinator", make_organisation(group)))
    address = page("transition-edit", transition.pk)
    form = client.get(address).context["form"]
    assert client.post(address, filled(form, title_en="First")).status_code == 302
    answer = client.post(address, filled(form, title_en="Second"))
    assert answer.status_code == 409
    assert [(one.theirs, one.mine) for one in answer.context["form"].met] == [("First", "Second")]


def test_what_somebody_changed_meanwhile_is_not_removed(group, phases):
    transition = make_transition(group, phases[0], phases[1], version=2)
    client = signed_in(make_user("coordinator", make_organisation(group)))
    for version, left in (("1", 1), ("2", 0)):
        client.post(page("transition-remove", transition.pk), {"version": version})
        assert Transition.objects.count() == left


def test_every_change_of_a_transition_leaves_a_trace(group, phases):
    transition = make_transition(group, phases[0], phases[1])
    client = signed_in(make_user("coordinator", make_organisation(group)))
    form = client.get(page("transition-edit", transition.pk)).context["form"]
    client.post(page("transition-edit", transition.pk), filled(form, title_en="Into school"))
    assert "Into school" in client.get(f"/en/history/transition/{transition.pk}/").content.decode()
