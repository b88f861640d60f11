"""Lists as somebody keeps them, and that they are downloaded."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KINDS = [
    ("ratings_seen", "Ratings read"),
    ("ratings_exported", "Ratings exported"),
    ("list_exported", "List exported"),
    ("workbook_exported", "Workbook exported"),
    ("own_data_downloaded", "Own data downloaded"),
    ("member_anonymised", "Member anonymised"),
    ("signed_in", "Signed in"),
    ("sign_in_failed", "Sign-in failed"),
    ("locked_out", "Locked out"),
    ("second_factor_changed", "Second factor changed"),
    ("password_changed", "Password changed"),
    ("session_ended", "Session ended"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_journal_sign_in"),
        ("branches", "0005_stored_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("page", models.CharField(max_length=100, verbose_name="list")),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="name")),
                (
                    "query",
                    models.CharField(
                        blank=True, max_length=2000, verbose_name="filters and sorting"
                    ),
                ),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50),
                        default=list,
                        size=None,
                        verbose_name="columns",
                    ),
                ),
                (
                    "is_default",
                    models.BooleanField(default=False, verbose_name="opens with the list"),
                ),
                (
                    "shared_with",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="branches.organization",
                        verbose_name="shared with",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "page", "name"),
                        name="saved_view_name_once",
                        violation_error_message="You have a view of this name already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("user", "page"),
                        name="saved_view_one_default",
                        violation_error_message="One view opens with a list.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True),
                            models.Q(("is_default", False), ("query", ""), ("shared_with", None)),
                            _connector="OR",
                        ),
                        name="saved_view_without_name_is_columns",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="accesslog", name="access_kind_known"),
        migrations.AlterField(
            model_name="accesslog",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=21, verbose_name="kind"),
        ),
        migrations.AddConstraint(
            model_name="accesslog",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", [kind for kind, _label in KINDS])),
                name="access_kind_known",
            ),
        ),
    ]
