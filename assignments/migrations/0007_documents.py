"""Templates of documents."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0006_handover"),
        ("branches", "0005_stored_files"),
        ("accounts", "0005_journal_sign_in"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DocumentTemplate",
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
                            ("decision", "Decision assigning cadres"),
                            ("list", "List of assignments"),
                            ("plan", "Plan of a team"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.storedfile",
                        verbose_name="file",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="document_templates",
                        to="branches.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
            options={
                "ordering": ["organization", "kind", "-version"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind__in=["decision", "list", "plan"]),
                        name="document_template_kind_known",
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "kind", "version"),
                        name="document_template_version_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "SELECT accounts_audit('assignments_documenttemplate')",
            "SELECT accounts_audit_no_more('assignments_documenttemplate')",
        ),
    ]
