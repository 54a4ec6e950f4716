"""CalendarLink: the secret address by which a person's own calendar program reads that of their groups."""

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tokens import digest


class CalendarLinkManager(models.Manager["CalendarLink"]):
    def renew(self, user):
        """A new link in the place of the old one, which no longer works. Returns its token, which nothing keeps."""
        token = secrets.token_urlsafe(32)
        fields = {"token_digest": digest(token), "made_at": timezone.now()}
        self.update_or_create(user=user, defaults=fields)
        return token

    def opened_by(self, token):
        """The person whose link it is; None when there is no such link, or the account is closed."""
        found: Any = self.filter(token_digest=digest(token), user__is_active=True).select_related("user").first()
        return found and found.user


class CalendarLink(models.Model):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="calendar_link"
    )
    token_digest = models.CharField(_("digest of the token"), max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)

    objects = CalendarLinkManager()

    class Meta:
        verbose_name = _("calendar link")
        verbose_name_plural = _("calendar links")
        ordering = ["pk"]

    def __str__(self):
        return str(self.user)
