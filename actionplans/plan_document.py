"""A strategy with its plan as one document: as a page to print, and as a .docx file of the same content."""

from datetime import date
from io import BytesIO
from typing import NamedTuple

import segno
from django.conf import settings
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from partners.models import Group
from portal import languages, markdown, pictures
from portal.dates import date_in_sentence
from portal.templatetags.portal import language_name, thousands

from . import carrying, how_they_go, priorities, sharing
from .health import Health
from .models import ActionPlan, Commitment, Indicator, Measure, Need
from .overview import tally
from .templatetags.plans import figure
from .word_file import Text, begin, cleaned, draw, heads, saved, say, widths


class Row(NamedTuple):
    """An indicator. The figures are words with their unit, "–" where there is none; the years "" or "2025"."""

    name: Text
    source: Text
    baseline: tuple[str, str]
    latest: tuple[str, str]
    target: tuple[str, str]


class Step(NamedTuple):
    """A measure."""

    title: Text
    phase: str
    health: Health
    description: Text
    lead: Text | None
    contact: str  # telephone of who leads, else the e-mail address, or ""
    helpers: list[Text]
    when: str
    budget: str
    costs: list[tuple[Text, str]]  # for what, and "4.000 € (municipality)"
    plans: str  # "2026–2027; 2028", where it stands in more than one
    verdict: tuple[str, Text] | None  # what the group decided last, and why
    reported_on: str
    report: Text | None


class Aim(NamedTuple):
    """An objective."""

    number: int
    title: Text
    description: Text
    owner: Text | None
    needs: list[Text]
    rows: list[Row]
    steps: list[Step]


class Legal(NamedTuple):
    """What a strategy or a plan rests on; `address` may be ""."""

    words: Text
    body: Text
    address: str


class First(NamedTuple):
    """A group that a plan is for first, why, and how many measures reach it, in words; "" where none does."""

    group: Text
    reason: Text
    reach: str


class Plan(NamedTuple):
    name: Text | None
    years: str
    legal: Legal | None
    groups: list[First]


class Aimed(NamedTuple):
    """What a measure wants to reach in a year."""

    measure: Text
    aim: Text
    state: str
    result: Text


class Logo(NamedTuple):
    """`source` is its address, `key` the name of its files."""

    key: str
    source: str
    words: Text
    width: int
    height: int


class Content(NamedTuple):
    group: Text
    logo: Logo | None
    title: Text
    period: str
    status: str
    adopted: tuple[str, Text] | None  # "adopted on …", and by whom
    as_of: str
    legal: Legal | None
    vision: Text
    values: list[Text]
    plans: list[Plan]  # those of which there is more to say than their years
    states: list[tuple[str, int]]
    aims: list[Aim]
    questions: list[tuple[Text, Text, str, list[Text]]]  # what, by whom, when, with which figures
    findings: list[tuple[Text, str, Text, str]]  # title, by whom and when, what it says, address
    years: list[tuple[str, list[Aimed]]]
    amendments: list[tuple[str, Text]]
    comments: str
    address: str
    version: int
    day: date

    @property
    def note(self):
        """A sentence that says in which other languages some of the texts stand; "" when none does."""
        codes = _languages(self) - {languages.active()}
        names = ", ".join(language_name(code) for code in languages.CODES if code in codes)
        words = _("Some texts are not translated yet and stand in another language: %(languages)s.")
        return words % {"languages": names} if names else ""


def content(strategy, user, plan=None):
    """The Content that `user` may read, in the language that is active; a fixed number of queries.

    With `plan`, one of the strategy's that the user may see, what stands in that one only.
    """
    plans = ActionPlan.objects.visible_to(user).filter(strategy=strategy).order_by("starts_on", "pk")
    in_view = [plan] if plan else list(plans)
    commitments = Prefetch("commitments", Commitment.objects.select_related("membership__organisation"))
    measures = Measure.objects.visible_to(user)
    measures = measures.prefetch_related(commitments, "reports", "budget_lines", "evaluations", "yearly_steps")
    objectives = list(
        strategy.objectives.select_related("owner").prefetch_related(
            Prefetch("needs", Need.objects.visible_to(user)),
            Prefetch("indicators", Indicator.objects.with_figures()),
        )
    )
    standing = sharing.placed(measures, in_view, user)
    if plan:
        objectives = [objective for objective in objectives if objective.pk in standing]
    shown = [measure for objective in objectives for measure in standing.get(objective.pk, [])]
    how_they_go.give(shown)
    states = tally(shown if plan else carrying.counted_once(shown))
    adopted = None
    if strategy.adopted_on:
        day = pgettext("strategy", "adopted on %(day)s") % {"day": date_in_sentence(strategy.adopted_on)}
        adopted = (day, _text(strategy, "adopted_by"))
    group = Group.objects.select_related("logo").get(pk=strategy.group_id)
    return Content(
        group=_text(group, "name"),
        logo=_logo(group),
        title=_text(strategy, "title"),
        period=f"{strategy.starts_on.year}–{strategy.ends_on.year}",
        status=strategy.standing,
        adopted=adopted,
        as_of=_("As it stood on %(day)s.") % {"day": date_format(timezone.localdate())},
        legal=_legal(strategy),
        vision=_text(strategy, "vision"),
        values=[_text(value, "words") for value in strategy.values.all()],
        plans=_plans(in_view, plan, user),
        states=[(capfirst(str(words)), count) for words, count, _tone in states],
        aims=[_aim(objective, standing.get(objective.pk, [])) for objective in objectives],
        questions=[_question(question) for question in strategy.evaluation_questions.prefetch_related("indicators")],
        findings=[
            _finding(f) for f in strategy.findings.filter(Q(measure=None) | Q(measure__in=measures.values("pk")))
        ],
        years=_years(shown, plan),
        amendments=[(date_format(a.made_on), _text(a, "reason")) for a in strategy.amendments.all()],
        comments=_answered(strategy.comments.shown().count()),
        address=_address(strategy, plan),
        version=strategy.version,
        day=timezone.localdate(),
    )


def _address(strategy, plan):
    address = settings.PORTAL_ADDRESS + reverse("actionplans:plan-document", args=[strategy.slug])
    return f"{address}?plan={plan.slug}" if plan else address


def _legal(record):
    words = _text(record, "legal_basis")
    return Legal(words, _text(record, "legal_body"), record.legal_link) if words.words else None


def _plans(plans, chosen, user):
    """[Plan] of those with a name, a legal basis or target groups; of one that was chosen, in any case."""
    first = priorities.of_plans(plans, user)
    found = []
    for plan in plans:
        name, groups = _text(plan, "title"), [_first(one) for one in first.get(plan.pk, [])]
        legal = _legal(plan)
        if name.words or groups or legal or plan == chosen:
            found.append(Plan(name if name.words else None, plan.years, legal, groups))
    return found


def _first(priority):
    return First(_text(priority.named.term, "label"), _text(priority.named, "reason"), _reach(priority.reach))


def _reach(count):
    words = ngettext("%(count)s measure reaches this group.", "%(count)s measures reach this group.", count)
    return words % {"count": count} if count else ""


def _years(measures, plan):
    """[("2026", [Aimed])] by year; of one plan, those within its years."""
    steps = [(step.year, measure, step) for measure in measures for step in measure.yearly_steps.all()]
    if plan:
        steps = [row for row in steps if plan.starts_on.year <= row[0] <= plan.ends_on.year]
    by_year: dict[int, list[Aimed]] = {}
    for year, measure, step in sorted(steps, key=lambda row: row[0]):
        state = _("reached") if step.is_done else _("not reached yet")
        row = Aimed(_text(measure, "title"), _text(step, "aim"), state, _text(step, "result"))
        by_year.setdefault(year, []).append(row)
    return [(str(year), rows) for year, rows in by_year.items()]


def _logo(group):
    picture = getattr(group, "logo", None)
    if picture is None:
        return None
    words = _text(picture, "alt")
    return Logo(picture.file_key, picture.wide, words, picture.wide_width, picture.wide_height)


def _text(record, field):
    words, code = languages.resolve(record, field)
    return Text(words, code or languages.active())


def _answered(count):
    words = ngettext(
        "%(count)s comment was answered in the consultation.",
        "%(count)s comments were answered in the consultation.",
        count,
    )
    return words % {"count": count} if count else ""


def _aim(objective, measures):
    return Aim(
        number=objective.number,
        title=_text(objective, "title"),
        description=_text(objective, "description"),
        owner=_text(objective.owner, "name") if objective.owner else None,
        needs=[_text(need, "title") for need in objective.needs.all()],
        rows=[_row(indicator) for indicator in objective.indicators.all()],
        steps=[_step(measure) for measure in measures],
    )


def _row(indicator):
    latest, target = indicator.latest, indicator.next_target
    return Row(
        name=_text(indicator, "name"),
        source=_text(indicator, "source"),
        baseline=_figure(indicator, indicator.baseline, indicator.baseline_on),
        latest=_figure(indicator, latest and latest[1], latest and latest[0]),
        target=_figure(indicator, target and target.value, target and target.due_on),
    )


def _figure(indicator, value, day):
    return figure(indicator, value), str(day.year) if day and value is not None else ""


def _step(measure):
    lead, report = measure.lead, measure.latest_report
    amount, verdict = measure.budget_eur, next(iter(measure.evaluations.all()), None)
    return Step(
        title=_text(measure, "title"),
        phase=capfirst(measure.get_phase_display()),
        health=measure.health,
        description=_text(measure, "description"),
        lead=_text(lead, "name") if lead else None,
        contact=(lead.phone or lead.email) if lead else "",
        helpers=[_text(partner, "name") for partner in measure.helpers] if lead else [],
        when=" – ".join(date_format(day) for day in (measure.starts_on, measure.ends_on) if day),
        budget="" if amount is None else _euros(amount),
        costs=[(_text(line, "label"), _cost(line)) for line in measure.budget_lines.all()],
        plans="; ".join(map(str, measure.plans)) if len(measure.plans) > 1 else "",
        verdict=(verdict.get_verdict_display(), _text(verdict, "reason")) if verdict else None,
        reported_on=date_format(report.written_on) if report else "",
        report=_text(report, "text") if report else None,
    )


def _question(question):
    day = date_format(question.done_on or question.due_on)
    words = _("looked at on %(day)s") if question.done_on else _("by %(day)s")
    figures = [_text(indicator, "name") for indicator in question.indicators.all()]
    return _text(question, "question"), _text(question, "looked_at_by"), words % {"day": day}, figures


def _finding(finding):
    where = ", ".join(filter(None, [finding.by, str(finding.year)]))
    return _text(finding, "title"), where, _text(finding, "says"), finding.url


def _euros(amount):
    return _("%(amount)s €") % {"amount": thousands(amount)}


def _cost(line):
    return f"{_euros(line.amount_eur)} ({line.payer})" if line.payer else _euros(line.amount_eur)


def _languages(value):
    """The languages of all texts in it."""
    if isinstance(value, Text):
        return {value.language} if value.words else set()
    if isinstance(value, (list, tuple)):
        return set().union(*map(_languages, value))
    return set()


# ---- the file for a word processor ----------------------------------------------------------------
def docx(shown):
    """Bytes of a .docx file: headings are headings, tables have a row of heads, and pictures say what they show."""
    shown = cleaned(shown)
    file = begin(shown.title.words, shown.group.words, f"{shown.title.words} · {shown.as_of}", shown.version, shown.day)
    writer = _Writer(file, languages.active())
    writer.opening(shown)
    for aim in shown.aims:
        writer.aim(aim)
    writer.years(shown.years)
    writer.closing(shown)
    return saved(file)


class _Writer:
    def __init__(self, file, language):
        self.file, self.language = file, language

    # -- steps ----------------------------------------------------------------------------------
    def heading(self, level, *parts):
        self._fill(self.file.add_heading("", level=level), parts)

    def line(self, *parts, style=None):
        self._fill(self.file.add_paragraph(style=style), parts)

    def _fill(self, paragraph, parts):
        for part in parts:
            text = part if isinstance(part, Text) else Text(cleaned(str(part)), self.language)
            say(paragraph, text, self.language).italic = text.is_foreign or None

    def long(self, text):
        """Paragraphs and lists of a longer text."""
        for words in filter(str.strip, (markdown.plain(text.words) or "").splitlines()):
            is_point = words.startswith("– ")
            style = "List Bullet" if is_point else None
            self.line(Text(words.removeprefix("– "), text.language), style=style)

    def points(self, *lines):
        for parts in lines:
            self.line(*(parts if type(parts) is tuple else (parts,)), style="List Bullet")

    # -- parts ----------------------------------------------------------------------------------
    def opening(self, shown):
        if shown.logo and (picture := pictures.as_png(shown.logo.key)):
            draw(
                self.file,
                picture,
                shown.logo.words.words,
                centimetres=min(5, 2.5 * shown.logo.width / shown.logo.height),
            )
        self.line(shown.group)
        self.heading(0, shown.title)
        day, body = shown.adopted or ("", None)
        by = (" (", body, ")") if body and body.words else ()
        self.line(" · ".join(filter(None, (shown.period, shown.status, day))), *by)
        self.line(shown.as_of)
        if shown.note:
            self.line(shown.note)
        if shown.legal:
            self.legal(shown.legal)
        if shown.vision.words:
            self.heading(1, _("Vision"))
            self.long(shown.vision)
        if shown.values:
            self.heading(1, _("Values"))
            self.points(*shown.values)
        for plan in shown.plans:
            self.plan(plan)
        if shown.states:
            self.heading(1, _("How it goes"))
            self.points(*(f"{words}: {count}" for words, count in shown.states))

    def legal(self, legal):
        body = (" · ", legal.body) if legal.body.words else ()
        address = (f" ({legal.address})",) if legal.address else ()
        self.line(_("Legal basis:"), " ", legal.words, *body, *address)

    def plan(self, plan):
        name = (plan.name, f", {plan.years}") if plan.name else (plan.years,)
        self.heading(1, _("Action plan:"), " ", *name)
        if plan.legal:
            self.legal(plan.legal)
        if plan.groups:
            self.heading(2, _("Who comes first"))
            none = _("No measure reaches this group yet.")
            self.points(*((one.group, ": ", one.reason, f" {one.reach or none}") for one in plan.groups))

    def years(self, years):
        if years:
            self.heading(1, _("Year by year"))
        for year, rows in years:
            self.heading(2, year)
            self.points(*((r.measure, ": ", r.aim, f" ({r.state}) ", r.result) for r in rows))

    def aim(self, aim):
        self.heading(1, f"{aim.number}. ", aim.title)
        if aim.owner:
            self.line(_("Answers for it:"), " ", aim.owner)
        self.long(aim.description)
        if aim.needs:
            self.heading(2, _("Because this was missing"))
            self.points(*aim.needs)
        if aim.rows:
            self.heading(2, _("How we see whether it helps"))
            self.table(aim.rows)
        for step in aim.steps:
            self.step(step)

    def table(self, rows):
        table = self.file.add_table(rows=1, cols=4, style="Table Grid")
        heads(table, (_("Indicator"), _("Baseline"), _("Latest"), _("Target")))
        for row in rows:
            cells = table.add_row().cells
            source = (" (", row.source, ")") if row.source.words else ()
            self._fill(cells[0].paragraphs[0], (row.name, *source))
            for cell, (value, year) in zip(cells[1:], (row.baseline, row.latest, row.target), strict=True):
                cell.paragraphs[0].add_run(f"{value} ({year})" if year else value)
        widths(table, 6.4, 3.4, 3.1, 3.1)
        self.file.add_paragraph()

    def step(self, step):
        self.heading(2, step.title)
        why = f" ({'; '.join(map(str, step.health.reasons))})" if step.health.reasons else ""
        states = dict.fromkeys([step.phase, capfirst(str(step.health.label))])  # "completed" is said once
        self.line(f"{' · '.join(states)}{why}")
        self.long(step.description)
        if any(facts := _facts(step)):
            self.line(*facts)
        if step.plans:
            self.line(_("Stands in the plans:"), f" {step.plans}")
        self.points(*((label, f": {amount}") for label, amount in step.costs))
        if step.verdict:
            self.line(f"{_('What the group decided')}: {step.verdict[0]}. ", step.verdict[1])
        if step.report:
            self.line(f"{step.reported_on}: ", step.report)

    def closing(self, shown):
        if shown.questions:
            self.heading(1, _("How we find out whether it works"))
            for question, who, when, figures in shown.questions:
                self.line(question, ": ", who, f", {when}", style="List Bullet")
                if figures:
                    names = [part for name in figures for part in ("; ", name)][1:]
                    self.line(_("With these figures:"), " ", *names)
        if shown.findings:
            self.heading(1, _("What was published"))
            for title, where, says, address in shown.findings:
                self.line(title, f" ({where}): ", says, f" {address}" if address else "", style="List Bullet")
        if shown.amendments:
            self.heading(1, _("Changed since it was approved"))
            self.points(*((f"{day}: ", reason) for day, reason in shown.amendments))
        if shown.comments:
            self.line(shown.comments)
        self.line(_("What has changed since then stands here:"), " ", shown.address)
        code = BytesIO()
        segno.make(shown.address, error="m", micro=False).save(code, kind="png", scale=6, border=2)
        code.seek(0)
        words = _("QR code with the address of this document: %(address)s") % {"address": shown.address}
        draw(self.file, code, words, centimetres=3)


def _facts(step):
    """ "Led by A, with B, C. 1 January 2026 – 31 December 2026. 4.000 €": the parts of one line."""
    parts: list = []
    if step.lead:
        parts += [_("Led by"), " ", step.lead, f" ({step.contact})" if step.contact else ""]
        for number, partner in enumerate(step.helpers):
            parts += [", " if number else f", {_('with')} ", partner]
        parts.append(". ")
    if step.when:
        parts.append(f"{step.when}. ")
    return [*parts, step.budget]
