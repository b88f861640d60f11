"""Reorganizations of the tree: what each of them changed."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0006_committees"),
        ("accounts", "0005_journal_sign_in"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reorganization",
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
                            ("create", "Creation"),
                            ("rename", "Renaming"),
                            ("change", "Change of kind"),
                            ("move", "Move"),
                            ("merge", "Merge"),
                            ("split", "Split"),
                            ("dissolve", "Dissolution"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("on", models.DateField(verbose_name="from")),
                ("what", models.TextField(verbose_name="what")),
                (
                    "decision",
                    models.CharField(blank=True, max_length=100, verbose_name="decision number"),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                (
                    "organization_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), editable=False, size=None
                    ),
                ),
                (
                    "changes",
                    models.JSONField(
                        editable=False, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                ("done_at", models.DateTimeField(verbose_name="at")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone at")),
                (
                    "undo_reason",
                    models.CharField(blank=True, max_length=500, verbose_name="reason for undoing"),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
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
                "ordering": ["-done_at", "-pk"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["organization_ids"], name="reorganization_touched"
                    ),
                    models.Index(fields=["-done_at", "-id"], name="reorganization_latest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "create",
                                    "rename",
                                    "change",
                                    "move",
                                    "merge",
                                    "split",
                                    "dissolve",
                                ],
                            )
                        ),
                        name="reorganization_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="reorganization_has_a_reason",
                        violation_error_message="A reorganization has a reason.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undo_reason", ""), ("undone_at", None), ("undone_by", None)),
                            models.Q(
                                ("undone_at__isnull", False),
                                models.Q(("undo_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="reorganization_undone_with_reason",
                        violation_error_message="An undo has a time and a reason.",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "SELECT accounts_audit('branches_reorganization')",
            "SELECT accounts_audit_no_more('branches_reorganization')",
        ),
    ]
