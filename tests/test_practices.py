"""Practices: told for others in words of their own, published and withdrawn, copied with their source and once."""

import threading
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from actionplans import adopting
from actionplans.forms.practices import told_of
from actionplans.models import (
    ActionPlan,
    Adoption,
    Commitment,
    Evaluation,
    Measure,
    MeasureTerm,
    PracticeTerm,
    SharedPractice,
)
from actionplans.models.practices import links
from portal import languages
from portal.models import Outbox, Vocabulary
from portal.stale import StaleObject

from .records import make_group, make_organisation, make_term, make_user, signed_in
from .test_plan import make_measure, make_strategy

TOLD = {
    "title_sl": "Hodimo skupaj", "title_de": "Wir gehen zusammen", "description_sl": "Vsak torek.",
    "description_de": "Jeden Dienstag.", "for_whom_sl": "Za vse.", "outcome_sl": "Prišlo je 120 ljudi.",
    "people_sl": "Dva prostovoljca", "cost_eur": 1800, "contact_email": "urad@example.org",
    "contact_name": "Ana Novak", "approach": "targeted",
}  # fmt: skip


def make_practice(group=None, state="published", **fields):
    group = group or make_group()
    slug = fields.pop("slug", f"practice-{SharedPractice.objects.count()}")
    published_on = date(2026, 3, 1) if state == "published" else None
    return SharedPractice.objects.create(
        group=group, slug=slug, state=state, published_on=published_on, **{**TOLD, **fields}
    )


def make_place(group):
    """A plan of a group with an objective. → (plan, "plan-objective")"""
    measure = make_measure(make_strategy(group), slug=f"other-{group.pk}")
    return measure.plan, f"{measure.plan_id}-{measure.objective_id}"


def url(name, *args):
    return reverse(f"actionplans:{name}", args=args)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def here():
    """A group with a measure, an organisation that leads it, and its coordinator."""
    organisation = make_organisation(email="drustvo@example.org")
    return organisation.memberships.get().group, organisation, make_user("coordinator", organisation)


@pytest.mark.django_db
class TestTelling:
    def test_the_form_begins_with_what_the_measure_and_its_evaluation_say(self, here):
        group, organisation, coordinator = here
        measure = make_measure(make_strategy(group), description_en="We walk.", budget_eur=900)
        MeasureTerm.objects.create(measure=measure, term=make_term(Vocabulary.TOPIC, "sleep"))
        Evaluation.objects.create(measure=measure, verdict="keep", reason_en="It helps", changed_en="People sleep.")
        Commitment.objects.create(
            measure=measure, membership=organisation.memberships.get(), role="lead", status="accepted"
        )
        found = told_of(measure)
        assert (found["title_en"], found["description_en"], found["outcome_en"]) == (
            "Measure walks", "We walk.", "People sleep."
        )  # fmt: skip
        assert (found["cost_eur"], found["organisation"], found["contact_email"]) == (
            900, organisation, "drustvo@example.org"
        )  # fmt: skip
        assert found["topic"] == [MeasureTerm.objects.get().term_id]
        html = signed_in(coordinator).get(url("practice-add", measure.pk)).content.decode()
        assert "We walk." in html

    def test_what_is_written_is_a_draft_that_nobody_else_reads(self, here):
        group, _organisation, coordinator = here
        measure = make_measure(make_strategy(group))
        client = signed_in(coordinator)
        answer = client.post(url("practice-add", measure.pk), {"title_en": "Walking", "approach": "universal"})
        made = SharedPractice.objects.get()
        assert (made.group, made.measure, made.state, answer["Location"]) == (
            group, measure, "draft", made.get_absolute_url()
        )  # fmt: skip
        assert Client().get(made.get_absolute_url()).status_code == 404
        assert signed_in(make_user("coordinator")).get(made.get_absolute_url()).status_code == 404
        assert "Say what the result was." in client.get(answer["Location"]).content.decode()

    def test_a_second_press_and_a_second_person_come_to_the_one_there_is(self, here):
        group, _organisation, coordinator = here
        known = make_practice(group, measure=make_measure(make_strategy(group)))
        answer = signed_in(coordinator).get(url("practice-add", known.measure_id))
        assert (answer.status_code, answer["Location"]) == (302, url("practice-edit", known.pk))

    @pytest.mark.parametrize("line", ["javascript:alert(1)", "the leaflet", "https://", "ftp://example.org/x"])
    def test_a_material_is_a_link(self, here, line):
        known = make_practice(here[0])
        form = {"title_sl": "Hoja", "approach": "universal", "materials_sl": line}
        answer = signed_in(here[2]).post(url("practice-edit", known.pk), form)
        assert answer.status_code == 422
        assert SharedPractice.objects.get().materials_sl in (None, "")
        assert "Hoja" in answer.content.decode()

    def test_the_lines_of_materials_are_links_with_words(self):
        text = "https://a.example/x The leaflet\n\nhttp://b.example/y\njavascript:alert(1) Bad"
        assert links(text) == [("https://a.example/x", "The leaflet"), ("http://b.example/y", "b.example/y")]


@pytest.mark.django_db
class TestPublishing:
    @pytest.mark.parametrize(
        "lacking",
        [
            {"description_sl": "", "description_de": ""},
            {"for_whom_sl": ""},
            {"outcome_sl": ""},
            {"people_sl": "", "cost_eur": None},
            {"contact_email": ""},
            {"title_sl": "Lorem ipsum"},
        ],
    )
    def test_what_lacks_something_others_need_is_not_published(self, lacking):
        draft = make_practice(state="draft", **lacking)
        with pytest.raises(ValidationError):
            draft.move_to("published")
        assert SharedPractice.objects.get().state == "draft"

    def test_one_press_publishes_and_one_withdraws(self, here):
        group, _organisation, coordinator = here
        draft = make_practice(group, state="draft")
        client, path = signed_in(coordinator), draft.get_absolute_url()
        client.post(url("practice-move", draft.pk), {"state": "published"})
        html = Client().get(path).content.decode()
        assert "Hodimo skupaj" in html
        assert SharedPractice.objects.get().published_on == timezone.localdate()
        assert draft.get_absolute_url() in Client().get(url("practices")).content.decode()
        client.post(url("practice-move", draft.pk), {"state": "withdrawn"})
        assert Client().get(path).status_code == 404
        assert draft.get_absolute_url() not in Client().get(url("practices")).content.decode()
        assert client.get(path).status_code == 200

    def test_the_second_of_two_is_told(self, here):
        draft = make_practice(here[0], state="draft")
        copies = [SharedPractice.objects.get(), SharedPractice.objects.get()]
        copies[0].move_to("published")
        with pytest.raises(StaleObject):
            copies[1].move_to("published")
        assert SharedPractice.objects.get(pk=draft.pk).version == 2

    def test_only_its_coordinators_publish_and_edit(self, here):
        group, organisation, _coordinator = here
        draft = make_practice(group, state="draft")
        others = [make_user("representative", organisation), make_user("coordinator"), make_user()]
        answers = {
            signed_in(user).post(url(name, draft.pk), {"state": "published"}).status_code
            for user in others
            for name in ("practice-move", "practice-edit", "practice-copy")
        }
        assert answers == {404}
        assert SharedPractice.objects.get().state == "draft"

    def test_a_measure_that_is_not_public_does_not_show_on_the_page(self, here):
        group, _organisation, coordinator = here
        measure = make_measure(make_strategy(group), is_public=False, title_en="Secret measure")
        told = make_practice(group, measure=measure)
        assert "Secret measure" not in Client().get(told.get_absolute_url()).content.decode()
        assert "Secret measure" in signed_in(coordinator).get(told.get_absolute_url()).content.decode()

    def test_its_history_is_kept_and_read_by_its_coordinators(self, here):
        group, _organisation, coordinator = here
        told = make_practice(group)
        path = reverse("history", args=["practice", told.pk])
        assert signed_in(coordinator).get(path).status_code == 200
        assert signed_in(make_user("coordinator")).get(path).status_code == 404


@pytest.mark.django_db
class TestList:
    def test_it_is_narrowed_by_topic_phase_setting_group_and_words(self):
        first, second = make_practice(), make_practice(title_sl="Kuhamo skupaj", title_de="")
        terms = {
            "topic": make_term(Vocabulary.TOPIC, "sleep"),
            "phase": make_term(Vocabulary.LIFE_PHASE, "adults"),
            "setting": make_term(Vocabulary.SETTING, "school"),
            "evidence": make_term(Vocabulary.EVIDENCE_LEVEL, "promising"),
        }
        for term in terms.values():
            PracticeTerm.objects.create(practice=first, term=term)
        queries = [f"{name}={term.slug}" for name, term in terms.items()]
        for query in [*queries, f"group={first.group.slug}", "q=hodimo", "q=gehen+torek"]:
            html = Client().get(f"{url('practices')}?{query}").content.decode()
            found = [practice.get_absolute_url() in html for practice in (first, second)]
            assert found == [True, False], query
        html = Client().get(f"{url('practices')}?q=nothing+like+it").content.decode()
        assert "No practice matches" in html or first.get_absolute_url() not in html

    @pytest.mark.parametrize("words", ["društvo", "drustvo", "DRUŠTVA", "telovadnici"])
    def test_words_are_found_as_in_the_catalogue(self, words):
        first = make_practice(description_sl="Društvo vadi v telovadnici.")
        second = make_practice(title_sl="Kuhamo", for_whom_sl="Za starše.")
        with translation.override("sl"):
            html = Client().get(url("practices"), {"q": words}).content.decode()
            assert [one.get_absolute_url() in html for one in (first, second)] == [True, False]

    def test_nonsense_in_the_address_is_left_aside(self):
        shown = make_practice()
        html = Client().get(f"{url('practices')}?topic=x&phase=1&page=-3&group=nobody").content.decode()
        assert shown.get_absolute_url() in html

    def test_it_asks_the_same_number_of_questions_whatever_its_size(self, django_assert_max_num_queries):
        term = make_term(Vocabulary.TOPIC, "sleep")
        for number in range(30):
            PracticeTerm.objects.create(practice=make_practice(slug=f"p-{number}"), term=term)
        with django_assert_max_num_queries(9):
            answer = Client().get(url("practices"))
        assert len(answer.context["page"].object_list) == 24
        assert "?page=2" in answer.content.decode()


@pytest.mark.django_db
class TestCopying:
    def test_the_words_come_along_and_people_dates_and_figures_do_not(self, here):
        there = make_practice()
        term = make_term(Vocabulary.TOPIC, "sleep")
        quality = (Vocabulary.EVIDENCE_LEVEL, "promising"), (Vocabulary.GOOD_PRACTICE_CRITERION, "participation")
        for one in (term, *(make_term(*of) for of in quality)):  # how good it was there is not known of the copy
            PracticeTerm.objects.create(practice=there, term=one)
        group, _organisation, coordinator = here
        plan, place = make_place(group)
        answer = signed_in(coordinator).post(url("practice-copy", there.pk), {"place": place})
        copy = Adoption.objects.get().measure
        assert answer["Location"] == copy.get_absolute_url()
        assert (copy.plan, copy.phase, copy.title_sl, copy.title_de) == (
            plan, "proposed", "Hodimo skupaj", "Wir gehen zusammen"
        )  # fmt: skip
        assert (copy.description_sl, copy.description_de) == ("Vsak torek.\n\nZa vse.", "Jeden Dienstag.")
        assert (copy.approach, list(copy.terms.all())) == ("targeted", [term])
        assert (copy.starts_on, copy.ends_on, copy.budget_eur, copy.commitments.count()) == (None, None, None, 0)
        texts = languages.columns("title", "description", "rationale")
        said = " ".join(getattr(copy, column) or "" for column in texts)
        assert not any(word in said for word in ("Ana Novak", "urad@example.org", "120", "1800", "prostovoljca"))

    def test_what_is_known_of_it_there_stands_beside_the_copy_as_theirs_and_stays(self, here):
        there = make_practice(outcome_de="Es kamen 120.")
        level = make_term(Vocabulary.EVIDENCE_LEVEL, "promising")
        PracticeTerm.objects.create(practice=there, term=level)
        _plan, place = make_place(here[0])
        copy, _is_new = adopting.adopt(there, place, here[2])
        taken = copy.adoption
        assert (taken.outcome_sl, taken.outcome_de, taken.evidence) == ("Prišlo je 120 ljudi.", "Es kamen 120.", level)
        SharedPractice.objects.update(outcome_sl="Nekaj skritega", state="withdrawn")
        html = Client().get(copy.get_absolute_url()).content.decode()
        for words in (f"Told by {there.group}, as it stood on", "Prišlo je 120 ljudi.", str(level)):
            assert words in html
        assert "Nekaj skritega" not in html

    def test_a_copy_that_is_told_again_says_where_it_comes_from(self, here):
        there = make_practice()
        _plan, place = make_place(here[0])
        signed_in(here[2]).post(url("practice-copy", there.pk), {"place": place})
        again = make_practice(here[0], measure=Adoption.objects.get().measure)
        assert there.get_absolute_url() in Client().get(again.get_absolute_url()).content.decode()

    def test_pressed_twice_it_stands_there_once(self, here):
        there = make_practice()
        _plan, place = make_place(here[0])
        client = signed_in(here[2])
        answers = [client.post(url("practice-copy", there.pk), {"place": place}) for _press in range(2)]
        assert answers[0]["Location"] == answers[1]["Location"]
        assert Adoption.objects.count() == 1

    def test_the_copy_says_where_it_is_from_and_keeps_saying_so(self, here):
        there = make_practice()
        _plan, place = make_place(here[0])
        copy, _is_new = adopting.adopt(there, place, here[2])
        html = Client().get(copy.get_absolute_url()).content.decode()
        assert "Adapted from" in html
        assert f'href="{there.get_absolute_url()}"' in html
        there.move_to("withdrawn")
        SharedPractice.objects.update(title_sl="Nekaj skritega", title_de="Nekaj skritega")
        html = Client().get(copy.get_absolute_url()).content.decode()
        assert "that is no longer public" in html
        assert "Nekaj skritega" not in html
        assert Measure.objects.filter(pk=copy.pk).exists()

    @pytest.mark.parametrize("state", ["draft", "withdrawn"])
    def test_what_is_not_public_cannot_be_copied(self, here, state):
        there = make_practice(state=state)
        _plan, place = make_place(here[0])
        assert signed_in(here[2]).post(url("practice-copy", there.pk), {"place": place}).status_code == 404
        with pytest.raises(StaleObject):
            adopting.adopt(SharedPractice(pk=there.pk), place, here[2])
        assert not Adoption.objects.exists()

    def test_a_place_in_the_plan_of_others_is_refused_and_nobody_without_a_group_copies(self, here):
        there, elsewhere = make_practice(), make_group()
        _plan, foreign = make_place(elsewhere)
        _plan, own = make_place(here[0])
        path = url("practice-copy", there.pk)
        for place in (foreign, "", "x", own.split("-")[0] + "-" + foreign.split("-")[1]):
            assert signed_in(here[2]).post(path, {"place": place}).status_code == 422, place
        assert signed_in(make_user("representative", here[1])).post(path, {"place": own}).status_code == 404
        assert not Adoption.objects.exists()

    def test_one_cannot_copy_ones_own(self, here):
        told = make_practice(here[0])
        _plan, place = make_place(here[0])
        assert signed_in(here[2]).post(url("practice-copy", told.pk), {"place": place}).status_code == 404

    def test_who_has_no_plan_yet_is_told_what_is_missing(self, here):
        html = signed_in(here[2]).get(make_practice().get_absolute_url()).content.decode()
        assert "your group needs a plan with an objective" in html

    def test_the_group_that_told_it_sees_who_took_it_up_and_no_more_than_is_public(self, here):
        group, _organisation, coordinator = here
        told = make_practice(group)
        adopters = []
        for is_public in (True, False):
            other = make_organisation()
            _plan, place = make_place(other.memberships.get().group)
            copy, _new = adopting.adopt(told, place, make_user("coordinator", other))
            Measure.objects.filter(pk=copy.pk).update(is_public=is_public, title_sl=f"Copy {is_public}")
            adopters.append(other.memberships.get().group)
        html = signed_in(coordinator).get(told.get_absolute_url()).content.decode()
        assert all(str(adopter) in html for adopter in adopters)
        assert ("Copy True" in html, "Copy False" in html) == (True, False)
        assert str(adopters[0]) not in Client().get(told.get_absolute_url()).content.decode()

    def test_a_superseded_plan_takes_nothing_more(self, here):
        plan, _place = make_place(here[0])
        ActionPlan.objects.filter(pk=plan.pk).update(status="superseded")
        assert adopting.places(here[2], make_practice()) == []


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_who_copy_at_once_make_one_measure():
    organisation = make_organisation()
    people = [make_user("coordinator", organisation) for _ in range(2)]
    there = make_practice()
    _plan, place = make_place(organisation.memberships.get().group)
    start, found = threading.Barrier(2), []

    def copy(by):
        start.wait()
        with transaction.atomic():
            found.append(adopting.adopt(SharedPractice.objects.get(pk=there.pk), place, by))
        connection.close()

    threads = [threading.Thread(target=copy, args=(by,)) for by in people]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len({measure.pk for measure, _is_new in found}) == 1
    assert sorted(is_new for _measure, is_new in found) == [False, True]
    assert Adoption.objects.count() == 1


@pytest.mark.django_db
class TestThoseWhoToldItHear:
    def test_coordinators_and_who_did_it_get_a_mail_and_read_who_took_it_up(self, here):
        did = make_organisation(name_sl="Planinsko društvo")
        home = did.memberships.get().group
        coordinator = make_user("coordinator", did, language="en")
        speaks = make_user("representative", did, language="de")
        make_user("editor", did)
        make_user("representative", make_organisation(home))
        told = make_practice(home, organisation=did)
        adopting.adopt(told, make_place(here[0])[1], here[2])
        sent = Outbox.objects.filter(kind="practice-copied")
        assert {(mail.to, mail.language) for mail in sent} == {(coordinator.email, "en"), (speaks.email, "de")}
        text = sent.get(to=coordinator.email).text
        assert f"{here[0]} has copied “{told}” into its plan" in text.replace("\n", " ")
        with translation.override("en"):
            assert told.get_absolute_url() in text
        html = signed_in(speaks).get(told.get_absolute_url()).content.decode()
        assert str(here[0]) in html

    def test_pressed_twice_they_hear_once(self, here):
        did = make_organisation()
        make_user("coordinator", did)
        told, (_plan, place) = make_practice(did.memberships.get().group), make_place(here[0])
        for _press in range(2):
            adopting.adopt(told, place, here[2])
        assert Outbox.objects.filter(kind="practice-copied").count() == 1

    def test_my_work_says_it_to_the_group_that_told_it_and_to_no_other(self, here):
        did = make_organisation()
        told = make_practice(did.memberships.get().group)
        client = signed_in(here[2])
        client.post(url("practice-copy", told.pk), {"place": make_place(here[0])[1]})
        words = f"copied your practice: {told}"
        with translation.override("en"):
            page = reverse("actionplans:work")
        assert words in signed_in(make_user("editor", did)).get(page).content.decode()
        assert words not in signed_in(make_user("editor", here[1])).get(page).content.decode()
        assert words not in client.get(page).content.decode()
