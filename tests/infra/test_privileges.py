"""The database role of the application: its daily work and nothing else."""

import psycopg2
import pytest
from django.db import ProgrammingError, connection, transaction

from accounts import privileges, role_checks
from accounts.privileges import APPEND_ONLY, READ_ONLY, grant_privileges
from accounts.role_checks import check_application_role, check_two_roles
from config.ownership import as_owner, owner_login
from tests import builders as make
from tests.owner import owner_cursor

pytestmark = pytest.mark.django_db

FORBIDDEN = [
    ("take away a column", "ALTER TABLE branches_member DROP COLUMN code"),
    ("drop a table", "DROP TABLE branches_member CASCADE"),
    ("empty a table", "TRUNCATE branches_member CASCADE"),
    (
        "switch a check off",
        "ALTER TABLE branches_placement DISABLE TRIGGER check_placement_at_commit_insert",
    ),
    ("switch all triggers off", "SET session_replication_role = replica"),
    (
        "replace a check",
        "CREATE OR REPLACE FUNCTION check_meeting(touched bigint[]) RETURNS void"
        " LANGUAGE sql AS 'SELECT'",
    ),
    ("make a function", "CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1"),
    ("make a table", "CREATE TABLE mine (id int)"),
    ("make a schema", "CREATE SCHEMA mine"),
    (
        "make a trigger",
        "CREATE TRIGGER mine BEFORE INSERT ON branches_member FOR EACH ROW"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    ),
    ("make a rule", "CREATE RULE mine AS ON DELETE TO branches_member DO INSTEAD NOTHING"),
    ("install an extension", "CREATE EXTENSION citext"),
    ("make a role", "CREATE ROLE mine"),
    ("let itself make databases", "ALTER ROLE {application} CREATEDB"),
    ("become the owner", "SET ROLE {owner}"),
    ("make itself superuser", "ALTER ROLE {application} SUPERUSER"),
    ("read passwords", "SELECT rolpassword FROM pg_authid"),
    ("read the server's files", "SELECT pg_read_file('/etc/passwd')"),
    ("run programs", "COPY branches_member FROM PROGRAM 'true'"),
    ("forget a migration", "DELETE FROM django_migrations"),
    ("analyze the roles", "SELECT analyze_table('pg_authid')"),
]


CHANGES = [
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table} CASCADE",
    "SELECT FROM {table} FOR UPDATE",
    "MERGE INTO {table} USING (SELECT 1) one ON true WHEN MATCHED THEN DELETE",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
]
ROWS = {"SELECT", "INSERT", "UPDATE", "DELETE"}
GRANTED_SQL = """
SELECT relname, coalesce(array_agg(privilege_type::text) FILTER (WHERE granted), '{}')
FROM pg_class
CROSS JOIN unnest(
    ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']
) privilege_type
CROSS JOIN LATERAL has_table_privilege(oid, privilege_type) granted
WHERE relnamespace = 'public'::regnamespace AND relkind = ANY (%s)
GROUP BY relname
"""


def ask(question, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        return cursor.fetchall()


def granted(*kinds):
    """{table: privileges of the present role}"""
    return {name: set(found) for name, found in ask(GRANTED_SQL, [list(kinds)])}


def assert_refused(statement):
    with (
        pytest.raises(ProgrammingError) as raised,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert isinstance(raised.value.__cause__, psycopg2.errors.InsufficientPrivilege)


def test_the_suite_works_as_the_application_and_not_as_the_owner(settings):
    (names,) = ask("SELECT current_user, session_user")
    assert set(names) == {settings.APPLICATION_ROLE}
    assert owner_login()["USER"] != settings.APPLICATION_ROLE


@pytest.mark.parametrize(
    "statement", [s for _, s in FORBIDDEN], ids=[name for name, _ in FORBIDDEN]
)
def test_the_role_may_not(settings, statement):
    names = {"application": settings.APPLICATION_ROLE, "owner": owner_login()["USER"]}
    assert_refused(statement.format(**names))


def test_the_role_owns_nothing():
    owned = ask(
        "SELECT classid::regclass, objid FROM pg_shdepend JOIN pg_database d ON d.oid = dbid"
        " WHERE refobjid = current_user::regrole AND deptype = 'o' AND datname = current_database()"
    )
    assert owned == []


def test_rows_of_every_table_are_the_roles_daily_work():
    tables = granted("r", "p")
    special = {name: tables.pop(name) for name in (*APPEND_ONLY, *READ_ONLY)}
    assert len(tables) > 40
    assert {name: found for name, found in tables.items() if found != ROWS} == {}
    for name, found in special.items():
        assert found == ({"SELECT", "INSERT"} if name in APPEND_ONLY else {"SELECT"}), name
    assert set(map(frozenset, granted("v").values())) == {frozenset({"SELECT"})}


@pytest.mark.parametrize("table", [*APPEND_ONLY, *READ_ONLY])
def test_what_is_written_down_stays(table):
    ((column,),) = ask(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", [table]
    )
    for statement in CHANGES:
        assert_refused(statement.format(table=table, column=column))


def test_numbers_and_temporary_tables_and_statistics():
    assert ask("SELECT nextval(pg_get_serial_sequence('branches_member', 'id'))")[0][0] > 0
    assert ask("CREATE TEMP TABLE own AS SELECT 7 AS number; ANALYZE own; SELECT * FROM own") == [
        (7,)
    ]
    assert ask("SELECT analyze_table('branches_member')")
    assert_refused("SELECT setval(pg_get_serial_sequence('branches_member', 'id'), 1)")


def test_a_function_with_the_owners_rights_is_for_the_application_alone():
    definers = ask(
        "SELECT proname, has_function_privilege(oid, 'EXECUTE'), prorettype <> 'trigger'::regtype,"
        " has_function_privilege('public', oid, 'EXECUTE'), proconfig FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND prosecdef"
    )
    assert definers
    for name, is_ours, is_called, is_everybodys, options in definers:
        assert is_ours == is_called, name
        assert not is_everybodys, name
        (path,) = [each for each in options or () if each.startswith("search_path=")]
        assert path.endswith(", pg_temp"), name  # else a temporary table would hide the real one


def test_a_trigger_of_ones_own_cannot_write_the_journal():
    ask("CREATE TEMP TABLE accounts_user (id bigint); SELECT 1")
    assert_refused(
        "CREATE TRIGGER mine AFTER INSERT ON pg_temp.accounts_user REFERENCING NEW TABLE AS changed"
        " FOR EACH STATEMENT EXECUTE FUNCTION accounts_write_journal('{}', '{}')"
    )


def test_a_temporary_table_does_not_hide_the_journal():
    ask("CREATE TEMP TABLE accounts_journalentry (LIKE accounts_journalentry); SELECT 1")
    make.make_organization()
    written = "SELECT table_name FROM public.accounts_journalentry ORDER BY id DESC LIMIT 1"
    assert ask(written) == [("branches_organization",)]
    assert ask("SELECT count(*) FROM pg_temp.accounts_journalentry") == [(0,)]


@pytest.fixture
def later_table(transactional_db, monkeypatch):
    """A table that a migration added, to which entries are only appended."""
    monkeypatch.setattr(privileges, "APPEND_ONLY", (*APPEND_ONLY, "later_entry"))
    with owner_cursor() as cursor:
        cursor.execute("CREATE TABLE later_entry (id int GENERATED ALWAYS AS IDENTITY, said text)")
        try:
            yield "later_entry"
        finally:
            cursor.execute("DROP TABLE later_entry")


def grant():
    with as_owner():
        grant_privileges(using="default")


def rights():
    """All privileges that are stored, with the version of each row."""
    return ask("SELECT oid, xmin::text, relacl::text FROM pg_class ORDER BY oid")


def test_a_later_table_is_granted_with_the_next_migration(later_table):
    assert_refused("SELECT FROM later_entry")
    grant()
    ask("INSERT INTO later_entry (said) VALUES ('it') RETURNING id")
    assert ask("SELECT said FROM later_entry") == [("it",)]
    assert_refused("UPDATE later_entry SET said = 'something else'")


def test_what_was_granted_beyond_is_taken_back_and_the_second_time_nothing_changes(
    later_table, settings
):
    with owner_cursor() as cursor:
        cursor.execute(
            f"GRANT ALL ON {later_table}, django_migrations TO {settings.APPLICATION_ROLE}"
        )
    grant()
    found = granted("r")
    assert found[later_table] == {"SELECT", "INSERT"}
    assert found["django_migrations"] == {"SELECT"}
    before = rights()
    grant()
    assert rights() == before


def test_no_complaint_about_the_role_of_the_suite():
    assert list(check_two_roles(databases=["default"])) == []
    assert list(check_application_role(databases=["default"])) == []
    assert list(check_application_role()) == []


@pytest.mark.django_db(transaction=True)
def test_one_role_for_both_is_said_plainly(settings):
    settings.APPLICATION_ROLE = owner_login()["USER"]
    with as_owner():
        grant_privileges(using="default")  # there is nobody to grant it to
        (warning,) = check_two_roles(databases=["default"])
        errors = list(check_application_role(databases=["default"]))
    assert "rewrite the audit trail" in warning.msg
    assert "MIGRATION_DATABASE_URL" in warning.hint
    assert [error.id[-4:] for error in errors] == ["E003", "E004", "E005", "E006"]
    assert "is CREATEDB" in errors[0].msg
    assert "owns tables" in errors[1].msg


def test_a_right_too_much_is_an_error(later_table, settings):
    with owner_cursor() as cursor:
        cursor.execute(f"GRANT UPDATE (said) ON {later_table} TO {settings.APPLICATION_ROLE}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(role_checks, "APPEND_ONLY", ("later_entry",))
        (error,) = check_application_role(databases=["default"])
    assert "may change what it should only add to or read: later_entry" in error.msg
