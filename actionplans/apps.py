from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActionPlansConfig(AppConfig):
    name = "actionplans"
    verbose_name = _("Action plans")

    def ready(self):
        """Its records have a readable history; what the year asks for is done."""
        for name in ("coverage_history", "snapshots"):
            import_module(f"{self.name}.{name}")
