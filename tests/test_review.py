"""Review: what editors propose and coordinators publish, return, approve for a day or change back."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone, translation

from portal import translation_states
from portal.models import Outbox, Vocabulary
from portal.stale import StaleObject
from programmes import review
from programmes.content import content
from programmes.differences import differences
from programmes.models import Programme, ProgrammeTerm, Proposal, Publication, ReviewNote
from programmes.parts import part_of
from programmes.queue import queue

from .records import (
    make_group,
    make_location,
    make_organisation,
    make_programme,
    make_schedule,
    make_term,
    make_user,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """A group with an organisation, its editor, the coordinator (of another organisation), and a complete programme."""

    class People:
        group = make_group()
        organisation = make_organisation(group)
        editor = make_user("editor", organisation, full_name="Eva Urednica")
        coordinator = make_user("coordinator", make_organisation(group), full_name="Koni Vodja")
        stranger = make_user("coordinator", full_name="Tuja Oseba")

    people = People()
    people.programme = complete(people.organisation)
    return people


def complete(organisation, **fields):
    fields = {"summary_sl": "Hodimo ob reki.", "contact_phone": "+386 1 000 01 10", **fields}
    terms = [make_term(Vocabulary.REFERRAL_ROUTE, "self"), make_term(Vocabulary.COST, "free")]
    programme = make_programme(organisation, terms, **fields)
    make_schedule(programme)
    return programme


def propose(people, **changes):
    changes = changes or {"summary_sl": "Hodimo ob jezeru."}
    return review.propose(people.programme, changes, people.editor, people.programme.version)


def accept(people, proposal, **how):
    people.programme.refresh_from_db()
    return review.accept(proposal, people.coordinator, people.programme.version, proposal.revision, **how)


def summary(people):
    return Programme.objects.get(pk=people.programme.pk).summary_sl


# ---- who is reviewed ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "settings", "first"),
    [
        ("published", {}, True),
        ("paused", {}, True),
        ("draft", {}, False),
        ("in_review", {}, False),
        ("published", {"reviews_edits": "after"}, False),
        ("published", {"reviews_programmes": False}, False),
    ],
)
def test_edits_of_an_editor_are_reviewed_first_where_the_group_says_so(people, status, settings, first):
    type(people.group).objects.filter(pk=people.group.pk).update(**settings)
    people.programme.status = status
    assert review.reviews_first(people.programme, people.editor) is first
    assert review.reviews_first(people.programme, people.coordinator) is False


# ---- proposals ------------------------------------------------------------------------------------
def test_a_proposal_changes_nothing_until_it_is_accepted(people):
    proposal = propose(people, summary_sl="Hodimo ob jezeru.", age_min=18)
    assert summary(people) == "Hodimo ob reki."
    assert review.open_proposal(people.programme) == proposal
    accept(people, proposal)
    programme = Programme.objects.get(pk=people.programme.pk)
    assert (programme.summary_sl, programme.age_min, programme.version) == ("Hodimo ob jezeru.", 18, 2)
    assert (programme.reviewed_version, programme.checked_by) == (2, people.coordinator)
    assert review.open_proposal(people.programme) is None


def test_terms_and_schedules_are_proposed_as_lists(people):
    topic, place = make_term(), make_location(people.organisation)
    now = content(people.programme)
    row = {**now["schedules"][0], "rule": "FREQ=WEEKLY;BYDAY=FR"}
    new = {"location_id": place.pk, "rule": "", "note_sl": "Po dogovoru", "valid_from": "2026-01-01"}
    proposal = propose(people, terms=[*now["terms"], topic.pk], schedules=[row, new])
    accept(people, proposal)
    rules = list(people.programme.schedules.values_list("rule", "location"))
    assert rules == [("FREQ=WEEKLY;BYDAY=FR", None), ("", place.pk)]
    assert people.programme.schedules.first().pk == row["id"]
    assert topic in people.programme.terms.all()


def test_a_second_author_adds_and_never_overwrites_in_silence(people):
    propose(people, summary_sl="Hodimo ob jezeru.")
    proposal = propose(people, age_min=18)
    assert proposal.changes == {"summary_sl": "Hodimo ob jezeru.", "age_min": 18}
    with pytest.raises(StaleObject):
        propose(people, summary_sl="Hodimo po gozdu.")
    with pytest.raises(StaleObject):
        review.propose(people.programme, {"age_min": 20}, people.editor, 1, revision=1)
    assert review.propose(people.programme, {"age_min": 20}, people.editor, 1, revision=2).changes == {"age_min": 20}


@pytest.mark.parametrize(
    "changes",
    [{"status": "archived"}, {"organisation_id": 1}, {"nonsense": 1}, {"age_min": 80, "age_max": 20},
     {"schedules": [{"rule": "FREQ=NONSENSE"}]}, {"terms": ["x"]}, {"summary_sl": "Hodimo ob reki."}],
)  # fmt: skip
def test_what_cannot_be_proposed_is_refused_in_words(people, changes):
    with pytest.raises(ValidationError):
        propose(people, **changes)


def test_only_who_edits_proposes_and_only_the_groups_coordinator_reviews(people):
    with pytest.raises(PermissionDenied):
        review.propose(people.programme, {"age_min": 1}, people.stranger, 1)
    proposal = propose(people)
    for person in (people.stranger, people.editor, make_user(is_superuser=True)):
        with pytest.raises(PermissionDenied):
            review.accept(proposal, person, 1, 1)
    assert summary(people) == "Hodimo ob reki."


def test_one_living_proposal_per_programme(people):
    propose(people)
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.create(programme=people.programme, base_version=1, asked_at=now)


# ---- when the published version moved ---------------------------------------------------------------
def move(people, **values):
    programme = Programme.objects.filter(pk=people.programme.pk)
    programme.update(version=people.programme.version + 1, **values)


def test_what_does_not_overlap_is_merged(people):
    proposal = propose(people, summary_sl="Hodimo ob jezeru.")
    move(people, contact_phone="+386 1 000 02 20")
    accept(people, proposal, taken=None)
    programme = Programme.objects.get(pk=people.programme.pk)
    assert (programme.summary_sl, programme.contact_phone) == ("Hodimo ob jezeru.", "+386 1 000 02 20")


def test_a_conflict_is_named_and_decided_per_field(people):
    proposal = propose(people, summary_sl="Hodimo ob jezeru.", age_min=18)
    move(people, summary_sl="Hodimo po mestu.", age_min=20)
    with pytest.raises(review.Conflict) as error:
        accept(people, proposal, taken=None)
    assert sorted(error.value.fields) == ["age_min", "summary_sl"]
    accept(people, proposal, taken=["age_min"])
    programme = Programme.objects.get(pk=people.programme.pk)
    assert (programme.summary_sl, programme.age_min) == ("Hodimo po mestu.", 18)


def test_what_was_not_looked_at_is_not_accepted(people):
    proposal = propose(people)
    with pytest.raises(StaleObject):
        review.accept(proposal, people.coordinator, 7, proposal.revision)
    with pytest.raises(StaleObject):
        review.accept(proposal, people.coordinator, 1, proposal.revision + 1)
    assert summary(people) == "Hodimo ob reki."


# ---- what is in the way ---------------------------------------------------------------------------
def test_placeholders_and_gaps_block_publication(people):
    draft = make_programme(people.organisation, status="in_review", description_de="Lorem ipsum dolor")
    with translation.override("en"), pytest.raises(ValidationError) as error:
        review.publish(draft, people.coordinator, draft.version)
    assert error.value.messages == [
        "Missing: a real text instead of “Lorem ipsum”, Slovenian summary, a date, a telephone number or an e-mail"
        " address, what it costs, how to join."
    ]
    draft.refresh_from_db()
    assert draft.status == "in_review"
    proposal = propose(people, description_sl="TODO")
    with pytest.raises(ValidationError):
        accept(people, proposal)


def test_a_change_is_not_refused_for_what_the_public_version_lacks_already(people):
    ProgrammeTerm.objects.filter(programme=people.programme).delete()  # nobody had to say what it costs, once
    accept(people, propose(people))
    assert summary(people) == "Hodimo ob jezeru."
    people.programme.refresh_from_db()
    with pytest.raises(ValidationError):
        accept(people, propose(people, summary_sl=""))


# ---- one part alone ---------------------------------------------------------------------------------
def of_both(people, **more):
    return propose(people, summary_sl="Hodimo ob jezeru.", summary_de="Wir gehen am See.", age_min=18, **more)


def outdated(people):
    programme = Programme.objects.get(pk=people.programme.pk)
    return translation_states.outdated([programme]).get(programme.pk, [])


def test_one_language_is_published_and_the_rest_waits_on_the_new_version(people):
    proposal = of_both(people)
    assert accept(people, proposal, parts={"sl"}) == ["de", "facts"]
    programme = Programme.objects.get(pk=people.programme.pk)
    assert (programme.summary_sl, programme.summary_de, programme.age_min) == ("Hodimo ob jezeru.", None, None)
    assert (programme.version, programme.reviewed_version, programme.checked_by) == (2, 2, None)
    proposal.refresh_from_db()
    assert proposal.changes == {"summary_de": "Wir gehen am See.", "age_min": 18}
    assert (proposal.state, proposal.base_version, proposal.revision) == ("open", 2, 2)
    assert [(row.programme, row.kind) for row in queue(people.coordinator)] == [(programme, "proposal")]
    assert accept(people, proposal, parts={"de", "facts"}) == []
    programme.refresh_from_db()
    assert (programme.summary_de, programme.age_min, programme.checked_by) == (
        "Wir gehen am See.", 18, people.coordinator,
    )  # fmt: skip
    steps = list(ReviewNote.objects.order_by("pk").values_list("step", "parts", "by"))
    assert steps[1:] == [("part", ["sl"], people.coordinator.pk), ("published", [], people.coordinator.pk)]


def test_the_rest_goes_back_with_a_note(people):
    proposal = of_both(people)
    accept(people, proposal, parts={"facts"})
    proposal.refresh_from_db()
    people.programme.refresh_from_db()
    review.give_back(people.programme, people.coordinator, 2, "Katero jezero?", proposal, proposal.revision)
    proposal.refresh_from_db()
    assert (proposal.state, sorted(proposal.changes)) == ("returned", ["summary_de", "summary_sl"])
    assert (summary(people), review.returned_with(people.programme).text) == ("Hodimo ob reki.", "Katero jezero?")


def test_a_translation_whose_original_waits_is_outdated_until_it_is_published(people):
    Programme.objects.update(summary_de="Wir gehen am Fluss.")
    proposal = of_both(people)
    accept(people, proposal, parts={"de"})
    assert outdated(people) == [("summary", "de")]
    proposal.refresh_from_db()
    accept(people, proposal, parts={"sl"})
    assert outdated(people) == []


def test_a_translation_that_waits_is_outdated_and_current_once_published(people):
    Programme.objects.update(summary_de="Wir gehen am Fluss.")
    proposal = of_both(people)
    accept(people, proposal, parts={"sl"})
    assert outdated(people) == [("summary", "de")]
    proposal.refresh_from_db()
    accept(people, proposal)
    assert outdated(people) == []


def test_a_translation_of_an_original_that_was_refused_is_outdated(people):
    proposal = of_both(people)
    move(people, summary_sl="Hodimo po mestu.")
    accept(people, proposal, taken=[])
    assert (summary(people), outdated(people)) == ("Hodimo po mestu.", [("summary", "de")])


def test_a_conflict_in_a_part_that_waits_is_kept_and_asked_when_it_is_decided(people):
    proposal = of_both(people)
    move(people, age_min=20)
    assert accept(people, proposal, taken=None, parts={"sl", "de"}) == ["facts"]
    proposal.refresh_from_db()
    with pytest.raises(review.Conflict) as error:
        accept(people, proposal, taken=None)
    assert error.value.fields == ["age_min"]


@pytest.mark.parametrize(
    "how", [{"parts": set()}, {"parts": {"da"}}, {"parts": {"sl"}, "on": timezone.localdate() + timedelta(days=1)}]
)
def test_no_part_at_all_and_a_part_on_a_later_day_are_refused_in_words(people, how):
    proposal = of_both(people)
    with pytest.raises(ValidationError):
        accept(people, proposal, **how)
    assert (summary(people), Proposal.objects.get().revision) == ("Hodimo ob reki.", 1)


def test_who_proposed_is_told_in_their_language_which_parts_are_public(people):
    type(people.editor).objects.filter(pk=people.editor.pk).update(language="en")
    accept(people, of_both(people), parts={"de"})
    letter = Outbox.objects.latest("pk")
    assert (letter.to, letter.kind) == (people.editor.email, "review-part")
    assert "Public now: texts (Deutsch)." in letter.text
    assert "Not yet decided: texts (Slovenščina), facts (times, places, ages and the like)." in letter.text


def test_times_with_their_notes_and_a_photo_with_its_words_are_facts():
    columns = ["summary_de", "title_sl", "schedules", "photo_alt_de", "contact_email", "requirements_nb", "age_min"]
    assert [part_of(column) for column in columns] == ["de", "sl", "facts", "facts", "facts", "nb", "facts"]


def test_the_parts_are_ticked_on_the_page_and_none_is_a_mistake(people):
    of_both(people)
    page = address("review-programme", people.programme.pk)
    html = signed_in(people.coordinator).get(page).content.decode()
    assert [f'name="parts" value="{part}"' in html for part in ("sl", "en", "de", "facts")] == [True, False, True, True]
    assert html.count("checked") == 3
    assert answer(people, "review-publish").status_code == 400
    response = answer(people, "review-publish", parts=["de"])
    assert (response.status_code, response.url) == (302, page)
    assert sorted(Proposal.objects.get().changes) == ["age_min", "summary_sl"]
    assert answer(people, "review-publish", parts=["sl", "facts"]).url == address("review")
    assert Proposal.objects.get().state == "accepted"


def test_a_part_that_somebody_else_decided_meanwhile_answers_409(people):
    proposal = of_both(people)
    accept(people, proposal, parts={"de"})
    looked_at = {"version": 1, "revision": 1}
    assert answer(people, "review-publish", parts=["de", "sl"], **looked_at).status_code == 409
    assert summary(people) == "Hodimo ob reki."


# ---- on a day -------------------------------------------------------------------------------------
def tomorrow():
    return timezone.localdate() + timedelta(days=1)


def test_what_is_approved_for_a_day_shows_on_that_day_and_once_only(people):
    new = complete(people.organisation, status="in_review")
    review.publish(new, people.coordinator, 1, on=tomorrow())
    accept(people, propose(people), on=tomorrow())
    assert (review.publish_due(), summary(people)) == (0, "Hodimo ob reki.")
    assert review.publish_due(tomorrow()) == 2
    new.refresh_from_db()
    assert (new.status, summary(people)) == ("published", "Hodimo ob jezeru.")
    assert review.publish_due(tomorrow()) == 0


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda people, new: Programme.objects.filter(pk=new.pk).update(version=9),
        lambda people, new: Programme.objects.filter(pk=new.pk).update(summary_sl="TODO"),
        lambda people, new: people.coordinator.seats.update(ends_on="2020-02-02"),
    ],
    ids=["edited", "incomplete", "no longer coordinator"],
)
def test_a_yes_holds_for_what_was_approved_only(people, meanwhile):
    new = complete(people.organisation, status="in_review")
    review.publish(new, people.coordinator, 1, on=tomorrow())
    meanwhile(people, new)
    assert review.publish_due(tomorrow()) == 0
    new.refresh_from_db()
    assert (new.status, Publication.objects.count()) == ("in_review", 0)
    assert new.review_notes.last().step == "failed"


def test_a_later_edit_takes_the_yes_away(people):
    proposal = propose(people)
    accept(people, proposal, on=tomorrow())
    review.propose(people.programme, {"summary_sl": "Vse drugače."}, people.editor, 1, revision=1)
    assert (review.publish_due(tomorrow()), summary(people)) == (0, "Hodimo ob reki.")


# ---- edits that show at once ------------------------------------------------------------------------
def test_edits_that_show_at_once_wait_to_be_seen(people):
    type(people.group).objects.update(reviews_edits="after")
    assert not review.waiting(people.coordinator).exists()
    move(people, summary_sl="Hodimo ponoči.")
    people.programme.refresh_from_db()
    review.saved(people.programme, people.editor)
    assert list(review.waiting(people.coordinator)) == [people.programme]
    assert not review.waiting(people.stranger).exists()
    review.mark_seen(people.programme, people.coordinator, 2)
    assert not review.waiting(people.coordinator).exists()


def test_an_edit_by_the_coordinator_needs_no_other_look(people):
    type(people.group).objects.update(reviews_edits="after")
    move(people, summary_sl="Hodimo ponoči.")
    people.programme.refresh_from_db()
    review.saved(people.programme, people.coordinator)
    assert not review.waiting(people.coordinator).exists()


# ---- mail -----------------------------------------------------------------------------------------
def test_those_concerned_are_written_to_in_their_language(people):
    type(people.coordinator).objects.filter(pk=people.coordinator.pk).update(language="de")
    proposal = propose(people)
    people.programme.refresh_from_db()
    review.give_back(people.programme, people.coordinator, 1, "Kje se dobimo?", proposal, proposal.revision)
    letters = list(Outbox.objects.order_by("pk"))
    assert [letter.to for letter in letters] == [people.coordinator.email, people.editor.email]
    assert "/de/" in letters[0].text
    assert "Kje se dobimo?" in letters[1].text
    note = people.programme.review_notes.last()
    assert (note.step, note.text, note.by) == ("returned", "Kje se dobimo?", people.coordinator)


# ---- the pages --------------------------------------------------------------------------------------
def address(name, *args):
    return reverse(f"programmes:{name}", args=args)


def answer(people, name, who=None, **data):
    programme = Programme.objects.get(pk=people.programme.pk)
    proposal = review.open_proposal(programme)
    looked_at = {"version": programme.version, "revision": proposal.revision if proposal else ""}
    return signed_in(who or people.coordinator).post(address(name, programme.pk), {**looked_at, **data})


def test_the_queue_holds_what_waits_oldest_first_with_its_age(people):
    new = complete(people.organisation, status="in_review")
    foreign = complete(make_organisation(), status="in_review")
    proposal = propose(people)
    Proposal.objects.filter(pk=proposal.pk).update(asked_at=timezone.now() - timedelta(days=3))
    response = signed_in(people.coordinator).get(address("review"))
    rows = [(row.programme, row.kind, row.days, row.by) for row in response.context["rows"]]
    assert rows == [(people.programme, "proposal", 3, people.editor), (new, "new", 0, None)]
    assert foreign.title_sl not in response.content.decode()
    assert (response["Cache-Control"].count("no-store"), "(2)" in response.content.decode()) == (1, True)


def test_only_the_groups_coordinator_sees_and_decides(people):
    propose(people)
    for person in (people.editor, people.stranger, make_user(is_superuser=True, is_staff=True)):
        client = signed_in(person)
        assert client.get(address("review-programme", people.programme.pk)).status_code == 404
        for name in ("publish", "return", "cancel", "seen", "revert"):
            assert answer(people, f"review-{name}", person, note="x").status_code == 404
    assert (summary(people), Proposal.objects.get().state) == ("Hodimo ob reki.", "open")


def test_the_page_marks_words_in_each_language(people):
    propose(people, summary_sl="Hodimo ob jezeru.", summary_de="Wir gehen.")
    html = signed_in(people.coordinator).get(address("review-programme", people.programme.pk)).content.decode()
    assert "Hodimo ob <del>" in html
    assert 'lang="de"' in html
    assert "Wir gehen." in html


def test_what_nobody_answered_is_no_difference_and_a_nought_is_one():
    nobody = {"age_min": None, "is_full": None, "contact_phone": ""}
    assert differences(nobody, {"age_min": None, "is_full": False, "contact_phone": None}) == []
    rows = differences(nobody, {"age_min": 0, "is_full": True, "contact_phone": "+386 1 000 01 55"})
    assert [row["column"] for row in rows] == ["age_min", "is_full", "contact_phone"]


def test_publish_return_and_approve_by_their_buttons(people):
    propose(people)
    assert answer(people, "review-return", note="  ").status_code == 400
    assert answer(people, "review-return", note="Kje?").status_code == 302
    assert (Proposal.objects.get().state, summary(people)) == ("returned", "Hodimo ob reki.")
    propose(people)
    assert answer(people, "review-publish", publish_on=tomorrow().isoformat()).status_code == 302
    assert answer(people, "review-cancel").status_code == 302
    assert answer(people, "review-publish", publish_on="1999-01-01").status_code == 400
    assert answer(people, "review-publish").status_code == 302
    assert summary(people) == "Hodimo ob jezeru."
    steps = list(ReviewNote.objects.values_list("step", flat=True))
    assert steps == ["asked", "returned", "asked", "approved", "published"]


def test_what_it_was_returned_with_stands_in_the_editors_form_until_they_ask_again(people):
    form = address("programme-edit", people.programme.pk)
    shown = lambda: "Kje se dobimo?" in signed_in(people.editor).get(form).content.decode()
    propose(people)
    before = shown()
    answer(people, "review-return", note="Kje se dobimo?")
    returned = shown()
    propose(people)
    assert (before, returned, shown()) == (False, True, False)


def test_a_conflict_is_shown_with_409_and_what_was_typed_stays(people):
    propose(people)
    move(people, summary_sl="Hodimo po mestu.")
    day = tomorrow().isoformat()
    response = answer(people, "review-publish", publish_on=day)
    html = response.content.decode()
    assert (response.status_code, 'name="take_summary_sl"' in html, f'value="{day}"' in html) == (409, True, True)
    assert answer(people, "review-publish", take_summary_sl="yes").status_code == 302
    assert summary(people) == "Hodimo ob jezeru."


def test_an_old_page_answers_409_and_does_nothing(people):
    propose(people)
    for name in ("publish", "return"):
        response = answer(people, f"review-{name}", version=77, revision=77, note="Kje se dobimo?")
        assert (response.status_code, "Kje se dobimo?" in response.content.decode()) == (409, name == "return")
    assert (summary(people), Proposal.objects.get().state) == ("Hodimo ob reki.", "open")


@pytest.mark.parametrize("bad", [{"version": "x"}, {"version": "9" * 50}, {"revision": "-1"}, {"publish_on": "\x00"}])
def test_nonsense_is_refused_with_400(people, bad):
    propose(people)
    assert answer(people, "review-publish", **bad).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_what_showed_at_once_is_changed_back_schedules_and_terms_included(people):
    type(people.group).objects.update(reviews_edits="after")
    before = content(people.programme)
    Programme.objects.filter(pk=people.programme.pk).update(summary_sl="Vse novo.", version=2)
    people.programme.schedules.all().delete()
    html = signed_in(people.coordinator).get(address("review-programme", people.programme.pk)).content.decode()
    assert "Vse novo." in html
    assert answer(people, "review-revert", parts=["sl", "facts"]).status_code == 302
    after = content(Programme.objects.get(pk=people.programme.pk))
    for row in (*before["schedules"], *after["schedules"]):
        row.pop("id")
    assert after == before
    assert not review.waiting(people.coordinator).exists()


@pytest.mark.django_db(transaction=True)
def test_who_changed_it_is_named_and_told_when_it_was_changed_back(people):
    type(people.group).objects.update(reviews_edits="after")
    form = signed_in(people.editor).get(address("programme-edit", people.programme.pk)).context["form"]
    data = {"base": form.signed_base(), "title_sl": "Sprehodi", "summary_sl": "Vse novo."}
    signed_in(people.editor).post(address("programme-edit", people.programme.pk), data)
    assert summary(people) == "Vse novo."
    (row,) = queue(people.coordinator)
    assert (row.kind, row.by) == ("changed", people.editor)
    with translation.override("en"):
        page = address("review-programme", people.programme.pk)
    html = signed_in(people.coordinator).get(page).content.decode()
    assert f"Last changed by {people.editor.full_name}, " in html
    assert answer(people, "review-revert", note="Kdaj pa potem?", parts=["sl"]).status_code == 302
    letter = Outbox.objects.latest("pk")
    assert (letter.to, letter.kind, "Kdaj pa potem?" in letter.text) == (people.editor.email, "review-reverted", True)
    mine = signed_in(people.editor)
    assert "Kdaj pa potem?" in mine.get(address("programme-edit", people.programme.pk)).content.decode()
    form = mine.get(address("programme-edit", people.programme.pk)).context["form"]
    mine.post(address("programme-edit", people.programme.pk), {**data, "base": form.signed_base()})
    assert "Kdaj pa potem?" not in mine.get(address("programme-edit", people.programme.pk)).content.decode()


@pytest.mark.parametrize(("setting", "is_said"), [("after", True), ("before", False)])
def test_the_form_says_that_the_coordinator_looks_at_changes_afterwards(people, setting, is_said):
    type(people.group).objects.update(reviews_edits=setting)
    said = "the coordinator looks at them afterwards"
    with translation.override("en"):
        form = address("programme-edit", people.programme.pk)
    page = lambda who: signed_in(who).get(form).content.decode()
    assert (said in page(people.editor), said in page(people.coordinator)) == (is_said, False)


@pytest.mark.django_db(transaction=True)
def test_one_part_of_what_showed_at_once_is_changed_back(people):
    type(people.group).objects.update(reviews_edits="after")
    Programme.objects.filter(pk=people.programme.pk).update(summary_sl="Vse novo.", age_min=18, version=2)
    assert answer(people, "review-revert", parts=[]).status_code == 400
    assert answer(people, "review-revert", parts=["sl"]).status_code == 302
    programme = Programme.objects.get(pk=people.programme.pk)
    assert (programme.summary_sl, programme.age_min, programme.version) == ("Hodimo ob reki.", 18, 3)
    note = ReviewNote.objects.get()
    assert (note.step, note.parts, review.waiting(people.coordinator).exists()) == ("reverted", ["sl"], False)


# ---- two at once, on two real connections -----------------------------------------------------------
def at_once(*deeds):
    """Runs each deed in a thread of its own, together; → [what it returned, or the kind of its error]."""
    start, results = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place, deed):
        start.wait()
        try:
            results[place] = deed()
        except Exception as error:
            results[place] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_one_decides_and_the_other_is_told(people):
    for _round in range(5):
        proposal = propose(people, summary_sl=f"Različica {_round}.")
        version = Programme.objects.get(pk=people.programme.pk).version
        how = (people.coordinator, version)
        results = at_once(
            lambda: review.accept(proposal, *how, proposal.revision),  # noqa: B023 – done before the next round
            lambda: review.give_back(people.programme, *how, "Ne še.", proposal, proposal.revision),  # noqa: B023
        )
        assert sorted(map(str, results)) in (["None", "StaleObject"], ["StaleObject", "[]"])
        people.programme.refresh_from_db()
        assert (people.programme.summary_sl == f"Različica {_round}.") is (results[0] == [])
        Proposal.objects.living().delete()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_another_part_at_once_one_is_told_and_nothing_is_lost(people):
    for number in range(5):
        proposal = propose(people, summary_sl=f"Različica {number}.", age_min=number + 1)
        version = Programme.objects.get(pk=people.programme.pk).version
        how = (people.coordinator, version, proposal.revision)
        results = at_once(
            lambda: review.accept(proposal, *how, parts={"sl"}),  # noqa: B023 – done before the next round
            lambda: review.accept(proposal, *how, parts={"facts"}),  # noqa: B023
        )
        assert sorted(map(str, results)) in (["StaleObject", "['facts']"], ["StaleObject", "['sl']"])
        people.programme.refresh_from_db()
        one = (people.programme.summary_sl == f"Različica {number}.", people.programme.age_min == number + 1)
        assert one == (results[0] != "StaleObject", results[1] != "StaleObject")
        assert len(review.open_proposal(people.programme).changes) == 1
        Proposal.objects.living().delete()


@pytest.mark.django_db(transaction=True)
def test_of_two_publications_at_once_one_counts(people):
    new = complete(people.organisation, status="in_review")
    results = at_once(*[lambda: review.publish(new, people.coordinator, 1)] * 2)
    assert sorted(map(str, results)) == ["None", "StaleObject"]
    new.refresh_from_db()
    assert (new.version, ReviewNote.objects.filter(step="published").count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_due_publications_run_in_parallel_publish_once(people):
    for _number in range(4):
        review.publish(complete(people.organisation, status="in_review"), people.coordinator, 1, on=tomorrow())
    results = at_once(*[lambda: review.publish_due(tomorrow())] * 4)
    assert sum(results) == 4
    assert (ReviewNote.objects.filter(step="published").count(), ReviewNote.objects.filter(step="failed").count()) == (
        4,
        0,
    )
    assert review.publish_due(tomorrow()) == 0


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_once_make_one_proposal_and_lose_nothing(people):
    results = at_once(
        lambda: propose(people, age_min=18) and "done", lambda: propose(people, contact_name="Eva") and "done"
    )
    assert results == ["done", "done"]
    assert Proposal.objects.get().changes == {"age_min": 18, "contact_name": "Eva"}
