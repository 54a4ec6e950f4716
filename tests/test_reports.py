"""Residents' voice: anybody reports, the right people hear of it, the reader gets an answer and is forgotten."""

import re
import threading
import time
from datetime import timedelta

import pytest
from django.core import signing
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from partners.models import Municipality
from portal.models import EmptySearch, Outbox
from portal.robots import SALT
from programmes.due import unanswered
from programmes.models import ProblemReport

from .records import make_group, make_organisation, make_programme, make_user, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_reported_yet():
    cache.clear()
    yield
    cache.clear()


def send(page="", client=None, seconds=60, **fields):
    opened = signing.dumps(time.time() - seconds, salt=SALT)
    form = {"kind": "times", "text": "On Tuesdays it is at five.", "opened": opened, "page": page, **fields}
    return (client or Client()).post("/en/report/", form)


def page_of(programme):
    return f"/en/programmes/{programme.pk}-{programme.slug_in('en')}/"


def test_a_report_reaches_who_keeps_the_page_and_its_sender_follows_it():
    organisation = make_organisation()
    editor = make_user("editor", organisation)
    make_user("editor", email="stranger@example.org")
    programme = make_programme(organisation)
    answer = send(f"http://testserver{page_of(programme)}?q=x")
    report = ProblemReport.objects.get()
    assert (report.page, report.programme, report.organisation) == (page_of(programme), programme, organisation)
    assert list(Outbox.objects.values_list("to", flat=True)) == [editor.email]
    assert "On Tuesdays it is at five." in Client().get(answer["Location"]).content.decode()
    assert Client().get("/en/report/somebody-elses/").status_code == 404


def test_what_belongs_to_nobody_goes_to_the_coordinators():
    coordinator = make_user("coordinator")
    make_user("editor")
    send("/en/about/", kind="missing")
    assert list(Outbox.objects.values_list("to", flat=True)) == [coordinator.email]


@pytest.mark.parametrize(
    "page",
    [
        "http://[",
        "/en/still-correct/secret/",
        "/en/invitation/secret/",
        "https://evil.example/x",
        "//evil.example",
        "javascript:alert(1)",
        "/en/nowhere/",
        "x" * 999,
    ],
)
def test_a_page_that_is_not_ours_is_left_out(page):
    send(page)
    assert ProblemReport.objects.get().page == ""


@pytest.mark.parametrize(
    "fields",
    [{"website": "https://spam.example"}, {"seconds": 0}, {"opened": "made-up"}, {"opened": ""}],
)
def test_robots_leave_nothing_behind(fields):
    assert send(**fields).status_code == 400
    assert not ProblemReport.objects.exists()


def test_the_sixth_report_of_an_hour_must_wait():
    statuses = [send().status_code for _ in range(6)]
    assert statuses == [302] * 5 + [429]
    assert ProblemReport.objects.count() == 5
    assert send(client=Client(REMOTE_ADDR="192.0.2.9")).status_code == 302


def test_the_addresses_of_one_household_are_one():
    """Of IPv6 a household has more than there are reports; of IPv4 each is somebody else, written either way."""
    addresses = [*(f"2001:db8::{number}" for number in range(6)), "2001:db8:0:1::1", "::ffff:192.0.2.8", "192.0.2.9"]
    statuses = [send(client=Client(REMOTE_ADDR=address)).status_code for address in addresses]
    assert statuses == [302] * 5 + [429] + [302] * 3


def test_who_must_wait_keeps_what_they_typed_and_is_told_how_long():
    for _ in range(5):
        send()
    answer = send(text="The door is at the back.", email="ana@example.org")
    html = answer.content.decode()
    assert answer.status_code == 429
    assert ("The door is at the back." in html, 'value="ana@example.org"' in html) == (True, True)
    assert 1 <= int(answer["Retry-After"]) <= 3600


@pytest.mark.django_db(transaction=True)
def test_twelve_reports_at_the_same_moment_take_five_places():
    start, answers = threading.Barrier(12), []

    def sends():
        start.wait()
        answers.append(send().status_code)
        connection.close()

    threads = [threading.Thread(target=sends) for _ in range(12)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(answers) == [302] * 5 + [429] * 7
    assert ProblemReport.objects.count() == 5


def test_an_address_is_forgotten_after_a_year_even_when_nobody_answered():
    send(email="ana@example.org")
    assert ProblemReport.objects.prune(timezone.now() + timedelta(days=364)) == 0
    assert ProblemReport.objects.prune(timezone.now() + timedelta(days=366)) == 1
    assert ProblemReport.objects.get().email == ""


def test_after_seven_days_unanswered_the_coordinator_hears_of_it_once():
    organisation = make_organisation()
    make_user("editor", organisation)
    coordinator = make_user("coordinator", make_organisation(organisation.memberships.get().group))
    make_user("coordinator", email="elsewhere@example.org")
    send(page_of(make_programme(organisation)))
    Outbox.objects.all().delete()
    told = []
    for days in (6, 8, 30):
        unanswered(timezone.now() + timedelta(days=days))
        told.append(list(Outbox.objects.values_list("to", flat=True)))
    assert told == [[], [coordinator.email], [coordinator.email]]


def test_a_report_is_counted_for_an_hour():
    send()
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(expires) FROM portal_cache WHERE cache_key LIKE '%report:%'")
        (until,) = cursor.fetchone()
    assert until > timezone.now() + timedelta(minutes=50)


def test_a_page_in_another_language_than_the_form_still_finds_its_provider():
    organisation = make_organisation()
    programme = make_programme(organisation)
    send(f"/sl/programi/{programme.pk}-{programme.slug_in('sl')}/")
    assert ProblemReport.objects.get().programme == programme


def test_what_is_missing_is_told_to_no_other_group():
    here, there = make_organisation(), make_organisation()
    send(page_of(make_programme(there)), kind="missing", text="A choir for men")
    pages = [signed_in(make_user("adviser", o)).get("/en/reports/unmet/").content.decode() for o in (here, there)]
    assert ["A choir for men" in page for page in pages] == [False, True]


def test_nothing_typed_is_lost_when_something_is_missing():
    html = send(kind="", text="It moved to the school.").content.decode()
    assert "It moved to the school." in html
    assert not ProblemReport.objects.exists()


def test_an_answer_is_mailed_once_in_the_readers_language_and_the_address_is_erased():
    organisation = make_organisation()
    editor = make_user("editor", organisation)
    send(page_of(make_programme(organisation)), email="ana@example.org")
    report = ProblemReport.objects.get()
    client = signed_in(editor)
    form = {"answer": "Mended, thank you.", "to": "done"}
    assert client.post(f"/en/reports/{report.pk}/", form).status_code == 302
    assert client.post(f"/en/reports/{report.pk}/", form).status_code == 409
    mail = Outbox.objects.get(kind="report-answered")
    assert (mail.to, mail.language, "Mended, thank you." in mail.text) == ("ana@example.org", "en", True)
    assert ProblemReport.objects.prune(timezone.now() + timedelta(days=29)) == 0
    assert ProblemReport.objects.prune(timezone.now() + timedelta(days=31)) == 1
    assert ProblemReport.objects.get().email == ""
    assert not Outbox.objects.filter(to="ana@example.org").exists()


def test_a_report_does_not_end_without_a_word_to_the_reader():
    organisation = make_organisation()
    send(page_of(make_programme(organisation)))
    report = ProblemReport.objects.get()
    client = signed_in(make_user("editor", organisation))
    html = client.post(f"/en/reports/{report.pk}/", {"answer": " ", "to": "done"}).content.decode()
    assert "Write a sentence to the reader" in html
    assert ProblemReport.objects.get().state == "new"


def test_the_second_of_two_people_keeps_what_they_typed():
    organisation = make_organisation()
    send(page_of(make_programme(organisation)))
    report = ProblemReport.objects.get()
    first, second = (signed_in(make_user("editor", organisation)) for _ in range(2))
    first.post(f"/en/reports/{report.pk}/", {"answer": "Done.", "to": "done"})
    answer = second.post(f"/en/reports/{report.pk}/", {"answer": "My long answer", "to": "not_changed"})
    assert answer.status_code == 409
    assert "My long answer" in answer.content.decode()
    assert ProblemReport.objects.get().answer == "Done."


def test_reports_are_seen_by_whom_they_concern():
    organisation = make_organisation()
    send(page_of(make_programme(organisation)))
    report = ProblemReport.objects.get()
    neighbour = make_organisation(organisation.memberships.get().group)
    users = [
        make_user("editor", organisation),
        make_user("coordinator", neighbour),
        make_user("editor", neighbour),
        make_user("coordinator"),
        make_user("adviser", organisation),
    ]
    assert [report in ProblemReport.objects.editable_by(user) for user in users] == [True, True, False, False, False]
    assert [signed_in(user).get(f"/en/reports/{report.pk}/").status_code for user in users] == [200, 200, 404, 404, 404]


def test_a_draft_is_not_given_away_by_reporting_its_number():
    draft = make_programme(status="draft", title_en="Secret plan")
    answer = send(page_of(draft))
    assert "Secret plan" not in Client().get(answer["Location"]).content.decode()


def test_members_see_what_was_often_looked_for_and_never_what_was_rare():
    for count, words in ((5, "yoga"), (4, "rare")):
        EmptySearch.objects.create(month=timezone.localdate().replace(day=1), language="en", words=words, count=count)
    send(kind="missing", text="A choir for men")
    html = signed_in(make_user("adviser")).get("/en/reports/unmet/").content.decode()
    assert ("yoga" in html, ">rare<" in html, "A choir for men" in html) == (True, False, True)
    assert signed_in(make_user()).get("/en/reports/unmet/").status_code == 404


def test_every_page_leads_to_the_form_and_says_where_from():
    html = Client().get("/en/about-us-is-not-here/").content.decode()
    assert re.search(r'href="/en/report/\?page=http%3A//testserver/en/about-us-is-not-here/"', html)


def test_the_answer_to_a_reader_is_not_called_optional():
    organisation = make_organisation()
    report = ProblemReport(organisation=organisation, kind="times", text="Ni res", language="sl")
    report.store()
    html = signed_in(make_user("editor", organisation)).get(f"/en/reports/{report.pk}/").content.decode()
    assert ("Answer to the reader" in html, "(optional)" in html) == (True, False)


# ---- about nobody's page: which group? -----------------------------------------------------------
@pytest.fixture
def groups():
    """Two groups with a municipality and a coordinator each, and an administrator."""
    found = []
    for name in ("Lipa", "Gora"):
        group = make_group(slug=name.lower())
        group.municipalities.add(Municipality.objects.create(code=name, name=name))
        coordinator = make_user("coordinator", make_organisation(group), email=f"{name.lower()}@example.org")
        found.append((group, coordinator))
    make_user(is_superuser=True, is_staff=True, email="admin@example.org")
    return found


def told():
    return sorted(Outbox.objects.filter(kind="report-new").values_list("to", flat=True))


def test_what_is_missing_is_told_to_the_group_of_the_municipality_that_is_named(groups):
    gora = Municipality.objects.get(code="Gora")
    form = Client().get("/en/report/").content.decode()
    assert f'<option value="{gora.pk}">Gora</option>' in form
    send(kind="missing", municipality=gora.pk)
    assert told() == ["gora@example.org"]
    report = ProblemReport.objects.get()
    assert [report in ProblemReport.objects.editable_by(user) for _group, user in groups] == [False, True]
    unanswered(timezone.now() + timedelta(days=8))
    unanswered(timezone.now() + timedelta(days=9))
    assert told() == ["gora@example.org"] * 2


def test_what_no_group_is_known_for_is_the_administrators(groups):
    send(kind="missing", municipality="")
    assert told() == ["admin@example.org"]
    report = ProblemReport.objects.get()
    assert [report in ProblemReport.objects.editable_by(user) for _group, user in groups] == [False, False]
    unanswered(timezone.now() + timedelta(days=8))
    assert told() == ["admin@example.org"] * 2


def test_on_the_page_of_a_group_nobody_is_asked_for_the_municipality(groups):
    from .test_plan import make_strategy

    here, there = (make_strategy(group, slug=f"plan-{group.slug}") for group, _user in groups)
    assert here != there
    page = f"/en/plan/?strategy={there.slug}"
    html = Client().get("/en/report/", {"page": page}).content.decode()
    assert ('name="municipality"' in html, f'name="group" value="{there.group_id}"' in html) == (False, True)
    send("/en/plan/", kind="missing", group=there.group_id)
    assert (told(), ProblemReport.objects.get().group) == (["gora@example.org"], there.group)


def test_nonsense_in_the_address_of_a_page_breaks_nothing(groups):
    for query in ("place=%00", "near=46.1,14.5", "place=" + "x" * 300, "near=nowhere"):
        assert send(f"/en/programmes/?{query}", kind="missing").status_code == 302
    assert set(told()) == {"admin@example.org"}


def test_with_one_group_only_it_has_them_all():
    coordinator = make_user("coordinator")
    assert 'name="municipality"' not in Client().get("/en/report/").content.decode()
    send(kind="missing", group="99999999999999999999")
    assert (told(), ProblemReport.objects.get().group) == (
        [coordinator.email],
        coordinator.seats.get().membership.group,
    )


def test_a_municipality_that_is_none_of_ours_is_refused_and_nothing_is_lost(groups):
    answer = send(kind="missing", municipality="999999", text="A choir for men")
    assert ("A choir for men" in answer.content.decode(), ProblemReport.objects.count()) == (True, 0)
