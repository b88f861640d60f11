"""Anonymisation takes out of the trail what newer tables and columns tell of a person.

Of reorganizations and imports the trail keeps no copies of other rows: those hold texts about many
people, in columns in which nobody looks for one of them.
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "redaction.sql"

AUDIT_SQL = """
SELECT accounts_audit('branches_reorganization', secret => '{changes}');
SELECT accounts_audit(
    'workbook_import', derived => '{counts,outcome,headings,obstacles,error}'
);
"""
UNDO_SQL = """
SELECT accounts_audit('branches_reorganization');
SELECT accounts_audit('workbook_import', derived => '{counts,outcome,headings}');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_saved_views"),
        ("assignments", "0007_documents"),
        ("branches", "0008_merged_members"),
        ("workbook", "0001_imports"),
    ]

    operations = [
        # The function before names fewer columns, and would leave what it does not know.
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.RunSQL(AUDIT_SQL, UNDO_SQL),
    ]
