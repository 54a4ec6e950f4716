"""Languages of a programme that are held back: readers never see them, who edits does, and one press publishes them."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from portal import changes, languages
from portal.models import Outbox, Vocabulary
from portal.stale import StaleObject
from programmes import held, review
from programmes.content import content
from programmes.editing import copied
from programmes.forms import ProgrammeForm
from programmes.models import Programme, ReviewNote

from .records import make_group, make_organisation, make_programme, make_schedule, make_term, make_user, signed_in

pytestmark = pytest.mark.django_db

WORD = "Rohentwurf"  # stands in every German text, and nowhere else
TEXTS = (
    "title", "summary", "description", "what_happens", "first_visit", "bring", "easy_read", "not_for",
    "requirements", "brief_advice", "contact_role",
)  # fmt: skip


@pytest.fixture
def people():
    class People:
        group = make_group()
        organisation = make_organisation(group)
        editor = make_user("editor", organisation)
        coordinator = make_user("coordinator", make_organisation(group))
        stranger = make_user("coordinator")

    people = People()
    terms = [make_term(Vocabulary.REFERRAL_ROUTE, "self"), make_term(Vocabulary.COST, "free")]
    texts = {f"{text}_{code}": f"{code} {text}" for text in TEXTS for code in ("sl", "en")}
    texts |= {f"{text}_de": f"{WORD} {text}" for text in TEXTS}
    people.programme = make_programme(people.organisation, terms, contact_phone="+386 1 000 01 10", **texts)
    make_schedule(people.programme, note_sl="Ob reki", note_de=WORD)
    return people


def press(user, programme, deed, code="de", version=None):
    address = reverse(f"programmes:language-{deed}", args=[programme.pk, code])
    return signed_in(user).post(address, {"version": version or programme.version})


def public_pages(programme):
    """What anybody may read of a programme in German, by what it is."""
    client = Client()
    with override("de"):
        addresses = {
            "page": reverse("programmes:programme-number", args=[programme.pk]),
            "slip": reverse("programmes:slip", args=[programme.pk, "x"]),
            "calendar": reverse("programmes:calendar", args=[programme.pk, "x"]),
            "catalogue": reverse("programmes:catalogue"),
            "week": reverse("programmes:catalogue") + "?view=week",
            "places": reverse("programmes:catalogue") + "?view=map",
            "a-z": reverse("programmes:catalogue") + "?sort=title",
            "found": reverse("programmes:catalogue") + f"?q={WORD}",
            "list": reverse("programmes:list") + f"?p={programme.pk}",
            "print": reverse("programmes:printed"),
            "csv": reverse("programmes:csv"),
            "hsds": reverse("programmes:json"),
            "provider": programme.organisation.get_absolute_url(),
            "home": reverse("home"),
        }
    found = {}
    for name, address in addresses.items():
        response = client.get(address, follow=True)
        assert response.status_code == 200, name
        found[name] = b"".join(response).decode() if response.streaming else response.content.decode()
    return found


def test_what_is_held_back_stands_on_no_page_and_in_no_file(people):
    before = public_pages(people.programme)
    assert [WORD in before[name] for name in ("page", "csv", "hsds")] == [True] * 3  # so the walk can fail
    held.hold(people.programme, "de", people.editor)
    changes.refresh()
    pages = public_pages(people.programme)
    pages["found"] = pages["found"].replace(WORD, "", 20) if "sl title" not in pages["found"] else WORD
    assert [name for name, text in pages.items() if f"{WORD} " in text or (name == "found" and text == WORD)] == []


def test_readers_of_that_language_are_shown_another_one_marked_as_such(people):
    held.hold(people.programme, "de", people.editor)
    with override("de"):
        address = people.programme.get_absolute_url()
    page = Client().get(address).content.decode()
    assert '<span lang="en">en title</span>' in page or '<span lang="sl">sl title</span>' in page
    assert "lang-note" in page


def test_who_edits_finds_the_text_in_the_form_and_it_is_published_with_one_press(people):
    held.hold(people.programme, "de", people.editor)
    form = ProgrammeForm(instance=people.programme, user=people.editor)
    form.start_from(content(people.programme))
    assert form["title_de"].value() == f"{WORD} title"
    people.programme.refresh_from_db()
    assert press(people.coordinator, people.programme, "publish").status_code == 302
    people.programme.refresh_from_db()
    assert people.programme.held_languages == []
    assert languages.resolve(people.programme, "title", "de") == (f"{WORD} title", "de")


def test_the_alphabet_sorts_by_what_readers_see(people):
    people.programme.title_de = "Zzz"
    people.programme.title_en = people.programme.title_sl = "Aaa"
    people.programme.save()
    other = make_programme(people.organisation, title_sl="Mmm", title_de="Mmm")
    key = languages.sort_expression("title", "de", can_be_held=True)
    order = Programme.objects.filter(pk__in=[people.programme.pk, other.pk]).order_by(key)
    assert list(order) == [other, people.programme]
    held.hold(people.programme, "de", people.editor)
    assert list(order.all()) == [people.programme, other]


def test_where_the_group_reviews_an_editor_asks_and_the_coordinator_publishes(people):
    programme = people.programme
    held.hold(programme, "de", people.editor)
    with pytest.raises(ValidationError):
        held.publish(programme, "de", people.editor, programme.version)
    assert list(review.waiting(people.coordinator)) == []
    assert press(people.editor, programme, "ask").status_code == 302
    assert Outbox.objects.filter(to=people.coordinator.email).count() == 1
    assert list(review.waiting(people.coordinator)) == [programme]
    assert list(review.waiting(people.stranger)) == []
    page = signed_in(people.coordinator).get(reverse("programmes:review-programme", args=[programme.pk]))
    assert f"{WORD} title" in page.content.decode()
    programme.refresh_from_db()
    held.publish(programme, "de", people.coordinator, programme.version)
    assert list(review.waiting(people.coordinator)) == []
    steps = list(programme.review_notes.values_list("step", flat=True))
    assert steps == [ReviewNote.Step.HELD, ReviewNote.Step.READY, ReviewNote.Step.LANGUAGE]


def test_where_nobody_reviews_the_editor_publishes(people):
    people.group.reviews_programmes = False
    people.group.save()
    held.hold(people.programme, "de", people.editor)
    held.publish(people.programme, "de", people.editor, people.programme.version)
    assert people.programme.held_languages == []


def test_my_work_and_the_review_name_what_is_held_back(people):
    held.hold(people.programme, "de", people.coordinator)
    assert "Finish the languages on hold: Deutsch" in signed_in(people.editor).get("/en/work/").content.decode()
    assert "Languages on hold" in signed_in(people.coordinator).get("/en/review/").content.decode()


def test_a_text_that_changed_since_it_was_looked_at_is_not_published(people):
    held.hold(people.programme, "de", people.editor)
    Programme.objects.filter(pk=people.programme.pk).update(version=people.programme.version + 1)
    assert press(people.coordinator, people.programme, "publish").status_code == 409
    assert Programme.objects.get(pk=people.programme.pk).held_languages == ["de"]


def test_the_second_of_two_who_hold_back_is_told(people):
    mine, theirs = (Programme.objects.get(pk=people.programme.pk) for _ in range(2))
    held.hold(mine, "de", people.editor)
    with pytest.raises(StaleObject):
        held.hold(theirs, "en", people.coordinator)
    assert Programme.objects.get(pk=mine.pk).held_languages == ["de"]


def test_the_portals_own_language_is_never_held_back_nor_the_only_title(people):
    with pytest.raises(ValidationError):
        held.hold(people.programme, "sl", people.editor)
    only_german = make_programme(people.organisation, title_sl="", title_de="Nur hier", status="draft", checked_on=None)
    with pytest.raises(ValidationError):
        held.hold(only_german, "de", people.editor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.filter(pk=people.programme.pk).update(ready_languages=["da"])


def test_a_draft_in_a_language_held_back_does_not_keep_the_programme_from_being_published(people):
    draft = make_programme(people.organisation, status="in_review", checked_on=None, summary_sl="Hoja", title_de="TODO",
                           contact_phone="+386 1 000 01 10")  # fmt: skip
    for term in people.programme.terms.all():
        draft.programmeterm_set.create(term=term)
    with pytest.raises(ValidationError):
        review.publish(draft, people.coordinator, draft.version)
    held.hold(draft, "de", people.coordinator)
    review.publish(draft, people.coordinator, draft.version)
    draft.refresh_from_db()
    assert (draft.status, draft.held_languages) == ("published", ["de"])
    with pytest.raises(ValidationError):
        held.publish(draft, "de", people.coordinator, draft.version)


def test_another_organisation_that_copies_does_not_get_what_is_held_back(people):
    held.hold(people.programme, "de", people.editor)
    elsewhere = make_organisation()
    theirs = copied(people.programme, elsewhere, people.stranger)
    assert (theirs.title_de or "", theirs.held_languages) == ("", [])
    own = copied(people.programme, people.organisation, people.editor)
    assert (own.title_de, own.held_languages) == (f"{WORD} title", ["de"])


def test_strangers_find_no_button_and_no_programme(people):
    for deed in ("hold", "ask", "publish"):
        assert press(people.stranger, people.programme, deed).status_code == 404
        assert press(people.editor, people.programme, deed, code="fr").status_code == 404
    assert Programme.objects.visible_to(AnonymousUser()).get(pk=people.programme.pk).held_languages == []
