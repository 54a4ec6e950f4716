from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    name = "programmes"
    verbose_name = _("Programmes")

    def ready(self):
        """Its records are there to find, every change of them is noted, and there to read."""
        for name in ("search", "history"):
            import_module(f"{self.name}.{name}")
