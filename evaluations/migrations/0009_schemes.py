"""Drafts of rating sets, and who made and adopted them. What is stored already is adopted."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL_FILE = Path(__file__).parent.parent / "sql" / "schemes.sql"
UNDO_SQL = "DROP FUNCTION keep_adopted_scheme, refuse_draft_scheme CASCADE;"


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
        ("branches", "0013_minutes"),
        ("evaluations", "0008_decisions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("scheme", "adopted_at", time_field("adopted at")),
        migrations.AddField("scheme", "adopted_by", user_field("adopted by")),
        migrations.AddField("scheme", "made_at", time_field("made at")),
        migrations.AddField("scheme", "made_by", user_field("made by")),
        migrations.AddField(
            model_name="scheme",
            name="based_on",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="copies",
                to="evaluations.scheme",
                verbose_name="made from",
            ),
        ),
        migrations.AddField(
            model_name="scheme",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="schemes",
                to="branches.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AddField(
            model_name="scheme",
            name="state",
            field=models.CharField(
                choices=[("draft", "Draft"), ("adopted", "Adopted")],
                default="adopted",
                max_length=7,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheme",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "adopted"])), name="scheme_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="scheme",
            constraint=models.CheckConstraint(
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
                name="scheme_adoption_known",
            ),
        ),
        migrations.RunSQL(SQL_FILE.read_text(encoding="utf-8"), UNDO_SQL),
    ]
