"""Reminders of steps of the year end that are late."""

import django.contrib.postgres.fields
from django.db import migrations, models

KINDS = [
    ("visit_due", "Visits that are due and not made"),
    ("task_due", "Tasks that are due"),
    ("roster_missing", "Meetings without a roster"),
    ("confirmation_waiting", "Confirmations that wait"),
    ("exemption_ending", "Exemptions and absences that end"),
    ("absent_months", "Members absent two months"),
    ("step_late", "Steps of the year end that are late"),
]
KNOWN = "reminder_kind_known"


class Migration(migrations.Migration):
    dependencies = [("assignments", "0014_papers")]

    operations = [
        migrations.RemoveConstraint(model_name="reminder", name=KNOWN),
        migrations.AlterField(
            model_name="reminder",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=20, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="reminderchoice",
            name="muted",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=KINDS, max_length=20),
                blank=True,
                default=list,
                size=None,
                verbose_name="not of these",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", [key for key, _label in KINDS])), name=KNOWN
            ),
        ),
    ]
