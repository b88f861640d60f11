"""What the application's database role may do: it reads and writes rows, and owns nothing.

Its rights are granted after each migration by the role that owns the tables
(accounts/sql/privileges.sql), so also those on tables that later migrations add.
"""

from pathlib import Path

from django.conf import settings
from django.db import connections, transaction

PRIVILEGES_SQL = Path(__file__).parent / "sql" / "privileges.sql"

# Tables into which the application's role only inserts, and of which it changes and deletes
# nothing. Those that do not exist yet are left out.
APPEND_ONLY = ("accounts_accesslog",)
# Tables that it only reads: triggers write the audit trail, with their owner's rights.
READ_ONLY = ("accounts_journalchange", "accounts_journalentry", "django_migrations")


def grant_privileges(*, using, **_more):
    """Grant the application's role what it may do in the database `using`; after `migrate`.

    Nothing is to be done where the present role owns nothing: Django says "migrated" also when
    it has emptied the tables.
    """
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")
        if not cursor.fetchone()[0]:
            return
        cursor.execute(
            "SELECT set_config('chibo.application_role', %s, true),"
            " set_config('chibo.append_only', %s, true), set_config('chibo.read_only', %s, true)",
            [settings.APPLICATION_ROLE, " ".join(APPEND_ONLY), " ".join(READ_ONLY)],
        )
        cursor.execute(PRIVILEGES_SQL.read_text(encoding="utf-8"))
