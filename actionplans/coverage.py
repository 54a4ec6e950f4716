"""Coverage: in a table of two vocabularies, where programmes and measures stand, and where nothing does.

Programmes are counted from the catalogue in memory, so a table of any size costs no query for its cells. A measure
stands where its public programmes stand; while it has none, where the needs stand that its objective answers.
The thresholds are in docs/words.md.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from partners.models import Membership
from programmes.catalogue import Catalogue, Choice
from programmes.facets import FACET_OF, FACETS
from programmes.index.bits import NOTHING, union

from .coverage_links import catalogue_link, cell_address
from .models import (
    CoverageJudgement,
    MatrixName,
    Measure,
    MeasureProgramme,
    MeasureTerm,
    Need,
    NeedTerm,
    ObjectiveNeed,
    Strategy,
)

COVERED = 2  # programmes from which a cell is covered
DENSE = 5  # programmes from which they may overlap
FILTERS = ("place", "spoken", "cost", "year")


class State(TextChoices):
    GAP = "gap", _("gap")
    THIN = "thin", _("thin")
    COVERED = "covered", _("covered")
    DENSE = "dense", _("dense")
    NOT_NEEDED = "not_needed", _("not needed")

    @property
    def icon(self):
        return f"cover-{self.value.replace('_', '-')}"


MEANINGS = {
    State.GAP: _("no programme and no measure"),
    State.THIN: _("one programme, or only a measure so far"),
    State.COVERED: _("two to four programmes"),
    State.DENSE: _("five programmes or more: they may overlap"),
    State.NOT_NEEDED: _("the group has judged that nothing is needed, and says why"),
}


class Matrix(NamedTuple):
    """A table: facets of the catalogue whose terms are its rows and columns."""

    name: MatrixName
    rows: str
    columns: str

    @property
    def row_name(self):
        return FACETS[self.rows][0]

    @property
    def column_name(self):
        return FACETS[self.columns][0]


MATRICES: dict[str, Matrix] = {
    "phases": Matrix(MatrixName.PHASES, "topic", "phase"),
    "settings": Matrix(MatrixName.SETTINGS, "group", "setting"),
}


def state_of(programmes, measures, is_judged=False):
    """The State of a cell with so many programmes and measures."""
    if is_judged:
        return State.NOT_NEEDED
    if programmes >= DENSE:
        return State.DENSE
    if programmes >= COVERED:
        return State.COVERED
    return State.THIN if programmes or measures else State.GAP


@dataclass(frozen=True)
class Cell:
    """Where a row meets a column; `before` is its state on an earlier day where that was another."""

    row: Choice
    column: Choice
    programmes: int
    measures: int
    state: State
    needs: int = 0
    judgement: CoverageJudgement | None = None
    address: str = ""
    before: State | None = None


class NeedRow(NamedTuple):
    """An open need; `programmes` is None where its terms are too few to tell."""

    need: Need
    programmes: int | None
    measures: int
    address: str


# ---- what stands where ----------------------------------------------------------------------------
def programmes_of(index, group):
    """Bits of the public programmes of the group's members today."""
    key = ("group", group.pk, index.today)
    if key not in index.derived:
        members = Membership.objects.current(index.today).filter(group=group).values_list("organisation", flat=True)
        index.keep(key, index.having("provider", [str(number) for number in members]))
    return index.derived[key]


def measures_of(group, user):
    """Measures of the group that `user` may see and that are not over; what became everyday work still counts.

    One that carries another on stands for both from the day its plan begins, not before.
    """
    running = Strategy.objects.not_replaced()
    over = (Measure.Phase.COMPLETED, Measure.Phase.STOPPED)
    shown = Measure.objects.visible_to(user).filter(plan__strategy__group=group)
    return shown.of_strategies(running).exclude(phase__in=over).once()


def open_needs(group, user):
    closed = (Need.Status.RESOLVED, Need.Status.NOT_PURSUED)
    return Need.objects.visible_to(user).filter(group=group).exclude(status__in=closed)


class Standing:
    """Where the group's measures and needs stand, as `user` may see them. Five queries, whatever the size.

    What stands somewhere carries terms: {facet: {slug}}.
    """

    def __init__(self, group, user, index):
        self.group, self.user, self.index = group, user, index
        self._carried: dict[int, dict] = {}

    @cached_property
    def objective_of(self):
        """{measure: its objective}"""
        return dict(measures_of(self.group, self.user).order_by().values_list("pk", "objective"))

    @cached_property
    def offers(self):
        """{measure: [its public programmes]}"""
        found = defaultdict(list)
        shown = measures_of(self.group, self.user)
        pairs = MeasureProgramme.objects.filter(measure__in=shown.order_by().values("pk"))
        for measure, programme in pairs.values_list("measure", "programme"):
            if self.index.all.has(programme):
                found[measure].append(programme)
        return found

    @cached_property
    def needs(self):
        """{need: {facet: {slug}}} of all the group's needs the reader may see."""
        found = {pk: defaultdict(set) for pk in self._needs().order_by().values_list("pk", flat=True)}
        for need, number in NeedTerm.objects.filter(need__group=self.group).values_list("need", "term"):
            term = self.index.terms.get(number)
            if term and need in found and term.vocabulary in FACET_OF:
                found[need][FACET_OF[term.vocabulary]].add(term.slug)
        return found

    def _needs(self):
        return Need.objects.visible_to(self.user).filter(group=self.group)

    @cached_property
    def answered(self):
        """{objective: [need]}"""
        found = defaultdict(list)
        pairs = ObjectiveNeed.objects.filter(objective__strategy__group=self.group)
        for objective, need in pairs.values_list("objective", "need"):
            found[objective].append(need)
        return found

    @cached_property
    def carriers(self):
        """{measure: [terms of what it stands by]}: its own and its public programmes, else its objective's needs."""
        found = {}
        for measure, objective in self.objective_of.items():
            own = [self.own[measure]] if measure in self.own else []
            own += [self.terms_of(programme) for programme in self.offers.get(measure, ())]
            found[measure] = own or [self.needs[need] for need in self.answered[objective] if need in self.needs]
        return found

    @cached_property
    def own(self):
        """{measure: {facet: {slug}}} of the terms that measures carry themselves."""
        found: dict[int, dict[str, set[str]]] = {}
        shown = measures_of(self.group, self.user)
        pairs = MeasureTerm.objects.filter(measure__in=shown.order_by().values("pk"))
        for measure, number in pairs.values_list("measure", "term"):
            term = self.index.terms.get(number)
            if term and term.vocabulary in FACET_OF:
                found.setdefault(measure, defaultdict(set))[FACET_OF[term.vocabulary]].add(term.slug)
        return found

    def terms_of(self, programme):
        """{facet: {slug}} of a programme, of the facets that tables have."""
        if programme not in self._carried:
            facets = {facet for matrix in MATRICES.values() for facet in (matrix.rows, matrix.columns)}
            self._carried[programme] = {
                facet: {slug for slug, bits in self.index.bits[facet].items() if bits.has(programme)}
                for facet in facets
            }
        return self._carried[programme]


class Coverage:
    """One table of a group, as `user` may see it; `chosen` narrows it: {filter: [values]}.

    `names_group`: whether addresses say whose table it is.
    """

    def __init__(self, group, matrix, user, chosen=None, catalogue=None, names_group=False):
        self.group, self.matrix, self.user, self.names_group = group, matrix, user, names_group
        self.catalogue = catalogue or Catalogue()
        self.index = self.catalogue.index
        self.chosen = {name: values for name, values in (chosen or {}).items() if name in FILTERS and values}
        self.matching = self.catalogue.matching(self.chosen)
        self.bits = self.matching & programmes_of(self.index, group)
        self.standing = Standing(group, user, self.index)

    @cached_property
    def rows(self):
        return self._choices(self.matrix.rows)

    @cached_property
    def columns(self):
        return self._choices(self.matrix.columns)

    def _choices(self, facet):
        """[Choice] of the terms in use, in the order of their vocabulary."""
        retired = {t.slug for t in self.index.terms.values() if FACET_OF.get(t.vocabulary) == facet and not t.is_active}
        return [choice for slug, choice in self.catalogue.labels[facet].items() if slug not in retired]

    def having(self, facet, slug):
        return self.index.bits[facet].get(slug, NOTHING)

    # ---- cells --------------------------------------------------------------------------------
    @cached_property
    def table(self):
        """[(row, [Cell])], rows and columns in the order of their vocabularies."""
        return [(row, self._row(row)) for row in self.rows]

    def _row(self, row):
        bits = self.bits & self.having(self.matrix.rows, row.value)
        return [
            self._cell(row, column, bits.count_with(self.having(self.matrix.columns, column.value)))
            for column in self.columns
        ]

    def _cell(self, row, column, programmes):
        place = (row.value, column.value)
        measures, judgement = len(self.measures[place]), self.judgements.get(place)
        return Cell(
            row=row,
            column=column,
            programmes=programmes,
            measures=measures,
            state=state_of(programmes, measures, judgement is not None),
            needs=len(self.needs[place]),
            judgement=judgement,
            address=self._address.replace("ROW", row.value).replace("COLUMN", column.value),
        )

    def cell(self, row, column):
        """One Cell by its slugs; KeyError when the table has none such."""
        rows, columns = ({c.value: c for c in choices} for choices in (self.rows, self.columns))
        return self._cell(rows[row], columns[column], self.programmes(row, column).count())

    def numbers(self, row, column):
        """[number of the term] of a row and a column."""
        wanted = {(self.matrix.rows, row), (self.matrix.columns, column)}
        return [n for n, t in self.index.terms.items() if (FACET_OF.get(t.vocabulary), t.slug) in wanted]

    def programmes(self, row, column):
        """Bits of the programmes in a cell."""
        return self.bits & self.having(self.matrix.rows, row) & self.having(self.matrix.columns, column)

    @cached_property
    def measures(self):
        """{(row, column): {measure}}; narrowed, only those count that have a programme which matches."""
        found = defaultdict(set)
        for measure, carriers in self.standing.carriers.items():
            if self.chosen:
                offers = [n for n in self.standing.offers.get(measure, ()) if self.matching.has(n)]
                carriers = [self.standing.terms_of(programme) for programme in offers]
            for place in self._places(carriers):
                found[place].add(measure)
        return found

    @cached_property
    def needs(self):
        """{(row, column): {need}} of the open ones."""
        found = defaultdict(set)
        for need in self.open:
            for place in self._places([self.standing.needs[need.pk]]):
                found[place].add(need.pk)
        return found

    def _places(self, carriers):
        return {(r, c) for terms in carriers for r in terms[self.matrix.rows] for c in terms[self.matrix.columns]}

    @cached_property
    def open(self):
        """The open needs; narrowed to places, those about them, and those about none in particular."""
        needs = open_needs(self.group, self.user).prefetch_related("settlements")
        return list(needs.about(self.chosen["place"]) if "place" in self.chosen else needs)

    @cached_property
    def judgements(self):
        """{(row, column): CoverageJudgement}"""
        rows = CoverageJudgement.objects.filter(group=self.group, matrix=self.matrix.name)
        rows = rows.select_related("seat__membership__organisation")
        slugs = {number: term.slug for number, term in self.index.terms.items()}
        return {(slugs[one.row_id], slugs[one.column_id]): one for one in rows}

    @cached_property
    def totals(self):
        """[(State, how many cells)] in the order of the states."""
        found = defaultdict(int)
        for _row, cells in self.table:
            for cell in cells:
                found[cell.state] += 1
        return [(state, found[state]) for state in State]

    # ---- needs --------------------------------------------------------------------------------
    @cached_property
    def need_rows(self):
        """[NeedRow] of the open needs: first those without any programme that fits, then by how few there are."""
        per_objective = defaultdict(int)
        for objective in self.standing.objective_of.values():
            per_objective[objective] += 1
        measures = defaultdict(int)
        for objective, needs in self.standing.answered.items():
            for need in needs:
                measures[need] += per_objective[objective]
        rows = [self._need_row(need, measures[need.pk]) for need in self.open]
        return sorted(rows, key=lambda row: (row.programmes is None, row.programmes or 0, row.need.reported_on))

    def _need_row(self, need, measures):
        """A programme fits that has one of the need's topics and one of its life phases, where it names any."""
        terms = self.standing.needs[need.pk]
        facets = [facet for facet in ("topic", "phase") if terms[facet]]
        if not facets:
            return NeedRow(need, None, measures, "")
        bits = self.bits
        for facet in facets:
            bits &= union(self.having(facet, slug) for slug in terms[facet])
        pairs = [(facet, slug) for facet in facets for slug in sorted(terms[facet])]
        return NeedRow(need, bits.count(), measures, catalogue_link([*pairs, *self.filter_pairs]))

    # ---- addresses ----------------------------------------------------------------------------
    @cached_property
    def filter_pairs(self):
        return [(name, value) for name in FILTERS for value in self.chosen.get(name, ())]

    @cached_property
    def query(self):
        """`?…` of the group and the filters, which every link keeps; "" without any."""
        pairs = [*([("of", self.group.slug)] if self.names_group else []), *self.filter_pairs]
        return "?" + urlencode(pairs) if pairs else ""

    @cached_property
    def _address(self):
        return cell_address(self.matrix, "ROW", "COLUMN") + self.query

    def in_catalogue(self, row, column):
        """Address of the catalogue with both terms and the filters."""
        return catalogue_link([(self.matrix.rows, row), (self.matrix.columns, column), *self.filter_pairs])
