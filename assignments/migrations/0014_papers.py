"""Templates of the papers of the year end, and which were compared with their originals."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


KINDS = [
    ("decision", "Decision assigning cadres"),
    ("list", "List of assignments"),
    ("plan", "Plan of a team"),
    ("minutes", "Minutes of a meeting"),
    ("review2a", "Self-review of who holds a leading post (form 2A)"),
    ("review2b", "Self-review of who holds no leading post (form 2B)"),
    ("review2c", "Self-review outside the political system (form 2C)"),
    ("self05", "Own rating of the year (form 05)"),
    ("rerate03", "Decision on a re-rating (form 03)"),
    ("dossier4", "List of the papers of a dossier (form 04)"),
    ("ballot1", "Ballot on the levels"),
    ("ballot2", "Ballot on the excellent"),
    ("count", "Minutes of a count"),
    ("summary", "Summary of the ratings"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0013_reminders"),
        ("branches", "0013_minutes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TemplateComparison",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=KINDS, max_length=8, verbose_name="kind")),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                ("original", models.CharField(max_length=500, verbose_name="which original")),
                ("compared_at", models.DateTimeField(verbose_name="compared at")),
            ],
            options={
                "ordering": ["-compared_at", "-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="documenttemplate",
            name="document_template_kind_known",
        ),
        migrations.AlterField(
            model_name="documenttemplate",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=8, verbose_name="kind"),
        ),
        migrations.AddConstraint(
            model_name="documenttemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "decision",
                            "list",
                            "plan",
                            "minutes",
                            "review2a",
                            "review2b",
                            "review2c",
                            "self05",
                            "rerate03",
                            "dossier4",
                            "ballot1",
                            "ballot2",
                            "count",
                            "summary",
                        ],
                    )
                ),
                name="document_template_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="templatecomparison",
            name="compared_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="templatecomparison",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="template_comparisons",
                to="branches.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AddConstraint(
            model_name="templatecomparison",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ("review2a", "review2b", "review2c", "self05", "rerate03", "dossier4"),
                    )
                ),
                name="template_comparison_of_an_official_form",
            ),
        ),
        migrations.AddConstraint(
            model_name="templatecomparison",
            constraint=models.CheckConstraint(
                condition=models.Q(("original", ""), _negated=True),
                name="template_comparison_names_the_original",
            ),
        ),
        migrations.AddConstraint(
            model_name="templatecomparison",
            constraint=models.UniqueConstraint(
                fields=("organization", "kind", "digest"), name="template_comparison_once"
            ),
        ),
        migrations.RunSQL(
            "SELECT accounts_audit('assignments_templatecomparison')",
            "SELECT accounts_audit_no_more('assignments_templatecomparison')",
        ),
    ]
