"""Handing over assignments and their tasks."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("assignments_ending", "assignments_taskclosing")
STATES = [
    ("draft", "Draft"),
    ("registered", "Registered"),
    ("in_progress", "In progress"),
    ("reported", "Reported"),
    ("confirmed", "Confirmed"),
    ("returned", "Returned"),
    ("cancelled", "Cancelled"),
]


def id_field():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0005_assigning"),
        ("accounts", "0005_journal_sign_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ending",
            fields=[
                ("id", id_field()),
                ("last_day", models.DateField(verbose_name="last day")),
                (
                    "planned_last_day",
                    models.DateField(null=True, verbose_name="last day before"),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                (
                    "assignment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="endings",
                        to="assignments.assignment",
                        verbose_name="assignment",
                    ),
                ),
                (
                    "successor",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_over",
                        to="assignments.assignment",
                        verbose_name="goes on as",
                    ),
                ),
            ],
            options={
                "ordering": ["last_day", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("assignment", "last_day"), name="ending_once_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="ending_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("successor", models.F("assignment")), _negated=True),
                        name="ending_by_another_assignment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskClosing",
            fields=[
                ("id", id_field()),
                (
                    "former_state",
                    models.CharField(choices=STATES, max_length=11, verbose_name="state before"),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "ending",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closings",
                        to="assignments.ending",
                        verbose_name="ending",
                    ),
                ),
                (
                    "successor",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="continues",
                        to="assignments.task",
                        verbose_name="goes on as",
                    ),
                ),
                (
                    "task",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closing",
                        to="assignments.task",
                        verbose_name="task",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("former_state__in", [state for state, _ in STATES])),
                        name="task_closing_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("successor__isnull", False),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="task_closing_goes_on_or_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("successor", models.F("task")), _negated=True),
                        name="task_closing_by_another_task",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "".join(f"SELECT accounts_audit('{table}');\n" for table in TABLES),
            "".join(f"SELECT accounts_audit_no_more('{table}');\n" for table in TABLES),
        ),
    ]
