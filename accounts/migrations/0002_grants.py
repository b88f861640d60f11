"""Who gave and withdrew a grant, and why; who invited a user; one account a name and address."""

from pathlib import Path

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

GRANTS_SQL = Path(__file__).parents[1] / "sql" / "grants.sql"
UNDO_SQL = "DROP FUNCTION accounts_keep_grant CASCADE;"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_models"),
        ("branches", "0003_tree"),  # refuse()
    ]

    operations = [
        migrations.AlterModelManagers(
            name="user",
            managers=[],
        ),
        migrations.RemoveConstraint(
            model_name="grant",
            name="grant_once_a_day",
        ),
        migrations.AddField(
            model_name="grant",
            name="granted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="grants_given",
                to=settings.AUTH_USER_MODEL,
                verbose_name="given by",
            ),
        ),
        migrations.AddField(
            model_name="grant",
            name="reason",
            field=models.CharField(blank=True, max_length=500, verbose_name="reason"),
        ),
        migrations.AddField(
            model_name="grant",
            name="withdrawal_reason",
            field=models.CharField(
                blank=True, max_length=500, verbose_name="reason for withdrawal"
            ),
        ),
        migrations.AddField(
            model_name="grant",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="grants_withdrawn",
                to=settings.AUTH_USER_MODEL,
                verbose_name="withdrawn by",
            ),
        ),
        migrations.AddField(
            model_name="grant",
            name="withdrawn_on",
            field=models.DateField(blank=True, null=True, verbose_name="withdrawn on"),
        ),
        migrations.AddField(
            model_name="user",
            name="invited_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invited",
                to=settings.AUTH_USER_MODEL,
                verbose_name="invited by",
            ),
        ),
        migrations.AlterField(
            model_name="grant",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="grants",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("withdrawn_on", None)),
                expressions=[
                    ("user", "="),
                    ("role", "="),
                    ("organization", "="),
                    ("validity", "&&"),
                ],
                name="grant_once_a_day",
                violation_error_message="The user already holds this role there on that day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(("granted_by", models.F("user")), _negated=True),
                name="grant_not_to_oneself",
                violation_error_message="Nobody gives a role to themself.",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn_by", models.F("user")), _negated=True),
                name="grant_not_withdrawn_by_oneself",
                violation_error_message="Nobody withdraws a role of their own.",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("withdrawn_on", None), ("withdrawn_by", None), ("withdrawal_reason", "")
                    ),
                    models.Q(
                        ("withdrawn_on__isnull", False),
                        models.Q(("withdrawal_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="grant_withdrawn_with_reason",
                violation_error_message="A withdrawal has a day and a reason.",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("username"),
                name="user_name_once",
                violation_error_message="This user name is taken.",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(("email", ""), _negated=True),
                name="user_email_once",
                violation_error_message="Another user has this e-mail address.",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("invited_by", models.F("id")), _negated=True),
                name="user_not_invited_by_oneself",
            ),
        ),
        migrations.RunSQL(GRANTS_SQL.read_text(encoding="utf-8"), UNDO_SQL),
    ]
