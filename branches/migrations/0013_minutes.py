"""Minutes and the quality of meetings."""

from pathlib import Path

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from branches.services.quality import load_quality_forms

HERE = Path(__file__).parents[1]
SQL = HERE / "sql" / "quality.sql"
UNDO_SQL = """
DROP TRIGGER criterion_score_within_its_points ON branches_criterionscore;
DROP TRIGGER quality_criterion_is_kept ON branches_qualitycriterion;
DROP TRIGGER quality_form_of_100_points ON branches_qualityform;
DROP FUNCTION check_criterion_score, keep_quality_criteria, check_quality_form;
"""
TABLES = (
    "branches_minutes",
    "branches_qualityform",
    "branches_qualitycriterion",
    "branches_meetingscore",
    "branches_criterionscore",
)


def id_field():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def reference(to, label, *, name="+", kind=models.ForeignKey, **more):
    more = {"on_delete": django.db.models.deletion.PROTECT} | more
    return kind(related_name=name, to=to, verbose_name=label, **more)


def maybe(to, label, **more):
    return reference(to, label, blank=True, null=True, **more)


def points(label, **more):
    return models.DecimalField(decimal_places=2, max_digits=5, verbose_name=label, **more)


def text(label, length):
    return models.TextField(blank=True, max_length=length, verbose_name=label)


def votes(label):
    return models.PositiveSmallIntegerField(blank=True, null=True, verbose_name=label)


def add_forms(apps, schema_editor):
    """The forms that come with the application, for every organization that has none of its own."""
    form, criterion = (
        apps.get_model("branches", f"Quality{each}") for each in ("Form", "Criterion")
    )
    load_quality_forms(form, criterion)
    # What is checked at the end is checked now: tables with pending checks cannot be altered.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0012_meeting_plans"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Minutes",
            fields=[
                ("id", id_field()),
                (
                    "number",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="number of the minutes"
                    ),
                ),
                ("opened_at", models.TimeField(blank=True, null=True, verbose_name="opened at")),
                ("closed_at", models.TimeField(blank=True, null=True, verbose_name="closed at")),
                ("place", models.CharField(blank=True, max_length=300, verbose_name="place")),
                ("guests", text("other guests", 2000)),
                ("agenda", text("agenda", 20000)),
                ("discussion", text("discussion", 20000)),
                ("conclusions", text("conclusions", 20000)),
                ("resolution", text("resolution", 20000)),
                ("votes_for", votes("votes for")),
                ("votes_against", votes("votes against")),
                ("votes_abstained", votes("abstained")),
                ("chair", maybe("branches.member", "chair")),
                (
                    "meeting",
                    reference(
                        "branches.meeting", "meeting", name="minutes", kind=models.OneToOneField
                    ),
                ),
                ("recorder", maybe("branches.member", "recorder")),
            ],
            options={
                "verbose_name_plural": "minutes",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            ("closed_at", None),
                            ("opened_at", None),
                            ("closed_at__gte", F("opened_at")),
                            _connector="OR",
                        ),
                        name="minutes_close_after_opening",
                        violation_error_message="The meeting was closed before it was opened.",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("chair", None),
                            ("recorder", None),
                            Q(("chair", F("recorder")), _negated=True),
                            _connector="OR",
                        ),
                        name="minutes_recorded_by_another",
                        violation_error_message="Somebody else than the chair keeps the minutes.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QualityForm",
            fields=[
                ("id", id_field()),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("name", models.CharField(max_length=300, verbose_name="name")),
                (
                    "validity",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="validity"),
                ),
                ("note", text("note", 2000)),
                ("good_from", points("good from")),
                ("fair_from", points("fair from")),
                ("average_from", points("average from")),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
                ("changed_by", maybe(settings.AUTH_USER_MODEL, "changed by")),
                (
                    "organization",
                    maybe("branches.organization", "organization", name="quality_forms"),
                ),
            ],
            options={
                "ordering": ["-validity", "organization", "-version"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("validity__isempty", False)),
                        name="quality_form_days",
                        violation_error_message="The last day is before the first day.",
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "validity", "version"),
                        name="quality_form_version_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("average_from__gt", 0),
                            ("average_from__lt", F("fair_from")),
                            ("fair_from__lt", F("good_from")),
                            ("good_from__lte", 100),
                        ),
                        name="quality_form_bands_in_order",
                        violation_error_message="The bands go down: good, fair, average.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QualityCriterion",
            fields=[
                ("id", id_field()),
                ("place", models.PositiveSmallIntegerField(verbose_name="place")),
                ("name", models.CharField(max_length=500, verbose_name="criterion")),
                ("points", points("points")),
                (
                    "is_attendance",
                    models.BooleanField(default=False, verbose_name="follows the roster"),
                ),
                (
                    "form",
                    reference(
                        "branches.qualityform",
                        "form",
                        name="criteria",
                        on_delete=django.db.models.deletion.CASCADE,
                        db_index=False,
                    ),
                ),
            ],
            options={
                "ordering": ["form", "place"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("form", "place"), name="quality_criterion_once"
                    ),
                    models.UniqueConstraint(
                        condition=Q(("is_attendance", True)),
                        fields=("form",),
                        name="quality_attendance_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(("points__gt", 0), ("points__lte", 100)),
                        name="quality_criterion_points",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeetingScore",
            fields=[
                ("id", id_field()),
                ("note", text("why points were taken off", 2000)),
                ("scored_at", models.DateTimeField(verbose_name="scored at")),
                ("decided", points("points decided", blank=True, null=True)),
                ("decision_note", text("note of the committee", 2000)),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                ),
                ("decided_by", maybe(settings.AUTH_USER_MODEL, "decided by")),
                ("form", reference("branches.qualityform", "form", name="scores")),
                (
                    "meeting",
                    reference(
                        "branches.meeting", "meeting", name="score", kind=models.OneToOneField
                    ),
                ),
                ("scored_by", reference(settings.AUTH_USER_MODEL, "scored by")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            Q(
                                ("decided", None),
                                ("decided_at", None),
                                ("decided_by", None),
                                ("decision_note", ""),
                            ),
                            Q(
                                ("decided__isnull", False),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="meeting_score_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("decided", None),
                            Q(("decided__gte", 0), ("decided__lte", 100)),
                            _connector="OR",
                        ),
                        name="meeting_score_0_to_100",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("decided_by", None),
                            Q(("decided_by", F("scored_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="meeting_score_decided_by_another",
                        violation_error_message="Nobody decides on points that they gave themselves.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CriterionScore",
            fields=[
                ("id", id_field()),
                ("points", points("points")),
                ("criterion", reference("branches.qualitycriterion", "criterion")),
                (
                    "score",
                    reference(
                        "branches.meetingscore",
                        "score",
                        name="lines",
                        on_delete=django.db.models.deletion.CASCADE,
                        db_index=False,
                    ),
                ),
            ],
            options={
                "ordering": ["criterion__place"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("score", "criterion"), name="criterion_score_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(("points__gte", 0)), name="criterion_score_not_negative"
                    ),
                ],
            },
        ),
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), UNDO_SQL),
        migrations.RunPython(add_forms, migrations.RunPython.noop),
        migrations.RunSQL(
            "".join(f"SELECT accounts_audit('{table}');\n" for table in TABLES),
            "".join(f"SELECT accounts_audit_no_more('{table}');\n" for table in TABLES),
        ),
    ]
