"""Whatever makes a row or sends a mail does so once, though its button is pressed twice.

Addresses are found, not listed: whatever takes a POST is either in `TWICE`, or named below with the reason why a
second press can make nothing.
"""

from datetime import timedelta
from inspect import isfunction, unwrap
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.core import signing
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from actionplans.minutes import MinutesPage
from actionplans.models import Comment, Objective, Round, SharedPractice, Strategy
from partners.models import Invitation, JoinRequest
from portal.robots import SALT
from programmes.models import ProblemReport, ProgrammeTerm, SelfHelpRequest, VisitRequest

from . import workshop
from .records import make_group, make_programme, make_term, make_user, signed_in
from .test_edit_forms import EDITS
from .workshop import typed

pytestmark = pytest.mark.django_db


class Twice(NamedTuple):
    """`numbers` of the address and `data` of the press come from the workshop; `who` presses."""

    numbers: Any = None
    data: Any = None
    who: str = "coordinator"
    query: str = ""


def of(*nouns):
    return lambda w: [getattr(w, noun).pk for noun in nouns]


def says(**data):
    return lambda w: data


def as_an_open_form(**data):
    """What a visitor sends a minute after the form was shown."""
    return lambda w: {"opened": signing.dumps(timezone.now().timestamp() - 60, salt=SALT), **data}


def _consultation(w):
    Strategy.objects.filter(pk=w.strategy.pk).update(status="consultation")
    return [w.strategy.slug]


def _comment(w):
    fields = {"text": "Kdaj?", "language": "sl", "email": "ana@example.org"}
    return [Comment.objects.create(strategy=w.strategy, **fields).pk]


def _no_round(w):
    Round.objects.update(status="closed")


def _report(w):
    fields = {"kind": "other", "text": "x", "language": "sl", "token_digest": "x", "email": "ana@example.org"}
    return [ProblemReport.objects.create(organisation=w.organisation, **fields).pk]


def _asked(w):
    fields = {"name": "Lipa", "offer": "Sobe", "email": "ana@example.org", "language": "sl", "token_digest": "x"}
    return [JoinRequest.objects.create(group=w.group, **fields).pk]


def _invited(w):
    fields = {"email": "new@example.org", "role": "editor", "language": "sl", "token_digest": "x"}
    return [Invitation.objects.create(membership=w.membership, **fields).pk]


def _practice_of_others(w):
    fields = {"slug": "theirs", "title_sl": "Njihovo", "state": "published", "published_on": timezone.localdate()}
    return [SharedPractice.objects.create(group=make_group(), approach="universal", **fields).pk]


def _self_help_group(w):
    ProgrammeTerm.objects.get_or_create(programme=w.programme, term=make_term("format", "self-help-group"))
    return [w.programme.pk]


def _asked_for_self_help(w):
    fields = {"theme": "Hoja", "email": "ana@example.org", "language": "sl", "token_digest": "x"}
    return [SelfHelpRequest.objects.create(group=w.group, **fields).pk]


AT_OURS = as_an_open_form(institution="Hrast", kind="employer", email="hrast@example.org")


def _comes_on_request(w):
    term = make_term("referral_route", "organisation-request")
    ProgrammeTerm.objects.get_or_create(programme=w.programme, term=term)
    return [w.programme.pk]


def _partner_comes_on_request(w):
    _comes_on_request(w)
    return [w.programme.organisation_id]


def _asked_for_a_visit(w):
    fields = {"institution": "Hrast", "kind": "employer", "language": "sl", "token_digest": "x"}
    fields |= {"email": "hrast@example.org"}
    return [VisitRequest.objects.create(programme=w.programme, **fields).pk]


def _other_cell(w):
    return ["phases", w.topic.slug, w.later.slug]


def _another_programme(w):
    return [make_programme(w.organisation, title_sl="Ples").pk]


def _minutes(w):
    page = MinutesPage(w.held)
    data = typed(page.attendance)
    for row in page.rows:
        data |= typed(row.form)
    return {**data, f"decision{w.said.pk}-text": "Uvedemo avtobus."}


WORDS = {"title_sl": "Novo"}
PERIOD = {"starts_on": "2031-01-01", "ends_on": "2031-12-31"}
TODAY = timezone.localdate().isoformat()
SOON = (timezone.localdate() + timedelta(days=2)).isoformat()  # still ahead when midnight passes meanwhile

TWICE = {
    # sent without an account
    "actionplans:signal-send": Twice(
        None, lambda w: as_an_open_form(text="Ni vadbe", basis="residents", group=w.group.slug)(w), "visitor"),
    "actionplans:consultation": Twice(_consultation, as_an_open_form(text="Kdaj?"), "visitor"),
    "programmes:report": Twice(
        None, lambda w: as_an_open_form(kind="other", text="x", page=w.organisation.get_absolute_url())(w), "visitor"
    ),
    "partners:join": Twice(
        None, as_an_open_form(name="Lipa", offer="Sobe", email="ana@example.org", language="sl"), "visitor"),
    "programmes:self-help-start": Twice(None, as_an_open_form(theme="Hoja"), "visitor"),
    "programmes:self-help-write": Twice(_self_help_group, as_an_open_form(words="Kdaj?"), "visitor"),
    "programmes:visit-ask": Twice(_comes_on_request, AT_OURS, "visitor"),
    "programmes:visit-ask-partner": Twice(
        _partner_comes_on_request, lambda w: {**AT_OURS(w), "which": w.programme.pk}, "visitor"),
    # the plan
    "actionplans:need-add": Twice(None, lambda w: {**WORDS, "reported_on": TODAY, "signal": w.signal.pk}),
    "actionplans:evidence-add": Twice(of("need"), says(text_sl="Tako je")),
    "actionplans:need-score": Twice(
        of("need"), says(size="1", severity="2", inequality="3", changeability="4"), "representative"),
    "actionplans:strategy-add": Twice(None, says(**WORDS, **PERIOD)),
    "actionplans:objective-add": Twice(of("strategy"), lambda w: {**WORDS, "level": "system", "needs": w.need.pk}),
    "actionplans:plan-add": Twice(of("strategy"), says(**PERIOD)),
    "actionplans:question-add": Twice(of("strategy"), says(
        question_sl="Kdo pride?", looked_at_by_sl="Skupina", due_on=SOON)),
    "actionplans:finding-add": Twice(of("strategy"), says(title_sl="Poročilo", says_sl="Pomaga.", year="2026")),
    "actionplans:starting": Twice(None, says(first="2031", last="2032", topics="mental-health")),
    "actionplans:strategy-ask": Twice(of("strategy")),
    "actionplans:plan-ask": Twice(of("plan")),
    "actionplans:working-group-add": Twice(None, says(name_sl="Novo")),
    "actionplans:measure-add": Twice(of("plan"), lambda w: {
        **WORDS, "approach": "universal", "objective": w.objective.pk}),
    "actionplans:measure-carry": Twice(of("measure"), lambda w: {"plan": w.plan.pk}),
    "actionplans:plan-carry": Twice(of("plan"), lambda w: {"measures": w.measure.pk}),
    "actionplans:programme-plan": Twice(of("programme"), lambda w: {"measure": w.measure.pk}),
    "actionplans:measure-place": Twice(of("measure"), lambda w: {"place": f"{w.plan.pk}-{w.objective.pk}"}),
    "actionplans:step-add": Twice(of("measure"), says(year="2027", aim_sl="Pet poti")),
    "actionplans:target-group-add": Twice(of("plan"), lambda w: {
        "term": w.target_group.term_id, "reason_sl": "Najprej oni"}),
    "actionplans:practice-add": Twice(of("proposed"), says(title_sl="Novo", approach="universal")),
    "actionplans:practice-copy": Twice(_practice_of_others, lambda w: {"place": f"{w.plan.pk}-{w.objective.pk}"}),
    "actionplans:report-add": Twice(of("measure"), says(text="Gre")),
    "actionplans:evaluation-add": Twice(of("measure"), says(verdict="keep", reason="Pomaga")),
    "actionplans:budget-add": Twice(of("measure"), says(label="Dvorana", amount_eur="100")),
    "actionplans:commitment-ask": Twice(of("measure"), lambda w: {"membership": w.membership.pk, "role": "partner"}),
    "actionplans:measure-task-add": Twice(of("measure"), lambda w: {**WORDS, "organisation": w.organisation.pk}),
    "actionplans:task-add": Twice(None, lambda w: {**WORDS, "organisation": w.organisation.pk}),
    "actionplans:barrier-add": Twice(None, lambda w: {**WORDS, "kind": w.barrier.kind_id, "reported_on": TODAY}),
    "actionplans:interface-add": Twice(None, lambda w: {
        "task_sl": "Novo", "organisation": w.organisation.pk, "other_unit_sl": "Promet"}),
    "actionplans:calendar-link-renew": Twice(),
    "actionplans:indicator-add": Twice(None, says(name_sl="Novo", kind="reach", unit="count", better="higher")),
    "actionplans:value-add": Twice(of("indicator"), says(measured_on=TODAY, value="3")),
    "actionplans:round-open": Twice(_no_round, says(**WORDS, starts_on=TODAY, ends_on=TODAY, due_on=SOON)),
    "actionplans:round-answer": Twice(of("round", "organisation"), lambda w: {
        f"measure-{w.measure.pk}-kind": "update", f"measure-{w.measure.pk}-text": "Gre"}, "representative"),
    "actionplans:assessment": Twice(
        _another_programme, says(verdict="adapt", until=f"{timezone.now().year}-12-31", reason_sl="Premalo ljudi")),
    "actionplans:need-programme-add": Twice(of("need"), lambda w: {
        "organisation": w.organisation.pk, "title": "Novo"}),
    "actionplans:coverage-judge": Twice(_other_cell, says(reason_sl="Ni treba")),
    "actionplans:coverage-snapshot": Twice(),
    "actionplans:transition-add": Twice(None, lambda w: {
        **WORDS, "from_phase": w.phase.pk, "to_phase": w.later.pk, "state": "open"}),
    # meetings
    "actionplans:meeting-add": Twice(None, lambda w: {
        **WORDS, "group": w.group.pk, "day": "2031-01-02", "begins": "10:00", "ends": "11:00", "language": "sl"}),
    "actionplans:item-add": Twice(of("meeting"), says(title="Avtobus")),
    "actionplans:agenda-add": Twice(of("meeting"), lambda w: {"point": f"decision-{w.decision.pk}"}),
    "actionplans:remark-add": Twice(of("said"), says(text="Ne čisto"), "representative"),
    "actionplans:minutes": Twice(of("held"), _minutes),
    "actionplans:decision-add": Twice(None, lambda w: {"text_sl": "Novo", "group": w.group.pk}),
    "actionplans:decision-task": Twice(of("decision")),
    "actionplans:notice-add": Twice(None, says(title_sl="Novo"), "representative"),
    "actionplans:notice-move": Twice(of("notice"), lambda w: {"state": "sent", "version": w.notice.version}),
    "actionplans:notice-note": Twice(of("sent_notice")),
    "programmes:programme-follow": Twice(of("programme")),
    # answers that are sent
    "actionplans:comment-add": Twice(of("strategy"), says(text="Kdaj?"), "representative"),
    "actionplans:need-comment": Twice(of("need"), says(text="Kdaj?"), "representative"),
    "actionplans:plan-comment": Twice(of("plan"), says(text="Kdaj?"), "representative"),
    "actionplans:measure-comment": Twice(of("measure"), says(text="Kdaj?"), "representative"),
    "actionplans:comment-answer": Twice(_comment, says(status="shown", answer="Jeseni")),
    "actionplans:signal-triage": Twice(of("signal"), says(status="answered", answer="Hvala")),
    "actionplans:commitment-answer": Twice(of("commitment"), says(status="accepted"), "representative"),
    "actionplans:value-move": Twice(of("value"), says(note="Preveri")),
    "actionplans:meeting-move": Twice(of("meeting"), lambda w: {"to": "invited", "version": w.meeting.version}),
    "programmes:report-answer": Twice(_report, says(to="done", answer="Hvala")),
    "programmes:self-help-answer": Twice(_asked_for_self_help, says(to="answered", answer="Hvala")),
    "programmes:visit-answer": Twice(_asked_for_a_visit, says(to="agreed", answer="Pridemo")),
    "partners:join-accept": Twice(_asked, lambda w: {
        "which": "new", "name": "Lipa", "sector": w.organisation.sector_id}),
    "partners:join-decline": Twice(_asked, lambda w: {"decline-answer": "Ne zdaj"}),
    # people, places, programmes
    "partners:invite": Twice(None, lambda w: {
        "email": "new@example.org", "membership": w.membership.pk, "role": "editor", "language": "sl"}),
    "partners:invitation-resend": Twice(_invited),
    "partners:group-new": Twice(None, lambda w: {
        "name_sl": "Nova", "purpose_sl": "Zdravje", "new_municipalities": "Gora", "organisation": w.organisation.pk,
        "coordinator": "boss@example.org", "mail_language": "sl"}, "administrator"),
    "partners:place-add": Twice(of("organisation"), says(name_sl="Dvorana", address="Lipova 2")),
    "partners:exception-add": Twice(of("place"), says(starts_on="2026-12-24", reason_sl="Novo")),
    "partners:holiday-add": Twice(of("group"), says(starts_on="2026-12-26", reason_sl="Novo")),
    "programmes:programme-add": Twice(None, lambda w: {**WORDS, "organisation": w.organisation.pk}),
    "programmes:pathway-add": Twice(None, says(**WORDS)),
    "programmes:step-add": Twice(of("pathway"), says(**WORDS, role_sl="učiteljica")),
    "actionplans:working-group-document": Twice(of("working_group"), says(title="Dogovor", text="Tako je.")),
    "actionplans:meeting-document": Twice(of("meeting"), says(title="Dogovor", text="Tako je.")),
    "programmes:programme-copy": Twice(of("programme"), lambda w: {"organisation": w.organisation.pk}),
    "programmes:schedule-add": Twice(of("programme"), says(
        frequency="weekly", interval="1", weekdays="3", starts_at="10:00", ends_at="11:00", valid_from=TODAY)),
}  # fmt: skip

# Change, move or take away one record that is there, compared with what it was: there is nothing to make twice.
MOVES = {
    *(f"actionplans:{noun}-move" for noun in ("barrier", "decision", "interface", "measure", "need")),
    *(f"actionplans:{noun}-move" for noun in ("plan", "strategy", "task")),
    *(f"actionplans:{noun}-remove" for noun in ("budget", "evidence", "finding", "item", "objective")),
    *(f"actionplans:{noun}-remove" for noun in ("question", "transition")),
    *("actionplans:decision-report", "actionplans:decision-take", "actionplans:decision-dismiss"),
    *("actionplans:coverage-judgement-end", "actionplans:item-shift", "actionplans:item-take-up"),
    *("actionplans:calendar-link-end", "actionplans:interface-looked"),
    *("actionplans:assessment-end", "actionplans:budget-spent"),
    *("actionplans:measure-unjudge", "actionplans:round-close", "actionplans:round-remind", "history-restore"),
    *(f"programmes:{deed}" for deed in ("pathway-move", "pathway-looked", "step-shift", "step-remove")),
    *("actionplans:document-remove", "actionplans:comment-take-back"),
    *("actionplans:practice-move", "partners:group-standing"),
    "actionplans:figures-approve",
    *("actionplans:programme-unlink", "actionplans:suggestion-withdraw"),
    *("actionplans:suggestion-take", "actionplans:suggestion-decline"),
    *("actionplans:step-remove", "actionplans:target-group-remove", "actionplans:measure-take-out"),
    "actionplans:measure-home",  # what moved is no longer one more plan
    *("actionplans:meeting-publish", "actionplans:plan-return", "actionplans:strategy-return"),
    *("partners:exception-remove", "partners:picture-remove", "partners:place-close", "partners:place-reopen"),
    *("partners:invitation-withdraw", "partners:seat-hand-over", "partners:join-take-up"),
    *(f"programmes:programme-{deed}" for deed in ("move", "confirm")),
    *(f"programmes:schedule-{deed}" for deed in ("edit", "end", "remove", "restore")),
    *(f"programmes:review-{deed}" for deed in ("publish", "return", "cancel", "seen", "revert")),
    *("programmes:import-confirm", "programmes:import-discard", "programmes:import-read-again"),
    *(f"programmes:language-{deed}" for deed in ("hold", "ask", "publish")),
    *("programmes:confirm-link", "partners:confirm-link"),
    *("partners:place-hours", "partners:organisation-logo"),
    *("partners:organisation-confirm", "partners:place-confirm"),
    *("partners:organisation-on-behalf", "partners:place-on-behalf", "programmes:programme-on-behalf"),
    *("programmes:programme-photo", "programmes:programme-photo-remove"),
}  # fmt: skip
# Show what is not saved; count what is printed; change one's own list, language or account; a table kept two days.
OWN = {
    *(f"programmes:{name}" for name in ("programme-preview", "programme-preview-new", "list-add", "list-remove")),
    *(f"programmes:{name}" for name in ("schedule-preview", "schedule-preview-new", "import")),
    *("actionplans:meeting-day", "actionplans:meeting-day-new"),
    *("partners:place-hours-preview", "programmes:slip", "account", "account-erase", "account-mails", "mail-stop"),
}  # fmt: skip
# A link that works once, and handing over all at once, with races: tests/test_people.py, tests/test_leaving.py.
PROVED = {"partners:accept", "partners:leaving", "partners:hand-over-take-back"}


def methods_of(callback):
    """The methods that the decorators around a view let through; None where they say nothing of them."""
    while callback is not None:
        for cell in getattr(callback, "__closure__", None) or ():
            if isinstance(cell.cell_contents, (list, tuple)) and {"GET", "POST"} & set(cell.cell_contents):
                return cell.cell_contents
        callback = getattr(callback, "__wrapped__", None)
    return None


def takes_posts(callback):
    """Whether a view takes a POST: its decorators say so, or it, or what it calls in its file, looks for one."""
    if methods := methods_of(callback):
        return "POST" in methods
    seen, waiting = set(), [unwrap(callback)]
    while waiting:
        function = waiting.pop()
        seen.add(function)
        names = set(_names(function.__code__))
        if names & {"POST", "method"}:
            return True
        known = [function.__globals__.get(word) for word in names]
        waiting += [f for f in known if isfunction(f) and f not in seen and f.__module__ == function.__module__]
    return False


def test_every_address_that_takes_a_post_is_named():
    found = {name for name, view in workshop.views(unwrapped=False).items() if takes_posts(view)}
    found = {name for name in found if not name.startswith(("account_", "mfa_", "usersessions_"))}
    assert found == TWICE.keys() | EDITS.keys() | MOVES | OWN | PROVED


def _names(code):
    yield from code.co_names
    for const in code.co_consts:
        if hasattr(const, "co_names"):
            yield from _names(const)


# ---- pressed twice -------------------------------------------------------------------------------------
NOT_COUNTED = {"Once", "Session", "Change", "WorkVisit", "Look"}


def rows():
    """{model: how many}, mails among them; what is kept about presses and visits aside. One question for all tables."""
    ours = [m for m in apps.get_models() if m.__module__.partition(".")[0] in OURS and m._meta.managed]
    counted = [m for m in ours if m.__name__ not in NOT_COUNTED and not hasattr(m, "pgh_tracked_model")]
    tables = [(m.__name__, connection.ops.quote_name(m._meta.db_table)) for m in counted if not m._meta.proxy]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {table}" for name, table in tables))  # noqa: S608 – our own
        return dict(cursor.fetchall())


OURS = ("portal", "partners", "programmes", "actionplans")


@pytest.mark.parametrize("name", TWICE)
def test_a_button_pressed_twice_makes_one_row_and_one_mail(shared, name):
    w, row = shared, TWICE[name]
    make_term("sector", "ngo")
    client = client_of(w, row.who)
    address = reverse(name, args=(row.numbers(w) if row.numbers else None) or []) + row.query
    data = {**_opened(client, address), **(row.data(w) if row.data else {}), "once": "one press"}
    before = rows()
    first = client.post(address, data)
    assert first.status_code == 302, first.content.decode()[-3000:]
    once = rows()
    assert once != before or name in CHANGES_ONLY
    second = client.post(address, data)
    assert second.status_code == 302, (second.status_code, second.content.decode()[-3000:])
    assert {model: (once[model], count) for model, count in rows().items() if count != once[model]} == {}
    assert second["Location"] == first["Location"]


def test_a_second_press_is_told_that_it_is_one_and_another_word_makes_it_an_attempt_of_its_own(shared):
    client = signed_in(shared.coordinator)
    with override("en"):
        address = reverse("actionplans:objective-add", args=[shared.strategy.pk])
    data = {**_opened(client, address), "title_sl": "Mir", "level": "system", "needs": shared.need.pk, "once": "press"}
    first = client.post(address, data)
    again = client.post(address, data, follow=True)
    assert again.redirect_chain == [(first["Location"], 302)]
    assert [str(said)[:21] for said in again.context["messages"]] == ["This was already sent"]
    number_taken = client.post(address, {**data, "title_sl": "Drug mir"})
    assert (number_taken.status_code, "Drug mir" in number_taken.content.decode()) == (422, True)


@pytest.mark.parametrize("name", ["programmes:report", "partners:join", "actionplans:consultation"])
def test_who_goes_back_and_writes_something_else_has_sent_that_too(shared, name):
    row, word = TWICE[name], {"programmes:report": "text", "partners:join": "offer"}.get(name, "text")
    address = reverse(name, args=(row.numbers(shared) if row.numbers else None) or []) + row.query
    data = {**row.data(shared), "once": "a press"}
    before = rows()
    addresses = [Client().post(address, {**data, word: said})["Location"] for said in ("Ena.", "Druga.", "Druga.")]
    made = {model: count - before[model] for model, count in rows().items() if count != before[model]}
    assert [count for model, count in made.items() if model in ("ProblemReport", "JoinRequest", "Comment")] == [2]
    assert addresses[1] == addresses[2]


def test_what_was_deleted_since_is_made_anew_by_a_second_press(shared):
    client = signed_in(shared.coordinator)
    address = reverse("actionplans:objective-add", args=[shared.strategy.pk])
    data = {**_opened(client, address), "title_sl": "Spet", "level": "system", "needs": shared.need.pk, "once": "again"}
    for _press in range(2):
        assert client.post(address, data).status_code == 302
        assert Objective.objects.filter(title_sl="Spet").delete()[0]


CHANGES_ONLY: set[str] = set()


def client_of(w, who):
    if who == "visitor":
        return Client()
    return signed_in(make_user(is_superuser=True, is_staff=True) if who == "administrator" else getattr(w, who))


def _opened(client, address):
    """What the form holds as it opens; nothing where the page is only for buttons."""
    page = client.get(address)
    form = page.context and page.context.get("form") if page.status_code == 200 else None
    return {name: value for name, value in typed(form).items() if name != "opened"} if form is not None else {}
