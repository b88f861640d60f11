"""What reminders ask for: steps of cycles that are late."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "late_steps.sql"


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0016_organization_disciplines")]

    operations = [
        migrations.RunSQL(
            SQL.read_text(encoding="utf-8"), "DROP FUNCTION late_steps(date, date, bigint[])"
        ),
    ]
