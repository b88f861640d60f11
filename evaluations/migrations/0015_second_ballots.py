"""A vote is not done without its second ballot, or the record that nobody stood for it."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql" / "second_ballots.sql"
UNDO_SQL = """
DROP TRIGGER vote_with_its_second_ballot ON evaluations_stepdone;
DROP FUNCTION check_second_ballots();
DROP TRIGGER second_ballot_or_nobody_stood ON evaluations_vote;
DROP FUNCTION refuse_second_ballot_on_nobody();
"""
NOBODY_STOOD = "nobody of those voted good stands for excellent: there is no second ballot"


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0014_set_wise")]

    operations = [
        migrations.AddField(
            model_name="vote",
            name="nobody_stood",
            field=models.BooleanField(default=False, verbose_name=NOBODY_STOOD),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.CheckConstraint(
                condition=models.Q(("ballot", 1), ("nobody_stood", False), _connector="OR"),
                name="vote_nobody_stood_on_the_first",
            ),
        ),
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), UNDO_SQL),
    ]
