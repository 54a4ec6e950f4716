"""Which translations are older than their original: told by what the original says, never by when it was saved."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from partners.models import Organisation
from partners.organisation_forms import OrganisationForm
from portal import translation_states
from portal.models import TranslationState
from programmes import review
from programmes.content import put
from programmes.models import Programme, Proposal

from .records import make_organisation, make_programme, make_user, signed_in
from .test_organisation import address, at_the_same_time, people, profile
from .test_programme_form import typed as typed_programme

pytestmark = pytest.mark.django_db
__all__ = ["people"]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def save(organisation, **changes):
    form = OrganisationForm(profile(organisation, **changes), instance=Organisation.objects.get(pk=organisation.pk))
    assert form.is_valid()
    assert form.keep()


def outdated(organisation):
    return translation_states.outdated([Organisation.objects.get(pk=organisation.pk)]).get(organisation.pk, [])


@pytest.fixture
def translated():
    return make_organisation(offer_sl="Hodimo.", offer_de="Wir gehen.", offer_en="We walk.")


def test_a_translation_is_outdated_when_its_original_says_something_else(translated):
    save(translated, offer_sl="Tečemo.")
    assert outdated(translated) == [("offer", "en"), ("offer", "de")]
    save(translated, offer_de="Wir laufen.")
    assert outdated(translated) == [("offer", "en")]


def test_a_small_change_leaves_translations_as_they_were(translated):
    save(translated, offer_sl="Hodimo!", minor="on")
    assert outdated(translated) == []
    save(translated, offer_sl="Tečemo.")
    save(translated, offer_sl="Tečemo!", minor="on")
    assert outdated(translated) == [("offer", "en"), ("offer", "de")]


def test_an_original_that_is_put_back_makes_its_translations_current_again(translated):
    save(translated, offer_sl="Tečemo.")
    Organisation.objects.filter(pk=translated.pk).update(offer_sl="Hodimo.", version=9)
    assert outdated(translated) == []


def test_other_spaces_are_not_another_text(translated):
    save(translated, offer_sl="Hodimo.\n")
    assert outdated(translated) == []


def test_what_is_translated_in_the_same_save_is_current(translated):
    save(translated, offer_sl="Tečemo.", offer_de="Wir laufen.")
    assert outdated(translated) == [("offer", "en")]


def test_an_original_in_another_language_counts_until_there_is_one_in_the_portals_own():
    organisation = make_organisation(offer_de="Wir gehen.", offer_en="")
    save(organisation, offer_en="We walk.")
    save(organisation, offer_de="Wir laufen.")
    assert outdated(organisation) == []  # English comes before German: that is the original now
    save(organisation, offer_sl="Hodimo.")
    save(organisation, offer_sl="Tečemo.")
    assert sorted(outdated(organisation)) == [("offer", "de"), ("offer", "en")]


def test_a_translation_that_is_taken_out_is_missing_and_not_outdated(translated):
    save(translated, offer_sl="Tečemo.")
    save(translated, offer_de="")
    assert outdated(translated) == [("offer", "en")]
    assert not TranslationState.objects.filter(language="de").exists()


def test_the_form_and_the_overview_say_what_is_outdated(people):
    Organisation.objects.filter(pk=people.organisation.pk).update(offer_sl="Hodimo.", offer_de="Wir gehen.")
    save(people.organisation, offer_sl="Tečemo.")
    html = people.client.get(address("my")).content.decode()
    assert "Outdated translations: what it offers (Deutsch)." in html
    form = people.client.get(address("organisation-edit", people.organisation.pk))
    assert form.context["form"].outdated == {"offer_de"}
    assert form.content.decode().count(">outdated</span>") == 1


def test_a_new_record_has_no_tick_for_a_small_change(people):
    assert "minor" not in people.client.get(address("place-add", people.organisation.pk)).context["form"].fields


def test_the_form_of_a_programme_knows_it_too(people):
    people.group.reviews_programmes = False
    people.group.save()
    programme = make_programme(people.organisation, title_sl="Hoja", title_de="Gehen")
    path = reverse("programmes:programme-edit", args=[programme.pk])
    people.client.post(path, typed_programme(programme, people.editor, title_sl="Tek", minor="on"))
    assert translation_states.outdated([Programme.objects.get()]) == {}
    programme.refresh_from_db()
    people.client.post(path, typed_programme(programme, people.editor, title_sl="Plavanje"))
    assert translation_states.outdated([Programme.objects.get()]) == {programme.pk: [("title", "de")]}
    assert "outdated</span>" in people.client.get(path).content.decode()
    own = people.client.get(reverse("programmes:mine")).content.decode()
    assert "Outdated translations: title (Deutsch)." in own


def test_a_small_change_that_is_proposed_keeps_translations_current_once_it_is_published(people):
    programme = make_programme(people.organisation, title_sl="Hoja", title_de="Gehen")
    coordinator = make_user("coordinator", make_organisation(people.group))
    path = reverse("programmes:programme-edit", args=[programme.pk])

    def propose_and_publish(**changes):
        people.client.post(path, typed_programme(programme, people.editor, **changes))
        programme.refresh_from_db()
        proposal = Proposal.objects.living().get()
        review.accept(proposal, coordinator, programme.version, proposal.revision)
        programme.refresh_from_db()
        return proposal.is_minor, translation_states.outdated([programme])

    assert propose_and_publish(title_sl="Hodimo", minor="on") == (True, {})
    assert propose_and_publish(title_sl="Plavamo") == (False, {programme.pk: [("title", "de")]})


def test_a_small_change_on_top_of_a_large_one_that_waits_is_not_small(people):
    programme = make_programme(people.organisation, title_sl="Hoja", title_de="Gehen")
    path = reverse("programmes:programme-edit", args=[programme.pk])
    people.client.post(path, typed_programme(programme, people.editor, title_sl="Plavanje"))
    assert 'name="minor"' not in people.client.get(path).content.decode()
    people.client.post(path, typed_programme(programme, people.editor, age_min="7", minor="on"))
    proposal = Proposal.objects.living().get()
    assert (proposal.is_minor, proposal.changes) == (False, {"title_sl": "Plavanje", "age_min": 7})


@pytest.mark.django_db(transaction=True)
def test_the_loser_of_two_saves_notes_nothing():
    organisation = make_organisation(offer_sl="Hodimo.", offer_de="Wir gehen.")
    forms = [
        OrganisationForm(profile(organisation, offer_sl=text), instance=Organisation.objects.get(pk=organisation.pk))
        for text in ("Tečemo.", "Plavamo.")
    ]
    assert [form.is_valid() for form in forms] == [True, True]
    assert sorted(at_the_same_time(*(form.keep for form in forms))) == [False, True]
    assert TranslationState.objects.count() == 1
    assert outdated(organisation) == [("offer", "de")]


# ---- still right as it is ------------------------------------------------------------------------
def history_of(kind, record, person):
    html = signed_in(person).get(reverse("history", args=[kind, record.pk])).content.decode()
    return [label for label in ("offer", "what it offers (Deutsch)", "title (Deutsch)") if label in html]


def test_an_outdated_translation_is_said_to_be_still_right_and_only_that_one(people):
    organisation = people.organisation
    Organisation.objects.filter(pk=organisation.pk).update(offer_sl="Hodimo.", offer_de="Gehen.", offer_en="Walk.")
    save(organisation, offer_sl="Tečemo.")
    page = address("organisation-edit", organisation.pk)
    html = people.client.get(page).content.decode()
    assert re.findall(r'name="right" value="(\w+)"( checked)?', html) == [("offer_en", ""), ("offer_de", "")]
    version = Organisation.objects.get(pk=organisation.pk).version
    data = profile(organisation, right=["offer_de", "offer_sl", "name_de", "made-up"])
    assert people.client.post(page, data).status_code == 302
    assert outdated(organisation) == [("offer", "en")]
    assert Organisation.objects.get(pk=organisation.pk).version == version
    assert history_of("organisation", organisation, people.editor) == ["offer", "what it offers (Deutsch)"]
    save(organisation, offer_sl="Plavamo.")
    assert outdated(organisation) == [("offer", "en"), ("offer", "de")]


def test_a_form_that_cannot_be_saved_keeps_the_tick(people):
    Organisation.objects.filter(pk=people.organisation.pk).update(offer_sl="Hodimo.", offer_de="Wir gehen.")
    save(people.organisation, offer_sl="Tečemo.")
    data = profile(people.organisation, right=["offer_de"], email="nonsense")
    answer = people.client.post(address("organisation-edit", people.organisation.pk), data)
    assert (answer.status_code, 'value="offer_de" checked' in answer.content.decode()) == (422, True)
    assert outdated(people.organisation) == [("offer", "de")]


@pytest.mark.parametrize(("theirs", "is_kept"), [({"phone": "040 111 222"}, True), ({"offer_sl": "Plavamo."}, False)])
def test_a_tick_given_to_an_original_that_changed_meanwhile_is_asked_for_anew(translated, theirs, is_kept):
    save(translated, offer_sl="Tečemo.")
    mine = OrganisationForm(
        profile(translated, right=["offer_de"]), instance=Organisation.objects.get(pk=translated.pk)
    )
    assert mine.is_valid()
    save(translated, **theirs)
    assert mine.keep() is False
    merged, status = mine.answer()
    asked = [m for m in merged.met if m.label == "Is “What it offers” (Deutsch) still right? The original changed."]
    assert (status, "offer_de" in merged.right, len(asked)) == (409, is_kept, 0 if is_kept else 1)
    assert ("offer", "de") in outdated(translated)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_nobody_says_it_of_an_original_they_have_not_seen():
    organisation = make_organisation(offer_sl="Hodimo.", offer_de="Wir gehen.")
    save(organisation, offer_sl="Tečemo.")
    forms = [
        OrganisationForm(profile(organisation, **changes), instance=Organisation.objects.get(pk=organisation.pk))
        for changes in ({"offer_sl": "Plavamo."}, {"right": ["offer_de"]})
    ]
    assert [form.is_valid() for form in forms] == [True, True]
    said = at_the_same_time(*(form.keep for form in forms))
    assert True in said
    assert outdated(organisation) == [("offer", "de")]  # whoever was first: the text is another one now


def ticked(people, programme, **changes):
    path = reverse("programmes:programme-edit", args=[programme.pk])
    programme.refresh_from_db()
    return people.client.post(path, typed_programme(programme, people.editor, **changes))


@pytest.mark.parametrize("when", ["before", "after"])
def test_of_a_public_programme_it_holds_at_once_for_readers_see_nothing_of_it(people, when):
    people.group.reviews_edits = when
    people.group.save()
    programme = make_programme(people.organisation, title_sl="Hoja", title_de="Gehen")
    put(Programme.objects.get(), {"title_sl": "Tek"}, reviewed_version=2)
    answer = ticked(people, programme, right=["title_de"])
    assert (answer.status_code, translation_states.outdated([programme])) == (302, {})
    assert not Proposal.objects.exists()
    assert not review.waiting_changed(programme)
    assert history_of("programme", programme, people.editor) == ["title (Deutsch)"]


def test_beside_a_text_that_waits_it_holds_once_that_is_published(people):
    programme = make_programme(people.organisation, title_sl="Hoja", title_de="Gehen")
    coordinator = make_user("coordinator", make_organisation(people.group))
    put(Programme.objects.get(), {"title_sl": "Tek"}, reviewed_version=2)
    ticked(people, programme, title_sl="Plavanje", right=["title_de"])
    proposal = Proposal.objects.living().get()
    assert (list(proposal.still_right), translation_states.outdated([programme])) == (
        ["title_de"], {programme.pk: [("title", "de")]},
    )  # fmt: skip
    form = people.client.get(reverse("programmes:programme-edit", args=[programme.pk])).content.decode()
    assert 'value="title_de" checked' in form
    page = signed_in(coordinator).get(reverse("programmes:review-programme", args=[programme.pk])).content.decode()
    assert "they are still right: Title (Deutsch)." in page
    programme.refresh_from_db()
    review.accept(proposal, coordinator, programme.version, proposal.revision)
    programme.refresh_from_db()
    assert translation_states.outdated([programme]) == {}


def test_a_programme_changed_by_another_keeps_the_tick_or_asks_anew(people):
    people.group.reviews_programmes = False
    people.group.save()
    programme = make_programme(people.organisation, title_sl="Hoja", title_de="Gehen")
    put(Programme.objects.get(), {"title_sl": "Tek"})
    programme.refresh_from_db()
    data = typed_programme(programme, people.editor, right=["title_de"])
    path = reverse("programmes:programme-edit", args=[programme.pk])
    put(Programme.objects.get(), {"age_min": 7})
    answer = people.client.post(path, data)
    assert (answer.status_code, 'value="title_de" checked' in answer.content.decode()) == (409, True)
    put(Programme.objects.get(), {"title_sl": "Plavanje"})
    html = people.client.post(path, data).content.decode()
    assert ('value="title_de" checked' in html, "still right? The original changed." in html) == (False, True)
