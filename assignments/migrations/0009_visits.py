"""Visits: what the cadre, the roster and the committee say of one."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql" / "visits_settle.sql"
REDACTION_SQL = Path(__file__).parents[2] / "accounts" / "sql" / "redaction.sql"
# What is still to be checked of the rows would keep the table from being altered further.
ADOPT_SQL = """
SELECT adopt_unconfirmed();
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
UNDO_SQL = """
DROP TRIGGER join_meetings_on_insert ON branches_meeting;
DROP TRIGGER check_claimed_visits_on_insert ON assignments_visit;
DROP FUNCTION adopt_unconfirmed, join_meetings_on_insert, join_meetings, settle_visits,
    check_claimed_visits, confirming_committee, nearest_grassroots_committee,
    organizations_in_place_of;
ALTER TABLE assignments_visit DROP CONSTRAINT visit_at_a_meeting_of_the_day;
ALTER TABLE assignments_visit DROP CONSTRAINT visit_of_the_assigned_member;
ALTER TABLE branches_meeting DROP CONSTRAINT meeting_of_branch_and_day;
"""
GUARDS_SQL = """
SELECT accounts_audit('assignments_visit', derived => '{state}');
SELECT refuse_merged_members('assignments_visit');
SELECT accounts_never_on_oneself(
    'assignments_visit', 'confirm_work', 'r.member_id', $$r.decision <> ''$$
);
"""
UNDO_GUARDS_SQL = """
SELECT accounts_on_oneself_again('assignments_visit');
DROP TRIGGER not_of_merged_members ON assignments_visit;
SELECT accounts_audit_no_more('assignments_visit');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0008_linear_checks"),
        ("branches", "0012_meeting_plans"),
        ("accounts", "0008_submissions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="logged_visits",
                        to="branches.member",
                        verbose_name="cadre",
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="branches.organization",
                        verbose_name="branch",
                    ),
                ),
                ("held_on", models.DateField(verbose_name="held on")),
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
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="branches.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "assignment",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="logged_visits",
                        to="assignments.assignment",
                        verbose_name="assignment",
                    ),
                ),
                (
                    "confirmer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits_confirmed",
                        to="branches.organization",
                        verbose_name="confirming committee",
                    ),
                ),
                (
                    "claimed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="logged at"),
                ),
                ("note", models.CharField(blank=True, max_length=2000, verbose_name="note")),
                (
                    "remarks",
                    models.CharField(
                        blank=True, max_length=2000, verbose_name="how the meeting was run"
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="branches.storedfile",
                        verbose_name="photo",
                    ),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at"),
                ),
                (
                    "withdrawal_reason",
                    models.CharField(
                        blank=True, max_length=1000, verbose_name="reason for withdrawal"
                    ),
                ),
                (
                    "stated",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("present", "Present"),
                            ("excused", "Absent with reason"),
                            ("unexcused", "Absent without reason"),
                        ],
                        max_length=9,
                        verbose_name="the roster says",
                    ),
                ),
                (
                    "stated_reason",
                    models.CharField(
                        blank=True, max_length=1000, verbose_name="reason for absence"
                    ),
                ),
                (
                    "stated_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="stated at"),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="stated by",
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("confirmed", "Confirmed"), ("refused", "Refused")],
                        max_length=9,
                        verbose_name="decision",
                    ),
                ),
                (
                    "decision_reason",
                    models.CharField(
                        blank=True, max_length=1000, verbose_name="reason of the decision"
                    ),
                ),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "disputed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="disputed at"),
                ),
                (
                    "disputed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="disputed by",
                    ),
                ),
                (
                    "dispute_reason",
                    models.CharField(
                        blank=True, max_length=1000, verbose_name="reason of the dispute"
                    ),
                ),
                (
                    "state",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(decision="confirmed", then=models.Value("confirmed")),
                            models.When(
                                models.Q(
                                    ("stated__in", ["excused", "unexcused"]),
                                    models.Q(
                                        ("decision", "refused"),
                                        models.Q(
                                            ("claimed_at__isnull", False),
                                            ("withdrawn_at", None),
                                            _negated=True,
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                then=models.F("stated"),
                            ),
                            models.When(decision="refused", then=models.Value("unexcused")),
                            models.When(
                                models.Q(
                                    models.Q(
                                        ("claimed_at__isnull", False),
                                        ("withdrawn_at", None),
                                        _negated=True,
                                    ),
                                    models.Q(("stated", "present"), _negated=True),
                                ),
                                then=models.Value(""),
                            ),
                            models.When(
                                models.Q(
                                    ("stated__in", ["excused", "unexcused"]),
                                    ("disputed_at__isnull", False),
                                    _connector="OR",
                                ),
                                then=models.Value("disputed"),
                            ),
                            default=models.Value("logged"),
                        ),
                        output_field=models.CharField(
                            blank=True,
                            choices=[
                                ("expected", "Expected"),
                                ("logged", "Logged"),
                                ("confirmed", "Confirmed"),
                                ("disputed", "Disputed"),
                                ("excused", "Absent with reason"),
                                ("unexcused", "Absent without reason"),
                                ("not_held", "Not held"),
                                ("not_reported", "Not reported"),
                            ],
                            max_length=12,
                            verbose_name="state",
                        ),
                    ),
                ),
            ],
            options={
                "ordering": ["-held_on", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["logged", "disputed"])),
                        fields=["confirmer", "held_on"],
                        name="visit_waiting",
                    ),
                    models.Index(fields=["confirmer", "decided_at"], name="visit_decided"),
                    models.Index(fields=["branch", "held_on"], name="visit_branch_day"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["regular", "thematic", "extraordinary", "residents"])
                        ),
                        name="visit_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stated", ""),
                            ("stated__in", ["present", "excused", "unexcused"]),
                            _connector="OR",
                        ),
                        name="visit_statement_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decision", ""),
                            ("decision__in", ["confirmed", "refused"]),
                            _connector="OR",
                        ),
                        name="visit_decision_known",
                    ),
                    models.UniqueConstraint(
                        fields=("member", "meeting"),
                        name="visit_once_a_meeting",
                        violation_error_message="This visit is logged already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("meeting", None)),
                        fields=("member", "branch", "held_on"),
                        name="visit_once_a_day",
                        violation_error_message="This visit is logged already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("claimed_at", None), ("assignment__isnull", False), _connector="OR"
                        ),
                        name="visit_claimed_under_an_assignment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("claimed_at__isnull", False),
                            models.Q(
                                ("note", ""),
                                ("photo", None),
                                ("remarks", ""),
                                ("withdrawn_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="visit_note_of_a_claim",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at__isnull", False),
                            ("withdrawal_reason", ""),
                            _connector="OR",
                        ),
                        name="visit_withdrawn_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("stated", ""),
                                ("stated_at", None),
                                ("stated_by", None),
                                ("stated_reason", ""),
                            ),
                            models.Q(
                                models.Q(("stated", ""), _negated=True),
                                ("meeting__isnull", False),
                                ("stated_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="visit_stated_at_a_meeting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None),
                                ("decided_by", None),
                                ("decision", ""),
                                ("decision_reason", ""),
                            ),
                            models.Q(
                                models.Q(("decision", ""), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="visit_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", "confirmed"), _negated=True),
                            ("meeting__isnull", False),
                            _connector="OR",
                        ),
                        name="visit_confirmed_at_a_meeting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", "confirmed"), _negated=True),
                            models.Q(("claimed_at__isnull", False), ("withdrawn_at", None)),
                            ("stated", "present"),
                            _connector="OR",
                        ),
                        name="visit_confirmed_of_somebody_who_was_there",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", "refused"), _negated=True),
                            models.Q(("decision_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="visit_refused_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("dispute_reason", ""), ("disputed_at", None), ("disputed_by", None)
                            ),
                            models.Q(
                                ("disputed_at__isnull", False),
                                ("disputed_by__isnull", False),
                                models.Q(("dispute_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="visit_disputed_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), UNDO_SQL),
        migrations.RunSQL(GUARDS_SQL, UNDO_GUARDS_SQL),
        # The function before leaves what was said of visits in the trail.
        migrations.RunSQL(REDACTION_SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
        # What workbooks brought without being confirmed waits for its office from now on.
        migrations.RunSQL(ADOPT_SQL, migrations.RunSQL.noop),
    ]
