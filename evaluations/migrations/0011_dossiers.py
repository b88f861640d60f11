"""Papers of the year end, made by a worker."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0013_minutes"),
        ("evaluations", "0010_organizations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dossiers",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[("pdf", "PDF"), ("docx", "Word")],
                        max_length=4,
                        verbose_name="format",
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="requested at")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="error")),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dossiers",
                        to="evaluations.cycle",
                        verbose_name="cycle",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="requested by",
                    ),
                ),
            ],
            options={
                "ordering": ["-requested_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="DossierPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("members", models.PositiveIntegerField()),
                ("content", models.BinaryField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "cycle_branch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="evaluations.cyclebranch",
                    ),
                ),
                (
                    "dossiers",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="evaluations.dossiers",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.AddConstraint(
            model_name="dossiers",
            constraint=models.CheckConstraint(
                condition=models.Q(("format__in", ["pdf", "docx"])), name="dossiers_format_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="dossiers",
            constraint=models.CheckConstraint(
                condition=models.Q(("error", ""), ("finished_at", None), _connector="OR"),
                name="dossiers_finished_or_failed",
            ),
        ),
        migrations.AddConstraint(
            model_name="dossierpart",
            constraint=models.UniqueConstraint(
                fields=("dossiers", "number"), name="dossier_part_once"
            ),
        ),
    ]
