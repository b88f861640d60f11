"""Terms and seats of committees, job descriptions, decisions behind statuses and disciplines."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

AUDITED = ("branches_committeeterm", "branches_jobdescription")
AUDIT_SQL = "".join(f"SELECT accounts_audit('{table}');\n" for table in AUDITED)
UNDO_AUDIT_SQL = "".join(f"SELECT accounts_audit_no_more('{table}');\n" for table in AUDITED)


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0005_stored_files"),
        ("accounts", "0005_journal_sign_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="discipline",
            name="decision_number",
            field=models.CharField(
                blank=True, max_length=100, verbose_name="number of the decision"
            ),
        ),
        migrations.AddField(
            model_name="discipline",
            name="issuer",
            field=models.CharField(blank=True, max_length=300, verbose_name="decided by"),
        ),
        migrations.AddField(
            model_name="member",
            name="left_note",
            field=models.CharField(
                blank=True, max_length=300, verbose_name="where to, by which decision"
            ),
        ),
        migrations.AddField(
            model_name="memberstatus",
            name="decided_on",
            field=models.DateField(blank=True, null=True, verbose_name="decided on"),
        ),
        migrations.AddField(
            model_name="memberstatus",
            name="decision_number",
            field=models.CharField(
                blank=True, max_length=100, verbose_name="number of the decision"
            ),
        ),
        migrations.AddField(
            model_name="memberstatus",
            name="issuer",
            field=models.CharField(blank=True, max_length=300, verbose_name="decided by"),
        ),
        migrations.AddField(
            model_name="memberstatus",
            name="receiving_place",
            field=models.CharField(blank=True, max_length=300, verbose_name="active at"),
        ),
        migrations.AddField(
            model_name="position",
            name="end_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="reason for the end"),
        ),
        migrations.CreateModel(
            name="CommitteeTerm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="term")),
                (
                    "validity",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="validity"),
                ),
                ("seats", models.PositiveSmallIntegerField(verbose_name="seats")),
                (
                    "standing_seats",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="seats of the standing committee"
                    ),
                ),
                (
                    "fields",
                    models.TextField(
                        blank=True, max_length=8000, verbose_name="fields of responsibility"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="branches.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("validity__isempty", False)),
                        name="term_validity_not_empty",
                        violation_error_message="The last day is before the first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("validity__lower_inf", False)),
                        name="term_has_a_first_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seats__gte", 1), ("standing_seats__lte", models.F("seats"))
                        ),
                        name="term_seats_hold_the_standing_ones",
                        violation_error_message="The standing committee has no more seats than the committee.",
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "name"),
                        name="term_name_once",
                        violation_error_message="There is a term of this name already.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("organization", "="), ("validity", "&&")],
                        name="term_one_a_day",
                        violation_error_message="A committee has one term on a day.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JobDescription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("duties", models.TextField(max_length=8000, verbose_name="duties")),
                (
                    "validity",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="validity"),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="job_descriptions",
                        to="branches.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("validity__isempty", False)),
                        name="job_description_validity_not_empty",
                        violation_error_message="The last day is before the first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("validity__lower_inf", False)),
                        name="job_description_has_a_first_day",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("organization", "="), ("title", "="), ("validity", "&&")],
                        name="job_description_one_a_day",
                        violation_error_message="A post has one description on a day.",
                    ),
                ],
            },
        ),
        migrations.RunSQL(AUDIT_SQL, UNDO_AUDIT_SQL),
    ]
