"""Vocabularies in the administration: uses, retiring, and two terms that become one."""

import re
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from actionplans.models import Measure
from partners.models import LocationAccess
from portal import merging
from portal.models import Synonym, Term, Vocabulary
from portal.search.synonyms import Table
from programmes import editing, review
from programmes.content import content
from programmes.models import Programme, ProgrammeTerm, Proposal, ScheduleLanguage

from .records import (
    make_location,
    make_organisation,
    make_programme,
    make_schedule,
    make_term,
    make_user,
    signed_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.server]


@pytest.fixture
def administrator():
    return signed_in(make_user(is_staff=True, is_superuser=True, language="en"))


@pytest.fixture
def old():
    return make_term(
        slug="old", label_sl="Osama", everyday_words_sl="sam, pust dan", maps={"sdg": ["3.4"], "icd": "Z60"}
    )


@pytest.fixture
def new():
    return make_term(slug="new", label_sl="Osamljenost", everyday_words_sl="sam, zapuščen", maps={"sdg": ["3.1"]})


def act(client, action, *terms, **more):
    data = {"action": action, "_selected_action": [term.pk for term in terms], **more}
    return client.post("/admin/portal/term/", data, follow=True)


def save(client, term, **given):
    """The answer to the form of a term."""
    data = {f"label_{code}": "X" for code in ("sl", "en", "da", "nb", "de")} | {"order": 5, "is_active": "on"}
    return client.post(f"/admin/portal/term/{term.pk}/change/", data | given)


class TestMappings:
    LINES = ("sdg: 3.4;", "icd: Z60", "icf: e150; d450")

    def test_lines_mean_what_they_showed(self, administrator, old):
        maps = {"sdg": ["3.4"], "icd": "Z60", "icf": ["e150", "d450"], "hl7": None}
        facts = {"group": "health", "referral_required": True, "booking_required": False}
        Term.objects.filter(pk=old.pk).update(maps=maps, facts=facts)
        html = administrator.get(f"/admin/portal/term/{old.pk}/change/").content.decode()
        assert [line for line in self.LINES if line not in html] == []
        given = {name: re.search(rf'<textarea name="{name}"[^>]*>\s*([^<]*)<', html)[1] for name in ("maps", "facts")}
        assert save(administrator, old, **given).status_code == 302
        old.refresh_from_db()
        assert (old.maps, old.facts) == (maps, facts)

    def test_a_line_without_a_name_is_told_and_nothing_typed_is_lost(self, administrator, old):
        answer = save(administrator, old, maps="Z60")
        assert answer.status_code == 200
        assert "“Z60” was not understood" in answer.content.decode()
        assert Term.objects.get(pk=old.pk).maps == {"sdg": ["3.4"], "icd": "Z60"}


class TestMerging:
    def test_whatever_used_the_one_uses_the_other(self, old, new):
        first, both = make_programme(terms=[old]), make_programme(terms=[old, new])
        narrower = make_term(parent=old)
        synonym = Synonym.objects.create(language="sl", words="nikogar nimam", term=old)
        assert sum(merging.merge([old], new).values()) == 4
        assert [list(p.terms.all()) for p in (first, both)] == [[new], [new]]
        narrower.refresh_from_db()
        synonym.refresh_from_db()
        old.refresh_from_db()
        assert (narrower.parent, synonym.term, old.is_active, old.merged_into) == (new, new, False, new)

    def test_every_table_that_names_terms_is_known(self):
        names = {f"{model.__name__}.{name}" for model, name in merging.users()}
        assert names == {
            "Term.parent", "Synonym.term", "Organisation.sector", "LocationAccess.term", "ProgrammeTerm.term",
            "ScheduleLanguage.term", "NeedTerm.term", "BarrierTerm.term", "Barrier.kind", "Measure.cooperation_level",
            "Measure.prevention_level", "MeasureTerm.term", "Evaluation.evidence", "Assessment.evidence",
            "Adoption.evidence", "CoverageJudgement.row", "CoverageJudgement.column", "IndicatorPart.term",
            "Transition.from_phase", "Transition.to_phase", "ExpectedSector.sector", "PracticeTerm.term",
            "InterfaceTopic.term", "SelfHelpRequest.topic", "PathwayTerm.term", "PathwayStep.level",
            "PlanTargetGroup.term",
        }  # fmt: skip

    def test_words_and_mappings_are_joined(self, old, new):
        merging.merge([old], new)
        new.refresh_from_db()
        assert new.everyday_words_sl == "sam, zapuščen, pust dan, Osama"
        assert new.maps == {"sdg": ["3.1", "3.4"], "icd": "Z60"}
        assert "pust dan" in Table("sl").typed["#topic/new"].split("\n")

    def test_words_that_no_longer_fit_become_synonyms(self, old, new):
        Term.objects.filter(pk=new.pk).update(everyday_words_sl="x" * 298)
        merging.merge([old], new)
        assert Synonym.objects.get(words="pust dan").term == new

    def test_the_history_of_both_is_kept(self, old, new):
        programme = make_programme(terms=[old])
        merging.merge([old], new)
        row = ProgrammeTerm.objects.get(programme=programme)
        assert list(row.events.order_by("pgh_id").values_list("term", flat=True)) == [old.pk, new.pk]
        assert old.events.latest("pgh_id").is_active is False

    def test_an_open_form_notices_and_a_reviewer_need_not_look_again(self, old, new):
        programme = make_programme(terms=[old])
        merging.merge([old], new)
        now = Programme.objects.get(pk=programme.pk)
        assert (now.version, now.reviewed_version) == (2, 2)

    def test_a_proposal_that_waits_names_the_new_term(self, old, new):
        organisation = make_organisation()
        programme = make_programme(organisation)
        editor, coordinator = make_user("editor", organisation), make_user("coordinator", organisation)
        editing.save(programme, {"terms": [old.pk]}, editor, programme.version)
        merging.merge([old], new)
        proposal = Proposal.objects.get()
        assert proposal.changes == {"terms": [new.pk]}
        assert content(programme)["terms"] == []
        programme.refresh_from_db()
        assert review.open_proposal(programme) == proposal
        assert coordinator

    def test_places_languages_sectors_and_measures_follow(self):
        access = [make_term(Vocabulary.ACCESSIBILITY) for _ in range(2)]
        place = LocationAccess.objects.create(location=make_location(), term=access[0])
        spoken = [make_term(Vocabulary.LANGUAGE) for _ in range(2)]
        row = ScheduleLanguage.objects.create(schedule=make_schedule(make_programme()), term=spoken[0])
        sectors = [make_term(Vocabulary.SECTOR) for _ in range(2)]
        organisation = make_organisation(sector=sectors[0])
        for one, other in (access, spoken, sectors):
            merging.merge([one], other)
        for record, name, term in (
            (place, "term", access[1]),
            (row, "term", spoken[1]),
            (organisation, "sector", sectors[1]),
        ):
            record.refresh_from_db()
            assert getattr(record, name) == term
        assert Measure.objects.count() == 0

    def test_a_chain_leads_to_its_end(self, old, new):
        last = make_term()
        merging.merge([old], new)
        merging.merge([new], last)
        old.refresh_from_db()
        assert old.merged_into == last

    def test_who_writes_the_old_one_later_writes_the_new_one_in_sql_too(self, old, new):
        merging.merge([old], new)
        programme = make_programme(terms=[old])
        assert list(programme.terms.all()) == [new]
        with connection.cursor() as cursor:
            cursor.execute("UPDATE programmes_programmeterm SET term_id = %s", [old.pk])
        assert list(Programme.objects.get(pk=programme.pk).terms.all()) == [new]

    def test_what_cannot_be_one_is_refused(self, old, new):
        below = make_term(parent=old)
        for one, other in ((old, old), (old, make_term(Vocabulary.COST)), (old, below),
                           (old, make_term(is_active=False))):  # fmt: skip
            with pytest.raises(ValidationError):
                merging.merge([one], other)
        merging.merge([old], new)
        for one, other in ((old, below), (below, old)):
            with pytest.raises(ValidationError):
                merging.merge([one], other)

    def test_a_merged_term_cannot_come_back(self, old, new):
        merging.merge([old], new)
        with pytest.raises(IntegrityError), transaction.atomic():
            Term.objects.filter(pk=old.pk).update(is_active=True)


class TestAdministration:
    def test_it_asks_first_and_says_how_many_records_are_touched(self, administrator, old, new):
        make_programme(terms=[old])
        make_programme(terms=[old])
        html = act(administrator, "merge", old, new).content.decode()
        assert "terms of the programme: 2" in html
        assert Term.objects.get(pk=old.pk).is_active
        html = act(administrator, "merge", old, new, sure="1", stays=new.pk).content.decode()
        assert "2 records were changed" in html
        assert Term.objects.get(pk=old.pk).merged_into == new

    def test_terms_of_two_vocabularies_are_not_merged(self, administrator, old):
        html = act(administrator, "merge", old, make_term(Vocabulary.COST)).content.decode()
        assert "Choose two or more terms of one vocabulary." in html

    def test_retired_and_restored_unless_merged(self, administrator, old, new):
        assert "no longer be offered" in act(administrator, "retire", old, new).content.decode()
        assert Term.objects.filter(is_active=True, pk__in=[old.pk, new.pk]).count() == 2
        act(administrator, "retire", old, new, sure="1")
        assert Term.objects.filter(is_active=False).count() == 2
        act(administrator, "restore", new)
        merging.merge([old], new)
        html = act(administrator, "restore", old).content.decode()
        assert "One was merged and stays retired." in html

    def test_uses_are_counted_and_the_unused_found(self, administrator, old, new):
        make_programme(terms=[old])
        assert merging.with_uses(Term.objects.filter(pk=old.pk)).get().uses == 1
        html = administrator.get("/admin/portal/term/?use=none").content.decode()
        assert f"/admin/portal/term/{new.pk}/" in html
        assert f"/admin/portal/term/{old.pk}/" not in html

    def test_the_untranslated_are_found_in_any_language(self, administrator, old, new):
        Term.objects.filter(pk=old.pk).update(label_nb="")
        html = administrator.get("/admin/portal/term/?untranslated=any").content.decode()
        assert f"/admin/portal/term/{old.pk}/" in html
        assert f"/admin/portal/term/{new.pk}/" not in html


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_who_adds_the_old_term_while_it_is_merged_adds_the_new_one(self, old, new):
        programme = make_programme()
        is_merged, may_end = threading.Event(), threading.Event()

        def merge():
            with transaction.atomic():
                merging.merge([old], new)
                is_merged.set()
                may_end.wait(10)
            connection.close()

        def add():
            is_merged.wait(10)
            threading.Timer(0.3, may_end.set).start()
            ProgrammeTerm.objects.create(programme_id=programme.pk, term_id=old.pk)
            connection.close()

        threads = [threading.Thread(target=deed) for deed in (merge, add)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert list(programme.terms.all()) == [new]

    def test_who_added_it_right_before_is_moved_too(self, old, new):
        programme = make_programme()
        is_added, may_end = threading.Event(), threading.Event()

        def add():
            with transaction.atomic():
                ProgrammeTerm.objects.create(programme_id=programme.pk, term_id=old.pk)
                is_added.set()
                may_end.wait(10)
            connection.close()

        thread = threading.Thread(target=add)
        thread.start()
        is_added.wait(10)
        threading.Timer(0.3, may_end.set).start()
        merging.merge([old], new)
        thread.join()
        assert list(programme.terms.all()) == [new]
