"""Anonymisation takes out of the trail what work in the field tells of a person."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "redaction.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_submissions"),
        ("assignments", "0013_reminders"),
        ("evaluations", "0004_objections"),
    ]

    operations = [
        # The function before names fewer columns, and would leave what it does not know.
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
