"""What only the owner of the tables may do, in a session of its own beside the tests' one."""

from contextlib import closing, contextmanager
from io import BytesIO
from itertools import compress

import psycopg2
from django.db import connection

from config.ownership import owner_login

LOCK_TIMEOUT = "60s"  # longer than any test holds a lock, and an end all the same


@contextmanager
def owner_cursor():
    """A cursor of the owner in the test database; each statement is committed at once."""
    login = {name.lower(): value for name, value in owner_login().items() if value}
    parameters = connection.get_connection_params() | login
    parameters["options"] = f"-c lock_timeout={LOCK_TIMEOUT}"
    with closing(psycopg2.connect(**parameters)) as session, session.cursor() as cursor:
        session.autocommit = True
        yield cursor


@contextmanager
def function_replaced(signature, body):
    """The SQL function has another body inside; `signature` is that of CREATE FUNCTION."""
    name = signature.partition("(")[0]
    with owner_cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(%(name)s::regproc), prorettype::regtype FROM pg_proc"
            " WHERE oid = %(name)s::regproc",
            {"name": name},
        )
        kept, returned = cursor.fetchone()
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {signature} RETURNS {returned} LANGUAGE sql {body}"
        )
        try:
            yield
        finally:
            cursor.execute(kept)


class Migrated:
    """The tables as migrations leave them: most are empty, some hold rows.

    After a test that commits, the owner empties those that hold other rows, as the application may
    not; and those that refer to them, as TRUNCATE wants it. To empty an empty table takes as long.
    """

    def __init__(self):
        self.tables = connection.introspection.django_table_names(
            only_existing=True, include_views=False
        )
        with owner_cursor() as cursor:
            self.rows = {table: _copy_of(cursor, table) for table in self._filled(cursor)}
            cursor.execute(
                "SELECT confrelid::regclass::text, array_agg(conrelid::regclass::text)"
                " FROM pg_constraint WHERE contype = 'f' GROUP BY 1"
            )
            self.referring = dict(cursor.fetchall())

    def restore(self):
        with owner_cursor() as cursor:
            changed = set(self._filled(cursor)) - self.rows.keys()
            changed |= {
                table for table, rows in self.rows.items() if _copy_of(cursor, table) != rows
            }
            emptied = self._with_referring(changed)
            if not emptied:
                return
            cursor.execute(f"BEGIN; TRUNCATE {', '.join(sorted(emptied))}")
            for table in self.rows.keys() & emptied:
                cursor.copy_expert(f"COPY {table} FROM STDIN", BytesIO(self.rows[table]))
            cursor.execute("COMMIT")

    def _filled(self, cursor):
        cursor.execute("SELECT " + ", ".join(f"EXISTS (TABLE {table})" for table in self.tables))
        return list(compress(self.tables, cursor.fetchone()))

    def _with_referring(self, tables):
        found, waiting = set(), list(tables)
        while waiting:
            table = waiting.pop()
            if table not in found:
                found.add(table)
                waiting += self.referring.get(table, ())
        return found


def _copy_of(cursor, table):
    with BytesIO() as file:
        cursor.copy_expert(f"COPY {table} TO STDOUT", file)
        return file.getvalue()
