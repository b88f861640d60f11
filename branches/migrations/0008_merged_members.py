"""Members who were entered twice."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD_SQL = Path(__file__).parents[1] / "sql" / "merged_members.sql"
GUARDED = (
    "branches_membership",
    "branches_memberstatus",
    "branches_discipline",
    "branches_position",
    "branches_attendance",
    "assignments_assignment",
    "assignments_task",
)
UNDO_SQL = "".join(f"DROP TRIGGER not_of_merged_members ON {table};\n" for table in GUARDED)
UNDO_SQL += "DROP FUNCTION refuse_merged_members, refuse_rows_of_merged_members;"


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0007_reorganization"),
        ("accounts", "0005_journal_sign_in"),
        ("assignments", "0003_journal"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="branches.member",
                verbose_name="merged into",
            ),
        ),
        migrations.AddField(
            model_name="member",
            name="merged_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="merged on"),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", None), ("merged_on", None))
                | models.Q(
                    ("merged_into__isnull", False),
                    ("merged_on__isnull", False),
                    models.Q(("merged_into", models.F("pk")), _negated=True),
                ),
                name="member_merged_into_another",
            ),
        ),
        migrations.CreateModel(
            name="DistinctMembers",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("said_on", models.DateField(verbose_name="said on")),
                (
                    "one",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="branches.member",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="branches.member",
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("one", "other"), name="distinct_members_once"),
                    models.CheckConstraint(
                        condition=models.Q(("one__lt", models.F("other"))),
                        name="distinct_members_order",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "SELECT accounts_audit('branches_distinctmembers')",
            "SELECT accounts_audit_no_more('branches_distinctmembers')",
        ),
        migrations.RunSQL(GUARD_SQL.read_text(encoding="utf-8"), UNDO_SQL),
    ]
