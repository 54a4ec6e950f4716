"""Programme: one offer of one organisation, as a resident reads it."""

from datetime import datetime, time
from typing import Any

from dateutil.relativedelta import relativedelta
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.models import Group, Organisation, Seat
from partners.models.checked import REMIND_AFTER, OnBehalf
from partners.models.people import phone_validator
from portal import languages
from portal.models import Term, Vocabulary
from portal.stale import StaleObject

from .. import school_years, sources

HIDE_AFTER = relativedelta(months=12)


class ProgrammeQuerySet(models.QuerySet):
    def published(self, today=None):
        """What residents see: published or paused, of a member, and confirmed within the last twelve months."""
        today = today or timezone.localdate()
        members = Organisation.objects.members().values("pk")
        return self.filter(status__in=Programme.PUBLIC, checked_on__gt=today - HIDE_AFTER, organisation__in=members)

    def outdated(self, today=None):
        """Would be public, had anybody confirmed them within twelve months."""
        today = today or timezone.localdate()
        return self.filter(status__in=Programme.PUBLIC, checked_on__lte=today - HIDE_AFTER)

    def due_for_check(self, today=None):
        """Not confirmed for six months or longer."""
        today = today or timezone.localdate()
        return self.filter(status__in=Programme.PUBLIC, checked_on__lte=today - REMIND_AFTER)

    def once_public(self, today=None):
        """Ended or outdated: their address says so instead of "not found", for they have been in people's hands."""
        ended = Q(status=Programme.Status.ARCHIVED, checked_on__isnull=False)
        return self.filter(ended | Q(pk__in=self.outdated(today).values("pk")))

    def editable_by(self, user):
        return self.filter(organisation__in=Organisation.objects.editable_by(user))

    def visible_to(self, user):
        """Public ones; and for those who edit them, drafts too. An administrator sees no group's drafts."""
        if not user.is_authenticated or user.is_superuser:
            return self.published()
        return self.filter(Q(pk__in=self.published().values("pk")) | Q(pk__in=self.editable_by(user).values("pk")))

    def with_card(self):
        """All that a card or a page shows, in a fixed number of queries; of the schedules those that are not over."""
        schedule: Any = apps.get_model("programmes", "Schedule")  # its module imports this one
        schedules = schedule.objects.current().select_related("location__settlement")
        # A term's other texts are many, and each programme has a dozen terms.
        terms = Term.objects.defer("seeded", "maps", *languages.columns("description", "everyday_words"))
        return self.select_related("organisation").prefetch_related(
            models.Prefetch("terms", terms),
            models.Prefetch(
                "schedules", schedules.prefetch_related("languages", "location__exceptions", "location__access")
            ),
        )


class Programme(OnBehalf):
    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("in review")
        PUBLISHED = "published", _("published")
        PAUSED = "paused", _("paused")
        ARCHIVED = "archived", _("archived")

    NEXT: dict[str, tuple[str, ...]] = {
        Status.DRAFT: (Status.IN_REVIEW, Status.PUBLISHED),
        Status.IN_REVIEW: (Status.PUBLISHED, Status.DRAFT),
        Status.PUBLISHED: (Status.PAUSED, Status.ARCHIVED),
        Status.PAUSED: (Status.PUBLISHED, Status.ARCHIVED),
        Status.ARCHIVED: (),
    }
    PUBLIC = (Status.PUBLISHED, Status.PAUSED)
    SELF_HELP_GROUP = "self-help-group"  # the format whose groups are written to by a form
    ON_REQUEST = "organisation-request"  # the way to join of what comes to a school or firm that asks by a form

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("provider"), related_name="programmes"
    )
    partners = models.ManyToManyField(
        Organisation,
        through="ProgrammePartner",
        verbose_name=_("partners"),
        related_name="partnered_programmes",
    )
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.DRAFT)
    is_full = models.BooleanField(_("full, with a waiting list"), default=False)
    resumes_on = models.DateField(_("resumes on"), null=True, blank=True, help_text=_("When paused, if it is known."))

    # Codes of the languages whose texts are not for readers yet; portal.languages reads past them.
    held_languages = ArrayField(
        models.CharField(max_length=5, choices=settings.LANGUAGES),
        verbose_name=_("languages held back"),
        default=list,
        blank=True,
        editable=False,
    )
    ready_languages = ArrayField(  # of those
        models.CharField(max_length=5, choices=settings.LANGUAGES),
        verbose_name=_("languages that wait to be published"),
        default=list,
        blank=True,
        editable=False,
    )

    title = models.CharField(_("title"), max_length=160)
    summary = models.CharField(_("summary"), max_length=500, blank=True)
    description = models.TextField(_("for whom"), blank=True)
    what_happens = models.TextField(_("what happens"), blank=True)
    first_visit = models.TextField(
        _("the first visit"),
        blank=True,
        help_text=_("Which door, who meets you, what to wear, may I bring someone?"),
    )
    bring = models.CharField(_("what to bring"), max_length=300, blank=True)
    easy_read = models.TextField(_("in easy language"), blank=True)
    not_for = models.TextField(
        _("when it is not for you"),
        blank=True,
        help_text=_("For everybody, in plain words: who should ask a doctor first, and who will not be helped by it."),
    )
    requirements = models.TextField(_("requirements, for professionals"), blank=True)
    brief_advice = models.CharField(
        _("sentence to say"),
        max_length=400,
        blank=True,
        help_text=_("One sentence a nurse can say to the person."),
    )

    sources = models.TextField(
        _("what it is based on"),
        blank=True,
        validators=[sources.validate],
        help_text=_("Guidelines or studies, one a line: title, year, link."),
    )
    school_years = ArrayField(
        models.CharField(max_length=7, validators=[school_years.validate]),
        verbose_name=_("school years"),
        default=list,
        blank=True,
        size=12,
        help_text=_("Only for kindergartens and schools: for which school years they can plan with it."),
    )

    terms = models.ManyToManyField(
        "portal.Term", through="ProgrammeTerm", verbose_name=_("terms"), related_name="programmes"
    )
    age_min = models.PositiveSmallIntegerField(_("from age"), null=True, blank=True)
    age_max = models.PositiveSmallIntegerField(_("to age"), null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(pgettext_lazy("how many people", "places"), null=True, blank=True)
    waiting_weeks = models.PositiveSmallIntegerField(_("waiting time in weeks"), null=True, blank=True)
    sessions = models.PositiveSmallIntegerField(_("number of sessions"), null=True, blank=True)

    contact_name = models.CharField(
        _("contact person"),
        max_length=120,
        blank=True,
        help_text=_("A self-help group can be written to by a form: leave out whoever does not want to be named."),
    )
    contact_role = models.CharField(_("role of the contact person"), max_length=160, blank=True)
    contact_phone = models.CharField(_("phone"), max_length=30, blank=True, validators=[phone_validator])
    contact_email = models.EmailField(_("e-mail"), blank=True)

    # What portal.pictures.store said of it: {"key", "wide": [width, height], "square": side}.
    photo = models.JSONField(_("photo"), null=True, blank=True)
    photo_alt = models.CharField(_("what the photo shows"), max_length=200, blank=True)
    photo_credit = models.CharField(
        _("who took the photo"), max_length=120, blank=True, help_text=_("Stands below it, for example: Ana Novak.")
    )

    continues_with = models.ManyToManyField(
        "self",
        through="Continuation",
        symmetrical=False,
        verbose_name=_("continue with"),
        related_name="follows",
    )
    checked_on = models.DateField(_("last checked on"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("last checked by"),
        null=True,
        blank=True,
        related_name="+",
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    copied_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        verbose_name=_("copied from"),
        null=True,
        blank=True,
        editable=False,
        related_name="copies",
    )
    reviewed_version = models.PositiveIntegerField(_("last reviewed version"), default=1, editable=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["published", "paused"]) | Q(checked_on__isnull=False),
                name="programme_public_only_when_checked",
                violation_error_message=_("Say when the programme was last checked before you publish it."),
            ),
            models.CheckConstraint(
                condition=Q(age_min__isnull=True) | Q(age_max__isnull=True) | Q(age_max__gte=F("age_min")),
                name="programme_ages_in_order",
                violation_error_message=_("The upper age must not be below the lower age."),
            ),
            models.CheckConstraint(
                # A comparison with NULL is unknown, and an unknown check passes: so IS NOT NULL first.
                condition=Q(title_sl__isnull=False, title_sl__gt="")
                | Q(title_en__isnull=False, title_en__gt="")
                | Q(title_da__isnull=False, title_da__gt="")
                | Q(title_nb__isnull=False, title_nb__gt="")
                | Q(title_de__isnull=False, title_de__gt=""),
                name="programme_has_a_title",
                violation_error_message=_("Give the title in at least one language."),
            ),
            models.CheckConstraint(
                condition=Q(title_sl__gt="", title_sl__isnull=False) & ~Q(held_languages__contains=["sl"])
                | Q(title_en__gt="", title_en__isnull=False) & ~Q(held_languages__contains=["en"])
                | Q(title_da__gt="", title_da__isnull=False) & ~Q(held_languages__contains=["da"])
                | Q(title_nb__gt="", title_nb__isnull=False) & ~Q(held_languages__contains=["nb"])
                | Q(title_de__gt="", title_de__isnull=False) & ~Q(held_languages__contains=["de"]),
                name="programme_title_not_held_back",
                violation_error_message=_("The title must stand in one language at least that is not held back."),
            ),
            models.CheckConstraint(
                condition=Q(held_languages__contains=F("ready_languages"))
                & Q(held_languages__contained_by=["sl", "en", "da", "nb", "de"]),
                name="programme_ready_languages_are_held",
                violation_error_message=_("Only a language that is held back can wait to be published."),
            ),
            models.CheckConstraint(
                condition=Q(photo__isnull=True)
                | Q(photo_alt_sl__isnull=False, photo_alt_sl__gt="")
                | Q(photo_alt_en__isnull=False, photo_alt_en__gt="")
                | Q(photo_alt_da__isnull=False, photo_alt_da__gt="")
                | Q(photo_alt_nb__isnull=False, photo_alt_nb__gt="")
                | Q(photo_alt_de__isnull=False, photo_alt_de__gt=""),
                name="programme_photo_has_words",
                violation_error_message=_("Say in at least one language what the photo shows."),
            ),
        ]

    def __str__(self):
        return languages.resolve(self, "title")[0] or self.slug

    def get_absolute_url(self):
        return reverse("programmes:programme", args=[self.pk, self.slug_in(languages.active())])

    def slug_in(self, language):
        return languages.slug_in(self, "title", language)

    def move_to(self, status, by, resumes_on=None):
        """Changes the status if the table allows it.

        Raises ValidationError on a move the table does not have, or by somebody who may not edit;
        StaleObject when another person moved it first. `checked_on` is set with publication;
        `resumes_on` is the day a paused one starts again, if it is known.
        """
        if status not in self.NEXT[self.status]:
            raise ValidationError(
                _("A programme that is “%(now)s” cannot become “%(next)s”."),
                params={"now": self.get_status_display(), "next": self.Status(status).label},
            )
        if not Programme.objects.editable_by(by).filter(pk=self.pk).exists():
            raise ValidationError(_("Only the provider and the coordinator may change this programme."))
        if status == self.Status.PUBLISHED and self.status != self.Status.PAUSED and not self.may_publish(by):
            raise ValidationError(_("In this group the coordinator publishes programmes. Submit it for review."))
        changes = {"status": status, "resumes_on": resumes_on if status == self.Status.PAUSED else None}
        if status == self.Status.PUBLISHED:
            changes |= {"checked_on": timezone.localdate(), "checked_by": by, "checked_way": "", "checked_role": ""}
        if status == self.Status.PUBLISHED and self.status != self.Status.PAUSED:
            changes |= {"reviewed_version": F("version") + 1}  # SQL reads both sides before it writes
        changed = Programme.objects.filter(pk=self.pk, status=self.status).update(version=F("version") + 1, **changes)
        if not changed:
            raise StaleObject(self)
        self.refresh_from_db()

    def may_publish(self, user):
        """Coordinators may; editors where none of the organisation's groups reviews programmes first."""
        groups = Group.objects.filter(memberships__in=self.organisation.memberships.current())
        seats = Seat.objects.current().filter(user=user, role=Seat.Role.COORDINATOR, membership__group__in=groups)
        return user.is_superuser or seats.exists() or not groups.filter(reviews_programmes=True).exists()

    @property
    def is_public(self):
        today = timezone.localdate()
        return self.status in self.PUBLIC and self.checked_on is not None and self.checked_on > today - HIDE_AFTER

    @property
    def photo_wide(self):
        return self.photo and reverse("picture", args=[self.photo["key"], "wide"])

    @property
    def photo_square(self):
        return self.photo and reverse("picture", args=[self.photo["key"], "square"])

    @property
    def is_paused(self):
        return self.status == self.Status.PAUSED

    @cached_property
    def terms_by_vocabulary(self):
        """{vocabulary: [terms in their order]}; reads the prefetched terms."""
        found = {}
        for term in sorted(self.terms.all(), key=lambda term: (term.order, term.slug)):
            found.setdefault(term.vocabulary, []).append(term)
        return found

    @property
    def life_phases(self):
        return self.terms_by_vocabulary.get(Vocabulary.LIFE_PHASE, [])

    @property
    def topics(self):
        return self.terms_by_vocabulary.get(Vocabulary.TOPIC, [])

    @property
    def target_groups(self):
        return self.terms_by_vocabulary.get(Vocabulary.TARGET_GROUP, [])

    @property
    def audience(self):
        """For whom, in words: the target groups, or the life phases where it is for everybody."""
        return [g for g in self.target_groups if g.slug != "general-population"] or self.life_phases

    @property
    def referral_routes(self):
        return self.terms_by_vocabulary.get(Vocabulary.REFERRAL_ROUTE, [])

    @property
    def evidence_levels(self):
        """What is known of whether it helps; that nobody has looked yet is not worth a line."""
        return [t for t in self.terms_by_vocabulary.get(Vocabulary.EVIDENCE_LEVEL, []) if t.slug != "unknown"]

    @property
    def source_list(self):
        return sources.read(self.sources)

    @property
    def costs(self):
        return self.terms_by_vocabulary.get(Vocabulary.COST, [])

    @property
    def support_kinds(self):
        return self.terms_by_vocabulary.get(Vocabulary.SUPPORT_KIND, [])

    @property
    def formats(self):
        return self.terms_by_vocabulary.get(Vocabulary.FORMAT, [])

    @property
    def is_self_help_group(self):
        return any(term.slug == self.SELF_HELP_GROUP for term in self.formats)

    @property
    def comes_on_request(self):
        return any(term.slug == self.ON_REQUEST for term in self.referral_routes)

    @property
    def accessibility(self):
        return self.terms_by_vocabulary.get(Vocabulary.ACCESSIBILITY, [])

    @property
    def needs_referral(self):
        """True when every way to join goes through somebody else."""
        routes = self.referral_routes
        return bool(routes) and all(route.facts.get("referral_required") for route in routes)

    @cached_property
    def spoken_languages(self):
        """Terms of the languages spoken in any of its schedules."""
        terms = {term.pk: term for schedule in self.schedules.all() for term in schedule.languages.all()}
        return sorted(terms.values(), key=lambda term: term.order)

    @cached_property
    def places(self):
        """Its locations, each once, in the order of the schedules."""
        return list({s.location_id: s.location for s in self.schedules.all() if s.location_id}.values())

    def next_dates(self, holidays=(), limit=3, now=None, before=None):
        """The next dates of all schedules together: [Occurrence], soonest first. While paused, those after it.

        `holidays` as Schedule.occurrences takes them.
        """
        after = self.runs_again(now)
        if after is None:
            return []
        limits = {"after": after, "before": before, "limit": limit}
        dates = [o for s in self.schedules.all() for o in s.occurrences(holidays=holidays, **limits)]
        return sorted(dates, key=lambda o: (o.start, o.end))[:limit]

    def runs_again(self, now=None):
        """The moment from which its dates count: now, or the day it resumes on; None while nobody knows that day."""
        now = now or timezone.now()
        if not self.is_paused:
            return now
        return self.resumes_on and max(now, timezone.make_aware(datetime.combine(self.resumes_on, time.min)))
