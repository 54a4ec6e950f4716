from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Words, search and mails")

    def ready(self):
        """Every change of the vocabularies is there to read."""
        import_module(f"{self.name}.history.terms")
