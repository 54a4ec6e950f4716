"""Pathway: who does what for somebody who needs help, whom to call and what happens next, step by step.

It says what organisations do, and nothing about any person: whoever walks it stands in no record of ours.
"""

from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Location, Organisation, coordinated_by, groups_of
from portal import languages, placeholders
from portal.models import Vocabulary
from portal.stale import StaleObject

from .programmes import Programme

TEXTS = ("title", "summary", "for_whom")
STEP_TEXTS = ("title", "text", "role")
FEWEST = 2  # steps of what is published


class Call(NamedTuple):
    """Whom to ring at a step: a telephone that everybody may know, and whose it is."""

    phone: str
    whose: Location | Organisation


class PathwayQuerySet(models.QuerySet):
    def published(self):
        return self.filter(state=Pathway.State.PUBLISHED)

    def editable_by(self, user):
        return self.filter(group__in=coordinated_by(user))

    def visible_to(self, user):
        """Published ones; drafts and withdrawn ones to the members of the group that wrote them."""
        if not user.is_authenticated:
            return self.published()
        own = Q(group__in=groups_of(user)) | Q(group__in=coordinated_by(user))
        return self.filter(Q(state=Pathway.State.PUBLISHED) | own)

    def with_steps(self):
        """All that the page shows, in a fixed number of queries; of programmes those that residents see."""
        programmes = Programme.objects.published().only(
            "slug", "status", "is_full", languages.HELD, *languages.columns("title")
        )
        steps = PathwayStep.objects.select_related("organisation", "place", "level").prefetch_related(
            models.Prefetch("programmes", programmes.order_by("pk"))
        )
        return self.select_related("group").prefetch_related(models.Prefetch("steps", steps), "terms")


class Pathway(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    NEXT: dict[str, tuple[str, ...]] = {
        State.DRAFT: (State.PUBLISHED,),
        State.PUBLISHED: (State.WITHDRAWN,),
        State.WITHDRAWN: (State.PUBLISHED,),
    }

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="pathways")
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(
        _("title"), max_length=160, help_text=_("As people say it: a child does not eat at school.")
    )
    summary = models.TextField(_("when it helps"), max_length=600, blank=True, help_text=_("One or two sentences."))
    for_whom = models.CharField(
        _("who it is for"), max_length=300, blank=True, help_text=_("Who follows it: teachers, nurses, neighbours …")
    )
    terms = models.ManyToManyField("portal.Term", through="PathwayTerm", verbose_name=_("terms"), related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    published_on = models.DateField(_("published on"), null=True, blank=True, editable=False)
    looked_at_on = models.DateField(_("last looked at on"), default=timezone.localdate, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = PathwayQuerySet.as_manager()

    class Meta:
        verbose_name = _("pathway")
        verbose_name_plural = _("pathways")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_on__isnull=False), name="pathway_published_on_a_day"
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0] or self.slug

    def get_absolute_url(self):
        return reverse("programmes:pathway", args=[self.pk, self.slug_in(languages.active())])

    def slug_in(self, language):
        return languages.slug_in(self, "title", language)

    @property
    def is_published(self):
        return self.state == self.State.PUBLISHED

    def _terms(self, vocabulary):
        found = [term for term in self.terms.all() if term.vocabulary == vocabulary]
        return sorted(found, key=lambda term: (term.order, term.slug))

    @property
    def topics(self):
        return self._terms(Vocabulary.TOPIC)

    @property
    def audience(self):
        """For whom, in words: life phases, then target groups."""
        return [*self._terms(Vocabulary.LIFE_PHASE), *self._terms(Vocabulary.TARGET_GROUP)]

    def lacks(self, state):
        """Sentences on what is missing before it may move to a state; empty when it may."""
        if state != self.State.PUBLISHED:
            return []
        steps, found = list(self.steps.all()), []
        if not languages.resolve(self, "for_whom")[0]:
            found.append(gettext("Say who it is for."))
        if len(steps) < FEWEST:
            found.append(gettext("Write at least two steps."))
        if any(not languages.resolve(step, "text")[0] for step in steps):
            found.append(gettext("Say of each step what is done."))
        written = [getattr(self, c) for c in languages.columns(*TEXTS)]
        written += [getattr(step, c) for step in steps for c in languages.columns(*STEP_TEXTS)]
        for words in dict.fromkeys(w for text in written for w in placeholders.find(text)):
            found.append(gettext("A real text is missing instead of “%(words)s”.") % {"words": words})
        return found

    def move_to(self, state):
        """Raises StaleObject on a move the table does not have, or when somebody changed it since it was read;
        ValidationError with what is missing.
        """
        if state not in self.NEXT[self.state]:
            raise StaleObject(self)
        if lacks := self.lacks(state):
            raise ValidationError(lacks)
        today = timezone.localdate()
        days = {"published_on": today, "looked_at_on": today} if state == self.State.PUBLISHED else {}
        rows = Pathway.objects.filter(pk=self.pk, version=self.version, state=self.state)
        if not rows.update(state=state, version=F("version") + 1, **days):
            raise StaleObject(self)
        self.refresh_from_db()

    def looked_at(self):
        """All still stands as it is written. Raises StaleObject when it was changed since it was read."""
        rows = Pathway.objects.filter(pk=self.pk, version=self.version)
        if not rows.update(looked_at_on=timezone.localdate(), version=F("version") + 1):
            raise StaleObject(self)


class PathwayTerm(models.Model):
    VOCABULARIES = (Vocabulary.TOPIC, Vocabulary.LIFE_PHASE, Vocabulary.TARGET_GROUP)

    pathway = models.ForeignKey(Pathway, models.CASCADE, verbose_name=_("pathway"))
    term = models.ForeignKey(
        "portal.Term", models.PROTECT, verbose_name=_("term"), limit_choices_to={"vocabulary__in": VOCABULARIES}
    )

    class Meta:
        verbose_name = _("term of a pathway")
        verbose_name_plural = _("terms of pathways")
        constraints = [models.UniqueConstraint(fields=["pathway", "term"], name="pathway_term_once")]

    def __str__(self):
        return str(self.term)


class PathwayStepQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(pathway__in=Pathway.objects.visible_to(user))

    def editable_by(self, user):
        """Coordinators; and whoever keeps the pages of the organisation that does the step, within its group."""
        own = Q(organisation__in=Organisation.objects.editable_by(user), pathway__group__in=groups_of(user))
        return self.filter(Q(pathway__group__in=coordinated_by(user)) | own)


class PathwayStep(models.Model):
    pathway = models.ForeignKey(Pathway, models.CASCADE, verbose_name=_("pathway"), related_name="steps")
    order = models.PositiveSmallIntegerField(_("order"), default=0, editable=False)
    title = models.CharField(_("title"), max_length=80, help_text=_("A word or two: notices, talks, refers, helps."))
    text = models.TextField(_("what is done"), max_length=600, blank=True, help_text=_("Two sentences are enough."))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("who does it"), null=True, blank=True, related_name="+"
    )
    role = models.CharField(
        _("in which role"), max_length=120, blank=True, help_text=_("Class teacher, practice nurse … never a name.")
    )
    place = models.ForeignKey(
        Location,
        models.SET_NULL,
        verbose_name=_("where to call"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Its telephone is shown; without a place, that of the organisation."),
    )
    within_days = models.PositiveSmallIntegerField(
        _("within how many days"), null=True, blank=True, help_text=_("0 is the same day. Empty: no time is set.")
    )
    level = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("cooperation level"),
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.COOPERATION_LEVEL},
    )
    programmes = models.ManyToManyField(
        Programme, through="StepProgramme", verbose_name=_("programmes that belong to it"), related_name="pathway_steps"
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = PathwayStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a pathway")
        verbose_name_plural = _("steps of pathways")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(within_days__isnull=True) | Q(within_days__lte=730), name="pathway_step_within_two_years"
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0]

    def get_absolute_url(self):
        return f"{self.pathway.get_absolute_url()}#step-{self.pk}"

    @property
    def within(self):
        """How soon, in words; "" where no time is set."""
        if self.within_days is None:
            return ""
        if not self.within_days:
            return gettext("The same day")
        words = ngettext("Within %(count)s day", "Within %(count)s days", self.within_days)
        return words % {"count": self.within_days}

    @property
    def call(self):
        """The Call of whoever does it; None where nobody gave a telephone."""
        for whose in (self.place, self.organisation):
            if whose and whose.phone:
                return Call(whose.phone, whose)
        return None

    def shift(self, by):
        """Moves it one place up (-1) or down (1); at either end nothing happens."""
        with transaction.atomic():
            Pathway.objects.select_for_update().get(pk=self.pathway_id)
            steps = list(PathwayStep.objects.filter(pathway=self.pathway_id))
            if self not in steps:  # taken out meanwhile
                return
            before = steps.index(self)
            after = min(max(before + by, 0), len(steps) - 1)
            steps.insert(after, steps.pop(before))
            for order, step in enumerate(steps, start=1):
                if step.order != order:
                    PathwayStep.objects.filter(pk=step.pk).update(order=order)


class StepProgramme(models.Model):
    step = models.ForeignKey(PathwayStep, models.CASCADE, verbose_name=_("step of a pathway"))
    programme = models.ForeignKey(Programme, models.CASCADE, verbose_name=_("programme"), related_name="+")

    class Meta:
        verbose_name = _("programme of a step")
        verbose_name_plural = _("programmes of steps")
        constraints = [models.UniqueConstraint(fields=["step", "programme"], name="step_programme_once")]

    def __str__(self):
        return str(self.programme)
