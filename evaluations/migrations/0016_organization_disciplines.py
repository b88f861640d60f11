"""Disciplines of organizations, which count in their ratings."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORMS = [("reprimand", "Reprimand"), ("warning", "Warning"), ("dissolution", "Dissolution")]
TABLE = "evaluations_organizationdiscipline"


def count_of(label):
    return models.PositiveIntegerField(default=0, verbose_name=label)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("evaluations", "0015_second_ballots"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrganizationDiscipline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("decided_on", models.DateField(verbose_name="decided on")),
                ("form", models.CharField(choices=FORMS, max_length=11, verbose_name="form")),
                ("reason", models.CharField(max_length=500, verbose_name="what for")),
                (
                    "decision_number",
                    models.CharField(max_length=100, verbose_name="number of the decision"),
                ),
                ("issuer", models.CharField(blank=True, max_length=300, verbose_name="decided by")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disciplines",
                        to="branches.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "ordering": ["-decided_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("form__in", [key for key, _label in FORMS])),
                        name="organization_discipline_form_known",
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "decided_on"),
                        name="organization_discipline_once_a_day",
                        violation_error_message="There is a decision of this day already.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="organizationappraisal",
            name="disciplines",
            field=count_of("disciplines of the organization itself"),
        ),
        migrations.AddField(
            model_name="organizationappraisal",
            name="disciplines_failing",
            field=count_of("of them so that it fails"),
        ),
        migrations.AddField(
            model_name="organizationappraisal",
            name="below_disciplined",
            field=count_of("organizations below that were disciplined"),
        ),
        migrations.RunSQL(
            f"SELECT accounts_audit('{TABLE}')", f"SELECT accounts_audit_no_more('{TABLE}')"
        ),
    ]
