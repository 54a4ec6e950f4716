"""The administration: every noun is there, its pages open, nothing is loaded from elsewhere."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext, override

from partners.models import Group, OpeningException
from portal import outbox, translation_states
from portal.admin import LOOKS
from portal.models import Look, Term
from programmes.models import Programme

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
from .test_plan import make_measure, make_strategy

pytestmark = pytest.mark.django_db
APPS = ("portal", "partners", "programmes")
# Rows of another record: edited on its page.
INLINE = {"OpeningHours", "LocationAccess", "RegionSeat", "WorkingGroup", "ProgrammePartner", "ProgrammeTerm",
          "Continuation", "ScheduleLanguage"}  # fmt: skip
# What the search keeps for itself.
INTERNAL = {"Change", "Following", "GroupMunicipality", "Import", "MailRhythm", "Once", "SearchDue", "SearchEntry",
            "SearchWord", "SeatNotice", "HandOver", "CheckReminder", "SwitchedOff", "TranslationState"}  # fmt: skip
# Kept on pages of their own, where the rules about them hold.
ELSEWHERE = {"CalendarLink", "ExpectedSector", "Invitation", "JoinRequest", "Picture", "ProblemReport", "Proposal",
             "Publication", "Reminder", "ReviewNote", "SelfHelpRequest", "WorkingGroupMember",
             "Pathway", "PathwayStep", "PathwayTerm", "StepProgramme", "VisitRequest"}  # fmt: skip
REGISTERED = [model for model in admin.site._registry if model._meta.app_label in APPS]


@pytest.fixture
def administrator():
    return signed_in(make_user(is_staff=True, is_superuser=True, language="de"))


@pytest.fixture
def records():
    organisation = make_organisation()
    make_schedule(make_programme(organisation, terms=[make_term()]), location=make_location(organisation))
    make_user("editor", organisation)
    group = Group.objects.first()
    OpeningException.objects.create(group=group, starts_on="2026-12-25", ends_on="2026-12-25")


def test_every_noun_is_registered():
    nouns = {
        m.__name__ for app in APPS for m in apps.get_app_config(app).get_models() if not m.__name__.endswith("Event")
    }
    assert nouns - {model.__name__ for model in REGISTERED} == INLINE | INTERNAL | ELSEWHERE


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_lists_searches_and_forms_open(model, administrator, records):
    base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    pages = [reverse(f"{base}_changelist"), reverse(f"{base}_changelist") + "?q=a"]
    if record := model.objects.first():
        pages.append(reverse(f"{base}_change", args=[record.pk]))
    for page in pages:
        response = administrator.get(page)
        assert response.status_code == 200, page
        html = response.content.decode()
        assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]+\.(?:js|css)', html) == []
        assert '<html lang="de"' in html


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_lists_ask_few_questions(model, administrator, records, django_assert_max_num_queries):
    for _ in range(5):
        make_schedule(make_programme(), location=make_location())
        make_user("editor")
    with django_assert_max_num_queries(15):  # three of them note when the session was last used
        administrator.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))


def test_a_mail_that_failed_is_tried_again(administrator):
    mail = outbox.queue("test", "ana@example.org", "en", "Hello", "x")
    mail.mark_failed("550 gone", is_final=True)
    administrator.post(
        reverse("admin:portal_outbox_changelist"), {"action": "try_again", "_selected_action": [mail.pk]}
    )
    mail.refresh_from_db()
    assert (mail.state, mail.tries, mail.error) == ("waiting", 0, "")


def test_whoever_may_only_read_the_outbox_tries_nothing_again():
    mail = outbox.queue("test", "ana@example.org", "en", "Hello", "x")
    mail.mark_failed("550 gone", is_final=True)
    reader = make_user(is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_outbox"))
    signed_in(reader).post("/admin/portal/outbox/", {"action": "try_again", "_selected_action": [mail.pk]})
    mail.refresh_from_db()
    assert mail.state == "failed"


def test_the_log_says_in_words_who_looked_at_what(administrator):
    person = make_user(full_name="Ana Novak")
    Look.objects.create(user=person, kind="people")
    html = administrator.get("/admin/portal/look/").content.decode()
    with override("de"):
        assert str(LOOKS["people"]) in html
    assert "Ana Novak" in html
    assert administrator.get("/admin/portal/look/?kind=people").content.decode().count("Ana Novak") == 1
    assert "Ana Novak" not in administrator.get("/admin/portal/look/?kind=export").content.decode()


@pytest.mark.parametrize(("page", "sentence"), [
    ("synonym/", "Nothing stands here yet. “Add” above begins the first one."),
    ("look/", "Nothing stands here yet; the portal fills this list by itself."),
    ("synonym/?q=joga", "Nothing in this list fits what you looked for."),
    ("synonym/?language__exact=sl", "Nothing in this list fits what you looked for."),
])  # fmt: skip
def test_an_empty_list_says_so_in_a_sentence(administrator, page, sentence):
    html = administrator.get(f"/admin/portal/{page}").content.decode()
    with override("de"):
        assert re.findall(r'class="empty-list">([^<]+?) ?<', html) == [escape(gettext(sentence))]


def test_the_search_field_has_its_name_in_the_readers_language(administrator):
    html = administrator.get("/admin/portal/synonym/").content.decode()
    assert re.findall(r'<label for="searchbar"><img[^>]+alt="([^"]+)"', html) == ["Suchen"]


def test_links_of_mails_are_their_readers_alone(administrator):
    mail = outbox.queue("invitation", "ana@example.org", "sl", "Vabilo", "Odprite https://a.example/sl/SECRET/ !")
    html = administrator.get(f"/admin/portal/outbox/{mail.pk}/change/").content.decode()
    assert ("Odprite https://a.example/…" in html, "SECRET" in html) == (True, False)


def test_the_index_leads_to_what_an_administrator_does_on_the_portals_pages(administrator, records):
    html = administrator.get("/admin/").content.decode()
    module = html.split('id="portal-module"')[1].split("</div>")[0]
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', module)]
    assert [administrator.get(link).status_code for link in links] == [200] * 8


def test_who_saves_later_than_somebody_else_is_told_and_loses_nothing(administrator):
    place = make_location(name_sl="Dom")
    address = f"/admin/partners/location/{place.pk}/change/"
    opened_on = re.search(r'name="opened_on" value="(\d+)"', administrator.get(address).content.decode())[1]
    data = {"organisation": place.organisation_id, "slug": place.slug, "name_sl": "Mlin", "address": "Lipova 1",
            "opened_on": opened_on}  # fmt: skip
    for prefix in ("hours", "locationaccess_set", "exceptions"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    assert administrator.post(address, data).status_code == 302
    second = administrator.post(address, {**data, "name_sl": "Vila"})
    assert (second.status_code, 'value="Vila"' in second.content.decode()) == (200, True)
    place.refresh_from_db()
    assert (place.name_sl, place.version) == ("Mlin", 2)


def test_a_change_of_the_original_outdates_its_translations_here_too(administrator):
    place = make_location(name_sl="Dom", name_da="Hus")
    data = {"organisation": place.organisation_id, "slug": place.slug, "name_sl": "Mlin", "name_da": "Hus",
            "address": "Lipova 1"}  # fmt: skip
    for prefix in ("hours", "locationaccess_set", "exceptions"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    assert administrator.post(f"/admin/partners/location/{place.pk}/change/", data).status_code == 302
    place.refresh_from_db()
    assert translation_states.outdated([place]) == {place.pk: [("name", "da")]}


def test_what_is_approved_is_not_rewritten_past_its_amendments(administrator):
    strategy = make_strategy(make_group())
    for record in (strategy, make_measure(strategy).objective):
        address = f"/admin/actionplans/{record._meta.model_name}/{record.pk}/change/"
        assert 'name="title_sl"' not in administrator.get(address).content.decode()
        assert administrator.post(address, {"title_sl": "Drugo"}).status_code == 403


def test_a_stranger_is_asked_to_sign_in():
    response = Client().get("/admin/programmes/programme/")
    assert (response.status_code, response["Location"]) == (302, "/admin/login/?next=/admin/programmes/programme/")


def test_an_editor_does_not_enter_the_administration():
    assert signed_in(make_user("editor")).get("/admin/programmes/programme/").status_code == 302


def test_drafts_are_listed_only_when_asked_for(administrator):
    make_programme(status="draft", title_de="Geheim")
    assert "Geheim" not in administrator.get("/admin/programmes/programme/").content.decode()
    assert "Geheim" in administrator.get("/admin/programmes/programme/?status=all").content.decode()
    assert "Geheim" in administrator.get("/admin/programmes/programme/?status=draft").content.decode()


def test_a_slug_once_made_stays(administrator):
    term = make_term(slug="sleep")
    html = administrator.get(f"/admin/portal/term/{term.pk}/change/").content.decode()
    assert 'name="slug"' not in html
    assert 'name="label_sl"' in html


def test_terms_are_retired_not_deleted(administrator):
    term = make_term()
    assert administrator.post(f"/admin/portal/term/{term.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Term.objects.filter(pk=term.pk).exists()


def test_untranslated_records_are_found(administrator):
    make_programme(title_sl="Samo slovensko")
    make_programme(title_sl="Oboje", title_da="Begge")
    html = administrator.get("/admin/programmes/programme/?untranslated=da").content.decode()
    assert "Samo slovensko" in html
    assert "Oboje" not in html


def test_the_form_names_what_the_database_would_refuse(administrator):
    programme = make_programme(age_min=18)
    data = {"age_min": "65", "age_max": "18", "title_sl": "Hoja", "slug": programme.slug, "status": "published",
            "organisation": programme.organisation_id, "checked_on": "2026-11-01"}  # fmt: skip
    for prefix in ("schedules", "programmeterm_set", "programmepartner_set", "continuations"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    response = administrator.post(f"/admin/programmes/programme/{programme.pk}/change/", data)
    assert response.status_code == 200
    assert "Das Höchstalter" in response.content.decode() or "Alter" in response.content.decode()
    assert Programme.objects.get().age_min == 18


def test_the_history_knows_who_changed_what_in_the_administration(administrator):
    term = make_term(slug="sleep")
    data = {"label_sl": "Spanec", "label_en": "Sleep", "label_da": "Søvn", "label_nb": "Søvn", "label_de": "Schlaf",
            "order": 5, "facts": "", "maps": "", "is_active": "on"}  # fmt: skip
    response = administrator.post(f"/admin/portal/term/{term.pk}/change/", data)
    assert response.status_code == 302
    event = term.events.order_by("-pgh_id").first()
    assert (event.label_de, event.pgh_context.metadata["url"]) == ("Schlaf", f"/admin/portal/term/{term.pk}/change/")
    assert event.pgh_context.metadata["user"] == int(administrator.session["_auth_user_id"])
