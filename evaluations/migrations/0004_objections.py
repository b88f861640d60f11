"""Objections to a line of one's record, and that nobody answers their own; that what was decided
on visits stays once their year is rated."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = """
SELECT accounts_audit('evaluations_objection');
SELECT accounts_never_on_oneself(
    'evaluations_objection', 'answer_objections', 'r.member_id', 'r.answered_at IS NOT NULL'
);
"""
UNDO_SQL = """
SELECT accounts_on_oneself_again('evaluations_objection');
SELECT accounts_audit_no_more('evaluations_objection');
"""
RATED_SQL = Path(__file__).parents[1] / "sql" / "rated_years.sql"
MEMBERS_SQL = Path(__file__).parents[1] / "sql" / "rated_members.sql"
UNDO_RATED_SQL = """
DROP TRIGGER keep_decisions_of_rated_years_on_update ON assignments_visit;
DROP FUNCTION keep_decisions_of_rated_years;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0003_journal"),
        ("assignments", "0013_reminders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Objection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                (
                    "criterion",
                    models.CharField(
                        choices=[
                            ("conduct", "Conduct"),
                            ("attendance", "Attendance"),
                            ("tasks", "Tasks"),
                            ("duty", "Duty visits"),
                            ("review", "Review"),
                        ],
                        max_length=10,
                        verbose_name="criterion",
                    ),
                ),
                ("text", models.CharField(max_length=2000, verbose_name="what is not right")),
                ("raised_at", models.DateTimeField(verbose_name="raised at")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("accepted", "Right: it is put right"),
                            ("rejected", "Stays as it is"),
                        ],
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=2000, verbose_name="answer")),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="answered at"),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at"),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "assignment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assignments.assignment",
                        verbose_name="assignment",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="branches.organization",
                        verbose_name="who answers",
                    ),
                ),
                (
                    "deduction",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="evaluations.deduction",
                        verbose_name="deduction",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="branches.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assignments.review",
                        verbose_name="review",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assignments.task",
                        verbose_name="task",
                    ),
                ),
            ],
            options={
                "ordering": ["-raised_at", "-pk"],
                "indexes": [
                    models.Index(
                        models.F("body"),
                        condition=models.Q(("answered_at", None), ("withdrawn_at", None)),
                        name="objection_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("criterion__in", ["conduct", "attendance", "tasks", "duty", "review"])
                        ),
                        name="objection_criterion_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 1930), ("year__lte", 2100)),
                        name="objection_year_known",
                        violation_error_message="A year lies between 1930 and 2100.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="objection_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("assignment", None),
                                ("criterion", "attendance"),
                                ("deduction", None),
                                ("meeting__isnull", False),
                                ("review", None),
                                ("task", None),
                            ),
                            models.Q(
                                ("assignment__isnull", False),
                                ("criterion", "duty"),
                                ("deduction", None),
                                ("meeting", None),
                                ("review", None),
                                ("task", None),
                            ),
                            models.Q(
                                ("assignment", None),
                                ("criterion", "tasks"),
                                ("deduction", None),
                                ("meeting", None),
                                ("review", None),
                                ("task__isnull", False),
                            ),
                            models.Q(
                                ("assignment", None),
                                ("criterion", "review"),
                                ("deduction", None),
                                ("meeting", None),
                                ("review__isnull", False),
                                ("task", None),
                            ),
                            models.Q(
                                ("assignment", None),
                                ("criterion", "conduct"),
                                ("deduction__isnull", False),
                                ("meeting", None),
                                ("review", None),
                                ("task", None),
                            ),
                            _connector="OR",
                        ),
                        name="objection_to_one_line",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at", None),
                                ("answered_by", None),
                                ("outcome", ""),
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("outcome__in", ["accepted", "rejected"]),
                                ("answered_by__isnull", False),
                                ("withdrawn_at", None),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="objection_answered_by_somebody",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at", None), ("withdrawn_at", None)),
                        fields=(
                            "member",
                            "year",
                            "meeting",
                            "assignment",
                            "task",
                            "review",
                            "deduction",
                        ),
                        name="objection_once_to_a_line",
                        nulls_distinct=False,
                        violation_error_message="You have objected to this already: see the answer.",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SQL, UNDO_SQL),
        migrations.RunSQL(RATED_SQL.read_text(encoding="utf-8"), UNDO_RATED_SQL),
        migrations.RunSQL(MEMBERS_SQL.read_text(encoding="utf-8"), "DROP FUNCTION rated_members"),
    ]
