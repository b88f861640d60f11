"""Votes that add up, and the members whom a ballot says nothing of."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL_DIR = Path(__file__).parents[1] / "sql"
SQL, UNDO_SQL = (
    "\n".join((SQL_DIR / f"{name}.sql").read_text(encoding="utf-8") for name in names)
    for names in (("voted_levels", "votes"), ("votes_undo",))
)
REASONS = [
    ("absent", "Absent from the meeting"),
    ("unreviewed", "Has not reviewed themselves yet"),
    ("held_back", "A case is being looked into"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0006_cycle_rules"),
    ]

    operations = [
        # The trail of deleted rows knows columns of any name but one.
        migrations.RenameField(model_name="vote", old_name="secret", new_name="is_secret"),
        migrations.CreateModel(
            name="NotVoted",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(choices=REASONS, max_length=10, verbose_name="reason"),
                ),
                (
                    "appraisal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="not_voted",
                        to="evaluations.appraisal",
                    ),
                ),
                (
                    "vote",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="not_voted",
                        to="evaluations.vote",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", [key for key, _label in REASONS])),
                        name="not_voted_reason_known",
                    ),
                    models.UniqueConstraint(fields=("vote", "appraisal"), name="not_voted_once"),
                ],
            },
        ),
        migrations.RunSQL(SQL, UNDO_SQL),
    ]
