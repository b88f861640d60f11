#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

    from django.core.management import execute_from_command_line

    from config.environment import OWNER_COMMANDS, SettingsError

    if sys.argv[1:] and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("DATABASE_ROLE", "owner")
    try:
        execute_from_command_line(sys.argv)
    except SettingsError as error:
        sys.exit(f"{error}")
