from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActionPlansConfig(AppConfig):
    name = "actionplans"
    verbose_name = _("Action plans")

    def ready(self):
        """Its records are found and have a history, what falls due is done, people leave, figures come as tables."""
        for name in ("search", "history", "mails", "snapshots", "leaving", "figures_table", "reported"):
            import_module(f"{self.name}.{name}")
