"""The audit trail of evaluations, and that nobody decides on deductions of their own.

Ratings, units and shards of roll-ups have none: they are computed (accounts/audited.py).
"""

from django.db import migrations

TABLES = (
    "evaluations_deduction",
    "evaluations_organizationrating",
    "evaluations_rollup",
    "evaluations_scheme",
    "evaluations_unitcap",
)
AUDIT_SQL = "".join(f"SELECT accounts_audit('{table}');\n" for table in TABLES)
UNDO_AUDIT_SQL = "".join(f"SELECT accounts_audit_no_more('{table}');\n" for table in TABLES)

DUTIES_SQL = """
SELECT accounts_never_on_oneself('evaluations_deduction', 'decide_ratings', 'r.member_id');
"""
UNDO_DUTIES_SQL = "SELECT accounts_on_oneself_again('evaluations_deduction');"


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0002_schemes"), ("accounts", "0003_journal")]

    operations = [
        migrations.RunSQL(AUDIT_SQL, UNDO_AUDIT_SQL),
        migrations.RunSQL(DUTIES_SQL, UNDO_DUTIES_SQL),
    ]
