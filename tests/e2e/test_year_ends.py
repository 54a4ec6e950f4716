"""A coordinator's week; a person leaves and everything goes to others; an administrator begins a new group."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import expect

from actionplans.models import Comment, Commitment, Measure, Need, Signal, Strategy
from partners.models import Invitation, Membership, Seat, User
from programmes.models import ProblemReport, Programme

from .hands import Mouse
from .test_review import ask_again
from .visiting import at, coordinator, member, narrow, words
from .walking import administrator

pytestmark = pytest.mark.e2e
sl_with_script_and_de_without = pytest.mark.parametrize(
    ("language", "width", "javascript"), [("sl", 360, True), ("de", 1440, False)], ids=["sl-script-360", "de-1440"]
)


def de(view, *args):
    return at(view, *args, language="de")


# ---- a week -------------------------------------------------------------------------------------
def letters():
    """What has come in: signals, a report, a comment, another offer, a new programme."""
    seat = coordinator().seats.select_related("membership__group").first()
    group, mark = seat.membership.group, f"{timezone.now():%H%M%S%f}"
    came = SimpleNamespace(mark=mark, programme=ask_again()[1].pk)
    came.signals = []
    for number in range(3):
        signal = Signal(group=group, text=f"Signal {number} {mark}", language="de", basis=Signal.Basis.values[0])
        token = signal.store()
        came.signals.append((signal.pk, token))
    came.need = Need.objects.filter(group=group).exclude(status="not_pursued").order_by("pk").first().pk
    report = ProblemReport(group=group, kind="missing", text=f"Bericht {mark}", language="de")
    came.token, came.report = report.store(), report.pk
    came.strategy = Strategy.objects.get(status="consultation")
    came.comment = Comment.objects.create(strategy=came.strategy, text=f"Mehr Bänke {mark}", language="de").pk
    came.measure = Measure.objects.public().filter(plan__strategy__group=group, phase="in_progress").first()
    others = Membership.objects.current().filter(group=group).exclude(pk=seat.membership_id)
    partner = others.exclude(commitments__measure=came.measure).order_by("pk").first()
    offer = {"role": "partner", "status": "countered", "reason": f"Nur im Winter {mark}"}
    came.offer = Commitment.objects.create(measure=came.measure, membership=partner, **offer).pk
    came.partner = partner.pk
    return came


def test_a_week_of_a_coordinator(enter, visit, read):
    came = read(letters)
    week, reader = Mouse(enter(coordinator, "de", width=360)), Mouse(visit("de", width=360))
    week.open(de("actionplans:work"))
    approve_for_a_day(week, came)
    triage(week, came)
    answer_a_report(week, came)
    invite(week, came, read)
    answer_others(week, came, read)
    narrow(week.page)
    for view, token in (
        *(("actionplans:signal-followed", token) for _pk, token in came.signals),
        ("programmes:report-followed", came.token),
    ):
        reader.open(de(view, token))
        expect(reader.at("main")).to_contain_text(f"Danke {came.mark}")
    reader.open(de("actionplans:consultation", came.strategy.slug))
    expect(reader.at("main")).to_contain_text(f"Danke {came.mark}")


def approve_for_a_day(week, came):
    """Approved for a day, and taken back: it waits again."""
    week.follow(de("programmes:review"))
    week.follow(de("programmes:review-programme", came.programme))
    form = week.at(f"form[action='{de('programmes:review-publish', came.programme)}']")
    week.write_day(form.locator("input[name=publish_on]"), date(2027, 2, 2))
    week.go(form.get_by_role("button"))
    week.open(de("programmes:review"))
    expect(week.at("#h-approved")).to_be_visible()
    week.go(week.at("section[aria-labelledby=h-approved] a").first)
    week.go(week.at(f"form[action='{de('programmes:review-cancel', came.programme)}'] button"))
    week.open(de("programmes:review"))
    expect(week.at("#h-approved")).to_have_count(0)
    expect(week.link(de("programmes:review-programme", came.programme))).to_be_visible()


def triage(week, came):
    """One becomes part of a need, one is the same as that one, one is answered; each sender reads the answer."""
    (first, _token), *_others = came.signals
    more = {"linked": ("need", came.need), "merged": ("into", first), "answered": None}
    for (signal, _token), (status, choice) in zip(came.signals, more.items(), strict=True):
        week.open(de("actionplans:signals"))
        week.follow(de("actionplans:signal-triage", signal))
        week.write(week.at("textarea[name=answer]"), f"Danke {came.mark}")
        if choice:
            week.choose(week.at(f"select[name={choice[0]}]"), str(choice[1]))
        week.go(week.at(f"button[name=status][value={status}]"))
        expect(week.page.get_by_role("status")).to_be_visible()


def answer_a_report(week, came):
    week.follow(de("programmes:reports"))
    week.follow(de("programmes:report-answer", came.report))
    week.go(week.at("button[name=to][value=in_progress]"))
    week.follow(de("programmes:report-answer", came.report))
    week.write(week.at("textarea[name=answer]"), f"Danke {came.mark}")
    week.go(week.at("button[name=to][value=done]"))


def invite(week, came, read):
    """Sent, sent again, withdrawn."""
    email = f"neu-{came.mark}@example.org"
    week.follow(de("actionplans:meetings"))
    week.follow(de("partners:people"))
    week.follow(de("partners:invite"))
    week.write(week.at("input[name=email]"), email)
    week.choose(week.at("select[name=membership]"), str(came.partner))
    week.choose(week.at("select[name=role]"), "editor")
    week.go(week.at("main form button"))
    number = read(lambda: Invitation.objects.get(email=email).pk)
    for deed in ("invitation-resend", "invitation-withdraw"):
        week.open(de("partners:people"))
        expect(week.at(".person").filter(has_text=email)).to_be_visible()
        week.go(week.at(f"form[action='{de(f'partners:{deed}', number)}'] button"))
    expect(week.at(".person").filter(has_text=email)).to_have_count(0)


def answer_others(week, came, read):
    """A partner's other offer is taken, a comment on the draft is shown with what was done."""
    with override("de"):
        measure = came.measure.get_absolute_url()
    week.open(measure)
    week.follow(de("actionplans:commitment-answer", came.offer))
    expect(week.at("main")).to_contain_text(f"Nur im Winter {came.mark}")
    week.go(week.at("button[name=status][value=accepted]"))
    assert read(lambda: Commitment.objects.get(pk=came.offer).status) == "accepted"
    week.open(de("actionplans:strategies"))
    week.follow(de("actionplans:strategy-work", came.strategy.pk))
    form = week.at(f"form[action='{de('actionplans:comment-answer', came.comment)}']")
    week.write(form.locator("textarea"), f"Danke {came.mark}")
    week.go(form.locator("button[value=shown]"))


# ---- leaving ------------------------------------------------------------------------------------
@sl_with_script_and_de_without
def test_a_person_leaves_and_everything_goes_to_a_successor(enter, read, language, width, javascript):
    def prepare():
        membership = member().seats.get().membership
        leaver, stays = (
            User.objects.create_user(f"{name}-{language}@example.org", full_name=f"{name} {language}")
            for name in ("Greta", "Stana")
        )
        seats = [Seat.objects.create(membership=membership, user=user, role="editor") for user in (leaver, stays)]
        programme = Programme.objects.filter(organisation=membership.organisation).order_by("pk").first()
        contact = {"contact_email": leaver.email, "contact_name": leaver.full_name}
        Programme.objects.filter(pk=programme.pk).update(**contact)
        return seats[0].pk, programme.pk, leaver.full_name, stays

    seat, programme, leaver, stays = read(prepare)
    hands = Mouse(enter(coordinator, language, width=width, javascript=javascript))
    hands.open(at("partners:people", language=language))
    hands.follow(at("partners:leaving", seat, language=language))
    narrow(hands.page)
    contact = hands.at(f"select[name=contact-{programme}]")
    hands.go(hands.at("main form.leaving button[type=submit]"))
    expect(hands.at(".errors")).to_be_visible()  # somebody has to take the programme
    contact = hands.at(f"select[name=contact-{programme}]")
    expect(hands.at(".field--error").filter(has=contact)).to_have_count(1)
    hands.choose(hands.at("#id_everything"), str(stays.pk))
    hands.go(hands.at("main form.leaving button[type=submit]"))
    expect(hands.at(".message--good").first).to_contain_text(leaver)
    assert read(lambda: Programme.objects.get(pk=programme).contact_name) == stays.full_name
    assert read(lambda: Seat.objects.get(pk=seat).ends_on) == timezone.localdate()


# ---- a new group --------------------------------------------------------------------------------
@sl_with_script_and_de_without
def test_an_administrator_sets_up_a_group_and_reads_what_is_missing(enter, language, width, javascript):
    hands = Mouse(enter(administrator, language, width=width, javascript=javascript))
    hands.open(at("partners:groups", language=language))
    hands.follow(at("partners:group-new", language=language))
    hands.write(hands.at(f"#id_name_{language}"), f"Skupina {language}")
    hands.write(hands.at(f"#id_purpose_{language}"), "Za zdravje.")
    hands.write(hands.at("#id_new_municipalities"), f"Nova {language}")
    hands.write(hands.at("#id_new_organisation"), f"Zavod {language}")
    hands.choose(hands.at("#id_sector"), hands.at("#id_sector option").nth(1).get_attribute("value"))
    hands.go(hands.at("main form.sform button[type=submit]"))
    expect(hands.at(".errors")).to_be_visible()  # nobody is to coordinate it yet
    expect(hands.at("#id_new_organisation")).to_have_value(f"Zavod {language}")
    hands.write(hands.at("#id_coordinator"), "first@example.org")
    hands.go(hands.at("main form.sform button[type=submit]"))
    expect(hands.at(".setup__point--open").first).to_contain_text("first@example.org")
    narrow(hands.page)
    missing = hands.at(".setup__point--open").count()
    assert words(language, "Still missing") in hands.at("#h-missing").inner_text()
    assert missing > 3
