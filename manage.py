#!/usr/bin/env python
"""Run Django's and the portal's own commands: `python manage.py help`."""

import os
import sys

from django.core.management import execute_from_command_line

from portal.embedded.server import EmbeddedError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        import pghistory  # asks the settings, and so not at the head of this file

        with pghistory.context(way="command"):
            execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        # The reader is somebody who wants to try the portal, and a traceback tells them nothing.
        sys.exit(f"No database: {error}")


if __name__ == "__main__":
    main()
