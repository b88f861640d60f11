"""The two roles of the embedded PostgreSQL and who owns what.

The owner has the database, its tables and functions, runs migrations, and may create databases,
for the tests. The application's role owns nothing; accounts/sql/privileges.sql grants it what it
does from day to day. docs/decisions/0008-two-database-roles.md says why.
"""

import contextlib

from psycopg2 import sql

OWNER, APPLICATION = "chibo_owner", "chibo"
ATTRIBUTES = {OWNER: "CREATEDB", APPLICATION: "NOCREATEDB"}


def make_roles(cursor, passwords):
    """Make the roles that are missing; `passwords` by the role. The cursor is the superuser's."""
    for role, password in passwords.items():
        names = {"role": sql.Identifier(role), "attribute": sql.SQL(ATTRIBUTES[role])}
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
        if not cursor.rowcount:
            statement = sql.SQL("CREATE ROLE {role} LOGIN {attribute} PASSWORD %s")
            cursor.execute(statement.format(**names), [password])


def make_database(cursor, database):
    """Make the owner's database if there is none."""
    cursor.execute("SELECT FROM pg_database WHERE datname = %s", [database])
    if not cursor.rowcount:
        names = {"database": sql.Identifier(database), "owner": sql.Identifier(OWNER)}
        cursor.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))


def hand_over(cursor, connect):
    """Give the owner what the application's role owns in a folder of the earlier layout, where
    one role was both: it could create databases, and loses that last, so that a hand-over that
    was cut off is done again. `connect(database)` gives a connection of the superuser."""
    names = {"application": sql.Identifier(APPLICATION), "owner": sql.Identifier(OWNER)}
    cursor.execute("SELECT FROM pg_roles WHERE rolname = %s AND rolcreatedb", [APPLICATION])
    if not cursor.rowcount:
        return
    cursor.execute("SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate")
    for (database,) in cursor.fetchall():
        with contextlib.closing(connect(database)) as connection, connection.cursor() as inside:
            inside.execute(sql.SQL("REASSIGN OWNED BY {application} TO {owner}").format(**names))
    cursor.execute(sql.SQL("ALTER ROLE {application} NOCREATEDB").format(**names))
