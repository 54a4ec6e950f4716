"""What members say among themselves of a need, a plan and a measure: who reads it, hears of it and answers it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from actionplans import news
from actionplans.models import Comment, Commitment, Need
from partners.personal_data import personal_data
from portal import changes
from portal.models import Outbox

from .records import make_group, make_organisation, make_user, signed_in
from .test_plan import make_measure, make_need, make_strategy

pytestmark = pytest.mark.django_db
WORDS = "Kvarkova pot je pozimi spolzka"
ABOUT = ("need", "plan", "measure")


@pytest.fixture
def here():
    """A group with a need, a plan and a measure that everybody reads, and its people."""
    here = SimpleNamespace(group=make_group())
    here.ours, here.lead = make_organisation(here.group, name_en="Library"), make_organisation(here.group)
    here.coordinator = make_user("coordinator", here.lead, language="en")
    here.leading = make_user("representative", here.lead, language="en")
    here.adviser = make_user("adviser", here.ours, full_name="Ada Nasvet", language="en")
    here.member = make_user("editor", here.ours, language="en")
    here.stranger = make_user("coordinator", make_organisation(), language="en")
    here.administrator = make_user(is_superuser=True, is_staff=True, language="en")
    here.need = make_need(here.group)
    here.measure = make_measure(make_strategy(here.group))
    here.plan = here.measure.plan
    Commitment.objects.create(
        measure=here.measure, membership=here.lead.memberships.get(), role="lead", status="accepted"
    )
    return here


def url(name, *args):
    with override("en"):
        return reverse(f"actionplans:{name}", args=args)


def page_of(here, about):
    """The address on which what is said of it stands."""
    with override("en"):
        return Comment(**{about: getattr(here, about)}).stands_at.partition("#")[0]


def say(here, about, who=None, text=WORDS, **fields):
    record = getattr(here, about)
    return Comment.objects.create(
        **{about: record}, text=text, language="sl", is_internal=True, by=who or here.adviser, **fields
    )


def heard(kind="comment-new"):
    return sorted(Outbox.objects.filter(kind=kind).values_list("to", flat=True))


@pytest.mark.parametrize("about", ABOUT)
def test_an_adviser_says_something_and_members_read_it_with_name_role_and_organisation(here, about):
    add = url(f"{about}-comment", getattr(here, about).pk)
    page = page_of(here, about)
    theirs = signed_in(here.adviser)
    assert "Nobody has said anything here yet." in theirs.get(page).content.decode()
    answer = theirs.post(add, {"text": WORDS, "once": "x"})
    assert (answer.status_code, answer["Location"].partition("#")[0]) == (302, page)
    for member in (here.member, here.coordinator):
        html = signed_in(member).get(page).content.decode()
        assert WORDS in html
        assert "<strong>Ada Nasvet</strong>, adviser, Library ·" in html


@pytest.mark.parametrize("about", ABOUT)
def test_nobody_else_reads_it_on_any_page_and_no_page_that_is_kept_holds_it(here, about):
    say(here, about)
    changes.refresh()
    signed_in(here.member).get(page_of(here, about))
    with override("en"):
        public = [here.need.get_absolute_url(), here.measure.get_absolute_url(), url("plan"), url("needs")]
        public += [url("plan-document", here.plan.strategy.slug), url("consultation", here.plan.strategy.slug)]
        public += ["/en/plan/measures.csv", "/en/search/?q=Kvarkova"]
        inside = [
            reverse("history", args=["need", here.need.pk]),
            reverse("history", args=["measure", here.measure.pk]),
        ]
        inside += [page_of(here, "plan"), url("work")]
    for client in (Client(), signed_in(here.stranger), signed_in(here.administrator)):
        for address in public + inside:
            answer = client.get(address)
            assert "Kvarkova pot" not in answer.content.decode(errors="replace"), address
            assert "Said among members" not in answer.content.decode(errors="replace"), address
    for who in (here.stranger, here.administrator):
        add = url(f"{about}-comment", getattr(here, about).pk)
        assert signed_in(who).post(add, {"text": "Kdaj?"}).status_code == 404
    assert Comment.objects.count() == 1


def test_who_answers_for_it_and_who_spoke_there_hear_of_it_and_who_wrote_it_does_not(here):
    Need.objects.filter(pk=here.need.pk).update(owner=here.member.seats.get())
    spoke = make_user("representative", here.ours, language="en")
    say(here, "measure", spoke)
    left = make_user("adviser", here.ours, language="en")
    say(here, "measure", left)
    left.seats.update(starts_on=timezone.localdate() - timedelta(9), ends_on=timezone.localdate() - timedelta(1))
    for about, told in (
        ("measure", {here.coordinator, here.leading, spoke}), ("plan", {here.coordinator}),
        ("need", {here.coordinator, here.member}),
    ):  # fmt: skip
        Outbox.objects.all().delete()
        signed_in(here.adviser).post(url(f"{about}-comment", getattr(here, about).pk), {"text": WORDS})
        assert heard() == sorted(person.email for person in told)
        mail = Outbox.objects.filter(to=here.coordinator.email).get()
        assert (WORDS in mail.text, page_of(here, about) in mail.text, mail.is_urgent) == (True, True, False)


def test_what_looks_like_a_person_is_refused_and_what_was_typed_stays(here):
    text = "Gospa Novakova iz Javorja ne more do dvorane"
    answer = signed_in(here.adviser).post(url("measure-comment", here.measure.pk), {"text": text})
    html = answer.content.decode()
    assert (answer.status_code, text in html, 'class="field field--error"' in html) == (422, True, True)
    assert not Comment.objects.exists()


def test_one_takes_back_ones_own_until_it_is_answered_and_its_mail_does_not_go(here):
    client = signed_in(here.adviser)
    client.post(url("measure-comment", here.measure.pk), {"text": WORDS})
    said = Comment.objects.get()
    others = say(here, "measure", here.member)
    assert client.post(url("comment-take-back", others.pk)).status_code == 404
    assert client.post(url("comment-take-back", said.pk)).status_code == 302
    assert (list(Comment.objects.all()), heard()) == ([others], [])
    others.move_to("shown", "Posipali bomo.")
    assert signed_in(here.member).post(url("comment-take-back", others.pk)).status_code == 404
    in_public = Comment.objects.create(strategy=here.plan.strategy, text="x", language="sl", by=here.adviser)
    assert client.post(url("comment-take-back", in_public.pk)).status_code == 404


def test_the_coordinator_answers_or_closes_and_so_does_who_leads_the_measure(here):
    said, other = say(here, "measure"), say(here, "measure", text="Pa luči?")
    answer = url("comment-answer", said.pk)
    for who in (here.member, here.stranger, here.administrator):
        assert signed_in(who).post(answer, {"status": "shown", "answer": "Ne."}).status_code == 404
    leading = signed_in(here.leading)
    assert "2 comments to answer" in leading.get(url("work")).content.decode()
    leading.post(answer, {"status": "shown", "answer": "Posipali bomo."})
    signed_in(here.coordinator).post(url("comment-answer", other.pk), {"status": "shown", "answer": ""})
    html = signed_in(here.adviser).get(page_of(here, "measure")).content.decode()
    assert ["Posipali bomo." in html, ">answered<" in html, ">closed<" in html] == [True, True, True]
    assert heard("comment-answered") == [here.adviser.email]
    assert "to answer" not in leading.get(url("work")).content.decode()


def test_of_two_who_answer_the_second_is_told_and_loses_nothing(here):
    said, client = say(here, "measure"), signed_in(here.leading)
    path, data = url("comment-answer", said.pk), {"status": "shown", "version": said.version}
    assert f'name="version" value="{said.version}"' in client.get(page_of(here, "measure")).content.decode()
    signed_in(here.coordinator).post(path, {**data, "answer": "Posipali bomo."})
    second = client.post(path, {**data, "answer": "Zaprli bomo pot."})
    html = second.content.decode()
    assert (second.status_code, "Posipali bomo." in html, "Zaprli bomo pot.</textarea>" in html) == (409, True, True)
    assert Comment.objects.get().answer == "Posipali bomo."


def test_who_edits_a_measure_without_a_seat_in_its_group_neither_reads_nor_answers(here):
    elsewhere = make_group()
    outsider = make_user("editor", here.lead)
    here.lead.memberships.create(group=elsewhere)
    outsider.seats.update(membership=here.lead.memberships.get(group=elsewhere))
    said, client = say(here, "measure"), signed_in(outsider)
    assert "Work on it" in client.get(page_of(here, "measure")).content.decode()
    for address in (page_of(here, "measure"), f"/en/history/measure/{here.measure.pk}/"):
        assert WORDS not in client.get(address, follow=True).content.decode()
    assert client.post(url("comment-answer", said.pk), {"status": "shown", "answer": "Ne."}).status_code == 404


@pytest.mark.parametrize("about", ABOUT)
def test_its_page_asks_the_same_number_of_questions_however_much_is_said(here, about):
    client = signed_in(here.coordinator)

    def asked():
        client.get(page_of(here, about))
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of(here, about))
        return len(queries)

    seat = here.adviser.seats.get()
    say(here, about, seat=seat)
    few = asked()
    for number in range(12):
        person = make_user("editor", make_organisation(here.group))
        say(here, about, person, text=f"Še {number}", seat=person.seats.get())
    assert asked() == few


def test_what_was_said_is_news_to_members_of_the_group_only(here):
    before = timezone.now() - timedelta(hours=1)
    for about in ABOUT:
        say(here, about)
    with override("en"):
        words = [one.words for one in news.since(here.member, before)]
    assert sum(w.startswith("Said among members: ") for w in words) == 3
    assert not any("Said among members" in one.words for one in news.since(here.stranger, before))


def test_a_comment_is_about_one_thing_and_in_public_only_about_a_strategy(here):
    both = {"need": here.need, "measure": here.measure, "is_internal": True}
    for about in (both, {"is_internal": True}, {"need": here.need}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(**about, text="x", language="sl")
    said = say(here, "plan")
    said.move_to("shown", "")
    draft = Comment.objects.create(strategy=here.plan.strategy, text="x", language="sl", is_internal=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.filter(pk=draft.pk).update(status="shown")


def test_what_one_said_is_in_what_is_kept_about_one(here):
    say(here, "need")
    say(here, "measure", here.member, "Mine")
    told = [(row["about"], row["text"]) for row in personal_data(here.adviser)["said_among_members"]]
    assert told == [(str(here.need), WORDS)]
