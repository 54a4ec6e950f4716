"""What is true of the whole site: one table of pages × roles × languages, and what every page has."""

import json
import re
from collections import Counter
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from actionplans.models import (
    ActionPlan,
    AgendaItem,
    BudgetLine,
    Decision,
    Indicator,
    Interface,
    Measure,
    Meeting,
    Need,
    Notice,
    Objective,
    PlanMeasure,
    PlanTargetGroup,
    SharedPractice,
    Strategy,
    Transition,
    YearlyStep,
)
from partners import checking
from partners.models import Group, Location, Membership, OpeningException, Organisation, Region, Seat, WorkingGroup
from portal.templatetags.portal import icon
from programmes.confirming import confirm_link
from programmes.models import Pathway, Programme, Schedule

from .records import make_group, make_organisation, make_programme, make_user, signed_in

pytestmark = pytest.mark.django_db
LANGUAGES = [code for code, _name in settings.LANGUAGES]
ROLES = ("visitor", "editor", "coordinator", "administrator")


@pytest.fixture(scope="module")
def demo(demo_database, django_db_blocker):
    """The demo municipality, for all tests of this file, and in it somebody of each role: {role: session, or None}."""
    with django_db_blocker.unblock():
        return {role: session_of(role) for role in ROLES}


def session_of(role):
    if role == "visitor":
        return None
    # Seats are in an organisation and a group that have nothing to do with the demo's.
    person = make_user(is_staff=True, is_superuser=True) if role == "administrator" else make_user(role)
    return signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value


def kwargs_of(record):
    return {"pk": record.pk, "slug": record.slug_in(translation.get_language())}


def programme():
    return kwargs_of(Programme.objects.get(slug="opuscam-kajenje"))


def place():
    return kwargs_of(Location.objects.get(slug="ckz-hisa"))


def partner():
    return kwargs_of(Organisation.objects.get(slug="sd-korak"))


def measure():
    return kwargs_of(Measure.objects.get(slug="m01-gibanje-vrtec"))


def need():
    return kwargs_of(Need.objects.get(slug="need-child-weight"))


def strategy():
    return {"slug": Strategy.objects.in_force().get().slug}


def draft_strategy():
    return {"slug": Strategy.objects.get(status="consultation").slug}


def need_number():
    return {"pk": need()["pk"]}


def measure_number():
    return {"pk": measure()["pk"]}


def strategy_number():
    return {"pk": Strategy.objects.in_force().get().pk}


def objective_number():
    return {"pk": Objective.objects.order_by("pk")[0].pk}


def plan_number():
    return {"pk": ActionPlan.objects.order_by("pk")[0].pk}


def indicator_number():
    return {"pk": Indicator.objects.order_by("pk")[0].pk}


def outdated():
    return kwargs_of(Programme.objects.get(slug="telefon-prijatelj"))


def number():
    return {"pk": programme()["pk"]}


def a_history():
    return {"kind": "programme", **number()}


def a_meeting():
    return {"pk": Meeting.objects.order_by("starts_at")[0].pk}


def public_minutes():
    return {"pk": Meeting.objects.public()[0].pk}


def an_item():
    return {"pk": AgendaItem.objects.order_by("pk")[0].pk}


def a_decision():
    return {"pk": Decision.objects.order_by("pk")[0].pk}


def a_notice():
    group = make_group()
    return {"pk": Notice.objects.create(group=group, organisation=make_organisation(group), title_sl="Novo").pk}


def a_working_group():
    return {"pk": WorkingGroup.objects.order_by("pk")[0].pk}


def an_interface():
    return {"pk": Interface.objects.order_by("pk")[0].pk}


def nothing():
    return {}


def an_organisation():
    return {"pk": partner()["pk"]}


def a_place():
    return {"pk": place()["pk"]}


def a_group():
    return {"pk": Group.objects.get(memberships__organisation=partner()["pk"]).pk}


def an_exception():
    return {"pk": OpeningException.objects.filter(location__isnull=False)[0].pk}


def times():
    schedule = Schedule.objects.filter(programme=programme()["pk"]).first()
    return {"pk": schedule.programme_id, "number": schedule.pk}


def reminder():
    record = Programme.objects.get(slug="telefon-prijatelj")
    return {"token": confirm_link(record, make_user("editor", record.organisation)).rstrip("/").rpartition("/")[2]}


def a_language():
    return {"pk": programme()["pk"], "code": "de"}


def partner_reminder():
    record = Organisation.objects.order_by("pk")[0]
    return {"token": checking.confirm_link(record, make_user("editor", record)).rstrip("/").rpartition("/")[2]}


def practice():
    return kwargs_of(SharedPractice.objects.get(slug="pr01-gozdni-dopoldnevi"))


def a_region():
    return kwargs_of(Region.objects.get())


def a_region_number():
    return {"pk": a_region()["pk"]}


def practice_number():
    return {"pk": practice()["pk"]}


def untold_measure():
    return {"pk": Measure.objects.get(slug="m02-pesbus").pk}


def self_help_group():
    return {"pk": Programme.objects.get(slug="samopomoc-sladkor").pk}


def transition():
    return {"pk": Transition.objects.order_by("pk")[0].pk}


def cell():
    return {"matrix": "phases", "row": "nutrition", "column": "school-age"}


def budget_line():
    line = BudgetLine.objects.order_by("pk")[0]
    return {"pk": line.measure_id, "number": line.pk}


def target_group():
    return {"pk": PlanTargetGroup.objects.order_by("pk")[0].pk}


def placed():
    row = PlanMeasure.objects.order_by("pk")[0]
    return {"pk": row.measure_id, "number": row.pk}


def yearly_step():
    step = YearlyStep.objects.order_by("pk")[0]
    return {"pk": step.measure_id, "number": step.pk}


# view name → (arguments, status for visitor, editor, coordinator, administrator, is it a page for people)
def a_pathway():
    return kwargs_of(Pathway.objects.get(slug="otrok-v-soli-ne-je"))


def pathway_number():
    return {"pk": Pathway.objects.get(slug="otrok-v-soli-ne-je").pk}


def a_step():
    return {"pk": Pathway.objects.get(slug="otrok-v-soli-ne-je").steps.first().pk}


def comes_on_request():
    return {"pk": Programme.objects.get(slug="zdravi-na-delu").pk}


def who_comes_on_request():
    return {"pk": Programme.objects.get(slug="zdravi-na-delu").organisation_id}


PAGES = {
    "home": (nothing, (200,) * 4, True),
    "accessibility": (nothing, (200,) * 4, True),
    "privacy": (nothing, (200,) * 4, True),
    "help-now": (nothing, (200,) * 4, True),
    "open-data": (nothing, (200,) * 4, True),
    "suggestions": (nothing, (200,) * 4, False),
    "programmes:catalogue": (nothing, (200,) * 4, True),
    "programmes:programme": (programme, (200,) * 4, True),
    "programmes:programme-number": (lambda: {"pk": programme()["pk"]}, (301,) * 4, False),
    "programmes:calendar": (programme, (200,) * 4, False),
    "programmes:slip": (programme, (200,) * 4, True),
    "programmes:poster": (programme, (200,) * 4, True),
    "programmes:printed": (nothing, (200,) * 4, True),
    "programmes:csv": (nothing, (200,) * 4, False),
    "programmes:json": (nothing, (200,) * 4, False),
    "programmes:list": (nothing, (200,) * 4, True),
    "programmes:list-calendar": (nothing, (200,) * 4, False),
    "programmes:list-add": (nothing, (405,) * 4, False),
    "programmes:list-remove": (nothing, (405,) * 4, False),
    "partners:places": (nothing, (200,) * 4, True),
    "partners:place": (place, (200,) * 4, True),
    "partners:partners": (nothing, (200,) * 4, True),
    "partners:partner": (partner, (200,) * 4, True),
    "partners:about": (nothing, (200,) * 4, True),
    "actionplans:plan": (nothing, (200,) * 4, True),
    "actionplans:measure": (measure, (200,) * 4, True),
    "actionplans:needs": (nothing, (200,) * 4, True),
    "actionplans:need": (need, (200,) * 4, True),
    "actionplans:indicators": (nothing, (200,) * 4, True),
    "actionplans:indicators-csv": (nothing, (200,) * 4, False),
    # sign-in and account: allauth's pages, those a signed-in person is sent away from included
    "account": (nothing, (302, 200, 200, 200), False),
    "begin": (nothing, (302, 302, 302, 302), False),
    "account-data": (nothing, (302, 200, 200, 200), False),
    "account-erase": (nothing, (302, 200, 200, 200), False),
    "account_login": (nothing, (200, 302, 302, 302), False),
    "account_logout": (nothing, (302, 200, 200, 200), False),
    "account_inactive": (nothing, (200,) * 4, False),
    "account_signup": (nothing, (200, 302, 302, 302), False),
    "account_reauthenticate": (nothing, (302, 200, 200, 200), False),
    "account_request_reauthentication_code": (nothing, (302, 302, 302, 302), False),
    "account_confirm_reauthentication_code": (nothing, (302, 302, 302, 302), False),
    "account_change_password": (nothing, (302, 200, 200, 200), False),
    "account_set_password": (nothing, (302, 302, 302, 302), False),
    "account_reset_password": (nothing, (200,) * 4, False),
    "account_reset_password_done": (nothing, (200,) * 4, False),
    "account_reset_password_from_key": (lambda: {"uidb36": "1", "key": "x-y"}, (200,) * 4, False),
    "account_reset_password_from_key_done": (nothing, (200,) * 4, False),
    "account_confirm_login_code": (nothing, (302, 302, 302, 302), False),
    "mfa_index": (nothing, (302, 200, 200, 200), False),
    "mfa_authenticate": (nothing, (302, 302, 302, 302), False),
    "mfa_reauthenticate": (nothing, (302, 302, 302, 302), False),
    "mfa_activate_totp": (nothing, (302, 302, 302, 302), False),
    "mfa_deactivate_totp": (nothing, (302, 404, 404, 404), False),
    "mfa_view_recovery_codes": (nothing, (302, 404, 404, 404), False),
    "mfa_generate_recovery_codes": (nothing, (302, 302, 302, 302), False),
    "mfa_download_recovery_codes": (nothing, (302, 404, 404, 404), False),
    "mfa_list_webauthn": (nothing, (302, 200, 200, 200), False),
    "mfa_add_webauthn": (nothing, (302, 302, 302, 302), False),
    "mfa_reauthenticate_webauthn": (nothing, (302, 302, 302, 302), False),
    "mfa_remove_webauthn": (lambda: {"pk": 1}, (302, 302, 302, 302), False),
    "mfa_edit_webauthn": (lambda: {"pk": 1}, (302, 302, 302, 302), False),
    "mfa_login_webauthn": (nothing, (302,) * 4, False),
    "usersessions_list": (nothing, (302, 200, 200, 200), False),
    # people and invitations
    "partners:people": (nothing, (302, 200, 200, 200), False),
    "partners:invite": (nothing, (302, 404, 200, 200), False),
    "partners:seat-edit": (lambda: {"pk": Seat.objects.order_by("pk")[0].pk}, (302, 404, 404, 200), False),
    "partners:seat-hand-over": (lambda: {"pk": 1}, (405,) * 4, False),
    "partners:invitation-resend": (lambda: {"pk": 1}, (405,) * 4, False),
    "partners:invitation-withdraw": (lambda: {"pk": 1}, (405,) * 4, False),
    "partners:accept": (lambda: {"token": "x"}, (410,) * 4, False),
    # joining, directory, leaving, new groups
    "partners:join": (nothing, (200,) * 4, False),
    "partners:join-followed": (lambda: {"token": "x"}, (404,) * 4, False),
    "partners:join-requests": (nothing, (302, 404, 200, 200), False),
    "partners:join-request": (lambda: {"pk": 999999}, (302, 404, 404, 404), False),
    "partners:join-accept": (lambda: {"pk": 1}, (405,) * 4, False),
    "partners:join-decline": (lambda: {"pk": 1}, (405,) * 4, False),
    "partners:join-take-up": (lambda: {"pk": 1}, (405,) * 4, False),
    "partners:directory": (nothing, (302, 200, 200, 200), False),
    "partners:leaving": (lambda: {"pk": Seat.objects.order_by("pk")[0].pk}, (302, 404, 404, 200), False),
    "partners:handed-over": (lambda: {"pk": 1}, (302, 404, 404, 404), False),  # tests/test_leaving.py
    "partners:hand-over-take-back": (lambda: {"pk": 1}, (405,) * 4, False),
    "partners:groups": (nothing, (302, 404, 200, 200), False),
    "partners:group-new": (nothing, (302, 404, 404, 200), False),
    "partners:group-setup": (lambda: {"pk": Group.objects.order_by("pk")[0].pk}, (302, 404, 404, 200), False),
    "actionplans:network": (nothing, (302, 200, 200, 200), False),
    # my organisation and places
    "partners:my": (nothing, (302, 200, 200, 200), False),
    "partners:my-one": (an_organisation, (302, 404, 404, 200), False),
    "partners:organisation-edit": (an_organisation, (302, 404, 404, 200), False),
    "partners:organisation-logo": (an_organisation, (302, 404, 404, 200), False),
    "partners:place-add": (an_organisation, (302, 404, 404, 200), False),
    "partners:place-edit": (a_place, (302, 404, 404, 200), False),
    "partners:place-hours": (a_place, (302, 404, 404, 200), False),
    "partners:place-hours-preview": (a_place, (302, 405, 405, 405), False),
    "partners:place-photo": (a_place, (302, 404, 404, 200), False),
    "partners:place-close": (a_place, (302, 404, 404, 200), False),
    "partners:place-reopen": (a_place, (302, 405, 405, 405), False),
    "partners:exception-add": (a_place, (302, 404, 404, 200), False),
    "partners:exception-edit": (an_exception, (302, 404, 404, 200), False),
    "partners:exception-remove": (an_exception, (302, 405, 405, 405), False),
    "partners:picture-remove": (lambda: {"pk": 1}, (302, 405, 405, 405), False),
    "partners:holidays": (nothing, (302, 404, 200, 200), False),
    "partners:holiday-add": (a_group, (302, 404, 404, 200), False),
    "picture": (lambda: {"key": "0" * 32, "variant": "wide"}, (404,) * 4, False),
    "programmes:mine": (nothing, (302, 200, 200, 200), False),
    "programmes:programme-add": (nothing, (302, 200, 200, 200), False),
    "programmes:programme-preview-new": (nothing, (302, 405, 405, 405), False),
    "programmes:programme-edit": (number, (302, 404, 404, 200), False),
    "programmes:programme-preview": (number, (302, 405, 405, 405), False),
    "programmes:programme-photo": (number, (302, 404, 404, 200), False),
    "programmes:programme-photo-remove": (number, (302, 405, 405, 405), False),
    "programmes:programme-copy": (number, (302, 200, 200, 200), False),
    "programmes:programme-move": (number, (302, 405, 405, 405), False),
    "programmes:programme-confirm": (number, (302, 405, 405, 405), False),
    "programmes:schedule-add": (number, (302, 404, 404, 200), False),
    "programmes:schedule-preview-new": (number, (302, 405, 405, 405), False),
    "programmes:schedule-restore": (number, (302, 405, 405, 405), False),
    "programmes:schedule-edit": (times, (302, 404, 404, 200), False),
    "programmes:schedule-preview": (times, (302, 405, 405, 405), False),
    "programmes:schedule-end": (times, (302, 405, 405, 405), False),
    "programmes:schedule-remove": (times, (302, 405, 405, 405), False),
    "programmes:confirm-link": (reminder, (200,) * 4, False),
    "programmes:review": (nothing, (302, 404, 200, 404), False),
    "programmes:review-programme": (number, (302, 404, 404, 404), False),
    "programmes:review-publish": (number, (302, 405, 405, 405), False),
    "programmes:review-return": (number, (302, 405, 405, 405), False),
    "programmes:review-cancel": (number, (302, 405, 405, 405), False),
    "programmes:review-seen": (number, (302, 405, 405, 405), False),
    "programmes:review-revert": (number, (302, 405, 405, 405), False),
    "history": (a_history, (302, 404, 404, 200), False),
    "history-restore": (a_history, (302, 405, 405, 405), False),
    "programmes:report": (nothing, (200,) * 4, True),
    "programmes:report-followed": (lambda: {"token": "x"}, (404,) * 4, False),
    "programmes:reports": (nothing, (302, 200, 200, 200), False),
    "programmes:report-answer": (lambda: {"pk": 999999}, (302, 404, 404, 404), False),
    "programmes:unmet": (nothing, (302, 200, 200, 404), False),
    # needs, strategies, measures, figures and rounds
    "actionplans:plan-document": (strategy, (200,) * 4, True),
    "actionplans:consultation": (draft_strategy, (200,) * 4, True),
    "actionplans:signal-send": (nothing, (200,) * 4, False),
    "actionplans:signal-followed": (lambda: {"token": "x"}, (404,) * 4, False),
    "actionplans:work": (nothing, (302, 200, 200, 404), False),
    "actionplans:cycle": (nothing, (302, 200, 200, 404), False),
    "actionplans:signals": (nothing, (302, 200, 200, 404), False),
    "actionplans:signal-triage": (lambda: {"pk": 999999}, (302, 404, 404, 404), False),
    "actionplans:needs-board": (nothing, (302, 200, 200, 404), False),
    "actionplans:need-add": (nothing, (302, 404, 200, 200), False),
    "actionplans:need-edit": (need_number, (302, 404, 404, 200), False),
    "actionplans:need-move": (need_number, (405,) * 4, False),
    "actionplans:need-score": (need_number, (302, 404, 404, 404), False),
    "actionplans:evidence-add": (need_number, (302, 404, 404, 200), False),
    "actionplans:evidence-edit": (lambda: {**need_number(), "number": 999999}, (302, 404, 404, 404), False),
    "actionplans:evidence-remove": (lambda: {**need_number(), "number": 999999}, (405,) * 4, False),
    "actionplans:strategies": (nothing, (302, 200, 200, 404), False),
    "actionplans:strategy-add": (nothing, (302, 404, 200, 200), False),
    "actionplans:strategy-work": (strategy_number, (302, 404, 404, 404), False),
    "actionplans:strategy-edit": (strategy_number, (302, 404, 404, 200), False),
    "actionplans:strategy-move": (strategy_number, (405,) * 4, False),
    "actionplans:objective-add": (strategy_number, (302, 404, 404, 200), False),
    "actionplans:plan-add": (strategy_number, (302, 404, 404, 200), False),
    "actionplans:objective-edit": (objective_number, (302, 404, 404, 200), False),
    "actionplans:objective-remove": (objective_number, (405,) * 4, False),
    "actionplans:plan-move": (plan_number, (405,) * 4, False),
    "actionplans:measure-add": (plan_number, (302, 404, 404, 200), False),
    "actionplans:comment-add": (lambda: {"pk": 999999}, (405,) * 4, False),
    "actionplans:comment-answer": (lambda: {"pk": 999999}, (405,) * 4, False),
    "actionplans:comment-take-back": (lambda: {"pk": 999999}, (405,) * 4, False),
    "actionplans:need-comment": (need_number, (302, 404, 404, 404), False),
    "actionplans:plan-comment": (plan_number, (302, 404, 404, 404), False),
    "actionplans:measure-comment": (measure_number, (302, 404, 404, 404), False),
    "actionplans:measure-edit": (measure_number, (302, 404, 404, 200), False),
    "actionplans:measure-move": (measure_number, (405,) * 4, False),
    "actionplans:report-add": (measure_number, (302, 404, 404, 200), False),
    "actionplans:evaluation-add": (measure_number, (302, 404, 404, 200), False),
    "actionplans:measure-judge": (measure_number, (302, 404, 404, 200), False),
    "actionplans:measure-unjudge": (measure_number, (405,) * 4, False),
    "actionplans:measure-carry": (measure_number, (405,) * 4, False),
    "actionplans:commitment-ask": (measure_number, (302, 404, 404, 200), False),
    "actionplans:measure-task-add": (measure_number, (302, 404, 404, 200), False),
    "actionplans:budget-add": (measure_number, (302, 404, 404, 200), False),
    "actionplans:budget-remove": (lambda: {**measure_number(), "number": 1}, (405,) * 4, False),
    "actionplans:load": (nothing, (302, 200, 200, 404), False),
    "actionplans:commitment-answer": (lambda: {"pk": 999999}, (302, 404, 404, 404), False),
    "actionplans:tasks": (nothing, (302, 200, 200, 404), False),
    "actionplans:task-add": (nothing, (302, 404, 200, 200), False),
    "actionplans:task-edit": (lambda: {"pk": 999999}, (302, 404, 404, 404), False),
    "actionplans:task-move": (lambda: {"pk": 999999}, (405,) * 4, False),
    "actionplans:barriers": (nothing, (302, 200, 200, 404), False),
    "actionplans:barrier-add": (nothing, (302, 200, 200, 404), False),
    "actionplans:barrier-edit": (lambda: {"pk": 999999}, (302, 404, 404, 404), False),
    "actionplans:barrier-move": (lambda: {"pk": 999999}, (405,) * 4, False),
    "actionplans:figures": (nothing, (302, 200, 200, 404), False),
    "actionplans:indicator-add": (nothing, (302, 404, 200, 200), False),
    "actionplans:indicator-edit": (indicator_number, (302, 404, 404, 200), False),
    "actionplans:value-add": (indicator_number, (302, 404, 404, 200), False),
    "actionplans:value-edit": (lambda: {"pk": 999999}, (302, 404, 404, 404), False),
    "actionplans:value-move": (lambda: {"pk": 999999}, (405,) * 4, False),
    # figures
    "actionplans:figures-waiting": (nothing, (302, 404, 200, 200), False),
    "actionplans:indicator-values": (indicator_number, (302, 404, 404, 404), False),
    "actionplans:figures-approve": (nothing, (405,) * 4, False),
    "actionplans:rounds": (nothing, (302, 200, 200, 404), False),
    "actionplans:round-open": (nothing, (302, 404, 200, 200), False),
    "actionplans:round": (lambda: {"pk": 999999}, (302, 404, 404, 404), False),
    "actionplans:round-close": (lambda: {"pk": 999999}, (405,) * 4, False),
    "actionplans:round-answer": (lambda: {"pk": 999999, "number": 1}, (302, 404, 404, 404), False),
    # meetings and decisions
    "actionplans:meetings": (nothing, (302, 200, 200, 200), False),
    "actionplans:meeting-add": (nothing, (302, 404, 200, 404), False),
    "actionplans:meeting": (a_meeting, (302, 404, 404, 404), False),
    "actionplans:meeting-edit": (a_meeting, (302, 404, 404, 404), False),
    "actionplans:meeting-publish": (a_meeting, (302, 405, 405, 405), False),
    "actionplans:minutes-published": (nothing, (200,) * 4, True),
    "actionplans:minutes-public": (public_minutes, (200,) * 4, True),
    "actionplans:meeting-move": (a_meeting, (302, 405, 405, 405), False),
    "actionplans:agenda-add": (a_meeting, (302, 405, 405, 405), False),
    "actionplans:item-add": (a_meeting, (302, 405, 405, 405), False),
    "actionplans:minutes": (a_meeting, (302, 404, 404, 404), False),
    "actionplans:document": (a_meeting, (302, 404, 404, 404), False),
    "actionplans:document-docx": (a_meeting, (302, 404, 404, 404), False),
    "actionplans:meeting-calendar": (a_meeting, (302, 404, 404, 404), False),
    "actionplans:item-edit": (an_item, (302, 404, 404, 404), False),
    "actionplans:item-correct": (an_item, (302, 404, 404, 404), False),
    "actionplans:item-shift": (an_item, (302, 405, 405, 405), False),
    "actionplans:item-take-up": (an_item, (302, 405, 405, 405), False),
    "actionplans:item-remove": (an_item, (302, 405, 405, 405), False),
    "actionplans:remark-add": (an_item, (302, 405, 405, 405), False),
    "actionplans:decisions": (nothing, (302, 200, 200, 200), False),
    "actionplans:decisions-csv": (nothing, (302, 200, 200, 200), False),
    "actionplans:decision-add": (nothing, (302, 200, 200, 404), False),
    "actionplans:decision": (a_decision, (302, 404, 404, 404), False),
    "actionplans:decision-edit": (a_decision, (302, 404, 404, 404), False),
    "actionplans:decision-move": (a_decision, (302, 405, 405, 405), False),
    "actionplans:decision-task": (a_decision, (302, 405, 405, 405), False),
    # rules of the workspace
    "actionplans:decision-report": (a_decision, (302, 405, 405, 405), False),
    "actionplans:decision-take": (a_decision, (302, 405, 405, 405), False),
    "actionplans:decision-dismiss": (a_decision, (302, 405, 405, 405), False),
    "actionplans:round-remind": (lambda: {"pk": 999999}, (405,) * 4, False),
    # calendar, interfaces and the group's logo
    "actionplans:calendar": (nothing, (302, 200, 200, 404), False),
    "actionplans:calendar-link": (nothing, (302, 200, 200, 404), False),
    "actionplans:calendar-link-renew": (nothing, (405,) * 4, False),
    "actionplans:calendar-link-end": (nothing, (405,) * 4, False),
    "actionplans:calendar-feed": (lambda: {"token": "x"}, (404,) * 4, False),
    "actionplans:meeting-day-new": (nothing, (302, 405, 405, 405), False),
    "actionplans:meeting-day": (a_meeting, (302, 405, 405, 405), False),
    "actionplans:interfaces": (nothing, (302, 200, 200, 404), False),
    "actionplans:interfaces-csv": (nothing, (302, 200, 200, 404), False),
    "actionplans:interface-add": (nothing, (302, 200, 200, 404), False),
    "actionplans:interface-edit": (an_interface, (302, 404, 404, 200), False),
    "actionplans:interface-move": (an_interface, (405,) * 4, False),
    "actionplans:interface-looked": (an_interface, (405,) * 4, False),
    "actionplans:interfaces-published": (nothing, (200,) * 4, True),
    "partners:group-logo": (lambda: {"pk": Group.objects.order_by("pk")[0].pk}, (302, 404, 404, 200), False),
    # coverage, chain and inequality
    "actionplans:coverage": (nothing, (200,) * 4, True),
    "actionplans:coverage-csv": (nothing, (200,) * 4, False),
    "actionplans:coverage-cell": (cell, (200,) * 4, False),
    "actionplans:coverage-changes": (nothing, (200,) * 4, True),
    # Members see their own group, which has kept nothing yet.
    "actionplans:coverage-changes-csv": (nothing, (200, 404, 404, 200), False),
    "actionplans:coverage-snapshot": (nothing, (405,) * 4, False),
    "actionplans:coverage-judge": (cell, (302, 404, 200, 200), False),
    "actionplans:coverage-judgement-end": (lambda: {"pk": 1}, (405,) * 4, False),
    "actionplans:chain": (nothing, (200,) * 4, True),
    "actionplans:transition-add": (nothing, (302, 404, 200, 200), False),
    "actionplans:transition-edit": (transition, (302, 404, 404, 200), False),
    "actionplans:transition-remove": (transition, (405,) * 4, False),
    "actionplans:lens": (nothing, (200,) * 4, True),
    "actionplans:thread": (nothing, (302, 200, 200, 404), False),
    # mails
    "account-mails": (nothing, (302, 200, 200, 200), False),
    "mail-stop": (lambda: {"token": "x"}, (404,) * 4, False),
    # import and export
    "programmes:import": (nothing, (302, 404, 200, 200), False),
    "programmes:import-preview": (lambda: {"pk": 999999}, (302, 404, 404, 404), False),
    "programmes:import-confirm": (lambda: {"pk": 999999}, (302, 405, 405, 405), False),
    "programmes:import-discard": (lambda: {"pk": 999999}, (302, 405, 405, 405), False),
    "programmes:import-read-again": (lambda: {"pk": 999999}, (302, 405, 405, 405), False),
    "programmes:import-template": (lambda: {"kind": "programmes", "form": "csv"}, (302, 404, 200, 200), False),
    "programmes:export": (nothing, (302, 404, 200, 200), False),
    "programmes:export-file": (lambda: {"kind": "places", "form": "csv"}, (302, 404, 200, 200), False),
    # exchange: practices, the network, self-help
    "actionplans:practices": (nothing, (200,) * 4, True),
    "actionplans:practice": (practice, (200,) * 4, True),
    "actionplans:practice-copy": (practice_number, (405,) * 4, False),
    "actionplans:practice-add": (untold_measure, (302, 404, 404, 200), False),
    "actionplans:practice-edit": (practice_number, (302, 404, 404, 200), False),
    "actionplans:practice-move": (practice_number, (405,) * 4, False),
    "actionplans:groups": (nothing, (200,) * 4, True),
    "actionplans:region": (a_region, (200,) * 4, True),
    "actionplans:region-csv": (a_region_number, (200,) * 4, False),
    "actionplans:regions": (nothing, (302, 404, 404, 404), False),
    "partners:group-standing": (a_group, (405,) * 4, False),
    "programmes:self-help": (nothing, (200,) * 4, True),
    "programmes:self-help-start": (nothing, (200,) * 4, False),
    "programmes:self-help-write": (self_help_group, (200,) * 4, False),
    "programmes:self-help-followed": (lambda: {"token": "x"}, (404,) * 4, False),
    "programmes:self-help-requests": (nothing, (302, 200, 200, 200), False),
    "programmes:self-help-answer": (lambda: {"pk": 999999}, (302, 404, 404, 404), False),
    "choose-language": (nothing, (302,) * 4, False),
    "healthz": (nothing, (200,) * 4, False),
    "robots": (nothing, (200,) * 4, False),
    "sitemap": (nothing, (200,) * 4, False),
    "manifest": (nothing, (200,) * 4, False),
    "brand": (nothing, (200,) * 4, False),
    "favicon": (nothing, (302,) * 4, False),
    # the plan of evaluation, templates, and what was confirmed on behalf of an organisation
    "actionplans:question-add": (strategy_number, (302, 404, 404, 200), False),
    "actionplans:question-edit": (lambda: {**strategy_number(), "number": 999999}, (302, 404, 404, 404), False),
    "actionplans:question-remove": (lambda: {**strategy_number(), "number": 999999}, (405,) * 4, False),
    "actionplans:finding-add": (strategy_number, (302, 404, 404, 200), False),
    "actionplans:finding-edit": (lambda: {**strategy_number(), "number": 999999}, (302, 404, 404, 404), False),
    "actionplans:finding-remove": (lambda: {**strategy_number(), "number": 999999}, (405,) * 4, False),
    "actionplans:starting": (nothing, (302, 404, 200, 200), False),
    "programmes:programme-on-behalf": (number, (302, 404, 404, 200), False),
    "partners:organisation-on-behalf": (an_organisation, (302, 404, 404, 200), False),
    "partners:place-on-behalf": (a_place, (302, 404, 404, 200), False),
    # working groups, approval, and the plan as a file
    "actionplans:working-groups": (nothing, (302, 200, 200, 404), False),
    "actionplans:working-group-add": (nothing, (302, 404, 200, 200), False),
    "actionplans:working-group": (a_working_group, (302, 404, 404, 404), False),
    "actionplans:working-group-edit": (a_working_group, (302, 404, 404, 200), False),
    "actionplans:strategy-ask": (strategy_number, (405,) * 4, False),
    "actionplans:strategy-return": (strategy_number, (405,) * 4, False),
    "actionplans:plan-ask": (plan_number, (405,) * 4, False),
    "actionplans:plan-return": (plan_number, (405,) * 4, False),
    "actionplans:plan-docx": (strategy, (200,) * 4, False),
    # notices, followed programmes
    "actionplans:notices": (nothing, (302, 200, 200, 404), False),
    "actionplans:notice-add": (nothing, (302, 200, 200, 404), False),
    "actionplans:notice": (a_notice, (302, 404, 404, 404), False),
    "actionplans:notice-edit": (a_notice, (302, 404, 404, 404), False),
    "actionplans:notice-move": (a_notice, (405,) * 4, False),
    "actionplans:notice-note": (a_notice, (405,) * 4, False),
    "partners:organisation-confirm": (an_organisation, (405,) * 4, False),
    "partners:place-confirm": (a_place, (405,) * 4, False),
    # editing: languages held back, and the link in a reminder about a partner or place
    "programmes:language-hold": (a_language, (302, 405, 405, 405), False),
    "programmes:language-ask": (a_language, (302, 405, 405, 405), False),
    "programmes:language-publish": (a_language, (302, 405, 405, 405), False),
    "partners:confirm-link": (partner_reminder, (200,) * 4, False),
    "programmes:followed": (nothing, (302, 200, 200, 200), False),
    "programmes:programme-follow": (lambda: {"pk": 1}, (405,) * 4, False),
    # paths: who does what, who works on what, visits and documents
    "programmes:pathways": (nothing, (200,) * 4, False),
    "programmes:pathways-csv": (nothing, (200,) * 4, False),
    "programmes:pathway": (a_pathway, (200,) * 4, True),
    "programmes:pathway-add": (nothing, (302, 404, 200, 200), False),
    "programmes:pathway-edit": (pathway_number, (302, 404, 404, 200), False),
    "programmes:pathway-move": (pathway_number, (405,) * 4, False),
    "programmes:pathway-looked": (pathway_number, (405,) * 4, False),
    "programmes:step-add": (pathway_number, (302, 404, 404, 200), False),
    "programmes:step-edit": (a_step, (302, 404, 404, 200), False),
    "programmes:step-shift": (a_step, (405,) * 4, False),
    "programmes:step-remove": (a_step, (405,) * 4, False),
    "programmes:visit-ask": (comes_on_request, (200,) * 4, False),
    "programmes:visit-ask-partner": (who_comes_on_request, (200,) * 4, False),
    "programmes:visit-followed": (lambda: {"token": "x"}, (404,) * 4, False),
    "programmes:visit-requests": (nothing, (302, 200, 200, 200), False),
    "programmes:visit-answer": (lambda: {"pk": 999999}, (302, 404, 404, 404), False),
    "actionplans:sectors": (nothing, (200,) * 4, False),
    "actionplans:sectors-csv": (nothing, (200,) * 4, False),
    "actionplans:sectors-cell": (lambda: {"sector": "school", "topic": "nutrition"}, (200,) * 4, False),
    "actionplans:working-group-document": (a_working_group, (302, 404, 404, 404), False),
    "actionplans:meeting-document": (a_meeting, (302, 404, 404, 404), False),
    "actionplans:document-remove": (lambda: {"pk": 999999}, (405,) * 4, False),
    # review: the yearly assessment of programmes, results against resources, a programme because of a need
    "actionplans:assessments": (nothing, (302, 200, 200, 404), False),
    "actionplans:assessments-csv": (nothing, (302, 200, 200, 404), False),
    "actionplans:assessment": (number, (302, 404, 404, 404), False),
    "actionplans:assessment-end": (number, (405,) * 4, False),
    "actionplans:results": (nothing, (302, 200, 200, 404), False),
    "actionplans:results-csv": (nothing, (302, 200, 200, 404), False),
    "actionplans:need-programme-add": (need_number, (302, 404, 404, 200), False),
    "actionplans:budget-spent": (budget_line, (302, 404, 404, 200), False),
    # a measure in several plans, priority groups, yearly steps
    "actionplans:plan-edit": (plan_number, (302, 404, 404, 200), False),
    # plan: a plan begun from the last one; that of the demo is adopted
    "actionplans:plan-carry": (plan_number, (302, 404, 404, 302), False),
    "actionplans:target-group-add": (plan_number, (302, 404, 404, 200), False),
    "actionplans:target-group-edit": (target_group, (302, 404, 404, 200), False),
    "actionplans:target-group-remove": (target_group, (405,) * 4, False),
    "actionplans:measure-place": (measure_number, (302, 404, 404, 200), False),
    "actionplans:measure-take-out": (placed, (302, 404, 404, 200), False),
    "actionplans:measure-home": (placed, (302, 404, 404, 200), False),
    "actionplans:measures-csv": (nothing, (200,) * 4, False),
    "actionplans:step-add": (measure_number, (302, 404, 404, 200), False),
    "actionplans:step-edit": (yearly_step, (302, 404, 404, 200), False),
    "actionplans:step-remove": (yearly_step, (405,) * 4, False),
    # links: a programme and the measures it belongs to
    "actionplans:programme-plan": (number, (302, 404, 404, 200), False),
    "actionplans:programme-unlink": (lambda: {**number(), "number": 1}, (405,) * 4, False),
    "actionplans:suggestion-withdraw": (lambda: {**number(), "number": 1}, (405,) * 4, False),
    "actionplans:suggestion-take": (lambda: {"pk": 999999}, (405,) * 4, False),
    "actionplans:suggestion-decline": (lambda: {"pk": 999999}, (405,) * 4, False),
    # membership and mandate
    "programmes:ics": (nothing, (200,) * 4, False),
    "partners:membership-edit": (lambda: {"pk": Membership.objects.order_by("pk")[0].pk}, (302, 404, 404, 200), False),
}
FOR_PEOPLE = [name for name, (_kwargs, _statuses, is_page) in PAGES.items() if is_page]


def client_of(session):
    client = Client()
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


def languages_of(name, role):
    """The languages in which a role asks for a page: who gets the same answer shares the five among them.

    What one may see does not depend on the language, and what is wrong with a language, whoever gets the answer sees.
    """
    statuses = PAGES[name][1]
    alike = [other for other, status in zip(ROLES, statuses, strict=True) if status == statuses[ROLES.index(role)]]
    return LANGUAGES[alike.index(role) :: len(alike)]


# Who sees several groups says of which.
ASKED = {"programmes:export-file": lambda: {"group": Group.objects.order_by("pk")[0].pk}}


def address(name, language):
    with translation.override(language):
        return reverse(name, kwargs=PAGES[name][0]())


def all_view_names(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                yield from all_view_names(
                    pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else prefix
                )
        elif isinstance(pattern, URLPattern):
            yield prefix + pattern.name


def paths(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from paths(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield re.sub(r"<[^>]*>", "<>", prefix + str(pattern.pattern))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_pages_share_an_address(language):
    with translation.override(language):
        ours = [path for path in paths(get_resolver().url_patterns) if not path.startswith("admin/")]
    assert [path for path, count in Counter(ours).items() if count > 1] == []


def test_no_page_is_missing_from_the_table():
    assert set(all_view_names(get_resolver().url_patterns)) == set(PAGES)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", PAGES)
def test_who_gets_which_answer(demo, name, role):
    client, languages = client_of(demo[role]), languages_of(name, role)
    asked = ASKED[name]() if role == "administrator" and name in ASKED else {}
    answers = {language: client.get(address(name, language), asked).status_code for language in languages}
    assert answers == dict.fromkeys(languages, PAGES[name][1][ROLES.index(role)])


def test_every_answer_is_asked_for_by_each_role_and_in_each_language():
    for name, (_kwargs, statuses, _is_page) in PAGES.items():
        asked = {(status, role): languages_of(name, role) for role, status in zip(ROLES, statuses, strict=True)}
        assert all(asked.values())
        for answer in statuses:
            together = [code for (status, _role), codes in asked.items() if status == answer for code in codes]
            assert sorted(together) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_every_page_is_whole(demo, name, language):
    """One h1, a title, a description, its language, its alternates; no id twice; nothing from elsewhere."""
    response = Client().get(address(name, language))
    html = response.content.decode()
    assert html.count("<h1") == 1
    assert f'<html lang="{language}"' in html
    assert re.search(r"<title>[^<]{8,}</title>", html)
    assert re.search(r'<meta name="description" content="[^"]{40,}"', html)
    assert set(re.findall(r'<link rel="alternate" hreflang="([^"]+)"', html)) == {*LANGUAGES, "x-default"}
    assert response["Content-Language"] == language
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert re.findall(r'(?:src|<link[^>]+stylesheet"[^>]+href)="(?:https?:)?//', html) == []
    assert " style=" not in html
    assert "<style" not in html


@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_the_language_switch_keeps_the_page_and_its_query(demo, name):
    answers = {language: Client().get(address(name, language) + "?q=hoja") for language in LANGUAGES}
    html = answers["sl"].content.decode()
    for language, answer in answers.items():
        assert f'href="{address(name, language)}?q=hoja" lang="{language}"' in html
        assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/sl/", "/sl/ni-je/", "/healthz", "/robots.txt", "/admin/login/", "/sl/\x00/"])
def test_every_answer_carries_the_security_headers(path):
    assert_the_documented_headers(Client().get(path))


def assert_the_documented_headers(response):
    """Those of the table in docs/security.md, word for word; but the one that only https carries."""
    text = (settings.BASE_DIR / "docs" / "security.md").read_text()
    documented = dict(re.findall(r"^\| `([A-Z][\w-]+)` \| `([^`]+)`", text, re.MULTILINE))
    documented.pop("Strict-Transport-Security")
    assert len(documented) == 8
    assert {name: response.headers.get(name) for name in documented} == documented


def test_a_static_file_carries_the_security_headers(settings, tmp_path):
    (tmp_path / "a.css").write_text("a {}")
    settings.STATIC_ROOT = tmp_path
    response = Client().get("/static/a.css")
    assert response.status_code == 200
    assert_the_documented_headers(response)


def test_over_https_browsers_are_told_to_come_that_way_for_two_years(settings):
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    response = Client().get("/sl/", secure=True)
    assert response["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"


def test_a_visitor_who_only_looks_gets_no_cookie(demo):
    client = Client()
    for name in FOR_PEOPLE:
        # with a form that is posted
        if name not in ("programmes:slip", "programmes:report", "actionplans:consultation"):
            client.get(address(name, "en"))
    assert dict(client.cookies) == {}


# ---- languages ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr,da;q=0.5", "da"),
        ("no", "nb"),
        ("nn-NO", "nb"),
        ("fr", "sl"),
        ("", "sl"),
        ("*", "sl"),
        ("en" * 9999, "sl"),
        (";;;q=,,", "sl"),
    ],
)
def test_the_browsers_languages_choose_at_the_root_only(header, language):
    response = Client().get("/", headers={"accept-language": header})
    assert (response.status_code, response["Location"]) == (302, f"/{language}/")
    assert "Accept-Language" in response["Vary"]


def test_an_address_decides_the_language_whatever_the_browser_says():
    response = Client().get("/da/", headers={"accept-language": "de"})
    assert response["Content-Language"] == "da"
    assert "Accept-Language" not in response.get("Vary", "")


def test_path_words_are_those_of_the_language():
    paths = {}
    for language in LANGUAGES:
        with translation.override(language):
            paths[language] = reverse("programmes:catalogue")
    assert paths == {
        "sl": "/sl/programi/",
        "en": "/en/programmes/",
        "da": "/da/tilbud/",
        "nb": "/nb/tilbud/",
        "de": "/de/angebote/",
    }


def test_the_english_addresses_are_the_promised_ones():
    with translation.override("en"):
        names = (
            "programmes:catalogue",
            "partners:places",
            "partners:partners",
            "partners:about",
            "programmes:list",
        )
        assert [reverse(name) for name in names] == [
            "/en/programmes/",
            "/en/places/",
            "/en/partners/",
            "/en/about/",
            "/en/list/",
        ]


# ---- addresses ------------------------------------------------------------------------------------
def test_the_number_decides_and_a_stale_slug_moves_for_good(demo):
    right = address("programmes:programme", "sl")
    stale = right.replace("opuscam-kajenje", "nekoc-drugace")
    response = Client().get(stale + "?print=large")
    assert (response.status_code, response["Location"]) == (301, right + "?print=large")


def test_a_programme_that_was_not_confirmed_for_a_year_says_so(demo):
    with translation.override("en"):
        path = reverse("programmes:programme", kwargs=outdated())
    response = Client().get(path)
    assert response.status_code == 410
    assert "Nobody has confirmed this programme for a year" in response.content.decode()


def test_an_archived_programme_says_that_it_has_ended():
    ended = make_programme(status="archived")
    response = Client().get(f"/en/programmes/{ended.pk}-{ended.slug}/")
    assert response.status_code == 410
    assert "This programme has ended." in response.content.decode()


def test_a_draft_is_not_found_by_strangers_and_marked_for_its_editors():
    organisation = make_organisation()
    draft = make_programme(organisation, status="draft", title_en="Secret plan")
    path = f"/en/programmes/{draft.pk}-secret-plan/"
    assert Client().get(path).status_code == 404
    assert signed_in(make_user("editor")).get(path).status_code == 404
    response = signed_in(make_user("editor", organisation)).get(path)
    assert response.status_code == 200
    assert "Only you and your colleagues see this page" in response.content.decode()
    assert '<meta name="robots" content="noindex">' in response.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/sl/programi/999999-x/",
        "/sl/kraji/999999-x/",
        "/sl/partnerji/999999-x/",
        "/sl/nikjer/",
        "/sl/programi/99999999999999999999999-x/",
        "/fr/",
        "/sl/programi/%FF%FE/",
    ],
)
def test_what_is_not_there_is_a_calm_404(path):
    response = Client().get(path)
    assert response.status_code == 404
    assert b"<h1>" in response.content


def test_a_nul_in_the_address_is_a_calm_400():
    response = Client().get("/sl/\x00/")
    assert response.status_code == 400
    assert b"<h1>" in response.content


def test_an_error_of_ours_is_said_plainly_in_the_readers_language():
    from django.test import RequestFactory

    from portal.errors import server_error

    with translation.override("de"):
        response = server_error(RequestFactory().get("/de/"))
    assert response.status_code == 500
    assert '<html lang="de">' in response.content.decode()


def test_a_shared_link_carries_title_and_description_of_its_page(demo):
    html = Client().get(address("programmes:self-help", "en")).content.decode()
    assert '<meta property="og:title" content="Self-help groups">' in html
    assert '<meta property="og:description" content="Self-help groups near you,' in html


# ---- for machines ---------------------------------------------------------------------------------
def test_the_sitemap_lists_every_public_page_in_five_languages(demo):
    tree = ElementTree.fromstring(Client().get("/sitemap.xml").content)  # noqa: S314 – our own answer
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    places = [loc.text for loc in tree.findall("s:url/s:loc", space)]
    pages = (
        24
        + Strategy.objects.public().count()
        + Meeting.objects.public().count()
        + Programme.objects.published().count()
        + Location.objects.count()
        + Organisation.objects.members().count()
        + Measure.objects.public().count()
        + Need.objects.public().count()
        + SharedPractice.objects.published().count()
        + Pathway.objects.published().count()
        + Region.objects.count()
    )
    assert len(places) == len(set(places)) == 5 * pages
    assert all(len(url.findall("x:link", space)) == 6 for url in tree.findall("s:url", space))
    for place in places[:: len(places) // 25]:
        assert Client().get(place.replace("http://testserver", "")).status_code == 200


def test_robots_keep_off_permutations_and_personal_pages():
    text = Client().get("/robots.txt").content.decode()
    for line in (
        "Disallow: /admin/",
        "Disallow: /sl/seznam/",
        "Disallow: /en/list/",
        "Disallow: /en/suggestions/",
        "Sitemap: http://testserver/sitemap.xml",
    ):
        assert line in text


def test_the_manifest_names_icons_that_exist():
    from django.contrib.staticfiles import finders

    for one in json.loads(Client().get("/manifest.webmanifest").content)["icons"]:
        assert finders.find(one["src"].removeprefix(settings.STATIC_URL))


def test_icons_that_templates_name_are_drawn():
    for template in (settings.BASE_DIR / "templates").rglob("*.html"):
        for name in re.findall(r'{% icon "([^"]+)" %}', template.read_text(encoding="utf-8")):
            assert "<path" in icon(name) or "<circle" in icon(name), f"{name} in {template.name}"


# ---- a fixed number of questions ------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("home", 28),
        ("programmes:programme", 24),
        ("partners:places", 9),
        ("partners:partners", 4),
        ("partners:place", 20),
        ("partners:partner", 24),
        ("programmes:list", 10),
        ("actionplans:practices", 7),
        ("actionplans:practice", 6),
        ("actionplans:groups", 6),
        ("actionplans:region", 10),
        ("programmes:self-help", 24),
        ("programmes:pathways", 6),
        ("programmes:pathway", 11),
        ("actionplans:sectors", 14),
        ("sitemap", 10),
    ],
)
def test_pages_ask_few_questions(demo, name, most, django_assert_max_num_queries):
    path = address(name, "en")
    with django_assert_max_num_queries(most):
        Client().get(path)


def test_an_unknown_host_is_a_calm_400():
    response = Client().get("/robots.txt", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert b"evil.example" not in response.content


@pytest.mark.parametrize("language", ["sl", "de"])
def test_search_engines_are_sent_to_the_portals_own_language(language, settings):
    settings.LANGUAGE_CODE = language
    html = Client().get("/en/about-nothing/").content.decode()
    assert f'hreflang="x-default" href="http://testserver/{language}/"' in html


@pytest.mark.parametrize("path", ["//[", "//evil.example/x", "///"])
def test_an_address_that_looks_like_another_host_is_a_calm_404(path):
    response = Client().get("/", PATH_INFO=path)
    assert response.status_code == 404
    assert b"//evil.example" not in response.content
