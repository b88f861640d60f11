"""Planned meetings, what a roster says, and check-in."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql" / "meetings.sql"
REDACTION_SQL = Path(__file__).parents[2] / "accounts" / "sql" / "redaction.sql"
UNDO_SQL = """
DROP TRIGGER not_of_merged_members ON branches_checkin;
DROP TRIGGER check_in_while_open ON branches_checkin;
DROP TRIGGER empty_reason_of_presence ON branches_attendance;
DROP TRIGGER link_meeting_plans_on_insert ON branches_meeting;
DROP FUNCTION refuse_check_in_after_closing, empty_reason_of_presence, link_meeting_plans;
"""
AUDITED = ("branches_meetingplan", "branches_checkin")
AUDIT_SQL = "".join(f"SELECT accounts_audit('{table}');\n" for table in AUDITED)
# The trail tells what a save of a roster changed, so the count of saves says nothing more.
AUDIT_SQL += "SELECT accounts_audit('branches_meeting', derived => '{roster_version}');"
UNDO_AUDIT_SQL = "".join(f"SELECT accounts_audit_no_more('{table}');\n" for table in AUDITED)
UNDO_AUDIT_SQL += "SELECT accounts_audit('branches_meeting');"


class Migration(migrations.Migration):
    dependencies = [("branches", "0011_linear_checks"), ("accounts", "0007_redaction_of_the_desk")]

    operations = [
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
            ],
        ),
        migrations.CreateModel(
            name="MeetingPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("planned_on", models.DateField(verbose_name="day")),
                ("starts_at", models.TimeField(blank=True, null=True, verbose_name="time")),
                (
                    "place",
                    models.CharField(blank=True, max_length=300, verbose_name="meeting place"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("regular", "Regular meeting"),
                            ("thematic", "Thematic meeting"),
                            ("extraordinary", "Extraordinary meeting"),
                            ("residents", "Residents' meeting"),
                        ],
                        default="regular",
                        max_length=13,
                        verbose_name="kind",
                    ),
                ),
                ("agenda", models.TextField(blank=True, max_length=8000, verbose_name="agenda")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("held", "Held"),
                            ("not_held", "Not held"),
                        ],
                        default="planned",
                        editable=False,
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=500,
                        verbose_name="reason why it is not held",
                    ),
                ),
            ],
            options={
                "ordering": ["planned_on", "starts_at", "pk"],
            },
        ),
        migrations.AddField(
            model_name="attendance",
            name="reason",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=500,
                verbose_name="reason of absence",
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="roster_closed_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="roster closed at"
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="roster_closed_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="roster closed by",
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="roster_version",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "present"), _negated=True), ("reason", ""), _connector="OR"
                ),
                name="attendance_reason_of_an_absence",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("roster_closed_at", None), ("roster_closed_by", None)),
                    models.Q(
                        ("roster_closed_at__isnull", False), ("roster_closed_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="meeting_roster_closed_by_somebody",
            ),
        ),
        migrations.AddField(
            model_name="checkin",
            name="meeting",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="check_ins",
                to="branches.meeting",
                verbose_name="meeting",
            ),
        ),
        migrations.AddField(
            model_name="checkin",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="check_ins",
                to="branches.member",
                verbose_name="member",
            ),
        ),
        migrations.AddField(
            model_name="meetingplan",
            name="branch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="meeting_plans",
                to="branches.organization",
                verbose_name="branch",
            ),
        ),
        migrations.AddField(
            model_name="meetingplan",
            name="meeting",
            field=models.OneToOneField(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plan",
                to="branches.meeting",
                verbose_name="meeting",
            ),
        ),
        migrations.AddField(
            model_name="checkin",
            name="plan",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="check_ins",
                to="branches.meetingplan",
                verbose_name="planned meeting",
            ),
        ),
        migrations.AddIndex(
            model_name="meetingplan",
            index=models.Index(fields=["branch", "planned_on"], name="plan_branch_day"),
        ),
        migrations.AddConstraint(
            model_name="meetingplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["regular", "thematic", "extraordinary", "residents"])
                ),
                name="plan_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["planned", "held", "not_held"])),
                name="plan_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("meeting__isnull", False), ("state", "held")),
                    models.Q(models.Q(("state", "held"), _negated=True), ("meeting", None)),
                    _connector="OR",
                ),
                name="plan_held_is_a_meeting",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "not_held"), models.Q(("reason", ""), _negated=True)),
                    models.Q(models.Q(("state", "not_held"), _negated=True), ("reason", "")),
                    _connector="OR",
                ),
                name="plan_not_held_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingplan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "not_held"), _negated=True),
                fields=("branch", "planned_on", "kind"),
                name="plan_once",
                violation_error_message="A meeting of this kind is planned for the day already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("meeting__isnull", False), ("plan", None)),
                    models.Q(("meeting", None), ("plan__isnull", False)),
                    _connector="OR",
                ),
                name="check_in_at_one_meeting",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.UniqueConstraint(
                fields=("plan", "member"), name="check_in_once_of_a_plan"
            ),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.UniqueConstraint(
                fields=("meeting", "member"), name="check_in_once_of_a_meeting"
            ),
        ),
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), UNDO_SQL),
        migrations.RunSQL(AUDIT_SQL, UNDO_AUDIT_SQL),
        # The function before leaves the reasons of absences in the trail.
        migrations.RunSQL(REDACTION_SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
