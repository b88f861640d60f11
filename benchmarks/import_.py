"""Import of a workbook, and the floors: plain COPY of the very rows that it stored.

Two floors. Into the same tables: with their indexes, constraints and triggers, deferred ones
checked, which is what storing the rows takes at the least. Into bare tables: no index, no
constraint, nothing but the rows; no database that keeps its promises reaches it.
"""

import tempfile
from contextlib import ExitStack, contextmanager
from datetime import date
from time import perf_counter

from django.db import connection, transaction

from config.ownership import as_owner
from evaluations.services.schemes import load_schemes
from workbook.services import import_workbook
from workbook.tables import TABLES

from .results import Result

GOAL = 6


def measure_import(folder, *, year):
    """Import `folder` into the empty database; yields Results. Its rows are stored afterwards."""

    def take():
        return import_workbook(folder, effective=date(year, 12, 31))

    first, report = timed(take)
    again, unchanged = timed(take)
    if unchanged.has_changes:
        raise AssertionError("importing the same workbook again changed something")
    with dumped_rows() as dumps:
        bare = Result("plain COPY into bare tables", copy_into_bare_tables(dumps))
        same = Result("plain COPY into the same tables", copy_into_same_tables(dumps))
    rows = sum(counts.created for counts in report.tables.values())
    yield same
    yield bare
    yield Result(f"import of {rows:,} rows", first, same, GOAL)
    yield Result(f"import of {rows:,} rows", first, bare)
    yield Result("import of the same again, nothing changes", again, same)


def timed(call):
    """(seconds, what it returns)"""
    began = perf_counter()
    value = call()
    return perf_counter() - began, value


def stored_tables():
    """{table: its columns, as SQL} in the order of writing; generated ones cannot be written."""
    return {
        table.db_table: ", ".join(
            f'"{field.column}"' for field in table.model._meta.local_fields if not field.generated
        )
        for table in TABLES
    }


@contextmanager
def dumped_rows():
    """{table: file with its rows, as COPY writes them}"""
    with ExitStack() as files, connection.cursor() as cursor:
        dumps = {table: files.enter_context(tempfile.TemporaryFile()) for table in stored_tables()}
        for table, columns in stored_tables().items():
            cursor.copy_expert(f"COPY {table} ({columns}) TO STDOUT", dumps[table])
        yield dumps


def copy_into_bare_tables(dumps):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA bare")
        for table in dumps:
            cursor.execute(f"CREATE TABLE bare.{table} (LIKE {table})")
        seconds = copy_all(dumps, "bare.")
        cursor.execute("DROP SCHEMA bare CASCADE")
    return seconds


def copy_into_same_tables(dumps):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(dumps)} CASCADE")
    load_schemes()  # they went along: organizations may make some
    seconds = copy_all(dumps)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return seconds


def copy_all(dumps, schema=""):
    """Seconds from the first row to the end of the commit, which asks the deferred constraints."""

    def copy():
        with transaction.atomic(), connection.cursor() as cursor:
            for table, columns in stored_tables().items():
                dumps[table].seek(0)
                cursor.copy_expert(f"COPY {schema}{table} ({columns}) FROM STDIN", dumps[table])

    return timed(copy)[0]
