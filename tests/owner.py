"""What only the owner of the tables may do, in a session of its own beside the tests' one."""

from contextlib import closing, contextmanager

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


def empty_tables(_operations, statements):
    """In place of `DatabaseOperations.execute_sql_flush`: the application may not truncate."""
    with owner_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
