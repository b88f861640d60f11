"""Opinions taken down on visits, their steps, and that the branch is told; templates of minutes."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

STATES = [
    ("answered", "Answered on the spot"),
    ("referred", "Referred"),
    ("resolved", "Resolved"),
]
KINDS = [
    ("raised", "Opinion raised"),
    ("referred", "Referred"),
    ("extended", "Deadline extended"),
    ("resolved", "Answered by the body"),
    ("told", "The branch was told"),
    ("corrected", "Put right by an import"),
]
DOCUMENTS = [
    ("decision", "Decision assigning cadres"),
    ("list", "List of assignments"),
    ("plan", "Plan of a team"),
    ("minutes", "Minutes of a meeting"),
]
FILE = Path(__file__).parent.parent / "sql" / "opinions.sql"
SQL = FILE.read_text(encoding="utf-8").replace("%(time_zone)s", settings.TIME_ZONE)
UNDO_SQL = """
SELECT accounts_audit_no_more('assignments_opinionstep');
DROP TRIGGER follow_opinion ON assignments_opinion;
DROP FUNCTION follow_opinion();
DROP TRIGGER opinion_step_is_kept ON assignments_opinionstep;
DROP FUNCTION keep_opinion_steps();
DROP TRIGGER opinion_told_in_its_branch ON assignments_opinion;
DROP FUNCTION check_opinion_told();
DROP TRIGGER hand_meeting_to_opinions ON assignments_visit;
DROP FUNCTION hand_meeting_to_opinions();
DROP TRIGGER take_meeting_of_visit ON assignments_opinion;
DROP FUNCTION take_meeting_of_visit();
"""


def reference(to, label, *, null=True, name="+", **more):
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=name,
        to=to,
        verbose_name=label,
        **more,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0011_branch_tasks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="opinion",
            name="meeting",
            field=reference("branches.meeting", "meeting", name="opinions", blank=True),
        ),
        migrations.AddField(
            model_name="opinion",
            name="visit",
            field=reference("assignments.visit", "visit", name="opinions", blank=True),
        ),
        migrations.AddField(
            model_name="opinion",
            name="told_at",
            field=reference(
                "branches.meeting",
                "told at",
                name="opinions_told",
                blank=True,
                help_text="The meeting at which the branch was told the answer of the body.",
            ),
        ),
        migrations.AddConstraint(
            model_name="opinion",
            constraint=models.CheckConstraint(
                condition=Q(("meeting__isnull", False), ("visit__isnull", False), _connector="OR"),
                name="opinion_of_a_meeting_or_visit",
                violation_error_message="An opinion was raised at a meeting, or on a visit.",
            ),
        ),
        migrations.AddConstraint(
            model_name="opinion",
            constraint=models.CheckConstraint(
                condition=Q(("told_at", None), ("state", "resolved"), _connector="OR"),
                name="opinion_told_when_resolved",
            ),
        ),
        migrations.CreateModel(
            name="OpinionStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=KINDS, max_length=9, verbose_name="what")),
                ("on", models.DateField(verbose_name="day")),
                ("at", models.DateTimeField(verbose_name="entered at")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("state", models.CharField(choices=STATES, max_length=8, verbose_name="state")),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("due_on", models.DateField(null=True, verbose_name="due on")),
                ("by", reference(settings.AUTH_USER_MODEL, "by")),
                (
                    "opinion",
                    reference(
                        "assignments.opinion", "opinion", null=False, name="steps", db_index=False
                    ),
                ),
                ("referred_to", reference("branches.organization", "referred to")),
                ("told_at", reference("branches.meeting", "told at")),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["opinion", "on"], name="opinion_step_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("kind__in", [kind for kind, _ in KINDS])),
                        name="opinion_step_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(("state__in", [state for state, _ in STATES])),
                        name="opinion_step_state_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SQL, UNDO_SQL),
        migrations.RemoveConstraint(
            model_name="documenttemplate", name="document_template_kind_known"
        ),
        migrations.AlterField(
            model_name="documenttemplate",
            name="kind",
            field=models.CharField(choices=DOCUMENTS, max_length=8, verbose_name="kind"),
        ),
        migrations.AddConstraint(
            model_name="documenttemplate",
            constraint=models.CheckConstraint(
                condition=Q(("kind__in", [kind for kind, _ in DOCUMENTS])),
                name="document_template_kind_known",
            ),
        ),
    ]
