from django.core.management.base import BaseCommand

from portal.texts import compile_texts


class Command(BaseCommand):
    help = "Compile the translations that have changed."
    requires_system_checks = ()

    def handle(self, *args, **options):
        compiled = compile_texts()
        self.stdout.write(f"compiled: {', '.join(compiled)}" if compiled else "translations are up to date")
