"""Anonymisation takes out of the trail what the year end tells of a person."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "redaction.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_redaction_of_the_field"),
        ("assignments", "0014_papers"),
        ("evaluations", "0011_dossiers"),
    ]

    operations = [
        # The function before names fewer columns, and would leave what it does not know.
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
