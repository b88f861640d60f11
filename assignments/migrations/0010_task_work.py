"""Registered tasks on their way to confirmation."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ("registered", "Registered"),
    ("changed", "Changed"),
    ("started", "Begun"),
    ("progress", "Progress noted"),
    ("reported", "Reported as done"),
    ("confirmed", "Confirmed"),
    ("returned", "Returned"),
    ("cancelled", "Cancelled"),
    ("reopened", "Opened again"),
]
OUTCOMES = [
    ("exceeded", "Exceeded"),
    ("met", "Met on time"),
    ("late", "Met late"),
    ("unmet", "Not met"),
]
TABLES = ("assignments_taskstep", "assignments_taskevidence")
AUDIT_SQL = "".join(f"SELECT accounts_audit('{table}');\n" for table in TABLES)
UNDO_AUDIT_SQL = "".join(f"SELECT accounts_audit_no_more('{table}');\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0009_visits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TaskStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(choices=KINDS, max_length=10, verbose_name="what was done"),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "actual",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=18,
                        null=True,
                        verbose_name="quantity reached",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True, choices=OUTCOMES, max_length=8, verbose_name="outcome"
                    ),
                ),
                (
                    "text",
                    models.CharField(blank=True, max_length=2000, verbose_name="comment or reason"),
                ),
                ("changes", models.JSONField(blank=True, default=dict, verbose_name="changes")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "committee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.organization",
                        verbose_name="for the committee",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="assignments.task",
                        verbose_name="task",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
                "indexes": [models.Index(fields=["task", "at"], name="task_step_in_order")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind__in=[kind for kind, _label in KINDS]),
                        name="task_step_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=(
                            Q(kind="confirmed")
                            & Q(outcome__in=[outcome for outcome, _label in OUTCOMES])
                        )
                        | (~Q(kind="confirmed") & Q(outcome="")),
                        name="task_step_outcome_when_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=~Q(kind__in=["returned", "cancelled", "reopened"]) | ~Q(text=""),
                        name="task_step_back_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="assignments.taskstep",
                        verbose_name="report",
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.RunSQL(AUDIT_SQL, UNDO_AUDIT_SQL),
    ]
