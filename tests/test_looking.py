"""The plan of evaluation and what was published; as whom people speak; texts to begin with; confirmed on behalf."""

from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from docx import Document

from actionplans import starting_texts, voices
from actionplans.models import (
    AgendaItem,
    Comment,
    EvaluationQuestion,
    Finding,
    Measure,
    Meeting,
    Objective,
    ObjectiveNeed,
    Signal,
    Strategy,
)
from portal import languages, placeholders
from portal.models import Vocabulary
from programmes.models import Programme

from .records import (
    make_group,
    make_location,
    make_meeting,
    make_organisation,
    make_programme,
    make_term,
    make_user,
    signed_in,
)
from .test_needs import url
from .test_plan import make_indicator, make_measure, make_need, make_strategy

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def own(group):
    return make_organisation(group)


@pytest.fixture
def coordinator(own):
    return make_user("coordinator", own, language="en")


@pytest.fixture
def client(coordinator):
    return signed_in(coordinator)


# ---- the plan of evaluation -----------------------------------------------------------------------
class TestLooking:
    def test_what_is_looked_at_and_published_stands_on_the_plan_and_in_the_document(self, client, group):
        strategy, figure = make_strategy(group), make_indicator(group)
        other = make_indicator(make_group(), "other")
        question = {"question_en": "Do men come?", "looked_at_by_en": "A university", "due_on": "2028-06-30"}
        assert client.post(url("question-add", strategy.pk), {**question, "indicators": other.pk}).status_code == 422
        assert client.post(url("question-add", strategy.pk), {**question, "indicators": figure.pk}).status_code == 302
        finding = {"title_en": "Walks help", "says_en": "People sleep better.", "year": "2025", "by": "NIJZ",
                   "url": "https://example.org/walks"}  # fmt: skip
        assert client.post(url("finding-add", strategy.pk), finding).status_code == 302
        for address in (url("plan"), url("plan-document", strategy.slug), url("strategy-work", strategy.pk)):
            html = (client if "work" in address else Client()).get(address).content.decode()
            for words in ("Do men come?", "A university", "30 June 2028", "Figure walkers", "Walks help", "2025",
                          "People sleep better.", 'href="https://example.org/walks"'):  # fmt: skip
                assert words in html, (words, address)
        file = Document(BytesIO(Client().get(url("plan-docx", strategy.slug)).content))
        text = "\n".join(paragraph.text for paragraph in file.paragraphs)
        assert "Do men come?: A university, by 30 June 2028" in text
        assert "Walks help (NIJZ, 2025): People sleep better. https://example.org/walks" in text

    @pytest.mark.parametrize("wrong", [{"year": "1"}, {"url": "javascript:alert(1)"}, {"says_en": ""}, {"year": ""}])
    def test_a_publication_says_in_a_sentence_what_came_out_and_when(self, client, group, wrong):
        strategy = make_strategy(group)
        given = {"title_en": "Walks help", "says_en": "People sleep better.", "year": "2025", **wrong}
        assert client.post(url("finding-add", strategy.pk), given).status_code == 422
        assert not Finding.objects.exists()

    def test_what_is_about_a_measure_stands_on_its_page_and_is_as_public_as_it(self, group):
        strategy = make_strategy(group)
        for slug, is_public in (("walks", True), ("secret", False)):
            measure = make_measure(strategy, slug, is_public=is_public)
            facts = {"title_en": f"About {slug}", "says_en": "x", "year": 2025}
            Finding.objects.create(strategy=strategy, measure=measure, **facts)
        measure = Measure.objects.get(slug="walks")
        assert "About walks" in Client().get(url("measure", measure.pk, "x"), follow=True).content.decode()
        for address in (url("plan"), url("plan-document", strategy.slug)):
            html = Client().get(address).content.decode()
            assert "About walks" in html
            assert "About secret" not in html

    def test_only_the_groups_coordinator_writes_it(self, group, own, client):
        strategy = make_strategy(group)
        question = EvaluationQuestion.objects.create(strategy=strategy, question_en="Do men come?", due_on=TODAY)
        finding = Finding.objects.create(strategy=strategy, title_en="Walks help", says_en="x", year=2025)
        theirs = signed_in(make_user("coordinator", make_organisation(make_group())))
        for person in (theirs, signed_in(make_user("editor", own))):
            for noun, row in (("question", question), ("finding", finding)):
                assert person.get(url(f"{noun}-add", strategy.pk)).status_code == 404
                assert person.get(url(f"{noun}-edit", strategy.pk, row.pk)).status_code == 404
                assert person.post(url(f"{noun}-remove", strategy.pk, row.pk)).status_code == 404
        elsewhere = make_strategy(make_group())
        foreign = EvaluationQuestion.objects.create(strategy=elsewhere, question_en="Foreign", due_on=TODAY)
        assert client.get(url("question-edit", strategy.pk, foreign.pk)).status_code == 404
        client.post(url("question-remove", strategy.pk, foreign.pk))
        client.post(url("question-remove", strategy.pk, question.pk))
        assert list(EvaluationQuestion.objects.all()) == [foreign]

    def test_the_number_of_queries_does_not_grow(self, group, django_assert_max_num_queries):
        strategy = make_strategy(group)
        for n in range(12):
            row = EvaluationQuestion.objects.create(strategy=strategy, question_en=f"Q{n}", due_on=TODAY)
            row.indicators.add(make_indicator(group, f"i{n}"))
            Finding.objects.create(strategy=strategy, title_en=f"F{n}", says_en="x", year=2025)
        with django_assert_max_num_queries(45):
            assert Client().get(url("plan")).status_code == 200
        with django_assert_max_num_queries(45):
            assert Client().get(url("plan-document", strategy.slug)).status_code == 200


# ---- voices ---------------------------------------------------------------------------------------
class TestVoices:
    def said(self, strategy, voice, count):
        facts = {"language": "en", "status": "shown", "answer": "Thanks"}
        for n in range(count):
            Comment.objects.create(strategy=strategy, text=f"{voice or 'nobody'} {n}", voice=voice, **facts)

    def test_who_spoke_is_told_only_where_five_did(self, group):
        strategy = make_strategy(group, status="consultation")
        self.said(strategy, "young", 5)
        self.said(strategy, "older", 4)
        self.said(strategy, "", 2)
        page = url("consultation", strategy.slug)
        html = Client().get(page).content.decode()
        assert 'A young person under 18 <span class="chip__count">5</span>' in html
        assert 'An older person <span class="chip__count">' not in html
        assert html.count('class="badge">A young person under 18') == 5
        assert 'class="badge">An older person' not in html

    def test_young_peoples_voice_can_be_read_alone(self, group):
        strategy = make_strategy(group, status="consultation")
        self.said(strategy, "young", 5)
        self.said(strategy, "older", 4)
        page = url("consultation", strategy.slug)
        html = Client().get(page + "?voice=young").content.decode()
        assert ("young 0" in html, "older 0" in html) == (True, False)
        for asked in ("older", "x"):  # too few, and nonsense: all are shown
            assert "older 0" in Client().get(f"{page}?voice={asked}").content.decode()

    def test_members_see_all_voices(self, client, group):
        strategy = make_strategy(group, status="consultation")
        self.said(strategy, "older", 1)
        self.said(strategy, "young", 1)
        page = url("strategy-work", strategy.pk)
        assert "An older person" in client.get(page).content.decode()
        html = client.get(page + "?voice=young").content.decode()
        assert ("young 0" in html, "older 0" in html) == (True, False)

    def test_signals_say_it_too_and_can_be_filtered(self, client, group):
        for voice in ("young", "parent"):
            signal = Signal(group=group, text=f"From {voice}", basis="residents", language="en", voice=voice)
            signal.store()
        assert "From parent" in client.get(url("signals")).content.decode()
        html = client.get(url("signals") + "?voice=young").content.decode()
        assert ("From young" in html, "From parent" in html) == (True, False)

    def test_it_is_asked_and_may_stay_unsaid(self, group):
        strategy = make_strategy(group, status="consultation")
        group.accepts_signals = True
        group.save()
        for page in (url("consultation", strategy.slug), url("signal-send")):
            html = Client().get(page).content.decode()
            assert "I am writing as" in html
            assert "I would rather not say" in html

    def test_nobody_is_counted_as_a_voice_that_there_is_not(self):
        assert [(value, count) for value, _words, count in voices.counted(["", "young", "x", "young"])] == [
            ("young", 2)
        ]


# ---- texts to begin with --------------------------------------------------------------------------
class TestStarting:
    def begin(self, client, **more):
        data = {"first": "2031", "last": "2035", "topics": ["mental-health", "health-literacy"], "once": "a", **more}
        return client.post(url("starting"), data)

    def test_every_text_stands_in_all_languages_and_fits(self):
        def texts(part):
            if isinstance(part, dict) and "sl" in part:
                yield part
            else:
                for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
                    yield from texts(value)

        found = list(texts(starting_texts.known()))
        assert len(found) > 20
        for text in found:
            assert set(text) == set(languages.CODES)
            assert len({words.count("???") for words in text.values()}) == 1, text
        for row in starting_texts.known()["strategy"]["values"]:
            assert all(len(words) <= 160 for words in row.values())

    def test_a_strategy_begins_with_vision_values_and_the_chosen_objectives(self, client, group):
        make_term(Vocabulary.TOPIC, "mental-health", label_en="Mental health")
        assert "Mental health: More people" in client.get(url("starting")).content.decode()
        assert self.begin(client).status_code == 302
        assert self.begin(client).status_code == 302  # the second press
        strategy = Strategy.objects.get()
        assert (strategy.status, strategy.starts_on, strategy.ends_on) == (
            "draft",
            date(2031, 1, 1),
            date(2035, 12, 31),
        )
        assert strategy.title_de == "Gemeinsam für Gesundheit in ???"
        assert strategy.values.count() == 3
        assert [objective.level for objective in strategy.objectives.all()] == ["both", "system"]

    @pytest.mark.parametrize("wrong", [{"last": "2030"}, {"first": "x"}, {"topics": "nothing"}, {"first": ""}])
    def test_nonsense_makes_nothing(self, client, wrong):
        assert self.begin(client, **wrong).status_code == 422
        assert not Strategy.objects.exists()

    def test_while_a_placeholder_stands_it_goes_no_further(self, client, coordinator, group):
        self.begin(client, topics=["mental-health"])
        strategy, need = Strategy.objects.get(), make_need(group)
        ObjectiveNeed.objects.create(objective=strategy.objectives.get(), need=need)
        with translation.override("en"), pytest.raises(ValidationError, match="with real text"):
            strategy.move_to("consultation", coordinator)
        real = dict.fromkeys(languages.columns("title", "vision"), "A real text")
        Strategy.objects.update(**real)
        Objective.objects.update(**dict.fromkeys(languages.columns("title", "description"), "A real text"))
        strategy = Strategy.objects.get()
        Objective.objects.update(description_nb="Innen ???")  # in one language is enough to stop it
        assert len(strategy.lacks("consultation")) == 1
        Objective.objects.update(description_nb="")
        strategy.move_to("consultation", coordinator)

    def test_a_measure_begins_from_a_template_and_is_not_planned_with_placeholders(self, client, group):
        strategy = make_strategy(group, status="draft", adopted_on=None)
        measure = make_measure(strategy, phase="proposed")
        plan = measure.plan
        plan.status = "draft"
        plan.save()
        page = client.get(url("starting")).content.decode()
        assert f"{url('measure-add', plan.pk)}?template=walks" in page
        html = client.get(url("measure-add", plan.pk) + "?template=walks").content.decode()
        assert "Walks together in ???" in html
        assert "Turer sammen i ???" in html
        measure.title_de = "Spaziergänge in ???"
        with translation.override("en"):
            assert any("???" in words for words in measure.lacks("planned"))
            measure.save()
            assert any("???" in words for words in plan.lacks("approved"))

    def test_what_everybody_reads_takes_no_placeholder(self, client, group):
        measure = make_measure(make_strategy(group))
        page = url("measure-edit", measure.pk)
        data = {**client.get(page).context["form"].initial, "title_en": "Walks in ???", "is_public": "on"}
        data = {name: value for name, value in data.items() if value not in (None, [])}
        assert client.post(page, data).status_code == 422
        del data["is_public"]
        assert client.post(page, data).status_code == 302
        data = {"title_en": "For ???", "starts_on": "2026-01-01", "ends_on": "2030-12-31", "amendment": "x"}
        assert client.post(url("strategy-edit", measure.plan.strategy_id), data).status_code == 422

    def test_a_meeting_begins_with_its_agenda_and_invites_nobody_with_placeholders(self, client, group):
        page = url("meeting-add") + "?template=founding"
        assert "Founding meeting of the group" in client.get(page).content.decode()
        data = {"title_en": "We begin", "group": group.pk, "day": "2031-01-02", "begins": "10:00", "ends": "11:00",
                "language": "en", "place": "Town hall"}  # fmt: skip
        assert client.post(page, data).status_code == 302
        meeting = Meeting.objects.get()
        assert [item.title_de for item in meeting.items.all()][:2] == [
            "Wer wir sind und was wir beitragen können", "Wer noch fehlt"
        ]  # fmt: skip
        with pytest.raises(ValidationError):
            meeting.move_to("invited")
        AgendaItem.objects.update(**dict.fromkeys(languages.columns("title"), "Real"))
        meeting.move_to("invited")

    def test_only_a_coordinator_begins_and_only_for_the_own_group(self, client, own):
        assert signed_in(make_user("editor", own)).get(url("starting")).status_code == 404
        assert client.get(url("starting", group=make_group().slug)).status_code == 404
        assert self.begin(client, group=make_group().slug).status_code == 404
        assert not Strategy.objects.exists()
        assert url("starting") in client.get(url("cycle")).content.decode()
        assert url("starting") not in signed_in(make_user("editor", own)).get(url("cycle")).content.decode()

    def test_a_meeting_without_placeholders_is_as_before(self, group):
        make_meeting(group, place="Town hall").move_to("invited")
        assert placeholders.find("What now?") == []


# ---- confirmed on behalf --------------------------------------------------------------------------
def behalf(name, record):
    with translation.override("en"):
        return reverse(name, args=[record.pk])


class TestOnBehalf:
    TOLD = {"way": "telephone", "role": "volunteer"}
    WORDS = "Confirmed by telephone on behalf of the organisation (volunteer)"

    def test_a_programme_says_how_and_by_which_role_and_never_by_whom(self, client, coordinator, own):
        programme = make_programme(own, title_en="Walks")
        page = behalf("programmes:programme-on-behalf", programme)
        assert client.get(page).status_code == 200
        assert client.post(page, self.TOLD).status_code == 302
        programme.refresh_from_db()
        facts = programme.checked_on, programme.checked_by, programme.checked_way, programme.checked_role
        assert facts == (TODAY, coordinator, "telephone", "volunteer")
        with translation.override("en"):
            html = Client().get(programme.get_absolute_url()).content.decode()
        assert self.WORDS in html
        assert str(coordinator) not in html
        edit = client.get(behalf("programmes:programme-edit", programme)).content.decode()
        assert self.WORDS in edit
        assert str(coordinator) in edit

    @pytest.mark.parametrize("noun", ["place", "organisation"])
    def test_so_do_a_place_and_a_partner(self, client, coordinator, own, noun):
        record = make_location(own, name_en="House") if noun == "place" else own
        assert client.post(behalf(f"partners:{noun}-on-behalf", record), self.TOLD).status_code == 302
        record.refresh_from_db()
        assert (record.checked_on, record.checked_by, record.checked_way) == (TODAY, coordinator, "telephone")
        with translation.override("en"):
            assert self.WORDS in Client().get(record.get_absolute_url()).content.decode()

    def test_who_confirms_it_themselves_takes_the_mark_away(self, client, own):
        programme = make_programme(own, title_en="Walks", checked_way="paper", checked_role="head")
        client.post(behalf("programmes:programme-confirm", programme))
        programme.refresh_from_db()
        assert (programme.checked_way, programme.checked_role) == ("", "")

    @pytest.mark.parametrize("wrong", [{}, {"way": "telephone"}, {"way": "x", "role": "head"}])
    def test_how_and_by_whom_must_be_said(self, client, own, wrong):
        programme = make_programme(own, checked_on=date(2026, 1, 1))
        assert client.post(behalf("programmes:programme-on-behalf", programme), wrong).status_code == 422
        programme.refresh_from_db()
        assert programme.checked_on == date(2026, 1, 1)

    def test_only_a_coordinator_of_the_group_writes_it_down(self, client, own):
        programme, place = make_programme(own), make_location(own)
        editor = signed_in(make_user("editor", own))
        stranger = signed_in(make_user("coordinator", make_organisation(make_group())))
        for person in (editor, stranger):
            assert person.post(behalf("programmes:programme-on-behalf", programme), self.TOLD).status_code == 404
            assert person.post(behalf("partners:place-on-behalf", place), self.TOLD).status_code == 404
            assert person.post(behalf("partners:organisation-on-behalf", own), self.TOLD).status_code == 404
        assert Programme.objects.get().checked_way == ""
