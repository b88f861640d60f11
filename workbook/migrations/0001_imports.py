"""Uploaded workbooks, and what headings mean that the workbook does not know."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


AUDIT_SQL = """
SELECT accounts_audit('workbook_import', derived => '{counts,outcome,headings}');
SELECT accounts_audit('workbook_headingalias');
"""
UNDO_SQL = """
SELECT accounts_audit_no_more('workbook_import');
SELECT accounts_audit_no_more('workbook_headingalias');
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0005_journal_sign_in"),
        ("branches", "0008_merged_members"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("effective", models.DateField(verbose_name="day of effect")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("language", models.CharField(editable=False, max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Waiting to be checked"),
                            ("checking", "Being checked"),
                            ("importing", "Being imported"),
                            ("undoing", "Being undone"),
                            ("checked", "Checked"),
                            ("wrong", "Has errors"),
                            ("done", "Imported"),
                            ("failed", "Failed"),
                            ("undone", "Undone"),
                        ],
                        default="uploaded",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
                ("checked_at", models.DateTimeField(null=True, verbose_name="checked at")),
                ("imported_at", models.DateTimeField(null=True, verbose_name="imported at")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone at")),
                (
                    "undo_reason",
                    models.CharField(blank=True, max_length=500, verbose_name="reason for undoing"),
                ),
                ("transaction", models.BigIntegerField(editable=False, null=True)),
                ("counts", models.JSONField(default=dict, editable=False)),
                ("outcome", models.JSONField(default=dict, editable=False)),
                ("headings", models.JSONField(default=list, editable=False)),
                ("obstacles", models.JSONField(default=list, editable=False)),
                ("error", models.TextField(blank=True, verbose_name="error")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
                (
                    "changes_file",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="branches.storedfile",
                    ),
                ),
                (
                    "errors_file",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="branches.storedfile",
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.storedfile",
                        verbose_name="file",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="branches.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="undone by",
                    ),
                ),
            ],
            options={
                "ordering": ["-uploaded_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ImportLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wrong", "Wrong"),
                            ("warning", "Odd"),
                            ("new", "New"),
                            ("changed", "Changed"),
                        ],
                        max_length=7,
                    ),
                ),
                ("table", models.CharField(max_length=100)),
                ("row", models.PositiveIntegerField(null=True)),
                ("column", models.CharField(blank=True, max_length=100)),
                ("label", models.TextField(blank=True)),
                ("message", models.TextField(blank=True)),
                ("values", models.JSONField(default=dict)),
                (
                    "upload",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="workbook.import",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="HeadingAlias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(blank=True, max_length=63, verbose_name="table")),
                ("heading", models.CharField(max_length=255, verbose_name="heading")),
                ("folded", models.CharField(editable=False, max_length=255)),
                ("means", models.CharField(blank=True, max_length=63, verbose_name="means")),
                ("at", models.DateTimeField(verbose_name="said at")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="said by",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="branches.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
            options={
                "ordering": ["table", "heading", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "table", "folded"),
                        name="heading_means_one_thing",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("folded", ""), _negated=True),
                        name="heading_has_letters",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportJob",
            fields=[
                (
                    "upload",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="job",
                        serialize=False,
                        to="workbook.import",
                    ),
                ),
                ("step", models.CharField(blank=True, max_length=20)),
                ("table", models.CharField(blank=True, max_length=63)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("leased_by", models.UUIDField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("leased_by", None), ("leased_until", None)),
                            models.Q(("leased_by__isnull", False), ("leased_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="import_job_leased_until_some_time",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "uploaded",
                            "checking",
                            "importing",
                            "undoing",
                            "checked",
                            "wrong",
                            "done",
                            "failed",
                            "undone",
                        ],
                    )
                ),
                name="import_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["done", "undone"]), _negated=True),
                    models.Q(("imported_at__isnull", False), ("transaction__isnull", False)),
                    _connector="OR",
                ),
                name="import_done_at_some_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["undoing", "undone"]), _negated=True),
                    models.Q(
                        ("undone_by__isnull", False), models.Q(("undo_reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="import_undone_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="importline",
            index=models.Index(
                fields=["upload", "kind", "table", "row", "id"], name="import_line_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="importline",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["wrong", "warning", "new", "changed"])),
                name="import_line_kind_known",
            ),
        ),
        migrations.RunSQL(AUDIT_SQL, UNDO_SQL),
    ]
