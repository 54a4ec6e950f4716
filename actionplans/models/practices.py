"""SharedPractice: what a group did, told so that others can do it too; Adoption: who took it into their plan."""

from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from partners.models import Group, Organisation, coordinated_by, groups_of
from partners.models.people import phone_validator
from portal import languages, placeholders
from portal.models import Vocabulary

from ..moves import move
from .measures import Measure

TEXTS = (
    "title", "problem", "description", "rationale", "for_whom", "people", "costs", "materials", "outcome",
)  # fmt: skip


class Link(NamedTuple):
    address: str
    words: str


def links(text):
    """[Link] of a text with one link a line: the address, then in words what it is."""
    found = []
    for line in (text or "").splitlines():
        address, _space, words = line.strip().partition(" ")
        if address.startswith(("https://", "http://")):
            found.append(Link(address, words.strip() or address.split("//", 1)[1]))
    return found


class SharedPracticeQuerySet(models.QuerySet):
    def published(self):
        return self.filter(state=SharedPractice.State.PUBLISHED)

    def editable_by(self, user):
        return self.filter(group__in=coordinated_by(user))

    def visible_to(self, user):
        """Published ones; drafts and withdrawn ones to the members of the group that wrote them."""
        if not user.is_authenticated:
            return self.published()
        own = Q(group__in=groups_of(user)) | Q(group__in=coordinated_by(user))
        return self.filter(Q(state=SharedPractice.State.PUBLISHED) | own)


class SharedPractice(models.Model):
    """Its words are its own: what becomes of the measure later, or is not public of it, does not show here."""

    class State(models.TextChoices):
        DRAFT = "draft", _("not published yet")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    NEXT: dict[str, tuple[str, ...]] = {
        State.DRAFT: (State.PUBLISHED,),
        State.PUBLISHED: (State.WITHDRAWN,),
        State.WITHDRAWN: (State.PUBLISHED,),
    }

    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="practices")
    measure = models.OneToOneField(
        Measure, models.SET_NULL, verbose_name=_("measure"), null=True, blank=True, related_name="practice"
    )
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    problem = models.TextField(_("what was missing"), blank=True)
    description = models.TextField(_("what we do"), blank=True)
    rationale = models.TextField(_("why this helps"), blank=True)
    for_whom = models.TextField(_("for whom it is"), blank=True)
    people = models.TextField(_("who was needed, and for how long"), blank=True)
    costs = models.TextField(_("what it cost, and who paid"), blank=True)
    cost_eur = models.PositiveIntegerField(_("cost of a year in euros, about"), null=True, blank=True)
    materials = models.TextField(
        _("materials"),
        blank=True,
        help_text=_("One link a line: the address, a space, then what it is. https://example.org/leaflet The leaflet"),
    )
    outcome = models.TextField(_("what came of it"), blank=True)
    approach = models.CharField(_("approach"), max_length=14, choices=Measure.Approach)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("who did it"), null=True, blank=True, related_name="+"
    )
    contact_name = models.CharField(
        _("whom one may ask"), max_length=160, blank=True, help_text=_("A name, or the office: it is public.")
    )
    contact_email = models.EmailField(_("e-mail"), blank=True)
    contact_phone = models.CharField(_("phone"), max_length=30, blank=True, validators=[phone_validator])
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    published_on = models.DateField(_("published on"), null=True, blank=True, editable=False)
    terms = models.ManyToManyField("portal.Term", through="PracticeTerm", verbose_name=_("terms"), related_name="+")
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = SharedPracticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared practice")
        verbose_name_plural = _("shared practices")
        ordering = ["-published_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_on__isnull=False),
                name="shared_practice_published_on_a_day",
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0] or self.slug

    def get_absolute_url(self):
        return reverse("actionplans:practice", args=[self.pk, self.slug_in(languages.active())])

    def slug_in(self, language):
        return languages.slug_in(self, "title", language)

    @property
    def is_published(self):
        return self.state == self.State.PUBLISHED

    @property
    def subjects(self):
        """The terms that say what it is about and for whom."""
        return [term for term in self.terms.all() if term.vocabulary not in _QUALITY]

    @property
    def evidence_levels(self):
        return [term for term in self.terms.all() if term.vocabulary == Vocabulary.EVIDENCE_LEVEL]

    @property
    def criteria(self):
        """The criteria of good practice that it meets, as those say who tell it."""
        return [term for term in self.terms.all() if term.vocabulary == Vocabulary.GOOD_PRACTICE_CRITERION]

    @property
    def links(self):
        return links(languages.resolve(self, "materials")[0])

    @property
    def links_language(self):
        """The language of the words at the links, where it is not the reader's; else ""."""
        language = languages.resolve(self, "materials")[1]
        return language if language and language != languages.active() else ""

    def lacks(self, state):
        """Sentences on what is missing before it may move to a state; empty when it may."""
        if state != self.State.PUBLISHED:
            return []
        found = []
        for field, words in (
            ("description", gettext("Say what you do.")),
            ("for_whom", gettext("Say for whom it is.")),
            ("outcome", gettext("Say what came of it.")),
        ):
            if not languages.resolve(self, field)[0]:
                found.append(words)
        told = any(languages.resolve(self, field)[0] for field in ("people", "costs"))
        if not told and self.cost_eur is None:
            found.append(gettext("Say what it took: people, or money."))
        if not self.contact_email and not self.contact_phone:
            found.append(gettext("Give an e-mail address or a telephone number at which others may ask."))
        for column in languages.columns(*TEXTS):
            for placeholder in placeholders.find(getattr(self, column)):
                found.append(gettext("A real text is missing instead of “%(words)s”.") % {"words": placeholder})
        return found

    def move_to(self, state):
        """Raises ValidationError with what is missing; StaleObject."""
        if lacks := self.lacks(state):
            raise ValidationError(lacks)
        day = {"published_on": timezone.localdate()} if state == self.State.PUBLISHED else {}
        move(self, "state", state, **day)


_QUALITY = (Vocabulary.EVIDENCE_LEVEL, Vocabulary.GOOD_PRACTICE_CRITERION)


class PracticeTerm(models.Model):
    VOCABULARIES = (
        Vocabulary.LIFE_PHASE,
        Vocabulary.TOPIC,
        Vocabulary.TARGET_GROUP,
        Vocabulary.SETTING,
        Vocabulary.EVIDENCE_LEVEL,
        Vocabulary.GOOD_PRACTICE_CRITERION,
    )

    practice = models.ForeignKey(SharedPractice, models.CASCADE, verbose_name=_("shared practice"))
    term = models.ForeignKey(
        "portal.Term", models.PROTECT, verbose_name=_("term"), limit_choices_to={"vocabulary__in": VOCABULARIES}
    )

    class Meta:
        verbose_name = _("term of a shared practice")
        verbose_name_plural = _("terms of shared practices")
        constraints = [models.UniqueConstraint(fields=["practice", "term"], name="practice_term_once")]

    def __str__(self):
        return str(self.term)


class Adoption(models.Model):
    """A group took a practice into its plan: where the measure comes from, for good. A group takes one up once.

    What was known of it there on that day stands here, so that nobody takes it for what the measure itself has shown.
    """

    practice = models.ForeignKey(
        SharedPractice, models.PROTECT, verbose_name=_("shared practice"), related_name="adoptions"
    )
    group = models.ForeignKey(Group, models.CASCADE, verbose_name=_("group"), related_name="adoptions")
    measure = models.OneToOneField(Measure, models.CASCADE, verbose_name=_("measure"), related_name="adoption")
    adopted_on = models.DateField(pgettext_lazy("practice", "adopted on"), default=timezone.localdate)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=pgettext_lazy("practice", "adopted by"),
        null=True,
        blank=True,
        related_name="+",
    )
    outcome = models.TextField(_("what came of it"), blank=True, editable=False)
    evidence = models.ForeignKey(
        "portal.Term",
        models.PROTECT,
        verbose_name=_("evidence"),
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.EVIDENCE_LEVEL},
    )

    class Meta:
        verbose_name = _("adoption of a practice")
        verbose_name_plural = _("adoptions of practices")
        ordering = ["adopted_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["practice", "group"], name="adoption_once_per_group")]

    def __str__(self):
        return f"{self.group}: {self.practice}"
