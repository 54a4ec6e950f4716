from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    name = "programmes"
    verbose_name = _("Programmes")

    def ready(self):
        """Its records are found and have a readable history; what falls due is done; terms merge and people leave."""
        for name in ("search", "history", "due", "following", "leaving", "merging", "self_help", "visits"):
            import_module(f"{self.name}.{name}")
