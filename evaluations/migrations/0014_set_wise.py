"""What the year end does for many members at once."""

from pathlib import Path

from django.db import migrations

SQL_DIR = Path(__file__).parents[1] / "sql"
# As 0007 and 0008 have them by now; others have databases that were migrated before.
ANEW = ("voted_levels", "decisions_made")


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0013_checks_by_index")]

    operations = [
        migrations.RunSQL(
            "\n".join((SQL_DIR / f"{name}.sql").read_text(encoding="utf-8") for name in ANEW),
            migrations.RunSQL.noop,
        )
    ]
