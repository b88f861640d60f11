"""The one function that takes personal data out of the audit trail."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "redaction.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_journal")]

    operations = [
        migrations.RunSQL(
            SQL.read_text(encoding="utf-8"), "DROP FUNCTION accounts_redact_member(bigint, text[])"
        )
    ]
