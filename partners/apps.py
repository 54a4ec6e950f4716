from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = _("Partners")

    def ready(self):
        """Its records are there to find, every change of them is noted, and there to read; what falls due is done."""
        for name in ("search", "history", "joining", "leaving", "checking"):
            import_module(f"{self.name}.{name}")
