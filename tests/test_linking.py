"""From a programme into the plan: linked at once by who works on the measure, else suggested and decided there."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from actionplans.models import Commitment, Measure, MeasureProgramme, MeasureSuggestion, ObjectiveNeed
from actionplans.my_work import owes
from actionplans.waiting import waiting_for
from portal import changes
from portal.history.past import events_of
from portal.models import Outbox

from .records import make_group, make_organisation, make_programme, make_user, signed_in
from .test_plan import make_measure, make_need, make_strategy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


class World:
    def __init__(self):
        self.group = make_group()
        self.strategy = make_strategy(self.group)
        self.measure = make_measure(self.strategy, title_en="Walks")
        self.provider = make_organisation(self.group, name_en="Library")
        self.programme = make_programme(self.provider, title_en="Reading aloud")
        self.editor = make_user("editor", self.provider)
        self.coordinator = make_user("coordinator", make_organisation(self.group))

    def takes_part(self, role="partner", status="accepted"):
        membership = self.provider.memberships.get()
        return Commitment.objects.create(
            measure=self.measure, membership=membership, role=role, status=status, asked_on=timezone.localdate()
        )

    def suggested(self, **fields):
        return MeasureSuggestion.objects.create(measure=self.measure, programme=self.programme, **fields)

    @property
    def is_linked(self):
        return MeasureProgramme.objects.filter(measure=self.measure, programme=self.programme).exists()


@pytest.fixture
def w():
    return World()


def at(name, *args):
    return reverse(f"actionplans:{name}", args=args)


def post(user, name, *args, **data):
    return signed_in(user).post(at(name, *args), data)


def test_who_takes_part_in_a_measure_links_at_once_and_an_open_form_of_it_is_told(w):
    w.takes_part()
    assert post(w.editor, "programme-plan", w.programme.pk, measure=w.measure.pk).status_code == 302
    assert (w.is_linked, MeasureSuggestion.objects.count()) == (True, 0)
    assert Measure.objects.get(pk=w.measure.pk).version == w.measure.version + 1


@pytest.mark.parametrize("status", [None, "proposed"])
def test_everybody_else_suggests(w, status):
    if status:
        w.takes_part(status=status)
    post(w.editor, "programme-plan", w.programme.pk, measure=w.measure.pk, why="For those who sit a lot")
    row = MeasureSuggestion.objects.get()
    assert (w.is_linked, row.measure, row.programme, row.why) == (
        False, w.measure, w.programme, "For those who sit a lot",
    )  # fmt: skip


def test_the_coordinator_sees_it_in_my_work_and_takes_it_by_one_button(w):
    row = w.suggested()
    item = next(i for i in waiting_for(w.coordinator, timezone.localdate()) if i.take_at)
    assert item.what == "Library suggests a programme: Reading aloud"
    assert signed_in(w.coordinator).post(item.take_at, {"next": at("work")}).url == at("work")
    assert (w.is_linked, MeasureSuggestion.objects.count()) == (True, 0)
    assert post(w.coordinator, "suggestion-take", row.pk).status_code == 404


def test_who_leads_the_measure_decides_too_and_who_suggests_does_not(w):
    lead = make_organisation(w.group)
    row = w.suggested()
    assert post(w.editor, "suggestion-take", row.pk).status_code == 404
    Commitment.objects.create(
        measure=w.measure, membership=lead.memberships.get(), role="lead", status="accepted",
        asked_on=timezone.localdate(),
    )  # fmt: skip
    leader = make_user("editor", lead)
    assert b"Suggested programmes" in signed_in(leader).get(w.measure.get_absolute_url()).content
    assert b"Suggested programmes" not in signed_in(w.editor).get(w.measure.get_absolute_url()).content
    post(leader, "suggestion-take", row.pk)
    assert w.is_linked


def test_what_is_not_taken_says_why_and_its_provider_reads_it_in_my_work(w):
    row = w.suggested()
    post(w.coordinator, "suggestion-decline", row.pk, reason=" ")
    assert MeasureSuggestion.objects.open().get() == row
    post(w.coordinator, "suggestion-decline", row.pk, reason="It is for grown-ups only")
    today = timezone.localdate()
    assert [i.what for i in owes(w.editor, today) if i.about == "Reading aloud"] == [
        "Not added to a measure: It is for grown-ups only"
    ]
    assert not [i for i in waiting_for(w.coordinator, today) if i.take_at]
    post(w.editor, "suggestion-withdraw", w.programme.pk, row.pk)
    assert not MeasureSuggestion.objects.exists()
    assert events_of(MeasureSuggestion).objects.filter(reason="It is for grown-ups only").exists()


def test_a_programme_taken_in_by_the_form_of_the_measure_waits_no_longer(w):
    w.suggested()
    MeasureProgramme.objects.create(measure=w.measure, programme=w.programme)
    assert not MeasureSuggestion.objects.open().exists()


def test_only_measures_of_ones_groups_that_go_on_can_be_chosen(w):
    theirs = make_measure(make_strategy(make_group(), slug="other"), "theirs")
    over = make_measure(w.strategy, "over", phase="stopped")
    for measure in (theirs, over):
        answer = post(w.editor, "programme-plan", w.programme.pk, measure=measure.pk)
        assert answer.status_code == 422
    html = signed_in(w.editor).get(at("programme-plan", w.programme.pk)).content.decode()
    assert (f'value="{w.measure.pk}"' in html, f'value="{theirs.pk}"' in html, f'value="{over.pk}"' in html) == (
        True, False, False,
    )  # fmt: skip
    assert not MeasureSuggestion.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "9" * 40, "²"])
def test_a_number_that_is_none_is_asked_again(w, number):
    assert post(w.editor, "programme-plan", w.programme.pk, measure=number).status_code == 422


def test_strangers_reach_nothing(w):
    row = w.suggested()
    other = make_organisation(make_group())
    for stranger in (make_user("editor", other), make_user("coordinator", other)):
        assert signed_in(stranger).get(at("programme-plan", w.programme.pk)).status_code == 404
        for name in ("suggestion-take", "suggestion-decline"):
            assert post(stranger, name, row.pk, reason="x").status_code == 404
        assert post(stranger, "suggestion-withdraw", w.programme.pk, row.pk).status_code == 404
        assert post(stranger, "programme-unlink", w.programme.pk, w.measure.pk).status_code == 404
    assert Client().post(at("suggestion-take", row.pk)).status_code == 302
    assert not Measure.objects.worked_on_by(AnonymousUser()).exists()
    assert MeasureSuggestion.objects.get() == row


def test_its_page_says_to_which_need_it_answers_and_who_works_on_the_measure_takes_it_out(w):
    need = make_need(w.group, title_en="Lonely evenings", status="confirmed")
    ObjectiveNeed.objects.create(objective=w.measure.objective, need=need)
    MeasureProgramme.objects.create(measure=w.measure, programme=w.programme)
    page = signed_in(w.editor).get(at("programme-plan", w.programme.pk)).content.decode()
    assert ("Lonely evenings" in page, "Take it out" in page) == (True, False)
    assert post(w.editor, "programme-unlink", w.programme.pk, w.measure.pk).status_code == 404
    w.takes_part()
    assert post(w.editor, "programme-unlink", w.programme.pk, w.measure.pk).status_code == 302
    assert not w.is_linked


def test_the_form_and_the_page_of_a_programme_lead_there(w):
    client, link = signed_in(w.editor), at("programme-plan", w.programme.pk)
    for page in (reverse("programmes:programme-edit", args=[w.programme.pk]), w.programme.get_absolute_url()):
        assert f'href="{link}"' in client.get(page).content.decode()
    assert f'href="{link}"' not in Client().get(w.programme.get_absolute_url()).content.decode()


def test_many_links_cost_no_more_questions_than_few(w, django_assert_max_num_queries):
    for number in range(12):
        measure = make_measure(w.strategy, f"m{number}")
        if number % 2:
            MeasureProgramme.objects.create(measure=measure, programme=w.programme)
        else:
            MeasureSuggestion.objects.create(measure=measure, programme=w.programme)
    client = signed_in(w.editor)
    with django_assert_max_num_queries(25):
        assert client.get(at("programme-plan", w.programme.pk)).status_code == 200


# ---- mail -----------------------------------------------------------------------------------------------
def told(kind):
    return sorted(Outbox.objects.filter(kind=kind).values_list("to", flat=True))


def _led(w):
    """The person who answers for the organisation that leads the measure."""
    lead = make_organisation(w.group)
    Commitment.objects.create(measure=w.measure, membership=lead.memberships.get(), role="lead", status="accepted")
    return make_user("representative", lead)


def test_who_leads_the_measure_and_the_coordinators_hear_of_what_is_suggested_once(w):
    leader = _led(w)
    make_user("coordinator", make_organisation(make_group()))
    for _press in range(2):
        post(w.editor, "programme-plan", w.programme.pk, measure=w.measure.pk, why="Kvarkovo")
    assert told("suggestion-new") == sorted([leader.email, w.coordinator.email])
    assert "Kvarkovo" in Outbox.objects.filter(kind="suggestion-new").first().text


@pytest.mark.parametrize(("deed", "reason"), [("suggestion-take", ""), ("suggestion-decline", "Too late")])
def test_who_suggested_it_hears_what_was_decided_and_in_their_place_who_answers(w, deed, reason):
    representative = make_user("representative", w.provider)
    post(w.editor, "programme-plan", w.programme.pk, measure=w.measure.pk)
    row = MeasureSuggestion.objects.get()
    for _press in range(2):
        post(w.coordinator, deed, row.pk, reason=reason)
    assert told("suggestion-answered") == [w.editor.email]
    assert reason in Outbox.objects.get(kind="suggestion-answered").text
    MeasureProgramme.objects.all().delete()
    Outbox.objects.all().delete()
    row = MeasureSuggestion.objects.filter(pk=row.pk).first() or w.suggested()
    MeasureSuggestion.objects.filter(pk=row.pk).update(declined_on=None, reason="", suggested_by=None)
    post(w.coordinator, deed, row.pk, reason=reason)
    assert told("suggestion-answered") == [representative.email]


# ---- the page of the programme --------------------------------------------------------------------------
def test_the_page_of_a_programme_names_its_public_measures_and_forgets_them_at_once(client, w):
    page = w.programme.get_absolute_url()
    hidden = make_measure(w.strategy, "kvarkovo", is_public=False)
    MeasureProgramme.objects.create(measure=hidden, programme=w.programme)
    assert "Part of our plan" not in client.get(page).content.decode()
    link = f'<a href="{w.measure.get_absolute_url()}">Walks</a>'
    linked = MeasureProgramme.objects.create(measure=w.measure, programme=w.programme)
    changes.refresh()
    html = client.get(page).content.decode()
    assert (link in html, "kvarkovo" in html) == (True, False)
    Measure.objects.filter(pk=w.measure.pk).update(is_public=False)
    changes.refresh()
    assert link not in client.get(page).content.decode()
    Measure.objects.filter(pk=w.measure.pk).update(is_public=True)
    linked.delete()
    changes.refresh()
    assert link not in client.get(page).content.decode()


def test_however_many_measures_it_belongs_to_the_page_of_a_programme_asks_as_often(client, w):
    def asked():
        changes.refresh()
        with CaptureQueriesContext(connection) as queries:
            client.get(w.programme.get_absolute_url())
        return len(queries)

    MeasureProgramme.objects.create(measure=w.measure, programme=w.programme)
    client.get(w.programme.get_absolute_url())
    Measure.objects.filter(pk=w.measure.pk).update(title_en="Long walks")
    few = asked()
    for number in range(4):
        more = make_measure(w.strategy, f"more-{number}")
        MeasureProgramme.objects.create(measure=more, programme=w.programme)
    assert asked() == few
