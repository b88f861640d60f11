"""Drafts of rating sets of organizations, as of those of members."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL_FILE = Path(__file__).parents[1] / "sql" / "organization_schemes.sql"
UNDO_SQL = """
DROP TRIGGER keep_adopted_scheme ON evaluations_organizationscheme;
DROP FUNCTION refuse_draft_organization_scheme CASCADE;
"""
MODEL = "organizationscheme"


def user_field(label):
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        verbose_name=label,
    )


def time_field(label):
    return models.DateTimeField(blank=True, null=True, verbose_name=label)


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0017_late_steps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(MODEL, "adopted_at", time_field("adopted at")),
        migrations.AddField(MODEL, "adopted_by", user_field("adopted by")),
        migrations.AddField(MODEL, "made_at", time_field("made at")),
        migrations.AddField(MODEL, "made_by", user_field("made by")),
        migrations.AddField(
            MODEL,
            "based_on",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="copies",
                to="evaluations.organizationscheme",
                verbose_name="made from",
            ),
        ),
        migrations.AddField(
            MODEL,
            "organization",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="organization_schemes",
                to="branches.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AddField(
            MODEL,
            "state",
            models.CharField(
                choices=[("draft", "Draft"), ("adopted", "Adopted")],
                default="adopted",
                max_length=7,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            MODEL,
            models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "adopted"])),
                name="organization_scheme_state_known",
            ),
        ),
        migrations.AddConstraint(
            MODEL,
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("adopted_at", None),
                        ("made_at", None),
                        ("organization", None),
                        ("state", "adopted"),
                    ),
                    models.Q(
                        ("made_at__isnull", False),
                        ("organization__isnull", False),
                        models.Q(
                            models.Q(("adopted_at", None), ("state", "draft")),
                            models.Q(("adopted_at__isnull", False), ("state", "adopted")),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="organization_scheme_adoption_known",
            ),
        ),
        migrations.RunSQL(SQL_FILE.read_text(encoding="utf-8"), UNDO_SQL),
    ]
