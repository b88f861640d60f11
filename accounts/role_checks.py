"""What `manage.py check --database default` says of the database role, with --deploy more of it."""

from django.conf import settings
from django.core import checks
from django.db import connections

from .privileges import APPEND_ONLY, READ_ONLY

# What the present role may do that the application's should not: {fact: whether, or which}
FACTS_SQL = """
SELECT
    rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
    has_schema_privilege('public', 'CREATE') AS makes_tables,
    ARRAY(
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
            AND pg_has_role(relowner, 'MEMBER')
        ORDER BY relname
    ) AS owned,
    ARRAY(
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace
            AND (
                relname = ANY (%(append_only)s) AND (
                    has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
                    OR has_any_column_privilege(oid, 'UPDATE')
                )
                OR relname = ANY (%(read_only)s)
                AND has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
            )
        ORDER BY relname
    ) AS changed
FROM pg_roles WHERE rolname = current_user
"""
ATTRIBUTES = {
    "rolsuper": "SUPERUSER",
    "rolcreaterole": "CREATEROLE",
    "rolcreatedb": "CREATEDB",
    "rolreplication": "REPLICATION",
    "rolbypassrls": "BYPASSRLS",
}
ROLES_HINT = "README.md, “Configuration”, says how to make the two roles."


def find_facts(using):
    with connections[using].cursor() as cursor:
        cursor.execute(FACTS_SQL, {"append_only": list(APPEND_ONLY), "read_only": list(READ_ONLY)})
        names = [column.name for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


@checks.register(checks.Tags.database)
def check_two_roles(databases=(), **_more):
    """A warning where one role owns the tables and is the application's."""
    for using in databases or ():
        role, facts = connections[using].settings_dict["USER"], find_facts(using)
        if role == settings.APPLICATION_ROLE and (facts["owned"] or facts["makes_tables"]):
            yield checks.Warning(
                f"The database role “{role}” owns the tables and is the application's as well: "
                "whoever gets into the application can rewrite the audit trail.",
                hint=f"Set MIGRATION_DATABASE_URL. {ROLES_HINT}",
                id="accounts.W001",
            )


@checks.register(checks.Tags.database, deploy=True)
def check_application_role(databases=(), **_more):
    """Errors where the present role may do more than the application needs."""
    for using in databases or ():
        role, facts = connections[using].settings_dict["USER"], find_facts(using)
        attributes = [word for name, word in ATTRIBUTES.items() if facts[name]]
        if attributes:
            yield checks.Error(
                f"The application's database role “{role}” is {', '.join(attributes)}.",
                hint=f"ALTER ROLE … {' '.join(f'NO{word}' for word in attributes)}",
                id="accounts.E003",
            )
        if facts["owned"]:
            yield checks.Error(
                f"The application's database role “{role}” owns tables, itself or as a member of "
                f"another role: {len(facts['owned'])}, the first is {facts['owned'][0]}.",
                hint=ROLES_HINT,
                id="accounts.E004",
            )
        if facts["makes_tables"]:
            yield checks.Error(
                f"The application's database role “{role}” may make tables in the schema public.",
                hint="REVOKE CREATE ON SCHEMA public FROM PUBLIC",
                id="accounts.E005",
            )
        if facts["changed"]:
            yield checks.Error(
                f"The application's database role “{role}” may change what it should only add to "
                f"or read: {', '.join(facts['changed'])}.",
                hint="Run `manage.py migrate`, which grants it what it needs and no more.",
                id="accounts.E006",
            )
