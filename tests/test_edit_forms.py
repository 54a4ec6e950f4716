"""Every form that changes a record: the second of two who save is told, sees both texts and loses nothing.

Forms are found, not listed: whatever view leads to one has to stand in `EDITS`, or this file fails.
"""

import importlib
import inspect
import types
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from portal.record_form import RecordForm
from programmes.forms import ProgrammeForm, ScheduleForm

from . import workshop
from .workshop import DAY, typed, views

pytestmark = pytest.mark.django_db


class Edit(NamedTuple):
    """`noun` of the workshop; two texts for `same`, one for `other`, a field that has nothing to do with it."""

    noun: str
    same: str
    other: str
    theirs: Any = "Napisala je Ana"
    mine: Any = "Napisal je Bor"
    apart: Any = "Nekaj drugega"
    address: Any = None  # function of the workshop; else by the number of the noun
    more: dict[str, str] = {}  # what the form asks for besides

    @property
    def words(self):
        """Theirs and mine as a page says them."""
        return escape(self.theirs), escape(self.mine)


def of_cell(w):
    return reverse("actionplans:coverage-judge", args=["phases", w.topic.slug, w.phase.slug])


def of_assessment(w):
    return reverse("actionplans:assessment", args=[w.programme.pk])


soon = timezone.localdate() + 9 * DAY
EDITS = {
    "actionplans:need-edit": Edit("need", "title_sl", "description_sl"),
    "actionplans:evidence-edit": Edit(
        "evidence", "text_sl", "text_en",
        address=lambda w: reverse("actionplans:evidence-edit", args=[w.need.pk, w.evidence.pk]),
    ),
    "actionplans:strategy-edit": Edit("strategy", "title_sl", "vision_sl"),
    "actionplans:question-edit": Edit(
        "question", "question_sl", "looked_at_by_sl",
        address=lambda w: reverse("actionplans:question-edit", args=[w.strategy.pk, w.question.pk]),
    ),
    "actionplans:finding-edit": Edit(
        "finding", "title_sl", "says_sl",
        address=lambda w: reverse("actionplans:finding-edit", args=[w.strategy.pk, w.finding.pk]),
    ),
    "actionplans:objective-edit": Edit("objective", "title_sl", "description_sl"),
    "actionplans:plan-edit": Edit("other_plan", "title_sl", "legal_basis_sl"),
    "actionplans:target-group-edit": Edit("target_group", "reason_sl", "reason_en"),
    "actionplans:step-edit": Edit(
        "yearly_step", "aim_sl", "result_sl",
        address=lambda w: reverse("actionplans:step-edit", args=[w.measure.pk, w.yearly_step.pk]),
    ),
    "actionplans:measure-edit": Edit("measure", "title_sl", "rationale_sl"),
    "actionplans:measure-judge": Edit("measure", "judged_reason", "judged_until", apart=f"{soon}"),
    "actionplans:practice-edit": Edit("practice", "title_sl", "outcome_sl"),
    "actionplans:task-edit": Edit("task", "title_sl", "description_sl"),
    "actionplans:barrier-edit": Edit("barrier", "title_sl", "solution_sl"),
    "actionplans:interface-edit": Edit("interface", "task_sl", "touches_sl"),
    "actionplans:indicator-edit": Edit("indicator", "name_sl", "source_sl"),
    "actionplans:value-edit": Edit("value", "value", "measured_on", "7.25", "8.50", "2026-01-05"),
    "actionplans:coverage-judge": Edit("judgement", "reason_sl", "reason_en", address=of_cell),
    "actionplans:assessment": Edit("assessment", "reason_sl", "reason_en", address=of_assessment),
    "actionplans:transition-edit": Edit("transition", "title_sl", "description_sl"),
    "actionplans:meeting-edit": Edit("meeting", "title_sl", "place"),
    "actionplans:item-edit": Edit("item", "title_sl", "note"),
    "actionplans:item-correct": Edit("approved_item", "minutes", "outcome", apart="noted", more={"reason": "x"}),
    "actionplans:decision-edit": Edit("decision", "text_sl", "result_sl"),
    "actionplans:notice-edit": Edit("notice", "title_sl", "text_sl"),
    "actionplans:working-group-edit": Edit("working_group", "name_sl", "purpose_sl"),
    "partners:organisation-edit": Edit("organisation", "name_sl", "offer_sl"),
    "partners:seat-edit": Edit("seat", "ends_on", "role", *(f"{soon + n * DAY}" for n in (1, 2)), "deputy"),
    "partners:membership-edit": Edit("membership", "mandate", "mandate_link", apart="https://example.org/mandate"),
    "partners:place-edit": Edit("place", "name_sl", "address"),
    "partners:exception-edit": Edit("exception", "reason_sl", "reason_en"),
    "partners:place-photo": Edit("photo", "alt_sl", "alt_en", address=lambda w: reverse(
        "partners:place-photo", args=[w.place.pk])),
    "partners:group-logo": Edit("group_logo", "alt_sl", "alt_en", address=lambda w: reverse(
        "partners:group-logo", args=[w.group.pk])),
    "programmes:programme-edit": Edit("programme", "title_sl", "summary_sl"),
    "programmes:pathway-edit": Edit("pathway", "title_sl", "summary_sl"),
    "programmes:step-edit": Edit("step", "title_sl", "text_sl"),
}  # fmt: skip

# Forms of another shape have the same proof beside the rest of their tests.
ELSEWHERE = {
    "partners:place-hours": "test_places.test_two_who_change_different_days_are_put_together_and_the_same_day_is_shown",
    "actionplans:minutes":
        "test_meetings.TestMinutes.test_two_write_the_same_item_and_the_second_sees_both_while_the_rest_is_kept",
    "programmes:schedule-edit":
        "test_programme_form.test_of_two_who_change_one_schedule_the_second_is_shown_the_other_and_merges",
    "programmes:programme-photo": "test_uploads.test_the_second_of_two_who_describe_a_photo_is_told",
    # A logo has no text that two could write differently.
    "partners:organisation-logo": "test_uploads.test_of_two_who_bring_the_first_logo_at_the_same_moment_one_is_told",
}  # fmt: skip
# These make a new record (tests/test_sent_twice.py), show what is not saved, or take away what a version names.
OTHERS = {
    *(f"actionplans:{noun}-add" for noun in (
        "barrier", "decision", "evidence", "finding", "indicator", "interface", "measure", "measure-task", "meeting",
        "need", "notice", "objective", "plan", "practice", "question", "step", "strategy", "target-group", "task",
        "transition", "value", "working-group",
    )),
    *("actionplans:round-open", "partners:exception-add", "partners:group-new", "partners:holiday-add"),
    *("partners:place-add", "partners:place-hours-preview", "actionplans:meeting-day", "actionplans:meeting-day-new"),
    *("programmes:pathway-add", "programmes:step-add"),
    *(f"programmes:programme-{deed}" for deed in ("add", "preview", "preview-new")),
    *(f"programmes:schedule-{deed}" for deed in ("add", "end", "preview", "preview-new", "remove", "restore")),
}  # fmt: skip


# ---- the forms are found ------------------------------------------------------------------------------
def forms_behind(thing, seen):
    """Form classes of ours that a view, or what it calls, names."""
    if thing in seen or getattr(thing, "__module__", "").partition(".")[0] not in OURS:
        return set()
    seen.add(thing)
    if inspect.isclass(thing) and issubclass(thing, forms.BaseForm):
        return {thing}
    inside = [m for m in vars(thing).values() if inspect.isfunction(m)] if inspect.isclass(thing) else [thing]
    return {form for function in inside for named in names_in(function) for form in forms_behind(named, seen)}


OURS = ("portal", "partners", "programmes", "actionplans")


def names_in(function):
    """What a function names that its module knows, or a module of ours that it knows."""
    codes, words = [function.__code__], set()
    while codes:
        code = codes.pop()
        words |= set(code.co_names)
        codes += [const for const in code.co_consts if isinstance(const, types.CodeType)]
    known = [function.__globals__[word] for word in words if word in function.__globals__]
    rooms = [vars(room) for room in known if isinstance(room, ModuleType) and room.__name__.partition(".")[0] in OURS]
    found = known + [room[word] for room in rooms for word in words if word in room]
    return [one for one in found if inspect.isfunction(one) or inspect.isclass(one)]


def is_of_a_record(form):
    return issubclass(form, (RecordForm, ProgrammeForm, ScheduleForm))


def test_every_form_with_a_version_is_in_the_table():
    found = {name for name, view in views().items() if any(map(is_of_a_record, forms_behind(view, set())))}
    assert found - OTHERS == EDITS.keys() | ELSEWHERE.keys()
    assert found >= OTHERS


@pytest.mark.parametrize("name", ELSEWHERE.values())
def test_what_is_proved_elsewhere_is_proved(name):
    room, *inside = name.split(".")
    thing = importlib.import_module(f"tests.{room}")
    for word in inside:
        thing = getattr(thing, word)
    assert callable(thing)


# ---- two at once --------------------------------------------------------------------------------------
def opened(client, address):
    return client.get(address).context["form"]


def shown(form, name):
    """The value of a field as a page shows it."""
    return str(typed(form).get(form[name].html_name, ""))


@pytest.mark.parametrize("name", EDITS)
def test_of_two_who_change_one_field_the_second_is_shown_both_and_apart_fields_are_put_together(shared, name):
    w, edit = shared, EDITS[name]
    ana, bor = workshop.clients(w)
    address = edit.address(w) if edit.address else reverse(name, args=[getattr(w, edit.noun).pk])
    form = opened(ana, address)
    first, second, third = (
        typed(form, **{form[field].html_name: text for field, text in {**edit.more, **change}.items()})
        for change in ({edit.same: edit.theirs}, {edit.same: edit.mine}, {edit.other: edit.apart})
    )
    assert ana.post(address, first).status_code == 302
    told = bor.post(address, second)
    assert told.status_code == 409
    page = told.content.decode()
    assert (edit.words[0] in page, edit.words[1] in page) == (True, True)
    assert shown(told.context["form"], edit.same) == edit.mine
    assert shown(opened(ana, address), edit.same) == edit.theirs
    put = bor.post(address, third)
    assert (put.status_code, shown(put.context["form"], edit.same)) == (409, edit.theirs)
    assert bor.post(address, typed(put.context["form"])).status_code == 302
    kept = opened(ana, address)
    assert (shown(kept, edit.same), shown(kept, edit.other)) == (edit.theirs, edit.apart)
