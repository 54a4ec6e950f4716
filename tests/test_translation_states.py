"""Which translations are older than their original: told by what the original says, never by when it was saved."""

import pytest
from django.urls import reverse
from django.utils import translation

from partners.models import Organisation
from partners.organisation_forms import OrganisationForm
from portal import translation_states
from portal.models import TranslationState
from programmes import review
from programmes.models import Programme, Proposal

from .records import make_organisation, make_programme, make_user
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
