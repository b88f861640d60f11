"""The audit trail, and its triggers on the tables of branches and accounts."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.multirange

SQL = Path(__file__).parents[1] / "sql"
JOURNAL_SQL = (SQL / "journal.sql").read_text(encoding="utf-8")
DUTIES_SQL = (SQL / "duties.sql").read_text(encoding="utf-8")

UNDO_JOURNAL_SQL = """
DROP INDEX journal_rows, journal_member, journal_deleted, journal_code;
DROP FUNCTION accounts_audit, accounts_audit_no_more, accounts_write_journal;
"""
UNDO_DUTIES_SQL = """
DROP FUNCTION accounts_never_on_oneself, accounts_on_oneself_again, accounts_refuse_on_oneself;
"""

AUDITED = (
    "branches_attendance",
    "branches_discipline",
    "branches_earlierorganization",
    "branches_earlierpersonclass",
    "branches_meeting",
    "branches_membership",
    "branches_memberstatus",
    "branches_placement",
    "branches_position",
    "branches_succession",
    "accounts_grant",
)
AUDIT_SQL = "".join(f"SELECT accounts_audit('{table}');\n" for table in AUDITED)
AUDIT_SQL += """
SELECT accounts_audit('branches_organization', derived => '{sort_key}');
SELECT accounts_audit('branches_member', derived => '{sort_key}');
-- Sign-ins stand in the log of reads and sign-ins.
SELECT accounts_audit('accounts_user', secret => '{password}', derived => '{last_login}');
"""
TABLES = (*AUDITED, "branches_organization", "branches_member", "accounts_user")
UNDO_AUDIT_SQL = "".join(f"SELECT accounts_audit_no_more('{table}');\n" for table in TABLES)

# The presence of a member at their own branch is no confirmation; that of an assigned cadre is.
DUTY_SQL = """
SELECT accounts_never_on_oneself(
    'branches_attendance', 'confirm_work', 'r.member_id',
    $$r.confirmed AND r.capacity = 'assigned'$$
);
"""
UNDO_DUTY_SQL = "SELECT accounts_on_oneself_again('branches_attendance');"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_grants"), ("branches", "0004_contact")]

    operations = [
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("transaction", models.BigIntegerField(verbose_name="transaction")),
                ("db_role", models.CharField(max_length=63, verbose_name="database role")),
                ("source", models.TextField(verbose_name="source")),
                ("reason", models.TextField(verbose_name="reason")),
                ("table_name", models.CharField(max_length=63, verbose_name="table")),
                (
                    "operation",
                    models.CharField(
                        choices=[("insert", "Added"), ("update", "Changed"), ("delete", "Deleted")],
                        max_length=6,
                        verbose_name="operation",
                    ),
                ),
                ("rows", models.BigIntegerField(verbose_name="rows")),
                ("ids", accounts.multirange.BigIntegerMultirangeField()),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="journal",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="JournalChange",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "entry_id",
                        "row_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("row_id", models.BigIntegerField()),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="changes",
                        to="accounts.journalentry",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccessLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ratings_seen", "Ratings read"),
                            ("ratings_exported", "Ratings exported"),
                            ("workbook_exported", "Workbook exported"),
                            ("own_data_downloaded", "Own data downloaded"),
                            ("member_anonymised", "Member anonymised"),
                            ("signed_in", "Signed in"),
                            ("sign_in_failed", "Sign-in failed"),
                            ("locked_out", "Locked out"),
                            ("second_factor_changed", "Second factor changed"),
                            ("password_changed", "Password changed"),
                            ("session_ended", "Session ended"),
                        ],
                        max_length=21,
                        verbose_name="kind",
                    ),
                ),
                ("rows", models.BigIntegerField(null=True, verbose_name="rows")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="accesses",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="branches.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="branches.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["at", "id"], name="access_at"),
                    models.Index(fields=["by", "at"], name="access_by"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "ratings_seen",
                                    "ratings_exported",
                                    "workbook_exported",
                                    "own_data_downloaded",
                                    "member_anonymised",
                                    "signed_in",
                                    "sign_in_failed",
                                    "locked_out",
                                    "second_factor_changed",
                                    "password_changed",
                                    "session_ended",
                                ],
                            )
                        ),
                        name="access_kind_known",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(fields=["at", "id"], name="journal_at"),
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(fields=["user", "at"], name="journal_user"),
        ),
        migrations.RunSQL(JOURNAL_SQL, UNDO_JOURNAL_SQL),
        migrations.RunSQL(DUTIES_SQL, UNDO_DUTIES_SQL),
        migrations.RunSQL(AUDIT_SQL, UNDO_AUDIT_SQL),
        migrations.RunSQL(DUTY_SQL, UNDO_DUTY_SQL),
    ]
