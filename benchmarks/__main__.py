"""Times of import, roll-up, trial, year end, audit trail and visits on synthetic data, beside their
floors: `make bench`.

    python -m benchmarks [--members N …] [--year YYYY] [--only PART …] [--seconds N]

Works in a database of its own beside the configured one, which is not touched.
"""

import argparse
import os
import tempfile
from contextlib import contextmanager
from datetime import date

from django.core.management import call_command
from django.db import connection

from config.ownership import as_owner
from workbook.services import import_workbook
from workbook.synthetic import generate_data

from .audit import measure_audit
from .import_ import measure_import
from .roll_up import measure_roll_up
from .trial import measure_trial
from .visits import measure_visits
from .year_end import measure_year_end

PARTS = ["import", "roll_up", "trial", "audit", "visits", "year_end"]


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--members", type=int, nargs="+", default=[10_000, 100_000], metavar="N")
    parser.add_argument("--year", type=int, default=2025, metavar="YYYY")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument(
        "--seconds", type=int, default=60, help="of posting visits, and as long again bare pages"
    )
    arguments = parser.parse_args()
    for members in arguments.members:
        with scratch_database(), tempfile.TemporaryDirectory() as folder:
            generate_data(members=members, year=arguments.year, output=folder)
            print(f"{members:,} members")
            for result in _measure(folder, arguments, first=members == min(arguments.members)):
                print(result, flush=True)


def _measure(folder, arguments, *, first):
    """Yield what the parts say; what does not depend on the number of members is measured once."""
    if "import" in arguments.only:
        yield from measure_import(folder, year=arguments.year)
    else:
        first_day = arguments.only == ["visits"]
        day = date(arguments.year, 1, 1) if first_day else date(arguments.year, 12, 31)
        import_workbook(folder, effective=day)
    if "roll_up" in arguments.only:
        yield from measure_roll_up("P", year=arguments.year)
    if "trial" in arguments.only:
        yield from measure_trial("P", year=arguments.year)
    if first and "audit" in arguments.only:
        yield from measure_audit(folder, year=arguments.year)
    if first and "visits" in arguments.only:
        yield from measure_visits(seconds=arguments.seconds)
    if "year_end" in arguments.only:
        yield from measure_year_end("P", year=arguments.year)


@contextmanager
def scratch_database():
    """A new database on the configured server, with all tables, which goes afterwards. Its owner
    makes it; imports and roll-ups in it are the application's."""
    settings = connection.settings_dict
    configured = settings["NAME"]
    scratch = f"{configured}_bench_{os.getpid()}"
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{scratch}"')
    settings["NAME"] = scratch
    try:
        with as_owner():
            call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        settings["NAME"] = configured
        with connection.cursor() as cursor:  # what a failure left open is the application's
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = %s AND usename = current_user",
                [scratch],
            )
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{scratch}"')


main()
