"""The audit trail of assignments, and that nobody confirms or reviews their own work."""

from django.db import migrations

TABLES = (
    "assignments_assignment",
    "assignments_delegation",
    "assignments_directive",
    "assignments_indicator",
    "assignments_opinion",
    "assignments_review",
    "assignments_task",
    "assignments_team",
)
AUDIT_SQL = "".join(f"SELECT accounts_audit('{table}');\n" for table in TABLES)
UNDO_AUDIT_SQL = "".join(f"SELECT accounts_audit_no_more('{table}');\n" for table in TABLES)

DUTIES_SQL = """
SELECT accounts_never_on_oneself(
    'assignments_task', 'confirm_work', 'r.member_id', $$r.state = 'confirmed'$$
);
SELECT accounts_never_on_oneself(
    'assignments_review', 'review_work',
    '(SELECT a.member_id FROM assignments_assignment a WHERE a.id = r.assignment_id)'
);
"""
UNDO_DUTIES_SQL = """
SELECT accounts_on_oneself_again('assignments_task');
SELECT accounts_on_oneself_again('assignments_review');
"""


class Migration(migrations.Migration):
    dependencies = [("assignments", "0002_checks"), ("accounts", "0003_journal")]

    operations = [
        migrations.RunSQL(AUDIT_SQL, UNDO_AUDIT_SQL),
        migrations.RunSQL(DUTIES_SQL, UNDO_DUTIES_SQL),
    ]
