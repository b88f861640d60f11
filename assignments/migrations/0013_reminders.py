"""Who was reminded of what, and how people want to be reminded."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KINDS = [
    ("visit_due", "Visits that are due and not made"),
    ("task_due", "Tasks that are due"),
    ("roster_missing", "Meetings without a roster"),
    ("confirmation_waiting", "Confirmations that wait"),
    ("exemption_ending", "Exemptions and absences that end"),
    ("absent_months", "Members absent two months"),
]
RHYTHMS = [
    ("daily", "Every day on which there is something new"),
    ("weekly", "On Mondays"),
    ("never", "Never"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0012_opinions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=KINDS, max_length=20, verbose_name="kind")),
                ("key", models.CharField(max_length=100)),
                ("found_at", models.DateTimeField(verbose_name="found at")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
                ("put_aside_at", models.DateTimeField(null=True, verbose_name="put aside at")),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("sent_at", None)),
                        fields=["user"],
                        name="reminder_to_send",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", [key for key, _label in KINDS])),
                        name="reminder_kind_known",
                    ),
                    models.UniqueConstraint(fields=("user", "kind", "key"), name="reminder_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReminderChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rhythm",
                    models.CharField(
                        choices=RHYTHMS, default="daily", max_length=6, verbose_name="by e-mail"
                    ),
                ),
                (
                    "muted",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(choices=KINDS, max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="not of these",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminder_choice",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rhythm__in", [key for key, _label in RHYTHMS])),
                        name="reminder_rhythm_known",
                    )
                ],
            },
        ),
    ]
