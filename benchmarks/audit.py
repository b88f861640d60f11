"""What the audit trail costs: the same rows written with its triggers and without, in one run."""

from contextlib import contextmanager
from datetime import date
from functools import partial

from django.db import connection

from accounts.audited import audited_models
from branches.models import Attendance
from config.ownership import as_owner
from workbook.services import import_workbook
from workbook.tables import TABLES

from .import_ import copy_all, dumped_rows, stored_tables, timed
from .results import Result

GOAL = 1.5
TIMES = 3  # the best of so many is taken, with and without in turn

UPDATE = "UPDATE branches_attendance SET status = 'excused' WHERE status = 'present'"
DELETE = "DELETE FROM branches_attendance"


def measure_audit(folder, *, year):
    """Write the rows of `folder`, which are stored already, again; yields Results. They are stored
    afterwards."""

    def take():
        return import_workbook(folder, effective=date(year, 12, 31))

    with dumped_rows() as dumps:
        rows = sum(table.model.objects.count() for table in TABLES)
        changed = Attendance.objects.filter(status="present").count()
        deleted = Attendance.objects.count()
        copy = partial(copy_all, dumps)
        fill = partial(refill, dumps)
        yield from compare(f"audit: DELETE of {deleted:,} rows", fill, partial(run, DELETE))
        yield from compare(f"audit: UPDATE of {changed:,} rows", fill, partial(run, UPDATE))
        yield from compare(f"audit: COPY of {rows:,} rows", empty, copy, GOAL)
        yield from compare(f"audit: import of {rows:,} rows", empty, take, GOAL)


def compare(name, prepare, write, goal=None):
    seconds = {False: [], True: []}
    for _time in range(TIMES):
        for audited in (False, True):
            prepare()
            with auditing(audited):
                seconds[audited].append(timed(write)[0])
    without = Result(f"{name}, without", min(seconds[False]))
    yield without
    yield Result(f"{name}, with", min(seconds[True]), without, goal)


@contextmanager
def auditing(wanted):
    switch_triggers("ENABLE" if wanted else "DISABLE")
    try:
        yield
    finally:
        switch_triggers("ENABLE")


def switch_triggers(state):
    with as_owner(), connection.cursor() as cursor:
        for model in audited_models():
            for operation in ("insert", "update", "delete"):
                cursor.execute(
                    f"ALTER TABLE {model._meta.db_table} {state} TRIGGER journal_{operation}"
                )


def empty():
    """The trail is emptied as well, so that both write into equally full tables."""
    tables = [*stored_tables(), "accounts_journalentry", "accounts_journalchange"]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")


def refill(dumps):
    empty()
    copy_all(dumps)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
