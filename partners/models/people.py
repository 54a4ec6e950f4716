"""User: whoever signs in. Residents never do."""

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

phone_validator = RegexValidator(
    r"^\+?[0-9][0-9 ()/.-]{4,29}$",
    _("Write the number with digits and spaces, for example +386 1 000 01 10."),
)


def portal_language():
    """The portal's own language; a function, so that installations with different ones share their migrations."""
    return settings.LANGUAGE_CODE


class SmallEmailField(models.EmailField):
    """An address in small letters, whatever was typed: sign-in looks for those, and nobody means another mailbox by
    a capital.
    """

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs

    def to_python(self, value):
        return _small(super().to_python(value))

    def get_prep_value(self, value):
        return _small(super().get_prep_value(value))


def _small(value):
    return value.lower() if isinstance(value, str) else value


class UserManager(BaseUserManager["User"]):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=_small(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, email):
        """Sign-in does not mind capitals: Ana@… and ana@… are one person."""
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    email = SmallEmailField(_("e-mail"), max_length=254, unique=True)
    full_name = models.CharField(_("full name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=30, blank=True, validators=[phone_validator])
    language = models.CharField(
        _("language"),
        max_length=5,
        choices=settings.LANGUAGES,
        default=portal_language,
        help_text=_("Language of mails and of the administration."),
    )
    expertise = models.CharField(_("ask me about"), max_length=200, blank=True)
    is_listed = models.BooleanField(
        _("members see my e-mail address and telephone number"),
        default=True,
        help_text=_("Otherwise they see your name, your role and what they may ask you about."),
    )
    is_staff = models.BooleanField(_("may enter the administration"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("date joined"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["full_name"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_whatever_the_case",
                violation_error_message=_("A user with this e-mail address already exists."),
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_in_small_letters"),
        ]

    def __str__(self):
        return self.full_name or self.email

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name.split(" ")[0]
