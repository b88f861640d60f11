"""Organizations in a cycle: rating sets, suggestions, decisions, places beyond the cap."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from evaluations.services.organization_schemes import load_organization_schemes

AUDITED = (
    "evaluations_organizationscheme",
    "evaluations_organizationround",
    "evaluations_organizationdecision",
    "evaluations_organizationplaces",
    "evaluations_shortcomings",
)
SQL = Path(__file__).parents[1] / "sql" / "organization_decisions.sql"
UNDO_SQL = Path(__file__).parents[1] / "sql" / "organization_decisions_undo.sql"


def load(apps, schema_editor):
    load_organization_schemes(apps.get_model("evaluations", "OrganizationScheme"))


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0013_minutes"),
        ("evaluations", "0009_schemes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OrganizationAppraisal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("central", "Central"),
                            ("province", "Province committee"),
                            ("district", "District committee"),
                            ("grassroots_committee", "Grassroots committee"),
                            ("sub_committee", "Sub-committee"),
                            ("branch", "Branch"),
                            ("cell", "Cell"),
                        ],
                        max_length=24,
                        verbose_name="kind",
                    ),
                ),
                (
                    "above",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "cap_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("central", "Central"),
                            ("province", "Province committee"),
                            ("district", "District committee"),
                            ("grassroots_committee", "Grassroots committee"),
                            ("sub_committee", "Sub-committee"),
                            ("branch", "Branch"),
                            ("cell", "Cell"),
                        ],
                        max_length=24,
                    ),
                ),
                ("facts", models.JSONField(default=dict, verbose_name="facts")),
                ("members", models.PositiveIntegerField(default=0, verbose_name="members")),
                ("indicators", models.PositiveIntegerField(default=0, verbose_name="indicators")),
                (
                    "exceeded",
                    models.PositiveIntegerField(default=0, verbose_name="indicators exceeded"),
                ),
                (
                    "unmet",
                    models.PositiveIntegerField(default=0, verbose_name="indicators not met"),
                ),
                (
                    "leaders_disciplined",
                    models.PositiveIntegerField(
                        default=0, verbose_name="disciplined in the leading collective"
                    ),
                ),
                (
                    "leaders_failing",
                    models.PositiveIntegerField(
                        default=0, verbose_name="of them so that the organization fails"
                    ),
                ),
                ("rated", models.BooleanField(null=True, verbose_name="rated")),
                (
                    "not_rated_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("new", "Founded too short a time ago"),
                            ("no_results", "No results to rate from"),
                        ],
                        max_length=10,
                        verbose_name="reason for not being rated",
                    ),
                ),
                (
                    "score",
                    models.DecimalField(
                        decimal_places=2, max_digits=6, null=True, verbose_name="score"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("excellent", "Excellent"),
                            ("good", "Good"),
                            ("completed", "Completed"),
                            ("failed", "Not completed"),
                        ],
                        max_length=9,
                        verbose_name="level",
                    ),
                ),
                ("capped", models.BooleanField(default=False, verbose_name="capped")),
                (
                    "tied",
                    models.BooleanField(default=False, verbose_name="equal with others at the cap"),
                ),
                (
                    "suggested_level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("excellent", "Excellent"),
                            ("good", "Good"),
                            ("completed", "Completed"),
                            ("failed", "Not completed"),
                        ],
                        max_length=9,
                        verbose_name="suggested level",
                    ),
                ),
                (
                    "needs_decision",
                    models.BooleanField(default=False, verbose_name="needs a decision"),
                ),
                (
                    "cap_organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.organization",
                    ),
                ),
                (
                    "committee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.organization",
                        verbose_name="competent committee",
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="organizations",
                        to="evaluations.cycle",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appraisals",
                        to="branches.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OrganizationDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveSmallIntegerField(verbose_name="revision")),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("decision", "Decision"),
                            ("correction", "Correction before the lock"),
                            ("re_rating", "Re-rating"),
                        ],
                        max_length=10,
                        verbose_name="cause",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("excellent", "Excellent"),
                            ("good", "Good"),
                            ("completed", "Completed"),
                            ("failed", "Not completed"),
                        ],
                        max_length=9,
                        verbose_name="level",
                    ),
                ),
                ("suggestion", models.JSONField(verbose_name="suggestion")),
                (
                    "grounds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("differs", "Differs from the suggestion"),
                                ("vote", "Differs from the vote of the branch"),
                                ("discipline", "Disciplined in the period"),
                                ("tie", "Equal with others at the cap"),
                                ("cap", "Above the cap"),
                                ("condition", "A condition of the level is not met"),
                                ("undecided", "The rules leave it open"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=2000, verbose_name="reason")),
                (
                    "document",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="number of the document"
                    ),
                ),
                ("decided_on", models.DateField(verbose_name="decided on")),
                ("decided_at", models.DateTimeField(verbose_name="decided at")),
                (
                    "appraisal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="evaluations.organizationappraisal",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={
                "ordering": ["revision"],
            },
        ),
        migrations.AddField(
            model_name="organizationappraisal",
            name="decision",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="evaluations.organizationdecision",
                verbose_name="decision in force",
            ),
        ),
        migrations.CreateModel(
            name="OrganizationPlaces",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("central", "Central"),
                            ("province", "Province committee"),
                            ("district", "District committee"),
                            ("grassroots_committee", "Grassroots committee"),
                            ("sub_committee", "Sub-committee"),
                            ("branch", "Branch"),
                            ("cell", "Cell"),
                        ],
                        max_length=24,
                        verbose_name="kind",
                    ),
                ),
                ("places", models.PositiveSmallIntegerField(verbose_name="more places")),
                ("reason", models.CharField(max_length=2000, verbose_name="reason")),
                (
                    "document",
                    models.CharField(
                        blank=True, max_length=100, verbose_name="number of the document"
                    ),
                ),
                ("given_at", models.DateTimeField(verbose_name="given at")),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at"),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organization_places",
                        to="evaluations.cycle",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="given by",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.organization",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="withdrawn by",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "places beyond the cap of organizations",
            },
        ),
        migrations.CreateModel(
            name="OrganizationScheme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(db_index=False, verbose_name="key")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("first_year", models.PositiveSmallIntegerField(verbose_name="first year")),
                (
                    "last_year",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="last year"
                    ),
                ),
                ("definition", models.JSONField(verbose_name="definition")),
            ],
            options={
                "ordering": ["first_year", "key", "version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("key", "version"), name="organization_scheme_version_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_year", None),
                            ("last_year__gte", models.F("first_year")),
                            _connector="OR",
                        ),
                        name="organization_scheme_years_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrganizationRound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("suggested_at", models.DateTimeField(verbose_name="suggested at")),
                (
                    "cycle",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="organization_round",
                        to="evaluations.cycle",
                    ),
                ),
                (
                    "suggested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="suggested by",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="evaluations.organizationscheme",
                        verbose_name="rating set",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Shortcomings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mended", models.BooleanField(verbose_name="mended")),
                ("stated_at", models.DateTimeField(verbose_name="stated at")),
                (
                    "appraisal",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shortcomings",
                        to="evaluations.appraisal",
                    ),
                ),
                (
                    "organization_appraisal",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shortcomings",
                        to="evaluations.organizationappraisal",
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="stated by",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "shortcomings",
            },
        ),
        migrations.AddConstraint(
            model_name="organizationdecision",
            constraint=models.UniqueConstraint(
                fields=("appraisal", "revision"),
                name="organization_decision_revision_once",
                violation_error_message="Somebody else has just decided on this organization.",
            ),
        ),
        migrations.AddConstraint(
            model_name="organizationdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("cause__in", ["decision", "correction", "re_rating"])),
                name="organization_decision_cause_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="organizationdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["", "excellent", "good", "completed", "failed"])),
                name="organization_decision_level_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="organizationdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cause", "decision"), ("revision", 1)),
                    models.Q(("revision__gt", 1), models.Q(("cause", "decision"), _negated=True)),
                    _connector="OR",
                ),
                name="organization_decision_first_then_changes",
            ),
        ),
        migrations.AddConstraint(
            model_name="organizationdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cause", "decision"), ("grounds", [])),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="organization_decision_with_reason",
                violation_error_message="Give the reason of this decision.",
            ),
        ),
        migrations.AddConstraint(
            model_name="organizationappraisal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "central",
                            "province",
                            "district",
                            "grassroots_committee",
                            "sub_committee",
                            "branch",
                            "cell",
                        ],
                    )
                ),
                name="organization_appraisal_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="organizationappraisal",
            constraint=models.UniqueConstraint(
                fields=("cycle", "organization"), name="organization_appraisal_once_a_cycle"
            ),
        ),
        migrations.AddConstraint(
            model_name="organizationappraisal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("not_rated_reason", ""),
                        ("rated", None),
                        ("score", None),
                        ("suggested_level", ""),
                    ),
                    models.Q(
                        ("not_rated_reason", ""),
                        ("rated", True),
                        ("score__isnull", False),
                        ("suggested_level__in", ["excellent", "good", "completed", "failed"]),
                    ),
                    models.Q(
                        ("rated", False),
                        ("score", None),
                        ("suggested_level", ""),
                        ("not_rated_reason__in", ["new", "no_results"]),
                    ),
                    _connector="OR",
                ),
                name="organization_appraisal_as_suggested",
            ),
        ),
        migrations.AddConstraint(
            model_name="organizationplaces",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "",
                            "central",
                            "province",
                            "district",
                            "grassroots_committee",
                            "sub_committee",
                            "branch",
                            "cell",
                        ],
                    )
                ),
                name="organization_places_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="organizationplaces",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("cycle", "organization", "kind"),
                name="organization_places_once",
                violation_error_message="More places were given here already: withdraw them first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="organizationplaces",
            constraint=models.CheckConstraint(
                condition=models.Q(("places__gt", 0), models.Q(("reason", ""), _negated=True)),
                name="organization_places_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="organizationplaces",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="organization_places_withdrawn_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="shortcomings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("appraisal", None), ("organization_appraisal__isnull", False)),
                    models.Q(("appraisal__isnull", False), ("organization_appraisal", None)),
                    _connector="OR",
                ),
                name="shortcomings_of_a_member_or_an_organization",
            ),
        ),
        migrations.RunSQL(
            [f"SELECT accounts_audit('{table}')" for table in AUDITED],
            [f"SELECT accounts_audit_no_more('{table}')" for table in AUDITED],
        ),
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), UNDO_SQL.read_text(encoding="utf-8")),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
