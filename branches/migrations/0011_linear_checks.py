from pathlib import Path

from django.db import migrations

CHECKS_SQL = Path(__file__).parents[1] / "sql" / "linear_checks.sql"


class Migration(migrations.Migration):
    """The rules between rows, checked in a time that grows with what was touched.

    They refuse the same in the same words, so going back leaves them as they are.
    """

    dependencies = [("branches", "0010_reorganization_entries")]
    operations = [
        migrations.RunSQL(CHECKS_SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
