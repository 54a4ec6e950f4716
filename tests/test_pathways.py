"""Pathways: who does what, whom to call, what happens next; who reads, writes and publishes them, and what they say."""

import csv
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from partners.models import Membership
from portal.history.past import events_of
from portal.languages import columns
from portal.models import Term, Vocabulary
from portal.stale import StaleObject
from programmes.forms.pathways import PathwayForm, StepForm
from programmes.models import Pathway, PathwayStep, PathwayTerm, StepProgramme

from .records import make_group, make_location, make_organisation, make_programme, make_term, make_user, signed_in
from .workshop import typed

pytestmark = pytest.mark.django_db


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"programmes:{name}", args=args)


def make_pathway(group=None, **fields):
    known = Pathway.objects.count()
    fields = {"title_en": "A child does not eat", "for_whom_en": "teachers", "slug": f"pathway-{known}", **fields}
    if fields.get("state") == "published":
        fields.setdefault("published_on", "2026-01-01")
    return Pathway.objects.create(group=group or make_group(), **fields)


def make_step(pathway, **fields):
    order = pathway.steps.count() + 1
    return PathwayStep.objects.create(
        pathway=pathway, **{"order": order, "title_en": f"Step {order}", "text_en": "Asks.", **fields}
    )


def page(client, pathway):
    with translation.override("en"):
        return client.get(pathway.get_absolute_url())


@pytest.fixture
def school(group):
    return make_organisation(group, name_en="School", phone="+386 1 111 11 11")


@pytest.fixture
def pathway(group, school):
    shown = make_pathway(group, state="published")
    make_step(shown, organisation=school, title_en="Notices", role_en="class teacher")
    make_step(shown, title_en="Helps", role_en="family doctor", within_days=14)
    return shown


def step_form(step, is_own=False, **changes):
    with translation.override("en"):
        return typed(StepForm(instance=step, is_own=is_own), **changes)


# ---- who reads it -------------------------------------------------------------------------------------
def test_a_draft_is_for_its_group_and_nobody_else(group, school, coordinator):
    draft = make_pathway(group, title_en="Secret way")
    member, stranger = make_user("adviser", school), make_user("coordinator", make_organisation(make_group()))
    clients = [Client(), signed_in(stranger), signed_in(member), signed_in(coordinator)]
    assert [page(client, draft).status_code for client in clients] == [404, 404, 200, 200]
    lists = [client.get(url("pathways")).content.decode() for client in clients]
    assert ["Secret way" in html for html in lists] == [False, False, True, True]
    assert "Secret way" not in Client().get(url("pathways-csv")).content.decode()


def test_a_published_one_says_who_does_what_whom_to_call_and_how_soon(pathway):
    html = page(Client(), pathway).content.decode()
    for words in ("A child does not eat", "class teacher", "tel:+38611111111", "Within 14 days", "Notices"):
        assert words in html


def test_a_place_is_rung_before_its_organisation_and_a_closed_one_not_at_all(pathway, school):
    place = make_location(school, phone="+386 1 222 22 22", name_en="Canteen")
    pathway.steps.filter(order=1).update(place=place)
    assert "tel:+38612222222" in page(Client(), pathway).content.decode()
    type(place).objects.update(closed_down_on="2026-01-01")
    html = page(Client(), pathway).content.decode()
    assert ("tel:+38612222222" in html, "tel:+38611111111" in html) == (False, True)


def test_nobody_is_told_to_ring_an_organisation_that_has_left(pathway, school, coordinator):
    Membership.objects.filter(organisation=school).update(left_on="2026-01-01")
    html = page(Client(), pathway).content.decode()
    assert ("School" in html, "tel:" in html.split("<main")[1].split("</main")[0]) == (True, False)
    assert school.get_absolute_url() not in html
    assert "no longer a member" in page(signed_in(coordinator), pathway).content.decode()


def test_a_step_names_only_programmes_that_residents_see(pathway, school):
    step = pathway.steps.first()
    for programme in (
        make_programme(school, title_en="Cooking"),
        make_programme(school, title_en="Unfinished", status="draft", checked_on=None),
    ):
        StepProgramme.objects.create(step=step, programme=programme)
    html = page(Client(), pathway).content.decode()
    assert ("Cooking" in html, "Unfinished" in html) == (True, False)


def test_a_text_in_another_language_says_so(pathway):
    with translation.override("de"):
        html = Client().get(pathway.get_absolute_url()).content.decode()
    assert '<span lang="en">Notices</span>' in html
    assert "Auf Englisch" in html


def test_the_number_of_questions_does_not_grow_with_the_steps(pathway, school, django_assert_max_num_queries):
    for _number in range(12):
        step = make_step(pathway, organisation=make_organisation(pathway.group), place=make_location(school))
        StepProgramme.objects.create(step=step, programme=make_programme(school))
    with django_assert_max_num_queries(10):
        page(Client(), pathway)
    with django_assert_max_num_queries(6):
        Client().get(url("pathways"))


# ---- where it is found --------------------------------------------------------------------------------
def test_the_catalogue_of_its_topic_and_the_page_of_its_programme_lead_there(pathway, school):
    topic = make_term(Vocabulary.TOPIC, "food")
    programme = make_programme(school, title_en="Cooking", terms=[topic])
    with translation.override("en"):
        before = Client().get(programme.get_absolute_url()).content.decode()
    PathwayTerm.objects.create(pathway=pathway, term=topic)
    StepProgramme.objects.create(step=pathway.steps.first(), programme=programme)
    with translation.override("en"):
        address, after = pathway.get_absolute_url(), Client().get(programme.get_absolute_url()).content.decode()
    assert (address in before, address in after) == (False, True)
    catalogue = url("catalogue")
    assert address in Client().get(f"{catalogue}?topic=food").content.decode()
    assert address not in Client().get(catalogue).content.decode().split("<main")[1].split("</main")[0]
    Pathway.objects.update(state="withdrawn")
    assert address not in Client().get(f"{catalogue}?topic=food").content.decode()


def test_the_search_finds_it_by_its_name(pathway):
    html = Client().get(url("catalogue"), {"q": "child does not eat"}).content.decode()
    with translation.override("en"):
        assert pathway.get_absolute_url() in html


def test_the_table_has_a_row_for_each_step_of_what_is_published(pathway, group):
    make_step(make_pathway(group))
    rows = list(csv.DictReader(StringIO(Client().get(url("pathways-csv")).content.decode("utf-8-sig"))))
    assert [(row["step"], row["step_title"], row["phone"]) for row in rows] == [
        ("1", "Notices", "'+386 1 111 11 11"),  # a spreadsheet must not take it for a formula
        ("2", "Helps", ""),
    ]


# ---- who writes it ------------------------------------------------------------------------------------
def test_coordinators_write_all_of_it_and_an_organisation_its_own_step(pathway, school, coordinator, group):
    own, other = make_user("editor", school), make_user("editor", make_organisation(group))
    mine, theirs = pathway.steps.all()
    for person, statuses in ((own, [404, 200, 404]), (other, [404] * 3), (coordinator, [200] * 3)):
        client = signed_in(person)
        answers = [client.get(url(*where)) for where in (
            ("pathway-edit", pathway.pk), ("step-edit", mine.pk), ("step-edit", theirs.pk),
        )]  # fmt: skip
        assert [answer.status_code for answer in answers] == statuses, person


def test_an_organisation_of_another_group_edits_no_step_even_where_it_is_named(pathway):
    elsewhere = make_organisation(make_group())
    step = make_step(pathway, organisation=elsewhere)
    stranger = signed_in(make_user("representative", elsewhere))
    assert stranger.get(url("step-edit", step.pk)).status_code == 404
    names = ("pathway-move", "pathway-looked")
    answers = [stranger.post(url(name, pathway.pk)).status_code for name in names]
    answers += [stranger.post(url(name, step.pk)).status_code for name in ("step-shift", "step-remove")]
    assert answers == [404] * 4


def test_an_organisation_cannot_give_its_step_away_nor_take_it_out(pathway, school, group):
    step, other = pathway.steps.first(), make_organisation(group)
    client = signed_in(make_user("editor", school))
    form = step_form(step, is_own=True, text_en="Asks kindly.", organisation=other.pk)
    assert client.post(url("step-edit", step.pk), form).status_code == 302
    step.refresh_from_db()
    assert (step.text_en, step.organisation) == ("Asks kindly.", school)
    assert [client.post(url(n, step.pk)).status_code for n in ("step-remove", "step-shift")] == [404, 404]


def test_what_can_be_chosen_belongs_to_the_group(pathway):
    stranger = make_organisation(make_group())
    place, programme = make_location(stranger), make_programme(stranger)
    form = StepForm(instance=pathway.steps.first())
    assert stranger not in form.fields["organisation"].queryset
    assert place not in form.fields["place"].queryset
    assert programme not in form.fields["programmes"].queryset


def test_a_step_says_who_does_it(pathway, coordinator):
    step = pathway.steps.first()
    answer = signed_in(coordinator).post(
        url("step-edit", step.pk), step_form(step, organisation="", role_en="", text_en="kept words")
    )
    html = answer.content.decode()
    assert (answer.status_code, "in which role somebody does it" in html, "kept words" in html) == (422, True, True)


@pytest.mark.parametrize("days", ["-1", "731", "99999", "soon"])
def test_nonsense_about_days_is_a_clear_answer(pathway, coordinator, days):
    step = pathway.steps.first()
    answer = signed_in(coordinator).post(url("step-edit", step.pk), step_form(step, within_days=days))
    assert answer.status_code == 422


def test_of_two_who_write_a_step_at_once_the_second_sees_both(pathway, coordinator):
    step = pathway.steps.first()
    client, mine = signed_in(coordinator), step_form(step, role_en="head teacher")
    client.post(url("step-edit", step.pk), step_form(step, text_en="Asks twice."))
    answer = client.post(url("step-edit", step.pk), mine)
    html = answer.content.decode()
    assert (answer.status_code, "Asks twice." in html, "head teacher" in html) == (409, True, True)


def test_programmes_and_terms_are_kept_and_the_history_knows_them(pathway, coordinator, school):
    step, programme = pathway.steps.first(), make_programme(school)
    topic = make_term(Vocabulary.TOPIC, "food")
    client = signed_in(coordinator)
    client.post(url("step-edit", step.pk), step_form(step, programmes=[programme.pk]))
    with translation.override("en"):
        form = typed(PathwayForm(instance=pathway), topic=[topic.pk])
    client.post(url("pathway-edit", pathway.pk), form)
    assert (list(step.programmes.all()), list(pathway.terms.all())) == ([programme], [topic])
    assert events_of(StepProgramme).objects.count() == events_of(PathwayTerm).objects.count() == 1
    with translation.override("en"):
        pages = [reverse("history", args=["pathway", pathway.pk]), reverse("history", args=["pathway-step", step.pk])]
    assert [client.get(address).status_code for address in pages] == [200, 200]


def test_a_draft_is_begun_with_its_topic_and_sent_twice_stands_once(coordinator, group):
    topic = make_term(Vocabulary.TOPIC, "food")
    client = signed_in(coordinator)
    html = client.get(f"{url('pathway-add')}?topic=food").content.decode()
    assert f'value="{topic.pk}"' in html
    form = {"title_en": "Lonely after moving", "once": "one", "topic": [topic.pk]}
    assert [client.post(url("pathway-add"), form).status_code for _press in range(2)] == [302, 302]
    made = Pathway.objects.get()
    assert (made.group, made.state, list(made.terms.all())) == (group, "draft", [topic])


def test_members_who_do_not_coordinate_begin_none(school):
    assert signed_in(make_user("representative", school)).get(url("pathway-add")).status_code == 404


# ---- order and states ---------------------------------------------------------------------------------
def test_steps_move_up_and_down_and_stop_at_the_ends(pathway, coordinator):
    make_step(pathway, title_en="Follows up", role_en="teacher")
    client = signed_in(coordinator)
    last = pathway.steps.last()
    for _press in range(4):
        client.post(url("step-shift", last.pk), {"by": "-1"})
    assert [str(step.title_en) for step in pathway.steps.all()] == ["Follows up", "Notices", "Helps"]
    client.post(url("step-shift", last.pk), {"by": "1"})
    assert [step.title_en for step in pathway.steps.all()] == ["Notices", "Follows up", "Helps"]


def test_a_step_is_taken_out_only_as_it_was_seen_and_two_stay(pathway, coordinator):
    client, extra = signed_in(coordinator), make_step(pathway, role_en="teacher")
    PathwayStep.objects.filter(pk=extra.pk).update(version=2)
    client.post(url("step-remove", extra.pk), {"version": "1"})
    assert pathway.steps.count() == 3
    client.post(url("step-remove", extra.pk), {"version": "2"})
    client.post(url("step-remove", pathway.steps.first().pk), {"version": "1"})
    assert pathway.steps.count() == 2


def test_it_is_published_when_nothing_is_missing_and_says_what_is(group):
    draft = make_pathway(group, for_whom_en="")
    make_step(draft, text_en="TODO", role_en="teacher")
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        draft.move_to("published")
    assert refused.value.messages == [
        "Say who it is for.",
        "Write at least two steps.",
        "Replace “TODO” with real text.",
    ]


def test_two_who_publish_at_once_and_moves_that_are_not_there(pathway):
    twin = Pathway.objects.get(pk=pathway.pk)
    pathway.move_to("withdrawn")
    with pytest.raises(StaleObject):
        twin.move_to("withdrawn")
    with pytest.raises(StaleObject):
        pathway.move_to("draft")
    pathway.move_to("published")
    assert pathway.is_published


def test_publishing_what_somebody_changed_meanwhile_is_refused(group, coordinator):
    draft = make_pathway(group)
    for _number in range(2):
        make_step(draft, role_en="teacher")
    client = signed_in(coordinator)
    Pathway.objects.update(version=2)
    client.post(url("pathway-move", draft.pk), {"to": "published", "version": "1"})
    assert Pathway.objects.get().state == "draft"
    client.post(url("pathway-move", draft.pk), {"to": "published", "version": "2"})
    assert Pathway.objects.get().state == "published"


# ---- what costs and ways to join mean -----------------------------------------------------------------
def test_what_a_cost_means_is_said_on_the_programme_the_slip_and_in_the_filter():
    cost = make_term(Vocabulary.COST, "free-insured", description_en="Bring your health card.")
    route = make_term(Vocabulary.REFERRAL_ROUTE, "drop-in", description_en="Just come.")
    programme = make_programme(terms=[cost, route], title_en="Walks")
    with translation.override("en"):
        shown = Client().get(programme.get_absolute_url()).content.decode()
        slip = Client().get(reverse("programmes:slip", args=[programme.pk, "walks"])).content.decode()
    catalogue = Client().get(url("catalogue")).content.decode()
    assert ["Bring your health card." in html for html in (shown, slip, catalogue)] == [True] * 3
    assert ("Just come." in shown, "Just come." in catalogue) == (True, True)
    assert '<details class="means">' in shown


def test_an_unexplained_cost_shows_no_empty_help():
    programme = make_programme(terms=[make_term(Vocabulary.COST, "free")], title_en="Walks")
    with translation.override("en"):
        assert "means__summary" not in Client().get(programme.get_absolute_url()).content.decode()


def test_the_seed_explains_every_cost_and_way_to_join_in_five_languages_and_leaves_edits_alone():
    call_command("load_vocabulary", stdout=StringIO())
    rows = Term.objects.of(Vocabulary.COST, Vocabulary.REFERRAL_ROUTE)
    texts = {term.slug: [getattr(term, column) for column in columns("description")] for term in rows}
    assert [slug for slug, found in texts.items() if not all(found)] == []
    Term.objects.filter(slug="free-insured").update(description_en="Ours.")
    call_command("load_vocabulary", stdout=StringIO())
    assert Term.objects.get(slug="free-insured").description_en == "Ours."
