"""Documents of working groups and meetings: links and short texts, who adds and takes them away, and who reads them."""

import pytest
from django.db import IntegrityError, transaction

from actionplans.models import Document
from partners.models import WorkingGroup

from .records import make_group, make_meeting, make_organisation, make_user, signed_in, url

pytestmark = pytest.mark.django_db
PAPER = {"title": "Agreement", "link": "https://example.org/agreement"}


@pytest.fixture
def partner(group):
    return make_organisation(group)


@pytest.fixture
def editor(partner):
    return make_user("editor", partner, full_name="Petra Jerman")


@pytest.fixture
def body(group):
    return WorkingGroup.objects.create(group=group, slug="old", name_sl="Starejši")


def test_a_member_adds_one_to_either_and_all_members_read_who_did(group, partner, editor, body):
    meeting = make_meeting(group)
    reader = signed_in(make_user("adviser", partner))
    for name, owner in (("working-group", body), ("meeting", meeting)):
        answer = signed_in(editor).post(url(f"{name}-document", owner.pk), PAPER)
        assert answer["Location"] == f"{owner.get_absolute_url()}#documents"
        html = reader.get(owner.get_absolute_url()).content.decode()
        assert ("https://example.org/agreement" in html, "Petra Jerman" in html) == (True, True)


def test_advisers_and_strangers_add_none(group, partner, body):
    meeting = make_meeting(group)
    adviser, stranger = make_user("adviser", partner), make_user("coordinator", make_organisation(make_group()))
    for person in (adviser, stranger):
        client = signed_in(person)
        answers = [client.post(url("working-group-document", body.pk), PAPER)]
        answers += [client.post(url("meeting-document", meeting.pk), PAPER)]
        assert [answer.status_code for answer in answers] == [404, 404]
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("link", "http://example.org/x"),
        ("link", "ftp://example.org/x"),
        ("link", "javascript:alert(1)"),
        ("link", "https://"),
        ("link", ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(editor, body, field, value):
    answer = signed_in(editor).post(
        url("working-group-document", body.pk), {**PAPER, "title": "Our paper", field: value}
    )
    kept = "Our paper" if field != "title" else "https://example.org/agreement"
    assert (answer.status_code, kept in answer.content.decode(), Document.objects.count()) == (422, True, 0)


def test_whoever_added_it_and_the_coordinator_take_it_away_and_nobody_else(group, partner, editor, body):
    document = Document.objects.create(group=group, working_group=body, added_by=editor, language="sl", **PAPER)
    colleague, coordinator = make_user("editor", partner), make_user("coordinator", make_organisation(group))
    assert signed_in(colleague).post(url("document-remove", document.pk)).status_code == 404
    assert "document-remove" not in signed_in(colleague).get(body.get_absolute_url()).content.decode()
    assert signed_in(coordinator).post(url("document-remove", document.pk)).status_code == 302
    assert not Document.objects.exists()
    again = Document.objects.create(group=group, working_group=body, added_by=editor, language="sl", **PAPER)
    assert signed_in(editor).post(url("document-remove", again.pk)).status_code == 302


def test_one_belongs_to_one_page_and_says_something(group, body):
    for fields in (
        {**PAPER},
        {**PAPER, "working_group": body, "meeting": make_meeting(group)},
        {"title": "Empty", "working_group": body},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.create(group=group, language="sl", **fields)


def test_the_page_asks_no_more_questions_for_more_documents(group, editor, body, django_assert_max_num_queries):
    for number in range(20):
        added_by = make_user("editor", make_organisation(group))
        Document.objects.create(
            group=group, working_group=body, added_by=added_by, title=f"{number}", text="x", language="sl"
        )
    client = signed_in(editor)
    with django_assert_max_num_queries(30):
        client.get(body.get_absolute_url())
