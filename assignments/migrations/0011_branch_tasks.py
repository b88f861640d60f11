"""The tasks that a branch gives its members."""

from pathlib import Path

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

STEPS = [
    ("review", "Review of the members"),
    ("draft", "Draft of tasks"),
    ("discussion", "Discussion at a meeting"),
    ("resolution", "Resolution of the branch"),
    ("own_plans", "Own plans and checks"),
]
PROGRESS = [
    ("not_begun", "Not begun"),
    ("on_track", "On track"),
    ("behind", "Behind"),
    ("done", "Done"),
]
TABLES = (
    "assignments_branchtaskplan",
    "assignments_plansetback",
    "assignments_fitness",
    "assignments_giventask",
    "assignments_ownplan",
    "assignments_taskcheck",
)
AUDIT_SQL = "".join(f"SELECT accounts_audit('{table}');\n" for table in TABLES)
UNDO_AUDIT_SQL = "".join(f"SELECT accounts_audit_no_more('{table}');\n" for table in TABLES)

ROOT = Path(__file__).parents[2]
CHECKS_SQL = (ROOT / "assignments" / "sql" / "branch_tasks.sql").read_text(encoding="utf-8")
UNDO_CHECKS_SQL = """
DROP TRIGGER not_of_merged_members ON assignments_fitness;
DROP TRIGGER check_own_plan ON assignments_ownplan;
DROP TRIGGER check_task_check ON assignments_taskcheck;
DROP TRIGGER check_given_task ON assignments_giventask;
DROP TRIGGER check_branch_task_plan ON assignments_branchtaskplan;
DROP FUNCTION check_own_plan, check_task_check, check_given_task, check_branch_task_plan;
"""
# What anonymisation takes out of the trail: the function before names fewer tables.
REDACTION_SQL = (ROOT / "accounts" / "sql" / "redaction.sql").read_text(encoding="utf-8")


def id_field():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0010_task_work"),
        ("branches", "0013_minutes"),
        ("accounts", "0008_submissions"),
    ]

    operations = [
        migrations.CreateModel(
            name="BranchTaskPlan",
            fields=[
                ("id", id_field()),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("begun_on", models.DateField(verbose_name="begun on")),
                (
                    "reviewed_on",
                    models.DateField(blank=True, null=True, verbose_name="members reviewed on"),
                ),
                (
                    "drafted_on",
                    models.DateField(blank=True, null=True, verbose_name="tasks drafted on"),
                ),
                ("opinions", models.TextField(blank=True, verbose_name="opinions at the meeting")),
                ("changes", models.TextField(blank=True, verbose_name="what was changed after it")),
                (
                    "resolution_number",
                    models.CharField(blank=True, max_length=100, verbose_name="resolution number"),
                ),
                (
                    "resolved_on",
                    models.DateField(blank=True, null=True, verbose_name="resolved on"),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="task_plans",
                        to="branches.organization",
                        verbose_name="branch",
                    ),
                ),
                (
                    "discussed_at",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="task_plans",
                        to="branches.meeting",
                        verbose_name="discussed at",
                    ),
                ),
            ],
            options={
                "ordering": ["-year", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Fitness",
            fields=[
                ("id", id_field()),
                (
                    "circumstances",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="health and circumstances"
                    ),
                ),
                (
                    "field",
                    models.CharField(blank=True, max_length=200, verbose_name="field that fits"),
                ),
                (
                    "spared",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="no task this year, because"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fitness",
                        to="branches.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fitness",
                        to="assignments.branchtaskplan",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "fitness of members",
            },
        ),
        migrations.CreateModel(
            name="GivenTask",
            fields=[
                ("id", id_field()),
                (
                    "validity",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="validity"),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="given",
                        to="assignments.branchtaskplan",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="given",
                        to="assignments.task",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OwnPlan",
            fields=[
                ("id", id_field()),
                ("steps", models.TextField(verbose_name="steps")),
                ("begins_on", models.DateField(verbose_name="begins on")),
                ("ends_on", models.DateField(verbose_name="ends on")),
                ("written_on", models.DateField(verbose_name="written on")),
                (
                    "agreed_on",
                    models.DateField(blank=True, null=True, verbose_name="agreed by the branch on"),
                ),
                (
                    "task",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="own_plan",
                        to="assignments.task",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PlanSetBack",
            fields=[
                ("id", id_field()),
                ("on", models.DateField(verbose_name="on")),
                ("step", models.CharField(choices=STEPS, max_length=10, verbose_name="back to")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("reviewed_on", models.DateField(null=True)),
                ("drafted_on", models.DateField(null=True)),
                ("discussed_on", models.DateField(null=True)),
                ("resolved_on", models.DateField(null=True)),
                ("resolution_number", models.CharField(blank=True, max_length=100)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="set_backs",
                        to="assignments.branchtaskplan",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="TaskCheck",
            fields=[
                ("id", id_field()),
                (
                    "progress",
                    models.CharField(choices=PROGRESS, max_length=9, verbose_name="progress"),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="task_checks",
                        to="branches.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="assignments.task",
                        verbose_name="task",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="branchtaskplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("year__gte", 1930), ("year__lte", 2100)),
                name="branch_tasks_year_known",
                violation_error_message="A year lies between 1930 and 2100.",
            ),
        ),
        migrations.AddConstraint(
            model_name="branchtaskplan",
            constraint=models.UniqueConstraint(
                fields=("branch", "year"), name="branch_tasks_once_a_year"
            ),
        ),
        migrations.AddConstraint(
            model_name="branchtaskplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("drafted_on", None),
                    models.Q(
                        ("reviewed_on__isnull", False), ("reviewed_on__lte", models.F("drafted_on"))
                    ),
                    _connector="OR",
                ),
                name="branch_tasks_reviewed_before_drafted",
                violation_error_message="First the members are reviewed, then tasks drafted.",
            ),
        ),
        migrations.AddConstraint(
            model_name="branchtaskplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discussed_at", None), ("drafted_on__isnull", False), _connector="OR"
                ),
                name="branch_tasks_drafted_before_discussed",
                violation_error_message="First tasks are drafted, then they are discussed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="branchtaskplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("resolution_number", ""), ("resolved_on", None)),
                    models.Q(
                        ("discussed_at__isnull", False),
                        ("resolved_on__isnull", False),
                        models.Q(("resolution_number", ""), _negated=True),
                        ("resolved_on__gte", models.F("drafted_on")),
                    ),
                    _connector="OR",
                ),
                name="branch_tasks_resolved_with_number_and_day",
                violation_error_message="A resolution has a number and a day, and follows the discussion at a meeting.",
            ),
        ),
        migrations.AddConstraint(
            model_name="fitness",
            constraint=models.UniqueConstraint(fields=("plan", "member"), name="fitness_once"),
        ),
        migrations.AddConstraint(
            model_name="fitness",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("circumstances", ""), ("field", ""), ("spared", ""), _negated=True
                ),
                name="fitness_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="giventask",
            constraint=models.CheckConstraint(
                condition=models.Q(("validity__isempty", False)),
                name="given_task_validity_not_empty",
                violation_error_message="The last day is before the first day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="giventask",
            constraint=models.CheckConstraint(
                condition=models.Q(("validity__lower_inf", False)),
                name="given_task_has_a_first_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="giventask",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("task", "="), ("validity", "&&")],
                name="given_task_one_resolution_a_day",
                violation_error_message="A task is binding by one resolution on a day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("steps", ""), _negated=True),
                name="own_plan_has_steps",
                violation_error_message="Say in which steps.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("begins_on"))),
                name="own_plan_ends_after_it_begins",
                violation_error_message="The last day is before the first day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agreed_on", None), ("agreed_on__gte", models.F("written_on")), _connector="OR"
                ),
                name="own_plan_agreed_after_it_was_written",
            ),
        ),
        migrations.AddConstraint(
            model_name="plansetback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("step__in", ["review", "draft", "discussion", "resolution", "own_plans"])
                ),
                name="set_back_step_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="plansetback",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="set_back_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="taskcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("progress__in", ["not_begun", "on_track", "behind", "done"])),
                name="task_check_progress_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="taskcheck",
            constraint=models.UniqueConstraint(fields=("task", "meeting"), name="task_check_once"),
        ),
        migrations.RunSQL(AUDIT_SQL, UNDO_AUDIT_SQL),
        migrations.RunSQL(CHECKS_SQL, UNDO_CHECKS_SQL),
        migrations.RunSQL(REDACTION_SQL, migrations.RunSQL.noop),
    ]
